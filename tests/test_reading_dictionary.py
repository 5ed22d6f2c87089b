"""Names of imported vocabularies, found by their words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncograph.reading.dictionary import CASED, LOOSE, SYNONYM, TITLED, Dictionary, Name

SPELLINGS = {"tumour": "tumor"}


def found(text: str, *names: Name) -> list[tuple[str, tuple[int, ...]]]:
    return [(text[e.start : e.end], e.concepts) for e in Dictionary.of(names, spellings=SPELLINGS).find(text)]


def test_longest_name_wins():
    names = Name("lung cancer", 1), Name("small cell lung cancer", 2), Name("cell", 3)
    assert found("Small-cell lung cancer", *names) == [("Small-cell lung cancer", (2,))]


@pytest.mark.parametrize(
    "text", ["Wilms tumors", "wilms tumour", "Wilms\ntumor", "WILMS TUMOURS", "Wilms’ tumor", "Wilms' tumors"]
)
def test_spelling_and_number_are_left_open(text):
    assert found(text, Name("Wilms' tumor", 1)) == [(text, (1,))]


@pytest.mark.parametrize("text", ["Wilms. Tumor", "Wilms: tumor", "Wilms\n\ntumor", "xWilms tumor"])
def test_no_name_goes_over_the_end_of_a_sentence_or_block(text):
    assert found(text, Name("Wilms tumor", 1), Name("Wilms, tumor", 2)) == []


def test_a_comma_in_a_name_stands_in_the_text_too():
    assert found("Carcinoma, basal cell", Name("Carcinoma, Basal Cell", 1)) == [("Carcinoma, basal cell", (1,))]
    assert found("carcinoma basal cell", Name("Carcinoma, Basal Cell", 1)) == []


@pytest.mark.parametrize("text", ["SET", "SETs"])
def test_a_symbol_is_found_in_capitals(text):
    assert found(f"a set of {text}", Name("SET", 1, case=CASED)) == [(text, (1,))]


@pytest.mark.parametrize("text", ["BCL2", "Bcl2", "bcl2", "Bcl-2"])
def test_a_symbol_with_digits_is_found_in_other_capitals(text):
    assert found(text, Name("BCL2", 1, case=CASED), Name("BCL 2", 1, case=CASED)) == [(text, (1,))]


def test_a_symbol_takes_no_number_after_a_word():
    assert found("at 1 of the sites", Name("AT 1", 1, case=CASED)) == []


def test_a_titled_symbol_may_have_one_capital():
    assert found("Akt and akt", Name("AKT", 1, case=TITLED)) == [("Akt", (1,))]


def test_properly_known_meanings_come_first():
    names = Name("HCC", 1, LOOSE, CASED), Name("HCC", 2, SYNONYM, CASED)
    (entry,) = Dictionary.of(names).find("HCC")
    assert (entry.concepts, entry.ranks) == ((2, 1), (SYNONYM, LOOSE))


def test_a_name_in_the_plural_is_a_poorer_meaning_of_a_singular():
    names = Name("Glutamates", 1), Name("Glutamate", 2, SYNONYM)
    assert found("glutamate", *names) == [("glutamate", (2, 1))]
    assert found("glutamates", *names) == [("glutamates", (1, 2))]


def test_a_dictionary_is_made_of_plain_values():
    made = Dictionary.of([Name("Wilms tumor", 1), Name("SET", 2, case=CASED), Name("SET", 3)])
    read = Dictionary.from_parts(made.to_parts())
    assert (read.words, read.forms, read.meanings, read.size) == (made.words, made.forms, made.meanings, made.size)
    assert read.find("Wilms tumor, SET") == made.find("Wilms tumor, SET")
    assert len(read.find("Wilms tumor, SET")) == 2


@given(st.lists(st.sampled_from(["tumor", "of", "the", "breast", "a"]), min_size=1, max_size=8), st.text(max_size=9))
def test_entries_come_in_order_and_never_overlap(words, end):
    names = [Name("breast tumor", 1), Name("tumor of the breast", 2), Name("tumor", 3), Name("of the", 4)]
    text = " ".join(words) + end
    entries = Dictionary.of(names).find(text)
    assert all(one.end <= other.start for one, other in pairwise(entries))
    assert all(0 <= entry.start < entry.end <= len(text) for entry in entries)
