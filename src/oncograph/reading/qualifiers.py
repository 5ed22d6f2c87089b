"""What restricts a claim within its own clause: the disease, drug, treatment before, marker or group of people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from oncograph.model import ONTOLOGY, Claim, Concept, Rule
from oncograph.reading.context import Context
from oncograph.reading.patterns import Codebook
from oncograph.reading.relations import Match
from oncograph.reading.rule_index import RuleIndex, find_spans
from oncograph.reading.shape import Phrase, Shape, is_class


@dataclass(frozen=True, slots=True)
class QualifierRule:
    """A way of restricting claims.

    Attributes:
        qualifier: Local name of the ontology's property: `inDisease`.
        not_of: Predicates whose claims it does not restrict, because what it names is part of what they say.
        among: Labels of the only entities it takes; empty for any.
    """

    rule: Rule
    qualifier: str
    not_of: frozenset[str] = frozenset()
    among: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Qualifiers:
    """All that finding qualifiers needs to know.

    Attributes:
        barrier: What stands between a claim and words that belong to something else.
        exclusive: Classes of which a claim that has one as its subject or object is not restricted to another.
        too_general: IRIs of concepts that restrict nothing ("cancer").
    """

    index: RuleIndex[QualifierRule]
    barrier: re.Pattern[str]
    exclusive: tuple[str, ...]
    too_general: frozenset[str]
    is_a: Callable[[str, str], bool]

    @classmethod
    def of(
        cls,
        index: RuleIndex[QualifierRule],
        book: Codebook,
        too_general: frozenset[str],
        is_a: Callable[[str, str], bool],
    ) -> Qualifiers:
        """Prepare for one codebook."""
        words = "".join(book.set_of(cue) for cue in ("relative", "auxiliary", "clause-end", "conjunction"))
        barrier = re.compile(f"[;{words}]")
        return cls(index, barrier, ("Disease", "Population"), too_general, is_a)


@dataclass(frozen=True, slots=True)
class _Found:
    rule: QualifierRule
    phrase: Phrase
    start: int
    end: int


def qualify(
    claims: Sequence[Claim],
    match: Match,
    shape: Shape,
    context: Context,
    qualifiers: Qualifiers,
    concept: Callable[[str], Concept],
) -> Iterator[Claim]:
    """Give the claims of a match with what the clause restricts them to."""
    if not claims:
        return
    found = [known for known in _find(shape, qualifiers) if _is_near(known, match, shape, context, qualifiers)]
    for claim in claims:
        pairs = {pair for known in found for pair in _restrict(claim, known, qualifiers, concept)}
        yield claim._replace(qualifiers=tuple(sorted(pairs))) if pairs else claim


def _find(shape: Shape, qualifiers: Qualifiers) -> Iterator[_Found]:
    for rule, _, spans in find_spans(shape, qualifiers.index):
        at = spans["value"][0]
        phrase = shape.phrases[at]
        if phrase is not None and not is_class(phrase.concept):
            yield _Found(rule, phrase, spans[""][0], at + 1)


def _is_near(known: _Found, match: Match, shape: Shape, context: Context, qualifiers: Qualifiers) -> bool:
    """Tell whether what restricts stands in the clause of a match: at its beginning, or last with no verb between."""
    trigger = match.spans["trigger"]
    clause = context.clause_start(trigger[0])
    if context.clause_start(known.start) != clause:
        return False
    slots = [span for name, span in match.spans.items() if name in {"subject", "object"}]
    if any(start < known.end and known.start < end for start, end in slots):
        return False
    if known.start < trigger[0]:
        return known.start <= clause + 1 and shape.codes[known.end : known.end + 1] == ","
    last = max([trigger[1], *(end for _, end in slots)])
    return known.start >= last and qualifiers.barrier.search(shape.codes, last, known.start) is None


def _restrict(
    claim: Claim, known: _Found, qualifiers: Qualifiers, concept: Callable[[str], Concept]
) -> Iterator[tuple[str, str]]:
    if claim.predicate in known.rule.not_of:
        return
    ends = [
        iri for iri in (claim.subject, "" if claim.literal else claim.object) if iri and not iri.startswith(ONTOLOGY)
    ]
    for mention in known.phrase.mentions:
        value = concept(mention.concept)
        among = known.rule.among
        if value.iri in ends or (value.label not in among if among else value.iri in qualifiers.too_general):
            continue
        if not any(_excludes(concept(iri).class_name, value.class_name, qualifiers) for iri in ends):
            yield known.rule.qualifier, value.iri


def _excludes(class_name: str, other: str, qualifiers: Qualifiers) -> bool:
    return any(qualifiers.is_a(class_name, name) and qualifiers.is_a(other, name) for name in qualifiers.exclusive)
