"""Files for the tests of the readers: the ones in `articles/`, and ways to read any file in one call."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from oncograph.documents import Refusal, find_documents, read_documents
from oncograph.model import Document

ARTICLES = Path(__file__).parent / "articles"


def read_all(*paths: Path | str, max_bytes: int = 1_000_000_000) -> tuple[list[Document], list[Refusal]]:
    """Read everything that paths name, and all that was refused, each document checked."""
    refusals: list[Refusal] = []
    docs: list[Document] = []
    for file in find_documents(paths, on_refusal=refusals.append):
        docs += read_documents(file, on_refusal=refusals.append, max_bytes=max_bytes)
    for doc in docs:
        check_document(doc)
    for refusal in refusals:
        assert len(str(refusal).splitlines()) == 1
        assert "Traceback" not in str(refusal)
    return docs, refusals


def read_one(path: Path | str) -> Document:
    """Read the one document of a file that has no more and is not refused."""
    docs, refusals = read_all(path)
    assert not refusals, [str(refusal) for refusal in refusals]
    (doc,) = docs
    return doc


def refusal_of(path: Path | str, *, max_bytes: int = 1_000_000_000) -> str:
    """Give the one line about a file of which nothing could be read."""
    docs, refusals = read_all(path, max_bytes=max_bytes)
    assert not docs, docs[0].text[:200]
    (refusal,) = refusals
    return str(refusal)


def write(path: Path, data: bytes | str) -> Path:
    """Write a file and give its path back; text becomes UTF-8 with its line ends unchanged."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def outline(doc: Document) -> list[tuple[str, str]]:
    """List the blocks of a document as (kind and level, text)."""
    return [(f"{block.kind}{block.level or ''}", doc.text[block.start : block.end]) for block in doc.blocks]


def check_document(doc: Document) -> None:
    """Check what holds for every document of every format."""
    check_blocks(doc)
    assert doc.text.strip()
    assert doc.title.strip()
    assert doc.id
    assert doc.source
    assert len(doc.sha256) == 64
    for text in (doc.id, doc.title, doc.text, doc.source, doc.identifier):
        text.encode("utf-8")
        assert "\0" not in text


def check_blocks(doc: Document) -> None:
    """Check that blocks stand in order inside the text, apart from each other, and hold words."""
    position = 0
    for block in doc.blocks:
        assert block.kind in {"title", "heading", "paragraph", "item"}
        assert position <= block.start < block.end <= len(doc.text)
        words = doc.text[block.start : block.end]
        assert words == words.strip()
        assert (block.level == 0) == (block.kind == "paragraph")
        position = block.end


def texts(docs: Iterable[Document]) -> str:
    """Put the texts of documents together, to look for what must not be in any."""
    return "\n".join(doc.text for doc in docs)
