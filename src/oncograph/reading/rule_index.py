"""Rules found by the words that they want."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from oncograph.reading.patterns import Overview, Pattern
from oncograph.reading.shape import Shape

R = TypeVar("R")
ENTITY = re.compile(r"[\ue000-\uefffQCDKnv]")
"""Codes of classes, of nouns for them, and of numbers: all that a slot can ask for."""
MEMORY = 4096
"""How many sentences are remembered with what the rules found in them."""
OF_ONE_KIND, OF_TWO = 1, 2
"""Bits of what is wanted beside codes: two entities of one kind, and two entities."""

Fitting = tuple[R, Pattern, tuple[str, ...]]
"""A rule, one of its patterns, and those of its triggers that begin with one code, the longest first."""
Spans = tuple[R, Pattern, dict[str, tuple[int, int]]]
"""A rule, the pattern of it that matched, and the places of its slots."""
Triggers = Mapping[str, tuple[str, ...]]
"""The triggers of a pattern by the code that they begin with, the longest first."""


@dataclass(slots=True)
class Wants:
    """Numbers all that patterns want, so that what one wants and what a sentence lacks are an integer each.

    A want is a set of codes of which a sentence must hold one, and it is a bit. Nearly every sentence lacks something
    of what nearly every pattern wants; telling so by comparing two integers is what makes reading fast.

    Attributes:
        kept: How many of the lowest bits are of what is wanted beside codes.
        bits: By want, its bit.
        met: By code, the bits of the wants that it meets.
        all: The bits of all the wants.
    """

    kept: int = 2
    bits: dict[frozenset[str], int] = field(default_factory=dict)
    met: dict[str, int] = field(default_factory=dict)
    all: int = 0

    def number(self, wants: Iterable[frozenset[str]]) -> int:
        """Give the bits of some wants."""
        found = 0
        for want in wants:
            if want not in self.bits:
                bit = self.bits[want] = 1 << (self.kept + len(self.bits))
                self.met.update((code, self.met.get(code, 0) | bit) for code in want)
                self.all |= bit
            found |= self.bits[want]
        return found

    def find_lacking(self, present: Iterable[str]) -> int:
        """Give the bits of the wants that a sentence which holds some codes does not meet."""
        return self.all ^ functools.reduce(operator.or_, filter(None, map(self.met.get, present)), 0)


@dataclass(frozen=True, slots=True)
class Kin:
    """What may be of the same kind.

    Attributes:
        of: By code of an entity, the codes of what may be of its kind.
    """

    of: Mapping[str, frozenset[str]]

    def meet(self, entities: Iterable[str]) -> bool:
        """Tell whether two of the entities may be of one kind."""
        seen: set[str] = set()
        for code in entities:
            if not seen.isdisjoint(self.of.get(code, ())):
                return True
            seen.add(code)
        return False


@dataclass(frozen=True, slots=True)
class RuleIndex(Generic[R]):
    """Rules by the codes that their triggers begin with.

    Attributes:
        rows: By such a code, the patterns in the order of the rules, each with the bits of what it wants.
        of_one_kind: Such codes of the patterns that want two entities of one kind.
        known: What was found in the sentences seen last, by their codes: the rows of a list are much alike.
    """

    rows: Mapping[str, tuple[tuple[int, Fitting[R]], ...]]
    wants: Wants
    of_one_kind: frozenset[str]
    kin: Kin
    known: dict[str, tuple[Spans[R], ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, rules: Iterable[tuple[R, Pattern, bool]], kin: Kin) -> RuleIndex[R]:
        """Build the index of rules given with each of their patterns, and whether it needs entities of one kind."""
        wants = Wants()
        rows: dict[str, list[tuple[int, Fitting[R]]]] = {}
        of_one_kind: set[str] = set()
        for rule, pattern, is_of_one_kind in rules:
            wanted = wants.number(pattern.wants) | (OF_ONE_KIND if is_of_one_kind else 0)
            for code, triggers in _by_first_code(pattern).items():
                row = wanted | wants.number(_find_later(triggers)), (rule, pattern, triggers)
                rows.setdefault(code, []).append(row)
                if is_of_one_kind:
                    of_one_kind.add(code)
        return cls({code: tuple(found) for code, found in rows.items()}, wants, frozenset(of_one_kind), kin)

    def candidates(self, codes: str) -> dict[str, list[Fitting[R]]]:
        """Give the rules that a sentence with these codes could match, by the code that begins their trigger."""
        present = set(codes)
        starting = self.rows.keys() & present
        if not starting:
            return {}
        lacking = self.wants.find_lacking(present)
        if not self.of_one_kind.isdisjoint(present):
            entities = ENTITY.findall(codes)
            if len(entities) > 1 and not self.kin.meet(entities):
                lacking |= OF_ONE_KIND
        found: dict[str, list[Fitting[R]]] = {}
        for code in starting:
            fitting = [row for wanted, row in self.rows[code] if not wanted & lacking]
            if fitting:
                found[code] = fitting
        return found


@dataclass(frozen=True, slots=True)
class Gate:
    """All patterns, to tell which sentences none of them can match, however their words are joined to names later.

    Attributes:
        rows: By the codes that their triggers begin with, the patterns, each with the bits of what it wants.
        barred: By the class of what a text is about, none being an empty text, the bits of the predicates that some
            patterns say of the topic alone, and not of such a one.
    """

    rows: Mapping[str, tuple[tuple[int, Pattern, tuple[str, ...]], ...]]
    wants: Wants
    barred: Mapping[str, int]
    kin: Kin

    @classmethod
    def of(
        cls, patterns: Iterable[tuple[Pattern, bool, str]], topics: Mapping[str, Callable[[str], bool]], kin: Kin
    ) -> Gate:
        """Build the gate of patterns.

        Args:
            patterns: Each with whether it needs entities of one kind, and the predicate it says of the topic alone.
            topics: By the class of a topic, whether a predicate can be said of one.
        """
        given = list(patterns)
        names = sorted({predicate for _, _, predicate in given if predicate})
        predicates = {name: OF_TWO << at for at, name in enumerate(names, 1)}
        wants = Wants(2 + len(predicates))
        rows: dict[str, list[tuple[int, Pattern, tuple[str, ...]]]] = {}
        for pattern, is_of_one_kind, predicate in given:
            wanted = wants.number(_find_early_wants(pattern))
            wanted |= (OF_ONE_KIND if is_of_one_kind else 0) | (OF_TWO if len(pattern.needs) > 1 else 0)
            wanted |= predicates.get(predicate, 0)
            for code, triggers in _by_first_code(pattern).items():
                rows.setdefault(code, []).append((wanted | wants.number(_find_later(triggers)), pattern, triggers))
        return cls(
            {code: tuple(found) for code, found in rows.items()},
            wants,
            {
                topic: sum(bit for predicate, bit in predicates.items() if not fits(predicate))
                for topic, fits in topics.items()
            },
            kin,
        )

    def may_match(self, overview: Overview, topic: str) -> bool:
        """Tell whether any pattern could match a sentence.

        Args:
            topic: The class of what its section is about; empty where nothing is known.
        """
        codes = overview.codes
        present = set(codes)
        lacking = self.wants.find_lacking(present.union(overview.referents)) | self.barred[topic]
        entities = ENTITY.findall(codes + overview.referents)
        if len(entities) < 2:
            lacking |= OF_TWO
        elif not self.kin.meet(entities):
            lacking |= OF_ONE_KIND
        for code in self.rows.keys() & present:
            for wanted, pattern, triggers in self.rows[code]:
                if not wanted & lacking and _is_worth_trying(pattern, triggers, overview):
                    return True
        return False


def find_spans(shape: Shape, index: RuleIndex[R]) -> tuple[Spans[R], ...]:
    """Try the rules whose trigger a sentence holds, at each place where it stands; gives where their slots are."""
    found = index.known.get(shape.codes)
    if found is None:
        found = tuple(_try_rules(shape.codes, index))
        if len(index.known) >= MEMORY:
            index.known.clear()
        index.known[shape.codes] = found
    return found


def _try_rules(codes: str, index: RuleIndex[R]) -> Iterator[Spans[R]]:
    candidates = index.candidates(codes)
    if not candidates:
        return
    backward = codes[::-1]
    for at, code in enumerate(codes):
        for rule, pattern, triggers in candidates.get(code, ()):
            for trigger in triggers:
                if len(trigger) == 1 or codes.startswith(trigger, at):
                    spans = pattern.find(codes, backward, at, trigger)
                    if spans is not None:
                        yield rule, pattern, spans
                    break


def _find_later(triggers: tuple[str, ...]) -> Iterator[frozenset[str]]:
    """What a sentence must hold for one of some triggers beside the code that they begin with."""
    for at in range(1, min(map(len, triggers))):
        yield frozenset(trigger[at] for trigger in triggers)


def _find_early_wants(pattern: Pattern) -> Iterator[frozenset[str]]:
    """What a sentence must hold beside a trigger before any of its words are joined."""
    yield from pattern.needs[:2]
    if pattern.followers:
        yield pattern.followers
    yield from pattern.words[:2]


def _by_first_code(pattern: Pattern) -> Triggers:
    found: dict[str, tuple[str, ...]] = {}
    for trigger in pattern.triggers:
        found[trigger[0]] = (*found.get(trigger[0], ()), trigger)
    return found


def _is_worth_trying(pattern: Pattern, triggers: tuple[str, ...], overview: Overview) -> bool:
    """Tell whether a trigger stands where it could; a pattern that asks for no entity is tried at once."""
    codes = overview.codes
    for trigger in triggers:
        if trigger in codes and pattern.may_start(overview, trigger):
            at = codes.index(trigger)
            return bool(pattern.needs) or pattern.find(codes, overview.backward, at, trigger) is not None
    return False
