"""Runs an application until it is told to stop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from oncograph.errors import OncographError


def run(app: FastAPI, *, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve at an address until Ctrl-C or a termination signal.

    Args:
        port: 0 takes any free one.
        on_ready: Called with the address of the start page once connections are taken.

    Raises:
        OncographError: The address cannot be used.
    """
    listener = _listen(host, port)
    chosen = listener.getsockname()[1]
    name = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    # uvicorn takes the signal while it runs; before that, and when it is raised again afterwards, it must neither pass
    # by the tidying up nor raise an exception, which could be lost wherever it comes.
    signal.signal(signal.SIGTERM, server.handle_exit)
    on_ready(f"http://{name}:{chosen}/")
    server.run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise OncographError(f"{host}:{port}: cannot listen there ({error.strerror}); choose another --port") from error
    return listener
