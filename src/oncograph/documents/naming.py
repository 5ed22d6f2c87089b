"""Names of files and records in the graph: readable, unlike each other, the same in every build."""

from __future__ import annotations

import hashlib
import os
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from oncograph.model import local_name

SUFFIX_LENGTH = 9
RECORD_LENGTH = 120


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A file to be read.

    Attributes:
        path: Where it is, as the user gave it: opened and named in messages, never written into a graph.
        id: Local name of the document in the graph, unlike that of every other file found with it.
        source: Path below the folder that was given.
    """

    path: Path
    id: str
    source: str


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file before it has its name: its path, its path below the folder searched, and that folder's name."""

    path: Path
    source: str
    folder: str
    is_link: bool


def name_files(files: Sequence[FoundFile]) -> list[DocumentFile]:
    """Give every file the first of its possible identifiers that no other file wants, whatever the order of files."""
    ids = [_shortest_id(PurePosixPath(to_unicode(file.source))) for file in files]
    choices: dict[int, deque[str]] = {}
    while True:
        count = Counter(ids)
        shared = [n for n, name in enumerate(ids) if count[name] > 1]
        for n in shared:
            choices.setdefault(n, deque(possible_ids(files[n])[1:]))
        waiting = [n for n in shared if choices[n]]
        if not waiting:
            break
        for n in waiting:
            ids[n] = choices[n].popleft()
    return [DocumentFile(file.path, name, to_unicode(file.source)) for file, name in zip(files, ids, strict=True)]


def possible_ids(file: FoundFile) -> tuple[str, ...]:
    """List the identifiers a file may have, the shortest first.

    >>> possible_ids(FoundFile(Path("docs/drugs/HER2 drugs.txt"), "drugs/HER2 drugs.txt", "docs", False))[:3]
    ('drugs/HER2_drugs', 'drugs/HER2_drugs_txt', 'docs/drugs/HER2_drugs_txt')
    """
    source = PurePosixPath(to_unicode(file.source))
    whole = _join((*source.parent.parts, source.name.replace(".", "_")))
    return (
        _shortest_id(source),
        whole,
        _join((to_unicode(file.folder),)) + "/" + whole,
        f"{whole}_{_digest(os.fsencode(file.path))}",
    )


def _shortest_id(source: PurePosixPath) -> str:
    return _join((*source.parent.parts, stem(source.name)))


def stem(name: str) -> str:
    """Take the suffix off a file name, `.gz` and the one before it too; a dot inside a name is no suffix.

    >>> stem("her2.txt.gz"), stem("README"), stem("Smith et al. 2020")
    ('her2', 'README', 'Smith et al. 2020')
    """
    return name.removesuffix("".join(suffixes(name)))


def suffixes(name: str) -> tuple[str, ...]:
    """Find the suffixes of a file name that say its format: the last one, and the one before `.gz`.

    >>> suffixes("pubmed24.xml.gz"), suffixes("v1.2.txt")
    (('.xml', '.gz'), ('.txt',))
    """
    last = PurePosixPath(name).suffix
    if not last[1:].isalnum() or len(last) > SUFFIX_LENGTH:
        return ()
    if last.lower() == ".gz":
        return (*suffixes(name.removesuffix(last)), last)
    return (last,)


def to_unicode(name: str) -> str:
    """Make a file name fit for UTF-8 output, whatever bytes the file system holds."""
    return os.fsencode(name).decode("utf-8", "replace")


@dataclass(slots=True)
class RecordNames:
    """The identifiers given to the records of one file so far.

    >>> names = RecordNames("pubmed24")
    >>> names.add("17554"), names.add("a b"), names.add("a_b"), names.add("17554")
    ('pubmed24/17554', 'pubmed24/a_b', 'pubmed24/a_b_648fa9b3', '')
    """

    file_id: str
    _same: set[str] = field(default_factory=set)  # identifiers that are their names: each is held once
    _records: set[str] = field(default_factory=set)
    _names: set[str] = field(default_factory=set)

    def add(self, record_id: str) -> str:
        """Name a record; the empty string where the file has had a record with this very identifier."""
        if record_id in self._same or record_id in self._records:
            return ""
        name = local_name(record_id[:RECORD_LENGTH])
        if name in self._same or name in self._names or len(record_id) > RECORD_LENGTH:
            name = f"{name}_{_digest(record_id.encode('utf-8', 'replace'))}"
        if name == record_id:
            self._same.add(name)
        else:
            self._records.add(record_id)
            self._names.add(name)
        return f"{self.file_id}/{name}"


def _join(parts: Sequence[str]) -> str:
    return "/".join(local_name(part) for part in parts)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:8]
