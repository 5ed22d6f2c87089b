"""The pattern language of the rules, compiled to regular expressions over the codes of a sentence.

Before a rule is tried, every word of a sentence that some rule knows, every class of entity and every other word is
written as one code character (`Codebook`), so that a pattern is a short regular expression and costs microseconds.
A pattern is matched outward from its trigger, the word that carries the relation: to the right from where it ends, to
the left, reversed, from where it begins. So every verb finds the nearest fitting words on both of its sides.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from oncograph.reading.variants import AMINO_ACIDS

OTHER_WORD = "w"
OTHER_NAME = "W"
NUMBER = "n"
VARIANT = "v"
FIRST_WORD = 0x4E00
FIRST_CLASS = 0xE000
FIRST_NOUN = 0xE400
FIRST_NAMED = 0xE800
FIRST_STAND_IN = 0xD800
SENTENCE_END = "\udfff"
"""Stands between sentences, as lone surrogates stand for names: no text that can be written to a file has any."""
REFERRING = "\ue7ff"
"""Stands, when a sentence is looked over before it is read, for what may come to name something else."""
NEAR_GAP = 6
WIDE_GAP = 16
SLACK = 6
PHRASE_ROOM = 40
PATH_ROOM = {"..": 2 * NEAR_GAP, "...": 2 * WIDE_GAP}
"""How many places a part of a pattern may take up before a sentence's words are joined to phrases."""
TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)?|[^\s]")
SLOT = re.compile(r"<(?P<name>[a-z]+)(?P<open>\*?)(?::(?P<classes>=?[A-Za-z@|#$-]+))?>$")
GROUP = re.compile(r"\(\?P<([a-z]+)>")
SLOT_CODES = re.compile(r"\(\?P<[a-z]+>\[?([^\]^()]+)\]?\)")
SPECIAL = {"#": NUMBER, "$": VARIANT, "Q": "Q", "C": "C", "D": "D", "K": "K"}


MARKS = {**dict.fromkeys("‐‑‒–", "-"), **dict.fromkeys("—―", "—"), **dict.fromkeys("“”„«»", '"'), "≥": ">", "≤": "<"}
OTHER_MARK = "*"
_RESIDUE = "|".join((*AMINO_ACIDS, "[ACDEFGHIKLMNPQRSTVWY]"))
VARIANT_NAME = re.compile(rf"(?:{_RESIDUE})\d{{1,4}}(?:{_RESIDUE}|Ter|X|fs\w*|del|dup)$")
RESUMED = "but-same"
"""Stands, once a sentence is prepared, for a "but" that goes on with the same subject, though not with its denial."""
WORD_CACHE = 200_000
OPEN = "[^;.]{1,80})"
OPEN_END = "[^.]{1,80})"


class PatternError(ValueError):
    """A pattern that does not follow the language."""


def _code_of_unknown(token: str) -> str:
    """A word that no rule knows is a variant, a name (it has a capital), or just a word."""
    if VARIANT_NAME.match(token):
        return VARIANT
    return OTHER_WORD if token.islower() else OTHER_NAME


class WordCodes(dict[str, str]):
    """The codes of what stands between spaces: of a word and the marks at it; what is new is looked up once."""

    def __init__(self, book: Codebook) -> None:
        super().__init__()
        self.book = book

    def __missing__(self, word: str) -> str:
        codes = "".join(map(self.book.code_of_token, TOKEN.findall(word)))
        if len(self) < WORD_CACHE:
            self[word] = codes
        return codes


