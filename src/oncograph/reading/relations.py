"""The rules tried on a shape: from what a sentence says to claims."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from oncograph.model import ONTOLOGY, Certainty, Claim, Concept, Grounding, Mention, Polarity, Rule, Value, entity_iri
from oncograph.reading.context import Context, Judgement
from oncograph.reading.discourse import Discourse
from oncograph.reading.lexicon import Lexicon
from oncograph.reading.listing import Listing, Wanted
from oncograph.reading.names import fill_template
from oncograph.reading.patterns import Codebook
from oncograph.reading.quantities import COUNT, QUANTITY, extend_quantity
from oncograph.reading.rule_index import RuleIndex, find_spans
from oncograph.reading.shape import Phrase, Shape, is_class
from oncograph.reading.unsaid import find_unsaid, name_by_class

PAIR = 2
SINGULAR_VERBS = frozenset({"is", "was", "has", "does"})
STATED = Judgement(Polarity.AFFIRMED, Certainty.STATED, ())
LABEL_WORDS = 7
DEFECT_REACH = 5
CONJUNCTION_REACH = 4
REPEAT_REACH = 6
SHARE_REACH = 4
LISTED_REACH = 6
AFFIRMED = Polarity.AFFIRMED
RAISING = frozenset({"hasAdverseEffect", "predisposesTo", "causes"})
RELATIVE_REACH = 4
SIGNS = frozenset({"Disease", "BenignCondition", "Symptom"})
"""What a syndrome may have beside a raised risk."""
OF_BROKEN = frozenset({"targetedBy", "testedBy"})
"""What is said of a broken form of a thing is said of the thing: a drug hits "the mutant form of PI3K"."""
OF_KINDS = frozenset(
    {"isA", "hasSynonym", "causes", "predisposesTo", "hasPrevalence", "hasInheritance", "distinctFrom"}
)
GENERAL_CELLS = frozenset({"tumor cell", "cancer cell"})
MAIN_CANCERS = frozenset({"Cancer", "CancerSubtype"})
UNSAID_NEVER = {"treatedBy": "Symptom"}
"""Classes of what is never left unsaid: "treatment options are" speaks of no sign."""
OF_NAMES = frozenset({"isA", "hasSynonym"})
OF_ALL_TUMORS = frozenset({"treatedBy", "diagnosedBy"})
OF_TUMORS = OF_ALL_TUMORS | {"hasSymptom"}
"""What is said of "large tumors" in a text on a tumor is said of that; of its care only where none are singled out."""
SINGLED_OUT = re.compile(r"\s+(?:that|which|with|without|whose|who|in|of|is|expressing|carrying|harbou?ring)\b")
CAUSAL = frozenset({"causes", "predisposesTo", "promotes", "hasSymptom", "drives"})
MAIN_DISEASES = frozenset({"Cancer", "CancerSubtype", "Syndrome"})
"""What has symptoms wherever it is spoken of; of other diseases these are effects, unless the text is about them."""
CONJUNCTION = re.compile(r"\b(?:and|or)\b")
COUNTED = frozenset({"Cancer", "CancerSubtype", "Syndrome", "Disease", "BenignCondition", "Population"})
"""What a share may be taken of."""
ROLE = re.compile(
    r"\b(?:complication|symptom|sign|feature|cause|result|part|component|factor|manifestation|consequence|hallmark"
    r"|precursor|product|metabolite|derivative|fragment|subunit|analog|analogue|counterpart|equivalent|name|term|way|method|means"
    r"|effect|marker|treatment|finding)s?(?: of|\W+for\b)",
    re.IGNORECASE,
)
"""What a thing is to another of which it is no kind: "is a complication of"."""
PLACED = re.compile(r"\b(?:around|near|in|on|at|of|behind|under)\b")
"""Between a part of the body and another that only says where: "the long bones, especially around the knee"."""
BESIDES_REACH = 20
BESIDES = re.compile(r"\b(?:in addition to|besides|apart from|as well as)\s+$", re.IGNORECASE)
"""What makes the next name an aside, not what the clause is about: "in addition to headache, X can cause"."""
TREATED_REACH = 40
TREATED = re.compile(r"\b(?:treat|prevent|relieve|control|manage)(?:s|ing)? (?:[\w-]+ ){0,4}$", re.IGNORECASE)
"""What makes the next name what something else is done for: "a drug prescribed to treat a type of pneumonia"."""
CHANGE_OF = re.compile(
    r"\b(?:reduction|decrease|increase|excess|lack|loss|shortage|deficiency|absence|buildup|build-up|accumulation"
    r"|amounts?|levels?|numbers?|overgrowth|enlargement|inflammation|removal|breakdown|swelling|narrowing|damage)"
    r"(?: in| of| to)+ (?:[\w-]+ ){0,3}$",
    re.IGNORECASE,
)
"""What makes another name that follows one of a change, not of the thing: "a reduction in DNA (known as depletion)"."""
MIXED = re.compile(r"\b\w+(?:ory|ic|al|ous|ive|ary|ant) (?:or|and) $", re.IGNORECASE)
"""What makes a kind one of two that examples are of: "inflammatory or infectious diseases such as"."""
AT_RISK = re.compile(r"\brisk (?:for|of) (?:[\w-]+ ){0,2}$")
"""What makes a disease one that people have not: "children at risk for X may need"."""
NEARER = re.compile(
    r"[,;].*\b(?:medicines?|drugs?|medications?) (?:used |given )?to (?:treat|relieve|control|prevent|manage|reduce)\b",
    re.DOTALL,
)
"""What comes between a treatment and a disease that only something nearer treats: "oxygen, and drugs to treat X"."""
MADE_BY = re.compile(r"\b(?:by|of|to|from) (?:[\w-]+ ){0,2}$")
"""What makes an alteration the cause of what is inherited: "is caused by mutations in X and is inherited"."""
PRONOUNS = frozenset({"it", "them", "they", "itself"})
LEADING = re.compile(
    r"^(?:(?:an?|the|this|these|that|those|such|their|his|her|its|your|some|any|other|certain|as well as"
    r"|and|or|also|both|such as)\s+)+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class RelationRule:
    """A rule ready to be tried.

    Attributes:
        literal: Whether its object is the words of the text.
        open_class: Class of an unknown name that fills an open slot.
        polarity: What it claims by itself: "lacks" denies.
        first_object: Whether only the first of a list is the object: "X and other Ys, Zs".
        excluded: Classes whose members are no objects.
        object_is: Label of the object, where the words of the pattern mean it: "grows slowly" is slow progression.
        topic_only: Whether an unsaid subject is what the section is about or nothing.
        whole_list: Whether the object is one of a list whose other members may have no name yet.
        last_subject: Whether only the last of a list is the subject: "A, and B, a Y".
        last_object: Whether only the last of a list is the object: "A and a B called X".
        general_object: Whether the object must be spoken of in general: "drugs such as", "a drug such as".
        presupposed: Whether it holds whatever the clause around it denies or supposes: "a cancer called AML".
        negated_as: Predicate that its denial affirms of subjects that fit: "does not respond" is resistance.
        one_subject: Whether it is silent on several subjects together: "X and Y make up 90 percent".
        of_class: Whether several drugs spoken of together ("these drugs") stand for the class they share.
        named: Whether its subject must be named, not only referred to.
        elsewhere: Predicate for subjects that a text on a disease is not about: what a complication causes.
        subject_name: Template of the subject's name, where it is not what fills the slot: "{subject} mutation".
        subject_class: Class of what the template names.
        if_known: Whether only a name that the vocabulary has is taken; else the subject keeps its own.
        unless_named: Template of a name; the rule is silent where the vocabulary has it.
        among, not_among: Labels of the only objects it takes, and of those it never takes.
        general_is_topic: Whether a general object ("tumors") stands for the topic, where that is a disease.
        unless_denied: Whether its denial says nothing: what "does not cure" may treat all the same.
        mutual: Whether the subjects are said to do it with each other: "X and Y form a complex".
    """

    rule: Rule
    literal: bool = False
    open_class: str = ""
    polarity: Polarity = Polarity.AFFIRMED
    certainty: Certainty = Certainty.STATED
    negated_as: str = ""
    presupposed: bool = False
    general_object: bool = False
    first_object: bool = False
    whole_list: bool = False
    subject_name: str = ""
    subject_class: str = ""
    among: frozenset[str] = frozenset()
    not_among: frozenset[str] = frozenset()
    mutual: bool = False
    general_is_topic: bool = False
    last_subject: bool = False
    last_object: bool = False
    excluded: frozenset[str] = frozenset()
    object_is: str = ""
    topic_only: bool = False
    elsewhere: str = ""
    named: bool = False
    one_subject: bool = False
    of_class: bool = False
    unless_denied: bool = False
    if_known: bool = False
    unless_named: str = ""


@dataclass(slots=True)
class Match:
    """A rule that fits: the places of its slots, of its trigger, and of the whole (`""`)."""

    rule: RelationRule
    spans: Mapping[str, tuple[int, int]]
    open_slots: frozenset[str] = frozenset()

    @property
    def leading_end(self) -> int:
        """Where what stands before the trigger ends; the trigger's own place where nothing does."""
        first = _leading_slot(self)
        return self.spans[first][1] if first else self.spans["trigger"][0]


