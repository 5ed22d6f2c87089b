"""Parts of a graph: the claims that meet some conditions, with all their evidence and what they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from oncograph.errors import QueryError
from oncograph.graph import terms
from oncograph.graph.describe import find_status
from oncograph.graph.lookup import Node, find_nodes, find_objects, find_subjects, find_value, holds
from oncograph.graph.names import find_class, find_document, find_entity, find_predicate
from oncograph.graph.terms import onco
from oncograph.model import ONTOLOGY

_DESCRIPTION = frozenset(
    {
        terms.TYPE,
        terms.LABEL,
        terms.PREF_LABEL,
        terms.ALT_LABEL,
        terms.DEFINITION,
        terms.NOTATION,
        terms.EXACT_MATCH,
        terms.CLOSE_MATCH,
        terms.GROUNDING,
        terms.BROADER,
    }
)
_STATUSES = {
    "": {"", "Accepted"},
    "accepted": {"Accepted"},
    "rejected": {"Rejected"},
    "corrected": {"Corrected"},
    "undecided": {""},
    "any": {"", "Accepted", "Rejected", "Corrected"},
}
_CHOICES = {"polarity": ("Affirmed", "Negated"), "certainty": ("Stated", "Possible")}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which claims to keep: those that meet every condition that is given; an empty condition keeps all.

    Attributes:
        entities: Names of entities, one of which is subject or object.
        classes: Names of classes, one of which subject or object has.
        documents: Names of documents, one of which makes the claim; only their evidence is kept then.
        predicates: Names of relations or of their inverses.
        polarity: `affirmed` or `negated`.
        certainty: `stated` or `possible`.
        confidence: Lowest confidence.
        status: What curators said: `accepted`, `rejected`, `corrected`, `undecided` or `any`; empty: all but the
            rejected and the corrected.
    """

    entities: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    predicates: tuple[str, ...] = ()
    polarity: str = ""
    certainty: str = ""
    confidence: float = 0.0
    status: str = ""

    def __bool__(self) -> bool:
        """Tell whether there is any condition."""
        return self != EVERYTHING


EVERYTHING = Selection()


def select_claims(store: Store, keep: Selection) -> list[NamedNode]:
    """Give the claims that meet a selection, sorted.

    Raises:
        QueryError: The selection names what the graph does not have.
    """
    test = _ClaimTest(store, keep)
    return sorted((node for node in find_subjects(store, terms.TYPE, terms.CLAIM_CLASS) if test.passes(node)), key=str)


def select_quads(store: Store, keep: Selection = EVERYTHING) -> Iterator[Quad]:
    """Yield the quads of a part of the graph, in no order; with no condition, all quads.

    A part holds the claims, their direct triples, their evidence with extractions, mentions, documents and rules, the
    entities they name with what these lie below, and what follows. Counts and confidences stay those of the whole
    graph. The ontology is left out.

    Raises:
        QueryError: The selection names what the graph does not have.
    """
    return _Part(store, keep).quads() if keep else iter(store)


class _ClaimTest:
    """A selection with its names resolved in a store."""

    def __init__(self, store: Store, keep: Selection) -> None:
        self._store = store
        self._entities = {find_entity(store, name) for name in keep.entities}
        self._classes = {find_class(store, name) for name in keep.classes}
        self.documents = {find_document(store, name) for name in keep.documents}
        self._predicates = {node for name in keep.predicates for node in _both_directions(store, name)}
        self._confidence = keep.confidence
        if keep.status not in _STATUSES:
            raise QueryError(f"status {keep.status!r}: choose one of {', '.join(filter(None, _STATUSES))}")
        self._statuses = _STATUSES[keep.status]
        self._values = [
            (onco(name), onco(_choose(name, value)))
            for name, value in (("polarity", keep.polarity), ("certainty", keep.certainty))
            if value
        ]

    def passes(self, claim: NamedNode) -> bool:
        store = self._store
        if any(not holds(store, claim, predicate, value) for predicate, value in self._values):
            return False
        if find_status(store, claim) not in self._statuses:
            return False
        if self._confidence and float(find_value(store, claim, terms.CONFIDENCE)) < self._confidence:
            return False
        if self._predicates and self._predicates.isdisjoint(find_nodes(store, claim, terms.PREDICATE)):
            return False
        if self._entities and self._entities.isdisjoint(find_sides(store, claim)):
            return False
        if self._classes and not any(self._has_class(node) for node in find_sides(store, claim)):
            return False
        return not self.documents or any(self.keeps_evidence(node) for node in self._evidence(claim))

    def keeps_evidence(self, evidence: NamedNode) -> bool:
        return not self.documents or not self.documents.isdisjoint(
            find_nodes(self._store, evidence, terms.DERIVED_FROM)
        )

    def _has_class(self, node: NamedNode) -> bool:
        return not self._classes.isdisjoint(find_nodes(self._store, node, terms.TYPE))

    def _evidence(self, claim: NamedNode) -> Iterator[NamedNode]:
        return find_nodes(self._store, claim, terms.SUPPORTED_BY)


def find_sides(store: Store, claim: NamedNode) -> list[NamedNode]:
    """Give the subject and the object of a claim, as far as they are IRIs."""
    return [*find_nodes(store, claim, terms.SUBJECT), *find_nodes(store, claim, terms.OBJECT)]


