"""Words under one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncograph.reading.spelling import other_forms, split_words, to_base

SPELLINGS = {"tumour": "tumor", "aemi": "emi", "haem": "hem"}


@given(st.text())
def test_the_offset_of_a_word_follows_from_those_before(text):
    at = 0
    for word in split_words(text):
        assert len(text[at : at + len(word)]) == len(word)
        at += len(word) + 1
    assert at == len(text) + 1


@pytest.mark.parametrize(
    ("written", "base"),
    [
        ("carcinomas", "carcinoma"),
        ("metastases", "metastasis"),
        ("diseases", "disease"),
        ("leukaemias", "leukemia"),
        ("viruses", "virus"),
        ("diagnosis", "diagnosis"),
        ("pancreas", "pancrea"),
        ("iii", "3"),
        ("β", "beta"),
        ("v600e", "v600e"),
    ],
)
def test_forms_of_a_word_have_one_base(written, base):
    assert to_base(written, SPELLINGS) == base


def test_every_other_form_leads_back_to_its_base():
    for base in ("tumor", "anemia", "metastasis", "biopsy", "hemangioma"):
        assert {to_base(form, SPELLINGS) for form in other_forms(base, SPELLINGS)} == {base}
