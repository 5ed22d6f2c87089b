"""Pages for people about the graph as a whole: the start, the documents."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from oncograph.graph.overview import list_things
from oncograph.serve import api, downloads, things
from oncograph.serve.negotiation import prefers_pages
from oncograph.serve.site import Site

A_PAGE = 50
TOLD_TO_ASK = {"cache-control": "no-cache"}


def add_routes(app: FastAPI, site: Site) -> None:
    """Add the pages to an application."""

    @app.get("/", response_class=HTMLResponse)
    def start(request: Request) -> Response:
        return site.show(request, "start.html", {"title": "oncograph", "overview": site.overview})

    @app.get("/documents", response_class=HTMLResponse)
    def show_documents(request: Request, filter: str = "", page: str = "") -> Response:
        number = things.read_page(page)
        index = site.live.snapshot.index
        found = list_things(index, "document", skip=(number - 1) * A_PAGE, most=A_PAGE + 1, containing=filter[:200])
        values = {
            "title": "Documents",
            "documents": found[:A_PAGE],
            "filter": filter,
            "page_number": number,
            "more": len(found) > A_PAGE,
        }
        return site.show(request, "documents.html", values)

    @app.get("/classes.json")
    def give_looks() -> JSONResponse:
        return JSONResponse({name: asdict(look) for name, look in site.looks.items()}, headers=TOLD_TO_ASK)

    @app.exception_handler(404)
    def say_not_found(request: Request, error: Exception) -> Response:
        if request.scope["path"].startswith("/api/"):  # with a line break, so that no route takes it
            return api.say_problem(404, "there is no such address; /api/ lists them all")
        if prefers_pages(request.headers.get("accept", "")):
            return things.say_missing(request, site, request.url.path)
        detail = error.detail if isinstance(error, HTTPException) else "Not Found"
        return PlainTextResponse(f"{detail}\n", 404)

    downloads.add_routes(app, site)
    things.add_routes(app, site)
