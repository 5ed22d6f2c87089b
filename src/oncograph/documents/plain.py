"""Plain text, kept to the character."""

from __future__ import annotations

from collections.abc import Iterator

from oncograph.documents.content import Content
from oncograph.documents.encoding import decode_text
from oncograph.documents.layout import find_title
from oncograph.documents.single import to_document
from oncograph.model import Document


def read_plain(content: Content) -> Iterator[Document]:
    """Read a text file as one document, its line ends unchanged."""
    from oncograph.reading.blocks import find_blocks

    data = content.read()
    text = decode_text(data)
    blocks = find_blocks(text)
    yield to_document(content, data, text, blocks, title=find_title(text, blocks))
