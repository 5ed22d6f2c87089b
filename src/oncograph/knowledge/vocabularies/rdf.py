"""Statements of an RDF file, whatever its form → what it says of each thing, as far as names and matches go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

import pyoxigraph

from oncograph.errors import VocabularyError
from oncograph.knowledge.vocabularies.collecting import About, Collector
from oncograph.knowledge.vocabularies.identifiers import Identifiers, to_notation, unify
from oncograph.knowledge.vocabularies.skos import labels_of, parents_from_above
from oncograph.knowledge.vocabularies.source import Source
from oncograph.knowledge.vocabularies.statements import Entry, Node, Statements, key_of, value_of
from oncograph.knowledge.vocabularies.terms import Mapping, Vocabulary
from oncograph.model import ONTOLOGY

FORMATS: dict[str, pyoxigraph.RdfFormat] = {
    "RDF/XML": pyoxigraph.RdfFormat.RDF_XML,
    "Turtle": pyoxigraph.RdfFormat.TURTLE,
    "TriG": pyoxigraph.RdfFormat.TRIG,
    "N-Triples": pyoxigraph.RdfFormat.N_TRIPLES,
    "N-Quads": pyoxigraph.RdfFormat.N_QUADS,
    "JSON-LD": pyoxigraph.RdfFormat.JSON_LD,
}

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_XL = "http://www.w3.org/2008/05/skos-xl#"
_OIO = "http://www.geneontology.org/formats/oboInOwl#"
_OBO = "http://purl.obolibrary.org/obo/"
_DC, _DCTERMS = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
_NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#"

CLASSES = frozenset({_OWL + "Class", _RDFS + "Class"})
CONCEPTS = frozenset({_SKOS + "Concept"})
SCHEMES = frozenset({_OWL + "Ontology", _SKOS + "ConceptScheme"})
ROLES: dict[str, str] = {
    _RDF + "type": "type",
    _SKOS + "prefLabel": "label",
    _XL + "prefLabel": "label",
    _RDFS + "label": "other label",
    _SKOS + "altLabel": "exact",
    _XL + "altLabel": "exact",
    _OIO + "hasExactSynonym": "exact",
    _OBO + "IAO_0000118": "exact",
    _OBO + "NCIT_P90": "exact",
    _NCIT + "P90": "exact",
    "http://www.ebi.ac.uk/efo/alternative_term": "exact",
    _OIO + "hasNarrowSynonym": "narrow",
    _OIO + "hasBroadSynonym": "broad",
    _OIO + "hasRelatedSynonym": "related",
    _OIO + "hasSynonym": "related",
    _SKOS + "hiddenLabel": "related",
    _SKOS + "definition": "definition",
    _OBO + "IAO_0000115": "definition",
    _OBO + "NCIT_P97": "definition",
    _NCIT + "P97": "definition",
    _RDFS + "subClassOf": "parents",
    _SKOS + "broader": "parents",
    _SKOS + "broaderGeneric": "parents",
    _SKOS + "narrower": "children",
    _SKOS + "exactMatch": "exactMatch",
    _OWL + "equivalentClass": "exact_matches",
    _OWL + "sameAs": "exact_matches",
    _OIO + "hasAlternativeId": "exact_matches",
    _SKOS + "closeMatch": "closeMatch",
    _SKOS + "broadMatch": "broadMatch",
    _SKOS + "narrowMatch": "narrowMatch",
    _SKOS + "relatedMatch": "relatedMatch",
    _OIO + "hasDbXref": "references",
    _OIO + "id": "notation",
    _OWL + "deprecated": "obsolete",
    _OBO + "NCIT_P310": "status",
    _NCIT + "P310": "status",
    _XL + "literalForm": "form",
    _DCTERMS + "title": "title",
    _DC + "title": "title",
    _OWL + "versionInfo": "version",
    _DCTERMS + "hasVersion": "version",
    _OWL + "versionIRI": "version",
    _DCTERMS + "license": "licence",
    _DC + "license": "licence",
    _DC + "rights": "licence",
}
"""What a property says of a term or of the whole file."""

MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
SAME, OTHERS = ("exactMatch", "exact_matches"), (*MATCHES[1:], "references")
BASE_IRI = "https://example.org/"
"""What IRIs that a file leaves relative count from."""
TAIL_BYTES = 4096
LONGEST_ENTITY = 1000


def read_rdf(source: Source, form: str, *, class_name: str = "") -> Vocabulary:
    """Read the classes and SKOS concepts of an RDF file.

    Args:
        form: Key of `FORMATS`.

    Raises:
        VocabularyError: It is not of that form, or what `read_statements` refuses.
    """
    return read_statements(source, parse_statements(source, form), class_name=class_name)


def parse_statements(source: Source, form: str) -> Statements:
    """Read what an RDF file says, keeping only what `ROLES` knows.

    Args:
        form: Key of `FORMATS`.

    Raises:
        VocabularyError: It is not of that form; says where as far as the parser does.
    """
    if form == "RDF/XML":
        _refuse_bomb(source)
    try:
        with source.open() as file:
            followed = _Followed(file)
            said = gather(pyoxigraph.parse(cast("BinaryIO", followed), format=FORMATS[form], base_iri=BASE_IRI))
    except SyntaxError as error:
        if "UTF-8" in str(error):
            source.refuse_undecodable()
        raise not_rdf(source, form, error) from error
    if form == "RDF/XML" and not followed.is_closed():
        raise source.error("not RDF/XML: it ends before its first element does", "fetch it again")
    return said


def _refuse_bomb(source: Source) -> None:
    """Refuse entities that would grow without measure: long ones, and those made of others."""
    doctype = _DOCTYPE.match(source.head())
    for name, value in _ENTITY.findall(doctype[1]) if doctype else ():
        if b"&" in value or len(value) > LONGEST_ENTITY:
            wrong = f"not RDF/XML: the entity {name.decode('utf-8', 'replace')} is long or made of others"
            raise source.error(wrong, "write out what it stands for")


class _Followed:
    """A file whose last bytes are remembered: the RDF/XML parser takes a file that is cut off for a whole one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._tail = b""

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data = self._file.read(size)
        self._tail = (self._tail + data)[-TAIL_BYTES:]
        return data

    def is_closed(self) -> bool:
        """Tell whether the last thing in an XML file is the end of its first element, but for comments."""
        return _CLOSED.search(self._tail) is not None


