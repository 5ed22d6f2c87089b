"""What imported names mean in a document, and how they stand beside the curated ones."""

import pytest

from oncograph.model import Concept, Doubt
from oncograph.reading.abbreviations import find_abbreviations
from oncograph.reading.ambiguity import ContextWords
from oncograph.reading.dictionary import CASED, LOOSE, SYNONYM, Dictionary, Name
from oncograph.reading.imported import Imported
from oncograph.reading.lexicon import Found

KINDS = {"Disease": "Disease", "Symptom": "Disease", "Gene": "Gene", "Drug": "Drug"}
CONTEXT = ContextWords(
    after={"gene": frozenset({"Gene"}), "patients": frozenset({"Disease"})},
    kinds=KINDS,
    order=("Gene", "Drug"),
    spelled_out=frozenset({"Disease"}),
)
CONCEPTS = [
    Concept("http://x.org/obo/MONDO_1", "hepatocellular carcinoma", "Disease"),
    Concept("https://identifiers.org/hgnc:2", "HCC", "Gene"),
    Concept("http://x.org/mesh/D3", "Carcinoma, Hepatocellular", "Disease"),
    Concept("http://x.org/obo/MONDO_4", "ovarian cancer", "Disease"),
    Concept("http://x.org/obo/MONDO_5", "breast cancer", "Disease"),
    Concept("https://identifiers.org/hgnc:6", "APC", "Gene"),
    Concept("http://x.org/obo/MONDO_7", "adenomatous polyposis coli", "Disease"),
    Concept("https://identifiers.org/hgnc:8", "PROC", "Gene"),
    Concept("http://x.org/drugs/DB9", "erythropoietin", "Drug"),
    Concept("https://identifiers.org/hgnc:10", "EPO", "Gene"),
]
NAMES = [
    Name("hepatocellular carcinoma", 0),
    Name("hepatocellular carcinoma", 2, SYNONYM),
    Name("HCC", 0, SYNONYM, CASED),
    Name("HCC", 1, SYNONYM, CASED),
    Name("ovarian cancer", 3),
    Name("breast cancer", 4),
    Name("APC", 5, SYNONYM, CASED),
    Name("APC", 6, SYNONYM, CASED),
    Name("APC", 7, SYNONYM, CASED),
    Name("adenomatous polyposis coli", 6),
    Name("protein C", 7, SYNONYM),
    Name("erythropoietin", 8, SYNONYM),
    Name("erythropoietin", 9, SYNONYM),
    Name("EPO", 9, case=CASED),
    Name("HR", 1, LOOSE, CASED),
]


class Numbered(list):
    def find(self, iri):
        return next((concept for concept in self if concept.iri == iri), None)


IMPORTED = Imported(Dictionary.of(NAMES), Numbered(CONCEPTS), CONTEXT)


def meanings(text: str) -> list[tuple[str, list[str]]]:
    settled = IMPORTED.settle(text, find_abbreviations(text))
    return [(text[name.start : name.end], [concept.label for concept in name.concepts]) for name in settled]


def test_concepts_of_two_vocabularies_may_be_one():
    assert meanings("hepatocellular carcinoma") == [
        ("hepatocellular carcinoma", ["hepatocellular carcinoma", "Carcinoma, Hepatocellular"])
    ]


def test_a_short_form_means_what_the_text_says():
    (_, (first, *_)), (_, (second, *_)), (_, (third, *_)) = meanings("Hepatocellular carcinoma (HCC): HCC grows.")
    assert first == second == third == "hepatocellular carcinoma"


@pytest.mark.parametrize(
    "text", ["A high calorie control (HCC) was used. HCC rose.", "The hazard ratio (HR) was 2; HR"]
)
def test_a_short_form_of_something_unknown_means_nothing_known(text):
    assert meanings(text) == []


def test_a_full_name_in_the_text_decides_what_a_symbol_means():
    assert meanings("APC and protein C")[0] == ("APC", ["PROC"])


def test_a_word_beside_it_decides_what_a_symbol_means():
    assert meanings("the HCC gene") == [("HCC", ["HCC"])]


def test_what_nothing_decides_stays_undecided_with_its_candidates():
    (name,) = IMPORTED.settle("APC was lost")
    assert name.concepts == ()
    assert {candidate.concept.label for candidate in name.candidates} == {"APC", "PROC"}


def test_the_likelier_kind_wins_where_nothing_else_tells():
    assert meanings("erythropoietin rose") == [("erythropoietin", ["EPO"])]


@pytest.mark.parametrize("text", ["EPO-alpha binds.", "EPO-β binds.", "EPOα binds."])
def test_a_symbol_that_begins_another_is_not_meant(text):
    assert meanings(text) == []
    assert meanings("The EPO-alphabet gene.") == [("EPO", ["EPO"])]


def test_a_symbol_of_two_letters_needs_more_than_itself():
    assert meanings("HR was 0.5") == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("breast and ovarian cancer", "breast"),
        ("Breast, lung and ovarian cancers", "Breast"),
        ("breast/ovarian cancer", "breast"),
        ("inherited breast or ovarian cancer", "breast"),
    ],
)
def test_what_is_said_once_for_several_names_completes_each(text, first):
    assert next((text, concepts[0]) for text, concepts in meanings(text)) == (first, "breast cancer")


def test_curated_names_win_over_imported_ones_of_the_same_words():
    curated = Found(0, 13, (Concept("e:1", "breast cancer", "Cancer"),))
    assert IMPORTED.complete("breast cancer", [curated]) == [curated]


def test_a_longer_imported_name_takes_the_place_of_a_curated_one():
    curated = Found(8, 14, (Concept("e:1", "cancer", "Cancer"),))
    (name,) = IMPORTED.complete("ovarian cancer", [curated])
    assert name.concepts[0].label == "ovarian cancer"


def undecided(text: str, *found: Found) -> list[tuple[str, list[tuple[str, float]]]]:
    settled = IMPORTED.settle(text, find_abbreviations(text))
    names = list(IMPORTED.name_undecided(text, settled, found))
    assert all(text[name.start : name.end] == name.text for name in names)
    return [(name.text, [(one.concept.label, one.score) for one in name.candidates]) for name in names]


def test_a_name_that_nothing_decides_is_told_with_its_candidates_and_their_shares():
    ((text, candidates),) = undecided("Many had APC and ovarian cancer.")
    assert text == "APC"
    assert [label for label, _ in candidates] == ["APC", "PROC"]
    assert sum(score for _, score in candidates) == pytest.approx(1)
    assert undecided("Hepatocellular carcinoma was seen.") == []


def test_a_name_that_is_decided_or_stands_in_a_known_one_is_not_told():
    assert undecided("Adenomatous polyposis coli (APC): APC grows.") == []
    text = "Many had APC loss."
    assert undecided(text, Found(9, 17, (CONCEPTS[5],))) == []
    assert len(undecided(text, Found(0, 4, (CONCEPTS[5],)))) == 1


def test_why_a_name_is_undecided_is_told():
    settled = IMPORTED.settle("Many had APC.", [])
    (one,) = IMPORTED.name_undecided("Many had APC.", settled, [])
    assert one.doubt is Doubt.TOLD_APART
