"""What the page shows, as values: entities, claims, sentences and documents, and the order they come in."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Span = tuple[int, int, str]
"""Half-open offsets into the document, and the words there."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A node of the drawing.

    Attributes:
        identifiers: (`UniProtKB:P04626`, its IRI) pairs; either may be empty.
        broader: IRIs of more general entities.
    """

    iri: str
    label: str
    class_name: str
    synonyms: tuple[str, ...] = ()
    definition: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()
    broader: tuple[str, ...] = ()
    grounding: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A document: `url` is empty for a file."""

    iri: str
    title: str
    identifier: str
    source: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """An evidence sentence with a little of the text on either side; offsets count the document's code points."""

    iri: str
    document: str
    start: int
    end: int
    text: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """How one sentence supports one claim."""

    quote: str
    rules: tuple[str, ...] = ()
    possible: bool = False
    confidence: float | None = None
    subjects: tuple[Span, ...] = ()
    objects: tuple[Span, ...] = ()
    cues: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimNode:
    """A claim of the graph.

    Attributes:
        object: IRI of an entity or a class, or the words of a literal.
        kind: What the object is: `entity`, `class` or `literal`.
        value: Parsed parts of a literal (`min`, `max`, `unit`, `comparator`, `year`).
        qualifiers: (property local name, IRI or words) pairs.
        accepted: A curator said that it is right.
    """

    iri: str
    subject: str
    predicate: str
    object: str
    kind: str = "entity"
    negated: bool = False
    possible: bool = False
    confidence: float | None = None
    proofs: tuple[Proof, ...] = ()
    value: tuple[tuple[str, str], ...] = ()
    qualifiers: tuple[tuple[str, str], ...] = ()
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """All that the page may show; every tuple and dict is sorted, entities by how well they are connected.

    Attributes:
        background: Links that the vocabulary holds and no document says: (subject, predicate local name, object).
        classes, predicates: Labels by local name.
        parents: Superclasses by class, local names.
        rules: Labels by IRI.
    """

    entities: tuple[Entity, ...]
    claims: tuple[ClaimNode, ...]
    quotes: tuple[Quote, ...]
    documents: tuple[Source, ...]
    background: tuple[tuple[str, str, str], ...]
    classes: Mapping[str, str]
    parents: Mapping[str, tuple[str, ...]]
    predicates: Mapping[str, str]
    rules: Mapping[str, str]


def rank_entities(iris: Sequence[str], claims: Iterable[ClaimNode]) -> list[str]:
    """Order entities by growing from the best-connected one along the links, always to the best-connected neighbour.

    Every beginning of the list is thus a drawing that hangs together. Links that are denied or only possible do not
    count; entities without any come last.

    >>> rank_entities(["a", "b", "c"], [ClaimNode("x", "c", "treats", "b")])
    ['b', 'c', 'a']
    """
    near: dict[str, set[str]] = {iri: set() for iri in iris}
    for claim in claims:
        if claim.kind == "entity" and not claim.negated and not claim.possible and claim.subject != claim.object:
            near[claim.subject].add(claim.object)
            near[claim.object].add(claim.subject)
    order: list[str] = []
    seen: set[str] = set()
    for seed in sorted(near, key=lambda iri: (-len(near[iri]), iri)):
        if seed in seen:
            continue
        seen.add(seed)
        queue = [(-len(near[seed]), seed)]
        while queue:
            _, iri = heapq.heappop(queue)
            order.append(iri)
            for other in sorted(near[iri] - seen):
                seen.add(other)
                heapq.heappush(queue, (-len(near[other]), other))
    return order


def most_specific(names: Sequence[str], parents: Mapping[str, tuple[str, ...]]) -> str:
    """Choose the class that is no superclass of another one given; of several, the first by name.

    >>> most_specific(["Protein", "Receptor"], {"Receptor": ("Protein",)})
    'Receptor'
    """
    above = {name: ancestors(name, parents) for name in names}
    lowest = [name for name in names if not any(name != other and name in above[other] for other in names)]
    return min(lowest or names, default="")


def ancestors(name: str, parents: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """List a class and its superclasses, nearest first."""
    found = [name]
    for one in found:
        found.extend(parent for parent in parents.get(one, ()) if parent not in found)
    return tuple(found)


def pair_identifiers(notations: Sequence[str], matches: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Join compact identifiers with the IRIs that end in the same local part; the rest stand alone.

    >>> pair_identifiers(["DOID:1612"], ["http://purl.obolibrary.org/obo/DOID_1612"])
    (('DOID:1612', 'http://purl.obolibrary.org/obo/DOID_1612'),)
    """
    left = list(matches)
    pairs = []
    for notation in notations:
        part = notation.split(":", 1)[-1].casefold()
        prefix = notation.split(":", 1)[0].casefold()
        fits = [iri for iri in left if part and iri.casefold().endswith(part)]
        fits.sort(key=lambda iri: (prefix not in iri.casefold(), iri))
        pairs.append((notation, fits[0] if fits else ""))
        if fits:
            left.remove(fits[0])
    return (*pairs, *(("", iri) for iri in left))
