"""What "it", "this protein", "these drugs", "both" and "people with the condition" stand for.

A reference takes up what agrees with it in number and class. Among several, the subject of its own sentence comes
before that of the sentence before, subjects before the rest, and the near before the far; after S. Lappin and H. J.
Leass, An algorithm for pronominal anaphora resolution, Computational Linguistics 20:535-561 (1994), with fixed ranks
instead of weights. Where two are equally near, none is taken.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from oncograph.model import Mention
from oncograph.reading.discourse import FAR_SENTENCES, NEAR_SENTENCES, Discourse, Spoken
from oncograph.reading.patterns import NUMBER, OTHER_NAME, OTHER_WORD, Codebook
from oncograph.reading.quantities import DATE
from oncograph.reading.shape import Phrase, Shape, is_class

PREMODIFIERS = 5
TREATMENTS = ("Drug", "DrugClass", "Procedure")
UNSPECIFIC = frozenset({"Protein", "Antigen"})
"""Classes of proteins of which little is said: each may turn out a receptor."""


@dataclass(frozen=True, slots=True)
class References:
    """The expressions of the words that refer back, gathered once from the cues.

    Attributes:
        noun_phrase: "This protein", "these drugs", "the leukemia": determiner, noun, and what tells which is meant.
        pair: "Both", "neither" or "either" that stands alone.
        ordinal: "The former", "the latter".
        any: All that is worth resolving.
        takes_up: What brings an entity in that the sentence does not name itself.
        clause_start: What stands between the beginning of a clause and its subject, backward.
        unknown_subject: A sentence whose subject no rule knows.
        examples: What stands before the examples of a subject: "Drugs such as".
        partitive: What stands before a pronoun of whose things one is picked: "the first of".
        opening: A phrase before the subject of a sentence: "in breast cancer,".
        breaks: What opens another clause or another part of one.
        named_after: From a noun to the name that follows it: ", which are called X", ", called X".
        people: Codes of words for people.
        people_first: The beginning of a sentence about people of whom nothing more is said: "many patients".
        states: Last words of what a thing is like, which no pronoun takes up: "HER2-positive".
        given: From a pronoun to what a treatment alone has or is: "it is usually given", "its side effects".
        background: Classes that a pronoun takes up only where nothing else is left.
        topical: Classes of what a document may be about, the likeliest first.
    """

    noun_phrase: re.Pattern[str]
    pronoun: re.Pattern[str]
    pair: re.Pattern[str]
    ordinal: re.Pattern[str]
    bearers: re.Pattern[str]
    affected: re.Pattern[str]
    pleonastic: re.Pattern[str]
    any: re.Pattern[str]
    takes_up: re.Pattern[str]
    clause_start: re.Pattern[str]
    unknown_subject: re.Pattern[str]
    examples: re.Pattern[str]
    partitive: re.Pattern[str]
    opening: re.Pattern[str]
    breaks: re.Pattern[str]
    closing: re.Pattern[str]
    subordinate: re.Pattern[str]
    auxiliary: frozenset[str]
    singular: frozenset[str]
    plural: frozenset[str]
    pairs: frozenset[str]
    definite: frozenset[str]
    exemplary: frozenset[str]
    plural_pronouns: frozenset[str]
    object_pronouns: frozenset[str]
    possessives: frozenset[str]
    contrasts: frozenset[str]
    pronouns: frozenset[str]
    named_after: re.Pattern[str]
    people: frozenset[str]
    people_first: re.Pattern[str]
    bearing: frozenset[str]
    affecting: frozenset[str]
    ordinals: frozenset[str]
    conjunctions: frozenset[str]
    collective: frozenset[str]
    classing: re.Pattern[str]
    states: frozenset[str]
    given: re.Pattern[str]
    background: tuple[str, ...]
    topical: tuple[str, ...]

    @classmethod
    def of(cls, book: Codebook, background: Sequence[str], topical: Sequence[str]) -> References:
        """Prepare the expressions for one codebook."""

        def codes(cue: str) -> frozenset[str]:
            return frozenset(book.set_of(cue).replace("\\", ""))

        entities = book.entity_codes
        nouns = "".join(book.noun_codes.values()) + "".join(
            sorted(book.takes_up.keys() - set(book.noun_codes.values()))
        )
        demonstratives, pair = book.set_of("demonstrative"), book.set_of("pair")
        fillers, pronouns = book.set_of("filler"), book.set_of("pronoun")
        people = book.set_of("people") + book.classes(["Population"])
        kinds, conjunctions = book.any_of("kind"), book.set_of("conjunction")
        auxiliaries, adverbs, be = (book.set_of(cue) for cue in ("auxiliary", "adverb", "be"))
        clause_ends, relatives = book.set_of("clause-end"), book.set_of("relative")
        words = OTHER_WORD + OTHER_NAME
        owners = book.code("his") + book.code("her") + book.code("your")
        definite, between = book.set_of("definite"), book.set_of("same")
        determiner = (
            f"(?:[{definite}][{between}]?|(?![{definite}])[{demonstratives}][{fillers}{between}]{{0,2}}{OTHER_WORD}?"
            f"|[{pair}][{fillers}]?|{book.code('all')}[{between}]|[{owners}](?=[{entities}]))"
        )
        conditions = book.classes(["Disease"]) + book.classes(["Disease"], nouns=True)
        former, latter = book.any_of("former"), book.any_of("latter")
        return cls(
            noun_phrase=re.compile(
                f"(?P<det>{determiner})(?P<kind>{kinds})?(?P<noun>[{nouns}{entities}])(?![{nouns}{entities}])"
                f"(?P<modified>[{book.set_of('postmodifier')}])?"
            ),
            pronoun=re.compile(f"[{pronouns}]"),
            pair=re.compile(
                f"(?:\\A|[,;—:][{conjunctions}{clause_ends}]?|[{clause_ends}])(?P<pair>[{pair}])(?P<next>[^{entities}{nouns}{people}{fillers}{demonstratives}])"
            ),
            ordinal=re.compile(
                f"(?:(?P<former>{former})|(?P<latter>{latter}))(?P<noun>[{nouns}])?(?![{words}{entities}])"
            ),
            bearers=re.compile(
                f"[{book.set_of('determiner')}]?{OTHER_WORD}?[{people}](?:{_spell_age(book)})?(?:{book.any_of('bearing')})[{book.set_of('article')}]?(?P<what>[{conditions}])"
            ),
            affected=re.compile(
                f"[{book.set_of('affected')}][{people}]|(?<!{book.code('not')})[{people}{book.set_of('everyone')}](?:{book.any_of('who-are-affected')})(?!{book.code('by')})"
            ),
            pleonastic=re.compile(
                f"[{pronouns}][^,;.]{{0,3}}?(?:[{book.set_of('held')}][{book.set_of('that-clause')}]"
                f"|[{book.set_of('pleonastic')}][{book.set_of('to-clause')}])"
            ),
            any=re.compile(
                f"[{pronouns}{people}{pair}{book.set_of('everyone')}]|{former}|{latter}|{determiner}(?:{kinds})?[{nouns}{entities}]"
            ),
            takes_up=re.compile(
                f"[{pronouns}{pair}]|[{book.set_of('affected')}][{people}]|{book.any_of('who-are-affected')}|{former}|{latter}|{determiner}(?:{kinds})?[{nouns}]"
            ),
            clause_start=re.compile(
                f"[{fillers}{words}{adverbs}-]{{0,{PREMODIFIERS}}}(?:{book.code('of')}[{book.set_of('portion')}][{words}]?)?(?:\\Z|[,;:—{conjunctions}{clause_ends}{relatives}])"
            ),
            unknown_subject=re.compile(f"[^{entities}{nouns}{pronouns}{auxiliaries}{be}]{{1,5}}[{auxiliaries}{be}]"),
            partitive=re.compile(f"(?:{book.any_of('partitive')})\\Z"),
            opening=re.compile(f"[{book.set_of('preposition')}](?:[^,]*,|[^;:.()]*[{entities}])\\Z"),
            examples=re.compile(f"[^;{auxiliaries}{be}]{{1,24}}[{book.set_of('such-as')}]\\Z"),
            breaks=re.compile(f"[,;:—{clause_ends}{relatives}{conjunctions}]"),
            closing=re.compile(f"[.,;:)—{conjunctions}{clause_ends}{book.set_of('preposition')}]|\\Z"),
            subordinate=re.compile(f"[{clause_ends}]"),
            auxiliary=codes("auxiliary"),
            singular=codes("singular"),
            plural=codes("plural"),
            pairs=codes("pair"),
            definite=codes("definite"),
            exemplary=codes("exemplary"),
            plural_pronouns=codes("plural-pronoun"),
            object_pronouns=codes("object-pronoun"),
            possessives=codes("possessive-pronoun"),
            contrasts=codes("contrast"),
            pronouns=codes("pronoun"),
            named_after=re.compile(
                rf",(?:[{relatives}][^.;]{{0,12}}?[{be}])?(?:{book.any_of('naming')})[{fillers}]{{0,2}}[{entities}](?=,)"
            ),
            people=frozenset(people.replace("\\", "")),
            people_first=re.compile(
                f"[{book.set_of('determiner')}{OTHER_WORD}{adverbs}]{{0,3}}[{people}](?!{book.code('with')})"
            ),
            bearing=frozenset(book.phrase(" ".join(words))[0] for words in book.cues["bearing"]),
            affecting=codes("affected"),
            ordinals=frozenset(
                book.phrase(" ".join(words))[-1] for cue in ("former", "latter") for words in book.cues[cue]
            ),
            conjunctions=codes("conjunction"),
            collective=codes("collective"),
            classing=re.compile(rf"(?:,|[{be}]|[{book.set_of('belonging')}]{book.code('to')})\Z"),
            states=frozenset(book.forms["state"]),
            given=re.compile(
                f"[{auxiliaries}{be}{adverbs}{book.code('not')}]{{1,4}}[{book.set_of('given')}]"
                f"|[^,;.{entities}]{{0,3}}?(?:{book.any_of('unwanted')})"
            ),
            background=tuple(background),
            topical=tuple(topical),
        )


def resolve_references(shape: Shape, discourse: Discourse, references: References, book: Codebook) -> None:
    """Replace what refers back by phrases that name what it refers to, in place.

    "They" after the head of a name yet to be built ("mutations in X") waits until that is a phrase.
    """
    if references.any.search(shape.codes) is None:
        return
    codes = set(shape.codes)
    if not codes.isdisjoint(references.ordinals):
        _replace_each(shape, references.ordinal, lambda match: _find_ordinal(match, discourse), discourse, book)
    _replace_each(
        shape,
        references.noun_phrase,
        lambda match: _find_by_noun(shape, match, discourse, references, book),
        discourse,
        book,
    )
    if not codes.isdisjoint(references.pairs):
        _replace_each(
            shape, references.pair, lambda match: _find_pair(shape, match, discourse, references), discourse, book
        )
    if not codes.isdisjoint(references.affecting):
        _replace_each(shape, references.affected, lambda _: _find_disease(discourse), discourse, book)
    if not codes.isdisjoint(references.bearing):
        _replace_bearers(shape, references)
    if not codes.isdisjoint(references.pronouns):
        they, heads = book.code("they"), book.head_codes
        _replace_each(
            shape,
            references.pronoun,
            lambda match: (
                _find_by_pronoun(shape, match, discourse, references, book)
                if match[0] != they or heads.isdisjoint(shape.codes[: match.start()])
                else None
            ),
            discourse,
            book,
        )


def _spell_age(book: Codebook) -> str:
    """Write the age of people, as it stands between them and their disease: "aged 12 years and older"."""
    aged, units, of_age = book.code("aged"), book.code("years") + book.code("months"), book.phrase("of age")
    limits = "".join(book.code(word) for word in ("older", "over", "above", "younger", "up"))
    joins = book.set_of("conjunction")
    return f"{aged}?{NUMBER}[{units}](?:{of_age})?(?:[{joins}][{limits}](?:{of_age})?)?"


def _replace_bearers(shape: Shape, references: References) -> None:
    for match in reversed(list(references.bearers.finditer(shape.codes))):
        phrase = shape.phrases[match.start("what")]
        if phrase is not None and not is_class(phrase.concept):
            shape.replace(match.start(), match.end(), match["what"], replace(phrase, people=True))


def _replace_each(
    shape: Shape,
    expression: re.Pattern[str],
    find: Callable[[re.Match[str]], Phrase | None],
    discourse: Discourse,
    book: Codebook,
) -> None:
    """Replace each match by what it stands for, the first first, so that later ones may take it up again."""
    at = 0
    groups = expression.groupindex
    has_noun, has_pair = "noun" in groups, "pair" in groups
    while (match := expression.search(shape.codes, at)) is not None:
        start, end = match.span("pair" if has_pair else 0)
        if has_noun and match["noun"]:
            end = match.end("noun")
        phrase = find(match)
        if phrase is not None:
            _put(shape, start, end, phrase, book, many=discourse.is_plural(phrase))
        at = start + 1


def _put(shape: Shape, start: int, end: int, antecedent: Phrase, book: Codebook, *, many: bool) -> None:
    text_start, text_end = shape.starts[start], shape.ends[end - 1]
    quote = shape.text[text_start:text_end]

    def restate(phrase: Phrase, many: bool, others: tuple[Phrase, ...] = ()) -> Phrase:
        mentions = tuple([Mention(text_start, text_end, quote, mention.concept) for mention in phrase.mentions])
        return Phrase(text_start, text_end, mentions, phrase.meanings, True, many, phrase.whole, others, phrase.people)

    phrase = restate(antecedent, many, tuple([restate(other, other.many) for other in antecedent.others]))
    code = book.class_codes[antecedent.concept.class_name]
    if shape.codes[start] not in book.set_of("absence"):
        shape.replace(start, end, code, phrase)
    elif end > start + 1:
        shape.replace(start + 1, end, code, phrase)
    else:
        shape.insert(end, code, phrase)


def _find_disease(discourse: Discourse) -> Phrase | None:
    """Find whose "affected people" they are: the disease of the topic, else the last one spoken of."""
    recent = (phrase for phrase in reversed(discourse.recent) if discourse.fits(phrase, ("Disease",)))
    found = discourse.find_topical(("Disease",)) or next(recent, None)
    return replace(found, people=True) if found is not None else None


def _speak(
    shape: Shape, before: int, references: References, book: Codebook, fits: Callable[[Phrase], bool] | None = None
) -> list[Spoken]:
    """The phrases of a sentence before a place, or those that fit, as candidates."""
    return [
        Spoken(phrase, -1, -1, functools.partial(is_subject, shape.codes, at, references))
        for at, phrase in enumerate(shape.phrases[:before])
        if phrase is not None and (fits is None or fits(phrase))
        if not is_class(phrase.concept) and phrase.concept.iri not in book.general
        if at == 0 or shape.codes[at - 1] not in references.contrasts
    ]


def is_subject(codes: str, at: int, references: References) -> bool:
    """Tell whether nothing but what may stand before a noun is between a place and the beginning of its clause."""
    before = codes[:at]
    return references.clause_start.match(before[::-1]) is not None or references.examples.match(before) is not None


def _find_by_noun(
    shape: Shape, match: re.Match[str], discourse: Discourse, references: References, book: Codebook
) -> Phrase | None:
    at = match.start("noun")
    noun = shape.phrases[at]
    determiner = match["det"][0]
    if noun is not None and noun.refers:
        return None
    is_modified = match["modified"] and shape.codes[match.end() : match.end() + 1] != DATE
    if determiner in references.definite and (is_modified or match["kind"]):
        return None
    quote = shape.words(at, at + 1).lower()
    plural = quote.endswith("s") and not quote.endswith(("ss", "us", "is"))
    if (plural and determiner in references.singular) or (not plural and determiner in references.plural):
        return None
    wanted = book.takes_up.get(match["noun"])
    if plural and (named := _find_named_after(shape, match.end("noun"), references, wanted, discourse)) is not None:
        return named
    if wanted is None:
        if references.classing.search(shape.codes, 0, match.start()) is not None:
            return None
        if noun is None or len(noun.mentions) > 1 or not discourse.fits(noun, references.topical):
            return None
        return _find_narrower(noun, _speak(shape, match.start(), references, book), discourse)
    if determiner in references.exemplary:
        return _find_kind(wanted, discourse)
    here = _speak(shape, match.start(), references, book, lambda phrase: discourse.fits(phrase, wanted))
    if determiner in references.pairs:
        return _find_two(wanted, here, discourse) if plural == (determiner in references.plural) else None
    if match["noun"] in references.collective:
        several = _find_many(wanted, here, discourse, reach=NEAR_SENTENCES)
        return several if several is not None and len(several.mentions) > 1 else None
    if plural:
        return _find_many(wanted, here, discourse)
    return _find_one(wanted, here, discourse, is_this=determiner in references.singular)


def _find_named_after(
    shape: Shape, end: int, references: References, wanted: Sequence[str] | None, discourse: Discourse
) -> Phrase | None:
    """Find the name that the sentence itself gives: "these tumors, which are called optic gliomas, may"."""
    naming = references.named_after.match(shape.codes, end) if wanted is not None else None
    phrase = shape.phrases[naming.end() - 1] if naming is not None else None
    return phrase if phrase is not None and discourse.fits(phrase, wanted or ()) else None


def _find_narrower(noun: Phrase, here: Sequence[Spoken], discourse: Discourse) -> Phrase | None:
    """Find what a more general name takes up: "the leukemia" is the chronic myeloid leukemia spoken of."""
    known = [spoken.phrase for sentence in discourse.sentences(here, reach=FAR_SENTENCES) for spoken in sentence[::-1]]
    for phrase in (*known, *discourse.section, *discourse.topics):
        if phrase.concept.iri == noun.concept.iri:
            return None
        if len(phrase.mentions) == 1 and discourse.is_narrower(phrase.concept, noun.concept.iri):
            return phrase
    return None


def _find_kind(wanted: Sequence[str], discourse: Discourse) -> Phrase | None:
    """Find the kind that "such" speaks of: a class of drugs, or what was named in the plural; else the topic."""
    for known in reversed([known for sentence in discourse.sentences((), reach=NEAR_SENTENCES) for known in sentence]):
        phrase = known.phrase
        is_kind = phrase.concept.class_name == "DrugClass" or discourse.is_plural(phrase)
        if is_kind and len(phrase.mentions) == 1 and discourse.fits(phrase, wanted):
            return phrase
    return discourse.find_topical(wanted)


def _find_one(wanted: Sequence[str], here: Sequence[Spoken], discourse: Discourse, *, is_this: bool) -> Phrase | None:
    """Find the one thing of some classes that is meant: the topic, unless something nearer is spoken of."""
    topic = discourse.find_topical(wanted)
    is_disease = "Disease" in wanted
    alone = [known.phrase for known in here if discourse.is_one(known.phrase)]
    if alone and not (is_disease and topic is not None):
        return alone[-1]
    before = next(discourse.sentences((), reach=1), [])
    subject = next((known.phrase for known in before if known.is_subject), None)
    is_near = subject is not None and discourse.fits(subject, wanted) and discourse.is_one(subject)
    if is_near and is_disease and topic is not None and _is_said_after(subject, topic, before):
        return topic
    if is_near and (is_this or topic is None or not is_disease):
        return subject
    if topic is not None and (is_disease or not is_this) and len(topic.mentions) == 1:
        return topic
    same_section = [known for known in discourse.spoken if known.section == discourse.at_section]
    for known in reversed(same_section):
        if discourse.fits(known.phrase, wanted) and discourse.is_one(known.phrase):
            return known.phrase
    found = topic or _find_partner(wanted, same_section, discourse) or _find_last(wanted, discourse)
    return found or _find_unspecified(wanted, (subject, discourse.find_topical(("Protein", "Gene"))), discourse)


def _is_said_after(subject: Phrase | None, topic: Phrase, spoken: Sequence[Spoken]) -> bool:
    """Tell whether a sentence names the topic beside something that is not what it opens with."""
    iris = {mention.concept for mention in topic.mentions}
    named = any(mention.concept in iris for known in spoken for mention in known.phrase.mentions)
    return named and subject is not None and subject.concept.iri not in iris and spoken[0].phrase is not subject


def _find_partner(wanted: Sequence[str], spoken: Sequence[Spoken], discourse: Discourse) -> Phrase | None:
    """Find the protein of the gene, or the gene of the protein, that was spoken of last."""
    for known in reversed(spoken):
        for name in wanted:
            partner = discourse.partner(known.phrase.concept.iri, name)
            if partner is not None:
                mention = known.phrase.mentions[0]._replace(concept=partner.iri)
                return Phrase(known.phrase.start, known.phrase.end, (mention,), (partner,))
    return None


def _find_unspecified(wanted: Sequence[str], spoken: Sequence[Phrase | None], discourse: Discourse) -> Phrase | None:
    """Find the protein of which nobody has said what kind of protein it is: "the receptor" tells it now."""
    if not all(discourse.is_one_of(name, ("Protein",)) for name in wanted):
        return None
    for phrase in spoken:
        if phrase is None or len(phrase.mentions) > 1:
            continue
        partner = discourse.partner(phrase.concept.iri, "Protein")
        for concept in (phrase.concept, partner):
            if concept is not None and concept.class_name in UNSPECIFIC:
                mention = phrase.mentions[0]._replace(concept=concept.iri)
                return Phrase(phrase.start, phrase.end, (mention,), (concept,))
    return None


def _find_last(wanted: Sequence[str], discourse: Discourse) -> Phrase | None:
    fitting = (known.phrase for known in reversed(discourse.spoken) if discourse.fits(known.phrase, wanted))
    return next((phrase for phrase in fitting if discourse.is_one(phrase)), None)


def _find_many(
    wanted: Sequence[str], here: Sequence[Spoken], discourse: Discourse, *, reach: int = FAR_SENTENCES
) -> Phrase | None:
    """Find the several things that are meant: the last named together, or as a kind; else those of one sentence."""
    united: Phrase | None = None
    single: Phrase | None = None
    nearest = True
    for sentence in discourse.sentences(here, reach=reach):
        fitting = [
            known.phrase
            for known in sentence
            if discourse.fits(known.phrase, wanted) and not (known.is_sign and "Disease" in wanted)
        ]
        subject = next((known.phrase for known in sentence if known.is_subject), None)
        if nearest and "Procedure" in wanted and subject is not None and discourse.is_topical(subject):
            return subject
        together = [phrase for phrase in fitting if len(phrase.mentions) > 1]
        kinds = [phrase for phrase in fitting if len(phrase.mentions) == 1 and discourse.is_plural(phrase)]
        kinds = [phrase for phrase in kinds if phrase.concept.iri not in discourse.generic]
        if "Drug" in wanted and sentence[0].section not in {-1, discourse.at_section}:
            break
        if together:
            return _with_whole(together[-1], [p for p in fitting if p.concept.class_name == "DrugClass"], discourse)
        if kinds:
            return kinds[-1]
        distinct = {phrase.concept.iri: phrase for phrase in fitting if phrase.concept.iri not in discourse.generic}
        if len(distinct) == 1 and nearest and discourse.fits(fitting[-1], ("Disease",)):
            return fitting[-1]
        nearest = nearest and not fitting
        if len(distinct) > 1 and united is None:
            united = _unite(list(distinct.values()))
        if distinct and single is None and (fitting[-1].concept.class_name == "DrugClass" or "Drug" not in wanted):
            single = fitting[-1]
    topic = discourse.find_topical(wanted)
    far = (topic, united, single) if "Disease" in wanted or "Cancer" in wanted else (united, single, topic)
    for phrase in far:
        if phrase is not None and (len(phrase.mentions) > 1 or _is_countable(phrase, discourse)):
            return phrase
    return None


def _is_countable(phrase: Phrase, discourse: Discourse) -> bool:
    """Tell whether cases of one thing can be spoken of in the plural: "these tumors", "these mutations"."""
    return discourse.fits(phrase, ("Disease", "GeneticAlteration", "DrugClass", "Biomarker"))


def _with_whole(phrase: Phrase, kinds: Sequence[Phrase], discourse: Discourse) -> Phrase:
    """Add to drugs named together the class that they were named as members of."""
    spoken = [known.phrase for known in discourse.spoken if known.section == discourse.at_section]
    for kind in (*reversed(kinds), *reversed(spoken)):
        if kind.concept.class_name != "DrugClass" or len(kind.mentions) > 1:
            continue
        members = [discourse.concept(mention.concept) for mention in phrase.mentions]
        if kind in kinds or all(discourse.is_narrower(member, kind.concept.iri) for member in members):
            return replace(phrase, whole=kind)
    return phrase


def _find_two(wanted: Sequence[str], here: Sequence[Spoken], discourse: Discourse) -> Phrase | None:
    """Find two things of some classes that were named together, in one sentence, or in two that follow each other."""
    recent: dict[str, Phrase] = {}
    for sentence in discourse.sentences(here, reach=NEAR_SENTENCES):
        fitting = [known.phrase for known in sentence if discourse.fits(known.phrase, wanted)]
        together = [phrase for phrase in fitting if len(phrase.mentions) > 1]
        if together:
            return together[-1] if len({mention.concept for mention in together[-1].mentions}) == 2 else None
        recent.update((phrase.concept.iri, phrase) for phrase in reversed(fitting) if phrase.concept.iri not in recent)
        if len(recent) == 2:
            return _unite(list(recent.values())[::-1])
        if len(recent) > 2:
            return None
    return None


def _unite(phrases: Sequence[Phrase]) -> Phrase:
    first, last = phrases[0], phrases[-1]
    mentions = tuple(mention for phrase in phrases for mention in phrase.mentions)
    return Phrase(first.start, last.end, mentions, first.meanings)


def _find_pair(shape: Shape, match: re.Match[str], discourse: Discourse, references: References) -> Phrase | None:
    """Find the two things that "both" or "neither" stands for: those named together last, the subject before others."""
    word = shape.words(match.start("next"), match.start("next") + 1).lower()
    is_both = match["pair"] in references.plural
    if (is_both and word.endswith("s")) or (not is_both and match["next"] not in references.auxiliary):
        return None
    here = [
        Spoken(phrase, -1, -1, functools.partial(is_subject, shape.codes, at, references))
        for at, phrase in enumerate(shape.phrases[: match.start("pair")])
        if phrase is not None and not is_class(phrase.concept)
    ]
    for sentence in discourse.sentences(here, reach=NEAR_SENTENCES):
        together = [k for k in sentence if len({mention.concept for mention in k.phrase.mentions}) > 1]
        pairs = [k for k in together if len({mention.concept for mention in k.phrase.mentions}) == 2]
        if pairs:
            return next((k.phrase for k in pairs if k.is_subject), pairs[-1].phrase)
        if together:
            return None
    return None


def _find_ordinal(match: re.Match[str], discourse: Discourse) -> Phrase | None:
    """Find the first or the second of two things that were named together."""
    for sentence in discourse.sentences((), reach=NEAR_SENTENCES):
        for known in sentence:
            if len(known.phrase.mentions) == 2:
                mention = known.phrase.mentions[0 if match["former"] else 1]
                return Phrase(known.phrase.start, known.phrase.end, (mention,), (discourse.concept(mention.concept),))
    return None


def _find_by_pronoun(
    shape: Shape, match: re.Match[str], discourse: Discourse, references: References, book: Codebook
) -> Phrase | None:
    at, code = match.start(), match[0]
    if references.partitive.search(shape.codes, 0, at) is not None:
        return None
    if shape.words(at, at + 1).lower() == "it" and references.pleonastic.match(shape.codes, at):
        return None
    possessive = code in references.possessives
    if possessive and shape.codes[at + 1 : at + 2] in book.set_of_nouns("Receptor") | book.set_of_nouns("Ligand"):
        return None
    is_object = not possessive and (
        code in references.object_pronouns or references.closing.match(shape.codes, at + 1) is not None
    )
    plural = code in references.plural_pronouns
    found = [
        phrase
        for phrase in _rank(shape, at, discourse, references, book, is_object=is_object, possessive=possessive)
        if discourse.is_plural(phrase) == plural or (plural and phrase.people)
        if phrase.mentions[0].text.lower().replace("-", " ").rsplit(maxsplit=1)[-1] not in references.states
    ]
    if plural and not is_object and (patients := _find_people(shape, at, discourse, references)) is not None:
        found.insert(0, patients)
    if references.given.match(shape.codes, at + 1) is not None:
        found = [phrase for phrase in found if discourse.fits(phrase, TREATMENTS)] or found
    front = [phrase for phrase in found if not discourse.fits(phrase, references.background)]
    ranked: dict[tuple[str, ...], Phrase] = {}
    for phrase in (*front, *(phrase for phrase in found if phrase not in front)):
        ranked.setdefault(tuple(mention.concept for mention in phrase.mentions), phrase)
    if not ranked:
        return None
    first, *others = ranked.values()
    return replace(first, others=tuple(others[:3]))


def _find_people(shape: Shape, at: int, discourse: Discourse, references: References) -> Phrase | None:
    """Find whom "they" stands for where patients were the subject before: those with the disease of the topic."""
    topic = discourse.find_topical(("Disease",))
    if topic is None:
        return None
    people = [
        place
        for place in range(at)
        if shape.codes[place] in references.people and is_subject(shape.codes, place, references)
    ]
    if people:
        rivals = shape.phrases[people[-1] + 1 : at]
        is_theirs = not any(
            phrase is not None and discourse.is_plural(phrase) and is_subject(shape.codes, place, references)
            for place, phrase in enumerate(rivals, people[-1] + 1)
        )
    else:
        is_theirs = discourse.tells_of_people and all(phrase is None for phrase in shape.phrases[:at])
    return replace(topic, people=True) if is_theirs and len(topic.mentions) == 1 else None


def _rank(
    shape: Shape,
    at: int,
    discourse: Discourse,
    references: References,
    book: Codebook,
    *,
    is_object: bool,
    possessive: bool,
) -> Iterator[Phrase]:
    """Give what a pronoun may stand for, the likeliest first."""
    here = _speak(shape, at, references, book)
    breaks = [found.start() for found in references.breaks.finditer(shape.codes, 0, at)]
    if is_object:
        clause = breaks[-1] if breaks else -1
        coordinated = clause >= 0 and shape.codes[clause] in references.conjunctions
        outer = max((b for b in breaks if shape.codes[b] not in references.conjunctions), default=-1)
        here = [
            known
            for known in here
            if known.phrase.start < shape.starts[max(clause, 0)]
            and not (coordinated and known.is_subject and known.phrase.start >= shape.starts[max(outer, 0)])
        ]
    subjects = [known.phrase for known in here if known.is_subject]
    if not subjects and breaks and references.unknown_subject.match(shape.codes, 0, breaks[0] + 1):
        return
    if len(subjects) > 1 and references.subordinate.match(shape.codes):
        subjects = [*subjects[1:], subjects[0]]
    if possessive:
        subjects.reverse()
    rest = [known.phrase for known in reversed(here) if not known.is_subject]
    fronted = references.opening.match(shape.codes, 0, at) is not None
    if not fronted:
        yield from subjects
        yield from rest
    before = next((s for s in discourse.sentences((), reach=1) if s[0].section == discourse.at_section), [])
    yield from (known.phrase for known in before if known.is_subject)
    yield from rest
    objects = [known for known in reversed(before) if not known.is_subject]
    yield from (known.phrase for known in sorted(objects, key=lambda known: known.inner))
    if not is_object:
        yield from discourse.section
        yield from discourse.topics