class _Part:
    """Gathers the quads around the claims of a selection."""

    def __init__(self, store: Store, keep: Selection) -> None:
        self._store = store
        self._test = _ClaimTest(store, keep)
        self._claims = select_claims(store, keep)
        self._entities = self._close(node for claim in self._claims for node in self._named_by(claim))
        self._facts = {triple for claim in self._claims for triple in self._facts_of(claim)}

    def quads(self) -> Iterator[Quad]:
        for claim in self._claims:
            yield from self._about(claim, skip=terms.SUPPORTED_BY)
        for entity in sorted(self._entities, key=str):
            yield from self._about_entity(entity)
        evidence = {node for claim in self._claims for node in self._kept_evidence(claim)}
        documents = {document for node in evidence for document in find_nodes(self._store, node, terms.DERIVED_FROM)}
        rules: set[NamedNode] = set()
        for node in sorted(evidence, key=str):
            yield from self._about_evidence(node, rules)
        for node in sorted(documents | rules, key=str):
            yield from self._about(node)

    def _kept_evidence(self, claim: NamedNode) -> Iterator[NamedNode]:
        return (node for node in find_nodes(self._store, claim, terms.SUPPORTED_BY) if self._test.keeps_evidence(node))

    def _about(self, node: NamedNode, *, skip: NamedNode | None = None) -> Iterator[Quad]:
        return (quad for quad in self._store.quads_for_pattern(node, None, None, None) if quad.predicate != skip)

    def _about_evidence(self, evidence: NamedNode, rules: set[NamedNode]) -> Iterator[Quad]:
        """Give an evidence node with its selectors, and those of its extractions that make a kept claim."""
        nodes = [evidence, *(NamedNode(f"{evidence.value}/{part}") for part in ("target", "position", "quote"))]
        claims = set(self._claims)
        for extraction in find_subjects(self._store, terms.FROM_EVIDENCE, evidence):
            if claims.isdisjoint(find_nodes(self._store, extraction, terms.OF_CLAIM)):
                continue
            nodes.append(extraction)
            rules.update(find_nodes(self._store, extraction, terms.EXTRACTED_BY))
            for predicate in (terms.SUBJECT_MENTION, terms.OBJECT_MENTION, terms.CUE):
                nodes.extend(find_nodes(self._store, extraction, predicate))
        for node in nodes:
            yield from self._about(node)
        for quad in self._store.quads_for_pattern(None, terms.SUPPORTED_BY, evidence, None):
            if quad.subject in claims:
                yield quad

    def _about_entity(self, entity: NamedNode) -> Iterator[Quad]:
        """Give what describes an entity, the facts of kept claims, and what follows from the two."""
        for quad in self._about(entity):
            said = quad.predicate in _DESCRIPTION or (entity, quad.predicate, quad.object) in self._facts
            known = quad.object in self._entities and self._is_from_vocabulary(quad)
            if said or known or self._follows(quad):
                yield quad

    def _follows(self, quad: Quad) -> bool:
        """Tell whether an inferred triple is about kept entities, or the inverse of a kept fact."""
        if quad.graph_name != terms.INFERRED_GRAPH:
            return False
        if quad.predicate == terms.BROADER_TRANSITIVE:
            return quad.object in self._entities
        return any(
            (quad.object, predicate, quad.subject) in self._facts
            for predicate in (quad.predicate, *_inverses(self._store, quad.predicate))
        )

    def _is_from_vocabulary(self, quad: Quad) -> bool:
        """Tell whether a direct triple has no claim, whose selection would decide about it."""
        if quad.graph_name != DefaultGraph() or not isinstance(quad.subject, NamedNode):
            return False
        return not any(
            holds(self._store, claim, terms.PREDICATE, quad.predicate) and quad.object in find_sides(self._store, claim)
            for claim in find_subjects(self._store, terms.SUBJECT, quad.subject)
        )

    def _facts_of(self, claim: NamedNode) -> Iterator[tuple[NamedNode, NamedNode, Node]]:
        if find_status(self._store, claim) in {"Rejected", "Corrected"}:
            return
        if holds(self._store, claim, terms.POLARITY, terms.NEGATED) or holds(
            self._store, claim, terms.CERTAINTY, terms.POSSIBLE
        ):
            return
        for subject in find_nodes(self._store, claim, terms.SUBJECT):
            for predicate in find_nodes(self._store, claim, terms.PREDICATE):
                yield from ((subject, predicate, obj) for obj in find_objects(self._store, claim, terms.OBJECT))

    def _named_by(self, claim: NamedNode) -> Iterator[NamedNode]:
        yield from find_sides(self._store, claim)
        for quad in self._store.quads_for_pattern(claim, None, None, DefaultGraph()):
            if quad.predicate.value.startswith(ONTOLOGY) and isinstance(quad.object, NamedNode):
                yield quad.object

    def _close(self, nodes: Iterable[NamedNode]) -> set[NamedNode]:
        """Add what entities lie below and what the vocabulary builds them from; leave out what is no entity."""
        found: set[NamedNode] = set()
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if node in found or not holds(self._store, node, terms.GROUNDING, None):
                continue
            found.add(node)
            waiting.extend(find_nodes(self._store, node, terms.BROADER))
            waiting.extend(
                quad.object
                for quad in self._store.quads_for_pattern(node, None, None, DefaultGraph())
                if quad.predicate.value.startswith(ONTOLOGY)
                and isinstance(quad.object, NamedNode)
                and self._is_from_vocabulary(quad)
            )
        return found


def _both_directions(store: Store, name: str) -> list[NamedNode]:
    node = find_predicate(store, name)
    return [node, *_inverses(store, node)]


def _inverses(store: Store, predicate: NamedNode) -> Iterator[NamedNode]:
    yield from find_nodes(store, predicate, terms.INVERSE_OF)
    yield from find_subjects(store, terms.INVERSE_OF, predicate)


def _choose(name: str, value: str) -> str:
    chosen = next((choice for choice in _CHOICES[name] if choice.casefold() == value.strip().casefold()), None)
    if chosen is None:
        raise QueryError(f"there is no {name} {value!r}; choose {' or '.join(_CHOICES[name]).lower()}")
    return chosen
