"""What "it", "this protein", "these drugs" and "people with the condition" stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from oncograph.reading.patterns import Codebook
from oncograph.reading.shape import Phrase, Shape, is_class

MEMORY = 24
NEVER_SUBJECTS = frozenset({"Symptom", "Outcome", "Anatomy", "Population", "Specimen", "InheritancePattern"})


@dataclass(frozen=True, slots=True)
class References:
    """The expressions of the words that refer back, gathered once from the cues.

    Attributes:
        any: All that is worth resolving.
        takes_up: What brings an entity in that the sentence does not name itself.
    """

    pronoun: re.Pattern[str]
    noun_phrase: re.Pattern[str]
    bearers: re.Pattern[str]
    affected: re.Pattern[str]
    singular: frozenset[str]
    pleonastic: re.Pattern[str]
    any: re.Pattern[str]
    takes_up: re.Pattern[str]

    @classmethod
    def of(cls, book: Codebook) -> References:
        """Prepare the expressions for one codebook."""
        nouns = "".join(book.noun_codes.values()) + "".join(book.head_classes)
        demonstratives = book.set_of("demonstrative")
        entities = "".join(book.class_codes.values())
        kinds = book.any_of("kind")
        people = book.set_of("people") + book.classes(["Population"])
        modified = book.set_of("postmodifier")
        definite = f"[{demonstratives}][{book.set_of('filler')}w]{{0,3}}(?:{kinds})?[{nouns}]"
        conditions = book.classes(["Disease"]) + book.classes(["Disease"], nouns=True)
        return cls(
            re.compile(f"[{book.set_of('pronoun')}]"),
            re.compile(
                f"(?P<det>(?:[{demonstratives}][{book.set_of('filler')}]{{0,2}}[w]?|[{book.set_of('far-demonstrative')}]))(?:{kinds})?(?P<noun>[{nouns}])(?![{nouns}{entities}])(?P<modified>[{modified}])?"
            ),
            re.compile(
                f"[{book.set_of('determiner')}]?[w]?[{people}][{book.set_of('bearing')}](?P<what>[{conditions}])"
            ),
            re.compile(f"[{book.set_of('affected')}][{people}]"),
            frozenset(book.set_of("singular")),
            re.compile(f"[{book.set_of('pronoun')}][^,;.]{{0,3}}?[{book.set_of('pleonastic')}]"),
            re.compile(f"[{book.set_of('pronoun')}{people}]|{definite}"),
            re.compile(f"[{book.set_of('pronoun')}]|[{book.set_of('affected')}][{people}]|{definite}"),
        )


@dataclass(slots=True)
class Discourse:
    """What has been spoken of so far, the latest last.

    Attributes:
        topic: What the document, or the section, is about.
        subject: The phrase that the last sentence was about, which a pronoun takes up.
    """

    is_a: Callable[[str, str], bool]
    topic: Phrase | None = None
    subject: Phrase | None = None
    recent: list[Phrase] = field(default_factory=list)

    def note(self, named: Sequence[Phrase | None]) -> None:
        """Remember the phrases of a sentence that has been read."""
        phrases = [phrase for phrase in named if phrase is not None and not is_class(phrase.concept)]
        if phrases:
            self.subject = phrases[0]
            self.recent = (self.recent + phrases)[-MEMORY:]

    def find_antecedent(self, class_name: str, *, plural: bool) -> Phrase | None:
        """Find the latest phrase of a class, one of several things for a plural; else the topic, where it fits."""
        for phrase in reversed(self.recent):
            if self.is_a(phrase.concept.class_name, class_name) and (not plural or len(phrase.mentions) > 1):
                return phrase
        if plural:
            return self.find_antecedent(class_name, plural=False)
        return self.topic if self.topic is not None and self.is_a(self.topic.concept.class_name, class_name) else None


def resolve_nouns(shape: Shape, discourse: Discourse, references: References, book: Codebook) -> None:
    """Replace the noun phrases that refer back ("this protein") by phrases that name what they refer to, in place."""
    for match in reversed(list(references.noun_phrase.finditer(shape.codes))):
        _resolve_noun_phrase(shape, match, discourse, references, book)


def resolve_references(shape: Shape, discourse: Discourse, references: References, book: Codebook) -> None:
    """Replace nouns, pronouns and people named by their disease by phrases that name what they refer to, in place."""
    if references.any.search(shape.codes) is None:
        return
    resolve_nouns(shape, discourse, references, book)
    for match in reversed(list(references.affected.finditer(shape.codes))):
        _put(shape, match.start(), match.end(), discourse.topic, book)
    for match in reversed(list(references.bearers.finditer(shape.codes))):
        phrase = shape.phrases[match.start("what")]
        if phrase is not None and not is_class(phrase.concept):
            shape.replace(match.start(), match.end(), match["what"], phrase)
    pleonastic = {match.start() for match in references.pleonastic.finditer(shape.codes)}
    for match in reversed(list(references.pronoun.finditer(shape.codes))):
        if match.start() in pleonastic and shape.words(match.start(), match.end()).lower() == "it":
            continue
        antecedent = _find_subject(shape, match.start(), discourse, book)
        _put(shape, match.start(), match.end(), antecedent, book)


def _resolve_noun_phrase(
    shape: Shape, match: re.Match[str], discourse: Discourse, references: References, book: Codebook
) -> None:
    noun = shape.phrases[match.start("noun")]
    class_name = book.head_classes.get(match["noun"]) or (noun.concept.class_name if noun is not None else "")
    if not class_name:
        return
    if match["modified"] and shape.words(match.start(), match.start() + 1).lower() == "the":
        return
    plural = (
        shape.words(match.start("noun"), match.end("noun")).lower().endswith("s")
        and match["det"][0] not in references.singular
    )
    before = [
        p
        for p in shape.phrases[: match.start()]
        if p is not None and not is_class(p.concept) and p.concept.iri not in book.general
    ]
    for phrase in reversed(before):
        if discourse.is_a(phrase.concept.class_name, class_name):
            _put(shape, match.start(), match.end("noun"), phrase, book)
            return
    is_topic = discourse.topic is not None and discourse.is_a(discourse.topic.concept.class_name, class_name)
    if is_topic and not plural and class_name == "Disease":
        _put(shape, match.start(), match.end("noun"), discourse.topic, book)
        return
    _put(shape, match.start(), match.end("noun"), discourse.find_antecedent(class_name, plural=plural), book)


def _find_subject(shape: Shape, at: int, discourse: Discourse, book: Codebook) -> Phrase | None:
    """A pronoun takes up the first thing its own sentence named, else what the sentence before was about."""
    for phrase in shape.phrases[:at]:
        if phrase is None or is_class(phrase.concept) or phrase.concept.iri in book.general:
            continue
        if phrase.concept.class_name not in NEVER_SUBJECTS:
            return phrase
    return discourse.subject or discourse.topic


def _put(shape: Shape, start: int, end: int, antecedent: Phrase | None, book: Codebook) -> None:
    if antecedent is None:
        return
    text_start, text_end = shape.starts[start], shape.ends[end - 1]
    quote = shape.text[text_start:text_end]
    mentions = tuple(replace(mention, start=text_start, end=text_end, text=quote) for mention in antecedent.mentions)
    phrase = Phrase(text_start, text_end, mentions, antecedent.meanings, refers=True)
    shape.replace(start, end, book.class_codes[antecedent.concept.class_name], phrase)
