"""The scores of relations between given names: learned from annotated sentences, measured by cross-validation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from oncograph.errors import OncographError
from oncograph.learning.logistic import BIAS, Rows, fit, fit_few, name_weights, to_chances
from oncograph.reading.passages import CuePhrases, Name, Passage
from oncograph.reading.scoring import (
    LEANS_ON,
    ROLES,
    RelationScorer,
    describe_leaning,
    find_candidates,
    find_features,
)

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
DEALS = {"civicmine.train.jsonl": ("", "a", "b", "c", "d"), "cancermine.train.jsonl": ("",)}
"""What documents are dealt to the parts by, besides their names; the first deal is the one whose counts are given.

The small corpus is dealt out several times, for with so few candidates luck has a say.
"""
COST = 0.1
LEANING_COST = 1.0
"""What a wrong label costs where few weights are learned."""
MOST_WEIGHTS = 3000
AT_LEAST = 3


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
        mean, spread: Mean and standard deviation of F1 over `DEALS` of the documents to the parts.
        published: The best published F1.
    """

    relation: str
    counts: Counts
    weighted: Counts
    mean: float
    spread: float
    published: float


@dataclass(frozen=True)
class Examples:
    """The candidates of one relation.

    Attributes:
        others: By relation that it leans on, for each candidate those of the other relation that share its names.
    """

    rows: Rows
    labels: np.ndarray
    sources: tuple[str, ...]
    weights: np.ndarray
    others: Mapping[str, Sequence[Sequence[int]]]

    def split(self, purpose: str = "") -> np.ndarray:
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
    the other four alone; what needs candidates judged by others, as the threshold does, is learned from candidates
    that are judged, in turn, by the rest of those four.
    """
    for name, relations in CORPORA.items():
        examples = gather(read_sentences(folder / name, cues), relations)
        claimed = [cross_validate(examples, deal=deal) for deal in DEALS[name]]
        for relation, own in examples.items():
            yield _compare(relation, own, [claims[relation] for claims in claimed])


def learn_relations(folder: Path, cues: CuePhrases) -> dict[str, RelationScorer]:
    """Learn the weights and thresholds of every relation from all sentences of a folder."""
    scorers: dict[str, RelationScorer] = {}
    for name, relations in CORPORA.items():
        scorers |= learn(gather(read_sentences(folder / name, cues), relations))
    return scorers


def gather(sentences: Sequence[AnnotatedSentence], relations: Iterable[str]) -> dict[str, Examples]:
    """Describe every candidate for some relations, none of which leans on a relation that is not among them."""
    candidates = {
        relation: [(s, names) for s in sentences for names in find_candidates(s.passage, ROLES[relation])]
        for relation in relations
    }
    numbers = {
        relation: {(id(sentence), names): number for number, (sentence, names) in enumerate(found)}
        for relation, found in candidates.items()
    }
    examples = {}
    for relation, found in candidates.items():
        features = [dict.fromkeys(find_features(sentence.passage, names), 1.0) for sentence, names in found]
        others = {
            other: [
                [
                    numbers[other][id(sentence), shared]
                    for shared in find_candidates(sentence.passage, ROLES[other], given=names)
                ]
                for sentence, names in found
            ]
            for other in LEANS_ON.get(relation, ())
        }
        examples[relation] = Examples(
            Rows.of(features, at_least=AT_LEAST),
            np.array([(relation, names) in sentence.relations for sentence, names in found], float),
            tuple(sentence.source for sentence, _ in found),
            np.array([sentence.weight for sentence, _ in found]),
            others,
        )
    return examples


def learn(examples: Mapping[str, Examples]) -> dict[str, RelationScorer]:
    """Learn the weights of relations from all candidates, and the rest by judging each part by the others."""
    sums = {relation: _judge_parts(own, np.ones(len(own.labels), bool)) for relation, own in examples.items()}
    scorers = {}
    for relation, own in examples.items():
        rows, weights = fit_few(own.rows, own.labels, cost=COST, most=MOST_WEIGHTS)
        named = name_weights(rows.names, weights)
        known = np.ones(len(own.labels), bool)
        leaning: dict[str, float] = {}
        if own.others:
            leant = _describe_others(own, sums)
            leaning = name_weights(leant.names, fit(leant, own.labels, cost=LEANING_COST, offsets=sums[relation]))
        threshold = choose_threshold(_lean(own, sums, sums[relation], known), own.labels)
        bias, lean = named.pop(BIAS, 0.0), leaning.pop(BIAS, 0.0)
        scorers[relation] = RelationScorer(named, bias, round(threshold, 3), leaning, lean)
    return scorers


def cross_validate(examples: Mapping[str, Examples], *, deal: str = "") -> dict[str, np.ndarray]:
    """Judge each of five parts with what the other four teach: by relation, which candidates are claimed."""
    claimed = {relation: np.zeros(len(own.labels), bool) for relation, own in examples.items()}
    for part in range(FOLDS):
        known = {relation: own.split(deal) != part for relation, own in examples.items()}
        sums = {relation: _judge_parts(own, known[relation], deal) for relation, own in examples.items()}
        for relation, own in examples.items():
            seen = known[relation]
            leant = _lean(own, sums, sums[relation], seen, deal)
            threshold = choose_threshold(leant[seen], own.labels[seen])
            claimed[relation][~seen] = to_chances(leant[~seen]) >= threshold
    return claimed


def choose_threshold(sums: np.ndarray, labels: np.ndarray) -> float:
    """Find the probability from which to claim, so that F1 will be largest.

    The F1 of the labels themselves jumps from rank to rank. So the log odds are made to fit the labels by a straight
    line first, and the F1 is the one to be expected if the probabilities are true.
    """
    line = Rows.of([{"log odds": value} for value in sums])
    slope = fit(line, labels, cost=LEANING_COST, offsets=sums)
    order = np.argsort(-sums, kind="stable")
    chances = to_chances(sums + line.times(slope))[order]
    f1 = 2 * np.cumsum(chances) / (np.arange(1, len(order) + 1) + chances.sum())
    best = int(f1.argmax())
    following = sums[order[min(best + 1, len(order) - 1)]]
    return float(to_chances((sums[order[best]] + following) / 2))


def find_fold(source: str) -> int:
    """Deal a document to one of the parts, always the same one."""
    return int(hashlib.sha256(source.encode()).hexdigest(), 16) % FOLDS


def _judge_parts(examples: Examples, known: np.ndarray, deal: str = "") -> np.ndarray:
    """Give the log odds of all candidates: of the known ones part by part by the others of them, of the rest by all."""
    sums = np.zeros(len(known))
    for others, asked in _deal_out(examples, known, deal):
        sums[asked] = _judge(examples, others, asked)
    return sums


def _deal_out(examples: Examples, known: np.ndarray, deal: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give pairs of candidates to learn from and candidates to judge, each candidate judged once."""
    parts = examples.split(deal + "inner")
    pairs = [(known & (parts != part), known & (parts == part)) for part in range(FOLDS)]
    for others, asked in [*pairs, (known, ~known)]:
        if asked.any():
            yield np.flatnonzero(others), np.flatnonzero(asked)


