"""Word documents, made by python-docx and mended by hand into what Word itself writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from document_samples import outline, read_one, refusal_of, write


def make(path: Path, fill: Callable[[WordDocument], object]) -> Path:
    word = docx.Document()
    fill(word)
    word.save(str(path))
    return path


def add_xml(word: WordDocument, inner: str) -> None:
    word.element.body.insert(len(word.element.body) - 1, parse_xml(f"<w:p {nsdecls('w')}>{inner}</w:p>"))


def test_headings_lists_and_tables(tmp_path: Path) -> None:
    def fill(word: WordDocument) -> None:
        word.add_heading("Drugs and their targets", 0)
        word.add_heading("Receptors", 1)
        word.add_paragraph("Trastuzumab targets HER2.")
        word.add_paragraph("first point", style="List Bullet")
        word.add_paragraph("point in it", style="List Bullet 2")
        word.add_paragraph("second point", style="List Number")
        word.add_heading("Deeper", 3)
        table = word.add_table(2, 2)
        for cell, words in zip(table._cells, ("Drug", "Target", "imatinib", "ABL1"), strict=True):
            cell.text = words
        word.add_paragraph("The end.")

    doc = read_one(make(tmp_path / "a.docx", fill))
    assert doc.title == "Drugs and their targets"
    assert outline(doc) == [
        ("title1", "Drugs and their targets"),
        ("heading1", "Receptors"),
        ("paragraph", "Trastuzumab targets HER2."),
        ("item1", "first point"),
        ("item2", "point in it"),
        ("item1", "second point"),
        ("heading3", "Deeper"),
        ("paragraph", "Drug"),
        ("paragraph", "Target"),
        ("paragraph", "imatinib"),
        ("paragraph", "ABL1"),
        ("paragraph", "The end."),
    ]
    assert "Drug\tTarget\nimatinib\tABL1" in doc.text


def test_style_takes_its_role_from_the_one_it_is_based_on(tmp_path: Path) -> None:
    def fill(word: WordDocument) -> None:
        style = word.styles.add_style("Kapitel", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = word.styles["Heading 2"]
        word.add_paragraph("Text before.")
        word.add_paragraph("Own heading", style="Kapitel")

    assert outline(read_one(make(tmp_path / "a.docx", fill)))[1] == ("heading2", "Own heading")


def test_first_level_heading_at_the_top_is_the_title(tmp_path: Path) -> None:
    doc = read_one(make(tmp_path / "a.docx", lambda word: word.add_heading("HER2", 1)))
    assert outline(doc) == [("title1", "HER2")]


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<w:r><w:t>kept </w:t></w:r><w:ins><w:r><w:t>inserted</w:t></w:r></w:ins>", "kept inserted"),
        ("<w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>", "kept"),
        ("<w:r><w:t>kept</w:t></w:r><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>", "kept"),
        ("<w:r><w:t>one</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t></w:r>", "one two three"),
        ("<w:r><w:t>HER2</w:t><w:noBreakHyphen/><w:t>positive</w:t></w:r>", "HER2-positive"),
        ("<w:hyperlink><w:r><w:t>linked</w:t></w:r></w:hyperlink>", "linked"),
        ("<w:sdt><w:sdtContent><w:r><w:t>controlled</w:t></w:r></w:sdtContent></w:sdt>", "controlled"),
        ("<w:r><w:instrText>HYPERLINK secret</w:instrText></w:r><w:r><w:t>kept</w:t></w:r>", "kept"),
        ("<w:pPr><w:tabs><w:tab w:val='left' w:pos='720'/></w:tabs></w:pPr><w:r><w:t>kept</w:t></w:r>", "kept"),
    ],
)
def test_what_is_shown_is_the_text(tmp_path: Path, inner: str, text: str) -> None:
    assert read_one(make(tmp_path / "a.docx", lambda word: add_xml(word, inner))).text == text


@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ("<w:numPr><w:ilvl w:val='1'/><w:numId w:val='3'/></w:numPr>", "item2"),
        ("<w:numPr><w:numId w:val='0'/></w:numPr>", "paragraph"),
        ("<w:outlineLvl w:val='2'/>", "heading3"),
        ("<w:outlineLvl w:val='9'/>", "paragraph"),
        ("<w:pStyle w:val='nowhere'/>", "paragraph"),
    ],
)
def test_paragraph_says_its_own_role(tmp_path: Path, properties: str, kind: str) -> None:
    def fill(word: WordDocument) -> None:
        word.add_paragraph("Before.")
        add_xml(word, f"<w:pPr>{properties}</w:pPr><w:r><w:t>Words</w:t></w:r>")

    assert outline(read_one(make(tmp_path / "a.docx", fill)))[1] == (kind, "Words")


def test_page_headers_are_no_text(tmp_path: Path) -> None:
    def fill(word: WordDocument) -> None:
        word.sections[0].header.paragraphs[0].text = "Confidential draft"
        word.add_paragraph("HER2 is a receptor.")

    assert read_one(make(tmp_path / "a.docx", fill)).text == "HER2 is a receptor."


def test_title_without_heading_comes_from_the_properties(tmp_path: Path) -> None:
    def fill(word: WordDocument) -> None:
        word.core_properties.title = "From the properties"
        word.add_paragraph("HER2 is a receptor.")

    assert read_one(make(tmp_path / "a.docx", fill)).title == "From the properties"


def test_word_file_is_known_without_its_suffix(tmp_path: Path) -> None:
    path = make(tmp_path / "a.docx", lambda word: word.add_paragraph("HER2."))
    assert read_one(write(tmp_path / "download", path.read_bytes())).text == "HER2."


def test_word_file_without_text_is_refused(tmp_path: Path) -> None:
    assert "holds no text" in refusal_of(make(tmp_path / "a.docx", lambda _: None))
