"""The names of imported vocabularies in a text, beside the curated ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from oncograph.model import Candidate, Doubt, UndecidedName
from oncograph.reading.abbreviations import Abbreviation
from oncograph.reading.ambiguity import ContextWords, Settled, settle_names
from oncograph.reading.dictionary import Dictionary, Entry, Numbered
from oncograph.reading.lexicon import Found

WORDS = r"[^\W_][\w'-]*(?: (?!and\b|or\b|and/or\b)[\w'-]+)?"
LISTED = re.compile(rf"({WORDS}(?:, {WORDS})*)(?:,? (?:and|or|and/or) (?:the )?|/)\Z")
LIST_ENDS = (" and ", " or ", "and/or ", " the ", "/")
"""What stands before a name that is listed."""
CONJUNCT = re.compile(r"[^,]+")
REACH = 80
FEWEST_WORDS = 2
JOINT = " of "


@dataclass(frozen=True, slots=True)
class Imported:
    """The names of the imported vocabularies, and the concepts that their numbers stand for."""

    dictionary: Dictionary
    concepts: Numbered
    context: ContextWords = field(default_factory=ContextWords)

    def settle(self, text: str, abbreviations: Sequence[Abbreviation] = ()) -> list[Settled]:
        """Find the imported names of a text and decide what each means; some may stay undecided."""
        entries = self.dictionary.find(text)
        entries += find_elided(text, entries, self.dictionary)
        return settle_names(
            text, sorted(entries), abbreviations, self.concepts, dictionary=self.dictionary, context=self.context
        )

    def complete(self, text: str, found: Sequence[Found], abbreviations: Sequence[Abbreviation] = ()) -> list[Found]:
        """Add to the curated names of a text, in order, the imported ones that are decided; see `place_names`."""
        return place_names(text, self.settle(text, abbreviations), found)

    def name_undecided(self, text: str, settled: Iterable[Settled], found: Sequence[Found]) -> Iterator[UndecidedName]:
        """Give the names that stay undecided, in text order: those without a meaning that no name found covers.

        Args:
            found: All names that the document was found to have, in order.
        """
        at = 0
        for name in settled:
            if name.concepts:
                continue
            while at < len(found) and found[at].end <= name.start:
                at += 1
            if at == len(found) or name.end <= found[at].start:
                yield weigh_candidates(text, name, self.context)


def place_names(text: str, settled: Iterable[Settled], found: Sequence[Found]) -> list[Found]:
    """Add to the curated names of a text, in order, the imported ones that none of them stands in the way of.

    A longer imported name takes the place of the curated names that it holds whole, but for several that "of" joins:
    what a "cancer of the stomach, colon or rectum" is, the reading makes out. An undecided one is left out.
    """
    merged: list[Found] = []
    at = 0
    for name in settled:
        while at < len(found) and found[at].end <= name.start:
            merged.append(found[at])
            at += 1
        inside = at
        while inside < len(found) and found[inside].start < name.end:
            inside += 1
        is_joined = inside - at > 1 and JOINT in text[name.start : name.end]
        if name.concepts and not is_joined and all(_holds(name, one) for one in found[at:inside]):
            at = inside
            merged.append(Found(name.start, name.end, name.concepts))
    return merged + list(found[at:])


def weigh_candidates(text: str, name: Settled, context: ContextWords) -> UndecidedName:
    """Say of an undecided name what it may mean, with the share of each candidate in what speaks for any of them.

    >>> from oncograph.model import Concept
    >>> from oncograph.reading.ambiguity import Candidate as Scored
    >>> gout, drug = Concept("e:gout", "gout", "Disease"), Concept("e:drug", "gout drug", "Drug")
    >>> name = Settled(0, 4, (Scored(gout, 3.0), Scored(drug, 2.0)), ())
    >>> undecided = weigh_candidates("Gout", name, ContextWords())
    >>> [(one.concept.label, one.score) for one in undecided.candidates], undecided.doubt.value
    ([('gout', 0.6), ('gout drug', 0.4)], 'DifferentKinds')
    """
    total = sum(one.score for one in name.candidates)
    candidates = tuple(Candidate(one.concept, one.score / total) for one in name.candidates)
    kinds = {context.kind_of(one.concept) for one in name.candidates}
    doubt = Doubt.DIFFERENT_KINDS if len(kinds) > 1 else Doubt.TOLD_APART
    return UndecidedName(name.start, name.end, text[name.start : name.end], candidates, doubt)


def find_elided(text: str, entries: Iterable[Entry], dictionary: Dictionary) -> Iterator[Entry]:
    """Find names whose last words are said once for several: "breast" in "breast and ovarian cancer".

    >>> from oncograph.reading.dictionary import Name
    >>> dictionary = Dictionary.of([Name("breast cancer", 1), Name("ovarian cancer", 2)])
    >>> text = "Breast and ovarian cancers"
    >>> list(find_elided(text, dictionary.find(text), dictionary))
    [Entry(start=0, end=6, concepts=(1,), ranks=(0,))]
    """
    reached = 0
    for entry in entries:
        words = text[entry.start : entry.end].split(" ")
        may_be_listed = len(words) > 1 and text.endswith(LIST_ENDS, reached, entry.start)
        listed = LISTED.search(text, max(reached, entry.start - REACH), entry.start) if may_be_listed else None
        reached = entry.end
        if listed is None:
            continue
        for conjunct in CONJUNCT.finditer(text, listed.start(1), listed.end(1)):
            elided = _complete(text, conjunct.start(), conjunct.end(), words, dictionary)
            if elided is not None:
                yield elided


def _complete(text: str, start: int, end: int, words: Sequence[str], dictionary: Dictionary) -> Entry | None:
    """Complete a conjunct, or its last word, with as many of the last words of the full name as make it a name."""
    start += len(text[start:end]) - len(text[start:end].lstrip())
    for begin in dict.fromkeys((start, text.rfind(" ", start, end) + 1 or start)):
        for at in range(1, len(words)):
            known = dictionary.look_up(" ".join((text[begin:end], *words[at:])))
            if known is not None:
                return known._replace(start=begin, end=end)
    return None


def _holds(name: Settled, one: Found) -> bool:
    """Tell whether a name stands within an imported one that is longer."""
    return name.start <= one.start and one.end <= name.end and one.end - one.start < name.end - name.start
