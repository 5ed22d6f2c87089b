"""Where sentences begin and end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncograph.reading.sentences import split_sentences


def split(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text, 0, len(text))]


@pytest.mark.parametrize(
    "whole",
    [
        "Drugs (e.g. Trastuzumab) block HER2.",
        "See Fig. 2 for details.",
        "Smith et al. 2019 found this.",
        "A score of 3+ on IHC is positive.",
        "J. Smith described it.",
        "The U.S. Food and Drug Administration approved it.",
        "The dose is 2.5 mg.",
        "HER2 vs. EGFR was tested.",
    ],
)
def test_a_stop_that_ends_no_sentence_splits_nothing(whole: str) -> None:
    assert split(whole) == [whole]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("It was positive. The drug helped.", "It was positive."),
        ("Take vitamin C. The drug helped.", "Take vitamin C."),
        ("Is it HER2? Yes.", "Is it HER2?"),
        ('He said "stop." She did.', 'He said "stop."'),
        ("It fell by 10%. 5 patients died.", "It fell by 10%."),
        ("In stage IIA. Later it grew.", "In stage IIA."),
    ],
)
def test_a_stop_before_a_capital_ends_a_sentence(text: str, first: str) -> None:
    assert split(text)[0] == first


@given(st.text(max_size=300))
def test_sentences_come_in_order_and_never_overlap(text: str) -> None:
    reached = 0
    for sentence in split_sentences(text, 0, len(text)):
        assert reached <= sentence.start < sentence.end
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
        reached = sentence.end
