"""What is left to review: claims that no curator has decided on, in an order that is worth one's time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode, Store

from oncograph.errors import QueryError
from oncograph.graph import terms
from oncograph.graph.describe import ClaimSummary, summarise_claim
from oncograph.graph.names import find_predicate
from oncograph.graph.search import SearchIndex
from oncograph.model import ONTOLOGY

ORDERS: Mapping[str, str] = {
    "least": "claims.confidence, claims.claim",
    "surest": "claims.confidence DESC, claims.claim",
    "most": "claims.documents DESC, claims.evidences DESC, claims.claim",
}
"""The least sure first, the surest first, or what most documents say first."""


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """Which claims to review: those that meet every condition that is given.

    Attributes:
        entity: Label, synonym or name of the subject or object.
        predicate: Name or label of a relation.
        certainty: `stated` or `possible`.
        order: One of `ORDERS`.
    """

    entity: str = ""
    predicate: str = ""
    certainty: str = ""
    order: str = "least"


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """What is left to review of the claims that meet a filter.

    Attributes:
        claims: The next ones.
        reviewed, total: On how many somebody has decided, and how many there are.
    """

    claims: tuple[ClaimSummary, ...]
    reviewed: int
    total: int


def find_unreviewed(
    index: SearchIndex, store: Store, keep: ReviewFilter, *, skip: int = 0, most: int = 20
) -> ReviewQueue:
    """Give the next claims of documents that nobody has accepted, rejected or corrected.

    Raises:
        QueryError: The filter names what the graph does not have.
    """
    where, values = _write_conditions(index, store, keep)
    with index.connect() as connection:
        claims = f"main.claims AS claims WHERE {where}"
        decided = "(SELECT claim FROM temp.statuses)"
        (total,) = connection.execute(f"SELECT count(*) FROM {claims}", values).fetchone()
        (reviewed,) = connection.execute(
            f"SELECT count(*) FROM {claims} AND claims.claim IN {decided}", values
        ).fetchone()
        rows = connection.execute(
            f"SELECT claims.claim FROM {claims} AND claims.claim NOT IN {decided} "
            f"ORDER BY {ORDERS.get(keep.order, ORDERS['least'])} LIMIT :most OFFSET :skip",
            values | {"most": most, "skip": skip},
        ).fetchall()
    found = (summarise_claim(store, NamedNode(terms.CLAIM + digest.hex())) for (digest,) in rows)
    return ReviewQueue(tuple(found), reviewed, total)


def _write_conditions(index: SearchIndex, store: Store, keep: ReviewFilter) -> tuple[str, dict[str, object]]:
    """Write a filter as a condition over `claims`, with the values it names."""
    parts, values = ["TRUE"], dict[str, object]()
    if keep.entity.strip():
        side = "(SELECT id FROM things WHERE iri = :entity)"
        parts.append(f"(claims.subject = {side} OR claims.object = {side})")
        values["entity"] = index.find_entity(keep.entity).value
    if keep.predicate:
        parts.append("claims.predicate = :predicate")
        values["predicate"] = find_predicate(store, keep.predicate).value.removeprefix(ONTOLOGY)
    if keep.certainty:
        if keep.certainty not in {"stated", "possible"}:
            raise QueryError(f"there is no certainty {keep.certainty[:40]!r}; choose stated or possible")
        parts.append("claims.possible = :possible")
        values["possible"] = keep.certainty == "possible"
    return " AND ".join(parts), values
