"""Linked data: the same address gives a page to people and triples to programs."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from oncograph.publish.rdf import RDF_FORMATS
from oncograph.serve.negotiation import GRAPH, Offers, choose_form, is_known, name_form
from oncograph.serve.site import Site

PAGE = "page"
OFFERS: Offers = {PAGE: ("text/html", "application/xhtml+xml"), **GRAPH}
SUFFIXES = {"ttl": "turtle", "nt": "ntriples", "jsonld": "jsonld", "rdf": "rdfxml"}
"""How an address ends that names its form."""
FORM_NAMES = {"ttl": "Turtle", "nt": "N-Triples", "jsonld": "JSON-LD", "rdf": "RDF/XML"}


def split_suffix(name: str) -> tuple[str, str]:
    """Cut the name of a form off the end of a path; both parts, the second empty where there is none.

    >>> split_suffix("HER2.ttl"), split_suffix("T2.5"), split_suffix(".ttl")
    (('HER2', 'ttl'), ('T2.5', ''), ('.ttl', ''))
    """
    start, dot, end = name.rpartition(".")
    return (start, end) if dot and start and end in SUFFIXES else (name, "")


def wants_page(request: Request) -> bool:
    """Tell whether a request would rather have a page than triples."""
    chosen = choose_form(OFFERS, request.headers.get("accept", ""))
    return chosen is not None and chosen[0] == PAGE


def answer(
    request: Request,
    site: Site,
    path: str,
    suffix: str,
    *,
    show: Callable[[], Response],
    write: Callable[[str], bytes],
    tag: str,
) -> Response:
    """Give a thing as the request wants it: by the ending of its address, by `format`, else by the Accept header.

    Args:
        path: Address of the page.
        show: Makes the page.
        write: Writes the triples in one of `RDF_FORMATS`.
        tag: Differs for each state of the graph.
    """
    chosen = _choose(request, suffix)
    if chosen is None:
        known = ", ".join(type for types in OFFERS.values() for type in types)
        return PlainTextResponse(f"there is no such form; choose one of: {known}\n", 406, {"vary": "Accept"})
    form, media_type = chosen
    headers = {"vary": "Accept", "link": _link(path, None if form == PAGE else path)}
    if form == PAGE:
        response = show()
        response.headers.update(headers)
        return response
    etag = f'"{sha256(f"{tag} {site.version} {path} {form}".encode()).hexdigest()[:20]}"'
    headers |= {"etag": etag, "cache-control": "no-cache"}
    if "*" in site.settings.origins:
        headers["access-control-allow-origin"] = "*"
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    assert form in RDF_FORMATS
    return Response(write(form), media_type=_with_charset(media_type), headers=headers)


def redirect(path: str, suffix: str = "") -> RedirectResponse:
    """Send the asker to the address of a thing, in the form that was asked for."""
    return RedirectResponse(_with_suffix(path, suffix) if suffix else path, 303, {"vary": "Accept"})


def list_forms(path: str) -> list[tuple[str, str]]:
    """Give the names and addresses of the forms for programs.

    >>> list_forms("/entity/HER2")[0]
    ('Turtle', '/entity/HER2.ttl')
    """
    return [(FORM_NAMES[suffix], _with_suffix(path, suffix)) for suffix in SUFFIXES]


def _choose(request: Request, suffix: str) -> tuple[str, str] | None:
    if suffix:
        form = SUFFIXES[suffix]
        return form, GRAPH[form][0]
    if format := request.query_params.get("format", ""):
        return name_form(GRAPH, format)
    return choose_form(OFFERS, request.headers.get("accept", ""))


def _link(path: str, page: str | None) -> str:
    links = [
        f'<{_with_suffix(path, suffix)}>; rel="alternate"; type="{GRAPH[form][0]}"' for suffix, form in SUFFIXES.items()
    ]
    if page is not None:
        links.append(f'<{page}>; rel="alternate"; type="text/html"')
    return quote(", ".join(links), safe="<>;=\"'/:?&#%,+.-_~!$()*@[] ")


def _with_suffix(path: str, suffix: str) -> str:
    return f"{path}&format={suffix}" if "?" in path else f"{path}.{suffix}"


def _with_charset(media_type: str) -> str:
    return media_type if media_type.endswith("json") else f"{media_type}; charset=utf-8"