def gather(quads: Iterable[pyoxigraph.Quad]) -> Statements:
    """Gather statements by what they are about."""
    entries: dict[str, Entry] = {}
    current, entry = None, Entry()
    for subject, predicate, value, _ in quads:
        role = ROLES.get(predicate.value)
        if role is None:
            continue
        if subject != current:
            current = subject
            entry = entries.setdefault(key_of(subject), {})
        entry.setdefault(role, []).append(value)
    return Statements(entries)


def read_statements(source: Source, said: Statements, *, class_name: str = "") -> Vocabulary:
    """Make terms of the classes and SKOS concepts that a file describes, and a vocabulary of them.

    Names in other languages than English are left out where there is an English label; of several labels the first is
    kept, and the rest are exact synonyms. A subject without label, by which a file refers to another, makes no term,
    nor does a class that is an expression, or that only says of what kind the concepts of the file are. A file that
    describes neither classes nor concepts is read as a mapping set.

    Args:
        class_name: Class of the terms; by default the one of the ontology that a term is said to be of, if any.

    Raises:
        VocabularyError: It holds neither terms nor mappings, or what `Collector` refuses.
    """
    kinds = {value_of(node) for _, entry in said.of(CONCEPTS) for node in entry["type"]}
    subjects = [(subject, entry) for subject, entry in said.of(CLASSES | CONCEPTS) if subject not in kinds]
    collector = Collector(source)
    if not subjects:
        return collector.finish(describe(said), mappings=_find_mappings(said))
    wider = parents_from_above(said)
    identifiers = Identifiers()
    for subject, entry in subjects:
        if _is_obsolete(entry):
            collector.obsolete += 1
            continue
        labels = (*labels_of(entry.get("label", ()), said), *labels_of(entry.get("other label", ()), said))
        if labels:
            iri = unify(subject)
            collector.add(
                iri,
                labels[0],
                exact=(*labels[1:], *labels_of(entry.get("exact", ()), said, only_english=True)),
                narrow=labels_of(entry.get("narrow", ()), said, only_english=True),
                broad=labels_of(entry.get("broad", ()), said, only_english=True),
                related=labels_of(entry.get("related", ()), said, only_english=True),
                definition=next(iter(labels_of(entry.get("definition", ()), said)), ""),
                parents=(*_iris(entry.get("parents", ())), *map(unify, wider.get(subject, ()))),
                exact_matches=_references(entry, SAME, identifiers),
                references=_references(entry, OTHERS, identifiers),
                class_name=class_name or _class_of(entry),
                notation=next(map(value_of, entry.get("notation", ())), "") or to_notation(iri),
            )
    return collector.finish(describe(said))


