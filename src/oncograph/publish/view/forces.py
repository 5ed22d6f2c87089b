"""Where the nodes of one connected part want to be: linked ones near, all others apart.

The force model is ForceAtlas2's (Jacomy and others, PLoS ONE 9(6), 2014: repulsion by degree, linear attraction), run
from coarse to fine as in Hu's multilevel layout (Mathematica Journal 10, 2005). Far forces come from a pyramid of
grids, as in the fast multipole method.
"""

from __future__ import annotations

from typing import Any

Array = Any  # numpy is imported late: `oncograph --help` must not pay for it

COARSEST = 60
EXACT_UP_TO = 400
HUGE = 20_000
"""Nodes from which fewer rounds must do."""
PLASTIC = 0.7548776662466927


def find_places(count: int, a: Array, b: Array, weight: Array) -> Array:
    """Lay out ever finer versions of the graph, each beginning where the coarser one ended."""
    import numpy as np

    weight = np.minimum(weight, 3.0)
    levels = [(count, a, b, weight, np.ones(count))]
    parents: list[Array] = []
    while levels[-1][0] > COARSEST:
        parent, coarse = _coarsen(*levels[-1])
        if coarse[0] > 0.85 * levels[-1][0]:
            break
        parents.append(parent)
        levels.append(coarse)
    at = _scatter(levels[-1][0])
    at = _settle(at, *levels[-1][1:], rounds=160)
    for level in range(len(levels) - 2, -1, -1):
        fine = levels[level]
        stretch = (fine[0] / levels[level + 1][0]) ** 0.5
        at = at[parents[level]] * stretch + _scatter(fine[0]) * 0.12
        at = _settle(at, *fine[1:], rounds=90 if fine[0] <= 3000 else 50 if fine[0] <= HUGE else 25)
    return at


def _scatter(count: int) -> Array:
    """Spread points evenly over a square of about their own number: the R2 low-discrepancy sequence."""
    import numpy as np

    index = np.arange(1, count + 1)
    side = count**0.5
    return np.column_stack(((index * PLASTIC) % 1.0 - 0.5, (index * PLASTIC * PLASTIC) % 1.0 - 0.5)) * side * 4


def _coarsen(count: int, a: Array, b: Array, weight: Array, mass: Array) -> tuple[Array, tuple[Any, ...]]:
    """Contract stars: a node takes in those of its neighbours that no better-connected node has taken."""
    import numpy as np

    degree = np.bincount(a, minlength=count) + np.bincount(b, minlength=count)
    near: list[list[int]] = [[] for _ in range(count)]
    for first, second in zip(a.tolist(), b.tolist(), strict=True):
        near[first].append(second)
        near[second].append(first)
    parent = np.full(count, -1)
    made = 0
    for node in sorted(range(count), key=lambda n: (-degree[n], n)):
        if parent[node] >= 0:
            continue
        parent[node] = made
        for other in near[node]:
            if parent[other] < 0:
                parent[other] = made
        made += 1
    low, high = np.minimum(parent[a], parent[b]), np.maximum(parent[a], parent[b])
    keep = low != high
    keys, where = np.unique(low[keep] * made + high[keep], return_inverse=True)
    joined = np.minimum(np.bincount(where, weights=weight[keep], minlength=len(keys)), 6.0)
    return parent, (made, keys // made, keys % made, joined, np.bincount(parent, weights=mass, minlength=made))


def _settle(at: Array, a: Array, b: Array, weight: Array, mass: Array, *, rounds: int) -> Array:
    """Let the forces act for some rounds, each allowing smaller steps than the one before."""
    import numpy as np

    count = len(at)
    degree = np.bincount(a, minlength=count) + np.bincount(b, minlength=count)
    charge = mass + 0.7 * degree
    repel = _repel_exactly if count <= EXACT_UP_TO else _repel_by_grid
    step = 0.12 * count**0.5 * 4
    for _ in range(rounds):
        force = repel(at, charge) * 2.2
        pull = (at[b] - at[a]) * weight[:, None]
        for axis in (0, 1):
            force[:, axis] += np.bincount(a, weights=pull[:, axis] * 0.25, minlength=count)
            force[:, axis] -= np.bincount(b, weights=pull[:, axis] * 0.25, minlength=count)
        force -= at * (charge * 0.02)[:, None]
        force /= charge[:, None]
        length = np.sqrt((force * force).sum(axis=1)) + 1e-9
        at = at + force * (np.minimum(length, step) / length)[:, None]
        step *= 0.955
    return at


def _repel_exactly(at: Array, charge: Array) -> Array:
    import numpy as np

    dx = at[:, None, 0] - at[None, :, 0]
    dy = at[:, None, 1] - at[None, :, 1]
    strength = charge[:, None] * charge[None, :] / (dx * dx + dy * dy + 0.01)
    return np.column_stack(((strength * dx).sum(axis=1), (strength * dy).sum(axis=1)))


def _repel_by_grid(at: Array, charge: Array) -> Array:
    """Take each node's near cells finely and its far cells coarsely, every cell standing in for the nodes within."""
    import numpy as np

    count = len(at)
    low = at.min(axis=0)
    side = float((at.max(axis=0) - low).max()) + 1e-6
    deepest = max(2, min(8, round(count**0.5).bit_length()))
    force = np.zeros_like(at)
    for level in range(2, deepest + 1):
        cells = 1 << level
        cell = np.minimum(((at - low) * (cells / side)).astype(int), cells - 1)
        wide = cells + 6  # an empty rim of three cells spares every bounds check
        index = (cell[:, 0] + 3) * wide + cell[:, 1] + 3
        total = np.bincount(index, weights=charge, minlength=wide * wide)
        sum_x = np.bincount(index, weights=charge * at[:, 0], minlength=wide * wide)
        sum_y = np.bincount(index, weights=charge * at[:, 1], minlength=wide * wide)
        odd_x, odd_y = cell[:, 0] & 1, cell[:, 1] & 1
        for dx in range(-3, 4):
            for dy in range(-3, 4):
                near = abs(dx) <= 1 and abs(dy) <= 1
                if near and level < deepest:
                    continue
                use = _within(dx, odd_x) & _within(dy, odd_y) if level > 2 else np.ones(count, dtype=bool)
                chosen = np.nonzero(use)[0]
                other = index[chosen] + dx * wide + dy
                weight = total[other]
                chosen, other = chosen[weight > 0], other[weight > 0]
                mass, mass_x, mass_y = total[other], sum_x[other], sum_y[other]
                if dx == 0 and dy == 0:
                    mass = mass - charge[chosen]
                    mass_x = mass_x - charge[chosen] * at[chosen, 0]
                    mass_y = mass_y - charge[chosen] * at[chosen, 1]
                safe = np.maximum(mass, 1e-9)
                away_x = at[chosen, 0] - mass_x / safe
                away_y = at[chosen, 1] - mass_y / safe
                strength = np.where(mass > 1e-6, charge[chosen] * mass, 0.0) / (
                    away_x * away_x + away_y * away_y + 0.01
                )
                force[chosen, 0] += strength * away_x
                force[chosen, 1] += strength * away_y
    return force


def _within(offset: int, odd: Array) -> Array:
    """Tell for which cells a neighbour at this offset lies below a neighbour of their parent cell."""
    return (offset >= -2 - odd) & (offset <= 3 - odd)
