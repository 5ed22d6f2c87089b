"""What an address or an identifier stands for in a graph."""

from __future__ import annotations

from pyoxigraph import NamedNode, Store

from oncograph.errors import QueryError
from oncograph.graph import terms
from oncograph.graph.lookup import holds
from oncograph.graph.terms import expand
from oncograph.knowledge.vocabularies.identifiers import Identifiers
from oncograph.model import ENTITY


def find_resource(store: Store, iri: str) -> NamedNode:
    """Give the node of an IRI that the graph says something about.

    Raises:
        QueryError: It is no IRI, or the graph says nothing about it.
    """
    try:
        node = NamedNode(iri)
    except ValueError as error:
        raise QueryError(f"{iri} is no IRI") from error
    if not holds(store, node, None, None):
        raise QueryError(f"this graph says nothing about {iri}")
    return node


def find_described_entity(store: Store, iri: str) -> NamedNode | None:
    """Give the node of an entity's IRI; None where the graph has no such entity."""
    try:
        node = NamedNode(iri)
    except ValueError:
        return None
    return node if holds(store, node, terms.GROUNDING, None) else None


def read_identifier(store: Store, name: str) -> str:
    """Give the IRI of the entity that a local name, a compact identifier or an IRI is the name of; empty for others.

    >>> read_identifier(Store(), "DOID:1612")
    ''
    """
    candidates = [ENTITY + name]
    if ":" in name:
        candidates += [expand(name) or "", Identifiers().expand(name)]
    return next((iri for iri in candidates if iri and find_described_entity(store, iri) is not None), "")
