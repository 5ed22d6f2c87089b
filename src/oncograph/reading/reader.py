"""From a document to its claims: the stages of reading, in order."""

from __future__ import annotations

import functools
import operator
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from oncograph.model import Block, Claim, Concept, Document, Mention, Reading, Rule, Sentence
from oncograph.reading.abbreviations import Abbreviation, find_abbreviations
from oncograph.reading.clauses import Clauses, hide_controls, split_relative, take_in_examples
from oncograph.reading.confidence import ClaimWeights
from oncograph.reading.context import Context, Cues
from oncograph.reading.coordination import Coordination, close_conjunctions, complete_names, join_names
from oncograph.reading.criteria import CRITERION, Criteria, mark_criteria, parse_criterion
from oncograph.reading.discourse import Discourse
from oncograph.reading.ellipsis import Ellipsis
from oncograph.reading.fused import FusedProteins
from oncograph.reading.identity import (
    Identity,
    PlainWords,
    drop_adjective_commas,
    drop_glosses,
    end_with_colon,
    find_asides,
    merge_noun_runs,
    simplify,
    strip_stop,
    without_asides,
    without_parentheses,
)
from oncograph.reading.imported import Imported
from oncograph.reading.lexicon import Found, Lexicon
from oncograph.reading.listing import Listing
from oncograph.reading.meaning import drop_general, find_document_names, names_whole, settle_gene_or_protein
from oncograph.reading.names import NameRule, Names, Statement, restore_heads
from oncograph.reading.patterns import REFERRING, Codebook, Overview
from oncograph.reading.products import Products, absorb_products
from oncograph.reading.qualifiers import Qualifiers, qualify
from oncograph.reading.quantities import COUNT, DATE, QUANTITY, TALLY, mark_quantities, parse_date, parse_share
from oncograph.reading.reference import References, is_subject, resolve_references
from oncograph.reading.regimens import Regimens, join_regimens
from oncograph.reading.relations import Claimer, Match, RelationRule, drop_contradicted, find_matches, share_subjects
from oncograph.reading.rule_index import Gate, RuleIndex
from oncograph.reading.sentences import find_sentences
from oncograph.reading.shape import Phrase, Shape, code_sentences, is_class, to_codes, to_shape
from oncograph.reading.subtypes import Subtypes, name_subtypes
from oncograph.reading.telling import Telling, leaves_out_head
from oncograph.reading.unsaid import with_broader

