import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from graph_samples import RULES, DocumentMaker, make_ontology, make_readings, make_store
from oncograph.errors import StoreError
from oncograph.graph import is_store, open_dataset, open_store, run_query, terms, write_store
from oncograph.graph.store import FORMAT_FILE, change_store


def write(path: Path, readings=None):
    return write_store(path, make_readings() if readings is None else readings, make_ontology(), RULES)


def lines(path: Path) -> list[str]:
    return sorted(str(quad) for quad in open_store(path))


def folders(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir() if entry.suffix != ".lock")


def test_what_is_written_can_be_asked(tmp_path):
    store = make_store(tmp_path)
    answer = run_query(store, "SELECT ?drug { entity:HER2 onco:targetedBy ?drug }")
    assert answer.rows == [("entity:trastuzumab",)]


def test_summary_counts_what_is_in_the_store(tmp_path):
    summary = write(tmp_path / "store")
    store = open_store(tmp_path / "store")
    described = sum(1 for quad in store if quad.subject.value.startswith(terms.DATASET.value))
    assert summary.documents == 3
    assert summary.claims == 19
    assert summary.facts == 17
    assert (summary.negated, summary.possible) == (1, 1)
    assert summary.evidences == len(list(store.quads_for_pattern(None, terms.TYPE, terms.EVIDENCE_CLASS, None)))
    assert summary.inferred == len(list(store.quads_for_pattern(None, None, None, terms.INFERRED_GRAPH)))
    assert summary.quads == len(store) - described
    assert summary.claims_by_predicate["treatedBy"] == 4
    assert summary.triples_by_predicate["treatedBy"] == 3
    assert summary.entities_by_grounding == {"Curated": 17, "Ungrounded": 1}
    assert summary.grounded_share == pytest.approx(17 / 18)


def test_no_triple_stands_in_two_graphs(tmp_path):
    store = make_store(tmp_path)
    assert len({str(quad.triple) for quad in store}) == len(store)


def test_rules_that_read_something_are_described_and_others_are_not(tmp_path):
    answer = run_query(make_store(tmp_path), "SELECT ?rule ?label { ?rule a onco:Rule ; rdfs:label ?label }")
    assert sorted(answer.rows) == [
        ("rule:relation", "a relation said by a verb"),
        ("rule:targets-active", "a drug acts on a target"),
        ("rule:targets-anti", "anti-target therapy"),
    ]


def test_store_of_no_documents_is_a_store(tmp_path):
    summary = write(tmp_path / "store", [])
    assert (summary.documents, summary.claims, summary.grounded_share) == (0, 0, 0.0)
    assert run_query(open_store(tmp_path / "store"), "ASK { ?claim a onco:Claim }").boolean is False


def test_new_store_replaces_the_old_one_as_a_whole(tmp_path):
    write(tmp_path / "store")
    write(tmp_path / "store", make_readings()[2:])
    store = open_store(tmp_path / "store")
    assert run_query(store, "SELECT ?d { ?d a onco:Document }").rows == [("doc:lynch",)]
    assert folders(tmp_path) == ["store"]


def test_failed_build_leaves_the_old_store(tmp_path):
    write(tmp_path / "store")
    before = lines(tmp_path / "store")

    def fail():
        yield make_readings()[0]
        raise RuntimeError("disk on fire")

    with pytest.raises(RuntimeError, match="disk on fire"):
        write(tmp_path / "store", fail())
    assert lines(tmp_path / "store") == before
    assert folders(tmp_path) == ["store"]


def test_store_of_a_build_killed_between_the_renames_is_put_back(tmp_path):
    write(tmp_path / "store")
    before = lines(tmp_path / "store")
    (tmp_path / "store").rename(tmp_path / ".store.previous")
    with pytest.raises(StoreError, match="same id"):
        write(tmp_path / "store", [make_readings()[0]] * 2)
    assert lines(tmp_path / "store") == before


def test_rest_of_a_killed_build_is_removed(tmp_path):
    (tmp_path / ".store.building").mkdir()
    (tmp_path / ".store.building" / "rubbish").write_text("x")
    write(tmp_path / "store")
    assert folders(tmp_path) == ["store"]


def _hold(path: str, ready, done) -> None:
    store = Store(path)
    ready.set()
    done.wait(30)
    del store


def test_second_build_of_the_same_store_is_refused(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(tmp_path / ".store.building"), ready, done))
    other.start()
    try:
        assert ready.wait(30)
        with pytest.raises(StoreError, match="another build is writing"):
            write(tmp_path / "store")
    finally:
        done.set()
        other.join()


def quad(number: int) -> Quad:
    return Quad(NamedNode(f"e:{number}"), NamedNode("e:p"), NamedNode("e:o"), NamedNode("e:g"))


def test_change_of_a_store_is_seen_by_whoever_opens_it_next(tmp_path):
    write(tmp_path / "store")
    reader = open_store(tmp_path / "store")
    before = lines(tmp_path / "store")
    change_store(tmp_path / "store", lambda store: store.add(quad(1)))
    assert lines(tmp_path / "store") == sorted([*before, str(quad(1))])
    assert quad(1) not in reader
    assert folders(tmp_path) == ["store"]