@dataclass(slots=True)
class Codebook:
    """One code character for each known word, entity class and class noun.

    Attributes:
        cues: The words and phrases of each cue.
        forms: By cue and word, the form that a built name takes.
        heads: Codes of the words that are parts of built names first, and names second.
        stand_ins: By concept and quote, what stands for a name while a text is written in codes; filled as names
            are met.
        characters: By code, the character that stands in a text for a name with this code.
        stood_for: By such a character, the code.
        head_classes: By code, the class of what such a word stands for when it refers back.
        takes_up: By code of a noun, the classes of what it may refer back to.
        noun_names: Codes of the nouns for a class, by the noun.
        named: The code and the class of each word of a rule that is a name, too: "cure", a verb and an outcome.
        people: The code of a population, by each word that names one: "children" is a word of rules and a name.
        joined, expanded: What `classes` gave, and what parts of patterns stand for: both are asked for again and again.
        general: IRIs of alterations of no gene in particular ("activating mutation"), read as their last word.
    """

    class_names: tuple[str, ...]
    descendants: Callable[[str], Iterable[str]]
    words: dict[str, str] = field(default_factory=dict)
    cues: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    forms: dict[str, dict[str, str]] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    general: frozenset[str] = frozenset()
    head_classes: dict[str, str] = field(default_factory=dict)
    takes_up: dict[str, tuple[str, ...]] = field(default_factory=dict)
    noun_names: dict[str, str] = field(default_factory=dict)
    named: dict[str, tuple[str, str]] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    sets: dict[str, str] = field(default_factory=dict)
    noun_sets: dict[str, frozenset[str]] = field(default_factory=dict)
    joined: dict[tuple[tuple[str, ...], bool], str] = field(default_factory=dict)
    expanded: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stand_ins: dict[tuple[str, str], str] = field(default_factory=dict)
    head_codes: frozenset[str] = frozenset()
    characters: dict[str, str] = field(default_factory=dict)
    stood_for: dict[str, str] = field(default_factory=lambda: {SENTENCE_END: SENTENCE_END})
    word_codes: WordCodes = field(init=False)
    class_codes: dict[str, str] = field(init=False)
    noun_codes: dict[str, str] = field(init=False)
    class_of_noun: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.word_codes = WordCodes(self)
        self.class_codes = {name: chr(FIRST_CLASS + at) for at, name in enumerate(self.class_names)}
        self.noun_codes = {name: chr(FIRST_NOUN + at) for at, name in enumerate(self.class_names)}
        self.class_of_noun = {code: name for name, code in self.noun_codes.items()}

    def code(self, word: str) -> str:
        """Give a lower-case word or punctuation mark its code, a new one at first use."""
        if not word[0].isalnum():
            return MARKS.get(word, word)
        known = self.words.get(word)
        if known is None:
            known = self.words[word] = chr(FIRST_WORD + len(self.words))
        return known

    def name_word(self, word: str, class_name: str) -> None:
        """Give a word that is a name of a class, too, a code that stands for both; before any pattern is compiled."""
        code = self.words[word] = chr(FIRST_NAMED + len(self.named))
        self.named[word] = (code, class_name)
        self.joined.clear()

    def codes_of(self, class_name: str) -> Iterator[str]:
        """Give every code of what a class has for members, those of its subclasses left out."""
        yield self.class_codes[class_name]
        yield from (code for code, name in self.named.values() if name == class_name)

    @property
    def entity_codes(self) -> str:
        """Codes of every entity, as the inside of a character set."""
        return "".join(self.class_codes.values()) + "".join(code for code, _ in self.named.values())

    def stand_in(self, code: str) -> str:
        """Give the character that is written for a code into a text, to become the code with its words."""
        known = self.characters.get(code)
        if known is None:
            known = self.characters[code] = chr(FIRST_STAND_IN + len(self.characters))
            self.stood_for[known] = code
        return known

    @property
    def all_entities(self) -> str:
        """Codes of every entity and every noun for one, as the inside of a character set."""
        return self.entity_codes + "".join(self.noun_codes.values())

    def code_of_token(self, token: str) -> str:
        """Give a token of a text the code that patterns see."""
        first = token[0]
        if first in self.stood_for:
            return self.stood_for[first]
        if first.isalpha():
            known = self.words.get(token) or self.words.get(token.lower())
            return known or _code_of_unknown(token)
        if first.isdigit():
            return NUMBER
        return token if first < "\x7f" else MARKS.get(token, OTHER_MARK)

    def spellings(self, text: str) -> Iterator[str]:
        """Write a phrase in every way a sentence may: as words, and with the nouns for a class as such."""
        for whole in (self.noun_names.get(text.lower()), self.heads.get(text.lower()), self.people.get(text.lower())):
            if whole is not None:
                yield whole
        words = TOKEN.findall(text.lower())
        yield self.phrase(text)
        if len(words) > 1 and any(word in self.noun_names for word in words):
            yield "".join(self.noun_names.get(word) or self.phrase(word) for word in words)

    def phrase(self, text: str) -> str:
        """Write a phrase in codes.

        >>> book = Codebook((), lambda name: ())
        >>> len(book.phrase("binds to"))
        2
        """
        return "".join(NUMBER if token[0].isdigit() else self.code(token) for token in TOKEN.findall(text.lower()))

    def classes(self, names: Iterable[str], *, nouns: bool = False) -> str:
        """Join the codes of classes and all their subclasses into the inside of a character set."""
        key = (tuple(names), nouns)
        known = self.joined.get(key)
        if known is None:
            below = {below for name in key[0] for below in self.descendants(name) if below in self.class_codes}
            codes = (code for name in below for code in ([self.noun_codes[name]] if nouns else self.codes_of(name)))
            known = self.joined[key] = "".join(sorted(codes))
        return known

    def set_of_nouns(self, class_name: str) -> frozenset[str]:
        """Give the codes of the nouns for things of a class."""
        known = self.noun_sets.get(class_name)
        if known is None:
            known = self.noun_sets[class_name] = frozenset(self.classes([class_name], nouns=True))
        return known

    def set_of(self, cue: str) -> str:
        """Join the one-word members of a cue into the inside of a character set."""
        if cue not in self.sets:
            self.sets[cue] = self._join_words(cue)
        return self.sets[cue]

    def any_of(self, cue: str) -> str:
        """Write the words and phrases of a cue as the alternatives of an expression, the longest first."""
        phrases = {self.phrase(" ".join(words)) for words in self.cues[cue]}
        return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=lambda code: (-len(code), code)))

    def _join_words(self, cue: str) -> str:
        codes = {code for words in self.cues[cue] if len(words) == 1 for code in self.spellings(words[0])}
        return "".join(re.escape(code) for code in sorted(codes))


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that an entity fills: the name it is caught under, the classes that fit, whether nouns for a class
    ("receptor") fit too, and whether any words do."""

    name: str
    classes: tuple[str, ...]
    nouns: bool = False
    open: bool = False


@functools.cache
def to_expression(regex: str) -> re.Pattern[str]:
    """Compile an expression, each only once."""
    return re.compile(regex)


@dataclass(frozen=True, slots=True)
class Room:
    """Where around a trigger a slot can be filled.

    Attributes:
        need: The codes that fit.
        reach: From the trigger on to a code that fits; as far as what later becomes one phrase may need, but not
            beyond what ends the room.
        reach_referring: The same, or on to what may come to name something that fits.
    """

    need: frozenset[str]
    reach: re.Pattern[str]
    reach_referring: re.Pattern[str]

    @classmethod
    def of(cls, need: str, limit: int, stop: str) -> Room:
        """Prepare the room for the codes that fit, so many places wide, up to the codes that end it."""
        way = f"[^{stop}]{{0,{limit - 1}}}?"
        return cls(frozenset(need), to_expression(f"{way}[{need}]"), to_expression(f"{way}[{need}{REFERRING}]"))

    def is_empty(self, codes: str, start: int, overview: Overview, referring: str) -> bool:
        """Tell whether nothing in the room fits, nor may come to.

        Args:
            codes: Outward from the trigger, which ends at `start`.
            referring: The same, with what may come to name another thing marked.
        """
        if self.reach.match(codes, start) is not None:
            return False
        return self.need.isdisjoint(overview.referents) or self.reach_referring.match(referring, start) is None


@dataclass(slots=True)
class Overview:
    """A sentence looked over before it is read.

    Attributes:
        codes: Its codes.
        referring: Its codes, with what may come to name something else marked as such.
        referents: Codes of all that those may come to name.
    """

    codes: str
    referring: str
    referents: str
    backward: str = field(init=False)
    referring_backward: str = field(init=False)

    def __post_init__(self) -> None:
        self.backward = self.codes[::-1]
        self.referring_backward = self.referring[::-1]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled way of saying something.

    Attributes:
        text: The pattern as its author wrote it.
        triggers: Code strings, any of which starts a match.
        left: Expression matched on the reversed codes, from the trigger's beginning outward; compiled at first use.
        right: The same, from the trigger's end.
        open_slots: Names of the slots that take any words.
        trigger_slot: Name of the slot that is the trigger, where one is.
        canonical: By trigger, the form that a built name takes.
        followers: Codes one of which must come right after the trigger; none where the pattern leaves that open.
        before, after: The room that each slot before (after) the trigger has, save those that take open words.
        wants: Sets of codes of each of which a sentence must hold one, beside those of the trigger.
        words: Those of the wants that are words of the pattern, which no stage of reading makes of others.
        path_before, path_after: The words of the pattern on one side, outward from the trigger, with room for all
            that later becomes a phrase between them.
    """

    text: str
    triggers: tuple[str, ...]
    left: str
    right: str
    open_slots: frozenset[str]
    trigger_slot: str = ""
    before: tuple[Room, ...] = ()
    after: tuple[Room, ...] = ()
    canonical: Mapping[str, str] = field(default_factory=dict)
    followers: frozenset[str] = frozenset()
    wants: tuple[frozenset[str], ...] = ()
    words: tuple[frozenset[str], ...] = ()
    path_before: re.Pattern[str] | None = None
    path_after: re.Pattern[str] | None = None

    @property
    def slots(self) -> frozenset[str]:
        """The names of the slots that the pattern fills."""
        return frozenset((*GROUP.findall(self.left), *GROUP.findall(self.right), self.trigger_slot))

    @property
    def needs(self) -> tuple[frozenset[str], ...]:
        """The codes that fit each slot, save those that take open words."""
        return tuple(room.need for room in self.before + self.after)

    def may_start(self, overview: Overview, trigger: str) -> bool:
        """Tell whether a trigger stands in a sentence with what the pattern wants right after it and on both sides.

        At most one slot is filled by what comes to name something else.
        """
        codes, backward, size = overview.codes, overview.backward, len(overview.codes)
        at = codes.find(trigger)
        while at >= 0:
            end = at + len(trigger)
            if (
                (not self.followers or codes[end : end + 1] in self.followers)
                and (self.path_after is None or self.path_after.match(codes, end) is not None)
                and (self.path_before is None or self.path_before.match(backward, size - at) is not None)
                and _have_room(self.after, codes, end, overview, overview.referring)
                and _have_room(self.before, backward, size - at, overview, overview.referring_backward)
            ):
                return True
            at = codes.find(trigger, end)
        return False

    def find(self, codes: str, reversed_codes: str, at: int, trigger: str) -> dict[str, tuple[int, int]] | None:
        """Match around a trigger at an index; gives the span of every slot, of the trigger, and of the whole (`""`)."""
        right = to_expression(self.right).match(codes, at + len(trigger))
        if right is None:
            return None
        size = len(codes)
        left = to_expression(self.left).match(reversed_codes, size - at)
        if left is None:
            return None
        spans = {name: right.span(name) for name in right.re.groupindex if right.start(name) >= 0}
        for name in left.re.groupindex:
            if left.start(name) >= 0:
                spans[name] = (size - left.end(name), size - left.start(name))
        spans["trigger"] = (at, at + len(trigger))
        if self.trigger_slot:
            spans[self.trigger_slot] = spans["trigger"]
        spans[""] = (size - left.end(), right.end())
        return spans


