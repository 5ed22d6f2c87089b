"""Facts that names tell by themselves: "HER2-positive breast cancer" is a breast cancer, (Herceptin) a synonym."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from oncograph.model import Claim, Concept, Mention, Polarity
from oncograph.reading.lexicon import fold_name, to_plural
from oncograph.reading.names import Statement
from oncograph.reading.shape import Phrase, Shape, is_class

if TYPE_CHECKING:
    from oncograph.reading.reader import Reader

KIND_STEPS = 3
CLAUSE = re.compile(r"\b(?:that|which|who|where|when)\b")
SITE_DISEASE = re.compile(r"(?P<site>.+) (?:disease|disorder)$")
DISEASE_OF_SITE = re.compile(r"\b(?:cancer|tumou?r|malignancy|disease|disorder) (?:of|in) (?:the )?(?P<site>.+)$", re.I)
DISEASE_HEADS = ("cancer", "tumor", "tumour", "malignancy", "disease", "disorder")
OF_SITE = re.compile(r"\s+(?:of|in)\s+(?!which|whom|people)(?P<site>[^,.;:()]{3,60})")
SINGLE_PARENTHESIS = re.compile(r"\(.{1,2}\)")


@dataclass(slots=True)
class Telling:
    """Makes the claims that names tell, each once a document.

    Attributes:
        made: Concepts that the document's built names made, by IRI.
        aimed: By class of drugs, what the document says its drugs act on: "an inhibitor of PDGFRA".
        told: IRIs of the concepts whose names have told already.
    """

    reader: Reader
    made: dict[str, Concept]
    told: set[str] = field(default_factory=set)
    aimed: dict[str, dict[str, None]] = field(default_factory=dict)

    def claim(self, statement: Statement, evidence: tuple[int, int]) -> Claim:
        """Make the claim of what a built name states."""
        subject = statement.subject.concept
        if statement.predicate == "hasAlteration":
            subject = self.reader.gene_of.get(subject, subject)
        return Claim(
            subject,
            statement.predicate,
            statement.object.concept,
            *evidence,
            statement.rule,
            polarity=Polarity.NEGATED if statement.negated else Polarity.AFFIRMED,
            confidence=statement.confidence,
            subject_mention=statement.subject,
            object_mention=statement.object,
        )

    def tell(self, phrase: Phrase, evidence: tuple[int, int]) -> Iterator[Claim]:
        """Make the claims of a curated name: an alteration's gene, a subtype's disease and marker."""
        for mention in phrase.mentions:
            if mention.concept in self.told:
                continue
            statements = [*self._state_alteration(mention), *self._state_subtype(mention)]
            if statements:
                self.told.add(mention.concept)
            for statement in statements:
                yield self.claim(statement, evidence)

    def _state_alteration(self, mention: Mention) -> Iterator[Statement]:
        altered = self.reader.altered_gene.get(mention.concept)
        for gene in self.reader.fused_genes.get(mention.concept) or ((altered,) if altered is not None else ()):
            rule = self.reader.rules["names-alteration"]
            named = mention._replace(concept=gene)
            yield Statement(rule.id, named, "hasAlteration", mention, False, rule.confidence)

    def _state_subtype(self, mention: Mention) -> Iterator[Statement]:
        """A subtype that is named by its marker and its disease is that disease, with that marker."""
        concept = self.reader.lexicon.concepts.get(mention.concept)
        if concept is None or all(predicate != "hasBiomarker" for predicate, _ in concept.relations):
            return
        rule = self.reader.rules["names-subtype"]
        folded = _fold(mention.text)
        markers = [(predicate, iri) for predicate, iri in concept.relations if predicate == "hasBiomarker"]
        states = self.reader.book.forms["state"].keys()
        if states.isdisjoint(folded.split()) and not any(self._is_named(iri, folded) for _, iri in markers):
            return
        kinds = [("isA", iri) for iri in self._nearest_named(concept, folded)]
        for predicate, iri in kinds + markers:
            if predicate == "isA" or self._is_named(iri, folded):
                yield Statement(rule.id, mention, predicate, mention._replace(concept=iri), False, rule.confidence)

    def _nearest_named(self, concept: Concept, folded: str) -> tuple[str, ...]:
        """The nearest more general concepts that a name names: "lung cancer" in "ALK-positive lung cancer"."""
        above = concept.broader
        for _ in range(KIND_STEPS):
            named = tuple(iri for iri in above if self._is_named(iri, folded))
            if named:
                return named
            above = tuple(
                dict.fromkeys(
                    up
                    for iri in above
                    if iri in self.reader.lexicon.concepts
                    for up in self.reader.lexicon.concepts[iri].broader
                )
            )
        return ()

    def _is_named(self, iri: str, folded: str) -> bool:
        other = self.reader.lexicon.concepts.get(iri)
        return other is not None and any(_fold(name) in folded for name in (other.label, *other.synonyms))

    def absorb_other_names(self, shape: Shape, evidence: tuple[int, int]) -> Iterator[Claim]:
        """Take in, in place, what only gives another name: "trastuzumab (Herceptin)", "schwannoma or neurilemmoma"."""
        in_parentheses = SINGLE_PARENTHESIS.finditer(shape.codes) if "(" in shape.codes else ()
        for match in reversed(list(in_parentheses)):
            before, inner = match.start() - 1, match.end() - 2
            if before < 0:
                continue
            one, other = shape.phrases[before], shape.phrases[inner]
            if one is None or other is None or one.mentions[-1].concept != other.mentions[0].concept:
                continue
            if not is_class(one.concept):
                yield from self._claim_other_name(one.mentions[-1], other.mentions[0], evidence)
            end = shape.ends[inner + 1]
            shape.replace(before, match.end(), shape.codes[before], replace(one, end=end))
        if self.reader.plain_words.either in shape.codes:
            yield from self._absorb_alternatives(shape, evidence)
        if "(" in shape.codes:
            yield from self._claim_plain_words(shape, evidence)

    def _absorb_alternatives(self, shape: Shape, evidence: tuple[int, int]) -> Iterator[Claim]:
        """Take in, in place, a second name after "or": "vestibular schwannomas or acoustic neuromas"."""
        for match in reversed(list(self.reader.plain_words.alternative.finditer(shape.codes))):
            first, last = match.start("one"), match.end() - (2 if match[0].endswith(",") else 1)
            if first > match.start():
                continue
            one, other = shape.phrases[first], shape.phrases[last]
            if one is None or other is None or is_class(one.concept) or one.concept.iri != other.concept.iri:
                continue
            yield from self._claim_other_name(one.mentions[-1], other.mentions[0], evidence)
            shape.replace(first, match.end(), shape.codes[first], replace(one, end=shape.ends[match.end() - 1]))

    def _claim_plain_words(self, shape: Shape, evidence: tuple[int, int]) -> Iterator[Claim]:
        """Make the claims that plain words beside a term say the same: "clouding of the lens (cataracts)"."""
        plain = self.reader.plain_words
        for pattern in (plain.before_term, plain.after_term, plain.symptoms, plain.places):
            for match in pattern.finditer(shape.codes):
                term, words = shape.phrases[match.start("term")], shape.words(*match.span("words"))
                one_word = pattern is plain.symptoms or pattern is plain.places
                if term is not None and (one_word or _is_plain(words)):
                    mention = term.mentions[-1 if match.start("term") < match.start("words") else 0]
                    yield self.claim_synonym("plain-words", mention, words, evidence)

    def absorb_families(self, shape: Shape, evidence: tuple[int, int]) -> Iterator[Claim]:
        """Take in, in place, the family beside the name of a gene or protein: "the tumor suppressor PTEN"."""
        families, codes = self.reader.protein_families, self.reader.gene_codes
        if codes.isdisjoint(shape.codes):
            return
        for at in range(len(shape.codes) - 2, -1, -1):
            if shape.codes[at] not in codes or shape.codes[at + 1] not in codes:
                continue
            first, second = shape.phrases[at], shape.phrases[at + 1]
            if first is None or second is None:
                continue
            if (first.concept.iri in families) is (second.concept.iri in families):
                continue
            named, kind = (second, first) if first.concept.iri in families else (first, second)
            if named is second and not first.mentions[0].text.endswith("s"):
                rule = self.reader.rules["family-before-name"]
                one, other = named.mentions[0], kind.mentions[0]
                yield self.claim(Statement(rule.id, one, "isA", other, False, rule.confidence), evidence)
            code = shape.codes[at + 1] if named is second else shape.codes[at]
            shape.replace(at, at + 2, code, replace(named, start=first.start, end=second.end))

    def _claim_other_name(self, one: Mention, other: Mention, evidence: tuple[int, int]) -> Iterator[Claim]:
        concept = self.made.get(one.concept) or self.reader.lexicon.concepts[one.concept]
        label = fold_name(concept.label.removesuffix(" protein")).lower()
        names = [" ".join(mention.text.split()) for mention in (one, other)]
        others = [name for name in names if fold_name(name).lower() not in {label, to_plural(label)}]
        synonym = next(reversed(others), None)
        if synonym is None or CLAUSE.search(synonym) or any(leaves_out_head(name, concept.label) for name in names):
            return
        if fold_name(names[0]).lower() != fold_name(names[1]).lower():
            yield self.claim_synonym("synonym-in-parentheses", one, synonym, evidence)

    def claim_synonym(self, rule_id: str, mention: Mention, synonym: str, evidence: tuple[int, int]) -> Claim:
        """Make the claim that a name is a synonym of what a mention names."""
        rule = self.reader.rules[rule_id]
        return Claim(
            mention.concept,
            "hasSynonym",
            " ".join(synonym.split()),
            *evidence,
            rule.id,
            literal=True,
            confidence=rule.confidence,
            subject_mention=mention,
        )

    def note_targets(self, statements: Iterable[Statement]) -> None:
        """Remember what the names of drug classes say that their drugs act on."""
        for stated in statements:
            if stated.predicate == "targets":
                self.aimed.setdefault(stated.subject.concept, {})[stated.object.concept] = None

    def tell_targets(self, claims: Iterable[Claim]) -> Iterator[Claim]:
        """Make the claims of what the members of a class act on: a drug called an EGFR inhibitor acts on EGFR."""
        rule = self.reader.rules["member-of-class"]
        for claim in claims:
            drug = self.reader.lexicon.concepts.get(claim.subject)
            if claim.predicate != "isA" or drug is None or not self.reader.is_a(drug.class_name, "Drug"):
                continue
            for target in self._targets(claim.object):
                yield claim._replace(
                    subject=target,
                    predicate="targetedBy",
                    object=claim.subject,
                    rule=rule.id,
                    confidence=min(claim.confidence, rule.confidence),
                    subject_mention=claim.object_mention,
                    object_mention=claim.subject_mention,
                )

    def tell_sites(self, claims: Iterable[Claim], text: str) -> Iterator[Claim]:
        """Make the claims of where a disease arises that is said to be of a kind named by its site.

        "X is a bone marrow disorder", "X is a cancer of the lymphatic system".

        Args:
            text: The document's text, for what follows the kind's name.
        """
        rule = self.reader.rules["site-of-kind"]
        for claim in claims:
            if claim.predicate != "isA" or claim.polarity is Polarity.NEGATED or claim.object_mention is None:
                continue
            kind = self.made.get(claim.object) or self.reader.lexicon.concepts.get(claim.object)
            site = self._find_site(kind.label if kind is not None else "", claim.object_mention, text)
            subject = self.made.get(claim.subject) or self.reader.lexicon.concepts.get(claim.subject)
            if site is None or subject is None or not self.reader.is_a(subject.class_name, "Disease"):
                continue
            confidence = min(claim.confidence, rule.confidence)
            mention = claim.object_mention._replace(concept=site.iri)
            yield claim._replace(
                predicate="arisesIn",
                object=site.iri,
                rule=rule.id,
                confidence=confidence,
                object_mention=mention,
            )

    def _find_site(self, label: str, kind: Mention, text: str) -> Concept | None:
        """Find the site in the name of a kind, or in the words after it: "a cancer of the lining of the stomach"."""
        match = SITE_DISEASE.match(label) or DISEASE_OF_SITE.search(" ".join(kind.text.split()))
        after = OF_SITE.match(text, kind.end)
        name = match["site"] if match is not None else ""
        if match is None and after is not None and kind.text.lower().rstrip("s").endswith(DISEASE_HEADS):
            found = self.reader.lexicon.find_names(after["site"])
            name = after["site"][found[0].start : found[0].end] if found else ""
        places = (m for m in self.reader.lexicon.meanings(name) if self.reader.fits("arisesIn", "object", m.class_name))
        return next((place for place in places if not is_class(place)), None)

    def _targets(self, class_iri: str) -> tuple[str, ...]:
        made = self.made.get(class_iri)
        stated = tuple(iri for predicate, iri in made.relations if predicate == "targets") if made is not None else ()
        return tuple(self.aimed.get(class_iri, ())) or self.reader.targets.get(class_iri) or stated


def leaves_out_head(name: str, label: str) -> bool:
    """Tell whether a name is a label without its last word, and so names another thing: the virus, not its infection.

    >>> leaves_out_head("human papillomavirus", "human papillomavirus infection")
    True
    """
    return fold_name(label).lower().startswith(fold_name(name).lower() + " ")


def _is_plain(words: str) -> bool:
    """Tell whether words could be another name: several in lower case, without a number."""
    return " " in words and words.islower() and not any(char.isdigit() for char in words)


def _fold(name: str) -> str:
    return name.lower().replace("-", " ").removesuffix(" status")
