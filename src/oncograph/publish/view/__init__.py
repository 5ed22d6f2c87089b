"""The HTML view: one self-contained page to explore a graph with, drawn by pyvis, positions computed beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyoxigraph

MOST_ENTITIES = 10_000
OPENING = 100


@dataclass(frozen=True, slots=True)
class ViewSummary:
    """What a page holds.

    Attributes:
        entities, claims, documents: What stands in the page.
        left_out: Entities of the graph beyond the page's limit.
        shown: Entities it opens with.
        size: Bytes of the file.
    """

    entities: int
    claims: int
    documents: int
    left_out: int
    shown: int
    size: int


def write_view(
    store: pyoxigraph.Store,
    path: Path,
    *,
    title: str = "oncograph",
    limit: int = MOST_ENTITIES,
    opening: int = OPENING,
) -> ViewSummary:
    """Write one HTML file to explore the graph with; it needs no network and is the same, byte for byte, every time.

    Args:
        store: A store as `oncograph.graph` lays it out.
        limit: Most entities that the page holds; of a larger graph, the best-connected ones.
        opening: How many it shows before the reader asks for more.
    """
    from oncograph.publish.view.from_store import read_contents
    from oncograph.publish.view.page import make_page

    contents, total = read_contents(store, limit=limit)
    shown = min(opening, len(contents.entities))
    page = make_page(contents, title=title, opening=shown, total=total).encode("utf-8")
    path.write_bytes(page)
    return ViewSummary(
        len(contents.entities),
        len(contents.claims),
        len(contents.documents),
        total - len(contents.entities),
        shown,
        len(page),
    )
