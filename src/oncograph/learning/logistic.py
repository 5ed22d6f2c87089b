"""Logistic regression with a quadratic penalty: named features in, readable weights out, the same ones every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

BIAS = "bias"
NEWTON_STEPS = 30
CONJUGATE_STEPS = 60
TOLERANCE = 1e-3


@dataclass(frozen=True)
class Rows:
    """Examples as the rows of a sparse matrix.

    Attributes:
        names: Feature of each column; the first is the bias, which every row has.
        columns, values: Of all rows, one after the other.
        starts: Where each row starts in them; no row is empty.
    """

    names: tuple[str, ...]
    columns: np.ndarray
    values: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, examples: Sequence[Mapping[str, float]], *, at_least: int = 1) -> Rows:
        """Gather examples, each a mapping from feature to value.

        Args:
            at_least: In how many examples a feature must be found to count.
        """
        counts = Counter(name for example in examples for name in example)
        names = (BIAS, *sorted(name for name, count in counts.items() if count >= at_least))
        index = {name: column for column, name in enumerate(names)}
        columns: list[int] = []
        values: list[float] = []
        starts = []
        for example in examples:
            starts.append(len(columns))
            columns.append(0)
            values.append(1.0)
            known = sorted(index[name] for name in example if name in index)
            columns += known
            values += [example[names[column]] for column in known]
        return cls(names, np.array(columns), np.array(values, float), np.array(starts))

    def __len__(self) -> int:
        return len(self.starts)

    def choose(self, rows: np.ndarray) -> Rows:
        """Keep some rows, by index."""
        lengths = np.diff(np.append(self.starts, len(self.columns)))[rows]
        starts = np.cumsum(lengths) - lengths
        taken = np.arange(lengths.sum()) + np.repeat(self.starts[rows] - starts, lengths)
        return Rows(self.names, self.columns[taken], self.values[taken], starts)

    def keep(self, kept: np.ndarray) -> Rows:
        """Keep some columns, by a mask; the bias must be among them."""
        taken = kept[self.columns]
        before = np.concatenate(([0], np.cumsum(taken)))
        moved = np.cumsum(kept) - 1
        names = tuple(name for name, keep in zip(self.names, kept, strict=True) if keep)
        return Rows(names, moved[self.columns[taken]], self.values[taken], before[self.starts])

    def times(self, weights: np.ndarray) -> np.ndarray:
        """Give the weighted sum of each row."""
        return np.add.reduceat(weights[self.columns] * self.values, self.starts)

    def gather(self, amounts: np.ndarray) -> np.ndarray:
        """Give for each column the sum of its values times an amount for each row."""
        lengths = np.diff(np.append(self.starts, len(self.columns)))
        return np.bincount(self.columns, np.repeat(amounts, lengths) * self.values, minlength=len(self.names))


def fit(
    rows: Rows,
    labels: np.ndarray,
    *,
    cost: float,
    offsets: np.ndarray | None = None,
    start: np.ndarray | None = None,
) -> np.ndarray:
    """Find the weights that make the labels likely and are small themselves (Newton's method).

    Args:
        labels: 1 or 0 for each row.
        cost: What a wrong label costs against the size of the weights; the larger, the less they are shrunk.
        offsets: What is added to the weighted sum of each row, and not learned.
        start: Weights near to those to be found.
    """
    fixed = np.zeros(len(rows)) if offsets is None else offsets
    weights = np.zeros(len(rows.names)) if start is None else start
    loss, chances = _measure(rows, labels, weights, cost, fixed)
    first = float(np.linalg.norm(cost * rows.gather(to_chances(fixed) - labels)))
    for _ in range(NEWTON_STEPS):
        gradient = weights + cost * rows.gather(chances - labels)
        if float(np.linalg.norm(gradient)) <= TOLERANCE * first:
            break
        curvature = cost * chances * (1 - chances)
        step = _solve(rows, curvature, -gradient)
        share = 1.0
        while share > 1e-6:
            tried = _measure(rows, labels, weights + share * step, cost, fixed)
            if tried[0] < loss:
                break
            share /= 2
        else:
            break
        weights = weights + share * step
        loss, chances = tried
    return weights


def fit_few(rows: Rows, labels: np.ndarray, *, cost: float, most: int) -> tuple[Rows, np.ndarray]:
    """Fit all weights, keep the columns that matter most, and fit those again; also give the rows with them alone."""
    weights = fit(rows, labels, cost=cost)
    shares = np.bincount(rows.columns, minlength=len(rows.names)) / len(rows)
    importance = np.abs(weights) * np.sqrt(shares * (1 - shares))
    importance[0] = np.inf
    kept = np.zeros(len(rows.names), bool)
    kept[np.argsort(-importance, kind="stable")[: most + 1]] = True
    few = rows.keep(kept)
    return few, fit(few, labels, cost=cost, start=weights[kept])


def to_chances(sums: np.ndarray) -> np.ndarray:
    """Turn weighted sums into probabilities."""
    return 1 / (1 + np.exp(-np.clip(sums, -30, 30)))


def _measure(
    rows: Rows, labels: np.ndarray, weights: np.ndarray, cost: float, fixed: np.ndarray
) -> tuple[float, np.ndarray]:
    sums = rows.times(weights) + fixed
    losses = np.logaddexp(0, sums) - labels * sums
    return float(weights @ weights / 2 + cost * losses.sum()), to_chances(sums)


def _solve(rows: Rows, curvature: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Find roughly the step whose change of the slope is the wanted one (conjugate gradients)."""
    solution = np.zeros_like(wanted)
    rest = wanted.copy()
    direction = rest.copy()
    size = float(rest @ rest)
    goal = size * 0.01
    for _ in range(CONJUGATE_STEPS):
        moved = direction + rows.gather(curvature * rows.times(direction))
        length = size / float(direction @ moved)
        solution += length * direction
        rest -= length * moved
        before, size = size, float(rest @ rest)
        if size <= goal:
            break
        direction = rest + size / before * direction
    return solution


def name_weights(names: Iterable[str], weights: Iterable[float], *, digits: int = 3) -> dict[str, float]:
    """Give the weights by feature, in order of their names, those that round to nothing left out."""
    rounded = {name: round(float(weight), digits) for name, weight in zip(names, weights, strict=True)}
    return {name: weight + 0.0 for name, weight in sorted(rounded.items()) if weight}
