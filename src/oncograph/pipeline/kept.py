"""What documents were read to, kept from one build to the next: only what is new or changed is read again.

A reading belongs to its document as it was parsed and to all that reads: our own code, the ontology and the added
vocabularies. A change of any makes another key, so nothing kept is ever out of date. What a build keeps is on disk
within a second, so that a build that was stopped, even by the loss of power, goes on where it was.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
import zlib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from oncograph.model import Concept, Document, Reading, UndecidedName
from oncograph.report import ReadDocument

FILE = ".readings.sqlite"
FORMAT = 1
"""What the file holds; one of another form is made anew."""
COMMIT_SECONDS = 1.0
KEY_BYTES = 16
_TABLES = ("readings", "files", "descriptions")
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS readings (key BLOB PRIMARY KEY, head BLOB NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS descriptions (iri TEXT, key BLOB, body BLOB NOT NULL, PRIMARY KEY (iri, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS descriptions_by_key ON descriptions (key);
CREATE TABLE IF NOT EXISTS files (key BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE used (key BLOB PRIMARY KEY) WITHOUT ROWID;
"""


class Head(msgspec.Struct, array_like=True, frozen=True):
    """What a report tells of a document."""

    document: ReadDocument
    text_bytes: int
    undecided: tuple[UndecidedName, ...]


_encoder = msgspec.msgpack.Encoder()
_readings = msgspec.msgpack.Decoder(Reading)
_heads = msgspec.msgpack.Decoder(Head)
_concepts = msgspec.msgpack.Decoder(tuple[Concept, ...])


class FileContents(msgspec.Struct, array_like=True, frozen=True):
    """What a file was parsed to.

    Attributes:
        keys: Of its documents' readings, in their order.
        refusals: Source and reason of each record that could not be read.
    """

    keys: tuple[bytes, ...]
    refusals: tuple[tuple[str, str], ...]


_contents = msgspec.msgpack.Decoder(FileContents)


def summarise_reading(reading: Reading) -> Head:
    """Give what a report tells of a document."""
    doc = reading.doc
    document = ReadDocument(doc.id, doc.source, doc.title, len(doc.text), len(reading.claims))
    return Head(document, len(doc.text.encode("utf-8", "replace")), reading.undecided)


class EncodedReading(msgspec.Struct, array_like=True, frozen=True):
    """A reading as it is kept.

    Attributes:
        body: All of it.
        descriptions: What it says of each entity, by IRI.
    """

    body: bytes
    descriptions: tuple[tuple[str, bytes], ...]


def encode_reading(reading: Reading) -> EncodedReading | None:
    """Give a reading as it is kept; None where its text cannot be written, as with half of a surrogate pair."""
    described: dict[str, list[Concept]] = {}
    for concept in reading.concepts:
        described.setdefault(concept.iri, []).append(concept)
    try:
        return EncodedReading(
            zlib.compress(_encoder.encode(reading), 1),
            tuple((iri, _encoder.encode(concepts)) for iri, concepts in described.items()),
        )
    except UnicodeEncodeError:
        return None


def decode_reading(body: bytes) -> Reading:
    """Give the reading whose body `encode_reading` wrote."""
    return _readings.decode(zlib.decompress(body))


