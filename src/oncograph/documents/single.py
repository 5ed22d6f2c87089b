"""What all formats of one document a file do alike: name it, take its digest, refuse it when it has no text."""

from __future__ import annotations

import hashlib

from oncograph.documents.content import Content
from oncograph.documents.naming import stem, to_unicode
from oncograph.documents.refusal import UnreadableError
from oncograph.model import Block, Document

TITLE_LENGTH = 300


def to_document(content: Content, data: bytes, text: str, blocks: tuple[Block, ...], *, title: str = "") -> Document:
    """Make the document of a file; without a title it is called as the file is.

    Args:
        data: The decompressed bytes of the file, for its digest.

    Raises:
        UnreadableError: The text is white space only.
    """
    if not text or text.isspace():
        raise UnreadableError("holds no text (only white space); leave it out")
    name = to_unicode(content.file.path.name)
    return Document(
        id=content.file.id,
        title=" ".join(title.split())[:TITLE_LENGTH] or stem(name),
        text=text,
        blocks=blocks,
        source=content.file.source,
        sha256=hashlib.sha256(data).hexdigest(),
        identifier=name,
        media_type=content.media_type,
    )
