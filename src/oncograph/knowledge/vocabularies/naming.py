"""Under which names an imported term is looked for in texts, and in which other forms of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from oncograph.errors import OntologyError
from oncograph.knowledge.toml_files import load_tables, refuse_unknown_keys
from oncograph.knowledge.vocabularies.terms import Term
from oncograph.reading.ambiguity import ContextWords
from oncograph.reading.dictionary import ANY_CASE, CASED, DERIVED, LOOSE, PREFERRED, SYNONYM, TITLED
from oncograph.reading.spelling import split_words, to_base

FILE = Path("vocabularies", "names.toml")
CONTEXT_FILE = Path("vocabularies", "context.toml")
CONTEXT_KEYS = ("kinds", "order", "spelled_out", "before", "after")
KEYS = ("never", "common", "spelling", "endings", "heads", "harms", "additions")
CODE = re.compile(r"(?=.*[A-Z0-9])[A-Za-z0-9][\w+/.'-]{0,14}$")
CASED_UP_TO = 2
ACRONYM_UP_TO = 6
SHORT_WORD = 4
PARTED = re.compile(r"(?<=[A-Za-z]{2})(?=\d)|(?<=\d)(?=[A-Za-z]{2})")
LETTER_AND_NUMBER = re.compile(r"[A-Za-z] \d+$")
SYMBOL = re.compile(r"[A-Z]{3,6}$")
PLAIN_WORD = re.compile(r"[A-Z]?[a-z]{2,4}$")
"""Short words, which aliases of genes also are ("lobe", "hole"): a text that has one means the word."""
CODE_WORD = re.compile(r"[A-Za-z]{1,6}-?\d{1,3}[A-Za-z]{0,2}$")
TRAILING_NOTE = re.compile(r"(?<=[a-z]{3}) \([^()]*\)$")
POSSESSIVE = re.compile(r"['’]s(?= )")
INVERTED = re.compile(r"([^,()]+), ([^,()]+)$")
OF = re.compile(r"(\w[\w-]*) of (?:the )?(\w[\w -]*)$")
FIRST_OF_SEVERAL = re.compile(r"([A-Za-z][\w -]*[a-z]) 1$")
ACID = re.compile(r"(\w+)ic acid$", re.IGNORECASE)
CLUSTER = "@"
"""What the symbol of a cluster of genes ends in; without it, the symbol is the stem of the names of its genes."""
UNNAMED = re.compile(r"[^A-Za-z]*$")
LONGEST_OF = 4
LONGEST_OF_DRUG = 5
GENE_CLASSES = frozenset({"Gene", "Oncogene", "TumorSuppressorGene"})
DRUG_CLASSES = frozenset({"Drug"})


class FoundUnder(NamedTuple):
    """A name to look for, how it is known, and whether its capitals count (see `reading.dictionary`)."""

    text: str
    rank: int
    case: int = ANY_CASE


@dataclass(frozen=True, slots=True)
class NamingRules:
    """What decides which names are looked for; see `ontology/vocabularies/names.toml` for what each table means.

    Attributes:
        never: Folded names.
        common: Names in lower case.
        heads: Groups of words in the singular.
        harmed, harms: Heads of names of the diseases of an organ, and what texts say of the organ in their place.
        spellings: British parts of words, and the American ones.
        endings: Endings of names, and those of the adjectives made of them.
        additions: Ends of names that may be left out, in lower case.
    """

    never: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()
    spellings: Mapping[str, str] = field(default_factory=dict)
    endings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    heads: tuple[tuple[str, ...], ...] = ()
    harmed: tuple[str, ...] = ()
    harms: tuple[str, ...] = ()
    additions: tuple[str, ...] = ()


def load_naming(ontology_folder: Path) -> NamingRules:
    """Read `vocabularies/names.toml` of an ontology folder; no rules where there is no such file.

    Raises:
        OntologyError: A table of it is not known, or does not say what it means.
    """
    tables = _load(ontology_folder, FILE, KEYS)
    spellings = tables.get("spelling", {})

    def words(name: str) -> list[str]:
        return list(tables.get(name, {}).get("words", ()))

    return NamingRules(
        never=frozenset(fold(word, spellings) for word in words("never")),
        common=frozenset(words("common")),
        spellings=spellings,
        endings={ending: tuple(others) for ending, others in tables.get("endings", {}).items()},
        heads=tuple(map(tuple, tables.get("heads", {}).get("groups", ()))),
        harmed=tuple(tables.get("harms", {}).get("of", ())),
        harms=tuple(words("harms")),
        additions=tuple(words("additions")),
    )


def load_context(ontology_folder: Path) -> ContextWords:
    """Read `vocabularies/context.toml` of an ontology folder; nothing where there is no such file.

    Raises:
        OntologyError: A table of it is not known, or does not say what it means.
    """
    tables = _load(ontology_folder, CONTEXT_FILE, CONTEXT_KEYS)
    return ContextWords(
        before=_kinds_by_word(tables.get("before", {})),
        after=_kinds_by_word(tables.get("after", {})),
        kinds={class_name: kind for kind, classes in tables.get("kinds", {}).items() for class_name in classes},
        order=tuple(tables.get("order", {}).get("kinds", ())),
        spelled_out=frozenset(tables.get("spelled_out", {}).get("kinds", ())),
    )


def _load(ontology_folder: Path, file: Path, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    path = ontology_folder / file
    if not path.is_file():
        return {}
    tables = load_tables(path)
    refuse_unknown_keys(tables, keys, str(file))
    for name, table in tables.items():
        if not table.pop("meaning", "") or not table.pop("example", ""):
            raise OntologyError(f"{file}: [{name}] needs a meaning and an example; add one sentence for each")
    return tables


def _kinds_by_word(words_by_kind: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    kinds: dict[str, frozenset[str]] = {}
    for kind, words in words_by_kind.items():
        for word in words:
            kinds[word] = kinds.get(word, frozenset()) | {kind}
    return kinds


def fold(name: str, spellings: Mapping[str, str]) -> str:
    """Fold a name as the dictionary does.

    >>> fold("Tumours of the Breast", {"tumour": "tumor"})
    'tumor of the breast'
    """
    return " ".join(to_base(word, spellings) for word in split_words(name) if word)


def names_of(term: Term, rules: NamingRules, *, class_name: str = "") -> Iterator[FoundUnder]:
    """Give the names under which a term is looked for: its own, but for those too general, and forms made of them.

    Broad synonyms are left out: they name other things. Short names and acronyms count only in capitals.

    Args:
        class_name: Of the entity that the term is part of, where the term itself has none.

    >>> term = Term("x:1", "hepatocellular carcinoma", exact=("Carcinoma, Hepatocellular", "hcc"))
    >>> [(name.text, name.case) for name in names_of(term, NamingRules())]
    [('hepatocellular carcinoma', 0), ('Carcinoma, Hepatocellular', 0), ('HCC', 1)]
    """
    class_name = class_name or term.class_name
    known = [(term.label, PREFERRED)]
    known += [(name, SYNONYM) for name in term.exact]
    known += [(name, LOOSE) for name in (*term.related, *term.narrow)]
    initials = {letters for name, _ in known if (letters := _initials(name))} if " " in term.label else set()
    seen: set[str] = set()
    if class_name in DRUG_CLASSES:
        known = [(name, rank) for name, rank in known if not is_systematic(name)]
    own = [one for name, rank in known if (one := _own_name(name, rank, initials, rules)) is not None]
    if class_name in GENE_CLASSES:
        own = [one for one in own if one.rank == PREFERRED or one.case or not PLAIN_WORD.match(one.text)]
        own = [one._replace(case=TITLED) if SYMBOL.match(one.text) else one for one in own]
    for one in own:
        if one.text not in seen:
            seen.add(one.text)
            yield one
    folded = {name.text.casefold() for name in own}
    for one in own:
        for text in derived_names(one, class_name, rules):
            if text.casefold() not in folded and not _is_left_out(text, rules):
                folded.add(text.casefold())
                yield FoundUnder(text, one.rank if one.case else DERIVED, one.case or (CASED if is_code(text) else 0))


def derived_names(name: FoundUnder, class_name: str, rules: NamingRules) -> Iterator[str]:
    """Make the other forms of a name that texts use where the vocabulary has just one.

    >>> rules = NamingRules(heads=(("neoplasm", "cancer"),), endings={"emia": ("emic",)})
    >>> list(derived_names(FoundUnder("Leukemia, Myeloid", 0), "Disease", rules))
    ['Myeloid Leukemia']
    >>> list(derived_names(FoundUnder("IL6", 0, CASED), "Gene", rules))
    ['IL 6']
    >>> list(derived_names(FoundUnder("cancer of the ureter", 0), "Disease", rules))
    ['ureter cancer']
    """
    text = name.text
    if name.case:
        if CODE_WORD.match(text):
            yield from _other_joints(text)
        return
    low = text.lower()
    for addition in rules.additions:
        if low.endswith(addition):
            yield text[: -len(addition)].rstrip(" ,")
    if POSSESSIVE.search(text):
        yield POSSESSIVE.sub("", text)
    if class_name in GENE_CLASSES:
        if match := FIRST_OF_SEVERAL.match(text):
            yield match[1]
        return
    if class_name in DRUG_CLASSES:
        if match := ACID.match(text):
            yield match[1] + "ate"
        return
    if match := INVERTED.match(text):
        yield f"{match[2]} {match[1]}"
    if match := OF.match(text):
        yield f"{match[2]} {match[1]}"
    yield from _other_heads(low, rules)
    if " " not in text:
        for ending, others in rules.endings.items():
            if low.endswith(ending):
                yield from (low.removesuffix(ending) + other for other in others)


def _own_name(name: str, rank: int, initials: set[str], rules: NamingRules) -> FoundUnder | None:
    name = TRAILING_NOTE.sub("", " ".join(name.split()))
    if len(name) < CASED_UP_TO or UNNAMED.match(name) or CLUSTER in name or _is_left_out(name, rules):
        return None
    is_word = name.isalpha() and name.islower()
    if rank == LOOSE and is_word:
        return None
    is_acronym = bool(initials) and (len(name) <= SHORT_WORD or name.upper() in initials)
    if is_acronym and rank != PREFERRED and is_word:
        return FoundUnder(name.upper(), rank, CASED)
    return FoundUnder(name, rank, CASED if len(name) <= CASED_UP_TO or is_code(name) else ANY_CASE)


def _is_left_out(name: str, rules: NamingRules) -> bool:
    return name.lower() in rules.common or fold(name, rules.spellings) in rules.never


def is_code(name: str) -> bool:
    """Tell whether a name is a symbol or acronym, whose capitals count.

    >>> is_code("ERBB2"), is_code("p53"), is_code("Bcl-2"), is_code("Herceptin"), is_code("Crohn disease")
    (True, True, True, False, False)
    """
    if LETTER_AND_NUMBER.match(name):
        return True
    return CODE.match(name) is not None and not (name[1:].islower() and name[1:].isalpha())


def is_systematic(name: str) -> bool:
    """Tell whether a name of a substance spells its structure out, which no text repeats.

    >>> is_systematic("4-((4-methylpiperazin-1-yl)methyl)-N-phenylbenzamide"), is_systematic("Vitamin D")
    (True, False)
    """
    return len([word for word in split_words(name) if word]) > LONGEST_OF_DRUG


def _initials(name: str) -> str:
    words = [word for word in split_words(name) if word]
    return "".join(word[0] for word in words).upper() if 1 < len(words) <= ACRONYM_UP_TO else ""


def _other_joints(code: str) -> Iterator[str]:
    """Give a code with its letters and digits parted, and joined: "IL6", "IL-6"."""
    parted = PARTED.sub(" ", code.replace("-", " "))
    joined = code.replace("-", "")
    yield from (form for form in dict.fromkeys((parted, joined)) if form != code)


def _other_heads(low: str, rules: NamingRules) -> Iterator[str]:
    words = low.split(" ")
    head = to_base(words[-1], rules.spellings)
    if 1 < len(words) <= LONGEST_OF:
        for group in rules.heads:
            if head in group:
                yield from (" ".join((*words[:-1], other)) for other in group if other != head)
    if len(words) == len(("kidney", "disease")) and head in rules.harmed:
        yield from (f"{words[0]} {harm}" for harm in rules.harms)
