"""PDF files, made by ReportLab in the ways that real ones are laid out."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, ListFlowable, ListItem, PageTemplate, Paragraph

from document_samples import outline, read_one, refusal_of, write
from oncograph.documents.layout import join_pieces
from oncograph.documents.pdf_layout import SOFT_HYPHEN, Page, Word, find_pieces, join_lines

STYLES = getSampleStyleSheet()
SENTENCES = [
    f"Drug {chr(65 + n)}{m} targets receptor {m} in many patients with breast cancer, as trial {n} showed at length."
    for n in range(6)
    for m in range(9)
]


def draw(path: Path, paint: Callable[[Canvas], None], **options: object) -> Path:
    canvas = Canvas(str(path), pagesize=A4, invariant=1, **options)
    paint(canvas)
    canvas.save()
    return path


def lines(*words: str, x: float = 50, y: float = 780, step: float = 13) -> Callable[[Canvas], None]:
    def paint(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for number, line in enumerate(words):
            canvas.drawString(x, y - number * step, line)

    return paint


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A paper in two columns over several pages, with running head, page numbers, headings and lists."""
    path = tmp_path_factory.mktemp("pdf") / "paper.pdf"
    doc = BaseDocTemplate(str(path), pagesize=A4, invariant=1)
    columns = [Frame(50, 60, 240, 720, id="left"), Frame(305, 60, 240, 720, id="right")]

    def furnish(canvas: Canvas, layout: BaseDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, 815, f"Invented Journal of Oncology 12 ({layout.page}) 345")
        canvas.drawCentredString(297, 20, str(layout.page))

    doc.addPageTemplates([PageTemplate(frames=columns, onPage=furnish)])
    story = [Paragraph("Receptors as targets: a review", STYLES["Title"])]
    for number in range(6):
        story.append(Paragraph(f"{number + 1}. Receptors of kind {number + 1}", STYLES["Heading2"]))
        story.append(Paragraph(" ".join(SENTENCES[number * 9 : number * 9 + 9]), STYLES["BodyText"]))
        story.append(Paragraph(" ".join(reversed(SENTENCES)), STYLES["BodyText"]))
        points = [ListItem(Paragraph(f"point {number} {n}", STYLES["BodyText"])) for n in "ab"]
        story.append(ListFlowable(points, bulletType="bullet"))
    story.append(Paragraph("References", STYLES["Heading2"]))
    story.append(Paragraph("1. Gefitinib inhibits EGFR. A journal.", STYLES["BodyText"]))
    doc.build(story)
    return path


def test_two_columns_are_read_one_after_the_other(paper: Path) -> None:
    prose = [words for kind, words in outline(read_one(paper)) if kind == "paragraph"]
    expected = [words for n in range(6) for words in (*SENTENCES[n * 9 : n * 9 + 9], *SENTENCES[::-1])]
    assert " ".join(prose) == " ".join(expected)
    assert 12 <= len(prose) <= 18


def test_title_headings_and_items_are_found(paper: Path) -> None:
    doc = read_one(paper)
    assert doc.title == "Receptors as targets: a review"
    marked = [block for block in outline(doc) if block[0] != "paragraph"]
    assert marked[:4] == [
        ("title1", "Receptors as targets: a review"),
        ("heading2", "1. Receptors of kind 1"),
        ("item1", "point 0 a"),
        ("item1", "point 0 b"),
    ]
    assert len(marked) == 19


def test_running_head_and_page_numbers_are_left_out(paper: Path) -> None:
    text = read_one(paper).text
    assert "Invented Journal" not in text
    assert not [line for line in text.splitlines() if line.strip().isdigit()]


