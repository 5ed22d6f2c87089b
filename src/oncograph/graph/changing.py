"""A store brought from one set of documents to another: only what hangs on the documents that differ is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from typing import Protocol

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from oncograph.errors import StoreError
from oncograph.graph import terms
from oncograph.graph.description import GraphSummary, order_counts, rule_quads, summary_quads
from oncograph.graph.document import document_quads
from oncograph.graph.inference import find_axioms, infer_again
from oncograph.graph.lookup import find_nodes, find_subjects, find_value, holds
from oncograph.graph.merging import ClaimKey, Extraction, MergedClaim, merge_concepts, merge_sentences
from oncograph.graph.quads import (
    CLAIM_PREDICATES,
    TripleTuple,
    claim_node,
    claim_triples,
    direct_triples,
    document_node,
    entity_triples,
    find_named,
    keep_characters,
    key_triples,
    read_links,
    undescribed,
    write_triple,
)
from oncograph.graph.terms import ONTOLOGY_GRAPH, onco
from oncograph.knowledge import Ontology
from oncograph.model import ONTOLOGY, Certainty, Concept, Polarity, Reading, Rule

_OWN = CLAIM_PREDICATES | {terms.TYPE, terms.BIOLINK_NEGATED}
"""What every claim node has; all else are qualifiers and values."""


class Sources(Protocol):
    """What the documents of the new state say, those that have not changed included."""

    def describe(self, iri: str) -> Counter[Concept]:
        """Count what documents say about an entity that the ontology does not hold."""

    def read(self, document: str) -> Reading:
        """Give the reading of the document of an id."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change may have left other than it was.

    Attributes:
        entities: Their IRIs.
        claims: Their names, 20 hex digits.
        removed, added: Documents, by the local names of their IRIs.
        texts: Sentences that any of these documents holds as evidence, each with its names there.
    """

    entities: frozenset[str]
    claims: frozenset[str]
    removed: frozenset[str]
    added: frozenset[str]
    texts: Mapping[str, frozenset[str]]


class DocumentChange:
    """Takes documents out of a store and puts others in; the store is then as if built from what is left.

    The store must be as the documents alone make it, without any decision of curators.

    Args:
        described: Direct triples, as N-Triples, that a vocabulary asserts too; brought to the new state.
        summary: How much the store holds.
    """

    def __init__(
        self,
        store: Store,
        ontology: Ontology,
        rules: Mapping[str, Rule],
        sources: Sources,
        *,
        described: set[str],
        summary: GraphSummary,
    ) -> None:
        self._store = store
        self._ontology = ontology
        self._rules = rules
        self._sources = sources
        self._described = described
        self._before = summary
        self._grown = 0
        self._inferred = 0
        self._classes: Counter[str] = Counter(summary.entities_by_class)
        self._groundings: Counter[str] = Counter(summary.entities_by_grounding)
        self._claims: Counter[str] = Counter(summary.claims_by_predicate)
        self._triples: Counter[str] = Counter(summary.triples_by_predicate)
        self._counts: Counter[str] = Counter()

    def apply(self, removed: Sequence[Reading], added: Sequence[Reading]) -> tuple[GraphSummary, Touched]:
        """Make the change.

        Raises:
            StoreError: A document that is added has the id of one that stays.
        """
        gone = [merge_sentences(reading.claims, self._ontology) for reading in removed]
        come = [merge_sentences(reading.claims, self._ontology) for reading in added]
        self._exchange_documents(removed, added, come)
        keys = {extraction.key for extraction in chain(*gone, *come)}
        self._change_claims(keys, list(chain(*gone)), list(chain(*come)), {one.doc.id: one for one in added})
        entities = self._change_entities(keys, removed, added, [*gone, *come])
        self._change_rules({rule for extraction in chain(*gone, *come) for rule in extraction.rules})
        self._counts["documents"] += len(added) - len(removed)
        self._counts["evidences"] += _count_evidence(come) - _count_evidence(gone)
        summary = self._summarise()
        self._exchange(summary_quads(self._before, self._ontology), summary_quads(summary, self._ontology))
        touched = Touched(
            entities=frozenset(entities),
            claims=frozenset(key.digest() for key in keys),
            removed=frozenset(reading.doc.id for reading in removed),
            added=frozenset(reading.doc.id for reading in added),
            texts=_collect_texts([*zip(removed, gone, strict=True), *zip(added, come, strict=True)]),
        )
        return summary, touched

    def _exchange(self, old: Iterable[Quad], new: Iterable[Quad]) -> None:
        """Take quads out and put others in, and count by how many the store grows."""
        old, new = set(old), set(new)
        for quad in old - new:
            self._store.remove(quad)
        self._store.extend(new - old)
        self._grown += len(new) - len(old)

    def _exchange_documents(
        self, removed: Sequence[Reading], added: Sequence[Reading], extractions: Sequence[Sequence[Extraction]]
    ) -> None:
        old = {document_node(one.doc): one for one in removed}
        new = {document_node(one.doc): (one, found) for one, found in zip(added, extractions, strict=True)}
        if len(new) < len(added):
            raise StoreError("two of the documents have the same id; rename one of them")
        for node in sorted({*old, *new}, key=str):
            present = list(self._store.quads_for_pattern(None, None, None, node))
            if present and node not in old:
                raise StoreError(f"{new[node][0].doc.source}: has the same id as another document; rename one of them")
            wanted: list[Quad] = []
            if node in new:
                reading, found = new[node]
                wanted = document_quads(reading.doc, found, reading.undecided)
            self._exchange(present, wanted)

    def _change_claims(
        self,
        keys: Iterable[ClaimKey],
        gone: Sequence[Extraction],
        come: Sequence[Extraction],
        added: Mapping[str, Reading],
    ) -> None:
        """Make the nodes of claims what the evidence in the store makes them."""
        losing = {extraction.key for extraction in gone if extraction.qualifiers or extraction.values}
        new: dict[ClaimKey, list[Extraction]] = {}
        for extraction in come:
            new.setdefault(extraction.key, []).append(extraction)
        for key in sorted(keys):
            node = claim_node(key)
            present = set(self._store.quads_for_pattern(node, None, None, DefaultGraph()))
            claim = self._merge(node)
            wanted: set[Quad] = set()
            if claim.evidences:
                context = self._reread(key, node, added) if key in losing else new.get(key, [])
                for extraction in context:
                    claim.qualifiers.update(extraction.qualifiers)
                    claim.values.update(extraction.values)
                wanted = {Quad(*triple, DefaultGraph()) for triple in claim_triples(node, key, claim)}
                if key not in losing:
                    wanted |= {quad for quad in present if quad.predicate not in _OWN}
            self._count_claim(key, present, -1)
            self._count_claim(key, wanted, 1)
            self._exchange(present, wanted)

    def _merge(self, claim: NamedNode) -> MergedClaim:
        """Put together what the documents of the store say of a claim, but for its qualifiers and values."""
        merged = MergedClaim()
        documents = set()
        for quad in self._store.quads_for_pattern(None, terms.OF_CLAIM, claim, None):
            documents.add(quad.graph_name)
            merged.evidences += 1
            extraction = quad.subject
            if not isinstance(extraction, NamedNode):
                continue
            rule = min(node.value for node in find_nodes(self._store, extraction, terms.EXTRACTED_BY))
            confidence = float(find_value(self._store, extraction, terms.CONFIDENCE))
            merged.confidences[rule] = max(merged.confidences.get(rule, 0.0), confidence)
            if holds(self._store, extraction, terms.CERTAINTY, terms.STATED):
                merged.certainty = Certainty.STATED
        merged.documents = len(documents)
        return merged

    def _reread(self, key: ClaimKey, node: NamedNode, added: Mapping[str, Reading]) -> list[Extraction]:
        """Give the extractions of a claim from all documents that make it now."""
        quads = self._store.quads_for_pattern(node, terms.SUPPORTED_BY, None, None)
        graphs = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)}
        found: list[Extraction] = []
        for document in sorted(graph.removeprefix(terms.DOC) for graph in graphs):
            reading = added.get(document) or self._sources.read(document)
            found += (one for one in merge_sentences(reading.claims, self._ontology) if one.key == key)
        return found

    def _count_claim(self, key: ClaimKey, quads: set[Quad], number: int) -> None:
        if not quads:
            return
        stated = any(quad.predicate == terms.CERTAINTY and quad.object == terms.STATED for quad in quads)
        negated = key.polarity is Polarity.NEGATED
        self._claims[key.predicate] += number
        self._counts["claims"] += number
        self._counts["negated"] += number * negated
        self._counts["possible"] += number * (not stated)
        self._counts["facts"] += number * (stated and not negated)

    def _change_entities(
        self,
        keys: Iterable[ClaimKey],
        removed: Sequence[Reading],
        added: Sequence[Reading],
        extractions: Iterable[Iterable[Extraction]],
    ) -> set[str]:
        """Describe the entities that are named now, and assert the facts that claims make now."""
        concepts = _Concepts(self._ontology, self._sources, removed, added)
        named = {iri for extraction in chain(*extractions) for iri in _named_by(extraction)}
        named |= {concept.iri for reading in (*removed, *added) for concept in reading.concepts}
        near = concepts.close(named)
        live = self._find_live(near, concepts)
        triples = {triple for key in keys if key.polarity is Polarity.AFFIRMED for triple in key_triples(key)}
        wanted: dict[str, frozenset[TripleTuple]] = {}
        for iri in sorted(near):
            before = holds(self._store, NamedNode(iri), terms.GROUNDING, None)
            wanted[iri] = frozenset(entity_triples(concepts.new(iri))) if iri in live else frozenset()
            if before:
                triples |= set(entity_triples(concepts.old(iri))) - wanted[iri]
                self._count_entity(concepts.old(iri), -1)
            if iri in live:
                triples |= wanted[iri] - set(entity_triples(concepts.old(iri))) if before else wanted[iri]
                self._count_entity(concepts.new(iri), 1)
        self._settle_triples(triples, wanted)
        return near

    def _find_live(self, near: set[str], concepts: _Concepts) -> set[str]:
        """Give those of some entities that a claim or its words name, or that lie above such a one."""
        waiting = [iri for iri in sorted(near) if self._is_named(iri, near)]
        live = set(waiting)
        while waiting:
            above = {iri for iri in _above(concepts.new(waiting.pop())) if iri in near} - live
            live |= above
            waiting.extend(above)
        return live

    def _is_named(self, iri: str, near: set[str]) -> bool:
        node = NamedNode(iri)
        for quad in self._store.quads_for_pattern(None, None, node, DefaultGraph()):
            subject = quad.subject
            if isinstance(subject, NamedNode) and subject.value not in near:
                return True  # a claim, or an entity that the change does not touch
        return any(find_subjects(self._store, terms.REFERS_TO, node))

    def _count_entity(self, concept: Concept, number: int) -> None:
        self._counts["entities"] += number
        self._groundings[concept.grounding.value] += number
        if concept.class_name:
            self._classes[concept.class_name] += number

    def _settle_triples(self, triples: Iterable[TripleTuple], described: Mapping[str, frozenset[TripleTuple]]) -> None:
        """Assert what a description or a fact gives, and take back what neither gives."""
        old: set[TripleTuple] = set()
        new: set[TripleTuple] = set()
        predicates = {onco(name): name for name in self._ontology.predicates}
        for triple in triples:
            is_described = triple in described.get(triple[0].value, ())
            is_fact = self._is_fact(triple)
            line = write_triple(triple)
            if is_described and is_fact:
                self._described.add(line)
            else:
                self._described.discard(line)
            present = Quad(*triple, DefaultGraph()) in self._store
            if present != (is_described or is_fact):
                (old if present else new).add(triple)
                if triple[1] in predicates:
                    self._triples[predicates[triple[1]]] += -1 if present else 1
        self._exchange(*({Quad(*triple, DefaultGraph()) for triple in changed} for changed in (old, new)))
        links = {(one.value, name.value, obj.value) for one, name, obj in read_links(old | new)}
        if links:
            gone, come = infer_again(self._store, links, find_axioms(self._ontology))
            self._inferred += len(come) - len(gone)
            self._exchange(gone, come)

    def _is_fact(self, triple: TripleTuple) -> bool:
        """Tell whether a claim of the store gives a triple."""
        subject, predicate, obj = triple
        name = "isA" if predicate in {terms.TYPE, terms.BROADER} else predicate.value.removeprefix(ONTOLOGY)
        if name not in self._ontology.predicates:
            return False
        key = ClaimKey(subject.value, name, obj.value, literal=isinstance(obj, Literal))
        node = claim_node(key)
        stated = Quad(node, terms.CERTAINTY, terms.STATED, DefaultGraph()) in self._store
        return stated and triple in set(direct_triples(subject, onco(name), obj))

    def _change_rules(self, rules: Iterable[str]) -> None:
        for rule in sorted(set(rules) & set(self._rules)):
            node = NamedNode(terms.RULE + rule)
            quads = rule_quads([self._rules[rule]])
            was_used = Quad(node, terms.TYPE, terms.RULE_CLASS, ONTOLOGY_GRAPH) in self._store
            is_used = any(find_subjects(self._store, terms.EXTRACTED_BY, node))
            self._exchange(quads if was_used else (), quads if is_used else ())

    def _summarise(self) -> GraphSummary:
        before = self._before
        counted = {name: getattr(before, name) + number for name, number in self._counts.items()}
        return replace(
            before,
            **counted,
            inferred=before.inferred + self._inferred,
            quads=before.quads + self._grown,
            claims_by_predicate=order_counts(self._claims),
            triples_by_predicate=order_counts(self._triples),
            entities_by_class=order_counts(self._classes),
            entities_by_grounding=order_counts(self._groundings),
        )


class _Concepts:
    """What is known of entities, before a change and after it."""

    def __init__(
        self, ontology: Ontology, sources: Sources, removed: Iterable[Reading], added: Iterable[Reading]
    ) -> None:
        self._ontology = ontology
        self._sources = sources
        self._removed = _count_concepts(removed)
        self._added = _count_concepts(added)
        self.new = cache(self._find_new)
        self.old = cache(self._find_old)

    def close(self, iris: Iterable[str]) -> set[str]:
        """Add what lies above entities, and what they are built from, as it was and as it is."""
        waiting = {iri for iri in iris if not iri.startswith(ONTOLOGY)}
        found: set[str] = set()
        while waiting:
            iri = waiting.pop()
            found.add(iri)
            above = {*_above(self.old(iri)), *_above(self.new(iri))}
            waiting |= {one for one in above - found if not one.startswith(ONTOLOGY)}
        return found

    def _find_new(self, iri: str) -> Concept:
        concept = self._ontology.concepts.get(iri)
        return concept or _merge(iri, self._sources.describe(iri))

    def _find_old(self, iri: str) -> Concept:
        concept = self._ontology.concepts.get(iri)
        if concept is not None:
            return concept
        counted = Counter(self._sources.describe(iri))
        counted.subtract(self._added.get(iri, {}))
        counted.update(self._removed.get(iri, {}))
        return _merge(iri, +counted)


def _merge(iri: str, counted: Mapping[Concept, int]) -> Concept:
    return merge_concepts(counted) if counted else undescribed(iri)


def _count_concepts(readings: Iterable[Reading]) -> dict[str, Counter[Concept]]:
    found: dict[str, Counter[Concept]] = {}
    for reading in readings:
        for concept in reading.concepts:
            found.setdefault(concept.iri, Counter())[concept] += 1
    return found


def _above(concept: Concept) -> Iterator[str]:
    yield from concept.broader
    yield from (iri for _, iri in concept.relations)


def _named_by(extraction: Extraction) -> Iterator[str]:
    yield from find_named(extraction.key, extraction.qualifiers, extraction.values)
    mentions = extraction.subject_mentions + extraction.object_mentions
    yield from (mention.concept for mention in mentions if mention.concept)


def _count_evidence(extractions: Iterable[Iterable[Extraction]]) -> int:
    return sum(len({(extraction.start, extraction.end) for extraction in found}) for found in extractions)


def _collect_texts(readings: Iterable[tuple[Reading, Sequence[Extraction]]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for reading, extractions in readings:
        for start, end in {(extraction.start, extraction.end) for extraction in extractions}:
            text = keep_characters(reading.doc.text[start:end])
            found.setdefault(text, set()).add(f"{reading.doc.id}/{start}-{end}")
    return {text: frozenset(names) for text, names in found.items()}
