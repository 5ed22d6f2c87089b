"""What the sentences say, put together: extractions of one document, claims and concepts over all documents."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import prod

from oncograph.errors import OntologyError
from oncograph.knowledge import Ontology
from oncograph.model import ONTOLOGY, Certainty, Claim, Concept, Grounding, Mention, Polarity, Reading, Value

HIGHEST_CONFIDENCE = 0.99
OTHER_RULE_SHARE = 0.5


@dataclass(frozen=True, slots=True, order=True)
class ClaimKey:
    """What makes two claims the same one.

    Attributes:
        predicate: Local name of an ontology property.
        object: IRI, or the words of the text when `literal`.
    """

    subject: str
    predicate: str
    object: str
    polarity: Polarity = Polarity.AFFIRMED
    literal: bool = False

    def digest(self) -> str:
        """Give the local name of the claim's IRI: 20 hex digits over subject, predicate, object and polarity.

        >>> len(ClaimKey("s", "targetedBy", "o").digest())
        20
        """
        parts = (self.subject, ONTOLOGY + self.predicate, self.object, ONTOLOGY + self.polarity.value)
        return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Extraction:
    """One claim out of one sentence, whatever the number of rules that read it there.

    Attributes:
        key, start, end: The claim and the offsets of the sentence.
        confidence: That of the surest rule, in hundredths, as the graph has it.
        certainty: Stated when any rule read it so.
    """

    key: ClaimKey
    start: int
    end: int
    rules: tuple[str, ...]
    confidence: float
    certainty: Certainty
    subject_mentions: tuple[Mention, ...]
    object_mentions: tuple[Mention, ...]
    cues: tuple[tuple[int, int], ...]
    qualifiers: tuple[tuple[str, str], ...]
    values: tuple[Value, ...]


def merge_sentences(claims: Iterable[Claim], ontology: Ontology) -> list[Extraction]:
    """Put together the claims of one document that say the same in the same sentence, in sentence order.

    Of a symmetric relation both directions are the same claim: the smaller IRI becomes the subject.
    """
    groups: dict[tuple[int, int, ClaimKey], list[tuple[Claim, bool]]] = {}
    for claim in claims:
        key, swapped = _find_key(claim, ontology)
        groups.setdefault((claim.start, claim.end, key), []).append((claim, swapped))
    return [_merge_group(*place, groups[place]) for place in sorted(groups)]


def merge_confidence(confidences: Mapping[str, float]) -> float:
    """Give the probability that a claim is right which one or more rules read, at most 0.99.

    Sentences that one rule reads share its errors: they count once, with the surest. Other rules see the same names in
    the same kind of text, so what each adds counts for half of what an independent reading would.

    Args:
        confidences: By rule, that of its surest reading.

    >>> merge_confidence({"targets": 0.8})
    0.8
    >>> merge_confidence({"targets": 0.8, "acts-on": 0.6})
    0.86
    """
    surest, *others = sorted(confidences.values(), reverse=True)
    wrong = (1 - surest) * prod(1 - OTHER_RULE_SHARE * value for value in others)
    return round(min(1 - wrong, HIGHEST_CONFIDENCE), 2)


@dataclass(slots=True)
class MergedClaim:
    """A claim over all documents read so far.

    Attributes:
        confidences: By rule, that of its surest reading.
        evidences: How many sentences make the claim.
    """

    certainty: Certainty = Certainty.POSSIBLE
    confidences: dict[str, float] = field(default_factory=dict)
    evidences: int = 0
    documents: int = 0
    qualifiers: set[tuple[str, str]] = field(default_factory=set)
    values: set[Value] = field(default_factory=set)

    @property
    def confidence(self) -> float:
        """Give the probability that the claim is right, from all the rules that read it."""
        return merge_confidence(self.confidences)


@dataclass(slots=True)
class ClaimTable:
    """Everything that documents share: claims, the concepts they name, and the rules that read them.

    The order in which readings are added changes nothing.
    """

    ontology: Ontology
    claims: dict[ClaimKey, MergedClaim] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    _concepts: dict[str, Counter[Concept]] = field(default_factory=dict)

    def add(self, reading: Reading) -> list[Extraction]:
        """Take in the reading of one more document and give its extractions."""
        extractions = merge_sentences(reading.claims, self.ontology)
        for key in {extraction.key for extraction in extractions}:
            self.claims.setdefault(key, MergedClaim()).documents += 1
        for extraction in extractions:
            self._add_extraction(extraction)
        for concept in reading.concepts:
            if concept.iri not in self.ontology.concepts:
                self._concepts.setdefault(concept.iri, Counter())[concept] += 1
        return extractions

    def find_concept(self, iri: str) -> Concept | None:
        """Give the concept of an IRI: the ontology's, else what the documents together say about it."""
        concept = self.ontology.concepts.get(iri)
        if concept is not None or iri not in self._concepts:
            return concept
        return merge_concepts(self._concepts[iri])

    def _add_extraction(self, extraction: Extraction) -> None:
        claim = self.claims[extraction.key]
        claim.evidences += 1
        rule = extraction.rules[0]
        claim.confidences[rule] = max(claim.confidences.get(rule, 0.0), extraction.confidence)
        if extraction.certainty is Certainty.STATED:
            claim.certainty = Certainty.STATED
        claim.qualifiers.update(extraction.qualifiers)
        claim.values.update(extraction.values)
        self.rules.update(extraction.rules)
        mentions = extraction.subject_mentions + extraction.object_mentions
        self.mentioned.update(mention.concept for mention in mentions if mention.concept)