def find_matches(shape: Shape, index: RuleIndex[RelationRule]) -> Iterator[Match]:
    """Try the rules whose trigger a sentence holds, at each place where it stands."""
    for rule, pattern, spans in find_spans(shape, index):
        yield Match(rule, spans, pattern.open_slots)


def share_subjects(
    matches: Iterable[Match], codes: str, conjunctions: str, verbal: frozenset[str]
) -> Iterator[tuple[Match, ...]]:
    """Give coordinated verbs one subject: in "X binds HER2 and blocks growth" it is X that blocks.

    Each match comes with its readings, the likeliest first. A match whose trigger follows a conjunction is first read
    with what stood before the trigger of the match before it; not where the conjunction joins two names ("X and other
    Ys"). Where nothing but helping verbs and adverbs, the `verbal` codes, stands between, there is no other reading.
    """
    before: Match | None = None
    for match in matches:
        at = match.spans["trigger"][0]
        first = _leading_slot(match)
        begin = max(0, at - CONJUNCTION_REACH, match.spans[first][1] if first else 0)
        after_conjunction = not match.rule.first_object and any(code in conjunctions for code in codes[begin:at])
        is_later = after_conjunction and before is not None and first and before.spans["trigger"][0] < at
        earlier = _shared_slot(first, before) if is_later and before is not None else ""
        if before is not None and earlier:
            shared = Match(match.rule, {**match.spans, first: before.spans[earlier]}, match.open_slots)
            last = max(codes.rfind(code, begin, at) for code in conjunctions)
            is_object = (
                before.spans["trigger"][0] < match.spans[first][0] and before.rule.rule.predicate not in OF_NAMES
            )
            is_bare = is_object and match.spans[first][0] < last and verbal.issuperset(codes[last + 1 : at])
            yield (shared,) if is_bare else (shared, match)
        else:
            yield (match,)
        if not after_conjunction:
            before = match


