"""Real SPARQL servers for tests, and one that fails as it is told to."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Quad, QueryBoolean, QueryResultsFormat, QueryTriples, RdfFormat, Store

from oncograph.graph.endpoint import Address
from oncograph.graph.pushing import GENID

VIRTUOSO = shutil.which("virtuoso-t")
_STARTING = 60.0

_VIRTUOSO_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 10
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 5
ServerRoot = .
"""


def skolemise(store: Store) -> set[Quad]:
    """Give the quads of a store as another store is to hold them: blank nodes have IRIs."""
    return {Quad(_named(quad.subject), quad.predicate, _named(quad.object), quad.graph_name) for quad in store}


def _named(term):
    return NamedNode(GENID + term.value) if isinstance(term, BlankNode) else term


@contextmanager
def oxigraph_server(folder: Path) -> Iterator[Address]:
    """Run Oxigraph's own server."""
    port = _find_port()
    program = Path(sys.executable).parent / "oxigraph"
    command = [str(program), "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
    with _run(command, folder.parent, port):
        yield Address.of(f"http://127.0.0.1:{port}/query")


@contextmanager
def virtuoso_server(folder: Path) -> Iterator[Address]:
    """Run Virtuoso; its administrator is dba with the password dba."""
    port = _find_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "virtuoso.ini").write_text(_VIRTUOSO_INI.format(sql=_find_port(), http=port), encoding="utf-8")
    with _run([str(VIRTUOSO), "+foreground", "+configfile", "virtuoso.ini"], folder, port):
        base = f"http://127.0.0.1:{port}"
        yield Address.of(f"{base}/sparql", update=f"{base}/sparql-auth", default_graph="https://example.org/default")


@contextmanager
def _run(command: list[str], folder: Path, port: int) -> Iterator[None]:
    with (folder / "server.txt").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        _wait(process, port, folder / "server.txt")
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, output: Path) -> None:
    ends = time.monotonic() + _STARTING
    while time.monotonic() < ends:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            assert process.poll() is None, output.read_text()
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError(f"no answer at port {port}: {output.read_text()}")


def _find_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def dump(address: Address) -> set[Quad]:
    """Give all quads that Oxigraph's server holds."""
    parts = urllib.parse.urlsplit(address.query)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        connection.request("GET", "/store", headers={"Accept": "application/n-quads"})
        store = Store()
        store.load(connection.getresponse().read(), RdfFormat.N_QUADS)
        return set(store)
    finally:
        connection.close()


@dataclass
class Troubles:
    """How a server fails.

    Attributes:
        script: For each request in turn a status to answer with, `before` or `after` to break off before or after the
            update is carried out, `slow` to send the answer byte by byte, or empty for no trouble.
        headers: Sent with every answer that is scripted.
        pause: Seconds that each update takes.
        longest: Most bytes of a request.
        refuse: Text of an update that is answered with 400.
        secret: What the header Authorization must be.
    """

    script: deque[str] = field(default_factory=deque)
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    longest: int = 1 << 30
    refuse: str = ""
    secret: str = ""


class FakeServer(ThreadingHTTPServer):
    """A SPARQL endpoint over a store in memory, with troubles on demand."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.store = Store()
        self.troubles = Troubles()
        self.updates: list[str] = []
        self.lock = threading.Lock()
        self.on_update: Callable[[], None] = lambda: None

    @property
    def address(self) -> Address:
        return Address.of(f"http://127.0.0.1:{self.server_address[1]}/query")

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that are killed break off."""


@contextmanager
def fake_server() -> Iterator[FakeServer]:
    """Run a server that fails as `troubles` says."""
    with FakeServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeServer

    def do_POST(self) -> None:
        troubles = self.server.troubles
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        trouble = troubles.script.popleft() if troubles.script else ""
        if trouble == "before":
            self._break_off()
        elif trouble.isdigit():
            self._answer(int(trouble), b"\x1b[31mtry later\x07", **troubles.headers)
        elif troubles.secret and self.headers.get("Authorization") != troubles.secret:
            self._answer(401, b"", **troubles.headers)
        elif len(body) > troubles.longest:
            self._answer(413, b"too long")
        elif self.path.startswith("/update"):
            self._update(body, trouble)
        else:
            self._query(body, trouble)

    def _update(self, text: str, trouble: str) -> None:
        time.sleep(self.server.troubles.pause)
        if self.server.troubles.refuse and self.server.troubles.refuse in text:
            self._answer(400, b"this statement is not to my taste")
            return
        with self.server.lock:
            self.server.store.update(text)
            self.server.updates.append(text)
            self.server.on_update()
        if trouble == "after":
            self._break_off()
        else:
            self._answer(204, b"")

    def _query(self, body: str, trouble: str) -> None:
        values = urllib.parse.parse_qs(body)
        union = "union-default-graph" in values
        try:
            results = self.server.store.query(values["query"][0], use_default_graph_as_union=union)
        except SyntaxError as error:
            self._answer(400, str(error).encode())
            return
        if isinstance(results, QueryTriples):
            kind, data = "text/turtle", results.serialize(format=RdfFormat.TURTLE)
        elif isinstance(results, QueryBoolean):
            kind, data = "application/sparql-results+xml", results.serialize(format=QueryResultsFormat.XML)
        else:
            kind, data = "application/sparql-results+json", results.serialize(format=QueryResultsFormat.JSON)
        self._answer(200, data or b"", slowly=trouble == "slow", **{"Content-Type": kind})

    def _answer(self, status: int, body: bytes, *, slowly: bool = False, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in (body[at : at + 1] for at in range(len(body))) if slowly else [body]:
            if body:
                self.wfile.write(piece)
            if slowly:
                time.sleep(0.05)

    def _break_off(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""
