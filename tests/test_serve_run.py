"""The command that serves a graph, as a process."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from oncograph.pipeline import build


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graph")
    (folder / "in").mkdir()
    (folder / "in" / "her2.txt").write_text("HER2 is targeted by trastuzumab.\n", encoding="utf-8")
    build([folder / "in"], folder / "out")
    return folder / "out"


def start(graph: Path, *options: str) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "oncograph", "serve", "--graph", str(graph), "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Serving at http://127.0.0.1:"), process.stderr and process.stderr.read()
    return process, line.split()[2]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_end_leaves_nothing_behind(graph: Path, number: signal.Signals) -> None:
    process, url = start(graph)
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.status == 200
    assert list(graph.glob(".store.snapshot-*"))
    process.send_signal(number)
    process.communicate(timeout=20)
    assert not list(graph.glob(".store.snapshot-*"))


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_server_that_is_told_to_end_as_it_starts_ends_and_leaves_nothing_behind(graph: Path) -> None:
    process, _ = start(graph)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (0, "")
    assert not list(graph.glob(".store.snapshot-*"))


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_what_a_killed_server_left_is_removed_by_the_next(graph: Path) -> None:
    process, _ = start(graph)
    process.kill()
    process.communicate(timeout=20)
    left = list(graph.glob(".store.snapshot-*"))
    assert left
    process, _ = start(graph)
    assert not any(path.exists() for path in left)
    process.terminate()
    process.communicate(timeout=20)


def test_an_address_that_others_reach_needs_to_be_wanted(graph: Path) -> None:
    command = [sys.executable, "-m", "oncograph", "serve", "--graph", str(graph), "--host", "0.0.0.0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "add --public" in done.stderr
