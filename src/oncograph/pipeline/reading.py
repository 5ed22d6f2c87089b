"""Documents to what they bring to a graph, in their order: read here, by processes, or by a cluster.

Documents that were read before are taken from disk; only their quads are made anew.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from oncograph.documents import Refusal
from oncograph.model import Document
from oncograph.pipeline.kept import (
    EncodedReading,
    Head,
    KeptReadings,
    decode_reading,
    encode_reading,
    summarise_reading,
)
from oncograph.pipeline.processes import start_processes

if TYPE_CHECKING:
    from oncograph.graph import DocumentPart
    from oncograph.knowledge import Ontology
    from oncograph.reading import Reader

BATCH_CHARACTERS = 100_000
BATCH_DOCUMENTS = 256
KEPT_SHARE = 4
"""How many characters of a kept reading take as long as one that is to be read."""
AHEAD = 4
"""Batches that each process may be ahead of the document being written: bounds the memory."""

Knowledge = Callable[[], "tuple[Ontology, Reader]"]
"""Gives what is known, loaded at the first call in each process."""
Item = Document | bytes
"""A document, or what was kept of it."""
Batch = Sequence[Item]


class Done(NamedTuple):
    """A document that was read.

    Attributes:
        encoded: To be kept; None where it was, or cannot be.
    """

    head: Head
    part: DocumentPart
    encoded: EncodedReading | None


Result = Done | Refusal
"""What was read, or why it was not."""


class Piece(NamedTuple):
    """A document whose reading is wanted: by the key of the one that is kept, or to be read."""

    key: bytes
    doc: Document | None


class Readers(Protocol):
    """Those who read: here, or elsewhere."""

    ahead: int

    def start(self, docs: Batch) -> Callable[[], Sequence[Result]]:
        """Have documents read, and give what waits for the results."""


class ReadHere:
    """Reads when the results are asked for."""

    ahead = 0

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def start(self, docs: Batch) -> Callable[[], Sequence[Result]]:
        return partial(read_batch, docs, knowledge=self._knowledge)


class ReadElsewhere:
    """Has documents read by an executor; one that dies is made anew, and its documents are read again, one by one."""

    def __init__(self, make: Callable[[], Executor], knowledge: Knowledge, *, jobs: int) -> None:
        self.ahead = jobs * AHEAD
        self._make = make
        self._read = partial(read_batch, knowledge=knowledge)
        self._executor = make()

    def start(self, docs: Batch) -> Callable[[], Sequence[Result]]:
        try:
            return partial(self._wait, docs, self._executor.submit(self._read, docs))
        except BrokenExecutor:
            return partial(self._read_singly, docs)

    def close(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _wait(self, docs: Batch, future: Future[list[Result]]) -> list[Result]:
        try:
            return future.result()
        except BrokenExecutor:
            return self._read_singly(docs)

    def _read_singly(self, docs: Batch) -> list[Result]:
        """Read documents of which one may have killed its reader; that one is refused."""
        self._renew()
        results: list[Result] = []
        for doc in docs:
            try:
                results += self._executor.submit(self._read, [doc]).result()
            except BrokenExecutor:
                self._renew()
                reason = "the process that read it was killed, perhaps for want of memory; read it alone"
                named = doc if isinstance(doc, Document) else decode_reading(doc).doc
                results.append(Refusal(named.source or named.id, reason))
        return results

    def _renew(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = self._make()


@contextmanager
def start_readers(knowledge: Knowledge, *, jobs: int, executor: Executor | None = None) -> Iterator[Readers]:
    """Give those who read: the executor, this process, or as many processes as there are jobs."""
    if executor is None and jobs == 1:
        yield ReadHere(knowledge)
        return
    if executor is not None:
        given = executor
        yield ReadElsewhere(lambda: given, knowledge, jobs=jobs)
        return
    readers = ReadElsewhere(partial(start_processes, jobs), knowledge, jobs=jobs)
    try:
        yield readers
    finally:
        readers.close()


def read_pieces(
    pieces: Iterable[Piece], readers: Readers, kept: KeptReadings, on_refusal: Callable[[Refusal], None]
) -> Iterator[tuple[Head, DocumentPart]]:
    """Give what documents bring to a graph, in their order, and keep the readings that are new."""
    waiting: deque[tuple[list[Piece], Callable[[], Sequence[Result]]]] = deque()
    for batch, items in _cut_batches(pieces, kept):
        waiting.append((batch, readers.start(items)))
        if len(waiting) > readers.ahead:
            yield from _take(*waiting.popleft(), kept, on_refusal)
    while waiting:
        yield from _take(*waiting.popleft(), kept, on_refusal)


def read_batch(items: Batch, *, knowledge: Knowledge) -> list[Result]:
    """Read documents where an executor runs this, and make all of their quads that are theirs alone."""
    from oncograph.graph import make_part
    from oncograph.reading import read_document

    ontology, reader = knowledge()
    results: list[Result] = []
    for item in items:
        reading = read_document(item, reader) if isinstance(item, Document) else decode_reading(item)
        encoded = encode_reading(reading) if isinstance(item, Document) else None
        results.append(Done(summarise_reading(reading), make_part(reading, ontology), encoded))
    return results


@lru_cache(maxsize=1)
def load_known(folder: Path, vocabularies: Path | None, _digests: tuple[str, ...]) -> tuple[Ontology, Reader]:
    """Load an ontology and its reader, once for each state of the folders that the digests stand for."""
    from oncograph.knowledge import load_knowledge

    return load_knowledge(folder, vocabularies=vocabularies)


def _cut_batches(pieces: Iterable[Piece], kept: KeptReadings) -> Iterator[tuple[list[Piece], list[Item]]]:
    batch: list[Piece] = []
    items: list[Item] = []
    size = 0
    for piece in pieces:
        item = piece.doc if piece.doc is not None else kept.require_body(piece.key)
        batch.append(piece)
        items.append(item)
        size += len(item) // KEPT_SHARE if isinstance(item, bytes) else len(item.text)
        if size >= BATCH_CHARACTERS or len(batch) >= BATCH_DOCUMENTS:
            yield batch, items
            batch, items, size = [], [], 0
    if batch:
        yield batch, items


def _take(
    batch: Sequence[Piece],
    wait: Callable[[], Sequence[Result]],
    kept: KeptReadings,
    on_refusal: Callable[[Refusal], None],
) -> Iterator[tuple[Head, DocumentPart]]:
    for piece, result in zip(batch, wait(), strict=True):
        if isinstance(result, Refusal):
            on_refusal(result)
            continue
        if result.encoded is not None:
            kept.keep(piece.key, result.head, result.encoded)
        yield result.head, result.part
