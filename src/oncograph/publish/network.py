"""A store as a networkx graph, and as the files that Cytoscape, Gephi and igraph read."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING

from pyoxigraph import Store

from oncograph.publish.rows import read_rows
from oncograph.publish.selection import EVERYTHING, Selection

if TYPE_CHECKING:
    import networkx

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_networkx(store: Store, *, keep: Selection = EVERYTHING) -> networkx.MultiDiGraph:
    """Give the claims of a graph as edges between entities, denied and hedged ones too.

    A node is keyed by its IRI, words of the text by `literal:` and the words; it has `label`, `class`, `grounding`,
    `synonyms`, `identifiers` and `definition`. An edge is keyed by its claim's IRI; it has `predicate`, `polarity`,
    `certainty`, `confidence`, `evidence` (number of sentences) and `documents`. Lists are joined by ` | `.

    >>> to_networkx(Store()).number_of_nodes()
    0
    """
    import networkx

    rows = read_rows(store, keep)
    graph = networkx.MultiDiGraph()
    for entity in rows.entities:
        graph.add_node(
            entity.iri,
            **{
                "label": entity.label,
                "class": entity.class_name,
                "iri": "" if entity.class_name == "Literal" else entity.iri,
                "grounding": entity.grounding,
                "synonyms": " | ".join(entity.synonyms),
                "identifiers": " | ".join(entity.notations),
                "definition": entity.definition,
            },
        )
    for claim in rows.claims:
        graph.add_edge(
            claim.subject,
            claim.object,
            key=claim.iri,
            claim=claim.iri,
            predicate=claim.predicate,
            polarity=claim.polarity,
            certainty=claim.certainty,
            confidence=claim.confidence,
            evidence=claim.evidence_count,
            documents=" | ".join(claim.documents),
        )
    return graph


def write_graphml(store: Store, output: IO[bytes], *, keep: Selection = EVERYTHING) -> None:
    """Write a graph as GraphML, for Cytoscape, yEd and igraph."""
    from networkx import write_graphml_xml

    write_graphml_xml(_printable(to_networkx(store, keep=keep)), output, encoding="utf-8", prettyprint=True)


def write_gexf(store: Store, output: IO[bytes], *, keep: Selection = EVERYTHING) -> None:
    """Write a graph as GEXF, for Gephi; without the date that networkx would put in."""
    from networkx.readwrite.gexf import GEXFWriter

    writer = GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(_printable(to_networkx(store, keep=keep)))
    for meta in writer.xml.iter("meta"):
        meta.attrib.pop("lastmodifieddate", None)
    writer.write(output)


def _printable(graph: networkx.MultiDiGraph) -> networkx.MultiDiGraph:
    """Put U+FFFD in the place of characters that XML cannot hold, in names and attributes."""
    from networkx import relabel_nodes

    for _, attributes in graph.nodes(data=True):
        attributes.update(_clean(attributes))
    for *_, attributes in graph.edges(data=True):
        attributes.update(_clean(attributes))
    renamed = {node: _NOT_XML.sub("\ufffd", node) for node in graph if _NOT_XML.search(node)}
    return relabel_nodes(graph, renamed) if renamed else graph


def _clean(attributes: dict[str, object]) -> dict[str, object]:
    return {
        name: _NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value for name, value in attributes.items()
    }
