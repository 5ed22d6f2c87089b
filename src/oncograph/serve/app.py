"""The server put together: every part with its routes, behind one guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from oncograph.serve import api, curation, explore, pages, query_page, review_page, search_page, sparql
from oncograph.serve.access import Door
from oncograph.serve.guard import Guard
from oncograph.serve.settings import Settings
from oncograph.serve.site import Site
from oncograph.serve.state import LiveGraph

PARTS = (sparql, api, query_page, explore, search_page, curation, review_page, pages)
"""Modules with `add_routes(app, site)`, and `running(site)` where something runs beside the requests."""


class Shortcut:
    """Answers some addresses without looking through the routes of all others, and HEAD wherever GET is answered."""

    def __init__(self, app: ASGIApp, direct: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._direct = direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = self._direct.get(scope["path"]) if scope["type"] == "http" else None
        if known is not None:
            await known(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] == "HEAD":  # as GET; the server sends no body
            await self._app({**scope, "method": "GET"}, receive, send)
        else:
            await self._app(scope, receive, send)


def make_app(live: LiveGraph, settings: Settings) -> FastAPI:
    """Make the application that serves a graph."""
    site = Site(live, settings)

    @asynccontextmanager
    async def run_parts(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in PARTS:
                if hasattr(part, "running"):
                    await stack.enter_async_context(part.running(site))
            yield

    app = FastAPI(
        title="oncograph",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=run_parts,
        middleware=[
            Middleware(Guard, settings=settings),
            Middleware(Door, settings=settings),
            Middleware(Shortcut, direct=site.direct),
        ],
    )
    # Browsers ask for it where an answer is no page that names its icon.
    app.add_route("/favicon.ico", lambda _: RedirectResponse("/static/icon.svg", 308), include_in_schema=False)
    app.mount("/static", StaticFiles(packages=[("oncograph.serve", "static")]), name="static")
    for part in PARTS:
        part.add_routes(app, site)
    return app
