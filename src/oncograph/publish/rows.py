"""A store read into plain rows: entities, claims, and the sentences that make them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from oncograph.graph import terms
from oncograph.graph.lookup import find_subjects
from oncograph.graph.names import find_document, find_label
from oncograph.graph.terms import shorten
from oncograph.model import ONTOLOGY
from oncograph.publish.selection import EVERYTHING, Selection, select_claims

Properties = dict[NamedNode, list[NamedNode | Literal]]


@dataclass(frozen=True, slots=True)
class EntityRow:
    """An entity, or what else a claim may name: a class, or words of the text.

    Attributes:
        iri: Full IRI; `literal:` and the text for words.
        class_name: Local name of its most specific class; `Class` for a class, `Literal` for words.
    """

    iri: str
    label: str
    class_name: str
    grounding: str = ""
    synonyms: tuple[str, ...] = ()
    notations: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    definition: str = ""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim; subject and object are the `iri` of entity rows.

    Attributes:
        predicate: Local name.
        documents: Ids, sorted; with a selection of documents, of these only.
        qualifiers: What the claim is restricted to: local name of the property and label, sorted.
    """

    iri: str
    subject: str
    predicate: str
    object: str
    polarity: str
    certainty: str
    confidence: float
    evidence_count: int
    documents: tuple[str, ...]
    qualifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """A sentence that makes a claim.

    Attributes:
        claim: Full IRI.
        document: Id.
        rules: Ids, sorted.
    """

    claim: str
    document: str
    title: str
    start: int
    end: int
    certainty: str
    confidence: float
    rules: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A graph, or part of it, as rows; each kind sorted."""

    entities: list[EntityRow]
    claims: list[ClaimRow]
    sentences: list[SentenceRow]


def read_rows(store: Store, keep: Selection = EVERYTHING) -> Rows:
    """Read the claims that a selection keeps, the sentences that make them and what they name.

    Without a selection the entities that no claim names, such as broader ones, are there too.

    Raises:
        QueryError: The selection names what the graph does not have.
    """
    nodes = {**_read_properties(store, terms.CURATION_GRAPH), **_read_properties(store, DefaultGraph())}
    documents = {find_document(store, name) for name in keep.documents} or set(_documents(store))
    claims = set(select_claims(store, keep))
    sentences = [row for document in documents for row in _read_sentences(store, document, claims)]
    supporting: dict[str, set[str]] = {}
    for row in sentences:
        supporting.setdefault(row.claim, set()).add(row.document)
    rows = [
        _claim_row(claim, nodes[claim], supporting.get(claim.value, set()), _read_qualifiers(store, nodes[claim]))
        for claim in claims
    ]
    return Rows(
        entities=sorted(_read_entities(store, nodes, claims, everything=not keep), key=lambda row: row.iri),
        claims=sorted(rows, key=lambda row: (row.subject, row.predicate, row.object, row.iri)),
        sentences=sorted(sentences, key=lambda row: (row.document, row.start, row.end, row.claim)),
    )


def literal_key(text: str) -> str:
    """Give the `iri` of the row for words of the text.

    >>> literal_key("15 percent")
    'literal:15 percent'
    """
    return f"literal:{text}"


def _read_properties(store: Store, graph: NamedNode | DefaultGraph) -> dict[NamedNode, Properties]:
    nodes: dict[NamedNode, Properties] = {}
    for quad in store.quads_for_pattern(None, None, None, graph):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            nodes.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)
    return nodes


def _documents(store: Store) -> Iterator[NamedNode]:
    return find_subjects(store, terms.TYPE, terms.DOCUMENT_CLASS)


def _read_entities(
    store: Store, nodes: dict[NamedNode, Properties], claims: set[NamedNode], *, everything: bool
) -> Iterator[EntityRow]:
    named = {side for claim in claims for side in (*nodes[claim][terms.SUBJECT], *nodes[claim][terms.OBJECT])}
    if everything:
        named.update(node for node, properties in nodes.items() if terms.GROUNDING in properties)
    for node in named:
        if isinstance(node, Literal):
            yield EntityRow(literal_key(node.value), node.value, "Literal")
        elif node.value.startswith(ONTOLOGY):
            yield EntityRow(node.value, find_label(store, node), "Class")
        else:
            yield _entity_row(node, nodes.get(node, {}))


def _entity_row(node: NamedNode, properties: Properties) -> EntityRow:
    return EntityRow(
        iri=node.value,
        label=_first(properties, terms.PREF_LABEL) or shorten(node.value),
        class_name=_find_class_name(properties),
        grounding=_local(_first(properties, terms.GROUNDING)),
        synonyms=_all(properties, terms.ALT_LABEL),
        notations=_all(properties, terms.NOTATION),
        matches=_all(properties, terms.EXACT_MATCH),
        definition=_first(properties, terms.DEFINITION),
    )


def _find_class_name(properties: Properties) -> str:
    """Give an entity's own class; one that only a claim (`isA`) gives it is second choice."""
    types = {_local(name) for name in _all(properties, terms.TYPE) if name.startswith(ONTOLOGY)}
    claimed = {_local(name) for name in _all(properties, terms.IS_A)}
    return min(types - claimed, default=min(types, default=""))


