"""Reading XML that nobody vouches for: no network, no outside files, no entity bombs, errors with their line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from oncograph.documents.refusal import UnreadableError, show

if TYPE_CHECKING:
    from lxml.etree import XMLSyntaxError, _Element

# Internal entities are expanded under the amplification limit of libxml2; outside ones are errors.
SAFE: dict[str, Any] = {
    "resolve_entities": "internal",
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
STEP = 2048
"""Bytes that are parsed at a time until the root shows."""
PLACE = re.compile(r"(?:, (?:try|use) XML_PARSE_HUGE(?: option)?)?(?:, line \d+, column \d+)?$")
# As various versions of libxml2 say it.
BEYOND_LIMITS = ("huge text node", "xmlSAX2Characters", "Excessive depth", "Resource limit", "too long")


def read_elements(stream: BinaryIO, *tags: str) -> Iterator[_Element]:
    """Parse XML and yield each element of the given tags when it is complete, then forget it.

    Args:
        tags: As lxml writes them; `{*}article` means in any namespace.

    Raises:
        UnreadableError: The XML is malformed, with its line; what came before has been yielded.
    """
    from lxml import etree

    try:
        for _, element in etree.iterparse(stream, events=("end",), tag=tags, **SAFE):
            yield element
            _forget(element)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(explain_syntax(error)) from error


def parse_tree(stream: BinaryIO) -> _Element:
    """Parse XML into one tree.

    Raises:
        UnreadableError: It is malformed, with its line.
    """
    from lxml import etree

    try:
        return etree.parse(stream, etree.XMLParser(**SAFE)).getroot()
    except etree.XMLSyntaxError as error:
        raise UnreadableError(explain_syntax(error)) from error


class XMLParser:
    """Parses small pieces of XML, one after the other."""

    def __init__(self) -> None:
        from lxml import etree

        self._parser = etree.XMLParser(**SAFE, encoding="utf-8")

    def parse(self, data: bytes, *, line: int = 1) -> _Element:
        """Parse one element.

        Args:
            line: Where it begins in its file, for messages.

        Raises:
            UnreadableError: It is malformed, with the line in the file.
        """
        from lxml import etree

        try:
            return etree.fromstring(data, self._parser)
        except etree.XMLSyntaxError as error:
            raise UnreadableError(explain_syntax(error, before=line - 1)) from error


def find_root(head: bytes) -> str:
    """Find the local name of the root element in the first bytes of XML.

    >>> find_root(b'<?xml version="1.0"?><!-- c --><article xmlns="https://jats.nlm.nih.gov/"><front/>')
    'article'
    """
    from lxml import etree

    parser = etree.XMLPullParser(events=("start",), **SAFE)
    failure = None
    for start in range(0, len(head), STEP):
        try:
            parser.feed(head[start : start + STEP])
        except etree.XMLSyntaxError as error:
            failure = error
        for _, element in parser.read_events():
            return str(etree.QName(element).localname)
        if failure:
            raise UnreadableError(explain_syntax(failure)) from failure
    raise UnreadableError("is XML without an element at its start; fetch it again")


def explain_syntax(error: XMLSyntaxError, *, before: int = 0) -> str:
    """Say in one line what is wrong with XML and where.

    Args:
        before: Lines of the file that stand before what was parsed.
    """
    line = (error.lineno or 1) + before
    message = PLACE.sub("", show(error.msg or "unknown error"))
    if "amplification" in message or "entity reference loop" in message:
        return "is XML whose entities expand without end (an entity bomb); take out its DOCTYPE"
    if "not defined" in message and message.startswith("Entity"):
        return f"is XML with an entity that is not defined inside the file (line {line}: {message}); replace it"
    if any(words in message for words in BEYOND_LIMITS):
        return f"is XML beyond the limits of safe reading (line {line}: {message}); split it"
    return f"is malformed XML (line {line}: {message}); mend it or fetch it again"


def to_text(element: _Element | None) -> str:
    """Give the text of an element and all it holds, white space made single."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _forget(element: _Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
