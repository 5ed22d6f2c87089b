"""What follows from the default graph by the ontology: inverses, symmetry, superclasses and the chain of broader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from oncograph.graph import terms
from oncograph.graph.lookup import find_nodes, find_subjects, holds
from oncograph.graph.sorting import Sorter
from oncograph.graph.terms import INFERRED_GRAPH, onco
from oncograph.knowledge import Ontology
from oncograph.model import ONTOLOGY

Triple = tuple[str, str, str]

CHUNK = 200_000
"""Triples held in memory while they are sorted."""


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
    return Axioms(inverses, {name: frozenset(climb(name, parents)) for name in parents})


class Inference:
    """Takes the triples of one subject after the other and gives what follows from all of them.

    What does not fit into memory waits on disk, but for the hierarchy that `skos:broader` makes.
    """

    def __init__(self, ontology: Ontology) -> None:
        self._axioms = find_axioms(ontology)
        self._may_follow = {*self._axioms.inverses.values(), terms.TYPE.value, terms.BROADER_TRANSITIVE.value}
        self._broader: dict[str, list[str]] = {}
        self._sorter: Sorter[tuple[str, str, str, bool]] = Sorter(chunk=CHUNK)

    def add(self, triples: Iterable[Triple]) -> None:
        """Take in asserted triples between IRIs."""
        found: list[tuple[str, str, str, bool]] = []
        for subject, predicate, obj in triples:
            if predicate in self._may_follow:
                found.append((subject, predicate, obj, False))
            if predicate == terms.BROADER.value:
                self._broader.setdefault(subject, []).append(obj)
            if predicate in self._axioms.inverses:
                found.append((obj, self._axioms.inverses[predicate], subject, True))
            if predicate == terms.TYPE.value and obj.startswith(ONTOLOGY):
                found += ((subject, predicate, above, True) for above in self._axioms.superclasses.get(obj, ()))
        self._sorter.extend(found)

    def quads(self) -> Iterator[Quad]:
        """Yield the triples that follow and are not asserted, in the graph `onco:inferred`; sorted."""
        for node in self._broader:
            above = climb(node, self._broader)
            self._sorter.extend((node, terms.BROADER_TRANSITIVE.value, one, True) for one in above)
        for triple, group in groupby(self._sorter.sort(), key=lambda found: found[:3]):
            if next(group)[3]:  # asserted ones come first
                yield _inferred(triple)


def infer_quads(triples: Iterable[Triple], ontology: Ontology) -> Iterator[Quad]:
    """Give the triples that follow and are not asserted, in the graph `onco:inferred`; sorted.

    Args:
        triples: The asserted triples between IRIs, as strings.
    """
    inference = Inference(ontology)
    inference.add(triples)
    return inference.quads()


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


def climb(node: str, parents: Mapping[str, Iterable[str]]) -> set[str]:
    """Give everything above a node of a hierarchy, the node itself left out; cycles are harmless.

    >>> sorted(climb("a", {"a": ["b"], "b": ["c"]}))
    ['b', 'c']
    """
    reached: set[str] = set()
    waiting = list(parents.get(node, ()))
    while waiting:
        parent = waiting.pop()
        if parent not in reached:
            reached.add(parent)
            waiting.extend(parents.get(parent, ()))
    return reached - {node}


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
