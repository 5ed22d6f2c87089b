"""Quads into a new store, a batch at a time, while the next batch is being made."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import Self

from pyoxigraph import Quad, RdfFormat, Store

BATCH = 250_000
"""Quads that are loaded at a time, for which the store needs about 1.3 kB each."""


class Loader:
    """Loads batches one after the other in a thread of its own, which needs no lock of the interpreter.

    Attributes:
        batches: Loaded so far.
    """

    def __init__(self, store: Store) -> None:
        self.batches = 0
        self._store = store
        self._lines: list[bytes] = []
        self._quads = 0
        self._thread = ThreadPoolExecutor(1)
        self._loading: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()

    def add(self, lines: bytes, quads: int) -> None:
        """Load quads that are written as N-Quads, some time."""
        self._lines.append(lines)
        self._quads += quads
        if self._quads >= BATCH:
            self._load()

    def extend(self, quads: Iterable[Quad]) -> None:
        """Load quads, and all that were added before; returns when they are loaded."""
        self._load()
        rest = iter(quads)
        for first in rest:
            self._wait()
            self._store.bulk_extend(chain((first,), islice(rest, BATCH - 1)))
            self.batches += 1
        self._wait()

    def _load(self) -> None:
        self._wait()
        if self._lines:
            # The lines are our own: no need to look at each name again.
            lines = b"".join(self._lines)
            self._loading = self._thread.submit(self._store.bulk_load, lines, RdfFormat.N_QUADS, lenient=True)
            self.batches += 1
        self._lines, self._quads = [], 0

    def _wait(self) -> None:
        if self._loading is not None:
            self._loading.result()
            self._loading = None
