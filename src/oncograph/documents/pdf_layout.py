"""Words with their places on pages → the pieces of a document: columns in order, lines joined, furniture left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from oncograph.documents.layout import Piece

SOFT_HYPHEN = "\ufffe"
# Distances in units of the type size.
COLUMN_GAP = 1.0
CELL_GAP = 2.5
SAME_LINE = 0.5
INDENT = 0.8
LEADING_SLACK = 1.3
MIN_COLUMN_LINES = 6
LOOK_BACK = 20
MARGIN = 0.1
APART = 1.7
HEADING_SIZE = 1.1
HEADING_LENGTH = 200
BULLET = re.compile(r"[•‣◦▪●∙·■□\uf0b7\uf0a7\uf076\uf0d8](?=\s|\w|$)|[–*-](?=\s)|\(?\d{1,2}[.)](?=\s)")
SIGN = re.compile(r"[•‣◦▪●∙·■□\uf0b7\uf0a7\uf076\uf0d8–*-]\s*|\(?\d{1,2}[.)]\s+")
NUMBERED_HEADING = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?\s+\S")
PAGE_NUMBER = re.compile(r"(?:page\s+)?[-–—|\s]*\d{1,5}[-–—|\s]*(?:(?:of|/)\s*\d{1,5})?", re.IGNORECASE)
LEADERS = re.compile(r"(?:\.[ ]?){5,}|…{2,}")
DIGITS = re.compile(r"\d+")
CITATION = re.compile(r"[\d,–-]+")
TERMINAL = (".", "!", "?", ":", ".”", '."', ".)", "?”")
HYPHENATED_ENDINGS = re.compile(
    r"(?:positive|negative|based|related|specific|targeted|targeting|induced|associated|driven|dependent|independent|"
    r"resistant|sensitive|like|free|mutated|mutant|line|wide|type|dose|risk|grade|stage|term|year|old|directed|"
    r"mediated|naive|treated|refractory|derived|activated|cell|hand|up|out|in)\b"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a part before a line's end: its sides, base line (upwards), type size, weight."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page's words in the order in which the file draws them."""

    number: int
    height: float
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Words that follow each other on one base line."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool
    page: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together, and whether they stand beside the ones before, as a table cell does."""

    lines: tuple[Line, ...]
    beside: bool = False


def find_pieces(pages: Sequence[Page]) -> Iterator[Piece]:
    """Give the title, headings, paragraphs and list items of a document, in reading order."""
    drawn = [find_lines(page) for page in pages]
    lines = [line for page in exclude_furniture(drawn, [page.height for page in pages]) for line in page]
    if not lines:  # pages of one line each, all alike
        lines = [line for page in drawn for line in page if not PAGE_NUMBER.fullmatch(line.text)]
    if not lines:
        return
    words = {word.strip(".,;:()[]").lower() for line in lines for word in line.text.split()}
    yield from _give_roles(group_lines(lines), lines, words)


def find_lines(page: Page) -> list[Line]:
    """Find the lines of a page, one column after the other even where the file draws across columns."""
    runs = _find_runs(page)
    gutter = _find_gutter(runs)
    if gutter and _is_drawn_across(runs, gutter):
        return _order_columns(runs, gutter)
    return _merge_runs(runs)


def exclude_furniture(pages: list[list[Line]], heights: list[float]) -> list[list[Line]]:
    """Take out page numbers, and lines that return at the same height from page to page, set apart from the text.

    A running head may change its words with the chapter; then it is known by its place alone.
    """
    edges = [_find_edges(lines, height) for lines, height in zip(pages, heights, strict=True)]
    words = Counter(key for edge in edges for key in {_mask(line) for line in edge})
    places = Counter(key for edge in edges for key in {round(line.base) for line, apart in edge.items() if apart})
    often, mostly = max(2, (len(pages) + 2) // 3), max(3, (len(pages) + 1) // 2)

    def is_furniture(line: Line, edge: dict[Line, bool]) -> bool:
        if line not in edge:
            return False
        by_place = edge[line] and places[round(line.base)] >= mostly
        return by_place or words[_mask(line)] >= often or PAGE_NUMBER.fullmatch(line.text) is not None

    return [[line for line in lines if not is_furniture(line, edge)] for lines, edge in zip(pages, edges, strict=True)]


def group_lines(lines: list[Line]) -> list[Paragraph]:
    """Group lines to paragraphs by distance, indent, type and bullet; a column or page end alone parts nothing."""
    leading = _find_leading(lines)
    groups: list[list[Line]] = []
    beside: list[bool] = []
    for line in lines:
        if groups and not _starts_anew(groups[-1], line, leading):
            groups[-1].append(line)
        else:
            beside.append(bool(groups) and _is_beside(groups[-1][-1], line))
            groups.append([line])
    return [Paragraph(tuple(group), flag) for group, flag in zip(groups, beside, strict=True)]


def join_lines(lines: Iterable[str], words: set[str]) -> str:
    r"""Join lines to running text, mending words that were parted at a line's end.

    Args:
        words: Words that stand whole somewhere in the document, in lower case: they decide what a hyphen meant.

    >>> join_lines(["by immuno\ufffe", "histochemistry of HER2-", "positive tumours"], set())
    'by immunohistochemistry of HER2-positive tumours'
    """
    parts: list[str] = []
    for line in lines:
        last = parts[-1] if parts else ""
        if last.endswith(SOFT_HYPHEN):
            parts[-1] = last[:-1]
            parts.append(_find_hyphen(last[:-1], line, words))
        elif parts and not (last.endswith("-") and last[-2:-1].isalnum() and line[:1].isalpha()):
            parts.append(" ")
        parts.append(line)
    return "".join(parts).replace(SOFT_HYPHEN, "-")


def _find_runs(page: Page) -> list[Line]:
    """Join words that follow each other closely on a base line."""
    runs: list[list[Word]] = []
    for word in page.words:
        if runs and _follows(runs[-1][-1], word, within=COLUMN_GAP):
            runs[-1].append(word)
        else:
            runs.append([word])
    return [line for run in runs if (line := _to_line(run, page.number)).text]


def _follows(last: Word | Line, word: Word | Line, *, within: float = 1e6) -> bool:
    """Tell whether a word stands on the base line of the last one, after it, at a distance in type sizes."""
    size = max(last.size, word.size)
    return abs(word.base - last.base) < SAME_LINE * size and -0.5 * size < word.left - last.right < within * size


def _to_line(run: list[Word], page: int) -> Line:
    main = max(run, key=lambda word: (len(word.text), word.size))
    kept = [word for word in run if not _is_raised_citation(word, main)] or run
    return Line(
        text=" ".join(word.text for word in kept).replace(f"{SOFT_HYPHEN} ", ""),
        left=run[0].left,
        right=run[-1].right,
        base=main.base,
        size=main.size,
        bold=all(word.bold for word in kept),
        page=page,
    )


def _is_raised_citation(word: Word, main: Word) -> bool:
    raised = word.base > main.base + 0.15 * main.size and word.size < 0.85 * main.size
    return raised and CITATION.fullmatch(word.text) is not None


def _find_gutter(runs: list[Line]) -> float:
    """Find where a page is parted in two columns, 0 if it is not."""
    if len(runs) < 2 * MIN_COLUMN_LINES:
        return 0.0
    left, right = min(run.left for run in runs), max(run.right for run in runs)
    width = right - left
    places = [left + width * share / 100 for share in range(30, 71)]
    crossing = {place: sum(run.left < place < run.right for run in runs) for place in places}
    best = min(crossing.values())
    clear = [place for place in places if crossing[place] == best]
    gutter = clear[len(clear) // 2]
    before = sum(run.right <= gutter for run in runs)
    after = sum(run.left >= gutter for run in runs)
    return gutter if best <= 0.2 * len(runs) and min(before, after) >= MIN_COLUMN_LINES else 0.0


def _is_drawn_across(runs: list[Line], gutter: float) -> bool:
    across = sum(a.right <= gutter <= b.left and _follows(a, b) for a, b in pairwise(runs))
    sides = min(sum(run.right <= gutter for run in runs), sum(run.left >= gutter for run in runs))
    return across >= 0.5 * sides


def _order_columns(runs: list[Line], gutter: float) -> list[Line]:
    ordered: list[Line] = []
    columns: tuple[list[Line], list[Line]] = ([], [])
    for run in sorted(runs, key=lambda run: (-run.base, run.left)):
        if run.left < gutter < run.right:
            ordered += _merge_runs(columns[0]) + _merge_runs(columns[1]) + [run]
            columns = ([], [])
        else:
            columns[run.left >= gutter].append(run)
    return ordered + _merge_runs(columns[0]) + _merge_runs(columns[1])


def _merge_runs(runs: list[Line]) -> list[Line]:
    """Join the runs of one line, those too far apart for it excepted."""
    lines: list[Line] = []
    for run in runs:
        last = lines[-1] if lines else run
        if lines and _follows(last, run, within=CELL_GAP):
            main = max(last, run, key=lambda line: len(line.text))
            lines[-1] = replace(
                main, text=f"{last.text} {run.text}", left=last.left, right=run.right, bold=last.bold and run.bold
            )
        else:
            lines.append(run)
    return lines


def _find_edges(lines: list[Line], height: float) -> dict[Line, bool]:
    """Find the lines in the margins, and the first and last of a page; whether each stands apart from the next."""
    bases = sorted({line.base for line in lines})
    ends = {bases[0], bases[-1]} if bases else set()
    gaps = {bases[0]: bases[1] - bases[0], bases[-1]: bases[-1] - bases[-2]} if len(bases) > 1 else {}
    return {
        line: gaps.get(line.base, 0.0) > APART * line.size
        for line in lines
        if line.base in ends or not height * MARGIN <= line.base <= height * (1 - MARGIN)
    }


def _mask(line: Line) -> tuple[str, int]:
    return DIGITS.sub("#", line.text), round(line.base)


def _find_leading(lines: list[Line]) -> float:
    """Find the usual distance between lines, in units of the type size."""
    steps = [
        (a.base - b.base) / b.size
        for a, b in pairwise(lines)
        if a.page == b.page and b.size and 0.8 < (a.base - b.base) / b.size < 2.5
    ]
    return median(steps) if steps else 1.2


def _is_beside(last: Line, line: Line) -> bool:
    return last.page == line.page and _follows(last, line)


def _starts_anew(group: list[Line], line: Line, leading: float) -> bool:
    last = group[-1]
    if abs(line.size - last.size) > 0.06 * last.size or line.bold != last.bold or _is_beside(last, line):
        return True
    if BULLET.match(line.text):
        in_list = BULLET.match(group[0].text) is not None
        return in_list or last.text.endswith(TERMINAL) or not NUMBERED_HEADING.match(line.text)
    step = last.base - line.base
    ended = last.text.endswith(TERMINAL)
    if line.page != last.page or step <= 0 or step > 8 * line.size:
        return ended
    if step > LEADING_SLACK * leading * line.size:
        return True
    indented = line.left > last.left + INDENT * line.size and not BULLET.match(last.text)
    widest = max(one.right for one in group[-LOOK_BACK:])
    short = last.right < widest - 0.25 * (widest - last.left)
    return ended and (indented or short)


def _give_roles(paragraphs: list[Paragraph], lines: list[Line], words: set[str]) -> Iterator[Piece]:
    body_size, body_bold = _find_body(lines)
    sizes = sorted({p.lines[0].size for p in paragraphs if p.lines[0].size >= HEADING_SIZE * body_size}, reverse=True)
    titled = False
    for number, paragraph in enumerate(paragraphs):
        text = join_lines([line.text for line in paragraph.lines], words)
        first = paragraph.lines[0]
        if not _is_heading(text, paragraph, body_size, body_bold):
            yield _to_prose(text, paragraph)
        elif first.size == sizes[0] if sizes else number == 0:
            yield Piece("heading" if titled or first.page else "title", text, 1)
            titled = True
        else:
            rank = sizes.index(first.size) if first.size in sizes else len(sizes)
            yield Piece("heading", text, min(max(rank, 1) + 1, 6))


def _find_body(lines: list[Line]) -> tuple[float, bool]:
    count: Counter[tuple[float, bool]] = Counter()
    for line in lines:
        count[line.size, line.bold] += len(line.text)
    return max(count, key=lambda key: (count[key], key))


def _is_heading(text: str, paragraph: Paragraph, body_size: float, body_bold: bool) -> bool:
    first = paragraph.lines[0]
    if paragraph.beside or len(text) > HEADING_LENGTH or not any(char.isalpha() for char in text[:40]):
        return False
    if LEADERS.search(text) or (BULLET.match(text) and not NUMBERED_HEADING.match(text)):
        return False
    larger = first.size >= HEADING_SIZE * body_size
    bolder = first.bold and not body_bold and first.size >= 0.95 * body_size
    return not text.endswith((",", ";")) and (larger or (bolder and not text.endswith(".")))


def _to_prose(text: str, paragraph: Paragraph) -> Piece:
    if LEADERS.search(text):
        return Piece("", text)
    if BULLET.match(text) and not paragraph.beside:
        return Piece("item", SIGN.sub("", text, count=1), 1, gap="\n")
    return Piece("paragraph", text, gap="\t" if paragraph.beside else "\n\n")


def _find_hyphen(before: str, after: str, words: set[str]) -> str:
    """Tell whether the hyphen at a line's end stays: if the word stands so elsewhere, or its parts look like two."""
    start = before.rpartition(" ")[2].lstrip("([")
    end = re.split(r"[\s.,;:)\]]", after, maxsplit=1)[0]
    if (start + end).lower() in words:
        return ""
    is_symbol = start.isupper() or any(char.isdigit() for char in start)
    parted = f"{start}-{end}".lower() in words
    return "-" if is_symbol or parted or HYPHENATED_ENDINGS.match(end) else ""