def _have_room(rooms: tuple[Room, ...], codes: str, start: int, overview: Overview, referring: str) -> bool:
    """Tell whether something fits in each room on one side of a trigger, or may come to."""
    return not rooms or all(not room.is_empty(codes, start, overview, referring) for room in rooms)


def compile_pattern(text: str, book: Codebook, slots: Mapping[str, Slot]) -> Pattern:
    """Compile a pattern.

    Args:
        slots: The slots that the pattern may use by name.

    The parts of a pattern, separated by spaces:

    - `<slot>`: a name; `<slot:Class|Class>` of these classes, `<slot:@Class>` a noun for one, `<slot*>` any words,
      `<slot:#>` a number, `<slot:Q>` a share or rate, `<slot:C>` a count, `<slot:D>` a date,
      `<slot:K>` a criterion, `<slot:$>` a variant,
      `<slot:=cue>` a word of a cue.
    - `word` or `one|other`; `@cue`, any word or phrase of a cue; `@noun:Class`, a noun for things of a class;
      `@class:Class`, a name of one; `@any`, any name or noun; `_`, one word that no rule knows.
    - `?` after a part makes it optional; `~word` wants none of these words here; `^` and `$` are the sentence's edges.
    - `..` is up to six words of the same noun phrase, `...` up to sixteen words of the same clause.
    - `/` is the edge of a built name: what stands beyond it, seen from the trigger, must be there and stays.
    - `!` stands before the trigger; without it, the first part is taken that is neither a slot, a gap, optional nor
      a function word.
    """
    parts = text.split()
    trigger_at = _find_trigger(parts, book)
    trigger_part = parts[trigger_at].removeprefix("!")
    used: dict[str, Slot] = {}
    trigger_slot = ""
    if trigger_part.startswith("<"):
        codes = _slot_regex(trigger_part, book, slots, used)
        trigger_slot = trigger_part[1:].split(":")[0].rstrip("*>")
        trigger = tuple(codes.split(">", 1)[1].rstrip(")").strip("[]"))
    else:
        trigger = tuple(sorted(set(_expand(trigger_part, book)), key=lambda code: (-len(code), code)))
    left = _to_regex(parts[:trigger_at], book, slots, used, reverse=True)
    right = _to_regex(parts[trigger_at + 1 :], book, slots, used, reverse=False)
    open_slots = frozenset(slot.name for slot in used.values() if slot.open)
    before = _find_rooms(parts[:trigger_at][::-1], left, book)
    after = _find_rooms(parts[trigger_at + 1 :], right, book)
    return Pattern(
        text,
        trigger,
        left,
        right,
        open_slots,
        trigger_slot,
        before,
        after,
        _canonical_forms([trigger_part, *(part[part.index(":=") + 2 : -1] for part in parts if ":=" in part)], book),
        _find_followers(parts[trigger_at + 1 :], book),
        tuple(_find_wants(parts[:trigger_at] + parts[trigger_at + 1 :], book, slots)),
        tuple(words for part in parts[:trigger_at] + parts[trigger_at + 1 :] if (words := _find_words(part, book))),
        _find_path(parts[:trigger_at][::-1], book, last=True),
        _find_path(parts[trigger_at + 1 :], book, last=False),
    )


