"""What follows from the default graph by the ontology: inverses, symmetry, superclasses and the chain of broader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import NamedNode, Quad

from oncograph.graph import terms
from oncograph.graph.terms import INFERRED_GRAPH, onco
from oncograph.knowledge import Ontology
from oncograph.model import ONTOLOGY

Triple = tuple[str, str, str]


def infer_quads(triples: Iterable[Triple], ontology: Ontology) -> Iterator[Quad]:
    """Give the triples that follow and are not asserted, in the graph `onco:inferred`; sorted.

    Args:
        triples: The asserted triples between IRIs, as strings.
    """
    asserted = set(triples)
    found = {*_invert(asserted, ontology), *_lift_types(asserted, ontology), *_climb_broader(asserted)}
    for subject, predicate, obj in sorted(found - asserted):
        yield Quad(NamedNode(subject), NamedNode(predicate), NamedNode(obj), INFERRED_GRAPH)


def find_ancestors(parents: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Give everything above each node of a hierarchy, the node itself left out; cycles are harmless.

    >>> sorted(find_ancestors({"a": ["b"], "b": ["c"]})["a"])
    ['b', 'c']
    """
    above: dict[str, set[str]] = {}
    for node in parents:
        reached: set[str] = set()
        waiting = list(parents[node])
        while waiting:
            parent = waiting.pop()
            if parent not in reached:
                reached.add(parent)
                waiting.extend(above.get(parent) or parents.get(parent, ()))
        above[node] = reached - {node}
    return above


def _invert(asserted: Iterable[Triple], ontology: Ontology) -> Iterator[Triple]:
    inverses = {onco(p.name).value: onco(p.inverse).value for p in ontology.predicates.values() if p.inverse}
    inverses |= {inverse: name for name, inverse in inverses.items()}
    inverses |= {onco(p.name).value: onco(p.name).value for p in ontology.predicates.values() if p.symmetric}
    for subject, predicate, obj in asserted:
        if predicate in inverses:
            yield obj, inverses[predicate], subject


def _lift_types(asserted: Iterable[Triple], ontology: Ontology) -> Iterator[Triple]:
    above = {
        onco(name).value: [onco(ancestor).value for ancestor in ontology.ancestors(name)] for name in ontology.classes
    }
    for subject, predicate, obj in asserted:
        if predicate == terms.TYPE.value and obj.startswith(ONTOLOGY):
            yield from ((subject, predicate, ancestor) for ancestor in above.get(obj, ()))


def _climb_broader(asserted: Iterable[Triple]) -> Iterator[Triple]:
    parents: dict[str, list[str]] = {}
    for subject, predicate, obj in asserted:
        if predicate == terms.BROADER.value:
            parents.setdefault(subject, []).append(obj)
    for node, above in find_ancestors(parents).items():
        yield from ((node, terms.BROADER_TRANSITIVE.value, ancestor) for ancestor in above)
