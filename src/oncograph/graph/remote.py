"""A graph on a SPARQL endpoint: free and named queries are answered as those on a store of this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import cast

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from oncograph.errors import QueryError, StoreError
from oncograph.graph.answers import QueryAnswer
from oncograph.graph.endpoint import Endpoint, RefusedError
from oncograph.graph.queries import NamedQuery
from oncograph.graph.sparql import find_form, find_undeclared, has_dataset_clause, refuse_updates, split_tokens
from oncograph.graph.terms import DATASET, PREFIXES

_SOLUTIONS = "application/sparql-results+json, application/sparql-results+xml;q=0.8"
_TRIPLES = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.7"
_RESULT_FORMATS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/xml": QueryResultsFormat.XML,
    "text/xml": QueryResultsFormat.XML,
}
_TRIPLE_FORMATS = {
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/plain": RdfFormat.N_TRIPLES,
    "text/turtle": RdfFormat.TURTLE,
    "application/x-turtle": RdfFormat.TURTLE,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
_VIRTUOSO_ASK = "__ASK_RETVAL"
_UNIONS: tuple[dict[str, str], ...] = (
    {},
    {"union-default-graph": "true"},  # Oxigraph's server
    {"default-graph-uri": "urn:x-arq:UnionGraph"},  # Fuseki, of the named graphs
)
"""What makes the known servers read all graphs outside GRAPH; most do so anyhow."""
_IN_TWO_GRAPHS = f"ASK {{ {DATASET} a void:Dataset . ?claim a onco:Claim }}"
"""The graph is described in a graph of its own, the claims are in the default graph."""
_IS_HERE = f"""ASK {{
  GRAPH onco:ontology {{ {DATASET} a void:Dataset }}
  {{ ?claim a onco:Claim }} UNION {{ GRAPH ?g {{ ?claim a onco:Claim }} }}
}}"""


class RemoteStore:
    """Answers questions by asking an endpoint; looks things up as a store does, so that names mean the same."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def run(self, query: NamedQuery, values: Mapping[str, str]) -> QueryAnswer:
        """Answer a named query for values by parameter name.

        Raises:
            QueryError: A value names nothing, or the server does not take the query.
            StoreError: The server cannot be reached.
        """
        return self.ask(query.bind(cast("Store", self), values))

    def ask(self, text: str) -> QueryAnswer:
        """Answer a SPARQL query; the prefixes of `PREFIXES` need no declaration.

        A pattern outside GRAPH reads all graphs, as in a store of this machine, unless the query has a FROM.

        Raises:
            QuerySyntaxError: It is an update.
            QueryError: The server does not take the query.
            StoreError: The server cannot be reached.
        """
        tokens = split_tokens(text)
        refuse_updates(text, tokens)
        form = find_form(tokens)
        return self._ask(text, form, {} if has_dataset_clause(tokens) else self._union)

    def holds(self, text: str) -> bool:
        """Tell the answer to an ASK query on the graphs as the server has them."""
        return bool(self._ask(text, "ASK", {}).boolean)

    def quads_for_pattern(
        self,
        subject: NamedNode | None,
        predicate: NamedNode | None,
        obj: NamedNode | Literal | None,
        graph: NamedNode | DefaultGraph | None = None,
    ) -> Iterator[Quad]:
        """Yield the triples that match a pattern, in any graph or in a named one, as quads of the default graph."""
        terms = {"s": subject, "p": predicate, "o": obj}
        pattern = " ".join(str(term) if term is not None else f"?{name}" for name, term in terms.items())
        if isinstance(graph, NamedNode):
            pattern = f"GRAPH {graph} {{ {pattern} }}"
        free = " ".join(f"?{name}" for name, term in terms.items() if term is None)
        answer = self._ask(f"SELECT DISTINCT {free or '(1 AS ?one)'} {{ {pattern} }}", "SELECT", self._union)
        for solution in answer.solutions:
            found = terms | dict(zip(answer.columns, solution, strict=True))
            s, p, o = (found[name] for name in terms)
            if isinstance(s, NamedNode | BlankNode) and isinstance(p, NamedNode) and o is not None:
                yield Quad(s, p, o)

    @cached_property
    def _union(self) -> dict[str, str]:
        """What to send so that the server reads all graphs at once."""
        if not self.holds(_IS_HERE):
            return {}  # another graph than ours: it is asked as it is
        for options in _UNIONS:
            try:
                if self._ask(_IN_TWO_GRAPHS, "ASK", options).boolean:
                    return options
            except QueryError:  # a server that knows no such graph
                continue
        raise StoreError(
            f"{self._endpoint.address.query}: does not read the default graph and the named graphs as one; turn its "
            "union default graph on (Fuseki: tdb2:unionDefaultGraph true, and push with --default-graph)"
        )

    def _ask(self, text: str, form: str, options: dict[str, str]) -> QueryAnswer:
        triples = form in {"CONSTRUCT", "DESCRIBE"}
        try:
            kind, body = self._endpoint.query(
                _declare(text), accept=_TRIPLES if triples else _SOLUTIONS, options=options
            )
        except RefusedError as error:
            raise QueryError(str(error)) from error
        try:
            return _read_triples(kind, body) if triples else _read_results(kind, body, form)
        except (SyntaxError, ValueError, KeyError) as error:
            where = self._endpoint.address.query
            reason = str(error).partition("\n")[0]
            raise QueryError(f"{where}: the answer ({kind or 'of no type'}) cannot be read: {reason}") from error


def _declare(text: str) -> str:
    """Put the prefixes that a query uses and does not declare before it, on its first line."""
    known: dict[str, str] = {}
    tokens = split_tokens(text)
    while (token := find_undeclared(tokens, known)) is not None:
        prefix = token.text.partition(":")[0]
        known[prefix] = PREFIXES.get(prefix, "")
    return "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in known.items() if iri) + text


def _read_triples(kind: str, body: bytes) -> QueryAnswer:
    triples = parse(body, format=_TRIPLE_FORMATS[kind])
    found = dict.fromkeys((quad.subject, quad.predicate, quad.object) for quad in triples)
    return QueryAnswer("graph", ("subject", "predicate", "object"), tuple(found))


def _read_results(kind: str, body: bytes, form: str) -> QueryAnswer:
    results = parse_query_results(body, format=_RESULT_FORMATS[kind])
    if isinstance(results, QueryBoolean):
        return QueryAnswer("boolean", ("answer",), boolean=bool(results))
    assert isinstance(results, QuerySolutions)
    columns = tuple(variable.value for variable in results.variables)
    solutions = tuple(tuple(solution) for solution in results)
    if form == "ASK" and columns == (_VIRTUOSO_ASK,):
        value = solutions[0][0] if solutions else None
        return QueryAnswer("boolean", ("answer",), boolean=isinstance(value, Literal) and value.value == "1")
    return QueryAnswer("solutions", columns, solutions)
