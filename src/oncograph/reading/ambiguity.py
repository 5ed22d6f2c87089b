"""Which meaning an imported name has in this document, where it may have several or is a word like others.

A name that no evidence decides stays undecided: it is reported with its candidates, never guessed.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from oncograph.model import ENTITY, Concept
from oncograph.reading.abbreviations import Abbreviation
from oncograph.reading.dictionary import DERIVED, LOOSE, PREFERRED, SYNONYM, Dictionary, Entry, Numbered
from oncograph.reading.spelling import split_words

RANK_SCORES = {PREFERRED: 4.0, SYNONYM: 3.0, LOOSE: 2.0, DERIVED: 1.0}
DEFINED = 10.0
"""Score of the meaning that the text itself gives a short form."""
NAMED_IN_FULL = 2.0
"""Added for another, longer name of the same entity in the document."""
CUED = 1.0
"""Added for a word beside the name that goes with the class."""
MARGIN = 1.0
"""By which the best meaning must lead."""
SHORT = 2
"""Letters of a symbol that counts only where something in the document speaks for it."""
SHORT_LOOSE = 3
"""The same for symbols by which the entity is not properly known."""
ACRONYM = 5
"""Letters up to which a text spells the short forms of some kinds out."""
SYMBOL = 7
"""Longest short form that other names of the entity speak for."""
ARTICLE_LENGTH = len("the ")
SHARED_WORDS = 0.5
NEXT_WORD = re.compile(r"[\s-]{1,2}([A-Za-z]+)")
LAST_WORD = re.compile(r"(?<![A-Za-z])([A-Za-z]+)[\s-]{1,2}\Z")
OF_A_FAMILY = re.compile(r"[-‐–]?(?:alpha|beta|gamma|delta|epsilon|[α-ε])(?!\w)", re.IGNORECASE)
"""What makes a symbol that of another thing, which it begins: "p110" in "p110-alpha"."""
REACH = 24
SOURCE = re.compile(rf"{re.escape(ENTITY)}|.*[/_:#]")
"""What the IRIs of a vocabulary's terms begin with."""


class Candidate(NamedTuple):
    """A concept that a name may mean, and how much speaks for it."""

    concept: Concept
    score: float


