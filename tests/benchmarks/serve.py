"""How the SPARQL endpoint answers, alone and crowded, beside the `oxigraph` server on the same graph and queries.

    python tests/benchmarks/serve.py [FOLDER] [--seconds 60] [--clients 50]

Serves the graph of a folder that a build has filled, at both servers in turn (`pip install oxigraph`; without it, ours
alone), and prints two tables. First: the median time of typical queries, one client, one after the other; a ratio below
1 means that ours is faster. No text is asked twice of a server, so nothing comes from memory; one column says what an
answer costs that ours has given before. Second: many clients at once, calm and then crowded, where one query in twenty
never ends by itself. There both servers are told to stop a query after ten seconds; elsewhere that of Oxigraph is not,
since it keeps a thread for each query until its time is over, and ends when there are too many. Each client rests a
tenth of a second between two queries, so that the servers are measured, not the clients; `full` is what cheap queries
get through when nobody rests. A cheap query fails when its whole answer has not come within the patience of its client.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from oncograph.graph import PREFIXES, open_store, run_query

REST = 0.1
RUNAWAYS = 0.05
TIMEOUT = 10
PATIENCE = 60
UNLOADED = 10
FULL = 8
WARM_UP = 20
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != ?k) }"
QUERIES = {
    "yes or no": "ASK { $entity ?p ?o }",
    "facts of an entity": "SELECT ?p ?o { $entity ?p ?o FILTER(ISIRI(?o)) }",
    "names of an entity": "SELECT ?name { $entity skos:prefLabel|skos:altLabel ?name }",
    "neighbours with labels": "SELECT ?p ?o ?name { $entity ?p ?o . ?o skos:prefLabel ?name } LIMIT 100",
    "claims with confidence": (
        "SELECT ?claim ?o ?confidence { ?claim rdf:subject $entity ; rdf:object ?o ; onco:confidence ?confidence }"
    ),
    "claims with sentences": (
        "SELECT ?claim ?text { ?claim rdf:subject $entity ; onco:supportedBy ?e . ?e oa:hasTarget/oa:hasSelector ?s ."
        " ?s oa:exact ?text } LIMIT 100"
    ),
    "description": "DESCRIBE $entity",
    "two steps": "SELECT DISTINCT ?b { $entity ?p ?a . ?a ?q ?b . ?b a skos:Concept } LIMIT 200",
    "drugs of cancers": (
        "SELECT ?cancer ?drug { ?cancer onco:treatedBy ?drug . ?cancer a ?class . ?class rdfs:subClassOf* onco:Cancer }"
        " LIMIT 200"
    ),
    "labels holding a word": (
        'SELECT ?s ?name { ?s skos:prefLabel ?name FILTER(CONTAINS(LCASE(?name), "cancer")) } LIMIT 50'
    ),
    "counts by class": "SELECT ?class (COUNT(?s) AS ?n) { ?s a ?class } GROUP BY ?class ORDER BY DESC(?n)",
    "10,000 rows": "SELECT * { ?s ?p ?o } LIMIT 10000",
}
CHEAP = ("yes or no", "facts of an entity", "names of an entity", "neighbours with labels", "claims with confidence")
HEAD = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in ("entity", "onco", "skos", "rdf", "rdfs", "oa"))


@dataclass
class Result:
    """What the clients of one run saw: seconds of the cheap queries that were answered, and the server's memory."""

    cheap: list[float] = field(default_factory=list)
    failed: int = 0
    lasted: float = 0.0
    memory: int = 0
    runaways: int = 0
    worst_runaway: float = 0.0


