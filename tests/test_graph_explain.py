import pytest
from pyoxigraph import Store

from graph_samples import make_store
from oncograph.errors import QueryError
from oncograph.graph import Highlight, explain


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return make_store(tmp_path_factory.mktemp("explain"))


def test_fact_comes_with_its_sentences_documents_rules_and_words(store):
    found = explain(store, "HER2", "targetedBy", "trastuzumab")
    assert (found.subject, found.predicate, found.object) == ("entity:HER2", "onco:targetedBy", "entity:trastuzumab")
    (claim,) = found.claims
    assert (claim.polarity, claim.certainty, claim.confidence, claim.documents) == ("Affirmed", "Stated", 0.94, 2)
    assert claim.qualifiers == (("inDisease", "breast cancer"),)
    first, second = claim.supports
    assert (first.document, first.title, first.source) == ("doc:her2", "HER2 and its drugs", "her2.txt")
    assert (first.start, first.end) == (20, 76)
    assert first.sentence == "Trastuzumab blocks HER2, a receptor, in breast cancer 🧬."
    assert first.rules == (("targets-active", "a drug acts on a target"), ("targets-anti", "anti-target therapy"))
    assert first.highlights == (Highlight(0, 11, "object"), Highlight(19, 23, "subject"))
    assert second.document == "doc:trials/one"
    assert second.prefix == "A trial\n\n"


def test_highlights_cut_the_words_out_of_the_sentence(store):
    (claim,) = explain(store, "trastuzumab", "hasAdverseEffect", "heart damage").claims
    (support,) = claim.supports
    words = {mark.role: support.sentence[mark.start : mark.end] for mark in support.highlights}
    assert words == {"subject": "Trastuzumab", "object": "heart damage", "cue": "may"}
    assert claim.certainty == support.certainty == "Possible"


def test_affirmed_and_negated_claims_stand_side_by_side(store):
    found = explain(store, "breast cancer", "treatedBy", "docetaxel")
    assert [claim.polarity for claim in found.claims] == ["Affirmed", "Negated"]


@pytest.mark.parametrize(
    "words",
    [("Herceptin", "targets", "her2/neu"), ("entity:HER2", "targeted by", "Herceptin"),
     ("UniProtKB:P04626", "onco:targetedBy", "https://w3id.org/oncograph/entity/trastuzumab")],
)  # fmt: skip
def test_names_and_inverses_are_resolved(store, words):
    assert explain(store, *words) == explain(store, "HER2", "targetedBy", "trastuzumab")


def test_symmetric_fact_is_found_from_both_sides(store):
    one = explain(store, "trastuzumab", "combinedWith", "pertuzumab")
    assert one == explain(store, "pertuzumab", "combinedWith", "trastuzumab")
    assert one.claims[0].documents == 2


def test_literal_and_class_are_objects_too(store):
    assert explain(store, "foobarin", "approvedIn", "1998").object == "1998"
    assert explain(store, "HER2", "isA", "receptor").object == "onco:Receptor"


@pytest.mark.parametrize(
    ("words", "origin"),
    [(("HER2", "encodedBy", "ERBB2"), "vocabulary"), (("ERBB2", "encodes", "HER2"), "vocabulary"),
     (("HER2", "isA", "protein"), "inference"), (("breast cancer", "isA", "malignancy"), "inference"),
     (("breast cancer", "isA", "carcinoma"), "vocabulary"), (("HER2", "isA", "receptor"), "documents")],
)  # fmt: skip
def test_fact_without_a_sentence_says_where_it_comes_from(store, words, origin):
    assert explain(store, *words).origin == origin


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("HER2", "treatedBy", "trastuzumab"), "did you mean targetedBy"),
        (("HER2", "targetedBy", "docetaxel"), "but HER2 targetedBy trastuzumab"),
        (("HER2", "targetdBy", "trastuzumab"), "there is no relation 'targetdBy'; did you mean targetedBy"),
        (("HERR2", "targetedBy", "trastuzumab"), "nothing in this graph is called 'HERR2'; did you mean HER2"),
        (("cancer", "treatedBy", "docetaxel"), "nothing in this graph says cancer treatedBy docetaxel"),
    ],
)
def test_missing_fact_says_what_comes_near(store, words, message):
    with pytest.raises(QueryError, match=message):
        explain(store, *words)
