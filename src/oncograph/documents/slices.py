"""A long XML file → the bytes of its records, cut apart before they are parsed, so that a broken one harms no other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedIOBase

from oncograph.documents.refusal import UnreadableError

CHUNK = 1 << 20
MAX_SLICE = 64_000_000
REACH = 256
"""More bytes than a tag that is looked for has."""
DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
OWN_ENTITIES = re.compile(rb"<!DOCTYPE[^>\[]*\[")
PROLOGUE = re.compile(rb"\xef\xbb\xbf|<\?.*?\?>|<!DOCTYPE[^>]*>|<!--.*?-->|\s+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Slice:
    """The bytes of one element with the line at which it begins."""

    tag: str
    data: bytes
    line: int


def can_be_cut(head: bytes) -> bool:
    """Tell whether the records of a file can be parsed each by itself: it is UTF-8 and declares no entities.

    >>> can_be_cut(b'<?xml version="1.0"?><PubmedArticleSet>'), can_be_cut(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    (True, False)
    """
    declared = DECLARED.search(head)
    encoding = declared[1].lower() if declared else b"utf-8"
    return (
        encoding in (b"utf-8", b"utf8", b"us-ascii", b"ascii") and b"\0" not in head and not OWN_ENTITIES.search(head)
    )


def cut_elements(stream: BufferedIOBase, tags: Sequence[str], *, around: Sequence[str]) -> Iterator[Slice | str]:
    """Cut the elements of the given tags out of a stream, the outermost ones; a message for what is none of them.

    An element whose end tag is missing ends where the next one of its kind begins, or with the stream.

    Args:
        tags: Of the elements; none holds one of its own tag.
        around: Tags that may stand between them.

    Raises:
        UnreadableError: One of the tags around them is not closed.
    """
    start = re.compile(rb"<(%b)(?=[\s>])" % _any_of(tags))
    closings = {tag: re.compile(rb"</%b\s*>|<%b(?=[\s>])" % (tag, tag)) for tag in map(str.encode, tags)}
    buffer = _Buffer(stream)
    gap = _Gap(re.compile(rb"<(/?)(?:%b)(?:\s[^>]*)?>" % _any_of(around)))
    while True:
        match = buffer.search(start, 0, limit=2 * CHUNK)
        gap.add(buffer.line, buffer.take(match.start() if match else max(0, buffer.size - REACH * (not buffer.ended))))
        if match is None and not buffer.ended:
            continue
        if message := gap.close():
            yield message
        if match is None:
            break
        tag, line = match[1], buffer.line
        begun = len(tag) + 1
        end = buffer.search(closings[tag], begun, limit=MAX_SLICE)
        if end is None and not buffer.ended:
            yield f"the article at line {line} is longer than {MAX_SLICE // 1_000_000} MB; take it out"
            while end is None and not buffer.ended:
                buffer.take(buffer.size - REACH)
                end = buffer.search(closings[tag], 0, limit=2 * CHUNK)
            buffer.take(_find_end(end, buffer.size))
        else:
            yield Slice(tag.decode(), buffer.take(_find_end(end, buffer.size)), line)
    if gap.depth > 0:
        raise UnreadableError(f"is cut off before its end (line {buffer.line}); fetch it again")


def _any_of(tags: Sequence[str]) -> bytes:
    return "|".join(tags).encode()


def _find_end(match: re.Match[bytes] | None, size: int) -> int:
    if match is None:
        return size
    return match.end() if match[0].startswith(b"</") else match.start()


class _Gap:
    """What stands between two elements."""

    def __init__(self, borders: re.Pattern[bytes]) -> None:
        self.depth = 0
        self._borders = borders
        self._line = 0
        self._left_out = 0

    def add(self, line: int, data: bytes) -> None:
        """Take a part of it, the line at which it begins."""
        self.depth += sum(-1 if match[1] else 1 for match in self._borders.finditer(data))
        size = len(PROLOGUE.sub(b"", self._borders.sub(b"", data)))
        if size and not self._left_out:
            self._line = line
        self._left_out += size

    def close(self) -> str:
        """Begin anew, and say what was no XML around elements."""
        size, self._left_out = self._left_out, 0
        return f"after line {self._line}: {size:,} bytes belong to no article; they are left out" if size else ""


class _Buffer:
    """The part of a stream that is being looked at; matches count from the place that was taken to."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self._data = b""
        self._place = 0
        self.line = 1
        self.ended = False

    @property
    def size(self) -> int:
        return len(self._data) - self._place

    def search(self, pattern: re.Pattern[bytes], after: int, *, limit: int) -> re.Match[bytes] | None:
        """Find the next match, reading on for it up to the limit."""
        place = after
        while (match := pattern.search(memoryview(self._data)[self._place :], place)) is None:
            if self.size >= limit:
                return None
            place = max(after, self.size - REACH)
            more = self._stream.read1(CHUNK)
            if not more:
                self.ended = True
                return None
            self._data = self._data[self._place :] + more
            self._place = 0
        return match

    def take(self, size: int) -> bytes:
        """Take bytes off the beginning."""
        data = self._data[self._place : self._place + size]
        self._place += size
        self.line += data.count(b"\n")
        return data
