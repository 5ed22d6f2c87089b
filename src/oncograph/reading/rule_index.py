"""Rules found by the words that can set them off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from oncograph.reading.patterns import Pattern

R = TypeVar("R")
FITTING_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class RuleIndex(Generic[R]):
    """Rules by the code of their triggers, and by which classes of entity a sentence holds.

    Attributes:
        class_codes: Every code that a slot can ask for.
    """

    by_trigger: Mapping[str, list[tuple[R, Pattern]]]
    class_codes: frozenset[str]
    fitting: dict[tuple[str, frozenset[str]], tuple[tuple[R, Pattern], ...]] = field(default_factory=dict)

    def fitting_rules(self, trigger: str, present: frozenset[str]) -> tuple[tuple[R, Pattern], ...]:
        """Give the rules of a trigger whose slots can all be filled by the codes present; asked once, it is remembered."""
        key = (trigger, present)
        known = self.fitting.get(key)
        if known is None:
            known = tuple(pair for pair in self.by_trigger[trigger] if pair[1].may_match(present))
            if len(self.fitting) < FITTING_LIMIT:
                self.fitting[key] = known
        return known

    def may_match(self, codes: str) -> bool:
        """Tell whether any rule could match a sentence with these codes."""
        letters = frozenset(codes)
        present = letters & self.class_codes
        return any(self.fitting_rules(trigger, present) for trigger in self.by_trigger.keys() & letters)