def _shared_slot(first: str, before: Match) -> str:
    """Name the slot of a match that the next one shares: the same, where it stands before the trigger too."""
    span = before.spans.get(first)
    return first if span is not None and span[0] < before.spans["trigger"][0] else _leading_slot(before)


def _leading_slot(match: Match) -> str:
    """Name the slot that stands before the trigger."""
    spans = match.spans
    trigger = spans["trigger"][0]
    for name in ("subject", "object"):
        span = spans.get(name)
        if span is not None and span[0] < trigger:
            return name
    return ""


@dataclass(frozen=True, slots=True)
class Claimer:
    """Turns matches into claims.

    Attributes:
        generic: IRIs of concepts too general to be a subject ("tumor").
        too_general: IRIs of concepts that say nothing as a subject or an object ("mutation").
        alteration_kinds: IRIs of concepts of which only causes and kinds are said ("driver mutation").
        defective: What says that a broken form of the next name is meant.
        against: Codes of the words before a disease that something is done for.
        articles: Codes of the words that open the name of a kind.
        relatives: Codes of the words that open a clause about a noun.
        respectively: The code of the word that pairs two lists.
        family: By code, the group of classes that are coordinated with each other.
        repeated: What goes on with a list by its preposition, or by a share.
        explained: What may stand between a member of a list that is explained and the next, which it ends with.
        clause_end: What ends a clause.
        relative: What opens a relative clause.
        not_frequency: Codes of what a share that says no frequency is taken of: "10% of cancer deaths".
        setting: Up to a disease that something is done in.
        new_subject: What opens a clause about other people: ", and both sexes".
        new_clause: What stands from the end of a clause to the verb of the next: ", the lack of platelets".
        listing: Reads the open lists.
        said_to_be: What stands before the kind that something is said to be: "is a rare".
        fits: Tells whether a class fits a predicate's role: (predicate, "subject" or "object", class) → bool.
    """

    lexicon: Lexicon
    book: Codebook
    fits: Callable[[str, str, str], bool]
    same_kind: Callable[[str, str], bool]
    generic: frozenset[str]
    too_general: frozenset[str]
    alteration_kinds: frozenset[str]
    defective: re.Pattern[str]
    respectively: str
    relatives: str
    articles: str
    against: str
    family: Mapping[str, int]
    explained: re.Pattern[str]
    repeated: re.Pattern[str]
    clause_end: re.Pattern[str]
    setting: re.Pattern[str]
    new_subject: re.Pattern[str]
    new_clause: re.Pattern[str]
    relative: re.Pattern[str]
    not_frequency: frozenset[str]
    listing: Listing
    said_to_be: re.Pattern[str]
    made: dict[str, Concept]

    def claim(
        self, match: Match, shape: Shape, context: Context, evidence: tuple[int, int], discourse: Discourse
    ) -> Iterator[Claim]:
        """Give the claims of a match, one for each pair of coordinated names; an unsaid subject is the topic.

        So is the kind of what is one of "the two main types".
        """
        trigger = match.spans["trigger"]
        if match.rule.presupposed:
            judgement = STATED
        elif context.is_supposed(trigger[0]):
            return
        elif context.changes_nothing:
            judgement = STATED
        else:
            judgement = context.judge(list(_find_places(match)), trigger)
            if context.is_denied_of_some(judgement, trigger[0]):
                return
        polarity, certainty = judgement.polarity, judgement.certainty
        if match.rule.unless_denied and polarity is Polarity.NEGATED:
            return
        if match.rule.polarity is Polarity.NEGATED:
            polarity = Polarity.NEGATED if polarity is Polarity.AFFIRMED else Polarity.AFFIRMED
        if match.rule.certainty is Certainty.POSSIBLE:
            certainty = Certainty.POSSIBLE
        subjects = self._fill(match, shape, "subject", discourse)
        if match.rule.subject_name:
            subjects = self._rename(subjects, match, shape, discourse)
        if match.rule.one_subject and len({subject.concept for subject in subjects}) > 1:
            return
        if match.rule.last_subject:
            if _is_open_list(subjects, shape.text):
                return
            subjects = subjects[-1:]
        objects = subjects[1:] if match.rule.mutual else self._fill(match, shape, "object", discourse)
        if match.rule.general_is_topic:
            objects = [self._name_topic(target, discourse) for target in objects]
        if match.rule.first_object:
            objects = objects[:1]
        if match.rule.last_object:
            objects = objects[-1:]
        if match.rule.general_object:
            objects = (
                [objects[-1]] if objects and self._is_general(shape, match.spans["object"][0], objects[-1]) else []
            )
        rule = match.rule.rule
        predicate = rule.predicate
        if predicate not in OF_BROKEN and self.is_defective(shape, match.spans.get("subject")):
            return
        if self._is_acted_for(predicate, shape, match):
            return
        if predicate == "isA" and _is_counted(shape, match):
            return
        if predicate == "hasInheritance" and polarity is Polarity.AFFIRMED and _is_share(shape, match):
            return
        if predicate == "predisposesTo" and self._is_listed_before(match, shape):
            return
        if predicate == "hasAdverseEffect" and self._is_told_of_another(match, shape):
            return
        if self._is_of_others(shape, match) or (match.rule.named and _only_refers(shape, match.spans.get("subject"))):
            return
        if predicate == "arisesIn" and self._is_of_sign(shape, match):
            return
        if predicate == "hasSymptom" and _takes_up(shape, match.spans.get("object")):
            return
        if self._is_said_to_be(shape, match):
            return
        opposite = match.rule.negated_as
        if polarity is Polarity.NEGATED and opposite and self._all_fit(opposite, subjects):
            predicate, polarity = opposite, Polarity.AFFIRMED
        if not match.rule.mutual:
            told = {subject.concept for subject in subjects}
            objects = [target for target in objects if match.rule.literal or target.concept not in told]
        paired = self.respectively in shape.codes and len(subjects) == len(objects)
        if polarity is Polarity.AFFIRMED or predicate not in OF_ALL_TUMORS:
            subjects = [self._name_topic_of_tumor(subject, predicate, shape, discourse) for subject in subjects]
        for at, subject in enumerate(subjects):
            if subject.concept in self.generic or not self.fits(predicate, "subject", self._class(subject)):
                continue
            if match.rule.literal and self._is_whole(subject, match, shape):
                continue
            if (
                predicate == "causes"
                and subject.start >= 0
                and BESIDES.search(shape.text, max(0, subject.start - BESIDES_REACH), subject.start)
            ):
                continue
            if match.rule.elsewhere and self._is_aside(subject, discourse.topic, rule.predicate):
                predicate = match.rule.elsewhere
            for target in [objects[at]] if paired else objects:
                literal = match.rule.literal
                if subject.concept in self.too_general or target.concept in self.too_general:
                    continue
                if predicate == "hasSymptom" and target.concept in self.generic:
                    continue
                if subject.concept in self.alteration_kinds and predicate not in OF_KINDS:
                    continue
                if predicate != "isA" and not literal and target.concept.startswith(ONTOLOGY):
                    continue
                said = predicate
                if not literal and self._class(target) in match.rule.excluded:
                    if not match.rule.elsewhere or len(objects) < PAIR:
                        continue
                    said = match.rule.elsewhere
                if said in CAUSAL and not literal and self._is_form_of(subject, target):
                    continue
                if said == "hasSynonym" and not (target := self._other_name(subject, target)).text:
                    continue
                if predicate == "hasSynonym" and _is_changed(subject, shape.text):
                    continue
                if self._is_beside(predicate, subject, target, shape.text):
                    continue
                if predicate == "promotes" and target.text.lower() in PRONOUNS:
                    continue
                if not literal and not self._takes(match.rule, target):
                    continue
                if match.rule.unless_named and self._is_named(match.rule.unless_named, subject, target, discourse):
                    continue
                if not literal and (
                    target.concept == subject.concept or not self.fits(said, "object", self._class(target))
                ):
                    continue
                if said == "isA" and not (self._is_kind(subject, target) and not self._is_role(subject, target, shape)):
                    continue
                if said == "encodedBy" and self._is_of_another_gene(subject, target):
                    continue
                if said == "locatedIn" and (bearer := self._find_bearer(target, discourse)) is not None:
                    said, subject, target = "hasBiomarker", bearer, subject
                yield Claim(
                    subject.concept,
                    said,
                    target.text if literal else target.concept,
                    *evidence,
                    rule.id,
                    literal=literal,
                    polarity=polarity,
                    certainty=certainty,
                    confidence=rule.confidence,
                    subject_mention=subject if subject.start >= 0 else None,
                    value=Value(population=target.concept) if literal and target.concept else None,
                    object_mention=None if literal or target.start < 0 else target,
                    cues=tuple((shape.starts[start], shape.ends[end - 1]) for start, end in judgement.cues),
                )

    def _find_bearer(self, cell: Mention, discourse: Discourse) -> Mention | None:
        """Find the cancer that a text is about, where a marker is said to be on "the tumor cells"."""
        if self._label(cell) not in GENERAL_CELLS:
            return None
        topic = discourse.topic
        if topic is None or self._class(topic.mentions[0]) not in MAIN_CANCERS or topic.concept.iri in self.generic:
            return None
        return topic.mentions[0]._replace(start=-1, end=-1)

    def _is_of_another_gene(self, protein: Mention, gene: Mention) -> bool:
        """Tell whether a protein is known to be encoded by other genes than the one named."""
        genes = [iri for predicate, iri in self._concept(protein).relations if predicate == "encodedBy"]
        return bool(genes) and gene.concept not in genes

    def _all_fit(self, predicate: str, subjects: list[Mention]) -> bool:
        """Tell whether a predicate can be said of all the subjects."""
        return all(self.fits(predicate, "subject", self._class(subject)) for subject in subjects)

    def _rename(self, subjects: list[Mention], match: Match, shape: Shape, discourse: Discourse) -> list[Mention]:
        """Name subjects by the template of their rule: risk "with BRCA1" is risk with a BRCA1 mutation."""
        named = {
            name: phrase.mentions[0]
            for name, span in match.spans.items()
            if name and (phrase := shape.phrases[span[0]]) is not None
        }
        renamed = []
        for subject in subjects:
            labels = {name: self._label(mention) for name, mention in {**named, "subject": subject}.items()}
            label = fill_template(match.rule.subject_name, labels)
            if match.rule.if_known and (discourse.is_on_marker or self._find_known(label) is None):
                renamed.append(subject)
                continue
            concept = self._compose(label, match.rule.subject_class)
            renamed.append(subject._replace(concept=concept.iri))
        return renamed

    def _is_named(self, template: str, subject: Mention, target: Mention, discourse: Discourse) -> bool:
        """Tell whether the vocabulary names what a template makes of a subject and an object, in a text on neither."""
        labels = {"subject": self._label(subject), "object": self._label(target)}
        named = self._find_known(fill_template(template, labels)) is not None
        return named and not discourse.is_on_marker

    def _find_known(self, label: str) -> Concept | None:
        return next((meaning for meaning in self.lexicon.meanings(label) if not is_class(meaning)), None)

    def _compose(self, label: str, class_name: str) -> Concept:
        known = self._find_known(label)
        if known is not None:
            return known
        concept = Concept(entity_iri(label), label, class_name, grounding=Grounding.COMPOSED)
        return self.made.setdefault(concept.iri, concept)

    def _name_topic(self, target: Mention, discourse: Discourse) -> Mention:
        """Let a general name stand for the cancer that the document, or its section, is about."""
        topic = discourse.find_topical(["Cancer"]) if target.concept in self.generic else None
        return target if topic is None else topic.mentions[0]._replace(start=-1, end=-1)

    def _name_topic_of_tumor(self, subject: Mention, predicate: str, shape: Shape, discourse: Discourse) -> Mention:
        """Let "large tumors" stand for the tumor that the text is about, where their signs or their care are told."""
        if subject.concept not in self.generic or predicate not in OF_TUMORS or self._label(subject) != "tumor":
            return subject
        if predicate in OF_ALL_TUMORS and SINGLED_OUT.match(shape.text, subject.end) is not None:
            return subject
        topic = discourse.find_topical(("Cancer", "BenignCondition"))
        return subject if topic is None else subject._replace(concept=topic.mentions[0].concept)

    def _takes(self, rule: RelationRule, target: Mention) -> bool:
        """Tell whether a rule takes an object, by its label."""
        if not rule.among and not rule.not_among:
            return True
        label = self._label(target)
        return label not in rule.not_among and (not rule.among or label in rule.among)

    def is_defective(self, shape: Shape, span: tuple[int, int] | None) -> bool:
        """Tell whether a name stands for a broken form of what it names: "a nonfunctional version of merlin"."""
        return (
            span is not None and self.defective.search(shape.codes, max(0, span[0] - DEFECT_REACH), span[0]) is not None
        )

    def _is_aside(self, subject: Mention, topic: Phrase | None, predicate: str) -> bool:
        """Tell whether a text on one disease speaks of another."""
        return (
            topic is not None
            and self._class(subject) not in MAIN_DISEASES
            and self.fits(predicate, "subject", topic.concept.class_name)
            and all(mention.concept != subject.concept for mention in topic.mentions)
        )

    def _is_form_of(self, subject: Mention, target: Mention) -> bool:
        """Tell whether a thing is but a form of another, and so does not bring it about: "early cancer", "cancer"."""
        known = self._find_concept(subject.concept)
        return known is not None and target.concept in known.broader

    def _is_whole(self, subject: Mention, match: Match, shape: Shape) -> bool:
        """Tell whether a subject is only what the share is taken of: "half of lymphomas are lymphomas of B cells"."""
        start = match.spans["disease"][0] if "disease" in match.spans else -1
        phrase = shape.phrases[start] if start >= 0 else None
        return phrase is not None and any(mention.concept == subject.concept for mention in phrase.mentions)

    def _is_acted_for(self, predicate: str, shape: Shape, match: Match) -> bool:
        """Tell whether the subject only tells what something else is for: "treatments for X can cause"."""
        if predicate not in CAUSAL or "subject" not in match.spans:
            return False
        start = match.spans["subject"][0]
        subject = shape.phrases[start]
        if subject is not None and self.fits("hasAlteration", "object", subject.concept.class_name):
            return False
        reach = 1 if start and shape.phrases[start - 1] is not None else 2
        first = shape.starts[start]
        return any(code in self.against for code in shape.codes[max(0, start - reach) : start]) or (
            TREATED.search(shape.text, max(0, first - TREATED_REACH), first) is not None
        )

    def _is_beside(self, predicate: str, subject: Mention, target: Mention, text: str) -> bool:
        """Tell whether the words before a name make it no part of the statement: one of two kinds, a mere risk."""
        if predicate == "isA":
            return (
                target.start > 0 and MIXED.search(text, max(0, target.start - BESIDES_REACH), target.start) is not None
            )
        before = max(0, subject.start - BESIDES_REACH)
        if subject.start <= 0:
            return False
        if predicate == "treatedBy":
            given = NEARER.search(text, target.end, subject.start) if 0 < target.end < subject.start else None
            return given is not None or AT_RISK.search(text, before, subject.start) is not None
        is_altered = predicate == "hasInheritance" and self._class(subject) == "GeneticAlteration"
        return is_altered and MADE_BY.search(text, before, subject.start) is not None

    def _is_said_to_be(self, shape: Shape, match: Match) -> bool:
        """Tell whether the subject is only the kind that something is said to be: "X is a skin disease marked by"."""
        span = match.spans.get("subject")
        if span is None or match.rule.rule.predicate in OF_KINDS or span[0] > match.spans["trigger"][0]:
            return False
        phrase = shape.phrases[span[0]]
        if phrase is None or phrase.refers or not self.fits("hasSymptom", "subject", phrase.concept.class_name):
            return False
        return self.said_to_be.search(shape.codes[: span[0]]) is not None

    def _is_of_others(self, shape: Shape, match: Match) -> bool:
        """Tell whether a clause about other people, or of a sign about another, opens between subject and trigger."""
        if "subject" not in match.spans:
            return False
        end = match.spans["subject"][1]
        trigger = max(end, match.spans["trigger"][0])
        if trigger > end and self.new_subject.search(shape.codes, end, trigger) is not None:
            return True
        for at, taken_up in enumerate(shape.phrases[end + 1 : trigger], end + 1):
            is_new = taken_up is not None and taken_up.refers
            if is_new and shape.codes[at - 1] in self.book.set_of("conjunction"):
                return True
        phrase = shape.phrases[end - 1]
        is_sign = phrase is not None and self._class(phrase.mentions[0]) == "Symptom"
        return is_sign and self.new_clause.search(shape.codes, end, trigger) is not None

    def _is_told_of_another(self, match: Match, shape: Shape) -> bool:
        """Tell whether the trigger stands in a clause about a nearer name: "guards against viruses that cause"."""
        at, subject = match.spans["trigger"][0], match.spans.get("subject", (0, 0))
        if not subject[1] or at < subject[1] or shape.codes[at - 1] not in self.relatives:
            return False
        return any(phrase is not None for phrase in shape.phrases[max(subject[1], at - RELATIVE_REACH) : at])

    def _is_listed_before(self, match: Match, shape: Shape) -> bool:
        """Tell whether a risk stands in a list after a sign: "asthma, an increased risk of X" is none from asthma."""
        start, end = match.spans.get("subject", (0, 0))
        phrase = shape.phrases[start] if end else None
        if phrase is None or phrase.concept.class_name not in SIGNS:
            return False
        between = shape.codes[end : match.spans["trigger"][0]]
        listed = between.lstrip("," + self.book.set_of("conjunction"))
        return listed != between and listed[:1] in self.articles and len(listed) <= LISTED_REACH

    def _is_of_sign(self, shape: Shape, match: Match) -> bool:
        """Tell whether a relative clause about a sign holds the trigger: "has telangiectases, which occur in"."""
        if "subject" not in match.spans:
            return False
        end, trigger = match.spans["subject"][1], match.spans["trigger"][0]
        for at in range(trigger - 1, end, -1):
            phrase = shape.phrases[at]
            if phrase is not None and phrase.concept.class_name == "Symptom":
                return self.relative.match(shape.codes, at + 1, trigger) is not None
        return False

    def _is_general(self, shape: Shape, at: int, mention: Mention) -> bool:
        """Tell whether words speak of a kind: in the plural, after "a", or as a class of drugs."""
        return (
            mention.text.endswith("s")
            or self._class(mention) == "DrugClass"
            or any(code in self.articles for code in shape.codes[max(0, at - 3) : at])
        )

    def _names_another(self, text: str, subject: Mention) -> bool:
        """Tell whether a text names something else, other than the gene of a protein."""
        meanings = [meaning for meaning in self.lexicon.meanings(text) if not is_class(meaning)]
        if not meanings or any(meaning.iri == subject.concept for meaning in meanings):
            return False
        return not any(self.fits("encodedBy", role, self._class(subject)) for role in ("subject", "object"))

    def _other_name(self, subject: Mention, target: Mention) -> Mention:
        """Of two names that a text gives one thing, the one that is not its label; without text when both are."""
        label = self._label(subject).lower()
        if self._names_another(target.text, subject) or target.text.count("(") != target.text.count(")"):
            return target._replace(text="")
        if target.text.lower() != label:
            return target
        name = " ".join(subject.text.split())
        is_name = (
            name.lower() not in {label, *PRONOUNS} and LEADING.match(name) is None and len(name.split()) <= LABEL_WORDS
        )
        return target._replace(text=name if is_name else "")

    def _find_concept(self, iri: str) -> Concept | None:
        return self.made.get(iri) or self.lexicon.concepts.get(iri)

    def _concept(self, mention: Mention) -> Concept:
        return self.made.get(mention.concept) or self.lexicon.concepts[mention.concept]

    def _class(self, mention: Mention) -> str:
        return self._concept(mention).class_name

    def _label(self, mention: Mention) -> str:
        return self._concept(mention).label

    def _is_kind(self, subject: Mention, target: Mention) -> bool:
        """Tell whether one concept can be a kind of another: of one root, and not the more general of the two.

        A sign that follows a sign goes on with a list.
        """
        one, other = self._class(subject), self._class(target)
        if one == other == "Symptom":
            return False
        known, noun = self._concept(target), target.text.lower().rstrip("s")
        spoken = subject.text if 0 <= subject.start < target.start else self._concept(subject).label
        if is_class(known) and spoken.lower().endswith(noun):
            return False
        return self.same_kind(one, other) and subject.concept not in known.broader

    def _is_role(self, subject: Mention, target: Mention, shape: Shape) -> bool:
        """Tell whether a thing is said to be something to another, or a region of it, and so no kind of it."""
        between = shape.text[target.end : subject.start]
        if self._class(target) == "Anatomy" and PLACED.search(between) is not None:
            return True
        if self._class(target) == "Anatomy" and shape.text[max(0, target.start - 10) : target.start].endswith(
            (" of the ", " from the ", " near the ", " to the ", " in the ")
        ):
            return True
        return ROLE.search(shape.text, subject.end, target.start) is not None

    def _fill(self, match: Match, shape: Shape, role: str, discourse: Discourse) -> list[Mention]:
        if role == "object" and match.rule.object_is:
            start, end = match.spans["trigger"]
            concept = self.lexicon.meanings(match.rule.object_is)[0]
            first, last = shape.starts[start], shape.ends[end - 1]
            return [Mention(first, last, shape.text[first:last], concept.iri)]
        if role not in match.spans:
            predicate = match.rule.rule.predicate
            if role == "object" and predicate != "isA" and self.fits(predicate, role, "Disease"):
                topic = discourse.find_topical(["Disease"])
                return [mention._replace(start=-1, end=-1) for mention in topic.mentions] if topic is not None else []
            if predicate == "treatedBy" and role == "subject" and (named := self._find_setting(shape)) is not None:
                return list(named.mentions)
            topic = discourse.topic
            if match.rule.topic_only and (topic is None or not self.fits(predicate, role, topic.concept.class_name)):
                return []
            never = UNSAID_NEVER.get(predicate, "")
            unsaid = find_unsaid(
                discourse, lambda name: name != never and self.fits(predicate, role, name), self._find_concept
            )
            return [mention._replace(start=-1, end=-1) for mention in unsaid]
        start, end = match.spans[role]
        if role in match.open_slots:
            part = shape.phrases[match.spans["part"][0]] if "part" in match.spans else None
            return list(self._read_list(match.rule, role, shape, start, end, part.concept.label if part else ""))
        if match.rule.literal and role == "object":
            if shape.codes[start] in QUANTITY + COUNT:
                end = extend_quantity(shape, start, end, self.book)
                if not self.not_frequency.isdisjoint(shape.codes[start:end]):
                    return []
            first, last = shape.starts[start], shape.ends[end - 1]
            whole = self._find_population(shape, start, end)
            return [Mention(first, last, " ".join(shape.text[first:last].split()), whole)]
        phrase = shape.phrases[start]
        mentions = list(phrase.mentions) if phrase is not None else []
        if role == "subject" and match.rule.of_class and phrase is not None and phrase.refers and len(mentions) > PAIR:
            mentions = name_by_class(phrase, self._find_concept)
        if match.rule.whole_list and role == "object" and mentions:
            return self._widen(match, shape, start, mentions)
        if shape.codes[end : end + 1] == "(" or (len(mentions) > 1 and self._is_last_meant(shape, end)):
            mentions = mentions[-1:]
        if start >= match.spans["trigger"][1]:
            mentions += self._continue_list(shape, start)
        return mentions

    def _find_setting(self, shape: Shape) -> Phrase | None:
        """Find the disease that a sentence is set in: "given after surgery in stage III melanoma"."""
        for match in self.setting.finditer(shape.codes):
            phrase = shape.phrases[match.end() - 1]
            if phrase is not None and not is_class(phrase.concept) and phrase.concept.iri not in self.generic:
                return phrase
        return None

    def _is_last_meant(self, shape: Shape, end: int) -> bool:
        """Tell whether the clause about a list is about the last of its members: "A or B, which was approved"."""
        at = end + (shape.codes[end : end + 1] == ",")
        if at + 1 >= len(shape.codes) or shape.codes[at] not in self.relatives:
            return False
        return shape.words(at + 1, at + 2).lower() in SINGULAR_VERBS

    def _find_population(self, shape: Shape, start: int, end: int) -> str:
        """Find the disease or the people that a number is a share of; empty where none is named."""
        named = (phrase for phrase in shape.phrases[start:end] if phrase is not None)
        iris = (phrase.concept.iri for phrase in named if phrase.concept.class_name in COUNTED)
        return next((iri for iri in iris if iri not in self.too_general and not iri.startswith(ONTOLOGY)), "")

    def _continue_list(self, shape: Shape, at: int) -> Iterator[Mention]:
        """Go on with a list whose members are explained, or which repeats its preposition.

        "IHC, which …, and FISH"; "surgery to …, chemotherapy".
        """
        family = self.family.get(shape.codes[at])
        again = self._find_repeated(shape, at)
        if again >= 0:
            phrase = shape.phrases[again]
            yield from phrase.mentions if phrase is not None else ()
            yield from self._continue_list(shape, again)
            return
        match = self.explained.match(shape.codes, at + 1)
        while match is not None and family is not None and self.family.get(shape.codes[match.end() - 1]) == family:
            phrase = shape.phrases[match.end() - 1]
            if phrase is not None:
                yield from phrase.mentions
            match = self.explained.match(shape.codes, match.end())

    def _find_repeated(self, shape: Shape, at: int) -> int:
        """Find the next member of a list that repeats its preposition, or counts its members anew; -1 for none."""
        match = self.repeated.match(shape.codes, at + 1)
        if match is None or self.family.get(match["name"]) != self.family.get(shape.codes[at]):
            return -1
        before = shape.codes[max(0, at - REPEAT_REACH) : at]
        repeats = match["again"] is not None and match["again"] in before
        return match.start("name") if repeats or (match["share"] is not None and "Q" in before) else -1

    def _widen(self, match: Match, shape: Shape, at: int, mentions: list[Mention]) -> list[Mention]:
        """Read the list that a name stands in: after the trigger up to the end of the clause, else before it."""
        last = match.spans["trigger"][1]
        if at >= last:
            end = self.clause_end.search(shape.codes, at)
            members = list(self._read_list(match.rule, "object", shape, last, end.start() if end else len(shape.codes)))
        else:
            ends = [end.end() for end in self.clause_end.finditer(shape.codes, 0, at)]
            known_only = replace(match.rule, open_class="")
            members = list(self._read_list(known_only, "object", shape, max(ends, default=0), at + 1))
        holds = any(member.start <= mentions[0].start < member.end for member in members)
        return members if holds else mentions

    def _read_list(
        self, rule: RelationRule, role: str, shape: Shape, start: int, end: int, part: str = ""
    ) -> Iterator[Mention]:
        """Read "fever, night sweats, and feeling very tired": known names, and new ones for other words."""
        if rule.literal:
            for first, last in _split_list(shape, start, end, self.book):
                yield from _read_label(shape, first, last)
            return
        predicate = rule.rule.predicate
        wanted = Wanted(
            rule.open_class,
            lambda concept: not is_class(concept) and self.fits(predicate, role, concept.class_name),
            self.lexicon.meanings,
            self._concept,
            part,
        )
        for mention, concept in self.listing.read(shape, start, end, wanted):
            if concept.iri not in self.lexicon.concepts:
                self.made.setdefault(concept.iri, concept)
            yield mention


