"""What a build is to read, what it has read so far, and the documents of files in their order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING

from oncograph.pipeline.kept import FileContents, Head, KeptReadings, open_kept
from oncograph.pipeline.published import digest_folder
from oncograph.pipeline.reading import Knowledge, Piece
from oncograph.report import ReadDocument, RefusedDocument, UndecidedTally

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from oncograph.documents import DocumentFile, Refusal

MANY_BYTES = 4_000_000
"""Input from which more than one process pays for its start."""
PARSERS = ("lxml", "markdown-it-py", "pypdfium2", "python-docx", "charset-normalizer")
"""Packages that make text of files: another version may make another text."""

Progress = Callable[[str, int, int], None]
"""Told of a stage (`reading`, `writing graph.ttl`, …), how much of it is done, and how much there is."""


@dataclass(frozen=True)
class Work:
    """What is to be read, by whom.

    Attributes:
        digests: Of the bytes of each file.
        reader: Digest of all that makes a reading of a document.
    """

    files: Sequence[DocumentFile]
    digests: Sequence[str]
    knowledge: Knowledge
    reader: str
    jobs: int
    executor: Executor | None
    force: bool

    @property
    def entries(self) -> list[tuple[str, str, str]]:
        """Id, source and digest of each file."""
        return [(file.id, file.source, digest) for file, digest in zip(self.files, self.digests, strict=True)]

    def open_kept(self, output: Path) -> AbstractContextManager[KeptReadings]:
        """Open the readings that are kept in the folder of a graph."""
        return open_kept(output, reader=self.reader, parser=_digest_parser())


@dataclass
class Account:
    """What was read and what was refused so far, and whom to tell of it."""

    tell: Progress
    documents: list[ReadDocument] = field(default_factory=list)
    refusals: list[RefusedDocument] = field(default_factory=list)
    text_bytes: int = 0
    reading_seconds: float = 0.0
    undecided: UndecidedTally = field(default_factory=UndecidedTally)

    def refuse(self, refusal: Refusal) -> None:
        self.refusals.append(RefusedDocument(refusal.source, refusal.reason))

    def note(self, head: Head) -> None:
        self.documents.append(head.document)
        self.undecided.add(head.undecided)
        self.text_bytes += head.text_bytes


def digest_reader(known: tuple[str, ...]) -> str:
    """Give a digest of all that makes a reading of a document.

    Args:
        known: Digests of the ontology and the added vocabularies.
    """
    program = digest_folder(Path(__file__).parents[1], "model.py", "knowledge", "reading")
    return "\n".join([program, *known, python_version()])


def _digest_parser() -> str:
    program = digest_folder(Path(__file__).parents[1], "model.py", "documents")
    return "\n".join([program, *map(metadata.version, PARSERS)])


def find_pieces(
    files: Sequence[DocumentFile],
    names: Sequence[bytes],
    contents: Sequence[FileContents | None],
    kept: KeptReadings,
    account: Account,
) -> Iterator[Piece]:
    """Give the documents of files, in their order; those whose reading is kept without the document."""
    sizes = [size_of(file) for file in files]
    done, total = 0, sum(sizes)
    for file, name, known, size in zip(files, names, contents, sizes, strict=True):
        refused = f", {len(account.refusals)} refused" if account.refusals else ""
        account.tell(f"reading{refused}", done, total)
        if known is not None:
            for source, reason in known.refusals:
                account.refusals.append(RefusedDocument(source, reason))
            yield from (Piece(key, None) for key in known.keys)
        else:
            yield from _parse(file, name, kept, account)
        done += size
    account.tell("reading", done, total)


def _parse(file: DocumentFile, name: bytes, kept: KeptReadings, account: Account) -> Iterator[Piece]:
    from oncograph.documents import read_documents

    keys: list[bytes] = []
    refusals: list[Refusal] = []
    for doc in read_documents(file, on_refusal=refusals.append):
        key = kept.name_document(doc)
        keys.append(key)
        yield Piece(key, None if kept.has(key) else doc)
    for refusal in refusals:
        account.refuse(refusal)
    kept.keep_file(name, keys, [(refusal.source, refusal.reason) for refusal in refusals])


def choose_jobs(jobs: int, size: int) -> int:
    """Give how many processes read so many bytes; 0 jobs stands for as many as pay."""
    return jobs or ((os.cpu_count() or 1) if size >= MANY_BYTES else 1)


def size_of(file: DocumentFile) -> int:
    """Give the bytes of a file, 0 if it has gone."""
    return file.path.stat().st_size if file.path.is_file() else 0
