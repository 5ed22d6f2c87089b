"""Coordinated names read as one: "pertuzumab, T-DM1, lapatinib, and neratinib", "breast and ovarian cancer"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from oncograph.model import Mention
from oncograph.reading.lexicon import Lexicon
from oncograph.reading.patterns import OTHER_NAME, OTHER_WORD, Codebook
from oncograph.reading.shape import Phrase, Shape

SINGULAR = ("is", "was", "has", "does")
"""Verbs of which one thing alone is the subject."""
NARROWED = frozenset({"Procedure", "DiagnosticTest"})
LETTERED = re.compile(r"[a-z] [A-Z]$")
"""A name that ends in a letter, which a coordinated one may replace: "hepatitis B and C"."""


@dataclass(frozen=True, slots=True)
class Coordination:
    """How names are joined: codes of the classes that go together, and the expression of what stands between two.

    A member that nobody knows is passed over, not a reason to break the list.

    Attributes:
        repeated: From a name to the next after the same preposition: "in 10% of A and in up to half of B".
        apposition: What opens a name that is no member unless the list goes on after it: "gefitinib, an inhibitor".
        explaining: What opens one that ends its list: "the cerebellum, the part of the brain that".
        defined: A cancer that a clause defines, which opens a sentence of its own: "and cancer that begins in X is Y".
        clause: What opens a clause of its own after a comma: ", and X is".
        singled: From an alteration to the one of its kind that is meant most often: "mutations, usually V600E".
        member: One drug of a class, named after it: "a third inhibitor, X,".
        subordinate: A clause that opens a sentence, up to a comma: "once A binds B,".
        verb: What a verb may begin with.
        counted: The end of what says how many the names after a comma are: "two kinases, X and Y".
        plus: Codes of what joins two of a list more closely: "A plus B and C plus D".
        spelled: A conjunction of several words: "as well as".
        joining: The code that stands for it.
        setting: Up to a disease that something is done in or for.
        opening: What stands before the first name of a sentence when a comma ends its phrase: "unlike X, Y".
    """

    between: re.Pattern[str]
    explained: re.Pattern[str]
    repeated: re.Pattern[str]
    family: Mapping[str, int]
    conjunctions: str
    conjunction: re.Pattern[str]
    apposition: re.Pattern[str]
    explaining: str
    opening: re.Pattern[str]
    defined: re.Pattern[str]
    clause: re.Pattern[str]
    counted: re.Pattern[str]
    singled: re.Pattern[str]
    member: re.Pattern[str]
    subordinate: re.Pattern[str]
    verb: re.Pattern[str]
    setting: re.Pattern[str]
    plus: frozenset[str]
    spelled: re.Pattern[str]
    joining: str

    @classmethod
    def of(cls, book: Codebook, families: list[list[str]]) -> Coordination:
        """Prepare the coordination of entities whose classes are of one family."""
        family = {code: at for at, names in enumerate(families) for code in book.classes(names)}
        joins = book.set_of("conjunction")
        fillers, doses = book.set_of("filler"), book.any_of("dose-level")
        codes = "".join(sorted(family))
        mark = rf"(?:,|/|;|[{joins}]|,[{joins}]|[{joins}]/[{joins}])"
        relative, alone = book.set_of("relative"), book.code("alone")
        treatments = book.classes(["Drug", "DrugClass", "Procedure"])
        purpose = rf"{book.code('to')}[^;.,]{{1,8}}?(?:,[{joins}]?|[{joins}])[{fillers}]{{0,3}}[{treatments}]"
        explained = re.compile(rf",[{relative}][^;.]{{1,18}}?,?[{joins}][{fillers}]{{0,3}}[{codes}]|{purpose}")
        unknown = rf"(?:[{OTHER_WORD}{OTHER_NAME}]{{1,3}}{mark}[{fillers}]{{0,3}}){{0,2}}"
        return cls(
            re.compile(rf"(?<=[{codes}])(?:{alone})?{mark}[{fillers}]{{0,3}}(?:{doses})?{unknown}(?=[{codes}])"),
            explained,
            _repeat_preposition(book, codes),
            family,
            joins,
            re.compile(f"[{joins}]"),
            re.compile(f",[{book.set_of('article')}{book.code('the')}{book.set_of('either')}{book.code('all')}]"),
            f",{book.code('the')}",
            re.compile(rf"\A[{book.set_of('gap-end')}][^,;]{{0,6}}\Z"),
            re.compile(f"[{book.classes(['Cancer'])}][{relative}]"),
            re.compile(rf",[{joins}][{fillers}]{{0,3}}[{codes}][{''.join(map(book.code, SINGULAR))}]"),
            re.compile(rf"[{book.set_of('counting')}][{OTHER_WORD}]?\Z"),
            re.compile(rf"[{book.classes(['GeneticAlteration'])}],(?:{book.any_of('foremost')})"),
            re.compile(rf"[{book.classes(['DrugClass'])}],[{book.classes(['Drug'])}],(?![{joins}{codes}])"),
            re.compile(rf"\A[{book.set_of('clause-end')}{book.code('once')}][^,;]*\Z"),
            re.compile(f"[{book.set_of('auxiliary')}{book.set_of('finite')}{book.set_of('be')}]"),
            re.compile(rf"[{book.code('in')}{book.code('for')}][{fillers}]{{0,2}}[{book.classes(['Disease'])}]"),
            frozenset(book.set_of("together").replace("\\", "")) | {"+"},
            re.compile(book.any_of("long-conjunction")),
            book.code("and"),
        )

    def is_no_list(self, before: str, between: str, after: str) -> bool:
        """Tell whether what stands before, between and after the last two names says that they are no list."""
        if between == self.explaining and (not after or (after != "," and after not in self.conjunctions)):
            return True
        return self.apposition.match(between) is not None or (between == "," and self.opening.match(before) is not None)

    def is_counted(self, before: str, between: str, *, members: int) -> bool:
        """Tell whether the last names are those that were counted: "two kinases, X and Y"."""
        is_aside = between[0] == "," and self.conjunction.search(between) is None
        return is_aside and members > 1 and self.counted.search(before) is not None


def _repeat_preposition(book: Codebook, codes: str) -> re.Pattern[str]:
    """Write what goes on with a list by its preposition, or by a share: groups `again` and `share` tell which."""
    joins, fillers, adverbs = (book.set_of(cue) for cue in ("conjunction", "filler", "adverb"))
    prepositions, stops = book.set_of("repeatable"), book.set_of("gap-end") + book.set_of("clause-end")
    words = f"[^,;.:()—{stops}{joins}{codes}]"
    openers = f"{adverbs}{OTHER_WORD}{book.set_of('article')}"
    share = f"[{openers}]{{0,2}}(?P<share>Q)[{book.set_of('share-of')}{book.set_of('risk')}]{{0,3}}"
    return re.compile(
        rf"(?:{words}|[{prepositions}]{words}){{0,6}}?(?:,[{joins}]?|[{joins}])[{adverbs}]?(?P<again>[{prepositions}])?"
        rf"(?:{share})?"
        rf"[{fillers}]{{0,3}}(?P<name>[{codes}])"
    )


def close_conjunctions(shape: Shape, coordination: Coordination) -> None:
    """Read a conjunction of several words as one, in place, except where it opens the sentence."""
    for match in reversed(list(coordination.spelled.finditer(shape.codes))):
        if match.start():
            shape.replace(match.start(), match.end(), coordination.joining, None)


def join_names(shape: Shape, coordination: Coordination) -> None:
    """Replace each coordination of names by one phrase, in place; two members side by side name different entities."""
    at = len(shape.codes)
    family = coordination.family
    for match in reversed(list(coordination.between.finditer(shape.codes))):
        left, right = match.start() - 1, match.end()
        if right >= at or family[shape.codes[left]] != family[shape.codes[right]]:
            continue
        if {*shape.codes[max(0, left - 1) : left]} & coordination.plus and {*shape.codes[right + 1 : right + 2]} & (
            coordination.plus
        ):
            continue
        if ";" in match[0] or ("/" in match[0] and right == left + 1):
            continue
        first, second = shape.phrases[left], shape.phrases[right]
        if first is None or second is None or first.refers:
            continue
        if len(second.mentions) == 1 and coordination.is_no_list(
            shape.codes[:left], match[0], shape.codes[right + 1 : right + 2]
        ):
            continue
        if coordination.is_counted(shape.codes[:left], match[0], members=len(second.mentions)):
            continue
        if coordination.defined.match(shape.codes, right) or shape.codes[right + 1 : right + 2] in family:
            continue
        if len(second.mentions) == 1 and coordination.clause.match(shape.codes, match.start()):
            continue
        if coordination.singled.match(shape.codes, left) or _is_member(shape, left, first, coordination):
            continue
        if (
            match[0] == ","
            and coordination.verb.match(shape.codes, right + 1)
            and (coordination.subordinate.match(shape.codes[:left]) is not None)
        ):
            continue
        joined = Phrase(first.start, second.end, first.mentions + second.mentions, first.meanings)
        shape.replace(left, right + 1, shape.codes[left], joined)


def _is_member(shape: Shape, at: int, first: Phrase, coordination: Coordination) -> bool:
    """Tell whether a class in the singular is followed by the one of it that is meant: "another inhibitor, X,"."""
    if coordination.member.match(shape.codes, at) is None or first.mentions[0].text.endswith("s"):
        return False
    return len(first.mentions) == 1


def complete_names(shape: Shape, lexicon: Lexicon, coordination: Coordination, book: Codebook) -> None:
    """Give coordinated words the part of the name they share with their neighbour, in place.

    "cell growth and division" names cell division, "breast and ovarian cancer" breast cancer, "BRCA1 and 2" BRCA2,
    "hepatitis B and C" hepatitis C, "ovarian and other cancers" ovarian cancer,
    "bone marrow aspiration and biopsy" bone marrow biopsy.
    """
    for match in reversed(list(coordination.conjunction.finditer(shape.codes))):
        _complete_right(shape, match.start(), lexicon, book)
        _complete_left(shape, match.start(), lexicon, book)


def _complete_right(shape: Shape, conjunction: int, lexicon: Lexicon, book: Codebook) -> None:
    before, after = conjunction - 1, conjunction + 1
    if before < 0 or after >= len(shape.codes):
        return
    phrase = shape.phrases[before]
    known = shape.phrases[after]
    if phrase is None or phrase.refers or (known is not None and known.concept.class_name not in NARROWED):
        return
    word = shape.words(after, after + 1)
    quote = phrase.mentions[-1].text
    candidates = []
    if " " in quote and word.isalpha() and len(word) > 3:
        candidates.append(f"{quote.rsplit(maxsplit=1)[0]} {word}")
    if word.isdigit() and quote[-1:].isdigit():
        candidates.append(quote.rstrip("0123456789") + word)
    if LETTERED.search(quote) and len(word) == 1 and word.isupper():
        candidates.append(quote[:-1] + word)
    for candidate in candidates:
        meanings = lexicon.meanings(candidate)
        is_narrower = known is None or (meanings and known.concept.iri in meanings[0].broader)
        if meanings and meanings[0].class_name == phrase.concept.class_name and is_narrower:
            start, end = shape.starts[after], shape.ends[after]
            mention = Mention(start, end, shape.text[start:end], meanings[0].iri)
            shape.phrases[after] = Phrase(start, end, (mention,), meanings)
            shape.codes = shape.codes[:after] + book.class_codes[meanings[0].class_name] + shape.codes[after + 1 :]
            return


def _complete_left(shape: Shape, conjunction: int, lexicon: Lexicon, book: Codebook) -> None:
    after = conjunction + 1
    is_other = shape.codes[after : after + 1] == book.code("other")
    after += is_other
    while after < len(shape.codes) and shape.codes[after] == OTHER_WORD and after < conjunction + 4:
        after += 1
    if after >= len(shape.codes) or (phrase := shape.phrases[after]) is None or phrase.refers:
        return
    quote = phrase.mentions[0].text
    parts = quote.split()
    tails = [" ".join(parts[at:]) for at in range(1, len(parts))] or ([quote] if is_other else [])
    if not tails:
        return
    place = conjunction - 1
    while place >= 0:
        if shape.codes[place] == ",":
            place -= 1
            continue
        known = shape.phrases[place]
        if known is None and shape.codes[place] not in (OTHER_WORD if place else OTHER_WORD + OTHER_NAME):
            return
        word = shape.words(place, place + 1)
        meanings = next((found for tail in tails if (found := lexicon.meanings(f"{word} {tail}"))), ())
        if not meanings or meanings[0].class_name == "Class":
            return
        start, end = shape.starts[place], shape.ends[place]
        mention = Mention(start, end, shape.text[start:end], meanings[0].iri)
        shape.phrases[place] = Phrase(start, end, (mention,), meanings)
        shape.codes = shape.codes[:place] + book.class_codes[meanings[0].class_name] + shape.codes[place + 1 :]
        if place == 0 or shape.codes[place - 1] != ",":
            return
        place -= 1
