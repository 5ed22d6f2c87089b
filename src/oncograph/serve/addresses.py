"""Where the page of each thing is."""

from __future__ import annotations

from urllib.parse import quote

from oncograph.graph.describe import ClaimSummary, Thing
from oncograph.graph.explain import Support
from oncograph.graph.search import EVIDENCE, Hit
from oncograph.graph.terms import CLAIM, DOC, RULE
from oncograph.knowledge.vocabularies.identifiers import to_notation
from oncograph.model import ENTITY, ONTOLOGY

_SAFE = "/:@!$&'()*+,;=~-._"


def find_sentence_address(document: str, start: int, end: int) -> str:
    """Give the place of a sentence in the page of its document.

    >>> find_sentence_address("doc:her2", 3, 7)
    '/doc/her2#c3-7'
    """
    return f"/doc/{quote(document.removeprefix('doc:'), safe=_SAFE)}#c{start}-{end}"


def link_claim(id: str) -> str:
    """Give the path of the page of a claim by its 20 hexadecimal digits."""
    return f"/claim/{id}"


def link(thing: Thing) -> str:
    """Give the path of the page of a thing; empty for what has none.

    Entities of other vocabularies go by their compact identifier, where their source is known.

    >>> link(Thing("http://purl.obolibrary.org/obo/DOID_1612", "obo:DOID_1612", "breast cancer", "entity"))
    '/entity/DOID:1612'
    """
    for start, path in _STARTS.items():
        if thing.iri.startswith(start):
            return path + quote(thing.iri.removeprefix(start), safe=_SAFE + "%")
    return link_entity(thing.iri) if thing.kind == "entity" else ""


def link_entity(iri: str) -> str:
    """Give the path of the page of an entity by its IRI."""
    if iri.startswith(ENTITY):
        return "/entity/" + quote(iri.removeprefix(ENTITY), safe=_SAFE + "%")
    notation = to_notation(iri)
    return "/entity/" + quote(notation, safe=_SAFE) if notation else "/entity?iri=" + quote(iri, safe="")


def link_summary(claim: ClaimSummary) -> str:
    """Give the path of the page of a claim."""
    return link_claim(claim.iri.removeprefix(CLAIM))


def link_hit(hit: Hit) -> str:
    """Give the path of what a search found; a sentence is a place in the page of its document."""
    if hit.claim is not None:
        return link_summary(hit.claim)
    return find_sentence_address(hit.thing.name, hit.start, hit.end) if hit.kind == EVIDENCE else link(hit.thing)


def link_sentence(support: Support) -> str:
    """Give the place of a sentence in the page of its document."""
    return find_sentence_address(support.document, support.start, support.end)


_STARTS = {ENTITY: "/entity/", DOC: "/doc/", CLAIM: "/claim/", RULE: "/rule/", ONTOLOGY: "/ontology/"}
