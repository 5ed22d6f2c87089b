"""The ontology folder as values: classes, predicates and concepts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path

import pyoxigraph

from oncograph.errors import OntologyError
from oncograph.knowledge.concepts import read_concepts
from oncograph.knowledge.namespaces import expand, shorten
from oncograph.knowledge.turtle import Entry, Node, key_of, parse_turtle, place_of, read_list
from oncograph.knowledge.vocabularies.store import Record
from oncograph.model import ONTOLOGY, Concept

SCHEMA_FILE = "ontology.ttl"
ROOT = "Entity"

TYPE = expand("rdf:type")
LABEL = expand("rdfs:label")
DEFINITION = expand("skos:definition")
ALT_LABEL = expand("skos:altLabel")
SUBCLASS_OF = expand("rdfs:subClassOf")
DOMAIN = expand("rdfs:domain")
RANGE = expand("rdfs:range")
INVERSE_OF = expand("owl:inverseOf")
UNION_OF = expand("owl:unionOf")
SYMMETRIC = expand("owl:SymmetricProperty")
DATATYPE_PROPERTY = expand("owl:DatatypeProperty")
VERSION = expand("owl:versionInfo")
THING = expand("owl:Thing")
ROLE = expand("onco:role")


@dataclass(frozen=True)
class OntologyClass:
    """A kind of thing that documents speak of.

    Attributes:
        name: Local name of its IRI: `MonoclonalAntibody`.
        label: What texts call one: `monoclonal antibody`.
        synonyms: What else texts call one.
        parents: Names of the classes just above it; none for a class at the top.
    """

    name: str
    label: str
    synonyms: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    definition: str = ""


@dataclass(frozen=True)
class Predicate:
    """A relation that claims assert.

    Attributes:
        name: Local name of its IRI: `targetedBy`.
        label: The phrase between subject and object: `targeted by`.
        domain, range: Names of the classes that subject and object may have; empty for any.
        inverse: Name of the same relation read backwards; empty if it has none.
        symmetric: It is its own inverse.
        literal: Its object is words of the text, of the kind that `range` names.
    """

    name: str
    label: str
    definition: str = ""
    domain: tuple[str, ...] = ()
    range: tuple[str, ...] = ()
    inverse: str = ""
    symmetric: bool = False
    literal: bool = False


@dataclass(frozen=True, eq=False)
class Ontology:
    """Everything the ontology folder says of classes, relations and concepts.

    Attributes:
        classes: Kinds of entities by name, in the order of the file.
        predicates: The relations that claims assert, by name, in the order of the file.
        concepts: The curated vocabulary by IRI, sorted.
        inverses: The relations read backwards, by name.
        qualifiers: Names of the properties that hold a claim's context.
        literals: The kinds of literal objects (`Quantity`, `Date`, …) by name.
        folder: Where it was loaded from; None if it was made by hand.
        digest: Hex SHA-256 over all files of the folder.
        vocabularies: What is known of the vocabularies that were joined with it.
    """

    classes: dict[str, OntologyClass] = field(default_factory=dict)
    predicates: dict[str, Predicate] = field(default_factory=dict)
    concepts: dict[str, Concept] = field(default_factory=dict)
    version: str = ""
    digest: str = ""
    inverses: dict[str, Predicate] = field(default_factory=dict)
    qualifiers: tuple[str, ...] = ()
    literals: dict[str, OntologyClass] = field(default_factory=dict)
    folder: Path | None = None
    vocabularies: tuple[Record, ...] = ()

    def ancestors(self, class_name: str) -> frozenset[str]:
        """Give the class and every class above it.

        >>> classes = [OntologyClass("Enzyme", "enzyme"), OntologyClass("Kinase", "kinase", parents=("Enzyme",))]
        >>> sorted(Ontology({entry.name: entry for entry in classes}).ancestors("Kinase"))
        ['Enzyme', 'Kinase']
        """
        return self._ancestors[class_name]

    def descendants(self, class_name: str) -> frozenset[str]:
        """Give the class and every class below it."""
        return self._descendants[class_name]

    @cached_property
    def _ancestors(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {name: frozenset((name,)) for name in self.literals}
        for name in self.classes:
            self._climb(name, found)
        return found

    def _climb(self, name: str, found: dict[str, frozenset[str]]) -> frozenset[str]:
        if name not in found:
            found[name] = frozenset((name,))
            found[name] = found[name].union(*(self._climb(parent, found) for parent in self.classes[name].parents))
        return found[name]

    @cached_property
    def _descendants(self) -> dict[str, frozenset[str]]:
        return {
            name: frozenset(other for other, above in self._ancestors.items() if name in above)
            for name in self._ancestors
        }


def find_ontology() -> Path:
    """Give the ontology folder: the checkout's own, or the copy that the installed package carries.

    Raises:
        OntologyError: Neither is there.
    """
    checkout = Path(__file__).resolve().parents[3] / "ontology"
    packaged = Path(str(resources.files("oncograph") / "ontology"))
    for folder in (checkout, packaged):
        if (folder / SCHEMA_FILE).is_file():
            return folder
    raise OntologyError(f"no {SCHEMA_FILE} in {checkout} or {packaged}; install oncograph again or name a folder")


def load_ontology(folder: Path | None = None) -> Ontology:
    """Load classes, relations and concepts from an ontology folder, refusing what is not well-formed.

    Args:
        folder: A folder with `ontology.ttl` and `vocabulary/*.ttl`; the one that `find_ontology` finds by default.

    Raises:
        OntologyError: Something is missing, misspelt or contradictory; names the file, the entry and the mend.
    """
    folder = folder or find_ontology()
    files = _read_files(folder)
    path = folder / SCHEMA_FILE
    if path not in files:
        raise OntologyError(f"{path}: no such file; an ontology folder holds {SCHEMA_FILE} and vocabulary/*.ttl")
    schema = _Schema(parse_turtle(files[path], path), path)
    classes = {entry.name: entry for entry in schema.read_classes("entity") if entry.name != ROOT}
    predicates = {entry.name: entry for entry in schema.read_predicates("predicate")}
    vocabulary = {name: data for name, data in files.items() if name.parent == folder / "vocabulary"}
    return Ontology(
        classes=classes,
        predicates=predicates,
        concepts=read_concepts(
            {name: data for name, data in vocabulary.items() if name.suffix == ".ttl"},
            classes.keys(),
            {name for name, predicate in predicates.items() if not predicate.literal},
        ),
        version=schema.read_version(),
        digest=_digest(files, folder),
        inverses={entry.name: entry for entry in schema.read_predicates("inverse")},
        qualifiers=tuple(schema.names("qualifier")),
        literals={entry.name: entry for entry in schema.read_classes("literal")},
        folder=folder,
    )


def digest_folder(folder: Path) -> str:
    """Give the hex SHA-256 over all files of a folder: what an ontology loaded from it has as its digest."""
    return _digest(_read_files(folder), folder)


def _read_files(folder: Path) -> dict[Path, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    kept = (path for path in paths if not any(part.startswith(".") for part in path.relative_to(folder).parts))
    return {path: path.read_bytes() for path in sorted(kept, key=lambda path: path.relative_to(folder).as_posix())}


def _digest(files: Mapping[Path, bytes], folder: Path) -> str:
    total = hashlib.sha256()
    for path, data in files.items():
        total.update(f"{path.relative_to(folder).as_posix()}\n{len(data)}\n".encode())
        total.update(data)
    return total.hexdigest()


@dataclass(frozen=True)
class _Schema:
    """The entries of `ontology.ttl`, and the questions that loading asks of them."""

    entries: dict[str, Entry]
    path: Path

    def names(self, role: str) -> Iterator[str]:
        for iri, entry in self.entries.items():
            if any(value.value == role for value in entry.get(ROLE, ())):
                yield iri.removeprefix(ONTOLOGY)

    def read_classes(self, role: str) -> Iterator[OntologyClass]:
        for name in self.names(role):
            entry = self.entries[ONTOLOGY + name]
            yield OntologyClass(
                name,
                self._text(name, LABEL),
                synonyms=tuple(value.value for value in entry.get(ALT_LABEL, ())),
                parents=tuple(self._known(name, value) for value in entry.get(SUBCLASS_OF, ()) if not _is_root(value)),
                definition=self._text(name, DEFINITION),
            )

    def read_predicates(self, role: str) -> Iterator[Predicate]:
        for name in self.names(role):
            entry = self.entries[ONTOLOGY + name]
            types = {value.value for value in entry.get(TYPE, ())}
            inverses = [self._known(name, value) for value in entry.get(INVERSE_OF, ())]
            yield Predicate(
                name,
                self._text(name, LABEL),
                definition=self._text(name, DEFINITION),
                domain=self._members(name, DOMAIN),
                range=self._members(name, RANGE),
                inverse="".join(inverses[:1]),
                symmetric=SYMMETRIC in types,
                literal=DATATYPE_PROPERTY in types,
            )

    def read_version(self) -> str:
        return next((entry[VERSION][0].value for entry in self.entries.values() if VERSION in entry), "")

    def _text(self, name: str, key: str) -> str:
        values = self.entries[ONTOLOGY + name].get(key, [])
        if len(values) != 1:
            raise self._mistake(name, f"has {len(values) or 'no'} {shorten(key)}; give it exactly one")
        return values[0].value

    def _members(self, name: str, key: str) -> tuple[str, ...]:
        """Give the classes that a domain or range names: one, a union of several, or none for anything at all."""
        values = self.entries[ONTOLOGY + name].get(key, [])
        if len(values) != 1:
            raise self._mistake(name, f"has {len(values) or 'no'} {shorten(key)}; give it one class or a union")
        union = self.entries.get(key_of(values[0]), {}).get(UNION_OF)
        members = read_list(self.entries, union[0]) if union else values
        return tuple(self._known(name, member) for member in members if not _is_root(member))

    def _known(self, name: str, node: Node) -> str:
        other = key_of(node)
        if not other.startswith(ONTOLOGY) or other not in self.entries:
            raise self._mistake(name, f"names {shorten(other)}, which this file does not define; define it or mend it")
        return other.removeprefix(ONTOLOGY)

    def _mistake(self, name: str, text: str) -> OntologyError:
        return OntologyError(f"{place_of(ONTOLOGY + name, self.path)}: {text}")


def _is_root(node: Node) -> bool:
    return isinstance(node, pyoxigraph.NamedNode) and node.value in (THING, ONTOLOGY + ROOT)
