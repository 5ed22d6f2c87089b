"""The claims with an entity on one side, by the index: quick for an entity of any number of claims."""

from __future__ import annotations

from pyoxigraph import NamedNode

from oncograph.graph.finding import find_number
from oncograph.graph.search import SearchIndex
from oncograph.graph.terms import CLAIM

_SIDES = {False: "subject = :entity", True: "object = :entity AND subject <> :entity"}


def find_claims_of(index: SearchIndex, entity: NamedNode, *, inverse: bool = False, most: int) -> list[NamedNode]:
    """Give the surest claims with an entity on one side: affirmed before negated, then by confidence.

    Args:
        inverse: The entity is the object, and not the subject, too.
    """
    with index.connect() as connection:
        # Its number is read first: a join with the view would read all claims there are.
        number = find_number(connection, entity.value)
        rows = connection.execute(
            f"SELECT claim FROM all_claims WHERE {_SIDES[inverse]} "
            "ORDER BY negated, confidence DESC, evidences DESC, claim LIMIT :most",
            {"entity": number, "most": most},
        ).fetchall()
    return [NamedNode(CLAIM + digest.hex()) for (digest,) in rows]
