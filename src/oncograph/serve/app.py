"""The server put together: every part with its routes, behind one guard."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from oncograph.serve import pages
from oncograph.serve.guard import Guard
from oncograph.serve.settings import Settings
from oncograph.serve.site import Site
from oncograph.serve.state import LiveGraph

PARTS = (pages,)
"""Modules with `add_routes(app, site)`."""


def make_app(live: LiveGraph, settings: Settings) -> FastAPI:
    """Make the application that serves a graph."""
    site = Site(live, settings)
    app = FastAPI(
        title="oncograph",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[Middleware(Guard, settings=settings)],
    )
    app.mount("/static", StaticFiles(packages=[("oncograph.serve", "static")]), name="static")
    for part in PARTS:
        part.add_routes(app, site)
    return app
