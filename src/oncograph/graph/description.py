"""What a graph says about itself: the ontology it follows, the rules that made it, and how much it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad, RdfFormat, parse

from oncograph.errors import OntologyError
from oncograph.graph import terms
from oncograph.graph.quads import TripleTuple, build_decimal, build_literal, sort_quads
from oncograph.graph.terms import ONTOLOGY_GRAPH, VOCABULARY, onco
from oncograph.knowledge.ontology import SCHEMA_FILE, Ontology
from oncograph.knowledge.vocabularies.store import Record
from oncograph.model import ONTOLOGY, Rule


@dataclass(frozen=True, slots=True)
class GraphSummary:
    """How much a store holds.

    Attributes:
        quads: All of them, the graph's description of itself included.
        facts: Claims that are affirmed and stated; each has a direct triple.
        claims_by_predicate: Claims of every polarity and certainty, by local name.
        triples_by_predicate: Direct triples, those of the vocabulary included, by local name.
        entities_by_class, entities_by_grounding: By local name of the class, and of the grounding.
    """

    documents: int = 0
    entities: int = 0
    claims: int = 0
    facts: int = 0
    negated: int = 0
    possible: int = 0
    evidences: int = 0
    inferred: int = 0
    quads: int = 0
    claims_by_predicate: Mapping[str, int] = field(default_factory=dict)
    triples_by_predicate: Mapping[str, int] = field(default_factory=dict)
    entities_by_class: Mapping[str, int] = field(default_factory=dict)
    entities_by_grounding: Mapping[str, int] = field(default_factory=dict)

    @property
    def grounded_share(self) -> float:
        """Give the share of entities that a vocabulary knows, 0 to 1."""
        ungrounded = self.entities_by_grounding.get("Ungrounded", 0)
        return 1 - ungrounded / self.entities if self.entities else 0.0


def ontology_quads(ontology: Ontology) -> list[Quad]:
    """Give the classes and properties of an ontology, without its concepts, in the graph `onco:ontology`; sorted.

    Of an ontology loaded from a folder that is its schema file as it stands, else what the values say.

    Raises:
        OntologyError: The schema file is missing or no Turtle; says where.
    """
    if ontology.folder is not None:
        return _read_schema(ontology.folder / SCHEMA_FILE)
    return sort_quads(Quad(*triple, ONTOLOGY_GRAPH) for triple in _schema_triples(ontology))


def _schema_triples(ontology: Ontology) -> Iterator[TripleTuple]:
    for cls in ontology.classes.values():
        node = onco(cls.name)
        yield node, terms.TYPE, terms.OWL_CLASS
        yield node, terms.ROLE, Literal("entity")
        yield from _named(node, cls.label, cls.definition)
        yield from ((node, terms.SUBCLASS_OF, onco(parent)) for parent in cls.parents)
    for predicate in ontology.predicates.values():
        node = onco(predicate.name)
        yield node, terms.TYPE, terms.DATATYPE_PROPERTY if predicate.literal else terms.OBJECT_PROPERTY
        yield node, terms.ROLE, Literal("predicate")
        yield from _named(node, predicate.label, predicate.definition)
        if predicate.symmetric:
            yield node, terms.TYPE, terms.SYMMETRIC_PROPERTY
        if predicate.inverse:
            yield node, terms.INVERSE_OF, onco(predicate.inverse)


def _read_schema(path: Path) -> list[Quad]:
    """Read a Turtle file; its blank nodes get the names that RDF Dataset Canonicalization gives them."""
    try:
        dataset = Dataset(
            Quad(triple.subject, triple.predicate, triple.object, ONTOLOGY_GRAPH)
            for triple in parse(path=path, format=RdfFormat.TURTLE)
        )
    except (OSError, SyntaxError) as error:
        raise OntologyError(f"{path}: {error}") from error
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sort_quads(dataset)


def rule_quads(rules: Iterable[Rule]) -> list[Quad]:
    """Describe rules by label, relation, confidence, patterns and examples, in the graph `onco:ontology`; sorted."""
    triples: list[TripleTuple] = []
    for rule in rules:
        node = NamedNode(terms.RULE + rule.id)
        triples += [
            (node, terms.TYPE, terms.RULE_CLASS),
            (node, terms.LABEL, build_literal(rule.label)),
            (node, terms.READS, onco(rule.predicate)),
            *((node, terms.PATTERN, build_literal(pattern)) for pattern in rule.patterns),
            *((node, terms.EXAMPLE, build_literal(example.text)) for example in rule.examples),
        ]
        confidence = build_decimal(str(rule.confidence))
        if confidence is not None:
            triples.append((node, terms.CONFIDENCE, confidence))
    return sort_quads(Quad(*triple, ONTOLOGY_GRAPH) for triple in triples)


def summary_quads(summary: GraphSummary, ontology: Ontology) -> list[Quad]:
    """Describe a graph as a `void:Dataset` with counts, in the graph `onco:ontology`; sorted.

    `void:triples` counts what is there besides this description; the partition of a property, its direct triples.
    """
    node = terms.DATASET
    triples: list[TripleTuple] = [
        (node, terms.TYPE, terms.VOID_DATASET),
        (node, terms.TITLE, Literal("oncograph")),
        (node, terms.VOID_VOCABULARY, NamedNode(ONTOLOGY)),
        (node, terms.VOID_TRIPLES, _integer(summary.quads)),
        (node, terms.VOID_ENTITIES, _integer(summary.entities)),
        (node, terms.VOID_DOCUMENTS, _integer(summary.documents)),
    ]
    if ontology.version:
        triples.append((node, terms.VERSION_INFO, build_literal(ontology.version)))
    if ontology.digest:
        triples.append((node, terms.SHA256, build_literal(ontology.digest)))
    for record in ontology.vocabularies:
        triples += _describe_vocabulary(record)
    for name, count in summary.triples_by_predicate.items():
        part = NamedNode(f"{node.value}/property/{name}")
        triples += [
            (node, terms.VOID_PROPERTY_PARTITION, part),
            (part, terms.VOID_PROPERTY, onco(name)),
            (part, terms.VOID_TRIPLES, _integer(count)),
        ]
    for name, count in summary.entities_by_class.items():
        part = NamedNode(f"{node.value}/class/{name}")
        triples += [
            (node, terms.VOID_CLASS_PARTITION, part),
            (part, terms.VOID_CLASS, onco(name)),
            (part, terms.VOID_ENTITIES, _integer(count)),
        ]
    return sort_quads(Quad(*triple, ONTOLOGY_GRAPH) for triple in triples)


def _describe_vocabulary(record: Record) -> Iterator[TripleTuple]:
    """Describe an added vocabulary as a dataset that the graph is derived from (VoID, DCAT)."""
    node = NamedNode(f"{VOCABULARY}{record.name}")
    yield terms.DATASET, terms.DERIVED_FROM, node
    yield node, terms.TYPE, terms.VOID_DATASET
    yield node, terms.TYPE, terms.DCAT_DATASET
    yield node, terms.TITLE, build_literal(record.title or record.name)
    yield node, terms.IDENTIFIER, build_literal(record.name)
    yield node, terms.SHA256, build_literal(record.sha256)
    yield node, terms.SOURCE, build_literal(record.source)
    yield node, terms.VOID_ENTITIES, _integer(record.terms)
    if record.version:
        yield node, terms.VERSION_INFO, build_literal(record.version)
    if record.licence:
        yield node, terms.LICENSE, build_literal(record.licence)


def order_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """Put counts in order, the largest first, then alphabetically; what is counted no more is left out.

    >>> order_counts({"a": 1, "b": 2, "c": 0})
    {'b': 2, 'a': 1}
    """
    return {name: counts[name] for name in sorted(counts, key=lambda name: (-counts[name], name)) if counts[name] > 0}


def _named(node: NamedNode, label: str, definition: str) -> Iterator[TripleTuple]:
    yield node, terms.LABEL, build_literal(label, language="en")
    if definition:
        yield node, terms.DEFINITION, build_literal(definition, language="en")


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=terms.INTEGER)
