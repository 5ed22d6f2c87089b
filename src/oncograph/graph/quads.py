"""Readings to quads, as the graph model lays them out: pure functions, the same quads for any order of documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

from pyoxigraph import Literal, NamedNode, Quad

from oncograph.graph import terms
from oncograph.graph.merging import ClaimKey, MergedClaim
from oncograph.graph.terms import onco
from oncograph.model import ONTOLOGY, Certainty, Concept, Document, Grounding, Polarity, Value

_NOT_CHARACTERS = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")

CLAIM_PREDICATES = frozenset(
    {
        terms.SUBJECT,
        terms.PREDICATE,
        terms.OBJECT,
        terms.POLARITY,
        terms.CERTAINTY,
        terms.CONFIDENCE,
        terms.EVIDENCE_COUNT,
        terms.DOCUMENT_COUNT,
    }
)
"""What every claim has; the rest of what is said of it are types, qualifiers and values."""

Node = NamedNode | Literal
TripleTuple = tuple[NamedNode, NamedNode, Node]


def sort_quads(quads: Iterable[Quad]) -> list[Quad]:
    """Order quads by their N-Quads text, without repeats."""
    return sorted(set(quads), key=str)


def build_literal(text: str, *, language: str | None = None) -> Literal:
    """Make a literal that every RDF parser takes.

    NUL, lone surrogates, U+FFFE and U+FFFF, which parsers reject or cut at, become U+FFFD each, so offsets stay right.

    >>> build_literal("a\\x00b").value == "a\\ufffdb"
    True
    """
    return Literal(keep_characters(text), language=language)


def keep_characters(text: str) -> str:
    """Put U+FFFD in the place of each code point that RDF parsers reject."""
    return _NOT_CHARACTERS.sub("\ufffd", text)


def build_decimal(text: str) -> Literal | None:
    """Make an xsd:decimal in the form stores keep (`0.90` becomes `0.9`), or None if the text is no such number.

    >>> build_decimal("0.90").value
    '0.9'
    >>> build_decimal("many") is None
    True
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= 10**18 or number != round(number, 18):
        return None
    plain = f"{number:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return Literal("0" if plain in {"", "-0"} else plain, datatype=terms.DECIMAL)


def claim_node(key: ClaimKey) -> NamedNode:
    """Give the IRI of a claim."""
    return NamedNode(terms.CLAIM + key.digest())


def document_node(doc: Document) -> NamedNode:
    """Give the IRI of a document, which also names the graph of its evidence."""
    return NamedNode(terms.DOC + doc.id)


def write_triple(triple: TripleTuple) -> str:
    """Write a triple as N-Triples, without the full stop."""
    return " ".join(map(str, triple))


def read_links(triples: Iterable[TripleTuple]) -> Iterator[tuple[NamedNode, NamedNode, NamedNode]]:
    """Give the triples whose object is an IRI."""
    return ((subject, predicate, obj) for subject, predicate, obj in triples if isinstance(obj, NamedNode))


def is_fact(key: ClaimKey, claim: MergedClaim) -> bool:
    """Tell whether a claim has a direct triple: it is affirmed, and some sentence states it."""
    return key.polarity is Polarity.AFFIRMED and claim.certainty is Certainty.STATED


def undescribed(iri: str) -> Concept:
    """Give what is known of an entity that nothing describes: its name in the IRI."""
    label = re.split("[/#]", iri)[-1].replace("_", " ")
    return Concept(iri, label or iri, "", grounding=Grounding.UNGROUNDED)


def find_named(key: ClaimKey, qualifiers: Iterable[tuple[str, str]], values: Iterable[Value]) -> Iterator[str]:
    """Give the IRIs that a claim names."""
    yield key.subject
    if not key.literal:
        yield key.object
    yield from (iri for _, iri in qualifiers)
    yield from (value.population for value in values if value.population)


