"""Compact identifiers of vocabularies as full IRIs, one IRI for each thing whatever the file calls its source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from urllib.parse import quote

from oncograph.knowledge.namespaces import NOTATION_STARTS, OTHER_STARTS, SOURCE_NAMES

OBO = "http://purl.obolibrary.org/obo/"

_STARTS = {source.casefold(): start for source, start in NOTATION_STARTS.items()} | {
    name.casefold(): NOTATION_STARTS[source] for name, source in SOURCE_NAMES.items()
}
_SOURCES = {start: source for source, start in NOTATION_STARTS.items()}
_MARKS = re.compile(r"/PS|[/#:_]")
"""Where the beginning of an IRI that tells the source may end."""
_OTHER_STARTS = tuple(OTHER_STARTS)
_EDITION = re.compile(r"(?:_US)?_(?:19|20)\d\d(?:_\d\d){0,2}$")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!$)[^\x00-\x20<>\"{}|\\^`]+")
_ABSOLUTE = ("http://", "https://", "urn:")
_OBO_NAME = re.compile(r"([A-Za-z][A-Za-z0-9]*)_(\w+)")
_PLAIN = re.compile(r"[A-Za-z0-9_.~:/#-]*")
_IN_IRI = "!#$%&'()*+,-./:;=?@[]_~"


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What the prefixes of one file stand for, and those known everywhere.

    Attributes:
        own: Prefixes that the file itself declares.
        default: Name that identifiers without a prefix get, as `MESH:` or the beginning of an IRI.
    """

    own: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    default: str = ""

    def expand(self, identifier: str) -> str:
        """Write an identifier out in full; what no IRI is known for stays as it is.

        The same thing gets the same IRI whatever its source is called: `NCI:C3088`, `ncit:C3088` and
        `http://identifiers.org/ncit/C3088` are one.

        >>> Identifiers().expand("NCI:C3088")
        'http://purl.obolibrary.org/obo/NCIT_C3088'
        >>> Identifiers().expand("SNOMEDCT_US_2025_09_01:39000009")
        'http://identifiers.org/snomedct/39000009'
        >>> Identifiers(default="MESH:").expand("D001943")
        'http://id.nlm.nih.gov/mesh/D001943'
        >>> Identifiers().expand("LAB:17")
        'LAB:17'
        """
        if identifier.startswith(_ABSOLUTE):
            return unify(identifier)
        if ":" not in identifier:
            if not self.default:
                return identifier
            identifier = self.default + identifier
            if "://" in identifier:
                return unify(_escape(identifier))
        source, _, name = identifier.partition(":")
        own = self.own.get(source)
        if own is not None:
            return unify(own + _escape(name))
        start = _find_start(source)
        if start is None or not name:
            return identifier
        if start == NOTATION_STARTS["OMIM"] and name.startswith("PS"):
            start, name = NOTATION_STARTS["OMIMPS"], name.removeprefix("PS")
        return start + _escape(name)


def unify(iri: str) -> str:
    """Give the one IRI that stands for a thing that has several.

    >>> unify("http://identifiers.org/mesh/D001943")
    'http://id.nlm.nih.gov/mesh/D001943'
    """
    if iri.startswith(_OTHER_STARTS):
        start = max((start for start in _OTHER_STARTS if iri.startswith(start)), key=len)
        return NOTATION_STARTS[OTHER_STARTS[start]] + iri.removeprefix(start)
    return iri


def to_notation(iri: str) -> str:
    """Give the compact identifier of an IRI; nothing where its source is not known.

    >>> to_notation("http://purl.obolibrary.org/obo/DOID_1612")
    'DOID:1612'
    """
    for end in reversed([mark.end() for mark in _MARKS.finditer(iri)]):
        source = _SOURCES.get(iri[:end])
        if source is not None:
            return f"{source}:{iri[end:]}"
    found = _OBO_NAME.fullmatch(iri.removeprefix(OBO)) if iri.startswith(OBO) else None
    return f"{found[1]}:{found[2]}" if found else ""


def is_iri(text: str) -> bool:
    """Tell whether a text may stand as an IRI in a graph."""
    return _IRI.fullmatch(text) is not None


def _escape(name: str) -> str:
    """Give a name with what may not stand in an IRI escaped."""
    return name if _PLAIN.fullmatch(name) else quote(name, safe=_IN_IRI)


@cache
def _find_start(source: str) -> str | None:
    folded = source.casefold()
    return _STARTS.get(folded) or _STARTS.get(_EDITION.sub("", source).casefold())
