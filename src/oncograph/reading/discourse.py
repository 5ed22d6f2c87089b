"""What a document has spoken of so far: its topics, and the phrases that a later reference may take up."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from oncograph.model import Concept
from oncograph.reading.shape import Phrase, Shape, is_class

MEMORY = 60
NEAR_SENTENCES = 2
FAR_SENTENCES = 8
COMPLEMENT = re.compile(r"\s(?:of|in|for|with|to|from)\s")


def _yes() -> bool:
    return True


def _no() -> bool:
    return False


def _place(row: tuple[Phrase, Callable[[], bool], bool]) -> tuple[int, int]:
    return row[0].start, row[0].end


@dataclass(slots=True)
class Spoken:
    """A phrase that a later reference may take up.

    Attributes:
        sentence, section: Numbers of those it stood in; -1 for the one that is being read.
        tell: Tells whether it was a subject; most are never asked.
        inner: Whether it is but a part of a built name: the gene of its mutation.
        is_sign: Whether it was one of the signs that a sentence lists: "other features include".
    """

    phrase: Phrase
    sentence: int
    section: int
    tell: Callable[[], bool]
    inner: bool = False
    is_sign: bool = False

    @property
    def is_subject(self) -> bool:
        """Whether the phrase was the subject of its clause."""
        return self.tell()


@dataclass(slots=True)
class Discourse:
    """What has been spoken of so far, the latest last.

    Attributes:
        is_a: Tells whether a class is another or below it.
        concept: Gives the concept of an IRI.
        partner: By the IRI of a gene its protein, and by that of a protein its gene.
        topics: What the document is about, the likeliest first.
        section: What the heading of the section names, the likeliest first.
        label: What stands before a colon at the start of the item or paragraph.
        tells_of_people: Whether the last sentence was about people of whom it said nothing more: "many patients".
    """

    is_a: Callable[[str, str], bool]
    concept: Callable[[str], Concept]
    partner: Callable[[str, str], Concept | None]
    generic: frozenset[str]
    topics: tuple[Phrase, ...] = ()
    section: tuple[Phrase, ...] = ()
    label: tuple[Phrase, ...] = ()
    spoken: list[Spoken] = field(default_factory=list)
    heard: list[Phrase] = field(default_factory=list)
    tells_of_people: bool = False
    known_fits: dict[tuple[str, ...], bool] = field(default_factory=dict)
    at_sentence: int = 0
    at_section: int = 0

    @property
    def topic(self) -> Phrase | None:
        """What the section, else the document, is mainly about."""
        for topics in (self.label, self.section, self.topics):
            if topics:
                return topics[0]
        return None

    @property
    def is_on_marker(self) -> bool:
        """Whether the document is about a marker, whatever cancer has it."""
        return bool(self.topics) and self.topics[0].concept.class_name == "Biomarker"

    def enter_section(self, named: Sequence[Phrase]) -> None:
        """Begin a section whose heading names something, or nothing; "cancer risks" names nothing of its own."""
        told = (phrase for phrase in named if not self.topics or phrase.concept.iri not in self.generic)
        self.section, self.label = tuple(told), ()
        self.at_section += 1

    @property
    def subject(self) -> Phrase | None:
        """What the last sentence was about."""
        last = next(self.sentences((), reach=1), [])
        return next((known.phrase for known in last if known.is_subject), last[0].phrase if last else None)

    @property
    def recent(self) -> list[Phrase]:
        """The phrases spoken of in this section, the latest last."""
        return [known.phrase for known in self.spoken if known.section == self.at_section]

    def find_topical(self, wanted: Sequence[str]) -> Phrase | None:
        """Find the topic of the section, else of the document, that is of one of some classes."""
        for phrase in (*self.label, *self.section, *self.topics):
            if phrase.meanings[0].iri not in self.generic and self.fits(phrase, wanted):
                return phrase
        return None

    def is_topical(self, phrase: Phrase) -> bool:
        """Tell whether a phrase names a topic of the section or of the document."""
        return any(phrase.concept.iri == topic.concept.iri for topic in (*self.label, *self.section, *self.topics))

    def is_one(self, phrase: Phrase) -> bool:
        """Tell whether a phrase names one thing in particular."""
        return not self.is_plural(phrase) and phrase.concept.iri not in self.generic

    def hear(self, shape: Shape) -> None:
        """Remember the names of a sentence before others are built of them: the genes of its mutations."""
        self.heard = [phrase for phrase in shape.phrases if phrase is not None]

    def note(self, shape: Shape, is_subject: Callable[[int], bool], signs: re.Pattern[str] | None = None) -> None:
        """Remember the phrases of a sentence that has been read.

        Args:
            is_subject: Tells of a place of the shape whether a subject stands there.
            signs: What stands before a list of signs.
        """
        listed = signs.search(shape.codes) if signs is not None else None
        after = shape.starts[listed.end() - 1] if listed is not None else None
        standing = [(at, phrase) for at, phrase in enumerate(shape.phrases) if phrase is not None]
        named = {(phrase.start, phrase.meanings[0].iri) for _, phrase in standing}
        found: list[tuple[Phrase, Callable[[], bool], bool]] = [
            (p, _no, True) for p in self.heard if (p.start, p.meanings[0].iri) not in named
        ]
        found += [(phrase, functools.partial(is_subject, at), False) for at, phrase in standing]
        self.heard = []
        found.sort(key=_place)
        self._remember(found, after)

    def note_names(self, phrases: Sequence[Phrase], *, opening: bool) -> None:
        """Remember the names of a sentence that no rule can read.

        Args:
            opening: Whether the first of them opens the sentence.
        """
        self._remember([(phrase, _yes if opening and at == 0 else _no, False) for at, phrase in enumerate(phrases)])

    def _remember(self, found: Sequence[tuple[Phrase, Callable[[], bool], bool]], after: int | None = None) -> None:
        kept = [row for row in found if not is_class(row[0].meanings[0])]
        if kept:
            self.at_sentence += 1
            new = [
                Spoken(p, self.at_sentence, self.at_section, subject, inner, after is not None and p.start > after)
                for p, subject, inner in kept
            ]
            self.spoken += new
            del self.spoken[:-MEMORY]

    def referable(self) -> set[str]:
        """Classes of what a pronoun of the next sentence may stand for."""
        near: list[Phrase] = []
        for known in reversed(self.spoken):
            if known.sentence <= self.at_sentence - NEAR_SENTENCES:
                break
            near.append(known.phrase)
        return {phrase.meanings[0].class_name for phrase in (*self.label, *self.section, *self.topics, *near)}

    def sentences(self, here: Sequence[Spoken], *, reach: int) -> Iterator[list[Spoken]]:
        """Give what was spoken of sentence by sentence, the latest first, the current one before them."""
        if here:
            yield list(here)
        end = len(self.spoken)
        while end:
            number = self.spoken[end - 1].sentence
            if number <= max(0, self.at_sentence - reach):
                return
            start = end - 1
            while start and self.spoken[start - 1].sentence == number:
                start -= 1
            yield self.spoken[start:end]
            end = start

    def fits(self, phrase: Phrase, wanted: Sequence[str]) -> bool:
        """Tell whether a phrase names something of one of some classes."""
        return self.is_one_of(phrase.concept.class_name, wanted)

    def is_one_of(self, class_name: str, wanted: Sequence[str]) -> bool:
        """Tell whether a class is one of some classes or below one."""
        key = (class_name, *wanted)
        known = self.known_fits.get(key)
        if known is None:
            known = self.known_fits[key] = any(self.is_a(class_name, name) for name in wanted)
        return known

    def is_plural(self, phrase: Phrase) -> bool:
        """Tell whether a phrase names several things, or one kind of thing in the plural."""
        mentions = phrase.mentions
        are_several = len(mentions) > 1 and len({mention.concept for mention in mentions}) > 1
        return phrase.many or are_several or _is_plural_word(phrase)

    def is_narrower(self, one: Concept, other: str) -> bool:
        """Tell whether a concept is a kind of another."""
        queue, seen = list(one.broader), set()
        while queue:
            iri = queue.pop()
            if iri == other:
                return True
            if iri not in seen:
                seen.add(iri)
                queue.extend(self.concept(iri).broader)
        return False


def _is_plural_word(phrase: Phrase) -> bool:
    """Tell whether the words of a phrase are in the plural, and those of the label of what it names are not."""
    text = _head(" ".join(phrase.mentions[0].text.split()))
    return text[-1:] == "s" and text[-2:-1].islower() and _head(phrase.meanings[0].label)[-1:] != "s"


def _head(name: str) -> str:
    """Give a name without what a preposition adds: the "tumors" of "tumors of the liver"."""
    complement = COMPLEMENT.search(name)
    return name if complement is None else name[: complement.start()]
