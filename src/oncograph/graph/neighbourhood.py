"""What stands around an entity: its claims by conditions, its neighbours, and the ways from one entity to another."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from oncograph.errors import QueryError
from oncograph.graph import terms
from oncograph.graph.describe import ClaimGroup, ClaimSummary, Thing, describe_thing, label_direction, summarise_claim
from oncograph.graph.finding import WITHDRAWN, find_number
from oncograph.graph.lookup import find_nodes, find_subjects, holds
from oncograph.graph.names import find_class, find_predicate
from oncograph.graph.search import SearchIndex
from oncograph.graph.terms import shorten
from oncograph.model import ONTOLOGY

MOST_CLAIMS = 100
MOST_NEIGHBOURS = 50
MOST_OF_NEIGHBOUR = 10
"""Claims that are listed for each neighbour."""
LONGEST_PATH = 4
MOST_PATHS = 20
MOST_VISITED = 50_000
"""Entities that a search for paths looks at before it gives up."""
STATUSES = ("Accepted", "Corrected", "Rejected")


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """Which claims to keep: those that meet every condition that is given.

    Attributes:
        predicates: Names or labels of relations; of an inverse relation, the claims that it reads backwards.
        direction: `out` (the entity is the subject), `in` (it is the object), or empty.
        polarity: `Affirmed`, `Negated` or empty.
        certainty: `Stated`, `Possible` or empty.
        confidence: Lowest confidence.
        classes: Names of classes of the entity at the other end; their subclasses too.
        status: What a curator said: `Accepted`, `Corrected`, `Rejected`, `None` (nothing), `Any`; empty:
            neither rejected nor corrected.
    """

    predicates: tuple[str, ...] = ()
    direction: str = ""
    polarity: str = ""
    certainty: str = ""
    confidence: float = 0.0
    classes: tuple[str, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """Some of the claims of an entity, the surest first: affirmed before negated, then by confidence.

    Attributes:
        total: How many meet the conditions.
    """

    claims: tuple[ClaimSummary, ...]
    total: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many neighbours by one relation are not shown.

    Attributes:
        inverse: The entity in the middle is the object.
    """

    predicate: str
    inverse: bool
    count: int


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """An entity with the entities that its claims join it to.

    Attributes:
        claims: What joins the neighbours that are shown to it, the surest first; up to ten of each neighbour.
        shown, total: How many neighbours are shown, and how many there are by these conditions.
        left_out: What joins the others to it.
    """

    centre: Thing
    neighbours: tuple[Thing, ...]
    claims: tuple[ClaimSummary, ...]
    total: int
    left_out: tuple[LeftOut, ...]

    @property
    def shown(self) -> int:
        """How many neighbours are shown."""
        return len(self.neighbours)


@dataclass(frozen=True, slots=True)
class ClaimPath:
    """One way from an entity to another.

    Attributes:
        things: The entities on the way, both ends included.
        steps: The claims that join each to the next, as many as there are; at least one a step.
    """

    things: tuple[Thing, ...]
    steps: tuple[tuple[ClaimSummary, ...], ...]


@dataclass(frozen=True, slots=True)
class PathAnswer:
    """The shortest ways from an entity to another.

    Attributes:
        length: Steps of each; 0 when there is none.
        more: There are others of the same length that are not listed.
        complete: False when the search was given up before it had looked everywhere.
    """

    start: Thing
    end: Thing
    paths: tuple[ClaimPath, ...]
    length: int
    more: bool
    complete: bool


def find_claims(
    index: SearchIndex,
    store: Store,
    entity: NamedNode,
    keep: ClaimFilter | None = None,
    *,
    skip: int = 0,
    most: int = MOST_CLAIMS,
) -> ClaimPage:
    """Give the claims that name an entity and meet some conditions.

    Raises:
        QueryError: A condition names a relation or class that the ontology does not have.
    """
    where, values = _write_conditions(store, keep or ClaimFilter())
    with index.connect() as connection:
        number = _number_of(connection, entity)
        values |= {"entity": number, "skip": skip, "most": most}
        rows = connection.execute(
            f"SELECT claim.claim, count(*) OVER () FROM ({AROUND}) AS claim {where} "
            f"ORDER BY {_ORDER} LIMIT :most OFFSET :skip",
            values,
        ).fetchall()
        total = rows[0][1] if rows else _count(connection, where, values)
    return ClaimPage(tuple(_summarise(store, (digest for digest, _ in rows))), total)


