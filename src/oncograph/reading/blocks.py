"""The layout of plain text: which lines are headings, paragraphs and list items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from oncograph.model import Block

BULLET = re.compile(r"[ \t]*(?:[-*•‣◦▪●·–][ \t]+|\(?\d{1,2}[.)][ \t]+)(?=\S)")
LINE = re.compile(r"[^\r\n]+")
HEADING_LENGTH = 100
WRAP_WIDTH = 120
TERMINAL = tuple(".;:,!")
TABLE = re.compile(r"(Signs and Symptoms) Approximate number of patients \(when available\) (?=\S)")
"""The head of a table of signs that the rare disease pages of GARD write into a paragraph."""
ROW = re.compile(r"(?P<name>[^.?]{3,90}?) (?:\d+(?:\.\d+)?%|\d+/\d+|[Vv]ery rare|[Oo]ccasional|[Ff]requent|-)(?= |\Z)")


def find_blocks(text: str) -> tuple[Block, ...]:
    """Find the blocks of a plain text, in order, joining the lines of hard-wrapped paragraphs.

    A text with a line longer than 120 characters is taken to hold one paragraph a line; in any other, lines follow on
    until a blank line, a bullet or a heading. A short line with no closing punctuation that stands alone is a heading,
    and the first of them, at the top of the text, its title.

    >>> [block.kind for block in find_blocks("Lynch syndrome\\n\\nIt is inherited.\\n\\n- Fever\\n- Pain")]
    ['title', 'paragraph', 'item', 'item']
    """
    lines = [(match.start(), match.end()) for match in LINE.finditer(text) if not match[0].isspace()]
    unwrapped = any(end - start > WRAP_WIDTH for start, end in lines)
    blocks: list[Block] = []
    for group in _group_lines(text, lines, unwrapped=unwrapped):
        blocks += _find_rows(text, _to_block(text, group, first=not blocks))
    return tuple(blocks)


def _find_rows(text: str, block: Block) -> Iterator[Block]:
    """Give the rows of a table that stands in a paragraph as items, without their shares, below its head.

    >>> text = "Signs and Symptoms Approximate number of patients (when available) Fever 90% Pain - End."
    >>> [text[block.start : block.end] for block in _find_rows(text, Block("paragraph", 0, len(text)))]
    ['Signs and Symptoms', 'Fever', 'Pain', 'End.']
    """
    head = TABLE.search(text, block.start, block.end) if block.kind == "paragraph" else None
    if head is None:
        yield block
        return
    if head.start() > block.start:
        yield Block("paragraph", block.start, _trim(text, block.start, head.start()))
    yield Block("heading", *head.span(1), 3)
    at = head.end()
    while (row := ROW.match(text, at, block.end)) is not None:
        yield Block("item", row.start("name"), row.end("name"), 1)
        at = min(row.end() + 1, block.end)
    if at < block.end:
        yield Block("paragraph", at, block.end)


def _group_lines(text: str, lines: list[tuple[int, int]], *, unwrapped: bool) -> list[list[tuple[int, int]]]:
    groups: list[list[tuple[int, int]]] = []
    for (_, before_end), line in pairwise([(0, 0), *lines]):
        blank_between = text.count("\n", before_end, line[0]) > 1
        starts_anew = (
            not groups
            or blank_between
            or BULLET.match(text, *line) is not None
            or (unwrapped and not text[line[0]].isspace())
        )
        if starts_anew:
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _to_block(text: str, lines: list[tuple[int, int]], *, first: bool) -> Block:
    start, end = lines[0][0], lines[-1][1]
    bullet = BULLET.match(text, start, end)
    if bullet is not None:
        indent = len(bullet[0]) - len(bullet[0].lstrip())
        return Block("item", bullet.end(), _trim(text, bullet.end(), end), 1 + indent // 2)
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end = _trim(text, start, end)
    if len(lines) == 1 and _is_heading(text[start:end]):
        return Block("title", start, end, 1) if first else Block("heading", start, end, 2)
    return Block("paragraph", start, end)


def _trim(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _is_heading(line: str) -> bool:
    if len(line) > HEADING_LENGTH and not line.endswith("?"):
        return False
    if line.endswith("?"):
        return line.count(". ") == 0
    return len(line) <= HEADING_LENGTH and not line.endswith(TERMINAL)
