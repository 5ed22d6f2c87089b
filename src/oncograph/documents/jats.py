"""JATS XML, as PubMed Central and publishers give it: title, abstract and body, without reference lists."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from oncograph.documents.content import Content
from oncograph.documents.layout import Piece, find_title, join_pieces
from oncograph.documents.naming import RecordNames
from oncograph.documents.records import to_record
from oncograph.documents.refusal import Refusal, UnreadableError, show
from oncograph.documents.single import to_document
from oncograph.documents.walk import Role, raise_digits, walk_pieces
from oncograph.documents.xml import find_root, parse_tree, read_elements, to_text
from oncograph.model import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

SKIPPED = (
    "ref-list label object-id tex-math graphic media supplementary-material fn fn-group table-wrap-foot "
    "contrib-group permissions kwd-group attrib sec-meta processing-meta code def-head term-head"
)
NOT_PROSE = frozenset({"graphical", "teaser", "toc", "web-summary", "key-image"})
INLINE = (
    "italic bold sup sub sc underline monospace roman sans-serif overline strike styled-content named-content xref "
    "ext-link uri email abbrev abbr inline-formula alternatives math mi mn mo mrow msup msub inline-graphic "
    "milestone-start milestone-end break target related-article related-object chem-struct private-char "
    "inline-supplementary-material fixed-case season year"
)
ROLES = (
    {tag: Role("skip") for tag in SKIPPED.split()}
    | {tag: Role("inline") for tag in INLINE.split()}
    | {tag: Role("section") for tag in ("sec", "abstract", "trans-abstract", "app", "boxed-text")}
    | {tag: Role("heading") for tag in ("title", "subtitle")}
    | {tag: Role("list") for tag in ("list", "def-list")}
    | {tag: Role("item") for tag in ("list-item", "def-item")}
    | {tag: Role("cell") for tag in ("td", "th")}
    | {"tr": Role("row"), "p": Role("paragraph"), "article-title": Role("title", 1)}
)
CITED = frozenset({"bibr", "fn", "table-fn", "aff", "corresp"})
GROUP, SKIP = Role("group"), Role("skip")
NUMBERS = re.compile(r"(?!.*(?:19|20)\d\d)[\d\s,;*†‡§()\[\]–—-]*")
EMPTY_BRACKETS = re.compile(r"[\[(][\s,;–—-]*[\])]")
SPACED_BRACKETS = re.compile(r"\s*" + EMPTY_BRACKETS.pattern)
SPACED_STOP = re.compile(r"\s+(?=[.,;:](?:\s|$))")


def read_jats(content: Content) -> Iterator[Document | Refusal]:
    """Read one article, or every article of a set."""
    if find_root(content.head) == "article":
        yield _read_single(content)
        return
    names = RecordNames(content.file.id)
    empty = True
    with content.open() as stream:
        for article in read_elements(stream, "{*}article"):
            empty = False
            yield _read_one_of_many(content, names, article)
    if empty:
        raise UnreadableError("is a set of articles with none in it; fetch it again")


def _read_single(content: Content) -> Document:
    with content.open() as stream:
        digested = _Digested(stream)
        article = parse_tree(digested)  # type: ignore[arg-type]
    text, blocks = join_pieces(find_pieces(article))
    doc = to_document(content, b"", text, blocks, title=find_title(text, blocks))
    identifier = find_identifier(article) if content.data is not None else ""
    return replace(doc, sha256=digested.digest.hexdigest(), identifier=identifier or doc.identifier)


class _Digested:
    """A stream that takes the digest of what is read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.digest.update(data)
        return data


def _read_one_of_many(content: Content, names: RecordNames, article: _Element) -> Document | Refusal:
    identifier = find_identifier(article)
    if not identifier:
        return Refusal(show(content.file.path), "an article has neither PMC, PubMed nor DOI number; give it one")
    text, blocks = join_pieces(find_pieces(article))
    record_id = identifier.partition(":")[2]
    return to_record(content, names, record_id, (text, blocks), title=find_title(text, blocks), identifier=identifier)


def find_identifier(article: _Element) -> str:
    """Find the best identifier of an article: PMCID, else PMID, else DOI; the empty string without any."""
    found = {
        element.get("pub-id-type", ""): to_text(element)
        for element in article.iterfind("{*}front/{*}article-meta/{*}article-id")
    }
    pmc = found.get("pmcid") or found.get("pmc") or found.get("pmcaid")
    if pmc:
        return f"PMCID:PMC{pmc.upper().removeprefix('PMC')}"
    for kind, prefix in (("pmid", "PMID"), ("doi", "DOI")):
        if found.get(kind):
            return f"{prefix}:{found[kind]}"
    return ""


def find_pieces(article: _Element) -> Iterator[Piece]:
    """Give the pieces of title, abstracts and body, citation numbers left out."""
    raise_digits(article)
    meta = article.find("{*}front/{*}article-meta")
    if meta is None:
        meta = article.find("{*}front-stub")
    if meta is not None:
        yield Piece("title", _to_title(meta), 1)
        for abstract in meta.iterfind("{*}abstract"):
            if abstract.get("abstract-type", "") not in NOT_PROSE:
                yield from _find_section(abstract, heading="Abstract")
    body = article.find("{*}body")
    if body is not None:
        yield from _find_section(body)


def _to_title(meta: _Element) -> str:
    title = meta.find("{*}title-group/{*}article-title")
    return "" if title is None else " ".join(piece.text for piece in walk_pieces(title, _find_role))


def _find_section(section: _Element, *, heading: str = "") -> Iterator[Piece]:
    if heading and section.find("{*}title") is None:
        yield Piece("heading", heading, 2)
    for piece in walk_pieces(section, _find_role):
        text = _leave_out_citations(piece.text)
        yield replace(piece, text=text) if text != piece.text else piece


def _leave_out_citations(text: str) -> str:
    """Take out the brackets that citations stood in, and the space before them."""
    if EMPTY_BRACKETS.search(text) is None:
        return text
    return SPACED_STOP.sub("", SPACED_BRACKETS.sub("", text))


def _find_role(element: _Element) -> Role:
    tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if tag in ("xref", "sup") and _is_citation(element, tag):
        return SKIP
    if tag == "title" and _is_caption(element):
        return GROUP
    return ROLES.get(tag, GROUP)


def _is_citation(element: _Element, tag: str) -> bool:
    references = (element,) if tag == "xref" else element.iter("{*}xref")
    return any(reference.get("ref-type") in CITED for reference in references) and bool(
        NUMBERS.fullmatch("".join(element.itertext()))
    )


def _is_caption(element: _Element) -> bool:
    parent = element.getparent()
    return parent is not None and isinstance(parent.tag, str) and parent.tag.endswith("caption")
