"""Files of a build that may be fetched whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from oncograph.graph.overview import list_licences
from oncograph.publish import FORMATS
from oncograph.serve import things
from oncograph.serve.negotiation import is_known
from oncograph.serve.resources import list_forms
from oncograph.serve.site import Site

FILES = {
    "graph.ttl": ("text/turtle", "The graph as Turtle: entities, claims, evidence"),
    "graph.trig": ("application/trig", "The same with named graphs: one a document, one for what is inferred"),
    "graph.nt": ("application/n-triples", "The same as N-Triples"),
    "graph.nq": ("application/n-quads", "The same as N-Quads, with named graphs"),
    "graph.jsonld": ("application/ld+json", "The same as JSON-LD, with named graphs"),
    "graph.rdf": ("application/rdf+xml", "The same as RDF/XML"),
    "graph.graphml": ("application/graphml+xml", "Entities and claims for Cytoscape, yEd and igraph"),
    "graph.gexf": ("application/gexf+xml", "Entities and claims for Gephi"),
    "graph.html": ("text/html", "The graph as one page that works without a server"),
    "report.md": ("text/markdown", "What was read, and what could not be"),
    "report.json": ("application/json", "The same for programs"),
}
"""Names of a folder that may be fetched, with media type and what they are; nothing else in it is given out."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that is there.

    Attributes:
        digest: SHA-256 of its bytes.
    """

    name: str
    path: Path
    media_type: str
    what: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class _State:
    """A file as it was when it was looked at."""

    path: Path
    changed: int
    size: int


def add_routes(app: FastAPI, site: Site) -> None:
    """Add the page of downloads, and the files."""

    @app.get("/downloads", response_class=HTMLResponse)
    def show_downloads(request: Request) -> Response:
        values = {
            "title": "Downloads",
            "offers": list(_list_offers(site.live.folder)),
            "licences": list_licences(site.live.snapshot.store),
            "ontology_forms": list_forms("/ontology"),
            "formats": [
                form for form in FORMATS.values() if f"graph{form.extension}" not in ("graph.ttl", "graph.trig")
            ],
        }
        return site.show(request, "downloads.html", values)

    @app.get("/downloads/{name}")
    def download(request: Request, name: str) -> Response:
        offer = _find_offer(site.live.folder, name)
        if offer is None:
            return things.say_missing(request, site, name, message=f"There is no file {name} to download.")
        headers = {"etag": f'"{offer.digest[:32]}"', "cache-control": "no-cache"}
        if "*" in site.settings.origins:
            headers["access-control-allow-origin"] = "*"
        if is_known(request.headers.get("if-none-match", ""), headers["etag"]):
            return Response(status_code=304, headers=headers)
        return FileResponse(offer.path, filename=name, media_type=offer.media_type, headers=headers)


def _list_offers(folder: Path) -> Iterator[Offer]:
    for name in FILES:
        offer = _find_offer(folder, name)
        if offer is not None:
            yield offer


def _find_offer(folder: Path, name: str) -> Offer | None:
    """Find a file that may be fetched, if it was written and is no link to elsewhere."""
    path = folder / name
    if name not in FILES or path.is_symlink() or not path.is_file():
        return None
    state = path.stat()
    media_type, what = FILES[name]
    return Offer(name, path, media_type, what, state.st_size, _digest(_State(path, state.st_mtime_ns, state.st_size)))


@lru_cache(maxsize=64)
def _digest(state: _State) -> str:
    """Give the SHA-256 of a file, read once for each state of it."""
    with state.path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
