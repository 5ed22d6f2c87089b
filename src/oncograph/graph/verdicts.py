"""What curators said of one claim: every decision, and which of them counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pyoxigraph import NamedNode, Store

from oncograph.graph import terms
from oncograph.graph.curation import ARROW
from oncograph.graph.describe import Thing
from oncograph.graph.lookup import find_nodes, find_subjects, find_value
from oncograph.graph.terms import shorten
from oncograph.model import ONTOLOGY

DECIDING = frozenset({"accept", "reject", "correct"})
"""Actions that settle a claim; the others only remark on it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision on a claim.

    Attributes:
        action: `accept`, `reject`, `correct` or `comment`.
        words: What was decided, in words.
        date: `2026-11-23T06:27:45.12Z`.
        corrected_to: The claim that is right instead; None unless the action is `correct`.
        undone: Somebody took it back.
        counts: It holds: of the decisions that settle the claim and were not taken back it is the last.
    """

    id: str
    action: str
    words: str
    curator: str
    date: str
    comment: str
    corrected_to: Thing | None
    undone: bool
    counts: bool


def list_verdicts(store: Store, claim: NamedNode) -> list[Verdict]:
    """Give what curators said of a claim, the last first; what only took another decision back is not listed."""
    nodes = sorted(set(find_subjects(store, terms.DECIDES_ON, claim)), key=lambda node: _read_date(store, node))
    undone: set[NamedNode] = set()
    for node in reversed(nodes):
        if node not in undone:
            undone.update(find_nodes(store, node, terms.UNDOES))
    settling = [node for node in nodes if node not in undone and _read_action(store, node) in DECIDING]
    return [
        Verdict(
            id=node.value.removeprefix(terms.DECISION),
            action=_read_action(store, node),
            words=find_value(store, node, terms.LABEL),
            curator=find_value(store, node, terms.CREATOR),
            date=find_value(store, node, terms.ENDED_AT),
            comment=find_value(store, node, terms.COMMENT),
            corrected_to=_read_correction(store, node),
            undone=node in undone,
            counts=node in settling[-1:],
        )
        for node in reversed(nodes)
        if _read_action(store, node) != "undo"
    ]


def _read_correction(store: Store, decision: NamedNode) -> Thing | None:
    """Give the claim that a correction names, which is in the graph only as long as the correction holds."""
    iri = find_value(store, decision, terms.CORRECTED_TO)
    words = find_value(store, decision, terms.LABEL).partition(ARROW)[2]
    return Thing(iri, shorten(iri), words, "claim") if iri else None


def _read_action(store: Store, decision: NamedNode) -> str:
    return find_value(store, decision, terms.ACTION).removeprefix(ONTOLOGY).lower()


def _read_date(store: Store, decision: NamedNode) -> tuple[datetime, str]:
    return datetime.fromisoformat(find_value(store, decision, terms.ENDED_AT)), decision.value
