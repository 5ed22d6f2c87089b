"""Sorting more than fits into memory, so that exports of any size come in one order."""

from __future__ import annotations

import heapq
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO, Any, TypeVar

Item = TypeVar("Item", bound=tuple[Any, ...])

CHUNK = 500_000
_BATCH = 2_000


def sort_tuples(items: Iterable[Item], *, chunk: int = CHUNK) -> Iterator[Item]:
    """Yield tuples in order, without repeats.

    Args:
        chunk: Most tuples held in memory; the rest waits in temporary files.

    >>> list(sort_tuples([(3,), (1,), (2,), (1,)], chunk=2))
    [(1,), (2,), (3,)]
    """
    runs: list[Iterator[Item]] = []
    files: list[IO[bytes]] = []
    try:
        rest = iter(items)
        while part := list(islice(rest, chunk)):
            part.sort()
            if len(part) < chunk:
                runs.append(iter(part))
            else:
                files.append(_write_run(part))
                runs.append(_read_run(files[-1]))
        yield from _drop_repeats(heapq.merge(*runs) if len(runs) > 1 else chain(*runs))
    finally:
        for file in files:
            file.close()


def _write_run(part: list[Item]) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the merge has ended
    for start in range(0, len(part), _BATCH):
        pickle.dump(part[start : start + _BATCH], file, protocol=pickle.HIGHEST_PROTOCOL)
    file.seek(0)
    return file


def _read_run(file: IO[bytes]) -> Iterator[Any]:
    while True:
        try:
            batch = pickle.load(file)
        except EOFError:
            return
        yield from batch


def _drop_repeats(items: Iterable[Item]) -> Iterator[Item]:
    before = None
    for item in items:
        if item != before:
            yield item
        before = item