def _count(connection: sqlite3.Connection, where: str, values: Mapping[str, object]) -> int:
    (total,) = connection.execute(f"SELECT count(*) FROM ({AROUND}) AS claim {where}", values).fetchone()
    return int(total)


def group_claims(index: SearchIndex, store: Store, entity: NamedNode, *, most: int) -> tuple[ClaimGroup, ...]:
    """Give all claims that name an entity by relation, as subject before as object, those with most claims first.

    Args:
        most: How many of each relation are listed; the others are counted.
    """
    with index.connect() as connection:
        values = {"entity": _number_of(connection, entity), "most": most}
        counts = connection.execute(
            f"SELECT inverse, predicate, count(*) FROM ({AROUND}) GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2", values
        ).fetchall()
        ranked = f"row_number() OVER (PARTITION BY inverse, predicate ORDER BY {_ORDER}) AS rank"
        listed: dict[tuple[int, str], list[bytes]] = {}
        for inverse, predicate, digest in connection.execute(
            f"SELECT inverse, predicate, claim FROM (SELECT claim.*, {ranked} FROM ({AROUND}) AS claim) "
            "WHERE rank <= :most ORDER BY rank",
            values,
        ):
            listed.setdefault((inverse, predicate), []).append(digest)
    return tuple(
        ClaimGroup(
            predicate=predicate,
            label=label_direction(store, NamedNode(ONTOLOGY + predicate), inverse=bool(inverse)),
            inverse=bool(inverse),
            total=count,
            claims=tuple(_summarise(store, listed.get((inverse, predicate), ()))),
        )
        for inverse, predicate, count in counts
    )


def find_neighbours(
    index: SearchIndex,
    store: Store,
    entity: NamedNode,
    keep: ClaimFilter | None = None,
    *,
    most: int = MOST_NEIGHBOURS,
) -> Neighbourhood:
    """Give the entities that claims join to one, those with the surest claims first, and count what is left out.

    Raises:
        QueryError: A condition names a relation or class that the ontology does not have.
    """
    where, values = _write_conditions(store, keep or ClaimFilter())
    with index.connect() as connection:
        values |= {"entity": _number_of(connection, entity)}
        rows = connection.execute(
            f"SELECT other, predicate, inverse, negated, confidence, evidences, claim.claim FROM ({AROUND}) AS claim "
            f"{where} AND other IS NOT NULL ORDER BY {_ORDER}",
            values,
        ).fetchall()
        ranked = _rank_neighbours(rows)
        chosen = ranked[:most]
        nodes = _nodes_of(connection, chosen)
    return Neighbourhood(
        centre=describe_thing(store, entity),
        neighbours=tuple(describe_thing(store, nodes[number]) for number in chosen),
        claims=tuple(_summarise(store, _choose_claims(rows, chosen))),
        total=len(ranked),
        left_out=_count_left_out(rows, ranked[most:]),
    )


