"""The graph sent to a SPARQL endpoint in batches: what it does not hold yet, going on where a push was stopped."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Store

from oncograph.errors import StoreError
from oncograph.graph.endpoint import Endpoint, RefusedError
from oncograph.graph.remote import RemoteStore
from oncograph.graph.sent import SentLog, names_only, open_log
from oncograph.graph.sorting import sort_tuples
from oncograph.graph.terms import INFERRED_GRAPH
from oncograph.model import BASE

LOGS = "pushed"
"""Folder, in that of the graph, of what was pushed where."""
BUCKETS = 4096
"""Parts that a graph of all documents is compared by."""
GENID = BASE + ".well-known/genid/"
"""Blank nodes are sent as IRIs (RDF 1.1 Concepts, 3.5): in several requests they could not be told to be the same."""

_SHARED = (DefaultGraph(), INFERRED_GRAPH)
_SAMPLE = 20
_SPLIT = frozenset({400, 413, 414, 422, 500})
"""Answers to a request that may be taken in halves: too long, or with one statement that the server does not take."""
_ESCAPED_U = re.compile(r"(?<!\\)((?:\\\\)+)([uU])")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """Most that one request holds."""

    quads: int = 5_000
    size: int = 2_000_000


@dataclass(slots=True)
class PushReport:
    """What a push did.

    Attributes:
        quads: All of the graph.
        inserted, deleted: Statements sent.
        replaced, dropped: Named graphs.
    """

    quads: int = 0
    inserted: int = 0
    deleted: int = 0
    replaced: int = 0
    dropped: int = 0
    requests: int = 0

    @property
    def unchanged(self) -> bool:
        """Tell whether nothing had to be sent."""
        return not self.requests


def push(
    store: Store,
    endpoint: Endpoint,
    folder: Path,
    *,
    state: str = "",
    again: bool = False,
    limits: BatchLimits | None = None,
    progress: Progress | None = None,
) -> PushReport:
    """Bring a remote store to hold a graph, beside whatever else it holds.

    The graph of a document is replaced as a whole; of the graphs that all documents share, statements are added and
    deleted. What was sent before, to the same address, is known from a log in `folder` and not sent again.

    Args:
        folder: Of the logs, one an address.
        state: Of the graph, as `describe_state` gives it; one that was sent is not even read again.
        again: Send everything, whatever the log says.

    Raises:
        StoreError: The server cannot be reached, does not take a statement, or does not hold what it has taken; what
            was sent till then is in the log.
    """
    default_graph = endpoint.address.default_graph
    if default_graph and store.contains_named_graph(NamedNode(default_graph)):
        raise StoreError(f"{default_graph}: is a graph of its own here; give another IRI with --default-graph")
    with open_log(folder / _name_log(endpoint)) as log:
        if again:
            log.doubt_all()
        else:
            _check_held(log, endpoint)
        if state and log.state == state and not again:
            return PushReport(quads=len(store))
        log.state = ""
        run = _Push(store, endpoint, log, limits or BatchLimits(), progress)
        run.send()
        log.state = state
        return run.report


def describe_state(path: Path) -> str:
    """Give a digest that is another one as soon as the store at a path is changed or replaced."""
    digest = hashlib.sha256()
    for entry in sorted(path.iterdir()):
        if entry.name.startswith("MANIFEST"):
            digest.update(entry.read_bytes())
        elif entry.suffix in {".sst", ".log"}:
            found = entry.stat()
            digest.update(f"{entry.name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Unit:
    """A part of the graph: all of a named graph, or the statements of some subjects of a shared one.

    Attributes:
        graph: IRI; empty for the default graph.
        lines: N-Triples, sorted.
        whole: Whether it is all of its graph.
    """

    name: str
    graph: str
    lines: tuple[str, ...]
    whole: bool

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()

    @property
    def known_by(self) -> tuple[str, ...]:
        """What the log keeps of the statements: all that must be told from others later."""
        return tuple(islice(filter(names_only, self.lines), 1)) if self.whole else self.lines


@dataclass(slots=True)
class _Batch:
    """Steps of one request, in their order: graphs dropped, statements deleted, statements inserted."""

    steps: list[tuple[str, str, str]] = field(default_factory=list)
    size: int = 0
    ends: list[Callable[[], None]] = field(default_factory=list)


class _Push:
    """One run over the graph."""

    def __init__(
        self, store: Store, endpoint: Endpoint, log: SentLog, limits: BatchLimits, progress: Progress | None
    ) -> None:
        self.report = PushReport()
        self._store = store
        self._endpoint = endpoint
        self._log = log
        self._limits = limits
        self._batch = _Batch()
        self._progress = progress or _tell_nobody
        self._total = len(store)

    def send(self) -> None:
        for unit in _units(self._store):
            self._log.see(unit.name)
            self._bring(unit)
            self.report.quads += len(unit.lines)
            self._progress("pushing", self.report.quads, self._total)
        for name in self._log.unseen():
            self._remove(name)
        self._flush()

    def _bring(self, unit: _Unit) -> None:
        sent, digest = self._log.find(unit.name), unit.digest
        if sent is not None and sent.digest == digest:
            return
        if unit.whole:
            self._log.begin(unit.name, unit.known_by)
            self._step("drop", unit.graph, "")
            self._steps("insert", unit.graph, unit.lines)
            self.report.replaced += 1
        else:
            held = set(sent.lines) if sent is not None else set()
            surely = held if sent is not None and sent.digest else set()
            self._log.begin(unit.name, sorted(held.union(unit.lines)))
            self._steps("delete", unit.graph, sorted(held.difference(unit.lines)))
            self._steps("insert", unit.graph, [line for line in unit.lines if line not in surely])
        self._batch.ends.append(lambda: self._log.finish(unit.name, digest, unit.known_by))

    def _remove(self, name: str) -> None:
        graph, bucket, _ = name.partition("#bucket=")
        if bucket:
            sent = self._log.find(name)
            assert sent is not None
            self._log.begin(name, sent.lines)
            self._steps("delete", graph, sent.lines)
        else:
            self._log.begin(name, ())
            self._step("drop", graph, "")
            self.report.dropped += 1
        self._batch.ends.append(lambda: self._log.forget(name))

    def _steps(self, kind: str, graph: str, lines: Iterable[str]) -> None:
        for line in lines:
            self._step(kind, graph, line)

    def _step(self, kind: str, graph: str, line: str) -> None:
        batch, size = self._batch, len(line.encode())
        if batch.steps and (len(batch.steps) >= self._limits.quads or batch.size + size > self._limits.size):
            self._flush()
            batch = self._batch
        batch.steps.append((kind, graph, line))
        batch.size += size

    def _flush(self) -> None:
        batch, self._batch = self._batch, _Batch()
        if batch.steps:
            self._log.commit()  # what may be held is on disk before it may be held
            self._post(batch.steps)
        for end in batch.ends:
            end()

    def _post(self, steps: Sequence[tuple[str, str, str]]) -> None:
        """Send steps in one request, or in halves where the server does not take so many at once."""
        try:
            self._endpoint.update(write_update(steps, self._endpoint.address.default_graph))
        except RefusedError as error:
            if error.status not in _SPLIT:
                raise
            if len(steps) == 1:
                raise StoreError(f"{error}; the statement was: {_show(steps[0])}") from error
            half = len(steps) // 2
            self._post(steps[:half])
            self._post(steps[half:])
            self._limits = BatchLimits(max(1, min(self._limits.quads, half)), self._limits.size)
            return
        self.report.requests += 1
        self.report.inserted += sum(kind == "insert" for kind, _, _ in steps)
        self.report.deleted += sum(kind == "delete" for kind, _, _ in steps)


def write_update(steps: Sequence[tuple[str, str, str]], default_graph: str = "") -> str:
    """Write steps as one SPARQL 1.1 Update: first all graphs that are dropped, then what is deleted and inserted.

    >>> print(write_update([("drop", "e:g", ""), ("insert", "e:g", '<e:s> <e:p> "o" .')]))
    DROP SILENT GRAPH <e:g> ;
    INSERT DATA {
    GRAPH <e:g> {
    <e:s> <e:p> "o" .
    }
    }
    """
    dropped = [f"DROP SILENT GRAPH <{graph}>" for kind, graph, _ in steps if kind == "drop"]
    # One operation a graph: Virtuoso 7.2.5 leaves texts with a language where one deletes from several graphs.
    deleted = [f"DELETE DATA {{\n{block}\n}}" for block in _write_graphs(steps, "delete", default_graph)]
    inserted = "\n".join(_write_graphs(steps, "insert", default_graph))
    return " ;\n".join([*dropped, *deleted, *([f"INSERT DATA {{\n{inserted}\n}}"] if inserted else [])])


def _write_graphs(steps: Sequence[tuple[str, str, str]], chosen: str, default_graph: str) -> Iterator[str]:
    lines = [(graph or default_graph, line) for kind, graph, line in steps if kind == chosen]
    for graph, group in groupby(lines, key=itemgetter(0)):
        text = "\n".join(_escape(line) for _, line in group)
        yield f"GRAPH <{graph}> {{\n{text}\n}}" if graph else text


def _escape(line: str) -> str:
    r"""Keep a backslash before the letter u from being read as a code point, which SPARQL resolves before all else.

    >>> print(_escape(r'<e:s> <e:p> "C:\\users" .'))
    <e:s> <e:p> "C:\\\u0075sers" .
    """
    return _ESCAPED_U.sub(lambda found: f"{found[1]}\\u{ord(found[2]):04X}", line) if "\\" in line else line


def _units(store: Store) -> Iterator[_Unit]:
    """Yield the parts of a graph; no more than one is in memory."""
    for graph in _SHARED:
        name = "" if isinstance(graph, DefaultGraph) else graph.value
        tuples = sort_tuples((_find_bucket(line), line) for line in _triple_lines(store, graph))
        for bucket, group in groupby(tuples, key=itemgetter(0)):
            yield _Unit(f"{name}#bucket={bucket:04x}", name, tuple(line for _, line in group), whole=False)
    for node in store.named_graphs():
        if node == INFERRED_GRAPH:
            continue
        if not isinstance(node, NamedNode):
            raise StoreError(f"{node}: a graph without an IRI cannot be pushed")
        lines = tuple(sorted(_triple_lines(store, node)))
        if lines:
            yield _Unit(node.value, node.value, lines, whole=True)


def _triple_lines(store: Store, graph: NamedNode | DefaultGraph) -> Iterator[str]:
    return (_name_blank(f"{quad.triple} .") for quad in store.quads_for_pattern(None, None, None, graph))


def _find_bucket(line: str) -> int:
    return zlib.crc32(line.partition(" ")[0].encode()) % BUCKETS


def _name_blank(line: str) -> str:
    if "_:" not in line:
        return line
    subject, predicate, obj = line.removesuffix(" .").split(" ", 2)
    named = (f"<{GENID}{term[2:]}>" if term.startswith("_:") else term for term in (subject, predicate, obj))
    return f"{' '.join(named)} ."


def _name_log(endpoint: Endpoint) -> str:
    address = endpoint.address
    return hashlib.sha256(f"{address.update}\n{address.default_graph}".encode()).hexdigest()[:16] + ".sqlite"


def _check_held(log: SentLog, endpoint: Endpoint) -> None:
    """Make sure that the remote store still holds what it has taken: somebody may have emptied it."""
    patterns = []
    for name, line in log.sample(_SAMPLE):
        graph = name.partition("#bucket=")[0] or endpoint.address.default_graph
        patterns.append(f"GRAPH <{graph}> {{ {_escape(line)} }}" if graph else _escape(line))
    if patterns and not RemoteStore(endpoint).holds(f"ASK {{\n{chr(10).join(patterns)}\n}}"):
        raise StoreError(
            f"{endpoint.address.query}: does not hold what was pushed to {endpoint.address.update} before; "
            "send everything with --again"
        )


def _show(step: tuple[str, str, str]) -> str:
    kind, graph, line = step
    text = line if len(line) <= 200 else line[:200] + "…"
    return f"{kind} {text} graph {graph}" if graph else f"{kind} {text}"


def _tell_nobody(stage: str, done: int, total: int) -> None:
    """Take progress and do nothing."""
