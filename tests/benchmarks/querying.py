"""How long loading and ten typical queries take, in our store and in others, on the same data in the same run.

    python tests/benchmarks/querying.py [--quads 100000 1000000] [--rdflib-up-to 200000] [--keep]

The data are graphs of made-up abstracts. Times of queries are in milliseconds from text to JSON, the best of up to
15 after one that warms up; ours and plain pyoxigraph, in one process, take turns. Where another store gives another
number of rows, or fails, that is said. Our loading starts from readings, not from a file: it makes the quads, and an
index for search. Needs the stores to compare with: `pip install oxigraph rdflib`, Debian's `virtuoso-opensource`.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from engines import ENGINES, PATIENCE, Ask, find_engines
from graphs import make_graph, make_readings
from pyoxigraph import RdfFormat
from results import keep_result, to_table

from oncograph.graph import PREFIXES, load_queries, open_store
from oncograph.graph.streaming import Question, answer
from oncograph.knowledge import find_ontology
from oncograph.model import Reading

NAMED = {
    "treatments of a disease": ("treatments", {"disease": "melanoma"}),
    "biomarkers of a disease": ("biomarkers", {"disease": "breast cancer"}),
    "drugs that target a gene": ("drugs-targeting", {"target": "BRAF"}),
    "what joins two entities": ("between", {"a": "BRAF", "b": "vemurafenib"}),
    "response to a drug": ("response", {"drug": "trastuzumab"}),
    "sentences behind a gene's claims": ("evidence", {"subject": "VHL", "relation": "targetedBy"}),
    "claims of a document": ("document-claims", {"document": "d7"}),
    "denied claims": ("negated", {}),
}
WRITTEN = {
    "all about an entity": "SELECT ?p ?o { <https://w3id.org/oncograph/entity/BRAF> ?p ?o }",
    "claims by predicate": "SELECT ?p (COUNT(*) AS ?n) { ?c a onco:Claim ; rdf:predicate ?p } GROUP BY ?p",
}
REPEATS = 15
ENOUGH_SECONDS = 2.0
OURS = "oncograph"


class Bytes(io.BytesIO):
    """A sink that keeps the bytes."""

    def begin(self, kind: str, format: str) -> None:
        """Take any kind."""

    def restart(self) -> bool:
        self.seek(0)
        self.truncate()
        return True


def find_queries(store) -> dict[str, str]:
    """Give the text of each query, its prefixes declared."""
    named = load_queries(find_ontology() / "queries")
    texts = WRITTEN | {title: named[name].bind(store, values) for title, (name, values) in NAMED.items()}
    return {title: _declare(text) for title, text in texts.items()}


def _declare(text: str) -> str:
    used = {prefix: iri for prefix, iri in PREFIXES.items() if f"{prefix}:" in text}
    return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in used.items()) + text


def ask_ours(folder: Path) -> Ask:
    """Give what answers as the server does."""
    store = open_store(folder / "store")

    def ask(text: str) -> bytes:
        sink = Bytes()
        answer(store, Question(text, {"solutions": "json"}), sink)
        return sink.getvalue()

    return ask


def measure(asks: dict[str, Ask], queries: dict[str, str]) -> dict[str, dict[str, tuple[float, int] | str]]:
    """Measure each query in all engines by turns: milliseconds and rows, or what went wrong."""
    found: dict[str, dict[str, tuple[float, int] | str]] = {name: {} for name in asks}
    for title, text in queries.items():
        times: dict[str, list[float]] = {name: [] for name in asks}
        rows: dict[str, int | str] = {}
        for name, ask in asks.items():
            started = time.perf_counter()
            rows[name] = _count_rows(ask, text)
            first = time.perf_counter() - started
            if first > ENOUGH_SECONDS:
                times[name].append(first)
        able = [name for name in asks if isinstance(rows[name], int)]
        for turn in range(REPEATS):
            for name in able if turn % 2 else reversed(able):
                if sum(times[name]) < ENOUGH_SECONDS:
                    times[name].append(_time(asks[name], text))
        for name in asks:
            failed = rows[name] if name not in able else ""
            found[name][title] = failed or (min(times[name]) * 1000, rows[name])
    return found


def _count_rows(ask: Ask, text: str) -> int | str:
    try:
        return len(json.loads(ask(text))["results"]["bindings"])
    except TimeoutError:
        return f"over {PATIENCE} s"
    except Exception as error:  # whatever another store fails with
        return f"fails: {type(error).__name__}"


def _time(ask: Ask, text: str) -> float:
    started = time.perf_counter()
    ask(text)
    return time.perf_counter() - started


def compare(folder: Path, readings: Iterator[Reading], quads: int, rdflib_up_to: int) -> str:
    """Measure all engines at one size."""
    written = make_graph(folder, readings, quads)
    store = open_store(folder / "store")
    queries = find_queries(store)
    dumped = folder / "graph.nq"
    store.dump(str(dumped), RdfFormat.N_QUADS)
    quads = len(store)
    del store
    loads: dict[str, float | None] = {OURS: written}
    found = {}
    for name in find_engines():
        if name == "rdflib" and quads > rdflib_up_to:
            continue
        place = folder / name.replace(" ", "-")
        place.mkdir()
        started = time.perf_counter()
        with ENGINES[name](dumped, place) as ask:
            ask("ASK { }") if name == "oxigraph server" else None
            loads[name] = time.perf_counter() - started
            asks = {OURS: ask_ours(folder), name: ask} if name == "pyoxigraph" else {name: ask}
            found |= measure(asks, queries)
    return to_page(quads, loads, found, list(queries))


def to_page(quads: int, loads: dict[str, float | None], found: dict, titles: list[str]) -> str:
    """Write the table of one size."""
    names = list(found)
    rows = [["loading, seconds", None, *(loads[name] for name in names), None]]
    ratios = []
    for title in titles:
        time_, count_ = found[OURS][title]
        ratios.append(time_ / found["pyoxigraph"][title][0])
        cells = [_show(found[name][title], count_) for name in names]
        rows.append([title, count_, *cells, ratios[-1]])
    mean = math.exp(statistics.fmean(map(math.log, ratios)))
    head = ["query", "rows", *names, "ours / pyoxigraph"]
    return f"## {quads:,} quads\n\n{to_table(head, rows)}\n\nGeometric mean of the ratios: {mean:.3f}."


def _show(cell: tuple[float, int] | str, rows: int) -> object:
    if isinstance(cell, str):
        return cell
    return cell[0] if cell[1] == rows else f"{cell[0]:.3g} ({cell[1]:,} rows)"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quads", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rdflib-up-to", type=int, default=200_000, help="quads beyond which rdflib is left out")
    parser.add_argument("--keep", action="store_true", help="write the result beside this file")
    options = parser.parse_args()
    pages = []
    for quads in options.quads:
        with tempfile.TemporaryDirectory() as folder:
            pages.append(compare(Path(folder), make_readings(), quads, options.rdflib_up_to))
    keep_result(__file__, "\n\n".join(pages), keep=options.keep)


if __name__ == "__main__":
    main()
