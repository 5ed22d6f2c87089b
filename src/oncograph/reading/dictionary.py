"""The names of imported vocabularies, hundreds of thousands, found by looking words up: ready as soon as it is read."""

from __future__ import annotations

import functools
import marshal
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import NamedTuple, Protocol
from zlib import crc32

from oncograph.model import Concept
from oncograph.reading.spelling import GREEK, ROMAN, other_forms, split_words, to_base

LONGEST = 12
"""Words of the longest name that is looked for."""
SPARSE = 8
"""Places for each opening of a name: one word pair in so many is taken for one and looked up in vain."""
SECTION = 1024
"""About how many bytes of names lie in one section, which is read as a whole at its first use."""
PREFERRED, SYNONYM, LOOSE, DERIVED = range(4)
"""How a name is known: preferred, exact synonym, related or narrower one, made out of another name."""
ANY_CASE, CASED, TITLED = range(3)
INFLECTED = 2
"""Ranks that a meaning loses where the text has the singular of a name in the plural."""
BREAK = re.compile(r"[.;:!?]\s|\n\s*\n")
SPACE = re.compile(r"\s")
JOINTS = re.compile(r"[\s‐-―−-]+")
SHORTEST_MIXED = 3
"""Letters from which a symbol may be written with others of its letters in capitals: "Bcl-2" for BCL2."""


Buffer = bytes | memoryview


class Name(NamedTuple):
    """A name to be found.

    Attributes:
        text: As it is written.
        concept: Number of the concept it names.
        rank: `PREFERRED`, `SYNONYM`, `LOOSE` or `DERIVED`.
        case: Whether capitals count: `ANY_CASE`, `CASED`, or `TITLED` for a symbol that may have one capital: "Akt".
    """

    text: str
    concept: int
    rank: int = PREFERRED
    case: int = ANY_CASE


class Meaning(NamedTuple):
    """What a name may mean.

    Attributes:
        spelled: The spellings in which it has this meaning, a line each; empty where any spelling does.
        written: The folded names it was kept under, a line each.
    """

    rank: int
    concept: int
    spelled: str = ""
    written: str = ""


