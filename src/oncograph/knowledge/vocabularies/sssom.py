"""Mappings between vocabularies in the SSSOM table format (https://w3id.org/sssom)."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from pathlib import Path

from oncograph.errors import VocabularyError
from oncograph.knowledge.vocabularies.identifiers import to_iri
from oncograph.knowledge.vocabularies.terms import Mapping, Vocabulary

COLUMNS = ("subject_id", "predicate_id", "object_id")
PREFIX_LINE = re.compile(r"#\s+(?P<prefix>[\w.-]+):\s*[\"']?(?P<start>https?://\S+?)[\"']?\s*$")
FIELD_LINE = re.compile(r"#\s?(?P<name>\w+):\s*[\"']?(?P<value>.+?)[\"']?\s*$")
RELATION = re.compile(r"(?:skos:|http://www\.w3\.org/2004/02/skos/core#)(\w+Match)$")
NOT = "Not"


def read_sssom(text: str, path: Path) -> Vocabulary:
    """Read the mappings of a table; those said not to hold are left out.

    Raises:
        VocabularyError: A column or a field is missing; names the line.
    """
    lines = text.splitlines()
    said: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    at = 0
    while at < len(lines) and lines[at].startswith("#"):
        if (prefix := PREFIX_LINE.match(lines[at])) is not None:
            prefixes[prefix["prefix"]] = prefix["start"]
        elif (field := FIELD_LINE.match(lines[at])) is not None:
            said[field["name"]] = field["value"]
        at += 1
    header = lines[at].split("\t") if at < len(lines) else []
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise VocabularyError(
            f"{path}:{at + 1}: there is no column {missing[0]}; an SSSOM table has {', '.join(COLUMNS)}"
        )
    mappings = []
    for number, line in enumerate(lines[at + 1 :], start=at + 2):
        if not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) != len(header):
            raise VocabularyError(f"{path}:{number}: {len(fields)} fields in place of {len(header)}; mend the line")
        row = dict(zip(header, fields, strict=True))
        relation = RELATION.match(row["predicate_id"])
        if relation is not None and row.get("predicate_modifier", "") != NOT:
            mappings.append(Mapping(_iri(row, "subject_id", prefixes), relation[1], _iri(row, "object_id", prefixes)))
    kept = sorted(set(mappings), key=lambda one: (one.subject, one.relation, one.object))
    title = said.get("mapping_set_title", "") or said.get("mapping_set_id", "")
    return Vocabulary(title, said.get("mapping_set_version", ""), said.get("license", ""), mappings=tuple(kept))


def _iri(row: Map[str, str], name: str, prefixes: Map[str, str]) -> str:
    """Write an identifier out; the IRI that other vocabularies use comes before the file's own."""
    plain = to_iri(row[name])
    return plain if plain != row[name] or "://" in plain else to_iri(row[name], prefixes)