def entity_triples(concept: Concept) -> Iterator[TripleTuple]:
    """Describe an entity."""
    node = NamedNode(concept.iri)
    label = build_literal(concept.label, language="en")
    yield node, terms.TYPE, terms.CONCEPT
    if concept.class_name:
        yield node, terms.TYPE, onco(concept.class_name)
    yield node, terms.PREF_LABEL, label
    yield node, terms.LABEL, label
    yield node, terms.GROUNDING, onco(concept.grounding.value)
    for synonym in concept.synonyms:
        yield node, terms.ALT_LABEL, build_literal(synonym, language="en")
    for scope, name in concept.scoped:
        yield node, terms.SCOPED_LABELS[scope], build_literal(name, language="en")
    if concept.definition:
        yield node, terms.DEFINITION, build_literal(concept.definition, language="en")
    for notation in concept.notations:
        yield node, terms.NOTATION, build_literal(notation)
    links = ((terms.BROADER, concept.broader), (terms.EXACT_MATCH, concept.exact_matches))
    for predicate, objects in (*links, (terms.CLOSE_MATCH, concept.close_matches)):
        yield from ((node, predicate, NamedNode(iri)) for iri in objects)
    yield from ((node, onco(name), NamedNode(iri)) for name, iri in concept.relations)


def direct_triples(subject: NamedNode, predicate: NamedNode, obj: Node) -> Iterator[TripleTuple]:
    """Give what a claim asserts when it is a fact: its triple, and for `isA` the type or the broader concept."""
    yield subject, predicate, obj
    if predicate == terms.IS_A and isinstance(obj, NamedNode):
        yield subject, terms.TYPE if obj.value.startswith(ONTOLOGY) else terms.BROADER, obj


def key_triples(key: ClaimKey) -> Iterator[TripleTuple]:
    """Give what a claim asserts when it is a fact."""
    return direct_triples(NamedNode(key.subject), onco(key.predicate), _object_node(key))


def _object_node(key: ClaimKey) -> Node:
    return build_literal(key.object) if key.literal else NamedNode(key.object)


def claim_triples(node: NamedNode, key: ClaimKey, claim: MergedClaim) -> Iterator[TripleTuple]:
    """Describe a claim; its sentences stand in the graphs of their documents."""
    yield node, terms.TYPE, terms.CLAIM_CLASS
    yield node, terms.TYPE, terms.STATEMENT
    yield node, terms.TYPE, terms.ASSOCIATION
    yield node, terms.SUBJECT, NamedNode(key.subject)
    yield node, terms.PREDICATE, onco(key.predicate)
    yield node, terms.OBJECT, _object_node(key)
    yield node, terms.POLARITY, onco(key.polarity.value)
    yield node, terms.CERTAINTY, onco(claim.certainty.value)
    yield node, terms.CONFIDENCE, Literal(write_confidence(claim.confidence), datatype=terms.DECIMAL)
    yield node, terms.EVIDENCE_COUNT, _integer(claim.evidences)
    yield node, terms.DOCUMENT_COUNT, _integer(claim.documents)
    if key.polarity is Polarity.NEGATED:
        yield node, terms.BIOLINK_NEGATED, Literal("true", datatype=terms.BOOLEAN)
    for name, iri in claim.qualifiers:
        yield node, onco(name), NamedNode(iri)
    for value in claim.values:
        yield from _value_triples(node, value)


def _value_triples(node: NamedNode, value: Value) -> Iterator[TripleTuple]:
    minimum, maximum = build_decimal(value.minimum), build_decimal(value.maximum)
    if minimum is not None:
        yield node, terms.MIN_VALUE, minimum
    if maximum is not None:
        yield node, terms.MAX_VALUE, maximum
    if minimum is not None or maximum is not None:
        yield node, terms.COMPARATOR, build_literal(value.comparator)
    if value.unit:
        yield node, terms.UNIT_TEXT, build_literal(value.unit)
    if value.year:
        yield node, terms.VALUE_YEAR, Literal(value.year, datatype=terms.YEAR)
    if value.population:
        yield node, terms.POPULATION, NamedNode(value.population)


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=terms.INTEGER)


def write_confidence(confidence: float) -> str:
    """Write a confidence as an xsd:decimal in the form stores keep, in hundredths.

    >>> write_confidence(0.8)
    '0.8'
    """
    return f"{confidence:.2f}".rstrip("0").rstrip(".") or "0"
