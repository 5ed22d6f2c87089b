"""Passages, their features, and the scores of relations between given names."""

from math import exp

import pytest

from oncograph.reading.passages import Name, Passage, find_form, to_cue_phrases
from oncograph.reading.scoring import ROLES, RelationScorer, find_candidates, find_features

CUES = to_cue_phrases({"risk": ["risk of", "suscepti*"], "denial": ["no ~ associat*"]})


def name_all(text, **kinds):
    """Find the names of each kind in a text: gene="BRCA1 BRCA2"."""
    return [
        Name(kind, text.index(word), text.index(word) + len(word), word)
        for kind, words in kinds.items()
        for word in words.split()
    ]


def to_passage(text, **kinds):
    return Passage.of(text, name_all(text, **kinds), CUES)


@pytest.mark.parametrize("between", [" and ", ", ", "/", " as well as ", ", and "])
def test_a_list_of_names_is_one_word(between):
    passage = to_passage(f"MLH1{between}MSH2 are genes", gene="MLH1 MSH2")
    assert passage.words == ("<gene>", "are", "gene")
    assert passage.places == (0, 0)


def test_a_name_repeated_in_parentheses_is_one_word():
    assert to_passage("Menin (MEN1) binds", gene="Menin MEN1").words == ("<gene>", "bind")


def test_names_of_different_kinds_stay_apart():
    passage = to_passage("RET and thyroid", gene="RET", cancer="thyroid")
    assert passage.words == ("<gene>", "and", "<cancer>")


def test_an_overlapping_name_shares_the_place_of_the_longer():
    names = [Name("gene", 0, 4, "KRAS"), Name("variant", 0, 9, "KRAS G12C")]
    assert Passage.of("KRAS G12C", names, CUES).places == (0, 0)


@pytest.mark.parametrize(
    ("kind", "text", "form"),
    [
        ("variant", "V600E mutation", "substitution"),
        ("variant", "high Expression", "expression"),
        ("drug", "tyrosine kinase inhibitors", "inhibit"),
        ("drug", "imatinib", ""),
        ("gene", "TP53", ""),
    ],
)
def test_the_form_of_a_name(kind, text, form):
    assert find_form(Name(kind, 0, len(text), text)) == form


def test_cues_are_found_where_they_stand():
    passage = to_passage("RET raises the risk of goiter, with no clear association.", gene="RET", cancer="goiter")
    assert passage.cues == {"risk": (4,), "denial": (9,)}


def test_candidates_are_all_ways_to_fill_the_roles():
    passage = to_passage("RET or ALK in goiter", gene="RET ALK", cancer="goiter")
    assert [[passage.names[i].text for i in names] for names in find_candidates(passage, ("cancer", "gene"))] == [
        ["goiter", "RET"],
        ["goiter", "ALK"],
    ]


def test_features_are_readable():
    passage = to_passage("RET raises the risk of goiter; ALK does not.", gene="RET ALK", cancer="goiter")
    ret, alk = (find_features(passage, names) for names in find_candidates(passage, ("cancer", "gene")))
    assert {"order: gene cancer", "gene..cancer has: risk", "cue: risk", "nearer gene to cancer: 1"} <= ret
    assert {"order: cancer gene", "cancer..gene clauses: 1", "nearest gene to cancer: 2"} <= alk
    assert "risk in clause of gene: True" in ret
    assert "risk in clause of gene: False" in alk


def test_score_is_the_logistic_function_of_the_weights():
    passage = to_passage("RET in goiter", gene="RET", cancer="goiter")
    scorer = RelationScorer({"has: in": 2.0, "has: out": 5.0}, bias=-2.0)
    assert scorer.score(passage, (1, 0)) == 0.5
    assert 0 < RelationScorer({"has: in": -1e6}).score(passage, (1, 0)) < 1e-9


def test_other_relations_of_the_same_names_tell():
    passage = to_passage("RET or ALK and imatinib in goiter", gene="RET ALK", cancer="goiter", drug="imatinib")
    kinds = [name.kind for name in passage.names]
    names = (kinds.index("cancer"), kinds.index("gene"))
    other = RelationScorer({"gene is: ret": 2.0, "gene is: alk": -9.0}, bias=1.0)
    scorer = RelationScorer(
        {}, bias=0.5, leaning={"log odds of Predictive": 0.5, "no AssociatedVariant": -3.0}, lean=1.0
    )
    told = find_candidates(passage, ROLES["Predictive"], given=names)
    assert [passage.names[i].text for found in told for i in found] == ["goiter", "imatinib", "RET"]
    assert scorer.score(passage, names, {"Predictive": other}) == pytest.approx(1 / (1 + exp(-(0.5 + 1.0 + 1.5))))
    assert scorer.score(passage, names, {"AssociatedVariant": other}) == pytest.approx(1 / (1 + exp(1.5)))
    alk = (names[0], kinds.index("gene") + 1)
    assert scorer.score(passage, alk, {"Predictive": other}) == pytest.approx(1 / (1 + exp(0.5)))
