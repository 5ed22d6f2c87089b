"""Kinds of a disease named by what sets them apart alone: "three types of X: nodal, splenic and extranodal"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from oncograph.model import Concept, Grounding, Mention, entity_iri
from oncograph.reading.lexicon import Lexicon
from oncograph.reading.patterns import Codebook
from oncograph.reading.shape import Phrase, Shape, is_class


@dataclass(frozen=True, slots=True)
class Subtypes:
    """How texts list kinds without repeating what they are kinds of.

    Attributes:
        marks: Codes of the words that say that kinds follow: "types", "classified".
        listed: A list of bare words after such a word, with the disease before it where it stands there.
        member: One of the words or groups of words in the list.
    """

    marks: frozenset[str]
    listed: re.Pattern[str]
    member: re.Pattern[str]

    @classmethod
    def of(cls, book: Codebook) -> Subtypes:
        """Prepare the expressions for one codebook."""
        diseases = book.classes(["Disease"])
        marks, adverbs = book.set_of("division"), book.set_of("adverb")
        joins, stops = book.set_of("conjunction"), book.set_of("gap-end") + book.set_of("clause-end")
        member = f"[^,;.:()—{joins}{stops}{book.all_entities}{book.set_of('determiner')}]{{1,4}}"
        aside = r"(?:\([^()]{1,6}\))?"
        link = f"[{book.code('into')}{book.code('as')}]"
        between = f"(?:,?[{joins}]{link}?|,)"
        words = rf"[^;.:—()\n{diseases}]"
        verb = f"[{book.set_of('list-verb')}](?!{words}{{1,3}}:)"
        lead = f"(?:(?<=[{marks}]),|(?::|—|{verb}|{link})[{adverbs}{book.set_of('either')}]?)"
        before = f"(?P<before>[{diseases}]){words}{{0,8}}?[{marks}]"
        after = f"[{marks}](?:{words}{{0,4}}?(?P<after>[{diseases}]))?"
        return cls(
            frozenset(marks),
            re.compile(
                f"(?:{before}|{after}){words}{{0,8}}?{lead}"
                f"(?P<members>{member}{aside}(?:{between}{member}{aside})*)(?=[.;,:()—]|\\Z|[{joins}][{diseases}])"
            ),
            re.compile(f"{member}(?={aside}(?:[,{joins}.;:()—]|\\Z))"),
        )

    def may_stand_in(self, codes: str) -> bool:
        """Tell whether a sentence may list kinds that way."""
        return not self.marks.isdisjoint(codes) and self.listed.search(codes) is not None


def name_subtypes(
    shape: Shape,
    subtypes: Subtypes,
    lexicon: Lexicon,
    book: Codebook,
    made: dict[str, Concept],
    *,
    topic: Concept | None,
    is_a: Callable[[str, str], bool],
) -> None:
    """Let the words of a list of kinds name the kinds, in place, where a name in the lexicon shows that they do.

    Args:
        made: Concepts made for the document; a kind that the lexicon lacks, beside one that it has, is put in.
        topic: The disease that is meant where the sentence names none.
    """
    if subtypes.marks.isdisjoint(shape.codes):
        return
    for match in reversed(list(subtypes.listed.finditer(shape.codes))):
        at = max(match.start("before"), match.start("after"))
        phrase = shape.phrases[at] if at >= 0 else None
        base = topic if phrase is None else phrase.concept
        if base is None or is_class(base) or (phrase is not None and len(phrase.mentions) > 1):
            continue
        spans = [member.span() for member in subtypes.member.finditer(shape.codes, *match.span("members"))]
        known = [_find_known(shape.words(*span), base, lexicon, is_a) for span in spans]
        if not any(known):
            continue
        for span, concept in reversed(list(zip(spans, known, strict=True))):
            named = concept or _make(shape.words(*span), base, made)
            start, end = shape.starts[span[0]], shape.ends[span[1] - 1]
            mention = Mention(start, end, shape.text[start:end], named.iri)
            shape.replace(*span, book.class_codes[named.class_name], Phrase(start, end, (mention,), (named,)))


def _find_known(words: str, base: Concept, lexicon: Lexicon, is_a: Callable[[str, str], bool]) -> Concept | None:
    for name in (base.label, *base.synonyms):
        meanings = lexicon.meanings(f"{words} {name}")
        if meanings and meanings[0].iri != base.iri and is_a(meanings[0].class_name, "Disease"):
            return meanings[0]
    return None


def _make(words: str, base: Concept, made: dict[str, Concept]) -> Concept:
    label = f"{words} {base.label}"
    concept = Concept(entity_iri(label), label, "CancerSubtype", broader=(base.iri,), grounding=Grounding.COMPOSED)
    return made.setdefault(concept.iri, concept)
