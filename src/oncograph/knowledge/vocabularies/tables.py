"""Vocabularies as tables, delimited or a JSON object a line, read by a map of their columns."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from oncograph.errors import VocabularyError
from oncograph.knowledge.toml_files import load_tables
from oncograph.knowledge.vocabularies.identifiers import to_iri, to_notation
from oncograph.knowledge.vocabularies.terms import Term, Vocabulary

LONGEST_FIELD = 1 << 24
SHOWN = 12
"""Columns of a table that an error names."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table hold.

    A column of several values is written with what parts them (`synonyms:|`), one of identifiers with the prefix that
    they lack (`entrez_id=NCBIGene`).

    Attributes:
        id, label: Columns of the identifier and the preferred name.
        prefix: Of the identifiers, where the table leaves it out: `DRUGBANK`.
        exact, related, broad, narrow: Columns of other names.
        definition: Column of the definition.
        parents, matches, references: Columns of identifiers.
        class_name: Class of all terms.
        class_column: Column by which the class is told.
        classes: How its values begin, and the class for each; terms of other values are left out.
        keep: A column, and the values of it that terms in use have.
        title, licence: Of the vocabulary, where a table of this kind is always of one.
        names: Of the columns, in order, where the table has no header line.
    """

    id: str
    label: str
    prefix: str = ""
    exact: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    broad: tuple[str, ...] = ()
    narrow: tuple[str, ...] = ()
    definition: str = ""
    parents: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    class_name: str = ""
    class_column: str = ""
    classes: tuple[tuple[str, str], ...] = ()
    keep: tuple[str, ...] = ()
    title: str = ""
    licence: str = ""
    names: tuple[str, ...] = ()


Rows = Iterator[tuple[int, dict[str, Any]]]
"""Rows of a table, each with the number of its line."""
KEYS = tuple(field.name for field in fields(Columns))
SEVERAL = frozenset(field.name for field in fields(Columns) if str(field.type).startswith("tuple"))


def read_columns(given: str) -> Columns:
    """Read a map of columns: a TOML file, or `id=mesh_id,label=name,exact=synonyms:|`.

    Raises:
        VocabularyError: A key is not known, or id and label are not there.

    >>> read_columns("id=code,label=name,exact=other:|").exact
    ('other:|',)
    """
    if given.endswith(".toml"):
        try:
            return to_columns(tomllib.loads(Path(given).read_text(encoding="utf-8")), given)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise VocabularyError(f"{given}: cannot be read ({error})") from None
    table: dict[str, Any] = {}
    for part in filter(None, given.split(",")):
        key, _, value = part.partition("=")
        name = key.strip()
        table[name] = [*table.get(name, []), value] if name in SEVERAL else value
    return to_columns(table, "--columns")


def to_columns(table: Mapping[str, Any], where: str) -> Columns:
    """Make a map of columns of a TOML table.

    Raises:
        VocabularyError: A key is not known, or id and label are not there.
    """
    unknown = sorted(set(table) - set(KEYS))
    if unknown or not {"id", "label"} <= table.keys():
        wrong = f"unknown key {unknown[0]}" if unknown else "id and label are needed"
        raise VocabularyError(f"{where}: {wrong}; the keys are {', '.join(KEYS)}")
    values = dict(table)
    for name in SEVERAL & values.keys():
        value = values[name]
        values[name] = tuple(value.items()) if isinstance(value, dict) else tuple(value)
    return Columns(**values)


def load_known_columns(folder: Path) -> list[tuple[frozenset[str], Columns]]:
    """Load the maps of well-known tables from an ontology folder, each with the columns that tell it.

    Raises:
        OntologyError: The file is not TOML.
        VocabularyError: A map is not well-formed.
    """
    known = []
    for name, table in load_tables(folder / "vocabularies" / "tables.toml").items():
        told_by = frozenset(table.pop("told_by", ()))
        known.append((told_by, to_columns(table, f"vocabularies/tables.toml: {name}")))
    return known


def read_table(
    text: str, path: Path, columns: Columns | None, known: Sequence[tuple[frozenset[str], Columns]], *, class_name: str
) -> Vocabulary:
    """Read a table by a map of its columns, or by the known one that its header tells.

    Raises:
        VocabularyError: No map is known, a column is missing, or a row has too few or too many fields; names the line.
    """
    split = _json_rows if text.lstrip().startswith("{") else _delimited_rows
    header, rows = split(text, path, columns.names if columns is not None else ())
    chosen = columns or next((one for told_by, one in known if told_by <= set(header)), None)
    has = f"it has {', '.join(header[:SHOWN])}"
    if chosen is None:
        raise VocabularyError(
            f"{path}:1: no vocabulary of a known form; say what its columns hold with --columns "
            f"id=COLUMN,label=COLUMN,exact=COLUMN:| ({has})"
        )
    missing = sorted(_needed(chosen) - set(header))
    if missing:
        raise VocabularyError(f"{path}:1: there is no column {missing[0]}; {has}")
    if class_name:
        chosen = replace(chosen, class_name=class_name, class_column="")
    terms: list[Term] = []
    obsolete = 0
    for line, row in rows:
        if chosen.keep and row.get(chosen.keep[0], "") not in chosen.keep[1:]:
            obsolete += 1
            continue
        empty = next((column for column in (chosen.id, chosen.label) if not str(row.get(column) or "").strip()), "")
        if empty:
            raise VocabularyError(f"{path}:{line}: nothing stands under {empty}; mend the line")
        term = _to_term(row, chosen)
        if term is not None:
            terms.append(term)
    return Vocabulary(chosen.title, "", chosen.licence, tuple(terms), (), obsolete)


def _needed(columns: Columns) -> set[str]:
    """Give the columns that a map cannot do without."""
    return {columns.id, columns.label, *columns.keep[:1], *([columns.class_column] if columns.class_column else [])}


def _delimited_rows(text: str, path: Path, names: Sequence[str]) -> tuple[list[str], Rows]:
    first = text.partition("\n")[0]
    tabbed = "\t" in first
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter="\t" if tabbed else ";" if first.count(";") > first.count(",") else ",",
        quoting=csv.QUOTE_NONE if tabbed else csv.QUOTE_MINIMAL,
        strict=True,
    )
    try:
        header = list(names) or next(reader)
    except csv.Error as error:
        raise VocabularyError(f"{path}:1: {error}; mend the line") from None
    return header, _number_rows(reader, header, path)


def _number_rows(reader: Any, header: Sequence[str], path: Path) -> Rows:
    try:
        for values in reader:
            if not any(values):
                continue
            if len(values) != len(header):
                wrong = f"{len(values)} fields in place of {len(header)}"
                raise VocabularyError(f"{path}:{reader.line_num}: {wrong}; mend the line")
            yield reader.line_num, dict(zip(header, values, strict=True))
    except csv.Error as error:
        raise VocabularyError(f"{path}:{reader.line_num}: {error}; mend the line") from None


def _json_rows(text: str, path: Path, _names: Sequence[str]) -> tuple[list[str], Rows]:
    rows = []
    names: dict[str, None] = {}
    for line, entry in enumerate(text.split("\n"), start=1):
        if not entry.strip():
            continue
        try:
            row = json.loads(entry)
        except ValueError as error:
            raise VocabularyError(f"{path}:{line}: not JSON: {error}; mend the line") from None
        if not isinstance(row, dict):
            raise VocabularyError(f"{path}:{line}: not a JSON object; a line is one term")
        names.update(dict.fromkeys(row))
        rows.append((line, row))
    return list(names), iter(rows)


def _to_term(row: Mapping[str, Any], columns: Columns) -> Term | None:
    """Make a term of a row; None of one whose class is none of those that are wanted."""
    class_name = _find_class(row, columns) if columns.class_column else columns.class_name
    if columns.class_column and not class_name:
        return None
    iri = _identify(str(row[columns.id]), columns.prefix)
    names = _read_names(row, columns)
    return Term(
        iri,
        " ".join(str(row[columns.label]).split()),
        class_name,
        names["exact"],
        names["related"],
        names["broad"],
        names["narrow"],
        str(row.get(columns.definition) or ""),
        _identify_all(row, columns.parents, columns.prefix),
        _identify_all(row, columns.matches, ""),
        _identify_all(row, columns.references, ""),
        to_notation(iri),
    )


def _find_class(row: Mapping[str, Any], columns: Columns) -> str:
    values = str(row[columns.class_column]).split("|")
    return next((name for start, name in columns.classes if any(value.startswith(start) for value in values)), "")


def _read_names(row: Mapping[str, Any], columns: Columns) -> dict[str, tuple[str, ...]]:
    """Read other names by their scope; a name may say its own, as `{"text": …, "scope": "EXACT"}` does."""
    names: dict[str, list[str]] = {"exact": [], "related": [], "broad": [], "narrow": []}
    for scope in ("exact", "related", "broad", "narrow"):
        for column in getattr(columns, scope):
            for value in _values(row, column):
                if isinstance(value, dict):
                    own = str(value.get("scope") or scope).lower()
                    names[own if own in names else scope].append(str(value.get("text", "")))
                else:
                    names[scope].append(value)
    folded = {scope: (" ".join(name.split()) for name in given) for scope, given in names.items()}
    return {scope: tuple(dict.fromkeys(filter(None, given))) for scope, given in folded.items()}


def _values(row: Mapping[str, Any], column: str) -> list[Any]:
    """Give the values of a column: those of a list, or of a text parted by what stands after the column's colon."""
    name, _, separator = column.partition(":")
    value = row.get(name)
    if isinstance(value, list):
        return [one for one in value if one]
    text = str(value or "")
    return [part.strip() for part in (text.split(separator) if separator else [text]) if part.strip()]


def _identify_all(row: Mapping[str, Any], columns: Sequence[str], prefix: str) -> tuple[str, ...]:
    found: list[str] = []
    for column in columns:
        named, _, own = column.partition("=")
        found += [_identify(str(value), own or prefix) for value in _values(row, named)]
    return tuple(dict.fromkeys(found))


def _identify(identifier: str, prefix: str) -> str:
    return to_iri(identifier if ":" in identifier or not prefix else f"{prefix}:{identifier}")
