"""How fast files of a corpus become documents, and in how much memory, before anything is read in them.

    python tests/benchmarks/parsing.py [--records N] [--keep]

Makes up a file in the shape of PubMed's baseline (30,000 records by default), an archive in that of PMC's, and JSON
Lines; each is parsed by a process of its own. MB/s are of what is in the file, unpacked, in processor time of one core.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from made import write_archive, write_lines, write_pubmed
from results import keep_result, run_measured, to_table

PROGRAM = """
import sys, time
from oncograph.documents import find_documents, read_documents
(file,) = find_documents([sys.argv[1]])
next(read_documents(file))
start = time.process_time()
count = characters = 0
for doc in read_documents(file):
    count += 1
    characters += len(doc.text)
result = {"documents": count, "characters": characters, "busy": time.process_time() - start}
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=30_000)
    parser.add_argument("--keep", action="store_true", help="write the result beside this file")
    options = parser.parse_args()
    shapes = {
        "PubMed baseline, gzipped": ("pubmed26n0001.xml.gz", write_pubmed, options.records),
        "PMC archive, gzipped": ("oa_comm_xml.PMC000xxxxxx.baseline.tar.gz", write_archive, options.records // 10),
        "JSON Lines": ("lines.jsonl", write_lines, options.records),
    }
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for shape, (name, write, count) in shapes.items():
            path = Path(folder) / name
            size = write(path, count) / 1e6
            found = run_measured(PROGRAM, path)
            text = found["characters"] / 1e6
            speed = size / found["busy"]
            rows.append([shape, size, found["documents"], found["busy"], speed, text / found["busy"], found["peak"]])
    head = ["file", "MB", "documents", "seconds", "MB/s", "MB/s of text", "peak MB"]
    keep_result(__file__, to_table(head, rows), keep=options.keep)


if __name__ == "__main__":
    main()
