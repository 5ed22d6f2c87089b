"""Names that a document itself brings in: the disease of its title, long forms that it abbreviates, dbSNP's numbers.

A disease that no vocabulary has is still what its page is about. Without a concept of its own, what the page says would
go to the last word of its name: "oculodentodigital dysplasia" would be a dysplasia.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from oncograph.model import Concept, Grounding, entity_iri
from oncograph.reading.abbreviations import Abbreviation
from oncograph.reading.lexicon import Found
from oncograph.reading.shape import is_class
from oncograph.reading.variants import NUMBER, find_variant

NAME = re.compile(r"(?!(?:an?|the|what|how)\b)[^\W_][\w'’./-]*(?: [\w'’./-]+){0,8}", re.IGNORECASE)
NO_NAME = re.compile(r"\b(?:and|or|for|in|from|your|you|is|are|at|by|to|on|about)\b", re.IGNORECASE)
NO_DISEASE = re.compile(r"\b(?:for|in|from|your|you|is|are|at|by|to|on|about)\b", re.IGNORECASE)
"""What no name of a disease holds; "and" may stand in one: "early-onset myopathy, areflexia and dysphagia"."""
ASIDE = re.compile(r"\s*\([^()]*\)$")
TYPE = re.compile(r"(?:,? (?:type|stage|grade|group))?(?: (?:\d+[a-z]?|[ivx]+|[a-z]))?$", re.IGNORECASE)
NAMED_TYPE = re.compile(
    r",? [\w-]+ (?:type|form)(?: (?:\d+[a-z]?|[ivx]+|[a-z]))?$|,? (?:X-linked|familial|idiopathic)$", re.IGNORECASE
)
SUFFERED = re.compile(r"\b(?:symptoms|signs)\s+(?:of|for)\s+$", re.IGNORECASE)
SUFFERED_REACH = 20
DEFINED = re.compile(
    r"(?:\s*\([^()]*\))?,?\s+(?:is|are)\s+(?:an?|one\s+of|the)\s(?:[^.;:,()]|,(?!\s+(?:which|that|and|in)\b)){0,60}?"
    r"\b(?P<kind>disorder|disease|condition|syndrome|infection|cancer|malformation|birth\s+defect)s?\b"
)
TOLD = re.compile(
    r"(?:\s*\([^()]*\))?,?\s(?:is\s(?:often |usually |generally )?(?:characterized|inherited)\b|inherited\?)"
)
HELD = re.compile(
    r"\b(?:(?:symptoms?|signs?|features|diagnosis|treatments?|prognosis|cases?|forms?|severity) (?:of|for)"
    r"|(?:people|patients|persons?|individuals|children|infants|adults|those|babies|women|men|males|females)"
    r" (?:with|who have)"
    r"|affected by|diagnosed with|known about) (?:the )?$",
    re.IGNORECASE,
)
HELD_REACH = 40
PARTS = re.compile(r"[\s-]+")
NO_WORD = re.compile(r"\W")
GAPS = " -\n\t\r\u00a0"
POSSESSIVES = "'’"
SUFFIXES = ("s", " infections", " infection", "")
JOINED = re.compile(r"\S+ (?:of|with) ", re.IGNORECASE)


def find_numbered(text: str) -> Iterator[tuple[Concept, list[Found]]]:
    """Find the variants that a text calls by their numbers in dbSNP, one concept a number with all its places.

    >>> ((concept, names),) = find_numbered("rs7903146 raises the risk; RS7903146 is common.")
    >>> concept.label, concept.exact_matches, [name.start for name in names]
    ('rs7903146', ('https://identifiers.org/dbsnp:rs7903146',), [0, 27])
    """
    concepts: dict[str, tuple[Concept, list[Found]]] = {}
    for match in NUMBER.finditer(text):
        variant = find_variant(match[0])
        if variant is None:
            continue
        label = variant.short
        concept = Concept(
            entity_iri(label),
            label,
            "GeneticAlteration",
            exact_matches=(variant.iri,),
            notations=(f"DBSNP:{label}",),
            grounding=Grounding.COMPOSED,
        )
        names = concepts.setdefault(label, (concept, []))[1]
        names.append(Found(match.start(), match.end(), (concept,)))
    yield from concepts.values()


def define_title(
    text: str,
    title: tuple[int, int],
    found: Sequence[Found],
    endings: Mapping[str, str],
    is_a: Callable[[str, str], bool],
) -> tuple[Concept, list[Found]] | None:
    """Make a concept of the disease that a title names and no vocabulary has, and find its mentions.

    Args:
        title: Offsets of the title in the text.
        found: The names of the vocabulary in the text, in order.
        endings: By the ending of a last word ("dystrophy"), the class of what it names.

    Returns:
        The concept and where it is named; None where the title is known, names no disease, or the text never says it.
        What the text itself says is a disease ("X is a condition that"), or, of a name that holds no other
        disease, tells the symptoms of, is one, whatever its name ends in.
    """
    name = ASIDE.sub("", " ".join(text[slice(*title)].split()))
    if not name:
        return None
    inside = [known for known in found if known.start < title[0] + len(name)]
    if any(len(name.lower().removeprefix("the ")) <= known.end - known.start for known in inside):
        return None
    mentions = list(_find_mentions(text, name))
    if len(mentions) < 2:
        return None
    diseases = [known.concepts[0] for known in inside if is_a(known.concepts[0].class_name, "Disease")]
    may_be_suffered = not diseases or NO_DISEASE.search(name) is None
    defined = any(
        DEFINED.match(text, end)
        or (may_be_suffered and SUFFERED.search(text, max(0, start - SUFFERED_REACH), start) is not None)
        for start, end in mentions
    )
    if not defined and (NAME.fullmatch(name) is None or NO_NAME.search(name) or " " not in name):
        return None
    head, class_name = None, ""
    for core in (TYPE.sub("", name), NAMED_TYPE.sub("", name)):
        head = next((known.concepts[0] for known in inside if known.end == title[0] + len(core)), None)
        if head is not None and (is_class(head) or not is_a(head.class_name, "Disease")):
            head = None
        class_name = head.class_name if head is not None else _class_by_ending(core, endings)
        if class_name:
            break
    if not class_name and defined:
        head = next((disease for disease in diseases if not is_class(disease)), None)
        class_name = head.class_name if head is not None else "Disease"
    if not class_name:
        return None
    forms = Counter(" ".join(text[start:end].split()) for start, end in mentions[1:])
    best = min(forms, key=lambda form: (form[0].isupper(), -forms[form], form))
    concept = _make(best, class_name, head)
    return concept, [Found(start, end, (concept,)) for start, end in mentions]


def define_long_form(
    abbreviation: Abbreviation, meaning: Found, is_a: Callable[[str, str], bool]
) -> tuple[Concept, list[Found]] | None:
    """Make a concept of a long form of which the vocabulary has the last words only: a kind of what those name."""
    head = meaning.concepts[0]
    if is_class(head) or not is_a(head.class_name, "Disease") or not abbreviation.short.isupper():
        return None
    long = " ".join(abbreviation.long.split())
    if NAME.fullmatch(long) is None or NO_NAME.search(long):
        return None
    concept = _make(long, head.class_name, head)
    return concept, [Found(abbreviation.long_start, abbreviation.long_end, (concept,))]


def _make(label: str, class_name: str, head: Concept | None) -> Concept:
    broader = (head.iri,) if head is not None else ()
    return Concept(entity_iri(label), label, class_name, broader=broader, grounding=Grounding.UNGROUNDED)


def _class_by_ending(name: str, endings: Mapping[str, str]) -> str:
    words = JOINED.split(name.lower(), maxsplit=1)[0].split() if JOINED.search(name) else name.lower().split()
    last = words[-1] if words else ""
    return next((class_name for ending, class_name in endings.items() if last.endswith(ending)), "")


def _find_mentions(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Find a name whatever its case, with or without its hyphens and apostrophes, in the plural, and its infection."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    words = PARTS.split(name.lower().replace("’", "'"))
    at = lower.find(words[0].removesuffix("'s"))
    while at >= 0:
        end = _find_end(lower, at, words) if not at or NO_WORD.match(lower, at - 1) else -1
        if end > at:
            yield at, end
        at = lower.find(words[0].removesuffix("'s"), max(end, at + 1))


def _find_end(text: str, at: int, words: Sequence[str]) -> int:
    """Find where a name ends that may begin at a place; -1 where it does not."""
    for place, word in enumerate(words):
        if place:
            while text[at : at + 1] in GAPS and at < len(text):
                at += 1
        stem = word.removesuffix("'s")
        if not text.startswith(stem, at):
            return -1
        at += len(stem)
        if stem != word:
            at += text[at : at + 1] in POSSESSIVES and at < len(text)
            if text[at : at + 1] != "s":
                return -1
            at += 1
    for suffix in SUFFIXES:
        end = at + len(suffix)
        if text.startswith(suffix, at) and (end == len(text) or NO_WORD.match(text, end)):
            return end
    return -1
