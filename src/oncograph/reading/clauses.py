"""Clauses laid apart, so that every verb finds its own nouns: examples, control arms, clauses about a noun."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oncograph.reading.patterns import OTHER_NAME, OTHER_WORD, Codebook
from oncograph.reading.regimens import TREATMENTS
from oncograph.reading.shape import Phrase, Shape, is_class


@dataclass(frozen=True, slots=True)
class Clauses:
    """The expressions of what stands beside a noun without being of its clause.

    Attributes:
        examples: From a name to the names that are examples of it: "platinum drugs such as carboplatin";
            not to one that a clause is about.
        members: A class of drugs, with its members in parentheses.
        controls: From "compared with" to the treatment of the control arm.
        relative: A noun and the clause about it between commas: "X, which …,".
        family: By code, the group of classes that are coordinated with each other.
        triggers: Codes without one of which nothing has to be laid apart.
    """

    examples: re.Pattern[str]
    members: re.Pattern[str]
    controls: re.Pattern[str]
    relative: re.Pattern[str]
    family: Mapping[str, int]
    triggers: frozenset[str]

    @classmethod
    def of(cls, book: Codebook, family: Mapping[str, int]) -> Clauses:
        """Prepare the expressions for one codebook."""
        entities, treatments = book.entity_codes, book.classes(TREATMENTS)
        listed, fillers = "".join(sorted(family)), book.set_of("filler")
        such_as, control = book.any_of("such-as"), book.any_of("control")
        relative, joins = book.set_of("relative"), book.set_of("conjunction")
        mixture = f"[{book.set_of('article')}][{OTHER_WORD}]{{0,2}}[{book.set_of('combination')}]{book.code('of')}"
        return cls(
            re.compile(f"[{listed}],?(?:{such_as}),?[{fillers}]{{0,3}}(?=[{listed}](?!,[{relative}]))"),
            re.compile(rf"[{book.classes(['DrugClass'])}]\((?:(?:{such_as}),?)?[{fillers}]{{0,2}}[{treatments}]\)"),
            re.compile(f"(?:{control})[^,;.(){treatments}]{{0,5}}[{treatments}]"),
            re.compile(
                f"(?P<noun>[{entities}]),(?P<clause>(?:[{relative}]|{mixture})[^;.]{{2,20}}?),(?![{joins}{relative}])"
            ),
            family,
            frozenset(phrase.replace("\\", "")[0] for cue in (such_as, control) for phrase in cue.split("|"))
            | frozenset(relative),
        )


def take_in_examples(shape: Shape, clauses: Clauses) -> Shape:
    """Give the shape in which a name and its examples are one phrase; the shape itself where there are none."""
    found = list(clauses.examples.finditer(shape.codes)) + list(clauses.members.finditer(shape.codes))
    plain = shape.copy() if found else shape
    for match in sorted(found, key=lambda match: -match.start()):
        start, last = match.start(), match.end() if match.re is clauses.examples else match.end() - 2
        first, second = plain.phrases[start], plain.phrases[last]
        if first is None or second is None or is_class(first.concept) or is_class(second.concept):
            continue
        if clauses.family[plain.codes[start]] == clauses.family[plain.codes[last]]:
            joined = Phrase(first.start, second.end, first.mentions + second.mentions, first.meanings)
            plain.replace(start, max(last + 1, match.end()), plain.codes[start], joined)
    return plain


def hide_controls(shape: Shape, clauses: Clauses) -> Shape:
    """Give the shape without the treatments that others are only compared with."""
    found = list(clauses.controls.finditer(shape.codes))
    plain = shape.copy() if found else shape
    for match in found:
        at = match.end() - 1
        plain.codes = plain.codes[:at] + OTHER_NAME + plain.codes[at + 1 :]
        plain.phrases[at] = None
    return plain


def split_relative(shape: Shape, clauses: Clauses) -> Iterator[Shape]:
    """Give the sentence without the clauses about a noun between commas, and each of these with its noun."""
    found = list(clauses.relative.finditer(shape.codes))
    if not found:
        yield shape
        return
    main = shape.copy()
    for match in reversed(found):
        main.drop(match.end("noun"), match.end())
    yield main
    for match in found:
        about = shape.copy()
        about.drop(match.end("clause"), len(about.codes))
        about.drop(0, match.start("noun"))
        yield about
