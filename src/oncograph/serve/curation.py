"""Decisions of curators over HTTP: made at /curation/decisions, listed at /curation."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.concurrency import run_in_threadpool

from oncograph.errors import CurationError, OncographError, QueryError
from oncograph.graph.curation import target_of
from oncograph.graph.deciding import Change, catch_up, decide
from oncograph.graph.deciding import Request as Asked
from oncograph.graph.journal import ACTIONS, JOURNAL, Decision, Journal, find_undone
from oncograph.graph.terms import CLAIM
from oncograph.serve.access import find_refusal, may_write
from oncograph.serve.addresses import link_claim
from oncograph.serve.site import Site
from oncograph.serve.things import read_page

MOST_BYTES = 1 << 20
"""Size of a request."""
MOST_DECISIONS = 1_000
PAGE = 100
"""Decisions on one page of the list."""


@dataclass(frozen=True, slots=True)
class Line:
    """A decision as the list shows it."""

    id: str
    action: str
    words: str
    correction: str
    address: str
    target: str
    curator: str
    date: str
    comment: str
    undone: bool


def add_routes(app: FastAPI, site: Site) -> None:
    """Add the decisions to an application."""
    if catch_up(site.live.folder):
        site.live.look()

    @app.post("/curation/decisions", include_in_schema=False)
    async def take_decisions(request: Request) -> JSONResponse:
        refusal = find_refusal(request, site.settings)
        if refusal is not None:
            headers = {"www-authenticate": "Bearer"} if refusal[0] == 401 else None
            return JSONResponse({"detail": refusal[1]}, refusal[0], headers)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return JSONResponse({"detail": "send JSON, as application/json"}, 415)
        body = await _read_body(request)
        if body is None:
            return JSONResponse({"detail": f"a request may have {MOST_BYTES:,} bytes"}, 413)
        return await run_in_threadpool(_decide, site, body)

    @app.get("/curation", response_class=HTMLResponse)
    def list_decisions(
        request: Request, q: str = "", action: str = "", curator: str = "", page: str = ""
    ) -> HTMLResponse:
        decisions = Journal(site.live.folder / JOURNAL).read()
        lines = [line for line in _describe(decisions) if _matches(line, q, action, curator)]
        last = max(1, -(-len(lines) // PAGE))
        number = min(read_page(page), last)
        values = {
            "title": "Curation",
            "lines": lines[(number - 1) * PAGE : number * PAGE],
            "found": len(lines),
            "total": len(decisions),
            "actions": ACTIONS,
            "curators": sorted({decision.curator for decision in decisions}),
            "asked": {"q": q, "action": action, "curator": curator},
            "number": number,
            "last": last,
            "may_write": may_write(request, site.settings),
        }
        return site.show(request, "curation_list.html", values)


def _decide(site: Site, body: bytes) -> JSONResponse:
    try:
        curator, asked = _read_request(body)
        decisions = decide(site.live.folder, asked, curator=curator)
    except (CurationError, QueryError) as error:
        return JSONResponse({"detail": str(error)}, 400)
    except OncographError as error:
        return JSONResponse({"detail": str(error)}, 503)
    site.live.look()
    return JSONResponse({"decisions": [asdict(line) for line in _describe(decisions)]}, 201)


async def _read_body(request: Request) -> bytes | None:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return None
    return body


def _read_request(body: bytes) -> tuple[str, list[Asked]]:
    """Read who decides, and what.

    Raises:
        CurationError: The body is not as documented.
    """
    try:
        values = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CurationError(f"the request is no JSON ({type(error).__name__})") from error
    if not isinstance(values, dict) or not isinstance(values.get("curator"), str):
        raise CurationError('send {"curator": "your name", "decisions": [{"action": "accept", "claim": "claim:…"}]}')
    asked = values.get("decisions")
    if not isinstance(asked, list) or not 0 < len(asked) <= MOST_DECISIONS:
        raise CurationError(f"decisions: send a list of 1 to {MOST_DECISIONS:,}")
    return values["curator"], [_read_asked(one, number) for number, one in enumerate(asked)]


def _read_asked(values: Any, number: int) -> Asked:
    place = f"decisions[{number}]"
    _check_texts(values, {"action", "claim", "comment", "change"}, place, but="change")
    change = values.get("change", {})
    _check_texts(change, {field.name for field in fields(Change)}, f"{place}.change")
    if "action" not in values or "claim" not in values:
        raise CurationError(f"{place}: needs action and claim")
    return Asked(values["action"], values["claim"], values.get("comment", ""), Change(**change))


def _check_texts(values: Any, names: set[str], place: str, *, but: str = "") -> None:
    if not isinstance(values, dict):
        raise CurationError(f"{place}: is no object")
    for name, value in values.items():
        if name not in names:
            raise CurationError(f"{place}: has no {name[:40]!r}; it takes {', '.join(sorted(names))}")
        if name != but and not isinstance(value, str):
            raise CurationError(f"{place}.{name}: is no text")


def _describe(decisions: list[Decision]) -> list[Line]:
    """Give decisions as the list shows them, the last one first."""
    undone = find_undone(decisions)
    return [
        Line(
            id=decision.id,
            action=decision.action,
            words=decision.said.words,
            correction=decision.correction.words if decision.correction is not None else "",
            address=link_claim(decision.claim.removeprefix(CLAIM)),
            target=link_claim(target_of(decision).removeprefix(CLAIM)) if decision.correction is not None else "",
            curator=decision.curator,
            date=decision.date,
            comment=decision.comment,
            undone=decision.id in undone,
        )
        for decision in reversed(decisions)
    ]


def _matches(line: Line, text: str, action: str, curator: str) -> bool:
    found = f"{line.words} {line.correction} {line.comment}".casefold()
    return text.casefold().strip() in found and action in {"", line.action} and curator in {"", line.curator}
