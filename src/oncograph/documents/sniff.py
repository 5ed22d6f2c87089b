"""Which format a file has: by its first bytes where they tell, else by its suffix."""

from __future__ import annotations

import json
import re

from oncograph.documents.naming import suffixes
from oncograph.documents.refusal import UnreadableError, show
from oncograph.documents.xml import find_root

TEXT = "text/plain"
MARKDOWN = "text/markdown"
HTML = "text/html"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
JSON = "application/json"
JSON_LINES = "application/jsonl"
PUBMED = "application/pubmed+xml"
JATS = "application/jats+xml"
TAR = "application/x-tar"
BIOC_XML = "application/bioc+xml"
BIOC_JSON = "application/bioc+json"
XML = "application/xml"

SUFFIXES = {
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".htm": HTML,
    ".html": HTML,
    ".xhtml": HTML,
    ".pdf": PDF,
    ".docx": DOCX,
    ".docm": DOCX,
    ".json": JSON,
    ".jsonl": JSON_LINES,
    ".ndjson": JSON_LINES,
    ".xml": XML,
    ".nxml": XML,
    ".tar": TAR,
    ".tgz": TAR,
}

ROOTS = {
    "PubmedArticleSet": PUBMED,
    "PubmedBookArticleSet": PUBMED,
    "PubmedArticle": PUBMED,
    "PubmedBookArticle": PUBMED,
    "MedlineCitationSet": PUBMED,
    "MedlineCitation": PUBMED,
    "article": JATS,
    "pmc-articleset": JATS,
    "OAI-PMH": JATS,
    "collection": BIOC_XML,
    "html": HTML,
}

# First bytes → (what the file is, what to do about it).
MAGIC = (
    (b"\x89PNG", "a PNG image", "give its text"),
    (b"\xff\xd8\xff", "a JPEG image", "give its text"),
    (b"GIF8", "a GIF image", "give its text"),
    (b"II*\0", "a TIFF image", "give its text"),
    (b"MM\0*", "a TIFF image", "give its text"),
    (b"\xd0\xcf\x11\xe0", "an old or password-protected Office file", "save it as .docx without a password"),
    (b"{\\rtf", "a Rich Text file", "save it as .docx"),
    (b"BZh", "a bzip2 archive", "unpack it, or compress it with gzip"),
    (b"\xfd7zXZ", "an xz archive", "unpack it, or compress it with gzip"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it, or compress it with gzip"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it"),
    (b"Rar!", "a RAR archive", "unpack it"),
    (b"\x7fELF", "a program", "leave it out"),
    (b"MZ\x90", "a program", "leave it out"),
    (b"SQLite format 3", "an SQLite database", "export its texts as JSON Lines"),
    (b"%!PS", "a PostScript file", "convert it to PDF"),
)

HTML_START = re.compile(rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
XML_START = re.compile(rb"<\?xml|<(?:" + "|".join(ROOTS).encode() + rb")[\s>]|<!DOCTYPE")
BIOC_KEYS = re.compile(rb'"(?:passages|documents|PubTator3)"\s*:')
RECORD_KEYS = {"text", "abstract", "passages"}


def find_media_type(name: str, head: bytes) -> str:
    """Find the media type of a file, a key of `READERS`.

    Args:
        name: File name without `.gz`.
        head: First bytes of the file, 64 KB or all.

    Raises:
        UnreadableError: It is of a format that is not read, or not of the format its suffix says.

    >>> find_media_type("her2.txt", b"HER2 is a receptor."), find_media_type("download", b"%PDF-1.7")
    ('text/plain', 'application/pdf')
    """
    _refuse_known_binary(head)
    suffix = "".join(suffixes(name)[-1:]).lower()
    by_suffix = SUFFIXES.get(suffix, TEXT)
    if head[257:262] == b"ustar" or by_suffix == TAR:
        return TAR
    by_bytes = _find_package(head)
    if by_bytes or by_suffix in (PDF, DOCX):
        _check_agreement(suffix, by_suffix, by_bytes)
        return by_bytes
    # UTF-16 loses its NULs and its mark, so that its beginning reads as ASCII.
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if by_suffix == XML:
        return _find_xml_type(head)
    if by_suffix in (JSON, TEXT):
        return _find_data_type(start, head, by_suffix)
    return by_suffix


def _refuse_known_binary(head: bytes) -> None:
    for magic, kind, advice in MAGIC:
        if head.startswith(magic):
            raise UnreadableError(f"is {kind}, which is not read; {advice}")


def _find_package(head: bytes) -> str:
    if b"%PDF-" in head[:1024]:
        return PDF
    if not head.startswith(b"PK\x03\x04"):
        return PDF if head.startswith(b"\0PDF") else ""
    if b"word/" in head or b"[Content_Types].xml" in head[:100]:
        return DOCX
    if b"mimetypeapplication/vnd.oasis" in head[:200]:
        raise UnreadableError("is an OpenDocument file, which is not read; save it as .docx")
    if b"mimetypeapplication/epub" in head[:200]:
        raise UnreadableError("is an EPUB book, which is not read; unpack it and give its HTML files")
    raise UnreadableError("is a ZIP archive, which is not read; unpack it and give the folder")


def _check_agreement(suffix: str, by_suffix: str, by_bytes: str) -> None:
    if by_suffix == PDF != by_bytes:
        raise UnreadableError("is named .pdf but is no PDF (it lacks the mark %PDF); fetch it again or mend its suffix")
    if by_suffix == DOCX != by_bytes:
        raise UnreadableError(f"is named {suffix} but is no Word file; fetch it again or mend its suffix")


def _find_xml_type(head: bytes) -> str:
    root = find_root(head)
    if root not in ROOTS:
        known = "PubMed, JATS, BioC and XHTML"
        raise UnreadableError(f"is XML of a kind that is not read (its root is <{show(root, limit=60)}>); {known} are")
    return ROOTS[root]


def _find_data_type(start: bytes, head: bytes, by_suffix: str) -> str:
    if start[:1] in (b"{", b"["):
        return _find_json_type(start, by_suffix)
    if HTML_START.match(start):
        return HTML
    if by_suffix == TEXT and XML_START.match(start):
        try:
            return ROOTS.get(find_root(head), TEXT)
        except UnreadableError:
            return TEXT
    return by_suffix


def _find_json_type(start: bytes, by_suffix: str) -> str:
    first, _, rest = start.partition(b"\n")
    try:
        record = json.loads(first)
    except (ValueError, RecursionError):
        record = None
    is_record = isinstance(record, dict) and not RECORD_KEYS.isdisjoint(record)
    if is_record and (rest.strip() or by_suffix == TEXT):
        return JSON_LINES
    if BIOC_KEYS.search(start):
        return BIOC_JSON
    return by_suffix
