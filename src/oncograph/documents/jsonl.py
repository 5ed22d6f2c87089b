"""JSON Lines, and JSON files that list the same records: `id`, `title`, `text`, `url`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from oncograph.documents.content import Content
from oncograph.documents.encoding import decode_text
from oncograph.documents.naming import RecordNames
from oncograph.documents.records import read_record
from oncograph.documents.refusal import Refusal, UnreadableError, show
from oncograph.model import Document

MAX_LINE = 64_000_000
MAX_WHOLE = 200_000_000
PATIENCE = 20
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_jsonl(content: Content) -> Iterator[Document | Refusal]:
    """Read one document a line, line by line; a bad line is refused and the next one read."""
    if content.head.startswith(WIDE_MARKS) or b"\0" in content.head:
        raise UnreadableError("is JSON Lines in UTF-16 or UTF-32; save it as UTF-8")
    names = RecordNames(content.file.id)
    hopeless = 0
    with content.open() as stream:
        for number, line in _read_lines(stream):
            for result in _read_line(content, names, line, number):
                hopeless = hopeless + 1 if isinstance(result, Refusal) and hopeless >= 0 else -1
                yield result
            if hopeless >= PATIENCE:
                raise UnreadableError(f"none of its first {PATIENCE} lines is a record; is it JSON Lines?")


def read_json(content: Content) -> Iterator[Document | Refusal]:
    """Read a JSON file that holds one record, or a list of them."""
    try:
        data = json.loads(decode_text(content.read(max_bytes=MAX_WHOLE)))
    except (ValueError, RecursionError) as error:
        raise UnreadableError(explain_json(error)) from error
    names = RecordNames(content.file.id)
    for number, record in enumerate(data if isinstance(data, list) else [data], 1):
        yield from read_record(content, names, record, place=f"record {number}", default_id=str(number))


def explain_json(error: ValueError | RecursionError) -> str:
    """Say in one line what is wrong with JSON and where."""
    if isinstance(error, RecursionError):
        return "is JSON nested too deeply; flatten it"
    if isinstance(error, json.JSONDecodeError):
        return f"is malformed JSON (line {error.lineno}, column {error.colno}: {error.msg}); mend it"
    return f"is malformed JSON ({show(str(error))}); mend it"


def _read_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(1 << 20)) and not rest.endswith(b"\n"):
                pass
            yield number, b""
        elif not line.isspace():
            yield number, line


def _read_line(content: Content, names: RecordNames, line: bytes, number: int) -> Iterator[Document | Refusal]:
    path = show(content.file.path)
    if not line:
        yield Refusal(path, f"line {number} is longer than {MAX_LINE // 1_000_000} MB; split its text")
        return
    try:
        record = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        yield Refusal(path, f"line {number} is not UTF-8 (byte {error.start + 1}); save the file as UTF-8")
    except json.JSONDecodeError as error:
        yield Refusal(path, f"line {number} is malformed JSON (column {error.colno}: {error.msg}); mend it")
    except (ValueError, RecursionError) as error:
        kind = "nested too deeply" if isinstance(error, RecursionError) else "a number too long to read"
        yield Refusal(path, f"line {number} is JSON that cannot be read ({kind}); mend it")
    else:
        yield from read_record(content, names, record, place=f"line {number}", default_id=str(number))
