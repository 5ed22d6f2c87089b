"""Markdown: the text as it is shown, without its markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from oncograph.documents import html
from oncograph.documents.content import Content
from oncograph.documents.encoding import decode_text
from oncograph.documents.layout import Piece, find_title, join_pieces
from oncograph.documents.single import to_document
from oncograph.model import Document

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

MAX_BYTES = 5_000_000
# Emphasis and links take quadratic time in hostile paragraphs; one that is longer keeps its markup.
MAX_INLINE = 20_000
MAX_NESTING = 100
FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?\r?\n)??(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
FRONT_TITLE = re.compile(r"^title:[ \t]*([\"']?)(.*?)\1[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
HIDDEN_TAG = re.compile(r"<(/?)(script|style)\b", re.IGNORECASE)


def read_markdown(content: Content) -> Iterator[Document]:
    """Read a Markdown file as one document; its first heading of the first level is the title."""
    data = content.read(max_bytes=MAX_BYTES)
    source = decode_text(data)
    front = FRONT_MATTER.match(source)
    named = FRONT_TITLE.search(front[0]) if front else None
    text, blocks = join_pieces(find_pieces(source[front.end() :] if front else source))
    title = find_title(text, blocks) or (named[2] if named else "")
    yield to_document(content, data, text, blocks, title=title)


def find_pieces(source: str) -> Iterator[Piece]:
    """Give the headings, paragraphs, list items and table cells of a Markdown text; code has no role.

    >>> [(piece.kind, piece.text) for piece in find_pieces("# HER2\\n\\nA *receptor*.\\n\\n- one\\n- `two`")]
    [('title', 'HER2'), ('paragraph', 'A receptor.'), ('item', 'one'), ('item', 'two')]
    """
    from markdown_it import MarkdownIt

    titled = False
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    parser.core.ruler.at("inline", _parse_inline)
    for piece in _walk(parser.parse(source)):
        if piece.kind == "heading" and not titled:
            titled = True
            if piece.level == 1:
                piece = replace(piece, kind="title")
        yield piece


def _parse_inline(state: StateCore) -> None:
    from markdown_it.token import Token

    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if len(token.content) <= MAX_INLINE:
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        else:
            token.children.append(Token("text", "", 0, content=token.content))


def _walk(tokens: Sequence[Token]) -> Iterator[Piece]:
    depth = 0
    opener = ""
    cells = 0
    level = 0
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "tr_open":
            cells = 0
        elif token.type in ("list_item_open", "heading_open", "th_open", "td_open"):
            opener = token.tag
            level = int(token.tag[1]) if token.type == "heading_open" else depth
        elif token.type == "inline":
            yield _to_piece(show_inline(token.children or []), opener, level, cells)
            cells += opener in ("td", "th")
            opener = ""
        elif token.type in ("fence", "code_block"):
            yield Piece("", token.content)
        elif token.type == "html_block" and "<" in token.content:
            yield from _read_html(token.content)


def _to_piece(text: str, opener: str, level: int, cells: int) -> Piece:
    if opener == "li":
        return Piece("item", text, level, gap="\n")
    if opener in ("td", "th"):
        return Piece("paragraph", text, gap="\t" if cells else "\n")
    if opener:
        return Piece("heading", text, level)
    return Piece("paragraph", text)


def show_inline(tokens: Sequence[Token]) -> str:
    """Give the text of a run of inline Markdown; images and HTML tags give none, lines are joined."""
    words: list[str] = []
    hidden = False
    for token in tokens:
        if token.type == "html_inline":
            tag = HIDDEN_TAG.match(token.content)
            hidden = not tag[1] if tag else hidden
        elif hidden or token.type == "image":
            continue
        elif token.type in ("softbreak", "hardbreak"):
            words.append(" ")
        else:
            words.append(token.content)
    return " ".join("".join(words).split())


def _read_html(source: str) -> Iterator[Piece]:
    root = html.parse_html(f"<body>{source}</body>")
    return html.find_pieces(html.find_main(root))