def _find_trigger(parts: list[str], book: Codebook) -> int:
    for at, part in enumerate(parts):
        if part.startswith("!"):
            return at
    function_words = {" ".join(words) for words in book.cues.get("function-word", ())}
    for at, part in enumerate(parts):
        if (
            part[0] not in "<^$."
            and not part.endswith("?")
            and part not in function_words
            and part[0].isalnum() | (part[0] == "@")
        ):
            return at
    raise PatternError(f"pattern {' '.join(parts)!r} has no word that can trigger it; mark one with !")


def _find_rooms(parts: list[str], regex: str, book: Codebook) -> tuple[Room, ...]:
    """Find the room of each slot on one side, given its parts from the trigger outward."""
    needs = SLOT_CODES.findall(regex)
    near, wide = _stop(book, "clause-end", "gap-end", marks=",;:()—"), _stop(book, "clause-end", marks=";")
    rooms: list[Room] = []
    limit = SLACK
    for at, part in enumerate(parts):
        if part.startswith("<") and "*" not in part and ":=" not in part and len(rooms) < len(needs):
            only_near = parts[:at] == [".."]
            rooms.append(Room.of(needs[len(rooms)], limit, near if only_near else wide))
        limit += {"..": 2 * NEAR_GAP, "...": 2 * WIDE_GAP}.get(part, 4)
    return tuple(rooms)


