"""Runs an application until it is told to stop."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

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
    on_ready(f"http://{name}:{chosen}/")
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    # uvicorn ends the requests that run and then raises the signal again, which must not pass by the tidying up
    signal.signal(signal.SIGTERM, _leave)
    uvicorn.Server(config).run(sockets=[listener])


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


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