class Settled(NamedTuple):
    """A name with what it may mean here, the likeliest first.

    Attributes:
        start, end: Half-open offsets.
        concepts: What it means: the best candidate, then those of other vocabularies that may be the same thing; none
            where that is undecided.
    """

    start: int
    end: int
    candidates: tuple[Candidate, ...]
    concepts: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class ContextWords:
    """Words beside a name that tell of what kind it is, and the kinds.

    Attributes:
        before, after: By word, in lower case, the kinds it goes with.
        kinds: By class, its kind: a symptom may be the same thing as a disease.
        spelled_out: Kinds of which a text says what its short forms mean; one that it does not is of something else.
        order: Kinds, the likeliest first where nothing else tells two of them apart.
    """

    before: Mapping[str, frozenset[str]] = field(default_factory=dict)
    after: Mapping[str, frozenset[str]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    spelled_out: frozenset[str] = frozenset()

    def kind_of(self, concept: Concept) -> str:
        """Give the kind of a concept; its class, where that is of none."""
        return self.kinds.get(concept.class_name, concept.class_name)

    def are_rivals(self, one: Concept, other: Concept) -> bool:
        """Tell whether two concepts cannot be the same: of different kinds, or told apart in one vocabulary."""
        return self.kind_of(one) != self.kind_of(other) or not _sources(one).isdisjoint(_sources(other))

    def is_likelier(self, one: Concept, other: Concept) -> bool:
        """Tell whether one concept is of a kind that names like these mean rather than the kind of the other."""
        first, second = self.kind_of(one), self.kind_of(other)
        return first in self.order and second in self.order and self.order.index(first) < self.order.index(second)


def settle_names(
    text: str,
    entries: Iterable[Entry],
    abbreviations: Sequence[Abbreviation],
    concepts: Numbered,
    *,
    dictionary: Dictionary,
    context: ContextWords | None = None,
) -> list[Settled]:
    """Decide what each name means in a document, in text order.

    A short form means what the text defines it as, everywhere in it, and nothing where that is not known. A symbol of
    two letters, or of three if it is a mere alias, needs a longer name of the same entity in the text. Of several
    meanings the one wins that leads clearly: properly known by this name, named in full elsewhere, or beside a word of
    its class.
    """
    entries = list(entries)
    context = context or ContextWords()
    defined = _find_defined(entries, abbreviations, concepts, dictionary)
    entries = _with_short_forms(text, entries, defined)
    full = _named_in_full(entries)
    settled = []
    for entry in entries:
        written = text[entry.start : entry.end]
        given = defined.get(written) if written in defined else defined.get(written.removesuffix("s"))
        if given is not None:
            if given.concepts:
                given = given._replace(start=entry.start, end=entry.end)
                settled.append(_settle_defined(given, concepts, context))
            continue
        one = _settle(text, entry, full, concepts, context)
        if one is not None:
            settled.append(one)
    return settled


def _sources(concept: Concept) -> frozenset[str]:
    """Give the vocabularies that have the concept, by how their IRIs begin."""
    return _sources_of((concept.iri, *concept.exact_matches))


@functools.lru_cache(maxsize=1 << 14)
def _sources_of(iris: tuple[str, ...]) -> frozenset[str]:
    return frozenset(match[0] if (match := SOURCE.match(iri)) else iri for iri in iris)


def _find_defined(
    entries: Sequence[Entry],
    abbreviations: Sequence[Abbreviation],
    concepts: Numbered,
    dictionary: Dictionary,
) -> dict[str, Entry]:
    """Give by short form what the text says it means; an entry without concepts where that is in no vocabulary."""
    ends = {entry.end: entry for entry in entries}
    defined: dict[str, Entry] = {}
    for one in abbreviations:
        if one.short in defined:
            continue
        meaning = ends.get(one.long_end)
        if meaning is not None and meaning.start > one.long_start + ARTICLE_LENGTH:
            meaning = None
        if meaning is None:
            meaning = _resembling(one, dictionary, concepts)
        if not meaning.concepts and any(char.isdigit() for char in one.short):
            continue
        defined[one.short] = Entry(one.short_start, one.short_end, meaning.concepts, meaning.ranks)
    return defined


def _resembling(one: Abbreviation, dictionary: Dictionary, concepts: Numbered) -> Entry:
    """Give those meanings of a short form of which a name has most words of the long form."""
    known = dictionary.look_up(one.short)
    words = {word for word in split_words(one.long) if word}
    if known is None:
        return Entry(0, 0, ())
    fitting = [
        number
        for number in known.concepts
        if any(_shares_words(words, name) for name in (concepts[number].label, *concepts[number].synonyms))
    ]
    return Entry(0, 0, tuple(fitting), (SYNONYM,) * len(fitting))


def _shares_words(words: set[str], name: str) -> bool:
    others = {word for word in split_words(name) if word}
    return len(words & others) > SHARED_WORDS * max(len(words), len(others))


def _with_short_forms(text: str, entries: list[Entry], defined: Mapping[str, Entry]) -> list[Entry]:
    """Add the short forms that the dictionary does not know by themselves."""
    known = {short: entry for short, entry in defined.items() if entry.concepts}
    if not known:
        return entries
    forms = "|".join(re.escape(short) for short in sorted(known, key=lambda short: (-len(short), short)))
    starts = [entry.start for entry in entries]
    reached = list(accumulate((entry.end for entry in entries), max))
    added = []
    for match in re.finditer(rf"(?<!\w)({forms})s?(?!\w)", text):
        before = bisect_left(starts, match.end())
        if not before or reached[before - 1] <= match.start():
            added.append(Entry(match.start(), match.end(), known[match[1]].concepts, known[match[1]].ranks))
    return sorted([*entries, *added]) if added else entries


def _named_in_full(entries: Iterable[Entry]) -> dict[int, int]:
    """Give by concept the length of the longest name that the text has for it."""
    longest: dict[int, int] = defaultdict(int)
    for entry in entries:
        for number in entry.concepts:
            longest[number] = max(longest[number], entry.end - entry.start)
    return longest


def _settle(
    text: str, entry: Entry, full: Mapping[int, int], concepts: Numbered, context: ContextWords
) -> Settled | None:
    size = entry.end - entry.start
    if size <= SYMBOL and OF_A_FAMILY.match(text, entry.end):
        return None
    written = text[entry.start : entry.end]
    cued = _find_cued(text, entry, context)
    candidates = []
    for number, rank in zip(entry.concepts, entry.ranks, strict=True):
        concept = concepts[number]
        is_full = full[number] > max(size, SHORT_LOOSE)
        if not is_full and (size <= SHORT or (size <= SHORT_LOOSE and rank >= LOOSE)):
            continue
        kind = context.kind_of(concept)
        is_spelled_out = kind in context.spelled_out and rank != PREFERRED and size <= ACRONYM and _is_capital(written)
        if is_spelled_out and not is_full:
            continue
        is_full &= size <= SYMBOL
        score = RANK_SCORES[rank] + (NAMED_IN_FULL if is_full else 0) + (CUED if kind in cued else 0)
        candidates.append(Candidate(concept, score))
    if not candidates:
        return None
    if len(candidates) == 1:
        return _settled(entry, candidates[0], candidates, context)
    candidates.sort(key=lambda one: -one.score)
    best = candidates[0]
    rivals = [one for one in candidates[1:] if context.are_rivals(best.concept, one.concept)]
    close = [one for one in rivals if best.score - one.score < MARGIN]
    others = [one for one in close if not context.is_likelier(best.concept, one.concept)]
    if len(others) == 1 and context.is_likelier(others[0].concept, best.concept):
        best, others = others[0], []
    if others:
        return Settled(entry.start, entry.end, tuple(candidates), ())
    return _settled(entry, best, candidates, context)


def _settle_defined(entry: Entry, concepts: Numbered, context: ContextWords) -> Settled:
    candidates = [Candidate(concepts[number], DEFINED) for number in entry.concepts]
    return _settled(entry, candidates[0], candidates, context)


def _settled(entry: Entry, best: Candidate, candidates: Sequence[Candidate], context: ContextWords) -> Settled:
    concepts = [best.concept]
    for one in candidates:
        if one is not best and all(not context.are_rivals(known, one.concept) for known in concepts):
            concepts.append(one.concept)
    return Settled(entry.start, entry.end, tuple(candidates), tuple(concepts))


def _is_capital(written: str) -> bool:
    return sum(map(str.isupper, written)) > 1 or any(map(str.isdigit, written))


def _find_cued(text: str, entry: Entry, context: ContextWords) -> frozenset[str]:
    """Give the classes that the words beside a name go with."""
    after = NEXT_WORD.match(text, entry.end)
    before = LAST_WORD.search(text, max(0, entry.start - REACH), entry.start)
    classes: frozenset[str] = frozenset()
    if after is not None:
        classes |= context.after.get(after[1].lower(), frozenset())
    if before is not None:
        classes |= context.before.get(before[1].lower(), frozenset())
    return classes
