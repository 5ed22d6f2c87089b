"""Names built in the text from other names: "mutations in the BRCA1 or BRCA2 gene", "HER2-positive breast cancer"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

from oncograph.model import Concept, Grounding, Mention, entity_iri
from oncograph.reading.lexicon import Lexicon, fold_name
from oncograph.reading.patterns import Codebook, Pattern
from oncograph.reading.rule_index import Fitting, RuleIndex
from oncograph.reading.shape import Phrase, Shape, is_class
from oncograph.reading.variants import find_variant

Built = tuple[dict[str, tuple[int, int]], "NameRule", Mapping[str, str]]
"""Where the parts of a built name stand, its rule, and the canonical forms of the rule's trigger."""

FIELD = re.compile(r"\{(\w+)\}")
REFERENCE = re.compile(r"(?:it|its|they|their|them|the|this|that|these|those|such|a|an)\b", re.IGNORECASE)
LOOK_BACK = 2
"""How far before a name that was built a word may stand that builds a longer one with it: "de novo" TP53 mutation."""


@dataclass(frozen=True, slots=True)
class NameRule:
    """A way of building a name out of others.

    Attributes:
        labels: Templates of the names: `{base} {trigger}`; fields are slots, or `trigger` for the cue's canonical form.
        class_name: Class of what is named.
        broader: Slot whose concept is the more general one, or empty.
        follow: Relation of the base's concept whose object is what is named: the gene that encodes it.
        statements: What naming it states: (subject field, predicate, object field, polarity), `self` for the name.
    """

    id: str
    labels: tuple[str, ...]
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
        altered_gene: IRI of the gene that an alteration is of, by the alteration's.
        made: Concepts that the lexicon does not have, by IRI.
        topic: The cancer that a general word ("tumors") means here.
        gene: The gene last spoken of, which a bare alteration ("exon 19 deletions") is of.
        main_gene: The gene that the document is about, which "mutations" alone are of.
        altered: What the alterations made here are of, by IRI.
    """

    lexicon: Lexicon
    book: Codebook
    rules: RuleIndex[NameRule]
    generic: frozenset[str]
    altered_gene: Mapping[str, str]
    made: dict[str, Concept]
    topic: Concept | None = None
    gene: Concept | None = None
    main_gene: Concept | None = None
    altered: dict[str, str] = field(default_factory=dict)

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
            fitting = candidates.get(shape.codes[at])
            built = _build_at(fitting, shape.codes, backward, at) if fitting else None
            if built is None:
                at += 1
                continue
            spans, rule, canonical = built
            start, size = spans[""][0], len(shape.codes)
            statements += self._replace(shape, spans, rule, canonical)
            at = max(0, start - LOOK_BACK) if len(shape.codes) < size else at + 1
            backward = shape.codes[::-1]
            candidates = self.rules.candidates(shape.codes)
        return statements

    def _replace(
        self, shape: Shape, spans: dict[str, tuple[int, int]], rule: NameRule, canonical: Mapping[str, str]
    ) -> list[Statement]:
        start, end = _cut_to_edges(spans)
        trigger = spans.pop("trigger")
        head = canonical.get(shape.codes[slice(*trigger)], to_singular(shape.words(*trigger).lower()))
        origin = self._origin(shape.phrases[trigger[0]])
        fields: list[str] = []
        options: list[list[Mention | str]] = []
        for name, span in spans.items():
            phrase = shape.phrases[span[0]]
            fields.append(name)
            word = canonical.get(shape.codes[slice(*span)], shape.words(*span))
            options.append(list(phrase.mentions) if phrase else [word])
        text_start, text_end = shape.starts[start], shape.ends[end - 1]
        quote = shape.text[text_start:text_end]
        for name, concept_now in (
            ("gene", self.gene),
            ("topic", self._plain_topic()),
            ("main_gene", self.main_gene),
        ):
            if f"{{{name}}}" in rule.labels[0]:
                if concept_now is None:
                    return []
                fields.append(name)
                options.append([Mention(text_start, text_end, quote, concept_now.iri)])
        mentions: list[Mention] = []
        statements: list[Statement] = []
        for values in product(*options):
            parts = dict(zip(fields, values, strict=True))
            followed = self._follow(rule, parts) if rule.follow else None
            named = [self._name(rule, label, parts, head) for label in rule.labels] if not rule.follow else [followed]
            for concept in named:
                if concept is None:
                    continue
                mention = Mention(text_start, text_end, quote, self._with_origin(concept, origin).iri)
                mentions.append(mention)
                statements += self._state(rule, parts, mention)
        if not mentions:
            return []
        first = self.concept(mentions[0].concept)
        phrase = Phrase(text_start, text_end, tuple(dict.fromkeys(mentions)), (first,))
        shape.replace(start, end, self.book.class_codes[first.class_name], phrase)
        return statements

    def _origin(self, phrase: Phrase | None) -> str:
        """Read off the general name that an alteration's is built on how it came about: "somatic mutation"."""
        if phrase is None or phrase.concept.iri not in self.book.general:
            return ""
        kept = self.book.forms.get("origin", {})
        return next((form for word, form in kept.items() if phrase.concept.label.startswith(word + " ")), "")

    def _with_origin(self, concept: Concept, origin: str) -> Concept:
        if not origin:
            return concept
        label = f"{origin} {concept.label}"
        owner, _, kind = concept.label.rpartition(" ")
        known = next((meaning for meaning in self.lexicon.meanings(f"{owner} {origin} {kind}")), None)
        if known is not None:
            return known
        made = Concept(
            entity_iri(label), label, concept.class_name, broader=(concept.iri,), grounding=Grounding.COMPOSED
        )
        return self.made.setdefault(made.iri, made)

    def _plain_topic(self) -> Concept | None:
        """The topic without a marker of its own, to which another may be joined: not "HER2-positive breast cancer"."""
        topic = self.topic
        if topic is not None and topic.broader and any(predicate == "hasBiomarker" for predicate, _ in topic.relations):
            return self.concept(topic.broader[0])
        return topic

    def _name(self, rule: NameRule, template: str, parts: Mapping[str, Mention | str], head: str) -> Concept:
        labels = {name: part if isinstance(part, str) else self._label(part) for name, part in parts.items()}
        labels["trigger"] = head
        variant = find_variant(labels.get("change", ""))
        if variant is not None:
            labels["change"] = variant.short
        named = labels
        label = fill_template(template, named)
        known = self.lexicon.meanings(label)
        if not known and {"one", "other"} <= parts.keys():
            turned = {**labels, "one": labels["other"], "other": labels["one"]}
            known = self.lexicon.meanings(fill_template(template, turned))
        if not known and any(
            target == "self" and predicate == "hasAlteration" for _, predicate, target, _ in rule.statements
        ):
            named = labels | self._name_genes(parts)
            label = fill_template(template, named)
            known = self.lexicon.meanings(label)
        for meaning in known:
            if not is_class(meaning):
                return meaning
        iri = entity_iri(label)
        if iri in self.made:
            return self.made[iri]
        broader = parts.get(rule.broader) if rule.broader else None
        spoken = {**labels, rule.broader: " ".join(broader.text.split())} if isinstance(broader, Mention) else labels
        said = fill_template(template, spoken)
        relations = tuple(
            (predicate, part.concept)
            for subject, predicate, target, polarity in rule.statements
            if subject == "self"
            and polarity == "Affirmed"
            and predicate != "isA"
            and isinstance(part := parts.get(target), Mention)
        )
        is_new = fold_name(said).lower() != fold_name(label).lower() and not _is_reference(broader)
        other_names = [said] if is_new else []
        if variant is not None:
            other_names.append(fill_template(template, {**named, "change": variant.hgvs}))
        concept = Concept(
            iri,
            label,
            rule.class_name,
            synonyms=tuple(dict.fromkeys(other_names)),
            notations=(":".join(other_names[-1].rsplit(" ", 1)),) if variant is not None else (),
            broader=(broader.concept,) if isinstance(broader, Mention) else (),
            relations=relations,
            grounding=Grounding.COMPOSED,
        )
        self.made[iri] = concept
        return concept

    def _name_genes(self, parts: Mapping[str, Mention | str]) -> dict[str, str]:
        """Give the labels of the genes of the proteins among the parts of a name: it is genes that are mutated."""
        genes = {
            name: next((iri for predicate, iri in self.concept(part.concept).relations if predicate == "encodedBy"), "")
            for name, part in parts.items()
            if isinstance(part, Mention)
        }
        return {name: self.lexicon.concepts[iri].label for name, iri in genes.items() if iri in self.lexicon.concepts}

    def _follow(self, rule: NameRule, parts: Mapping[str, Mention | str]) -> Concept | None:
        for part in parts.values():
            if isinstance(part, Mention):
                for predicate, iri in self.concept(part.concept).relations:
                    if predicate == rule.follow and iri in self.lexicon.concepts:
                        return self.lexicon.concepts[iri]
        return None

    def _state(self, rule: NameRule, parts: Mapping[str, Mention | str], mention: Mention) -> list[Statement]:
        stated = []
        named = {**parts, "self": mention}
        for subject, predicate, target, polarity in rule.statements:
            one, other = named.get(subject), named.get(target)
            if isinstance(one, Mention) and isinstance(other, Mention):
                if predicate == "hasAlteration":
                    one = one._replace(concept=self.find_gene(one.concept))
                    if not self._is_one_gene(one.concept):
                        continue
                    self.altered.setdefault(mention.concept, one.concept)
                negated = polarity == "Negated"
                if predicate == "hasBiomarker":
                    other, is_absent = self._find_marker(other)
                    negated = negated or is_absent
                stated.append(Statement(rule.id, one, predicate, other, negated, rule.confidence))
        return stated

    def _find_marker(self, status: Mention) -> tuple[Mention, bool]:
        """Give the marker that a status is of, and whether it is its absence: "HER2-negative status" is of HER2."""
        marker, _, state = self.concept(status.concept).label.removesuffix(" status").rpartition("-")
        for meaning in self.lexicon.meanings(marker) if marker else ():
            if self.book.class_codes[meaning.class_name] in self.book.classes(["Gene", "Protein"]):
                return status._replace(concept=meaning.iri), state == "negative"
        return status, False

    def _is_one_gene(self, iri: str) -> bool:
        """Tell whether an alteration can be of it: a gene, or the protein of one, but no kind of protein."""
        concept = self.concept(iri)
        is_gene = self.book.class_codes[concept.class_name] in self.book.classes(["Gene"])
        return is_gene or any(name == "encodedBy" for name, _ in concept.relations)

    def find_gene(self, iri: str) -> str:
        """Give what an alteration is of, for a kind of it; anything else as it is."""
        while iri in self.made and iri not in self.altered and (above := self._find_known(self.made[iri].broader)):
            iri = above
        return self.altered.get(iri) or self.altered_gene.get(iri, iri)

    def _find_known(self, iris: Iterable[str]) -> str:
        """Give the first concept that the document or the lexicon knows; an imported one may lie below others."""
        return next((iri for iri in iris if iri in self.made or iri in self.lexicon.concepts), "")

    def _label(self, mention: Mention) -> str:
        concept = self.concept(mention.concept)
        if concept.iri in self.generic and (topic := self._plain_topic()) is not None:
            concept = topic
        return concept.label.removeprefix("chromosome ").removesuffix(" status").removesuffix(" protein")


