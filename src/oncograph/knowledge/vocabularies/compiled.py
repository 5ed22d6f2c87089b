"""What joining makes of the added vocabularies, in the form that reading uses; made once for each state of them."""

from __future__ import annotations

import hashlib
import json
import marshal
import mmap
import os
import shutil
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from oncograph.knowledge.ontology import Ontology
from oncograph.knowledge.toml_files import load_tables, refuse_unknown_keys
from oncograph.knowledge.vocabularies.joining import join
from oncograph.knowledge.vocabularies.naming import NamingRules, load_naming, names_of
from oncograph.knowledge.vocabularies.store import COMPILED, VocabularyStore
from oncograph.knowledge.vocabularies.terms import Vocabulary
from oncograph.model import Concept, Grounding
from oncograph.reading.dictionary import PREFERRED, SYNONYM, Dictionary, Name

CLASSES_FILE = Path("vocabularies", "classes.toml")
RECORDS, STARTS, CURATED, HEADER = "records", "starts", "curated", "compiled.json"
SIZES = "sizes.json"
FORM = f"4 of Python {sys.version_info.major}.{sys.version_info.minor}"
"""Of the files: they are written as Python keeps its own values, which changes with its version."""
FIELDS = tuple(field.name for field in fields(Concept))
IRI = FIELDS.index("iri")
KNOWN_ENTITIES = 1 << 15
"""How many entities are kept once made: a document names some hundreds, and the vocabularies hold very many more."""


class Entities(Sequence[Concept]):
    """The entities that the vocabularies make or add to, in the order of their IRIs; each is made when asked for."""

    def __init__(self, records: bytes | memoryview, starts: Sequence[int]) -> None:
        self._records = records
        self._starts = starts
        self._known: dict[int, Concept] = {}
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: Any) -> Any:
        concept = self._known.get(number)
        if concept is None:
            if len(self._known) >= KNOWN_ENTITIES:
                self._known.clear()
            values = self._values(number)
            concept = self._known[number] = Concept(*(*values[:-1], Grounding(values[-1])))
        return concept

    def _values(self, number: int) -> tuple[Any, ...]:
        values: tuple[Any, ...] = marshal.loads(self._records[self._starts[number] : self._starts[number + 1]])
        return values

    def find(self, iri: str) -> Concept | None:
        """Give the entity of an IRI."""
        at = self._places.get(iri)
        if at is None:
            if len(self._places) >= KNOWN_ENTITIES:
                self._places.clear()
            at = bisect_left(range(len(self)), iri, key=lambda number: self._values(number)[IRI])
            at = self._places[iri] = at if at < len(self) and self._values(at)[IRI] == iri else -1
        return self[at] if at >= 0 else None


@dataclass(frozen=True, slots=True)
class Compiled:
    """The added vocabularies, ready for reading.

    Attributes:
        dictionary: The names of their terms, with the numbers of the entities they may mean.
        curated: By IRI, the curated concepts to which the vocabularies add names or identifiers.
        unclassed: How many terms were left out because nothing says of what class they are.
        refused: How many matches were not followed because they contradict each other.
    """

    dictionary: Dictionary
    entities: Entities
    curated: dict[str, Concept]
    unclassed: int = 0
    refused: int = 0


def load_compiled(store: VocabularyStore, ontology: Ontology) -> Compiled | None:
    """Give what the vocabularies of a store make of an ontology, compiled before or now; None where there are none.

    Raises:
        VocabularyError: The store cannot be read.
        OntologyError: The table of classes in the ontology folder is broken.
    """
    if not store.records():
        return None
    state = hashlib.sha256(f"{FORM}\n{ontology.digest}\n{store.digest()}".encode()).hexdigest()
    folder = store.folder / COMPILED / state[:32]
    compiled = _read(folder)
    if compiled is None:
        files = _compile(store, ontology)
        _write(folder, files)
        compiled = _open(files)
    return compiled


