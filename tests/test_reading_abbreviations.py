"""Abbreviations that a document defines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncograph.reading.abbreviations import find_abbreviations


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("It uses immunohistochemistry (IHC).", "IHC", "immunohistochemistry"),
        ("It uses IHC (immunohistochemistry).", "IHC", "immunohistochemistry"),
        ("fluorescence in situ hybridization (FISH)", "FISH", "fluorescence in situ hybridization"),
        ("the myelodysplastic syndrome (MDS)", "MDS", "myelodysplastic syndrome"),
        ("chronic myelogenous leukemia (or CML)", "CML", "chronic myelogenous leukemia"),
        ("epidermal growth factor receptor (EGFR, also termed HER1)", "EGFR", "epidermal growth factor receptor"),
        ("head and neck\nsquamous cell carcinoma (HNSCC)", "HNSCC", "head and neck\nsquamous cell carcinoma"),
    ],
)
def test_a_definition_is_found_in_either_order(text: str, short: str, long: str) -> None:
    (found,) = find_abbreviations(text)
    assert (found.short, found.long) == (short, long)
    assert text[found.short_start : found.short_end] == short
    assert text[found.long_start : found.long_end] == long


@pytest.mark.parametrize("text", ["It grew (Fig 2).", "many patients (NSCLC)", "a score (see above)", "cells (IIA)"])
def test_other_parentheses_define_nothing(text: str) -> None:
    assert find_abbreviations(text) == []


@given(st.text(alphabet="ABC abc()-,é\n", max_size=60))
def test_offsets_hold_for_any_text(text: str) -> None:
    for found in find_abbreviations(text):
        assert text[found.short_start : found.short_end] == found.short
        assert text[found.long_start : found.long_end] == found.long
