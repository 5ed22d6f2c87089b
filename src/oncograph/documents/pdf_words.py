"""PDF bytes on standard input → the words of each page with their places on standard output, a line of JSON a page.

Run as a program of its own, because a hostile PDF can make PDFium work for hours, fill the memory or crash: then this
process ends and the build goes on. It imports nothing of oncograph, so that it starts quickly.

    python -P pdf_words.py CPU_SECONDS MEMORY_BYTES MAX_PAGES < paper.pdf
"""

from __future__ import annotations

import ctypes
import json
import math
import re
import sys
from collections.abc import Iterator
from typing import Any

import pypdfium2
from pypdfium2 import raw

# PDFium writes U+FFFE for a hyphen that ends a line; it may or may not belong to the word.
WORD = re.compile("[^\\s\ufffe]+\ufffe?")
CITED = re.compile(r"(.*?[A-Za-z.,;:)\]”\"])[\d,–-]+")
SMALL = 0.85
RAISED = 0.15


def write_words(data: bytes, *, max_pages: int) -> None:
    """Write a line for each page: its number, its height and its words; or one line that says what is wrong."""
    try:
        with pypdfium2.PdfDocument(data) as pdf:
            if len(pdf) > max_pages:
                _write({"error": "pages", "pages": len(pdf)})
                return
            for number in range(len(pdf)):
                page = pdf[number]
                _write([number, page.get_height(), list(read_words(page))])
                page.close()
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower() or "security" in str(error).lower()
        _write({"error": "encrypted" if locked else "damaged"})


def read_words(page: pypdfium2.PdfPage) -> Iterator[list[Any]]:
    """Give the words of a page in the order of the file: text, left, right, base line, size, bold."""
    text_page = page.get_textpage()
    if text_page.count_chars() > 0:
        text = text_page.get_text_range()
        basic = not text or max(text) < "\U00010000"
        for match in WORD.finditer(text):
            start, end = match.span()
            if not basic:  # PDFium counts UTF-16 units
                start, end = (len(text[:place].encode("utf-16-le", "surrogatepass")) // 2 for place in (start, end))
            first = raw.FPDFText_GetCharIndexFromTextIndex(text_page.raw, start)
            last = raw.FPDFText_GetCharIndexFromTextIndex(text_page.raw, end - 1 - match[0].endswith("\ufffe"))
            if 0 <= first <= last:
                yield from _measure_word(text_page, match[0], first, last)
    text_page.close()


def _measure_word(page: pypdfium2.PdfTextPage, text: str, first: int, last: int) -> Iterator[list[Any]]:
    """Measure a word; rotated ones (stamps in the margin) are left out, as are citation numbers raised behind it."""
    scale = _read_scale(page, first)
    if not scale:
        return
    size = raw.FPDFText_GetFontSize(page.raw, first) * scale
    left, base = _read_origin(page, first)
    cited = CITED.fullmatch(text)
    if cited and _is_raised(page, last, size, base):
        text = cited[1]
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(page.raw, last, box)
    places = left, box.right, base, size
    if all(math.isfinite(place) for place in places):
        yield [text, *(round(place, 2) for place in places), _is_bold(page, first)]


def _read_scale(page: pypdfium2.PdfTextPage, index: int) -> float:
    matrix = raw.FS_MATRIX()
    if not raw.FPDFText_GetMatrix(page.raw, index, matrix):
        return 1.0
    return 0.0 if abs(matrix.b) > abs(matrix.a) else abs(matrix.d)


def _read_origin(page: pypdfium2.PdfTextPage, index: int) -> tuple[float, float]:
    left, base = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(page.raw, index, left, base)
    return left.value, base.value


def _is_raised(page: pypdfium2.PdfTextPage, index: int, size: float, base: float) -> bool:
    small = raw.FPDFText_GetFontSize(page.raw, index) * _read_scale(page, index) < SMALL * size
    return small and _read_origin(page, index)[1] > base + RAISED * size


def _is_bold(page: pypdfium2.PdfTextPage, index: int) -> bool:
    buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    raw.FPDFText_GetFontInfo(page.raw, index, buffer, 128, flags)
    name = buffer.value.lower()
    heavy = bool(raw.FPDFText_GetFontWeight(page.raw, index) >= 600)
    return heavy or any(word in name for word in (b"bold", b"black", b"heavy"))


def _write(line: object) -> None:
    sys.stdout.write(json.dumps(line, allow_nan=False) + "\n")


def _limit_resources(seconds: int, memory: int) -> None:
    try:
        import resource
    except ImportError:  # no such limits on Windows; the caller's clock remains
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit_resources(int(sys.argv[1]), int(sys.argv[2]))
    write_words(sys.stdin.buffer.read(), max_pages=int(sys.argv[3]))
