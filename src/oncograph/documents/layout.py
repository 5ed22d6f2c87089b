"""Pieces of a document with their roles → one text with its blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from oncograph.model import Block

REFERENCE_HEADING = re.compile(
    r"[\W\d]*(?:references?(?: cited| list)?|bibliography|literature cited|works cited)[\W\d]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with one role, before it has its place in the document.

    Attributes:
        kind: As of `Block`; empty for what is kept as text but never read as prose (code, furniture).
        gap: What stands between it and the piece before.
    """

    kind: str
    text: str
    level: int = 0
    gap: str = "\n\n"


def join_pieces(pieces: Iterable[Piece]) -> tuple[str, tuple[Block, ...]]:
    r"""Join pieces to a text and give each its block, leaving out those without text.

    What follows a heading "References", up to the next heading of its rank, stays text but is no block: titles of other
    people's papers are not what this document says.

    >>> text, blocks = join_pieces([Piece("title", "HER2", 1), Piece("paragraph", "HER2 is a receptor.")])
    >>> text, [(block.kind, block.start, block.end) for block in blocks]
    ('HER2\n\nHER2 is a receptor.', [('title', 0, 4), ('paragraph', 6, 25)])
    """
    texts: list[str] = []
    blocks: list[Block] = []
    position = 0
    for piece in exclude_references(pieces):
        text = piece.text.strip()
        if not text:
            continue
        if texts:
            texts.append(piece.gap)
            position += len(piece.gap)
        texts.append(text)
        if piece.kind:
            blocks.append(Block(piece.kind, position, position + len(text), piece.level))
        position += len(text)
    return "".join(texts), tuple(blocks)


def exclude_references(pieces: Iterable[Piece]) -> Iterable[Piece]:
    """Take the role from every piece of a reference list, its heading included."""
    rank = 0
    for piece in pieces:
        if piece.kind in ("heading", "title") and (not rank or piece.level <= rank):
            rank = max(piece.level, 1) if REFERENCE_HEADING.fullmatch(piece.text) else 0
        yield replace(piece, kind="") if rank else piece


def shift_blocks(blocks: Iterable[Block], offset: int) -> tuple[Block, ...]:
    """Move blocks that were found in a part of a text to that part's place, its title becoming a heading."""
    return tuple(
        Block("heading" if block.kind == "title" else block.kind, block.start + offset, block.end + offset, block.level)
        for block in blocks
    )


def find_title(text: str, blocks: Iterable[Block]) -> str:
    """Find the words of the title block, the empty string if there is none."""
    for block in blocks:
        if block.kind == "title":
            return " ".join(text[block.start : block.end].split())
    return ""
