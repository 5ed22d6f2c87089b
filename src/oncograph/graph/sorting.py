"""Sorting more than fits into memory, so that graphs and exports of any size come in one order."""

from __future__ import annotations

import heapq
import pickle
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

Item = TypeVar("Item", bound=tuple[Any, ...])

CHUNK = 500_000
_BATCH = 2_000


class Run(Generic[Item]):
    """A sequence that waits on disk and goes with this object; it can be gone through again, once at a time."""

    def __init__(self, items: Sequence[Item], folder: Path | None = None) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the run
        for start in range(0, len(items), _BATCH):
            pickle.dump(items[start : start + _BATCH], self._file, protocol=pickle.HIGHEST_PROTOCOL)

    def __iter__(self) -> Iterator[Item]:
        self._file.seek(0)
        while True:
            try:
                batch = pickle.load(self._file)
            except EOFError:
                return
            yield from batch

    def close(self) -> None:
        """Let go of the sequence."""
        self._file.close()


class Sorter(Generic[Item]):
    """Takes tuples and gives them in order, without repeats.

    Args:
        chunk: Most tuples held in memory; the rest waits in temporary files.
    """

    def __init__(self, *, chunk: int = CHUNK) -> None:
        self._chunk = chunk
        self._held: list[Item] = []
        self._runs: list[Run[Item]] = []

    def extend(self, items: Iterable[Item]) -> None:
        """Take more tuples."""
        rest = iter(items)
        while part := list(islice(rest, self._chunk - len(self._held))):
            self._held += part
            if len(self._held) == self._chunk:
                self._held.sort()
                self._runs.append(Run(self._held))
                self._held.clear()

    def sort(self) -> Iterator[Item]:
        """Yield the tuples taken; what waits on disk is gone afterwards."""
        self._held.sort()
        try:
            yield from _drop_repeats(heapq.merge(*self._runs, self._held) if self._runs else self._held)
        finally:
            for run in self._runs:
                run.close()


def sort_tuples(items: Iterable[Item], *, chunk: int = CHUNK) -> Iterator[Item]:
    """Yield tuples in order, without repeats.

    Args:
        chunk: Most tuples held in memory; the rest waits in temporary files.

    >>> list(sort_tuples([(3,), (1,), (2,), (1,)], chunk=2))
    [(1,), (2,), (3,)]
    """
    sorter: Sorter[Item] = Sorter(chunk=chunk)
    sorter.extend(items)
    yield from sorter.sort()


def _drop_repeats(items: Iterable[Item]) -> Iterator[Item]:
    before = None
    for item in items:
        if item != before:
            yield item
        before = item
