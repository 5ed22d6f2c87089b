"""A small drawing of an entity with those next to it, the same for the same graph."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from oncograph.graph.describe import ClaimSummary, Thing

WIDTH, HEIGHT = 340, 300
MOST_NEAR = 10
LONGEST_LABEL = 18
_REACH_X, _REACH_Y = 112, 108
_MIDDLE = (WIDTH / 2, HEIGHT / 2 - 4)


@dataclass(frozen=True, slots=True)
class Point:
    """An entity in the drawing; `label` is cut to fit."""

    thing: Thing
    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A claim in the drawing, from its subject to its object, ending short of both.

    Attributes:
        kind: `stated`, `possible` or `negated`.
    """

    claim: ClaimSummary
    x1: float
    y1: float
    x2: float
    y2: float
    kind: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """Where everything is drawn."""

    middle: Point
    around: tuple[Point, ...]
    lines: tuple[Line, ...]


def draw_sketch(entity: Thing, claims: Iterable[ClaimSummary]) -> Sketch:
    """Put an entity in the middle and the other sides of its claims around it, in the order of the claims."""
    chosen: dict[Thing, ClaimSummary] = {}
    for claim in claims:
        other = claim.object if claim.subject == entity else claim.subject
        if other.kind == "entity" and other != entity and claim.status != "Rejected":
            chosen.setdefault(other, claim)
        if len(chosen) == MOST_NEAR:
            break
    middle = Point(entity, *_MIDDLE, _cut(entity.label))
    around = tuple(_place(thing, at, len(chosen)) for at, thing in enumerate(chosen))
    return Sketch(middle, around, tuple(_join(middle, point, chosen[point.thing]) for point in around))


def _place(thing: Thing, at: int, total: int) -> Point:
    turn = 2 * math.pi * at / total - math.pi / 2
    x = _MIDDLE[0] + _REACH_X * math.cos(turn)
    y = _MIDDLE[1] + _REACH_Y * math.sin(turn)
    return Point(thing, round(x, 1), round(y, 1), _cut(thing.label))


def _join(middle: Point, point: Point, claim: ClaimSummary) -> Line:
    start, end = (middle, point) if claim.subject == middle.thing else (point, middle)
    length = math.hypot(end.x - start.x, end.y - start.y)
    dx, dy = (end.x - start.x) / length * 13, (end.y - start.y) / length * 13
    kind = "negated" if claim.polarity == "Negated" else "possible" if claim.certainty == "Possible" else "stated"
    x1, y1, x2, y2 = (round(place, 1) for place in (start.x + dx, start.y + dy, end.x - dx, end.y - dy))
    return Line(claim, x1, y1, x2, y2, kind)


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"
