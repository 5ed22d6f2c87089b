"""Which form an answer is given in: what the Accept header or `format` wants, of what there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

Offers = Mapping[str, Sequence[str]]
"""Media types by the name of the form, the best form first and each form's own type first."""

SOLUTIONS: Offers = {
    "json": ("application/sparql-results+json", "application/json"),
    "xml": ("application/sparql-results+xml", "application/xml", "text/xml"),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
}
BOOLEAN: Offers = SOLUTIONS
GRAPH: Offers = {
    "turtle": ("text/turtle", "application/x-turtle"),
    "ntriples": ("application/n-triples", "text/plain"),
    "jsonld": ("application/ld+json", "application/json"),
    "rdfxml": ("application/rdf+xml", "application/xml", "text/xml"),
}
NAMES: Mapping[str, Sequence[str]] = {
    "json": ("json", "jsonld"),
    "xml": ("xml", "rdfxml"),
    "csv": ("csv",),
    "tsv": ("tsv",),
    "turtle": ("turtle",),
    "ttl": ("turtle",),
    "ntriples": ("ntriples",),
    "nt": ("ntriples",),
    "jsonld": ("jsonld",),
    "json-ld": ("jsonld",),
    "rdfxml": ("rdfxml",),
    "rdf": ("rdfxml",),
}
"""The forms that a value of `format` may mean; the kind of answer decides."""


def choose_form(offers: Offers, accept: str) -> tuple[str, str] | None:
    """Choose the form, and the media type to name it by, that an Accept header likes best.

    The form's own media type is named unless only another of its names is acceptable. Of forms liked equally the first
    offered is chosen; no header accepts everything.

    >>> choose_form(SOLUTIONS, "text/csv;q=0.5, application/json")
    ('json', 'application/json')
    >>> choose_form(GRAPH, "text/html, */*;q=0.1"), choose_form(GRAPH, "image/png")
    (('turtle', 'text/turtle'), None)
    """
    ranges = read_accept(accept) or [("*/*", 1.0)]
    best: tuple[float, str, str] | None = None
    for form, types in offers.items():
        weights = [(weigh(type, ranges), type) for type in types]
        named = [(weight, type) for weight, type in weights if weight > 0]
        if not named:
            continue
        weight = max(weight for weight, _ in named)
        if best is None or weight > best[0]:
            best = (weight, form, named[0][1])
    return None if best is None else best[1:]


def name_form(offers: Offers, format: str) -> tuple[str, str] | None:
    """Choose the form that a value of `format` means, a name or a media type.

    >>> name_form(SOLUTIONS, "json"), name_form(GRAPH, "json"), name_form(GRAPH, "csv")
    (('json', 'application/sparql-results+json'), ('jsonld', 'application/ld+json'), None)
    """
    if "/" in format:
        return choose_form(offers, format)
    return next(((form, offers[form][0]) for form in NAMES.get(format.lower(), ()) if form in offers), None)


def read_accept(header: str) -> list[tuple[str, float]]:
    """Read the media ranges of an Accept header with their weights.

    >>> read_accept("text/html, */*;q=0.8, text/x; v=1; q=oops")
    [('text/html', 1.0), ('*/*', 0.8), ('text/x', 0.0)]
    """
    ranges = []
    for part in header.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name:
            ranges.append((name.lower(), _read_weight(parameters)))
    return ranges


def weigh(type: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Give the weight of a media type: that of the narrowest range that covers it."""
    family = type.partition("/")[0] + "/*"
    for wanted in (type, family, "*/*"):
        weights = [weight for range, weight in ranges if range == wanted]
        if weights:
            return max(weights)
    return 0.0


def prefers_pages(accept: str) -> bool:
    """Tell whether a header is a browser's that would rather show a page than data.

    >>> prefers_pages("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), prefers_pages("*/*")
    (True, False)
    """
    ranges = read_accept(accept)
    html = max((weight for range, weight in ranges if range == "text/html"), default=0.0)
    data = (type for offers in (SOLUTIONS, GRAPH) for types in offers.values() for type in types)
    return html > 0 and all(weigh(type, ranges) < html for type in data)


def _read_weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def is_known(header: str, tag: str) -> bool:
    """Tell whether an If-None-Match header names an ETag.

    >>> is_known('"a", W/"b"', '"b"'), is_known("", '"b"')
    (True, False)
    """
    return tag in (part.strip().removeprefix("W/") for part in header.split(","))


@lru_cache(maxsize=64)
def takes_gzip(header: str) -> bool:
    """Tell whether an Accept-Encoding header takes gzip.

    >>> takes_gzip("deflate, gzip;q=0.5"), takes_gzip("gzip;q=0, *"), takes_gzip("")
    (True, False, False)
    """
    weights = dict(read_accept(header))
    return weights.get("gzip", weights.get("*", 0.0)) > 0
