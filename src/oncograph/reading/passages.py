"""A sentence with names in it, as the scores of relations see it: words, places of the names, cues, clauses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

WORD = re.compile(r"[A-Za-z]+|\d+(?:[.,]\d+)*|[^\sA-Za-z0-9]")
JOINING = frozenset({",", "and", "or", "/", "&", "as", "well", ";", "-", "plus"})
LONGEST_JOIN = 5
CLAUSE_WORDS = frozenset("; : — that which while whereas although but however because when if who whose".split())
SUBSTITUTION = re.compile(r"[A-Za-z]\d+[A-Za-z*]|[ACGT]\s*-*>\s*[ACGT]|\d+[+-]?\d*[acgt]>", re.ASCII)
DRUG_WORD = re.compile(r"chemo|radi|therap|inhibit|tki|platinum|agent|drug|endocr|hormon|antiestro|antiandro")

CuePhrases = Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a sentence: its kind (gene, cancer, drug, variant), half-open offsets, and the words."""

    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence with its names taken out.

    Attributes:
        words: Words without endings, in order; a name, or a list of names of one kind, is one word: `<gene>`.
        places: By name, the index of its word.
        forms: By name, what sort of its kind it is: `expression` or `substitution` of variants, `inhibit` of drugs.
        kinds: By kind, the indices of its words.
        cues: By cue, the indices of the words in its phrases' middle.
        clauses: By word, the number of the clause it stands in.
    """

    names: tuple[Name, ...]
    words: tuple[str, ...]
    places: tuple[int, ...]
    forms: tuple[str, ...]
    kinds: Mapping[str, tuple[int, ...]]
    cues: Mapping[str, tuple[int, ...]]
    clauses: tuple[int, ...]
    shared: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, text: str, names: Sequence[Name], cues: CuePhrases) -> Passage:
        """Take the names out of a text; one that overlaps an earlier and longer one shares its place.

        >>> names = [Name("gene", 0, 4, "EGFR"), Name("gene", 9, 13, "KRAS")]
        >>> passage = Passage.of("EGFR and KRAS mutations", names, {})
        >>> passage.words, passage.places
        (('<gene>', 'mutation'), (0, 0))
        """
        words, places = _take_names_out(text, names)
        joined, moved = _join_lists(words)
        places = [moved[place] for place in places]
        kinds: dict[str, set[int]] = {}
        for name, place in zip(names, places, strict=True):
            kinds.setdefault(name.kind, set()).add(place)
        return cls(
            tuple(names),
            tuple(joined),
            tuple(places),
            tuple(map(find_form, names)),
            {kind: tuple(sorted(found)) for kind, found in sorted(kinds.items())},
            _find_cues(joined, cues),
            tuple(_number_clauses(joined)),
        )


def to_cue_phrases(cues: Mapping[str, Sequence[str]]) -> dict[str, re.Pattern[str]]:
    """Make patterns of the phrases of `ontology/scores/cues.toml`.

    >>> bool(to_cue_phrases({"denial": ["not ~ associat*"]})["denial"].search("is not clearly associated with"))
    True
    """
    return {
        cue: re.compile(rf"(?<![^ ])(?:{'|'.join(map(_to_pattern, phrases))})(?![^ ])") for cue, phrases in cues.items()
    }


def to_stem(word: str) -> str:
    """Give a word in lower case without the ending of its plural; every number is `#`.

    >>> to_stem("Tumours"), to_stem("biopsies"), to_stem("prognosis"), to_stem("12.5")
    ('tumor', 'biopsy', 'prognosis', '#')
    """
    if word[0].isdigit():
        return "#"
    word = word.lower().replace("tumour", "tumor")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 4 and word.endswith("s") and word[-2] not in "sui" else word


def find_form(name: Name) -> str:
    """Tell what sort of its kind a name is of: the last word of an alteration, the word for a kind of drug."""
    if name.kind == "variant":
        if SUBSTITUTION.search(name.text):
            return "substitution"
        words = [word for word in WORD.findall(name.text) if word.isalpha()]
        return to_stem(words[-1]) if words else ""
    if name.kind == "drug":
        match = DRUG_WORD.search(name.text.lower())
        return match.group() if match else ""
    return ""


def _to_pattern(phrase: str) -> str:
    parts = [
        r"(?:\S+ ){0,3}"
        if word == "~"
        else "(?:" + "|".join(re.escape(one).replace(r"\*", r"\w*") for one in word.split("/")) + ") "
        for word in phrase.split()
    ]
    return "".join(parts).removesuffix(" ")


def _take_names_out(text: str, names: Sequence[Name]) -> tuple[list[str], list[int]]:
    words: list[str] = []
    places = [0] * len(names)
    at = 0
    for index in sorted(range(len(names)), key=lambda i: (names[i].start, -names[i].end, i)):
        name = names[index]
        if name.start >= at:
            words += map(to_stem, WORD.findall(text[at : name.start]))
            words.append(f"<{name.kind}>")
            at = name.end
        places[index] = len(words) - 1
    words += map(to_stem, WORD.findall(text[at:]))
    return words, places


def _join_lists(words: list[str]) -> tuple[list[str], list[int]]:
    """Make one word of "A, B and C" and of "A (B)", names of one kind; also give the new index of every word."""
    joined: list[str] = []
    moved: list[int] = []
    at = 0
    while at < len(words):
        end = at + 1
        while words[at][0] == "<" and (longer := _follow_list(words, end - 1)):
            end = longer
        moved += [len(joined)] * (end - at)
        joined.append(words[at])
        at = end
    return joined, moved


def _follow_list(words: list[str], at: int) -> int:
    """Give the end of a list after its next member, or 0 when the name at an index is its last."""
    following = at + 1
    while following < len(words) and words[following] in JOINING and following - at < LONGEST_JOIN:
        following += 1
    if following > at + 1 and words[following : following + 1] == [words[at]]:
        return following + 1
    return at + 4 if words[at + 1 : at + 4] == ["(", words[at], ")"] else 0


def _find_cues(words: list[str], cues: CuePhrases) -> dict[str, tuple[int, ...]]:
    text = " ".join(words)
    found = {}
    for cue, pattern in cues.items():
        places = tuple(
            text.count(" ", 0, match.start()) + (match.group().count(" ") + 1) // 2 for match in pattern.finditer(text)
        )
        if places:
            found[cue] = places
    return found


def _number_clauses(words: list[str]) -> list[int]:
    numbers, now = [], 0
    for word in words:
        now += word in CLAUSE_WORDS
        numbers.append(now)
    return numbers
