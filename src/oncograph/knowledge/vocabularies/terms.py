"""The values of an imported vocabulary: its terms, and what it says is the same elsewhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a vocabulary, as its source has it.

    Attributes:
        iri: Full IRI that the source gives it.
        label: Preferred name.
        class_name: Local name of the ontology class it belongs to, where source or column map says so; else empty.
        exact, related, broad, narrow: Other names by their scope (oboInOwl; SKOS has exact ones only).
        definition: In the source's words.
        parents: IRIs of the more general terms.
        exact_matches: IRIs that the source says are the same thing (skos:exactMatch, owl:equivalentClass).
        references: IRIs it is cross-referenced with (OBO xref, skos:closeMatch), which may be wider or narrower.
        notation: Compact identifier: `DOID:1612`.
    """

    iri: str
    label: str
    class_name: str = ""
    exact: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    broad: tuple[str, ...] = ()
    narrow: tuple[str, ...] = ()
    definition: str = ""
    parents: tuple[str, ...] = ()
    exact_matches: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    notation: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a mapping set says of two terms, `relation` being the local name of a SKOS mapping property."""

    subject: str
    relation: str
    object: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of one file, or its mappings, with what the file says of itself.

    Attributes:
        title, version, licence: In the file's own words; empty where it says nothing.
        terms: In the order of their IRIs; obsolete ones left out.
        mappings: Sorted.
        obsolete: How many terms were left out for being obsolete.
    """

    title: str = ""
    version: str = ""
    licence: str = ""
    terms: tuple[Term, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    obsolete: int = 0
