"""A file → its documents, by the reader of its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from oncograph.documents import sniff
from oncograph.documents.bioc import read_bioc_json, read_bioc_xml
from oncograph.documents.content import MAX_BYTES, Content, load_content
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
}


def read_documents(
    file: DocumentFile, *, on_refusal: Callable[[Refusal], None] | None = None, max_bytes: int = MAX_BYTES
) -> Iterator[Document]:
    """Read the documents of a file in its order: one, or one a record, each when it is asked for.

    Args:
        on_refusal: Told of the file when it cannot be read, or of each record that cannot while the others are read.
        max_bytes: A file is refused when it reaches this size, compressed or not.

    Raises:
        DocumentError: Without `on_refusal`, at the first refusal.
    """
    refuse = on_refusal or _raise_refusal
    try:
        content = load_content(file, max_bytes=max_bytes)
        content = replace(content, media_type=sniff.find_media_type(content.name, content.head))
        for result in READERS[content.media_type](content):
            if isinstance(result, Refusal):
                refuse(result)
            else:
                yield result
    except UnreadableError as error:
        refuse(Refusal(show(file.path), str(error)))


def _raise_refusal(refusal: Refusal) -> None:
    raise DocumentError(str(refusal))
