"""Why a fact is in the graph: its sentences with the words that count, their documents, rules and certainty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice, product

from pyoxigraph import Literal, NamedNode, Store

from oncograph.errors import QueryError
from oncograph.graph import terms
from oncograph.graph.lookup import Node, find_nodes, find_subjects, find_value, holds
from oncograph.graph.names import find_all_named, find_class, find_entity, find_label, find_predicate
from oncograph.graph.terms import shorten
from oncograph.model import ONTOLOGY


@dataclass(frozen=True, slots=True, order=True)
class Highlight:
    """Words of a sentence that count, with offsets from the sentence's start.

    Attributes:
        role: `subject`, `object` or `cue` (a word that negates or hedges).
    """

    start: int
    end: int
    role: str


@dataclass(frozen=True, slots=True)
class Support:
    """A sentence that makes a claim.

    Attributes:
        document: Prefixed name: `doc:her2`.
        start, end: Offsets of the sentence in the document's text.
        prefix, suffix: The text just before and after it.
        rules: Id and label of each rule that read the claim here.
    """

    document: str
    title: str
    source: str
    start: int
    end: int
    sentence: str
    prefix: str
    suffix: str
    rules: tuple[tuple[str, str], ...]
    certainty: str
    confidence: float
    highlights: tuple[Highlight, ...]


@dataclass(frozen=True, slots=True)
class ExplainedClaim:
    """A claim with all its sentences, by document and place.

    Attributes:
        claim: Prefixed name: `claim:7f3a…`.
        polarity, certainty: `Affirmed` or `Negated`, `Stated` or `Possible`.
        qualifiers: Name of the context (`inDisease`) and label of the entity.
        status: What curators said: `Accepted`, `Rejected`, `Corrected`, or empty.
    """

    claim: str
    polarity: str
    certainty: str
    confidence: float
    documents: int
    qualifiers: tuple[tuple[str, str], ...]
    supports: tuple[Support, ...]
    status: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A fact and where it comes from.

    Attributes:
        subject, predicate, object: Prefixed names, or a literal's text, in the direction that claims assert.
        subject_label, object_label: What people call them.
        origin: `documents`, `vocabulary` (curated, no sentence needed) or `inference` (follows from other facts).
        claims: The affirmed claim, then the negated one, as far as there are any.
    """

    subject: str
    predicate: str
    object: str
    subject_label: str
    object_label: str
    origin: str
    claims: tuple[ExplainedClaim, ...]


def explain(store: Store, subject: str, predicate: str, object: str) -> Explanation:
    """Give the sentences, documents and rules behind a fact.

    Args:
        subject, object: Label, synonym, identifier, prefixed name or IRI; the object also a class or a literal's text.
        predicate: Name or label of a relation or of its inverse.

    Raises:
        QueryError: A name means nothing here, or the graph does not hold the fact; says what comes near.
    """
    relation = find_predicate(store, predicate)
    subjects, objects = _find_sides(store, subject), _find_sides(store, object)
    for triple in _directions(store, subjects, relation, objects):
        claims = _find_claims(store, *triple)
        if claims:
            return _explanation(store, triple, "documents", (explain_claim(store, claim) for claim in claims))
    origins = {triple: _find_origin(store, *triple) for triple in _directions(store, subjects, relation, objects)}
    for origin in ("vocabulary", "inference"):
        for triple, found in origins.items():
            if found == origin:
                return _explanation(store, triple, origin, ())
    raise QueryError(_say_what_there_is(store, subject, relation, object, subjects, objects))


def _find_sides(store: Store, name: str) -> list[Node]:
    """Give all that a name may mean, the likeliest first; a name that means nothing may be a literal's text."""
    found: list[Node] = list(find_all_named(store, name))
    with suppress(QueryError):
        found.append(find_class(store, name))
    literal = Literal(name)
    if holds(store, None, terms.OBJECT, literal):
        found.append(literal)
    return found or [find_entity(store, name)]


