"""What renames a thing, or says of what kind it is, taken out of the way of the rules on everything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from oncograph.reading.patterns import OTHER_WORD, RESUMED, Codebook
from oncograph.reading.shape import Shape, is_class

SUBJECT_WORDS = 8
PARENTHESIS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Identity:
    """The expressions of how texts say what a thing is.

    Attributes:
        renaming: What names another thing, or the thing again: ", also called X,", "a protein called", ", unlike Y".
        nominal: From a name to the kind it is said to be: "X is a Z", "X, a Z".
        resumed_nominal: The same after an aside: "X, a Y, is a Z".
        noun_runs: Nouns for a class in a row: "protein receptor".
        predicate_but: "But" before a verb, which goes on with the same subject.
        altered_gene: From an alteration to the noun for its gene: "mutations in X, a gene".
        defective: Words, up to a name, that say that a broken form of it is meant.
        new_subject: What opens a clause about other people: ", and both sexes".
        new_clause: What stands from the end of a clause to the verb of the next: ", the lack of platelets".
        adjective_comma: From an article to a comma between two adjectives: "a rare, fast-growing type".
        aside: What a name is told to be, or a clause about it, before its verb: ", a hormone made by X,".
        said_to_be: What stands before the kind that something is said to be: "is a rare".
        negation: Words that deny.
        relative: What opens a relative clause: ", which".
        gloss: A word for a change and another in parentheses: "changes (mutations)".
        but, conjunction: The codes of "but" and "and".
        resumed: The code of such a "but" after a denial, which does not go on.
    """

    renaming: re.Pattern[str]
    nominal: re.Pattern[str]
    resumed_nominal: re.Pattern[str]
    noun_runs: re.Pattern[str]
    predicate_but: re.Pattern[str]
    altered_gene: re.Pattern[str]
    defective: re.Pattern[str]
    new_subject: re.Pattern[str]
    new_clause: re.Pattern[str]
    relative: re.Pattern[str]
    gloss: re.Pattern[str]
    adjective_comma: re.Pattern[str]
    aside: re.Pattern[str]
    said_to_be: re.Pattern[str]
    negation: re.Pattern[str]
    but: str
    conjunction: str
    resumed: str

    @classmethod
    def of(cls, book: Codebook) -> Identity:
        """Prepare the expressions for one codebook."""
        first = f"(?:{book.any_of('first-of')})"
        also_called, acts_as = book.any_of("also-called"), book.any_of("acts-as")
        entities, nouns = book.entity_codes, "".join(book.noun_codes.values())
        determiner, article, be = (book.set_of(cue) for cue in ("determiner", "article", "be"))
        changes = book.set_of("mutation") + book.classes(["GeneticAlteration"])
        diseases, alterations = book.classes(["Disease"]), book.classes(["GeneticAlteration"])
        linked = f"[{''.join(map(book.code, ('to', 'with', 'in', 'among')))}]"
        plural = book.phrase("are") + book.phrase("were")
        stops = book.set_of("gap-end") + book.code("of")
        interjection = book.any_of("interjection")
        kinds, made_from = book.any_of("kind"), book.any_of("made-from")
        modes = book.classes(["InheritancePattern"])
        treatments = book.classes(["Drug", "DrugClass", "Procedure"])
        the, one_of = book.code("the"), book.phrase("one of")
        aside = f",{the}(?=[^,;]{{1,4}}(?:{made_from})|[^,;.]{{1,8}}[{entities}],)|,{one_of}"
        adjective = f"[{OTHER_WORD}{book.set_of('quality')}]"
        kind_nouns = "".join(sorted({phrase[0] for phrase in (book.phrase(" ".join(w)) for w in book.cues["kind"])}))
        no_adjective = f"{determiner}{entities}{nouns}{book.set_of('relative')}{book.set_of('conjunction')}"
        return cls(
            re.compile(
                f"(?<=[{entities}]),(?:{interjection}),(?![{entities}{nouns}{determiner}])"
                f"|(?<=[{alterations}]),(?:{book.any_of('foremost')})[^,;.]{{0,5}}[{alterations}][^,;.]{{0,4}}(?:,(?=[{book.set_of('auxiliary')}{book.set_of('finite')}{OTHER_WORD}])|(?=\\.))"
                f"|[{determiner}{book.set_of('counting')}][^,;.{entities}{nouns}]{{0,2}}[{nouns}],(?=[{entities}][,.])"
                f"|[{article}]{OTHER_WORD}{{0,2}}[{nouns}],{book.code('either')}(?=[{entities}])"
                f"|,(?:{also_called})[^,;]{{1,14}},|,[{book.code('unlike')}{book.code('like')}][^,;]{{1,8}},"
                f"|[{determiner}]?w?(?:{kinds})?[{nouns}{diseases}](?:{book.any_of('naming')})[{determiner}]?(?=[{entities}])"
            ),
            re.compile(
                f"[{entities}](?:(?:,|—|[{be}]|{acts_as})[{article}]|{aside}|[{be}]{first}|(?<!{linked}[{entities}])[{plural}])(?:{kinds}|[^,;.—{stops}]|,(?=[^{no_adjective}])(?=[^,;]{{1,4}}[{entities}])){{0,7}}?"
                f"(?![{modes}])[{entities}](?![{entities}])"
            ),
            re.compile(
                f"[{entities}],(?:[{be}][{article}]|[{be}]{first})[^,;.—{stops}]{{0,7}}?(?![{modes}])[{entities}](?![{entities}])"
            ),
            re.compile(f"[{nouns}]{{2,}}"),
            re.compile(
                f"{book.code('but')}(?=[{book.set_of('auxiliary')}{book.set_of('adverb')}{book.set_of('resuming')}])"
            ),
            re.compile(
                f"[{book.classes(['GeneticAlteration'])}],[{article}][^,;.—{stops}{entities}]{{0,2}}"
                f"[{book.classes(['Gene'], nouns=True)}](?![{entities}{nouns}])"
            ),
            re.compile(rf"[{book.set_of('defective')}][^,;.{entities}]{{0,4}}\Z"),
            re.compile(
                f"[,—][{book.set_of('conjunction')}][{determiner}]?[{book.set_of('people')}{book.classes(['Population'])}]"
            ),
            re.compile(
                rf",(?:[{book.set_of('conjunction')}][{article}{book.code('the')}{treatments}]|{book.code('the')})[^,;:—()]{{1,{SUBJECT_WORDS}}}\Z"
            ),
            re.compile(f",?[{book.set_of('relative')}]"),
            re.compile(f"[{changes}]\\((?:{book.code('gene')})?[{changes}]\\)"),
            re.compile(
                f"[{article}{book.code('the')}][{book.set_of('adverb')}]?{adjective}(?:-{adjective})?,(?=[{book.set_of('adverb')}]?"
                f"{adjective}(?:-{adjective})?(?:\\([^()]{{1,4}}\\))?{adjective}{{0,2}}[{entities}{nouns}{kind_nouns},])"
            ),
            re.compile(
                f"(?<=[{entities}]),(?:[{article}{the}{book.set_of('relative')}{book.code('all')}]|{also_called})[^;.,()]{{1,20}},"
                f"|(?<=[{entities}]),[{OTHER_WORD}]{{0,2}}[{entities}{nouns}][{book.set_of('relative')}{book.code('of')}{book.code('in')}][^;.,()]{{1,20}},(?=[{book.set_of('finite')}{book.set_of('auxiliary')}{book.set_of('adverb')}])"
                f"|(?<=[{entities}]),(?:{interjection}),"
                f"(?=[{book.set_of('finite')}{book.set_of('auxiliary')}])"
            ),
            re.compile(
                rf"[{be}][{book.set_of('adverb')}]?[{article}](?:[{book.set_of('adverb')}{book.set_of('filler')},-]|{adjective}){{0,5}}\Z"
            ),
            re.compile(book.any_of("negation")),
            book.code("but"),
            book.code("and"),
            book.code(RESUMED),
        )

    def go_on_after_but(self, codes: str) -> str:
        """Write a "but" that goes on with the same subject as "and"; where it ends a denial, as what ends only that."""

        def link(match: re.Match[str]) -> str:
            return self.resumed if self.negation.search(codes, 0, match.start()) else self.conjunction

        return self.predicate_but.sub(link, codes) if self.but in codes else codes

    def ends_denial_of_others(self, codes: str, start: int, end: int) -> bool:
        """Tell whether a "but" between a name and a verb ends a denial that the name is the object of.

        In "X does not activate Y but drives Z" it is not Y that drives.
        """
        at = codes.rfind(self.resumed, start, end)
        return at >= 0 and self.negation.search(codes, start, at) is None


@dataclass(frozen=True, slots=True)
class PlainWords:
    """The expressions of a term beside the plain words for it.

    Attributes:
        either: The code of "or".
        before_term: The words, with the term in parentheses: "clouding of the lens (cataracts)".
        after_term: The term, with the words in parentheses: "flushing (sudden redness of the face)".
        alternative: Two names with "or" between them.
        symptoms, places: A symptom (a part of the body) with another in parentheses.
    """

    either: str
    before_term: re.Pattern[str]
    after_term: re.Pattern[str]
    alternative: re.Pattern[str]
    symptoms: re.Pattern[str]
    places: re.Pattern[str]

    @classmethod
    def of(cls, book: Codebook) -> PlainWords:
        """Prepare the expressions for one codebook."""
        entities = book.entity_codes
        book.set_of("plain-stop")
        article, link, quality = book.set_of("article"), book.set_of("plain-link"), book.set_of("plain-quality")
        the, either, naming = book.code("the"), book.code("or"), book.set_of("naming")
        word = f"[{OTHER_WORD}{quality}{entities}{''.join(book.noun_codes.values())}]"
        joint = f"(?:[{link}][{the}]?|-)?"
        words = f"{word}(?:{joint}{word}){{1,6}}"
        listed = f"{word}(?:(?:[{link}{book.set_of('conjunction')}][{the}]?|-)?{word}){{1,6}}"
        terms = book.classes(["Symptom", "Disease", "Procedure", "CellType", "BiologicalProcess"])
        conditions = book.classes(["Symptom", "Disease"])
        symptom, place = book.classes(["Symptom"]), book.classes(["Anatomy"])
        return cls(
            either,
            re.compile(
                rf"(?<![{either}{entities}{OTHER_WORD}{link}{quality}{naming}-])(?<![{link}][{the}])(?P<words>{words})\((?:[{the}{article}])?(?P<term>[{terms}])\)"
            ),
            re.compile(rf"(?P<term>[{conditions}])\((?:[{the}{article}])?(?P<words>{listed})\)"),
            re.compile(
                rf"(?:\([^()]*|(?:{book.any_of('also-called')}))?(?P<one>[{entities}])(?:{either}[{entities}]|,{either}[{entities}](?:,|(?=\\.)))"
            ),
            re.compile(rf"(?P<words>[{symptom}])\((?P<term>[{symptom}])\)"),
            re.compile(rf"(?<!{word}[{link}]{the})(?<!{word}[{link}])(?P<term>[{place}])\((?P<words>[{place}])\)"),
        )


def drop_adjective_commas(shape: Shape, identity: Identity) -> None:
    """Take the commas between adjectives out, in place: "a rare, aggressive, fast-growing type" is one noun phrase."""
    while "," in shape.codes and (match := identity.adjective_comma.search(shape.codes)) is not None:
        shape.drop(match.end() - 1, match.end())


def find_asides(shape: Shape, identity: Identity) -> list[tuple[int, int]]:
    """Give where the asides of a shape stand in its text."""
    return [(shape.starts[m.start()], shape.ends[m.end() - 1]) for m in identity.aside.finditer(shape.codes)]


def without_asides(shape: Shape, identity: Identity) -> Shape | None:
    """Give the shape without what is said of a name before its verb, None where nothing is: "X, a Y that …, is a Z"."""
    found = list(identity.aside.finditer(shape.codes)) if shape.codes.count(",") > 1 else ()
    if not found:
        return None
    plain = shape.copy()
    for match in reversed(found):
        plain.drop(*match.span())
    return plain


def merge_noun_runs(shape: Shape, identity: Identity) -> None:
    """Keep of class nouns in a row the last, in place: a "protein receptor" is a receptor."""
    for match in reversed(list(identity.noun_runs.finditer(shape.codes))):
        last = match.end() - 1
        phrase = shape.phrases[last]
        if phrase is not None:
            shape.replace(match.start(), match.end(), shape.codes[last], phrase)


def simplify(shape: Shape, identity: Identity, same_kind: Callable[[str, str], bool]) -> Shape:
    """Give the shape with other names taken out, and with what a thing is said to be named by the thing itself.

    "X, also called Y, is a Z that causes W" says that X causes W. A shape with nothing to change is given back as is.
    """
    if not (identity.renaming.search(shape.codes) or identity.nominal.search(shape.codes)):
        return shape
    plain = shape.copy()
    for match in reversed(list(identity.renaming.finditer(plain.codes))):
        plain.drop(*match.span())
    for match in identity.nominal.finditer(plain.codes):
        _name_kind(plain, match, same_kind)
    for match in identity.resumed_nominal.finditer(plain.codes):
        if (subject := plain.phrases[match.start()]) is not None and subject.refers:
            _name_kind(plain, match, same_kind)
    return plain


def _name_kind(shape: Shape, match: re.Match[str], same_kind: Callable[[str, str], bool]) -> None:
    """Let the kind that something is said to be name the thing itself, in place."""
    at = match.end() - 1
    subject, kind = shape.phrases[match.start()], shape.phrases[at]
    if subject is None or kind is None or is_class(kind.concept):
        return
    if subject.concept.class_name == kind.concept.class_name == "Symptom":
        return
    if same_kind(subject.concept.class_name, kind.concept.class_name):
        shape.phrases[at] = replace(subject, refers=True)
        shape.codes = shape.codes[:at] + shape.codes[match.start()] + shape.codes[at + 1 :]


def without_parentheses(shape: Shape) -> Shape:
    """Give the shape without what stands in parentheses, for rules that do not speak of it."""
    bare = shape.copy()
    for match in reversed(list(PARENTHESIS.finditer(shape.codes))):
        bare.drop(*match.span())
    return bare


def drop_glosses(shape: Shape, gloss: re.Pattern[str]) -> None:
    """Take out, in place, what only says a word for a change again: "changes (mutations) in the PTCH1 gene"."""
    for match in reversed(list(gloss.finditer(shape.codes))):
        shape.drop(match.start() + 1, match.end())


def end_with_colon(shape: Shape) -> None:
    """Put a colon where a heading ends, in place of a question mark: what it leads in follows."""
    while shape.codes and shape.codes[-1] in ".:;?":
        shape.drop(len(shape.codes) - 1, len(shape.codes))
    end = shape.ends[-1] if shape.ends else 0
    shape.codes += ":"
    shape.starts.append(end)
    shape.ends.append(end)
    shape.phrases.append(None)


def strip_stop(shape: Shape) -> None:
    """Take the full stop or colon off the end, in place."""
    while shape.codes and shape.codes[-1] in ".:;":
        shape.drop(len(shape.codes) - 1, len(shape.codes))