def _find_places(match: Match) -> Iterator[tuple[int, int]]:
    """Give the places that the context of a match reaches to: of an open list only its beginning."""
    for name, (start, end) in match.spans.items():
        if name in match.open_slots:
            yield start, start + 1
        elif name:
            yield start, end


def _is_share(shape: Shape, match: Match) -> bool:
    """Tell whether only a share of the subject is meant: "5 percent of melanomas are hereditary"."""
    start = match.spans["subject"][0] if "subject" in match.spans else 0
    return QUANTITY in shape.codes[max(0, start - SHARE_REACH) : start]


def _is_counted(shape: Shape, match: Match) -> bool:
    """Tell whether a number stands right before the subject: "nine out of ten tumors are carcinomas"."""
    start = match.spans["subject"][0] if "subject" in match.spans else 0
    return start > 0 and shape.codes[start - 1] == QUANTITY


def _only_refers(shape: Shape, span: tuple[int, int] | None) -> bool:
    """Tell whether a place holds a pronoun, or nothing, instead of a name."""
    phrase = shape.phrases[span[0]] if span is not None else None
    return phrase is None or phrase.refers


def _is_changed(subject: Mention, text: str) -> bool:
    """Tell whether a name is only what a change is one of: "a reduction in the amount of DNA"."""
    start = subject.start
    return start > 0 and CHANGE_OF.search(text, max(0, start - TREATED_REACH), start) is not None


