"""PubMed and MEDLINE XML: one document an article, made of its title and abstract."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from oncograph.documents.content import Content
from oncograph.documents.layout import Piece, find_title, join_pieces
from oncograph.documents.naming import RecordNames
from oncograph.documents.records import to_record
from oncograph.documents.refusal import Refusal, UnreadableError, show
from oncograph.documents.slices import Slice, can_be_cut, cut_elements
from oncograph.documents.walk import raise_digits
from oncograph.documents.xml import XMLParser, read_elements, to_text
from oncograph.model import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

ARTICLES = ("MedlineCitation", "BookDocument")
WRAPPERS = ("PubmedArticle", "PubmedBookArticle")
SETS = ("PubmedArticleSet", "PubmedBookArticleSet", "MedlineCitationSet")
DELETIONS = ("DeleteCitation", "DeleteDocument")
PMID = rb'<PMID(?:\s+Version="(\d{1,9})")?[^>]*>\s*(\d{1,18})\s*</PMID>'
OWN_PMID = re.compile(rb"<(?:MedlineCitation|BookDocument)(?:\s[^>]*)?>\s*" + PMID)
ANY_PMID = re.compile(PMID)


def read_pubmed(content: Content) -> Iterator[Document | Refusal]:
    """Read the articles of a PubMed file one after the other, in constant memory; a broken one costs only itself.

    Of articles with the same PMID the one of the highest version is read, and of those the last; what the file's list
    of deletions names after it is not read.
    """
    names = RecordNames(content.file.id)
    if not can_be_cut(content.head):
        with content.open() as stream:
            for element in read_elements(stream, *ARTICLES):
                yield _read_article(content, names, element, f"the article that ends before line {element.sourceline}")
        return
    valid = _rank_articles(content)
    parser = XMLParser()
    for number, piece in _cut(content):
        if isinstance(piece, str):
            yield Refusal(show(content.file.path), piece)
        elif piece.tag not in DELETIONS:
            yield _read_slice(content, names, parser, piece, number, valid)


def _cut(content: Content) -> Iterator[tuple[int, Slice | str]]:
    with content.open() as stream:
        yield from enumerate(cut_elements(stream, (*WRAPPERS, *ARTICLES, *DELETIONS), around=SETS))


def _rank_articles(content: Content) -> dict[int, int]:
    """Find the rank (version, then place) of the valid article of each PMID; 0 where it is deleted."""
    ranks: dict[int, int] = {}
    try:
        for number, piece in _cut(content):
            if isinstance(piece, str):
                continue
            if piece.tag in DELETIONS:
                ranks.update((int(found[2]), 0) for found in ANY_PMID.finditer(piece.data))
            elif found := OWN_PMID.search(piece.data):
                pmid = int(found[2])
                ranks[pmid] = max(ranks.get(pmid, 0), _rank(found, number))
    except UnreadableError:
        pass  # told when the articles are read
    return ranks


def _rank(found: re.Match[bytes], number: int) -> int:
    return int(found[1] or 1) << 40 | number


def _read_slice(
    content: Content, names: RecordNames, parser: XMLParser, piece: Slice, number: int, valid: Mapping[int, int]
) -> Document | Refusal:
    place = f"the article at line {piece.line}"
    found = OWN_PMID.search(piece.data)
    if found:
        pmid = int(found[2])
        place += f" (PMID {pmid})"
        if valid[pmid] != _rank(found, number):
            why = "a later version of it stands in the file" if valid[pmid] else "the file says that it is deleted"
            return Refusal(show(content.file.path), f"{place} is left out: {why}")
    try:
        root = parser.parse(piece.data, line=piece.line)
    except UnreadableError as error:
        return Refusal(show(content.file.path), f"{place} {error}")
    element = root if root.tag in ARTICLES else next(root.iterchildren(*ARTICLES), None)
    if element is None:
        return Refusal(show(content.file.path), f"{place} has no citation; take it out")
    return _read_article(content, names, element, place)


def _read_article(content: Content, names: RecordNames, element: _Element, place: str) -> Document | Refusal:
    pmid = to_text(element.find("PMID"))
    if not pmid:
        return Refusal(show(content.file.path), f"{place} has no PMID; give it one")
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
