"""Mapping sets in SSSOM, tables that say which term of one vocabulary matches which of another → mappings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from oncograph.knowledge.vocabularies.collecting import About, Collector
from oncograph.knowledge.vocabularies.delimited import Row, read_rows
from oncograph.knowledge.vocabularies.identifiers import Identifiers, is_iri
from oncograph.knowledge.vocabularies.source import Source
from oncograph.knowledge.vocabularies.terms import Mapping, Vocabulary

COLUMNS = ("subject_id", "predicate_id", "object_id")
RELATIONS = {
    "skos:exactMatch": "exactMatch",
    "skos:closeMatch": "closeMatch",
    "skos:broadMatch": "broadMatch",
    "skos:narrowMatch": "narrowMatch",
    "skos:relatedMatch": "relatedMatch",
    "owl:equivalentClass": "exactMatch",
    "owl:sameAs": "exactMatch",
    "rdfs:subClassOf": "broadMatch",
    "oboInOwl:hasDbXref": "closeMatch",
    "oio:hasDbXref": "closeMatch",
}
OTHER_RELATION = "mappingRelation"
"""The SKOS property above all matches, for what the table above does not have."""
NOTHING = "sssom:NoTermFound"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_COMMENT = re.compile(r"#( *)([\w-]+):(?:\s+(.*?))?\s*$")


def read_sssom(source: Source) -> Vocabulary:
    """Read a mapping set (SSSOM, tab-separated, its metadata in comments at the top).

    Left out is what the set says does not match: the modifier `Not`, and the object `sssom:NoTermFound`.

    Raises:
        VocabularyError: A column is missing, a row is broken, or an identifier is none.
    """
    metadata, prefixes = _read_metadata(source)
    identifiers = Identifiers(prefixes)
    mappings = []
    for row in read_rows(source, comment="#", needed=COLUMNS):
        if row.value("predicate_modifier").casefold() == "not" or NOTHING in (
            row.value("subject_id"),
            row.value("object_id"),
        ):
            continue
        ends = [_find_iri(source, row, name, identifiers) for name in ("subject_id", "object_id")]
        mappings.append(Mapping(ends[0], _relation(row.value("predicate_id")), ends[1]))
    about = About(
        metadata.get("mapping_set_title", "") or metadata.get("mapping_set_id", ""),
        metadata.get("mapping_set_version", ""),
        metadata.get("license", ""),
    )
    return Collector(source).finish(about, mappings=mappings)


def _read_metadata(source: Source) -> tuple[dict[str, str], dict[str, str]]:
    """Give the plain values of the comments at the top, and the prefixes of their curie_map."""
    metadata: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    section, indent = "", 0
    for spaces, key, value in _comments(line for _, line in source.lines()):
        if section and spaces > indent:
            if section == "curie_map":
                prefixes[key] = value
            continue
        section, indent = ("", 0) if value else (key, spaces)
        if value:
            metadata[key] = value
    return metadata, prefixes


def _comments(lines: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    for line in lines:
        if not line.startswith("#"):
            return
        found = _COMMENT.match(line.rstrip("\t\r\n ").replace("\t", ""))
        if found:
            yield len(found[1]), found[2], (found[3] or "").strip("\"'")


def _relation(predicate: str) -> str:
    return RELATIONS.get(predicate.replace(_SKOS, "skos:"), OTHER_RELATION)


def _find_iri(source: Source, row: Row, name: str, identifiers: Identifiers) -> str:
    identifier = row.value(name)
    if not identifier:
        raise source.error(f"the {name} is missing", "give each mapping both of its terms", line=row.line)
    iri = identifiers.expand(identifier)
    if not is_iri(iri):
        raise source.error(f"{name} {identifier[:60]!r} is no identifier", "write prefix:name", line=row.line)
    return iri