def _find_words(part: str, book: Codebook, *, last: bool = False) -> frozenset[str]:
    """Give the codes that one of the words of a part begins (ends) with; empty for what is no word, or need not be."""
    if part in {"^", "$", "/", "_", "..", "..."} or part[0] in "<~" or (part.endswith("?") and len(part) > 1):
        return frozenset()
    codes = frozenset(phrase[-1 if last else 0] for phrase in _expand(part, book))
    plain = all(FIRST_WORD <= ord(code) < FIRST_STAND_IN or code == ":" for code in codes - book.head_codes)
    return codes if plain else frozenset()


def _find_path(parts: list[str], book: Codebook, *, last: bool) -> re.Pattern[str] | None:
    """Prepare the way along the words of one side of a pattern, given its parts from the trigger outward."""
    regex, room = _find_ban(parts, book, last=last), SLACK
    for part in parts:
        words = _find_words(part, book, last=last)
        if words:
            regex += f"[^;]{{0,{room}}}?[{''.join(sorted(words))}]"
            room = 0
        room += PATH_ROOM.get(part, PHRASE_ROOM if part[0] == "<" else SLACK)
    return to_expression(regex) if regex else None


def _find_ban(parts: list[str], book: Codebook, *, last: bool) -> str:
    """Write what may not stand right beside the trigger, of words that no stage of reading makes or takes away."""
    if not parts or parts[0][0] != "~":
        return ""
    phrases = list(_expand(parts[0][1:], book))
    plain = [phrase for phrase in phrases if all(FIRST_WORD <= ord(code) < FIRST_STAND_IN for code in phrase)]
    return f"(?!{_any_of(sorted(plain), reverse=last)})" if plain else ""


