"""Lists of things that may have no name yet, read member by member: "burning or tingling in the hands or feet"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from oncograph.model import Concept, Grounding, Mention, entity_iri
from oncograph.reading.patterns import TOKEN, Codebook
from oncograph.reading.shape import Shape, is_class

MEMBER_WORDS = 9
UNPARTED = 3
NEW_CLASS = "Symptom"
PLACE_REACH = 4
INNER = re.compile(r"[\"”’]?\s*\(([^()]*)\)")
PARENTHESIS = re.compile(r"\s*\(([^()]*)\)")
UNNAMED = re.compile(
    r"^\w+ly \w+(?:ed to |s\b(?! of))|\w(?:ed|[^su]s) to (?!the |cold)|^(?:warning )?(?:signs?|symptoms?) of "
    r"|^(?:[a-z]+(?:able|ible|ful|ive|less|ous|ish)|velvety|wrong|high|low|persons|objects|often \w+"
    r"|subtle|mild|severe|similar|variable|single|small|large|firm|painless|solitary|flat|soft|hard|round|abnormal|higher|lower|greater|increased|decreased)$"
    r"|^when |\btimes a\b|^(?:upper|lower|left|right|inner|outer|both|front|back) \w+$"
    r"|^\w+ed (?:by|as|in|during|with|to) |^(?!scaly|curly|woolly|early|oily|daily|bubbly|prickly)\w+ly \w+$"
    r"|^(?!.*\bthat\b).* (?:dry|red|thin|thick|short|long|soft|hard|pale|wide|narrow|flat|dark|painful|rough|coarse"
    r"|fragile|sparse|brittle|painless|itchy|smooth|slow|weak|stiff)$"
    r"|^(?:treat|prevent|reduce|delay|maintain|about|at|only|likely|written|first|persons?|treatment|types?|complications|varying"
    r"|ranging|affects) |^[a-z][^A-Z]* [A-Z][a-z]{3,}(?: (?!sign|reflex|ring|spot|bod|line|nodule)|$)"
    r"| (?:also|one|another|both|each|either|first|furthest|severely|early)$"
)
"""No names: what is done, and what for ("broths to replace fluids"), signs as such, and qualities by themselves.

