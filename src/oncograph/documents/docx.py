"""Word documents: headings, paragraphs, list items and table cells, with insertions and without deletions."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from oncograph.documents.content import Content
from oncograph.documents.layout import Piece, find_title, join_pieces
from oncograph.documents.refusal import UnreadableError, show
from oncograph.documents.single import to_document
from oncograph.documents.walk import Role
from oncograph.model import Document

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from lxml.etree import _Element

MAX_PART = 100_000_000
MAX_PARTS = 20_000
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HIDDEN = frozenset({f"{W}del", f"{W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"})
BREAKS = frozenset({f"{W}tab", f"{W}br", f"{W}cr", f"{W}ptab"})
NOT_WORD = "is no Word file that can be read ({what}); open it in Word and save it again as .docx"


def read_docx(content: Content) -> Iterator[Document]:
    """Read a Word file as one document; page headers, footers and deleted text are left out."""
    data = content.read()
    _check_package(data)
    word = _open_word(data)
    text, blocks = join_pieces(_mark_title(find_pieces(word)))
    title = find_title(text, blocks) or word.core_properties.title
    yield to_document(content, data, text, blocks, title=title)


def _check_package(data: bytes) -> None:
    """Refuse a package that would fill the memory when unpacked, before anything is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UnreadableError(NOT_WORD.format(what=show(str(error)))) from error
    if "word/document.xml" not in {part.filename for part in parts}:
        raise UnreadableError("is a ZIP or Office file without a Word document; save it as .docx")
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableError("is encrypted; save a copy without a password")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_PART:
        limit = MAX_PART // 1_000_000
        size = f"{unpacked / 1e6:,.0f} MB in {len(parts):,} parts"
        raise UnreadableError(f"unpacks to {size} (the limit is {limit} MB); split it or take its pictures out")


def _open_word(data: bytes) -> WordDocument:
    """Open a package; python-docx reports damage by whatever error it meets, all of them the file's fault."""
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import XMLSyntaxError

    try:
        word = docx.Document(io.BytesIO(data))
        _ = word.element.body, word.styles.element
    except XMLSyntaxError as error:
        raise UnreadableError(NOT_WORD.format(what=f"malformed XML: {show(error.msg or '')}")) from error
    except (OpcError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableError(NOT_WORD.format(what=show(str(error)))) from error
    except (KeyError, ValueError, AttributeError, TypeError, IndexError) as error:
        raise UnreadableError(NOT_WORD.format(what="its parts are missing or do not fit")) from error
    if word.element.body is None:
        raise UnreadableError(NOT_WORD.format(what="it has no body"))
    return word


def find_pieces(word: WordDocument) -> Iterator[Piece]:
    """Give the pieces of a Word document in order, those of its tables cell by cell."""
    roles = find_style_roles(word)
    row: _Element | None = None
    for paragraph in word.element.body.iter(f"{W}p"):
        text = show_paragraph(paragraph)
        if not text or any(ancestor.tag in HIDDEN for ancestor in paragraph.iterancestors()):
            continue
        cell = next(paragraph.iterancestors(f"{W}tc"), None)
        if cell is None:
            yield _to_piece(paragraph, text, roles)
        else:
            first = cell.getparent() is not row
            row = cell.getparent()
            yield Piece("paragraph", text, gap="\n" if first else "\t")


def find_style_roles(word: WordDocument) -> dict[str, Role]:
    """Find the role of every paragraph style, as it says itself or as the style it is based on does."""
    styles = {style.get(f"{W}styleId", ""): style for style in word.styles.element.iterfind(f"{W}style")}
    roles: dict[str, Role] = {}
    for name in styles:
        chain: list[str] = []
        while name in styles and name not in chain:
            chain.append(name)
            name = _value(styles[name].find(f"{W}basedOn"))
        found = (role for style in chain if (role := _find_style_role(styles[style])) is not None)
        roles[chain[0]] = next(found, Role("paragraph"))
    return roles


def _find_style_role(style: _Element) -> Role | None:
    name = _value(style.find(f"{W}name")).lower()
    if name == "title":
        return Role("title", 1)
    if name.startswith("toc "):
        return Role("")
    if name.startswith("heading ") and name[8:].isdecimal():
        return Role("heading", min(int(name[8:]), 6))
    if name.startswith("list ") and name != "list paragraph":
        return Role("item", int(name[-1]) if name[-1].isdecimal() else 1)
    return _find_own_role(style.find(f"{W}pPr"))


def _find_own_role(properties: _Element | None) -> Role | None:
    """Read what a paragraph or style sets itself: its outline level, its list."""
    if properties is None:
        return None
    outline = _value(properties.find(f"{W}outlineLvl"))
    if outline.isdecimal() and int(outline) < 9:
        return Role("heading", min(int(outline) + 1, 6))
    number = properties.find(f"{W}numPr")
    if number is not None and _value(number.find(f"{W}numId")) != "0":
        level = _value(number.find(f"{W}ilvl"))
        return Role("item", int(level) + 1 if level.isdecimal() else 1)
    return None


def _to_piece(paragraph: _Element, text: str, roles: dict[str, Role]) -> Piece:
    properties = paragraph.find(f"{W}pPr")
    style = roles.get(_value(properties.find(f"{W}pStyle"))) if properties is not None else None
    role = style or Role("paragraph")
    if role.kind in ("paragraph", "item"):
        role = _find_own_role(properties) or role
    return Piece(role.kind, text, role.level, gap="\n" if role.kind == "item" else "\n\n")


def show_paragraph(paragraph: _Element) -> str:
    """Give the text of a paragraph without what is deleted, in a text box of its own, or an instruction of a field."""
    words: list[str] = []
    for element in paragraph.iter(f"{W}t", f"{W}noBreakHyphen", *BREAKS):
        if not _is_shown(element, paragraph):
            continue
        if element.tag in BREAKS:
            words.append(" ")
        else:
            words.append("-" if element.tag == f"{W}noBreakHyphen" else element.text or "")
    return " ".join("".join(words).split())


def _is_shown(element: _Element, paragraph: _Element) -> bool:
    for ancestor in element.iterancestors():
        if ancestor is paragraph:
            return True
        if ancestor.tag in HIDDEN or ancestor.tag in (f"{W}p", f"{W}tabs"):
            return False
    return False


def _mark_title(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Take a first-level heading at the top of the document for its title, where no style says title."""
    for number, piece in enumerate(pieces):
        if number == 0 and piece.kind == "heading" and piece.level == 1:
            piece = replace(piece, kind="title")
        yield piece


def _value(element: Any) -> str:
    return "" if element is None else element.get(f"{W}val", "")
