"""Tables and JSON Lines, of known vocabularies or of the user's own → terms."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from oncograph.errors import OntologyError, VocabularyError
from oncograph.knowledge.ontology import find_ontology
from oncograph.knowledge.vocabularies.collecting import About, Collector, find_cycle
from oncograph.knowledge.vocabularies.columns import SCOPES, Column, Columns, make_columns, read_columns
from oncograph.knowledge.vocabularies.delimited import SHOWN, Row, find_delimiter, read_rows, refuse_missing
from oncograph.knowledge.vocabularies.identifiers import Identifiers, to_notation
from oncograph.knowledge.vocabularies.source import Source
from oncograph.knowledge.vocabularies.terms import Vocabulary

__all__ = ["Columns", "read_columns", "read_records", "read_table"]

Hierarchy = Mapping[str, Sequence[str]]
"""By the IRI of a term, those of its parents."""
TABLES_FILE = Path("vocabularies", "tables.toml")
NCI_THESAURUS = ("<code>", "<concept IRI>")
"""What the NCI Thesaurus's flat file, which has no header line, goes by in that file."""
TEXT_KEYS = ("text", "name", "label", "val", "value", "synonym")
FORM = "say what its columns hold with --columns id=COLUMN,label=COLUMN,synonyms=COLUMN:|"


@dataclass(frozen=True, slots=True)
class Known:
    """A table that many have: what it is recognized by, and what its columns hold.

    Attributes:
        header: Columns that its header line has, perhaps among others.
    """

    header: frozenset[str]
    columns: Columns


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """A JSON record, read as a row is; its values may be lists."""

    line: int
    record: Mapping[str, Any]

    def value(self, column: str) -> str:
        """Give what a key holds; nothing where there is no such key."""
        value = self.record.get(column)
        return "" if value is None else str(value).strip()

    def values(self, column: str, separator: str) -> list[tuple[str, str]]:
        """Give each of several values of a key, with the scope it says it has."""
        value = self.record.get(column)
        if isinstance(value, str) and separator:
            return [(text.strip(), "") for text in value.split(separator)]
        return [_value_and_scope(one) for one in (value if isinstance(value, list) else [value]) if one]


def read_table(source: Source, *, columns: Columns | None = None, class_name: str = "") -> Vocabulary:
    """Read the terms of a delimited table, one a row.

    Args:
        columns: What its columns hold; by default that is told by its header line.

    Raises:
        VocabularyError: The header line is of no known table, a column is missing, a row is broken, or what
            `Collector` refuses.
    """
    if columns is None:
        header = read_header(source)
        columns = find_known(header)
        if columns is None:
            raise _unknown(source, header)
    rows = read_rows(source, needed=columns.needed(), header=columns.headings)
    return collect(source, rows, columns, class_name)


def read_records(source: Source, *, columns: Columns | None = None, class_name: str = "") -> Vocabulary:
    """Read the terms of JSON Lines, one a line.

    Raises:
        VocabularyError: A line is no JSON object, a needed key is missing in all, or what `Collector` refuses.
    """
    records = [*_parse_lines(source)]
    names = [*dict.fromkeys(name for one in records for name in one.record)]
    chosen = columns or find_known(names)
    if chosen is None:
        raise _unknown(source, names)
    refuse_missing(source, names, chosen.needed(), None)
    return collect(source, records, chosen, class_name)


def read_header(source: Source) -> list[str]:
    """Give the names in the first line of a table."""
    line = next((line for _, line in source.lines() if line.strip()), "")
    return [name.strip().strip('"') for name in line.rstrip("\r\n").split(find_delimiter(line))]


def find_known(names: Sequence[str]) -> Columns | None:
    """Give what the columns of a table hold that is recognized by their names; the most telling one wins."""
    found = [known for known in load_known_tables() if known.header and known.header <= set(names)]
    return max(found, key=lambda known: len(known.header)).columns if found else None


@cache
def load_known_tables() -> tuple[Known, ...]:
    """Load what the ontology folder says of the tables that many have.

    Raises:
        OntologyError: The file is broken.
    """
    path = find_ontology() / TABLES_FILE
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["table"]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise OntologyError(f"{TABLES_FILE}: cannot be read ({error}); install oncograph again") from error
    return tuple(_make_known(table) for table in tables)


def _make_known(table: Mapping[str, Any]) -> Known:
    said = {key: value for key, value in table.items() if key != "header"}
    return Known(frozenset(table["header"]), make_columns({**said, "strict": False}, str(TABLES_FILE)))


