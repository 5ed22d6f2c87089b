"""HTML: the main content of a page, without its navigation, scripts and furniture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from oncograph.documents.content import Content
from oncograph.documents.encoding import MARKS, decode_text
from oncograph.documents.layout import Piece, find_title, join_pieces
from oncograph.documents.refusal import UnreadableError
from oncograph.documents.single import to_document
from oncograph.documents.walk import Role, raise_digits, walk_pieces
from oncograph.documents.xml import to_text
from oncograph.model import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_BYTES = 50_000_000
# The parser compares every attribute of an element with every other.
MAX_ATTRIBUTES = 2_000
LONG_TAG = re.compile(r"<[A-Za-z][^>]{4000,}")
CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
NEVER_SHOWN = (
    "script style noscript template head svg math canvas object embed iframe audio video map select textarea "
    "button form input dialog datalist nav footer aside menu"
)
FURNITURE_ROLES = "navigation banner contentinfo search complementary dialog alertdialog menu menubar toolbar"
# Whole class names and ids, with a prefix at most: "page-nav" is furniture, "cancer-related" and "download" are not.
FURNITURE = re.compile(
    r"(?:[a-z]+[_-])?(?:"
    r"nav|navbar|navigation|menu|breadcrumbs?|sidebar|masthead|pagination|pager|toc|table-of-contents|reflist|"
    r"(?:cookie|consent|newsletter|subscribe|signup)s?(?:[_-]+\w+)*|"
    r"(?:social|share|sharing)[_-]+(?:media|share|sharing|links?|icons?|buttons?|bar|tools?|this|widget)|"
    r"(?:related|recommended|further)[_-]+(?:links?|articles?|contents?|posts?|topics?|pages?|stories|items?)|"
    r"comments?(?:[_-]+(?:section|list|area|form|thread))?|(?:ad|ads|advert\w*)(?:[_-]+(?:container|slot|banner|unit))?|"
    r"skip-?(?:link|nav|to-content)|sr-only|visually-?hidden|screen-reader-text|print-only|no-?print|"
    r"site[_-]+(?:header|footer)|page[_-]+footer|mw-editsection|back-to-top"
    r")",
    re.IGNORECASE,
)
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
HEADINGS = {f"h{level}": Role("heading", level) for level in range(1, 7)}
INLINE = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q ruby rb s samp small span "
    "strike strong sub sup time tt u var wbr"
)
ROLES = (
    HEADINGS
    | {tag: Role("inline") for tag in INLINE.split()}
    | {tag: Role("list") for tag in ("ul", "ol", "dir")}
    | {tag: Role("cell") for tag in ("td", "th")}
    | {tag: Role("skip") for tag in NEVER_SHOWN.split()}
    | {"li": Role("item"), "tr": Role("row"), "br": Role("inline"), "hr": Role("break"), "p": Role("paragraph")}
)
SKIP, GROUP = Role("skip"), Role("group")


def read_html(content: Content) -> Iterator[Document]:
    """Read a web page as one document; its first main heading is the title."""
    data = content.read(max_bytes=MAX_BYTES)
    root = parse_html(decode_html(data))
    main = find_main(root)
    pieces = list(find_pieces(main))
    text, blocks = join_pieces(_put_title(pieces, root, main))
    title = find_title(text, blocks) or to_text(root.find(".//title"))
    yield to_document(content, data, text, blocks, title=title)


def decode_html(data: bytes) -> str:
    """Decode a page: by byte order mark, then by the charset it names when that fits, else as any text."""
    named = CHARSET.search(data[:4096])
    if named and not data.startswith(tuple(mark for mark, _ in MARKS)) and b"\0" not in data:
        try:
            return data.decode(_web_name(named[1].decode("ascii")))
        except (LookupError, UnicodeDecodeError):
            pass
    return decode_text(data)


def parse_html(text: str) -> _Element:
    """Parse a page, however untidy.

    Raises:
        UnreadableError: There is nothing in it.
    """
    from lxml import etree

    if any(len(tag[0].split()) > MAX_ATTRIBUTES for tag in LONG_TAG.finditer(text)):
        raise UnreadableError("is HTML with thousands of attributes on one element; save its main part as text")
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if any("depth" in error.message for error in parser.error_log):
        raise UnreadableError("is HTML nested too deeply to be read whole; save its main part as text")
    if root is None:
        raise UnreadableError("is HTML without content; leave it out")
    raise_digits(root, "sup")
    _space_breaks(root)
    return root


def find_main(root: _Element) -> _Element:
    """Find the element that holds the main content: `main`, a single `article`, or the whole body."""
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = root.findall(path)
        if len(found) == 1 and to_text(found[0]):
            return found[0]
    body = root.find("body")
    return root if body is None else body


def find_pieces(main: _Element) -> Iterator[Piece]:
    """Give the pieces of the main content, furniture left out."""
    inside = main.tag != "body"

    def find_role(element: _Element) -> Role:
        if element is main:
            return GROUP
        return _find_role(element, inside=inside)

    return walk_pieces(main, find_role)


def _find_role(element: _Element, *, inside: bool) -> Role:
    tag = element.tag if isinstance(element.tag, str) else ""
    role = ROLES.get(tag, GROUP)
    if role is not SKIP and _is_furniture(element, tag, inside=inside):
        return SKIP
    return role


def _is_furniture(element: _Element, tag: str, *, inside: bool) -> bool:
    if tag == "header":
        return not inside and element.find(".//h1") is None
    if tag == "sup":
        return any((link.get("href") or "").startswith("#") for link in element.iter("a"))
    attributes = element.attrib
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if attributes.get("role", "-") in FURNITURE_ROLES.split() or HIDDEN_STYLE.search(attributes.get("style", "")):
        return True
    if tag in HEADINGS or tag in ("html", "body", "main", "article"):
        return False
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}".split()
    return any(FURNITURE.fullmatch(name) for name in names)


def _put_title(pieces: list[Piece], root: _Element, main: _Element) -> list[Piece]:
    """Make the first main heading the title, fetching it from above the main content where it stands there."""
    for number, piece in enumerate(pieces):
        if piece.kind == "heading" and piece.level == 1:
            return [*pieces[:number], replace(piece, kind="title"), *pieces[number + 1 :]]
    heading = root.find(".//h1")
    if heading is None or main in heading.iterancestors():
        return pieces
    return [Piece("title", to_text(heading), 1), *pieces]


def _space_breaks(root: _Element) -> None:
    """Turn a line break into a space, and two in a row into the end of a paragraph."""
    for element in root.iter("br"):
        after = element.getnext()
        if after is not None and after.tag == "br" and not (element.tail or "").strip():
            element.tag = "hr"
        else:
            element.tail = " " + (element.tail or "")


def _web_name(charset: str) -> str:
    """Browsers read Latin-1 and ASCII as Windows-1252."""
    return "cp1252" if charset.lower() in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii") else charset
