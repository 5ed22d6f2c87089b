"""One thing of a graph as RDF: what its address gives to programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from oncograph.graph import terms
from oncograph.graph.claims_of import find_claims_of
from oncograph.graph.lookup import find_nodes, find_subjects
from oncograph.graph.search import SearchIndex
from oncograph.publish.rdf import write_quads

MOST_CLAIMS = 2_000
"""Claims that come with an entity, on each side; the query endpoint gives them all."""
_PARTS = ("target", "position", "quote")


def write_resource(store: Store, index: SearchIndex, node: NamedNode, *, format: str) -> bytes:
    """Write what a graph says of an entity, claim, document, piece of evidence, rule, class or relation.

    Of an entity: its description, its direct triples, and its claims with their labels; of a claim: its evidence; of a
    document: all of its graph.
    """
    return _write(_find_quads(store, index, node), format)


def write_ontology(store: Store, *, format: str) -> bytes:
    """Write the classes, relations, cues and rules that a graph was built with."""
    return _write(store.quads_for_pattern(None, None, None, terms.ONTOLOGY_GRAPH), format)


def _write(quads: Iterable[Quad], format: str) -> bytes:
    output = BytesIO()
    write_quads((Quad(quad.subject, quad.predicate, quad.object) for quad in quads), output, format=format)
    return output.getvalue()


def _find_quads(store: Store, index: SearchIndex, node: NamedNode) -> Iterator[Quad]:
    yield from _describe(store, node)
    kind = node.value
    if kind.startswith(terms.CLAIM):
        yield from _describe_evidence_of(store, node)
    elif kind.startswith(terms.DOC):
        yield from store.quads_for_pattern(None, None, None, node)
    elif kind.startswith(terms.EVIDENCE):
        yield from _describe_parts(store, node)
        for extraction in find_subjects(store, terms.FROM_EVIDENCE, node):
            yield from _describe_extraction(store, extraction)
    else:
        for inverse in (False, True):
            for claim in find_claims_of(index, node, inverse=inverse, most=MOST_CLAIMS):
                yield from _describe(store, claim)


def _describe(store: Store, node: NamedNode | BlankNode) -> Iterator[Quad]:
    """Give what is said of a node, of the nameless nodes it leads to, and the labels of the others."""
    waiting: list[NamedNode | BlankNode] = [node]
    seen: set[NamedNode | BlankNode] = set()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        for quad in store.quads_for_pattern(one, None, None, None):
            yield quad
            if isinstance(quad.object, BlankNode):
                waiting.append(quad.object)
            elif isinstance(quad.object, NamedNode) and quad.predicate != terms.SUPPORTED_BY:
                yield from store.quads_for_pattern(quad.object, terms.LABEL, None, None)


def _describe_evidence_of(store: Store, claim: NamedNode) -> Iterator[Quad]:
    for extraction in find_subjects(store, terms.OF_CLAIM, claim):
        yield from _describe_extraction(store, extraction)
        for evidence in find_nodes(store, extraction, terms.FROM_EVIDENCE):
            yield from store.quads_for_pattern(evidence, None, None, None)
            yield from _describe_parts(store, evidence)


def _describe_extraction(store: Store, extraction: NamedNode) -> Iterator[Quad]:
    yield from _describe(store, extraction)
    for predicate in (terms.SUBJECT_MENTION, terms.OBJECT_MENTION, terms.CUE):
        for mention in find_nodes(store, extraction, predicate):
            yield from store.quads_for_pattern(mention, None, None, None)


def _describe_parts(store: Store, evidence: NamedNode) -> Iterator[Quad]:
    for part in _PARTS:
        yield from store.quads_for_pattern(NamedNode(f"{evidence.value}/{part}"), None, None, None)
