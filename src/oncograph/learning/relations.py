"""The scores of relations between given names: learned from annotated sentences, measured by cross-validation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from oncograph.errors import OncographError
from oncograph.learning.logistic import BIAS, Rows, fit_few, name_weights, to_chances
from oncograph.reading.passages import CuePhrases, Name, Passage
from oncograph.reading.scoring import ROLES, RelationScorer, find_candidates, find_features

CORPORA = {"civicmine.train.jsonl": tuple(ROLES)[:5], "cancermine.train.jsonl": tuple(ROLES)[5:]}
"""The files of annotated sentences, each with the relations that it annotates."""
PUBLISHED = {
    "AssociatedVariant": 0.903,
    "Diagnostic": 0.627,
    "Predictive": 0.895,
    "Predisposing": 0.826,
    "Prognostic": 0.817,
    "Driver": 0.509,
    "Oncogene": 0.600,
    "Tumor_Suppressor": 0.663,
}
"""Best F1 on the test sets of the same corpora, weighted for the first five (Lever et al., 2019)."""
KINDS = {"mutation": "variant"}
FOLDS = 5
COST = 0.1
MOST_WEIGHTS = 1000
AT_LEAST = 3
SMOOTHING = 9
"""How many ranks to each side the F1 of a threshold is averaged over."""


@dataclass(frozen=True, slots=True)
class AnnotatedSentence:
    """A sentence with all its names given, and the relations that annotators saw between them.

    Attributes:
        source: What tells its document; sentences of one document are never parted.
        relations: The relation and the indices of its names, in the order of `ROLES`.
        weight: How many sentences of the literature it stands for.
    """

    source: str
    passage: Passage
    relations: frozenset[tuple[str, tuple[int, ...]]]
    weight: float


@dataclass(frozen=True, slots=True)
class Counts:
    """True and false claims and what was missed, each counted by weight.

    >>> counts = Counts(found=3, false=1, missed=3)
    >>> counts.precision, counts.recall, counts.f1
    (0.75, 0.5, 0.6)
    """

    found: float
    false: float
    missed: float

    @property
    def precision(self) -> float:
        """Share of what was claimed that is right."""
        return self.found / (self.found + self.false) if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of what is right that was claimed."""
        return self.found / (self.found + self.missed) if self.found else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.found / (2 * self.found + self.false + self.missed) if self.found else 0.0


@dataclass(frozen=True, slots=True)
class RelationResult:
    """How well a relation is told in sentences that its weights were not learned from.

    Attributes:
        weighted: The same with each sentence counted as often as it stands for others, as the corpus's authors do.
        published: The best published F1.
    """

    relation: str
    counts: Counts
    weighted: Counts
    published: float


@dataclass(frozen=True)
class Examples:
    """The candidates of one relation."""

    rows: Rows
    labels: np.ndarray
    sources: tuple[str, ...]
    weights: np.ndarray

    def split(self, *, purpose: str = "") -> np.ndarray:
        """Give each candidate the number of its part, by its document."""
        return np.array([find_fold(purpose + source) for source in self.sources])


def read_sentences(path: Path, cues: CuePhrases) -> list[AnnotatedSentence]:
    """Read a file of annotated sentences.

    Raises:
        OncographError: The file is missing, or a line is not as it must be.
    """
    if not path.is_file():
        raise OncographError(f"{path}: no such file; a folder of relations holds {' and '.join(CORPORA)}")
    sentences = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            sentences.append(_parse(json.loads(line), cues))
        except (KeyError, ValueError, TypeError) as error:
            raise OncographError(f"{path}: line {number}: is not an annotated sentence ({error!r})") from error
    return sentences


def measure_relations(folder: Path, cues: CuePhrases) -> Iterator[RelationResult]:
    """Cross-validate every relation on the sentences of a folder, in the order of `ROLES`.

    Documents are dealt out to five parts by their hash. Each part is judged with weights and a threshold learned from
    the other four alone: the threshold from candidates that are judged, in turn, by the rest of those four.
    """
    for name, relations in CORPORA.items():
        sentences = read_sentences(folder / name, cues)
        for relation in relations:
            yield cross_validate(relation, gather(sentences, relation))


def learn_relations(folder: Path, cues: CuePhrases) -> dict[str, RelationScorer]:
    """Learn the weights and thresholds of every relation from all sentences of a folder."""
    scorers = {}
    for name, relations in CORPORA.items():
        sentences = read_sentences(folder / name, cues)
        for relation in relations:
            scorers[relation] = learn(gather(sentences, relation))
    return scorers


