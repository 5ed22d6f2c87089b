"""Abbreviations that a document defines: "immunohistochemistry (IHC)", "IHC (immunohistochemistry)".

After A. S. Schwartz and M. A. Hearst, A simple algorithm for identifying abbreviation definitions in biomedical text,
Pacific Symposium on Biocomputing 8:451-462 (2003).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PARENTHESIS = re.compile(r"\(([^()\n]{2,80}(?:\n[^()\n]{1,80})?)\)")
SHORT_FORM = re.compile(r"(?=.*[A-Z])[A-Za-z0-9][\w+/.-]{1,9}$")
LEAD = re.compile(r"^(?:or|also|i\.e\.,?|called|known as|abbreviated(?: as)?|hereafter)\s+", re.IGNORECASE)
LONGEST_SHORT_FORM = 10
CLAUSE = re.compile(r"[.;:()]\s|[,;:()]")


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and the long form that the text gives it, each with its half-open offsets."""

    short: str
    long: str
    short_start: int
    short_end: int
    long_start: int
    long_end: int


def find_abbreviations(text: str) -> list[Abbreviation]:
    """Find the abbreviations that a text defines, in order, either form standing first.

    >>> text = "Use immunohistochemistry (IHC) or FISH (fluorescence in situ hybridization)."
    >>> [(abbreviation.short, abbreviation.long) for abbreviation in find_abbreviations(text)]
    [('IHC', 'immunohistochemistry'), ('FISH', 'fluorescence in situ hybridization')]
    """
    found = []
    for match in PARENTHESIS.finditer(text):
        inner = match[1]
        lead = LEAD.match(inner)
        inner_start = match.start(1) + (lead.end() if lead else 0)
        candidate = re.split(r"[,;]", text[inner_start : match.end(1)], maxsplit=1)[0].strip()
        if SHORT_FORM.match(candidate):
            long = _find_long_form(text, candidate, match.start())
            if long is not None:
                end = inner_start + len(candidate)
                found.append(Abbreviation(candidate, text[slice(*long)], inner_start, end, *long))
        elif len(candidate) > LONGEST_SHORT_FORM:
            outside = re.search(r"([A-Za-z0-9][\w+/.-]{1,9})\s*$", text[max(0, match.start() - 12) : match.start()])
            if outside and SHORT_FORM.match(outside[1]):
                start = _align(outside[1], candidate)
                if start == 0:
                    short_start = max(0, match.start() - 12) + outside.start(1)
                    short_end = short_start + len(outside[1])
                    long_start = inner_start
                    found.append(
                        Abbreviation(
                            outside[1], candidate, short_start, short_end, long_start, long_start + len(candidate)
                        )
                    )
    return found


def _find_long_form(text: str, short: str, paren: int) -> tuple[int, int] | None:
    limit = min(len(short) + 5, len(short) * 2)
    window_start = max(0, paren - 120)
    window = text[window_start:paren].rstrip()
    words = list(re.finditer(r"\S+", window))[-limit:]
    if not words:
        return None
    first = words[0].start()
    candidate = window[first:]
    start = _align(short, candidate)
    if start is None:
        return None
    long = candidate[start:]
    if len(long) <= len(short) or CLAUSE.search(long) or short in long.split():
        return None
    return window_start + first + start, window_start + first + start + len(long)


def _align(short: str, long: str) -> int | None:
    """Align the letters of a short form with a long form from their ends; gives where the long form begins."""
    at = len(long) - 1
    for index in range(len(short) - 1, -1, -1):
        letter = short[index].lower()
        if not letter.isalnum():
            continue
        while at >= 0 and (long[at].lower() != letter or (index == 0 and at > 0 and long[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
        at -= 1
    return at + 1
