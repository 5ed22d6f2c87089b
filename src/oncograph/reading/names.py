"""Names built in the text from other names: "mutations in the BRCA1 or BRCA2 gene", "HER2-positive breast cancer"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from oncograph.model import Concept, Grounding, Mention, entity_iri
from oncograph.reading.lexicon import Lexicon
from oncograph.reading.patterns import Codebook, Pattern
from oncograph.reading.rule_index import RuleIndex
from oncograph.reading.shape import Phrase, Shape, is_class

Built = tuple[dict[str, tuple[int, int]], "NameRule", Mapping[str, str]]
"""Where the parts of a built name stand, its rule, and the canonical forms of the rule's trigger."""

FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class NameRule:
    """A way of building a name out of others.

    Attributes:
        label: Template of the name: `{base} {trigger}`; fields are slots, or `trigger` for the cue's canonical form.
        class_name: Class of what is named.
        broader: Slot whose concept is the more general one, or empty.
        follow: Relation of the base's concept whose object is what is named: the gene that encodes it.
        statements: What naming it states: (subject field, predicate, object field, polarity), `self` for the name.
    """

    id: str
    label: str
    class_name: str
    patterns: tuple[Pattern, ...]
    broader: str = ""
    statements: tuple[tuple[str, str, str, str], ...] = ()
    confidence: float = 0.8
    follow: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a built name states by itself: "HER2-positive breast cancer" is a breast cancer."""

    rule: str
    subject: Mention
    predicate: str
    object: Mention
    negated: bool
    confidence: float


@dataclass(slots=True)
class Names:
    """Builds names in shapes, and remembers the concepts it made for the document.

    Attributes:
        made: Concepts that the lexicon does not have, by IRI.
        topic: The cancer that a general word ("tumors") means here.
        gene: The gene last spoken of, which a bare alteration ("exon 19 deletions") is of.
    """

    lexicon: Lexicon
    book: Codebook
    rules: RuleIndex[NameRule]
    generic: frozenset[str]
    made: dict[str, Concept]
    topic: Concept | None = None
    gene: Concept | None = None

    def concept(self, iri: str) -> Concept:
        """Give the concept of an IRI, be it the lexicon's or one made here."""
        return self.made.get(iri) or self.lexicon.concepts[iri]

    def build(self, shape: Shape) -> list[Statement]:
        """Replace the built names of a shape by one phrase each, in place; gives what they state."""
        statements: list[Statement] = []
        candidates = self.rules.candidates(shape.codes)
        if not candidates:
            return statements
        at = 0
        backward = shape.codes[::-1]
        while at < len(shape.codes):
            built = self._build_at(shape.codes, backward, at) if shape.codes[at] in self.rules.by_trigger else None
            if built is None:
                at += 1
                continue
            spans, rule, canonical = built
            start, size = spans[""][0], len(shape.codes)
            statements += self._replace(shape, spans, rule, canonical)
            at = start + 1 if len(shape.codes) < size else at + 1
            backward = shape.codes[::-1]
        return statements

    def _build_at(self, codes: str, backward: str, at: int) -> Built | None:
        longest = None
        for _, (rule, pattern, triggers) in self.rules.by_trigger[codes[at]]:
            for trigger in triggers:
                if codes.startswith(trigger, at):
                    spans = pattern.find(codes, backward, at, trigger)
                    if spans and (longest is None or _size(spans) > _size(longest[0])):
                        longest = (spans, rule, pattern.canonical)
        return longest

    def _replace(
        self, shape: Shape, spans: dict[str, tuple[int, int]], rule: NameRule, canonical: Mapping[str, str]
    ) -> list[Statement]:
        start, end = spans.pop("")
        trigger = spans.pop("trigger")
        head = canonical.get(shape.codes[slice(*trigger)], to_singular(shape.words(*trigger).lower()))
        fields: list[str] = []
        options: list[list[Mention | str]] = []
        for name, span in spans.items():
            phrase = shape.phrases[span[0]]
            fields.append(name)
            options.append(list(phrase.mentions) if phrase else [shape.words(*span)])
        text_start, text_end = shape.starts[start], shape.ends[end - 1]
        quote = shape.text[text_start:text_end]
        for field, concept_now in (("gene", self.gene), ("topic", self.topic)):
            if f"{{{field}}}" in rule.label:
                if concept_now is None:
                    return []
                fields.append(field)
                options.append([Mention(text_start, text_end, quote, concept_now.iri)])
        mentions: list[Mention] = []
        statements: list[Statement] = []
        for values in product(*options):
            parts = dict(zip(fields, values, strict=True))
            concept = self._follow(rule, parts) if rule.follow else self._name(rule, parts, head)
            if concept is None:
                continue
            mention = Mention(text_start, text_end, quote, concept.iri)
            mentions.append(mention)
            statements += _state(rule, parts, mention)
        if not mentions:
            return []
        first = self.concept(mentions[0].concept)
        phrase = Phrase(text_start, text_end, tuple(dict.fromkeys(mentions)), (first,))
        shape.replace(start, end, self.book.class_codes[first.class_name], phrase)
        return statements

    def _name(self, rule: NameRule, parts: Mapping[str, Mention | str], head: str) -> Concept:
        labels = {name: part if isinstance(part, str) else self._label(part) for name, part in parts.items()}
        labels["trigger"] = head
        label = FIELD.sub(lambda field: labels[field[1]], rule.label)
        for meaning in self.lexicon.meanings(label):
            if not is_class(meaning):
                return meaning
        iri = entity_iri(label)
        if iri in self.made:
            return self.made[iri]
        broader = parts.get(rule.broader) if rule.broader else None
        relations = tuple(
            (predicate, part.concept)
            for subject, predicate, target, polarity in rule.statements
            if subject == "self"
            and polarity == "Affirmed"
            and predicate != "isA"
            and isinstance(part := parts.get(target), Mention)
        )
        concept = Concept(
            iri,
            label,
            rule.class_name,
            broader=(broader.concept,) if isinstance(broader, Mention) else (),
            relations=relations,
            grounding=Grounding.COMPOSED,
        )
        self.made[iri] = concept
        return concept

    def _follow(self, rule: NameRule, parts: Mapping[str, Mention | str]) -> Concept | None:
        for part in parts.values():
            if isinstance(part, Mention):
                for predicate, iri in self.concept(part.concept).relations:
                    if predicate == rule.follow and iri in self.lexicon.concepts:
                        return self.lexicon.concepts[iri]
        return None

    def _label(self, mention: Mention) -> str:
        concept = self.concept(mention.concept)
        if concept.iri in self.generic and self.topic is not None:
            concept = self.topic
        return concept.label.removesuffix(" status").removesuffix(" protein")


