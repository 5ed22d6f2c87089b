"""What a build did, as a value and as the files `report.json` and `report.md`; neither file holds a clock time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

UNWRITTEN = ("output", "unchanged", "seconds", "reading_seconds")
"""Fields of a report that depend on when and where it was made."""


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
class BuildReport:
    """What a build did.

    Attributes:
        documents, refusals: In the order of their sources.
        facts: Claims that are affirmed and stated; each is a direct triple of the graph.
        claims_by_predicate: Claims of every polarity and certainty, the most frequent predicate first.
        grounded_share: Share of the entities that a vocabulary knows, 0 to 1.
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
    values = {name: value for name, value in asdict(report).items() if name not in UNWRITTEN}
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str, output: Path) -> BuildReport:
    """Read back what `to_json` wrote about an output."""
    values = json.loads(text)
    values["documents"] = tuple(ReadDocument(**document) for document in values["documents"])
    values["refusals"] = tuple(RefusedDocument(**refusal) for refusal in values["refusals"])
    return BuildReport(output=output, **values)


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
    ]
    documents = [(doc.source, doc.title, f"{doc.characters:,}", doc.claims) for doc in report.documents]
    parts = ["# What the build read", _table(("", ""), counts)]
    parts += ["## Claims by predicate", _table(("predicate", "claims"), report.claims_by_predicate.items())]
    parts += ["## Entities by class", _table(("class", "entities"), report.entities_by_class.items())]
    parts += ["## Documents", _table(("file", "title", "characters", "claims"), documents)]
    if report.refusals:
        refused = [(refusal.source, refusal.reason) for refusal in report.refusals]
        parts += ["## Refused", _table(("file", "reason"), refused)]
    return "\n\n".join(parts) + "\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(value) for value in line)} |" for line in lines)


def _cell(value: object) -> str:
    """Write a value so that neither `|`, a line break nor markup in a title breaks the table.

    >>> _cell("a|b <script>")
    'a\\\\|b &lt;script>'
    """
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;")
