"""The folder that keeps added vocabularies."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from oncograph.errors import VocabularyError
from oncograph.knowledge.vocabularies.store import VocabularyStore
from oncograph.knowledge.vocabularies.terms import Mapping, Term, Vocabulary

SMALL = Vocabulary(
    "Small",
    "1",
    "CC0",
    (Term("do:1", "chordoma", exact=("notochordal sarcoma",), parents=("do:0",)),),
    (Mapping("do:1", "exactMatch", "m:1"),),
    obsolete=2,
)


def add(store: VocabularyStore, name: str, vocabulary: Vocabulary = SMALL) -> None:
    store.add(name, vocabulary, source=f"{name}.obo", sha256="00")


def test_what_was_added_is_read_back(tmp_path: Path) -> None:
    store = VocabularyStore(tmp_path / "kept")
    add(store, "do")
    [record] = store.records()
    assert (record.name, record.terms, record.names, record.mappings, record.obsolete) == ("do", 1, 2, 1, 2)
    assert store.load(record) == SMALL


def test_adding_again_replaces_in_place(tmp_path: Path) -> None:
    store = VocabularyStore(tmp_path)
    add(store, "do")
    add(store, "mondo")
    before = store.digest()
    add(store, "do", Vocabulary("Small", "2", "CC0", SMALL.terms))
    assert [(record.name, record.version) for record in store.records()] == [("do", "2"), ("mondo", "1")]
    assert store.digest() != before
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 2


def test_order_is_the_users(tmp_path: Path) -> None:
    store = VocabularyStore(tmp_path)
    for name in ("do", "mondo", "ncit"):
        add(store, name)
    assert [record.name for record in store.order(["ncit"])] == ["ncit", "do", "mondo"]


def test_removing_what_is_not_there_names_what_is(tmp_path: Path) -> None:
    store = VocabularyStore(tmp_path)
    add(store, "do")
    with pytest.raises(VocabularyError, match="no vocabulary mondo; added so far: do"):
        store.remove("mondo")
    store.remove("do")
    assert store.records() == []


@pytest.mark.parametrize("name", ["../up", "", "Do", "a/b", ".hidden"])
def test_name_stays_inside_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(VocabularyError, match="is no name"):
        add(VocabularyStore(tmp_path / "kept"), name)


def test_store_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vocabularies.json").write_text(json.dumps({"version": 99, "vocabularies": []}))
    with pytest.raises(VocabularyError, match="another version"):
        VocabularyStore(tmp_path).records()


ADDING = """
import sys
from pathlib import Path
from oncograph.knowledge.vocabularies.store import VocabularyStore
from oncograph.knowledge.vocabularies.terms import Term, Vocabulary
store = VocabularyStore(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(100_000):
    terms = tuple(Term(f"do:{number}-{at}", f"name {at}") for at in range(2_000))
    store.add("do", Vocabulary("Many", str(number), "", terms), source="x", sha256="0")
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
@pytest.mark.parametrize("wait", [0.05, 0.11, 0.2, 0.31])
def test_adding_that_is_killed_leaves_a_whole_state(tmp_path: Path, wait: float) -> None:
    store = VocabularyStore(tmp_path)
    add(store, "mondo")
    process = subprocess.Popen([sys.executable, "-c", ADDING, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        process.wait(wait)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    records = {record.name: record for record in store.records()}
    assert store.load(records["mondo"]) == SMALL
    if "do" in records:
        assert len(store.load(records["do"]).terms) == 2_000
    add(store, "do")
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {record.folder for record in store.records()}