class Entry(NamedTuple):
    """A name where it stands in a text: half-open offsets, the concepts it may mean, the likeliest first, by number.

    Attributes:
        ranks: How each of the concepts is known by this name.
    """

    start: int
    end: int
    concepts: tuple[int, ...]
    ranks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sections:
    """Values by name, kept as bytes in sections of names that share a checksum; a section is read at its first use.

    Attributes:
        data: The sections one after the other.
        starts: Where each begins, and the end; as many sections as a power of two.
    """

    data: Buffer
    starts: Sequence[int]
    known: dict[int, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, int]) -> Sections:
        """Make sections of values."""
        count = _power_of_two(sum(map(len, values)) // SECTION)
        parts: list[dict[str, int]] = [{} for _ in range(count)]
        for name, value in values.items():
            parts[crc32(name.encode()) & (count - 1)][name] = value
        written = [marshal.dumps(part) for part in parts]
        return cls(b"".join(written), array("Q", accumulate(map(len, written), initial=0)))

    def get(self, name: str) -> int | None:
        """Give the value of a name."""
        number = crc32(name.encode()) & (len(self.starts) - 2)
        section = self.known.get(number)
        if section is None:
            section = marshal.loads(self.data[self.starts[number] : self.starts[number + 1]])
            self.known[number] = section
        return section.get(name)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Names by their words, in values that can be written and read back at once.

    What a name means is packed into a number; or it is -1 - N, where N is the place of its meanings.

    Attributes:
        words: What the names of one word mean.
        names: What the longer names mean.
        openings: By the checksum of the first two words of longer names, modulo its length, a number whose bit N says
            that one of them has N words; other word pairs may share the place.
        forms: By a form of a word, the one that names are kept under.
        meanings: Of names that have several, or conditions.
        size: How many names there are.
    """

    words: dict[str, int]
    names: Sections
    openings: Sequence[int]
    forms: dict[str, str]
    meanings: list[tuple[tuple[int, int, str, str], ...]]
    size: int

    @classmethod
    def of(cls, names: Iterable[Name], *, spellings: Mapping[str, str] | None = None) -> Dictionary:
        """Make a dictionary of names as they are written.

        >>> dictionary = Dictionary.of([Name("Ewing sarcoma", 7), Name("SET", 8, case=CASED)])
        >>> dictionary.find("A set of Ewing sarcomas. SET?")
        [Entry(start=9, end=23, concepts=(7,), ranks=(0,)), Entry(start=25, end=28, concepts=(8,), ranks=(0,))]
        """
        spellings = spellings or {}
        kept: dict[str, dict[int, Meaning]] = {}
        words: dict[str, str] = {}
        for name in names:
            for written in _structures(name.text):
                for word in written:
                    words.setdefault(word, to_base(word, spellings))
                key = " ".join(words[word] for word in written)
                held = kept.setdefault(key, {})
                held[name.concept] = _united(held.get(name.concept), name, " ".join(written))
        meanings: list[tuple[tuple[int, int, str, str], ...]] = []
        numbers: dict[str, int] = {}
        for key, held in kept.items():
            first, *others = sorted(held.values())
            if others or _case_of(first.spelled, key) is None:
                numbers[key] = -1 - len(meanings)
                meanings.append(tuple((one.rank, one.concept, one.spelled, one.written) for one in (first, *others)))
            else:
                numbers[key] = _pack(first, _case_of(first.spelled, key) or ANY_CASE)
        return cls(
            {name: number for name, number in numbers.items() if " " not in name},
            Sections.of({name: number for name, number in numbers.items() if " " in name}),
            _measure(kept),
            _find_forms(words, spellings),
            meanings,
            len(numbers),
        )

    def to_parts(self) -> dict[str, bytes]:
        """Write the dictionary as a few byte strings, by name, of which `from_parts` makes it again."""
        return {
            "words": marshal.dumps((self.words, self.forms, self.meanings, self.size)),
            "names": bytes(self.names.data),
            "names-starts": bytes(memoryview(self.names.starts)),  # type: ignore[arg-type]
            "openings": bytes(memoryview(self.openings)),  # type: ignore[arg-type]
        }

    @classmethod
    def from_parts(cls, parts: Mapping[str, Buffer]) -> Dictionary:
        """Make the dictionary of what `to_parts` wrote; names and openings are read where they lie, as they are used.

        Raises:
            ValueError, EOFError, TypeError, KeyError: The parts are no dictionary of this version of Python.
        """
        words, forms, meanings, size = marshal.loads(parts["words"])
        starts, openings = memoryview(parts["names-starts"]).cast("Q"), memoryview(parts["openings"]).cast("H")
        return cls(words, Sections(memoryview(parts["names"]), starts), openings, forms, meanings, size)

    def find(self, text: str) -> list[Entry]:
        """Find the names in a text, in order, the longest winning where several overlap."""
        words = split_words(text)
        forms = self.forms
        bases = list(map(forms.get, words, words))
        single, openings, last = self.words, self.openings, len(self.openings) - 1
        pairs = [f"{one} {other}".encode() for one, other in pairwise(bases)]
        sizes = {at: bits for at, pair in enumerate(pairs) if (bits := openings[crc32(pair) & last])}
        places = sorted(sizes.keys() | {at for at, base in enumerate(bases) if base in single})
        if not places:
            return []
        starts = list(accumulate(map(len, words), lambda start, size: start + size + 1, initial=0))
        found: list[Entry] = []
        reached = 0
        for at in places:
            if at < reached:
                continue
            for size in _sizes(sizes.get(at, 0)):
                if at + size > len(bases):
                    continue
                known = single.get(bases[at]) if size == 1 else self.names.get(" ".join(bases[at : at + size]))
                if known is None:
                    continue
                start, end = starts[at], starts[at + size] - 1
                entry = self._entry(text, start, end, known)
                if entry is not None:
                    found.append(entry)
                    reached = at + size
                    break
        return found

    def look_up(self, name: str) -> Entry | None:
        """Look one name up as a text would have it."""
        entries = self.find(name)
        return entries[0] if len(entries) == 1 and entries[0][:2] == (0, len(name)) else None

    def _entry(self, text: str, start: int, end: int, known: int) -> Entry | None:
        written = text[start:end]
        if not written.isalnum() and BREAK.search(written):
            return None
        if known >= 0:
            concept, rank, case = _unpack(known)
            if case and not _is_symbol(written, case):
                return None
            return Entry(start, end, (concept,), (rank,))
        fitting = []
        for rank, concept, spelled, forms in self.meanings[-1 - known]:
            if not spelled or _is_spelled(written, spelled):
                is_longer = min(map(len, forms.split("\n"))) > len(written)
                fitting.append((min(DERIVED, rank + INFLECTED) if is_longer else rank, concept))
        if not fitting:
            return None
        fitting.sort()
        return Entry(start, end, tuple(one[1] for one in fitting), tuple(one[0] for one in fitting))


def _structures(name: str) -> Iterator[list[str]]:
    """Give the words of a name, empty ones where signs stand beside each other, and without for "Graves' disease"."""
    marked = split_words(name.strip())
    while marked and not marked[-1]:
        marked.pop()
    while marked and not marked[0]:
        marked.pop(0)
    if 0 < len(marked) <= LONGEST:
        yield marked
        if "' " in name or "’ " in name:
            yield [word for word in marked if word]


def _united(known: Meaning | None, name: Name, written: str) -> Meaning:
    spelled = _spell(name)
    if known is None:
        return Meaning(name.rank, name.concept, spelled, written)
    if spelled and known.spelled:
        spelled = "\n".join(dict.fromkeys((*known.spelled.split("\n"), *spelled.split("\n"))))
    else:
        spelled = ""
    forms = "\n".join(dict.fromkeys((*known.written.split("\n"), written)))
    return Meaning(min(known.rank, name.rank), name.concept, spelled, forms)


def _spell(name: Name) -> str:
    """Give the spellings in which a name counts, a line each; none where any does."""
    if name.case == ANY_CASE:
        return ""
    plain = JOINTS.sub("", name.text)
    return f"{plain}\n{plain.capitalize()}" if name.case == TITLED else plain


def _case_of(spelled: str, key: str) -> int | None:
    """Tell how capitals count where the spellings follow from the key; None where they do not."""
    if not spelled:
        return ANY_CASE
    plain = key.replace(" ", "").upper()
    return {plain: CASED, f"{plain}\n{plain.capitalize()}": TITLED}.get(spelled)


def _measure(keys: Iterable[str]) -> array[int]:
    lengths: dict[str, int] = {}
    for key in keys:
        words = key.split(" ")
        if len(words) > 1:
            opening = f"{words[0]} {words[1]}"
            lengths[opening] = lengths.get(opening, 0) | 1 << len(words)
    openings = array("H", bytes(2 * _power_of_two(SPARSE * len(lengths))))
    for opening, bits in lengths.items():
        openings[crc32(opening.encode()) & (len(openings) - 1)] |= bits
    return openings


def _power_of_two(count: int) -> int:
    """Give the smallest power of two that is not less than a number."""
    return 1 << max(0, count - 1).bit_length()


def _find_forms(words: Mapping[str, str], spellings: Mapping[str, str]) -> dict[str, str]:
    """Give by each form that a text may have of the words of names, the one they are kept under."""
    bases = dict.fromkeys(words.values())
    forms = {form: base for base in bases for form in other_forms(base, spellings) if form not in bases}
    forms.update((word, base) for word, base in words.items() if word != base)
    return forms | GREEK | ROMAN


def _sizes(bits: int) -> Iterator[int]:
    """Give the numbers of words that are worth a try, the longest first."""
    while bits:
        size = bits.bit_length() - 1
        bits ^= 1 << size
        yield size
    yield 1


@functools.lru_cache(maxsize=1 << 14)
def _is_spelled(written: str, spelled: str) -> bool:
    """Tell whether a symbol is written as it must be: "SET", "SETs"; "bcl-2", "Bcl2" for BCL2, but no "set"."""
    plain = JOINTS.sub("", written)
    for symbol in spelled.split("\n"):
        if plain in (symbol, symbol + "s"):
            return True
    if len(plain) < SHORTEST_MIXED or not _is_marked(plain) or SPACE.search(written):
        return False
    return plain.lower() in spelled.lower().split("\n")


@functools.lru_cache(maxsize=1 << 14)
def _is_symbol(written: str, case: int) -> bool:
    """Tell whether a word may be a symbol in capitals: "SET", "SETs", "Bcl-2", and if titled "Akt"."""
    plain = JOINTS.sub("", written)
    if plain.isupper() or (plain[:-1].isupper() and plain[-1] == "s") or (case == TITLED and plain.istitle()):
        return True
    return len(plain) >= SHORTEST_MIXED and _is_marked(plain) and not SPACE.search(written)


def _pack(meaning: Meaning, case: int) -> int:
    return meaning.concept << 4 | meaning.rank << 2 | case


def _unpack(number: int) -> tuple[int, int, int]:
    return number >> 4, number >> 2 & 3, number & 3


def _is_marked(word: str) -> bool:
    """Tell whether a word looks like a symbol: it has a digit, or a capital that does not begin it."""
    if word.isalpha() and word[1:].islower():
        return False
    return any(char.isdigit() for char in word) or any(char.isupper() for char in word[1:])


class Numbered(Protocol):
    """Concepts by number, and by IRI."""

    def __getitem__(self, number: int) -> Concept: ...

    def __iter__(self) -> Iterator[Concept]: ...

    def find(self, iri: str) -> Concept | None:
        """Give the concept of an IRI."""
