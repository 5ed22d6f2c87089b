"""A store as CSV tables for spreadsheets and data frames: entities, claims, and their sentences."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from pyoxigraph import Store

from oncograph.publish.rows import ClaimRow, EntityRow, Rows, SentenceRow, read_rows
from oncograph.publish.selection import EVERYTHING, Selection

NODES = ("iri", "label", "class", "grounding", "synonyms", "identifiers", "exact_matches", "definition")
EDGES = (
    "claim",
    "subject",
    "subject_label",
    "predicate",
    "object",
    "object_label",
    "polarity",
    "certainty",
    "confidence",
    "sentences",
    "documents",
    "qualifiers",
)
SENTENCES = (
    "claim",
    "subject_label",
    "predicate",
    "object_label",
    "polarity",
    "certainty",
    "confidence",
    "rules",
    "document",
    "title",
    "start",
    "end",
    "sentence",
)

_FORMULA = re.compile(r"[=+\-@\t\r]")


def write_tables(store: Store, folder: Path, *, keep: Selection = EVERYTHING, escape: bool = True) -> None:
    """Write `nodes.csv`, `edges.csv` (a claim a row) and `evidence.csv` (a sentence of a claim a row) into a folder.

    The tables are UTF-8 with `\\\\n` line ends. Several values in a cell are separated by ` | `.

    Args:
        escape: Put an apostrophe before text that a spreadsheet would run as a formula (first character `=`, `+`, `-`,
            `@`, tab or carriage return), as documents may hold anything. Turn it off for programs that need the text
            as it stands.
    """
    rows = read_rows(store, keep)
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns, cells in (
        ("nodes.csv", NODES, map(_node_cells, rows.entities)),
        ("edges.csv", EDGES, _edge_cells(rows)),
        ("evidence.csv", SENTENCES, _sentence_cells(rows)),
    ):
        _write_table(folder / name, columns, cells, escape=escape)


def escape_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run.

    >>> escape_formula("=1+1"), escape_formula("HER2")
    ("'=1+1", 'HER2')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def _write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], *, escape: bool) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([escape_formula(cell) if escape and isinstance(cell, str) else cell for cell in row])


def _node_cells(row: EntityRow) -> list[object]:
    lists = (row.synonyms, row.notations, row.matches)
    return [row.iri, row.label, row.class_name, row.grounding, *map(" | ".join, lists), row.definition]


def _edge_cells(rows: Rows) -> Iterable[list[object]]:
    labels = _labels(rows)
    for row in rows.claims:
        sides = (row.subject, labels[row.subject], row.predicate, row.object, labels[row.object])
        documents = " | ".join(row.documents)
        qualifiers = " | ".join(f"{name} {label}" for name, label in row.qualifiers)
        yield [row.iri, *sides, row.polarity, row.certainty, row.confidence, row.evidence_count, documents, qualifiers]


def _sentence_cells(rows: Rows) -> Iterable[list[object]]:
    labels = _labels(rows)
    claims = {row.iri: row for row in rows.claims}
    for row in rows.sentences:
        yield [row.claim, *_claim_cells(claims[row.claim], labels), *_place_cells(row)]


def _claim_cells(row: ClaimRow, labels: dict[str, str]) -> list[object]:
    return [labels[row.subject], row.predicate, labels[row.object], row.polarity]


def _place_cells(row: SentenceRow) -> list[object]:
    rules = " | ".join(row.rules)
    return [row.certainty, row.confidence, rules, row.document, row.title, row.start, row.end, row.sentence]


def _labels(rows: Rows) -> dict[str, str]:
    return {row.iri: row.label for row in rows.entities}
