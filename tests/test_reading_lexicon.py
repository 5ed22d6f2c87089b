"""Names found in text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncograph.model import Concept
from oncograph.reading.lexicon import Lexicon

LEXICON = Lexicon.of(
    [
        Concept("e:MET", "MET", "Gene"),
        Concept("e:HER2", "HER2", "Receptor", synonyms=("HER2/neu", "human epidermal growth factor receptor 2")),
        Concept("e:breast", "breast", "Anatomy"),
        Concept("e:breast_cancer", "breast cancer", "Cancer"),
        Concept("e:TKI", "tyrosine kinase inhibitor", "DrugClass", synonyms=("TKI",)),
        Concept("e:NSCLC", "non-small cell lung cancer", "Cancer"),
        Concept("e:SCLC", "small cell lung cancer", "Cancer"),
        Concept("e:TGFB", "TGF-beta pathway", "Pathway"),
        Concept("e:biopsy", "lymph node biopsy", "Procedure"),
        Concept("e:EGFR", "EGFR", "Gene"),
        Concept("e:EGFRp", "EGFR protein", "Receptor", synonyms=("EGFR",)),
    ]
)


def names(text: str) -> list[tuple[str, str]]:
    return [(text[found.start : found.end], found.concepts[0].iri) for found in LEXICON.find_names(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("breast cancer", [("breast cancer", "e:breast_cancer")]),
        ("Breast Cancers and breasts", [("Breast Cancers", "e:breast_cancer"), ("breasts", "e:breast")]),
        ("they met; MET", [("MET", "e:MET")]),
        ("METABOLISM", []),
        ("breast cancerous", [("breast", "e:breast")]),
        ("HER2/neu-positive", [("HER2/neu", "e:HER2")]),
        ("TKIs", [("TKIs", "e:TKI")]),
        ("non–small-cell lung cancer", [("non–small-cell lung cancer", "e:NSCLC")]),
        ("TGF-β pathway", [("TGF-β pathway", "e:TGFB")]),
        ("lymph\n  node\n  biopsies", [("lymph\n  node\n  biopsies", "e:biopsy")]),
        ("tumoured İstanbul breast", [("breast", "e:breast")]),
    ],
)
def test_names_are_found_whole_longest_first_and_with_their_case(text: str, expected: list[tuple[str, str]]) -> None:
    assert names(text) == expected


def test_a_shared_name_offers_every_meaning_the_preferred_one_first() -> None:
    assert [concept.iri for concept in LEXICON.meanings("EGFR")] == ["e:EGFR", "e:EGFRp"]


@given(st.text(alphabet=st.sampled_from("HER2 breast cancer\n-–é😀İMET"), max_size=80))
def test_offsets_hold_for_any_text(text: str) -> None:
    reached = 0
    for found in LEXICON.find_names(text):
        assert reached <= found.start < found.end <= len(text)
        quote = text[found.start : found.end]
        assert quote == quote.strip()
        reached = found.end
