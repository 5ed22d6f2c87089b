"""From a document to its claims: the stages of reading, in order."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from oncograph.model import Block, Claim, Concept, Document, Mention, Polarity, Reading, Rule, Sentence
from oncograph.reading.abbreviations import Abbreviation, find_abbreviations
from oncograph.reading.context import Context, Cues
from oncograph.reading.coordination import Coordination, complete_names, join_names
from oncograph.reading.lexicon import Found, Lexicon, to_plural
from oncograph.reading.names import NameRule, Names, Statement, restore_heads
from oncograph.reading.patterns import NUMBER, Codebook
from oncograph.reading.rule_index import RuleIndex
from oncograph.reading.quantities import COUNT, DATE, QUANTITY, mark_quantities, parse_date, parse_share
from oncograph.reading.reference import Discourse, References, resolve_references
from oncograph.reading.relations import Claimer, RelationRule, find_matches, merge_claims, share_subjects
from oncograph.reading.sentences import find_sentences
from oncograph.reading.shape import Phrase, Shape, is_class, to_codes, to_shape

TOPIC_CLASSES = (
    "Disease",
    "Drug",
    "DrugClass",
    "Protein",
    "Gene",
    "GeneticAlteration",
    "Biomarker",
    "DiagnosticTest",
    "Procedure",
)
LEAD_LIMIT = 60
SINGLE_PARENTHESIS = re.compile(r"\(.{1,2}\)")
WORTH_READING = re.compile(r"\d|symptom|sign|effect|following", re.IGNORECASE)
PARENTHESIS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Identity:
    """The expressions of what renames a thing or says of what kind it is."""

    renaming: re.Pattern[str]
    nominal: re.Pattern[str]
    predicate_but: re.Pattern[str]
    defective: re.Pattern[str]
    conjunction: str

    @classmethod
    def of(cls, book: Codebook) -> Identity:
        """Prepare the expressions for one codebook."""
        phrases = sorted(
            {book.phrase(" ".join(words)) for words in book.cues["also-called"]}, key=lambda code: (-len(code), code)
        )
        entities = "".join(book.class_codes.values())
        nouns = "".join(book.noun_codes.values())
        acts = "|".join(sorted({book.phrase(" ".join(words)) for words in book.cues["acts-as"]}))
        article, be = book.set_of("article"), book.set_of("be")
        return cls(
            re.compile(
                f",(?:{'|'.join(map(re.escape, phrases))})[^,;]{{1,14}},"
                f"|[{book.set_of('determiner')}]?w?[{nouns}][{book.set_of('naming')}][{book.set_of('determiner')}]?(?=[{entities}])"
            ),
            re.compile(
                f"[{entities}](?:,|—|[{be}])[{article}][^,;.—{book.set_of('gap-end')}]{{0,5}}[{entities}](?![{entities}])"
            ),
            re.compile(f"{book.code('but')}(?=[{book.set_of('auxiliary')}{book.set_of('adverb')}])"),
            re.compile(f"[{book.set_of('defective')}][^,;.{entities}]{{0,4}}$".replace("$", r"\Z")),
            book.code("and"),
        )


@dataclass(frozen=True, slots=True)
class Reader:
    """All that reading needs to know: names, cues and rules, ready for use; the same for every document.

    Attributes:
        rules: Every rule by identifier, those that build names and those of the reader itself included.
        generic: IRIs of general concepts ("tumor") that the topic may make specific.
        gene_of: IRI of the gene that encodes a protein, by the protein's.
        altered_gene: IRI of the gene that an alteration is of, by the alteration's.
        all_rules: The identity and the relation rules together, for sentences in which they see the same.
        gene_codes: Codes of genes and proteins.
        telling_codes: Codes of the classes whose names state a fact by themselves.
        targets: IRIs of what the drugs of a class act on, by the class's.
    """

    lexicon: Lexicon
    book: Codebook
    cues: Cues
    references: References
    coordination: Coordination
    identity: Identity
    name_rules: RuleIndex[NameRule]
    relation_rules: RuleIndex[RelationRule]
    all_rules: RuleIndex[RelationRule]
    identity_rules: RuleIndex[RelationRule]
    parenthesis_rules: RuleIndex[RelationRule]
    rules: Mapping[str, Rule]
    is_a: Callable[[str, str], bool]
    fits: Callable[[str, str, str], bool]
    same_kind: Callable[[str, str], bool]
    generic: frozenset[str]
    too_general: frozenset[str]
    gene_of: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    altered_gene: Mapping[str, str] = field(default_factory=dict)
    telling_codes: frozenset[str] = frozenset()
    gene_codes: frozenset[str] = frozenset()


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
        self.found = self._find_names()
        self.starts = [name.start for name in self.found]
        self.names = Names(
            reader.lexicon, reader.book, reader.name_rules, reader.generic, self.made, self._find_cancer()
        )
        self.claimer = Claimer(
            reader.lexicon,
            reader.book,
            reader.fits,
            reader.same_kind,
            reader.generic,
            reader.too_general,
            reader.identity.defective,
            reader.book.code("respectively"),
            reader.book.set_of("article"),
            reader.coordination.family,
            reader.coordination.explained,
            self.made,
        )
        self.discourse = Discourse(reader.is_a, self._find_topic())
        self.title_topic = self.discourse.topic
        self.topic_gene = self._gene_of(self.title_topic) if self.title_topic is not None else None
        self.lead: Shape | None = None
        self.claims: list[Claim] = []
        self.subtypes: set[str] = set()

    def read(self) -> Reading:
        block: Block | None = None
        for block_now, sentence in self.sentences:
            first = block_now is not block
            block = block_now
            if block.kind in {"heading", "title"}:
                self._enter_section(sentence)
            else:
                self._read_sentence(block, sentence, first=first)
        self._claim_synonyms()
        self._claim_targets_of_members()
        used = {iri for claim in self.claims for iri in (claim.subject, claim.object)}
        concepts = tuple(self.made[iri] for iri in sorted(self._with_parts(used)) if iri in self.made)
        return Reading(self.doc, tuple(merge_claims(self.claims)), concepts)

    def _with_parts(self, used: set[str]) -> set[str]:
        """Add what the used concepts are built from."""
        reached, queue = set(used), list(used)
        while queue:
            concept = self.made.get(queue.pop())
            if concept is None:
                continue
            for iri in (*concept.broader, *(iri for _, iri in concept.relations)):
                if iri not in reached:
                    reached.add(iri)
                    queue.append(iri)
        return reached

    def _find_names(self) -> list[Found]:
        """Find the names of the lexicon, and the abbreviations that this document gives to names of the lexicon."""
        text = self.doc.text
        found = [name for name in self.reader.lexicon.find_names(text) if not _is_prefixed(text, name.start)]
        local: dict[str, tuple[Concept, ...]] = {}
        spans = {(name.start, name.end): name for name in found}
        ends = {name.end: name for name in found}
        for abbreviation in self.abbreviations:
            meaning = spans.get((abbreviation.long_start, abbreviation.long_end)) or ends.get(abbreviation.long_end)
            if meaning is not None and abbreviation.short not in local:
                local[abbreviation.short] = meaning.concepts
        if not local:
            return found
        short_forms = "|".join(re.escape(short) for short in sorted(local, key=len, reverse=True))
        defined = [
            Found(match.start(), match.end(), local[match[1]])
            for match in re.finditer(rf"(?<![\w])({short_forms})(?:s\b)?(?![\w])", text)
        ]
        return _merge_found(found, defined)

    def _find_cancer(self) -> Concept | None:
        """The cancer that a general word ("tumors") most likely means here: the one named most often."""
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
        return self.reader.lexicon.concepts[iri]

    def _find_topic(self) -> Phrase | None:
        """What the document is about: what its title names, else what its first sentence names first."""
        limit = next((block.end for block in self.doc.blocks), 0)
        named = [name for name in self.found if name.end <= limit and not is_class(name.concepts[0])]
        for class_name in TOPIC_CLASSES:
            for name in named:
                if self.reader.is_a(name.concepts[0].class_name, class_name):
                    return self._phrase(name)
        return None

    def _phrase(self, name: Found) -> Phrase:
        mention = Mention(name.start, name.end, self.doc.text[name.start : name.end], name.concepts[0].iri)
        return Phrase(name.start, name.end, (mention,), name.concepts)

    def _names_in(self, start: int, end: int) -> list[Found]:
        first = bisect_left(self.starts, start)
        last = bisect_left(self.starts, end, first)
        return [name for name in self.found[first:last] if name.end <= end]

    def _enter_section(self, sentence: Sentence) -> None:
        """A heading that names something makes it the topic of its section."""
        self.lead = None
        named = [name for name in self._names_in(sentence.start, sentence.end) if not is_class(name.concepts[0])]
        topical = [n for n in named if any(self.reader.is_a(n.concepts[0].class_name, c) for c in TOPIC_CLASSES)]
        self.discourse.topic = self._phrase(topical[-1]) if topical else self.title_topic
        self.discourse.subject = None

    def _read_sentence(self, block: Block, sentence: Sentence, *, first: bool) -> None:
        if block.kind != "item" and first:
            self.lead = None
        named = self._names_in(sentence.start, sentence.end)
        is_lead = block.kind != "item" and sentence.text.endswith(":")
        if not named and self.lead is None and not WORTH_READING.search(sentence.text):
            return
        if sentence.text.endswith("?"):
            return
        codes = to_codes(self.doc.text, sentence.start, sentence.end, named, self.reader.book)
        if not is_lead and self.lead is None and not self._is_promising(codes):
            self._note_names(named)
            return
        shape = to_shape(self.doc.text, sentence.start, sentence.end, named, codes)
        statements = self._prepare(shape)
        evidence = (sentence.start, sentence.end)
        known = len(self.claims)
        if block.kind == "item" and first and self.lead is not None:
            self._read_item(sentence, named)
        if len(self.claims) == known:
            self._read_shape(shape, evidence, statements)
        self.discourse.note(shape.phrases)
        if is_lead and len(shape.codes) <= LEAD_LIMIT:
            _strip_stop(shape)
            self.lead = shape

    def _is_promising(self, codes: str) -> bool:
        """Tell whether some rule could fire at all: its trigger stands there."""
        reader = self.reader
        if NUMBER in codes:
            codes += QUANTITY + COUNT + DATE
        if reader.references.any.search(codes) is not None:
            codes += self._referents(codes)
        return (
            reader.all_rules.may_match(codes)
            or ("(" in codes and reader.parenthesis_rules.may_match(codes))
            or reader.name_rules.may_match(codes)
            or not reader.telling_codes.isdisjoint(codes)
        )

    def _referents(self, codes: str) -> str:
        """Codes of what a pronoun or a noun of the sentence may take up."""
        book = self.reader.book
        phrases = (self.discourse.topic, self.discourse.subject)
        classes = {phrase.concept.class_name for phrase in phrases if phrase is not None}
        classes.update(name for name in (book.class_of_noun.get(code) for code in codes) if name is not None)
        return "".join(sorted(book.class_codes[name] for name in classes))

    def _note_names(self, named: list[Found]) -> None:
        phrases = [self._phrase(name) for name in named if not is_class(name.concepts[0])]
        self.discourse.note(phrases)

    def _read_item(self, sentence: Sentence, named: list[Found]) -> None:
        """Read a list item as the end of the sentence that leads the list in; what follows a colon explains it."""
        assert self.lead is not None
        colon = sentence.text.find(": ")
        end = sentence.start + colon if colon > 0 else sentence.end
        named = [name for name in named if name.end <= end]
        codes = to_codes(self.doc.text, sentence.start, end, named, self.reader.book)
        item = to_shape(self.doc.text, sentence.start, end, named, codes)
        self._prepare(item)
        _strip_stop(item)
        joined = self.lead.followed_by(item)
        self._read_shape(joined, (sentence.start, sentence.end), [], after=sentence.start)

    def _prepare(self, shape: Shape) -> list[Statement]:
        """The stages that turn words into phrases: numbers, alike names, built names, references, coordination."""
        reader = self.reader
        if not shape.codes:
            return []
        mark_quantities(shape)
        shape.codes = reader.identity.predicate_but.sub(reader.identity.conjunction, shape.codes)
        _settle_gene_or_protein(shape, reader)
        self._absorb_parentheses(shape)
        complete_names(shape, reader.lexicon, reader.coordination, reader.book)
        join_names(shape, reader.coordination)
        _merge_noun_runs(shape, reader)
        resolve_references(shape, self.discourse, reader.references, reader.book)
        if not reader.gene_codes.isdisjoint(shape.codes):
            self._remember_gene(shape)
        elif self.topic_gene is not None:
            self.names.gene = self.topic_gene
        statements = self.names.build(shape)
        restore_heads(shape, reader.book)
        _drop_general(shape, reader)
        resolve_references(shape, self.discourse, reader.references, reader.book)
        join_names(shape, reader.coordination)
        return statements

    def _absorb_parentheses(self, shape: Shape) -> None:
        """Take in a parenthesis that only gives another name: "trastuzumab (Herceptin)"; that name is a synonym."""
        for match in reversed(list(SINGLE_PARENTHESIS.finditer(shape.codes))):
            before, inner = match.start() - 1, match.end() - 2
            if before < 0:
                continue
            one, other = shape.phrases[before], shape.phrases[inner]
            if one is None or other is None or one.mentions[-1].concept != other.mentions[0].concept:
                continue
            self._note_synonym(one.mentions[-1], other.mentions[0])
            phrase = replace(one, end=shape.ends[inner + 1])
            shape.replace(before, match.end(), shape.codes[before], phrase)

    def _note_synonym(self, one: Mention, other: Mention) -> None:
        concept = self.names.concept(one.concept)
        label = concept.label.removesuffix(" protein").lower()
        names = [" ".join(mention.text.split()) for mention in (one, other)]
        synonym = next((name for name in names if name.lower() not in {label, to_plural(label)}), None)
        if synonym is None or names[0].lower() == names[1].lower() or is_class(concept):
            return
        rule = self.reader.rules["synonym-in-parentheses"]
        sentence = self._sentence_around(one.start)
        if sentence is not None:
            self.claims.append(
                Claim(
                    one.concept,
                    "hasSynonym",
                    synonym,
                    sentence.start,
                    sentence.end,
                    rule.id,
                    literal=True,
                    confidence=rule.confidence,
                    subject_mention=one,
                )
            )

    def _remember_gene(self, shape: Shape) -> None:
        """A bare alteration is of the gene that its sentence names, else of the document's, else of the last one."""
        here = [gene for phrase in shape.phrases if phrase is not None and (gene := self._gene_of(phrase)) is not None]
        if here:
            self.names.gene = here[0]

    def _gene_of(self, phrase: Phrase) -> Concept | None:
        """The gene that a phrase names, by itself or by its protein; families of genes have no identifier and do not count."""
        concept = phrase.concept
        iri = self.reader.gene_of.get(concept.iri, concept.iri)
        gene = self.reader.lexicon.concepts.get(iri)
        return gene if gene is not None and self.reader.is_a(gene.class_name, "Gene") and gene.notations else None

    def _read_shape(
        self, shape: Shape, evidence: tuple[int, int], statements: list[Statement], *, after: int = 0
    ) -> None:
        if self.reader.cues.advice.match(shape.codes):
            return
        if "(" in shape.codes:
            self._try_rules(shape, self.reader.parenthesis_rules, evidence, after)
            shape = _without_parentheses(shape)
        plain = self._simplify(shape)
        if plain is shape:
            self._try_rules(shape, self.reader.all_rules, evidence, after)
        else:
            self._try_rules(shape, self.reader.identity_rules, evidence, after)
            self._try_rules(plain, self.reader.relation_rules, evidence, after)
        for statement in statements:
            self._state(statement, evidence)
        for phrase in shape.phrases:
            if phrase is not None and not phrase.refers and not after:
                self._state_subtype(phrase, evidence)

    def _try_rules(
        self,
        shape: Shape,
        rules: RuleIndex[RelationRule],
        evidence: tuple[int, int],
        after: int,
    ) -> None:
        context: Context | None = None
        matches = find_matches(shape, rules)
        for match in share_subjects(matches, shape.codes, self.reader.coordination.conjunctions):
            context = context or Context.of(shape.codes, self.reader.cues)
            for claim in self.claimer.claim(match, shape, context, evidence, self.discourse.topic):
                if not after or _is_said_after(claim, after):
                    self.claims.append(_with_value(claim))

    def _simplify(self, shape: Shape) -> Shape:
        """Give the shape with other names taken out and what is said to be a kind of something named by itself.

        "X, also called Y, is a Z that causes W" says that X causes W.
        """
        identity = self.reader.identity
        if not (identity.renaming.search(shape.codes) or identity.nominal.search(shape.codes)):
            return shape
        plain = shape.copy()
        for match in reversed(list(identity.renaming.finditer(plain.codes))):
            plain.drop(*match.span())
        for match in identity.nominal.finditer(plain.codes):
            subject, kind = plain.phrases[match.start()], plain.phrases[match.end() - 1]
            if subject is not None and kind is not None and not is_class(kind.concept):
                if self.reader.same_kind(subject.concept.class_name, kind.concept.class_name):
                    at = match.end() - 1
                    plain.phrases[at] = replace(subject, refers=True)
                    plain.codes = plain.codes[:at] + plain.codes[match.start()] + plain.codes[at + 1 :]
        return plain

    def _state(self, statement: Statement, evidence: tuple[int, int]) -> None:
        if statement.predicate == "targets":
            return
        subject = statement.subject.concept
        if statement.predicate == "hasAlteration":
            subject = self.reader.gene_of.get(subject, subject)
        self.claims.append(
            Claim(
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
        )

    def _claim_synonyms(self) -> None:
        """An abbreviation defined for a known name is its synonym."""
        for abbreviation in self.abbreviations:
            claim = self._claim_synonym(abbreviation)
            if claim is not None:
                self.claims.append(claim)
        self.claims.sort(key=lambda claim: (claim.start, claim.end))

    def _claim_synonym(self, abbreviation: Abbreviation) -> Claim | None:
        named = [
            n for n in self._names_in(abbreviation.long_start, abbreviation.long_end) if n.end == abbreviation.long_end
        ]
        if not named or is_class(named[0].concepts[0]):
            return None
        concept = named[0].concepts[0]
        is_canonical = concept.label.removesuffix(" protein") == abbreviation.short
        text = " ".join((abbreviation.long if is_canonical else abbreviation.short).split())
        sentence = self._sentence_around(abbreviation.long_start)
        mention = Mention(named[0].start, named[0].end, self.doc.text[named[0].start : named[0].end], concept.iri)
        if sentence is None or text == concept.label:
            return None
        rule = self.reader.rules["abbreviation"]
        return Claim(
            concept.iri, "hasSynonym", text, sentence.start, sentence.end, rule.id,
            literal=True, confidence=rule.confidence, subject_mention=mention,
        )  # fmt: skip

    def _claim_targets_of_members(self) -> None:
        """A drug that the text calls an EGFR inhibitor acts on EGFR."""
        rule = self.reader.rules["member-of-class"]
        for claim in [claim for claim in self.claims if claim.predicate == "isA"]:
            made = self.made.get(claim.object)
            targets = self.reader.targets.get(claim.object) or tuple(
                iri for predicate, iri in (made.relations if made else ()) if predicate == "targets"
            )
            drug = self.reader.lexicon.concepts.get(claim.subject)
            if drug is None or not self.reader.is_a(drug.class_name, "Drug"):
                continue
            for target in targets:
                self.claims.append(
                    replace(
                        claim,
                        subject=target,
                        predicate="targetedBy",
                        object=claim.subject,
                        rule=rule.id,
                        confidence=min(claim.confidence, rule.confidence),
                        subject_mention=claim.object_mention,
                        object_mention=claim.subject_mention,
                    )
                )

    def _state_subtype(self, phrase: Phrase, evidence: tuple[int, int]) -> None:
        """A curated subtype that the text names by its marker and its disease is that disease, with that marker."""
        concept = phrase.concept
        if concept.iri in self.subtypes:
            return
        if self.reader.is_a(concept.class_name, "GeneticAlteration"):
            self._state_alteration(phrase, evidence)
        if all(predicate != "hasBiomarker" for predicate, _ in concept.relations):
            return
        mention = next(m for m in phrase.mentions if m.concept == concept.iri)
        folded = mention.text.lower().replace("-", " ")
        rule = self.reader.rules["names-subtype"]
        stated = [("isA", iri) for iri in concept.broader] + [
            pair for pair in concept.relations if pair[0] == "hasBiomarker"
        ]
        for predicate, iri in stated:
            other = self.reader.lexicon.concepts.get(iri)
            if other is None or not any(
                name.lower().replace("-", " ").removesuffix(" status") in folded
                for name in (other.label, *other.synonyms)
            ):
                continue
            self.subtypes.add(concept.iri)
            self._state(
                Statement(rule.id, mention, predicate, replace(mention, concept=iri), False, rule.confidence), evidence
            )

    def _state_alteration(self, phrase: Phrase, evidence: tuple[int, int]) -> None:
        """A curated alteration that the text names occurs in its gene."""
        rule = self.reader.rules["names-alteration"]
        for mention in phrase.mentions:
            gene = self.reader.altered_gene.get(mention.concept)
            if gene is None or mention.concept in self.subtypes:
                continue
            self.subtypes.add(mention.concept)
            named = replace(mention, concept=gene)
            self._state(Statement(rule.id, named, "hasAlteration", mention, False, rule.confidence), evidence)

    def _sentence_around(self, at: int) -> Sentence | None:
        """Find the sentence that holds an offset, unless it is a heading."""
        index = bisect_right(self.sentence_starts, at) - 1
        if index < 0:
            return None
        block, sentence = self.sentences[index]
        return sentence if at < sentence.end and block.kind not in {"heading", "title"} else None


def _is_prefixed(text: str, start: int) -> bool:
    """Tell whether a name is only the second half of "non-…"."""
    return text[max(0, start - 4) : start].lower() in {"non-", "non–", " non"[:4]}


def _merge_found(found: list[Found], defined: list[Found]) -> list[Found]:
    """Merge two lists of names in text order; what the document defines wins over what the lexicon has."""
    taken = sorted(defined, key=lambda name: name.start)
    starts = [name.start for name in taken]
    kept = []
    for name in found:
        at = bisect_left(starts, name.end)
        other = taken[at - 1] if at else None
        if other is None or other.end <= name.start or (name.end - name.start) > (other.end - other.start):
            kept.append(name)
    spans = sorted([*kept, *taken], key=lambda name: (name.start, -name.end))
    merged: list[Found] = []
    for name in spans:
        if not merged or name.start >= merged[-1].end:
            merged.append(name)
    return merged


def _settle_gene_or_protein(shape: Shape, reader: Reader) -> None:
    """Let the word beside a name that a gene and a protein share tell which is meant, and take the word in."""
    book = reader.book
    gene_nouns, protein_nouns = book.set_of_nouns("Gene"), book.set_of_nouns("Protein")
    if gene_nouns.isdisjoint(shape.codes) and protein_nouns.isdisjoint(shape.codes):
        return
    for at in range(len(shape.codes) - 2, -1, -1):
        phrase = shape.phrases[at]
        if phrase is None or is_class(phrase.concept):
            continue
        if not (reader.is_a(phrase.concept.class_name, "Gene") or reader.is_a(phrase.concept.class_name, "Protein")):
            continue
        following = shape.codes[at + 1 : at + 2]
        wanted = (
            "Gene"
            if following in gene_nouns and following
            else "Protein"
            if following in protein_nouns and following
            else ""
        )
        if not wanted:
            continue
        chosen = next((c for c in phrase.meanings if reader.is_a(c.class_name, wanted)), None)
        if chosen is None and wanted == "Gene" and phrase.concept.iri in reader.gene_of:
            chosen = reader.lexicon.concepts[reader.gene_of[phrase.concept.iri]]
        if chosen is None:
            continue
        end = shape.ends[at + 1]
        mention = Mention(phrase.start, end, shape.text[phrase.start : end], chosen.iri)
        shape.replace(at, at + 2, book.class_codes[chosen.class_name], Phrase(phrase.start, end, (mention,), (chosen,)))


def _merge_noun_runs(shape: Shape, reader: Reader) -> None:
    """Of class nouns in a row the last is the head: a "protein receptor" is a receptor."""
    nouns = "".join(reader.book.noun_codes.values())
    for match in reversed(list(re.finditer(f"[{nouns}]{{2,}}", shape.codes))):
        last = match.end() - 1
        phrase = shape.phrases[last]
        if phrase is not None:
            shape.replace(match.start(), match.end(), shape.codes[last], phrase)


def _drop_general(shape: Shape, reader: Reader) -> None:
    """Of a disease and a general word for it ("Lynch syndrome cancer") the first says which."""
    for at in range(len(shape.codes) - 2, -1, -1):
        first, second = shape.phrases[at], shape.phrases[at + 1]
        if first is None or second is None or is_class(first.concept) or second.concept.iri not in reader.generic:
            continue
        if reader.same_kind(first.concept.class_name, second.concept.class_name):
            shape.replace(at, at + 2, shape.codes[at], replace(first, end=second.end))


def _strip_stop(shape: Shape) -> None:
    while shape.codes and shape.codes[-1] in ".:;":
        shape.drop(len(shape.codes) - 1, len(shape.codes))


def _is_said_after(claim: Claim, start: int) -> bool:
    mentions = [m for m in (claim.subject_mention, claim.object_mention) if m is not None]
    return any(mention.start >= start for mention in mentions)


def _without_parentheses(shape: Shape) -> Shape:
    """Give the shape without what stands in parentheses, for rules that do not speak of it."""
    bare = shape.copy()
    for match in reversed(list(PARENTHESIS.finditer(shape.codes))):
        bare.drop(*match.span())
    return bare


def _with_value(claim: Claim) -> Claim:
    if not claim.literal:
        return claim
    if claim.predicate == "hasPrevalence":
        return replace(claim, value=parse_share(claim.object))
    if claim.predicate == "approvedIn":
        return replace(claim, value=parse_date(claim.object))
    return claim


def iterate_sentences(doc: Document) -> Iterator[Sentence]:
    """Give the sentences of a document, in order."""
    return (sentence for _, sentence in find_sentences(doc))
