"""Requests of the SPARQL protocol as they come from the network, and what is said to those that are refused.

These addresses are asked thousands of times a minute, so they are answered without the framework around the pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Message, Receive, Scope, Send

from oncograph.serve.workers import RefusedError

LARGEST_REQUEST = 1 << 20
"""Bytes of a query that is posted."""
LONGEST_ADDRESS = 1 << 16
"""Bytes of the parameters in an address."""
FORM = "application/x-www-form-urlencoded"

Headers = dict[str, str]
_EXPOSED = "etag, oncograph-row-limit, oncograph-truncated, retry-after, warning"
_TEXT = {"text/csv", "text/tab-separated-values", "text/turtle", "text/plain", "text/xml", "application/x-turtle"}


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a request asks; names may stand several times."""

    pairs: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...] | None:
        """Give all values of a parameter, None where it does not stand."""
        return tuple(value for key, value in self.pairs if key == name) or None

    def one(self, name: str) -> str | None:
        """Give the value of a parameter that may stand once."""
        found = [value for key, value in self.pairs if key == name]
        if len(found) > 1:
            raise RefusedError(status=400, detail=f"the parameter {name} stands {len(found)} times; give it once")
        return found[0] if found else None

    def number(self, name: str) -> int | None:
        """Give the value of a parameter that is a whole number."""
        text = self.one(name)
        if text is not None and not re.fullmatch(r"[0-9]{1,12}", text):
            raise RefusedError(status=400, detail=f"{name}={text[:40]} is not a number; write it like {name}=1000")
        return None if text is None else int(text)

    def truth(self, name: str, *, default: bool) -> bool:
        """Give the value of a parameter that is true or false."""
        text = self.one(name)
        if text is None:
            return default
        if text.lower() not in {"true", "false", "1", "0"}:
            raise RefusedError(status=400, detail=f"{name}={text[:40]} must be true or false")
        return text.lower() in {"true", "1"}

    def iris(self, name: str) -> tuple[str, ...] | None:
        """Give all values of a parameter that are IRIs."""
        found = self.all(name)
        for iri in found or ():
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`\x7f]*", iri):
                detail = f"{name}={iri[:200]} is not an IRI; write it in full, without < and >"
                raise RefusedError(status=400, detail=detail)
        return found


class Call:
    """One request.

    Attributes:
        headers: By name in small letters; the values of one that stands several times are joined by commas.
        cors: Headers that let the scripts of other web sites read the answer, where they may.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, origins: Sequence[str]) -> None:
        self.method: str = scope["method"]
        self.scheme: str = scope["scheme"]
        self._query: bytes = scope["query_string"]
        self._receive = receive
        self._send = send
        self.headers: Headers = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            self.headers[name] = f"{self.headers[name]}, {value}" if name in self.headers else value
        self.cors = _allow_origin(self.headers.get("origin"), origins)

    @property
    def accept(self) -> str:
        """What forms the asker likes."""
        return self.headers.get("accept", "")

    @property
    def address(self) -> str:
        """The server's address as the asker knows it."""
        return f"{self.scheme}://{self.headers.get('host', '')}"

    async def read(self, kinds: dict[str, str]) -> Parameters:
        """Read the parameters from the address and from a posted body.

        Args:
            kinds: By media type the parameter that a body of this type is the value of.

        Raises:
            RefusedError: The request is too large, of another media type, or not UTF-8.
        """
        if len(self._query) > LONGEST_ADDRESS:
            limit = f"the address is longer than {LONGEST_ADDRESS} bytes"
            raise RefusedError(status=414, detail=f"{limit}; send the query by POST")
        pairs = _parse(self._query)
        if self.method != "POST":
            return Parameters(pairs)
        type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if type != FORM and type not in kinds:
            named = type or "bytes without a Content-Type"
            raise RefusedError(status=415, detail=f"send {' or '.join([FORM, *kinds])}, not {named}")
        body = await self._read_body()
        if type == FORM:
            return Parameters((*pairs, *_parse(body)))
        return Parameters((*pairs, (kinds[type], _decode(body))))

    async def wait_until_gone(self) -> None:
        """Return when nobody waits for the answer any more."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def send(self, status: int, headers: Headers, body: bytes = b"") -> None:
        """Send a whole answer."""
        headers["content-length"] = str(len(body))
        await self.send_head(status, headers)
        await self._send({"type": "http.response.body", "body": body})

    async def send_head(self, status: int, headers: Headers) -> None:
        """Begin an answer."""
        headers |= self.cors
        raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    async def send_part(self, data: bytes, *, more: bool = True) -> None:
        """Go on with an answer."""
        message: Message = {"type": "http.response.body", "body": data, "more_body": more}
        await self._send(message)

    async def _read_body(self) -> bytes:
        too_large = RefusedError(status=413, detail=f"the request is larger than {LARGEST_REQUEST} bytes")
        length = self.headers.get("content-length", "")
        if length.isdigit() and int(length) > LARGEST_REQUEST:
            raise too_large
        body = b""
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise RefusedError(status=499, detail="the asker has gone")
            body += message.get("body", b"")
            if len(body) > LARGEST_REQUEST:
                raise too_large
            if not message.get("more_body"):
                return body


class Endpoint:
    """Answers at one address: its methods, what other web sites may do, and errors in the form that is asked for.

    Args:
        methods: All it takes besides OPTIONS.
        origins: Web sites whose scripts may read its answers; `*` is all.
    """

    def __init__(
        self, work: Callable[[Call], Awaitable[None]], methods: Sequence[str], *, origins: Sequence[str] = ()
    ) -> None:
        self._work = work
        self._methods = methods
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(scope, receive, send, self._origins)
        try:
            if call.method in self._methods:
                await self._work(call)
            elif call.method == "OPTIONS":
                await call.send(204, self._say_what_is_allowed(call))
            else:
                detail = f"{call.method} is not done here; use {', '.join(self._methods)}"
                await refuse(call, RefusedError(status=405, detail=detail), {"allow": self._allow})
        except RefusedError as error:
            if error.said["status"] != 499:
                await refuse(call, error, {})

    @property
    def _allow(self) -> str:
        return ", ".join([*self._methods, "OPTIONS"])

    def _say_what_is_allowed(self, call: Call) -> Headers:
        headers = {"allow": self._allow}
        if "access-control-request-method" in call.headers and call.cors:
            headers["access-control-allow-methods"] = ", ".join(self._methods)
            headers["access-control-allow-headers"] = "accept, content-type, if-none-match"
            headers["access-control-max-age"] = "600"
        return headers


async def refuse(call: Call, error: RefusedError, headers: Headers) -> None:
    """Say what is wrong: as text, or as problem details (RFC 9457) to those who ask for JSON."""
    said: dict[str, Any] = dict(error.said)
    headers = {**headers, "cache-control": "no-store", "vary": "Accept"}
    if said["status"] == 401:
        headers["www-authenticate"] = "Bearer"
    if (retry := said.pop("retry", None)) is not None:
        headers["retry-after"] = str(retry)
    if "json" in call.accept:
        problem = {"type": "about:blank", "title": HTTPStatus(said["status"]).phrase, **said}
        headers["content-type"] = "application/problem+json"
        await call.send(said["status"], headers, json.dumps(problem).encode())
        return
    headers["content-type"] = "text/plain; charset=utf-8"
    await call.send(said["status"], headers, f"{said['detail']}\n".encode())


def with_charset(type: str) -> str:
    """Add the encoding to the media types that do not have their own way to say it."""
    return f"{type}; charset=utf-8" if type in _TEXT else type


def _parse(data: bytes) -> tuple[tuple[str, str], ...]:
    if not data:
        return ()
    try:
        text = data.decode("utf-8")
        return tuple(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100))
    except UnicodeDecodeError:
        raise RefusedError(status=400, detail="the parameters are not UTF-8, percent-encoded") from None
    except ValueError:
        raise RefusedError(status=400, detail="there are more than 100 parameters") from None


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError(status=400, detail=f"the text is not UTF-8 (byte {error.start + 1})") from None


def _allow_origin(origin: str | None, origins: Sequence[str]) -> Headers:
    if "*" in origins:
        return {"access-control-allow-origin": "*", "access-control-expose-headers": _EXPOSED}
    if origin is not None and origin in origins:
        return {"access-control-allow-origin": origin, "access-control-expose-headers": _EXPOSED, "vary": "Origin"}
    return {}
