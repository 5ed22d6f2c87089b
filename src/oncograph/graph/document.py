"""The named graph of one document as N-Quads: itself, its evidence, extractions, mentions and undecided names.

As text it takes a fraction of the time that objects take, and it travels from the process that read the document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from oncograph.graph import terms
from oncograph.graph.merging import Extraction
from oncograph.graph.quads import document_node, keep_characters, write_confidence
from oncograph.model import ONTOLOGY, Document, Mention, UndecidedName

CONTEXT = 32
"""Code points of text kept on either side of a quote."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\x00-\x20<>\"{}|^`\\]+")
_A = str(terms.TYPE)
_DECIMAL, _INTEGER = f"^^{terms.DECIMAL}", f"^^{terms.INTEGER}"
_HAS_TARGET, _HAS_SOURCE, _HAS_SELECTOR = str(terms.HAS_TARGET), str(terms.HAS_SOURCE), str(terms.HAS_SELECTOR)
_START, _END, _EXACT = str(terms.START), str(terms.END), str(terms.EXACT)
_PREFIX, _SUFFIX = str(terms.PREFIX), str(terms.SUFFIX)
_SPECIFIC_RESOURCE, _ANNOTATION = str(terms.SPECIFIC_RESOURCE), str(terms.ANNOTATION)
_POSITION_SELECTOR, _QUOTE_SELECTOR = str(terms.POSITION_SELECTOR), str(terms.QUOTE_SELECTOR)
_DERIVED_FROM, _SUPPORTED_BY, _EXTRACTED_BY = map(str, (terms.DERIVED_FROM, terms.SUPPORTED_BY, terms.EXTRACTED_BY))
_OF_CLAIM, _FROM_EVIDENCE = str(terms.OF_CLAIM), str(terms.FROM_EVIDENCE)
_CERTAINTY, _CONFIDENCE = str(terms.CERTAINTY), str(terms.CONFIDENCE)
_SUBJECT_MENTION, _OBJECT_MENTION = str(terms.SUBJECT_MENTION), str(terms.OBJECT_MENTION)
_CUE, _REFERS_TO = str(terms.CUE), str(terms.REFERS_TO)
_EVIDENCE_CLASS, _EXTRACTION_CLASS = str(terms.EVIDENCE_CLASS), str(terms.EXTRACTION_CLASS)
_MENTION_CLASS, _CUE_CLASS = str(terms.MENTION_CLASS), str(terms.CUE_CLASS)


def document_quads(
    doc: Document, extractions: Sequence[Extraction], undecided: Sequence[UndecidedName] = ()
) -> list[Quad]:
    """Build the named graph of one document."""
    lines = document_lines(doc, extractions, undecided)
    return list(parse("".join(lines), format=RdfFormat.N_QUADS))


def document_lines(
    doc: Document, extractions: Sequence[Extraction], undecided: Sequence[UndecidedName] = ()
) -> list[str]:
    """Write the named graph of one document as N-Quads, a line a quad, sorted."""
    writer = _Writer(doc)
    writer.describe()
    for extraction in extractions:
        writer.extract(extraction)
    for name in undecided:
        writer.leave_undecided(name)
    return writer.lines()


