"""Claims as a table for a spreadsheet, and the decisions that a curator has written into it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pyoxigraph import NamedNode, Store

from oncograph.errors import CurationError
from oncograph.graph.deciding import Change, Request
from oncograph.graph.describe import ClaimSummary, summarise_claim
from oncograph.graph.explain import Support, explain_claim
from oncograph.graph.terms import expand, shorten
from oncograph.publish.selection import EVERYTHING, Selection, select_claims

SHOWN = ("claim", "subject", "predicate", "object", "polarity", "certainty", "confidence", "status", "sentences")
"""Columns that say what a claim is; what is written into them is not read."""
DECIDED = ("decision", "subject_is", "predicate_is", "object_is", "polarity_is", "certainty_is", "comment")
"""Empty columns for the curator: accept, reject, correct or comment; what is right instead; why."""
FOUND = ("sentence", "document", "start", "end")
"""The surest sentence behind the claim."""
COLUMNS = (*SHOWN, *DECIDED, *FOUND)
ACTIONS = ("accept", "reject", "correct", "comment")

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "'")
_CHANGES = {"subject_is": "subject", "predicate_is": "predicate", "object_is": "object", "polarity_is": "polarity",
            "certainty_is": "certainty"}  # fmt: skip


def write_review(store: Store, path: Path, *, keep: Selection = EVERYTHING) -> int:
    """Write claims as a tab-separated table, the least sure first; give how many.

    No cell is taken for a formula by a spreadsheet: one that begins like a formula gets an apostrophe before it.

    Raises:
        QueryError: The selection names what the graph does not have.
    """
    claims = [summarise_claim(store, claim) for claim in select_claims(store, keep)]
    claims.sort(key=lambda claim: (claim.confidence, claim.iri))
    with path.open("w", encoding="utf-8-sig", newline="") as out:  # the mark tells Excel that it is UTF-8
        table = csv.writer(out, delimiter="\t", lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows([guard_cell(cell) for cell in _row(store, claim)] for claim in claims)
    return len(claims)


def read_review(path: Path) -> list[Request]:
    """Read the decisions of a table that `write_review` wrote and a curator filled; rows without one are skipped.

    Raises:
        CurationError: The file cannot be read, or a row is wrong; says line and column.
    """
    rows = csv.reader(io.StringIO(_read_text(path), newline=""), delimiter="\t", strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        missing = [name for name in ("claim", "decision") if name not in header]
        if missing:
            raise CurationError(
                f"{path}: line 1: has no column {missing[0]}; take a table that oncograph curate export has written"
            )
        unknown = [name for name in header if name and name not in COLUMNS]
        if unknown or len(set(filter(None, header))) < len([name for name in header if name]):
            raise CurationError(f"{path}: line 1: a column is unknown or there twice: {', '.join(unknown or header)}")
        return list(_read_rows(path, header, rows))
    except csv.Error as error:
        raise CurationError(f"{path}: line {rows.line_num}: {error}; save it as tab-separated text") from error


def guard_cell(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula.

    >>> guard_cell("=1+1"), guard_cell("HER2")
    ("'=1+1", 'HER2')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def bare_cell(text: str) -> str:
    """Take away what `guard_cell` added.

    >>> bare_cell("'=1+1"), bare_cell("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _row(store: Store, claim: ClaimSummary) -> Iterator[str]:
    supports = explain_claim(store, NamedNode(claim.iri)).supports
    best = max(supports, key=lambda one: (one.confidence, one.document, one.start), default=None)
    cells = (shorten(claim.iri), claim.subject.label, claim.predicate, claim.object.label, claim.polarity.lower(),
             claim.certainty.lower(), f"{claim.confidence:.2f}", claim.status.lower(), str(len(supports)))  # fmt: skip
    for cell in (*cells, *[""] * len(DECIDED), *_found(best)):
        yield " ".join(cell.split())


def _found(support: Support | None) -> Sequence[str]:
    if support is None:
        return [""] * len(FOUND)
    return (support.sentence, support.document, str(support.start), str(support.end))


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CurationError(f"{path}: {error.strerror}") from error
    coding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"  # Excel's Unicode text
    try:
        return data.decode(coding)
    except UnicodeDecodeError as error:
        raise CurationError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def _read_rows(path: Path, header: Sequence[str], rows: Iterator[list[str]]) -> Iterator[Request]:
    start = 2
    seen: dict[str, int] = {}
    for row in rows:
        line, start = start, _next_line(rows, start)
        if len(row) > len(header) and any(row[len(header) :]):
            raise CurationError(f"{path}: line {line}: has {len(row)} cells, the header {len(header)}")
        cells = {name: bare_cell(cell.strip()) for name, cell in zip(header, row, strict=False)}
        request = _read_row(cells, f"{path}: line {line}")
        if request is None:
            continue
        claim = expand(request.claim) or request.claim
        if request.action != "comment" and claim in seen:
            raise CurationError(f"{path}: line {line}: column claim: line {seen[claim]} decides on it already")
        if request.action != "comment":
            seen[claim] = line
        yield request


def _next_line(rows: Iterator[list[str]], start: int) -> int:
    return max(start, getattr(rows, "line_num", start)) + 1


def _read_row(cells: Mapping[str, str], place: str) -> Request | None:
    action, comment = cells.get("decision", "").lower(), cells.get("comment", "")
    change = {field: cells[column] for column, field in _CHANGES.items() if cells.get(column)}
    if not action:
        filled = next((name for name in (*_CHANGES, "comment") if cells.get(name)), "")
        if filled:
            wanted = "comment" if filled == "comment" else "correct"
            raise CurationError(f"{place}: column decision: is empty, but {filled} is not; write {wanted}")
        return None
    if action not in ACTIONS:
        raise CurationError(f"{place}: column decision: {action[:40]!r}; write one of {', '.join(ACTIONS)}")
    if not cells.get("claim"):
        raise CurationError(f"{place}: column claim: is empty")
    if change and action != "correct":
        column = next(name for name in _CHANGES if cells.get(name))
        raise CurationError(f"{place}: column {column}: goes with correct only, not with {action}")
    if action == "correct" and not change:
        raise CurationError(f"{place}: column subject_is to certainty_is: all are empty; say what is right")
    for column, values in (("polarity_is", ("affirmed", "negated")), ("certainty_is", ("stated", "possible"))):
        if cells.get(column) and cells[column].lower() not in values:
            raise CurationError(f"{place}: column {column}: {cells[column][:40]!r}; write {' or '.join(values)}")
    if action == "comment" and not comment:
        raise CurationError(f"{place}: column comment: is empty")
    return Request(action, cells["claim"], comment, Change(**change), place)
