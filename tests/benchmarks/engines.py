"""Other stores to compare with: each loads N-Quads and answers SPARQL as JSON, over all graphs together."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

START_SECONDS = 60
PATIENCE = 10
OXIGRAPH = "oxigraph"
VIRTUOSO = "virtuoso-t"
VIRTUOSO_INI = """[Database]
DatabaseFile = {folder}/virtuoso.db
TransactionFile = {folder}/virtuoso.trx
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = {port}
DirsAllowed = {allowed}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
ThreadsPerQuery = 2
[HTTPServer]
ServerPort = {web}
ServerRoot = {folder}
[SPARQL]
ResultSetMaxRows = 0
DefaultQuery =
"""

Ask = Callable[[str], bytes]


class Engine(Protocol):
    """Loads a file of N-Quads and gives what answers queries, until the block ends."""

    def __call__(self, quads: Path, folder: Path) -> Iterator[Ask]: ...


@contextmanager
def run_pyoxigraph(quads: Path, folder: Path) -> Iterator[Ask]:
    """Load into a plain store on disk."""
    from pyoxigraph import QueryResultsFormat, Store

    store = Store(str(folder))
    store.bulk_load(path=str(quads))
    store.flush()
    del store
    store = Store.read_only(str(folder))

    def ask(text: str) -> bytes:
        return store.query(text, use_default_graph_as_union=True).serialize(format=QueryResultsFormat.JSON) or b""

    yield ask


@contextmanager
def run_rdflib(quads: Path, folder: Path) -> Iterator[Ask]:
    """Load into rdflib's memory; a query that takes longer than `PATIENCE` is given up."""
    from rdflib import Dataset

    dataset = Dataset(default_union=True)
    dataset.parse(str(quads), format="nquads")

    def give_up(*_: object) -> None:
        raise TimeoutError

    def ask(text: str) -> bytes:
        signal.alarm(PATIENCE)
        try:
            return dataset.query(text).serialize(format="json") or b""
        finally:
            signal.alarm(0)

    signal.signal(signal.SIGALRM, give_up)
    yield ask


@contextmanager
def run_oxigraph_server(quads: Path, folder: Path) -> Iterator[Ask]:
    """Load with the program of PyPI's package `oxigraph`, and start its server."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([OXIGRAPH, "load", "--location", folder, "--file", quads], check=True, **quiet)
    address = f"127.0.0.1:{find_port()}"
    command = [OXIGRAPH, "serve-read-only", "--location", str(folder), "--bind", address, "--union-default-graph"]
    with _run(command):
        yield _ask_endpoint(f"http://{address}/query")


@contextmanager
def run_virtuoso(quads: Path, folder: Path) -> Iterator[Ask]:
    """Start Virtuoso (Debian's package `virtuoso-opensource`) and load with its bulk loader."""
    port, web = find_port(), find_port()
    ini = folder / "virtuoso.ini"
    ini.write_text(VIRTUOSO_INI.format(folder=folder, port=port, web=web, allowed=quads.parent))
    with _run([VIRTUOSO, "+configfile", str(ini), "+foreground"], cwd=folder):
        _wait_for(port)
        _wait_for(web)
        load = f"ld_dir('{quads.parent}', '{quads.name}', 'urn:default'); rdf_loader_run(); checkpoint;"
        command = ["isql-vt", str(port), "dba", "dba", "VERBOSE=OFF", f"exec={load}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        if "Error" in done.stderr:
            raise RuntimeError(done.stderr)
        yield _ask_endpoint(f"http://127.0.0.1:{web}/sparql")


ENGINES: dict[str, Callable] = {
    "pyoxigraph": run_pyoxigraph,
    "oxigraph server": run_oxigraph_server,
    "rdflib": run_rdflib,
    "Virtuoso": run_virtuoso,
}
PROGRAMS = {"oxigraph server": OXIGRAPH, "Virtuoso": VIRTUOSO}


def find_engines() -> list[str]:
    """List the engines that are installed."""
    return [name for name in ENGINES if name not in PROGRAMS or shutil.which(PROGRAMS[name])]


def find_port() -> int:
    """Find a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _ask_endpoint(address: str) -> Ask:
    headers = {"Accept": "application/sparql-results+json", "Content-Type": "application/x-www-form-urlencoded"}

    def ask(text: str) -> bytes:
        body = urllib.parse.urlencode({"query": text}).encode()
        request = urllib.request.Request(address, body, headers)
        for _ in range(START_SECONDS * 20):
            try:
                with urllib.request.urlopen(request) as response:
                    return response.read()
            except urllib.error.HTTPError as error:
                raise RuntimeError(error.read().decode(errors="replace")[:300]) from error
            except urllib.error.URLError:  # it has not started yet
                time.sleep(0.05)
        raise RuntimeError(f"{address} does not answer")

    return ask


@contextmanager
def _run(command: list[str], cwd: Path | None = None) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=cwd)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    for _ in range(START_SECONDS * 20):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens at port {port}")
