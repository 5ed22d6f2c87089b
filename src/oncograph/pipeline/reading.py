"""Documents to readings, in their order: kept ones from disk, the others read here, by processes, or by a cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from oncograph.documents import Refusal
from oncograph.model import Document, Reading
from oncograph.pipeline.kept import KeptReadings, decode_reading, encode_reading
from oncograph.pipeline.processes import start_processes

if TYPE_CHECKING:
    from oncograph.knowledge import Ontology
    from oncograph.reading import Reader

BATCH_CHARACTERS = 100_000
BATCH_DOCUMENTS = 256
AHEAD = 4
"""Batches that each process may be ahead of the document being written: bounds the memory."""

Knowledge = Callable[[], "tuple[Ontology, Reader]"]
"""Gives what is known, loaded at the first call in each process."""
Result = bytes | Reading | Refusal
"""A reading, encoded where it can be, or why there is none."""
Batch = Sequence[Document]


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
        return partial(self._read, docs)

    def _read(self, docs: Batch) -> list[Result]:
        from oncograph.reading import read_document

        _, reader = self._knowledge()
        return [read_document(doc, reader) for doc in docs]


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
                results.append(Refusal(doc.source or doc.id, reason))
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
) -> Iterator[Reading]:
    """Give the readings of documents in their order, and keep those that are new."""
    waiting: deque[tuple[list[Piece], Callable[[], Sequence[Result]]]] = deque()
    for batch in _cut_batches(pieces):
        waiting.append((batch, readers.start([piece.doc for piece in batch if piece.doc is not None])))
        if len(waiting) > readers.ahead:
            yield from _take(*waiting.popleft(), kept, on_refusal)
    while waiting:
        yield from _take(*waiting.popleft(), kept, on_refusal)


def read_batch(docs: Batch, *, knowledge: Knowledge) -> list[Result]:
    """Read documents where an executor runs this; the results come as bytes, which travel faster."""
    from oncograph.reading import read_document

    _, reader = knowledge()
    readings = (read_document(doc, reader) for doc in docs)
    return [encode_reading(reading) or reading for reading in readings]


@lru_cache(maxsize=1)
def load_known(folder: Path, vocabularies: Path | None, _digests: tuple[str, ...]) -> tuple[Ontology, Reader]:
    """Load an ontology and its reader, once for each state of the folders that the digests stand for."""
    from oncograph.knowledge import load_knowledge

    return load_knowledge(folder, vocabularies=vocabularies)


def _cut_batches(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    batch: list[Piece] = []
    characters = 0
    for piece in pieces:
        batch.append(piece)
        characters += len(piece.doc.text) if piece.doc is not None else 0
        if characters >= BATCH_CHARACTERS or len(batch) >= BATCH_DOCUMENTS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _take(
    batch: Sequence[Piece],
    wait: Callable[[], Sequence[Result]],
    kept: KeptReadings,
    on_refusal: Callable[[Refusal], None],
) -> Iterator[Reading]:
    results = iter(wait())
    for piece in batch:
        if piece.doc is None:
            reading = kept.find(piece.key)
            assert reading is not None, "a kept reading stays until the build has ended"
            yield reading
            continue
        result = next(results)
        if isinstance(result, Refusal):
            on_refusal(result)
            continue
        body = result if isinstance(result, bytes) else encode_reading(result)
        reading = decode_reading(result) if isinstance(result, bytes) else result
        if body is not None:
            kept.keep(piece.key, reading, body)
        yield reading
