"""What is drawn of a graph: some entities with the claims between them, or all of them in columns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pyoxigraph import NamedNode, Store

from oncograph.graph.describe import describe_document, label_direction
from oncograph.graph.finding import WITHDRAWN
from oncograph.graph.names import find_label
from oncograph.graph.neighbourhood import AROUND
from oncograph.graph.search import SearchIndex
from oncograph.graph.terms import CLAIM, expand, onco, shorten

MOST_DRAWN = 2000
"""Entities of a drawing; more are shown by the whole graph."""


@dataclass(frozen=True, slots=True)
class DrawnEntity:
    """An entity to draw.

    Attributes:
        neighbours: How many entities claims join it to in the whole graph.
    """

    name: str
    iri: str
    label: str
    class_name: str
    neighbours: int


@dataclass(frozen=True, slots=True)
class DrawnClaim:
    """A claim between two entities that are drawn; `start` and `end` are their names."""

    id: str
    start: str
    end: str
    predicate: str
    label: str
    negated: bool
    possible: bool
    confidence: float
    evidences: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Entities in the order they were asked for, then those that were added.

    Attributes:
        found: The entity that neighbours were asked for, or the best-connected one where nothing was; may be empty.
    """

    entities: tuple[DrawnEntity, ...]
    claims: tuple[DrawnClaim, ...]
    found: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """The neighbours of an entity by one relation; `drawn` of `total` are drawn already."""

    predicate: str
    inverse: bool
    label: str
    total: int
    drawn: int
    claims: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What there is around an entity: as subject before as object, the relation with most neighbours first."""

    iri: str
    relations: tuple[Around, ...]


@dataclass(frozen=True, slots=True)
class DocumentClaims:
    """The claims that a document makes between entities, with the names of these."""

    name: str
    label: str
    claims: tuple[tuple[str, str, str], ...]


def draw(
    index: SearchIndex,
    store: Store,
    names: Sequence[str],
    *,
    around: str = "",
    predicate: str = "",
    inverse: bool | None = None,
    document: str = "",
    most: int = 12,
) -> Drawing:
    """Give some entities with all claims between them; a name that the graph does not have is passed over.

    What curators rejected or corrected is not drawn.

    Args:
        around: Adds the entities that claims join to this one, the surest first. Without any name, the entity that
            most claims speak of is the centre.
        predicate, inverse: Only neighbours by this relation; inverse: of which the centre is the object.
        document: Adds the entities that its claims name, those that most of them name first.
        most: How many are added; around the entity at the centre of the graph, those that most claims speak of.

    Raises:
        QueryError: There is no such entity to go around, or no such document.
    """
    centre_iri = index.find_entity(around).value if around else ""
    document_iri = index.find_document(document) if document else None
    with index.connect() as connection:
        numbers = _find_numbers(connection, names[:MOST_DRAWN])
        if centre_iri:
            centre = _find_numbers(connection, [centre_iri])
        else:
            centre = [] if numbers or names or document_iri else _most_spoken_of(connection)
        numbers = list(dict.fromkeys([*numbers, *centre]))
        if centre and most:
            order = _SUREST if centre_iri else "other"  # the more claims speak of a thing, the lower its number
            numbers += _find_near(connection, centre[0], numbers, most, predicate, inverse, order)
        if document_iri is not None:
            named = _find_in_document(connection, store, document_iri)
            numbers += [number for number in named if number not in numbers][:most]
        numbers = numbers[:MOST_DRAWN]
        at = {number: _draw_entity(connection, number) for number in numbers}
        claims = _draw_claims(connection, store, {number: entity.name for number, entity in at.items()})
        return Drawing(tuple(at.values()), tuple(claims), at[centre[0]].name if centre and centre[0] in at else "")


def count_around(index: SearchIndex, store: Store, entity: str, names: Sequence[str]) -> Surroundings:
    """Count the neighbours of an entity by relation.

    Args:
        names: What is drawn already.

    Raises:
        QueryError: There is no such entity.
    """
    iri = index.find_entity(entity)
    with index.connect() as connection:
        (centre,) = _find_numbers(connection, [iri.value]) or (None,)
        rows = connection.execute(
            "SELECT inverse, predicate, count(DISTINCT other), count(DISTINCT CASE WHEN other IN "
            "(SELECT value FROM json_each(:drawn)) THEN other END), count(*) "
            f"FROM {_NEAR} GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2",
            {"entity": centre, "drawn": json.dumps(_find_numbers(connection, names[:MOST_DRAWN]))},
        ).fetchall()
    relations = (
        Around(
            predicate,
            bool(inverse),
            label_direction(store, onco(predicate), inverse=bool(inverse)),
            total,
            drawn,
            claims,
        )
        for inverse, predicate, total, drawn, claims in rows
    )
    return Surroundings(iri.value, tuple(relations))


def list_claims_of(index: SearchIndex, store: Store, document: str) -> DocumentClaims:
    """Give what a document claims between entities.

    Raises:
        QueryError: There is no such document.
    """
    node = index.find_document(document)
    described = describe_document(store, node)
    claims = {
        marked.claim.iri.removeprefix(CLAIM): (marked.claim.subject.name, marked.claim.object.name)
        for marked in described.claims
        if marked.claim.object.kind == "entity"
    }
    thing = described.thing
    return DocumentClaims(thing.name, thing.label, tuple((id, *sides) for id, sides in sorted(claims.items())))


def read_whole(index: SearchIndex, store: Store) -> dict[str, Any]:
    """Give all entities that claims join, and how, as columns; of claims that say the same as surely, the surest.

    Returns:
        `classes` and `predicates` (names), `labels` of the latter, `nodes` with `name`, `label`, `class` (a place in
        `classes`) and `neighbours`, and `edges` with `from`, `to` (places in the nodes), `predicate`, `kind` (1:
        negated, 2: possible, 3: both), `confidence` in hundredths.
    """
    with index.connect() as connection:
        rows = connection.execute(
            "SELECT subject, object, predicate, negated, doubtful, max(confidence) FROM "
            f"(SELECT claim.*, {_DOUBTFUL} FROM all_claims AS claim {_LIVE} AND object <> subject) "
            "GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"
        ).fetchall()
        things = {
            number: (iri, label, name)
            for number, iri, label, name in connection.execute(
                "SELECT id, iri, label, class FROM things WHERE kind = 'entity' ORDER BY id"
            )
        }
    rows = [row for row in rows if row[0] in things and row[1] in things]
    near: dict[int, set[int]] = {}
    for subject, obj, *_ in rows:
        near.setdefault(subject, set()).add(obj)
        near.setdefault(obj, set()).add(subject)
    numbers = sorted(near)
    place = {number: at for at, number in enumerate(numbers)}
    classes = sorted({things[number][2] for number in numbers})
    predicates = sorted({row[2] for row in rows})
    class_at, predicate_at = ({name: at for at, name in enumerate(names)} for names in (classes, predicates))
    return {
        "classes": classes,
        "predicates": predicates,
        "labels": [find_label(store, onco(name)) for name in predicates],
        "nodes": {
            "name": [shorten(things[number][0]) for number in numbers],
            "label": [things[number][1] for number in numbers],
            "class": [class_at[things[number][2]] for number in numbers],
            "neighbours": [len(near[number]) for number in numbers],
        },
        "edges": {
            "from": [place[row[0]] for row in rows],
            "to": [place[row[1]] for row in rows],
            "predicate": [predicate_at[row[2]] for row in rows],
            "kind": [int(bool(row[3])) + 2 * int(bool(row[4])) for row in rows],
            "confidence": [round(row[5] * 100) for row in rows],
        },
    }


_LIVE = (
    "LEFT JOIN statuses ON statuses.claim = claim.claim "
    f"WHERE coalesce(status, '') NOT IN {WITHDRAWN} AND object IS NOT NULL"
)
_DOUBTFUL = "coalesce(doubted, possible) AS doubtful"
_SUREST = "min(negated), max(confidence) DESC, sum(evidences) DESC, other"
_NEAR = f"({AROUND}) AS claim JOIN things ON things.id = other AND things.kind = 'entity' AND other <> :entity {_LIVE}"
"""The claims that join an entity to others."""


def _find_numbers(connection: sqlite3.Connection, names: Sequence[str]) -> list[int]:
    """Give the numbers of the entities of prefixed names or IRIs, each once."""
    iris = list(dict.fromkeys(expand(name) or name for name in names))
    found = dict(
        connection.execute(
            "SELECT iri, id FROM things WHERE kind = 'entity' AND iri IN (SELECT value FROM json_each(?))",
            (json.dumps(iris),),
        )
    )
    return [found[iri] for iri in iris if iri in found]


def _most_spoken_of(connection: sqlite3.Connection) -> list[int]:
    rows = connection.execute(
        "SELECT id FROM things WHERE kind = 'entity' AND claims > 0 ORDER BY claims DESC, iri LIMIT 1"
    )
    return [number for (number,) in rows]


def _find_near(
    connection: sqlite3.Connection,
    centre: int,
    drawn: Sequence[int],
    most: int,
    predicate: str,
    inverse: bool | None,
    order: str,
) -> list[int]:
    rows = connection.execute(
        f"SELECT other FROM {_NEAR} "
        "AND other NOT IN (SELECT value FROM json_each(:drawn)) "
        "AND (:predicate = '' OR predicate = :predicate) AND (:inverse IS NULL OR inverse = :inverse) "
        f"GROUP BY other ORDER BY {order} LIMIT :most",
        {
            "entity": centre,
            "drawn": json.dumps(list(drawn)),
            "predicate": predicate,
            "inverse": inverse,
            "most": most,
        },
    )
    return [other for (other,) in rows]


def _find_in_document(connection: sqlite3.Connection, store: Store, document: NamedNode) -> list[int]:
    digests = {marked.claim.iri.removeprefix(CLAIM) for marked in describe_document(store, document).claims}
    counts: dict[int, int] = {}
    for digest in sorted(digests):
        sides = connection.execute(
            f"SELECT subject, object FROM all_claims AS claim {_LIVE} AND claim.claim = ?", (bytes.fromhex(digest),)
        ).fetchone()
        for number in sides or ():
            counts[number] = counts.get(number, 0) + 1
    entities = connection.execute(
        "SELECT id FROM things WHERE kind = 'entity' AND id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(counts)),),
    )
    return sorted((number for (number,) in entities), key=lambda number: (-counts[number], number))


def _draw_entity(connection: sqlite3.Connection, number: int) -> DrawnEntity:
    iri, label, name = connection.execute("SELECT iri, label, class FROM things WHERE id = ?", (number,)).fetchone()
    (neighbours,) = connection.execute(f"SELECT count(DISTINCT other) FROM {_NEAR}", {"entity": number}).fetchone()
    return DrawnEntity(shorten(iri), iri, label, name, neighbours)


def _draw_claims(connection: sqlite3.Connection, store: Store, names: dict[int, str]) -> list[DrawnClaim]:
    @cache
    def label(predicate: str) -> str:
        return find_label(store, onco(predicate))

    rows = connection.execute(
        "SELECT claim.claim, subject, object, predicate, negated, coalesce(doubted, possible), confidence, evidences "
        "FROM (SELECT * FROM all_claims WHERE subject IN (SELECT value FROM json_each(:drawn)) "
        "AND object IN (SELECT value FROM json_each(:drawn)) AND object <> subject) AS claim "
        f"{_LIVE} ORDER BY claim.claim",
        {"drawn": json.dumps(sorted(names))},
    )
    return [
        DrawnClaim(
            id=digest.hex(),
            start=names[subject],
            end=names[obj],
            predicate=predicate,
            label=label(predicate),
            negated=bool(negated),
            possible=bool(doubtful),
            confidence=confidence,
            evidences=evidences,
        )
        for digest, subject, obj, predicate, negated, doubtful, confidence, evidences in rows
    ]
