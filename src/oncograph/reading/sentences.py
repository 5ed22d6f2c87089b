"""Where sentences begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from oncograph.model import Block, Document, Sentence

BOUNDARY = re.compile(r"[.!?…]+[\"'”’)\]]*(?:\[[\w, –-]{1,12}\])*(?=\s+[\"'“‘(\[]*[A-Z0-9À-ÞΑ-Ω])")
LAST_WORD = re.compile(r"[^\s(\[“\"]+$")
ABBREVIATIONS = frozenset(
    "e.g. i.e. cf. vs. etc. al. fig. figs. no. nos. dr. mr. mrs. ms. prof. st. approx. ca. resp. inc. dept. vol. "
    "ref. refs. tab. eq. sec. ch. ed. eds. jr. sr. viz. spp. sp. var. subsp. p. pp. min. max. avg. incl. excl. "
    "suppl.".split()
)
INITIAL = re.compile(r"(?:[A-Za-z]\.)+$")
ORDINAL_ONLY = re.compile(r"\d{1,2}\.$")


def split_sentences(text: str, start: int, end: int) -> Iterator[Sentence]:
    """Split a stretch of text into sentences, in order, without the white space between them.

    A full stop ends a sentence when a capital or a digit follows, unless the word before it is an abbreviation
    ("e.g.", "et al.", "Fig.") or an initial.

    >>> text = "Score 3+ on IHC (see Fig. 2) is positive. HER2 et al. Next one?"
    >>> [sentence.text for sentence in split_sentences(text, 0, len(text))]
    ['Score 3+ on IHC (see Fig. 2) is positive.', 'HER2 et al. Next one?']
    """
    at = start
    for match in BOUNDARY.finditer(text, start, end):
        if _ends_sentence(text, at, match.start()):
            yield _to_sentence(text, at, match.end())
            at = match.end()
    if not text[at:end].isspace() and at < end:
        yield _to_sentence(text, at, end)


def _ends_sentence(text: str, at: int, stop: int) -> bool:
    if text[stop] != "." or text[stop : stop + 2] == "..":
        return True
    word = LAST_WORD.search(text, max(at, stop - 24), stop + 1)
    if word is None:
        return True
    token = word[0]
    if token.lower() in ABBREVIATIONS:
        return False
    if INITIAL.match(token):
        return not _is_initial(text, at, word.start(), token)
    return not (ORDINAL_ONLY.match(token) and word.start() == at)


def _is_initial(text: str, at: int, start: int, token: str) -> bool:
    """Tell an initial ("J. Smith", "U.S. Food") from a letter that ends a sentence ("vitamin C.")."""
    if len(token) > 2:
        return True
    before = LAST_WORD.search(text, at, start - 1) if start - 1 > at else None
    return before is None or before[0][0].isupper()


def _to_sentence(text: str, start: int, end: int) -> Sentence:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Sentence(start, end, text[start:end])


def find_sentences(doc: Document) -> Iterator[tuple[Block, Sentence]]:
    """Find the sentences of every block, in text order, each with the block it stands in."""
    for block in doc.blocks:
        for sentence in split_sentences(doc.text, block.start, block.end):
            yield block, sentence
