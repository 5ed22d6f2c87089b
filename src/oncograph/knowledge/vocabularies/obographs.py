"""Ontologies in OBO Graphs, the JSON form of OBO → terms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from oncograph.knowledge.vocabularies.collecting import About, Collector
from oncograph.knowledge.vocabularies.identifiers import Identifiers, to_notation, unify
from oncograph.knowledge.vocabularies.obo import EXACT_MATCHES, LICENCES, NOT_NAMES, OTHER_MATCHES, TITLES
from oncograph.knowledge.vocabularies.source import Source
from oncograph.knowledge.vocabularies.terms import Vocabulary

SCOPES = {
    "hasExactSynonym": "exact",
    "hasNarrowSynonym": "narrow",
    "hasBroadSynonym": "broad",
    "hasRelatedSynonym": "related",
}
SUBCLASS = ("is_a", "http://www.w3.org/2000/01/rdf-schema#subClassOf")
ALTERNATIVE_ID = "http://www.geneontology.org/formats/oboInOwl#hasAlternativeId"


def read_obographs(source: Source, *, class_name: str = "") -> Vocabulary:
    """Read the classes of an OBO Graphs document.

    Raises:
        VocabularyError: It is not that, or what `Collector` refuses.
    """
    document = read_json(source)
    graphs = document.get("graphs") if isinstance(document, dict) else None
    if not isinstance(graphs, list) or not all(isinstance(graph, dict) for graph in graphs):
        raise source.error("has no list of graphs", "give an OBO Graphs document")
    collector = Collector(source)
    try:
        for graph in graphs:
            _read_graph(graph, collector, class_name)
        return collector.finish(_describe(graphs[0]) if graphs else None)
    except (AttributeError, KeyError, TypeError) as error:
        raise source.error(f"not OBO Graphs ({error})", "make it anew from the ontology") from error


def read_json(source: Source) -> Any:
    """Read a JSON document.

    Raises:
        VocabularyError: It is not JSON; says where.
    """
    try:
        return json.loads(source.read())
    except json.JSONDecodeError as error:
        raise source.error(f"not JSON: {error.msg}", "mend it or fetch it again", line=error.lineno) from error
    except RecursionError:
        raise source.error("not a vocabulary: its JSON is nested too deep", "give a vocabulary") from None


def _read_graph(graph: dict[str, Any], collector: Collector, class_name: str) -> None:
    parents: dict[str, list[str]] = {}
    for edge in graph.get("edges", ()):
        if edge["pred"] in SUBCLASS:
            parents.setdefault(edge["sub"], []).append(unify(edge["obj"]))
    same: dict[str, list[str]] = {}
    for group in graph.get("equivalentNodesSets", ()):
        for node in group["nodeIds"]:
            same.setdefault(node, []).extend(unify(other) for other in group["nodeIds"] if other != node)
    for node in graph.get("nodes", ()):
        if node.get("type", "CLASS") != "CLASS" or not node.get("lbl"):
            continue
        meta = node.get("meta", {})
        if meta.get("deprecated"):
            collector.obsolete += 1
            continue
        iri = unify(node["id"])
        exact, others = _matches(meta)
        names = _synonyms(meta)
        collector.add(
            iri,
            node["lbl"],
            exact=names["exact"],
            narrow=names["narrow"],
            broad=names["broad"],
            related=names["related"],
            definition=meta.get("definition", {}).get("val", ""),
            parents=parents.get(node["id"], ()),
            exact_matches=(*exact, *same.get(node["id"], ())),
            references=others,
            class_name=class_name,
            notation=to_notation(iri),
        )


def _synonyms(meta: dict[str, Any]) -> dict[str, list[str]]:
    scopes: dict[str, list[str]] = {scope: [] for scope in SCOPES.values()}
    for synonym in meta.get("synonyms", ()):
        kind = synonym.get("synonymType", "").rsplit("#", 1)[-1]
        scopes["related" if kind in NOT_NAMES else SCOPES.get(synonym["pred"], "related")].append(synonym["val"])
    return scopes


def _matches(meta: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Give what a node says it is the same as, and what it is cross-referenced with."""
    identifiers = Identifiers()
    exact, others = [], [identifiers.expand(xref["val"]) for xref in meta.get("xrefs", ())]
    for said in meta.get("basicPropertyValues", ()):
        if said["pred"] in EXACT_MATCHES or said["pred"] == ALTERNATIVE_ID:
            exact.append(identifiers.expand(said["val"]))
        elif said["pred"] in OTHER_MATCHES:
            others.append(identifiers.expand(said["val"]))
    return exact, others


def _describe(graph: dict[str, Any]) -> About:
    meta = graph.get("meta", {})
    said = [(one["pred"], one["val"]) for one in meta.get("basicPropertyValues", ())]
    return About(
        title=next(_values(said, TITLES), "") or str(graph.get("lbl") or graph.get("id") or ""),
        version=str(meta.get("version") or ""),
        licence=next(_values(said, LICENCES), ""),
    )


def _values(said: list[tuple[str, str]], properties: frozenset[str]) -> Iterator[str]:
    return (value for relation, value in said if relation in properties)
