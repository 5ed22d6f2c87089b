"""The layout of plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncograph.reading.blocks import find_blocks


def kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind, text[block.start : block.end]) for block in find_blocks(text)]


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    assert kinds("Lynch syndrome\n\nIt is an inherited disorder\nthat raises the risk.\n") == [
        ("title", "Lynch syndrome"),
        ("paragraph", "It is an inherited disorder\nthat raises the risk."),
    ]


def test_long_lines_are_a_paragraph_each() -> None:
    long = "HER2 is a receptor " + "and a protein " * 10 + "of cells."
    assert [kind for kind, _ in kinds(f"{long}\nWhat is HER2?\n{long}")] == ["paragraph", "heading", "paragraph"]


@pytest.mark.parametrize("bullet", ["- ", "* ", "• ", "1. ", "2) ", "– "])
def test_a_bullet_opens_an_item_without_its_mark(bullet: str) -> None:
    assert kinds(f"Signs include:\n\n{bullet}Fever\n  and chills\n{bullet}Pain")[1:] == [
        ("item", "Fever\n  and chills"),
        ("item", "Pain"),
    ]


def test_windows_line_ends_stay_and_count() -> None:
    text = "Title here\r\n\r\nFirst line\r\nsecond line.\r\n"
    assert kinds(text) == [("title", "Title here"), ("paragraph", "First line\r\nsecond line.")]


@given(st.text(max_size=400))
def test_blocks_stand_in_order_and_never_overlap(text: str) -> None:
    reached = 0
    for block in find_blocks(text):
        assert reached <= block.start < block.end <= len(text)
        assert text[block.start : block.end].strip()
        reached = block.end
