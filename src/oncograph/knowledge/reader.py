"""The reader made ready from the ontology folder: lexicon, cues and rules."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from oncograph.knowledge.cues import load_cues
from oncograph.knowledge.ontology import Ontology, find_ontology
from oncograph.knowledge.rules import find_words, load_rules
from oncograph.knowledge.scores import load_claim_weights
from oncograph.model import ONTOLOGY, Concept
from oncograph.reading.clauses import Clauses
from oncograph.reading.context import Cues
from oncograph.reading.coordination import Coordination
from oncograph.reading.criteria import Criteria
from oncograph.reading.ellipsis import Ellipsis
from oncograph.reading.fused import FusedProteins
from oncograph.reading.identity import Identity, PlainWords
from oncograph.reading.lexicon import Lexicon, to_plural
from oncograph.reading.listing import Listing
from oncograph.reading.patterns import NUMBER, REFERRING, Codebook, Pattern
from oncograph.reading.products import Products
from oncograph.reading.qualifiers import Qualifiers
from oncograph.reading.reader import Reader
from oncograph.reading.reference import References
from oncograph.reading.regimens import Regimens
from oncograph.reading.relations import RelationRule
from oncograph.reading.rule_index import Gate, Kin, RuleIndex
from oncograph.reading.shape import is_class
from oncograph.reading.subtypes import Subtypes

DIGIT = re.compile(r"\d")
FUSION = re.compile(r"(\w+)-(\w+) fusion$")
TARGETED_CLASS = re.compile(
    r"(?:(?P<target>[\w/ -]+?) (?:inhibitor|blocker|antagonist)|anti-(?P<anti>[\w/-]+) (?:therapy|antibody|agent|drug)"
    r"|(?P<directed>[\w/-]+)-(?:targeted|directed) "
    r"(?:therapy|agent|drug|antibody|antibody-drug conjugate|CAR T-cell therapy))$"
)


@dataclass(frozen=True, slots=True)
class Kinds:
    """The classes of an ontology, to be asked what is what.

    Attributes:
        ancestors: By class, itself and the classes above it.
        roots: By class, the same without the class of everything.
        wanted: By predicate, the classes that its subject may have and those that its object may have.
        groups: Classes whose members may be a kind of each other, besides those with a common superclass.
    """

    ancestors: dict[str, frozenset[str]]
    roots: dict[str, frozenset[str]]
    wanted: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    groups: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, ontology: Ontology, ancestors: dict[str, frozenset[str]], groups: Iterable[Iterable[str]]) -> Kinds:
        """Gather the classes of an ontology."""
        return cls(
            ancestors,
            {name: above - {"Entity"} for name, above in ancestors.items()},
            {name: (predicate.domain, predicate.range) for name, predicate in ontology.predicates.items()},
            tuple(map(frozenset, groups)),
        )

    def is_a(self, class_name: str, other: str) -> bool:
        """Tell whether a class is another one or below it."""
        return other in self.ancestors[class_name]

    def fits(self, predicate: str, role: str, class_name: str) -> bool:
        """Tell whether a thing of a class can be the subject or the object of a predicate."""
        wanted = self.wanted[predicate][role != "subject"]
        return not wanted or not self.ancestors[class_name].isdisjoint(wanted)

    def same_kind(self, one: str, other: str) -> bool:
        """Tell whether a thing of one class may be a kind of a thing of another."""
        first, second = self.roots[one], self.roots[other]
        return not first.isdisjoint(second) or any(
            not first.isdisjoint(group) and not second.isdisjoint(group) for group in self.groups
        )


def load_reader(ontology: Ontology, folder: Path | None = None) -> Reader:
    """Load cues and rules and join them with the concepts of an ontology into a reader.

    Args:
        folder: The ontology folder; the one that `find_ontology` finds by default.
    """
    folder = folder or find_ontology()
    cues = load_cues(folder / "cues")
    book = Codebook(tuple(sorted(ontology.classes)), ontology.descendants, cues=cues.phrases)
    book.forms.update(cues.canonical)
    book.heads.update({" ".join(words): book.code(" ".join(words)) for words in cues.phrases.get("head", ())})
    book.head_codes = frozenset(book.heads.values())
    book.head_classes = {code: name for word, name in cues.head_classes.items() if len(code := book.phrase(word)) == 1}
    book.people = {
        form: book.class_codes[concept.class_name]
        for concept in ontology.concepts.values()
        if concept.class_name == "Population"
        for name in (concept.label, *concept.synonyms, *concept.hidden)
        if name.isalpha() and name.islower()
        for form in (name, to_plural(name))
    }
    book.noun_names = {
        form: book.noun_codes[concept.class_name]
        for concept in _class_nouns(ontology)
        for name in (concept.label, *concept.synonyms)
        for form in (name.lower(), to_plural(name.lower()))
    }
    book.takes_up = {code: (name,) for name, code in book.noun_codes.items()}
    book.takes_up.update((code, (name,)) for code, name in book.head_classes.items())
    for word, names in cues.takes_up.items():
        book.takes_up.update((code, names) for code in book.spellings(word) if len(code) == 1)
    lexicon = Lexicon.of([*ontology.concepts.values(), *_class_nouns(ontology)])
    for word in sorted(find_words(folder / "rules", cues)):
        meanings = lexicon.names.get(word, ())
        if meanings and word not in book.noun_names and word not in book.heads and word not in book.people:
            book.name_word(word, meanings[0].class_name)
    rules = load_rules(folder / "rules", ontology, book, cues)
    ancestors = {name: ontology.ancestors(name) for name in ontology.classes}

    kinds = Kinds.of(ontology, ancestors, cues.kinds)
    is_a, fits, same_kind = kinds.is_a, kinds.fits, kinds.same_kind
    alterations = [c for c in ontology.concepts.values() if is_a(c.class_name, "GeneticAlteration")]
    altered_gene = {c.iri: gene for c in alterations if (gene := _find_altered_gene(c, lexicon, is_a))}
    fused_genes = {c.iri: genes for c in alterations if (genes := _find_fused_genes(c, lexicon, is_a))}
    plain = [c for c in alterations if c.label.islower() and DIGIT.search(c.label) is None]
    book.general = frozenset(c.iri for c in plain if c.iri not in altered_gene)
    codes_of = {name: (*book.codes_of(name), book.noun_codes[name]) for name in ontology.classes}
    kin = Kin(
        {
            code: frozenset(other for name in ontology.classes if same_kind(one, name) for other in codes_of[name])
            for one in ontology.classes
            for code in codes_of[one]
        }
    )

    def rows(pairs: Iterable[tuple[RelationRule, Pattern]]) -> Iterator[tuple[RelationRule, Pattern, bool]]:
        return ((rule, pattern, rule.rule.predicate == "isA" and not rule.subject_name) for rule, pattern in pairs)

    def index(pairs: Iterable[tuple[RelationRule, Pattern]]) -> RuleIndex[RelationRule]:
        return RuleIndex.of(rows(pairs), kin)

    generic = _find_labelled(cues.generic, lexicon)
    too_general = _find_labelled(cues.too_general, lexicon) | {ONTOLOGY + name for name in cues.too_general_classes}
    gene_of = {
        concept.iri: iri
        for concept in ontology.concepts.values()
        for predicate, iri in concept.relations
        if predicate == "encodedBy"
    }
    protein_of = {gene: protein for protein, gene in sorted(gene_of.items(), reverse=True)}
    concepts = ontology.concepts.values()
    made_by = {f"{concept.label} protein": concept.iri for concept in concepts if concept.class_name == "Fusion"}
    protein_of |= {made_by[concept.label]: concept.iri for concept in concepts if concept.label in made_by}
    families = _find_labelled(cues.families_of_protein, lexicon)
    targets = {
        concept.iri: found
        for concept in ontology.concepts.values()
        if concept.class_name == "DrugClass" and (found := _find_targets(concept, lexicon, is_a, families))
    }
    coordination = Coordination.of(book, cues.families)
    return Reader(
        lexicon,
        book,
        Cues.of(book),
        References.of(book, cues.background_classes, cues.topic_classes),
        Products.of(book, protein_of, families, rules.rules["encodes-kind"]),
        FusedProteins.of(book.cues),
        coordination,
        Subtypes.of(book),
        Regimens.of(book),
        Criteria.of(book),
        Clauses.of(book, coordination.family),
        Listing.of(book),
        Identity.of(book),
        PlainWords.of(book),
        RuleIndex.of(((rule, pattern, False) for rule, pattern in rules.names), kin),
        index(rules.relations),
        index([*rules.identities, *rules.relations]),
        index(rules.identities),
        index(rules.parentheses),
        Gate.of(
            [
                *(
                    (pattern, of_one_kind, _find_said_of_topic(rule, pattern))
                    for rule, pattern, of_one_kind in rows(rules.all_relations())
                ),
                *((pattern, False, "") for _, pattern in rules.names),
            ],
            {
                "": lambda _: False,
                **{name: functools.partial(fits, role="subject", class_name=name) for name in ontology.classes},
            },
            kin,
        ),
        Qualifiers.of(
            RuleIndex.of(((rule, pattern, False) for rule, pattern in rules.qualifiers), kin),
            book,
            generic | too_general,
            is_a,
        ),
        Ellipsis.of(book, {rule.rule.id: rule.negated_as for rule, _ in rules.all_relations() if rule.negated_as}),
        rules.rules,
        is_a,
        fits,
        same_kind,
        generic,
        too_general,
        gene_of,
        targets,
        altered_gene,
        frozenset((*altered_gene, *fused_genes))
        | frozenset(iri for iri, concept in ontology.concepts.items() if _has_marker(concept)),
        frozenset(book.classes(["GeneticAlteration", "CancerSubtype"])),
        frozenset(book.classes(["Gene", "Protein"])),
        frozenset(NUMBER + book.set_of("fraction")),
        {ord(code): REFERRING for code in sorted({*NUMBER, *book.set_of("fraction"), *book.head_codes})},
        cues.endings,
        protein_of,
        families,
        _find_labelled(cues.kinds_of_alteration, lexicon),
        frozenset(name for name in ontology.classes if is_a(name, "Gene") or is_a(name, "Protein")),
        frozenset(noun for noun, code in book.noun_names.items() if code in book.set_of_nouns("Gene"))
        | frozenset(words[0] for words in book.cues["alteration"]),
        fused_genes,
        frozenset(book.set_of("auxiliary") + book.set_of("adverb")),
        disease_kinds=frozenset(words[0] for words in book.cues["kind-of-disease"]),
        claim_weights=load_claim_weights(folder),
    )


def _find_said_of_topic(rule: RelationRule, pattern: Pattern) -> str:
    """The predicate that a pattern says of what a text is about, and of nothing else; empty for any other pattern."""
    return rule.rule.predicate if rule.topic_only and "subject" not in pattern.slots else ""


def _has_marker(concept: Concept) -> bool:
    return any(predicate == "hasBiomarker" for predicate, _ in concept.relations)


def _find_altered_gene(concept: Concept, lexicon: Lexicon, is_a: Callable[[str, str], bool]) -> str:
    """Read off the name of an alteration whose it is: "MET amplification" is of MET, "FLT3-ITD" of FLT3."""
    first = concept.label.split()[0]
    partners = first.split("-")[::-1] if concept.label.endswith("fusion") else first.split("-")[:1]
    return next(
        (
            meaning.iri
            for name in (first, *partners)
            for meaning in lexicon.meanings(name)
            if is_a(meaning.class_name, "Gene") and meaning.notations
        ),
        "",
    )


def _find_fused_genes(concept: Concept, lexicon: Lexicon, is_a: Callable[[str, str], bool]) -> tuple[str, ...]:
    """Read off the name of a fusion which genes it joins: "EML4-ALK fusion"."""
    match = FUSION.match(concept.label)
    meanings = [lexicon.meanings(name) for name in match.groups()] if match is not None else []
    genes = [next((m.iri for m in found if is_a(m.class_name, "Gene") and m.notations), "") for found in meanings]
    return tuple(genes) if all(genes) else ()


def _find_targets(
    concept: Concept, lexicon: Lexicon, is_a: Callable[[str, str], bool], families: frozenset[str]
) -> tuple[str, ...]:
    """Read off the name of a drug class what its drugs act on: "CDK4/6 inhibitor", "anti-HER2 therapy".

    A family of proteins is no target: a "tyrosine kinase inhibitor" acts on some of them only.
    """
    for name in (concept.label, *concept.synonyms):
        match = TARGETED_CLASS.match(name)
        if match is None:
            continue
        first, *others = (match["target"] or match["anti"] or match["directed"]).split("/")
        names = [first, *(first.rstrip("0123456789") + other if other.isdigit() else other for other in others)]
        meanings = [lexicon.meanings(name) for name in names]
        if all(
            found
            and found[0].iri not in families
            and (is_a(found[0].class_name, "Gene") or is_a(found[0].class_name, "Protein"))
            for found in meanings
        ):
            return tuple(found[0].iri for found in meanings)
    return ()


def _find_labelled(labels: Iterable[str], lexicon: Lexicon) -> frozenset[str]:
    return frozenset(
        found.iri
        for label in labels
        for found in lexicon.meanings(label)
        if found.label == label and not is_class(found)
    )


def _class_nouns(ontology: Ontology) -> Iterator[Concept]:
    """The nouns for things of a class, as concepts that stand for the class."""
    for name, entry in ontology.classes.items():
        yield Concept(ONTOLOGY + name, entry.label, name, synonyms=entry.synonyms)
