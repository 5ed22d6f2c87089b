"""How long builds of growing corpora take from start to end, and how much memory they need.

    python tests/benchmarks/building.py [CORPUS] [--documents 10 100 1000 10000] [--jobs 1 0] [--keep]

The documents are made up, or are the first ones of a folder or file (JSON Lines, PubMed XML, …). Each build is a
process of its own and begins with nothing kept; `again` is a second build after one more document has come. Seconds are
those of the clock, start of the program included; the peak is that of the largest process; jobs 0: one a core.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from made import make_lines
from results import keep_result, run_measured, to_table

from oncograph.documents import find_documents, read_documents

PROGRAM = """
import sys
from pathlib import Path
from oncograph.graph import open_store
from oncograph.pipeline import build
report = build(sys.argv[1:2], Path(sys.argv[2]), jobs=int(sys.argv[3]))
result = {
    "documents": len(report.documents), "text": report.text_bytes, "stored": report.reading_seconds,
    "all": report.seconds, "quads": len(open_store(Path(sys.argv[2]) / "store")),
}
"""


def load_lines(corpus: Path | None, count: int) -> Iterator[str]:
    """Give so many documents and one more, as JSON Lines."""
    if corpus is None:
        return make_lines(count + 1)
    docs = (doc for file in find_documents([corpus]) for doc in read_documents(file, on_refusal=lambda _: None))
    return (
        json.dumps({"id": str(number), "title": doc.title, "text": doc.text}) + "\n"
        for number, doc in enumerate(islice(docs, count + 1))
    )


def measure(corpus: Path | None, count: int, jobs: int) -> list[object]:
    """Measure one build, and one after a document has been added."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        *lines, last = load_lines(corpus, count)
        (folder / "in" / "documents.jsonl").write_text("".join(lines), encoding="utf-8")
        first = run_measured(PROGRAM, folder / "in", folder / "out", jobs)
        (folder / "in" / "added.jsonl").write_text(last, encoding="utf-8")
        again = run_measured(PROGRAM, folder / "in", folder / "out", jobs)
    size = first["text"] / 1e6
    return [
        first["documents"],
        jobs or "all",
        size,
        first["quads"],
        first["stored"],
        first["all"],
        first["seconds"],
        size / first["stored"],
        first["peak"],
        again["seconds"],
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", nargs="?", type=Path)
    parser.add_argument("--documents", type=int, nargs="+", default=[10, 100, 1000, 10_000])
    parser.add_argument("--jobs", type=int, nargs="+", default=[1])
    parser.add_argument("--keep", action="store_true", help="write the result beside this file")
    options = parser.parse_args()
    head = ["documents", "jobs", "MB of text", "quads", "text to store, s", "with files, s", "process, s"]
    head += ["MB/s to store", "peak MB", "again, s"]
    rows = [measure(options.corpus, count, jobs) for count in options.documents for jobs in options.jobs]
    keep_result(__file__, to_table(head, rows), keep=options.keep)


if __name__ == "__main__":
    main()
