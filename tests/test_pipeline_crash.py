"""Builds that are killed at any moment: nothing is lost or doubled, and the next build ends with the same bytes.

`--kills N` chooses how often a build is killed.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from oncograph.errors import StoreError
from oncograph.graph import open_store
from oncograph.pipeline import build, watch
from oncograph.pipeline.published import hold_folder

COMPARED = ("graph.ttl", "graph.trig", "graph.html", "report.json", "report.md")
DRUGS = ("trastuzumab", "lapatinib", "osimertinib", "crizotinib", "imatinib", "vemurafenib", "olaparib", "sotorasib")
GENES = ("HER2", "EGFR", "ALK", "ABL1", "BRAF", "PARP1", "KIT", "MET")


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "documents"
    path.mkdir()
    for number in range(120):
        write(path, number, number)
    return path


def write(folder: Path, number: int, seed: int) -> None:
    drug, gene = DRUGS[seed % 8], GENES[seed // 8 % 8]
    text = f"{drug.capitalize()} inhibits {gene}. {gene} is not inhibited by {DRUGS[(seed + 3) % 8]}.\n" * 4
    (folder / f"d{number:03}.txt").write_text(text, encoding="utf-8")


def contents(output: Path) -> dict[str, bytes]:
    return {name: (output / name).read_bytes() for name in COMPARED}


def start(folder: Path, output: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "oncograph", "build", str(folder), "-o", str(output)]
    paths = os.pathsep.join(filter(None, sys.path))
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.DEVNULL)


@pytest.mark.slow
def test_a_killed_build_leaves_a_whole_graph_and_the_next_one_finishes(folder, tmp_path, pytestconfig):
    chance = random.Random(7)
    output, fresh = tmp_path / "output", tmp_path / "fresh"
    began = time.monotonic()
    build([folder], output)
    longest = max(time.monotonic() - began, 1.0) + 1.0
    for kill in range(pytestconfig.getoption("--kills")):
        if kill % 4 == 0:
            write(folder, kill % 120, chance.randrange(64))
        process = start(folder, output)
        time.sleep(chance.random() * longest)
        process.send_signal(signal.SIGKILL)
        process.wait()
        store = open_store(output / "store")
        documents = {quad.graph_name.value for quad in store if quad.predicate.value.endswith("#exact")}
        assert len(documents) == 120
    build([folder], output)
    build([folder], fresh)
    assert contents(output) == contents(fresh)
    assert not list(output.glob(".store.building*"))


def test_what_a_killed_build_read_is_not_read_again(folder, tmp_path, monkeypatch):
    from oncograph.reading import read_document

    read: list[str] = []

    def stop_after_half(doc, reader):
        if len(read) == 60:
            raise KeyboardInterrupt
        read.append(doc.id)
        return read_document(doc, reader)

    monkeypatch.setattr("oncograph.pipeline.reading.BATCH_DOCUMENTS", 10)
    monkeypatch.setattr("oncograph.reading.read_document", stop_after_half)
    with pytest.raises(KeyboardInterrupt):
        build([folder], tmp_path / "output")
    first, read[:] = list(read), []
    monkeypatch.setattr(
        "oncograph.reading.read_document", lambda doc, reader: read.append(doc.id) or read_document(doc, reader)
    )
    build([folder], tmp_path / "output")
    assert len(read) == 120 - 60
    assert not set(read) & set(first)


def test_a_second_build_of_the_same_folder_says_who_is_at_work(folder, tmp_path):
    output = tmp_path / "output"
    with hold_folder(output), pytest.raises(StoreError, match=f"process {os.getpid()} of .* is building here"):
        build([folder], output)
    build([folder], output)
    assert (output / "graph.ttl").is_file()


def fill_device():
    with Path("/dev/full").open("wb", buffering=0) as device:
        device.write(b"x")


def fill_database():
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA max_page_count = 2")
        connection.execute("CREATE TABLE t (x)")
        connection.execute("INSERT INTO t VALUES (zeroblob(100000))")


def fill_store():
    raise OSError("IO error: No space left on device: While appending to file: /x/000010.sst")


@pytest.mark.parametrize(
    "fill",
    [
        pytest.param(fill_device, marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")),
        fill_database,
        fill_store,
    ],
)
def test_a_full_disk_is_told_in_a_sentence_and_costs_nothing(folder, tmp_path, monkeypatch, fill):
    output = tmp_path / "output"
    build([folder], output)
    before = contents(output)
    write(folder, 0, 5)
    with monkeypatch.context() as patch:
        patch.setattr("oncograph.pipeline.building.update", lambda *_: fill())
        with pytest.raises(StoreError, match=r"the disk is full .* make room and build again"):
            build([folder], output)
    assert contents(output) == before
    build([folder], output)
    assert contents(output) != before


def test_other_failures_of_the_disk_are_told_as_they_are(folder, tmp_path, monkeypatch):
    def fail(*_):
        raise PermissionError(13, "no")

    build([folder], tmp_path / "output")
    write(folder, 0, 5)
    monkeypatch.setattr("oncograph.pipeline.building.update", fail)
    with pytest.raises(PermissionError):
        build([folder], tmp_path / "output")


def test_a_watched_folder_and_its_graph_stay_in_step(folder, tmp_path):
    output, stop = tmp_path / "output", threading.Event()
    results = watch([folder], output, lambda: build([folder], output), stop=stop)
    assert len(next(results).documents) == 120
    timer = threading.Timer(
        1.0, lambda: (folder / "new.txt").write_text("Alpelisib inhibits PIK3CA.\n", encoding="utf-8")
    )
    timer.start()
    assert len(next(results).documents) == 121
    stop.set()
    timer.join()
    assert "PIK3CA" in (output / "graph.ttl").read_text(encoding="utf-8")
