"""Rules found by the words that can set them off."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from oncograph.reading.patterns import Pattern

R = TypeVar("R")
ENTITY = re.compile(r"[\ue000-\uefffQCDKnv]")
"""Codes of classes, of nouns for them, and of numbers: all that a slot can ask for."""

Fitting = tuple[R, Pattern, tuple[str, ...]]
"""A rule, one of its patterns, and those of its triggers that begin with one code, the longest first."""


@dataclass(frozen=True, slots=True)
class RuleIndex(Generic[R]):
    """Rules by the code that begins their triggers, and by the entities that they need.

    Most sentences can match no rule; telling so from the codes alone is what makes reading fast. Needs are numbered,
    and sets of them are integers with a bit for each.

    Attributes:
        by_trigger: By code, the rules whose trigger begins with it, each with the bit of its need.
        none: The needs that ask for no entity.
        first, second: By code of an entity, the needs whose first (second) slot it can fill.
        lone: The needs that one entity can meet.
        of_one_kind: The needs that want two entities of one kind.
        kin: By code, the codes of what may be of the same kind.
        wanted: By code that begins a trigger, the needs of its rules.
    """

    by_trigger: Mapping[str, tuple[tuple[int, Fitting[R]], ...]]
    first: Mapping[str, int]
    second: Mapping[str, int]
    none: int
    lone: int
    of_one_kind: int
    kin: Mapping[str, frozenset[str]]
    wanted: Mapping[str, int]

    @classmethod
    def of(
        cls,
        rules: Iterable[tuple[R, Pattern, bool]],
        entity_codes: frozenset[str],
        kin: Mapping[str, frozenset[str]],
    ) -> RuleIndex[R]:
        """Build the index of rules given with each of their patterns, and whether it needs entities of one kind.

        Args:
            entity_codes: Every code that a slot can ask for.
        """
        bits: dict[tuple[tuple[frozenset[str], ...], bool], int] = {}
        by_trigger: dict[str, list[tuple[int, Fitting[R]]]] = {}
        for rule, pattern, of_one_kind in rules:
            bit = bits.setdefault((pattern.needs, of_one_kind), 1 << len(bits))
            for code in sorted({trigger[0] for trigger in pattern.triggers}):
                triggers = tuple(trigger for trigger in pattern.triggers if trigger[0] == code)
                by_trigger.setdefault(code, []).append((bit, (rule, pattern, triggers)))
        first = {
            code: sum(bit for (needs, _), bit in bits.items() if not needs or code in needs[0]) for code in entity_codes
        }
        second = {
            code: sum(bit for (needs, _), bit in bits.items() if len(needs) < 2 or code in needs[1])
            for code in entity_codes
        }
        return cls(
            {code: tuple(pairs) for code, pairs in by_trigger.items()},
            first,
            second,
            sum(bit for (needs, _), bit in bits.items() if not needs),
            sum(bit for (needs, _), bit in bits.items() if len(needs) < 2),
            sum(bit for (_, of_one_kind), bit in bits.items() if of_one_kind),
            kin,
            {code: functools.reduce(operator.or_, (bit for bit, _ in pairs)) for code, pairs in by_trigger.items()},
        )

    def find_met_needs(self, codes: str) -> int:
        """Find the needs that the entities of a sentence meet, or nearly: none that is met is missing."""
        first = second = self.none
        entities = ENTITY.findall(codes)
        for code in entities:
            first |= self.first.get(code, 0)
            second |= self.second.get(code, 0)
        if len(entities) < 2:
            return first & second & self.lone
        met = first & second
        if met & self.of_one_kind and not self._has_kin(entities):
            met &= ~self.of_one_kind
        return met

    def _has_kin(self, entities: list[str]) -> bool:
        seen: set[str] = set()
        for code in entities:
            if not seen.isdisjoint(self.kin.get(code, ())):
                return True
            seen.add(code)
        return False

    def candidates(self, codes: str) -> dict[str, list[Fitting[R]]]:
        """Give the rules that a sentence with these codes could match, by the code that begins their trigger."""
        met = self.find_met_needs(codes)
        found = {}
        if met:
            for code in self.wanted.keys() & set(codes):
                if not self.wanted[code] & met:
                    continue
                fitting = [rule for bit, rule in self.by_trigger[code] if bit & met]
                if fitting:
                    found[code] = fitting
        return found

    def may_match(self, codes: str, referents: str = "") -> bool:
        """Tell whether any rule could match a sentence with these codes.

        Args:
            referents: Codes of what a pronoun of the sentence may stand for.
        """
        met = self.find_met_needs(codes + referents)
        if not met:
            return False
        wanted = self.wanted
        for code in wanted.keys() & set(codes):
            if not wanted[code] & met:
                continue
            for bit, (_, pattern, triggers) in self.by_trigger[code]:
                if bit & met and _is_worth_trying(pattern, triggers, codes, referents):
                    return True
        return False


def _is_worth_trying(pattern: Pattern, triggers: tuple[str, ...], codes: str, referents: str) -> bool:
    """Tell whether a trigger stands where it could; a pattern that asks for no entity is tried at once."""
    for trigger in triggers:
        if pattern.may_start(codes, trigger, referents):
            return bool(pattern.needs) or pattern.find(codes, codes[::-1], codes.index(trigger), trigger) is not None
    return False
