"""The curated vocabulary of the ontology folder, read strictly: what is not understood is refused, not skipped."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pyoxigraph

from oncograph.errors import OntologyError
from oncograph.knowledge.namespaces import NOTATION_STARTS, expand, shorten
from oncograph.knowledge.turtle import Entry, Node, parse_turtle, place_of
from oncograph.model import ENTITY, ONTOLOGY, Concept, entity_iri

TYPE = expand("rdf:type")
CONCEPT = expand("skos:Concept")
PREF_LABEL = expand("skos:prefLabel")
ALT_LABEL = expand("skos:altLabel")
HIDDEN_LABEL = expand("skos:hiddenLabel")
DEFINITION = expand("skos:definition")
BROADER = expand("skos:broader")
EXACT_MATCH = expand("skos:exactMatch")
CLOSE_MATCH = expand("skos:closeMatch")
NOTATION = expand("skos:notation")

TEXTS = frozenset({PREF_LABEL, ALT_LABEL, HIDDEN_LABEL, DEFINITION})
LINKS = frozenset({TYPE, BROADER, EXACT_MATCH, CLOSE_MATCH})
_PROPERTIES = ", ".join(sorted(shorten(name) for name in TEXTS | LINKS | {NOTATION}))


def read_concepts(
    files: Mapping[Path, bytes], class_names: Collection[str], relation_names: Collection[str]
) -> dict[str, Concept]:
    """Give the concepts of vocabulary files by IRI, sorted.

    Args:
        files: Turtle by path.
        class_names: Classes that a concept may have.
        relation_names: Predicates between concepts that an entry may state.

    Raises:
        OntologyError: A file is not Turtle, an entry is not a well-formed concept, or two entries contradict each
            other; names the file, the entry and the mend.
    """
    concepts: dict[str, Concept] = {}
    places: dict[str, Path] = {}
    for path, data in files.items():
        for iri, entry in parse_turtle(data, path).items():
            try:
                _refuse_unknown(iri, entry, relation_names)
                concept = _build_concept(iri, entry, class_names)
                _refuse_stray_notations(concept)
                if iri in places:
                    raise _EntryError(f"is described in {places[iri].name} already; keep one of the two")
            except _EntryError as mistake:
                raise OntologyError(f"{place_of(iri, path)}: {mistake}") from None
            concepts[iri] = concept
            places[iri] = path
    for iri, contradiction in _find_contradictions(concepts):
        raise OntologyError(f"{place_of(iri, places[iri])}: {contradiction}")
    return dict(sorted(concepts.items()))


class _EntryError(Exception):
    """What is wrong with an entry and how to mend it, before file and line are added."""


def _refuse_unknown(iri: str, entry: Entry, relation_names: Collection[str]) -> None:
    if iri.startswith("_:"):
        raise _EntryError("a concept needs an IRI; write entity:its_label")
    for name, values in entry.items():
        if name in TEXTS:
            _refuse_unless_english(name, values)
        elif name in LINKS or name.removeprefix(ONTOLOGY) in relation_names:
            _refuse_unless_iri(name, values)
        elif name != NOTATION:
            raise _EntryError(f"{shorten(name)} is no property of a concept; use {_PROPERTIES} or a predicate")


def _refuse_unless_english(name: str, values: list[Node]) -> None:
    for value in values:
        if getattr(value, "language", None) != "en" or not value.value.strip():
            raise _EntryError(f'{shorten(name)} must be an English text; write "…"@en')
        if value.value != " ".join(value.value.split()):
            raise _EntryError(f"{shorten(name)} {value.value!r} has stray spaces; take them out")


def _refuse_unless_iri(name: str, values: list[Node]) -> None:
    for value in values:
        if not isinstance(value, pyoxigraph.NamedNode):
            raise _EntryError(f"{shorten(name)} must be an IRI, not {value}")


def _refuse_stray_notations(concept: Concept) -> None:
    """Refuse a compact identifier that no match spells out, where its source is known."""
    matches = {*concept.exact_matches, *concept.close_matches}
    for notation in concept.notations:
        source, _, identifier = notation.partition(":")
        start = NOTATION_STARTS.get(source)
        if start is not None and start + identifier not in matches:
            raise _EntryError(f"skos:notation {notation} has no match <{start}{identifier}>; make the two agree")


def _build_concept(iri: str, entry: Entry, class_names: Collection[str]) -> Concept:
    label = _read_label(iri, entry)
    definitions = _values(entry, DEFINITION)
    if len(definitions) > 1:
        raise _EntryError("has more than one skos:definition; keep one")
    return Concept(
        iri,
        label,
        _read_class(entry, class_names),
        synonyms=_values(entry, ALT_LABEL),
        hidden=_values(entry, HIDDEN_LABEL),
        broader=_values(entry, BROADER),
        definition="".join(definitions),
        exact_matches=_values(entry, EXACT_MATCH),
        close_matches=_values(entry, CLOSE_MATCH),
        notations=_values(entry, NOTATION),
        relations=tuple(
            (name.removeprefix(ONTOLOGY), value.value)
            for name, values in entry.items()
            if name.startswith(ONTOLOGY)
            for value in values
        ),
    )


def _read_label(iri: str, entry: Entry) -> str:
    labels = _values(entry, PREF_LABEL)
    if len(labels) != 1:
        raise _EntryError(f"has {len(labels) or 'no'} skos:prefLabel; give it exactly one")
    if iri.startswith(ENTITY) and iri != entity_iri(labels[0]):
        raise _EntryError(
            f"the IRI of {labels[0]!r} is {shorten(entity_iri(labels[0]))}; rename the entry or the label"
        )
    return labels[0]


def _read_class(entry: Entry, class_names: Collection[str]) -> str:
    types = _values(entry, TYPE)
    if CONCEPT not in types:
        raise _EntryError("is no skos:Concept; add it to the types of the entry")
    others = [type_ for type_ in types if type_ != CONCEPT]
    for type_ in others:
        if not type_.startswith(ONTOLOGY) or type_.removeprefix(ONTOLOGY) not in class_names:
            raise _EntryError(f"{shorten(type_)} is no class of ontology.ttl; use one of its entity classes")
    if len(others) != 1:
        raise _EntryError(f"has {len(others) or 'no'} onco: class; give it exactly one, the most specific")
    return others[0].removeprefix(ONTOLOGY)


def _values(entry: Entry, name: str) -> tuple[str, ...]:
    return tuple([value.value for value in entry[name]]) if name in entry else ()


def _find_contradictions(concepts: Mapping[str, Concept]) -> Iterator[tuple[str, str]]:
    """Find what is wrong between entries: (IRI, mistake), the first ones first."""
    owners: dict[tuple[str, str], str] = {}
    for iri, concept in concepts.items():
        owner = owners.setdefault((concept.label.casefold(), concept.class_name), iri)
        if owner != iri:
            yield iri, f"has the label and class of {shorten(owner)}; merge the two"
        for broader in concept.broader:
            if broader not in concepts:
                yield iri, f"skos:broader {shorten(broader)} is in no vocabulary file; add it or take the link out"
        for name, target in concept.relations:
            if target not in concepts:
                yield iri, f"onco:{name} {shorten(target)} is in no vocabulary file; add it or take the link out"
    yield from _find_cycles(concepts)


def _find_cycles(concepts: Mapping[str, Concept]) -> Iterator[tuple[str, str]]:
    done: set[str] = set()
    for start in concepts:
        stack: list[tuple[str, bool]] = [(start, False)]
        open_: set[str] = set()
        while stack:
            iri, leaving = stack.pop()
            if leaving:
                open_.discard(iri)
                done.add(iri)
            elif iri in open_:
                yield iri, "is broader than itself through skos:broader; take one link of the circle out"
                return
            elif iri not in done and concepts[iri].broader:
                open_.add(iri)
                stack.append((iri, True))
                stack += [(broader, False) for broader in concepts[iri].broader]
