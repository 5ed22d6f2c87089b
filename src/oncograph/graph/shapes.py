"""A store checked against the SHACL shapes of the ontology folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from oncograph.errors import OntologyError
from oncograph.graph.terms import INFERRED_GRAPH, PREFIXES, shorten

if TYPE_CHECKING:
    from rdflib import Graph, Node


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """A node that is not as a shape says.

    Attributes:
        focus, path, value: The node, its property and the value that is wrong, as prefixed names or text; path and
            value are empty where they are no name.
        severity: `Violation`, `Warning` or `Info`.
    """

    severity: str
    focus: str
    path: str
    value: str
    message: str


def check_store(store: Store, shapes: Path) -> list[Violation]:
    """Give what a store asserts, in any graph, against the shapes of a folder; sorted, empty when all is right.

    Args:
        shapes: A Turtle file, or a folder of them.

    Raises:
        OntologyError: There are no shapes, or they cannot be read.
    """
    from pyshacl import validate
    from rdflib import Graph

    data = Graph()
    for quad in store:
        if quad.graph_name != INFERRED_GRAPH:
            data.add((_convert(quad.subject), _convert(quad.predicate), _convert(quad.object)))
    _, report, _ = validate(data, shacl_graph=_read_shapes(shapes), inference="none", advanced=True)
    assert isinstance(report, Graph)
    return sorted(set(_read_report(report)))


def _convert(node: NamedNode | BlankNode | Literal | Triple) -> Node:
    """Give the rdflib node; text goes without the datatype xsd:string, which rdflib would take for another literal."""
    import rdflib

    if isinstance(node, NamedNode):
        return rdflib.URIRef(node.value)
    if not isinstance(node, Literal):
        return rdflib.BNode(str(node))
    if node.language:
        return rdflib.Literal(node.value, lang=node.language)
    datatype = rdflib.URIRef(node.datatype.value)
    return rdflib.Literal(node.value, datatype=None if datatype == rdflib.XSD.string else datatype)


def _read_shapes(path: Path) -> Graph:
    from rdflib import Graph

    files = sorted(path.glob("*.ttl")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise OntologyError(f"{path}: there are no shapes here; give a folder with .ttl files")
    graph = Graph()
    for file in files:
        try:
            graph.parse(file, format="turtle")
        except (SyntaxError, ValueError) as error:
            raise OntologyError(f"{file}: {error}") from error
    return graph


def _read_report(report: Graph) -> Iterator[Violation]:
    from rdflib import RDF, SH

    for result in report.subjects(RDF.type, SH.ValidationResult):
        messages = sorted(str(message) for message in report.objects(result, SH.resultMessage))
        yield Violation(
            severity=str(report.value(result, SH.resultSeverity)).removeprefix(PREFIXES["sh"]),
            focus=_write(report.value(result, SH.focusNode)),
            path=_write(report.value(result, SH.resultPath)),
            value=_write(report.value(result, SH.value)),
            message="; ".join(messages),
        )


def _write(node: Node | None) -> str:
    from rdflib import BNode, URIRef

    if node is None or isinstance(node, BNode):
        return ""
    return shorten(str(node)) if isinstance(node, URIRef) else str(node)
