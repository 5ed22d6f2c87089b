"""How fast search answers while one types, in an index of a million claims made up for it.

    python tests/benchmarks/search.py [CLAIMS]

The index holds a tenth as many entities as claims, each with names and an identifier, and a sentence for every claim;
words are as frequent as in a language (Zipf). The store holds claims and sentences as far as search reads them there.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate, islice
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store

from oncograph.graph import terms
from oncograph.graph.index import CLASS, DOCUMENT, ENTITY, IDENTIFIER, INDEX_FILE, LABEL, SYNONYM, fill_index, new_index
from oncograph.graph.search import SearchIndex
from oncograph.model import BASE, ONTOLOGY, entity_iri

WORDS = 60_000
QUERIES = 60
"""Of each kind."""
BATCH = 250_000
Measure = tuple[float, float, str, int]
"""Seconds, seconds of the processor, what was asked, how much was found."""
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
        made = [make_claim(number, entities, random_) for number in range(claims)]
        load_claims(folder, made)
        before = forget_peak()
        started = time.perf_counter()
        write(folder, made, entities)
        built = time.perf_counter() - started
        memory = read_memory("VmHWM") - before
        size = (folder / INDEX_FILE).stat().st_size
        rest = sum(path.stat().st_size for path in folder.iterdir()) - size
        store = Store.read_only(str(folder))
        index = SearchIndex(folder, store)
        index.search("warm")
        groups = make_queries(random_, entities, list(texts.values()))
        times = {name: [measure(index, query) for query in queries] for name, queries in groups.items()}
    report(claims, built, size, rest, memory, times)


def measure(index: SearchIndex, query: str) -> Measure:
    started, busy = time.perf_counter(), time.thread_time()
    hits = index.search(query).hits
    return time.perf_counter() - started, time.thread_time() - busy, query, len(hits)


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

    load(folder, quads())


def load(folder: Path, quads: Iterator[Quad]) -> None:
    store = Store(str(folder))
    while batch := list(islice(quads, BATCH)):
        store.bulk_extend(batch)
    store.flush()


def make_claim(number: int, entities: list[str], random_: random.Random) -> tuple[object, ...]:
    """Make a row of `found_claims`; some entities have many claims."""
    subject, obj = (entities[int(len(entities) * random_.random() ** 3)] for _ in range(2))
    return (
        number.to_bytes(10, "big"),
        entity_iri(subject),
        random_.choice(PREDICATES),
        entity_iri(obj),
        number % 20 == 0,
        number % 15 == 0,
        random_.randint(30, 99) / 100,
        1,
        1,
    )


def load_claims(folder: Path, claims: list[tuple[object, ...]]) -> None:
    def quads() -> Iterator[Quad]:
        for name in PREDICATES:
            yield Quad(NamedNode(ONTOLOGY + name), terms.ROLE, Literal("predicate"))
        for claim, subject, predicate, obj, negated, *_ in claims:
            node = NamedNode(terms.CLAIM + claim.hex())
            yield Quad(node, terms.SUBJECT, NamedNode(subject))
            yield Quad(node, terms.PREDICATE, NamedNode(ONTOLOGY + predicate))
            yield Quad(node, terms.OBJECT, NamedNode(obj))
            yield Quad(node, terms.POLARITY, terms.NEGATED if negated else NamedNode(ONTOLOGY + "Affirmed"))

    load(folder, quads())


def write(folder: Path, claims: list[tuple[object, ...]], entities: list[str]) -> None:
    store = Store.read_only(str(folder))
    with new_index(folder / INDEX_FILE) as connection:
        for number, label in enumerate(entities):
            iri = entity_iri(label)
            connection.execute("INSERT OR IGNORE INTO found_things VALUES (?, ?, ?, 'Gene', 0)", (iri, ENTITY, label))
            names = ((iri, LABEL, label), (iri, SYNONYM, f"{label} protein"), (iri, IDENTIFIER, f"HGNC:{number}"))
            connection.executemany("INSERT INTO found_names VALUES (?, ?, ?)", names)
        connection.executemany("INSERT INTO found_claims VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", claims)
        for quad in store.quads_for_pattern(None, terms.EXACT, None, None):
            name = quad.subject.value.removeprefix(terms.EVIDENCE).removesuffix("/quote")
            connection.execute("INSERT INTO found_sentences VALUES (?, ?, ?)", (name, quad.object.value, 1))
        documents = [
            (f"{BASE}doc/d{number}", DOCUMENT, f"document {number}", "", 20) for number in range(len(claims) // 20)
        ]
        connection.executemany("INSERT INTO found_things VALUES (?, ?, ?, ?, ?)", documents)
        connection.execute("INSERT INTO found_things VALUES (?, ?, 'gene', '', 1)", (f"{BASE}ontology#Gene", CLASS))
        fill_index(connection)


def make_queries(random_: random.Random, entities: list[str], texts: list[str]) -> dict[str, list[str]]:
    """Give what people type, by kind; names and sentences are cut at any letter."""
    letters = sorted({text[0] for text in entities})
    names = [random_.choice(entities) for _ in range(QUERIES)]
    common = sorted({word for text in texts for word in text.split()}, key=" ".join(texts).count)[-QUERIES:]

    def cut(text: str) -> str:
        return text[: random_.randint(3, len(text))]

    def misspell(word: str) -> str:
        at = random_.randrange(1, len(word) - 1)
        return word[:at] + random_.choice("xqzw") + word[at + 1 :]

    def some_words(count: int) -> str:
        words = random_.choice(texts).split()
        at = random_.randrange(len(words) - count)
        return " ".join(words[at : at + count])

    return {
        "one letter": letters,
        "two letters": sorted({text[:2] for text in entities})[:QUERIES],
        "beginning of a name": [cut(name) for name in names],
        "common word": common,
        "two words": [cut(some_words(2)) for _ in range(QUERIES)],
        "three to six words": [cut(some_words(random_.randint(3, 6))) for _ in range(QUERIES)],
        "two names": [f"{one} {cut(other)}" for one, other in zip(names, names[1:] + names[:1], strict=True)],
        "identifier": [f"HGNC:{random_.randrange(len(entities))}" for _ in range(QUERIES)],
        "beginning of an identifier": [f"hgnc {number}" for number in range(100, 100 + QUERIES)],
        "misspelt": [misspell(max(name.split(), key=len)) for name in names if len(max(name.split(), key=len)) > 4],
        "nothing has it": [f"{misspell('wxyzwxyzwx')} {name}" for name in names],
        "syntax of others": [f'{name}" OR NEAR({name[:3]}* -' for name in names],
        "beyond ASCII": [name.replace("o", "ö").replace("a", "α", 1) for name in names],
        "200 letters": [(" ".join(names[at:] + names[:at]))[:200] for at in range(QUERIES)],
    }


def forget_peak() -> float:
    """Start measuring the highest use of memory anew (Linux); give the present one in MB."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return read_memory("VmRSS")


def read_memory(name: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name))) / 1024


def report(
    claims: int,
    built: float,
    size: int,
    rest: int,
    memory: float,
    times: dict[str, list[tuple[float, float, str, int]]],
) -> None:
    print(f"{claims} claims: index {size / 1e6:.0f} MB beside {rest / 1e6:.0f} MB, ", end="")
    print(f"built in {built:.0f} s with {memory:.0f} MB more memory; ms")
    print(f"{'':26}    p50    p95    max  CPU p95  found  slowest")
    for name, rows in times.items():
        seconds, busy = (sorted(row[column] * 1000 for row in rows) for column in (0, 1))
        at = max(0, -(-len(rows) * 95 // 100) - 1)
        slowest = max(rows, key=lambda row: row[0])[2]
        share = sum(1 for row in rows if row[3]) / len(rows)
        print(
            f"{name:26} {statistics.median(seconds):6.1f} {seconds[at]:6.1f} {seconds[-1]:6.1f} {busy[at]:8.1f} "
            f"{share:6.0%}  {slowest[:40]!r}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
