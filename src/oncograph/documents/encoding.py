"""Bytes of a text → the text: by byte order mark, as UTF-8, as UTF-16 that shows, as Windows-1252, in that order."""

from __future__ import annotations

import codecs
import re

from oncograph.documents.refusal import UnreadableError

# UTF-32 before UTF-16: its little-endian mark begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAMPLE = 65_536
CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
LATIN = re.compile(r"[\t\n\v\f\r -~\u00a0-\u024f\u0370-\u03ff\u2000-\u22ff]")
LATIN_SHARE = 0.95
CONTROL_SHARE = 0.01
HIGH_SHARE = 0.3
ESCAPED = re.compile(r"[\udc80-\udcff]+")
MULTIBYTE = re.compile(r"[^\x00-\x7f\udc80-\udcff]")
NOT_TEXT = "is not text (it holds {what}); convert it to a format oncograph reads, or save it as UTF-8"


def decode_text(data: bytes) -> str:
    r"""Decode the bytes of a text file; line ends stay as they are, a byte order mark goes.

    Raises:
        UnreadableError: It is not text, or its encoding cannot be told.

    >>> decode_text(b"\xef\xbb\xbfTNF-\xce\xb1\r\n"), decode_text(b"patient\x92s")
    ('TNF-α\r\n', 'patient’s')
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _decode_marked(data[len(mark) :], encoding)
    if b"\0" in data:
        return _decode_utf16(data)
    if _share(data[:SAMPLE], CONTROLS) > CONTROL_SHARE:
        raise UnreadableError(NOT_TEXT.format(what="control characters"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_damaged_utf8(data) or _decode_legacy(data)


def _decode_marked(data: bytes, encoding: str) -> str:
    text = data.decode(encoding, "replace")
    if "\0" in text:
        raise UnreadableError(NOT_TEXT.format(what="NUL bytes"))
    return text


def _decode_utf16(data: bytes) -> str:
    """Decode UTF-16 without a mark: NULs on one side only, and nearly all of it characters of English text."""
    even, odd = data[:SAMPLE:2].count(0), data[1:SAMPLE:2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    sample = text[:SAMPLE]
    if "\0" in text or len(LATIN.findall(sample)) < LATIN_SHARE * len(sample):
        raise UnreadableError(NOT_TEXT.format(what="NUL bytes"))
    return text


def _decode_damaged_utf8(data: bytes) -> str:
    """Decode what is plainly UTF-8 with a few bad bytes, such as a file cut inside a character."""
    text = data.decode("utf-8", "surrogateescape")
    if len(ESCAPED.findall(text)) * 4 > len(MULTIBYTE.findall(text)):
        return ""
    return ESCAPED.sub("\ufffd", text)


def _decode_legacy(data: bytes) -> str:
    if _share(data[:SAMPLE], bytes(range(128, 256))) <= HIGH_SHARE:
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            pass
    from charset_normalizer import from_bytes

    match = from_bytes(data[: SAMPLE * 4]).best()
    if match is None:
        raise UnreadableError("is in an encoding that cannot be told; save it as UTF-8")
    try:
        return data.decode(match.encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"is in an encoding that cannot be told (not {match.encoding}); save it as UTF-8"
        ) from error


def _share(data: bytes, members: bytes) -> float:
    return 1 - len(data.translate(None, members)) / max(len(data), 1)


def mend_surrogates(text: str) -> str:
    r"""Replace lone surrogates, which no UTF-8 file can hold, by the replacement character.

    >>> mend_surrogates("HER2 \ud83d!")
    'HER2 \ufffd!'
    """
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
