"""The layout of plain text: which lines are headings, paragraphs and list items."""

from __future__ import annotations

import re
from itertools import pairwise

from oncograph.model import Block

BULLET = re.compile(r"[ \t]*(?:[-*•‣◦▪●·–][ \t]+|\(?\d{1,2}[.)][ \t]+)(?=\S)")
LINE = re.compile(r"[^\r\n]+")
HEADING_LENGTH = 100
WRAP_WIDTH = 120
TERMINAL = tuple(".;:,!")


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
        blocks.append(_to_block(text, group, first=not blocks))
    return tuple(blocks)


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