LEAD_LIMIT = 60
MAIN_GENE = 3
"""How often a page on a disease must name a gene for it to be the one that "the gene" means."""
LABEL_LIMIT = 60
LEADS_IN = re.compile(r"[^.:]*\bfollowing\b[^.:]*:\Z")
"""An item that only leads in items of its own: "Any of the following procedures:"."""
SAYS_ITSELF = re.compile(r"[^:]*\b(?:are|is|may|can|include|have|has|affect)\b[^:]*[:.]\Z")
"""An item that is a sentence: "The following are risk factors for X:"."""
NAMED_AGAIN = re.compile(r"(.)\(.?\1\)")
WORTH_READING = re.compile(r"\d|symptom|sign|effect|following", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reader:
    """All that reading needs to know: names, cues and rules, ready for use; the same for every document.

    Attributes:
        rules: Every rule by identifier, those that build names and those of the reader itself included.
        generic: IRIs of general concepts ("tumor") that the topic may make specific.
        gene_of: IRI of the gene that encodes a protein, by the protein's.
        protein_of: IRI of the protein that a gene encodes, by the gene's.
        altered_gene: IRI of the gene that an alteration is of, by the alteration's.
        gate: All patterns, to tell what sentence none of them can match.
        all_rules: The identity and the relation rules together, for sentences in which they see the same.
        gene_codes: Codes of genes and proteins.
        number_codes: Codes of numbers and of the words for fractions.
        may_become: What marks the codes of words that may come to name something: numbers, parts of built names.
        telling: IRIs of the curated concepts whose names state a fact by themselves.
        telling_codes: Codes of the classes whose names state a fact by themselves.
        endings: By the ending of a name's last word ("dystrophy"), the class of what it names.
        alteration_kinds: IRIs of alterations of no gene in particular: "driver mutation".
        gene_classes: Classes of genes and proteins.
        said_of_genes: Words that follow a gene's name only: "gene", "mutation".
        fused_genes: IRIs of the genes that a fusion joins, by the fusion's.
        protein_families: IRIs of what many genes and proteins belong to: "tyrosine kinase".
        targets: IRIs of what the drugs of a class act on, by the class's.
        verbal: Codes of helping verbs and adverbs.
        disease_kinds: Words before the name of a disease that make it the name of a kind of it: "viral".
        claim_weights: What tells how sure each claim is.
        imported: The names of added vocabularies; None where there are none.
    """

    lexicon: Lexicon
    book: Codebook
    cues: Cues
    references: References
    products: Products
    fused: FusedProteins
    coordination: Coordination
    subtypes: Subtypes
    regimens: Regimens
    criteria: Criteria
    clauses: Clauses
    listing: Listing
    identity: Identity
    plain_words: PlainWords
    name_rules: RuleIndex[NameRule]
    relation_rules: RuleIndex[RelationRule]
    all_rules: RuleIndex[RelationRule]
    identity_rules: RuleIndex[RelationRule]
    parenthesis_rules: RuleIndex[RelationRule]
    gate: Gate
    qualifiers: Qualifiers
    ellipsis: Ellipsis
    rules: Mapping[str, Rule]
    is_a: Callable[[str, str], bool]
    fits: Callable[[str, str, str], bool]
    same_kind: Callable[[str, str], bool]
    generic: frozenset[str]
    too_general: frozenset[str]
    gene_of: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    altered_gene: Mapping[str, str] = field(default_factory=dict)
    telling: frozenset[str] = frozenset()
    telling_codes: frozenset[str] = frozenset()
    gene_codes: frozenset[str] = frozenset()
    number_codes: frozenset[str] = frozenset()
    may_become: Mapping[int, str] = field(default_factory=dict)
    endings: Mapping[str, str] = field(default_factory=dict)
    protein_of: Mapping[str, str] = field(default_factory=dict)
    protein_families: frozenset[str] = frozenset()
    alteration_kinds: frozenset[str] = frozenset()
    gene_classes: frozenset[str] = frozenset()
    said_of_genes: frozenset[str] = frozenset()
    fused_genes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    verbal: frozenset[str] = frozenset()

    disease_kinds: frozenset[str] = frozenset()

    def is_gene(self, concept: Concept) -> bool:
        """Tell whether a concept is a gene or a protein, for which its name may stand."""
        return self.is_a(concept.class_name, "Gene") or self.is_a(concept.class_name, "Protein")

    claim_weights: ClaimWeights = field(default_factory=lambda: ClaimWeights({}))
    imported: Imported | None = None


def read_document(doc: Document, reader: Reader) -> Reading:
    """Read the claims of a document, in text order.

    The result depends on the document and the reader alone: no file, clock or network is touched.
    """
    return _DocumentReading(doc, reader).read()


class _DocumentReading:
    """The state of reading one document: what was named, what it is about, what has been spoken of."""

    def __init__(self, doc: Document, reader: Reader) -> None:
        self.doc = doc
        self.reader = reader
        self.sentences = list(find_sentences(doc))
        self.sentence_starts = [sentence.start for _, sentence in self.sentences]
        self.abbreviations = find_abbreviations(doc.text)
        self.made: dict[str, Concept] = {}
        self.found, self.undecided = find_document_names(doc, self.abbreviations, reader, self.made)
        self.starts = [name.start for name in self.found]
        self.names = Names(
            reader.lexicon,
            reader.book,
            reader.name_rules,
            reader.generic,
            reader.altered_gene,
            self.made,
        )
        self.names.topic = self.main_cancer = self._find_cancer()
        self.claimer = Claimer(
            reader.lexicon,
            reader.book,
            reader.fits,
            reader.same_kind,
            reader.generic,
            reader.too_general,
            reader.alteration_kinds,
            reader.identity.defective,
            reader.book.code("respectively"),
            reader.book.set_of("relative"),
            reader.book.set_of("article"),
            reader.book.set_of("against"),
            reader.coordination.family,
            reader.coordination.explained,
            reader.coordination.repeated,
            reader.cues.clause_end,
            reader.coordination.setting,
            reader.identity.new_subject,
            reader.identity.new_clause,
            reader.identity.relative,
            frozenset(reader.book.set_of("not-frequency")),
            reader.listing,
            reader.identity.said_to_be,
            self.made,
        )
        self.discourse = Discourse(reader.is_a, self._concept, self._find_partner, reader.generic, self._find_topics())
        self.topic_gene = self.names.main_gene = self._find_main_gene()
        self.mutations = reader.book.code("mutations")
        self.harmful: Claim | None = None
        self.lead: Shape | None = None
        self.is_led_by_item = False
        self.is_list_of_advice = False
        self.claims: list[Claim] = []
        self.telling = Telling(reader, self.made)

    def read(self) -> Reading:
        block: Block | None = None
        sentences = [sentence for _, sentence in self.sentences]
        coded = code_sentences(self.doc.text, sentences, self.found, self.reader.book)
        for (block_now, sentence), (named, codes) in zip(self.sentences, coded, strict=True):
            first = block_now is not block
            block = block_now
            if block.kind in {"heading", "title"}:
                self._enter_section(sentence, named, codes)
            else:
                self._read_sentence(block, sentence, named, codes, first=first)
        self.claims += self._claim_abbreviations()
        self.claims += list(self.telling.tell_targets(self.claims))
        self.claims += list(self.telling.tell_sites(self.claims, self.doc.text))
        self.claims.sort(key=lambda claim: (claim.start, claim.end))
        used = {
            iri for claim in self.claims for iri in (claim.subject, claim.object, *(q for _, q in claim.qualifiers))
        }
        used |= {claim.value.population for claim in self.claims if claim.value is not None}
        concepts = tuple(one for iri in sorted(self._with_parts(used)) if (one := self._described(iri)) is not None)
        claims = self.reader.claim_weights.weigh(self.claims, self.reader.lexicon.concepts, self.made)
        return Reading(self.doc, tuple(claims), concepts, self.undecided)

    def _with_parts(self, used: set[str]) -> set[str]:
        """Add what the used concepts are built from."""
        reached, queue = set(used), list(used)
        while queue:
            concept = self._described(queue.pop())
            if concept is None:
                continue
            for iri in (*concept.broader, *(iri for _, iri in concept.relations)):
                if iri not in reached:
                    reached.add(iri)
                    queue.append(iri)
        return reached

    def _described(self, iri: str) -> Concept | None:
        """Give a concept that is not curated: made for this document, or imported."""
        made = self.made.get(iri)
        if made is None and self.reader.imported is not None and iri not in self.reader.lexicon.concepts:
            return self.reader.imported.concepts.find(iri)
        return made

    def _find_cancer(self) -> Concept | None:
        """The cancer that a general word ("tumors") most likely means here: the one named most often.

        None where most of the cancers named are others, or the title names a marker that several cancers have.
        """
        counts = Counter(
            name.concepts[0].iri
            for name in self.found
            if name.concepts[0].class_name in {"Cancer", "CancerSubtype"}
            and name.concepts[0].iri not in self.reader.generic
        )
        if not counts:
            return None
        most = max(counts.values())
        iri = next(iri for iri, count in counts.items() if count == most)
        kin = sum(count for other, count in counts.items() if self._is_kin(iri, other))
        if kin * 2 < counts.total() or (kin < counts.total() and self._is_on_marker()):
            return None
        return self._concept(iri)

    def _is_on_marker(self) -> bool:
        """Tell whether the title names a marker first, and no disease."""
        limit = next((block.end for block in self.doc.blocks), 0)
        classes = [name.concepts[0].class_name for name in self.found if name.end <= limit]
        return classes[:1] == ["Biomarker"] and not any(self.reader.is_a(name, "Disease") for name in classes)

    def _is_kin(self, one: str, other: str) -> bool:
        """Tell whether one concept is the other, or broader, or narrower."""
        find = self.reader.lexicon.concepts.get
        return any(
            concept.iri == wanted for iri, wanted in ((one, other), (other, one)) for concept in with_broader(iri, find)
        )

    def _find_topics(self) -> tuple[Phrase, ...]:
        """What the document is about: what its title names, else what its first sentence names; and its main cancer."""
        limit = next((block.end for block in self.doc.blocks), 0)
        named = [name for name in self.found if name.end <= limit and not is_class(name.concepts[0])]
        topics = self._rank_topics(named)
        cancer = self.names.topic
        if cancer is not None and not any(self.reader.is_a(p.concept.class_name, "Disease") for p in topics):
            named = [name for name in self.found if name.concepts[0].iri == cancer.iri]
            topics += tuple(self._phrase(name) for name in named[:1])
        return topics

    def _rank_topics(self, named: Sequence[Found], *, last_first: bool = False) -> tuple[Phrase, ...]:
        """Order what may be a topic by class, and by place within a class; general names come after all others."""
        ranked = []
        for at, name in enumerate(reversed(named) if last_first else named):
            concept = name.concepts[0]
            fitting = (
                r for r, c in enumerate(self.reader.references.topical) if self.reader.is_a(concept.class_name, c)
            )
            rank = next(fitting, None)
            if rank is not None:
                ranked.append((concept.iri in self.reader.generic, 0 if last_first else rank, at, self._phrase(name)))
        phrases = {row[3].concept.iri: row[3] for row in sorted(ranked, key=operator.itemgetter(0, 1, 2))}
        return tuple(phrases.values())

    def _concept(self, iri: str) -> Concept:
        known = self.made.get(iri) or self.reader.lexicon.concepts.get(iri) or self._described(iri)
        assert known is not None, iri
        return known

    def _find_partner(self, iri: str, class_name: str) -> Concept | None:
        """The gene of a protein, or the protein of a gene, where that is of a class."""
        partner = self.reader.gene_of.get(iri) or self.reader.protein_of.get(iri)
        concept = self.reader.lexicon.concepts.get(partner) if partner else None
        return concept if concept is not None and self.reader.is_a(concept.class_name, class_name) else None

    def _find_main_gene(self) -> Concept | None:
        """The gene that a bare "the mutation" is of: the title's, the only one of a text opened by it, the main one."""
        if (topic := self.discourse.topic) is not None and (gene := self._gene_of(topic.concept)) is not None:
            return gene
        genes = [gene for name in self.found if (gene := self._gene_of(name.concepts[0])) is not None]
        if genes and len({gene.iri for gene in genes}) == 1 and self._gene_of(self.found[0].concepts[0]) is not None:
            return genes[0]
        counts = Counter(gene.iri for gene in genes).most_common(2)
        is_main = counts and counts[0][1] >= MAIN_GENE and (len(counts) == 1 or counts[0][1] >= 2 * counts[1][1])
        return self._concept(counts[0][0]) if is_main else None

    def _phrase(self, name: Found) -> Phrase:
        mention = Mention(name.start, name.end, self.doc.text[name.start : name.end], name.concepts[0].iri)
        return Phrase(name.start, name.end, (mention,), name.concepts)

    def _names_in(self, start: int, end: int) -> list[Found]:
        first = bisect_left(self.starts, start)
        last = bisect_left(self.starts, end, first)
        return [name for name in self.found[first:last] if name.end <= end]

    def _enter_section(self, sentence: Sentence, named: list[Found], codes: str) -> None:
        """A heading that names one thing makes it the topic of its section; "Symptoms" leads in a list below it."""
        self.lead = self.harmful = None
        if self.reader.cues.list_heading.search(codes) is not None:
            self.lead = to_shape(self.doc.text, sentence.start, sentence.end, named, codes)
            end_with_colon(self.lead)
        cancers = [name.concepts[0] for name in named if self.reader.is_a(name.concepts[0].class_name, "Cancer")]
        special = [cancer for cancer in cancers if not is_class(cancer) and cancer.iri not in self.reader.generic]
        self.names.topic = special[-1] if special else self.main_cancer
        built = self._build_topic(codes, sentence, named)
        named = [name for name in named if not is_class(name.concepts[0])]
        topics = self._rank_topics(named, last_first=True) if "," not in codes else ()
        self.discourse.enter_section((*built, *topics))

    def _build_topic(self, codes: str, sentence: Sentence, named: list[Found]) -> tuple[Phrase, ...]:
        """What a heading builds on a known name: "recurrent Hodgkin lymphoma"."""
        if not self.reader.name_rules.candidates(codes):
            phrases = [self._phrase(name) for name in named if name.concepts[0].iri in self.made]
        else:
            shape = to_shape(self.doc.text, sentence.start, sentence.end, named, codes)
            self.names.build(shape)
            phrases = [phrase for phrase in shape.phrases if phrase is not None and phrase.concept.iri in self.made]
        return tuple(p for p in phrases[-1:] if self.reader.is_a(p.concept.class_name, "Disease"))

    def _read_sentence(self, block: Block, sentence: Sentence, named: list[Found], codes: str, *, first: bool) -> None:
        is_saying = block.kind == "item" and first and SAYS_ITSELF.match(sentence.text) is not None
        if (block.kind != "item" and first) or (is_saying and self.is_led_by_item):
            self.lead, self.is_led_by_item = None, False
            self.is_list_of_advice = False
        if block.kind == "item" and self.is_list_of_advice:
            return
        if first:
            self.discourse.label = self._find_label(sentence, named, is_item=block.kind == "item")
        is_inner_lead = is_saying and self.lead is None and sentence.text.endswith(":")
        is_lead = (block.kind != "item" or is_inner_lead) and sentence.text.endswith(":")
        if not named and self.lead is None and not is_lead and not WORTH_READING.search(sentence.text):
            return
        if sentence.text.endswith("?"):
            return
        if is_lead and self.reader.cues.advice.match(codes):
            self.is_list_of_advice = True
            return
        if not is_lead and self.lead is None and not self._is_promising(codes, sentence, named):
            self._note_names(sentence, named)
            self.discourse.tells_of_people = self.reader.references.people_first.match(codes) is not None
            return
        shape = to_shape(self.doc.text, sentence.start, sentence.end, named, codes)
        evidence = (sentence.start, sentence.end)
        statements = self._prepare(shape, evidence)
        contrasts = self.reader.ellipsis.take_contrasts(shape)
        known = len(self.claims)
        if block.kind == "item" and first and self.lead is not None and not LEADS_IN.match(sentence.text):
            self._read_item(shape, sentence, named)
        if len(self.claims) == known and (self.lead is None or self._is_promising(codes, sentence, named)):
            self._read_shape(shape, evidence, statements)
            self._reconsider(shape, evidence, known)
            told = drop_contradicted(self.claims[known:])
            harmful = next((claim for claim in told if claim.predicate == "hasAdverseEffect"), self.harmful)
            self.claims[known:] = [_go_on_with_effects(claim, harmful) for claim in told]
            self.harmful = next((c for c in self.claims[known:] if c.predicate == "hasAdverseEffect"), None)
            said = self.claims[known:]
            self.claims += self.reader.ellipsis.complete(shape, said, self._concept, self.reader.fits)
            self.claims += self.reader.ellipsis.deny_contrasts(contrasts, said, self._concept, self.reader.fits)
        else:
            self._claim_statements(statements, evidence)
            self.harmful = None
        self.discourse.tells_of_people = self.reader.references.people_first.match(codes) is not None
        is_said = functools.partial(is_subject, shape.codes, references=self.reader.references)
        self.discourse.note(shape, is_said, self.reader.cues.signs)
        if is_lead and len(shape.codes) <= LEAD_LIMIT:
            strip_stop(shape)
            self.lead, self.is_led_by_item = shape, is_inner_lead

    def _reconsider(self, shape: Shape, evidence: tuple[int, int], known: int) -> None:
        """Let a pronoun of which nothing was read stand for what else it may, until something is.

        What is said decides what it is said of: what "is found on cells" is no drug.
        """
        for at, phrase in enumerate(shape.phrases):
            if phrase is None or not phrase.others or any(_speaks_of(c, phrase) for c in self.claims[known:]):
                continue
            for other in phrase.others:
                before = len(self.claims)
                self._try_anew(shape, at, other, evidence)
                if len(self.claims) > before:
                    shape.phrases[at] = other
                    break

    def _try_anew(self, shape: Shape, at: int, phrase: Phrase, evidence: tuple[int, int]) -> None:
        """Read a sentence with another phrase in one place, and keep only what is said of that."""
        changed = shape.copy()
        changed.replace(at, at + 1, self.reader.book.class_codes[phrase.concept.class_name], phrase)
        changed = without_parentheses(changed)
        before = len(self.claims)
        self._try_rules(
            simplify(changed, self.reader.identity, self.reader.same_kind), self.reader.relation_rules, evidence, 0
        )
        self.claims[before:] = [claim for claim in self.claims[before:] if _speaks_of(claim, phrase)]

    def _find_label(self, sentence: Sentence, named: list[Found], *, is_item: bool) -> tuple[Phrase, ...]:
        """Find what a sentence names before a colon: "Bladder cancer: mutations are frequent".

        So does a list item with a disease that it opens with: "Seminoma, the slower-growing kind. Patients may".
        """
        if not named or named[0].start != sentence.start or is_class(named[0].concepts[0]):
            return ()
        colon = sentence.text.find(": ", 0, LABEL_LIMIT)
        is_label = colon >= 0 and named[0].end == sentence.start + colon
        opens = is_item and sentence.text[named[0].end - sentence.start :].startswith((",", ".", " ("))
        is_disease = opens and self.reader.is_a(named[0].concepts[0].class_name, "Disease")
        return self._rank_topics(named[:1]) if is_label or is_disease else ()

    def _is_promising(self, codes: str, sentence: Sentence, named: list[Found]) -> bool:
        """Tell whether some rule could fire at all."""
        reader = self.reader
        has_number = not reader.number_codes.isdisjoint(codes)
        if (
            not reader.telling_codes.isdisjoint(codes)
            or (has_number and TALLY.search(sentence.text))
            or ("(" in codes and NAMED_AGAIN.search(codes))
            or reader.subtypes.may_stand_in(codes)
        ):
            return True
        referents = QUANTITY + COUNT + DATE + CRITERION if has_number else ""
        referring = codes
        if reader.references.takes_up.search(codes) is not None:
            referents += self._referents(codes)
            referring = reader.references.takes_up.sub(_mark_last, codes)
        if not reader.references.bearing.isdisjoint(codes):
            referents += "".join(match["what"] for match in reader.references.bearers.finditer(codes))
        if self.topic_gene is not None and self.mutations in codes:
            referents += reader.book.class_codes["GeneticAlteration"]
        for name in named:
            concept = name.concepts[0]
            if concept.iri in reader.book.general:
                referents += reader.book.class_codes["GeneticAlteration"]
            if concept.iri in reader.generic or concept.class_name == "DrugClass":
                referents += reader.book.class_codes[concept.class_name]
        about = topic.concept.class_name if (topic := self.discourse.topic) is not None else ""
        overview = Overview(codes, referring.translate(reader.may_become), referents)
        return reader.gate.may_match(overview, about)

    def _referents(self, codes: str) -> str:
        """Codes of what a pronoun or a noun of the sentence may take up."""
        book = self.reader.book
        classes = self.discourse.referable()
        for code in codes:
            classes.update(book.takes_up.get(code, ()))
        return "".join(sorted({book.class_codes[name] for name in classes}))

    def _note_names(self, sentence: Sentence, named: list[Found]) -> None:
        phrases = [self._phrase(name) for name in named if not is_class(name.concepts[0])]
        opening = bool(phrases) and phrases[0].start - sentence.start <= len("the ")
        self.discourse.note_names(phrases, opening=opening)

    def _read_item(self, shape: Shape, sentence: Sentence, named: list[Found]) -> None:
        """Read a list item as the end of the sentence that leads the list in; what follows a colon explains it."""
        assert self.lead is not None
        colon = sentence.text.find(": ")
        if colon > 0:
            middle = sentence.start + colon
            label = [name for name in named if name.end <= middle]
            start, end = sentence.start, middle
            if self._is_place_of_sign(label, named):
                start, end, label = middle + 2, sentence.end, named[len(label) :]
            codes = to_codes(self.doc.text, start, end, label, self.reader.book)
            item = to_shape(self.doc.text, start, end, label, codes)
            self._prepare(item, (sentence.start, sentence.end))
        else:
            item = shape.copy()
        strip_stop(item)
        evidence, known = (sentence.start, sentence.end), len(self.claims)
        self._read_shape(self.lead.followed_by(item), evidence, [], after=sentence.start)
        if not self.lead.codes.endswith(":") and not any(_is_led(c, sentence.start) for c in self.claims[known:]):
            announcing = self.lead.copy()
            end_with_colon(announcing)
            self._read_shape(announcing.followed_by(item), evidence, [], after=sentence.start)

    def _is_place_of_sign(self, label: list[Found], named: list[Found]) -> bool:
        """Tell whether an item's label only says where the signs after it are: "Neck: a lump, hoarseness"."""
        after = named[len(label) : len(label) + 1]
        classes = [name.concepts[0].class_name for name in (*label, *after)]
        is_sign = bool(after) and (
            classes[-1] == "Symptom" or (bool(label) and self.reader.is_a(classes[-1], "Disease"))
        )
        return is_sign and all(name == "Anatomy" for name in classes[:-1])

    def _prepare(self, shape: Shape, evidence: tuple[int, int]) -> list[Statement]:
        """The stages that turn words into phrases: numbers, alike names, built names, references, coordination."""
        reader = self.reader
        if not shape.codes:
            return []
        if not reader.number_codes.isdisjoint(shape.codes):
            mark_quantities(shape)
            if reader.criteria.may_stand_in(shape.codes):
                mark_criteria(shape)
        shape.codes = reader.identity.go_on_after_but(shape.codes)
        drop_adjective_commas(shape, reader.identity)
        settle_gene_or_protein(shape, reader)
        self.claims += self.telling.absorb_other_names(shape, evidence)
        self.claims += self.telling.absorb_families(shape, evidence)
        close_conjunctions(shape, reader.coordination)
        complete_names(shape, reader.lexicon, reader.coordination, reader.book)
        name_subtypes(
            shape,
            reader.subtypes,
            reader.lexicon,
            reader.book,
            self.made,
            topic=self.names.topic,
            is_a=reader.is_a,
        )
        join_names(shape, reader.coordination)
        merge_noun_runs(shape, reader.identity)
        if "(" in shape.codes:
            drop_glosses(shape, reader.identity.gloss)
        statements = self._absorb_products(shape)
        resolve_references(shape, self.discourse, reader.references, reader.book)
        self.discourse.hear(shape)
        resolved = shape.codes
        if not (reader.gene_codes.isdisjoint(shape.codes) and reader.telling_codes.isdisjoint(shape.codes)):
            self._remember_gene(shape)
        elif self.topic_gene is not None:
            self.names.gene = self.topic_gene
        statements += self._absorb_products(shape)
        statements += self.names.build(shape)
        if "," in shape.codes:
            statements += self._name_genes(shape)
        restore_heads(shape, reader.book)
        drop_general(shape, reader)
        if shape.codes != resolved:
            resolve_references(shape, self.discourse, reader.references, reader.book)
            join_names(shape, reader.coordination)
        together = list(
            join_regimens(
                shape, reader.regimens, reader.rules["given-together"], reader.rules["means-of-therapy"], reader.is_a
            )
        )
        if together:
            join_names(shape, reader.coordination)
        return statements + together

    def _absorb_products(self, shape: Shape) -> list[Statement]:
        reader = self.reader
        if reader.products.genes.isdisjoint(shape.codes):
            return []
        return list(absorb_products(shape, reader.products, reader.lexicon.concepts, self.made, reader.book))

    def _name_genes(self, shape: Shape) -> Iterator[Statement]:
        """Let "a gene" beside an alteration be the one altered: "mutations in CDKN2A, a tumor suppressor gene"."""
        rule = self.reader.rules["gene-beside-alteration"]
        for match in reversed(list(self.reader.identity.altered_gene.finditer(shape.codes))):
            at = match.end() - 1
            altered, noun = shape.phrases[match.start()], shape.phrases[at]
            gene = self.names.find_gene(altered.mentions[0].concept) if altered and len(altered.mentions) == 1 else ""
            if noun is None or altered is None or not gene or gene == altered.mentions[0].concept:
                continue
            named = altered.mentions[0]._replace(concept=gene)
            concept = self._concept(gene)
            yield Statement(rule.id, named, "isA", noun.mentions[0], False, rule.confidence)
            phrase = Phrase(noun.start, noun.end, (noun.mentions[0]._replace(concept=gene),), (concept,), refers=True)
            shape.replace(at, at + 1, self.reader.book.class_codes[concept.class_name], phrase)

    def _remember_gene(self, shape: Shape) -> None:
        """A bare alteration is of the gene that its sentence names, else of the document's, else of the last one."""
        concepts = [phrase.concept for phrase in shape.phrases if phrase is not None]
        here = [gene for concept in concepts if (gene := self._gene_of(concept)) is not None]
        altered = [iri for concept in concepts if (iri := self.reader.altered_gene.get(concept.iri))]
        if here:
            self.names.gene = here[0]
        elif altered:
            self.names.gene = self.reader.lexicon.concepts[altered[0]]
        elif self.topic_gene is not None:
            self.names.gene = self.topic_gene

    def _gene_of(self, concept: Concept) -> Concept | None:
        """The gene that a concept is, or that its protein is of; a family of genes, without identifier, is none."""
        iri = self.reader.gene_of.get(concept.iri, concept.iri)
        gene = self.reader.lexicon.concepts.get(iri)
        return gene if gene is not None and self.reader.is_a(gene.class_name, "Gene") and gene.notations else None

    def _read_shape(
        self, shape: Shape, evidence: tuple[int, int], statements: list[Statement], *, after: int = 0
    ) -> None:
        if self.reader.cues.advice.match(shape.codes):
            return
        known = len(self.claims)
        if "(" in shape.codes:
            self._try_rules(shape, self.reader.parenthesis_rules, evidence, after)
        plain = self._lay_apart(shape)
        if "(" in shape.codes:
            bare = without_parentheses(shape)
            join_names(bare, self.reader.coordination)
            shape, plain = bare, bare if plain is shape else without_parentheses(plain)
        clauses = list(
            split_relative(simplify(plain, self.reader.identity, self.reader.same_kind), self.reader.clauses)
        )
        if len(clauses) == 1 and clauses[0] is shape:
            self._try_rules(shape, self.reader.all_rules, evidence, after)
        else:
            self._try_rules(shape, self.reader.identity_rules, evidence, after)
            for clause in clauses:
                self._try_rules(clause, self.reader.relation_rules, evidence, after)
        brief = without_asides(shape, self.reader.identity)
        if brief is not None and len(self.claims) == known:
            self._try_rules(brief, self.reader.relation_rules, evidence, after)
        if brief is not None:
            before = len(self.claims)
            self._try_rules(brief, self.reader.identity_rules, evidence, after)
            asides = find_asides(shape, self.reader.identity)
            said = {(c.predicate, c.object_mention) for c in self.claims[before:]}
            self.claims[known:before] = [c for c in self.claims[known:before] if not _is_of_aside(c, asides, said)]
        self._claim_statements(statements, evidence)
        for phrase in shape.phrases:
            if phrase is not None and not phrase.refers and not after and phrase.concept.iri in self.reader.telling:
                self.claims += self.telling.tell(phrase, evidence)

    def _lay_apart(self, shape: Shape) -> Shape:
        """Take examples in and control arms out, where a sentence has any."""
        clauses = self.reader.clauses
        if clauses.triggers.isdisjoint(shape.codes) and "(" not in shape.codes:
            return shape
        return hide_controls(take_in_examples(shape, clauses), clauses)

    def _claim_statements(self, statements: list[Statement], evidence: tuple[int, int]) -> None:
        """Make the claims of what the names of a sentence state by themselves."""
        self.telling.note_targets(statements)
        self.claims += [self.telling.claim(stated, evidence) for stated in statements if stated.predicate != "targets"]

    def _try_rules(
        self,
        shape: Shape,
        rules: RuleIndex[RelationRule],
        evidence: tuple[int, int],
        after: int,
    ) -> None:
        """Try the rules on a shape; what one rule says of the same places in two ways is claimed once."""
        context: Context | None = None
        said: set[tuple[object, ...]] = set()
        matches = find_matches(shape, rules)
        joining = self.reader.coordination.conjunctions + self.reader.identity.resumed
        for readings in share_subjects(matches, shape.codes, joining, self.reader.verbal):
            context = context or Context.of(shape.codes, self.reader.cues)
            for match in readings:
                what = (match.rule.rule.id, match.spans.get("subject"), match.spans.get("object"))
                if what in said or (after and _reaches_back(match, shape, after)):
                    continue
                if self.reader.identity.ends_denial_of_others(
                    shape.codes, match.leading_end, match.spans["trigger"][0]
                ):
                    continue
                claims = list(self.claimer.claim(match, shape, context, evidence, self.discourse))
                claims = [_with_value(claim) for claim in claims if not after or _is_said_after(claim, after)]
                self.claims += qualify(claims, match, shape, context, self.reader.qualifiers, self._concept)
                if claims:
                    said.add(what)
                    break

    def _claim_abbreviations(self) -> list[Claim]:
        """Make the claims that the abbreviations which the text defines for known names are their synonyms."""
        claims = []
        for abbreviation in self.abbreviations:
            named, synonym = self._name_abbreviated(abbreviation)
            sentence = self._sentence_around(abbreviation.long_start)
            if named is None or sentence is None or is_class(named.concepts[0]):
                continue
            label = named.concepts[0].label
            text = " ".join(synonym.split())
            if text != label:
                mention = self._phrase(named).mentions[0]
                claims.append(self.telling.claim_synonym("abbreviation", mention, text, (sentence.start, sentence.end)))
        return claims

    def _name_abbreviated(self, abbreviation: Abbreviation) -> tuple[Found | None, str]:
        """Find the name that an abbreviation stands for, and the synonym: itself, or for a symbol its long form.

        "Computed tomography (CT) scan" is one name, which "CT scan" names too, and "CT" where the vocabulary has it.
        """
        names = self._names_in(abbreviation.long_start, abbreviation.long_end)
        whole = next((name for name in names if names_whole(name, abbreviation)), None)
        if whole is not None and leaves_out_head(abbreviation.long, whole.concepts[0].label):
            return None, ""
        if whole is not None:
            is_canonical = whole.concepts[0].label.removesuffix(" protein") == abbreviation.short
            return whole, abbreviation.long if is_canonical else abbreviation.short
        at = bisect_right(self.starts, abbreviation.long_start) - 1
        around = self.found[at] if at >= 0 else None
        if around is None or around.end <= abbreviation.short_end:
            return None, ""
        rest = self.doc.text[abbreviation.short_end + len(")") : around.end]
        for short in (abbreviation.short, abbreviation.short + rest):
            if any(meaning.iri == around.concepts[0].iri for meaning in self.reader.lexicon.meanings(short)):
                return around, short
        return None, ""

    def _sentence_around(self, at: int) -> Sentence | None:
        """Find the sentence that holds an offset, unless it is a heading."""
        index = bisect_right(self.sentence_starts, at) - 1
        if index < 0:
            return None
        block, sentence = self.sentences[index]
        return sentence if at < sentence.end and block.kind not in {"heading", "title"} else None


def _go_on_with_effects(claim: Claim, harmful: Claim | None) -> Claim:
    """Let a sign that nobody is said to have, after the side effects of a treatment, be one of these."""
    if harmful is None or claim.predicate != "hasSymptom" or claim.subject_mention is not None:
        return claim
    return claim._replace(predicate="hasAdverseEffect", subject=harmful.subject)


def _is_of_aside(claim: Claim, asides: Sequence[tuple[int, int]], said: Set[tuple[str, Mention | None]]) -> bool:
    """Tell whether a claim says of what an aside names that which was also said of what the aside is about."""
    subject = claim.subject_mention
    if subject is None or (claim.predicate, claim.object_mention) not in said:
        return False
    return any(start < subject.start and subject.end < end for start, end in asides)


def _mark_last(match: re.Match[str]) -> str:
    return match[0][:-1] + REFERRING


def _reaches_back(match: Match, shape: Shape, start: int) -> bool:
    """Tell whether what sets a rule off stands in a list item and one of its slots in the lead-in.

    It is the lead-in that says what its items are: under "Risk factors for X", "being treated with Y" treats no X.
    """
    if shape.starts[match.spans["trigger"][0]] < start:
        return False
    slots = (span for name, span in match.spans.items() if name in {"subject", "object"})
    return any(shape.starts[span[0]] < start for span in slots)


def _is_said_after(claim: Claim, start: int) -> bool:
    mentions = [m for m in (claim.subject_mention, claim.object_mention) if m is not None]
    return any(mention.start >= start for mention in mentions)


def _is_led(claim: Claim, item: int) -> bool:
    """Tell whether a claim read from an item and its lead-in is more than what the item says by itself."""
    mentions = (claim.subject_mention, claim.object_mention)
    return not claim.literal and any(mention is None or mention.start < item for mention in mentions)


def _speaks_of(claim: Claim, phrase: Phrase) -> bool:
    """Tell whether a phrase named the subject or the object of a claim."""
    return any(m is not None and m.start == phrase.start for m in (claim.subject_mention, claim.object_mention))


def _with_value(claim: Claim) -> Claim:
    if not claim.literal:
        return claim
    if claim.predicate == "hasPrevalence":
        share = parse_share(claim.object)
        whole = claim.value.population if claim.value is not None else ""
        return claim._replace(value=replace(share, population=whole) if share is not None else None)
    if claim.predicate == "approvedIn":
        return claim._replace(value=parse_date(claim.object))
    if claim.predicate == "hasThreshold":
        return claim._replace(value=parse_criterion(claim.object))
    return claim
