"""How fast search answers while one types, in an index of a million claims made up for it.

    python tests/benchmarks/search.py [CLAIMS]

The index holds a tenth as many entities as claims, each with names and an identifier, and a sentence for every claim;
words are as frequent as in a language (Zipf). The store holds the sentences, as search reads them from there.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store

from oncograph.graph import terms
from oncograph.graph.index import CLASS, DOCUMENT, ENTITY, IDENTIFIER, INDEX_FILE, LABEL, SYNONYM, fill_index, new_index
from oncograph.graph.search import SearchIndex
from oncograph.model import BASE, entity_iri

WORDS = 60_000
QUERIES = 200
PREDICATES = ("treatedBy", "targetedBy", "hasAlteration", "confersResistanceTo", "hasSymptom")


class Language:
    """Made-up words, some of which are common."""

    def __init__(self, random_: random.Random) -> None:
        parts = [first + second for first in "bcdfghlmnprstv" for second in "aeiou"]
        lengths = [1 + int(random_.expovariate(0.7)) for _ in range(WORDS)]
        self.words = ["".join(random_.choices(parts, k=1 + length)) for length in lengths]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(WORDS)))
        self._random = random_

    def say(self, length: int) -> str:
        return " ".join(self._random.choices(self.words, cum_weights=self._weights, k=length))


def main(claims: int) -> None:
    random_ = random.Random(7)
    language = Language(random_)
    entities = [f"{language.say(random_.randint(1, 3))} {number}" for number in range(claims // 10)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sentences = [f"d{number // 20}/{number}-{number + 90}" for number in range(claims)]
        texts = {}
        load_sentences(folder, sentences, language, random_, entities, texts)
        before = forget_peak()
        started = time.perf_counter()
        write(folder, claims, entities, random_)
        built = time.perf_counter() - started
        memory = read_memory("VmHWM") - before
        size = (folder / INDEX_FILE).stat().st_size
        store = Store.read_only(str(folder))
        index = SearchIndex(folder, store)
        queries = list(make_queries(random_, entities, list(texts.values())))
        index.search("warm")
        times = []
        for query in queries:
            started, busy = time.perf_counter(), time.thread_time()
            hits = index.search(query).hits
            times.append((time.perf_counter() - started, time.thread_time() - busy, query, len(hits)))
    report(claims, built, size, memory, times)


def load_sentences(folder, names, language, random_, entities, texts) -> None:
    """Put the sentences into the store, and a few of them into `texts`."""

    def quads() -> Iterator[Quad]:
        for number, name in enumerate(names):
            evidence = NamedNode(terms.EVIDENCE + name)
            text = f"{language.say(8)} {random_.choice(entities)} {language.say(9)}."
            if number % 997 == 0:
                texts[name] = text
            document = NamedNode(f"{terms.DOC}d{number // 20}")
            yield Quad(NamedNode(evidence.value + "/quote"), terms.EXACT, Literal(text), document)
            yield Quad(evidence, terms.DERIVED_FROM, document, document)

    Store(str(folder)).bulk_extend(quads())


def write(folder: Path, claims: int, entities: list[str], random_: random.Random) -> None:
    store = Store.read_only(str(folder))
    with new_index(folder / INDEX_FILE) as connection:
        for number, label in enumerate(entities):
            iri = entity_iri(label)
            connection.execute("INSERT OR IGNORE INTO found_things VALUES (?, ?, ?, 'Gene', 0)", (iri, ENTITY, label))
            names = ((iri, LABEL, label), (iri, SYNONYM, f"{label} protein"), (iri, IDENTIFIER, f"HGNC:{number}"))
            connection.executemany("INSERT INTO found_names VALUES (?, ?, ?)", names)
        for number in range(claims):
            subject, obj = (entities[int(len(entities) * random_.random() ** 3)] for _ in range(2))
            connection.execute(
                "INSERT INTO found_claims VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number.to_bytes(10, "big"),
                    entity_iri(subject),
                    random_.choice(PREDICATES),
                    entity_iri(obj),
                    number % 20 == 0,
                    number % 15 == 0,
                    random_.randint(30, 99) / 100,
                    1,
                    1,
                ),
            )
        for quad in store.quads_for_pattern(None, terms.EXACT, None, None):
            name = quad.subject.value.removeprefix(terms.EVIDENCE).removesuffix("/quote")
            connection.execute("INSERT INTO found_sentences VALUES (?, ?, ?)", (name, quad.object.value, 1))
        documents = [(f"{BASE}doc/d{number}", DOCUMENT, f"document {number}", "", 20) for number in range(claims // 20)]
        connection.executemany("INSERT INTO found_things VALUES (?, ?, ?, ?, ?)", documents)
        connection.execute("INSERT INTO found_things VALUES (?, ?, 'gene', '', 1)", (f"{BASE}ontology#Gene", CLASS))
        fill_index(connection)


def make_queries(random_: random.Random, entities: list[str], texts: list[str]) -> Iterator[str]:
    """Give beginnings, of one letter to all, of names and of words of a sentence."""
    for number in range(QUERIES):
        words = random_.choice(texts).split()
        at = random_.randrange(len(words) - 2)
        text = random_.choice(entities) if number % 3 == 0 else " ".join(words[at : at + 1 + number % 3])
        yield text[: 1 + number % len(text)]


def forget_peak() -> float:
    """Start measuring the highest use of memory anew (Linux); give the present one in MB."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return read_memory("VmRSS")


def read_memory(name: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name))) / 1024


def report(claims: int, built: float, size: int, memory: float, times: list[tuple[float, float, str, int]]) -> None:
    print(f"{claims} claims: index {size / 1e6:.0f} MB, built in {built:.0f} s with {memory:.0f} MB more memory")
    print(f"{len(times)} queries, of which {sum(1 for *_, hits in times if hits)} find something; ms")
    print("       p50    p95    max")
    for name, column in (("time", 0), ("CPU", 1)):
        seconds = sorted(row[column] * 1000 for row in times)
        print(f"{name:4} {statistics.median(seconds):5.1f} {seconds[-len(seconds) // 20]:6.1f} {seconds[-1]:6.1f}")
    slowest = sorted(times, key=lambda row: -row[1])[:5]
    print("slowest:", ", ".join(f"{query!r} {busy * 1000:.0f} ms" for _, busy, query, _ in slowest))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