def _directions(
    store: Store, subjects: Iterable[Node], relation: NamedNode, objects: Iterable[Node]
) -> Iterator[tuple[NamedNode, NamedNode, Node]]:
    """Give the triples that may hold the fact: as asked, read backwards, and for a symmetric relation turned round."""
    backwards = [*_inverses(store, relation)]
    if holds(store, relation, terms.TYPE, terms.SYMMETRIC_PROPERTY):
        backwards.append(relation)
    for left, right in product(subjects, objects):
        if isinstance(left, NamedNode):
            yield left, relation, right
        if isinstance(right, NamedNode):
            yield from ((right, inverse, left) for inverse in backwards)


def _inverses(store: Store, relation: NamedNode) -> Iterator[NamedNode]:
    yield from find_nodes(store, relation, terms.INVERSE_OF)
    yield from find_subjects(store, terms.INVERSE_OF, relation)


def _find_claims(store: Store, subject: NamedNode, predicate: NamedNode, obj: Node) -> list[NamedNode]:
    """Give the claim nodes of a triple, the affirmed one first."""
    found = [
        claim
        for claim in find_subjects(store, terms.SUBJECT, subject)
        if holds(store, claim, terms.PREDICATE, predicate) and holds(store, claim, terms.OBJECT, obj)
    ]
    return sorted(found, key=lambda claim: find_value(store, claim, terms.POLARITY))


def _find_origin(store: Store, subject: NamedNode, predicate: NamedNode, obj: Node) -> str:
    """Tell where a triple without a claim comes from; empty if the graph does not hold it."""
    predicates = [predicate]
    if predicate == terms.IS_A:
        predicates += [terms.TYPE, terms.BROADER, terms.BROADER_TRANSITIVE]
    for found in predicates:
        for quad in store.quads_for_pattern(subject, found, obj, None):
            return "inference" if quad.graph_name == terms.INFERRED_GRAPH else "vocabulary"
    return ""


def _explanation(
    store: Store, triple: tuple[NamedNode, NamedNode, Node], origin: str, claims: Iterable[ExplainedClaim]
) -> Explanation:
    subject, predicate, obj = triple
    return Explanation(
        subject=shorten(subject.value),
        predicate=shorten(predicate.value),
        object=_write(obj),
        subject_label=find_label(store, subject),
        object_label=find_label(store, obj) if isinstance(obj, NamedNode) else obj.value,
        origin=origin,
        claims=tuple(claims),
    )


def explain_claim(store: Store, claim: NamedNode, *, most: int | None = None) -> ExplainedClaim:
    """Give a claim with its sentences, by document and place.

    Args:
        most: How many sentences are read, any of them; None: all.
    """
    extractions = list(islice(find_subjects(store, terms.OF_CLAIM, claim), most))
    read = {_find_node(store, node, terms.FROM_EVIDENCE) for node in extractions}
    supports = [_explain_extraction(store, node) for node in extractions]
    given = set(islice(find_nodes(store, claim, terms.SUPPORTED_BY), most)) - read if len(read) != most else set()
    supports += [_explain_given(store, claim, evidence) for evidence in given]
    return ExplainedClaim(
        claim=shorten(claim.value),
        polarity=_local(find_value(store, claim, terms.POLARITY)),
        certainty=_local(find_value(store, claim, terms.CERTAINTY)),
        confidence=float(find_value(store, claim, terms.CONFIDENCE) or 0),
        documents=int(find_value(store, claim, terms.DOCUMENT_COUNT) or 0),
        qualifiers=_find_qualifiers(store, claim),
        supports=tuple(sorted(supports, key=lambda support: (support.document, support.start, support.end))),
        status=_local(find_value(store, claim, terms.STATUS)),
    )


def _find_qualifiers(store: Store, claim: NamedNode) -> tuple[tuple[str, str], ...]:
    ours = {terms.POLARITY, terms.CERTAINTY, terms.SUPPORTED_BY, terms.STATUS}
    found = (
        (_local(quad.predicate.value), find_label(store, quad.object))
        for quad in store.quads_for_pattern(claim, None, None, None)
        if quad.predicate.value.startswith(ONTOLOGY) and quad.predicate not in ours
        if isinstance(quad.object, NamedNode)
    )
    return tuple(sorted(found))


