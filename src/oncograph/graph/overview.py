"""What a graph holds as a whole: how much of what, and what most of it is about."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Store

from oncograph.graph import terms
from oncograph.graph.describe import Thing
from oncograph.graph.index import DOCUMENT, ENTITY
from oncograph.graph.lookup import find_value
from oncograph.graph.names import find_label
from oncograph.graph.search import IndexCounts, SearchIndex
from oncograph.graph.terms import shorten

MOST_SHOWN = 12
"""Entities and documents that an overview names."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A graph at a glance.

    Attributes:
        entities, documents: Those that most claims name, and that make most, with the number.
    """

    counts: IndexCounts
    entities: tuple[tuple[Thing, int], ...]
    documents: tuple[tuple[Thing, int], ...]


def look_over(index: SearchIndex) -> Overview:
    """Give an overview of a graph."""
    return Overview(
        index.count(),
        entities=tuple(list_things(index, ENTITY, most=MOST_SHOWN)),
        documents=tuple(list_things(index, DOCUMENT, most=MOST_SHOWN)),
    )


def list_things(
    index: SearchIndex, kind: str, *, skip: int = 0, most: int = 50, class_name: str = "", containing: str = ""
) -> list[tuple[Thing, int]]:
    """Give entities, classes or documents with their numbers of claims, or of entities; those with most first.

    Args:
        class_name: Only entities whose most specific class this is.
        containing: Only things whose label or IRI holds this text, in any case (of ASCII letters).
    """
    text = containing.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    text = f"%{text}%" if text else ""
    with index.connect() as connection:
        rows = connection.execute(
            "SELECT iri, label, class, claims FROM things WHERE kind = :kind AND (:class = '' OR class = :class) "
            "AND (:text = '' OR label LIKE :text ESCAPE '\\' OR iri LIKE :text ESCAPE '\\') "
            "ORDER BY id LIMIT :most OFFSET :skip",
            {"kind": kind, "class": class_name, "text": text, "most": most, "skip": skip},
        ).fetchall()
    return [(Thing(iri, shorten(iri), label, kind, name), number) for iri, label, name, number in rows]


def list_licences(store: Store) -> list[tuple[str, str]]:
    """Give what says under which licence it may be used, the ontology and vocabularies, with that licence."""
    found = {
        (find_value(store, quad.subject, terms.TITLE) or find_label(store, quad.subject), quad.object.value)
        for quad in store.quads_for_pattern(None, terms.LICENSE, None, None)
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal)
    }
    return sorted(found)
