"""English verb forms: the regular ones by rule, the irregular ones from `ontology/cues/verbs.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

VOWELS = frozenset("aeiou")


@dataclass(frozen=True, slots=True)
class VerbForms:
    """The forms of a verb, each with the words that go with it ("binds to")."""

    base: str
    third: str
    past: str
    participle: str
    gerund: str

    @property
    def finite(self) -> tuple[str, ...]:
        """The forms that head an active clause, or follow a modal verb or `to`."""
        return tuple(dict.fromkeys((self.base, self.third, self.past)))


def inflect(verb: str, irregular: Mapping[str, list[str]]) -> VerbForms:
    """Inflect a verb given by its base form; only its first word changes.

    >>> forms = inflect("stop from", {})
    >>> forms.third, forms.past, forms.gerund
    ('stops from', 'stopped from', 'stopping from')
    """
    head, _, rest = verb.partition(" ")
    tail = f" {rest}" if rest else ""
    known = irregular.get(head)
    third, past, participle, gerund = known if known else _regular(head)
    return VerbForms(head + tail, third + tail, past + tail, participle + tail, gerund + tail)


def _regular(verb: str) -> tuple[str, str, str, str]:
    doubled = _doubles(verb)
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        third = verb + "es"
    elif verb.endswith("y") and verb[-2] not in VOWELS:
        third = verb[:-1] + "ies"
    else:
        third = verb + "s"
    if verb.endswith("e"):
        past, gerund = verb + "d", (verb[:-2] + "ying" if verb.endswith("ie") else verb[:-1] + "ing")
    elif verb.endswith("y") and verb[-2] not in VOWELS:
        past, gerund = verb[:-1] + "ied", verb + "ing"
    elif doubled:
        past, gerund = verb + verb[-1] + "ed", verb + verb[-1] + "ing"
    else:
        past, gerund = verb + "ed", verb + "ing"
    return third, past, past, gerund


def _doubles(verb: str) -> bool:
    """A short verb that ends in one vowel and one consonant doubles it: stop, stopped."""
    return (
        len(verb) >= 3
        and verb[-1] not in VOWELS | set("wxy")
        and verb[-2] in VOWELS
        and verb[-3] not in VOWELS
        and sum(letter in VOWELS for letter in verb) == 1
    )
