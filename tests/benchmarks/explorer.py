"""How fast the explorer draws a whole graph made up for it, and how smoothly it moves in a headless Chromium.

    python tests/benchmarks/explorer.py [ENTITIES]

Claims are as unevenly spread as in a graph that was read: most entities have a few, some have hundreds. Chromium draws
without a graphics card here (software WebGL), so that a machine with one is faster.
"""

from __future__ import annotations

import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from playwright.sync_api import sync_playwright  # noqa: E402

import graph_samples  # noqa: E402
from serving import RunningServer, run_server  # noqa: E402

A_DOCUMENT = 60
"""Claims of each document."""
CLASSES = ("Gene", "Drug", "Cancer", "Symptom", "Receptor", "GeneticAlteration")
RELATIONS = ("treatedBy", "targetedBy", "hasSymptom", "alteredIn", "interactsWith")
COUNT_FRAMES = """() => {
    window.frames_ = [];
    const count = (at) => { window.frames_.push(at); window.counting = requestAnimationFrame(count); };
    window.counting = requestAnimationFrame(count);
}"""
RATE = """() => {
    cancelAnimationFrame(window.counting);
    const gaps = window.frames_.slice(1).map((at, place) => at - window.frames_[place]).sort((a, b) => a - b);
    const total = window.frames_.at(-1) - window.frames_[0];
    return [1000 * gaps.length / total, gaps[Math.floor(gaps.length * 0.95)]];
}"""


def make_readings(entities: int) -> Iterator[Any]:
    """Yield documents in which every entity is joined to one to three others, by preference to well-joined ones."""
    random_ = random.Random(11)
    ends = [0]
    doc, number = None, 0
    for entity in range(1, entities):
        for _ in range(random_.choice((1, 1, 2, 3))):
            other = random_.choice(ends) if random_.random() < 0.6 else random_.randrange(entity)
            ends += [entity, other]
            if doc is None:
                doc = graph_samples.DocumentMaker(f"d{number}", f"Document {number}")
            add_claim(doc, f"thing {entity}", f"thing {other}", random_)
            if len(doc.claims) >= A_DOCUMENT:
                yield doc.reading()
                doc, number = None, number + 1
    if doc is not None:
        yield doc.reading()


def add_claim(doc: Any, one: str, other: str, random_: random.Random) -> None:
    known = {concept.label for concept in doc.concepts}
    for label in dict.fromkeys((one, other)):
        if label not in known:
            class_name = CLASSES[int(label.split()[1]) % len(CLASSES)]
            doc.concepts.append(graph_samples._concept(label, class_name))
    relation = random_.choice(RELATIONS)
    doc.claim(f"{one} {relation} {other}.", (one, one), relation, (other, other), confidence=random_.random())


def main(entities: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started = time.perf_counter()
        graph_samples.make_store(folder, list(make_readings(entities)))
        print(f"store made in {time.perf_counter() - started:.0f} s")
        with run_server(folder) as server:
            report("neighbours of a hub", *measure_drawing(server))
            report("the whole, laid out", *measure(lambda: ask_whole(server)))
            report("the whole, kept", *measure(lambda: ask_whole(server)))
            raw = server.ask("/explore/whole").body
            columns = json.loads(raw)
            counts = f"{len(columns['nodes']['name'])} entities, {len(columns['edges']['from'])} claims"
            print(f"{'bytes':28} {ask_whole(server) / 1e6:.2f} MB compressed, {len(raw) / 1e6:.2f} MB plain; {counts}")
            draw_it(server)


def ask_whole(server: RunningServer) -> int:
    answer = server.ask("/explore/whole", headers={"accept-encoding": "gzip"})
    assert answer.status == 200
    return len(answer.body)


def measure(act: Callable[[], object]) -> tuple[float, float]:
    started = time.perf_counter()
    act()
    seconds = time.perf_counter() - started
    return seconds, seconds


def measure_drawing(server: RunningServer) -> tuple[float, float]:
    seconds = []
    headers = {"content-type": "application/json"}
    for _ in range(20):
        started = time.perf_counter()
        body = json.dumps({"around": "thing 0", "most": 12}).encode()
        assert server.ask("/explore/drawing", method="POST", headers=headers, body=body).status == 200
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds), max(seconds)


def report(what: str, middle: float, longest: float) -> None:
    print(f"{what:28} {middle * 1000:8.0f} ms" + (f", at most {longest * 1000:.0f} ms" if longest > middle else ""))


def draw_it(server: RunningServer) -> None:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(300_000)
        started = time.perf_counter()
        page.goto(server.url + "/explore#whole=1")
        page.wait_for_selector("html[data-ready]", state="attached")
        report("open to drawn", *[time.perf_counter() - started] * 2)
        page.wait_for_timeout(1000)
        for what, move in (("pan", pan), ("zoom", zoom), ("pan nearer", pan)):
            page.evaluate(COUNT_FRAMES)
            move(page)
            rate, slow = page.evaluate(RATE)
            print(f"{what:28} {rate:8.0f} frames a second; 95 % within {slow:.0f} ms")
            page.wait_for_timeout(600)
        report("filter a class", *measure(lambda: filter_class(page)))
        if len(sys.argv) > 2:
            page.click("#fit")
            page.wait_for_timeout(1500)
            page.screenshot(path=sys.argv[2])
        browser.close()


def pan(page: Any) -> None:
    page.mouse.move(500, 450)
    page.mouse.down()
    for step in range(30):
        page.mouse.move(500 + 8 * step, 450 + 2 * step)
    page.mouse.up()


def zoom(page: Any) -> None:
    page.mouse.move(500, 450)
    for _ in range(8):
        page.mouse.wheel(0, -120)
        page.wait_for_timeout(120)


def filter_class(page: Any) -> None:
    before = page.inner_text("#scope")
    page.click("#classes input >> nth=0")
    page.wait_for_function("(before) => document.getElementById('scope').textContent !== before", arg=before)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