def _state(rule: NameRule, parts: Mapping[str, Mention | str], mention: Mention) -> list[Statement]:
    stated = []
    named = {**parts, "self": mention}
    for subject, predicate, target, polarity in rule.statements:
        one, other = named.get(subject), named.get(target)
        if isinstance(one, Mention) and isinstance(other, Mention):
            stated.append(Statement(rule.id, one, predicate, other, polarity == "Negated", rule.confidence))
    return stated


def to_singular(noun: str) -> str:
    """Undo the regular plural of a noun.

    >>> to_singular("therapies"), to_singular("drugs"), to_singular("biopsy")
    ('therapy', 'drug', 'biopsy')
    """
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun


def _size(spans: dict[str, tuple[int, int]]) -> int:
    return spans[""][1] - spans[""][0]


def restore_heads(shape: Shape, book: Codebook) -> None:
    """Let the words that built no name stand for the general concept they name themselves, in place."""
    heads = book.head_codes
    if heads.isdisjoint(shape.codes):
        return
    codes = list(shape.codes)
    for at, code in enumerate(codes):
        phrase = shape.phrases[at]
        if code in heads and phrase is not None:
            concept = phrase.concept
            codes[at] = (book.noun_codes if is_class(concept) else book.class_codes)[concept.class_name]
    shape.codes = "".join(codes)