class _Writer:
    """Collects the lines of a document, some of them more than once."""

    def __init__(self, doc: Document) -> None:
        self._doc = doc
        self._text = keep_characters(doc.text)
        self._graph = str(document_node(doc))  # fails for an id that no IRI can hold
        self._stop = f" {self._graph} .\n"
        self._parts: list[str] = []
        self._placed: set[tuple[int, int]] = set()

    def lines(self) -> list[str]:
        return sorted({line + "\n" for line in "".join(self._parts).split("\n") if line})

    def describe(self) -> None:
        """Describe the document itself."""
        doc = self._doc
        self._add(self._graph, terms.TYPE, str(terms.DOCUMENT_CLASS))
        self._add(self._graph, terms.TYPE, str(terms.ARTICLE))
        self._add(self._graph, terms.TITLE, _literal(doc.title))
        self._add(self._graph, terms.FORMAT, _literal(doc.media_type))
        self._add(self._graph, terms.TEXT, _literal(self._text))
        if doc.identifier:
            self._add(self._graph, terms.IDENTIFIER, _literal(doc.identifier))
        if doc.source:
            source = _node(doc.source) if _URL.fullmatch(doc.source) else _literal(doc.source)
            self._add(self._graph, terms.SOURCE, source)
        if doc.sha256:
            self._add(self._graph, terms.SHA256, _literal(doc.sha256))

    def extract(self, extraction: Extraction) -> None:
        """Describe an extraction, the sentence it was made from, and the words that made it."""
        stop = self._stop
        digest = extraction.key.digest()
        place = f"{self._doc.id}/{extraction.start}-{extraction.end}"
        claim, evidence = f"<{terms.CLAIM}{digest}>", f"{terms.EVIDENCE}{place}"
        node = f"<{terms.EXTRACTION}{place}/{digest}>"
        self._parts.append(
            f"{claim} {_SUPPORTED_BY} <{evidence}>{stop}"
            f"<{evidence}> {_A} {_EVIDENCE_CLASS}{stop}"
            f"<{evidence}> {_A} {_ANNOTATION}{stop}"
            f"<{evidence}> {_DERIVED_FROM} {self._graph}{stop}"
            f"{node} {_A} {_EXTRACTION_CLASS}{stop}"
            f"{node} {_OF_CLAIM} {claim}{stop}"
            f"{node} {_FROM_EVIDENCE} <{evidence}>{stop}"
            f"{node} {_CERTAINTY} <{ONTOLOGY}{extraction.certainty.value}>{stop}"
            f'{node} {_CONFIDENCE} "{write_confidence(extraction.confidence)}"{_DECIMAL}{stop}'
        )
        for rule in extraction.rules:
            name = _node(terms.RULE + rule)
            self._parts.append(f"<{evidence}> {_EXTRACTED_BY} {name}{stop}{node} {_EXTRACTED_BY} {name}{stop}")
        self._point(evidence, extraction.start, extraction.end)
        self._mention(node, _SUBJECT_MENTION, extraction.subject_mentions)
        self._mention(node, _OBJECT_MENTION, extraction.object_mentions)
        for start, end in extraction.cues:
            words = self._place(start, end)
            self._parts.append(f"{node} {_CUE} {words}{stop}{words} {_A} {_CUE_CLASS}{stop}")

    def leave_undecided(self, name: UndecidedName) -> None:
        """Describe a name that may mean several things: its place, and each candidate with label, class and score.

        No entity is described by it: what only may be meant is no part of the graph's knowledge.
        """
        iri = f"{terms.MENTION}{self._doc.id}/{name.start}-{name.end}/ambiguous"
        node = f"<{iri}>"
        self._add(node, terms.TYPE, str(terms.AMBIGUOUS_MENTION))
        self._add(node, terms.DERIVED_FROM, self._graph)
        self._add(node, terms.DOUBT, _node(ONTOLOGY + name.doubt.value))
        self._point(iri, name.start, name.end)
        for rank, candidate in enumerate(name.candidates, 1):
            one = f"<{iri}/{rank}>"
            self._add(node, terms.CANDIDATE, one)
            self._add(one, terms.TYPE, str(terms.CANDIDATE_CLASS))
            self._add(one, terms.RANK, f'"{rank}"{_INTEGER}')
            self._add(one, terms.SCORE, f'"{write_confidence(candidate.score)}"{_DECIMAL}')
            self._add(one, terms.LABEL, f"{_literal(candidate.concept.label)}@en")
            self._add(one, terms.CANDIDATE_ENTITY, _node(candidate.concept.iri))
            if candidate.concept.class_name:
                self._add(one, terms.CANDIDATE_CLASS_OF, _node(ONTOLOGY + candidate.concept.class_name))

    def _add(self, subject: str, predicate: NamedNode, obj: str) -> None:
        self._parts.append(f"{subject} {predicate} {obj}{self._stop}")

    def _point(self, node: str, start: int, end: int) -> None:
        """Say where in the text an annotation stands, by position and by quote."""
        text, stop = self._text, self._stop
        target, position, quote = f"<{node}/target>", f"<{node}/position>", f"<{node}/quote>"
        self._parts.append(
            f"<{node}> {_HAS_TARGET} {target}{stop}"
            f"{target} {_A} {_SPECIFIC_RESOURCE}{stop}"
            f"{target} {_HAS_SOURCE} {self._graph}{stop}"
            f"{target} {_HAS_SELECTOR} {position}{stop}"
            f"{target} {_HAS_SELECTOR} {quote}{stop}"
            f"{position} {_A} {_POSITION_SELECTOR}{stop}"
            f'{position} {_START} "{start}"{_INTEGER}{stop}'
            f'{position} {_END} "{end}"{_INTEGER}{stop}'
            f"{quote} {_A} {_QUOTE_SELECTOR}{stop}"
            f"{quote} {_EXACT} {_literal(text[start:end])}{stop}"
            f"{quote} {_PREFIX} {_literal(text[max(0, start - CONTEXT) : start])}{stop}"
            f"{quote} {_SUFFIX} {_literal(text[end : end + CONTEXT])}{stop}"
        )

    def _mention(self, node: str, predicate: str, mentions: Sequence[Mention]) -> None:
        stop = self._stop
        for mention in mentions:
            words = self._place(mention.start, mention.end)
            self._parts.append(f"{node} {predicate} {words}{stop}{words} {_A} {_MENTION_CLASS}{stop}")
            if mention.concept:
                self._parts.append(f"{words} {_REFERS_TO} {_node(mention.concept)}{stop}")

    def _place(self, start: int, end: int) -> str:
        """Name words of the text, and say where they stand."""
        stop = self._stop
        node = f"<{terms.MENTION}{self._doc.id}/{start}-{end}>"
        if (start, end) not in self._placed:
            self._placed.add((start, end))
            self._parts.append(
                f"{node} {_HAS_SOURCE} {self._graph}{stop}"
                f'{node} {_START} "{start}"{_INTEGER}{stop}'
                f'{node} {_END} "{end}"{_INTEGER}{stop}'
                f"{node} {_EXACT} {_literal(self._text[start:end])}{stop}"
            )
        return node


@lru_cache(maxsize=1 << 16)
def _node(iri: str) -> str:
    """Write an IRI; ValueError for what is none."""
    return str(NamedNode(iri))


def _literal(text: str) -> str:
    text = keep_characters(text)
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{text}"'