class Client:
    """Asks one server, over one connection while that lives."""

    def __init__(self, port: int, path: str) -> None:
        self._port, self._path = port, path
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, query: str, *, timeout: float = PATIENCE) -> tuple[int, bytes]:
        """Give the status and the body; status 0 for a broken answer."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=timeout)
        headers = {
            "content-type": "application/sparql-query",
            "accept": "application/sparql-results+json, application/n-triples",
        }
        try:
            self._connection.request("POST", self._path, query.encode(), headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            return 0, b""


@dataclass(frozen=True)
class Server:
    """A server that runs, and where it answers queries."""

    process: subprocess.Popen
    port: int
    path: str

    def measure_memory(self) -> int:
        """Give the bytes that the server and its processes hold, those they share counted once; 0 where unknown."""
        return sum(map(_read_memory, _find_family(self.process.pid)))


def _find_family(pid: int) -> list[int]:
    """Give a process and all that descend from it."""
    children: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(OSError):  # it has ended meanwhile
            children += map(int, (thread / "children").read_text().split())
    return [pid, *(member for child in children for member in _find_family(child))]


def _read_memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def make_queries(entities: list[str], names: tuple[str, ...]) -> Iterator[str]:
    """Give queries without end, each text once."""
    numbers = itertools.count()
    chooser = random.Random(7)
    while True:
        text = QUERIES[chooser.choice(names)].replace("$entity", f"<{chooser.choice(entities)}>")
        yield f"{HEAD}{text} # {next(numbers)} {time.monotonic_ns()}"


def is_answer(status: int, body: bytes) -> bool:
    """Tell whether a cheap query got its answer, whole."""
    try:
        return status == 200 and "head" in json.loads(body)
    except ValueError:
        return False


def run_clients(
    server: Server, entities: list[str], *, clients: int, seconds: float, runaways: float, rest: float = REST
) -> Result:
    """Let many clients ask at once."""
    result, lock = Result(), threading.Lock()
    begin = time.monotonic()
    end = begin + seconds

    def work(number: int) -> None:
        client, chooser = Client(server.port, server.path), random.Random(number)
        queries = make_queries(entities[number:] + entities[:number], CHEAP)
        time.sleep(chooser.random() * rest)
        while time.monotonic() < end:
            is_runaway = chooser.random() < runaways
            query = f"{RUNAWAY} # {number} {time.monotonic_ns()}" if is_runaway else next(queries)
            start = time.perf_counter()
            status, body = client.ask(query)
            taken = time.perf_counter() - start
            with lock:
                if is_runaway:
                    result.runaways += 1
                    result.worst_runaway = max(result.worst_runaway, taken)
                elif is_answer(status, body):
                    result.cheap.append(taken)
                else:
                    result.failed += 1
            time.sleep(rest * (0.5 + chooser.random()))

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(clients)]
    for thread in threads:
        thread.start()
    while time.monotonic() < end:
        result.memory = max(result.memory, server.measure_memory())
        time.sleep(2)
    result.lasted = time.monotonic() - begin
    for thread in threads:
        thread.join(2 * PATIENCE)
    return result


def measure_alone(clients: dict[str, Client], entities: list[str], repeats: int) -> dict[str, dict[str, list[float]]]:
    """Give the seconds of each typical query at each server, asked in turn; `again` is ours asked twice."""
    found: dict[str, dict[str, list[float]]] = {}
    for name in QUERIES:
        times: dict[str, list[float]] = {key: [] for key in (*clients, "again")}
        for number, query in enumerate(itertools.islice(make_queries(entities, (name,)), WARM_UP + repeats)):
            for server, client in clients.items():
                times[server].append(_time(client, query))
            times["again"].append(_time(clients["oncograph"], query))
            if number < WARM_UP:
                times = {key: [] for key in times}
        found[name] = times
    return found


def _time(client: Client, query: str) -> float:
    start = time.perf_counter()
    status, _ = client.ask(query)
    if status != 200:
        raise SystemExit(f"status {status} for {query}")
    return time.perf_counter() - start


@contextmanager
def serve_ours(folder: Path, *, stops: bool = False) -> Iterator[Server]:
    """Serve a folder's graph; queries that take too long are always stopped."""
    command = [sys.executable, "-m", "oncograph", "serve", "--graph", str(folder), "--timeout", str(TIMEOUT)]
    with _serve([*command, "--no-open", "--port"], "/sparql") as server:
        yield server


