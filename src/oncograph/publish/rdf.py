"""A store, or part of it, as RDF files: sorted, grouped by subject, and the same bytes for the same graph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import IO, cast

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse, serialize

from oncograph.graph import terms
from oncograph.graph.lookup import find_objects
from oncograph.graph.sorting import sort_tuples
from oncograph.knowledge.namespaces import PREFIXES
from oncograph.model import BASE
from oncograph.publish.selection import EVERYTHING, Selection, select_quads

RDF_FORMATS: dict[str, RdfFormat] = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}

REIFIES = NamedNode(PREFIXES["rdf"] + "reifies")
_REIFICATION = frozenset({terms.SUBJECT, terms.PREDICATE, terms.OBJECT})
_ORDER = {name: rank for rank, name in enumerate(("entity", "claim", "doc", "evidence", "extraction", "mention"))}
_FIRST_PLACE = _ORDER["evidence"]  # from here on names hold offsets, which go by number
_NUMBER = re.compile(r"\d+")
_GRAPHS = {terms.INFERRED_GRAPH: 2, terms.CURATION_GRAPH: 3, terms.ONTOLOGY_GRAPH: 4}
_BATCH = 5_000


def write_rdf(store: Store, output: IO[bytes], *, format: str, keep: Selection = EVERYTHING) -> None:
    """Write a graph in one of `RDF_FORMATS`; forms without named graphs get the union of all graphs.

    Entities come first, then claims, documents and evidence, each by IRI; in forms with named graphs the default
    graph comes first.
    """
    write_quads(select_quads(store, keep), output, format=format)


def write_quads(quads: Iterable[Quad], output: IO[bytes], *, format: str) -> None:
    """Write quads in one of `RDF_FORMATS`, in the order of the exports."""
    form = RDF_FORMATS[format]
    lines = sort_lines(quads, by_graph=form.supports_datasets)
    if form in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS):
        output.writelines(f"{line}\n".encode() for line in lines)
    elif form.supports_datasets:
        _serialize(_parse_lines(lines), output, form)
    else:
        _serialize((quad.triple for quad in _parse_lines(lines)), output, form)


def write_turtle_star(store: Store, output: IO[bytes], *, keep: Selection = EVERYTHING) -> None:
    """Write a graph as RDF 1.2 Turtle: each claim reifies its triple and needs no `rdf:Statement`."""
    lines = sort_lines(_reify(store, select_quads(store, keep)), by_graph=False)
    _serialize((quad.triple for quad in _parse_lines(lines)), output, RdfFormat.TURTLE)


def sort_lines(quads: Iterable[Quad], *, by_graph: bool) -> Iterator[str]:
    """Yield quads as N-Quads lines in the order of the exports, without repeats.

    Args:
        by_graph: Whether all of a graph comes before the next; otherwise all of a subject does, and lines are
            N-Triples, without the graph.
    """
    return (line[-1] for line in sort_tuples(_sort_key(quad, by_graph) for quad in quads))


def _parse_lines(lines: Iterator[str]) -> Iterator[Quad]:
    while batch := "\n".join(islice(lines, _BATCH)):
        yield from parse(batch, format=RdfFormat.N_QUADS)


def _serialize(statements: Iterable[Quad] | Iterable[Triple], output: IO[bytes], form: RdfFormat) -> None:
    if form not in _WRAPPERS:
        serialize(statements, output, form, prefixes=PREFIXES)
        return
    wrapped = _WRAPPERS[form](output)
    serialize(statements, cast("IO[bytes]", wrapped), form, prefixes=PREFIXES)
    wrapped.flush()


def _sort_key(quad: Quad, by_graph: bool) -> tuple[int, str, int, str, bool, str]:
    subject, graph = quad.subject, quad.graph_name
    place = (0, "")
    if by_graph and graph != DefaultGraph():
        place = (_GRAPHS.get(graph, 1) if isinstance(graph, NamedNode) else 1, str(graph))
    line = f"{quad if by_graph else quad.triple} ."
    return *place, *_rank(subject), quad.predicate != terms.TYPE, line


@lru_cache(maxsize=1024)
def _rank(subject: NamedNode | BlankNode | Triple) -> tuple[int, str]:
    """Give the place of a subject among the others: by kind, then by name."""
    if not isinstance(subject, NamedNode) or not subject.value.startswith(BASE):
        return len(_ORDER) + 1, str(subject)
    rank = _ORDER.get(subject.value[len(BASE) :].partition("/")[0], len(_ORDER))
    by_number = _FIRST_PLACE <= rank < len(_ORDER)
    return rank, _NUMBER.sub(lambda match: match[0].zfill(9), subject.value) if by_number else subject.value


def _reify(store: Store, quads: Iterable[Quad]) -> Iterator[Quad]:
    for quad in quads:
        if quad.predicate == terms.OBJECT and isinstance(quad.subject, NamedNode):
            yield from (Quad(quad.subject, REIFIES, triple) for triple in _claimed(store, quad.subject))
        elif quad.predicate not in _REIFICATION and quad.object != terms.STATEMENT:
            yield quad


def _claimed(store: Store, claim: NamedNode) -> Iterator[Triple]:
    for subject in find_objects(store, claim, terms.SUBJECT):
        for predicate in find_objects(store, claim, terms.PREDICATE):
            for obj in find_objects(store, claim, terms.OBJECT):
                if isinstance(subject, NamedNode) and isinstance(predicate, NamedNode):
                    yield Triple(subject, predicate, obj)


class _XmlOutput:
    """A binary file that keeps line ends and control characters of literals from breaking the XML around them.

    XML readers turn a plain carriage return into a line feed, which would move offsets, and refuse control
    characters; the first is written as a reference, the second as U+FFFD each.
    """

    _CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output

    def write(self, data: bytes) -> int:
        self._output.write(self._CONTROL.sub("\ufffd".encode(), bytes(data)).replace(b"\r", b"&#13;"))
        return len(data)

    def flush(self) -> None:
        pass


class _TurtleOutput:
    """A binary file that sets an empty line between the subjects of Turtle; literals never hold a line end there."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._rest = b""
        self._gap = False

    def write(self, data: bytes) -> int:
        *lines, self._rest = (self._rest + bytes(data)).split(b"\n")
        self._output.writelines(self._space(line) for line in lines)
        return len(data)

    def flush(self) -> None:
        self._output.write(self._rest)
        self._rest = b""

    def _space(self, line: bytes) -> bytes:
        starts = not line.startswith((b"@prefix", b"\t"))
        gap, self._gap = self._gap and starts, line.endswith(b" .")
        return (b"\n" if gap else b"") + line + b"\n"


_WRAPPERS: dict[RdfFormat, type[_XmlOutput] | type[_TurtleOutput]] = {
    RdfFormat.RDF_XML: _XmlOutput,
    RdfFormat.TURTLE: _TurtleOutput,
}
