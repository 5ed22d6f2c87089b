"""What the sentences say, put together: extractions of one document, claims and concepts over all documents."""

from __future__ import annotations

import hashlib
import heapq
import pickle
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from math import prod
from pathlib import Path
from typing import Self

from oncograph.errors import OntologyError
from oncograph.graph.sorting import Run
from oncograph.knowledge import Ontology
from oncograph.model import ONTOLOGY, Certainty, Claim, Concept, Grounding, Mention, Polarity, Reading, Value

HIGHEST_CONFIDENCE = 0.99
OTHER_RULE_SHARE = 0.5
MOST_HELD = 100_000
"""Claims in memory, at about 1.2 kB each."""


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

    def add(self, extraction: Extraction) -> None:
        """Take in one more sentence."""
        self.evidences += 1
        self._add_reading(extraction.rules[0], extraction.confidence, extraction.certainty)
        self.qualifiers.update(extraction.qualifiers)
        self.values.update(extraction.values)

    def join(self, other: MergedClaim) -> None:
        """Take in what other documents say of the claim."""
        self.evidences += other.evidences
        self.documents += other.documents
        for rule, confidence in other.confidences.items():
            self._add_reading(rule, confidence, other.certainty)
        self.qualifiers |= other.qualifiers
        self.values |= other.values

    def _add_reading(self, rule: str, confidence: float, certainty: Certainty) -> None:
        self.confidences[rule] = max(self.confidences.get(rule, 0.0), confidence)
        if certainty is Certainty.STATED:
            self.certainty = certainty


@dataclass(frozen=True, slots=True)
class Share:
    """What one document brings to what all share.

    Attributes:
        concepts: Those that the ontology does not hold.
        rules: Ids of those that read a claim.
        mentioned: IRIs of the entities that the words of claims name.
    """

    claims: Mapping[ClaimKey, MergedClaim]
    concepts: tuple[Concept, ...]
    rules: frozenset[str]
    mentioned: frozenset[str]

    @classmethod
    def of(cls, reading: Reading, extractions: Iterable[Extraction], ontology: Ontology) -> Share:
        """Gather the share of a document from its reading and its extractions."""
        claims: dict[ClaimKey, MergedClaim] = {}
        rules: set[str] = set()
        mentioned: set[str] = set()
        for extraction in extractions:
            claims.setdefault(extraction.key, MergedClaim(documents=1)).add(extraction)
            rules.update(extraction.rules)
            mentions = extraction.subject_mentions + extraction.object_mentions
            mentioned.update(mention.concept for mention in mentions if mention.concept)
        concepts = tuple(concept for concept in reading.concepts if concept.iri not in ontology.concepts)
        return cls(claims, concepts, frozenset(rules), frozenset(mentioned))


class ClaimTable:
    """Everything that documents share: claims, the concepts they name, and the rules that read them.

    The order in which readings are added changes nothing. What does not fit into memory waits on disk.

    Args:
        folder: Where that is; it is left empty.
        held: Most claims, and most descriptions of entities, in memory.

    Attributes:
        rules: Ids of those that read a claim.
        mentioned: IRIs of the entities that the words of claims name.
    """

    def __init__(self, ontology: Ontology, folder: Path | None = None, *, held: int = MOST_HELD) -> None:
        self.rules: set[str] = set()
        self.mentioned: set[str] = set()
        self._ontology = ontology
        self._folder = folder
        self._most = held
        self._claims: dict[ClaimKey, MergedClaim] = {}
        self._runs: list[Run[tuple[ClaimKey, MergedClaim]]] = []
        self._descriptions = _Descriptions(folder, held)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for run in self._runs:
            run.close()
        self._descriptions.close()

    def add(self, share: Share) -> None:
        """Take in what one more document brings."""
        for key, claim in share.claims.items():
            self._claims.setdefault(key, MergedClaim()).join(claim)
        for concept in share.concepts:
            self._descriptions.add(concept)
        self.rules |= share.rules
        self.mentioned |= share.mentioned
        if len(self._claims) > self._most:
            self._runs.append(Run(self._sort_held(), self._folder))
            self._claims.clear()

    def claims(self) -> Iterator[tuple[ClaimKey, MergedClaim]]:
        """Yield all claims in the order of their keys."""
        held = self._sort_held()
        if not self._runs:
            yield from held
            return
        for _, group in groupby(heapq.merge(*self._runs, held, key=_order), key=_order):
            parts = list(group)
            whole = MergedClaim()  # what is held is not changed: it may be asked for again
            for _, part in parts:
                whole.join(part)
            yield parts[0][0], whole

    def find_concept(self, iri: str) -> Concept | None:
        """Give the concept of an IRI: the ontology's, else what the documents together say about it."""
        concept = self._ontology.concepts.get(iri)
        if concept is not None:
            return concept
        counted = self._descriptions.count(iri)
        return merge_concepts(counted) if counted else None

    def _sort_held(self) -> list[tuple[ClaimKey, MergedClaim]]:
        return sorted(self._claims.items(), key=_order)


def _order(item: tuple[ClaimKey, MergedClaim]) -> tuple[str, str, str, str, bool]:
    """Give what claims are sorted by: the same order as that of their keys, found faster."""
    key = item[0]
    return key.subject, key.predicate, key.object, key.polarity.value, key.literal


class _Descriptions:
    """What documents say about entities that the ontology does not hold."""

    def __init__(self, folder: Path | None, held: int) -> None:
        self._path = Path(folder, "descriptions.sqlite") if folder is not None else ""
        self._most = held
        self._held: dict[str, Counter[Concept]] = {}
        self._number = 0
        self._spilled: sqlite3.Connection | None = None

    def add(self, concept: Concept) -> None:
        counted = self._held.setdefault(concept.iri, Counter())
        self._number += concept not in counted
        counted[concept] += 1
        if self._number > self._most:
            self._spill()

    def count(self, iri: str) -> Counter[Concept]:
        counted = Counter(self._held.get(iri, {}))
        if self._spilled is not None:
            for body, number in self._spilled.execute(
                "SELECT body, number FROM descriptions WHERE iri = ?", (_key(iri),)
            ):
                counted[pickle.loads(body)] += number
        return counted

    def close(self) -> None:
        if self._spilled is not None:
            self._spilled.close()
            if self._path:
                Path(self._path).unlink()

    def _spill(self) -> None:
        if self._spilled is None:
            self._spilled = sqlite3.connect(self._path, isolation_level=None)
            self._spilled.executescript(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                "CREATE TABLE descriptions (iri BLOB, body BLOB, number INTEGER);"
                "CREATE INDEX by_iri ON descriptions (iri)"
            )
        self._spilled.execute("BEGIN")
        self._spilled.executemany(
            "INSERT INTO descriptions VALUES (?, ?, ?)",
            (
                (_key(iri), pickle.dumps(concept), number)
                for iri in sorted(self._held)
                for concept, number in self._held[iri].items()
            ),
        )
        self._spilled.execute("COMMIT")
        self._held.clear()
        self._number = 0


def _key(iri: str) -> bytes:
    return iri.encode("utf-8", "surrogatepass")


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
