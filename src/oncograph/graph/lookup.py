"""Single questions to a store, answered with IRIs and text: what stands at the other end of a property."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Store

Node = NamedNode | Literal


def find_subjects(store: Store, predicate: NamedNode, obj: Node) -> Iterator[NamedNode]:
    """Yield the IRIs that have a property with a value, in any graph."""
    for quad in store.quads_for_pattern(None, predicate, obj, None):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject


def find_objects(store: Store, subject: NamedNode, predicate: NamedNode) -> Iterator[Node]:
    """Yield the values of a property of an IRI, in any graph."""
    for quad in store.quads_for_pattern(subject, predicate, None, None):
        if isinstance(quad.object, NamedNode | Literal):
            yield quad.object


def find_nodes(store: Store, subject: NamedNode, predicate: NamedNode) -> Iterator[NamedNode]:
    """Yield the values of a property of an IRI that are IRIs, in any graph."""
    return (obj for obj in find_objects(store, subject, predicate) if isinstance(obj, NamedNode))


def find_value(store: Store, subject: NamedNode, predicate: NamedNode) -> str:
    """Give the text or IRI of a property, the smallest of several, empty when there is none.

    >>> find_value(Store(), NamedNode("e:HER2"), NamedNode("e:label"))
    ''
    """
    return min((obj.value for obj in find_objects(store, subject, predicate)), default="")


def holds(store: Store, subject: NamedNode | None, predicate: NamedNode | None, obj: Node | None) -> bool:
    """Tell whether any graph has such a triple; None stands for anything."""
    return any(True for _ in store.quads_for_pattern(subject, predicate, obj, None))
