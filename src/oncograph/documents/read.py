"""A file → its documents, by the reader of its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from oncograph.documents import sniff
from oncograph.documents.archive import MAX_MEMBER, read_archive
from oncograph.documents.bioc import read_bioc_json, read_bioc_xml
from oncograph.documents.content import MAX_BYTES, UNLIMITED, Content, load_content
from oncograph.documents.docx import read_docx
from oncograph.documents.html import read_html
from oncograph.documents.jats import read_jats
from oncograph.documents.jsonl import read_json, read_jsonl
from oncograph.documents.markdown import read_markdown
from oncograph.documents.naming import DocumentFile
from oncograph.documents.pdf import read_pdf
from oncograph.documents.plain import read_plain
from oncograph.documents.pubmed import read_pubmed
from oncograph.documents.refusal import Refusal, UnreadableError, show
from oncograph.errors import DocumentError
from oncograph.model import Document

Reader = Callable[[Content], Iterator[Document | Refusal]]

READERS: dict[str, Reader] = {
    sniff.TEXT: read_plain,
    sniff.MARKDOWN: read_markdown,
    sniff.HTML: read_html,
    sniff.PDF: read_pdf,
    sniff.DOCX: read_docx,
    sniff.JSON: read_json,
    sniff.JSON_LINES: read_jsonl,
    sniff.PUBMED: read_pubmed,
    sniff.JATS: read_jats,
    sniff.BIOC_XML: read_bioc_xml,
    sniff.BIOC_JSON: read_bioc_json,
    sniff.TAR: lambda content: read_archive(content, _read_member),
}
STREAMED = frozenset({sniff.JSON_LINES, sniff.PUBMED, sniff.BIOC_XML, sniff.TAR})
"""Formats that are read in constant memory, so that a file may be of any size."""


def read_documents(
    file: DocumentFile, *, on_refusal: Callable[[Refusal], None] | None = None, max_bytes: int | None = None
) -> Iterator[Document]:
    """Read the documents of a file in its order: one, or one a record, each when it is asked for.

    Args:
        on_refusal: Told of the file when it cannot be read, or of each record that cannot while the others are read.
        max_bytes: A file is refused when it reaches this size, compressed or not; without it only files of formats
            that are held in memory are, at 1 GB.

    Raises:
        DocumentError: Without `on_refusal`, at the first refusal.
    """
    refuse = on_refusal or _raise_refusal
    for result in _read_file(file, max_bytes=max_bytes):
        if isinstance(result, Refusal):
            refuse(result)
        else:
            yield result


def _read_member(file: DocumentFile, data: bytes) -> Iterator[Document | Refusal]:
    return _read_file(file, max_bytes=MAX_MEMBER, data=data)


def _read_file(file: DocumentFile, *, max_bytes: int | None, data: bytes | None = None) -> Iterator[Document | Refusal]:
    count = 0
    try:
        content = load_content(file, data=data)
        media_type = sniff.find_media_type(content.name, content.head)
        if media_type == sniff.TAR and data is not None:
            raise UnreadableError("is an archive inside an archive; unpack it")
        limit = max_bytes or (UNLIMITED if media_type in STREAMED else MAX_BYTES)
        for result in READERS[media_type](replace(content, media_type=media_type, max_bytes=limit)):
            count += isinstance(result, Document)
            yield result
    except UnreadableError as error:
        rest = f"; what stands before that place is read ({count:,} documents)" if count else ""
        yield Refusal(show(file.path), f"{error}{rest}")


def _raise_refusal(refusal: Refusal) -> None:
    raise DocumentError(str(refusal))