def _explain_extraction(store: Store, extraction: NamedNode) -> Support:
    support = _explain_evidence(store, _find_node(store, extraction, terms.FROM_EVIDENCE))
    return replace(
        support,
        rules=tuple(sorted(_find_rules(store, extraction))),
        certainty=_local(find_value(store, extraction, terms.CERTAINTY)),
        confidence=float(find_value(store, extraction, terms.CONFIDENCE) or 0),
        highlights=tuple(sorted(set(_find_highlights(store, extraction, support.start, support.end)))),
    )


def _explain_given(store: Store, claim: NamedNode, evidence: NamedNode) -> Support:
    """Give a sentence that a curator, and no rule, put behind a claim."""
    return replace(
        _explain_evidence(store, evidence),
        certainty=_local(find_value(store, claim, terms.CERTAINTY)),
        confidence=float(find_value(store, claim, terms.CONFIDENCE) or 0),
    )


def _explain_evidence(store: Store, evidence: NamedNode) -> Support:
    document = _find_node(store, evidence, terms.DERIVED_FROM)
    position, quote = NamedNode(evidence.value + "/position"), NamedNode(evidence.value + "/quote")
    return Support(
        document=shorten(document.value),
        title=find_value(store, document, terms.TITLE),
        source=find_value(store, document, terms.SOURCE),
        start=int(find_value(store, position, terms.START)),
        end=int(find_value(store, position, terms.END)),
        sentence=find_value(store, quote, terms.EXACT),
        prefix=find_value(store, quote, terms.PREFIX),
        suffix=find_value(store, quote, terms.SUFFIX),
        rules=(),
        certainty="",
        confidence=0.0,
        highlights=(),
    )


def _find_rules(store: Store, extraction: NamedNode) -> Iterator[tuple[str, str]]:
    for rule in find_nodes(store, extraction, terms.EXTRACTED_BY):
        yield rule.value.removeprefix(terms.RULE), find_label(store, rule)


def _find_highlights(store: Store, extraction: NamedNode, start: int, end: int) -> Iterator[Highlight]:
    roles = ((terms.SUBJECT_MENTION, "subject"), (terms.OBJECT_MENTION, "object"), (terms.CUE, "cue"))
    for predicate, role in roles:
        for mention in find_nodes(store, extraction, predicate):
            first, last = int(find_value(store, mention, terms.START)), int(find_value(store, mention, terms.END))
            if start <= first and last <= end:
                yield Highlight(first - start, last - start, role)


def _say_what_there_is(
    store: Store, subject: str, relation: NamedNode, obj: str, subjects: list[Node], objects: list[Node]
) -> str:
    """Say that a fact is missing, and what else joins the two or what else the subject has by this relation."""
    name = _local(relation.value)
    message = f"nothing in this graph says {subject} {name} {obj}"
    joined = sorted({_local(found) for found in _relations_between(store, subjects, objects)})
    if joined:
        return f"{message}; did you mean {', '.join(joined)}?"
    others = sorted({find_label(store, node) for node in _objects_of(store, subjects, relation)})[:5]
    return f"{message}, but {subject} {name} {', '.join(others)}" if others else message


def _relations_between(store: Store, subjects: Iterable[Node], objects: Iterable[Node]) -> Iterator[str]:
    for left, right in product(subjects, objects):
        for one, other in ((left, right), (right, left)):
            for claim in find_subjects(store, terms.OBJECT, other):
                if holds(store, claim, terms.SUBJECT, one):
                    yield find_value(store, claim, terms.PREDICATE)


def _objects_of(store: Store, subjects: Iterable[Node], relation: NamedNode) -> Iterator[NamedNode]:
    for subject in subjects:
        if isinstance(subject, NamedNode):
            yield from find_nodes(store, subject, relation)


def _find_node(store: Store, subject: NamedNode, predicate: NamedNode) -> NamedNode:
    return NamedNode(find_value(store, subject, predicate))


def _local(iri: str) -> str:
    return iri.removeprefix(ONTOLOGY)


def _write(node: Node) -> str:
    return shorten(node.value) if isinstance(node, NamedNode) else node.value
