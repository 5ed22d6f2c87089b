"""Positions for the nodes of a graph: repeatable, without overlap, the same on every machine.

Only `+ - * /` and square roots touch the coordinates, in a fixed order, so no random number and no mathematical library
can change a digit that is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oncograph.publish.view.forces import find_places
from oncograph.publish.view.room import ASPECT, even_out, push_apart, seat, turn

Link = tuple[int, int, float]
"""Two node indexes and how strongly they attract each other."""

Array = Any  # numpy is imported late: `oncograph --help` must not pay for it

CROWD = 1500
POINT = 20.0
"""Room of a node without label."""


@dataclass(frozen=True, slots=True)
class Box:
    """Room a node needs around its centre, label included."""

    width: float
    height: float


def lay_out(boxes: Sequence[Box], links: Sequence[Link]) -> list[tuple[int, int]]:
    """Place every node so that linked ones are near and no two boxes overlap, unconnected parts packed side by side.

    Args:
        boxes: One for each node; the node's index is its place here.
        links: Between indexes; direction does not matter, doubles add up.

    >>> places = lay_out([Box(40, 20)] * 4, [(0, 1, 1.0), (1, 2, 1.0)])
    >>> len(set(places))
    4
    """
    import numpy as np

    if not boxes:
        return []
    size = np.array([(box.width, box.height) for box in boxes], dtype=float)
    parts = find_components(len(boxes), links)
    placed = [
        _lay_out_part(part, size, inside) for part, inside in zip(parts, _links_by_part(parts, links), strict=True)
    ]
    at = pack(placed, [size[list(part)] for part in parts])
    result: list[tuple[int, int]] = [(0, 0)] * len(boxes)
    for part, points in zip(parts, at, strict=True):
        for node, (x, y) in zip(part, points, strict=True):
            result[node] = (round(float(x)), round(float(y)))
    return result


def join_in(
    places: Sequence[tuple[int, int] | None], boxes: Sequence[Box], links: Sequence[Link]
) -> list[tuple[int, int]]:
    """Place the nodes that have no place yet beside the middle of their neighbours, without moving any other.

    >>> join_in([(0, 0), None], [Box(10, 10)] * 2, [(0, 1, 1.0)])[0]
    (0, 0)
    """
    import numpy as np

    wanted: dict[int, tuple[float, float]] = {
        node: (float(place[0]), float(place[1])) for node, place in enumerate(places) if place
    }
    near: dict[int, list[int]] = {node: [] for node in range(len(places))}
    for a, b, _ in links:
        near[a].append(b)
        near[b].append(a)
    left = [node for node in near if node not in wanted]
    while reached := [node for node in left if any(other in wanted for other in near[node])]:
        beside = [[wanted[other] for other in near[node] if other in wanted] for node in reached]
        for node, points in zip(reached, beside, strict=True):
            wanted[node] = (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))
        left = [node for node in left if node not in wanted]
    foot = max((y for _, y in wanted.values()), default=0.0) + 120.0
    wanted |= dict.fromkeys(left, (0.0, foot))
    order = sorted(wanted, key=lambda node: (places[node] is None, node))
    found = _seat_in_order(order, np.array([wanted[node] for node in order]), boxes)
    return [found[node] for node in range(len(places))]


def lay_out_around(
    places: Sequence[tuple[int, int] | None], boxes: Sequence[Box], links: Sequence[Link]
) -> list[tuple[int, int]]:
    """Place anew the nodes that have no place, about those that have one and stay.

    >>> lay_out_around([(500, 0), None], [Box(10, 10)] * 2, [(0, 1, 1.0)])[0]
    (500, 0)
    """
    import numpy as np

    fixed = [node for node, place in enumerate(places) if place]
    free = [node for node, place in enumerate(places) if not place]
    at = np.array(lay_out(boxes, links), dtype=float).reshape(-1, 2)
    kept = np.array([places[node] for node in fixed], dtype=float).reshape(-1, 2)
    if fixed:
        at += kept.mean(axis=0) - at[fixed].mean(axis=0)
        at[fixed] = kept
    order = [*fixed, *free]
    found = _seat_in_order(order, at[order], boxes)
    return [places[node] or found[node] for node in range(len(places))]


def _seat_in_order(order: Sequence[int], wanted: Array, boxes: Sequence[Box]) -> dict[int, tuple[int, int]]:
    """Give each node the free place nearest to the one it wants; those that come first have the first choice."""
    import numpy as np

    size = np.array([(boxes[node].width - 3, boxes[node].height - 3) for node in order])
    seats = seat(wanted, size) if order else []
    return {node: (round(float(x)), round(float(y))) for node, (x, y) in zip(order, seats, strict=True)}


def find_components(count: int, links: Sequence[Link]) -> list[tuple[int, ...]]:
    """Split the nodes into connected parts, the largest first, equal ones by their first node.

    >>> find_components(4, [(3, 1, 1.0)])
    [(1, 3), (0,), (2,)]
    """
    root = list(range(count))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for a, b, _ in links:
        low, high = sorted((find(a), find(b)))
        root[high] = low
    parts: dict[int, list[int]] = {}
    for node in range(count):
        parts.setdefault(find(node), []).append(node)
    return sorted((tuple(part) for part in parts.values()), key=lambda part: (-len(part), part[0]))


def _links_by_part(parts: Sequence[tuple[int, ...]], links: Sequence[Link]) -> list[list[Link]]:
    place = {node: (number, index) for number, part in enumerate(parts) for index, node in enumerate(part)}
    inside: list[dict[tuple[int, int], float]] = [{} for _ in parts]
    for a, b, weight in links:
        (number, first), (_, second) = place[a], place[b]
        if first != second:
            pair = (min(first, second), max(first, second))
            inside[number][pair] = inside[number].get(pair, 0.0) + weight
    return [[(a, b, weight) for (a, b), weight in sorted(pairs.items())] for pairs in inside]


def _lay_out_part(part: Sequence[int], size: Array, links: Sequence[Link]) -> Array:
    import numpy as np

    if len(part) == 1:
        return np.zeros((1, 2))
    a = np.array([link[0] for link in links])
    b = np.array([link[1] for link in links])
    weight = np.array([link[2] for link in links])
    at = find_places(len(part), a, b, weight)
    room = size[list(part)]
    at = turn(at)
    if len(part) > CROWD:
        at = even_out(at)
    return seat(push_apart(at, room), room)


def pack(parts: Sequence[Array], sizes: Sequence[Array], *, gap: float = 60.0) -> list[Array]:
    """Put the parts in rows, the first and largest on top, the whole as wide as a screen would have it."""
    import numpy as np

    corners = [
        ((at - size / 2).min(axis=0), (at + size / 2).max(axis=0)) for at, size in zip(parts, sizes, strict=True)
    ]
    extents = [high - low + gap for low, high in corners]
    area = float(sum(extent[0] * extent[1] for extent in extents))
    row_width = max(float(extents[0][0]), (area * ASPECT) ** 0.5)
    x = y = row_height = 0.0
    placed = []
    for at, (low, _), extent in zip(parts, corners, extents, strict=True):
        if x and x + extent[0] > row_width:
            x, y, row_height = 0.0, y + row_height, 0.0
        placed.append(at - low + np.array([x, y]))
        x += float(extent[0])
        row_height = max(row_height, float(extent[1]))
    middle = np.array([row_width, y + row_height]) / 2
    return [at - middle for at in placed]


def spread(count: int, links: Sequence[Link]) -> list[tuple[int, int]]:
    """Place many nodes as points, without room for labels: for graphs too large to read every name at once.

    >>> len(set(spread(3, [(0, 1, 1.0)])))
    3
    """
    import numpy as np

    if not count:
        return []
    parts = find_components(count, links)
    room = np.full((count, 2), POINT)
    placed = [_spread_part(part, inside) for part, inside in zip(parts, _links_by_part(parts, links), strict=True)]
    at = pack(placed, [room[: len(part)] for part in parts], gap=POINT)
    result: list[tuple[int, int]] = [(0, 0)] * count
    for part, points in zip(parts, at, strict=True):
        for node, (x, y) in zip(part, points, strict=True):
            result[node] = (round(float(x)), round(float(y)))
    return result


def slip_in(places: Sequence[tuple[int, int] | None], links: Sequence[Link]) -> list[tuple[int, int]]:
    """Place the few points that have no place yet beside a neighbour that has one, or below all, without moving any.

    >>> slip_in([(0, 0), None, None], [(0, 1, 1.0)])
    [(0, 0), (10, 10), (0, 40)]
    """
    step = round(POINT / 2)
    found = list(places)
    for _ in range(2):
        for a, b, _weight in links:
            for node, other in ((a, b), (b, a)):
                beside = found[other]
                if found[node] is None and beside is not None:
                    found[node] = (beside[0] + step, beside[1] + step)
    foot = max((place[1] for place in found if place), default=0) + 3 * step
    return [place or (0, foot) for place in found]


def _spread_part(part: Sequence[int], links: Sequence[Link]) -> Array:
    import numpy as np

    if len(part) == 1:
        return np.zeros((1, 2))
    a, b, weight = (np.array(column) for column in zip(*links, strict=True))
    at = turn(find_places(len(part), a, b, weight.astype(float)))
    if len(part) > CROWD:
        at = even_out(at)
    near = float(np.median(np.sqrt(((at[a] - at[b]) ** 2).sum(axis=1))))
    width, height = (float(side) for side in at.max(axis=0) - at.min(axis=0))
    room = max(width, 0.3 * height) * max(height, 0.3 * width) / len(part)
    return at * max(2.5 * POINT / max(near, 1e-9), (3.5 if len(part) > CROWD else 2.5) * POINT / max(room**0.5, 1e-9))
