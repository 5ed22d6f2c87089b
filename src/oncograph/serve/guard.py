"""What every answer carries and every request must show, so that no other web site can use or be used by the server."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oncograph.serve.settings import Settings

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
"""The Content-Security-Policy of every answer that does not bring its own."""

_HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


class Guard:
    """Refuses requests to a name that is not this server's, and adds the headers that protect its pages."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            started = True
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                present = {name.lower() for name, _ in headers}
                message["headers"] = [*headers, *(header for header in _HEADERS if header[0] not in present)]
            await send(message)

        host = _name_of(Headers(scope=scope).get("host", ""))
        if "*" not in self._hosts and host not in self._hosts:
            refusal = PlainTextResponse(
                f"this server is not called {host or 'nothing'}; start it with --name for another name\n", 421
            )
            await refusal(scope, receive, send_guarded)
            return
        try:
            await self._app(scope, receive, send_guarded)
        except Exception:  # logged by the server
            if not started:
                failure = PlainTextResponse("something went wrong in the server; its log says what\n", 500)
                await failure(scope, receive, send_guarded)
            raise


def _name_of(host: str) -> str:
    """Cut the port off a Host header.

    >>> _name_of("[::1]:7200"), _name_of("localhost:7200"), _name_of("localhost")
    ('[::1]', 'localhost', 'localhost')
    """
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()
