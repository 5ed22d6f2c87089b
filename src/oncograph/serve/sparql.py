"""The SPARQL 1.1 Protocol: queries at `/sparql`, whole graphs at `/graph-store`, and what describes the two.

How many rows an answer may have is decided before its first byte leaves: where `Settings.rows` is a limit, an answer is
sent when it is complete, and its head says truly whether rows were left out. Without a limit a large answer is sent
while it is evaluated; if its query is stopped then, the connection is closed without a valid end.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache, partial

from fastapi import FastAPI

from oncograph.graph.service_description import describe_dataset, describe_service
from oncograph.graph.streaming import Question
from oncograph.serve import negotiation
from oncograph.serve.protocol import Call, Endpoint, Headers, Parameters, with_charset
from oncograph.serve.site import Site
from oncograph.serve.workers import Answer, RefusedError, Request

Form = tuple[str, str]
_BODIES = {"application/sparql-query": "query"}
_CHANGING = re.compile(r"now|rand|uuid|service", re.IGNORECASE)
_OFFERS = (negotiation.SOLUTIONS, negotiation.GRAPH)
_VARY = "Accept, Accept-Encoding"


def add_routes(app: FastAPI, site: Site) -> None:  # noqa: ARG001
    """Add the endpoint to an application."""
    origins = site.settings.origins
    site.direct["/sparql"] = Endpoint(partial(_answer_query, site), ["GET", "HEAD", "POST"], origins=origins)
    site.direct["/graph-store"] = Endpoint(partial(_answer_graph, site), ["GET", "HEAD"], origins=origins)
    site.direct["/.well-known/void"] = Endpoint(partial(_answer_void, site), ["GET", "HEAD"], origins=origins)
    if site.settings.updates and site.settings.token:
        site.direct["/update"] = Endpoint(partial(_update, site), ["POST"])


@asynccontextmanager
async def running(site: Site) -> AsyncIterator[None]:
    """Keep the processes that answer queries while the server runs."""
    await site.workers.start()
    try:
        yield
    finally:
        await site.workers.stop()


@dataclass(frozen=True, slots=True)
class _Forms:
    """The form, and its media type, in which each kind of answer is given."""

    table: Form | None
    graph: Form | None

    def names(self) -> dict[str, str]:
        table = {"solutions": self.table[0], "boolean": self.table[0]} if self.table else {}
        return table | ({"graph": self.graph[0]} if self.graph else {})

    def type_of(self, kind: str) -> str:
        form = self.graph if kind == "graph" else self.table
        return with_charset(form[1]) if form else ""


async def _answer_query(site: Site, call: Call) -> None:
    parameters = await call.read(_BODIES)
    query = parameters.one("query")
    if query is None:
        await _answer_without_query(site, call, parameters)
        return
    forms = _choose_forms(parameters.one("format"), call.accept)
    question = Question(
        text=query,
        formats=forms.names(),
        default_graphs=parameters.iris("default-graph-uri"),
        named_graphs=parameters.iris("named-graph-uri"),
        union=parameters.truth("union", default=True),
        rows=_limit_rows(site.settings.rows, parameters.number("limit")),
        services=site.settings.services,
    )
    request = Request.for_question(question, gzip=negotiation.takes_gzip(call.headers.get("accept-encoding", "")))
    headers: Headers = {"oncograph-row-limit": str(question.rows)} if question.rows else {}
    try:
        await _send_answer(site, call, request, forms, headers, lasting=not _CHANGING.search(query))
    except RefusedError as error:
        if error.said["status"] == 406:
            error.said["detail"] += f"; offered are {_offered(negotiation.SOLUTIONS)} for tables"
            error.said["detail"] += f" and {_offered(negotiation.GRAPH)} for triples"
        raise


async def _answer_without_query(site: Site, call: Call, parameters: Parameters) -> None:
    if parameters.all("update") is not None:
        raise RefusedError(status=400, detail="this address answers queries only; updates go to /update")
    if call.method == "POST":
        raise RefusedError(status=400, detail="there is no query; give it as the parameter query")
    if parameters.one("format") is None and negotiation.prefers_pages(call.accept):
        await call.send(303, {"location": "/query", "vary": "Accept"})
        return
    form = _graph_form(call, parameters)
    store = site.live.snapshot.store
    services = bool(site.settings.services)
    data = describe_service(store, f"{call.address}/sparql", form[0], services=services, updates=site.settings.updates)
    await call.send(200, {"content-type": with_charset(form[1]), "vary": "Accept"}, data)


async def _answer_void(site: Site, call: Call) -> None:
    form = _graph_form(call, await call.read({}))
    data = describe_dataset(site.live.snapshot.store, f"{call.address}/sparql", form[0])
    await call.send(200, {"content-type": with_charset(form[1]), "vary": "Accept"}, data)


async def _answer_graph(site: Site, call: Call) -> None:
    """Give a whole graph, by the Graph Store Protocol; no limit of rows cuts it."""
    parameters = await call.read({})
    default, iris = parameters.one("default"), parameters.iris("graph")
    if (default is None) == (iris is None) or len(iris or "1") > 1:
        raise RefusedError(status=400, detail="say which graph: /graph-store?default or /graph-store?graph=IRI")
    form = _graph_form(call, parameters)
    gzip = negotiation.takes_gzip(call.headers.get("accept-encoding", ""))
    request = Request.for_graph(iris[0] if iris else None, form[0], gzip=gzip)
    await _send_answer(site, call, request, _Forms(None, form), {}, lasting=True)


async def _update(site: Site, call: Call) -> None:
    """Change the graph, for those who have the token."""
    _require_token(call, site.settings.token)
    parameters = await call.read({"application/sparql-update": "update"})
    text = parameters.one("update")
    if text is None:
        raise RefusedError(status=400, detail="there is no update; give it as the parameter update")
    if parameters.all("using-graph-uri") or parameters.all("using-named-graph-uri"):
        raise RefusedError(status=400, detail="using-graph-uri is not known here; write USING in the update")
    await site.workers.update(text)
    await call.send(204, {})


def _require_token(call: Call, token: str) -> None:
    scheme, _, given = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secrets.compare_digest(given.strip().encode(), token.encode()):
        detail = "to write, send the token that the server was started with: Authorization: Bearer TOKEN"
        raise RefusedError(status=401, detail=detail)


async def _send_answer(
    site: Site, call: Call, request: Request, forms: _Forms, headers: Headers, *, lasting: bool
) -> None:
    """Answer a request; one whose answer is known to the asker is not evaluated.

    Args:
        lasting: Whether the answer stays the same as long as the graph does.
    """
    tag = _tag(site.live.snapshot.id, request)
    if lasting and negotiation.is_known(call.headers.get("if-none-match", ""), tag):
        await call.send(304, {"etag": tag, "vary": _VARY})
        return
    answer = await site.workers.run(request, lasting=lasting, gone=call.wait_until_gone)
    said, tag = answer.said, _tag(answer.state, request)
    headers |= {"content-type": forms.type_of(said["kind"]), "vary": _VARY}
    headers |= {"etag": tag, "cache-control": "no-cache"} if lasting else {"cache-control": "no-store"}
    if "oncograph-row-limit" in headers:
        headers["oncograph-truncated"] = "true" if said["cut"] else "false"
    if said["cut"]:
        what = "triples" if said["kind"] == "graph" else "rows"
        headers["warning"] = f'299 oncograph "cut after {headers["oncograph-row-limit"]} {what}; there are more"'
    if said["gzip"]:
        headers["content-encoding"] = "gzip"
    if answer.body is not None:
        await call.send(200, headers, answer.body)
    else:
        await _send_parts(call, answer, headers)


async def _send_parts(call: Call, answer: Answer, headers: Headers) -> None:
    """Send a large answer; one that breaks off gets no valid end, so that nobody takes it for complete."""
    if answer.size is not None:
        headers["content-length"] = str(answer.size)
    try:
        await call.send_head(200, headers)
        async for part in answer.parts():
            await call.send_part(part)
        await call.send_part(b"", more=False)
    except RefusedError:
        return
    finally:
        answer.close()


def _tag(state: str, request: Request) -> str:
    """Name an answer by the state of the graph and by all that decides on it."""
    return f'"{state}-{request.key.hex()}"'


def _graph_form(call: Call, parameters: Parameters) -> Form:
    form = _choose_forms(parameters.one("format"), call.accept).graph
    if form is None:
        raise RefusedError(status=406, detail=f"offered are {_offered(negotiation.GRAPH)}")
    return form


@lru_cache(maxsize=256)
def _choose_forms(format: str | None, accept: str) -> _Forms:
    if format is not None:
        return _Forms(*(negotiation.name_form(offers, format) for offers in _OFFERS))
    return _Forms(*(negotiation.choose_form(offers, accept) for offers in _OFFERS))


def _limit_rows(most: int, wanted: int | None) -> int:
    """Give the most rows of an answer; a request may only lower what the server allows.

    >>> _limit_rows(100, None), _limit_rows(100, 10), _limit_rows(100, 0), _limit_rows(0, 10), _limit_rows(0, None)
    (100, 10, 100, 10, 0)
    """
    if not wanted:
        return most
    return min(wanted, most) if most else wanted


def _offered(offers: negotiation.Offers) -> str:
    return ", ".join(types[0] for types in offers.values())
