"""What one document brings to a graph, made where it is read: its own quads, and its share in what all share."""

from __future__ import annotations

from dataclasses import dataclass

from oncograph.graph.document import document_lines
from oncograph.graph.merging import Share, merge_sentences
from oncograph.knowledge import Ontology
from oncograph.model import Reading


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """What one document brings to a graph.

    Attributes:
        id, source: Of the document.
        lines: Its named graph as N-Quads, UTF-8.
        quads: How many these are.
        evidences: Sentences that make claims.
    """

    id: str
    source: str
    lines: bytes
    quads: int
    evidences: int
    share: Share


def make_part(reading: Reading, ontology: Ontology) -> DocumentPart:
    """Make what a document brings to a graph of its reading."""
    extractions = merge_sentences(reading.claims, ontology)
    lines = document_lines(reading.doc, extractions, reading.undecided)
    return DocumentPart(
        id=reading.doc.id,
        source=reading.doc.source,
        lines="".join(lines).encode(),
        quads=len(lines),
        evidences=len({(extraction.start, extraction.end) for extraction in extractions}),
        share=Share.of(reading, extractions, ontology),
    )
