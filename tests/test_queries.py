"""Every named query of the ontology folder on a small graph, checked by its rows."""

import re

import pytest
from pyoxigraph import Literal, Quad, Store

from graph_samples import DocumentMaker, make_readings, make_store
from oncograph.graph import NamedQuery, load_queries, open_store, run_query, terms
from oncograph.graph.deciding import Request, decide
from oncograph.knowledge import find_ontology

QUERIES = load_queries(find_ontology() / "queries")


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    doc = DocumentMaker("more", "More")
    doc.claim("The MSH2 mutation marks breast cancer.", ("MSH2 mutation",) * 2, "hasBiomarker", ("breast cancer",) * 2)
    doc.claim("Breast cancer has the marker HER2.", ("Breast cancer", "breast cancer"), "hasBiomarker", ("HER2",) * 2)
    doc.claim("FISH diagnoses breast cancer.", ("breast cancer",) * 2, "diagnosedBy",
              ("FISH", "fluorescence in situ hybridization"))  # fmt: skip
    doc.claim("ERBB2 is hit by pertuzumab.", ("ERBB2",) * 2, "targetedBy", ("pertuzumab",) * 2)
    return make_store(tmp_path_factory.mktemp("named"), [*make_readings(), doc.reading()])


def ask(store: Store, name: str, **values: str) -> list[tuple[str, ...]]:
    return QUERIES[name].run(store, values).rows


def columns(store: Store, name: str, *wanted: str, **values: str) -> list[tuple[str, ...]]:
    answer = QUERIES[name].run(store, values)
    places = [answer.columns.index(column) for column in wanted]
    return [tuple(row[place] for place in places) for row in answer.rows]


CANCER = "entity:breast_cancer"
SUBTYPE = "entity:HER2-positive_breast_cancer"


def test_drugs_targeting_asks_protein_and_gene_together(store):
    assert ask(store, "drugs-targeting", target="HER2") == [
        ("entity:trastuzumab", "trastuzumab", "entity:HER2", "0.94", "2"),
        ("entity:pertuzumab", "pertuzumab", "entity:ERBB2", "0.7", "1"),
    ]
    assert ask(store, "drugs-targeting", target="ERBB2") == ask(store, "drugs-targeting")


def test_tests_for(store):
    assert columns(store, "tests-for", "name", "relation") == [
        ("fluorescence in situ hybridization", "onco:testedBy"),
        ("immunohistochemistry", "onco:testedBy"),
    ]
    assert columns(store, "tests-for", "name", "relation", subject="breast cancer") == [
        ("fluorescence in situ hybridization", "onco:diagnosedBy")
    ]


def test_evidence_gives_sentences_with_offsets_and_rules(store):
    rows = ask(store, "evidence", subject="HER2", relation="targetedBy", object="trastuzumab")
    sentence = "Trastuzumab blocks HER2, a receptor, in breast cancer 🧬."
    assert rows == [
        (sentence, "doc:her2", "20", "76", "onco:Affirmed", "onco:Stated", "rule:targets-active"),
        (sentence, "doc:her2", "20", "76", "onco:Affirmed", "onco:Stated", "rule:targets-anti"),
        ("Anti-HER2 trastuzumab targets HER2.", "doc:trials/one", "9", "44", "onco:Affirmed", "onco:Stated",
         "rule:targets-anti"),
    ]  # fmt: skip
    assert ask(store, "evidence", subject="trastuzumab", object="HER2") == rows
    assert len(columns(store, "evidence", "sentence", subject="Lynch syndrome")) == 3


def test_disagreements(store):
    assert ask(store, "disagreements") == [(CANCER, "onco:treatedBy", "entity:docetaxel", "1", "onco:Stated", "1")]


def test_curated_lists_what_holds_and_other_queries_leave_out_what_was_rejected(store, tmp_path):
    make_store(tmp_path)
    [(claim, *_)] = run_query(open_store(tmp_path / "store"), "SELECT ?c { ?c onco:polarity onco:Negated }").rows
    taken_back = decide(tmp_path, [Request("reject", claim, "not so"), Request("comment", claim, "hm")], curator="Ada")[
        1
    ]
    decide(tmp_path, [Request("undo", taken_back.id)], curator="Ada")
    curated = open_store(tmp_path / "store")
    [row] = ask(curated, "curated")
    assert row[1:] == ("Ada", "onco:Reject", "reject: breast cancer treatedBy docetaxel (negated)", "not so")
    assert ask(store, "curated") == []
    assert ask(store, "negated") != []
    assert ask(curated, "negated") == []


