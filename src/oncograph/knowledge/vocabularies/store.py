"""The folder that keeps the vocabularies a user has added, each change of it made at one stroke."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from oncograph.errors import VocabularyError
from oncograph.knowledge.vocabularies.terms import Mapping, Term, Vocabulary

INDEX = "vocabularies.json"
LOCK = ".lock"
TERMS = "terms.jsonl"
MAPPINGS = "mappings.jsonl"
COMPILED = "compiled"
DOWNLOADS = "downloads"
"""Folder of files that are being fetched."""
VERSION = 1
"""Of the form in which terms are kept; a store of another form is refused."""
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of an added vocabulary.

    Attributes:
        name: What the user calls it: `doid`.
        source: Name of the file, or the address it was fetched from.
        sha256: Hex digest of the file.
        folder: Where its terms are, below the store; made of its name and the digest of what it holds.
        names: How many names its terms have, labels and synonyms.
    """

    name: str
    title: str
    version: str
    licence: str
    source: str
    sha256: str
    folder: str
    terms: int
    names: int
    mappings: int
    obsolete: int


@dataclass(frozen=True, slots=True)
class VocabularyStore:
    """The vocabularies in a folder, the one whose IRIs win first.

    What a change is made of is written beside the rest; the index that names it is then put in the place of the old
    one by a rename, so that a change that is broken off leaves the store as it was.
    """

    folder: Path

    @property
    def downloads(self) -> Path:
        """Folder for files that are being fetched, which no change of the store touches."""
        return self.folder / DOWNLOADS

    def records(self) -> list[Record]:
        """Give what is known of each vocabulary, in their order; none where nothing was added yet.

        Raises:
            VocabularyError: The index cannot be read, or was written by another version.
        """
        path = self.folder / INDEX
        try:
            index = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise VocabularyError(
                f"{path}: cannot be read ({error}); remove the folder and add the files again"
            ) from None
        if index.get("version") != VERSION:
            raise VocabularyError(f"{path}: written by another version of oncograph; add the files again")
        return [Record(**record) for record in index["vocabularies"]]

    def digest(self) -> str:
        """Give what changes when, and only when, a vocabulary or their order does."""
        return hashlib.sha256("\n".join(record.folder for record in self.records()).encode()).hexdigest()

    def add(self, name: str, vocabulary: Vocabulary, *, source: str, sha256: str) -> Record:
        """Keep a vocabulary, in the place of the one that has its name if there is one.

        Raises:
            VocabularyError: The name is no name, or another process is changing the store.
        """
        refuse_bad_name(name)
        with self._changing() as records:
            written = self._write(name, vocabulary)
            record = Record(
                name,
                vocabulary.title,
                vocabulary.version,
                vocabulary.licence,
                source,
                sha256,
                written,
                len(vocabulary.terms),
                sum(
                    1 + len(term.exact) + len(term.related) + len(term.broad) + len(term.narrow)
                    for term in vocabulary.terms
                ),
                len(vocabulary.mappings),
                vocabulary.obsolete,
            )
            places = [at for at, known in enumerate(records) if known.name == name]
            if places:
                records[places[0]] = record
            else:
                records.append(record)
        return record

    def remove(self, name: str) -> Record:
        """Take a vocabulary out.

        Raises:
            VocabularyError: There is none of that name.
        """
        with self._changing() as records:
            record = _find(records, name)
            records.remove(record)
        return record

    def order(self, names: Sequence[str]) -> list[Record]:
        """Let the IRIs of some vocabularies win over those of the others, in the order of the names.

        Raises:
            VocabularyError: There is none of one of the names.
        """
        with self._changing() as records:
            first = [_find(records, name) for name in dict.fromkeys(names)]
            records[:] = first + [record for record in records if record not in first]
            return list(records)

    def load(self, record: Record) -> Vocabulary:
        """Read the terms and mappings of a vocabulary back.

        Raises:
            VocabularyError: They are gone or damaged.
        """
        folder = self.folder / record.folder
        try:
            terms = tuple(Term(**_to_tuples(fields)) for fields in _read_lines(folder / TERMS))
            mappings = tuple(Mapping(**fields) for fields in _read_lines(folder / MAPPINGS))
        except (OSError, ValueError, TypeError) as error:
            raise VocabularyError(f"{folder}: cannot be read ({error}); add {record.name} again") from None
        return Vocabulary(record.title, record.version, record.licence, terms, mappings, record.obsolete)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[list[Record]]:
        """Give the records to change, alone; what is left of them afterwards is what the store then holds."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / LOCK, timeout=WAIT_SECONDS):
                records = self.records()
                yield records
                self._write_index(records)
                self._tidy(records)
        except Timeout:
            raise VocabularyError(
                f"{self.folder}: another oncograph is changing it; try again when it is done"
            ) from None

    def _write(self, name: str, vocabulary: Vocabulary) -> str:
        """Write terms and mappings into a folder of their own, safely on the disk when this returns."""
        files = {
            TERMS: "".join(map(_to_line, vocabulary.terms)),
            MAPPINGS: "".join(map(_to_line, vocabulary.mappings)),
        }
        digest = hashlib.sha256("\0".join((vocabulary.version, *files.values())).encode()).hexdigest()
        folder = f"{name}-{digest[:16]}"
        target = self.folder / folder
        if not target.is_dir():
            draft = self.folder / f".{folder}"
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            for file, text in files.items():
                _write_safely(draft / file, text)
            draft.rename(target)
        return folder

    def _write_index(self, records: Sequence[Record]) -> None:
        draft = self.folder / f".{INDEX}"
        index = {"version": VERSION, "vocabularies": [asdict(record) for record in records]}
        _write_safely(draft, json.dumps(index, indent=1, ensure_ascii=False) + "\n")
        draft.replace(self.folder / INDEX)

    def _tidy(self, records: Sequence[Record]) -> None:
        """Remove what the index no longer names: of what was taken out, and of changes that were broken off."""
        kept = {record.folder for record in records}
        for path in self.folder.iterdir():
            if path.is_dir() and path.name not in kept and path.name not in (COMPILED, DOWNLOADS):
                shutil.rmtree(path, ignore_errors=True)


def refuse_bad_name(name: str) -> None:
    """Refuse what cannot be the name of a vocabulary, and of files made for it.

    Raises:
        VocabularyError: It cannot.
    """
    if NAME.fullmatch(name) is None:
        raise VocabularyError(f"{name!r} is no name for a vocabulary; use lower-case letters, digits, . _ and -")


def _find(records: Sequence[Record], name: str) -> Record:
    for record in records:
        if record.name == name:
            return record
    known = ", ".join(record.name for record in records) or "none"
    raise VocabularyError(f"there is no vocabulary {name}; added so far: {known}")


def _count_names(term: Term) -> int:
    return 1 + len(term.exact) + len(term.related) + len(term.broad) + len(term.narrow)


def _to_line(entry: Term | Mapping) -> str:
    names = entry.__dataclass_fields__
    return json.dumps({name: value for name in names if (value := getattr(entry, name))}, ensure_ascii=False) + "\n"


def _to_tuples(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _write_safely(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