Nor pieces of a longer member ("blindness in one"), and members that no comma parts ("bone pain Large forehead").
"""
SIGNS_OF = re.compile(r"(?:signs?|symptoms?) of ", re.IGNORECASE)
HEALTHY = re.compile(r"\b(?:normal|healthy) (?=\w)")
EXAMPLE_WORDS = frozenset({"such", "including"})
MARKS = frozenset(",&;:—.")
PLACES = frozenset({"Anatomy", "CellType", "CellComponent", "Specimen"})
NEVER_SIGNS = frozenset(
    {
        *("Drug", "DrugClass", "Procedure", "DiagnosticTest", "Population", "InheritancePattern"),
        *("Gene", "Mutation", "GeneticAlteration", "ChromosomeAbnormality", "Rearrangement", "Fusion"),
    }
)

CANCERS = frozenset({"Cancer", "CancerSubtype"})

EXAMPLES = re.compile(r"\b(?:such as|including|for example|for instance|e\.g\.)", re.IGNORECASE)
"""What stands between a name and the examples of it."""


@dataclass(slots=True)
class Atom:
    """A word, a mark or a name of a list.

    Attributes:
        text: The words as written.
        word: The same in lower case; `&` for every conjunction.
        concept: What they name; None for words that name nothing.
        refers: Whether they refer back, and so name nothing new.
    """

    start: int
    end: int
    text: str
    word: str
    concept: Concept | None = None
    refers: bool = False


END = Atom(0, 0, "", ",")


@dataclass(slots=True)
class Member:
    """A member of a list.

    Attributes:
        atoms: What it is written as.
        shared: Words that it shares with its neighbours, before and after.
        joint: What joins it to the member before: a comma, a conjunction, or both.
    """

    atoms: tuple[Atom, ...]
    before: str = ""
    after: str = ""
    joint: tuple[Atom, ...] = ()

    @property
    def last(self) -> Atom:
        return self.atoms[-1]

    @property
    def joined(self) -> bool:
        """Whether a conjunction, not a comma alone, joins it to the member before."""
        return any(atom.word == "&" for atom in self.joint)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the members of a list may be.

    Attributes:
        new_class: Class of a member that has no name yet; empty to pass such members over.
        fits: Tells which concepts may be members.
        meanings: Gives the concepts that a name may mean.
        concept_of: Gives the concept that a mention names.
        part: The part of the body of which the members say how it is: "the breast is warm, red, and swollen".
    """

    new_class: str
    fits: Callable[[Concept], bool]
    meanings: Callable[[str], tuple[Concept, ...]]
    concept_of: Callable[[Mention], Concept]
    part: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Reads lists, given the words that shape them: the cues of the same names.

    Attributes:
        conjunction_starts: The first words of the conjunctions.
    """

    conjunctions: frozenset[str]
    conjunction_starts: tuple[str, ...]
    opening: frozenset[str]
    ending: frozenset[str]
    aside: frozenset[str]
    prepositions: frozenset[str]
    signs: frozenset[str]
    troubles: frozenset[str]
    kinds: frozenset[str]
    degrees: frozenset[str]
    empty: frozenset[str]
    relations: frozenset[str]
    parts: frozenset[str]
    naming: frozenset[str]
    start: frozenset[str]
    pointing: frozenset[str]
    manners: frozenset[str]
    consequences: frozenset[str]
    possessives: frozenset[str]
    sign_nouns: frozenset[str]
    sign_endings: tuple[str, ...]
    felt: Mapping[str, str]

    @classmethod
    def of(cls, book: Codebook) -> Listing:
        """Gather the words from the cues of a codebook."""

        def words(cue: str) -> frozenset[str]:
            return frozenset(" ".join(phrase) for phrase in book.cues.get(cue, ()))

        conjunctions = words("conjunction") | words("long-conjunction")
        return cls(
            conjunctions,
            tuple(sorted({phrase.split()[0] for phrase in conjunctions})),
            words("list-opening"),
            words("list-ending"),
            words("aside"),
            words("preposition-of-place"),
            words("local-sign"),
            words("trouble"),
            words("shared-kind"),
            words("degree"),
            words("empty-head"),
            words("relational"),
            words("body-part"),
            words("naming") | words("renaming"),
            words("list-start"),
            words("demonstrative") | words("far-demonstrative"),
            words("manner"),
            words("list-consequence"),
            words("possessive-pronoun"),
            words("sign-noun"),
            tuple(sorted(words("sign-ending"))),
            book.forms.get("felt", {}),
        )

    def read(self, shape: Shape, start: int, end: int, wanted: Wanted) -> Iterator[tuple[Mention, Concept]]:
        """Name the members of a list that stands in some places of a shape."""
        atoms = list(_find_atoms(shape, start, end, wanted.concept_of, self.possessives))
        members = self._merge_places(self._split(list(self._join_conjunctions(atoms))), wanted)
        shared = self._share(members, wanted)
        if wanted.new_class == NEW_CLASS and any(_is_never_sign(member.last) for member in members):
            wanted = replace(wanted, new_class="")
        for member, following in zip_longest(shared, shared[1:]):
            concept = self._name(member, shape.text, wanted)
            if concept is not None and not _is_adjective(following, concept):
                first, last = member.atoms[0].start, member.last.end
                yield Mention(first, last, shape.text[first:last], concept.iri), concept

    def _join_conjunctions(self, atoms: list[Atom]) -> Iterator[Atom]:
        """Make one atom of each conjunction."""
        at = 0
        while at < len(atoms):
            first = atoms[at]
            for size in (3, 1) if first.word.startswith(self.conjunction_starts) else ():
                run = atoms[at : at + size]
                if " ".join([atom.word for atom in run]) in self.conjunctions:
                    yield Atom(first.start, run[-1].end, first.text, "&")
                    at += len(run)
                    break
            else:
                yield first
                at += 1

    def _split(self, atoms: list[Atom]) -> list[Member]:
        """Cut a list at its commas and conjunctions, leave asides out, and end it where a clause goes on."""
        members: list[Member] = []
        run: list[Atom] = []
        joint: list[Atom] = []
        in_aside = in_relative = in_clause = False
        unparted = self._find_unparted(atoms)
        for atom, following in pairwise([*atoms, END, END]):
            if atom.start in unparted and run and not in_aside and not in_clause:
                members.append(Member(tuple(run), joint=tuple(joint)))
                joint, in_relative, run = [END], False, []
            if atom.word in MARKS:
                if run and not in_aside and not in_clause:
                    members.append(Member(tuple(run), joint=tuple(joint)))
                joint = [*joint, atom] if not run else [atom]
                in_clause = (in_clause or (in_aside and in_relative)) and atom.word == ","
                in_aside = in_aside and atom.word == "&"
                in_relative, run = False, []
            elif atom.word in self.ending and not in_relative and not in_aside:
                goes_on = not run or any(mark.word == ";" for mark in joint)
                return members if goes_on else [*members, Member(tuple(run), joint=tuple(joint))]
            else:
                is_start = not run and not members and not any(mark.word in MARKS for mark in joint)
                if not run and (self._is_opening(atom, following) or (is_start and atom.word in self.start)):
                    joint.append(atom)
                    continue
                is_example = bool(run) and atom.word in EXAMPLE_WORDS
                if in_aside and (is_example or (in_relative and atom.word in self.consequences)):
                    return members
                explains = atom.word in self.relations
                in_aside = in_aside or (not run and (explains or atom.word in self.aside))
                in_relative = in_relative or explains
                run.append(atom)
        return members

    def _find_unparted(self, atoms: list[Atom]) -> frozenset[int]:
        """Find where members begin in a list that has lost its marks: "Bone pain Large forehead Stunted growth"."""
        starts = frozenset(
            atom.start
            for before, atom in pairwise(atoms)
            if atom.text[:1].isupper()
            and atom.text[1:2].islower()
            and before.word not in MARKS
            and before.word not in self.prepositions
            and before.word not in self.opening
            and before.word not in self.aside
            and before.word not in self.relations
            and not before.text[:1].isupper()
        )
        return starts if len(starts) >= UNPARTED else frozenset()

    def _is_opening(self, atom: Atom, following: Atom) -> bool:
        """Tell whether a word, or a word with its "of", names nothing: "the growth of tumors"; not "signs of"."""
        opens = atom.word in self.opening or f"{atom.word} {following.word}" in self.opening
        return opens and not _is_of_signs(atom, following)

    def _merge_places(self, members: list[Member], wanted: Wanted) -> list[Member]:
        """Join places to the place of the member before: "pain in the hips, thighs, or back"."""
        merged: list[Member] = []
        for member in members:
            if merged and self._names_place(member, wanted) and self._find_place(merged[-1], wanted):
                merged[-1] = replace(merged[-1], atoms=(*merged[-1].atoms, *member.joint, *member.atoms))
            else:
                merged.append(member)
        return merged

    def _names_place(self, member: Member, wanted: Wanted) -> bool:
        """Tell whether a member names a place, with one more word at most, and no sign."""
        *_, core = self._cuts(member.atoms)
        words = tuple(atom for atom in core if not self._is_place(atom))
        return len(words) < min(2, len(core)) and not _holds(words, wanted)

    def _is_place(self, atom: Atom) -> bool:
        return atom.word in self.parts or (atom.concept is not None and atom.concept.class_name in PLACES)

    def _find_place(self, member: Member, wanted: Wanted) -> tuple[Atom, ...]:
        """Find the words that say where: "in the arms or legs"."""
        for at, atom in enumerate(member.atoms[1:], 1):
            if atom.word not in self.prepositions:
                continue
            for other in member.atoms[at + 1 : at + 1 + PLACE_REACH]:
                if other.word in self.prepositions:
                    break
                if self._is_place(other):
                    return member.atoms[at:]
        for at, atom in enumerate(member.atoms):
            if (inner := self._find_inner_place(atom, wanted)) is not None:
                return (inner, *member.atoms[at + 1 :])
        return ()

    def _find_inner_place(self, atom: Atom, wanted: Wanted) -> Atom | None:
        """Find a place inside a name: "change in the breast"."""
        words = atom.text.split()
        for at, word in enumerate(words[1:], 1):
            if word not in self.prepositions:
                continue
            for other in words[at + 1 : at + 1 + PLACE_REACH]:
                if other in self.prepositions:
                    break
                if other in self.parts or any(c.class_name in PLACES for c in wanted.meanings(other)[:1]):
                    return Atom(atom.start, atom.end, " ".join(words[at:]), "")
        return None

    def _share(self, members: list[Member], wanted: Wanted) -> list[Member]:
        """Give members the words that they share with a neighbour."""
        shared = members[:]
        for at in range(len(members) - 1, 0, -1):
            member, before = shared[at], shared[at - 1]
            shared[at - 1] = self._share_backward(before, member, wanted)
            shared[at] = self._share_forward(before, member)
        return shared

    def _share_backward(self, before: Member, member: Member, wanted: Wanted) -> Member:
        place = self._find_place(member, wanted)
        if place and not self._is_at_place(member, place[0]):
            place = ()
        after = _join(place) if place else member.after
        is_of_cells = any(atom.concept is not None and atom.concept.class_name == "CellType" for atom in place)
        is_bare = len(before.atoms) == 1 and before.last.word in self.signs and not is_of_cells
        if (
            after
            and (is_bare or (member.joined and before.last.word in self.signs))
            and not self._find_place(before, wanted)
        ):
            return replace(before, after=after)
        head = member.last
        words = head.text.split()
        is_compound = len(member.atoms) + len(words) > 2 and words[-1] in self.troubles
        known = before.last.concept is not None and wanted.fits(before.last.concept)
        if member.joined and is_compound and len(before.atoms) == 1 and not known:
            return replace(before, after=words[-1])
        return before

    def _is_at_place(self, member: Member, place: Atom) -> bool:
        """Tell whether it is a sign that a place is of: "warmth of the hands", not "loss of coordination"."""
        if place in member.atoms:
            return member.atoms[member.atoms.index(place) - 1].word.split()[-1] in self.signs
        whole = next((atom for atom in member.atoms if atom.start == place.start), None)
        head = whole.word.removesuffix(place.text.lower()).split()[-1:] if whole is not None else []
        if whole is None or whole.concept is None or not head:
            return True
        return head[0].rstrip("s") in whole.concept.label

    def _share_forward(self, before: Member, member: Member) -> Member:
        words = _join(before.atoms).lower().split()
        if (
            member.joined
            and len(words) == 2
            and words[0] in self.kinds
            and len(member.atoms) == 1
            and " " not in member.last.text
        ):
            return replace(member, before=words[0])
        return member

    def _name(self, member: Member, text: str, wanted: Wanted) -> Concept | None:
        """Name a member: by a known name, by a new name that builds on one, or by its own words."""
        *_, core = self._cuts(member.atoms)
        if any(atom.refers for atom in core):
            return None
        for atom in core if _has_parenthesis(text, core) else ():
            inner = INNER.match(text, atom.end) or PARENTHESIS.search(text, atom.start, atom.end)
            if inner is not None and (found := self._look_up(inner[1], wanted)) is not None:
                return found
        if wanted.part:
            noun = self.felt.get(member.last.word)
            return self._make_new(f"{wanted.part} {noun}", wanted) if noun else None
        member = self._take_name(member, wanted)
        for atoms in self._cuts(member.atoms):
            words = " ".join(filter(None, (member.before, _join(atoms), member.after)))
            if (found := self._look_up(words, wanted)) is not None:
                return found
        return self._make(member, wanted)

    def _take_name(self, member: Member, wanted: Wanted) -> Member:
        """Take of "cells described as blasts" the name."""
        for at in range(len(member.atoms) - 1, 0, -1):
            atom, before = member.atoms[at - 1 : at + 1][::-1]
            if before.word in self.naming or f"{before.word} {atom.word}" in self.naming:
                size = 0 if before.word in self.naming else 1
                named = member.atoms[at + size :] or member.atoms
                if "of" in {atom.word for atom in member.atoms[: at - 1]} and not _holds(named, wanted):
                    return member
                return replace(member, atoms=named)
        return member

    def _cuts(self, atoms: tuple[Atom, ...]) -> Iterator[tuple[Atom, ...]]:
        """Give a member, then without what explains it: "a sore that does not heal", "a sore"."""
        yield atoms
        for at in range(len(atoms) - 1, 0, -1):
            if atoms[at].word in self.aside or atoms[at].word in self.relations:
                yield atoms[:at]

    def _look_up(self, words: str, wanted: Wanted) -> Concept | None:
        """Find a name, with and without words of degree before it."""
        while words and SIGNS_OF.match(words) is None:
            healthy = HEALTHY.sub("", words)
            meanings = wanted.meanings(words)
            for meaning in meanings if healthy == words else (*meanings, *wanted.meanings(healthy)):
                if wanted.fits(meaning) and not is_class(meaning):
                    return meaning
            first, _, rest = words.partition(" ")
            if first not in self.degrees and first not in self.manners and first not in self.opening:
                return None
            words = rest
        return None

    def _make(self, member: Member, wanted: Wanted) -> Concept | None:
        """Make a new entity of a member's own words, unless they cannot name one."""
        atoms = self._choose_words(member.atoms, wanted)
        if not atoms:
            return None
        while len(atoms) > 1 and atoms[0].word in self.degrees:
            atoms = atoms[1:]
        first = atoms[0].concept
        is_whole = len(atoms) == 1 and not member.before and not member.after
        if (
            first is not None
            and wanted.fits(first)
            and (is_whole or not first.class_name == wanted.new_class == NEW_CLASS)
        ):
            return first
        label = " ".join(filter(None, (member.before, _join(atoms), member.after)))
        label = label if label[:2].isupper() else label[:1].lower() + label[1:]
        if not self._may_name(label, atoms, wanted):
            return None
        return self._make_new(label, wanted)

    def _make_new(self, label: str, wanted: Wanted) -> Concept:
        known = next((meaning for meaning in wanted.meanings(label) if wanted.fits(meaning)), None)
        return known or Concept(entity_iri(label), label, wanted.new_class or NEW_CLASS, grounding=Grounding.UNGROUNDED)

    def _choose_words(self, atoms: tuple[Atom, ...], wanted: Wanted) -> tuple[Atom, ...]:
        """Choose what of a member names it: no explanation of a known name, no relative clause on a sign."""
        cuts = [cut for cut in self._cuts(atoms) if _holds(cut, wanted)]
        if cuts:
            return cuts[-1]
        if not wanted.new_class:
            return ()
        relative = next((at for at, atom in enumerate(atoms) if at and atom.word in self.relations), len(atoms))
        return atoms if self._is_unsaid(atoms[:relative]) else atoms[:relative]

    def _is_unsaid(self, atoms: tuple[Atom, ...]) -> bool:
        """Tell whether words need what explains them: "bones" is no sign, "bones that break easily" is."""
        return len(atoms) == 1 and atoms[0].concept is not None and atoms[0].concept.class_name in PLACES

    def _may_name(self, label: str, atoms: tuple[Atom, ...], wanted: Wanted) -> bool:
        words = label.split()
        return (
            len(label) > 3
            and label[:1].isalpha()
            and len(words) <= MEMBER_WORDS
            and words[-1] not in self.empty
            and words[0] not in self.ending
            and words[0] not in self.pointing
            and words[0] not in self.prepositions
            and words[-1] not in self.degrees
            and not words[-1].endswith("ed")
            and UNNAMED.search(label) is None
            and words[-1] not in self.prepositions
            and not (len(words) == 1 and (atoms[0].concept is not None or self._is_place(atoms[0])))
            and not (wanted.new_class == NEW_CLASS and any(_is_never_sign(atom) for atom in atoms))
            and not (wanted.new_class == NEW_CLASS and _is_cancer(atoms[-1]))
            and not (wanted.new_class == NEW_CLASS and len(words) == 1 and not self._is_sign_noun(label.lower()))
        )

    def _is_sign_noun(self, word: str) -> bool:
        """Tell whether one word alone can name a sign: "hyperreflexia", "shock"; not "walking", "thick"."""
        return word in self.sign_nouns or word.endswith(self.sign_endings)


