"""What a remote store holds of a graph, as far as it has said so: kept on disk, so that a killed push can go on."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from filelock import FileLock, Timeout

from oncograph.errors import StoreError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS unit (name TEXT PRIMARY KEY, digest TEXT NOT NULL, lines BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (state TEXT NOT NULL);
CREATE TEMP TABLE seen (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class SentUnit:
    """A part of the graph that was sent.

    Attributes:
        digest: Of what the remote store has taken; empty while that is not sure.
        lines: Statements that it may hold.
    """

    digest: str
    lines: tuple[str, ...]


class SentLog:
    """A log of the parts that a remote store holds; opened with `open_log`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @property
    def state(self) -> str:
        """The state of the graph that was sent as a whole; empty where a push has begun since."""
        row = self._connection.execute("SELECT state FROM state").fetchone()
        return str(row[0]) if row else ""

    @state.setter
    def state(self, state: str) -> None:
        self._connection.execute("DELETE FROM state")
        self._connection.execute("INSERT INTO state VALUES (?)", (state,))

    def find(self, name: str) -> SentUnit | None:
        """Give what was sent of a part, None for nothing."""
        row = self._connection.execute("SELECT digest, lines FROM unit WHERE name = ?", (name,)).fetchone()
        return SentUnit(row[0], _unpack(row[1])) if row else None

    def begin(self, name: str, lines: Sequence[str]) -> None:
        """Note that the remote store may hold these statements of a part from now on, and perhaps not all."""
        self._connection.execute("REPLACE INTO unit VALUES (?, '', ?)", (name, _pack(lines)))

    def finish(self, name: str, digest: str, lines: Sequence[str]) -> None:
        """Note that the remote store holds a part."""
        self._connection.execute("REPLACE INTO unit VALUES (?, ?, ?)", (name, digest, _pack(lines)))

    def forget(self, name: str) -> None:
        """Note that the remote store holds nothing of a part."""
        self._connection.execute("DELETE FROM unit WHERE name = ?", (name,))

    def doubt_all(self) -> None:
        """Note that nothing is sure, so that all is sent again."""
        self._connection.execute("UPDATE unit SET digest = ''")

    def see(self, name: str) -> None:
        """Note that the graph has a part now."""
        self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?)", (name,))

    def unseen(self) -> Iterator[str]:
        """Yield the parts that were sent and that the graph does not have now."""
        after = ""
        while rows := self._connection.execute(
            "SELECT name FROM unit WHERE name > ? AND name NOT IN seen ORDER BY name LIMIT 1000", (after,)
        ).fetchall():
            yield from (row[0] for row in rows)
            after = rows[-1][0]

    def sample(self, count: int) -> list[tuple[str, str]]:
        """Give a statement of some parts that are surely held, with the names of the parts."""
        rows = [
            row
            for order in ("ASC", "DESC")
            for row in self._connection.execute(
                f"SELECT name, lines FROM unit WHERE digest <> '' ORDER BY name {order} LIMIT ?", (count // 2,)
            )
        ]
        return [(name, line) for name, blob in rows for line in islice(filter(names_only, _unpack(blob)), 1)]

    def commit(self) -> None:
        """Put what was noted on disk."""
        self._connection.commit()


@contextmanager
def open_log(path: Path) -> Iterator[SentLog]:
    """Give the log at a path, which nobody else can use meanwhile; an absent one is begun.

    Raises:
        StoreError: Another process pushes the same graph, or the file is no log.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=0):
            connection = sqlite3.connect(path)
            try:
                _prepare(connection, path)
                yield SentLog(connection)
                connection.commit()
            finally:
                connection.close()
    except Timeout as error:
        raise StoreError(f"{path}: another push of this graph is under way; wait for it to end") from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _FORMAT):
            raise StoreError(f"{path}: written by another version; remove it, and all is sent again")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.executescript(_SCHEMA)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: is damaged ({error}); remove it, and all is sent again") from error


def names_only(line: str) -> bool:
    """Tell whether a statement ends with an IRI, which every store gives back as it was; literals some change."""
    return line.endswith("> .")


def _pack(lines: Sequence[str]) -> bytes:
    return zlib.compress("\n".join(lines).encode(), 1)


def _unpack(blob: bytes) -> tuple[str, ...]:
    text = zlib.decompress(blob).decode()
    return tuple(text.split("\n")) if text else ()
