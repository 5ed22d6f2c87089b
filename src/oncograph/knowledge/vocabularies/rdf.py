"""Vocabularies in RDF: SKOS concept schemes and OWL ontologies, in any of its forms, and OWL in functional syntax."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph
from pyoxigraph import RdfFormat

from oncograph.errors import VocabularyError
from oncograph.knowledge.namespaces import expand
from oncograph.knowledge.vocabularies.identifiers import to_iri, to_notation
from oncograph.knowledge.vocabularies.terms import Mapping, Term, Vocabulary

OBO_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
DC = "http://purl.org/dc/elements/1.1/"
TYPE, LABEL = expand("rdf:type"), expand("rdfs:label")
PREF_LABEL = expand("skos:prefLabel")
TERM_TYPES = frozenset({expand("owl:Class"), expand("skos:Concept"), expand("rdfs:Class")})
SCHEME_TYPES = frozenset({expand("owl:Ontology"), expand("skos:ConceptScheme")})
EXACT = (expand("skos:altLabel"), f"{OBO_IN_OWL}hasExactSynonym")
RELATED = (expand("skos:hiddenLabel"), f"{OBO_IN_OWL}hasRelatedSynonym")
BROAD, NARROW = (f"{OBO_IN_OWL}hasBroadSynonym",), (f"{OBO_IN_OWL}hasNarrowSynonym",)
DEFINITION = (expand("skos:definition"), expand("obo:IAO_0000115"), expand("dcterms:description"))
PARENTS = (expand("rdfs:subClassOf"), expand("skos:broader"))
NARROWER = expand("skos:narrower")
MATCHES = (expand("skos:exactMatch"), expand("owl:equivalentClass"))
REFERENCES = (expand("skos:closeMatch"), f"{OBO_IN_OWL}hasDbXref")
NOTATION = (expand("skos:notation"), f"{OBO_IN_OWL}id")
DEPRECATED = expand("owl:deprecated")
TITLE = (expand("dcterms:title"), f"{DC}title", LABEL, PREF_LABEL)
VERSION = (expand("owl:versionInfo"), expand("owl:versionIRI"), expand("schema:version"))
LICENCE = (expand("dcterms:license"), f"{DC}license", expand("dcterms:rights"), f"{DC}rights")
MAPPING_RELATIONS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch")

Entry = dict[str, list[pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal]]


def read_rdf(data: bytes, path: Path, form: RdfFormat, *, class_name: str = "") -> Vocabulary:
    """Read a SKOS or OWL file: its terms, or what it says matches where it describes none.

    Raises:
        VocabularyError: It is not well-formed; names the line.
    """
    entries: dict[str, Entry] = {}
    try:
        for quad in pyoxigraph.parse(data, format=form, base_iri="https://example.org/"):
            if isinstance(quad.subject, pyoxigraph.NamedNode):
                entries.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(quad.object)
    except SyntaxError as error:
        where = f"{path}:{error.lineno}" if error.lineno else str(path)
        raise VocabularyError(f"{where}: not {form.name}: {error.msg.split(': ', 1)[-1]}; mend the line") from None
    except ValueError as error:
        raise VocabularyError(f"{path}: not {form.name}: {error}; mend it") from None
    terms = {iri: entry for iri, entry in entries.items() if _is_term(entry)}
    current = {iri: entry for iri, entry in terms.items() if not _says_true(entry.get(DEPRECATED, ()))}
    above: dict[str, list[str]] = {}
    for iri, entry in current.items():
        for below in _iris(entry, (NARROWER,)):
            above.setdefault(below, []).append(iri)
    said = next((entry for entry in entries.values() if _types(entry) & SCHEME_TYPES), {})
    return Vocabulary(
        _text(said, TITLE),
        _text(said, VERSION),
        _text(said, LICENCE),
        tuple(_to_term(iri, entry, class_name, above.get(iri, ())) for iri, entry in current.items()),
        tuple(sorted(_mappings(entries), key=lambda one: (one.subject, one.relation, one.object))) if not terms else (),
        len(terms) - len(current),
    )


def read_functional(data: bytes, path: Path, *, class_name: str = "") -> Vocabulary:
    """Read an OWL file in functional syntax, by way of RDF.

    Raises:
        VocabularyError: It is not well-formed.
    """
    import pyhornedowl

    try:
        ontology = pyhornedowl.open_ontology_from_string(data.decode("utf-8"), "ofn")
    except ValueError as error:
        raise VocabularyError(f"{path}: not OWL functional syntax: {' '.join(str(error).split())}; mend it") from None
    return read_rdf(ontology.save_to_string("rdf").encode(), path, RdfFormat.RDF_XML, class_name=class_name)


def _is_term(entry: Entry) -> bool:
    return bool(_types(entry) & TERM_TYPES) and bool(_text(entry, (PREF_LABEL, LABEL)))


def _types(entry: Entry) -> set[str]:
    return {value.value for value in entry.get(TYPE, ())}


def _to_term(iri: str, entry: Entry, class_name: str, above: Iterable[str]) -> Term:
    return Term(
        iri,
        _text(entry, (PREF_LABEL, LABEL)),
        class_name,
        _texts(entry, EXACT),
        _texts(entry, RELATED),
        _texts(entry, BROAD),
        _texts(entry, NARROW),
        _text(entry, DEFINITION),
        tuple(dict.fromkeys((*_iris(entry, PARENTS), *above))),
        _iris(entry, MATCHES),
        tuple(to_iri(value.value) for name in REFERENCES for value in entry.get(name, ())),
        to_notation(iri) or _text(entry, NOTATION),
    )


def _mappings(entries: dict[str, Entry]) -> Iterable[Mapping]:
    for subject, entry in entries.items():
        for relation in MAPPING_RELATIONS:
            for value in _iris(entry, (expand(f"skos:{relation}"),)):
                yield Mapping(subject, relation, value)


def _iris(entry: Entry, names: Iterable[str]) -> tuple[str, ...]:
    values = (value for name in names for value in entry.get(name, ()))
    return tuple(dict.fromkeys(value.value for value in values if isinstance(value, pyoxigraph.NamedNode)))


def _texts(entry: Entry, names: Iterable[str]) -> tuple[str, ...]:
    """Give the texts that are English or of no language."""
    values = (value for name in names for value in entry.get(name, ()))
    kept = (value for value in values if not isinstance(value, pyoxigraph.BlankNode))
    spoken = (one.value for one in kept if (getattr(one, "language", None) or "en").split("-")[0] == "en")
    return tuple(dict.fromkeys(" ".join(text.split()) for text in spoken if text.strip()))


def _text(entry: Entry, names: Iterable[str]) -> str:
    return next((text for name in names for text in _texts(entry, (name,))), "")


def _says_true(values: Iterable[pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal]) -> bool:
    return any(value.value in {"true", "1"} for value in values)