def test_negated(store):
    assert columns(store, "negated", "subject", "relation", "object") == [
        (CANCER, "onco:treatedBy", "entity:docetaxel")
    ]


def test_hedged(store):
    assert columns(store, "hedged", "subject", "relation", "object") == [
        ("entity:trastuzumab", "onco:hasAdverseEffect", "entity:cardiotoxicity")
    ]


def test_between_reads_both_directions(store):
    expected = [("entity:HER2", "onco:targetedBy", "entity:trastuzumab")]
    assert columns(store, "between", "subject", "relation", "object") == expected
    assert columns(store, "between", "subject", "relation", "object", a="trastuzumab", b="HER2") == expected


def test_paths_join_over_a_third(store):
    rows = ask(store, "paths", a="immunohistochemistry", b="trastuzumab")
    assert rows == [("← testedBy", "entity:HER2", "← targetedBy", "0.658")]
    assert ("→ combinedWith", "entity:trastuzumab", "→ treatedBy") in [
        row[:3] for row in ask(store, "paths", a="pertuzumab", b="breast cancer")
    ]


def test_about_gives_both_sides(store):
    rows = columns(store, "about", "side", "relation", "other", "polarity", entity="docetaxel")
    assert rows == [
        ("object", "onco:confersResistanceTo", SUBTYPE, "onco:Affirmed"),
        ("object", "onco:treatedBy", CANCER, "onco:Affirmed"),
        ("object", "onco:treatedBy", CANCER, "onco:Negated"),
    ]


def test_describe_is_a_small_graph(store):
    rows = ask(store, "describe", entity="HER2")
    assert ("entity:HER2", "skos:notation", "UniProtKB:P04626") in rows
    assert ("entity:trastuzumab", "skos:prefLabel", "trastuzumab") in rows
    assert ("entity:trastuzumab", "skos:altLabel", "Herceptin") not in rows


def test_treatments_mark_what_is_denied(store):
    assert columns(store, "treatments", "name", "disease", "polarity") == [
        ("docetaxel", CANCER, "onco:Affirmed"),
        ("docetaxel", CANCER, "onco:Negated"),
        ("trastuzumab", CANCER, "onco:Affirmed"),
    ]


def test_treatments_of_a_group_include_those_of_its_kinds(store):
    assert columns(store, "treatments", "name", disease="cancer") == columns(store, "treatments", "name")


def test_altered_genes(store):
    assert columns(store, "altered-genes", "name", "relation") == [("ERBB2", "onco:alteredIn")]
    assert columns(store, "altered-genes", "name", "relation", disease="Lynch syndrome") == [
        ("MSH2 mutation", "onco:causes")
    ]


def test_response(store):
    both = [(SUBTYPE, "resistance", "entity:docetaxel"), (SUBTYPE, "sensitivity", "entity:pertuzumab")]
    assert columns(store, "response", "marker", "effect", "drug") == both
    assert columns(store, "response", "marker", "effect", "drug", drug="Perjeta") == both[1:]
    assert columns(store, "response", "marker", "effect", "drug", marker="HER2-positive breast cancer") == both


def test_symptoms(store):
    assert columns(store, "symptoms", "name", "certainty") == [("breast lump", "onco:Stated")]


def test_side_effects_mark_what_is_hedged(store):
    assert columns(store, "side-effects", "name", "certainty") == [("cardiotoxicity", "onco:Possible")]


def test_prevalence_filters_by_number(store):
    row = ("entity:ERBB2", "15", "20.5", "15 to 20 percent of breast cancers", CANCER)
    assert ask(store, "prevalence") == ask(store, "prevalence", minimum="15") == [row]
    assert ask(store, "prevalence", minimum="15.1") == []


def test_claims_of_a_document_come_in_text_order(store):
    rows = columns(store, "document-claims", "start", "relation", document="trials/one")
    assert [int(start) for start, _ in rows] == sorted(int(start) for start, _ in rows)
    assert [relation for _, relation in rows][:3] == ["onco:targetedBy", "onco:treatedBy", "onco:treatedBy"]
    assert len(rows) == 7


