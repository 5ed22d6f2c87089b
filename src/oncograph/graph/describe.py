"""What a graph says about one thing, as values to show or to send: an entity, a claim, a document, a class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from oncograph.errors import QueryError
from oncograph.graph import terms
from oncograph.graph.explain import ExplainedClaim, explain_claim
from oncograph.graph.lookup import Node, find_nodes, find_objects, find_subjects, find_value, holds
from oncograph.graph.merging import ClaimKey
from oncograph.graph.names import find_label
from oncograph.graph.quads import CLAIM_PREDICATES, claim_node
from oncograph.graph.terms import shorten
from oncograph.knowledge.vocabularies.identifiers import to_notation
from oncograph.model import BASE, ONTOLOGY, Polarity

MOST_CLAIMS = 200
"""Claims of one relation that a description lists; the others are counted."""
MOST_NEAR = 200
"""Broader and narrower concepts that a description lists."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to show by its label and to link to.

    Attributes:
        iri: Empty for a literal.
        name: Its prefixed name (`entity:HER2`), or the literal's text.
        kind: `entity`, `class`, `document`, `other` (an IRI that nothing describes) or `literal`.
        class_name: Most specific class of an entity, by its local name.
    """

    iri: str
    name: str
    label: str
    kind: str
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class ClaimSummary:
    """A claim as one line.

    Attributes:
        polarity, certainty: `Affirmed` or `Negated`, `Stated` or `Possible`.
        evidences, documents: How many sentences of how many documents make it.
        disputed: The graph holds the same claim with the other polarity.
        status: What a curator said: `Accepted`, `Rejected`, `Corrected`, or empty.
    """

    iri: str
    subject: Thing
    predicate: str
    predicate_label: str
    object: Thing
    polarity: str
    certainty: str
    confidence: float
    evidences: int
    documents: int
    disputed: bool = False
    status: str = ""


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """Claims of one relation about an entity, the surest first.

    Attributes:
        inverse: The entity is the object; `label` reads from the entity's side all the same.
        total: How many there are; `claims` may hold fewer.
    """

    predicate: str
    label: str
    inverse: bool
    total: int
    claims: tuple[ClaimSummary, ...]


@dataclass(frozen=True, slots=True)
class EntityDescription:
    """All that a graph says about an entity.

    Attributes:
        synonyms: Text and scope: empty for an exact one, else `related`, `broad` or `narrow`.
        identifiers: Compact identifier, its IRI, and whether it means the same (`exact`) or nearly so (`close`).
        class_path: The classes from the most general to its own.
        grounding: `Curated`, `Imported`, `Ungrounded`, ….
    """

    thing: Thing
    definition: str
    synonyms: tuple[tuple[str, str], ...]
    identifiers: tuple[tuple[str, str, str], ...]
    class_path: tuple[Thing, ...]
    grounding: str
    broader: tuple[Thing, ...]
    narrower: tuple[Thing, ...]
    groups: tuple[ClaimGroup, ...]

    @property
    def claims(self) -> int:
        """How many claims name the entity as subject or object."""
        return sum(group.total for group in self.groups)


@dataclass(frozen=True, slots=True)
class ClaimDescription:
    """A claim with its sentences.

    Attributes:
        explained: Polarity, certainty, qualifiers and evidence.
        values: Name and text of what a literal was parsed to: minimum, maximum, unit, year, ….
        opposite: The claim with the other polarity, if the graph has it.
    """

    summary: ClaimSummary
    explained: ExplainedClaim
    values: tuple[tuple[str, str], ...]
    opposite: ClaimSummary | None


@dataclass(frozen=True, slots=True)
class MarkedClaim:
    """A claim as a document makes it at one place; offsets are code points of the document's text, half-open.

    Attributes:
        subjects, objects, cues: The words that name the two sides, and those that negate or hedge.
    """

    claim: ClaimSummary
    start: int
    end: int
    subjects: tuple[tuple[int, int], ...]
    objects: tuple[tuple[int, int], ...]
    cues: tuple[tuple[int, int], ...]
    certainty: str
    confidence: float


@dataclass(frozen=True, slots=True)
class DocumentDescription:
    """A document with its text and every claim it makes, by place."""

    thing: Thing
    title: str
    identifier: str
    source: str
    media_type: str
    sha256: str
    text: str
    claims: tuple[MarkedClaim, ...]


@dataclass(frozen=True, slots=True)
class TermDescription:
    """A class or relation of the ontology.

    Attributes:
        kind: `class` or `relation`.
        above, below: Superclasses and subclasses.
        inverse: Of a relation: the relation read backwards.
        count: Entities of the class, or claims of the relation.
        rules: What reads claims of the relation.
    """

    thing: Thing
    kind: str
    definition: str
    above: tuple[Thing, ...]
    below: tuple[Thing, ...]
    domain: tuple[Thing, ...]
    range: tuple[Thing, ...]
    inverse: Thing | None
    count: int
    rules: tuple[Thing, ...] = ()


def describe_thing(store: Store, node: Node) -> Thing:
    """Give what is needed to show a node and to link to it."""
    if isinstance(node, Literal):
        return Thing("", node.value, node.value, "literal")
    name, label = shorten(node.value), find_label(store, node)
    if holds(store, node, terms.GROUNDING, None):
        return Thing(node.value, name, label, "entity", find_class_name(store, node))
    if holds(store, node, terms.TYPE, terms.DOCUMENT_CLASS):
        return Thing(node.value, name, label, "document")
    kind = "class" if node.value.startswith(ONTOLOGY) else "other"
    return Thing(node.value, name, label, kind)


def find_class_name(store: Store, entity: NamedNode) -> str:
    """Give the most specific class of an entity by its local name; empty when it has none.

    The inferred superclasses lie in a graph of their own, so the class that the default graph says is the specific one.
    """
    names = sorted(
        quad.object.value.removeprefix(ONTOLOGY)
        for quad in store.quads_for_pattern(entity, terms.TYPE, None, None)
        if isinstance(quad.object, NamedNode)
        and quad.object.value.startswith(ONTOLOGY)
        and quad.graph_name != terms.INFERRED_GRAPH
    )
    return names[0] if names else ""


def summarise_claim(store: Store, claim: NamedNode) -> ClaimSummary:
    """Give a claim as one line."""
    found: dict[NamedNode, Node] = {
        quad.predicate: quad.object
        for quad in store.quads_for_pattern(claim, None, None, None)
        if quad.predicate in CLAIM_PREDICATES and isinstance(quad.object, NamedNode | Literal)
    }
    subject, predicate, obj = (found[term] for term in (terms.SUBJECT, terms.PREDICATE, terms.OBJECT))
    assert isinstance(subject, NamedNode)
    assert isinstance(predicate, NamedNode)
    return ClaimSummary(
        iri=claim.value,
        subject=describe_thing(store, subject),
        predicate=predicate.value.removeprefix(ONTOLOGY),
        predicate_label=find_label(store, predicate),
        object=describe_thing(store, obj),
        polarity=_local(found.get(terms.POLARITY)),
        certainty=_local(found.get(terms.CERTAINTY)),
        confidence=float(_value(found.get(terms.CONFIDENCE)) or 0),
        evidences=int(_value(found.get(terms.EVIDENCE_COUNT)) or 0),
        documents=int(_value(found.get(terms.DOCUMENT_COUNT)) or 0),
        disputed=_find_opposite(store, claim, subject, predicate, obj) is not None,
        status=find_status(store, claim),
    )


def find_status(store: Store, claim: NamedNode) -> str:
    """Tell what a curator said of a claim last: `Accepted`, `Rejected`, `Corrected`, or nothing."""
    return _local(next(find_nodes(store, claim, terms.STATUS), None))


def describe_entity(
    store: Store,
    entity: NamedNode,
    *,
    most_claims: int = MOST_CLAIMS,
    groups: tuple[ClaimGroup, ...] | None = None,
) -> EntityDescription:
    """Give all that a graph says about an entity.

    Args:
        most_claims: How many claims of each relation are listed.
        groups: Its claims as the index groups them (`neighbourhood.group_claims`), which is faster where there are
            thousands; without them they are looked up in the store.

    Raises:
        QueryError: The graph does not know it as an entity.
    """
    if not holds(store, entity, terms.GROUNDING, None):
        raise QueryError(f"{shorten(entity.value)} is no entity of this graph")
    return EntityDescription(
        thing=describe_thing(store, entity),
        definition=find_value(store, entity, terms.DEFINITION),
        synonyms=tuple(_find_synonyms(store, entity)),
        identifiers=tuple(_find_identifiers(store, entity)),
        class_path=_find_path_of(store, entity),
        grounding=_local(next(find_nodes(store, entity, terms.GROUNDING), None)),
        broader=_describe_all(store, find_nodes(store, entity, terms.BROADER)),
        narrower=_describe_all(store, islice(find_subjects(store, terms.BROADER, entity), MOST_NEAR)),
        groups=_group_claims(store, entity, most_claims) if groups is None else groups,
    )


def describe_claim(store: Store, claim: NamedNode, *, most: int | None = None) -> ClaimDescription:
    """Give a claim with its sentences, and its opposite.

    Args:
        most: How many sentences are read; None: all.

    Raises:
        QueryError: The graph has no such claim.
    """
    if not holds(store, claim, terms.TYPE, terms.CLAIM_CLASS):
        raise QueryError(f"there is no claim {shorten(claim.value)} in this graph")
    summary = summarise_claim(store, claim)
    obj = next(find_objects(store, claim, terms.OBJECT))
    opposite = _find_opposite(
        store, claim, NamedNode(summary.subject.iri), NamedNode(ONTOLOGY + summary.predicate), obj
    )
    return ClaimDescription(
        summary,
        explain_claim(store, claim, most=most),
        tuple(_find_values(store, claim)),
        summarise_claim(store, opposite) if opposite is not None else None,
    )


def find_opposite(store: Store, claim: ClaimSummary) -> ClaimSummary | None:
    """Give the claim of the same triple with the other polarity, if the graph has it."""
    node = NamedNode(claim.iri)
    sides = NamedNode(claim.subject.iri), NamedNode(ONTOLOGY + claim.predicate)
    found = _find_opposite(store, node, *sides, next(find_objects(store, node, terms.OBJECT)))
    return summarise_claim(store, found) if found is not None else None


def describe_document(store: Store, document: NamedNode, *, claims: bool = True) -> DocumentDescription:
    """Give a document with its text and its claims, by place.

    Args:
        claims: Whether to read them.

    Raises:
        QueryError: The graph has no such document.
    """
    if not holds(store, document, terms.TYPE, terms.DOCUMENT_CLASS):
        raise QueryError(f"there is no document {shorten(document.value)} in this graph")
    summaries: dict[NamedNode, ClaimSummary] = {}
    marked = [
        _mark_claim(store, extraction, evidence, summaries)
        for evidence in (find_subjects(store, terms.DERIVED_FROM, document) if claims else ())
        for extraction in find_subjects(store, terms.FROM_EVIDENCE, evidence)
    ]
    return DocumentDescription(
        thing=describe_thing(store, document),
        title=find_value(store, document, terms.TITLE),
        identifier=find_value(store, document, terms.IDENTIFIER),
        source=find_value(store, document, terms.SOURCE),
        media_type=find_value(store, document, terms.FORMAT),
        sha256=find_value(store, document, terms.SHA256),
        text=find_value(store, document, terms.TEXT),
        claims=tuple(sorted(marked, key=lambda one: (one.start, one.end, one.claim.iri))),
    )


def describe_term(store: Store, term: NamedNode, *, count: int | None = None) -> TermDescription:
    """Give a class or relation of the ontology.

    Args:
        count: Its entities or claims, where they have been counted already.

    Raises:
        QueryError: The ontology has no such term.
    """
    is_class = holds(store, term, terms.TYPE, terms.OWL_CLASS)
    if not is_class and not any(holds(store, term, terms.TYPE, kind) for kind in _RELATIONS):
        raise QueryError(f"the ontology has no {shorten(term.value)}")
    inverse = _find_inverse(store, term)
    return TermDescription(
        thing=describe_thing(store, term),
        kind="class" if is_class else "relation",
        definition=find_value(store, term, terms.DEFINITION) or find_value(store, term, terms.COMMENT),
        above=_describe_all(store, find_nodes(store, term, terms.SUBCLASS_OF)),
        below=_describe_all(store, find_subjects(store, terms.SUBCLASS_OF, term)),
        domain=_describe_all(store, _find_sides(store, term, terms.DOMAIN)),
        range=_describe_all(store, _find_sides(store, term, terms.RANGE)),
        inverse=describe_thing(store, inverse) if inverse is not None else None,
        count=_count(store, terms.TYPE if is_class else terms.PREDICATE, term) if count is None else count,
        rules=_describe_all(store, find_subjects(store, terms.READS, term)),
    )


@dataclass(frozen=True, slots=True)
class RuleDescription:
    """A rule that reads claims in sentences.

    Attributes:
        reads: The relations that it reads.
        examples: Sentences that it reads.
        confidence: How sure it is by itself, as a number in text.
    """

    id: str
    label: str
    reads: tuple[Thing, ...]
    patterns: tuple[str, ...]
    examples: tuple[str, ...]
    confidence: str


def describe_rule(store: Store, rule: NamedNode) -> RuleDescription:
    """Give a rule with its patterns and examples.

    Raises:
        QueryError: The graph has no such rule.
    """
    if not holds(store, rule, terms.TYPE, terms.RULE_CLASS):
        raise QueryError(f"there is no {shorten(rule.value)} in this graph")
    return RuleDescription(
        id=rule.value.removeprefix(terms.RULE),
        label=find_label(store, rule),
        reads=_describe_all(store, find_nodes(store, rule, terms.READS)),
        patterns=tuple(sorted(obj.value for obj in find_objects(store, rule, terms.PATTERN))),
        examples=tuple(sorted(obj.value for obj in find_objects(store, rule, terms.EXAMPLE))),
        confidence=find_value(store, rule, terms.CONFIDENCE),
    )


_RELATIONS = (terms.OBJECT_PROPERTY, terms.DATATYPE_PROPERTY, terms.SYMMETRIC_PROPERTY)
_VALUES = {
    terms.MIN_VALUE: "minimum",
    terms.MAX_VALUE: "maximum",
    terms.COMPARATOR: "comparator",
    terms.UNIT_TEXT: "unit",
    terms.VALUE_YEAR: "year",
    terms.POPULATION: "population",
}


def _find_synonyms(store: Store, entity: NamedNode) -> Iterator[tuple[str, str]]:
    yield from ((text, "") for text in sorted(obj.value for obj in find_objects(store, entity, terms.ALT_LABEL)))
    for scope, predicate in terms.SCOPED_LABELS.items():
        yield from ((text, scope) for text in sorted(obj.value for obj in find_objects(store, entity, predicate)))


def _find_identifiers(store: Store, entity: NamedNode) -> Iterator[tuple[str, str, str]]:
    """Pair the compact identifiers of an entity with the IRIs they stand for."""
    for predicate, nearness in ((terms.EXACT_MATCH, "exact"), (terms.CLOSE_MATCH, "close")):
        for iri in sorted(node.value for node in find_nodes(store, entity, predicate)):
            yield to_notation(iri) or shorten(iri), iri, nearness


def find_class_path(store: Store, node: NamedNode | None) -> tuple[Thing, ...]:
    """Give the classes above a class, from the most general to the class itself."""
    path: list[NamedNode] = []
    while node is not None and node not in path:
        path.append(node)
        above = (parent for parent in find_nodes(store, node, terms.SUBCLASS_OF) if parent.value.startswith(ONTOLOGY))
        node = min(above, key=str, default=None)
    return tuple(describe_thing(store, one) for one in reversed(path))


def _find_path_of(store: Store, entity: NamedNode) -> tuple[Thing, ...]:
    name = find_class_name(store, entity)
    return find_class_path(store, NamedNode(ONTOLOGY + name) if name else None)


def _describe_all(store: Store, nodes: Iterable[NamedNode]) -> tuple[Thing, ...]:
    things = {
        describe_thing(store, node) for node in nodes if node != terms.NIL and not node.value.startswith(BASE + "genid")
    }
    return tuple(sorted(things, key=lambda thing: (thing.label.casefold(), thing.iri)))


def _group_claims(store: Store, entity: NamedNode, most: int) -> tuple[ClaimGroup, ...]:
    """Group the claims that name an entity, as subject before as object, the relation with most claims first."""
    groups = []
    for inverse, side in ((False, terms.SUBJECT), (True, terms.OBJECT)):
        by_predicate: dict[NamedNode, list[NamedNode]] = {}
        for claim in find_subjects(store, side, entity):
            for predicate in find_nodes(store, claim, terms.PREDICATE):
                by_predicate.setdefault(predicate, []).append(claim)
        for predicate, claims in sorted(by_predicate.items(), key=lambda item: (-len(item[1]), item[0].value)):
            chosen = sorted(claims, key=lambda claim: (_rank(store, claim), claim.value))[:most]
            groups.append(
                ClaimGroup(
                    predicate=predicate.value.removeprefix(ONTOLOGY),
                    label=label_direction(store, predicate, inverse=inverse),
                    inverse=inverse,
                    total=len(claims),
                    claims=tuple(summarise_claim(store, claim) for claim in chosen),
                )
            )
    return tuple(groups)


def _rank(store: Store, claim: NamedNode) -> tuple[bool, float, int]:
    """Order claims: affirmed before negated, then by confidence and by number of sentences."""
    return (
        holds(store, claim, terms.POLARITY, terms.NEGATED),
        -float(find_value(store, claim, terms.CONFIDENCE) or 0),
        -int(find_value(store, claim, terms.EVIDENCE_COUNT) or 0),
    )


def label_direction(store: Store, predicate: NamedNode, *, inverse: bool) -> str:
    """Give the label of a relation as it reads from the side of its subject, or of its object."""
    if not inverse or holds(store, predicate, terms.TYPE, terms.SYMMETRIC_PROPERTY):
        return find_label(store, predicate)
    other = _find_inverse(store, predicate)
    return find_label(store, other) if other is not None else f"is what it {find_label(store, predicate)}"


def _find_inverse(store: Store, predicate: NamedNode) -> NamedNode | None:
    found = chain(find_nodes(store, predicate, terms.INVERSE_OF), find_subjects(store, terms.INVERSE_OF, predicate))
    return next(found, None)


def _find_opposite(
    store: Store, claim: NamedNode, subject: NamedNode, predicate: NamedNode, obj: Node
) -> NamedNode | None:
    """Find the claim of the same triple with the other polarity."""
    name, literal = predicate.value.removeprefix(ONTOLOGY), isinstance(obj, Literal)
    keys = (ClaimKey(subject.value, name, obj.value, polarity, literal) for polarity in Polarity)
    nodes = (claim_node(key) for key in keys)
    return next((node for node in nodes if node != claim and holds(store, node, terms.TYPE, terms.CLAIM_CLASS)), None)


def _mark_claim(
    store: Store, extraction: NamedNode, evidence: NamedNode, summaries: dict[NamedNode, ClaimSummary]
) -> MarkedClaim:
    claim = next(find_nodes(store, extraction, terms.OF_CLAIM))
    if claim not in summaries:
        summaries[claim] = summarise_claim(store, claim)
    start, end = _find_place(store, NamedNode(evidence.value + "/position"))
    return MarkedClaim(
        claim=summaries[claim],
        start=start,
        end=end,
        subjects=_find_places(store, extraction, terms.SUBJECT_MENTION),
        objects=_find_places(store, extraction, terms.OBJECT_MENTION),
        cues=_find_places(store, extraction, terms.CUE),
        certainty=_local(next(find_nodes(store, extraction, terms.CERTAINTY), None)),
        confidence=float(find_value(store, extraction, terms.CONFIDENCE) or 0),
    )


def _find_places(store: Store, extraction: NamedNode, predicate: NamedNode) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({_find_place(store, node) for node in find_nodes(store, extraction, predicate)}))


def _find_place(store: Store, node: NamedNode) -> tuple[int, int]:
    return int(find_value(store, node, terms.START)), int(find_value(store, node, terms.END))


def _find_values(store: Store, claim: NamedNode) -> Iterator[tuple[str, str]]:
    for predicate, name in _VALUES.items():
        for node in find_objects(store, claim, predicate):
            yield name, node.value if isinstance(node, Literal) else find_label(store, node)


def _find_sides(store: Store, term: NamedNode, predicate: NamedNode) -> Iterator[NamedNode]:
    """Give the classes that a relation leads from or to; of a union, each."""
    waiting: list[object] = [quad.object for quad in store.quads_for_pattern(term, predicate, None, None)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, NamedNode):
            yield node
        elif isinstance(node, BlankNode):
            for part in (terms.UNION_OF, terms.FIRST, terms.REST):
                waiting.extend(quad.object for quad in store.quads_for_pattern(node, part, None, None))


def _count(store: Store, predicate: NamedNode, obj: NamedNode) -> int:
    return sum(1 for _ in set(find_subjects(store, predicate, obj)))


def _local(node: Node | None) -> str:
    return node.value.removeprefix(ONTOLOGY) if node is not None else ""


def _value(node: Node | None) -> str:
    return node.value if node is not None else ""
