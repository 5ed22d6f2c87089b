"""Claims as an RDF graph: quads, the store that holds them, what follows from them, and questions to them."""

from oncograph.graph.answers import QueryAnswer
from oncograph.graph.curation import CurationSummary, summarise_curation
from oncograph.graph.description import GraphSummary
from oncograph.graph.explain import ExplainedClaim, Explanation, Highlight, Support, explain
from oncograph.graph.journal import Journal
from oncograph.graph.part import DocumentPart, make_part
from oncograph.graph.queries import NamedQuery, Parameter, load_queries, run_query
from oncograph.graph.shapes import Violation, check_store
from oncograph.graph.sparql import QuerySyntaxError
from oncograph.graph.store import (
    apply_journal,
    change_documents,
    is_store,
    open_dataset,
    open_store,
    write_parts,
    write_store,
)
from oncograph.graph.terms import PREFIXES

__all__ = [
    "PREFIXES",
    "CurationSummary",
    "DocumentPart",
    "ExplainedClaim",
    "Explanation",
    "GraphSummary",
    "Highlight",
    "Journal",
    "NamedQuery",
    "Parameter",
    "QueryAnswer",
    "QuerySyntaxError",
    "Support",
    "Violation",
    "apply_journal",
    "change_documents",
    "check_store",
    "explain",
    "is_store",
    "load_queries",
    "make_part",
    "open_dataset",
    "open_store",
    "run_query",
    "summarise_curation",
    "write_parts",
    "write_store",
]
