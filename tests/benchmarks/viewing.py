"""How long the view of a graph takes to answer its reader, beside a page of plain pyvis with the same nodes and edges.

    python tests/benchmarks/viewing.py [--nodes 100 1000 10000] [--patience 60] [--keep]

Seconds in headless Chromium from opening the file until the page can be used: ours when all is laid out and listens;
that of pyvis when vis-network has settled its nodes, which it shows only then. Needs `playwright` and a Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyoxigraph import Store
from results import keep_result, to_table

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Browser, TimeoutError, sync_playwright

from oncograph.publish.view import write_view
from oncograph.publish.view.from_store import read_contents
from view_graphs import large_graph

READY = "html[data-ready]"
TELL_WHEN_SETTLED = """
const waiting = setInterval(() => {
  if (typeof network === "undefined" || !network) return;
  clearInterval(waiting);
  const tell = () => { document.documentElement.dataset.ready = ""; };
  network.once("stabilizationIterationsDone", tell);
  if (network.physics.stabilized) tell();
}, 5);
"""


def write_ours(store: Store, path: Path) -> None:
    """Write the view with all its nodes shown at once."""
    _, count = read_contents(store)
    write_view(store, path, limit=count, opening=count)


def write_opening(store: Store, path: Path) -> None:
    """Write the view as a build does: it opens with the best-connected nodes."""
    write_view(store, path)


def write_plain(store: Store, path: Path) -> None:
    """Write a page of pyvis with its own settings."""
    from pyvis.network import Network

    contents, _ = read_contents(store)
    network = Network(directed=True, cdn_resources="in_line")
    for entity in contents.entities:
        network.add_node(entity.iri, label=entity.label)
    for claim in contents.claims:
        if claim.object in network.node_map:
            network.add_edge(claim.subject, claim.object, title=claim.predicate)
    path.write_text(network.generate_html(), encoding="utf-8")


PAGES: dict[str, Callable[[Store, Path], None]] = {
    "ours, as built": write_opening,
    "ours, all nodes": write_ours,
    "plain pyvis": write_plain,
}


def measure(browser: Browser, path: Path, patience: float, *, plain: bool) -> float | str:
    """Give the seconds until a page can be used, or that it took too long."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.route("http*://**", lambda route: route.abort())
    if plain:
        page.add_init_script(TELL_WHEN_SETTLED)
    started = time.perf_counter()
    try:
        page.goto(path.as_uri(), wait_until="commit", timeout=patience * 1000)
        page.wait_for_selector(READY, state="attached", timeout=patience * 1000)
        return time.perf_counter() - started
    except TimeoutError:
        return f"over {patience:.0f}"
    finally:
        page.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--patience", type=float, default=60, help="seconds after which a page is given up")
    parser.add_argument("--keep", action="store_true", help="write the result beside this file")
    options = parser.parse_args()
    rows: list[list[Any]] = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        for count in options.nodes:
            store = large_graph(count).store()
            row: list[Any] = [count]
            for name, write in PAGES.items():
                path = Path(folder) / f"{count}.html"
                write(store, path)
                # A new browser for each page: one that was given up may still be at work.
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
                row += [measure(browser, path, options.patience, plain=name == "plain pyvis")]
                row += [path.stat().st_size / 1e6]
                browser.close()
            rows.append(row)
    head = ["nodes", *(cell for name in PAGES for cell in (f"{name}, s", "MB"))]
    keep_result(__file__, to_table(head, rows), keep=options.keep)


if __name__ == "__main__":
    main()
