"""How sure claims are: learned from annotated documents, and whether it comes true in them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from oncograph.documents import find_documents, read_documents
from oncograph.errors import OncographError
from oncograph.evaluate import find_gold, judge, merge_claims, read_gold, read_text
from oncograph.graph.merging import merge_confidence
from oncograph.knowledge import Ontology
from oncograph.learning.logistic import BIAS, Rows, fit, name_weights
from oncograph.model import Claim, Concept, Polarity
from oncograph.reading.confidence import PRIOR, ClaimWeights, describe_claims, to_log_odds
from oncograph.reading.reader import Reader, read_document
from oncograph.reading.relations import merge_claims as merge_readings

COST = 0.05
"""What a wrong probability costs against a weight's size: documents are few, so the rules' own figures weigh much."""
AT_LEAST = 2
SAMPLE_COLUMNS = ("document", "start", "end", "subject", "predicate", "object", "verdict")
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)

ClaimKey = tuple[str, str, str, Polarity]


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim of one sentence, as its rule gave it.

    Attributes:
        features: What describes it.
        right: Whether the annotations of its document say the same.
    """

    document: str
    claim: Claim
    features: tuple[str, ...]
    right: bool

    @property
    def key(self) -> tuple[str, ClaimKey]:
        """Tell which claim of which document it is."""
        return self.document, _to_key(self.claim)


@dataclass(frozen=True, slots=True)
class Bin:
    """The claims of a document or more whose confidence lies in a range."""

    name: str
    claims: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether claims are right as often as their confidence says.

    Attributes:
        name: Where the confidences come from.
        bins: By range of confidence, the lowest first.
        error: Expected calibration error: how far the share of right claims is from the confidence, over all ranges.
        brier: Mean square of the difference between the confidence and 1 for a right, 0 for a false claim.
    """

    name: str
    bins: tuple[Bin, ...]
    claims: int
    error: float
    brier: float


@dataclass(frozen=True, slots=True)
class Recorder(ClaimWeights):
    """Keeps what the claims of a document look like before they are weighed."""

    weights: Mapping[str, float] = field(default_factory=dict)
    seen: list[tuple[Claim, tuple[str, ...]]] = field(default_factory=list)

    def weigh(
        self, claims: Sequence[Claim], concepts: Mapping[str, Concept], made: Mapping[str, Concept]
    ) -> list[Claim]:
        """Keep the description of every claim, and the figures of the rules."""
        self.seen.extend((claim, tuple(features)) for claim, features in describe_claims(claims, concepts, made))
        return merge_readings(claims)


def judge_folder(
    folder: Path, reader: Reader, ontology: Ontology, *, left_out: Collection[str] = ()
) -> list[JudgedClaim]:
    """Read the documents of a gold folder and judge every claim by the annotations; duplicates are left out.

    Args:
        left_out: Names of documents that are not read.
    """
    return [
        judged
        for name, gold_file in find_gold(folder).items()
        if name not in left_out
        for judged in _judge_document(name, folder, gold_file, reader, ontology)
    ]


def _judge_document(
    name: str, folder: Path, gold_file: Path, reader: Reader, ontology: Ontology
) -> Iterator[JudgedClaim]:
    doc = read_text(folder / "docs" / f"{name}.txt")
    recorder = Recorder()
    reading = read_document(doc, replace(reader, claim_weights=recorder))
    verdicts = judge(read_gold(gold_file, text=doc.text), merge_claims(reading, ontology), ontology)
    right = dict(zip(dict.fromkeys(map(_to_key, reading.claims)), verdicts, strict=True))
    for claim, features in recorder.seen:
        verdict = right[_to_key(claim)]
        if verdict is not None:
            yield JudgedClaim(name, claim, features, verdict)


def judge_sample(table: Path, corpus: Path, reader: Reader, ontology: Ontology) -> list[JudgedClaim]:
    """Read the documents of claims that somebody judged one by one, and give those claims with their verdicts.

    Args:
        table: Tab-separated, with the columns document, start, end, subject, predicate, object and verdict (right or
            wrong); subject and object are labels.
        corpus: The documents, in any form that is read; those that the table does not name are passed over.
    """
    with table.open(encoding="utf-8", newline="") as lines:
        reader_of_rows = csv.DictReader(lines, delimiter="\t")
        rows = list(reader_of_rows)
    if missing := sorted(set(SAMPLE_COLUMNS) - set(reader_of_rows.fieldnames or ())):
        raise OncographError(f"{table}: the columns {', '.join(missing)} are missing")
    verdicts = {tuple(row[name] for name in SAMPLE_COLUMNS[:-1]): row["verdict"] == "right" for row in rows}
    names = {row["document"] for row in rows}
    (file,) = find_documents([corpus])
    judged: list[JudgedClaim] = []
    for doc in read_documents(file):
        if doc.identifier not in names:
            continue
        recorder = Recorder()
        reading = read_document(doc, replace(reader, claim_weights=recorder))
        labels = {known.iri: known.label for known in (*ontology.concepts.values(), *reading.concepts)}
        for claim, features in recorder.seen:
            ends = (labels.get(claim.subject, ""), claim.predicate, labels.get(claim.object, claim.object))
            right = verdicts.get((doc.identifier, str(claim.start), str(claim.end), *ends))
            if right is not None:
                judged.append(JudgedClaim(f"sample: {doc.identifier}", claim, features, right))
    return judged


def learn_claim_weights(judged: Sequence[JudgedClaim]) -> ClaimWeights:
    """Learn how the log odds of the rules' figures must be moved so that claims are right as often as they say."""
    if not judged:
        return ClaimWeights({})
    priors = np.array([to_log_odds(seen.claim.confidence) for seen in judged])
    rows = Rows.of(
        [{PRIOR: prior, **dict.fromkeys(seen.features, 1.0)} for seen, prior in zip(judged, priors, strict=True)],
        at_least=AT_LEAST,
    )
    weights = fit(rows, np.array([float(seen.right) for seen in judged]), cost=COST, offsets=priors)
    named = name_weights(rows.names, weights, digits=2)
    return ClaimWeights({name: weight for name, weight in named.items() if name != BIAS}, named.get(BIAS, 0.0))