def _compile(store: VocabularyStore, ontology: Ontology) -> dict[str, bytes]:
    vocabularies = {record.name: store.load(record) for record in store.records()}
    ancestors = {name: ontology.ancestors(name) for name in ontology.classes}
    joined = join(
        ontology.concepts,
        vocabularies,
        class_starts=_read_classes(ontology),
        is_a=lambda name, other: other in ancestors.get(name, ()),
    )
    changed = {iri: one for iri, one in joined.concepts.items() if one != ontology.concepts.get(iri)}
    concepts = [concept for _, concept in sorted(changed.items())]
    records = [marshal.dumps((*(getattr(one, name) for name in FIELDS[:-1]), one.grounding.value)) for one in concepts]
    starts = array("Q", [0])
    for record in records:
        starts.append(starts[-1] + len(record))
    naming = load_naming(ontology.folder or Path())
    names = _find_names(concepts, vocabularies, joined.entity_of, naming)
    dictionary = Dictionary.of(names, spellings=naming.spellings)
    header = {"unclassed": len(joined.unclassed), "refused": len(joined.refused)}
    return {
        **dictionary.to_parts(),
        RECORDS: b"".join(records),
        STARTS: starts.tobytes(),
        CURATED: marshal.dumps([at for at, one in enumerate(concepts) if one.iri in ontology.concepts]),
        HEADER: json.dumps(header).encode(),
    }


def _find_names(
    concepts: Sequence[Concept],
    vocabularies: Mapping[str, Vocabulary],
    entity_of: Mapping[str, str],
    naming: NamingRules,
) -> Iterator[Name]:
    """Give the names of the terms, with the numbers of the entities they are part of."""
    numbers = {concept.iri: number for number, concept in enumerate(concepts)}
    for vocabulary in vocabularies.values():
        for term in vocabulary.terms:
            number = numbers.get(entity_of.get(term.iri, term.iri))
            if number is None:
                continue
            for name in names_of(term, naming, class_name=concepts[number].class_name):
                is_label = name.rank != PREFERRED or name.text.casefold() == concepts[number].label.casefold()
                yield Name(name.text, number, name.rank if is_label else SYNONYM, name.case)


def _read_classes(ontology: Ontology) -> dict[str, str]:
    """Read which class the terms of a vocabulary have by how their IRIs begin, the longest beginning first."""
    path = (ontology.folder or Path()) / CLASSES_FILE
    if not path.is_file():
        return {}
    tables = load_tables(path)
    refuse_unknown_keys(tables, ["class"], str(CLASSES_FILE))
    starts = {start: name for name, begins in tables["class"].items() for start in begins}
    return dict(sorted(starts.items(), key=lambda item: (-len(item[0]), item[0])))


def _open(files: Mapping[str, bytes | memoryview]) -> Compiled:
    entities = Entities(files[RECORDS], memoryview(files[STARTS]).cast("Q"))
    header = json.loads(bytes(files[HEADER]))
    curated = {one.iri: one for one in map(entities.__getitem__, marshal.loads(files[CURATED]))}
    return Compiled(Dictionary.from_parts(files), entities, curated, header["unclassed"], header["refused"])


def _read(folder: Path) -> Compiled | None:
    """Give what was compiled before; None where it was not, or is damaged."""
    try:
        sizes = json.loads((folder / SIZES).read_text(encoding="utf-8"))
        files = {name: _map(folder / name) for name in sizes}
        if any(len(data) != sizes[name] for name, data in files.items()):
            return None
        return _open(files)
    except (OSError, ValueError, EOFError, TypeError, KeyError):
        return None


def _map(path: Path) -> memoryview:
    """Give the bytes of a file, read from disk as they are used."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Keep what was compiled, in the place of what was kept before; without it, only the next start is slower."""
    draft = folder.with_name(f".{folder.name}-{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        for name, data in files.items():
            (draft / name).write_bytes(data)
        (draft / SIZES).write_text(json.dumps({name: len(data) for name, data in files.items()}), encoding="utf-8")
        for old in folder.parent.iterdir():
            if old != draft and not old.name.startswith("."):
                shutil.rmtree(old, ignore_errors=True)
        draft.rename(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
