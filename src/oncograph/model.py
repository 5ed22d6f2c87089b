"""The nouns of oncograph: frozen values that every part passes on, without input or output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

BASE = "https://w3id.org/oncograph/"
ONTOLOGY = BASE + "ontology#"
ENTITY = BASE + "entity/"
UNSAFE = re.compile(r"(?:[^\w.-]|_)+")
"""What a name in an IRI cannot hold, as well as runs of underscores."""


class Polarity(str, Enum):
    """Whether the text says that a fact holds or that it does not."""

    AFFIRMED = "Affirmed"
    NEGATED = "Negated"


class Certainty(str, Enum):
    """Whether the text states a fact or only holds it possible."""

    STATED = "Stated"
    POSSIBLE = "Possible"


class Grounding(str, Enum):
    """Where the name of an entity is known from."""

    CURATED = "Curated"
    IMPORTED = "Imported"
    COMPOSED = "Composed"
    UNGROUNDED = "Ungrounded"


class Doubt(str, Enum):
    """Why a name stays undecided."""

    DIFFERENT_KINDS = "DifferentKinds"
    TOLD_APART = "ToldApart"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of a document's text with one role in its layout.

    Blocks stand in text order and never overlap; what no block covers is white space, markup or furniture.

    Attributes:
        kind: `title`, `heading`, `paragraph` or `item` (of a list).
        start, end: Half-open offsets in code points of the document's text.
        level: Depth of a heading (1 to 6) or of an item (1 for the outermost list); 0 for a paragraph.
    """

    kind: str
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A text as it was read, with its layout.

    Attributes:
        id: Local name of the document's IRI, made of its path below the folder that was given: `her2`.
        source: Path below the folder that was given, or the URL the record names; never an absolute path.
        sha256: Hex digest of the bytes that were read (of one record's text in a file of many).
        identifier: File name, or record identifier (`PMID:123`) in a file of many.
    """

    id: str
    title: str
    text: str
    blocks: tuple[Block, ...] = ()
    source: str = ""
    sha256: str = ""
    identifier: str = ""
    media_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Concept:
    """An entity: curated, imported, or made by reading a name that no vocabulary has.

    Attributes:
        iri: Full IRI.
        label: Preferred label, in English.
        class_name: Local name of its most specific ontology class: `Receptor`.
        synonyms: Other names it is known by (skos:altLabel).
        hidden: Names to be recognised but never shown (skos:hiddenLabel).
        broader: IRIs of more general concepts (skos:broader).
        exact_matches, close_matches: IRIs of the same, or nearly the same, thing elsewhere.
        notations: Compact identifiers: `HGNC:3430`.
        relations: Facts the vocabulary itself holds: (predicate local name, IRI of the object).
        scoped: Names of wider, narrower or only related things: (`broad`, `narrow` or `related`, the name).
    """

    iri: str
    label: str
    class_name: str
    synonyms: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    definition: str = ""
    exact_matches: tuple[str, ...] = ()
    close_matches: tuple[str, ...] = ()
    notations: tuple[str, ...] = ()
    relations: tuple[tuple[str, str], ...] = ()
    scoped: tuple[tuple[str, str], ...] = ()
    grounding: Grounding = Grounding.CURATED


class Sentence(NamedTuple):
    """A sentence or list item: half-open offsets into the document's text."""

    start: int
    end: int
    text: str


class Mention(NamedTuple):
    """The words that name an entity, half-open offsets into the document's text.

    Attributes:
        text: The words as written: `text == doc.text[start:end]`.
        concept: IRI of what they name or refer back to.
    """

    start: int
    end: int
    text: str
    concept: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the concepts that an undecided name may mean.

    Attributes:
        score: Its share, 0 to 1, of what speaks for any of the candidates: how properly the concept has this name,
            whether the document names it by another, longer name too, and the words beside the name. The shares of a
            name add up to 1. They compare the candidates and are no probabilities.
    """

    concept: Concept
    score: float


@dataclass(frozen=True, slots=True)
class UndecidedName:
    """A name of which nothing in the document decides what it means: no claim is made of it, no entity named by it.

    Attributes:
        start, end: Half-open offsets; `text == doc.text[start:end]`.
        candidates: At least two, the likeliest first.
        doubt: Why it is undecided.
    """

    start: int
    end: int
    text: str
    candidates: tuple[Candidate, ...]
    doubt: Doubt


@dataclass(frozen=True, slots=True)
class Value:
    """What a literal object says in numbers; numbers stay the strings that were written, less group commas.

    Attributes:
        minimum, maximum: Decimal strings, equal for a single number, empty where open.
        comparator: `=`, `>=`, `>`, `<=`, `<` or `~` (about).
        unit: `%`, `people`, `fraction`, `ratio`, …
        year: `YYYY` of a date; of a decade its first year.
        population: IRI of the entity the share is taken of.
    """

    minimum: str = ""
    maximum: str = ""
    comparator: str = "="
    unit: str = ""
    year: str = ""
    population: str = ""


class Claim(NamedTuple):
    """One typed statement as one sentence makes it.

    The same statement made by another sentence is another `Claim` here and the same claim node in the graph.

    Attributes:
        subject: IRI.
        predicate: Local name of an ontology property: `targetedBy`.
        object: IRI, or the words of the text when `literal`.
        start, end: Offsets of the sentence or list item that is the evidence.
        rule: Identifier of the rule that read it.
        confidence: Probability that it is right, 0 to 1.
        subject_mention, object_mention: The words that named the two; None where only the context names one.
        cues: Offsets of negation and hedging words that decided polarity and certainty.
        qualifiers: Context that restricts it: (ontology property local name, IRI).
    """

    subject: str
    predicate: str
    object: str
    start: int
    end: int
    rule: str
    literal: bool = False
    polarity: Polarity = Polarity.AFFIRMED
    certainty: Certainty = Certainty.STATED
    confidence: float = 1.0
    subject_mention: Mention | None = None
    object_mention: Mention | None = None
    cues: tuple[tuple[int, int], ...] = ()
    qualifiers: tuple[tuple[str, str], ...] = ()
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one document gave.

    Attributes:
        claims: In text order.
        concepts: The entities in them that the ontology does not hold.
        undecided: The names left out because they may mean several things, in text order.
    """

    doc: Document
    claims: tuple[Claim, ...] = ()
    concepts: tuple[Concept, ...] = ()
    undecided: tuple[UndecidedName, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of a rule's own tests and the claims it must give (none: it must give none of the rule's)."""

    text: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of saying a relation, with its own tests.

    Attributes:
        id: Local name of its IRI.
        predicate: The relation it reads.
        confidence: How often it is right, 0 to 1.
        patterns: The ways of saying it, in the pattern language of `ontology/rules/README.md`.
    """

    id: str
    label: str
    predicate: str
    confidence: float
    patterns: tuple[str, ...]
    examples: tuple[Example, ...]
    counterexamples: tuple[Example, ...] = ()


def entity_iri(label: str) -> str:
    """Mint the readable IRI of an entity from its preferred label.

    Letters, digits, `-` and inner `.` stay; every other run of characters becomes one underscore.

    >>> entity_iri("HER2-positive breast cancer")
    'https://w3id.org/oncograph/entity/HER2-positive_breast_cancer'
    """
    return ENTITY + local_name(label)


def local_name(text: str) -> str:
    """Turn any text into a name that is safe in IRIs, Turtle and file paths.

    >>> local_name("t(9;22)(q34;q11)")
    't_9_22_q34_q11'
    """
    return UNSAFE.sub("_", text).strip("_.-") or "_"
