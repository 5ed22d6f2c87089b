"""Reading elsewhere gives the same bytes: by processes of which one dies, and by a cluster that loses a worker."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oncograph.documents import Refusal
from oncograph.errors import OncographError
from oncograph.model import Document
from oncograph.pipeline import build, connect_cluster
from oncograph.pipeline.processes import start_processes
from oncograph.pipeline.reading import ReadElsewhere

COMPARED = ("graph.ttl", "graph.trig", "graph.html", "report.json", "report.md")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("documents")
    for number, drug in enumerate(("trastuzumab", "lapatinib", "osimertinib", "crizotinib") * 10):
        (path / f"d{number}.txt").write_text(f"{drug.capitalize()} inhibits HER2.\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def expected(folder, tmp_path_factory):
    output = tmp_path_factory.mktemp("built") / "output"
    build([folder], output)
    return contents(output)


def contents(output: Path) -> dict[str, bytes]:
    return {name: (output / name).read_bytes() for name in COMPARED}


def die_at_poison(docs, *, knowledge):
    """Read as an executor does, and be killed by one document, as for want of memory."""
    if any(doc.text == "poison" for doc in docs):
        os.kill(os.getpid(), signal.SIGKILL)
    return [doc.id.encode() for doc in docs]


def test_a_document_that_kills_its_reader_is_refused_and_the_others_are_read():
    readers = ReadElsewhere(lambda: start_processes(2), None, jobs=2)
    readers._read = die_at_poison_alone
    batches = [[Document(f"{n}{k}", "", "poison" if (n, k) == (1, 1) else "text") for k in range(3)] for n in range(4)]
    try:
        results = [wait() for wait in [readers.start(batch) for batch in batches]]
    finally:
        readers.close()
    found = [one for batch in results for one in batch]
    assert [one for one in found if not isinstance(one, Refusal)] == [
        f"{n}{k}".encode() for n in range(4) for k in range(3) if (n, k) != (1, 1)
    ]
    assert [one.source for one in found if isinstance(one, Refusal)] == ["11"]


def die_at_poison_alone(docs):
    return die_at_poison(docs, knowledge=None)


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="processes are looked up in /proc")
def test_processes_end_when_their_build_is_killed():
    program = (
        "import os, sys, time\n"
        "from oncograph.pipeline.processes import start_processes\n"
        "if __name__ == '__main__':\n"
        "    pool = start_processes(2)\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n"
        "    pool.submit(time.sleep, 60).result()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(child)


def is_running(process: int) -> bool:
    """Tell whether a process works; one that ended and was not yet waited for does not."""
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(folder, expected, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="the tests of clusters need distributed")
    monkeypatch.setattr("oncograph.pipeline.reading.BATCH_DOCUMENTS", 2)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        pids = [worker.pid for worker in cluster.workers.values()]
        told = []

        def kill_one(stage, done, total):
            told.append(stage)
            if len(told) == 20:
                os.kill(pids[0], signal.SIGKILL)

        with connect_cluster(cluster.scheduler_address) as (executor, threads):
            assert threads == 2
            build([folder], tmp_path / "output", jobs=threads, executor=executor, progress=kill_one)
    assert contents(tmp_path / "output") == expected


def test_a_scheduler_that_does_not_answer_is_an_error(monkeypatch):
    pytest.importorskip("distributed", reason="the tests of clusters need distributed")
    monkeypatch.setattr("oncograph.pipeline.cluster.CONNECT_SECONDS", 1)
    with (
        pytest.raises(OncographError, match=r"no Dask scheduler answers at tcp://127.0.0.1:9"),
        connect_cluster("tcp://127.0.0.1:9"),
    ):
        pass
