"""Search in a store made by hand: names however they are written, sentences by their words."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from pyoxigraph import NamedNode

import graph_samples
from oncograph.errors import QueryError
from oncograph.graph.index import INDEX_FILE
from oncograph.graph.names import find_entities_named
from oncograph.graph.search import LONGEST_QUERY
from oncograph.graph.snapshots import take_snapshot
from oncograph.graph.store import change_store
from oncograph.graph.terms import PREFIXES
from oncograph.graph.words import mark_words
from oncograph.model import entity_iri


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder)
    return folder / "store"


@pytest.fixture(scope="module")
def snapshot(folder):
    return take_snapshot(folder)


def found(snapshot, query: str, **more) -> list[str]:
    return [hit.name for hit in snapshot.index.search(query, **more)]


@pytest.mark.parametrize("query", ["HER2", "her-2", "HER 2", "her2/neu", "Human epidermal growth", "P04626"])
def test_an_entity_is_found_by_label_synonym_and_identifier_however_they_are_written(snapshot, query):
    assert found(snapshot, query)[0] == "entity:HER2"


@pytest.mark.parametrize("query", ["HGNC:3430", "hgnc 3430", "3430", "343"])
def test_an_identifier_is_found_with_its_prefix_and_without_and_by_its_beginning(snapshot, query):
    assert found(snapshot, query) == ["entity:ERBB2"]


def test_the_whole_name_comes_before_what_more_claims_speak_of(snapshot):
    assert found(snapshot, "ERBB2", kinds=("entity",)) == ["entity:ERBB2"]
    assert found(snapshot, "HER2 gene", kinds=("entity",))[0] == "entity:ERBB2"


def test_what_more_claims_speak_of_comes_first(snapshot):
    claims = [hit.claims for hit in snapshot.index.search("b", kinds=("entity",))]

    assert claims == sorted(claims, reverse=True)
    assert claims[0] > claims[-1]


def test_the_last_word_may_be_unfinished(snapshot):
    assert found(snapshot, "breast canc", kinds=("entity",))[0] == "entity:breast_cancer"


def test_documents_are_found_by_title_and_file_name_and_classes_by_label(snapshot):
    assert "doc:her2" in found(snapshot, "its drugs")
    assert "doc:lynch" in found(snapshot, "lynch.txt")
    assert "onco:MonoclonalAntibody" in found(snapshot, "monoclonal")


def test_a_sentence_is_found_by_its_words_and_shows_them(snapshot):
    (hit,) = snapshot.index.search("lump breast", kinds=("evidence",))

    assert "".join(text for text, _ in hit.snippet) == "Breast cancer causes a breast lump."
    assert {text for text, marked in hit.snippet if marked} == {"Breast", "breast", "lump"}
    assert (hit.thing.name, hit.claims) == ("doc:trials/one", 1)


def test_a_synonym_that_was_found_is_told(snapshot):
    (hit,) = snapshot.index.search("hercep", kinds=("entity",))

    assert (hit.name, hit.matched, hit.thing.label) == ("entity:trastuzumab", "Herceptin", "trastuzumab")


@pytest.mark.parametrize("query", ["", "   ", '"', "*", "🧬", "\x00", "\ud800"])
def test_a_query_without_a_word_finds_nothing(snapshot, query):
    assert found(snapshot, query) == []


@pytest.mark.parametrize("query", ['her2" OR "a', "words:her2", "NEAR(her2 a)", "her2 AND NOT a", "-her2", "her2*"])
def test_a_query_is_never_read_as_syntax(snapshot, query):
    assert "entity:unused_drug" not in found(snapshot, query)


def test_a_very_long_query_is_cut(snapshot):
    assert found(snapshot, "her2 " * 10_000) == found(snapshot, ("her2 " * 10_000)[:LONGEST_QUERY])


@pytest.mark.parametrize(
    "name", ["HER2", "her2", "Herceptin", "herceptin", "ERBB1", "HGNC:3430", "entity:HER2", "IHC", "x"]
)
def test_a_name_means_the_same_as_to_the_command_line(snapshot, name):
    assert snapshot.index.find_named(name) == find_entities_named(snapshot.store, name)


def test_a_name_that_nothing_has_is_answered_with_what_comes_near(snapshot):
    with pytest.raises(QueryError, match="did you mean trastuzumab"):
        snapshot.index.find_entity("trastuzumb")


def test_a_name_that_several_have_is_answered_with_the_choice(tmp_path):
    doc = graph_samples.DocumentMaker("egfr", "EGFR")
    doc.claim("The EGFR protein is made by EGFR.", ("EGFR protein",) * 2, "encodedBy", ("EGFR", "EGFR"))
    graph_samples.make_store(tmp_path, [doc.reading()])
    snapshot = take_snapshot(tmp_path / "store")

    assert snapshot.index.find_entity("EGFR") == NamedNode(entity_iri("EGFR"))
    with pytest.raises(QueryError, match="2 entities: entity:EGFR, entity:EGFR_protein"):
        snapshot.index.find_entity("ERBB1")


def test_the_same_graph_gets_an_index_of_the_same_content(folder, tmp_path):
    graph_samples.make_store(tmp_path, graph_samples.make_readings()[::-1])

    assert read_tables(folder / INDEX_FILE) == read_tables(tmp_path / "store" / INDEX_FILE)


def test_a_snapshot_shares_the_index_and_makes_one_where_there_is_none(folder, tmp_path):
    snapshot = take_snapshot(folder)
    assert (snapshot.folder / INDEX_FILE).samefile(folder / INDEX_FILE)

    graph_samples.make_store(tmp_path)
    (tmp_path / "store" / INDEX_FILE).unlink()
    assert found(take_snapshot(tmp_path / "store"), "her2")[0] == "entity:HER2"


def test_a_change_of_the_store_changes_its_index(tmp_path):
    graph_samples.make_store(tmp_path)
    before = take_snapshot(tmp_path / "store")
    update = """
        INSERT DATA {
            entity:newone skos:prefLabel "brandnewmab"@en ; onco:grounding onco:Curated .
            claim:zz rdf:subject entity:newone . claim:aa rdf:subject entity:newone ; onco:confidence "much" .
            GRAPH doc:her2 { evidence:odd prov:wasDerivedFrom doc:her2 }
        }
    """

    change_store(tmp_path / "store", lambda store: store.update(update, prefixes=dict(PREFIXES)))

    assert found(take_snapshot(tmp_path / "store"), "brandnew") == ["entity:newone"]
    assert found(before, "brandnew") == []


def test_an_index_is_searched_by_many_threads(snapshot):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: found(snapshot, "her2"), range(100)))

    assert all(answer == answers[0] for answer in answers)


def test_marks_are_where_the_words_are():
    assert mark_words("Anti-HER-2 drugs", "her2 dr") == [(5, 10), (11, 16)]


def read_tables(path) -> dict[str, list]:
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()
            for name in names
            if "_words" not in name
        }
