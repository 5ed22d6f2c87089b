"""How classes look: the colour and shape of each, the same as in the page that a build writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from oncograph.graph.describe import Thing

OTHER = "#8A8F98"


@dataclass(frozen=True, slots=True)
class Look:
    """How the things of a class are drawn.

    Attributes:
        label: The class as people call it.
        family: The class whose look it is: its own, or that of the nearest class above it that has one.
        shape: Name of a symbol of `base.html`: `dot`, `square`, `triangle`, ….
    """

    label: str
    family: str
    color: str
    shape: str


def choose_looks(paths: Mapping[str, tuple[Thing, ...]]) -> dict[str, Look]:
    """Give the look of every class.

    Args:
        paths: The classes above each class with itself last, by its local name.
    """
    return {name: _choose(name, path) for name, path in paths.items()}


@cache
def read_families() -> dict[str, Look]:
    """Read the classes that have a look of their own, in the order of legends."""
    style = json.loads(files("oncograph.publish.view").joinpath("families.json").read_text(encoding="utf-8"))
    return {
        family["class"]: Look(family["class"], family["class"], family["color"], family["shape"])
        for family in style["families"]
    }


def _choose(name: str, path: tuple[Thing, ...]) -> Look:
    families = read_families()
    label = path[-1].label if path else name
    for above in reversed(path):
        found = families.get(above.name.partition(":")[2])
        if found is not None:
            return Look(label, found.family, found.color, found.shape)
    return Look(label, name, OTHER, "dot")
