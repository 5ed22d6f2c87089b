import pytest
from pyoxigraph import NamedNode, Store

from graph_samples import DocumentMaker, make_store
from oncograph.errors import QueryError
from oncograph.graph.names import (
    find_all_named,
    find_class,
    find_document,
    find_entity,
    find_near,
    find_predicate,
)
from oncograph.graph.terms import shorten


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return make_store(tmp_path_factory.mktemp("names"))


@pytest.fixture(scope="module")
def egfr(tmp_path_factory) -> Store:
    doc = DocumentMaker("d", "T")
    doc.claim("EGFR makes EGFR protein.", ("EGFR protein",) * 2, "encodedBy", ("EGFR",) * 2)
    return make_store(tmp_path_factory.mktemp("egfr"), [doc.reading()])


def name(node: NamedNode) -> str:
    return shorten(node.value)


def test_undecided_name_is_said_to_be_so_with_what_it_may_mean(store):
    with pytest.raises(QueryError, match=r"undecided.*thyroid gland \(<urn:gland>, 0.67\) or Thyroid \(USP\)"):
        find_entity(store, "thyroid")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("HER2", "entity:HER2"),
        ("her2", "entity:HER2"),
        (" HER2 ", "entity:HER2"),
        ("entity:HER2", "entity:HER2"),
        ("https://w3id.org/oncograph/entity/HER2", "entity:HER2"),
        ("<https://w3id.org/oncograph/entity/HER2>", "entity:HER2"),
        ("Human Epidermal Growth Factor Receptor 2", "entity:HER2"),
        ("UniProtKB:P04626", "entity:HER2"),
        ("Breast carcinoma", "entity:breast_cancer"),
        ("FBR", "entity:foobarin"),
    ],
)
def test_entity_is_found_by_any_of_its_names(store, given, expected):
    assert name(find_entity(store, given)) == expected


def test_exact_label_wins_over_a_synonym(egfr):
    assert name(find_entity(egfr, "EGFR")) == "entity:EGFR"
    assert [name(node) for node in find_all_named(egfr, "EGFR")] == ["entity:EGFR", "entity:EGFR_protein"]


def test_name_of_two_entities_asks_which(egfr):
    with pytest.raises(QueryError, match="'ERBB1' is the name of 2 entities: entity:EGFR, entity:EGFR_protein"):
        find_entity(egfr, "ERBB1")


@pytest.mark.parametrize(
    ("given", "hint"),
    [("trastuzumb", "did you mean trastuzumab"), ("Herceptine", "Herceptin"), ("entity:HER3", "'entity:HER3'"),
     ("breast", "did you mean .*breast"), ("", "nothing in this graph"), ("x<y>", "nothing in this graph")],
)  # fmt: skip
def test_unknown_name_says_what_comes_near(store, given, hint):
    with pytest.raises(QueryError, match=hint):
        find_entity(store, given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [("targetedBy", "onco:targetedBy"), ("targeted by", "onco:targetedBy"), ("TARGETEDBY", "onco:targetedBy"),
     ("onco:targets", "onco:targets"), ("targets", "onco:targets"), ("hasPrevalence", "onco:hasPrevalence")],
)  # fmt: skip
def test_relation_is_found_by_name_label_or_inverse(store, given, expected):
    assert name(find_predicate(store, given)) == expected


def test_unknown_relation_says_what_comes_near(store):
    with pytest.raises(QueryError, match="there is no relation 'targetBy'; did you mean targetedBy"):
        find_predicate(store, "targetBy")


@pytest.mark.parametrize("given", ["MonoclonalAntibody", "monoclonal antibody", "onco:MonoclonalAntibody"])
def test_class_is_found_by_name_or_label(store, given):
    assert name(find_class(store, given)) == "onco:MonoclonalAntibody"


@pytest.mark.parametrize("given", ["trials/one", "PMID:1", "A trial", "doc:trials/one", "https://example.org/trial/1"])
def test_document_is_found_by_id_identifier_title_or_source(store, given):
    assert name(find_document(store, given)) == "doc:trials/one"


def test_unknown_document_says_what_comes_near(store):
    with pytest.raises(QueryError, match="no document is called 'lnch'; did you mean lynch"):
        find_document(store, "lnch")


def test_near_names_do_not_depend_on_order():
    names = ["trastuzumab", "Trastuzumab", "trastuzumab deruxtecan", "pertuzumab"]
    assert find_near("trastuzumab", names) == find_near("trastuzumab", names[::-1])
