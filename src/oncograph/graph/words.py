"""Text as search compares it: words without accents, case, hyphens and Greek letters, and where they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi "
        "chi psi omega".split(),
        strict=True,
    )
) | {"ς": "sigma"}
_RUN = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff\u00b5]|[^\W_\u0370-\u03ff\u1f00-\u1fff\u00b5]+")
_CONNECTORS = frozenset(["", *"-‐‑‒–—−/:._'’+"])
_LONGEST_JOINED = 40
_LONGEST_BEFORE_NUMBER = 6
"""Letters of a word that is read as one with the number after it: `HER 2`, `stage 4`."""
_MOST_RUNS = 12
_BEGINNING = "¹"
"""Stands before the first word of a label in the index; FTS5 takes it for a letter, and no word holds it."""


@dataclass(frozen=True, slots=True)
class Run:
    """Letters and digits that stand together, folded, with their place in the text.

    Attributes:
        joined: At most a hyphen or the like stands between it and the run before.
        loose: It is a number after a space and a short word: `2` in `HER 2`.
    """

    text: str
    start: int
    end: int
    joined: bool
    loose: bool


def split_runs(text: str) -> list[Run]:
    """Split a text into folded runs of letters and digits.

    >>> [(run.text, run.joined, run.loose) for run in split_runs("TGF-β, IL 2")]
    [('tgf', False, False), ('beta', True, False), ('il', False, False), ('2', False, True)]
    """
    runs: list[Run] = []
    for match in _RUN.finditer(text):
        folded = fold_run(match.group())
        if not folded:
            continue
        gap = text[runs[-1].end : match.start()] if runs else None
        joined = gap in _CONNECTORS
        loose = gap is not None and gap.isspace() and folded[0].isdigit() and _may_be_numbered(runs[-1].text)
        runs.append(Run(folded, match.start(), match.end(), joined, loose))
    return runs


def fold_run(run: str) -> str:
    """Take accents and case off letters; Greek letters become their names.

    >>> fold_run("Sézary"), fold_run("β"), fold_run("V600E")
    ('sezary', 'beta', 'v600e')
    """
    if run.isascii():
        return run.lower()
    plain = unicodedata.normalize("NFKD", run.casefold())
    return "".join(_GREEK.get(char, char) for char in plain if char.isalnum())


def fold_name(text: str) -> str:
    """Give what two names share that differ in case, accents, spaces, hyphens or Greek letters only.

    >>> fold_name("HER-2/neu") == fold_name("HER2 neu")
    True
    """
    return "".join(run.text for run in split_runs(text))


def index_words(text: str) -> list[str]:
    """Give the words under which a text is found: every run, and runs that a hyphen or a number joins, put together.

    >>> index_words("HER-2 positive")
    ['her', '2', 'her2', 'positive']
    """
    runs = split_runs(text)
    words: dict[str, None] = {}
    for at, run in enumerate(runs):
        words.setdefault(run.text)
        if at and (run.joined or run.loose):
            words.setdefault(_cut(runs[at - 1].text + run.text))
        if run.joined and (at + 1 == len(runs) or not runs[at + 1].joined):
            words.setdefault(_cut("".join(part.text for part in _word_before(runs, at))))
    return list(words)


def group_words(query: str) -> list[list[str]]:
    """Give the words of a query, each as its folded parts; what a hyphen or a number joins is one word.

    >>> group_words("HER-2 positive")
    [['her', '2'], ['positive']]
    """
    return list(_group_runs(split_runs(query)[:_MOST_RUNS]))


def stand_together(text: str, query: str) -> bool:
    """Tell whether the words of a query stand in a text one after the other, the last as the beginning of one.

    >>> stand_together("Breast cancer of men", "breast canc"), stand_together("cancer of the breast", "breast canc")
    (True, False)
    """
    wanted = " ".join(run.text for run in split_runs(query)[:_MOST_RUNS])
    return f" {wanted}" in " " + " ".join(run.text for run in split_runs(text))


def mark_beginning(text: str) -> list[str]:
    """Give the words under which a text is found that begins with them; what is joined is one of them.

    >>> mark_beginning("Non-Hodgkin lymphoma")
    ['¹non', '¹nonhodgkin']
    """
    words = ["".join(group) for group in group_words(text)[:1]]
    return list(dict.fromkeys(_BEGINNING + word for word in (*(run.text for run in split_runs(text)[:1]), *words)))


def write_match(query: str, *, loosely: bool = False, finished: bool = False, beginning: bool = False) -> str:
    """Write what is searched for in the syntax of FTS5; empty when it holds no letter or digit.

    All words must be there, the last as the beginning of one. Runs that are joined are wanted as one word.

    Args:
        loosely: The parts of joined runs may also stand apart.
        finished: The last word is whole, too.
        beginning: The first word is the first of a label.

    >>> write_match("her-2 posi")
    '"her2" AND "posi" *'
    >>> write_match("her-2 posi", loosely=True)
    '("her2" OR ("her" AND "2")) AND "posi" *'
    """
    groups = group_words(query)
    written = []
    for at, group in enumerate(groups):
        star = " *" if at + 1 == len(groups) and not finished else ""
        first = _BEGINNING if beginning and not at else ""
        whole = f'"{first}{_cut("".join(group))}"{star}'
        if loosely and len(group) > 1:
            whole = f"({whole} OR ({' AND '.join(_quote_all(group, star))}))"
        written.append(whole)
    return " AND ".join(written)


def mark_words(text: str, query: str) -> list[tuple[int, int]]:
    """Give the places in a text that a search for words would find, in order, without overlap.

    >>> mark_words("HER-2 positive breast cancer", "her2 brea")
    [(0, 5), (15, 21)]
    """
    groups = group_words(query)
    wanted = {"".join(group) for group in groups} | {run for group in groups for run in group if len(group) > 1}
    if not groups:
        return []
    begun = ("".join(groups[-1]), groups[-1][-1])
    runs = split_runs(text)
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(runs):
        width = next((n for n in (4, 3, 2, 1) if _is_found(runs[at : at + n], n, wanted, begun)), 0)
        if width:
            found.append((runs[at].start, runs[at + width - 1].end))
        at += width or 1
    return found


def cut_marked(text: str, places: Sequence[tuple[int, int]], *, most: int = 240) -> list[tuple[str, bool]]:
    """Give a text in pieces, each with whether it is marked; a long text is cut around the first mark.

    >>> cut_marked("HER-2 positive", [(0, 5)])
    [('HER-2', True), (' positive', False)]
    """
    first, last = _choose_window(text, places, most)
    pieces: list[tuple[str, bool]] = [("…", False)] if first else []
    at = first
    for start, end in places:
        if start < at or end > last:
            continue
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    pieces.append((text[at:last], False))
    if last < len(text):
        pieces.append(("…", False))
    return [piece for piece in pieces if piece[0]]


def _may_be_numbered(word: str) -> bool:
    return len(word) <= _LONGEST_BEFORE_NUMBER and word.isalpha()


def _cut(word: str) -> str:
    return word[:_LONGEST_JOINED]


def _word_before(runs: Sequence[Run], at: int) -> Sequence[Run]:
    """Give the joined runs that end at one."""
    start = at
    while runs[start].joined:
        start -= 1
    return runs[start : at + 1]


def _group_runs(runs: Sequence[Run]) -> Iterator[list[str]]:
    """Put together what is joined or a number of the word before."""
    group: list[str] = []
    for run in runs:
        if group and not run.joined and not (run.loose and len(group) == 1):
            yield group
            group = []
        group.append(run.text)
    if group:
        yield group


def _quote_all(group: Sequence[str], star: str) -> Iterator[str]:
    for at, run in enumerate(group):
        yield f'"{run}"{star if at + 1 == len(group) else ""}'


def _is_found(runs: Sequence[Run], width: int, wanted: set[str], begun: tuple[str, str]) -> bool:
    if len(runs) < width or any(not (run.joined or run.loose) for run in runs[1:]):
        return False
    word = "".join(run.text for run in runs)
    return word in wanted or (width == 1 and word.startswith(begun)) or (width > 1 and word.startswith(begun[0]))


def _choose_window(text: str, places: Sequence[tuple[int, int]], most: int) -> tuple[int, int]:
    """Choose which part of a text to show, from a space to a space, so that the first mark is in it."""
    if len(text) <= most:
        return 0, len(text)
    first = max(0, (places[0][0] if places else 0) - most // 4)
    first = text.find(" ", first) + 1 if first else 0
    last = min(len(text), first + most)
    space = text.rfind(" ", first, last)
    return first, space if last < len(text) and space > first + most // 2 else last
