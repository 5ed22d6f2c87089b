"""Pages for people: the start page, entities, claims, documents and the ontology."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from oncograph.serve.site import Site


def add_routes(app: FastAPI, site: Site) -> None:
    """Add the pages to an application."""

    @app.get("/", response_class=HTMLResponse)
    def start(request: Request) -> HTMLResponse:
        return site.show(request, "start.html", {"title": "oncograph"})