def test_change_that_fails_leaves_the_store_as_it_was(tmp_path):
    write(tmp_path / "store")
    before = lines(tmp_path / "store")

    def fail(store: Store) -> None:
        store.add(quad(1))
        raise ValueError("nothing to do")

    with pytest.raises(ValueError, match="nothing to do"):
        change_store(tmp_path / "store", fail)
    assert lines(tmp_path / "store") == before
    assert folders(tmp_path) == ["store"]


def test_changes_of_several_processes_are_all_kept(tmp_path):
    write(tmp_path / "store")
    count = len(lines(tmp_path / "store"))
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=_add_some, args=(tmp_path / "store", start)) for start in (0, 10, 20)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert len(lines(tmp_path / "store")) == count + 15


def _add_some(path: Path, start: int) -> None:
    for number in range(start, start + 5):
        change_store(path, lambda store, number=number: store.add(quad(number)))


def test_store_whose_exchange_was_broken_off_is_put_back_by_the_next_change(tmp_path):
    write(tmp_path / "store")
    (tmp_path / "store").rename(tmp_path / ".store.previous")
    change_store(tmp_path / "store", lambda store: store.add(quad(1)))
    assert quad(1) in open_store(tmp_path / "store")


def test_folder_that_is_no_store_is_never_overwritten(tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "thesis.txt").write_text("years of work")
    with pytest.raises(StoreError, match="will not be overwritten"):
        write(tmp_path / "store")
    assert (tmp_path / "store" / "thesis.txt").read_text() == "years of work"


def test_two_documents_with_one_id_are_refused(tmp_path):
    one, other = DocumentMaker("a", "A", source="a.txt").reading(), DocumentMaker("a", "A", source="a.md").reading()
    with pytest.raises(StoreError, match=r"a\.md: has the same id as a\.txt"):
        write(tmp_path / "store", [one, other])


def test_missing_store_is_said_to_be_missing(tmp_path):
    with pytest.raises(StoreError, match="no store here; build one first"):
        open_store(tmp_path / "store")


def test_folder_without_a_store_is_said_to_be_none(tmp_path):
    with pytest.raises(StoreError, match="is not a store"):
        open_store(tmp_path)


def test_store_of_another_version_asks_for_a_new_build(tmp_path):
    write(tmp_path / "store")
    (tmp_path / "store" / FORMAT_FILE).write_text("oncograph-store 99\n")
    assert is_store(tmp_path / "store")
    with pytest.raises(StoreError, match=r"another version .*99.* build it again"):
        open_store(tmp_path / "store")


def test_damaged_store_says_so(tmp_path):
    write(tmp_path / "store")
    (tmp_path / "store" / "CURRENT").unlink()
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(tmp_path / "store")


def test_dataset_is_the_union_with_prefixes_bound(tmp_path):
    write(tmp_path / "store")
    dataset = open_dataset(tmp_path / "store")
    rows = list(dataset.query("SELECT ?drug { entity:HER2 onco:targetedBy ?drug }"))
    assert [str(row.drug) for row in rows] == ["https://w3id.org/oncograph/entity/trastuzumab"]
    assert len(list(dataset.query("SELECT ?e { ?e a oa:Annotation }"))) == 18


def test_store_holds_no_clock_time_and_no_path_of_this_machine(tmp_path):
    store = make_store(tmp_path)
    assert not [quad for quad in store if str(tmp_path) in str(quad) or "dateTime" in str(quad)]
    assert not list((tmp_path / "store").glob("LOG*"))


def test_readers_go_on_while_the_store_is_replaced(tmp_path):
    write(tmp_path / "store")
    store = open_store(tmp_path / "store")
    write(tmp_path / "store", [])
    assert len(list(store.quads_for_pattern(None, terms.TYPE, terms.CLAIM_CLASS, DefaultGraph()))) == 19


SCRIPT = """
import sys
from pathlib import Path
from graph_samples import make_store, make_readings
from oncograph.publish import FORMATS, write_export
folder = Path(sys.argv[1])
readings = make_readings()
store = make_store(folder, readings[::-1] if sys.argv[2] == "backwards" else readings)
for name in FORMATS:
    write_export(store, folder / name, format=name)
"""


def test_same_bytes_for_any_order_of_documents_and_any_hash_seed(tmp_path):
    found = []
    for seed, order in (("0", "forwards"), ("1", "backwards"), ("2", "backwards")):
        folder = tmp_path / seed
        folder.mkdir()
        tests = Path(__file__).parent
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": f"{tests}:{tests.parent / 'src'}"}
        subprocess.run([sys.executable, "-c", SCRIPT, str(folder), order], env=environment, check=True)
        files = (
            path
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.match("*.lock") and "store" not in path.parts
        )
        found.append({str(path.relative_to(folder)): path.read_bytes() for path in files})
    assert len(found[0]) == 12
    assert found[0] == found[1] == found[2]
