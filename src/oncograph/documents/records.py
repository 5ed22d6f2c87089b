"""Records of a file of many documents → documents, each named, or refused without harm to the others."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from oncograph.documents.content import Content
from oncograph.documents.encoding import mend_surrogates
from oncograph.documents.layout import Piece, join_pieces, shift_blocks
from oncograph.documents.naming import RecordNames
from oncograph.documents.refusal import Refusal, show
from oncograph.model import Block, Document

URL = re.compile(r"https?://[!-~\u00a1-\ud7ff\uf900-\ufdcf]+", re.IGNORECASE)
NOT_IN_IRI = frozenset('<>"{}|\\^`[]')


def to_record(
    content: Content,
    names: RecordNames,
    record_id: str,
    layout: tuple[str, tuple[Block, ...]],
    *,
    title: str = "",
    identifier: str = "",
    url: str = "",
) -> Document | Refusal:
    """Make the document of one record; refuse it without text, and when its identifier was used before."""
    text, blocks = layout
    source = str(content.file.path)
    if not text or text.isspace():
        return Refusal(show(source), f"record {show(record_id, limit=80)} has no text; give it some or take it out")
    if "\0" in text or "\0" in record_id:
        return Refusal(show(source), f"record {show(record_id, limit=80)} holds a NUL character; take it out")
    name = names.add(record_id)
    if not name:
        return Refusal(show(source), f"record {show(record_id, limit=80)} stands twice; give each its own identifier")
    return Document(
        id=name,
        title=" ".join(title.split()) or record_id,
        text=text,
        blocks=blocks,
        source=url if is_url(url) else f"{content.file.source}#{record_id}",
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        identifier=identifier or record_id,
        media_type=content.media_type,
    )


def is_url(text: str) -> bool:
    """Tell whether a text is a web address that may stand as an IRI.

    >>> is_url("https://www.cancer.gov/types/breast"), is_url("her2.txt"), is_url("https://a b")
    (True, False, False)
    """
    if URL.fullmatch(text) is None or not NOT_IN_IRI.isdisjoint(text):
        return False
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False


def lay_out_record(title: str, body: str) -> tuple[str, tuple[Block, ...]]:
    r"""Put a title above a body of plain text, unless the body begins with it.

    >>> lay_out_record("HER2", "HER2 is a receptor.\nIt is a kinase.")[0]
    'HER2\n\nHER2 is a receptor.\nIt is a kinase.'
    """
    from oncograph.reading.blocks import find_blocks

    if not title or _opens_with(body, title):
        return body, find_blocks(body)
    head, head_blocks = join_pieces([Piece("title", title, 1)])
    start = head + "\n\n"
    return start + body, head_blocks + shift_blocks(find_blocks(body), len(start))


def _opens_with(body: str, title: str) -> bool:
    opening = body[: len(title) + 80].lstrip()
    return opening.startswith(title) and opening[len(title) :].lstrip(" \t\r")[:1] in ("", "\n")


def read_field(record: Mapping[str, Any], *keys: str) -> str:
    """Give the first of the fields that holds text or a number, fit for UTF-8; else the empty string."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, str) and value:
            return mend_surrogates(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def read_record(
    content: Content, names: RecordNames, record: object, *, place: str, default_id: str
) -> Iterator[Document | Refusal]:
    """Make the document of a JSON record with `text` (or `abstract`), `title`, `id` and `url`.

    Args:
        place: Where it stands in the file, for messages: `line 12`.
        default_id: What it is called without an `id`.
    """
    if not isinstance(record, dict):
        kind = "a list" if isinstance(record, list) else "a bare value"
        yield Refusal(show(content.file.path), f'{place} is {kind}, not an object; write {{"text": …}} there')
        return
    if isinstance(record.get("passages"), list):
        from oncograph.documents.bioc import read_bioc_record

        yield read_bioc_record(content, names, record, default_id=default_id)
        return
    body = read_field(record, "text", "abstract")
    if not body or body.isspace():
        yield Refusal(show(content.file.path), f'{place} has no text; give it a field "text"')
        return
    title = " ".join(read_field(record, "title").split())
    record_id = read_field(record, "id", "pmid").strip() or default_id
    layout = lay_out_record(title, body)
    yield to_record(content, names, record_id, layout, title=title, url=read_field(record, "url").strip())
