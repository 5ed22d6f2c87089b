"""What an endpoint says of itself (SPARQL 1.1 Service Description) and of the graph behind it (VoID)."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from oncograph.graph import terms
from oncograph.graph.streaming import write_triples
from oncograph.graph.terms import PREFIXES

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VOID = PREFIXES["void"]
_FORMATS = (
    "SPARQL_Results_JSON SPARQL_Results_XML SPARQL_Results_CSV SPARQL_Results_TSV Turtle N-Triples JSON-LD RDF_XML"
)
_SD_PREFIXES = {"sd": _SD, "formats": "http://www.w3.org/ns/formats/"}


def describe_service(store: Store, endpoint: str, format: str, *, services: bool, updates: bool = False) -> bytes:
    """Describe an endpoint and the graphs it serves, in one of the forms of triples.

    Args:
        services: Whether queries may name other endpoints.
    """
    triples = [*_service(store, endpoint, services=services, updates=updates), *_dataset(store, endpoint)]
    return write_triples(triples, format, prefixes=_SD_PREFIXES)


def describe_dataset(store: Store, endpoint: str, format: str) -> bytes:
    """Describe the graph with its counts, by class and by property, and where it can be asked."""
    return write_triples(list(_dataset(store, endpoint)), format)


def _service(store: Store, endpoint: str, *, services: bool, updates: bool) -> Iterator[Triple]:
    node, dataset, default = NamedNode(endpoint), NamedNode(f"{endpoint}#dataset"), NamedNode(f"{endpoint}#default")
    yield Triple(node, terms.TYPE, _sd("Service"))
    yield Triple(node, _sd("endpoint"), node)
    yield Triple(node, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    if updates:
        yield Triple(node, _sd("supportedLanguage"), _sd("SPARQL11Update"))
    yield Triple(node, _sd("feature"), _sd("UnionDefaultGraph"))
    if services:
        yield Triple(node, _sd("feature"), _sd("BasicFederatedQuery"))
    for written in _FORMATS.split():
        yield Triple(node, _sd("resultFormat"), NamedNode(_SD_PREFIXES["formats"] + written))
    yield Triple(node, _sd("defaultDataset"), dataset)
    yield Triple(dataset, terms.TYPE, _sd("Dataset"))
    yield Triple(dataset, _sd("defaultGraph"), default)
    yield Triple(default, terms.TYPE, _sd("Graph"))
    yield Triple(default, terms.COMMENT, Literal("All graphs as one; with union=false the facts and claims only."))
    names = sorted((graph for graph in store.named_graphs() if isinstance(graph, NamedNode)), key=str)
    for number, name in enumerate(names):
        graph = BlankNode(f"g{number}")
        yield Triple(dataset, _sd("namedGraph"), graph)
        yield Triple(graph, terms.TYPE, _sd("NamedGraph"))
        yield Triple(graph, _sd("name"), name)


def _dataset(store: Store, endpoint: str) -> Iterator[Triple]:
    """Give what the store says of itself, and where it is asked."""
    nodes = [terms.DATASET]
    for node in nodes:
        for quad in store.quads_for_pattern(node, None, None, None):
            yield quad.triple
            if quad.predicate.value.startswith(_VOID) and quad.predicate.value.endswith("Partition"):
                nodes.append(quad.object)  # type: ignore[arg-type]
    yield Triple(terms.DATASET, NamedNode(_VOID + "sparqlEndpoint"), NamedNode(endpoint))
    for space in ("entity", "claim", "evidence", "doc"):
        yield Triple(terms.DATASET, NamedNode(_VOID + "uriSpace"), Literal(PREFIXES[space]))


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)
