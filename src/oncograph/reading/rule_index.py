"""Rules found by the words that they want."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from oncograph.reading.patterns import Overview, Pattern, codes_of
from oncograph.reading.shape import Shape

R = TypeVar("R")
ENTITY = re.compile(r"[\ue000-\uefffQCDKnv]")
"""Codes of classes, of nouns for them, and of numbers: all that a slot can ask for."""
MEMORY = 4096
"""How many sentences are remembered with what the rules found in them."""
MOST_WANTS = 7
"""How many wants of a pattern are looked at; each costs a little, and a pattern with more is rare."""

Fitting = tuple[R, Pattern, tuple[str, ...]]
"""A rule, one of its patterns, and those of its triggers that begin with one code, the longest first."""
Spans = tuple[R, Pattern, dict[str, tuple[int, int]]]
"""A rule, the pattern of it that matched, and the places of its slots."""
Triggers = Mapping[str, tuple[str, ...]]
"""The triggers of a pattern by the code that they begin with, the longest first."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """Keeps, of many rows, those whose every want a sentence meets: of each want it holds one of the codes.

    Most sentences meet the wants of hardly any rule; telling so from the set of their codes, whatever the number of
    rules, is what makes reading fast. A set of rows is an integer with a bit for each, and what a code meets is a row
    of such sets in one integer: first of the rows whose first want it meets, then of those whose second, and so on.

    Attributes:
        rows: How many rows there are.
        wants: How many wants the row with the most has.
        unasked: What is met by any sentence, as a row that has fewer wants asks for nothing there.
        met: By code, what it meets.
    """

    rows: int
    wants: int
    unasked: int
    met: Mapping[str, int]

    @classmethod
    def of(cls, wants_of_rows: Sequence[Sequence[frozenset[str]]]) -> Sieve:
        """Prepare the sieve of rows given by their wants."""
        rows, most = len(wants_of_rows), max(map(len, wants_of_rows), default=1)
        unasked = 0
        by_want: dict[tuple[int, frozenset[str]], int] = {}
        for row, wants in enumerate(wants_of_rows):
            for place in range(most):
                bit = 1 << (place * rows + row)
                if place < len(wants):
                    by_want[place, wants[place]] = by_want.get((place, wants[place]), 0) | bit
                else:
                    unasked |= bit
        met: dict[str, int] = {}
        for (_, want), bits in by_want.items():
            for code in want:
                met[code] = met.get(code, 0) | bits
        return cls(rows, most, unasked, met)

    def keep(self, present: set[str]) -> int:
        """Give the rows whose wants a sentence that holds these codes meets, as a bit for each."""
        met = functools.reduce(operator.or_, filter(None, map(self.met.get, present)), self.unasked)
        kept = met & ((1 << self.rows) - 1)
        for _ in range(1, self.wants):
            if not kept:
                break
            met >>= self.rows
            kept &= met
        return kept


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
    """Rules by all that their patterns want.

    Attributes:
        of_one_kind: Bits of the patterns that want two entities of one kind.
        known: What was found in the sentences seen last, by their codes: the rows of a list are much alike.
    """

    rows: tuple[tuple[R, Pattern, Triggers], ...]
    sieve: Sieve
    of_one_kind: int
    kin: Kin
    known: dict[str, tuple[Spans[R], ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, rules: Iterable[tuple[R, Pattern, bool]], kin: Kin) -> RuleIndex[R]:
        """Build the index of rules given with each of their patterns, and whether it needs entities of one kind."""
        given = list(rules)
        return cls(
            tuple((rule, pattern, _by_first_code(pattern)) for rule, pattern, _ in given),
            Sieve.of([(*codes_of(pattern.triggers), *pattern.wants)[:MOST_WANTS] for _, pattern, _ in given]),
            sum(1 << row for row, (_, _, of_one_kind) in enumerate(given) if of_one_kind),
            kin,
        )

    def candidates(self, codes: str) -> dict[str, list[Fitting[R]]]:
        """Give the rules that a sentence with these codes could match, by the code that begins their trigger."""
        present = set(codes)
        kept = self.sieve.keep(present)
        if kept & self.of_one_kind:
            entities = ENTITY.findall(codes)
            if len(entities) > 1 and not self.kin.meet(entities):
                kept &= ~self.of_one_kind
        found: dict[str, list[Fitting[R]]] = {}
        for row in _places(kept):
            rule, pattern, by_first_code = self.rows[row]
            for code in by_first_code.keys() & present:
                found.setdefault(code, []).append((rule, pattern, by_first_code[code]))
        return found


@dataclass(frozen=True, slots=True)
class Gate:
    """All patterns, to tell which sentences none of them can match, however their words are joined to names later.

    Attributes:
        of_one_kind: Bits of the patterns that want two entities of one kind.
        of_two: Bits of the patterns that want two entities.
        barred: By the class of what a text is about, none being an empty text, bits of the patterns that say something
            of the topic alone, and not of such a one.
    """

    rows: tuple[tuple[Pattern, Triggers], ...]
    sieve: Sieve
    of_one_kind: int
    of_two: int
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
        of_topic: dict[str, int] = {}
        for row, (_, _, predicate) in enumerate(given):
            if predicate:
                of_topic[predicate] = of_topic.get(predicate, 0) | 1 << row
        return cls(
            tuple((pattern, _by_first_code(pattern)) for pattern, _, _ in given),
            Sieve.of([list(_find_early_wants(pattern)) for pattern, _, _ in given]),
            sum(1 << row for row, (_, of_one_kind, _) in enumerate(given) if of_one_kind),
            sum(1 << row for row, (pattern, _, _) in enumerate(given) if len(pattern.needs) > 1),
            {name: sum(bits for p, bits in of_topic.items() if not fits(p)) for name, fits in topics.items()},
            kin,
        )

    def may_match(self, overview: Overview, topic: str) -> bool:
        """Tell whether any pattern could match a sentence.

        Args:
            topic: The class of what its section is about; empty where nothing is known.
        """
        codes = overview.codes
        present = set(codes)
        kept = self.sieve.keep(present.union(overview.referents)) & ~self.barred[topic]
        if kept & (self.of_two | self.of_one_kind):
            entities = ENTITY.findall(codes + overview.referents)
            if len(entities) < 2:
                kept &= ~self.of_two
            elif not self.kin.meet(entities):
                kept &= ~self.of_one_kind
        rows = self.rows
        while kept:
            lowest = kept & -kept
            kept ^= lowest
            pattern, by_first_code = rows[lowest.bit_length() - 1]
            for code in by_first_code.keys() & present:
                if _is_worth_trying(pattern, by_first_code[code], overview):
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


def _find_early_wants(pattern: Pattern) -> Iterator[frozenset[str]]:
    """What a sentence must hold before any of its words are joined."""
    yield from codes_of(pattern.triggers)
    yield from pattern.needs[:2]
    if pattern.followers:
        yield pattern.followers
    yield from pattern.words[:2]


def _by_first_code(pattern: Pattern) -> Triggers:
    found: dict[str, tuple[str, ...]] = {}
    for trigger in pattern.triggers:
        found[trigger[0]] = (*found.get(trigger[0], ()), trigger)
    return found


def _places(bits: int) -> Iterator[int]:
    """Give the places of the bits that are set, the lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _is_worth_trying(pattern: Pattern, triggers: tuple[str, ...], overview: Overview) -> bool:
    """Tell whether a trigger stands where it could; a pattern that asks for no entity is tried at once."""
    codes = overview.codes
    for trigger in triggers:
        if trigger in codes and pattern.may_start(overview, trigger):
            at = codes.index(trigger)
            return bool(pattern.needs) or pattern.find(codes, overview.backward, at, trigger) is not None
    return False
