"""The SPARQL 1.1 Protocol: queries at `/sparql`, graphs at `/graph-store`, and what describes the two."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import parse_qsl

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from oncograph.graph.service_description import describe_dataset, describe_service
from oncograph.graph.streaming import Question
from oncograph.serve import negotiation
from oncograph.serve.site import Site
from oncograph.serve.workers import Answer, RefusedError

LARGEST_REQUEST = 1 << 20
"""Bytes of a query that is posted."""
LONGEST_ADDRESS = 1 << 16
"""Bytes of the parameters in an address."""
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
_READ = ("GET", "HEAD", "POST")
_CHANGING = re.compile(r"\b(?:now|rand|uuid|struuid|service)\b", re.IGNORECASE)
_TEXT = {"text/csv", "text/tab-separated-values", "text/turtle", "text/plain", "text/xml", "application/x-turtle"}


def add_routes(app: FastAPI, site: Site) -> None:
    """Add the endpoint to an application."""
    app.router.routes.extend(
        [
            Route("/sparql", _Endpoint(site, _answer_query, _READ)),
            Route("/graph-store", _Endpoint(site, _answer_graph, ("GET", "HEAD"))),
            Route("/.well-known/void", _Endpoint(site, _answer_void, ("GET", "HEAD"))),
        ]
    )


@asynccontextmanager
async def running(site: Site) -> AsyncIterator[None]:
    """Keep the processes that answer queries while the server runs."""
    await site.workers.start()
    try:
        yield
    finally:
        await site.workers.stop()


@dataclass(frozen=True, slots=True)
class _Parameters:
    """What a request of the protocol asks; names may stand several times."""

    pairs: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...] | None:
        found = tuple(value for key, value in self.pairs if key == name)
        return found or None

    def one(self, name: str) -> str | None:
        found = self.all(name)
        if found and len(found) > 1:
            raise RefusedError(status=400, detail=f"the parameter {name} stands {len(found)} times; give it once")
        return found[0] if found else None

    def number(self, name: str) -> int | None:
        text = self.one(name)
        if text is not None and not re.fullmatch(r"\d{1,12}", text):
            raise RefusedError(status=400, detail=f"{name}={text[:40]} is not a number; write it like {name}=1000")
        return None if text is None else int(text)


@dataclass(frozen=True, slots=True)
class _Forms:
    """The form, and its media type, in which each kind of answer is given."""

    solutions: tuple[str, str] | None
    boolean: tuple[str, str] | None
    graph: tuple[str, str] | None

    def names(self) -> dict[str, str]:
        kinds = {"solutions": self.solutions, "boolean": self.boolean, "graph": self.graph}
        return {kind: form[0] for kind, form in kinds.items() if form is not None}

    def type_of(self, kind: str) -> str:
        form = getattr(self, kind)
        return form[1] if form else "application/octet-stream"


Work = Callable[[Site, Request], Awaitable[Response | None]]


class _Endpoint:
    """Answers one address: with what other sites may do, the methods there are, and errors in the form asked for."""

    def __init__(self, site: Site, work: Work, methods: tuple[str, ...]) -> None:
        self._site = site
        self._work = work
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        origin = _allowed_origin(request.headers.get("origin"), self._site.settings.origins)
        request.state.cors = _cors_headers(origin)
        if request.method == "OPTIONS":
            response: Response | None = self._preflight(request)
        elif request.method not in self._methods:
            detail = f"{request.method} is not done here; use {', '.join(self._methods)}"
            response = _refuse(request, RefusedError(status=405, detail=detail))
            response.headers["allow"] = ", ".join((*self._methods, "OPTIONS"))
        else:
            try:
                response = await self._work(self._site, request)
            except RefusedError as error:
                response = _refuse(request, error)
        if response is not None:
            response.headers.update(request.state.cors)
            await response(scope, receive, send)

    def _preflight(self, request: Request) -> Response:
        headers = {"allow": ", ".join((*self._methods, "OPTIONS"))}
        if "access-control-request-method" in request.headers and request.state.cors:
            headers |= {
                "access-control-allow-methods": ", ".join(self._methods),
                "access-control-allow-headers": "accept, content-type, if-none-match",
                "access-control-max-age": "600",
            }
        return Response(status_code=204, headers=headers)


async def _answer_query(site: Site, request: Request) -> Response | None:
    parameters = await _read_parameters(request)
    if parameters.all("update") is not None:
        raise RefusedError(status=400, detail="updates are not taken here; see /update")
    query = parameters.one("query")
    accept = request.headers.get("accept", "")
    if query is None:
        if request.method == "POST":
            raise RefusedError(status=400, detail="there is no query; give it as the parameter query")
        if parameters.one("format") is None and negotiation.prefers_pages(accept):
            return RedirectResponse("/query", 303, headers={"vary": "Accept"})
        return await _describe(site, request, parameters)
    forms = _choose_forms(parameters.one("format"), accept)
    question = Question(
        text=query,
        formats=forms.names(),
        default_graphs=_graphs(parameters, "default-graph-uri"),
        named_graphs=_graphs(parameters, "named-graph-uri"),
        union=_is_true(parameters, "union", default=True),
        rows=_row_limit(site.settings.rows, parameters.number("limit")),
        services=site.settings.services,
    )
    return await _send_query(site, request, question, forms)


async def _send_query(site: Site, request: Request, question: Question, forms: _Forms) -> Response | None:
    gzip = _takes_gzip(request.headers.get("accept-encoding", ""))
    tag = _tag(site.live.snapshot.id, question, gzip)
    if tag and _is_known(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers={"etag": tag, "vary": "Accept, Accept-Encoding"})
    try:
        answer = await site.workers.ask(question, gzip=gzip, gone=_gone(request))
        headers = {"oncograph-row-limit": str(question.rows)} if question.rows else {}
        if answer.said["cut"]:
            what = "triples" if answer.said["kind"] == "graph" else "rows"
            headers["oncograph-truncated"] = "true"
            headers["warning"] = f'299 oncograph "cut after {question.rows} {what}; there are more"'
        elif question.rows:
            headers["oncograph-truncated"] = "false"
        if tag:
            headers |= {"etag": tag, "cache-control": "no-cache"}
        else:
            headers["cache-control"] = "no-store"
        await _send_answer(request, answer, forms.type_of(answer.said["kind"]), headers)
    except RefusedError as error:
        if error.said["status"] == 499:
            return None
        raise
    return None


def _gone(request: Request) -> Callable[[], Awaitable[None]]:
    async def wait_until_gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    return wait_until_gone


async def _send_answer(request: Request, answer: Answer, type: str, headers: dict[str, str]) -> None:
    """Send an answer; one that breaks off after its head is ended without a valid end, so that nobody takes it for
    complete."""
    send = request._send
    head = {"content-type": _with_charset(type), "vary": "Accept, Accept-Encoding", **headers, **request.state.cors}
    if answer.said["gzip"]:
        head["content-encoding"] = "gzip"
    if answer.size is not None:
        head["content-length"] = str(answer.size)
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in head.items()]
    await send({"type": "http.response.start", "status": 200, "headers": raw})
    if answer.body is not None:
        await send({"type": "http.response.body", "body": answer.body})
        return
    try:
        async for part in answer.parts():
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except RefusedError:
        return
    finally:
        answer.close()


async def _answer_graph(site: Site, request: Request) -> Response | None:
    parameters = await _read_parameters(request)
    default, iri = parameters.one("default"), parameters.one("graph")
    if (default is None) == (iri is None):
        raise RefusedError(status=400, detail="say which graph: /graph-store?default or /graph-store?graph=IRI")
    if iri is not None:
        _check_iri(iri)
    forms = _choose_forms(parameters.one("format"), request.headers.get("accept", ""))
    if forms.graph is None:
        raise RefusedError(status=406, detail=_offered(negotiation.GRAPH))
    gzip = _takes_gzip(request.headers.get("accept-encoding", ""))
    tag = _digest(site.live.snapshot.id, "graph", iri, forms.graph, gzip)
    if _is_known(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers={"etag": tag, "vary": "Accept, Accept-Encoding"})
    answer = await site.workers.read_graph(iri, forms.graph[0], gzip=gzip, gone=_gone(request))
    await _send_answer(request, answer, forms.graph[1], {"etag": tag, "cache-control": "no-cache"})
    return None


async def _describe(site: Site, request: Request, parameters: _Parameters) -> Response:
    address = f"{request.url.scheme}://{request.headers.get('host', '')}/sparql"
    form = _graph_form(request, parameters)
    data = describe_service(site.live.snapshot.store, address, form[0], services=bool(site.settings.services))
    return _describe_response(data, form[1])


async def _answer_void(site: Site, request: Request) -> Response:
    address = f"{request.url.scheme}://{request.headers.get('host', '')}/sparql"
    form = _graph_form(request, await _read_parameters(request))
    return _describe_response(describe_dataset(site.live.snapshot.store, address, form[0]), form[1])


def _graph_form(request: Request, parameters: _Parameters) -> tuple[str, str]:
    forms = _choose_forms(parameters.one("format"), request.headers.get("accept", ""))
    if forms.graph is None:
        raise RefusedError(status=406, detail=_offered(negotiation.GRAPH))
    return forms.graph


def _describe_response(data: bytes, type: str) -> Response:
    return Response(data, headers={"content-type": _with_charset(type), "vary": "Accept"})


async def _read_parameters(request: Request) -> _Parameters:
    """Read what a request asks, by the three ways of the protocol.

    Raises:
        RefusedError: The request is too large, of another media type, or not UTF-8.
    """
    address = request.scope["query_string"]
    if len(address) > LONGEST_ADDRESS:
        raise RefusedError(status=414, detail=f"the address is longer than {LONGEST_ADDRESS} bytes; send it by POST")
    pairs = _parse(address)
    if request.method != "POST":
        return _Parameters(pairs)
    type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if type not in {FORM, QUERY}:
        detail = f"a query is posted as {FORM} or {QUERY}, not as {type or 'bytes without a Content-Type'}"
        raise RefusedError(status=415, detail=detail)
    body = await _read_body(request)
    if type == FORM:
        return _Parameters((*pairs, *_parse(body)))
    return _Parameters((*pairs, ("query", _decode(body))))


def _parse(data: bytes) -> tuple[tuple[str, str], ...]:
    try:
        pairs = parse_qsl(data.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except UnicodeDecodeError:
        raise RefusedError(status=400, detail="the parameters are not UTF-8, percent-encoded") from None
    except ValueError:
        raise RefusedError(status=400, detail="there are more than 100 parameters") from None
    return tuple(pairs)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError(status=400, detail=f"the query is not UTF-8 (byte {error.start + 1})") from None


async def _read_body(request: Request) -> bytes:
    too_large = RefusedError(status=413, detail=f"the query is larger than {LARGEST_REQUEST} bytes")
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > LARGEST_REQUEST:
        raise too_large
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > LARGEST_REQUEST:
            raise too_large
    return b"".join(parts)


@lru_cache(maxsize=256)
def _choose_forms(format: str | None, accept: str) -> _Forms:
    if format is not None:
        forms = [negotiation.name_form(offers, format) for offers in (negotiation.SOLUTIONS, negotiation.GRAPH)]
    else:
        forms = [negotiation.choose_form(offers, accept) for offers in (negotiation.SOLUTIONS, negotiation.GRAPH)]
    return _Forms(solutions=forms[0], boolean=forms[0], graph=forms[1])


def _graphs(parameters: _Parameters, name: str) -> tuple[str, ...] | None:
    iris = parameters.all(name)
    for iri in iris or ():
        _check_iri(iri)
    return iris


def _check_iri(iri: str) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*", iri):
        raise RefusedError(status=400, detail=f"{iri[:200]!r} is not an IRI; write it in full, without < and >")


def _is_true(parameters: _Parameters, name: str, *, default: bool) -> bool:
    text = parameters.one(name)
    if text is None:
        return default
    if text.lower() not in {"true", "false", "1", "0", ""}:
        raise RefusedError(status=400, detail=f"{name}={text[:40]} must be true or false")
    return text.lower() in {"true", "1", ""}


def _row_limit(most: int, wanted: int | None) -> int:
    """Give the most rows of an answer; a request may only lower what the server allows.

    >>> _row_limit(100, None), _row_limit(100, 10), _row_limit(100, 0), _row_limit(0, 10), _row_limit(0, None)
    (100, 10, 100, 10, 0)
    """
    if not wanted:
        return most
    return min(wanted, most) if most else wanted


def _tag(state: str, question: Question, gzip: bool) -> str:
    """Name an answer by all that decides on it; nothing for one that may differ each time."""
    if _CHANGING.search(question.text):
        return ""
    return _digest(state, question, gzip)


def _digest(*parts: object) -> str:
    return f'"{hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()}"'


def _is_known(header: str | None, tag: str) -> bool:
    known = [part.strip().removeprefix("W/") for part in (header or "").split(",")]
    return tag in known or "*" in known


def _takes_gzip(header: str) -> bool:
    """Tell whether an Accept-Encoding header takes gzip.

    >>> _takes_gzip("deflate, gzip;q=0.5"), _takes_gzip("gzip;q=0, *"), _takes_gzip("")
    (True, False, False)
    """
    weights = dict(negotiation.read_accept(header))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _allowed_origin(origin: str | None, origins: tuple[str, ...]) -> str | None:
    return "*" if "*" in origins else origin if origin in origins else None


def _cors_headers(origin: str | None) -> dict[str, str]:
    if origin is None:
        return {}
    exposed = "etag, link, oncograph-row-limit, oncograph-truncated, retry-after, warning"
    return {"access-control-allow-origin": origin, "access-control-expose-headers": exposed}


def _refuse(request: Request, error: RefusedError) -> Response:
    """Say what is wrong as text, or as problem details (RFC 9457) to those who ask for JSON."""
    said = dict(error.said)
    headers = {"cache-control": "no-store", "vary": "Accept"}
    if (retry := said.pop("retry", None)) is not None:
        headers["retry-after"] = str(retry)
    if said["status"] == 406:
        said["detail"] += f"; {_offered(negotiation.SOLUTIONS)}; {_offered(negotiation.GRAPH)}"
    if "json" not in request.headers.get("accept", ""):
        return PlainTextResponse(f"{said['detail']}\n", said["status"], headers)
    problem = {"type": "about:blank", "title": HTTPStatus(said["status"]).phrase, **said}
    return Response(json.dumps(problem), said["status"], headers, "application/problem+json")


def _offered(offers: negotiation.Offers) -> str:
    return f"offered are {', '.join(types[0] for types in offers.values())}"


def _with_charset(type: str) -> str:
    return f"{type}; charset=utf-8" if type in _TEXT else type