def test_pages_of_one_line_that_are_alike_are_read(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        for _ in range(3):
            lines("HER2 is a receptor.")(canvas)
            canvas.showPage()

    assert "HER2 is a receptor." in read_one(draw(tmp_path / "a.pdf", paint)).text


def test_references_are_text_but_no_prose(paper: Path) -> None:
    doc = read_one(paper)
    assert "Gefitinib inhibits EGFR" in doc.text
    assert not [words for _, words in outline(doc) if "Gefitinib" in words or "References" in words]


def test_reading_twice_gives_the_same(paper: Path) -> None:
    assert read_one(paper) == read_one(paper)


def test_columns_drawn_across_are_parted(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(
            50, 800, "This first line runs over the whole width of the page, above both of the columns of it."
        )
        for n in range(12):
            canvas.drawString(50, 770 - 13 * n, f"left words {n} about EGFR and its")
            canvas.drawString(310, 770 - 13 * n, f"right words {n} about HER2 and its")

    text = read_one(draw(tmp_path / "a.pdf", paint)).text
    assert text.index("left words 11") < text.index("right words 0")
    assert text.index("both of the columns") < text.index("left words 0")


def test_lines_are_joined_and_paragraphs_parted(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        lines("Olaparib inhibits the enzyme", "PARP1 in many tumours.")(canvas)
        lines("Niraparib does so", "too.", y=740)(canvas)

    doc = read_one(draw(tmp_path / "a.pdf", paint))
    assert [words for _, words in outline(doc)] == [
        "Olaparib inhibits the enzyme PARP1 in many tumours.",
        "Niraparib does so too.",
    ]


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("measured by immuno-", "histochemistry in the", "measured by immunohistochemistry in the"),
        ("a HER2-", "positive tumour", "a HER2-positive tumour"),
        ("a hormone-", "driven tumour", "a hormone-driven tumour"),
        ("an anti-", "body and an antibody", "an antibody and an antibody"),
        ("an X-", "ray is taken", "an X-ray is taken"),
        ("a dash -", "and more", "a dash - and more"),
    ],
)
def test_hyphen_at_the_end_of_a_line(tmp_path: Path, first: str, second: str, joined: str) -> None:
    assert read_one(draw(tmp_path / "a.pdf", lines(first, second))).text == joined


@given(st.lists(st.text(f"ab-{SOFT_HYPHEN} ", min_size=1)), st.sets(st.text("ab")))
def test_joining_leaves_no_mark_and_loses_no_letter(parts: list[str], words: set[str]) -> None:
    joined = join_lines(parts, words)
    assert SOFT_HYPHEN not in joined
    assert [char for char in joined if char in "ab"] == [char for char in "".join(parts) if char in "ab"]


def test_raised_citation_numbers_are_left_out_and_exponents_kept(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        text = canvas.beginText(50, 780)
        for words, rise in (("HER2 is amplified.", 0), ("12,13", 4), (" Some 10", 0), ("9", 4), (" cells grew.", 0)):
            text.setFont("Helvetica", 6 if rise else 10)
            text.setRise(rise)
            text.textOut(words)
        canvas.drawText(text)

    assert read_one(draw(tmp_path / "a.pdf", paint)).text == "HER2 is amplified. Some 109 cells grew."


def test_stamp_in_the_margin_is_left_out(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        lines("HER2 is a receptor.")(canvas)
        canvas.rotate(90)
        canvas.drawString(300, -20, "preprint server stamp")

    assert read_one(draw(tmp_path / "a.pdf", paint)).text == "HER2 is a receptor."


def test_table_cells_stand_apart(tmp_path: Path) -> None:
    def paint(canvas: Canvas) -> None:
        lines("drug", "olaparib", "imatinib")(canvas)
        lines("target", "PARP1", "ABL1", x=300)(canvas)

    def paint_rows(canvas: Canvas) -> None:
        for number, row in enumerate((("drug", "target"), ("olaparib", "PARP1"), ("imatinib", "ABL1"))):
            lines(row[0], y=780 - 13 * number)(canvas)
            lines(row[1], x=300, y=780 - 13 * number)(canvas)

    for way in (paint, paint_rows):
        text = read_one(draw(tmp_path / "a.pdf", way)).text
        assert "drug target" not in text
        assert "olaparib PARP1" not in text


def test_encrypted_pdf_is_refused(tmp_path: Path) -> None:
    path = draw(tmp_path / "a.pdf", lines("Secret HER2."), encrypt=StandardEncryption("user", "owner"))
    assert refusal_of(path) == f"{path}: is encrypted; save a copy without a password"


def test_pdf_that_opens_without_a_password_is_read(tmp_path: Path) -> None:
    encryption = StandardEncryption("", "owner", canPrint=0)
    assert read_one(draw(tmp_path / "a.pdf", lines("Open HER2."), encrypt=encryption)).text == "Open HER2."


def test_scan_is_refused(tmp_path: Path) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    def paint(canvas: Canvas) -> None:
        picture = io.BytesIO()
        Image.new("RGB", (50, 50), "red").save(picture, "PNG")
        canvas.drawImage(ImageReader(picture), 100, 100)

    assert "is a PDF without text, such as a scan; run text recognition" in refusal_of(draw(tmp_path / "a.pdf", paint))


def test_page_number_alone_is_no_text(tmp_path: Path) -> None:
    assert "is a PDF without text" in refusal_of(draw(tmp_path / "a.pdf", lines("1", x=300, y=20)))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_cut_off_pdf_is_read_or_refused(paper: Path, tmp_path: Path, share: float) -> None:
    data = paper.read_bytes()
    refusal = refusal_of(write(tmp_path / "a.pdf", data[: int(len(data) * share)]))
    assert "too damaged to open" in refusal or "without text" in refusal


WORDS = st.builds(
    Word,
    text=st.text("aB1-.•" + SOFT_HYPHEN, min_size=1, max_size=5),
    left=st.floats(0, 500),
    right=st.floats(0, 500),
    base=st.floats(0, 800),
    size=st.sampled_from([6.0, 10.0, 14.0]),
    bold=st.booleans(),
)


@given(st.lists(st.lists(WORDS, max_size=20), max_size=3))
def test_any_words_anywhere_give_pieces(pages: list[list[Word]]) -> None:
    built = [Page(number, 800, tuple(words)) for number, words in enumerate(pages)]
    text, blocks = join_pieces(find_pieces(built))
    assert SOFT_HYPHEN not in text
    assert all(0 <= block.start < block.end <= len(text) for block in blocks)
