"""What a person at a terminal sees: tables, a progress bar, and texts that cannot harm the terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oncograph.evaluate import Line
    from oncograph.evaluate_mentions import MentionLine
    from oncograph.graph.explain import Explanation, Highlight, Support
    from oncograph.learning.confidence import Calibration
    from oncograph.learning.relations import RelationResult
    from oncograph.report import BuildReport

WIDE = 100_000
"""Columns where the output goes to a file or a pipe: nothing is cut or wrapped."""

UNDECIDED_SHOWN = 3

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    r"""Put a visible sign in place of every control character: a document's text may hold any.

    >>> clean("red \x1b[31m")
    'red �[31m'
    """
    return CONTROL.sub("\ufffd", text)


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]], *, right: str = "") -> None:
    """Print a table; numbers to the right.

    Args:
        right: Names of the columns set to the right, separated by spaces.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in header:
        table.add_column(clean(name), justify="right" if name in right.split() else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(str(cell))) for cell in row))
    _print(table)


def print_report(report: BuildReport) -> None:
    """Print what a build did."""
    counts = [("documents read", f"{len(report.documents):,}")]
    if report.refusals:
        counts.append(("documents refused", f"{len(report.refusals):,}"))
    counts += [
        ("entities", f"{report.entities:,}"),
        ("  known to the vocabulary", f"{report.grounded_share:.0%}"),
        ("claims", f"{report.claims:,}"),
        *((f"  {predicate}", f"{count:,}") for predicate, count in report.claims_by_predicate.items()),
        ("negated or only possible", f"{report.claims - report.facts:,}"),
        *_count_undecided(report),
        ("time", f"{report.seconds:.1f} s"),
        ("text to graph", f"{report.text_bytes / 1e6:.2f} MB, {report.speed:.2f} MB/s"),
    ]
    print_table(("", "build"), counts, right="build")


def _count_undecided(report: BuildReport) -> Iterator[tuple[str, str]]:
    if report.undecided:
        yield "names left undecided", f"{report.undecided_mentions:,}"
        yield from ((f"  {name.text}", f"{name.mentions:,}") for name in report.undecided[:UNDECIDED_SHOWN])


def print_scores(title: str, lines: Iterable[Line]) -> None:
    """Print the figures of an evaluation, a group of claims a row."""
    rows = [
        (
            line.name,
            line.strict.gold,
            line.strict.claimed,
            line.strict.matched,
            f"{line.strict.precision:.3f}",
            f"{line.strict.recall:.3f}",
            f"{line.strict.f1:.3f}",
            f"{line.strict.evidence:.2f}",
            f"{line.relaxed.f1:.3f}",
        )
        for line in lines
    ]
    header = (title, "gold", "claimed", "right", "precision", "recall", "F1", "evidence", "relaxed")
    print_table(header, rows, right=" ".join(header[1:]))


def print_relation_results(title: str, results: Iterable[RelationResult]) -> None:
    """Print how well each relation is told between given names, beside the best published figure."""
    rows = [
        (
            result.relation,
            *(f"{value:.3f}" for value in (result.counts.precision, result.counts.recall, result.counts.f1)),
            *(f"{value:.3f}" for value in (result.weighted.precision, result.weighted.recall, result.weighted.f1)),
            f"{result.mean:.3f} ± {result.spread:.3f}" if result.spread else "",
            f"{result.published:.3f}",
        )
        for result in results
    ]
    header = (
        title,
        "precision",
        "recall",
        "F1",
        "weighted-precision",
        "weighted-recall",
        "weighted-F1",
        "mean-F1",
        "published-F1",
    )
    print_table(header, rows, right=" ".join(header[1:]))


def print_mention_scores(title: str, lines: Iterable[MentionLine]) -> None:
    """Print how well names are found and identified, a group of a file two rows."""
    rows = [
        (
            line.name,
            kind,
            score.gold,
            score.found,
            score.right,
            f"{score.precision:.3f}",
            f"{score.recall:.3f}",
            f"{score.f1:.3f}",
            score.left_out or "",
        )
        for line in lines
        for kind, score in (("spans", line.spans), ("identifiers", line.identifiers))
    ]
    header = (title, "of", "gold", "found", "right", "precision", "recall", "F1", "spared")
    print_table(header, rows, right=" ".join(header[2:]))


def print_calibrations(title: str, calibrations: Iterable[Calibration]) -> None:
    """Print how often claims are right, by their confidence."""
    rows: list[tuple[object, ...]] = []
    for found in calibrations:
        rows += [(found.name, b.name, b.claims, f"{b.confidence:.3f}", f"{b.right:.3f}", "", "") for b in found.bins]
        rows.append((found.name, "all", found.claims, "", "", f"{found.error:.3f}", f"{found.brier:.3f}"))
    header = (title, "confidence", "claims", "mean", "right", "error", "Brier")
    print_table(header, rows, right=" ".join(header[2:]))


@contextmanager
def show_progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """Give a callback that draws a progress bar on standard error; none where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("preparing", total=None)
        # A total of 0 is one that is not known.
        yield lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total or None)


def print_explanation(explanation: Explanation) -> None:
    """Print a fact with the sentences behind it, the words that count set off."""
    name = explanation.predicate.rpartition(":")[2]
    _print_text(f"{explanation.subject_label} {name} {explanation.object_label}", style="bold")
    if not explanation.claims:
        _print_text(f"  no sentence says it: it comes from {_ORIGINS[explanation.origin]}")
    for claim in explanation.claims:
        _print_text("")
        context = [f"{name} {label}" for name, label in claim.qualifiers]
        said = [claim.polarity.lower(), claim.certainty.lower(), f"confidence {claim.confidence:.2f}", *context]
        _print_text(f"  {', '.join(said)} ({claim.claim})")
        for support in claim.supports:
            _print_support(support)


_ORIGINS = {"vocabulary": "the curated vocabulary", "inference": "other facts, by the rules of the ontology"}
_STYLES = {"subject": "bold cyan", "object": "bold green", "cue": "bold red"}


def _print_support(support: Support) -> None:
    rules = ", ".join(rule for rule, _ in support.rules)
    place = f"{support.source or support.document}, characters {support.start}-{support.end}"
    _print_text("")
    _print_text(
        f"  {support.title or support.document} ({place}); {support.certainty.lower()}, rule {rules}", style="dim"
    )
    _print_highlighted(support.sentence, support.highlights)


def _print_highlighted(sentence: str, highlights: Iterable[Highlight]) -> None:
    """Print a sentence, its words that count coloured on a terminal and in brackets elsewhere."""
    from rich.text import Text

    text = clean(re.sub(r"\s", " ", sentence))
    line = Text("    ")
    done = 0
    for mark in highlights:
        if mark.start < done:  # inside one that is set off already
            continue
        words = text[mark.start : mark.end]
        line.append(text[done : mark.start])
        line.append(words if sys.stdout.isatty() else f"[{words}]", style=_STYLES[mark.role])
        done = mark.end
    line.append(text[done:])
    _print(line)


def _print_text(text: str, *, style: str = "") -> None:
    from rich.text import Text

    _print(Text(clean(text), style=style))


def _print(renderable: object) -> None:
    from rich.console import Console

    Console(highlight=False, width=None if sys.stdout.isatty() else WIDE).print(renderable)
