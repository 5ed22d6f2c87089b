"""A SPARQL endpoint on the network: requests with credentials, time limits and patience."""

from __future__ import annotations

import netrc
import os
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from random import uniform
from urllib.parse import urlsplit

import httpx2

from oncograph.errors import StoreError

USER, PASSWORD, TOKEN = "ONCOGRAPH_STORE_USER", "ONCOGRAPH_STORE_PASSWORD", "ONCOGRAPH_STORE_TOKEN"
"""Environment variables of the credentials; without them the .netrc file is asked."""
PASSING = frozenset({408, 425, 429, 502, 503, 504})
"""Answers that may be others a moment later."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SHOWN = 300  # characters of what a server says of an error
_LONGEST_PAUSE = 300.0
_HINTS = {
    401: f"set {USER} and {PASSWORD}, or {TOKEN}, or put the server into ~/.netrc",
    403: "these credentials may not do this; give others, or allow it on the server",
    404: "there is nothing at this address; give the address of a SPARQL endpoint (--store, --update-url)",
    405: "this address does not take such requests; give the address for updates with --update-url",
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an endpoint is waited for.

    Attributes:
        timeout: Most seconds for one request.
        tries: How often it is sent, all in all.
        pause: Seconds before it is sent again, doubled each time, unless the server says when.
    """

    timeout: float = 60.0
    tries: int = 8
    pause: float = 0.5


@dataclass(frozen=True, slots=True)
class Address:
    """Where an endpoint is.

    Attributes:
        query, update: URLs; they may be the same.
        default_graph: IRI of the graph that stands for the default graph, where the store has none for updates.
    """

    query: str
    update: str
    default_graph: str = ""

    @classmethod
    def of(cls, url: str, *, update: str = "", default_graph: str = "") -> Address:
        """Give the address of an endpoint, the URL for updates as the known servers name it unless it is given.

        Raises:
            StoreError: It is no http or https address, or there is a password in it.

        >>> Address.of("http://localhost:7878/query").update
        'http://localhost:7878/update'
        >>> Address.of("http://localhost:7200/repositories/onco").update
        'http://localhost:7200/repositories/onco/statements'
        """
        for address in filter(None, (url, update)):
            _check_address(address)
        return cls(url, update or _find_update(url), default_graph)


