"""The explorer: the graph drawn from a search or its best-connected part, grown by its reader, or whole."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
import threading
import zlib
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

from fastapi import Body, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field

from oncograph.errors import OncographError
from oncograph.graph.drawing import MOST_DRAWN, Drawing, count_around, draw, list_claims_of, read_whole
from oncograph.graph.snapshots import Snapshot
from oncograph.publish.view.layout import Box, join_in, lay_out, lay_out_around, slip_in, spread
from oncograph.serve.addresses import link_entity
from oncograph.serve.negotiation import takes_gzip
from oncograph.serve.site import Site

NOT_KEPT = {"cache-control": "no-store"}
_FAR = 1_000_000.0
_ROOM = Box(24, 34)
_ENOUGH = 0.9
_MANY = 3000

Coordinate = Annotated[float, Field(ge=-_FAR, le=_FAR)]
Name = Annotated[str, Field(max_length=2000)]


class Asked(BaseModel):
    """What to draw: entities that are shown already, with their places, and what to add.

    Attributes:
        tidy: Everything is placed anew around what has a place.
    """

    names: list[Name] = Field(default=[], max_length=MOST_DRAWN)
    places: dict[Name, tuple[Coordinate, Coordinate]] = Field(default={}, max_length=MOST_DRAWN)
    around: Name = ""
    predicate: Name = ""
    inverse: bool | None = None
    document: Name = ""
    most: int = Field(default=12, ge=0, le=500)
    tidy: bool = False


class Centre(BaseModel):
    """An entity, and what is drawn already."""

    name: Name
    names: list[Name] = Field(default=[], max_length=MOST_DRAWN)


def add_routes(app: FastAPI, site: Site) -> None:
    """Add the explorer to an application."""
    whole = _Whole(site)

    @app.get("/explore", response_class=HTMLResponse)
    def show_explorer(request: Request) -> HTMLResponse:
        return site.show(request, "explore.html", {"title": "Explore", "page": "explore", "most": MOST_DRAWN})

    @app.post("/explore/drawing")
    def give_drawing(asked: Annotated[Asked, Body()]) -> JSONResponse:
        """Give entities with their places and the claims between them; what has a place stays there."""
        snapshot = site.live.snapshot
        try:
            drawing = draw(
                snapshot.index,
                snapshot.store,
                asked.names,
                around=asked.around,
                predicate=asked.predicate,
                inverse=asked.inverse,
                document=asked.document,
                most=asked.most,
            )
        except OncographError as error:
            return _refuse(str(error))
        nodes = [
            asdict(entity) | {"path": link_entity(entity.iri), "x": x, "y": y}
            for entity, (x, y) in zip(drawing.entities, _place(drawing, asked), strict=True)
        ]
        claims = [asdict(claim) for claim in drawing.claims]
        return JSONResponse({"nodes": nodes, "claims": claims, "found": drawing.found}, headers=NOT_KEPT)

    @app.post("/explore/around")
    def give_counts(centre: Annotated[Centre, Body()]) -> JSONResponse:
        """Count the neighbours of an entity by relation, and how many of them are drawn already."""
        snapshot = site.live.snapshot
        try:
            found = count_around(snapshot.index, snapshot.store, centre.name, centre.names)
        except OncographError as error:
            return _refuse(str(error))
        return JSONResponse(asdict(found) | {"path": link_entity(found.iri)}, headers=NOT_KEPT)

    @app.get("/explore/document")
    def give_claims_of(name: Annotated[str, Query(max_length=2000)]) -> JSONResponse:
        """Give the claims of a document with their sides, to filter by."""
        snapshot = site.live.snapshot
        try:
            return JSONResponse(asdict(list_claims_of(snapshot.index, snapshot.store, name)), headers=NOT_KEPT)
        except OncographError as error:
            return _refuse(str(error))

    @app.get("/explore/whole")
    def give_whole(request: Request) -> Response:
        """Give all entities that claims join, in columns, with places; laid out once for each state of the graph."""
        body = whole.give(site.live.snapshot)
        headers = {"cache-control": "no-cache", "vary": "accept-encoding"}
        if takes_gzip(request.headers.get("accept-encoding", "")):
            return Response(body, media_type="application/json", headers=headers | {"content-encoding": "gzip"})
        return Response(gzip.decompress(body), media_type="application/json", headers=headers)


def _place(drawing: Drawing, asked: Asked) -> list[tuple[int, int]]:
    at = {entity.name: place for place, entity in enumerate(drawing.entities)}
    boxes = [Box(_ROOM.width + 6.4 * min(len(entity.label), 26), _ROOM.height) for entity in drawing.entities]
    links = [(at[claim.start], at[claim.end], 1.0) for claim in drawing.claims]
    given = [_round(asked.places.get(entity.name)) for entity in drawing.entities]
    if not any(given):
        return lay_out(boxes, links)
    found = lay_out_around(given, boxes, links) if asked.tidy else join_in(given, boxes, links)
    return [kept or place for kept, place in zip(given, found, strict=True)]


class _Whole:
    """The whole graph laid out, kept beside the store so that a server that starts again has it at once."""

    def __init__(self, site: Site) -> None:
        self._folder = site.live.folder
        self._lock = threading.Lock()
        self._kept: tuple[str, bytes] = ("", b"")

    def give(self, snapshot: Snapshot) -> bytes:
        """Give the columns as compressed JSON; who asks while they are made waits for the same answer."""
        with self._lock:
            if self._kept[0] != snapshot.id:
                self._kept = (snapshot.id, self._read(self._place(snapshot)) or self._make(snapshot))
            return self._kept[1]

    def _place(self, snapshot: Snapshot) -> Path:
        return self._folder / f".explorer-{snapshot.id}.json.gz"

    def _read(self, path: Path) -> bytes:
        try:
            body = path.read_bytes()
            gzip.decompress(body)
        except (OSError, EOFError, zlib.error):
            return b""
        return body

    def _make(self, snapshot: Snapshot) -> bytes:
        columns = _place_apart(read_whole(snapshot.index, snapshot.store), self._read_places())
        body = gzip.compress(json.dumps(columns, separators=(",", ":")).encode(), compresslevel=6, mtime=0)
        self._write(snapshot, body)
        return body

    def _read_places(self) -> dict[str, tuple[int, int]]:
        """Give the places of an earlier state."""
        bodies = (self._kept[1], *(self._read(path) for path in sorted(self._folder.glob(".explorer-*.json.gz"))))
        for body in filter(None, bodies):
            try:
                nodes = json.loads(gzip.decompress(body))["nodes"]
                return dict(zip(nodes["name"], zip(nodes["x"], nodes["y"], strict=True), strict=True))
            except (KeyError, TypeError, ValueError):
                continue
        return {}

    def _write(self, snapshot: Snapshot, body: bytes) -> None:
        """Keep the layout in place of older ones; a folder that cannot be written to is left as it is."""
        try:
            handle, name = tempfile.mkstemp(prefix=".explorer-", dir=self._folder)
            with os.fdopen(handle, "wb") as file:
                file.write(body)
            for old in self._folder.glob(".explorer-*.json.gz"):
                old.unlink(missing_ok=True)
            Path(name).replace(self._place(snapshot))
        except OSError:
            return


def _place_apart(columns: dict[str, Any], known: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    """Place all nodes; where that takes long, in a process of its own, so that other answers do not wait."""
    if len(columns["nodes"]["name"]) < _MANY:
        return place_all(columns, known)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(place_all, columns, known).result()


def place_all(columns: dict[str, Any], known: Mapping[str, tuple[int, int]] | None = None) -> dict[str, Any]:
    """Add the places of all nodes to the columns of a whole graph.

    Args:
        known: Places of an earlier state, by name; where nine in ten entities have one, nothing moves, so that a
            curator's decision does not lay the graph out anew.
    """
    edges, names = columns["edges"], columns["nodes"]["name"]
    links = [(a, b, 1.0) for a, b in zip(edges["from"], edges["to"], strict=True)]
    given = [(known or {}).get(name) for name in names]
    if sum(place is not None for place in given) >= _ENOUGH * len(names) > 0:
        places = slip_in(given, links)
    else:
        places = spread(len(names), links)
    columns["nodes"] |= {"x": [x for x, _ in places], "y": [y for _, y in places]}
    return columns


def _round(place: tuple[float, float] | None) -> tuple[int, int] | None:
    return (round(place[0]), round(place[1])) if place else None


def _refuse(message: str) -> JSONResponse:
    return JSONResponse({"detail": message}, status_code=404, headers=NOT_KEPT)
