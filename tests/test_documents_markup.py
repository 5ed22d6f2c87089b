"""Markdown and HTML: the words that are shown, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from document_samples import ARTICLES, check_blocks, outline, read_one, refusal_of, write
from oncograph.documents.html import decode_html
from oncograph.documents.layout import join_pieces
from oncograph.documents.markdown import find_pieces
from oncograph.model import Document


def test_markdown_gives_rendered_text_with_its_roles() -> None:
    doc = read_one(ARTICLES / "notes.md")
    assert doc.title == "RET in lung cancer"
    assert doc.media_type == "text/markdown"
    assert outline(doc) == [
        ("title1", "RET in lung cancer"),
        ("paragraph", "Selpercatinib inhibits RET, and so does pralsetinib."),
        ("item1", "First item"),
        ("item2", "nested item"),
        ("paragraph", "with a paragraph"),
        ("item1", "Second item & last"),
        ("paragraph", "Drug"),
        ("paragraph", "Target"),
        ("paragraph", "selpercatinib"),
        ("paragraph", "RET"),
        ("paragraph", "Shown in a box."),
        ("paragraph", "Inline bold and the end."),
    ]


def test_markdown_code_is_text_but_no_prose() -> None:
    doc = read_one(ARTICLES / "notes.md")
    assert "crizotinib inhibits ALK" in doc.text
    assert not [words for _, words in outline(doc) if "crizotinib" in words]


def test_reference_list_is_text_but_no_prose() -> None:
    doc = read_one(ARTICLES / "notes.md")
    assert "Gefitinib inhibits EGFR." in doc.text
    assert not [words for _, words in outline(doc) if "Gefitinib" in words]


def test_reading_goes_on_after_the_reference_list(tmp_path: Path) -> None:
    text = "# A\n\n## References\n\n### Books\n\nUnread.\n\n## Appendix\n\nRead.\n"
    assert outline(read_one(write(tmp_path / "a.md", text))) == [
        ("title1", "A"),
        ("heading2", "Appendix"),
        ("paragraph", "Read."),
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: 'Quoted: title'\n---\nText.", "Quoted: title"),
        ("---\nauthor: x\n---\nText.", "a"),
        ("## Second level\n\nText.", "a"),
        ("Underlined\n==========\n\nText.", "Underlined"),
    ],
)
def test_markdown_title(tmp_path: Path, text: str, title: str) -> None:
    assert read_one(write(tmp_path / "a.md", text)).title == title


@settings(deadline=None)
@given(st.lists(st.sampled_from(["# ", "- ", "  ", "1. ", "> ", "|", "`", "*", "HER2 ", "\n", "\n\n", "<b>", "---"])))
def test_any_markdown_gives_blocks_in_order(parts: list[str]) -> None:
    text, blocks = join_pieces(find_pieces("".join(parts)))
    check_blocks(Document("a", "a", text, blocks))


def test_html_gives_main_content_with_its_roles() -> None:
    doc = read_one(ARTICLES / "page.html")
    assert doc.title == "HER2 and breast cancer"
    assert outline(doc) == [
        ("title1", "HER2 and breast cancer"),
        ("paragraph", "HER2 is a receptor. It makes cells grow, and is found on 10⁶ of them."),
        ("heading2", "Drugs"),
        ("paragraph", "These drugs target HER2:"),
        ("item1", "trastuzumab"),
        ("item2", "Herceptin"),
        ("item1", "pertuzumab"),
        ("paragraph", "Test"),
        ("paragraph", "Measures"),
        ("paragraph", "IHC"),
        ("paragraph", "protein"),
    ]


@pytest.mark.parametrize(
    "words",
    ["Gefitinib", "Imatinib", "osimertinib", "newsletter", "Home", "Types of cancer", "rights reserved", "cetuximab"],
)
def test_html_furniture_is_no_text(words: str) -> None:
    assert words not in read_one(ARTICLES / "page.html").text


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>{}</script>",
        "<style>{}</style>",
        "<noscript>{}</noscript>",
        "<template>{}</template>",
        "<SCRIPT type='text/plain'>{}</SCRIPT>",
        "<div style='display: none'>{}</div>",
        "<div aria-hidden='true'>{}</div>",
        "<div role='navigation'>{}</div>",
        "<nav><p>{}</p></nav>",
        "<footer>{}</footer>",
        "<form><p>{}</p></form>",
        "<div class='share-buttons'>{}</div>",
        "<ul class='page-nav'><li>{}</li></ul>",
        "<div id='related-articles'>{}</div>",
        "<div class='x cookie-banner y'>{}</div>",
        "<svg><text>{}</text></svg>",
        "<!-- {} -->",
        "<p title='{}'></p>",
        "<img alt='{}'>",
    ],
)
def test_html_hidden_words_are_no_text(tmp_path: Path, hidden: str) -> None:
    page = f"<html><body><p>Shown before.</p>{hidden.format('secret words')}<p>Shown after.</p></body></html>"
    assert outline(read_one(write(tmp_path / "a.html", page))) == [
        ("paragraph", "Shown before."),
        ("paragraph", "Shown after."),
    ]


def test_html_classes_that_only_look_like_furniture_stay(tmp_path: Path) -> None:
    names = "download adsorption cancer-related market-share anti-social"
    page = f"<body><p class='{names}'>Kept.</p><h2 id='references-to-her2'>Kept too</h2>"
    assert [words for _, words in outline(read_one(write(tmp_path / "a.html", page)))] == ["Kept.", "Kept too"]


def test_html_heading_above_the_main_part_is_the_title(tmp_path: Path) -> None:
    page = "<title>Site</title><body><header><h1>HER2</h1></header><main><p>A receptor.</p></main>"
    doc = read_one(write(tmp_path / "a.html", page))
    assert outline(doc) == [("title1", "HER2"), ("paragraph", "A receptor.")]


def test_html_without_headings_takes_its_title_from_its_head(tmp_path: Path) -> None:
    doc = read_one(write(tmp_path / "a.html", "<title>HER2 &amp; cancer</title><p>A receptor.</p>"))
    assert doc.title == "HER2 & cancer"
    assert doc.text == "A receptor."


def test_html_words_in_text_stay_text(tmp_path: Path) -> None:
    doc = read_one(write(tmp_path / "a.html", "<p>Write &lt;script&gt;alert(1)&lt;/script&gt; here.</p>"))
    assert doc.text == "Write <script>alert(1)</script> here."


def test_html_two_breaks_part_paragraphs(tmp_path: Path) -> None:
    doc = read_one(write(tmp_path / "a.html", "<body>One<br>line.<br><br>Another.<br> <br>Third.</body>"))
    assert [words for _, words in outline(doc)] == ["One line.", "Another.", "Third."]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('<meta charset="windows-1252"><p>5 € naïve</p>'.encode("cp1252"), "5 € naïve"),
        ('<meta charset="iso-8859-1"><p>5 € naïve</p>'.encode("cp1252"), "5 € naïve"),
        ('<meta charset="shift_jis"><p>癌</p>'.encode("shift_jis"), "癌"),
        ('<meta charset="nonsense"><p>naïve</p>'.encode(), "naïve"),
        ('<meta charset="utf-8"><p>naïve</p>'.encode("cp1252"), "naïve"),
        ("<p>naïve</p>".encode("utf-16"), "naïve"),
    ],
)
def test_html_charset(data: bytes, text: str) -> None:
    assert text in decode_html(data)


def test_html_in_a_text_file_is_read_as_html(tmp_path: Path) -> None:
    doc = read_one(write(tmp_path / "a.txt", "<!DOCTYPE html><html><body><p>HER2</p></body></html>"))
    assert (doc.media_type, doc.text) == ("text/html", "HER2")


@pytest.mark.parametrize("page", ["<html><body></body></html>", "<html><script>x</script></html>"])
def test_html_without_words_is_refused(tmp_path: Path, page: str) -> None:
    assert "holds no text" in refusal_of(write(tmp_path / "a.html", page))


TAGS = [
    "<p>",
    "</p>",
    "<ul>",
    "<li>",
    "</ul>",
    "<h1>",
    "</h1>",
    "<table>",
    "<td>",
    "<tr>",
    "<br>",
    "HER2 ",
    "&amp;",
    "<",
]


@given(st.lists(st.sampled_from(TAGS)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_html_gives_blocks_in_order(tmp_path: Path, parts: list[str]) -> None:
    doc = read_one(write(tmp_path / "a.html", "<body>HER2" + "".join(parts)))
    assert doc.text.startswith("HER2")
