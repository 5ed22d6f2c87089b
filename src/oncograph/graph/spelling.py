"""Words that are spelt like one that nothing has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from oncograph.graph.words import split_runs

SHORTEST = 4
_LONG = 8
"""Letters of a word that may have two mistakes."""


def correct_words(query: str, words: Sequence[str], is_known: Callable[[str, bool], bool]) -> str:
    """Put words that are known in the place of those that are not; empty when there is none to put, or none is needed.

    A word of four to seven letters may have one mistake (a letter too many, too few, wrong, or two exchanged), a
    longer one two. The last word may be unfinished.

    Args:
        words: Those that are known, the most frequent first.
        is_known: Tells whether a word is known, or, if true is said, the beginning of a known one.

    >>> correct_words("brest cancr", ["breast", "cancer"], lambda word, unfinished: False)
    'breast cancer'
    """
    runs = split_runs(query)
    corrected = query
    for at in range(len(runs) - 1, -1, -1):
        run, is_last = runs[at], at + 1 == len(runs)
        if len(run.text) < SHORTEST or not run.text.isalpha() or is_known(run.text, is_last):
            continue
        near = _find_near(run.text, words, is_last)
        if near:
            corrected = corrected[: run.start] + near + corrected[run.end :]
    return corrected if corrected != query else ""


def _find_near(word: str, words: Sequence[str], unfinished: bool) -> str:
    most = 1 if len(word) < _LONG else 2
    found = extractOne(word, words, scorer=OSA.distance, score_cutoff=most)
    if found is None and unfinished:
        found = extractOne(word, [one[: len(word)] for one in words], scorer=OSA.distance, score_cutoff=most)
    return words[found[2]] if found else ""