def _judge(examples: Examples, known: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Learn from some candidates and give the log odds of others."""
    learned = examples.rows.choose(known)
    few, weights = fit_few(learned, examples.labels[known], cost=COST, most=MOST_WEIGHTS)
    kept = np.isin(examples.rows.names, few.names)
    return examples.rows.choose(asked).keep(kept).times(weights)


def _lean(
    examples: Examples, sums: Mapping[str, np.ndarray], own: np.ndarray, known: np.ndarray, deal: str = ""
) -> np.ndarray:
    """Add to the log odds of candidates what other relations tell, learned as in `_judge_parts`."""
    if not examples.others:
        return own
    rows = _describe_others(examples, sums)
    leant = own.copy()
    for others, asked in _deal_out(examples, known, deal):
        weights = fit(rows.choose(others), examples.labels[others], cost=LEANING_COST, offsets=own[others])
        leant[asked] += rows.choose(asked).times(weights)
    return leant


def _describe_others(examples: Examples, sums: Mapping[str, np.ndarray]) -> Rows:
    """Describe for each candidate what the other relations of its names say."""
    told = [
        describe_leaning(
            {other: sums[other][list(shared)].tolist() for other, shared in zip(examples.others, found, strict=True)}
        )
        for found in zip(*examples.others.values(), strict=True)
    ]
    return Rows.of(told)


def _compare(relation: str, examples: Examples, claimed: Sequence[np.ndarray]) -> RelationResult:
    ones = np.ones(len(examples.labels))
    counts = [_count(claims, examples.labels, ones) for claims in claimed]
    f1 = np.array([count.f1 for count in counts])
    return RelationResult(
        relation,
        counts[0],
        _count(claimed[0], examples.labels, examples.weights),
        float(f1.mean()),
        float(f1.std()),
        PUBLISHED[relation],
    )


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
