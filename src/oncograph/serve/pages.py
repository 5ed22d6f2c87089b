"""Pages for people: the start page, entities, claims, documents and the ontology."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse

from oncograph.serve.site import Site

TOLD_TO_KEEP = {"cache-control": "no-cache"}


def add_routes(app: FastAPI, site: Site) -> None:
    """Add the pages to an application."""

    @app.get("/", response_class=HTMLResponse)
    def start(request: Request) -> HTMLResponse:
        return site.show(request, "start.html", {"title": "oncograph"})

    @app.get("/classes.json")
    def give_looks() -> JSONResponse:
        return JSONResponse({name: asdict(look) for name, look in site.looks.items()}, headers=TOLD_TO_KEEP)