def _stop(book: Codebook, *cues: str, marks: str) -> str:
    """What ends a room; not "but", which may go on with the same subject."""
    codes = "".join(book.set_of(cue) for cue in cues if cue in book.cues).replace(book.code("but"), "")
    return codes + marks


def _find_followers(parts: list[str], book: Codebook) -> frozenset[str]:
    followers: set[str] = set()
    for part in parts:
        if part[0] in "<.^$~_/":
            return frozenset()
        optional = part.endswith("?") and len(part) > 1
        followers.update(code[0] for code in _expand(part.rstrip("?") if optional else part, book))
        if not optional:
            return frozenset(followers)
    return frozenset()


def codes_of(phrases: Sequence[str]) -> Iterator[frozenset[str]]:
    """Give the codes that any of some phrases can begin with, and those that can come second where all have two."""
    yield frozenset(phrase[0] for phrase in phrases)
    if all(len(phrase) > 1 for phrase in phrases):
        yield frozenset(phrase[1] for phrase in phrases)


def _find_wants(parts: list[str], book: Codebook, slots: Mapping[str, Slot]) -> Iterator[frozenset[str]]:
    for part in parts:
        if part in {"^", "$", "/", "_", "..", "..."} or part[0] == "~" or (part.endswith("?") and len(part) > 1):
            continue
        if part.startswith("<") and ":=" not in part:
            match = SLOT_CODES.match(_slot_regex(part, book, slots, {}))
            if match is not None and "[^" not in match[0]:
                yield frozenset(match[1])
        else:
            words = "@" + part[part.index(":=") + 2 : -1] if part.startswith("<") else part
            yield from codes_of(list(_expand(words, book)))


def _canonical_forms(parts: Iterable[str], book: Codebook) -> dict[str, str]:
    words = (word.removeprefix("@") for part in parts for word in part.split("|"))
    forms = (form for word in words for form in book.forms.get(word, {}).items())
    return {code: canonical for phrase, canonical in forms for code in book.spellings(phrase)}


def _expand(part: str, book: Codebook) -> Sequence[str]:
    known = book.expanded.get(part)
    if known is None:
        known = book.expanded[part] = tuple(_expand_anew(part, book))
    return known


def _expand_anew(part: str, book: Codebook) -> Iterator[str]:
    for word in part.split("|") if len(part) > 1 else [part]:
        if word == "@any":
            yield from book.all_entities
        elif word.startswith("@noun:"):
            yield from book.classes([word[6:]], nouns=True)
        elif word.startswith("@class:"):
            yield from book.classes([word[7:]])
        elif word.startswith("@"):
            if word[1:] not in book.cues:
                raise PatternError(f"pattern names the cue {word!r}, which no file of ontology/cues defines")
            for words in book.cues[word[1:]]:
                yield from book.spellings(" ".join(words))
        else:
            yield from book.spellings(word.replace("_", " "))


