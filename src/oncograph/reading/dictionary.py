"""The names of imported vocabularies, hundreds of thousands, found by looking words up: ready as soon as it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from oncograph.model import Concept
from oncograph.reading.lexicon import Found, is_symbol

WORD = re.compile(r"[^\W_]+|\n\s*\n|[^\s\w'’‐‑‒–-]")
"""A word, the space between two blocks, or another sign; hyphens, apostrophes and space only part words."""
CASED = "="
"""Before the key of a name whose case matters."""
SHORTEST_PLURAL = 4
LONGEST = 12
"""Words of the longest name that is looked for."""


class Entry(NamedTuple):
    """A name where it stands in a text: half-open offsets, and the numbers of the concepts it may mean."""

    start: int
    end: int
    concepts: tuple[int, ...]


def fold_words(name: str) -> str:
    """Fold a name to the key it is kept under: its words, in lower case unless it is a symbol, with a space between.

    >>> fold_words("Li-Fraumeni syndrome"), fold_words("MET"), fold_words("p38")
    ('li fraumeni syndrome', '=MET', 'p38')
    """
    words = WORD.findall(name)
    key = " ".join(words)
    return CASED + key if is_symbol(" ".join(name.replace("-", " ").split())) else key.lower()


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Names by their words.

    Attributes:
        names: By folded name, the number of the concept, or of each that it may mean, the likeliest first.
        lengths: By the first two words of longer names, a number whose bit N says that one of them has N words.
    """

    names: dict[str, int | tuple[int, ...]]
    lengths: dict[str, int]

    @classmethod
    def of(cls, names: Mapping[str, Sequence[int]]) -> Dictionary:
        """Make a dictionary of names as they are written.

        >>> Dictionary.of({"Ewing sarcoma": [7]}).find("An Ewing's sarcoma? No: Ewing sarcomas.")
        [Entry(start=24, end=38, concepts=(7,))]
        """
        kept: dict[str, dict[int, None]] = {}
        for name, numbers in names.items():
            key = fold_words(name)
            if key and key.count(" ") < LONGEST:
                kept.setdefault(key, {}).update(dict.fromkeys(numbers))
        lengths: dict[str, int] = {}
        for key in kept:
            words = key.split(" ")
            for first in _openings(words):
                lengths[first] = lengths.get(first, 0) | 1 << len(words)
        numbered = {key: tuple(numbers) for key, numbers in kept.items()}
        return cls({key: one[0] if len(one) == 1 else one for key, one in numbered.items()}, lengths)

    def find(self, text: str) -> list[Entry]:
        """Find the names in a text, in order, the longest winning where several overlap."""
        spans = [match.span() for match in WORD.finditer(text)]
        words = [text[start:end] for start, end in spans]
        low = [word.lower() for word in words]
        words.append("")
        low.append("")
        found: list[Entry] = []
        reached = 0
        for at, (start, _) in enumerate(spans):
            if at < reached:
                continue
            best = self._longest(low, at, "")
            if words[at] != low[at] and (cased := self._longest(words, at, CASED)) is not None:
                best = cased if best is None or cased[0] >= best[0] else best
            if best is not None:
                reached = at + best[0]
                found.append(Entry(start, spans[reached - 1][1], best[1]))
        return found

    def _longest(self, words: Sequence[str], at: int, mark: str) -> tuple[int, tuple[int, ...]] | None:
        """Find the longest name that begins at a word, in the singular or the plural: its words, and what it means."""
        names, first = self.names, mark + words[at]
        sizes = self.lengths.get(f"{first} {words[at + 1]}", 0)
        while sizes:
            size = sizes.bit_length() - 1
            sizes ^= 1 << size
            if (
                at + size < len(words)
                and (known := _singular(names, mark + " ".join(words[at : at + size]))) is not None
            ):
                return size, (known,) if isinstance(known, int) else known
        known = _singular(names, first)
        return None if known is None else (1, (known,) if isinstance(known, int) else known)


def _openings(words: Sequence[str]) -> Iterator[str]:
    """Give the first two words of a longer name, in the singular and the plural where those are all it has."""
    if len(words) > 1:
        yield f"{words[0]} {words[1]}"
        if len(words) == len(("first", "second")):
            yield f"{words[0]} {words[1]}s"


def _singular(names: Mapping[str, int | tuple[int, ...]], key: str) -> int | tuple[int, ...] | None:
    known = names.get(key)
    return names.get(key[:-1]) if known is None and key.endswith("s") and len(key) > SHORTEST_PLURAL else known


def _holds(entry: Entry, name: Found) -> bool:
    """Tell whether a name stands within an entry that is longer."""
    return entry.start <= name.start and name.end <= entry.end and name.end - name.start < entry.end - entry.start


class Numbered(Protocol):
    """Concepts by number, and by IRI."""

    def __getitem__(self, number: int) -> Concept: ...

    def __iter__(self) -> Iterator[Concept]: ...

    def find(self, iri: str) -> Concept | None:
        """Give the concept of an IRI."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The names of the imported vocabularies, and the concepts that their numbers stand for."""

    dictionary: Dictionary
    concepts: Numbered

    def complete(self, text: str, found: Sequence[Found]) -> list[Found]:
        """Add to the curated names of a text, in order, the imported ones that none of them stands in the way of.

        A longer imported name takes the place of the curated names that it holds whole.
        """
        merged: list[Found] = []
        at = 0
        for entry in self.dictionary.find(text):
            while at < len(found) and found[at].end <= entry.start:
                merged.append(found[at])
                at += 1
            inside = at
            while inside < len(found) and found[inside].start < entry.end:
                inside += 1
            if all(_holds(entry, one) for one in found[at:inside]):
                at = inside
                merged.append(Found(entry.start, entry.end, tuple(self.concepts[number] for number in entry.concepts)))
        return merged + list(found[at:])
