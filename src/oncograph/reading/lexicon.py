"""The names of the concepts, and where a text uses them."""

from __future__ import annotations

import operator
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from oncograph.model import Concept

GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "kappa", "λ": "lambda"}
SYMBOL = re.compile(r"(?=.*[A-Z])[A-Z0-9 +/.]{1,7}$|[A-Z]{1,6}[a-z]{0,3}[A-Z0-9]{1,4}$")
SPACED = str.maketrans(dict.fromkeys("-‐‑‒–\u00a0\u2009\u202f\t\n\r\f\v", " "))
SPACE_RUN = re.compile(r"  +")
RETRY_WINDOW = 80
COMPLEMENT = " of the "
WORD = re.compile(r"\w+")
BETWEEN_BLOCKS = re.compile(r"\s*\n\s*\n|[^\S\n]*\r?\n[^\S\n]*[-‐‑‒–]")
START = operator.itemgetter(0)
PREFERRED, SYNONYM, HIDDEN, VARIANT = range(4)


class Found(NamedTuple):
    """A name where it stands in a text: half-open offsets, and every concept it may mean, the likeliest first."""

    start: int
    end: int
    concepts: tuple[Concept, ...]


def fold_name(name: str) -> str:
    """Fold what spelling leaves open: hyphens and runs of space become one space, `’` becomes `'`.

    >>> fold_name("HER2-positive  breast cancer")
    'HER2 positive breast cancer'
    """
    folded = name.translate(SPACED).strip()
    if "’" in folded:
        folded = folded.replace("’", "'")
    return SPACE_RUN.sub(" ", folded) if "  " in folded else folded


def is_symbol(name: str) -> bool:
    """Tell whether a folded name is a symbol, such as MET, whose case matters.

    >>> is_symbol("MET"), is_symbol("PD L1"), is_symbol("breast cancer")
    (True, True, False)
    """
    return SYMBOL.match(name) is not None


def spell_variants(name: str) -> Iterator[str]:
    """Spell the other forms of a folded name: its plural, its Greek letters written out, British and American.

    >>> sorted(spell_variants("kinase inhibitor"))
    ['kinase inhibitors']
    """
    lower = name.lower()
    if name[-1:].isalpha():
        yield to_plural(name)
    for letter, word in GREEK.items():
        if letter in name:
            yield name.replace(letter, word)
        elif word in lower and word in lower.split():
            yield re.sub(rf"\b{word}\b", letter, name, flags=re.IGNORECASE)
    for one, other in (
        ("tumor", "tumour"),
        ("leukemia", "leukaemia"),
        ("anemia", "anaemia"),
        ("estrogen", "oestrogen"),
    ):
        if one in lower:
            spelled = re.sub(one, other, name, flags=re.IGNORECASE)
            yield spelled
            yield to_plural(spelled)