def _to_regex(
    parts: list[str], book: Codebook, slots: Mapping[str, Slot], used: dict[str, Slot], *, reverse: bool
) -> str:
    pieces: list[str] = []
    nearest = ""
    for part in reversed(parts) if reverse else parts:
        if part == "^":
            pieces.append(r"\Z" if reverse else r"\A")
        elif part == "$":
            pieces.append(r"[.!]?\Z" if not reverse else r"\A")
        elif part in {"..", "..."}:
            pieces.append(part)
        elif part == "/":
            pieces.append("(?P<start>)" if reverse else "(?P<end>)")
        elif part.startswith("~"):
            pieces.append(f"(?!{_any_of(sorted(_expand(part[1:], book)), reverse=reverse)})")
        elif part.rstrip("?") == "_":
            pieces.append(f"[{OTHER_WORD}{OTHER_NAME}]{part[1:]}")
        elif part.startswith("<"):
            pieces.append(_slot_regex(part, book, slots, used, reverse=reverse))
        else:
            optional = part.endswith("?") and len(part) > 1
            codes = sorted(_expand(part.rstrip("?") if optional else part, book), key=lambda code: (-len(code), code))
            pieces.append(_any_of(codes, reverse=reverse) + ("?" if optional else ""))
    regex = ""
    ordered = parts[::-1] if reverse else parts
    for at, piece in enumerate(pieces):
        if piece in {"..", "..."}:
            banned = not reverse and ordered[at + 1 : at + 2] and ordered[at + 1].startswith("~")
            ban = "".join(code for code in _expand(ordered[at + 1][1:], book) if len(code) == 1) if banned else ""
            nearest = _role_codes(pieces[at + 2 : at + 3] if banned else pieces[at + 1 : at + 2])
            regex += _gap_regex(piece, book, nearest, "".join(map(re.escape, sorted(ban))), reverse=reverse)
        elif piece.endswith(OPEN):
            regex += piece[:-1] + "?)" if at + 1 < len(pieces) else piece.removesuffix(OPEN) + OPEN_END
        else:
            regex += piece
    return regex


def _any_of(codes: list[str], *, reverse: bool) -> str:
    single = "".join(code for code in codes if len(code) == 1)
    longer = [re.escape(code[::-1] if reverse else code) for code in codes if len(code) > 1]
    options = longer + ([f"[{re.escape(single)}]"] if single else [])
    return options[0] if len(options) == 1 and len(single) else f"(?:{'|'.join(options)})"


def _slot_regex(
    part: str, book: Codebook, slots: Mapping[str, Slot], used: dict[str, Slot], *, reverse: bool = False
) -> str:
    match = SLOT.match(part)
    if match is not None and match["classes"] in SPECIAL:
        return f"(?P<{match['name']}>{SPECIAL[match['classes']]})"
    if match is not None and match["classes"] and match["classes"].startswith("="):
        codes = sorted(_expand("@" + match["classes"][1:], book), key=lambda code: (-len(code), code))
        return f"(?P<{match['name']}>(?:{_any_of(codes, reverse=reverse)}))"
    if match is not None and match["classes"] and match["name"] not in slots:
        slots = {**slots, match["name"]: Slot(match["name"], ())}
    if match is None or match["name"] not in slots:
        raise PatternError(f"pattern part {part!r} is not a slot; the slots are {', '.join(sorted(slots))}")
    slot = slots[match["name"]]
    classes = tuple(match["classes"].split("|")) if match["classes"] else slot.classes
    unknown = [name for name in classes if name.removeprefix("@") not in book.class_codes]
    if unknown:
        raise PatternError(f"pattern part {part!r} names the class {unknown[0]!r}, which ontology.ttl does not have")
    if match["classes"] and match["classes"].startswith("@"):
        return f"(?P<{slot.name}>[{book.classes([name[1:] for name in classes], nouns=True)}])"
    used[slot.name] = Slot(slot.name, classes, slot.nouns, bool(match["open"]) or slot.open)
    if match["open"]:
        return rf"(?P<{slot.name}>{OPEN}"
    if not slot.nouns:
        return f"(?P<{slot.name}>[{book.classes(classes)}])"
    nouns = book.classes(classes, nouns=True)
    head = "" if reverse else f"(?![{book.all_entities}])"
    return f"(?P<{slot.name}>[{book.classes(classes)}{nouns}]){head}"


def _role_codes(following: list[str]) -> str:
    match = SLOT_CODES.match(following[0]) if following else None
    return match[1] if match and "[^" not in match[0] else ""


def _gap_regex(gap: str, book: Codebook, nearest: str, ban: str, *, reverse: bool) -> str:
    """Write a gap up to the nearest of some codes, without those that are banned from before them."""
    resumed = "" if reverse else book.code(RESUMED)
    if gap == "..":
        stops = "".join(book.set_of(cue) for cue in ("clause-end", "gap-end") if cue in book.cues) + resumed
        modifier = f"|[{nearest}](?=[{book.all_entities}])" if nearest and not reverse else ""
        return f"(?:[^,;:()—{stops}{nearest}{ban}]{modifier}){{0,{NEAR_GAP}}}?"
    stops = (book.set_of("clause-end") if "clause-end" in book.cues else "") + resumed
    return f"[^;{stops}{nearest}{ban}]{{0,{WIDE_GAP}}}?"