def calibrate(
    judged: Sequence[JudgedClaim], weights: ClaimWeights, *, held_out: Collection[str] = ()
) -> list[Calibration]:
    """Compare with the annotations the confidences of the rules, of given weights, and of weights learned anew.

    The last are learned for each document from the others alone, so that none is judged by what it has taught. The
    given weights are judged fairly only where they were not learned from these documents.

    Args:
        held_out: Names of documents that are reported apart.
    """
    others = [seen for seen in judged if seen.document not in held_out]
    apart = [seen for seen in judged if seen.document in held_out]
    found = _calibrate_ways(others, weights)
    return found + [replace(one, name=f"held-out: {one.name}") for one in _calibrate_ways(apart, weights) if apart]


def _calibrate_ways(judged: Sequence[JudgedClaim], weights: ClaimWeights) -> list[Calibration]:
    documents = sorted({seen.document for seen in judged})
    anew = {
        name: learn_claim_weights([seen for seen in judged if seen.document != name]).estimate for name in documents
    }
    ways: dict[str, Callable[[JudgedClaim], float]] = {
        "rules alone": lambda seen: seen.claim.confidence,
        "as read": lambda seen: (
            weights.estimate(seen.claim.confidence, seen.features) if weights.weights else seen.claim.confidence
        ),
        "learned from the other documents": lambda seen: anew[seen.document](seen.claim.confidence, seen.features),
    }
    if len(documents) < 2:
        del ways["learned from the other documents"]
    return [_calibrate(name, judged, way) for name, way in ways.items()]


def _calibrate(name: str, judged: Sequence[JudgedClaim], way: Callable[[JudgedClaim], float]) -> Calibration:
    """Merge the readings of each document's claims as the graph does, and count by confidence."""
    surest: dict[tuple[str, ClaimKey], dict[str, float]] = {}
    right: dict[tuple[str, ClaimKey], bool] = {}
    for seen in judged:
        by_rule = surest.setdefault(seen.key, {})
        by_rule[seen.claim.rule] = max(by_rule.get(seen.claim.rule, 0.0), way(seen))
        right[seen.key] = seen.right
    found = [(merge_confidence(by_rule), right[key]) for key, by_rule in surest.items()]
    bins = []
    for low, high in pairwise(BINS):
        inside = [pair for pair in found if low <= pair[0] < high]
        if inside:
            mean, share = (sum(values) / len(inside) for values in zip(*inside, strict=True))
            bins.append(Bin(f"{low:.1f}-{high:.1f}", len(inside), mean, share))
    count = max(len(found), 1)
    error = sum(group.claims * abs(group.confidence - group.right) for group in bins) / count
    brier = sum((confidence - is_right) ** 2 for confidence, is_right in found) / count
    return Calibration(name, tuple(bins), len(found), error, brier)


def _to_key(claim: Claim) -> ClaimKey:
    return claim.subject, claim.predicate, claim.object, claim.polarity
