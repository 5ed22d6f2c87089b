"""The file that a vocabulary is read from: opened whether gzipped or not, and named with its line in each error."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from oncograph.errors import VocabularyError

GZIP = b"\x1f\x8b"
HEAD_BYTES = 1 << 16
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a vocabulary."""

    path: Path

    @property
    def name(self) -> str:
        """Give the name of the file in lower case, without `.gz`."""
        return self.path.name.lower().removesuffix(".gz")

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open the file for reading what it holds, unpacked and without a mark at the beginning.

        Raises:
            VocabularyError: It cannot be opened, or, while it is read, its gzip turns out to be damaged.
        """
        try:
            with self.path.open("rb") as packed:
                is_packed = packed.read(2) == GZIP
                packed.seek(0)
                file = cast("BinaryIO", gzip.GzipFile(fileobj=packed)) if is_packed else packed
                if file.read(len(BYTE_ORDER_MARK)) != BYTE_ORDER_MARK:
                    file.seek(0)
                yield file
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise self.error("the gzip data is damaged or cut off", "fetch it again") from error
        except OSError as error:
            raise self.error(error.strerror or str(error), "give a file that can be read") from error

    def head(self) -> bytes:
        """Give the beginning of the file, enough to tell its form."""
        with self.open() as file:
            return file.read(HEAD_BYTES)

    def read(self) -> str:
        """Give the whole text.

        Raises:
            VocabularyError: It is not UTF-8; says where.
        """
        return "".join(line for _, line in self.lines())

    def lines(self) -> Iterator[tuple[int, str]]:
        """Give each line with its number, its end included.

        Raises:
            VocabularyError: A line is not UTF-8; says which, and at what byte.
        """
        with self.open() as file:
            offset = file.tell()
            for number, raw in enumerate(file, start=1):
                try:
                    line = raw.decode("utf-8")
                except UnicodeDecodeError as error:
                    wrong = f"byte {raw[error.start]:02x} is no UTF-8, at offset {offset + error.start:,}"
                    raise self.error(wrong, "save the file as UTF-8", line=number) from error
                yield number, line
                offset += len(raw)

    def find_lines(self, pattern: str) -> list[int]:
        """Give the numbers of the lines in which an expression is found; for naming a place in an error."""
        wanted = re.compile(pattern.encode())
        with self.open() as file:
            return [number for number, raw in enumerate(file, start=1) if wanted.search(raw)]

    def refuse_undecodable(self) -> None:
        """Refuse a file that is not UTF-8, for readers that would not say where."""
        for _ in self.lines():
            pass

    def error(self, wrong: str, mend: str, *, line: int | None = None) -> VocabularyError:
        """Make the error that says where, what is wrong, and what to do."""
        place = f"{self.path}:{line}" if line else str(self.path)
        return VocabularyError(f"{place}: {wrong}; {mend}")


def digest_file(path: Path) -> str:
    """Give the hex SHA-256 of a file as it lies there, packed or not."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
