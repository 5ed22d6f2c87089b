"""The bytes of a file: opened with care, decompressed, and never more than a limit."""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from oncograph.documents.naming import DocumentFile
from oncograph.documents.refusal import UnreadableError

MAX_BYTES = 1_000_000_000
UNLIMITED = 1 << 62
HEAD_BYTES = 65_536
GZIP_MAGIC = b"\x1f\x8b"
BOMB_BYTES = 50_000_000
BOMB_RATIO = 300
KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one file, decompressed, with what its reader needs to know about them.

    Attributes:
        name: Name of the file without `.gz`.
        head: Its first 64 KB.
        media_type: Found from name and head; empty until it is.
        max_bytes: What it may not reach, compressed or not.
        data: The bytes of a member of an archive, as they stand there; None for a file of its own.
    """

    file: DocumentFile
    name: str
    head: bytes
    media_type: str = ""
    max_bytes: int = MAX_BYTES
    data: bytes | None = None

    @contextmanager
    def open(self) -> Iterator[io.BufferedReader]:
        """Open the decompressed bytes; reading raises `UnreadableError` at the limit and at a damaged place."""
        with _open_stream(self.file, self.data, self.max_bytes) as stream:
            yield stream

    def read(self, *, max_bytes: int | None = None) -> bytes:
        """Read all the bytes, of a format that is held in memory at `max_bytes` or less."""
        limit = min(self.max_bytes, max_bytes or self.max_bytes)
        with _open_stream(self.file, self.data, limit) as stream:
            return stream.read()


def load_content(file: DocumentFile, *, data: bytes | None = None) -> Content:
    """Look at the start of a file, or of a member of an archive.

    Raises:
        UnreadableError: It is not a regular file, empty, closed to us, or damaged at its start.
    """
    with _open_stream(file, data, UNLIMITED) as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise UnreadableError("is empty; there is nothing to read")
    if head.startswith(GZIP_MAGIC):
        raise UnreadableError("is compressed twice; unpack it once")
    name = file.path.name
    return Content(file, name[:-3] if name.lower().endswith(".gz") else name, head, data=data)


@contextmanager
def _open_stream(file: DocumentFile, data: bytes | None, max_bytes: int) -> Iterator[io.BufferedReader]:
    raw = _open_file(file, max_bytes) if data is None else io.BytesIO(data)
    with raw:
        zipped = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        inner: BinaryIO = gzip.GzipFile(fileobj=raw) if zipped else raw  # type: ignore[assignment]
        with io.BufferedReader(_Guard(inner, raw, max_bytes), 1 << 18) as stream:
            yield stream  # type: ignore[misc]


def _open_file(file: DocumentFile, max_bytes: int) -> io.FileIO:
    try:
        _check_kind(file.path.stat(), max_bytes)
        return file.path.open("rb", buffering=0)
    except (OSError, ValueError) as error:
        raise UnreadableError(_explain(error)) from error


def _check_kind(status: os.stat_result, max_bytes: int) -> None:
    for is_kind, kind in KINDS:
        if is_kind(status.st_mode):
            raise UnreadableError(f"is {kind}, not a file; copy what it gives into a file")
    if status.st_size >= max_bytes:
        raise UnreadableError(_too_large(status.st_size, max_bytes))


def _too_large(size: int, max_bytes: int) -> str:
    return f"is too large ({size / 1e6:,.0f} MB, the limit is {max_bytes / 1e6:,.0f} MB); split it"


def _explain(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file (or it is a link to nothing); check the path"
    if isinstance(error, PermissionError):
        return "permission denied; give yourself the right to read it"
    if isinstance(error, OSError):
        return f"cannot be opened ({error.strerror}); check the path"
    return "cannot be opened (the path holds a NUL character); check the path"


class _Guard(io.RawIOBase):
    """A stream that counts what it gives, and turns damage and excess into `UnreadableError`."""

    def __init__(self, inner: BinaryIO, raw: io.FileIO | io.BytesIO, max_bytes: int) -> None:
        self._inner, self._raw, self._max_bytes = inner, raw, max_bytes
        # One portion at a time, so that what stands before damage is given.
        self._read: Callable[[int], bytes] = getattr(inner, "read1", inner.read)
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._read(len(buffer))
        except EOFError as error:
            raise UnreadableError("is a gzip file cut off before its end; fetch it again") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise UnreadableError(f"is a damaged gzip file ({error}); fetch it again") from error
        except OSError as error:
            raise UnreadableError(f"cannot be read ({error.strerror})") from error
        buffer[: len(data)] = data
        self._count(len(data))
        return len(data)

    def _count(self, size: int) -> None:
        self._given += size
        if self._inner is not self._raw and self._given > BOMB_BYTES:
            ratio = self._given // max(self._raw.tell(), 1)
            if ratio > BOMB_RATIO:
                raise UnreadableError(f"swells {ratio}-fold when unpacked (a decompression bomb); leave it out")
        if self._given >= self._max_bytes:
            raise UnreadableError(f"holds more than {self._max_bytes / 1e6:,.0f} MB, which is the limit; split it")
