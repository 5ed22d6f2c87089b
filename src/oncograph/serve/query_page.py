"""The page where people write SPARQL: YASGUI with this graph's prefixes, terms, names and example queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field

from oncograph.errors import QueryError
from oncograph.graph import PREFIXES, NamedQuery, load_queries
from oncograph.graph.labels import find_labels
from oncograph.graph.snapshots import Snapshot
from oncograph.graph.vocabulary import list_classes, list_predicates
from oncograph.knowledge import find_ontology
from oncograph.serve.addresses import link
from oncograph.serve.guard import POLICY
from oncograph.serve.site import Site

MOST_LABELS = 500
TOLD_TO_KEEP = {"cache-control": "no-cache"}
STYLED = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""The policy of this page alone: the editor's library writes style attributes; scripts stay as strict as elsewhere."""


class Wanted(BaseModel):
    """IRIs whose labels are wanted."""

    iris: list[str] = Field(max_length=MOST_LABELS)


@dataclass(frozen=True, slots=True)
class Example:
    """A named query with its parameters filled in, ready to run."""

    name: str
    title: str
    description: str
    query: str


def add_routes(app: FastAPI, site: Site) -> None:
    """Add the page and what it asks for."""
    queries = load_queries(find_ontology() / "queries")

    @app.get("/query", response_class=HTMLResponse)
    def show_page(request: Request) -> HTMLResponse:
        page = site.show(request, "query.html", {"title": "Query", "examples": _examples(queries, site.live.snapshot)})
        page.headers["content-security-policy"] = STYLED
        return page

    @app.get("/query/config.json")
    def give_config() -> JSONResponse:
        snapshot = site.live.snapshot
        terms = (*list_classes(snapshot.store), *list_predicates(snapshot.store))
        told: dict[str, Any] = {
            "prefixes": PREFIXES,
            "terms": [[term.thing.name, term.thing.label, term.thing.kind] for term in terms],
        }
        return JSONResponse(told, headers=TOLD_TO_KEEP)

    @app.post("/query/labels")
    def give_labels(wanted: Wanted) -> JSONResponse:
        things = find_labels(site.live.snapshot.store, wanted.iris)
        return JSONResponse({iri: [thing.label, thing.name, link(thing)] for iri, thing in things.items()})


def _examples(queries: dict[str, NamedQuery], snapshot: Snapshot) -> list[Example]:
    """Fill each named query with the values of its example; one whose example this graph does not have is left out."""
    found = []
    for query in queries.values():
        try:
            text = query.bind(snapshot.store, query.example_values)
        except QueryError:
            continue
        found.append(Example(query.name, query.title, query.description, _without_header(text)))
    return found


def _without_header(text: str) -> str:
    """Leave out the comments that describe a named query."""
    lines = text.splitlines()
    while lines and (lines[0].startswith("#") or not lines[0].strip()):
        lines.pop(0)
    return "\n".join(lines)
