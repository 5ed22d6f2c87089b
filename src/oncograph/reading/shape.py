"""A sentence as the rules see it: one code character for each word or name."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from oncograph.model import ONTOLOGY, Concept, Mention, Sentence
from oncograph.reading.lexicon import Found
from oncograph.reading.patterns import OTHER_MARK, SENTENCE_END, TOKEN, Codebook

STAND_INS = re.compile("[\ud800-\udfff]")
NEXT_SENTENCE = f" {SENTENCE_END} "
NO_MORE = Found(sys.maxsize, sys.maxsize, ())


@dataclass(slots=True)
class Phrase:
    """Words of a sentence that name one entity, or several coordinated ones.

    Attributes:
        start, end: Half-open offsets into the document's text.
        mentions: Each with the concept it names; the first decides the code.
        meanings: Other concepts the words may name, the likeliest first.
        refers: Whether it is a pronoun or a noun phrase that refers back.
        many: Whether what it refers to is several things, or things of a kind.
        whole: The class that what it refers to was named as members of: of "these drugs", PARP inhibitors.
        others: What else a pronoun may refer to, the likeliest first.
        people: Whether the words are for people who have it, whom "they" takes up: "patients with lymphoma".
    """

    start: int
    end: int
    mentions: tuple[Mention, ...]
    meanings: tuple[Concept, ...] = ()
    refers: bool = False
    many: bool = False
    whole: Phrase | None = None
    others: tuple[Phrase, ...] = ()
    people: bool = False

    @property
    def concept(self) -> Concept:
        return self.meanings[0]


@dataclass(slots=True)
class Shape:
    """The parallel rows of a sentence: codes, offsets, and the phrase at each place that has one.

    Attributes:
        codes: One character a word, punctuation mark or phrase.
        starts, ends: Offsets of each into the document's text.
        phrases: The phrase at each place, None at the others.
        text: The document's text.
    """

    codes: str
    starts: list[int]
    ends: list[int]
    phrases: list[Phrase | None]
    text: str

    def words(self, start: int, end: int) -> str:
        """Give the text of some places, half-open."""
        return self.text[self.starts[start] : self.ends[end - 1]] if end > start else ""

    def replace(self, start: int, end: int, code: str, phrase: Phrase | None) -> None:
        """Put one phrase in the place of several words."""
        self.codes = self.codes[:start] + code + self.codes[end:]
        self.starts[start:end] = [phrase.start if phrase else self.starts[start]]
        self.ends[start:end] = [phrase.end if phrase else self.ends[end - 1]]
        self.phrases[start:end] = [phrase]

    def insert(self, at: int, code: str, phrase: Phrase) -> None:
        """Put a phrase before a place, as what the word before it stands for: "neither" (drug)."""
        self.codes = self.codes[:at] + code + self.codes[at:]
        self.starts.insert(at, phrase.start)
        self.ends.insert(at, phrase.end)
        self.phrases.insert(at, phrase)

    def drop(self, start: int, end: int) -> None:
        """Take some places out: what the rules shall not see."""
        self.codes = self.codes[:start] + self.codes[end:]
        del self.starts[start:end], self.ends[start:end], self.phrases[start:end]

    def copy(self) -> Shape:
        """Give a shape of its own with the same rows."""
        return Shape(self.codes, self.starts[:], self.ends[:], self.phrases[:], self.text)

    def followed_by(self, other: Shape) -> Shape:
        """Join two shapes of the same document into one."""
        return Shape(
            self.codes + other.codes,
            self.starts + other.starts,
            self.ends + other.ends,
            self.phrases + other.phrases,
            self.text,
        )


def is_class(concept: Concept) -> bool:
    """Tell whether a concept stands for a class of the ontology, as the noun "receptor" does."""
    return concept.iri.startswith(ONTOLOGY)


def code_sentences(
    text: str, sentences: Iterable[Sentence], found: Sequence[Found], book: Codebook
) -> list[tuple[list[Found], str]]:
    """Write the sentences of a text in codes, all at once; gives the names in each, and its codes.

    Args:
        found: The names in the text, in order, not overlapping. A name that is also a word of some rule
            ("mutation") has the word's code.
    """
    text = _without_stand_ins(text)
    pieces: list[str] = []
    names: list[list[Found]] = []
    coming = iter((*found, NO_MORE))
    name = next(coming)
    for sentence in sentences:
        at, end = sentence.start, sentence.end
        named: list[Found] = []
        while name.start < end:
            if name.start >= at and name.end <= end:
                pieces += (text[at : name.start], _stand_in_of(text, name, book))
                at = name.end
                named.append(name)
            name = next(coming)
        pieces += (text[at:end], NEXT_SENTENCE)
        names.append(named)
    codes = "".join(map(book.word_codes.__getitem__, "".join(pieces).split()))
    return list(zip(names, codes.split(SENTENCE_END), strict=False))


def _without_stand_ins(text: str) -> str:
    """Give a text without lone surrogates, which stand for names here; hardly any text has one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return STAND_INS.sub(OTHER_MARK, text)
    return text


def to_codes(text: str, start: int, end: int, found: Sequence[Found], book: Codebook) -> str:
    """Write a stretch of text in codes, given the names in it."""
    ((_, codes),) = code_sentences(text, [Sentence(start, end, text[start:end])], found, book)
    return codes


def _stand_in_of(text: str, name: Found, book: Codebook) -> str:
    """Give the character that becomes the code of a name when the text around it is written in codes."""
    key = (name.concepts[0].iri, text[name.start : name.end])
    known = book.stand_ins.get(key)
    if known is None:
        known = book.stand_ins[key] = book.stand_in(_look_code_up(key[1].lower(), name.concepts[0], book))
    return known


def _look_code_up(quote: str, concept: Concept, book: Codebook) -> str:
    head = book.heads.get(quote.split()[-1] if concept.iri in book.general else quote)
    if head is not None:
        return head
    code, class_name = book.named.get(quote, ("", ""))
    if class_name == concept.class_name and not is_class(concept):
        return code
    return (book.noun_codes if is_class(concept) else book.class_codes)[concept.class_name]


def to_shape(text: str, start: int, end: int, found: Sequence[Found], codes: str) -> Shape:
    """Lay a stretch of text beside its codes; the phrases are the names in it."""
    starts: list[int] = []
    ends: list[int] = []
    phrases: list[Phrase | None] = []
    at = start
    for first, last, concepts in found:
        _add_words(text, at, first, starts, ends, phrases)
        starts.append(first)
        ends.append(last)
        mention = Mention(first, last, text[first:last], concepts[0].iri)
        phrases.append(Phrase(first, last, (mention,), concepts))
        at = last
    _add_words(text, at, end, starts, ends, phrases)
    return Shape(codes, starts, ends, phrases, text)


def _add_words(
    text: str, start: int, end: int, starts: list[int], ends: list[int], phrases: list[Phrase | None]
) -> None:
    if end - start < 2 and text[start:end] in {"", " "}:
        return
    for match in TOKEN.finditer(text, start, end):
        first, last = match.span()
        starts.append(first)
        ends.append(last)
        phrases.append(None)
