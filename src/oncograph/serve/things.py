"""The address of each thing of the graph: a page for people, triples for programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, zip_longest
from typing import Any
from urllib.parse import quote, unquote

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

from oncograph.errors import QueryError
from oncograph.graph.describe import (
    ClaimSummary,
    EntityDescription,
    Thing,
    describe_claim,
    describe_document,
    describe_entity,
    describe_rule,
    describe_term,
    describe_thing,
    find_opposite,
    label_direction,
)
from oncograph.graph.explain import Support, explain_claim
from oncograph.graph.neighbourhood import ClaimFilter, find_claims, group_claims
from oncograph.graph.overview import list_things
from oncograph.graph.search import SearchIndex
from oncograph.graph.snapshots import Snapshot
from oncograph.graph.things import find_described_entity, find_resource, read_identifier
from oncograph.graph.verdicts import list_verdicts
from oncograph.graph.vocabulary import VocabularyTerm, list_classes, list_predicates
from oncograph.model import BASE, ONTOLOGY
from oncograph.publish.resource import write_ontology, write_resource
from oncograph.serve.addresses import link, link_entity
from oncograph.serve.reader import lay_out
from oncograph.serve.resources import answer, list_forms, redirect, split_suffix, wants_page
from oncograph.serve.site import Site
from oncograph.serve.sketch import draw_sketch

MOST_OF_A_RELATION = 25
"""Claims of one relation on the page of an entity; the others have pages of their own."""
A_PAGE = 100
MOST_SENTENCES = 200
FEW_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Branch:
    """A class with those below it.

    Attributes:
        own: Entities of just this class.
        total: Entities of this class and those below.
    """

    term: VocabularyTerm
    own: int
    total: int
    below: list[Branch]


def read_page(text: str) -> int:
    """Read the number of a page; what is no number is the first.

    >>> read_page("3"), read_page("x"), read_page("-1")
    (3, 1, 1)
    """
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def add_routes(app: FastAPI, site: Site) -> None:
    """Add the addresses of things to an application."""

    @app.get("/entity")
    def find_entity(request: Request, iri: str = "") -> Response:
        return _answer_iri(request, site, iri)

    @app.get("/entity/{name:path}")
    def show_entity(request: Request, name: str) -> Response:
        return _answer_entity(request, site, name)

    @app.get("/claim/{name}")
    def show_claim(request: Request, name: str) -> Response:
        return _answer_named(request, site, "claim", name)

    @app.get("/doc/{name:path}")
    def show_document(request: Request, name: str) -> Response:
        return _answer_named(request, site, "doc", name)

    @app.get("/rule/{name:path}")
    def show_rule(request: Request, name: str) -> Response:
        return _answer_named(request, site, "rule", name)

    for folder in _PLACES:
        show_part = partial(_show_part, site, folder)
        app.add_api_route(f"/{folder}/{{name:path}}", show_part, methods=["GET"], name=folder)
    app.add_api_route("/dataset", partial(_show_part, site, "dataset"), methods=["GET"], name="dataset itself")

    @app.get("/ontology.{suffix}")
    def give_ontology(request: Request, suffix: str) -> Response:
        _, known = split_suffix(f"ontology.{suffix}")
        return _answer_ontology(request, site, known) if known else say_missing(request, site, request.url.path)

    @app.get("/ontology")
    def show_ontology(request: Request) -> Response:
        return _answer_ontology(request, site, "")

    @app.get("/ontology/{name}")
    def show_term(request: Request, name: str) -> Response:
        return _answer_named(request, site, "ontology", name)


def say_missing(request: Request, site: Site, name: str, *, message: str = "", near: bool = False) -> Response:
    """Say that there is nothing here, and what comes near."""
    message = message or f"There is nothing at {name}."
    if not wants_page(request):
        return PlainTextResponse(message + "\n", 404, {"vary": "Accept"})
    index = site.live.snapshot.index
    words = name.rpartition("/")[2].replace("_", " ")
    texts = (words, *index.suggest(words)) if near else ()
    found = chain.from_iterable(_find_near(index, text) for text in texts)
    values = {"title": "Not found", "message": message, "name": words, "near": list(dict.fromkeys(found))[:8]}
    response = site.show(request, "missing.html", values, status=404)
    response.headers["vary"] = "Accept"
    return response


def _find_near(index: SearchIndex, text: str) -> list[Thing]:
    return [hit.thing for hit in index.search(text, kinds=("entity",), most=6).hits]


def _answer_iri(request: Request, site: Site, iri: str) -> Response:
    snapshot = site.live.snapshot
    found = find_described_entity(snapshot.store, iri)
    if found is None:
        return say_missing(request, site, iri, message=f"No entity of this graph has the IRI {iri}.", near=True)
    path = link_entity(iri)
    if not path.startswith("/entity?"):
        return redirect(path)
    return _answer_described(request, site, snapshot, iri, path, "")


def _answer_entity(request: Request, site: Site, name: str) -> Response:
    """Answer for an entity by its name in this graph; other names of it lead there."""
    snapshot = site.live.snapshot
    for text, suffix in dict.fromkeys(((name, ""), split_suffix(name))):
        iri = read_identifier(snapshot.store, text)
        path = link_entity(iri) if iri else ""
        if iri and path == link(Thing(iri, "", "", "entity")) and _is_path(request, path, suffix):
            return _answer_described(request, site, snapshot, iri, path, suffix)
        if iri:
            return redirect(path, suffix)
    for text, suffix in dict.fromkeys(((name, ""), split_suffix(name))):
        found = snapshot.index.find_named(text) or snapshot.index.find_named(text.replace("_", " "))
        if len(found) == 1:
            return redirect(link_entity(found[0].value), suffix)
        if found:
            choices = [describe_thing(snapshot.store, node) for node in found]
            values = {"title": text, "name": text, "message": f"Several entities are called {text}.", "near": choices}
            return site.show(request, "missing.html", values, status=300)
    return say_missing(request, site, name, message=f"Nothing in this graph is called {name}.", near=True)


def _is_path(request: Request, path: str, suffix: str) -> bool:
    """Tell whether a request is at a path already, however it is escaped."""
    return request.url.path in {unquote(path) + (f".{suffix}" if suffix else ""), path}


def _answer_described(request: Request, site: Site, snapshot: Snapshot, iri: str, path: str, suffix: str) -> Response:
    node = find_resource(snapshot.store, iri)

    def show() -> Response:
        relation = request.query_params.get("relation", "")
        if relation:
            return _show_claims(request, site, snapshot, iri, path)
        groups = group_claims(snapshot.index, snapshot.store, node, most=MOST_OF_A_RELATION)
        found = describe_entity(snapshot.store, node, groups=groups)
        values = {
            "title": found.thing.label,
            "entity": found,
            "claims": [(group, _expand(snapshot, group.claims)) for group in found.groups],
            "sketch": draw_sketch(found.thing, _take_turns(found)),
            "path": path,
            "forms": list_forms(path),
            "few": FEW_SENTENCES,
        }
        return site.show(request, "entity.html", values)

    return answer(
        request,
        site,
        path,
        suffix,
        show=show,
        write=lambda form: write_resource(snapshot.store, snapshot.index, node, format=form),
        tag=snapshot.id,
    )


def _show_claims(request: Request, site: Site, snapshot: Snapshot, iri: str, path: str) -> Response:
    """Show all claims of one relation of an entity, a page at a time."""
    node = find_resource(snapshot.store, iri)
    asked = request.query_params
    direction = "in" if asked.get("direction") == "in" else "out"
    page = read_page(asked.get("page", ""))
    keep = ClaimFilter(predicates=(asked["relation"],), direction=direction, status="Any")
    try:
        found = find_claims(snapshot.index, snapshot.store, node, keep, skip=(page - 1) * A_PAGE, most=A_PAGE)
    except QueryError as error:
        return say_missing(request, site, path, message=f"{error}")
    thing = describe_thing(snapshot.store, node)
    values = {
        "title": f"{thing.label}: {asked['relation']}",
        "thing": thing,
        "relation": asked["relation"],
        "label": label_direction(
            snapshot.store, find_resource(snapshot.store, ONTOLOGY + asked["relation"]), inverse=direction == "in"
        ),
        "direction": direction,
        "claims": _expand(snapshot, found.claims),
        "total": found.total,
        "page_number": page,
        "pages": max(1, -(-found.total // A_PAGE)),
        "path": path,
        "few": FEW_SENTENCES,
    }
    return site.show(request, "claims.html", values)


def _take_turns(found: EntityDescription) -> Iterator[ClaimSummary]:
    """Give the claims of an entity one of each relation after the other, so that a few show its variety."""
    for claims in zip_longest(*(group.claims for group in found.groups)):
        yield from (claim for claim in claims if claim is not None)


def _expand(
    snapshot: Snapshot, claims: Iterable[ClaimSummary]
) -> list[tuple[ClaimSummary, tuple[Support, ...], ClaimSummary | None]]:
    """Give claims with a few of their sentences, and with the claim that says the opposite."""
    return [
        (
            claim,
            explain_claim(snapshot.store, find_resource(snapshot.store, claim.iri), most=FEW_SENTENCES).supports,
            find_opposite(snapshot.store, claim) if claim.disputed else None,
        )
        for claim in claims
    ]


def _show_part(site: Site, folder: str, request: Request) -> Response:
    """Answer for what has no page of its own: triples for programs, and the page that shows it for people."""
    snapshot = site.live.snapshot
    name = request.path_params.get("name", "")
    for text, suffix in dict.fromkeys(((name, ""), split_suffix(name))):
        path = "/".join(filter(None, (folder, text)))
        try:
            node = find_resource(snapshot.store, BASE + path)
        except QueryError:
            continue
        return answer(
            request,
            site,
            "/" + quote(path, safe="/:@!$&'()*+,;=~-._%"),
            suffix,
            show=lambda text=text: redirect(_PLACES[folder](text)),  # type: ignore[misc]
            write=lambda form, node=node: write_resource(  # type: ignore[misc]
                snapshot.store, snapshot.index, node, format=form
            ),
            tag=snapshot.id,
        )
    return say_missing(request, site, name, message=f"This graph has no {folder} {name}.")


def _answer_named(request: Request, site: Site, folder: str, name: str) -> Response:
    """Answer for a claim, document, rule, class or relation by its name in this graph."""
    snapshot = site.live.snapshot
    for text, suffix in dict.fromkeys(((name, ""), split_suffix(name))):
        thing = _name_thing(folder, text)
        try:
            node = find_resource(snapshot.store, thing.iri)
            show = _SHOWN[folder]
            values = show(snapshot, node) if wants_page(request) and not suffix else {}
        except QueryError:
            continue
        path = link(thing)
        return answer(
            request,
            site,
            path,
            suffix,
            show=lambda values=values, path=path: site.show(  # type: ignore[misc]
                request, f"{folder}.html", {**values, "path": path, "forms": list_forms(path)}
            ),
            write=lambda form, node=node: write_resource(  # type: ignore[misc]
                snapshot.store, snapshot.index, node, format=form
            ),
            tag=snapshot.id,
        )
    what = {"doc": "document", "ontology": "class or relation"}.get(folder, folder)
    return say_missing(request, site, name, message=f"This graph has no {what} {name}.")


def _name_thing(folder: str, name: str) -> Thing:
    iri = ONTOLOGY + name if folder == "ontology" else f"{BASE}{folder}/{name}"
    return Thing(iri, name, name, "other")


def _describe_claim_page(snapshot: Snapshot, node: Any) -> dict[str, Any]:
    found = describe_claim(snapshot.store, node, most=MOST_SENTENCES)
    summary = found.summary
    return {
        "title": f"{summary.subject.label} {summary.predicate_label} {summary.object.label}",
        "claim": found,
        "summary": summary,
        "verdicts": list_verdicts(snapshot.store, node),
    }


def _describe_document_page(snapshot: Snapshot, node: Any) -> dict[str, Any]:
    found = describe_document(snapshot.store, node)
    return {"title": found.title or found.thing.label, "doc": found, "layout": lay_out(found), "page": "wide"}


def _describe_rule_page(snapshot: Snapshot, node: Any) -> dict[str, Any]:
    found = describe_rule(snapshot.store, node)
    return {"title": f"Rule {found.id}", "rule": found}


def _describe_term_page(snapshot: Snapshot, node: Any) -> dict[str, Any]:
    found = describe_term(snapshot.store, node)
    name = found.thing.name.partition(":")[2]
    entities = list_things(snapshot.index, "entity", class_name=name, most=A_PAGE) if found.kind == "class" else []
    return {"title": found.thing.label, "term": found, "name": name, "entities": entities, "most": A_PAGE}


def _find_place(name: str) -> str:
    """Give the place in the page of a document where a sentence is, or what was read in it.

    >>> _find_place("trials/one/8-42"), _find_place("her2/8-42/03ef5a")
    ('/doc/trials/one#c8-42', '/doc/her2#c8-42')
    """
    found = _PLACE.fullmatch(name)
    return f"{link(_name_thing('doc', found['doc']))}#c{found['place']}" if found else "/documents"


_PLACE = re.compile(r"(?P<doc>.+)/(?P<place>\d+-\d+)(?:/[^/]*)?")
_PLACES: Mapping[str, Callable[[str], str]] = {
    "evidence": _find_place,
    "extraction": _find_place,
    "mention": _find_place,
    "decision": lambda _: "/curation",
    "dataset": lambda _: "/downloads",
    "vocabulary": lambda _: "/downloads",
}
"""Where people find what has no page of its own."""

_SHOWN = {
    "claim": _describe_claim_page,
    "doc": _describe_document_page,
    "rule": _describe_rule_page,
    "ontology": _describe_term_page,
}


def _answer_ontology(request: Request, site: Site, suffix: str) -> Response:
    snapshot = site.live.snapshot

    def show() -> Response:
        counts = snapshot.index.count()
        relations = [
            describe_term(
                snapshot.store,
                find_resource(snapshot.store, term.thing.iri),
                count=counts.claims_by_predicate.get(term.name, 0),
            )
            for term in list_predicates(snapshot.store)
        ]
        values = {
            "title": "Ontology",
            "tree_of": _list_tree(list_classes(snapshot.store), counts.entities_by_class),
            "relations": relations,
            "rules": len({rule for relation in relations for rule in relation.rules}),
            "forms": list_forms("/ontology"),
        }
        return site.show(request, "classes.html", values)

    return answer(
        request,
        site,
        "/ontology",
        suffix,
        show=show,
        write=lambda form: write_ontology(snapshot.store, format=form),
        tag=snapshot.id,
    )


def _list_tree(classes: Sequence[VocabularyTerm], counts: Mapping[str, int]) -> list[Branch]:
    """Arrange the classes below those that they specialise; a class below two stands below both."""
    names = {term.thing.name for term in classes}
    below: dict[str, list[VocabularyTerm]] = {}
    for term in classes:
        for parent in [name for name in term.parents if name in names] or [""]:
            below.setdefault(parent, []).append(term)

    def grow(parent: str, path: tuple[str, ...]) -> list[Branch]:
        branches = []
        for term in below.get(parent, ()):
            if term.thing.name not in path:
                children = grow(term.thing.name, (*path, term.thing.name))
                own = counts.get(term.name, 0)
                branches.append(Branch(term, own, own + sum(child.total for child in children), children))
        return branches

    return grow("", ())
