"""Text as search compares it."""

from __future__ import annotations

import sqlite3
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncograph.graph.words import cut_marked, fold_name, index_words, mark_words, split_runs, write_match


@pytest.mark.parametrize(
    "names", [("HER2", "HER-2", "her 2", "Her‑2"), ("TGF-β", "TGFβ", "TGF beta"), ("Sézary", "sezary")]
)
def test_names_that_differ_in_spelling_only_are_folded_to_the_same(names):
    assert len({fold_name(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("HER-2 positive", "her2"),
        ("HER 2 positive", "her2"),
        ("HER2 positive", "her-2"),
        ("HER-2/neu", "her2"),
        ("TGF-β", "tgfbeta"),
        ("TGFβ", "beta"),
        ("X-linked", "xlinked"),
        ("HGNC:3430", "hgnc3430"),
    ],
)
def test_a_text_is_found_by_other_spellings_of_its_words(text, query):
    assert fold_name(query) in index_words(text)


@given(st.text())
def test_places_of_runs_come_in_order_and_lie_in_the_text(text):
    runs = split_runs(text)

    assert all(0 <= run.start < run.end <= len(text) for run in runs)
    assert all(one.end <= other.start for one, other in pairwise(runs))


@given(st.text(), st.text())
def test_the_pieces_of_a_marked_short_text_are_the_text(text, query):
    assert "".join(piece for piece, _ in cut_marked(text, mark_words(text, query), most=10_000)) == text


@given(st.text())
def test_what_is_asked_never_becomes_search_syntax(query):
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE found USING fts5(words, content='', detail=none, tokenize='ascii')")
    for match in filter(None, (write_match(query), write_match(query, loosely=True))):
        connection.execute("SELECT rowid FROM found WHERE found MATCH ?", (match,)).fetchall()
    connection.close()


def test_a_long_text_is_cut_around_the_first_mark():
    text = "word " * 200 + "trastuzumab " + "word " * 200

    pieces = cut_marked(text, mark_words(text, "trastu"), most=100)

    assert ("trastuzumab", True) in pieces
    assert len("".join(piece for piece, _ in pieces)) <= 102