def _build_at(fitting: Iterable[Fitting[NameRule]], codes: str, backward: str, at: int) -> Built | None:
    """Find the longest name that can be built around a place."""
    longest = None
    for rule, pattern, triggers in fitting:
        for trigger in triggers:
            if codes.startswith(trigger, at):
                spans = pattern.find(codes, backward, at, trigger)
                if spans and (longest is None or _size(spans) > _size(longest[0])):
                    longest = (spans, rule, pattern.canonical)
    return longest


def _is_reference(part: Mention | str | None) -> bool:
    """Tell whether words refer back instead of naming: "this cancer"."""
    return isinstance(part, Mention) and REFERENCE.match(part.text) is not None


def fill_template(template: str, labels: Mapping[str, str]) -> str:
    """Put labels in the fields of a template; what a status is a status of names it better in a longer name.

    >>> fill_template("{status} {disease}", {"status": "HER2-positive status", "disease": "thyroid cancer"})
    'HER2-positive thyroid cancer'
    """
    return FIELD.sub(lambda field: labels[field[1]].removesuffix(" status"), template)


def to_singular(noun: str) -> str:
    """Undo the regular plural of a noun.

    >>> to_singular("therapies"), to_singular("drugs"), to_singular("biopsy")
    ('therapy', 'drug', 'biopsy')
    """
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun


def _cut_to_edges(spans: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """Take the whole of a match, and the edges of the name in it, out of the spans; gives where the name stands."""
    start, end = spans.pop("")
    return spans.pop("start", (start, start))[0], spans.pop("end", (end, end))[0]


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
