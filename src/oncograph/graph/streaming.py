"""Queries answered into a stream of bytes, in a standard form and with no more rows than allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from oncograph.errors import QueryError
from oncograph.graph.answers import GRAPH_FORMATS, SOLUTION_FORMATS
from oncograph.graph.sparql import (
    QuerySyntaxError,
    find_mistake,
    has_dataset_clause,
    limit_rows,
    refuse_forbidden,
    split_tokens,
)
from oncograph.graph.terms import PREFIXES

BOOLEAN = "boolean"
SOLUTIONS = "solutions"
GRAPH = "graph"

_ROW_MARKS = {"json": b",{", "xml": b"<result>", "csv": b"\n", "tsv": b"\n"}
"""Bytes that stand before or after every row but the first; in a text of the row they may stand, too."""
_FROM = re.compile(r"from\b(?<!\wfrom)")  # begins with its letters: found as fast as they are
_PREFIX_MARKS = tuple((f"{prefix}:", prefix, iri) for prefix, iri in PREFIXES.items())


class Sink(Protocol):
    """Takes an answer: first what it is, then its bytes."""

    def begin(self, kind: str, format: str) -> None:
        """Say what kind of answer comes, and in which form."""

    def write(self, data: bytes, /) -> int:
        """Take bytes of the answer."""

    def restart(self) -> bool:
        """Forget the bytes taken since `begin`; False when they have left already."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query with all that decides on its answer.

    Attributes:
        default_graphs, named_graphs: IRIs of the graphs that are asked, in place of those that FROM names.
        union: Whether a pattern outside GRAPH reads all graphs, where no graphs are named.
        formats: The form wanted for each kind of answer; a kind that is missing cannot be answered.
        rows: Most rows or triples; 0: all.
        services: IRIs of the endpoints that SERVICE may name.
    """

    text: str
    formats: dict[str, str]
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    union: bool = True
    rows: int = 0
    services: tuple[str, ...] = ()


class NoSuchFormError(QueryError):
    """An answer of this kind cannot be written in any form that was asked for."""


class _TooManyRowsError(Exception):
    """More rows than allowed may have been written; never leaves this module."""


def answer(store: Store, question: Question, sink: Sink) -> bool:
    """Write the answer to a question into a sink, and tell whether rows were left out of it.

    Raises:
        QuerySyntaxError: With line and column; also for SERVICE where it is not allowed.
        NoSuchFormError: The kind of answer has no form that was asked for.
        QueryError: The query is right but fails while it runs.
    """
    text = question.text
    try:
        _refuse(text, question.services)
        results = _ask(store, question, text)
        if isinstance(results, QueryBoolean):
            _write_whole(results, _choose(question, BOOLEAN), sink)
            return False
        if isinstance(results, QuerySolutions):
            return _write_solutions(store, question, results, sink)
        return _write_graph(results, question, sink)
    except SyntaxError as error:
        raise find_mistake(text, split_tokens(text), str(error)) from error
    except (RuntimeError, ValueError) as error:
        raise QueryError(f"the query failed: {error}") from error


def write_graph(store: Store, iri: str | None, format: str, sink: Sink) -> None:
    """Write all triples of a graph, of the default graph for None; an absent graph raises KeyError."""
    name = NamedNode(iri) if iri is not None else DefaultGraph()
    if isinstance(name, NamedNode) and not store.contains_named_graph(name):
        raise KeyError(iri)
    sink.begin(GRAPH, format)
    quads: Iterator[Quad] = store.quads_for_pattern(None, None, None, name)
    _serialize((quad.triple for quad in quads), format, sink)


def write_triples(triples: Iterable[Triple], format: str, *, prefixes: Mapping[str, str] | None = None) -> bytes:
    """Write a few triples in one of `GRAPH_FORMATS`, with more prefixes where they are given."""
    known = None if format == "ntriples" else {**PREFIXES, **(prefixes or {})}
    return serialize(triples, format=GRAPH_FORMATS[format], prefixes=known) or b""


def _refuse(text: str, services: tuple[str, ...]) -> None:
    """Refuse SERVICE; what would change the store the parser of queries does not know."""
    if "service" in text.lower():  # nothing else is lowered to these letters
        refuse_forbidden(text, split_tokens(text), services)


def _ask(store: Store, question: Question, text: str) -> QuerySolutions | QueryBoolean | QueryTriples:
    options: dict[str, Any] = {}
    if question.default_graphs is not None or question.named_graphs is not None:
        options["default_graph"] = [NamedNode(iri) for iri in question.default_graphs or ()]
        options["named_graphs"] = [NamedNode(iri) for iri in question.named_graphs or ()]
    elif question.union:
        named = _mentions_from(text) and has_dataset_clause(split_tokens(text))
        options["use_default_graph_as_union"] = not named
    if "prefix" in text.lower():
        with suppress(SyntaxError):  # most queries that declare prefixes declare all they use
            return store.query(text, **options)
    used = {prefix: iri for mark, prefix, iri in _PREFIX_MARKS if mark in text}  # each takes the parser a while
    try:
        return store.query(text, prefixes=used, **options)
    except SyntaxError as error:
        tokens = split_tokens(text)
        refuse_forbidden(text, tokens, question.services)  # says of an update that it is one
        raise find_mistake(text, tokens, str(error)) from error


def _mentions_from(text: str) -> bool:
    """Tell whether FROM may be in a query, without the work of splitting it."""
    return _FROM.search(text.lower()) is not None


def _choose(question: Question, kind: str) -> str:
    try:
        return question.formats[kind]
    except KeyError:
        raise NoSuchFormError(f"the answer ({kind}) cannot be written in the form that was asked for") from None


def _write_whole(results: QuerySolutions | QueryBoolean, format: str, sink: Sink) -> None:
    kind = BOOLEAN if isinstance(results, QueryBoolean) else SOLUTIONS
    sink.begin(kind, format)
    results.serialize(sink, format=SOLUTION_FORMATS[format])  # type: ignore[arg-type]


def _write_solutions(store: Store, question: Question, results: QuerySolutions, sink: Sink) -> bool:
    """Write a table; one that may have too many rows is asked for again with a limit.

    Counting rows in their bytes costs nothing, where looking at each row would cost more than evaluating it.
    """
    format = _choose(question, SOLUTIONS)
    if not question.rows:
        _write_whole(results, format, sink)
        return False
    sink.begin(SOLUTIONS, format)
    counter = _RowCounter(sink, _ROW_MARKS[format], question.rows)
    try:
        results.serialize(counter, format=SOLUTION_FORMATS[format])  # type: ignore[arg-type]
        return False
    except _TooManyRowsError:
        return _write_limited(store, question, format, sink)


def _write_limited(store: Store, question: Question, format: str, sink: Sink) -> bool:
    tokens = split_tokens(question.text)
    try:
        limited = _ask(store, question, limit_rows(tokens, question.rows))
        rest = _ask(store, question, limit_rows(tokens, 1, skip=question.rows))
    except QuerySyntaxError:  # a LIMIT that is written in a way only the parser of the store understands
        raise QueryError(f"the answer has more than {question.rows} rows; ask for fewer with LIMIT") from None
    more = next(iter(rest), None) is not None  # type: ignore[arg-type]
    if not sink.restart():
        raise QueryError(f"the answer has more than {question.rows} rows; ask for fewer with LIMIT")
    limited.serialize(sink, format=SOLUTION_FORMATS[format])  # type: ignore[arg-type]
    return more


def _write_graph(results: QueryTriples, question: Question, sink: Sink) -> bool:
    """Write the triples, each once as far as it can be told, and stop at the limit."""
    format = _choose(question, GRAPH)
    sink.begin(GRAPH, format)
    if not question.rows:
        _serialize(results, format, sink)
        return False
    triples = _each_once(results)
    _serialize(islice(triples, question.rows), format, sink)
    return next(triples, None) is not None


def _each_once(triples: Iterable[Triple]) -> Iterator[Triple]:
    seen = set()
    for triple in triples:
        if triple not in seen:
            seen.add(triple)
            yield triple


def _serialize(triples: Iterable[Triple], format: str, sink: Sink) -> None:
    serialize(triples, sink, GRAPH_FORMATS[format], prefixes=_prefixes(format))  # type: ignore[arg-type]


def _prefixes(format: str) -> dict[str, str] | None:
    return None if format == "ntriples" else dict(PREFIXES)


class _RowCounter:
    """Passes bytes on while there cannot be more rows in them than allowed."""

    def __init__(self, sink: Sink, mark: bytes, rows: int) -> None:
        self._write: Callable[[bytes], int] = sink.write
        self._mark = mark
        self._left = rows + 1  # the head of CSV and TSV is a line, too
        self._tail = b""

    def write(self, data: bytes) -> int:
        self._left -= (self._tail + data).count(self._mark)
        if self._left < 0:
            raise _TooManyRowsError
        self._tail = data[1 - len(self._mark) :] if len(self._mark) > 1 else b""
        return self._write(data)

    def flush(self) -> None:
        """Do nothing: the sink decides when bytes leave."""


__all__ = [
    "GRAPH_FORMATS",
    "SOLUTION_FORMATS",
    "NoSuchFormError",
    "QueryResultsFormat",
    "Question",
    "RdfFormat",
    "Sink",
    "answer",
    "write_graph",
    "write_triples",
]