def _read_qualifiers(store: Store, properties: Properties) -> tuple[tuple[str, str], ...]:
    """Find what a claim is restricted to: entities that properties of the ontology join to it."""
    ours = {terms.POLARITY, terms.CERTAINTY, terms.STATUS, terms.SUPPORTED_BY}
    return tuple(
        sorted(
            (_local(predicate.value), find_label(store, value))
            for predicate, values in properties.items()
            if predicate.value.startswith(ONTOLOGY) and predicate not in ours
            for value in values
            if isinstance(value, NamedNode)
        )
    )


def _claim_row(
    claim: NamedNode, properties: Properties, documents: set[str], qualifiers: tuple[tuple[str, str], ...]
) -> ClaimRow:
    obj = properties[terms.OBJECT][0]
    return ClaimRow(
        iri=claim.value,
        subject=_first(properties, terms.SUBJECT),
        predicate=_local(_first(properties, terms.PREDICATE)),
        object=literal_key(obj.value) if isinstance(obj, Literal) else obj.value,
        polarity=_local(_first(properties, terms.POLARITY)),
        certainty=_local(_first(properties, terms.CERTAINTY)),
        confidence=float(_first(properties, terms.CONFIDENCE)),
        evidence_count=int(_first(properties, terms.EVIDENCE_COUNT)),
        documents=tuple(sorted(documents)),
        qualifiers=qualifiers,
    )


def _read_sentences(store: Store, document: NamedNode, claims: set[NamedNode]) -> Iterator[SentenceRow]:
    nodes = _read_properties(store, document)
    title = _first(nodes.get(document, {}), terms.TITLE)
    for extraction in nodes.values():
        for claim in extraction.get(terms.OF_CLAIM, ()):
            if claim in claims:
                yield _sentence_row(claim.value, document, title, extraction, nodes)


def _sentence_row(
    claim: str, document: NamedNode, title: str, extraction: Properties, nodes: dict[NamedNode, Properties]
) -> SentenceRow:
    evidence = _first(extraction, terms.FROM_EVIDENCE)
    position, quote = nodes[NamedNode(evidence + "/position")], nodes[NamedNode(evidence + "/quote")]
    return SentenceRow(
        claim=claim,
        document=document.value.removeprefix(terms.DOC),
        title=title,
        start=int(_first(position, terms.START)),
        end=int(_first(position, terms.END)),
        certainty=_local(_first(extraction, terms.CERTAINTY)),
        confidence=float(_first(extraction, terms.CONFIDENCE)),
        rules=tuple(rule.removeprefix(terms.RULE) for rule in _all(extraction, terms.EXTRACTED_BY)),
        sentence=_first(quote, terms.EXACT),
    )


def _first(properties: Properties, predicate: NamedNode) -> str:
    return min((node.value for node in properties.get(predicate, ())), default="")


def _all(properties: Properties, predicate: NamedNode) -> tuple[str, ...]:
    return tuple(sorted(node.value for node in properties.get(predicate, ())))


def _local(iri: str) -> str:
    return iri.removeprefix(ONTOLOGY)