def collect(source: Source, rows: Iterable[Row | JsonRecord], columns: Columns, class_name: str = "") -> Vocabulary:
    """Make a vocabulary of rows or records.

    Raises:
        VocabularyError: An identifier has no IRI, or what `Collector` refuses.
    """
    collector = Collector(source)
    identifiers = Identifiers(default=columns.prefix)
    hierarchy: Hierarchy = {}
    if columns.tree:
        rows = [*rows]
        hierarchy = _read_hierarchy(rows, columns, identifiers)
    for row in rows:
        if columns.obsolete and columns.is_obsolete(row.value(columns.obsolete)):
            collector.obsolete += 1
        else:
            _add(row, columns, identifiers, hierarchy, collector, class_name)
    return collector.finish(About(columns.title, licence=columns.licence))


def _add(
    row: Row | JsonRecord,
    columns: Columns,
    identifiers: Identifiers,
    hierarchy: Hierarchy,
    collector: Collector,
    class_name: str,
) -> None:
    identifier = row.value(columns.id)
    iri = identifiers.expand(identifier)
    label = row.value(columns.label) or next(_texts(row, columns.label_else), "")
    for column, value in ((columns.id, identifier), (columns.label, label)):
        if not value:
            raise collector.source.error(f"nothing stands under {column}", "mend the line", line=row.line)
    synonyms: dict[str, list[str]] = {scope: [] for scope in SCOPES}
    for scope in SCOPES:
        for column in getattr(columns, scope):
            for text, said in row.values(column.name, column.separator):
                synonyms[said or scope].append(text)
    own = columns.prefix or identifier.partition(":")[0] + ":"
    collector.add(
        iri,
        row.value(columns.label)
        or next((text for text, _ in row.values(columns.label_else.name, columns.label_else.separator)), ""),
        line=row.line,
        **synonyms,
        parents=(*_identifiers(row, columns.parents, own), *hierarchy.get(iri, ())),
        references=_identifiers(row, columns.references),
        exact_matches=_identifiers(row, columns.exact_matches, own),
        definition=row.value(columns.definition),
        class_name=class_name or columns.find_class([*_texts(row, columns.class_column)]),
        notation=to_notation(iri),
    )


def _identifiers(row: Row | JsonRecord, columns: Iterable[Column], default: str = "") -> Iterator[str]:
    for column in columns:
        known = Identifiers(default=column.prefix or default)
        for text, _ in row.values(column.name, column.separator):
            yield known.expand(text)


def _read_hierarchy(rows: Sequence[Row | JsonRecord], columns: Columns, identifiers: Identifiers) -> Hierarchy:
    """Give the parents of each term by the places that they have in trees, of those trees that have a class.

    Two terms may each stand above the other, at different places (so in MeSH): neither is then a parent.
    """
    places: dict[str, str] = {}
    for row in rows:
        for place in _places(row, columns):
            if columns.find_class([place]):
                places[place] = identifiers.expand(row.value(columns.id))
    parents: dict[str, list[str]] = {}
    for place, iri in places.items():
        above = places.get(place.rpartition(".")[0])
        if above is not None and above != iri:
            parents.setdefault(iri, []).append(above)
    while cycle := find_cycle(parents):
        for iri, above in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            parents[iri] = [one for one in parents[iri] if one != above]
    return parents


def _places(row: Row | JsonRecord, columns: Columns) -> Iterator[str]:
    return (place for column in columns.tree for place, _ in row.values(column.name, column.separator))


def _texts(row: Row | JsonRecord, column: Column) -> Iterator[str]:
    return (text for text, _ in row.values(column.name, column.separator))


def _unknown(source: Source, names: Sequence[str]) -> VocabularyError:
    has = ", ".join(names[:SHOWN])
    return source.error("no vocabulary of a known form", f"{FORM} (it has {has})", line=1)


def _parse_lines(source: Source) -> Iterator[JsonRecord]:
    for number, line in source.lines():
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise source.error(f"not JSON: {error.msg}", "give one JSON object a line", line=number) from error
        except RecursionError:
            raise source.error("its JSON is nested too deep", "give one plain object a line", line=number) from None
        if not isinstance(record, dict):
            raise source.error("not a JSON object", "give one JSON object a line", line=number)
        yield JsonRecord(number, record)


def _value_and_scope(value: Any) -> tuple[str, str]:
    if not isinstance(value, dict):
        return str(value).strip(), ""
    text = next((str(value[key]) for key in TEXT_KEYS if value.get(key)), "")
    scope = str(value.get("scope") or "").casefold()
    return text.strip(), scope if scope in SCOPES else ""
