"""What is kept of an ontology folder from one start to the next."""

from __future__ import annotations

import io
import multiprocessing
import os
import pickle
import re
import shutil
from pathlib import Path

import pytest

from oncograph.documents import find_documents, read_documents
from oncograph.knowledge import find_ontology, kept
from oncograph.knowledge.ontology import Ontology, load_ontology
from oncograph.knowledge.reader import load_reader
from oncograph.reading.reader import Reader, Reading, read_document

SEEDS = find_ontology().parent / "seeds"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv(kept.FOLDER_VARIABLE, str(folder))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find_ontology(), tmp_path / "ontology"))


def _fail(*_: object) -> tuple[Ontology, Reader]:
    raise AssertionError("the folder was loaded anew")


def _files(cache: Path) -> list[Path]:
    return sorted(cache.glob("*" + kept.ENDING))


def _read_seeds(reader: Reader) -> list[Reading]:
    return [read_document(doc, reader) for file in find_documents([SEEDS]) for doc in read_documents(file)]


def _load(name: str) -> int:
    os.environ[kept.FOLDER_VARIABLE] = name
    return len(kept.load_curated()[1].rules)


def test_a_kept_reader_reads_the_seeds_as_one_made_anew(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = kept.load_curated()
    monkeypatch.setattr(kept, "load_reader", _fail)
    second, reader = kept.load_curated()
    assert second.concepts == first.concepts
    assert second.classes == first.classes
    assert second.digest == first.digest
    readings = _read_seeds(load_reader(load_ontology()))
    assert readings
    assert _read_seeds(reader) == readings


def test_a_changed_rule_is_seen(cache: Path, folder: Path) -> None:
    _, before = kept.load_curated(folder)
    path = next(path for path in sorted((folder / "rules").glob("*.toml")) if "confidence = 0.9" in path.read_text())
    path.write_text(re.sub("confidence = 0.9[0-9]*", "confidence = 0.41", path.read_text(), count=1))
    _, after = kept.load_curated(folder)
    assert before.rules != after.rules
    assert len(_files(cache)) == 2


def test_changed_code_or_another_python_makes_it_anew(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = kept._state(find_ontology())
    monkeypatch.setattr(kept, "_digest_code", lambda: "another")
    changed = kept._state(find_ontology())
    monkeypatch.setattr(kept.sys, "version", "another")
    assert len({state, changed, kept._state(find_ontology())}) == 3


@pytest.mark.parametrize("kept_bytes", [slice(-9), slice(10), slice(0), slice(None, None, -1)])
def test_a_damaged_file_is_made_anew(cache: Path, kept_bytes: slice) -> None:
    kept.load_curated()
    (path,) = _files(cache)
    data = path.read_bytes()
    path.write_bytes(data[kept_bytes])
    _, reader = kept.load_curated()
    assert reader.rules
    assert kept._read(path) is not None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owner here")
def test_a_file_that_others_can_write_is_passed_over(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.load_curated()
    (path,) = _files(cache)
    assert kept._read(path) is not None
    path.chmod(0o666)
    assert kept._read(path) is None
    path.chmod(0o600)
    cache.chmod(0o777)
    assert kept._read(path) is None


class _Foreign:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("exit 3",)


@pytest.mark.parametrize("value", [_Foreign(), os.system, kept.load_curated, eval])
def test_a_file_cannot_name_code(value: object) -> None:
    with pytest.raises(pickle.UnpicklingError):
        kept._Unpickler(io.BytesIO(pickle.dumps(value))).load()


@pytest.mark.parametrize("expression", [r"(?P<a>x+)|[^y-\U0010ffff](?i:b)", r"(a)(?P<b>\1)?", r"\w+(?=\s)"])
@pytest.mark.parametrize("flags", [0, re.IGNORECASE, re.DOTALL | re.MULTILINE])
def test_an_expression_comes_back_as_it_was(expression: str, flags: int) -> None:
    made = re.compile(expression, flags)
    parts = kept._take_apart(made)
    back = kept._restore_expression(*parts)
    assert parts[-1]
    assert (back, back.groups, back.groupindex) == (made, made.groups, made.groupindex)
    assert back.sub("-", "xx aa B é") == made.sub("-", "xx aa B é")


def test_where_nothing_can_be_kept_it_is_made_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    for place in (str(tmp_path / "file" / "cache"), ""):
        monkeypatch.setenv(kept.FOLDER_VARIABLE, place)
        assert kept.load_curated()[1].rules


def test_two_processes_at_once_are_fine(cache: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        counts = pool.map(_load, [str(cache)] * 2)
    assert counts[0] == counts[1] > 0
    assert len(list(cache.iterdir())) == 1
    assert kept._read(_files(cache)[0]) is not None


def test_few_files_are_kept(cache: Path) -> None:
    cache.mkdir(mode=0o700)
    for number in range(kept.KEPT_FILES + 3):
        path = cache / f"{number}{kept.ENDING}"
        path.write_bytes(b"")
        os.utime(path, (number, number))
    kept.load_curated()
    names = {path.stem for path in _files(cache)}
    assert len(names) == kept.KEPT_FILES
    assert str(kept.KEPT_FILES + 2) in names
    assert "0" not in names
