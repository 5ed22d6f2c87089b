"""What follows from the default graph by the ontology: inverses, symmetry, superclasses and the chain of broader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from oncograph.graph import terms
from oncograph.graph.lookup import find_nodes, find_subjects, holds
from oncograph.graph.terms import INFERRED_GRAPH, onco
from oncograph.knowledge import Ontology
from oncograph.model import ONTOLOGY

Triple = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Axioms:
    """What inference needs of an ontology.

    Attributes:
        inverses: Relations by the relation they are read backwards as; a symmetric one is its own.
        superclasses: All classes above each class.
    """

    inverses: Mapping[str, str]
    superclasses: Mapping[str, frozenset[str]]


def find_axioms(ontology: Ontology) -> Axioms:
    """Give the axioms of an ontology."""
    predicates = ontology.predicates.values()
    inverses = {onco(p.name).value: onco(p.inverse).value for p in predicates if p.inverse}
    inverses |= {inverse: name for name, inverse in inverses.items()}
    inverses |= {onco(p.name).value: onco(p.name).value for p in predicates if p.symmetric}
    above = {
        onco(name).value: frozenset(onco(ancestor).value for ancestor in ontology.ancestors(name))
        for name in ontology.classes
    }
    return Axioms(inverses, above)


def read_axioms(store: Store) -> Axioms:
    """Give the axioms of the ontology that a store was built with; the same as of the ontology itself."""
    predicates = sorted(find_subjects(store, terms.ROLE, Literal("predicate")), key=str)
    inverses: dict[str, str] = {}
    for node in predicates:
        backwards = {*find_nodes(store, node, terms.INVERSE_OF), *find_subjects(store, terms.INVERSE_OF, node)}
        inverses.update((node.value, inverse.value) for inverse in backwards if inverse.value.startswith(ONTOLOGY))
    inverses |= {inverse: name for name, inverse in inverses.items()}
    inverses |= {n.value: n.value for n in predicates if holds(store, n, terms.TYPE, terms.SYMMETRIC_PROPERTY)}
    classes = {node.value for node in find_subjects(store, terms.ROLE, Literal("entity"))}
    parents = {
        name: [node.value for node in find_nodes(store, NamedNode(name), terms.SUBCLASS_OF) if node.value in classes]
        for name in sorted(classes)
    }
    return Axioms(inverses, {name: frozenset(above) for name, above in find_ancestors(parents).items()})


def infer_quads(triples: Iterable[Triple], ontology: Ontology) -> Iterator[Quad]:
    """Give the triples that follow and are not asserted, in the graph `onco:inferred`; sorted.

    Args:
        triples: The asserted triples between IRIs, as strings.
    """
    asserted = set(triples)
    axioms = find_axioms(ontology)
    found = {*_invert(asserted, axioms), *_lift_types(asserted, axioms), *_climb_broader(asserted)}
    for triple in sorted(found - asserted):
        yield _inferred(triple)


def infer_again(store: Store, changed: Iterable[Triple], axioms: Axioms) -> tuple[set[Quad], set[Quad]]:
    """Give the inferred quads that no longer follow, and those that newly do, after a change of the default graph.

    Only what can hang on the changed triples is looked at: the same relation read backwards, the types of a subject,
    and what lies above and below it.

    Args:
        changed: Triples between IRIs that were added to the default graph or taken out of it, which has been done.
    """
    backwards: set[Triple] = set()
    typed: set[str] = set()
    moved: set[str] = set()
    for subject, predicate, obj in changed:
        if predicate == terms.TYPE.value:
            typed.add(subject)
        elif predicate == terms.BROADER.value:
            moved.add(subject)
        if predicate in axioms.inverses:
            backwards |= {(subject, predicate, obj), (obj, axioms.inverses[predicate], subject)}
    before: set[Quad] = set()
    after: set[Quad] = set()
    for triple in backwards:
        before |= {_inferred(triple)} & set(_stored(store, triple))
        after |= {_inferred(triple)} if _follows_backwards(store, triple, axioms) else set()
    for subject in typed:
        before |= _read_inferred(store, subject, terms.TYPE)
        types = _asserted(store, subject, terms.TYPE)
        above = {name for one in types for name in axioms.superclasses.get(one, ())}
        after |= {_inferred((subject, terms.TYPE.value, name)) for name in above - types}
    for subject in _find_below(store, moved):
        before |= _read_inferred(store, subject, terms.BROADER_TRANSITIVE)
        above = _find_above(store, subject) - _asserted(store, subject, terms.BROADER_TRANSITIVE)
        after |= {_inferred((subject, terms.BROADER_TRANSITIVE.value, name)) for name in above}
    return before - after, after - before


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


def _invert(asserted: Iterable[Triple], axioms: Axioms) -> Iterator[Triple]:
    for subject, predicate, obj in asserted:
        if predicate in axioms.inverses:
            yield obj, axioms.inverses[predicate], subject


def _lift_types(asserted: Iterable[Triple], axioms: Axioms) -> Iterator[Triple]:
    for subject, predicate, obj in asserted:
        if predicate == terms.TYPE.value and obj.startswith(ONTOLOGY):
            yield from ((subject, predicate, ancestor) for ancestor in axioms.superclasses.get(obj, ()))


def _climb_broader(asserted: Iterable[Triple]) -> Iterator[Triple]:
    parents: dict[str, list[str]] = {}
    for subject, predicate, obj in asserted:
        if predicate == terms.BROADER.value:
            parents.setdefault(subject, []).append(obj)
    for node, above in find_ancestors(parents).items():
        yield from ((node, terms.BROADER_TRANSITIVE.value, ancestor) for ancestor in above)


def _inferred(triple: Triple) -> Quad:
    subject, predicate, obj = map(NamedNode, triple)
    return Quad(subject, predicate, obj, INFERRED_GRAPH)


def _stored(store: Store, triple: Triple) -> Iterator[Quad]:
    subject, predicate, obj = map(NamedNode, triple)
    return store.quads_for_pattern(subject, predicate, obj, None)


def _follows_backwards(store: Store, triple: Triple, axioms: Axioms) -> bool:
    subject, predicate, obj = triple
    if any(quad.graph_name == DefaultGraph() for quad in _stored(store, triple)):
        return False
    sources = (name for name, inverse in axioms.inverses.items() if inverse == predicate)
    return any(quad.graph_name == DefaultGraph() for name in sources for quad in _stored(store, (obj, name, subject)))


def _read_inferred(store: Store, subject: str, predicate: NamedNode) -> set[Quad]:
    return set(store.quads_for_pattern(NamedNode(subject), predicate, None, INFERRED_GRAPH))


def _asserted(store: Store, subject: str, predicate: NamedNode) -> set[str]:
    quads = store.quads_for_pattern(NamedNode(subject), predicate, None, DefaultGraph())
    return {quad.object.value for quad in quads if isinstance(quad.object, NamedNode)}


def _find_above(store: Store, subject: str) -> set[str]:
    found: set[str] = set()
    waiting = [subject]
    while waiting:
        above = _asserted(store, waiting.pop(), terms.BROADER) - found
        found |= above
        waiting.extend(above)
    return found - {subject}


def _find_below(store: Store, subjects: set[str]) -> set[str]:
    found = set(subjects)
    waiting = list(subjects)
    while waiting:
        quads = store.quads_for_pattern(None, terms.BROADER, NamedNode(waiting.pop()), DefaultGraph())
        below = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)} - found
        found |= below
        waiting.extend(below)
    return found