def test_documents(store):
    assert ask(store, "documents")[0] == ("doc:her2", "HER2 and its drugs", "her2.txt", "6")
    assert len(ask(store, "documents")) == 4


def test_relations_count_claims(store):
    assert ask(store, "relations")[0] == ("onco:treatedBy", "4", "1", "0", "4")
    assert ("onco:hasAdverseEffect", "1", "0", "1", "1") in ask(store, "relations")


def test_classes_count_what_is_below_them(store):
    assert ("onco:Drug", "drug", "4") in ask(store, "classes")
    assert ("onco:MonoclonalAntibody", "monoclonal antibody", "2") in ask(store, "classes")


def test_entities_of_a_class(store):
    assert [row[1] for row in ask(store, "entities-of")] == ["docetaxel", "foobarin", "pertuzumab", "trastuzumab"]
    assert ask(store, "entities-of", **{"class": "gene"})[0] == ("entity:ERBB2", "ERBB2", "HGNC:3430")


def test_best_supported(store):
    assert [row[1] for row in ask(store, "best-supported")] == ["onco:targetedBy", "onco:combinedWith"]
    assert ask(store, "best-supported", minimum="3") == []


def test_ungrounded(store):
    assert ask(store, "ungrounded") == [("entity:foobarin", "foobarin", "onco:Drug", "2")]


def test_undecided(store):
    assert ask(store, "undecided") == [
        ("thyroid", "<urn:gland>", "thyroid gland", "onco:Symptom", "0.67", "1", "1"),
        ("thyroid", "<urn:drug>", "Thyroid (USP)", "onco:Drug", "0.33", "1", "1"),
    ]


def test_subtypes(store):
    assert ask(store, "subtypes") == [
        ("entity:breast_cancer", SUBTYPE, "HER2-positive breast cancer"),
        ("entity:cancer", "entity:carcinoma", "carcinoma"),
        ("entity:carcinoma", CANCER, "breast cancer"),
    ]


def test_inheritance(store):
    row = ("entity:Lynch_syndrome", "entity:autosomal_dominant_inheritance")
    assert columns(store, "inheritance", "disease", "pattern") == [row]
    assert columns(store, "inheritance", "disease", "pattern", disease="lynch syndrome") == [row]


def test_biomarkers(store):
    assert columns(store, "biomarkers", "name", "relation", "disease") == [("HER2", "onco:hasBiomarker", CANCER)]


def test_combinations_read_from_both_sides(store):
    assert columns(store, "combinations", "partner", drug="pertuzumab") == [("entity:trastuzumab",)]
    assert len(ask(store, "combinations")) == 2


def test_rules_count_their_claims(store):
    rows = {row[0]: row[2:] for row in ask(store, "rules")}
    assert rows["rule:targets-anti"] == ("onco:targetedBy", "0.8", "1", "2")
    assert rows["rule:relation"][2] == "22"


def test_offsets_hold_for_every_evidence_and_mention(store):
    assert ask(store, "offsets") == []


def test_wrong_offsets_are_found_out(store):
    wrong = Store()
    wrong.bulk_extend(
        Quad(quad.subject, quad.predicate, Literal("something else"), quad.graph_name)
        if quad.predicate == terms.EXACT and quad.subject.value.endswith("/her2/20-76/quote")
        else quad
        for quad in store
    )
    assert [row[0] for row in ask(wrong, "offsets")] == ["evidence:her2/20-76/target"]


def test_there_are_enough_queries_and_each_has_its_test_here():
    assert len(QUERIES) >= 18
    with open(__file__, encoding="utf-8") as file:  # noqa: PTH123
        text = file.read()
    assert [name for name in QUERIES if f'"{name}"' not in text] == []


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_example_calls_the_query_with_values_it_takes(query: NamedQuery):
    words = re.sub(r"--format \w+", "", query.example).replace("'", "").split(" ")
    assert words[0] == query.name
    assert all(parameter.description for parameter in query.parameters)
    for name in re.findall(r"--set (\w+)=", query.example):
        assert name in {parameter.name for parameter in query.parameters}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_rows_come_in_one_order(query: NamedQuery):
    assert "ORDER BY" in query.text or "CONSTRUCT" in query.text
