"""What whoever starts the server decides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """How a graph is served.

    Attributes:
        hosts: Names that a request may use for this server, without port; others are refused, so that no web site can
            pass itself off as it (DNS rebinding).
        token: Secret that allows to write; empty: nobody writes.
        updates: Whether SPARQL updates are taken, from those who have the token.
        services: IRIs of the endpoints that a query may name in SERVICE, and that LOAD may read from.
        timeout: Seconds after which a query is stopped.
        rows: Most rows or triples of an answer; an answer that is cut says so. 0: no limit.
        memory: Bytes that one query may use, where the system can limit them; 0: all.
        origins: Web sites whose scripts may read the answers (CORS); `*` is all.
    """

    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    token: str = ""
    updates: bool = False
    services: tuple[str, ...] = ()
    timeout: float = 30.0
    rows: int = 100_000
    memory: int = 2 << 30
    origins: tuple[str, ...] = ("*",)
