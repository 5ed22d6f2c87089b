"""PubMed and MEDLINE XML: one document an article, made of its title and abstract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oncograph.documents.content import Content
from oncograph.documents.layout import Piece, find_title, join_pieces
from oncograph.documents.naming import RecordNames
from oncograph.documents.records import to_record
from oncograph.documents.refusal import Refusal, show
from oncograph.documents.walk import raise_digits
from oncograph.documents.xml import read_elements, to_text
from oncograph.model import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

ARTICLES = ("MedlineCitation", "BookDocument")


def read_pubmed(content: Content) -> Iterator[Document | Refusal]:
    """Read the articles of a PubMed file one after the other, in constant memory."""
    names = RecordNames(content.file.id)
    with content.open() as stream:
        for element in read_elements(stream, *ARTICLES):
            yield _read_article(content, names, element)


def _read_article(content: Content, names: RecordNames, element: _Element) -> Document | Refusal:
    pmid = to_text(element.find("PMID"))
    if not pmid:
        line = element.sourceline
        return Refusal(show(content.file.path), f"the article that ends before line {line} has no PMID; give it one")
    raise_digits(element, "sup")
    text, blocks = join_pieces(find_pieces(element))
    title = find_title(text, blocks)
    return to_record(content, names, pmid, (text, blocks), title=title, identifier=f"PMID:{pmid}")


def find_pieces(element: _Element) -> Iterator[Piece]:
    """Give the title and the sections of the abstract, their labels as headings."""
    article = element.find("Article") if element.tag == "MedlineCitation" else element
    if article is None:
        return
    title = to_text(article.find("ArticleTitle")) or to_text(article.find("Book/BookTitle"))
    yield Piece("title", title, 1)
    for section in article.iterfind("Abstract/AbstractText"):
        yield Piece("heading", section.get("Label", "").strip(), 2)
        yield Piece("paragraph", to_text(section))
