"""The classes and relations that a graph's ontology offers, as lists."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode, Store

from oncograph.graph import terms
from oncograph.graph.describe import Thing, describe_thing
from oncograph.graph.lookup import find_nodes, find_subjects, find_value
from oncograph.graph.terms import shorten
from oncograph.model import ONTOLOGY


@dataclass(frozen=True, slots=True)
class VocabularyTerm:
    """A class or relation.

    Attributes:
        name: Local name.
        parents: Prefixed names of the classes above it.
        inverse: Local name of the relation read backwards; empty when there is none.
    """

    thing: Thing
    name: str
    definition: str
    parents: tuple[str, ...] = ()
    inverse: str = ""


def list_classes(store: Store) -> list[VocabularyTerm]:
    """Give the classes that entities can have, by label."""
    return _list_terms(store, "entity", "class")


def list_predicates(store: Store) -> list[VocabularyTerm]:
    """Give the relations that claims can have, by label."""
    return _list_terms(store, "predicate", "relation")


def _list_terms(store: Store, role: str, kind: str) -> list[VocabularyTerm]:
    found = (_read_term(store, node, kind) for node in find_subjects(store, terms.ROLE, Literal(role)))
    return sorted(found, key=lambda term: (term.thing.label.casefold(), term.name))


def _read_term(store: Store, node: NamedNode, kind: str) -> VocabularyTerm:
    parents = sorted(shorten(parent.value) for parent in find_nodes(store, node, terms.SUBCLASS_OF))
    return VocabularyTerm(
        thing=replace(describe_thing(store, node), kind=kind),
        name=node.value.removeprefix(ONTOLOGY),
        definition=find_value(store, node, terms.DEFINITION),
        parents=tuple(parents),
        inverse=find_value(store, node, terms.INVERSE_OF).removeprefix(ONTOLOGY),
    )
