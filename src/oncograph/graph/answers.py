"""What a query answers, and the forms it is written in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    RdfFormat,
    Triple,
    parse_query_results,
    serialize,
)

from oncograph.errors import QueryError
from oncograph.graph.terms import PREFIXES, shorten

_XSD = PREFIXES["xsd"]
Term = NamedNode | BlankNode | Literal | Triple

SOLUTION_FORMATS: Mapping[str, QueryResultsFormat] = {
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
}
GRAPH_FORMATS: Mapping[str, RdfFormat] = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """The answer to a query: a table, yes or no, or triples.

    Attributes:
        kind: `solutions` (SELECT), `boolean` (ASK) or `graph` (CONSTRUCT, DESCRIBE).
        columns: Names of the variables; `subject`, `predicate`, `object` for a graph, `answer` for yes or no.
        solutions: One tuple of terms a row, None where a variable has no value.
        boolean: The answer of an ASK query.
    """

    kind: str
    columns: tuple[str, ...]
    solutions: tuple[tuple[Term | None, ...], ...] = ()
    boolean: bool | None = None

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Give the table for people: IRIs with their prefixes, literals as their text, nothing as an empty string."""
        if self.kind == "boolean":
            return [("yes" if self.boolean else "no",)]
        return [tuple(format_term(term) for term in solution) for solution in self.solutions]

    @property
    def formats(self) -> tuple[str, ...]:
        """Give the names of the forms that `serialize` writes for this kind of answer."""
        if self.kind == "graph":
            return tuple(GRAPH_FORMATS)
        return ("json", "xml") if self.kind == "boolean" else (*SOLUTION_FORMATS, "markdown")

    def serialize(self, format: str) -> bytes:
        """Write the answer in one of `formats`, as the standard of that form says.

        Raises:
            QueryError: This kind of answer has no such form.
        """
        if format not in self.formats:
            raise QueryError(f"a {self.kind} answer has no form {format}; choose one of {', '.join(self.formats)}")
        if self.kind == "graph":
            return _serialize_graph(self.solutions, GRAPH_FORMATS[format])
        if format == "markdown":
            return _write_markdown(self.columns, self.rows).encode()
        results = parse_query_results(self._to_json(), QueryResultsFormat.JSON)
        return results.serialize(format=SOLUTION_FORMATS[format]) or b""

    def _to_json(self) -> str:
        """Write SPARQL JSON, which pyoxigraph reads back and writes as any other form."""
        if self.kind == "boolean":
            return json.dumps({"head": {}, "boolean": self.boolean})
        bindings = [
            {name: _json_term(term) for name, term in zip(self.columns, solution, strict=True) if term is not None}
            for solution in self.solutions
        ]
        return json.dumps({"head": {"vars": self.columns}, "results": {"bindings": bindings}})


def format_term(term: Term | None) -> str:
    """Write a term for people.

    >>> format_term(NamedNode("https://w3id.org/oncograph/entity/HER2")), format_term(Literal("HER2", language="en"))
    ('entity:HER2', 'HER2')
    """
    if term is None:
        return ""
    if isinstance(term, NamedNode):
        return shorten(term.value)
    if isinstance(term, Literal):
        return term.value
    if isinstance(term, Triple):
        return f"<<( {' '.join(format_term(part) for part in term)} )>>"
    return str(term)


def _serialize_graph(triples: Iterable[tuple], format: RdfFormat) -> bytes:
    ordered = sorted((Triple(*triple) for triple in triples), key=str)
    text = "\n".join(map(str, ordered))
    used = {prefix: iri for prefix, iri in PREFIXES.items() if f"<{iri}" in text}
    return serialize(ordered, format=format, prefixes=used) or b""


def _write_markdown(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = [_markdown_cell(column) for column in columns]
    lines = [heads, ["---"] * len(heads), *([_markdown_cell(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _markdown_cell(text: str) -> str:
    """Keep a cell on one line and from being read as markup or as the next cell."""
    escaped = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`")
    return " ".join(escaped.split())


def _json_term(term: Term) -> dict:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        parts = zip(("subject", "predicate", "object"), term, strict=True)
        return {"type": "triple", "value": {name: _json_term(part) for name, part in parts}}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != _XSD + "string":
        found["datatype"] = term.datatype.value
    return found
