"""What a build did, as a value and as the files `report.json` and `report.md`; neither file holds a clock time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from oncograph.model import Concept, UndecidedName

UNWRITTEN = ("output", "unchanged", "seconds", "reading_seconds")
"""Fields of a report that depend on when and where it was made."""
MOST_FREQUENT = 20
"""Undecided names that a report tells of; the graph has all."""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document that was read: how long its text is, and how many claims its sentences make."""

    id: str
    source: str
    title: str
    characters: int
    claims: int


@dataclass(frozen=True, slots=True)
class RefusedDocument:
    """An input that was left out, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class UndecidedCandidate:
    """What an undecided name may mean, and the mean of its scores over the name's mentions, 0 to 1."""

    iri: str
    label: str
    class_name: str
    score: float


@dataclass(frozen=True, slots=True)
class UndecidedCount:
    """A name that may mean several things, how often and in how many documents it stays undecided."""

    text: str
    mentions: int
    documents: int
    candidates: tuple[UndecidedCandidate, ...]


class UndecidedTally:
    """The undecided names of the documents read so far; the order in which they are added changes nothing."""

    def __init__(self) -> None:
        self._mentions: Counter[str] = Counter()
        self._documents: Counter[str] = Counter()
        self._scores: dict[str, dict[Concept, Fraction]] = {}

    def add(self, names: Iterable[UndecidedName]) -> None:
        """Take in the undecided names of one more document."""
        texts: set[str] = set()
        for name in names:
            texts.add(name.text)
            self._mentions[name.text] += 1
            scores = self._scores.setdefault(name.text, {})
            for one in name.candidates:
                scores[one.concept] = scores.get(one.concept, Fraction()) + Fraction(one.score)
        self._documents.update(texts)

    @property
    def mentions(self) -> int:
        """How often a name stayed undecided."""
        return self._mentions.total()

    @property
    def names(self) -> int:
        """How many different names stayed undecided somewhere."""
        return len(self._mentions)

    def most_frequent(self, limit: int = MOST_FREQUENT) -> tuple[UndecidedCount, ...]:
        """Give the most frequent names, the alphabetically first of equals, each with its candidates, best first."""
        order = sorted(self._mentions, key=lambda text: (-self._mentions[text], text))
        return tuple(
            UndecidedCount(text, self._mentions[text], self._documents[text], tuple(self._candidates(text)))
            for text in order[:limit]
        )

    def _candidates(self, text: str) -> Iterator[UndecidedCandidate]:
        scores = self._scores[text]
        for concept in sorted(scores, key=lambda concept: (-scores[concept], concept.iri)):
            score = round(float(scores[concept] / self._mentions[text]), 2)
            yield UndecidedCandidate(concept.iri, concept.label, concept.class_name, score)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        documents, refusals: In the order of their sources.
        facts: Claims that are affirmed and stated; each is a direct triple of the graph.
        claims_by_predicate: Claims of every polarity and certainty, the most frequent predicate first.
        grounded_share: Share of the entities that a vocabulary knows, 0 to 1.
        undecided_mentions: How often a name was left out because nothing decided what it means.
        undecided_names: How many different names that were.
        undecided: The most frequent of them, the most frequent first.
        curation: How the curators' decisions stand, counted; empty where there are none.
        waiting: Their decisions on claims that no document makes now, in words.
        text_bytes: Size of all text read, in UTF-8.
        unchanged: The output already was what this build would have made, and was left alone.
        seconds: Time of the whole build.
        reading_seconds: Time of it from the first document to the finished store.
    """

    output: Path
    documents: tuple[ReadDocument, ...] = ()
    refusals: tuple[RefusedDocument, ...] = ()
    entities: int = 0
    claims: int = 0
    facts: int = 0
    negated: int = 0
    possible: int = 0
    evidences: int = 0
    claims_by_predicate: Mapping[str, int] = field(default_factory=dict)
    entities_by_class: Mapping[str, int] = field(default_factory=dict)
    grounded_share: float = 0.0
    undecided_mentions: int = 0
    undecided_names: int = 0
    undecided: tuple[UndecidedCount, ...] = ()
    curation: Mapping[str, int] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    text_bytes: int = 0
    unchanged: bool = False
    seconds: float = 0.0
    reading_seconds: float = 0.0

    @property
    def speed(self) -> float:
        """Megabytes of text read in a second."""
        return self.text_bytes / 1e6 / self.reading_seconds if self.reading_seconds else 0.0


def to_json(report: BuildReport) -> str:
    """Write a report as JSON, without what depends on the clock and the machine."""
    values = {one.name: getattr(report, one.name) for one in fields(report) if one.name not in UNWRITTEN}
    return msgspec.json.format(msgspec.json.encode(values), indent=2).decode() + "\n"


def from_json(text: str, output: Path) -> BuildReport:
    """Read back what `to_json` wrote about an output."""
    values = json.loads(text)
    values["documents"] = tuple(ReadDocument(**document) for document in values["documents"])
    values["refusals"] = tuple(RefusedDocument(**refusal) for refusal in values["refusals"])
    values["waiting"] = tuple(values["waiting"])
    values["undecided"] = tuple(map(_read_undecided, values["undecided"]))
    return BuildReport(output=output, **values)


def _read_undecided(values: Mapping[str, Any]) -> UndecidedCount:
    candidates = tuple(UndecidedCandidate(**candidate) for candidate in values["candidates"])
    return UndecidedCount(**{**values, "candidates": candidates})


def to_markdown(report: BuildReport) -> str:
    """Write a report as a page to read."""
    counts = [
        ("documents read", len(report.documents)),
        ("documents refused", len(report.refusals)),
        ("entities", report.entities),
        ("known to a vocabulary", f"{report.grounded_share:.0%}"),
        ("claims", report.claims),
        ("facts (affirmed and stated)", report.facts),
        ("negated claims", report.negated),
        ("possible claims", report.possible),
        ("sentences as evidence", report.evidences),
        ("names left undecided", report.undecided_mentions),
    ]
    documents = [(doc.source, doc.title, f"{doc.characters:,}", doc.claims) for doc in report.documents]
    parts = ["# What the build read", _table(("", ""), counts)]
    parts += ["## Claims by predicate", _table(("predicate", "claims"), report.claims_by_predicate.items())]
    parts += ["## Entities by class", _table(("class", "entities"), report.entities_by_class.items())]
    parts += ["## Documents", _table(("file", "title", "characters", "claims"), documents)]
    if report.curation:
        parts += ["## Curation", _table(("", ""), _describe_curation(report.curation))]
    if report.waiting:
        parts += [
            "### Decisions on claims that no document makes now",
            _table(("decision",), zip(report.waiting, strict=True)),
        ]
    if report.undecided:
        parts += ["## Names left undecided", _describe_undecided(report)]
        undecided = [(name.text, name.mentions, name.documents, say_candidates(name)) for name in report.undecided]
        parts.append(_table(("name", "mentions", "documents", "may mean"), undecided))
    if report.refusals:
        refused = [(refusal.source, refusal.reason) for refusal in report.refusals]
        parts += ["## Refused", _table(("file", "reason"), refused)]
    return "\n\n".join(parts) + "\n"


def say_candidates(name: UndecidedCount) -> str:
    """Name what an undecided name may mean, the likeliest first, with the scores.

    >>> gland = UndecidedCandidate("e:gland", "thyroid gland", "Anatomy", 0.6)
    >>> say_candidates(UndecidedCount("thyroid", 2, 1, (gland, UndecidedCandidate("e:d", "Thyroid", "Drug", 0.4))))
    'thyroid gland (Anatomy, 0.60) or Thyroid (Drug, 0.40)'
    """
    return " or ".join(
        f"{one.label} ({', '.join(filter(None, (one.class_name, f'{one.score:.2f}')))})" for one in name.candidates
    )


def _describe_curation(counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    words = {"withdrawn": "facts that they withdraw", "added": "facts that they add", "decisions": "decisions"}
    yield from ((words.get(name, f"{name} claims" if name != "comments" else name), counts[name]) for name in counts)


def _describe_undecided(report: BuildReport) -> str:
    shown = f"; the {len(report.undecided)} most frequent" if report.undecided_names > len(report.undecided) else ""
    return (
        f"{report.undecided_mentions:,} mentions of {report.undecided_names:,} names may mean several things, and "
        "nothing in their documents decides which: they are in the graph as such (`oncograph query undecided`), and no "
        f"claim is made of them{shown}. A score is a candidate's share of what speaks for any of them, no probability."
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(value) for value in line)} |" for line in lines)


def _cell(value: object) -> str:
    """Write a value so that neither `|`, a line break nor markup in a title breaks the table.

    >>> _cell("a|b <script>")
    'a\\\\|b &lt;script>'
    """
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;")
