"""One way to write a store in any form, each file complete or not written at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from pyoxigraph import Store

from oncograph.errors import QueryError
from oncograph.publish.network import write_gexf, write_graphml
from oncograph.publish.rdf import RDF_FORMATS, write_rdf, write_turtle_star
from oncograph.publish.selection import EVERYTHING, Selection
from oncograph.publish.tables import write_tables


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A form that a graph is written in.

    Attributes:
        extension: Of the file; empty for a folder of files.
        write: Writes a store to an open binary file; None for a folder of files.
    """

    name: str
    extension: str
    description: str
    write: Callable[..., None] | None = None


def _rdf(name: str, extension: str, description: str) -> ExportFormat:
    assert name in RDF_FORMATS
    return ExportFormat(name, extension, description, partial(write_rdf, format=name))


FORMATS: dict[str, ExportFormat] = {
    form.name: form
    for form in (
        _rdf("turtle", ".ttl", "Turtle, the union of all graphs"),
        _rdf("trig", ".trig", "TriG, with one named graph a document"),
        _rdf("ntriples", ".nt", "N-Triples, the union of all graphs"),
        _rdf("nquads", ".nq", "N-Quads, with one named graph a document"),
        _rdf("jsonld", ".jsonld", "JSON-LD, with one named graph a document"),
        _rdf("rdfxml", ".rdf", "RDF/XML, the union of all graphs"),
        ExportFormat("turtle-star", ".ttl", "Turtle of RDF 1.2, claims as reifiers", write_turtle_star),
        ExportFormat("graphml", ".graphml", "GraphML for Cytoscape, yEd and igraph", write_graphml),
        ExportFormat("gexf", ".gexf", "GEXF for Gephi", write_gexf),
        ExportFormat("csv", "", "a folder with nodes.csv, edges.csv and evidence.csv"),
    )
}
"""Every form of export, by name."""


def write_export(store: Store, path: Path, *, format: str, keep: Selection = EVERYTHING) -> None:
    """Write a graph, or the part of it that a selection keeps, to a file (a folder for `csv`).

    The same graph gives the same bytes, and the evidence of every claim is in every RDF form. What stood at the path
    before is replaced once the export is complete.

    Args:
        format: A name of `FORMATS`.

    Raises:
        QueryError: There is no such form, or the selection names what the graph does not have.
    """
    if format not in FORMATS:
        raise QueryError(f"there is no form {format}; choose one of {', '.join(FORMATS)}")
    path, write = Path(path), FORMATS[format].write
    path.parent.mkdir(parents=True, exist_ok=True)
    if write is None:
        write_tables(store, path, keep=keep)
        return
    with _replace_file(path) as output:
        write(store, output, keep=keep)


@contextmanager
def _replace_file(path: Path) -> Iterator[IO[bytes]]:
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as output:
            yield output
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
