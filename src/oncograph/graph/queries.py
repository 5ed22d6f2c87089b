"""Questions to a store: free SPARQL, and the named queries of the ontology folder with their parameters."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from oncograph.errors import OntologyError, QueryError
from oncograph.graph.answers import QueryAnswer
from oncograph.graph.names import find_class, find_document, find_entity, find_predicate
from oncograph.graph.sparql import (
    find_mistake,
    has_dataset_clause,
    put_terms,
    refuse_forbidden,
    split_tokens,
)
from oncograph.graph.terms import DECIMAL, PREFIXES

_HEADER = re.compile(r"# *(title|description|parameter|example) *: *(.*)")
_PARAMETER = re.compile(r"(\w+) *\((\w+)(?:, *(?:default +(.+?)|(optional)))?\) *: *(.+)")


def run_query(store: Store, text: str, *, union: bool = True) -> QueryAnswer:
    """Answer a SPARQL query; the prefixes of `PREFIXES` need no declaration.

    Args:
        union: Whether a pattern outside GRAPH reads all graphs or the default graph only. A FROM in the query wins.

    Raises:
        QuerySyntaxError: With line and column; also for updates and SERVICE, which are refused.
        QueryError: The query is right but fails while it runs.

    >>> run_query(Store(), "SELECT ?drug { entity:HER2 onco:targetedBy ?drug }").columns
    ('drug',)
    """
    tokens = split_tokens(text)
    refuse_forbidden(text, tokens)
    try:
        results = store.query(
            text, prefixes=PREFIXES, use_default_graph_as_union=union and not has_dataset_clause(tokens)
        )
        return _collect(results)
    except SyntaxError as error:
        raise find_mistake(text, tokens, str(error)) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the query failed: {error}") from error


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a named query asks for; it stands in the text as `$name`.

    Attributes:
        kind: `entity`, `predicate`, `class`, `document`, `text` or `number`.
        default: Used when no value is given; empty when there is none.
        optional: Whether the query runs without a value, over all of them.
    """

    name: str
    kind: str
    description: str
    default: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query of `ontology/queries`, called by the name of its file."""

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    example: str
    text: str

    @property
    def example_values(self) -> dict[str, str]:
        """The values of the parameters in the example, by name."""
        words = shlex.split(self.example)[1:]
        return self.name_values(list(takewhile(lambda word: not word.startswith("--"), words)))

    def name_values(self, values: Sequence[str]) -> dict[str, str]:
        """Give each value its parameter: the one it names (`target=HER2`), else the next that none has named.

        Raises:
            QueryError: There are more values than parameters.
        """
        names = [parameter.name for parameter in self.parameters]
        given = [value.partition("=") for value in values]
        chosen = {name: value for name, equals, value in given if equals and name in names}
        plain = [value for value in values if value.partition("=")[0] not in chosen]
        free = [name for name in names if name not in chosen]
        if len(plain) > len(free):
            raise QueryError(
                f"query {self.name} takes {', '.join(names) or 'no values'}; {plain[len(free)]!r} is too much"
            )
        return chosen | dict(zip(free, plain, strict=False))

    def bind(self, store: Store, values: Mapping[str, str]) -> str:
        """Give the query's text with the terms that the values name in the place of its parameters.

        Raises:
            QueryError: A value names nothing, or a parameter is unknown or missing.
        """
        unknown = sorted(set(values) - {parameter.name for parameter in self.parameters})
        if unknown:
            known = ", ".join(parameter.name for parameter in self.parameters) or "none"
            raise QueryError(f"query {self.name} has no parameter {unknown[0]}; it has {known}")
        terms = {}
        for parameter in self.parameters:
            value = values.get(parameter.name, parameter.default)
            if value:
                terms[parameter.name] = resolve_value(store, parameter.kind, value)
            elif not parameter.optional:
                needed = f"{parameter.name} ({parameter.description})"
                raise QueryError(f"query {self.name} needs {needed}; for example: oncograph query {self.example}")
        return put_terms(self.text, terms)

    def run(self, store: Store, values: Mapping[str, str] | None = None) -> QueryAnswer:
        """Answer the query for the values given by parameter name."""
        return run_query(store, self.bind(store, values or {}))


def load_queries(folder: Path) -> dict[str, NamedQuery]:
    """Load the `.rq` files of a folder, by name.

    A file opens with comment lines `# title: …`, `# description: …`, `# example: …` and one line
    `# parameter: name (kind, default value): what it is` for each parameter, or `(kind, optional)`.

    Raises:
        OntologyError: A file lacks a title, says a parameter it does not use, or the other way round.
    """
    if not folder.is_dir():
        raise OntologyError(f"{folder}: there is no such folder of queries")
    return {path.stem: read_query(path) for path in sorted(folder.glob("*.rq"))}


def read_query(path: Path) -> NamedQuery:
    """Read one `.rq` file with its header.

    Raises:
        OntologyError: The header is not as `load_queries` says.
    """
    text = path.read_text(encoding="utf-8")
    header: dict[str, list[str]] = {"title": [], "description": [], "parameter": [], "example": []}
    for line in text.splitlines():
        match = _HEADER.match(line)
        if match:
            header[match[1]].append(match[2].strip())
        elif line and not line.startswith("#"):
            break
    query = NamedQuery(
        name=path.stem,
        title=" ".join(header["title"]),
        description=" ".join(header["description"]),
        parameters=tuple(_read_parameter(line, path) for line in header["parameter"]),
        example=" ".join(header["example"]),
        text=text,
    )
    _check_query(query, path)
    return query


def resolve_value(store: Store, kind: str, value: str) -> NamedNode | Literal:
    """Give the term that a parameter's value names.

    Raises:
        QueryError: It names nothing in this graph, or the kind is unknown.
    """
    if kind == "text":
        return Literal(value)
    if kind == "number":
        return _read_number(value)
    finders = {"entity": find_entity, "predicate": find_predicate, "class": find_class, "document": find_document}
    if kind not in finders:
        raise QueryError(f"a parameter cannot be of kind {kind}; choose {', '.join(finders)}, text or number")
    return finders[kind](store, value)


def _collect(results: QuerySolutions | QueryBoolean | QueryTriples) -> QueryAnswer:
    if isinstance(results, QueryBoolean):
        return QueryAnswer("boolean", ("answer",), boolean=bool(results))
    if isinstance(results, QuerySolutions):
        columns = tuple(variable.value for variable in results.variables)
        return QueryAnswer("solutions", columns, tuple(tuple(solution) for solution in results))
    return QueryAnswer("graph", ("subject", "predicate", "object"), tuple(dict.fromkeys(tuple(t) for t in results)))


def _read_parameter(line: str, path: Path) -> Parameter:
    match = _PARAMETER.fullmatch(line)
    if match is None:
        raise OntologyError(
            f"{path.name}: cannot read the parameter {line!r}; write it as “name (kind, default value): what it is”"
        )
    name, kind, default, optional, description = match.groups()
    return Parameter(name, kind, description, default or "", bool(optional))


def _check_query(query: NamedQuery, path: Path) -> None:
    if not (query.title and query.description and query.example):
        raise OntologyError(f"{path.name}: add comment lines “# title: …”, “# description: …” and “# example: …”")
    used = {token.text[1:] for token in split_tokens(query.text) if token.kind == "variable" and token.text[0] == "$"}
    declared = {parameter.name for parameter in query.parameters}
    if used != declared:
        names = ", ".join(f"${name}" for name in sorted(used ^ declared))
        raise OntologyError(f"{path.name}: {names} must stand both in a “# parameter:” line and in the query")


def _read_number(value: str) -> Literal:
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", value):
        raise QueryError(f"{value!r} is not a number; write it like 15 or 0.9")
    return Literal(value, datatype=DECIMAL)
