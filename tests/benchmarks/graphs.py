"""Graphs of made-up abstracts, of any size."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import chain, count, islice
from pathlib import Path

from made import make_abstract

from oncograph.graph import write_store
from oncograph.knowledge import load_ontology, load_reader
from oncograph.model import Document, Reading
from oncograph.reading import read_document
from oncograph.reading.blocks import find_blocks


def make_readings() -> Iterator[Reading]:
    """Read made-up abstracts, without end."""
    reader = load_reader(load_ontology())
    for number in count(1):
        abstract = make_abstract(number)
        doc = Document(f"d{number}", abstract.title, abstract.text, find_blocks(abstract.text))
        yield read_document(doc, reader)


def make_graph(folder: Path, readings: Iterator[Reading], quads: int) -> float:
    """Write a store of about so many quads; gives the seconds that writing took, readings not counted."""
    ontology = load_ontology()
    rules = load_reader(ontology).rules
    some = [next(readings) for _ in range(200)]
    first = write_store(folder / "small", some[:100], ontology, rules).quads
    second = write_store(folder / "small", some, ontology, rules).quads
    wanted = max(10, round((quads - first) / (second - first) * 100) + 100)
    clock = _Clock(chain(some[:wanted], islice(readings, max(0, wanted - len(some)))))
    started = time.perf_counter()
    write_store(folder / "store", clock, ontology, rules)
    return time.perf_counter() - started - clock.seconds


class _Clock:
    """Gives what an iterator gives, and tells how long that took."""

    def __init__(self, items: Iterator[Reading]) -> None:
        self.seconds = 0.0
        self._items = items

    def __iter__(self) -> Iterator[Reading]:
        while True:
            started = time.perf_counter()
            item = next(self._items, None)
            self.seconds += time.perf_counter() - started
            if item is None:
                return
            yield item
