"""The page of what a search found: by kind, with filters and pages, readable without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from oncograph.errors import QueryError
from oncograph.graph.neighbourhood import find_subclasses
from oncograph.graph.search import CLAIM, EVIDENCE, LONGEST_QUERY, SEARCHED, Found, SearchFilter
from oncograph.graph.snapshots import Snapshot
from oncograph.graph.vocabulary import list_classes, list_predicates
from oncograph.serve import things
from oncograph.serve.addresses import link_hit
from oncograph.serve.site import Site

KINDS = {
    "entity": "Entities",
    CLAIM: "Claims",
    EVIDENCE: "Sentences",
    "document": "Documents",
    "class": "Classes",
}
"""Kinds in the order of the page, and what they are called."""
FEW = 6
"""How many of each kind the page of all kinds shows."""
A_PAGE = 25
LAST_PAGE = 400


def add_routes(app: FastAPI, site: Site) -> None:
    """Add the page to an application."""

    @app.get("/search", response_class=HTMLResponse)
    def search(request: Request, q: str = "") -> Response:
        params = request.query_params
        asked = {name: params.get(name, "") for name in ("kind", "class", "relation")}
        kind = asked["kind"] if asked["kind"] in SEARCHED else ""
        page = min(things.read_page(params.get("page", "")), LAST_PAGE) if kind else 1
        snapshot = site.live.snapshot
        keep = _read_filter(snapshot, kind, asked)
        most = A_PAGE if kind else FEW
        found = snapshot.index.search(
            q, kinds=(kind,) if kind else SEARCHED, most=most + 1, skip=(page - 1) * most, keep=keep
        )
        values = {
            "title": f"{q[:60]} · Search" if q else "Search",
            "query": q[:LONGEST_QUERY],
            "corrected": found.corrected,
            "kinds": KINDS,
            "kind": kind,
            "groups": _group(found, most),
            "class_name": asked["class"] if keep.classes else "",
            "relation": keep.relation,
            "classes": _list_classes(snapshot) if kind == "entity" else [],
            "relations": _list_relations(snapshot) if kind == CLAIM else [],
            "page_number": page,
            "last_page": LAST_PAGE,
            "link_hit": link_hit,
            "address": _address_of(q),
        }
        return site.show(request, "search.html", values)


def _group(found: Found, most: int) -> list[tuple[str, list[Any], bool]]:
    """Give each kind that was found with some of what was, and whether there is more."""
    groups = []
    for kind in KINDS:
        hits = [hit for hit in found.hits if hit.kind == kind]
        if hits:
            groups.append((kind, hits[:most], len(hits) > most))
    return groups


def _read_filter(snapshot: Snapshot, kind: str, asked: Mapping[str, str]) -> SearchFilter:
    """Give what to keep of a kind; a class or relation that the ontology does not have keeps everything."""
    if kind == "entity" and asked["class"]:
        try:
            return SearchFilter(classes=tuple(sorted(find_subclasses(snapshot.store, asked["class"]))))
        except QueryError:
            return SearchFilter()
    if kind == CLAIM and asked["relation"] in {name for name, _ in _list_relations(snapshot)}:
        return SearchFilter(relation=asked["relation"])
    return SearchFilter()


def _list_classes(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Give name and label of the classes that entities have, and of those above them."""
    terms = {term.thing.name: term for term in list_classes(snapshot.store)}
    counts = snapshot.index.count().entities_by_class
    waiting, present = [name for name, term in terms.items() if counts.get(term.name)], set()
    while waiting:
        name = waiting.pop()
        if name in terms and name not in present:
            present.add(name)
            waiting += terms[name].parents
    return [(term.name, term.thing.label) for name, term in terms.items() if name in present]


def _list_relations(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Give name and label of the relations that claims have."""
    counts = snapshot.index.count().claims_by_predicate
    return [(term.name, term.thing.label) for term in list_predicates(snapshot.store) if counts.get(term.name)]


def _address_of(query: str) -> Any:
    """Make what gives the address of the same search with other choices."""

    def address(**choices: str) -> str:
        return "/search?" + urlencode({"q": query} | {name: value for name, value in choices.items() if value})

    return address
