import csv
from pathlib import Path

import pytest
from pyoxigraph import Store

from graph_samples import DocumentMaker, make_readings, make_store
from oncograph.publish import Selection, write_export
from oncograph.publish.tables import escape_formula, write_tables


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    doc = DocumentMaker("evil", "=HYPERLINK(1)")
    doc.claim('=cmd|"HER2", trastuzumab\nline two', ("HER2",) * 2, "targetedBy", ("trastuzumab",) * 2)
    return make_store(tmp_path_factory.mktemp("tables"), [*make_readings(), doc.reading()])


@pytest.fixture(scope="module")
def folder(store, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("out") / "tables"
    write_export(store, path, format="csv")
    return path


def test_nodes_have_names_classes_and_identifiers(folder):
    rows = {row["label"]: row for row in read(folder / "nodes.csv")}
    her2 = rows["HER2"]
    assert her2["iri"] == "https://w3id.org/oncograph/entity/HER2"
    assert her2["class"] == "Receptor"
    assert her2["synonyms"] == "HER2/neu | human epidermal growth factor receptor 2"
    assert her2["identifiers"] == "UniProtKB:P04626"
    assert her2["exact_matches"] == "http://purl.uniprot.org/uniprot/P04626"
    assert rows["foobarin"]["grounding"] == "Ungrounded"
    assert rows["receptor"]["class"] == "Class"
    assert rows["15 to 20 percent of breast cancers"]["class"] == "Literal"


def test_every_edge_joins_two_nodes(folder):
    nodes = {row["iri"] for row in read(folder / "nodes.csv")}
    edges = read(folder / "edges.csv")
    assert len(edges) == 19
    assert {edge[side] for edge in edges for side in ("subject", "object")} <= nodes


def test_edge_says_how_sure_and_where_from(folder):
    edge = next(row for row in read(folder / "edges.csv") if row["predicate"] == "targetedBy")
    assert (edge["subject_label"], edge["object_label"]) == ("HER2", "trastuzumab")
    assert (edge["polarity"], edge["certainty"], edge["confidence"]) == ("Affirmed", "Stated", "0.96")
    assert (edge["sentences"], edge["documents"]) == ("3", "evil | her2 | trials/one")


def test_evidence_has_the_sentence_with_its_offsets(folder):
    rows = [row for row in read(folder / "evidence.csv") if row["document"] == "her2"]
    assert rows[0]["sentence"] == "Trastuzumab blocks HER2, a receptor, in breast cancer 🧬."
    assert (rows[0]["start"], rows[0]["end"]) == ("20", "76")
    assert {row["rules"] for row in rows} == {"relation", "targets-active | targets-anti"}


def test_formulas_of_documents_are_made_harmless(folder):
    row = next(row for row in read(folder / "evidence.csv") if row["document"] == "evil")
    assert row["sentence"] == '\'=cmd|"HER2", trastuzumab\nline two'
    assert row["title"] == "'=HYPERLINK(1)"


def test_escaping_can_be_turned_off(store, tmp_path):
    write_tables(store, tmp_path, escape=False)
    row = next(row for row in read(tmp_path / "evidence.csv") if row["document"] == "evil")
    assert row["sentence"] == '=cmd|"HER2", trastuzumab\nline two'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_run_is_escaped(text):
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["HER2", "a=b", "", "'x", "15"])
def test_other_text_stays(text):
    assert escape_formula(text) == text


def test_selection_keeps_its_claims_and_what_they_name(store, tmp_path):
    write_export(store, tmp_path, format="csv", keep=Selection(documents=("lynch",)))
    assert len(read(tmp_path / "edges.csv")) == 5
    assert {row["document"] for row in read(tmp_path / "evidence.csv")} == {"lynch"}
    assert "HER2" not in {row["label"] for row in read(tmp_path / "nodes.csv")}
