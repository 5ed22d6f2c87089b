"""Identifiers as vocabularies write them, and the IRIs they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from oncograph.knowledge.namespaces import NOTATION_STARTS

OTHER_SPELLINGS = {
    "NCI": "NCIT",
    "NCI_THESAURUS": "NCIT",
    "MSH": "MESH",
    "MESH_CUI": "MESH",
    "MIM": "OMIM",
    "ORPHA": "ORPHANET",
    "ORDO": "ORPHANET",
    "UMLS_CUI": "UMLS",
    "SCTID": "SNOMEDCT",
    "ENTREZ": "NCBIGENE",
    "ENTREZGENE": "NCBIGENE",
    "NCBI_GENE": "NCBIGENE",
    "GENEID": "NCBIGENE",
    "UNIPROT": "UNIPROTKB",
}
"""Prefixes that other vocabularies write for a source, in capitals."""
EDITION = re.compile(r"_US_\d{4}_\d\d_\d\d$|_\d{4}_\d\d_\d\d$")
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_STARTS = {source.upper(): start for source, start in NOTATION_STARTS.items()}


def to_iri(identifier: str, prefixes: Mapping[str, str] = {}) -> str:
    """Write a compact identifier out as an IRI; one whose prefix is not known stays as it is.

    Args:
        prefixes: The file's own, which win.

    >>> to_iri("DOID:1612"), to_iri("NCI:C3088"), to_iri("http://example.org/1")
    ('http://purl.obolibrary.org/obo/DOID_1612', 'http://purl.obolibrary.org/obo/NCIT_C3088', 'http://example.org/1')
    """
    prefix, colon, local = identifier.strip().partition(":")
    if not colon or local.startswith("//"):
        return identifier.strip()
    source = EDITION.sub("", prefix.upper())
    start = prefixes.get(prefix) or _STARTS.get(OTHER_SPELLINGS.get(source, source))
    if start is None:
        return identifier.strip()
    return start + local.removeprefix(f"{prefix}:")


def to_notation(iri: str) -> str:
    """Write an IRI as a compact identifier; empty where its source is not known.

    >>> to_notation("http://purl.obolibrary.org/obo/DOID_1612")
    'DOID:1612'
    """
    return next((f"{name}:{iri[len(start) :]}" for name, start in NOTATION_STARTS.items() if iri.startswith(start)), "")


def is_iri(identifier: str) -> bool:
    """Tell whether an identifier may stand in RDF: an absolute IRI, as an unknown prefix also makes one.

    >>> is_iri("http://example.org/1"), is_iri("7 b")
    (True, False)
    """
    return IRI.fullmatch(identifier) is not None
