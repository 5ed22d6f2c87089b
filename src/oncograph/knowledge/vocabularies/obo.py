"""Vocabularies in the OBO format, and as OBO Graphs in JSON, by fastobo."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import fastobo
from fastobo import term as clauses

from oncograph.errors import VocabularyError
from oncograph.knowledge.vocabularies.identifiers import to_iri, to_notation
from oncograph.knowledge.vocabularies.terms import Term, Vocabulary

SKOS = "http://www.w3.org/2004/02/skos/core#"
MATCH_PROPERTIES = {
    "skos:exactMatch": "exact",
    f"{SKOS}exactMatch": "exact",
    "skos:closeMatch": "reference",
    f"{SKOS}closeMatch": "reference",
}
TITLES = frozenset(
    {"dc:title", "dcterms:title", "http://purl.org/dc/terms/title", "http://purl.org/dc/elements/1.1/title"}
)
LICENCES = frozenset({"dc:license", "dcterms:license", "http://purl.org/dc/terms/license"})


def read_obo(data: bytes, path: Path, *, class_name: str = "") -> Vocabulary:
    """Read an OBO file.

    Raises:
        VocabularyError: It is not well-formed; names the line.
    """
    try:
        document = fastobo.load(io.BytesIO(data))
    except SyntaxError as error:
        raise VocabularyError(f"{path}:{error.lineno or 1}: not OBO: {error.msg}; mend the line") from None
    except ValueError as error:
        raise VocabularyError(f"{path}: not OBO: {error}; mend it") from None
    return _to_vocabulary(document, class_name)


def read_obo_graph(data: bytes, path: Path, *, class_name: str = "") -> Vocabulary:
    """Read an OBO Graphs file.

    Raises:
        VocabularyError: It is not well-formed.
    """
    try:
        document = fastobo.load_graph(io.BytesIO(data))
    except (ValueError, SyntaxError) as error:
        raise VocabularyError(f"{path}: not OBO Graphs: {error}; mend it") from None
    return _to_vocabulary(document, class_name)


def _to_vocabulary(document: Any, class_name: str) -> Vocabulary:
    said = _read_header(document.header)
    terms, obsolete = [], 0
    for frame in document:
        if not isinstance(frame, clauses.TermFrame):
            continue
        term = _to_term(frame, class_name)
        if term is None:
            obsolete += 1
        else:
            terms.append(term)
    return Vocabulary(said["title"], said["version"], said["licence"], tuple(terms), (), obsolete)


def _read_header(header: Iterable[Any]) -> dict[str, str]:
    said = {"title": "", "version": "", "licence": "", "name": ""}
    for clause in header:
        tag, value = clause.raw_tag(), clause.raw_value()
        if tag == "data-version":
            said["version"] = value
        elif tag == "ontology":
            said["name"] = value
        elif tag == "property_value":
            name, _, rest = value.partition(" ")
            text = rest.rpartition(" xsd:")[0].strip().strip('"') or rest.strip('"')
            if name in TITLES:
                said["title"] = text
            elif name in LICENCES:
                said["licence"] = text
    said["title"] = said["title"] or said["name"]
    return said


def _to_term(frame: Any, class_name: str) -> Term | None:
    """Make a term of a frame; None of an obsolete one."""
    names: dict[str, list[str]] = {"EXACT": [], "RELATED": [], "BROAD": [], "NARROW": []}
    links: dict[str, list[str]] = {"parent": [], "exact": [], "reference": []}
    label = definition = ""
    for clause in frame:
        if isinstance(clause, clauses.NameClause):
            label = clause.name
        elif isinstance(clause, clauses.DefClause):
            definition = str(clause.definition)
        elif isinstance(clause, clauses.SynonymClause):
            names[clause.synonym.scope or "RELATED"].append(clause.synonym.desc)
        elif isinstance(clause, clauses.IsAClause):
            links["parent"].append(to_iri(str(clause.term)))
        elif isinstance(clause, clauses.EquivalentToClause):
            links["exact"].append(to_iri(str(clause.term)))
        elif isinstance(clause, clauses.XrefClause):
            links["reference"].append(to_iri(str(clause.xref.id).replace("\\", "")))
        elif isinstance(clause, clauses.PropertyValueClause):
            name, _, value = clause.raw_value().partition(" ")
            if (kind := MATCH_PROPERTIES.get(name)) is not None:
                links[kind].append(to_iri(value.split(" ")[0].strip('"')))
        elif isinstance(clause, clauses.IsObsoleteClause) and clause.obsolete:
            return None
    iri = to_iri(str(frame.id))
    return Term(
        iri,
        label,
        class_name,
        tuple(names["EXACT"]),
        tuple(names["RELATED"]),
        tuple(names["BROAD"]),
        tuple(names["NARROW"]),
        definition,
        tuple(links["parent"]),
        tuple(links["exact"]),
        tuple(links["reference"]),
        to_notation(iri),
    )