def _is_adjective(following: Member | None, concept: Concept) -> bool:
    """Tell whether a new one-word name only goes with the next one's noun: "purple or brownish areas"."""
    is_new_word = concept.grounding is Grounding.UNGROUNDED and " " not in concept.label
    return is_new_word and following is not None and following.joined and len(following.atoms) > 1


def _is_of_signs(atom: Atom, following: Atom) -> bool:
    """Tell whether a member speaks of the signs of something else: "the symptoms of hepatitis"."""
    return atom.word in {"signs", "symptoms"} and following.word == "of"


def _has_parenthesis(text: str, atoms: tuple[Atom, ...]) -> bool:
    """Tell whether there is something in parentheses among some words or right after them."""
    end = atoms[-1].end
    return text.find("(", atoms[0].start, end) >= 0 or INNER.match(text, end) is not None


def _holds(atoms: tuple[Atom, ...], wanted: Wanted) -> bool:
    return any(atom.concept is not None and wanted.fits(atom.concept) for atom in atoms)


def _is_never_sign(atom: Atom) -> bool:
    return atom.concept is not None and atom.concept.class_name in NEVER_SIGNS


def _is_cancer(atom: Atom) -> bool:
    """Tell whether a word names a cancer, of which "a first skin cancer" is no sign."""
    return atom.concept is not None and atom.concept.class_name in CANCERS