@contextmanager
def serve_theirs(folder: Path, *, stops: bool = False) -> Iterator[Server]:
    """Serve the store of a folder by the server of Oxigraph, which stops queries that take too long if it is told."""
    command = ["oxigraph", "serve-read-only", "--location", str(folder / "store"), "--union-default-graph"]
    limit = ["--timeout-s", str(TIMEOUT)] if stops else []
    with _serve([*command, *limit, "--bind"], "/query", prefix="127.0.0.1:") as server:
        yield server


@contextmanager
def _serve(command: list[str], path: str, *, prefix: str = "") -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*command, f"{prefix}{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        client = Client(port, path)
        while client.ask("ASK {}")[0] != 200:
            if process.poll() is not None:
                raise SystemExit(f"{' '.join(command)} has ended")
            time.sleep(0.1)
        time.sleep(2)
        yield Server(process, port, path)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _percent(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000 if values else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("output"))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=200)
    options = parser.parse_args()
    answer = run_query(open_store(options.folder / "store"), "SELECT DISTINCT ?s { ?c rdf:subject ?s } ORDER BY ?s")
    entities = [row[0].value for row in answer.solutions]
    servers = {"oncograph": serve_ours} | ({"oxigraph": serve_theirs} if shutil.which("oxigraph") else {})
    with ExitStack() as stack:
        places = {name: stack.enter_context(serve(options.folder)) for name, serve in servers.items()}
        clients = {name: Client(place.port, place.path) for name, place in places.items()}
        print_alone(measure_alone(clients, entities, options.repeats))
    calm, run = min(UNLOADED, options.seconds), {"clients": options.clients}
    crowded: dict[str, dict[str, Result]] = {}
    for name, serve in servers.items():
        with serve(options.folder) as server:
            crowded[name] = {"calm": run_clients(server, entities, **run, seconds=calm, runaways=0)}
            crowded[name]["full"] = run_clients(server, entities, clients=FULL, seconds=calm, runaways=0, rest=0)
        with serve(options.folder, stops=True) as server:
            crowded[name]["crowded"] = run_clients(server, entities, **run, seconds=options.seconds, runaways=RUNAWAYS)
    print_crowded(crowded)


def print_alone(alone: dict[str, dict[str, list[float]]]) -> None:
    heads = "oncograph | again | oxigraph | ratio | ratio again"
    print(f"\n| one client: ms, median | {heads} |\n| --- {'| --: ' * 5}|")
    for name, times in alone.items():
        ours, again, theirs = (_percent(times.get(key, []), 0.5) for key in ("oncograph", "again", "oxigraph"))
        print(f"| {name} | {ours:.2f} | {again:.2f} | {theirs:.2f} | {ours / theirs:.2f} | {again / theirs:.2f} |")


def print_crowded(crowded: dict[str, dict[str, Result]]) -> None:
    heads = "cheap | a second | failed | p50 ms | p95 | p99 | p95 to calm | runaways | longest s | memory MB"
    print(f"\n| many clients | {heads} |\n| --- {'| --: ' * 10}|")
    for name, runs in crowded.items():
        before = _percent(runs["calm"].cheap, 0.95)
        for key, run in runs.items():
            p50, p95, p99 = (_percent(run.cheap, share) for share in (0.5, 0.95, 0.99))
            cells = [
                f"{len(run.cheap):,}",
                f"{len(run.cheap) / run.lasted:,.0f}",
                f"{run.failed:,}",
                *(f"{value:.1f}" for value in (p50, p95, p99)),
                f"{p95 / before:.1f}",
                f"{run.runaways:,}",
                f"{run.worst_runaway:.1f}",
                f"{run.memory / 1e6:.0f}",
            ]
            print(f"| {name}, {key} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