def gather(sentences: Iterable[AnnotatedSentence], relation: str) -> Examples:
    """Describe every candidate for a relation."""
    features: list[Mapping[str, float]] = []
    labels, sources, weights = [], [], []
    for sentence in sentences:
        for names in find_candidates(sentence.passage, ROLES[relation]):
            features.append(dict.fromkeys(find_features(sentence.passage, names), 1.0))
            labels.append((relation, names) in sentence.relations)
            sources.append(sentence.source)
            weights.append(sentence.weight)
    rows = Rows.of(features, at_least=AT_LEAST)
    return Examples(rows, np.array(labels, float), tuple(sources), np.array(weights))


def learn(examples: Examples) -> RelationScorer:
    """Learn the weights of a relation from all candidates, and its threshold by judging each part by the others."""
    rows, weights = fit_few(examples.rows, examples.labels, cost=COST, most=MOST_WEIGHTS)
    threshold = choose_threshold(_judge_parts(examples, np.arange(len(examples.labels))), examples.labels)
    named = name_weights(rows.names, weights)
    return RelationScorer(
        {name: weight for name, weight in named.items() if name != BIAS}, named.get(BIAS, 0.0), round(threshold, 3)
    )


def cross_validate(relation: str, examples: Examples) -> RelationResult:
    """Judge each of five parts with what the other four teach."""
    parts = examples.split()
    claimed = np.zeros(len(parts), bool)
    for part in range(FOLDS):
        others, own = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
        threshold = choose_threshold(_judge_parts(examples, others), examples.labels[others])
        claimed[own] = _judge(examples, others, own) >= threshold
    ones = np.ones(len(parts))
    return RelationResult(
        relation,
        _count(claimed, examples.labels, ones),
        _count(claimed, examples.labels, examples.weights),
        PUBLISHED[relation],
    )


def choose_threshold(chances: np.ndarray, labels: np.ndarray) -> float:
    """Find the probability from which to claim, so that F1 is largest; neighbouring ranks are averaged."""
    order = np.argsort(-chances, kind="stable")
    found = np.cumsum(labels[order])
    f1 = 2 * found / (np.arange(1, len(order) + 1) + labels.sum())
    width = 2 * SMOOTHING + 1
    smooth = np.convolve(np.pad(f1, SMOOTHING, mode="edge"), np.ones(width) / width, "valid")
    best = int(smooth.argmax())
    following = chances[order[min(best + 1, len(order) - 1)]]
    return float((chances[order[best]] + following) / 2)


def find_fold(source: str) -> int:
    """Deal a document to one of the parts, always the same one."""
    return int(hashlib.sha256(source.encode()).hexdigest(), 16) % FOLDS


def _judge_parts(examples: Examples, chosen: np.ndarray) -> np.ndarray:
    """Judge each part of some candidates by the other parts."""
    parts = examples.split(purpose="inner")[chosen]
    chances = np.zeros(len(chosen))
    for part in range(FOLDS):
        if (parts == part).any():
            chances[parts == part] = _judge(examples, chosen[parts != part], chosen[parts == part])
    return chances


def _judge(examples: Examples, known: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Learn from some candidates and give the probabilities of others."""
    learned = examples.rows.choose(known)
    few, weights = fit_few(learned, examples.labels[known], cost=COST, most=MOST_WEIGHTS)
    kept = np.isin(examples.rows.names, few.names)
    return to_chances(examples.rows.choose(asked).keep(kept).times(weights))


def _count(claimed: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> Counts:
    right = labels > 0
    return Counts(
        float(weights[claimed & right].sum()),
        float(weights[claimed & ~right].sum()),
        float(weights[~claimed & right].sum()),
    )


def _parse(record: Mapping[str, Any], cues: CuePhrases) -> AnnotatedSentence:
    names = [
        Name(KINDS.get(entity["type"], entity["type"]), entity["start"], entity["end"], entity["text"])
        for entity in record["entities"]
    ]
    index = {entity["id"]: i for i, entity in enumerate(record["entities"])}
    relations = frozenset(
        (found["type"], tuple(index[found["args"][role]] for role in ROLES[found["type"]]))
        for found in record["relations"]
    )
    source = record["source"]
    document = str(source.get("pmid") or source.get("pmcid") or record["id"])
    return AnnotatedSentence(document, Passage.of(record["text"], names, cues), relations, record.get("weight", 1.0))
