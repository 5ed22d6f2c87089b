"""A process that answers queries to one store, so that a query can be stopped: by ending its process.

It reads requests from a socket and writes answers to it, one after the other, each message with its length before it.
An answer that is small, or whose rows are limited, is sent when it is complete: what is said of it beforehand is true.
Where rows are not limited, a large answer is sent while it is evaluated.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import socket
import struct
import tempfile
import threading
import zlib
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from oncograph.errors import QueryError, StoreError
from oncograph.graph.sparql import QuerySyntaxError, refuse_loading, split_tokens
from oncograph.graph.store import change_store, open_store
from oncograph.graph.streaming import NoSuchFormError, Question, answer, write_graph
from oncograph.graph.terms import PREFIXES

HEADER = struct.Struct(">cII")
"""Kind of a message, and the lengths of what is said of it (JSON) and of its bytes."""
READY = b"R"
WHOLE = b"W"  # a complete answer
FILE = b"F"  # a complete answer that is in a file; whoever gets it removes the file
BEGIN = b"B"  # an answer that follows in parts
PART = b"P"
END = b"E"
FAILED = b"X"

HELD = 1 << 20
"""Bytes that are kept until it is decided how an answer is sent."""
LOWER = 4
"""By how much the priority of a query is lower than the server's, which has all the others to answer meanwhile."""
SMALL = 4096
"""Bytes below which an answer is not compressed."""
_write_json = json.JSONEncoder(separators=(",", ":")).encode


def serve_store(channel: socket.socket, store_path: str, files: str, memory: int) -> None:
    """Answer what comes through a channel until its other end is closed.

    Args:
        files: Folder for large answers.
        memory: Bytes that this process may use, where the system can limit them; 0: all.
    """
    _prepare(memory)
    store = open_store(Path(store_path))
    reader = channel.makefile("rb")
    _send(channel, READY, {})
    while size := reader.read(4):
        request = json.loads(reader.read(int.from_bytes(size, "big")))
        sink = _Channel(channel, Path(files), hold=request["hold"], gzip=request["gzip"])
        try:
            sink.end(_do(store, request, sink))
        except QueryError as error:
            sink.fail(_describe(error))
        except KeyError as error:
            sink.fail({"status": 404, "detail": f"there is no graph {error.args[0]}"})
        except MemoryError:
            sink.fail({"status": 507, "detail": "the query needs more memory than it may use"})


def update_store(channel: socket.socket, store_path: str, text: str, services: list[str]) -> None:
    """Make a SPARQL update to a store, as a whole or not at all, and say through the channel how it went."""
    _prepare(0)
    try:
        tokens = split_tokens(text)
        refuse_loading(text, tokens, services)
        change_store(Path(store_path), lambda store: store.update(text, prefixes=dict(PREFIXES)))
        _send(channel, END, {})
    except SyntaxError as error:
        _send(channel, FAILED, {"status": 400, "detail": str(error)})
    except QueryError as error:
        _send(channel, FAILED, _describe(error))
    except (StoreError, OSError, RuntimeError, ValueError) as error:
        _send(channel, FAILED, {"status": 500, "detail": f"the update failed: {error}"})


def _do(store: Any, request: dict, sink: _Channel) -> bool:
    if request["do"] == "graph":
        write_graph(store, request["iri"], request["format"], sink)
        return False
    return answer(store, Question(**request["question"]), sink)


def _describe(error: QueryError) -> dict[str, Any]:
    if isinstance(error, QuerySyntaxError):
        return {"status": 400, "detail": str(error), "line": error.line, "column": error.column}
    if isinstance(error, NoSuchFormError):
        return {"status": 406, "detail": str(error)}
    return {"status": 400, "detail": str(error)}


def _prepare(memory: int) -> None:
    """End with the server, go behind it, and let the terminal's Ctrl-C be the server's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(LOWER)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the engine says there that it is out of memory, at length
    if memory and os.name == "posix":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _send(channel: socket.socket, kind: bytes, said: dict, *parts: bytes) -> None:
    text = _write_json(said).encode()
    header = HEADER.pack(kind, len(text), sum(map(len, parts)))
    channel.sendall(b"".join([header, text, *parts]))


class _Channel:
    """The sink of one answer, compressed when asked for and worth it."""

    def __init__(self, channel: socket.socket, files: Path, *, hold: bool, gzip: bool) -> None:
        self._channel = channel
        self._files = files
        self._hold = hold
        self._gzip = gzip
        self._said: dict[str, Any] = {}
        self._parts: list[bytes] = []
        self._size = 0
        self._file: Any = None
        self._packer: Any = None
        self._begun = False

    def begin(self, kind: str, format: str) -> None:
        self._said = {"kind": kind, "format": format}

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self._size += len(data)
        if self._size >= HELD:
            self._move_on()
        return len(data)

    def flush(self) -> None:
        """Do nothing: parts leave when there is enough of them."""

    def restart(self) -> bool:
        if self._begun:
            return False
        if self._file is not None:
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)
        self._parts, self._size, self._file, self._packer = [], 0, None, None
        return True

    def end(self, cut: bool) -> None:
        said = {**self._said, "cut": cut}
        if self._begun:
            _send(self._channel, PART, {}, self._take(last=True))
            _send(self._channel, END, {})
        elif self._file is not None:
            self._file.write(self._take(last=True))
            size = self._file.tell()
            self._file.close()
            _send(self._channel, FILE, {**said, "gzip": self._gzip, "path": self._file.name, "size": size})
        else:
            self._gzip = self._gzip and self._size >= SMALL
            _send(self._channel, WHOLE, {**said, "gzip": self._gzip}, self._take(last=True))

    def fail(self, said: dict[str, Any]) -> None:
        self.restart()
        _send(self._channel, FAILED, said)

    def _move_on(self) -> None:
        """Get rid of what is held: to a file while nothing may leave, or through the channel."""
        if self._hold:
            if self._file is None:
                self._file = tempfile.NamedTemporaryFile(dir=self._files, delete=False)  # noqa: SIM115
            self._file.write(self._take())
            return
        if not self._begun:
            self._begun = True
            _send(self._channel, BEGIN, {**self._said, "cut": False, "gzip": self._gzip})
        _send(self._channel, PART, {}, self._take())

    def _take(self, *, last: bool = False) -> bytes:
        data = b"".join(self._parts)
        self._parts, self._size = [], 0
        if not self._gzip:
            return data
        if self._packer is None:
            self._packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        return self._packer.compress(data) + (self._packer.flush() if last else b"")
