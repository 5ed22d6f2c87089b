"""Room for every node and its label: the drawing brought into the shape of a screen, then freed of overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Array = Any  # numpy is imported late: `oncograph --help` must not pay for it

ASPECT = 1.05
STRETCH = 1.5
ROOM, CLOSE_ROOM = 2.3, 1.9
CELL = 90.0


def turn(at: Array) -> Array:
    """Turn the drawing to its main axis and stretch it sideways as labels need, into a shape near that of a screen."""
    import numpy as np

    at = at - at.mean(axis=0)
    xx, yy, xy = (at[:, 0] ** 2).sum(), (at[:, 1] ** 2).sum(), (at[:, 0] * at[:, 1]).sum()
    apart = ((xx - yy) ** 2 + 4 * xy * xy) ** 0.5
    axis = np.array([apart + xx - yy, 2 * xy]) if abs(xy) > 1e-9 else np.array([1.0, 0.0] if xx >= yy else [0.0, 1.0])
    axis = axis / ((axis * axis).sum() ** 0.5)
    long, short = at[:, 0] * axis[0] + at[:, 1] * axis[1], at[:, 1] * axis[0] - at[:, 0] * axis[1]
    slim = (float(long.max() - long.min()) + 0.1) / (float(short.max() - short.min()) + 0.1)
    lying, upright = slim * STRETCH / ASPECT, STRETCH / slim / ASPECT
    if max(lying, 1 / lying) < max(upright, 1 / upright):
        return np.column_stack((long * STRETCH, short))
    return np.column_stack((short * STRETCH, long))


def even_out(at: Array) -> Array:
    """Draw a crowd towards an even spread: halve it again and again, across and down, giving each half equal room."""
    import numpy as np

    low, extent = at.min(axis=0), at.max(axis=0) - at.min(axis=0)
    even = np.empty_like(at)
    pieces = [(np.arange(len(at)), low, extent)]
    while pieces:
        nodes, corner, room = pieces.pop()
        if len(nodes) == 1:
            even[nodes[0]] = corner + room / 2
            continue
        axis = 0 if room[0] >= room[1] else 1
        nodes = nodes[np.lexsort((nodes, at[nodes, axis]))]
        half = len(nodes) // 2
        first = room.copy()
        first[axis] *= half / len(nodes)
        offset = np.zeros(2)
        offset[axis] = first[axis]
        pieces.append((nodes[:half], corner, first))
        pieces.append((nodes[half:], corner + offset, room - offset))
    return at * 0.4 + even * 0.6


def push_apart(at: Array, size: Array, *, rounds: int = 40) -> Array:
    """Push overlapping boxes apart, each pair along the axis that needs the smaller move."""
    import numpy as np

    room = float((size[:, 0] * size[:, 1]).sum()) * (ROOM if len(at) > 200 else CLOSE_ROOM) * (1 - 1 / len(at))
    extent = at.max(axis=0) - at.min(axis=0)
    extent = np.maximum(extent, float(extent.max()) * 0.6 + 1e-6)
    scale = (room / float(extent[0] * extent[1])) ** 0.5
    at = at * scale
    for _ in range(rounds):
        order = np.lexsort((np.arange(len(at)), at[:, 0]))
        x, y, wide, high = at[order, 0], at[order, 1], size[order, 0], size[order, 1]
        move = np.zeros_like(at)
        clashes = 0
        widest = float(wide.max())
        for gap in range(1, len(at)):
            dx = x[gap:] - x[:-gap]
            if float(dx.min()) >= widest:
                break
            dy = y[gap:] - y[:-gap]
            over_x = (wide[gap:] + wide[:-gap]) / 2 - dx
            over_y = (high[gap:] + high[:-gap]) / 2 - abs(dy)
            clash = np.nonzero((over_x > 0) & (over_y > 0))[0]
            if not len(clash):
                continue
            clashes += len(clash)
            sideways = over_x[clash] < over_y[clash]
            push_x = np.where(sideways, over_x[clash] * 0.52 + 0.5, 0.0)
            push_y = np.where(sideways, 0.0, (over_y[clash] * 0.52 + 0.5) * np.where(dy[clash] < 0, -1.0, 1.0))
            for axis, push in enumerate((push_x, push_y)):
                move[:, axis] += np.bincount(clash + gap, weights=push, minlength=len(at))
                move[:, axis] -= np.bincount(clash, weights=push, minlength=len(at))
        if not clashes:
            break
        limit = size[order] * 0.35
        at[order] += np.clip(move, -limit, limit)
    return at


def seat(at: Array, size: Array) -> Array:
    """Give each node, the first ones first, the free place nearest to where it wants to be; then nothing overlaps."""
    import numpy as np

    high = float(np.median(size[:, 1]))
    steps = range(-60, 61)
    tries = sorted((dx * dx + dy * dy, dx, dy) for dx in steps for dy in steps if dx * dx + dy * dy <= 3600)
    cells: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}
    placed = []
    for (x, y), (width, height) in zip(at.tolist(), size.tolist(), strict=True):
        pace = high / 2
        while (found := _free_place(x, y, width, height, tries, pace, cells)) is None:
            pace *= 4
        placed.append(found)
        for cell in _cells(found, width, height):
            cells.setdefault(cell, []).append((*found, width, height))
    return np.array(placed)


def _free_place(
    x: float,
    y: float,
    width: float,
    height: float,
    tries: Sequence[tuple[int, int, int]],
    pace: float,
    cells: dict[tuple[int, int], list[tuple[float, float, float, float]]],
) -> tuple[float, float] | None:
    for _, dx, dy in tries:
        place = (x + dx * pace, y + dy * pace)
        near = (box for cell in _cells(place, width, height) for box in cells.get(cell, ()))
        if not any(
            abs(place[0] - other_x) * 2 < width + other_width and abs(place[1] - other_y) * 2 < height + other_height
            for other_x, other_y, other_width, other_height in near
        ):
            return place
    return None


def _cells(place: tuple[float, float], width: float, height: float) -> list[tuple[int, int]]:
    across = range(int((place[0] - width / 2) // CELL), int((place[0] + width / 2) // CELL) + 1)
    down = range(int((place[1] - height / 2) // CELL), int((place[1] + height / 2) // CELL) + 1)
    return [(column, row) for column in across for row in down]
