"""Delimited tables, comma- or tab-separated, row by row with the line each stands at."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from oncograph.errors import VocabularyError
from oncograph.knowledge.vocabularies.source import Source

DELIMITERS = (",", ";", "|")
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes:
        line: Where it begins.
        columns: Place of each column by its name.
    """

    line: int
    fields: Sequence[str]
    columns: Mapping[str, int]

    def value(self, column: str) -> str:
        """Give what stands in a column, without the white space around it; nothing where there is no such column."""
        place = self.columns.get(column)
        return "" if place is None else self.fields[place].strip()

    def values(self, column: str, separator: str) -> list[tuple[str, str]]:
        """Give each of several values in a column, with the scope it says it has: none, in a table."""
        value = self.value(column)
        if not value:
            return []
        parts = value.split(separator) if separator else (value,)
        return [(text, "") for part in parts if (text := part.strip())]


def read_rows(
    source: Source, *, comment: str = "", needed: Sequence[str] = (), header: Sequence[str] = ()
) -> Iterator[Row]:
    """Give the rows of a table; blank lines are none.

    Tabs separate the fields if the first line has one, else what it has most of: commas, semicolons or bars. Fields
    between tabs have no line ends in them; they may stand in quotes.

    Args:
        comment: What lines before the header begin with that are to be passed over.
        needed: Columns that must be there.
        header: Names of the columns where the table itself has none.

    Raises:
        VocabularyError: A needed column is missing, a row has too many or too few fields, or a quote does not close.
    """
    lines = _lines(source, comment)
    first = next(lines, None)
    if first is None:
        raise source.error("is empty", "give a table with a header line")
    delimiter = find_delimiter(first[1])
    following = _chain(first, lines)
    rows = _split_tabs(following) if delimiter == "\t" else _split_quoted(source, following, delimiter)
    line, names = (first[0], [*header]) if header else next(rows)
    columns = {name.strip(): place for place, name in enumerate(names)}
    twice = next((name for place, name in enumerate(names) if name.strip() and columns[name.strip()] != place), None)
    if twice is not None:
        raise source.error(f"two columns are called {twice.strip()}", "rename one", line=line)
    refuse_missing(source, [*columns], needed, line)
    for line, fields in rows:
        if len(fields) != len(names):
            raise _wrong_number(source, line, len(fields), len(names))
        yield Row(line, fields, columns)


def find_delimiter(line: str) -> str:
    """Give what separates the fields of a header line.

    >>> find_delimiter("id;label;synonyms, other"), find_delimiter("label")
    (';', ',')
    """
    return "\t" if "\t" in line else max(DELIMITERS, key=line.count)


def refuse_missing(source: Source, names: Sequence[str], needed: Sequence[str], line: int | None) -> None:
    """Refuse a table that lacks a column, naming those it has."""
    for name in needed:
        if name not in names:
            has = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
            raise source.error(f"there is no column {name}", f"the columns are {has}", line=line)


def _lines(source: Source, comment: str) -> Iterator[tuple[int, str]]:
    """Give the lines from the header on, blank ones left out."""
    started = not comment
    for number, line in source.lines():
        if not line.strip():
            continue
        started = started or not line.startswith(comment)
        if started:
            yield number, line


def _chain(first: tuple[int, str], rest: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    yield first
    yield from rest


def _split_tabs(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, Sequence[str]]]:
    for number, line in lines:
        fields = line.rstrip("\r\n").split("\t")
        yield number, [_unquote(field) for field in fields] if '"' in line else fields


def _unquote(field: str) -> str:
    """Take away the quotes that stand around a whole field; others are part of it."""
    if len(field) < 2 or field[0] != '"' or field[-1] != '"':
        return field
    inner = field[1:-1].replace('""', "\0")
    return field if '"' in inner else inner.replace("\0", '"')


def _split_quoted(
    source: Source, lines: Iterator[tuple[int, str]], delimiter: str
) -> Iterator[tuple[int, Sequence[str]]]:
    place = _Place()
    rows = csv.reader(place.follow(lines), delimiter=delimiter, strict=True)
    while True:
        place.started = False
        try:
            fields = next(rows, None)
        except csv.Error as error:
            raise _not_csv(source, error, place) from error
        if fields is None:
            return
        yield place.first, fields


@dataclass(slots=True)
class _Place:
    """The lines that the row now read begins and ends at."""

    first: int = 0
    last: int = 0
    started: bool = False

    def follow(self, lines: Iterator[tuple[int, str]]) -> Iterator[str]:
        for number, line in lines:
            if not self.started:
                self.first, self.started = number, True
            self.last = number
            yield line


def _wrong_number(source: Source, line: int, found: int, wanted: int) -> VocabularyError:
    return source.error(
        f"{found} fields in place of {wanted}",
        "mend the line; a field that holds the separator stands in quotes",
        line=line,
    )


def _not_csv(source: Source, error: csv.Error, place: _Place) -> VocabularyError:
    far = f" (up to line {place.last})" if place.last > place.first else ""
    return source.error(
        f"the row cannot be read{far}: {error}",
        "a quote in a quoted field is doubled, and each closes",
        line=place.first,
    )
