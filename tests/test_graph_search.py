"""Search in a store made by hand: names however they are written, sentences by their words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

import graph_samples
from oncograph.errors import QueryError
from oncograph.graph.deciding import Change, Request, decide
from oncograph.graph.index import INDEX_FILE
from oncograph.graph.names import find_entities_named
from oncograph.graph.search import LONGEST_QUERY, SearchFilter
from oncograph.graph.snapshots import take_snapshot
from oncograph.graph.store import change_store
from oncograph.graph.terms import PREFIXES
from oncograph.graph.words import mark_words
from oncograph.model import entity_iri

WORDS = [
    "HER-2",
    "her",
    "2",
    "breats",
    "cancer",
    "treatmnt",
    "what",
    "the",
    "of",
    "trastuzumb",
    "β",
    "HGNC:3430",
    "OR",
    "*",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder)
    return folder / "store"


@pytest.fixture(scope="module")
def snapshot(folder):
    return take_snapshot(folder)


def found(snapshot, query: str, **more) -> list[str]:
    return [hit.name for hit in search(snapshot, query, **more)]


def search(snapshot, query: str, **more):
    return snapshot.index.search(query, **more).hits


@pytest.mark.parametrize("query", ["HER2", "her-2", "HER 2", "her2/neu", "Human epidermal growth", "P04626"])
def test_an_entity_is_found_by_label_synonym_and_identifier_however_they_are_written(snapshot, query):
    assert found(snapshot, query)[0] == "entity:HER2"


@pytest.mark.parametrize("query", ["HGNC:3430", "hgnc 3430", "3430", "343"])
def test_an_identifier_is_found_with_its_prefix_and_without_and_by_its_beginning(snapshot, query):
    assert found(snapshot, query, kinds=("entity", "class", "document", "evidence")) == ["entity:ERBB2"]


def test_the_whole_name_comes_before_what_more_claims_speak_of(snapshot):
    assert found(snapshot, "ERBB2", kinds=("entity",)) == ["entity:ERBB2"]
    assert found(snapshot, "HER2 gene", kinds=("entity",))[0] == "entity:ERBB2"


def test_what_more_claims_speak_of_comes_first_and_what_begins_so_counts_three_times(snapshot):
    hits = search(snapshot, "breast", kinds=("entity",))

    assert [(hit.thing.label, hit.claims) for hit in hits] == [
        ("breast cancer", 6),
        ("breast lump", 1),
        ("HER2-positive breast cancer", 3),
    ]


def test_a_word_of_the_label_counts_more_than_one_of_a_synonym(snapshot):
    assert found(snapshot, "her2 pos", kinds=("entity",))[0] == "entity:HER2-positive_breast_cancer"
    assert found(snapshot, "epidermal", kinds=("entity",)) == ["entity:HER2", "entity:EGFR"][:1]


def test_only_entities_of_some_classes_are_kept(snapshot):
    keep = SearchFilter(classes=("CancerSubtype",))

    assert found(snapshot, "breast", kinds=("entity",), keep=keep) == ["entity:HER2-positive_breast_cancer"]


@pytest.mark.parametrize(
    ("query", "claims"),
    [
        ("trastuzumab her2", ["HER2 targeted by trastuzumab"]),
        ("her-2 herceptin", ["HER2 targeted by trastuzumab"]),
        (
            "what treats breast cancer",
            ["breast cancer treated by trastuzumab", "breast cancer treated by docetaxel"],
        ),
        ("symptoms of breast cancer", ["breast cancer has symptom breast lump"]),
        ("treated", []),
    ],
)
def test_claims_are_found_by_the_names_of_their_sides_and_words_for_their_relation(snapshot, query, claims):
    told = ["".join(text for text, _ in hit.snippet) for hit in search(snapshot, query, kinds=("claim",))]

    assert set(told) == set(claims)


def test_only_the_claims_of_a_relation_are_kept(snapshot):
    def predicates(query: str, relation: str) -> set[str]:
        return {
            hit.claim.predicate
            for hit in search(snapshot, query, kinds=("claim",), keep=SearchFilter(relation=relation))
        }

    assert predicates("breast cancer", "hasSymptom") == {"hasSymptom"}
    assert predicates("breast cancer treatment", "hasSymptom") == set()


def test_a_claim_that_a_curator_rejected_is_not_found_and_one_that_was_added_is(tmp_path):
    graph_samples.make_store(tmp_path)
    wrong = search(take_snapshot(tmp_path / "store"), "her2 trastuzumab", kinds=("claim",))[0].claim
    change = Change(object="pertuzumab")

    decide(tmp_path, [Request("correct", wrong.iri, change=change)], curator="Ada")

    now = take_snapshot(tmp_path / "store")
    assert search(now, "her2 trastuzumab", kinds=("claim",)) == ()
    (hit,) = search(now, "her2 pertuzumab", kinds=("claim",))
    assert hit.claim.object.label == "pertuzumab"


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("trastuzumb", "trastuzumab"),
        ("tarstuzumab", "trastuzumab"),
        ("trastuzmab heart", "trastuzumab heart"),
        ("brest cancr", "breast cancer"),
        ("her2", ""),
        ("xyzzyx", ""),
    ],
)
def test_a_misspelt_word_is_taken_for_one_spelt_like_it_and_that_is_told(snapshot, query, meant):
    found = snapshot.index.search(query)

    assert found.corrected == meant
    assert bool(found.hits) == (query != "xyzzyx")


def test_a_question_is_answered_by_its_words(snapshot):
    assert "entity:trastuzumab" in found(snapshot, "what is trastuzumab")


def test_entities_are_found_by_parts_of_what_nothing_has_as_a_whole(snapshot):
    assert found(snapshot, "pertuzumab docetaxel breast cancer", kinds=("entity",)) == [
        "entity:breast_cancer",
        "entity:pertuzumab",
        "entity:docetaxel",
    ]


def test_the_same_sentence_of_several_documents_is_shown_once(tmp_path):
    docs = [graph_samples.DocumentMaker(name, "Drugs") for name in ("a", "b", "c")]
    for doc in docs:
        doc.claim("Trastuzumab blocks HER2.", ("HER2", "HER2"), "targetedBy", ("Trastuzumab", "trastuzumab"))
    graph_samples.make_store(tmp_path, [doc.reading() for doc in docs])
    snapshot = take_snapshot(tmp_path / "store")

    (hit,) = search(snapshot, "blocks", kinds=("evidence",))
    assert (hit.name.partition("/")[0], hit.others, snapshot.index.count().sentences) == ("evidence:a", 2, 3)


def test_sentences_in_which_the_words_stand_together_come_first(tmp_path):
    doc = graph_samples.DocumentMaker("a", "Drugs")
    for sentence in ("HER2 and cancer of the breast are seen.", "HER2 is seen in breast cancer."):
        doc.claim(sentence, ("HER2", "HER2"), "alteredIn", ("HER2", "breast cancer"))
    doc.claim("HER2 and cancer of the breast are seen.", ("HER2", "HER2"), "testedBy", ("HER2", "test"))
    graph_samples.make_store(tmp_path, [doc.reading()])

    hits = search(take_snapshot(tmp_path / "store"), "breast cancer", kinds=("evidence",))
    assert [hit.claims for hit in hits] == [1, 2]


@pytest.mark.parametrize("kind", ["entity", "class", "claim", "document", "evidence"])
def test_pages_of_what_was_found_make_up_the_whole(snapshot, kind):
    query = {"entity": "b", "claim": "breast cancer", "evidence": "breast cancer"}.get(kind, "a")
    whole = found(snapshot, query, kinds=(kind,), most=50)
    parts = [found(snapshot, query, kinds=(kind,), most=2, skip=at) for at in range(0, 50, 2)]

    assert len(whole) > 1
    assert list(chain.from_iterable(parts)) == whole


def test_the_last_word_may_be_unfinished(snapshot):
    assert found(snapshot, "breast canc", kinds=("entity",))[0] == "entity:breast_cancer"


def test_documents_are_found_by_title_and_file_name_and_classes_by_label(snapshot):
    assert "doc:her2" in found(snapshot, "its drugs")
    assert "doc:lynch" in found(snapshot, "lynch.txt")
    assert "onco:MonoclonalAntibody" in found(snapshot, "monoclonal")


def test_a_sentence_is_found_by_its_words_and_shows_them(snapshot):
    (hit,) = search(snapshot, "lump breast", kinds=("evidence",))

    assert "".join(text for text, _ in hit.snippet) == "Breast cancer causes a breast lump."
    assert {text for text, marked in hit.snippet if marked} == {"Breast", "breast", "lump"}
    assert (hit.thing.name, hit.claims) == ("doc:trials/one", 1)


def test_a_synonym_that_was_found_is_told(snapshot):
    (hit,) = search(snapshot, "hercep", kinds=("entity",))

    assert (hit.name, hit.matched, hit.thing.label) == ("entity:trastuzumab", "Herceptin", "trastuzumab")


@pytest.mark.parametrize("query", ["", "   ", '"', "*", "🧬", "\x00", "\ud800"])
def test_a_query_without_a_word_finds_nothing(snapshot, query):
    assert found(snapshot, query) == []


@pytest.mark.parametrize("query", ['her2" OR "a', "words:her2", "NEAR(her2 a)", "her2 AND NOT a", "-her2", "her2*"])
def test_a_query_is_never_read_as_syntax(snapshot, query):
    assert "entity:unused_drug" not in found(snapshot, query)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
def test_whatever_is_typed_is_answered(snapshot, query):
    answer = snapshot.index.search(query, most=2)

    assert all(hit.snippet for hit in answer.hits)
    if answer.corrected:
        assert {hit.name for hit in answer.hits} <= {hit.name for hit in search(snapshot, answer.corrected, most=2)}


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


@pytest.mark.parametrize("content", [b"", b"no index at all"])
def test_an_index_of_another_version_is_written_anew_for_the_snapshot(tmp_path, content):
    graph_samples.make_store(tmp_path)
    (tmp_path / "store" / INDEX_FILE).unlink()
    (tmp_path / "store" / INDEX_FILE).write_bytes(content)

    assert found(take_snapshot(tmp_path / "store"), "her2")[0] == "entity:HER2"
    assert (tmp_path / "store" / INDEX_FILE).read_bytes() == content


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
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in names
            if "_words" not in name
        }
