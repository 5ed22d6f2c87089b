"""Why facts are missed and why false ones are claimed: the misses of an evaluation, grouped by cause.

    python tests/benchmarks/errors.py tests/gold [MORE_GOLD] [--split TABLE] > tests/benchmarks/errors.md

Writes a report in Markdown: for each gold folder its figures and a table of causes, then examples of each cause out of
the first folder. Documents that the split holds out are counted in the figures and appear nowhere else. The causes are
told apart by what can be computed: what was claimed of the same pair, whether the vocabulary has the names, whether the
sentence says them.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path

from oncograph.evaluate import Evaluation, GoldClaim, SystemClaim, Verdict, evaluate, fold_name, read_split
from oncograph.knowledge import Ontology, load_ontology, load_reader
from oncograph.model import Document, Reading
from oncograph.reading import read_document

CAUSES = {
    "scope": "Missed: read, but with the wrong polarity or certainty (scope of a negation or a hedge).",
    "predicate": "Missed: the pair was read with another predicate.",
    "direction": "Missed: read the wrong way round.",
    "name": "Missed: the vocabulary lacks a name that the sentence says.",
    "own words": "Missed: the annotator's name for it stands neither in the vocabulary nor in the sentence.",
    "reference": "Missed: the sentence does not name both; a reference or the topic has to be resolved.",
    "construction": "Missed: both names are known and said; no rule reads this way of saying it.",
    "false scope": "False: right but for polarity or certainty.",
    "false predicate": "False: annotated with another predicate.",
    "false end": "False: one end right, the other wrong (antecedent, list boundary, name too long or too short).",
    "false": "False: nothing like it is annotated in the sentence.",
}
EXAMPLES = 6
SENTENCE = 180


class Causes:
    """Sorts verdicts into causes."""

    def __init__(self, ontology: Ontology, texts: dict[str, str]) -> None:
        self.texts = texts
        self.labels: dict[str, frozenset[str]] = {}
        self.names: dict[str, set[str]] = defaultdict(set)
        for concept in (*ontology.concepts.values(), *ontology.classes.values()):
            labels = {concept.label, *concept.synonyms, *getattr(concept, "hidden", ())}
            for label in labels:
                self.names[fold_name(label)] |= labels

    def sort(self, verdicts: Collection[Verdict]) -> Iterator[tuple[str, Verdict]]:
        """Give each miss and each false claim of one document its cause."""
        missed = [v for v in verdicts if v.gold is not None and v.claim is None]
        claims = [v.claim for v in verdicts if v.claim is not None]
        rows = [v.gold for v in verdicts if v.gold is not None]
        for verdict in missed:
            assert verdict.gold is not None
            yield self._why_missed(verdict.document, verdict.gold, claims), verdict
        for verdict in verdicts:
            if verdict.gold is None and verdict.claim is not None:
                yield _why_false(verdict.claim, rows), verdict

    def _why_missed(self, document: str, row: GoldClaim, claims: list[SystemClaim]) -> str:
        alike = [claim for claim in claims if _is_pair(claim, row)]
        if any(claim.predicate == row.predicate for claim in alike):
            return "scope"
        if alike:
            return "predicate"
        if any(claim.predicate == row.predicate and _is_pair(claim, row, turned=True) for claim in claims):
            return "direction"
        sentence = fold_name(self.texts[document][row.start : row.end])
        names = [row.subject] if row.literal else [row.subject, row.object]
        lacking = [name for name in names if fold_name(name) not in self.names]
        if lacking:
            return "name" if all(fold_name(name) in sentence for name in lacking) else "own words"
        said = all(any(fold_name(label) in sentence for label in self.names[fold_name(name)]) for name in names)
        return "construction" if said else "reference"


def _why_false(claim: SystemClaim, rows: list[GoldClaim]) -> str:
    here = [row for row in rows if any(start < row.end and row.start < end for start, end in claim.spans)]
    if any(_is_pair(claim, row) and row.predicate == claim.predicate for row in rows):
        return "false scope"
    if any(_is_pair(claim, row) for row in rows):
        return "false predicate"
    if any(row.predicate == claim.predicate and _shares_end(claim, row) for row in here):
        return "false end"
    return "false"


def _is_pair(claim: SystemClaim, row: GoldClaim, *, turned: bool = False) -> bool:
    subject, object_ = fold_name(row.subject), fold_name(row.object)
    objects = claim.object_names or {fold_name(claim.object)}
    if turned:
        subject, object_ = object_, subject
    return subject in claim.subject_names and object_ in objects


def _shares_end(claim: SystemClaim, row: GoldClaim) -> bool:
    objects = claim.object_names or {fold_name(claim.object)}
    return fold_name(row.subject) in claim.subject_names or fold_name(row.object) in objects


def report(folders: list[Path], held_out: Collection[str]) -> Iterator[str]:
    """Write the report, a line at a time."""
    ontology = load_ontology()
    reader = load_reader(ontology)
    texts: dict[str, str] = {}

    def read(doc: Document) -> Reading:
        texts[doc.id] = doc.text
        return read_document(doc, reader)

    yield "# Why facts are missed, and why false ones are claimed"
    yield ""
    yield "Made by `tests/benchmarks/errors.py`, which says how."
    examples: list[str] = []
    for folder in folders:
        evaluation = evaluate(folder, read=read, ontology=ontology, held_out=held_out)
        found = _sort_by_cause(evaluation, Causes(ontology, texts))
        yield from ("", f"## {folder.resolve().parent.name}/{folder.name}: {len(evaluation.documents)} documents", "")
        yield from _tables(evaluation, found)
        examples = examples or list(_examples_of_all(found, texts))
    yield from examples


def _sort_by_cause(evaluation: Evaluation, causes: Causes) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = {cause: [] for cause in CAUSES}
    for name in evaluation.documents:
        if name not in evaluation.held_out:
            for cause, verdict in causes.sort([v for v in evaluation.strict if v.document == name]):
                found[cause].append(verdict)
    return found


def _tables(evaluation: Evaluation, found: dict[str, list[Verdict]]) -> Iterator[str]:
    yield "| part | precision | recall | F1 |"
    yield "| --- | --: | --: | --: |"
    for line in evaluation.overall():
        score = line.strict
        yield f"| {line.name} | {score.precision:.3f} | {score.recall:.3f} | {score.f1:.3f} |"
    yield ""
    yield "| cause | count | most of them |"
    yield "| --- | --: | --- |"
    for cause, verdicts in found.items():
        counts = Counter(verdict.predicate for verdict in verdicts)
        most = ", ".join(f"{predicate} {count}" for predicate, count in sorted(counts.items(), key=_rank)[:5])
        yield f"| {cause} | {len(verdicts)} | {most} |"


def _examples_of_all(found: dict[str, list[Verdict]], texts: dict[str, str]) -> Iterator[str]:
    for cause, meaning in CAUSES.items():
        yield from ("", f"## {cause}", "", meaning, "")
        yield from _examples(found[cause], texts)


def _rank(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _examples(verdicts: list[Verdict], texts: dict[str, str]) -> Iterator[str]:
    """Show some of the verdicts, spread over the documents."""
    step = max(1, len(verdicts) // EXAMPLES)
    for verdict in verdicts[::step][:EXAMPLES]:
        said = verdict.gold or verdict.claim
        assert said is not None
        flags = [flag.value.lower() for flag in (said.polarity, said.certainty)]
        start, end = (said.start, said.end) if isinstance(said, GoldClaim) else said.spans[0]
        sentence = " ".join(texts[verdict.document][start:end].split())
        shown = sentence if len(sentence) <= SENTENCE else sentence[:SENTENCE].rsplit(" ", 1)[0] + " …"
        claim = f"{said.subject} **{said.predicate}** {said.object} ({', '.join(flags)})"
        yield f"- {claim}: “{shown}” ({verdict.document})"


def main() -> None:
    """Evaluate the gold folders and print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--split", type=Path)
    arguments = parser.parse_args()
    held_out = read_split(arguments.split) if arguments.split else frozenset()
    print("\n".join(report(arguments.gold, held_out)))


if __name__ == "__main__":
    main()
