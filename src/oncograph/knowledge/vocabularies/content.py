"""The bytes and lines of a vocabulary file, and the places in it that an error names."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from oncograph.errors import VocabularyError

GZIP_MAGIC = b"\x1f\x8b"
LONGEST_NAME = 1_000
"""Characters of a name; what is longer is a mistake in the file."""


def read_content(path: Path) -> bytes:
    """Read a file whole, unpacked where it is gzipped.

    Raises:
        VocabularyError: It cannot be read, is empty, or is cut off.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise VocabularyError(f"{path}: cannot be read ({error.strerror}); name a vocabulary file") from None
    if data.startswith(GZIP_MAGIC):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise VocabularyError(f"{path}: the gzip data is damaged or cut off ({error}); fetch it again") from None
    if not data.strip():
        raise VocabularyError(f"{path}: is empty; name a vocabulary file")
    return data


def decode(data: bytes, path: Path) -> str:
    """Decode UTF-8, with or without a mark at the beginning.

    Raises:
        VocabularyError: It is no UTF-8; names the line.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        wrong = data[error.start : error.start + 1].hex()
        raise VocabularyError(f"{path}:{line}: byte {wrong} is no UTF-8; save the file as UTF-8") from None


def place(path: Path, data: bytes, *words: str) -> str:
    """Name the first line of a file that holds one of some words: `doid.obo:17`; the file alone where none does."""
    for word in words:
        at = data.find(word.encode())
        if at >= 0:
            return _line(path, data, at)
    return str(path)


def place_again(path: Path, data: bytes, *words: str) -> str:
    """Name the second line of a file that holds the first of some words that it holds at all."""
    for word in map(str.encode, words):
        first = data.find(word)
        if first >= 0:
            second = data.find(word, first + 1)
            return _line(path, data, second if second >= 0 else first)
    return str(path)


def _line(path: Path, data: bytes, at: int) -> str:
    newline = b"\n"
    return f"{path}:{data.count(newline, 0, at) + 1}"