def merge_concepts(concepts: Mapping[Concept, int]) -> Concept:
    """Put together what several documents say about one entity.

    The label and class of most documents win (the alphabetically first of equals); names and links are united.

    >>> merge_concepts({Concept("e:x", "X", "Drug"): 2, Concept("e:x", "x", "Disease", ("ex",)): 1})
    Concept(iri='e:x', label='X', class_name='Drug', synonyms=('ex', 'x'), hidden=(), broader=(), definition='', \
exact_matches=(), close_matches=(), notations=(), relations=(), scoped=(), grounding=<Grounding.CURATED: 'Curated'>)
    """
    if len(concepts) == 1:
        return next(iter(concepts))
    label = _choose(concepts, "label")
    names = {concept.label for concept in concepts} | _unite(concepts, "synonyms")
    order = list(Grounding)
    return Concept(
        iri=next(iter(concepts)).iri,
        label=label,
        class_name=_choose(concepts, "class_name"),
        synonyms=tuple(sorted(names - {label})),
        hidden=tuple(sorted(_unite(concepts, "hidden") - names)),
        broader=tuple(sorted(_unite(concepts, "broader"))),
        definition=_choose(concepts, "definition"),
        exact_matches=tuple(sorted(_unite(concepts, "exact_matches"))),
        close_matches=tuple(sorted(_unite(concepts, "close_matches"))),
        notations=tuple(sorted(_unite(concepts, "notations"))),
        relations=tuple(sorted(_unite(concepts, "relations"))),
        scoped=tuple(sorted(_unite(concepts, "scoped"))),
        grounding=min((concept.grounding for concept in concepts), key=order.index),
    )


def _choose(concepts: Mapping[Concept, int], name: str) -> str:
    votes: Counter[str] = Counter()
    for concept, count in concepts.items():
        votes[getattr(concept, name)] += count
    del votes[""]
    return min(votes, key=lambda value: (-votes[value], value), default="")


def _unite(concepts: Iterable[Concept], name: str) -> set:
    return {value for concept in concepts for value in getattr(concept, name)}


def _find_key(claim: Claim, ontology: Ontology) -> tuple[ClaimKey, bool]:
    predicate = ontology.predicates.get(claim.predicate)
    if predicate is None:
        raise OntologyError(
            f"rule {claim.rule} reads {claim.predicate}, which the ontology does not define; "
            "define it or correct the rule"
        )
    swapped = predicate.symmetric and not claim.literal and claim.object < claim.subject
    subject, obj = (claim.object, claim.subject) if swapped else (claim.subject, claim.object)
    return ClaimKey(subject, claim.predicate, obj, claim.polarity, claim.literal), swapped


def _merge_group(start: int, end: int, key: ClaimKey, group: list[tuple[Claim, bool]]) -> Extraction:
    claims = [claim for claim, _ in group]
    subjects = {claim.object_mention if swapped else claim.subject_mention for claim, swapped in group}
    objects = {claim.subject_mention if swapped else claim.object_mention for claim, swapped in group}
    stated = any(claim.certainty is Certainty.STATED for claim in claims)
    return Extraction(
        key=key,
        start=start,
        end=end,
        rules=tuple(sorted({claim.rule for claim in claims})),
        confidence=round(max(claim.confidence for claim in claims), 2),
        certainty=Certainty.STATED if stated else Certainty.POSSIBLE,
        subject_mentions=_sorted_mentions(subjects),
        object_mentions=_sorted_mentions(objects),
        cues=tuple(sorted({cue for claim in claims for cue in claim.cues})),
        qualifiers=tuple(sorted({qualifier for claim in claims for qualifier in claim.qualifiers})),
        values=tuple(sorted({claim.value for claim in claims if claim.value is not None}, key=repr)),
    )


def _sorted_mentions(mentions: Iterable[Mention | None]) -> tuple[Mention, ...]:
    found = [mention for mention in mentions if mention is not None]
    return tuple(sorted(found, key=lambda mention: (mention.start, mention.end, mention.concept)))
