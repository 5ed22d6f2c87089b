"""Who may write: whoever has the token, from this server's own pages or from a program."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from oncograph.serve.settings import Settings

COOKIE = "oncograph-token"
PARAMETER = "token"


class Door:
    """Takes the token out of the address that a start prints, and gives it to the browser as a cookie.

    The cookie is not shown to scripts and not sent from other sites; the token does not stay in the address bar.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._token = settings.token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope.get("query_string", b"")
        if scope["type"] != "http" or scope["method"] != "GET" or not self._token or PARAMETER.encode() not in query:
            await self._app(scope, receive, send)
            return
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
        given = dict(pairs).get(PARAMETER)
        if given is None or not _same(given, self._token):
            await self._app(scope, receive, send)
            return
        rest = urlencode([(name, value) for name, value in pairs if name != PARAMETER])
        path = "/" + scope["path"].lstrip("/\\")  # never another site
        response = RedirectResponse(str(URL(path).replace(query=rest)) if rest else path, status_code=303)
        response.set_cookie(COOKIE, self._token, httponly=True, samesite="strict", secure=scope["scheme"] == "https")
        response.headers["cache-control"] = "no-store"
        await response(scope, receive, send)


def may_write(request: Request, settings: Settings) -> bool:
    """Tell whether the pages that a request gets offer to write."""
    return bool(settings.token) and _same(request.cookies.get(COOKIE, ""), settings.token)


def find_refusal(request: Request, settings: Settings) -> tuple[int, str] | None:
    """Say with which status and words a request to write is refused; None if it may.

    A program gives the token in a header, which other web sites cannot. A browser gives it in a cookie, and must
    show that one of this server's own pages sent the request.
    """
    if not settings.token:
        return 403, "this server only reads; start it with oncograph serve --curate"
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return None if _same(given.strip(), settings.token) else (401, "the token is not that of this server")
    if COOKIE not in request.cookies:
        return 401, "the token is missing: open the address that oncograph serve --curate has printed"
    if not _same(request.cookies[COOKIE], settings.token):
        return 401, "the token is that of an earlier start: open the address that oncograph serve --curate has printed"
    if not _is_own(request.headers, request.url):
        return 403, "the request does not come from a page of this server"
    return None


def _is_own(headers: Mapping[str, str], url: URL) -> bool:
    origin = headers.get("origin")
    if origin is not None:
        return URL(origin).netloc.lower() == headers.get("host", "").lower() and URL(origin).scheme == url.scheme
    return headers.get("sec-fetch-site") == "same-origin"


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