def describe(said: Statements) -> About:
    """Give title, version and licence of the file in its own words."""
    entry = next((entry for _, entry in said.of(SCHEMES)), {})
    titles = [*entry.get("title", ()), *entry.get("label", ()), *entry.get("other label", ())]
    return About(
        title=next(iter(labels_of(titles, said)), ""),
        version=next(map(value_of, entry.get("version", ())), ""),
        licence=next(map(value_of, entry.get("licence", ())), ""),
    )


def not_rdf(source: Source, form: str, error: SyntaxError) -> VocabularyError:
    """Make the error for a file that the RDF parser refuses."""
    reason = (error.msg or str(error)).split(": ", 1)[-1] if error.lineno else error.msg or str(error)
    if "LoadDocumentCallback" in reason:
        return source.error(
            "its JSON-LD context stands on the web", "write the context into the file, or convert it to Turtle"
        )
    return source.error(f"not {form}: {reason}", "mend it or fetch it again", line=error.lineno)


def _find_mappings(said: Statements) -> Iterator[Mapping]:
    for subject, entry in said.entries.items():
        for relation in MATCHES:
            for iri in _iris(entry.get(relation, ())):
                yield Mapping(unify(subject), relation, iri)


def _is_obsolete(entry: Entry) -> bool:
    """Tell whether a subject is out of use: owl:deprecated, or the NCI Thesaurus's concept status."""
    deprecated = any(value_of(node) in ("true", "1") for node in entry.get("obsolete", ()))
    return deprecated or any(value_of(node).startswith(("Obsolete", "Retired")) for node in entry.get("status", ()))


def _class_of(entry: Entry) -> str:
    """Give the class of oncograph's own ontology that a subject is said to be of."""
    types = (value_of(node) for node in entry.get("type", ()))
    return next((iri.removeprefix(ONTOLOGY) for iri in types if iri.startswith(ONTOLOGY)), "")


def _iris(nodes: Iterable[Node]) -> Iterator[str]:
    """Give the IRIs among some nodes: a parent that is an expression has none."""
    return (unify(node.value) for node in nodes if isinstance(node, pyoxigraph.NamedNode) and node.value not in _TOP)


def _references(entry: Entry, roles: Iterable[str], identifiers: Identifiers) -> Iterator[str]:
    """Give what a term is matched with: IRIs, and compact identifiers written as texts."""
    for node in (node for role in roles for node in entry.get(role, ())):
        if isinstance(node, pyoxigraph.NamedNode):
            yield unify(node.value)
        elif isinstance(node, pyoxigraph.Literal):
            yield identifiers.expand(node.value.strip())


_DOCTYPE = re.compile(rb"(?s)\s*(?:<\?.*?\?>|<!--.*?-->|\s)*<!DOCTYPE[^>\[]*\[(.*?)(?:\]\s*>|\Z)")
_ENTITY = re.compile(rb"""<!ENTITY\s+(?:%\s+)?(\S+)\s+["']([^"']*)""")
_CLOSED = re.compile(
    rb"(?:</(?:[\w.-]+:)?RDF\s*>|<(?:[\w.-]+:)?RDF\b[^<>]*/>)"
    rb"(?:\s|<!--(?:(?!-->).)*-->)*\Z",
    re.DOTALL,
)
_TOP = frozenset({_OWL + "Thing", _SKOS + "Concept"})
