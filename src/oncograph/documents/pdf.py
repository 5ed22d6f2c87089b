"""PDF: the words of each page are read by PDFium in a process of its own, what they form is found in `pdf_layout`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from oncograph.documents.content import Content
from oncograph.documents.encoding import mend_surrogates
from oncograph.documents.layout import find_title, join_pieces
from oncograph.documents.pdf_layout import Page, Word, find_pieces
from oncograph.documents.refusal import UnreadableError
from oncograph.documents.single import to_document
from oncograph.model import Document

MAX_BYTES = 300_000_000
MAX_PAGES = 10_000
MAX_CPU_SECONDS = 120
MAX_SECONDS = 600
MAX_MEMORY = 2_000_000_000
PROGRAM = Path(__file__).with_name("pdf_words.py")
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
CLEAN = dict.fromkeys([*range(32), 0x7F, 0xAD, 0xFEFF, 0xFFFF], "") | LIGATURES


def read_pdf(content: Content) -> Iterator[Document]:
    """Read a PDF as one document, without page numbers and running heads; a scan is refused."""
    data = content.read(max_bytes=MAX_BYTES)
    text, blocks = join_pieces(find_pieces(_read_pages(data)))
    if not text:
        raise UnreadableError("is a PDF without text, such as a scan; run text recognition (OCR) on it first")
    yield to_document(content, data, text, blocks, title=find_title(text, blocks))


def _read_pages(data: bytes) -> list[Page]:
    pages: list[Page] = []
    for line in _run_program(data).splitlines():
        page = json.loads(line)
        if isinstance(page, dict):
            raise UnreadableError(_explain(page))
        number, height, words = page
        pages.append(Page(number, height, tuple(word for values in words if (word := _to_word(*values)).text)))
    return pages


def _run_program(data: bytes) -> bytes:
    """Run the reader of words; it is ended when it takes too long or too much memory."""
    limits = [str(MAX_CPU_SECONDS), str(MAX_MEMORY), str(MAX_PAGES)]
    try:
        done = subprocess.run(
            # -P: the folder of the program holds modules named as those of the standard library.
            [sys.executable, "-P", str(PROGRAM), *limits],
            input=data,
            capture_output=True,
            timeout=MAX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableError(_explain({"error": "stopped"})) from None
    if done.returncode < 0 or b"MemoryError" in done.stderr:
        raise UnreadableError(_explain({"error": "stopped"}))
    if done.returncode:
        raise RuntimeError(f"{PROGRAM.name} failed: {done.stderr.decode(errors='replace')}")
    return done.stdout


def _explain(failure: dict[str, object]) -> str:
    if failure["error"] == "encrypted":
        return "is encrypted; save a copy without a password"
    if failure["error"] == "pages":
        return f"has {failure['pages']:,} pages (the limit is {MAX_PAGES:,}); split it"
    if failure["error"] == "stopped":
        return "is a PDF that takes too much time or memory to open, as hostile ones do; print it to a new PDF"
    return "is a PDF too damaged to open; fetch it again, or print it to a new PDF"


def _to_word(text: str, left: float, right: float, base: float, size: float, bold: bool) -> Word:
    return Word(mend_surrogates(text.translate(CLEAN)), left, right, base, size, bold)
