"""What to call the things of an answer."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode, Store

from oncograph.graph.describe import Thing, describe_thing
from oncograph.graph.lookup import holds


def find_labels(store: Store, iris: Iterable[str]) -> dict[str, Thing]:
    """Give what is needed to show those of some IRIs that the graph describes; what is no IRI is passed by."""
    found = {}
    for iri in dict.fromkeys(iris):
        try:
            node = NamedNode(iri)
        except ValueError:
            continue
        if holds(store, node, None, None):
            found[iri] = describe_thing(store, node)
    return found
