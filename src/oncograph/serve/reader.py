"""A document laid out for reading: its text in pieces, each with the claims that are made there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from oncograph.graph.describe import DocumentDescription, MarkedClaim

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a document's text over which nothing begins or ends.

    Attributes:
        start: Offset in the text, in code points.
        said: Whether some claim's sentence covers it.
        anchors: Sentences that begin here, as `c{start}-{end}`.
        ending: Sentence that ends here and its number of claims; 0 where none does.
    """

    start: int
    end: int
    text: str
    said: bool
    anchors: tuple[str, ...]
    ending: int
    ending_at: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim of the document, in the list beside the text.

    Attributes:
        number: Its place in the list, from 1.
        words: The words that count: `s12-20 o30-41 c25-28` for subject, object and cue.
    """

    number: int
    marked: MarkedClaim
    words: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A document's text and claims.

    Attributes:
        relations: Names and labels of the relations that occur, with how many claims.
    """

    pieces: tuple[Piece, ...]
    entries: tuple[Entry, ...]
    relations: tuple[tuple[str, str, int], ...]


def lay_out(doc: DocumentDescription) -> Layout:
    """Cut a text where sentences with claims and their words begin and end; the pieces together are the text."""
    entries = tuple(Entry(number, marked, _write_words(marked)) for number, marked in enumerate(doc.claims, 1))
    return Layout(tuple(_cut(doc)), entries, _count_relations(doc))


def _cut(doc: DocumentDescription) -> Iterator[Piece]:
    sentences: dict[Place, int] = {}
    for marked in doc.claims:
        place = (marked.start, marked.end)
        sentences[place] = sentences.get(place, 0) + 1
    begins: dict[int, list[Place]] = {}
    ends: dict[int, list[Place]] = {}
    for place in sorted(sentences):
        begins.setdefault(place[0], []).append(place)
        ends.setdefault(place[1], []).append(place)
    words = {edge for one in doc.claims for word in (*one.subjects, *one.objects, *one.cues) for edge in word}
    edges = sorted({0, len(doc.text), *begins, *ends, *words})
    depth = 0
    for start, end in pairwise(edges):
        depth += len(begins.get(start, ())) - len(ends.get(start, ()))
        closing = ends.get(end, [])
        yield Piece(
            start,
            end,
            doc.text[start:end],
            said=depth > 0,
            anchors=tuple(_name(place) for place in begins.get(start, ())),
            ending=sum(sentences[place] for place in closing),
            ending_at=_name(closing[0]) if closing else "",
        )


def _name(place: Place) -> str:
    return f"c{place[0]}-{place[1]}"


def _write_words(marked: MarkedClaim) -> str:
    roles = (("s", marked.subjects), ("o", marked.objects), ("c", marked.cues))
    return " ".join(f"{role}{start}-{end}" for role, places in roles for start, end in places)


def _count_relations(doc: DocumentDescription) -> tuple[tuple[str, str, int], ...]:
    counts: dict[tuple[str, str], int] = {}
    for marked in doc.claims:
        key = (marked.claim.predicate, marked.claim.predicate_label)
        counts[key] = counts.get(key, 0) + 1
    return tuple((name, label, count) for (name, label), count in sorted(counts.items(), key=lambda one: one[0][1]))