def to_plural(name: str) -> str:
    """Make the regular English plural of a name's last word.

    >>> to_plural("biopsy"), to_plural("virus"), to_plural("diagnosis"), to_plural("TKI")
    ('biopsies', 'viruses', 'diagnoses', 'TKIs')
    """
    lower = name.lower()
    if is_symbol(name):
        return name + "s"
    if lower.endswith("sis"):
        return name[:-2] + "es"
    if lower.endswith("y") and lower[-2:-1] not in "aeiou":
        return name[:-1] + "ies"
    if lower.endswith(("s", "x", "z", "ch", "sh")):
        return name + "es"
    return name + "s"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every name, ready to be found: symbols as they are written, all other names whatever their case."""

    concepts: Mapping[str, Concept]
    symbols: dict[str, tuple[Concept, ...]]
    names: dict[str, tuple[Concept, ...]]
    symbol_list: list[str] = field(repr=False)
    name_list: list[str] = field(repr=False)
    symbol_automaton: AhoCorasick = field(repr=False)
    name_automaton: AhoCorasick = field(repr=False)

    @classmethod
    def of(cls, concepts: Iterable[Concept]) -> Lexicon:
        """Build the lexicon of some concepts.

        >>> lexicon = Lexicon.of([Concept("e:HER2", "HER2", "Receptor", synonyms=("ErbB2",))])
        >>> [(found.start, found.concepts[0].label) for found in lexicon.find_names("ErbB2 and HER2")]
        [(0, 'HER2'), (10, 'HER2')]
        """
        by_iri = {concept.iri: concept for concept in concepts}
        ranked: tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]] = ({}, {})
        for iri, concept in by_iri.items():
            for name, rank, is_cased in _ranked_names(concept):
                entry = ranked[is_cased].setdefault(name, {})
                if rank < entry.get(iri, VARIANT):
                    entry[iri] = rank
        names, symbols = (_order_meanings(entries, by_iri) for entries in ranked)
        return cls.ready(by_iri, symbols, names)

    @classmethod
    def ready(
        cls,
        concepts: Mapping[str, Concept],
        symbols: dict[str, tuple[Concept, ...]],
        names: dict[str, tuple[Concept, ...]],
    ) -> Lexicon:
        """Give the lexicon of names whose meanings are known already."""
        return cls(
            concepts,
            symbols,
            names,
            list(symbols),
            list(names),
            AhoCorasick(list(symbols), matchkind=MatchKind.LeftmostLongest),
            AhoCorasick(list(names), matchkind=MatchKind.LeftmostLongest),
        )

    def meanings(self, name: str) -> tuple[Concept, ...]:
        """Look one name up, folded: the concepts it may mean, the likeliest first; empty when it is not known."""
        folded = fold_name(name)
        return self.symbols.get(folded) or self.names.get(folded.lower()) or ()

    def find_names(self, text: str) -> list[Found]:
        """Find the names used in a text, in order, the longest winning where several overlap."""
        folded, places, moved = _fold_text(text)
        lowered = folded.lower()
        if len(lowered) != len(folded):
            lowered = "".join(low if len(low := char.lower()) == 1 else char for char in folded)
        found = _find_whole_words(folded, self.symbol_automaton, self.symbol_list, self.symbols)
        found += _find_whole_words(lowered, self.name_automaton, self.name_list, self.names)
        found.sort(key=START)
        kept: list[Found] = []
        reached = 0
        for name in found:
            start, end, _ = name
            if start >= reached:
                reached = end
                kept.append(name)
            elif end > reached and start == kept[-1][0]:
                reached = end
                kept[-1] = name
        if COMPLEMENT in lowered:
            kept = [part for name in kept for part in self._split_cut(lowered, name)]
        if not places:
            return kept
        shifts = [0, *moved]
        return [
            Found(start + shifts[bisect_right(places, start)], end + shifts[bisect_right(places, end - 1)], concepts)
            for start, end, concepts in kept
        ]

    def _split_cut(self, text: str, name: Found) -> Iterator[Found]:
        """Give a name, or what is left of it where it ends inside a longer one: "disorder of the blood vessels"."""
        start, end, _ = name
        if text[end : end + 1] == " " and (cut := text.rfind(COMPLEMENT, start, end)) >= 0:
            tail = cut + len(COMPLEMENT)
            window = text[tail : end + RETRY_WINDOW]
            longer = next(iter(_find_whole_words(window, self.name_automaton, self.name_list, self.names)), None)
            if longer is not None and longer.start == 0 and tail + longer.end > end:
                yield from _find_whole_words(text[start:cut], self.name_automaton, self.name_list, self.names, start)
                yield Found(tail, tail + longer.end, longer.concepts)
                return
        yield name


def _order_meanings(
    ranked: Mapping[str, Mapping[str, int]], concepts: Mapping[str, Concept]
) -> dict[str, tuple[Concept, ...]]:
    """Give the concepts of each name, in the order of the names, those first that it is the better name of."""
    ordered: dict[str, tuple[Concept, ...]] = {}
    for name in sorted(ranked):
        entry = ranked[name]
        iris = entry if len(entry) == 1 else sorted(entry, key=lambda iri: (entry[iri], iri))
        ordered[name] = tuple([concepts[iri] for iri in iris])
    return ordered


def _ranked_names(concept: Concept) -> Iterator[tuple[str, int, bool]]:
    """Give the forms of a concept's names, how good a name each is, and whether its case matters."""
    ranked = [(concept.label, PREFERRED)]
    ranked += [(name, SYNONYM) for name in concept.synonyms]
    ranked += [(name, HIDDEN) for name in concept.hidden]
    for name, rank in ranked:
        folded = fold_name(name)
        for form, form_rank in ((folded, rank), *((form, max(rank, SYNONYM)) for form in spell_variants(folded))):
            if len(form) > 1:
                is_cased = is_symbol(form) or (form[-1] == "s" and is_symbol(form[:-1]))
                yield form if is_cased else form.lower(), form_rank, is_cased


def _fold_text(text: str) -> tuple[str, list[int], list[int]]:
    """Fold a text as names are folded; gives where its characters have moved, and by how much from there on.

    Space between blocks stays as it is: no name goes from one block into the next.
    """
    spaced = text.translate(SPACED)
    if "’" in spaced:
        spaced = spaced.replace("’", "'")
    runs = [run.span() for run in SPACE_RUN.finditer(spaced)] if "  " in spaced else []
    if all(BETWEEN_BLOCKS.match(text, *run) for run in runs):
        return spaced, [], []
    pieces: list[str] = []
    places: list[int] = []
    moved: list[int] = []
    at = shift = 0
    for start, end in runs:
        pieces.append(spaced[at : start + 1])
        places.append(start + 1 - shift)
        shift += end - start - 1
        moved.append(shift)
        at = end
    pieces.append(spaced[at:])
    return "".join(pieces), places, moved


def _find_whole_words(
    text: str,
    automaton: AhoCorasick,
    names: list[str],
    meanings: Mapping[str, tuple[Concept, ...]],
    offset: int = 0,
) -> list[Found]:
    """Find names that begin and end where a word does; a longest match that does not is tried again further on."""
    found = []
    size = len(text)
    for index, start, end in automaton.find_matches_as_indexes(text):
        name = names[index]
        if (start and text[start - 1].isalnum() and text[start].isalnum()) or (
            end < size and text[end].isalnum() and text[end - 1].isalnum()
        ):
            if " " in name:
                found += [
                    Found(offset + first, offset + last, meanings[shorter])
                    for first, last, shorter in _retry(text, automaton, names, start, end)
                ]
        else:
            found.append(Found(offset + start, offset + end, meanings[name]))
    return found


def _retry(text: str, automaton: AhoCorasick, names: list[str], start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Find the names that begin at a word inside a match whose own edge fell inside a word."""
    reached = start
    for match in WORD.finditer(text, start, end):
        at = match.start()
        if at < reached or (at and text[at - 1].isalnum()):
            continue
        for window_end in (end + RETRY_WINDOW, at + text[at:end].rfind(" ")):
            first = next(iter(automaton.find_matches_as_indexes(text[at:window_end])), None)
            if first is not None and first[1] == 0 and _is_whole(text, at, at + first[2]):
                reached = at + first[2]
                yield at, reached, names[first[0]]
                break


def _is_whole(text: str, start: int, end: int) -> bool:
    return not (
        (start and text[start - 1].isalnum() and text[start].isalnum())
        or (end < len(text) and text[end].isalnum() and text[end - 1].isalnum())
    )
