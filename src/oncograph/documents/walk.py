"""A tree of marked-up text (HTML, JATS) → pieces, given the role of each element."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oncograph.documents.layout import Piece

if TYPE_CHECKING:
    from lxml.etree import _Element

RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")


@dataclass(slots=True)
class Role:
    """What an element is for.

    Attributes:
        kind: A kind of `Block`; `cell` and `row` of a table; `list` and `section`, which give depth; `group`, which
            only ends the run of text before it; `break`, `skip`; or `inline`.
        level: Of a heading; 0 for one deeper than the sections around it.
    """

    kind: str
    level: int = 0


@dataclass(slots=True)
class _Frame:
    role: Role
    used: bool = False


def walk_pieces(root: _Element, find_role: Callable[[_Element], Role]) -> Iterator[Piece]:
    """Give the runs of text in a tree, in order: each with the role of the nearest element that has one.

    The first run in a list item is the item, the others in it are paragraphs.
    """
    from lxml import etree

    frames = [_Frame(Role("group"))]
    roles: list[Role] = []
    words: list[str] = []
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        starts = event == "start"
        if starts:
            role = find_role(element)
            roles.append(role)
        else:
            role = roles.pop()
        kind = role.kind
        if kind == "skip":
            if starts:
                events.skip_subtree()
        elif kind != "inline":
            if text := _take(words):
                yield _to_piece(text, frames)
            if kind != "break":
                _turn(starts, role, frames)
        if starts:
            if kind != "skip" and element.text:
                words.append(element.text)
        elif element is not root and element.tail:
            words.append(element.tail)
    if text := _take(words):
        yield _to_piece(text, frames)


def _turn(starts: bool, role: Role, frames: list[_Frame]) -> None:
    if starts:
        frames.append(_Frame(role))
    else:
        frames.pop()


def _take(words: list[str]) -> str:
    if not words:
        return ""
    text = " ".join("".join(words).split())
    words.clear()
    return text


def _to_piece(text: str, frames: list[_Frame]) -> Piece:
    frame = _find_bearer(frames)
    kind, used, frame.used = frame.role.kind, frame.used, True
    if kind in ("heading", "title"):
        return Piece(kind, text, frame.role.level or min(2 + _count(frames, "section") - 1, 6))
    if kind == "item" and not used:
        return Piece("item", text, max(_count(frames, "list"), 1), gap="\n")
    if kind == "cell" and not used:
        return Piece("paragraph", text, gap=_find_gap(frames))
    return Piece("paragraph", text)


def _find_bearer(frames: list[_Frame]) -> _Frame:
    for frame in reversed(frames):
        if frame.role.kind not in ("group", "paragraph"):
            return frame
    return frames[-1]


def _find_gap(frames: list[_Frame]) -> str:
    row = next((frame for frame in reversed(frames) if frame.role.kind == "row"), None)
    if row is None or not row.used:
        gap = "\n"
    else:
        gap = "\t"
    if row is not None:
        row.used = True
    return gap


def _count(frames: list[_Frame], kind: str) -> int:
    return sum(frame.role.kind == kind for frame in frames)


def raise_digits(root: _Element, tag: str = "{*}sup") -> None:
    """Write the exponents of a tree as raised digits, so that 10 to the 9th does not become 109."""
    for element in root.iter(tag):
        text = element.text or ""
        before = element.getprevious()
        parent = element.getparent()
        if parent is None or len(element):
            continue
        base = (before.tail if before is not None else parent.text) or ""
        if base[-1:].isdigit() and text.strip("+-−–").isdigit():
            element.text = text.translate(RAISED)
