"""How many claims of a corpus are right, by the judgement of a reader on a random draw.

    python tests/benchmarks/precision.py draw CORPUS.jsonl[.gz] --count 200 --least 0.7 --seed 1 > drawn.tsv
    python tests/benchmarks/precision.py score tests/benchmarks/judged-claims.tsv

`draw` reads the corpus and prints claims at random (by a hash of the claim and the seed, so the same draw comes again),
each with its sentence and an empty column `verdict`. The judge writes `right` or `wrong` there, by the sentence and its
document alone, and in `why` what is wrong. `score` prints the share that is right with its 95% interval (Wilson 1927),
over all and by predicate. The judged tables kept here have no sentences: the offsets find them in the corpus.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import heapq
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from oncograph.knowledge import load_ontology, load_reader
from oncograph.model import Document
from oncograph.reading import read_document
from oncograph.reading.blocks import find_blocks

COLUMNS = ("document", "start", "end", "subject", "predicate", "object", "said", "confidence", "rule", "verdict", "why")
Z = 1.96
"""Standard normal quantile of a two-sided 95% interval."""


def draw(corpus: Path, *, count: int, least: float, seed: str) -> list[dict[str, str]]:
    """Draw claims of a confidence of at least `least`; one that a document states twice counts once."""
    ontology = load_ontology()
    reader = load_reader(ontology)
    drawn: list[tuple[str, dict[str, str]]] = []
    for doc in _documents(corpus):
        reading = read_document(doc, reader)
        labels = {concept.iri: concept.label for concept in (*ontology.concepts.values(), *reading.concepts)}
        seen: set[tuple[str, ...]] = set()
        for claim in reading.claims:
            key = (claim.subject, claim.predicate, claim.object, claim.polarity.value)
            if claim.confidence < least or key in seen:
                continue
            seen.add(key)
            rank = hashlib.sha256("\n".join((seed, doc.id, *key)).encode()).hexdigest()
            row = {
                "document": doc.id,
                "start": str(claim.start),
                "end": str(claim.end),
                "subject": labels.get(claim.subject, claim.subject.rpartition("#")[2]),
                "predicate": claim.predicate,
                "object": claim.object if claim.literal else labels.get(claim.object, claim.object.rpartition("#")[2]),
                "said": f"{claim.polarity.value} {claim.certainty.value}".lower(),
                "confidence": f"{claim.confidence:.2f}",
                "rule": claim.rule,
                "sentence": " ".join(doc.text[claim.start : claim.end].split()),
            }
            drawn.append((rank, row))
        drawn = heapq.nsmallest(count, drawn, key=lambda item: item[0])
    return [row for _, row in drawn]


def _documents(path: Path) -> Iterator[Document]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield Document(record["id"], record["title"], record["text"], find_blocks(record["text"]))


def wilson(right: int, count: int) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson's score interval).

    >>> low, high = wilson(170, 200)
    >>> round(low, 3), round(high, 3)
    (0.794, 0.893)
    """
    share = right / count
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z / (1 + Z * Z / count) * math.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    return middle - half, middle + half


def score(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """Write the precision over all judged rows and by predicate."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for number, row in enumerate(rows, 2):
        if row["verdict"] not in {"right", "wrong"}:
            sys.exit(f"line {number}: the verdict is {row['verdict']!r}; it must be right or wrong")
        groups["all"].append(row["verdict"] == "right")
        groups[row["predicate"]].append(row["verdict"] == "right")
    for name, verdicts in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        low, high = wilson(sum(verdicts), len(verdicts))
        share = sum(verdicts) / len(verdicts)
        yield f"{name:24} {sum(verdicts):4} of {len(verdicts):4}  {share:.3f}  ({low:.3f} to {high:.3f})"


def main() -> None:
    """Draw or score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw")
    drawing.add_argument("corpus", type=Path)
    drawing.add_argument("--count", type=int, default=200)
    drawing.add_argument("--least", type=float, default=0.7)
    drawing.add_argument("--seed", default="1")
    commands.add_parser("score").add_argument("judged", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "draw":
        table = csv.DictWriter(sys.stdout, [*COLUMNS, "sentence"], delimiter="\t", lineterminator="\n")
        table.writeheader()
        table.writerows(draw(arguments.corpus, count=arguments.count, least=arguments.least, seed=arguments.seed))
    else:
        with arguments.judged.open(encoding="utf-8", newline="") as lines:
            print("\n".join(score(csv.DictReader(lines, delimiter="\t"))))


if __name__ == "__main__":
    main()