def _rank_neighbours(rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """Give the things that claims join to one: those with the surest claim first, then those with most sentences."""
    best: dict[int, tuple[int, float]] = {}
    sentences: Counter[int] = Counter()
    for other, _, _, negated, confidence, evidences, _ in rows:
        best.setdefault(other, (negated, -confidence))
        sentences[other] += evidences
    return sorted(best, key=lambda other: (best[other], -sentences[other], other))


def _choose_claims(rows: Sequence[tuple[Any, ...]], chosen: Iterable[int]) -> list[bytes]:
    """Give the surest claims of each of some neighbours."""
    left = dict.fromkeys(chosen, MOST_OF_NEIGHBOUR)
    digests = []
    for other, *_, digest in rows:
        if left.get(other):
            left[other] -= 1
            digests.append(digest)
    return digests


def _count_left_out(rows: Sequence[tuple[Any, ...]], others: Collection[int]) -> tuple[LeftOut, ...]:
    others = frozenset(others)
    pairs = {(predicate, bool(inverse), other) for other, predicate, inverse, *_ in rows if other in others}
    counts = Counter((predicate, inverse) for predicate, inverse, _ in pairs)
    return tuple(
        LeftOut(predicate, inverse, count)
        for (predicate, inverse), count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    )


def find_paths(
    index: SearchIndex,
    store: Store,
    start: NamedNode,
    end: NamedNode,
    keep: ClaimFilter | None = None,
    *,
    longest: int = LONGEST_PATH,
    most: int = MOST_PATHS,
) -> PathAnswer:
    """Give the shortest ways from an entity to another along claims, in either direction.

    The two ends are searched from in turn, the one with fewer entities to go on from first. That two are of one class
    is no way between them.

    Args:
        keep: Conditions on every claim of the way; negated claims count only when the polarity asks for them.
    """
    keep = keep or ClaimFilter(polarity="Affirmed")
    where, values = _write_conditions(store, keep)
    with index.connect() as connection:
        first, last = _number_of(connection, start), _number_of(connection, end)
        search = _PathSearch(connection, where, values)
        ways = search.find(first, last, longest)
        listed = ways[:most]
        nodes = _nodes_of(connection, {number for way in listed for number in way})
        pairs = {pair for way in listed for pair in pairwise(way)}
        between = {pair: search.claims_between(*pair) for pair in sorted(pairs)}
    paths = tuple(
        ClaimPath(
            tuple(describe_thing(store, nodes[number]) for number in way),
            tuple(tuple(_summarise(store, between[pair])) for pair in pairwise(way)),
        )
        for way in listed
    )
    return PathAnswer(
        start=describe_thing(store, start),
        end=describe_thing(store, end),
        paths=paths,
        length=len(ways[0]) - 1 if ways else 0,
        more=len(ways) > most,
        complete=search.complete,
    )


AROUND = """
SELECT *, object AS other, 0 AS inverse FROM all_claims WHERE subject = :entity
UNION ALL
SELECT *, subject AS other, 1 AS inverse FROM all_claims WHERE object = :entity AND subject <> :entity
"""
"""The claims of an entity, each with what stands at its other end."""
_ORDER = "claim.negated, claim.confidence DESC, claim.evidences DESC, claim.claim"
_MOST_WAYS = 200


class _PathSearch:
    """Searches from both ends at once, level by level, and remembers where each entity was come to from."""

    def __init__(self, connection: sqlite3.Connection, where: str, values: Mapping[str, object]) -> None:
        self.complete = True
        self._connection = connection
        self._where = where
        self._values = dict(values)

    def find(self, first: int, last: int, longest: int) -> list[list[int]]:
        """Give the shortest ways as numbers of things, sorted."""
        if first == last:
            return []
        reached: tuple[dict[int, set[int]], dict[int, set[int]]] = ({first: set()}, {last: set()})
        edges: list[set[int]] = [{first}, {last}]
        for _ in range(longest):
            side = 0 if len(edges[0]) <= len(edges[1]) else 1
            edges[side] = self._go_on(edges[side], reached[side])
            meeting = edges[side] & reached[1 - side].keys()
            if meeting:
                return self._join(sorted(meeting), *reached)
            if not edges[side] or not self.complete:
                return []
        return []

    def claims_between(self, one: int, other: int) -> list[bytes]:
        """Give the claims that join two things, the surest first."""
        rows = self._connection.execute(
            f"SELECT claim.claim FROM ({AROUND}) AS claim {self._where} AND other = :other ORDER BY {_ORDER} LIMIT 10",
            self._values | {"entity": one, "other": other},
        )
        return [digest for (digest,) in rows]

    def _go_on(self, edge: set[int], reached: dict[int, set[int]]) -> set[int]:
        found: dict[int, set[int]] = {}
        for number in sorted(edge):
            for other in self._neighbours(number):
                if other not in reached:
                    found.setdefault(other, set()).add(number)
            if len(reached) + len(found) > MOST_VISITED:
                self.complete = False
                break
        reached.update(found)
        return set(found)

    def _neighbours(self, number: int) -> list[int]:
        rows = self._connection.execute(
            f"SELECT DISTINCT other FROM ({AROUND}) AS claim {self._where} AND things.kind = 'entity'",
            self._values | {"entity": number},
        )
        return [other for (other,) in rows]

    def _join(
        self, meeting: Iterable[int], forth: Mapping[int, set[int]], back: Mapping[int, set[int]]
    ) -> list[list[int]]:
        ways: list[list[int]] = []
        for number in meeting:
            for left in _ways_to(number, forth):
                for right in _ways_to(number, back):
                    ways.append([*left, *reversed(right[:-1])])
                    if len(ways) >= _MOST_WAYS:
                        return sorted(ways)
        return sorted(ways)


def _ways_to(number: int, reached: Mapping[int, set[int]]) -> Iterator[list[int]]:
    """Yield the shortest ways from where a search began to a thing."""
    if not reached[number]:
        yield [number]
    for before in sorted(reached[number]):
        for way in _ways_to(before, reached):
            yield [*way, number]


def _write_conditions(store: Store, keep: ClaimFilter) -> tuple[str, dict[str, object]]:
    """Write a filter as the end of a SELECT over `claim`, with the values it names."""
    parts = ["TRUE"]
    values: dict[str, object] = {"confidence": keep.confidence}
    if keep.predicates:
        parts.append(f"({' OR '.join(_write_predicate(store, name, keep.direction) for name in keep.predicates)})")
    if keep.direction:
        _check(keep.direction, ("in", "out"), "direction")
        if not keep.predicates:
            parts.append(f"inverse = {int(keep.direction == 'in')}")
    if keep.polarity:
        parts.append(f"negated = {int(_check(keep.polarity, ('Affirmed', 'Negated'), 'polarity') == 'Negated')}")
    if keep.certainty:
        possible = _check(keep.certainty, ("Stated", "Possible"), "certainty") == "Possible"
        parts.append(f"coalesce(doubted, possible) = {int(possible)}")
    if keep.confidence:
        parts.append("confidence >= :confidence")
    if keep.classes:
        names = sorted({name for wanted in keep.classes for name in find_subclasses(store, wanted)})
        values |= {f"class{at}": name for at, name in enumerate(names)}
        parts.append(f"things.class IN ({', '.join(f':class{at}' for at in range(len(names)))})")
    if not keep.status:
        parts.append(f"coalesce(status, '') NOT IN {WITHDRAWN}")
    elif keep.status != "Any":
        known = _check(keep.status, (*STATUSES, "None", "Any"), "status")
        parts.append("status IS NULL" if known == "None" else f"status = '{known}'")
    joins = "LEFT JOIN statuses ON statuses.claim = claim.claim LEFT JOIN things ON things.id = other"
    return f"{joins} WHERE {' AND '.join(parts)}", values


def _write_predicate(store: Store, name: str, direction: str) -> str:
    """Write the condition of one relation; an inverse one is the other way round."""
    node = find_predicate(store, name)
    wanted = None if not direction else direction == "in"
    if not holds(store, node, terms.ROLE, Literal("predicate")):
        around = chain(find_nodes(store, node, terms.INVERSE_OF), find_subjects(store, terms.INVERSE_OF, node))
        node = next(around, node)
        wanted = not wanted if wanted is not None else True
    local = node.value.removeprefix(ONTOLOGY)
    if not local.isidentifier():
        raise QueryError(f"the relation {local!r} has a name that cannot be filtered by")
    return f"predicate = '{local}'" + ("" if wanted is None else f" AND inverse = {int(wanted)}")


def _check(value: str, known: tuple[str, ...], what: str) -> str:
    for one in known:
        if value.casefold() == one.casefold():
            return one
    raise QueryError(f"there is no {what} {value!r}; choose {', '.join(known)}")


def find_subclasses(store: Store, name: str) -> set[str]:
    """Give the local names of a class and of all classes below it.

    Raises:
        QueryError: The ontology has no class of this name or label.
    """
    waiting, found = [find_class(store, name)], set()
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += find_subjects(store, terms.SUBCLASS_OF, node)
    return {node.value.removeprefix(ONTOLOGY) for node in found}


def _number_of(connection: sqlite3.Connection, entity: NamedNode) -> int:
    number = find_number(connection, entity.value)
    if number is None:
        raise QueryError(f"{shorten(entity.value)} is no entity of this graph")
    return number


def _nodes_of(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, NamedNode]:
    found = ", ".join(map(str, sorted(numbers))) or "NULL"
    return {
        number: NamedNode(iri)
        for number, iri in connection.execute(f"SELECT id, iri FROM things WHERE id IN ({found})")
    }


def _summarise(store: Store, digests: Iterable[bytes]) -> Iterator[ClaimSummary]:
    return (summarise_claim(store, NamedNode(terms.CLAIM + digest.hex())) for digest in digests)
