"""How fast a graph is written in each form.

    python tests/benchmarks/exporting.py [STORE] [--quads 200000] [--keep]

The graph is the store of a build, or made up; each form is written by a process of its own. MB/s are of what is
written, in processor time of one core.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from graphs import make_graph, make_readings
from results import keep_result, run_measured, to_table

from oncograph.graph import open_store
from oncograph.publish.export import FORMATS

VIEW = "graph.html"
PROGRAM = """
import sys, time
from pathlib import Path
from oncograph.graph import open_store
from oncograph.publish import write_export, write_view
store = open_store(Path(sys.argv[1]))
started = time.process_time()
if sys.argv[2] == "graph.html":
    write_view(store, Path(sys.argv[3]))
else:
    write_export(store, Path(sys.argv[3]), format=sys.argv[2])
result = {"busy": time.process_time() - started}
"""


def measure(store: Path, form: str) -> list[object]:
    """Measure one form."""
    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / "export"
        found = run_measured(PROGRAM, store, form, target)
        size = sum(path.stat().st_size for path in (target, *target.rglob("*")) if path.is_file()) / 1e6
    return [form, size, found["busy"], size / found["busy"], found["peak"]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("store", nargs="?", type=Path)
    parser.add_argument("--quads", type=int, default=200_000)
    parser.add_argument("--keep", action="store_true", help="write the result beside this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = options.store or Path(folder) / "store"
        if options.store is None:
            make_graph(Path(folder), make_readings(), options.quads)
        quads = len(open_store(store))
        rows = [measure(store, form) for form in (*FORMATS, VIEW)]
    table = to_table(["form", "MB", "seconds", "MB/s", "peak MB"], rows)
    keep_result(__file__, f"{quads:,} quads\n\n{table}", keep=options.keep)


if __name__ == "__main__":
    main()