class KeptReadings:
    """The readings of a graph's folder."""

    def __init__(self, connection: sqlite3.Connection, reader: str, parser: str) -> None:
        self._connection = connection
        self._reader = reader.encode()
        self._parser = parser.encode()
        self._written = time.monotonic()

    def name_document(self, doc: Document) -> bytes:
        """Give the key of a document's reading."""
        fields = (doc.id, doc.title, doc.text, repr(doc.blocks), doc.source, doc.sha256, doc.identifier, doc.media_type)
        parts = [self._reader, *(field.encode("utf-8", "surrogatepass") for field in fields)]
        return hashlib.blake2b(_frame(parts), digest_size=KEY_BYTES).digest()

    def name_file(self, id: str, source: str, sha256: str) -> bytes:
        """Give the key of a file's contents, by its name in the graph and the digest of its bytes."""
        parts = [self._reader, self._parser, *(part.encode("utf-8", "surrogatepass") for part in (id, source, sha256))]
        return hashlib.blake2b(_frame(parts), digest_size=KEY_BYTES).digest()

    def require(self, key: bytes) -> Reading:
        """Give a reading that is kept, and keep it for the next build.

        Raises:
            KeyError: It is not.
        """
        return decode_reading(self.require_body(key))

    def require_body(self, key: bytes) -> bytes:
        """Give a reading that is kept, for `decode_reading`, and keep it for the next build.

        Raises:
            KeyError: It is not.
        """
        row = self._connection.execute("SELECT body FROM readings WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key.hex())
        self._use(key)
        body: bytes = row[0]
        return body

    def find_file(self, key: bytes) -> FileContents | None:
        """Give what a file was parsed to, if all of its readings are kept."""
        row = self._connection.execute("SELECT body FROM files WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        contents = _contents.decode(row[0])
        if not all(map(self.has, contents.keys)):
            return None
        self._use(key)
        return contents

    def has(self, key: bytes) -> bool:
        """Tell whether the reading of a key is kept."""
        return self._connection.execute("SELECT 1 FROM readings WHERE key = ?", (key,)).fetchone() is not None

    def keep(self, key: bytes, head: Head, encoded: EncodedReading) -> None:
        """Keep a reading."""
        row = (key, _encoder.encode(head), encoded.body)
        self._connection.execute("INSERT OR REPLACE INTO readings VALUES (?, ?, ?)", row)
        self._connection.executemany(
            "INSERT OR REPLACE INTO descriptions VALUES (?, ?, ?)",
            ((iri, key, concepts) for iri, concepts in encoded.descriptions),
        )
        self._use(key)

    def list_heads(self) -> dict[bytes, Head]:
        """Give what a report tells of each kept document."""
        return {key: _heads.decode(head) for key, head in self._connection.execute("SELECT key, head FROM readings")}

    def list_files(self) -> dict[bytes, FileContents]:
        """Give what each kept file was parsed to."""
        return {key: _contents.decode(body) for key, body in self._connection.execute("SELECT key, body FROM files")}

    def count_descriptions(self, iri: str, keys: Container[bytes]) -> Counter[Concept]:
        """Count what some of the kept documents say about an entity that the ontology does not hold."""
        rows = self._connection.execute("SELECT key, body FROM descriptions WHERE iri = ?", (iri,))
        return Counter(concept for key, body in rows if key in keys for concept in _concepts.decode(body))

    def forget(self, keys: Iterable[bytes]) -> None:
        """Let go of some readings and files."""
        gone = [(key,) for key in keys]
        for table in _TABLES:
            self._connection.executemany(f"DELETE FROM {table} WHERE key = ?", gone)

    def keep_file(self, key: bytes, keys: Sequence[bytes], refusals: Sequence[tuple[str, str]]) -> None:
        """Keep what a file was parsed to."""
        body = _encoder.encode(FileContents(tuple(keys), tuple(refusals)))
        self._connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (key, body))
        self._use(key)

    def clear(self) -> None:
        """Let go of everything."""
        for table in _TABLES:
            self._connection.execute(f"DELETE FROM {table}")

    def sweep(self) -> None:
        """Let go of what this build has not used: documents that were removed or changed, and what read them before."""
        for table in _TABLES:
            self._connection.execute(f"DELETE FROM {table} WHERE key NOT IN (SELECT key FROM used)")

    def _use(self, key: bytes) -> None:
        self._connection.execute("INSERT OR IGNORE INTO used VALUES (?)", (key,))
        if time.monotonic() - self._written > COMMIT_SECONDS:
            self._connection.commit()
            self._written = time.monotonic()


@contextmanager
def open_kept(folder: Path, *, reader: str, parser: str) -> Iterator[KeptReadings]:
    """Open the kept readings of a graph's folder; a file that is damaged is made anew.

    Args:
        reader: Digest of all that makes a reading of a document.
        parser: Digest of all that makes documents of a file.
    """
    with closing(_connect(folder / FILE)) as connection:
        try:
            yield KeptReadings(connection, reader, parser)
        finally:
            connection.commit()


def _connect(path: Path) -> sqlite3.Connection:
    try:
        return _prepare(path)
    except sqlite3.DatabaseError:
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        return _prepare(path)


def _prepare(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] not in (0, FORMAT):
            raise sqlite3.DatabaseError("of another form")
        connection.executescript(f"{_SCHEMA} PRAGMA user_version = {FORMAT};")
    except BaseException:
        connection.close()
        raise
    return connection


def _frame(parts: Sequence[bytes]) -> bytes:
    """Join parts so that no two lists of parts give the same bytes."""
    return b"".join(b"%d:" % len(part) + part for part in parts)