def _takes_up(shape: Shape, span: tuple[int, int] | None) -> bool:
    """Tell whether a place holds what refers back: "these seizures" are spoken of, not told as something new."""
    phrase = shape.phrases[span[0]] if span is not None else None
    return phrase is not None and phrase.refers


def _is_open_list(mentions: list[Mention], text: str) -> bool:
    """Tell whether a list of names goes on after its last: "pelvic exam, ultrasound, a blood test, …"."""
    return len(mentions) > 1 and CONJUNCTION.search(text, mentions[-2].end, mentions[-1].start) is None


def _read_label(shape: Shape, first: int, last: int) -> Iterator[Mention]:
    phrases = [phrase for phrase in shape.phrases[first:last] if phrase is not None]
    if last - first == 1 and phrases and len(phrases[0].mentions) > 1:
        yield from (Mention(mention.start, mention.end, mention.text, "") for mention in phrases[0].mentions)
        return
    start, end = shape.starts[first], shape.ends[last - 1]
    label = LEADING.sub("", " ".join(shape.text[start:end].split())).strip(" ,.;:\"“”'‘’")
    label = label.split(" (")[0] if label.endswith(")") else label
    if label and len(label.split()) <= LABEL_WORDS:
        yield Mention(start, end, label, "")


def _split_list(shape: Shape, start: int, end: int, book: Codebook) -> Iterator[tuple[int, int]]:
    conjunctions = book.set_of("conjunction")
    depth = 0
    first = start
    for at in range(start, end):
        code = shape.codes[at]
        if code == "(":
            depth += 1
        elif code == ")":
            depth -= 1
        elif depth <= 0 and (code in ",;" or code in conjunctions):
            if at > first:
                yield first, at
            first = at + 1
    if end > first:
        yield first, end


def drop_contradicted(claims: list[Claim]) -> list[Claim]:
    """Leave out that something brings on what the same sentence says it prevents: "linked with a lower risk of X"."""
    prevented = {(c.object, c.subject) for c in claims if c.predicate == "preventedBy" and c.polarity is AFFIRMED}
    if not prevented:
        return claims
    return [c for c in claims if c.predicate not in RAISING or (c.subject, c.object) not in prevented]


def merge_claims(claims: Iterable[Claim]) -> list[Claim]:
    """Keep of each statement that a sentence makes the most confident reading; a denial is a statement of its own."""
    best: dict[tuple[str, str, str, Polarity, int, int], Claim] = {}
    for claim in claims:
        key = (claim.subject, claim.predicate, claim.object, claim.polarity, claim.start, claim.end)
        known = best.get(key)
        if known is None or claim.confidence > known.confidence:
            best[key] = claim
    return list(best.values())