class RefusedError(StoreError):
    """The server has refused a request.

    Attributes:
        status: Of HTTP.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(slots=True)
class Endpoint:
    """A connection to an endpoint; used as a context, it is closed at the end.

    Attributes:
        on_wait: Told, before a pause, why a request is sent again and in how many seconds.
    """

    address: Address
    patience: Patience = field(default_factory=Patience)
    on_wait: Callable[[str, float], None] | None = None
    _client: httpx2.Client = field(init=False)
    _credentials: dict[str, httpx2.Auth | None] = field(init=False)

    def __post_init__(self) -> None:
        self._client = httpx2.Client(timeout=self.patience.timeout)
        urls = {self.address.query, self.address.update}
        self._credentials = {url: _find_credentials(url) for url in urls}

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def update(self, text: str) -> None:
        """Have an update carried out; sent again where it may have been lost, so it must not matter how often.

        Raises:
            RefusedError: The server does not take it.
            StoreError: The server cannot be reached.
        """
        headers = {"Content-Type": "application/sparql-update; charset=utf-8"}
        self._send(self.address.update, content=text.encode(), headers=headers)

    def query(self, text: str, *, accept: str, options: dict[str, str] | None = None) -> tuple[str, bytes]:
        """Give the answer to a query as its media type and bytes.

        Args:
            options: Sent beside the query, as the protocol has them.

        Raises:
            RefusedError: The server does not take it.
            StoreError: The server cannot be reached.
        """
        data = {"query": text, **(options or {})}
        return self._send(self.address.query, data=data, headers={"Accept": accept})

    def _send(self, url: str, **request: object) -> tuple[str, bytes]:
        for attempt in range(1, self.patience.tries + 1):
            pause = min(self.patience.pause * 2 ** (attempt - 1) * uniform(1, 1.25), _LONGEST_PAUSE)
            try:
                status, headers, body = self._ask(url, request)
            except httpx2.TransportError as error:
                reason = str(error) or type(error).__name__
            else:
                if status not in PASSING:
                    _refuse(url, status, headers, body)
                    return headers.get("Content-Type", "").partition(";")[0].strip().lower(), body
                reason = f"the server is busy (HTTP {status})"
                pause = _read_pause(headers.get("Retry-After", "")) or pause
            if attempt < self.patience.tries:
                if self.on_wait is not None:
                    self.on_wait(f"{_show(url)}: {reason}", pause)
                time.sleep(pause)
        raise StoreError(
            f"{_show(url)}: no answer after {self.patience.tries} tries ({_clean(reason)}); "
            "see whether the server runs and try again: what it has taken is not sent again"
        )

    def _ask(self, url: str, request: dict[str, object]) -> tuple[int, httpx2.Headers, bytes]:
        """Send a request once; its answer must be whole before the time is over."""
        ends = time.monotonic() + self.patience.timeout
        with self._client.stream("POST", url, auth=self._credentials[url], **request) as response:  # type: ignore[arg-type]
            body = bytearray()
            for piece in response.iter_bytes():
                body += piece
                if time.monotonic() > ends:
                    raise httpx2.ReadTimeout(f"the answer took more than {self.patience.timeout:g} seconds")
            return response.status_code, response.headers, bytes(body)


def sends_secret_in_clear(address: Address) -> bool:
    """Tell whether credentials would cross a network that others may read."""
    parts = [urlsplit(url) for url in (address.query, address.update)]
    exposed = [part.geturl() for part in parts if part.scheme == "http" and part.hostname not in LOOPBACK]
    return any(_find_credentials(url) for url in exposed)


class _Bearer(httpx2.Auth):
    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class _Password(httpx2.Auth):
    """Basic authentication, or digest, as Virtuoso wants it, once the server has refused that."""

    def __init__(self, user: str, password: str) -> None:
        self._basic = httpx2.BasicAuth(user, password)
        self._digest = httpx2.DigestAuth(user, password)
        self._wants_digest = False

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        if not self._wants_digest:
            response = yield next(self._basic.auth_flow(request))
            if response.status_code != 401:
                return
            del request.headers["Authorization"]
        yield from self._digest.auth_flow(request)
        self._wants_digest = "Authorization" in request.headers


def _find_credentials(url: str) -> httpx2.Auth | None:
    """Give the credentials for a server: those of the environment, else those of the .netrc file.

    Raises:
        StoreError: The .netrc file cannot be read.
    """
    if token := os.environ.get(TOKEN):
        return _Bearer(token)
    if user := os.environ.get(USER):
        return _Password(user, os.environ.get(PASSWORD, ""))
    path = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
    try:
        found = netrc.netrc(path).authenticators(urlsplit(url).hostname or "")
    except FileNotFoundError:
        return None
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: cannot be read ({error}); mend it or set {USER} and {PASSWORD}") from error
    return _Password(found[0], found[2] or "") if found else None


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        right = False
    if not right:
        raise StoreError(f"{address}: is no http or https address; give one like http://localhost:7878/query")
    if parts.username is not None or parts.password is not None:
        raise StoreError(
            f"{parts.hostname}: leave the password out of the address, where others can see it; "
            f"set {USER} and {PASSWORD}, or use ~/.netrc"
        )


def _find_update(url: str) -> str:
    """Oxigraph and Fuseki have /update beside /query, GraphDB and RDF4J /statements below the repository."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if path.endswith("/query"):
        return parts._replace(path=path.removesuffix("query") + "update").geturl()
    if "/repositories/" in path and not path.endswith("/statements"):
        return parts._replace(path=path + "/statements").geturl()
    return url


def _refuse(url: str, status: int, headers: httpx2.Headers, body: bytes) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        hint = f"it has moved to {_show(headers.get('Location', 'elsewhere'))}; give that address"
    else:
        hint = _HINTS.get(status, "")
    said = "" if status in _HINTS else _clean(body.decode("utf-8", errors="replace"))
    raise RefusedError(f"{_show(url)}: HTTP {status}" + "".join(f"; {text}" for text in (said, hint) if text), status)


def _read_pause(text: str) -> float | None:
    """Read Retry-After: seconds, or a date."""
    try:
        if text.strip().isdigit():
            seconds = float(text)
        else:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), _LONGEST_PAUSE)


def _show(url: str) -> str:
    """Write an address without what may be secret in its query."""
    return _clean(urlsplit(url)._replace(query="", fragment="").geturl())


def _clean(text: str) -> str:
    """Give what a server says as one short line that cannot harm a terminal."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"