def _join(atoms: tuple[Atom, ...]) -> str:
    """Write atoms as they stand in a text: with a space where the text has one."""
    words = atoms[0].text
    for before, atom in pairwise(atoms):
        words += atom.text if atom.start == before.end else f" {atom.text}"
    return words


def _find_atoms(
    shape: Shape, start: int, end: int, concept_of: Callable[[Mention], Concept], possessives: frozenset[str]
) -> Iterator[Atom]:
    """Take the words and the single names out of some places, coordinated names apart; "their" is just a word.

    A name and its examples are members alike: "infections such as shingles".
    """
    for place in range(start, end):
        phrase = shape.phrases[place]
        first, last = shape.starts[place], shape.ends[place]
        if first == last:
            continue
        if phrase is None or (phrase.refers and shape.text[first:last].lower() in possessives):
            word = shape.text[first:last]
            yield _the(first, last) if phrase is not None else Atom(first, last, word, word.lower())
        elif phrase.refers or len(phrase.mentions) == 1:
            concept = concept_of(phrase.mentions[0])
            yield _atom(shape.text, first, last, None if is_class(concept) else concept, refers=phrase.refers)
        else:
            for mention in phrase.mentions:
                if EXAMPLES.search(shape.text, first, mention.start) is not None:
                    yield Atom(first, mention.start, ",", ",")
                else:
                    yield from (
                        _atom(shape.text, *word.span()) for word in TOKEN.finditer(shape.text, first, mention.start)
                    )
                yield _atom(shape.text, mention.start, mention.end, concept_of(mention))
                first = mention.end


def _the(start: int, end: int) -> Atom:
    """Write "their" as "the": whose the part of the body is, the sign does not say."""
    return Atom(start, end, "the", "the")


def _atom(text: str, start: int, end: int, concept: Concept | None = None, *, refers: bool = False) -> Atom:
    words = " ".join(PARENTHESIS.sub("", text[start:end]).split())
    return Atom(start, end, words, words.lower(), concept, refers)
