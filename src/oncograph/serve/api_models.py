"""What the API answers, made from what the graph says of things."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from oncograph.graph import describe, neighbourhood, search
from oncograph.graph.explain import Support
from oncograph.serve.addresses import find_sentence_address, link, link_claim, link_hit


def _one_of(*values: str) -> Any:
    """Describe a text that is one of a few."""
    return Field(json_schema_extra={"enum": list(values)})


Polarity = Annotated[str, _one_of("Affirmed", "Negated")]
Certainty = Annotated[str, _one_of("Stated", "Possible")]
Kind = Annotated[str, _one_of("entity", "class", "document", "relation", "other", "literal")]
HitKind = Annotated[str, _one_of("entity", "class", "claim", "document", "evidence")]
Scope = Annotated[str, _one_of("exact", "related", "broad", "narrow")]
Role = Annotated[str, _one_of("subject", "object", "cue")]


class Model(BaseModel):
    """What all answers share: they never change."""

    model_config = ConfigDict(frozen=True)


class Problem(Model):
    """What went wrong and what to do (RFC 9457)."""

    type: str = Field("about:blank", description="Kind of problem.")
    title: str = Field(description="The problem in short.", examples=["Not Found"])
    status: int = Field(description="The status of the answer.", examples=[404])
    detail: str = Field(
        description="What is wrong with this request and what to do.",
        examples=["nothing in this graph is called 'trastuzumb'; did you mean trastuzumab?"],
    )


class Thing(Model):
    """An entity, class, document or value, to show and to link to."""

    name: str = Field(description="Prefixed name, or the text of a value.", examples=["entity:HER2"])
    iri: str = Field(description="Full name; empty for a value.", examples=["https://w3id.org/oncograph/entity/HER2"])
    label: str = Field(description="What people call it.", examples=["HER2"])
    kind: Kind = Field(examples=["entity"])
    class_name: str = Field(
        "", serialization_alias="class", description="Most specific class of an entity.", examples=["Receptor"]
    )
    path: str = Field(description="Its page on this server; empty when it has none.", examples=["/entity/HER2"])


class Claim(Model):
    """A claim as one line: who says what of whom, how surely, by how many sentences."""

    id: str = Field(description="20 hexadecimal digits.", examples=["c7a52c8b2ad0bd3dea24"])
    iri: str = Field(description="Full name.", examples=["https://w3id.org/oncograph/claim/c7a52c8b2ad0bd3dea24"])
    path: str = Field(description="Its page on this server.", examples=["/claim/c7a52c8b2ad0bd3dea24"])
    subject: Thing
    predicate: str = Field(description="Local name of the relation.", examples=["targetedBy"])
    predicate_label: str = Field(description="The relation as people say it.", examples=["targeted by"])
    object: Thing
    polarity: Polarity = Field(description="`Negated`: the sentences say that it is not so.")
    certainty: Certainty = Field(description="`Possible`: every sentence hedges.")
    confidence: float = Field(description="How likely it is that the sentences say this, 0 to 1.", examples=[0.93])
    evidences: int = Field(description="Sentences that make the claim.", examples=[2])
    documents: int = Field(description="Documents that make the claim.", examples=[2])
    disputed: bool = Field(description="The graph holds the same claim with the other polarity.")
    status: str = Field(description="What a curator said; empty for nothing.", examples=["Accepted"])


class Rule(Model):
    """A rule that read a claim."""

    id: str = Field(examples=["targets-active"])
    label: str = Field(examples=["a drug acts on a target"])


class Highlight(Model):
    """Words of a sentence that count; offsets from the start of the sentence, in code points."""

    start: int = Field(examples=[19])
    end: int = Field(examples=[23])
    role: Role = Field(description="`cue`: a word that negates or hedges.")


class Evidence(Model):
    """A sentence that makes a claim; `text[start:end]` of its document is the sentence."""

    document: str = Field(description="Prefixed name.", examples=["doc:her2"])
    title: str = Field(description="Title of the document.", examples=["HER2 in breast cancer"])
    source: str = Field(description="File or address of the document.", examples=["her2.txt"])
    path: str = Field(description="The sentence in its document on this server.", examples=["/doc/her2#c1201-1388"])
    start: int = Field(description="Offset of the sentence in code points.", examples=[1201])
    end: int = Field(description="Offset of its end.", examples=[1388])
    sentence: str = Field(examples=["Trastuzumab blocks HER2."])
    prefix: str = Field(description="Text just before it.")
    suffix: str = Field(description="Text just after it.")
    rules: tuple[Rule, ...] = Field(description="What read the claim here.")
    certainty: Certainty
    confidence: float = Field(examples=[0.93])
    highlights: tuple[Highlight, ...]


class Named(Model):
    """A name with its value."""

    name: str = Field(examples=["inDisease"])
    value: str = Field(examples=["breast cancer"])


class ClaimDetail(Model):
    """A claim with its sentences."""

    claim: Claim
    qualifiers: tuple[Named, ...] = Field(description="The context that the sentences give.")
    values: tuple[Named, ...] = Field(description="What a number or date was read as.")
    opposite: Claim | None = Field(description="The same claim with the other polarity.")
    evidence: tuple[Evidence, ...]


class Page(Model):
    """What all lists share."""

    total: int = Field(description="How many there are in all.", examples=[128])
    offset: int = Field(description="How many come before these.", examples=[0])
    limit: int = Field(description="How many are listed at most.", examples=[50])
    next: str | None = Field(description="Where the list goes on.", examples=["/api/v1/entities/HER2/claims?offset=50"])


class ClaimPage(Page):
    """Claims, the surest first."""

    claims: tuple[Claim, ...]


class Synonym(Model):
    """Another name of an entity."""

    text: str = Field(examples=["HER2/neu"])
    scope: Scope


class Identifier(Model):
    """What another vocabulary calls an entity."""

    id: str = Field(examples=["UniProtKB:P04626"])
    iri: str = Field(examples=["http://purl.uniprot.org/uniprot/P04626"])
    match: str = Field(description="`exact` or `close`.", examples=["exact"])


class Relation(Model):
    """How many claims join an entity to others by one relation."""

    predicate: str = Field(examples=["targetedBy"])
    label: str = Field(description="Read from the side of the entity.", examples=["targeted by"])
    direction: Literal["out", "in"] = Field(description="`in`: the entity is the object.")
    claims: int = Field(examples=[6])


class Entity(Model):
    """An entity, and how many claims there are of it."""

    entity: Thing
    definition: str
    synonyms: tuple[Synonym, ...]
    identifiers: tuple[Identifier, ...]
    classes: tuple[Thing, ...] = Field(description="From the most general class to its own.")
    grounding: str = Field(description="How its name was understood.", examples=["Curated"])
    broader: tuple[Thing, ...]
    narrower: tuple[Thing, ...]
    relations: tuple[Relation, ...]
    claims: int = Field(description="Claims that name it.", examples=[17])
    claims_url: str = Field(examples=["/api/v1/entities/entity:HER2/claims"])
    neighbours_url: str = Field(examples=["/api/v1/entities/entity:HER2/neighbours"])


class LeftOut(Model):
    """Neighbours that are not listed."""

    predicate: str = Field(examples=["targetedBy"])
    direction: Literal["out", "in"] = Field(description="`in`: the entity in the middle is the object.")
    count: int = Field(examples=[12])


class Neighbourhood(Model):
    """An entity with those that claims join to it."""

    centre: Thing
    neighbours: tuple[Thing, ...]
    claims: tuple[Claim, ...] = Field(
        description="What joins the listed neighbours to it, the surest first; up to ten of each neighbour."
    )
    shown: int = Field(description="Neighbours that are listed.", examples=[50])
    total: int = Field(description="Neighbours that there are by these conditions.", examples=[128])
    left_out: tuple[LeftOut, ...]


class Path(Model):
    """One way from an entity to another."""

    things: tuple[Thing, ...]
    steps: tuple[tuple[Claim, ...], ...] = Field(description="The claims that join each to the next.")


class Paths(Model):
    """The shortest ways from an entity to another."""

    start: Thing
    end: Thing
    length: int = Field(description="Steps of each; 0 when there is none.", examples=[2])
    paths: tuple[Path, ...]
    more: bool = Field(description="There are others of the same length.")
    complete: bool = Field(description="False: there was too much to look at, so that there may be ways all the same.")


class DocumentItem(Model):
    """A document in a list."""

    document: Thing
    claims: int = Field(description="Claims it makes.", examples=[52])


class DocumentPage(Page):
    """Documents, those with most claims first."""

    documents: tuple[DocumentItem, ...]


class Mark(Model):
    """A claim as a document makes it at one place; offsets are code points of `text`, half-open."""

    claim: Claim
    start: int = Field(examples=[1201])
    end: int = Field(examples=[1388])
    subjects: tuple[tuple[int, int], ...] = Field(description="The words that name the subject.")
    objects: tuple[tuple[int, int], ...] = Field(description="The words that name the object.")
    cues: tuple[tuple[int, int], ...] = Field(description="The words that negate or hedge.")
    certainty: Certainty
    confidence: float = Field(examples=[0.93])


class Document(Model):
    """A document with its text and its claims by place."""

    document: Thing
    title: str
    identifier: str = Field(examples=["her2.txt"])
    source: str = Field(examples=["her2.txt"])
    media_type: str = Field(examples=["text/plain"])
    sha256: str
    text: str
    claims: tuple[Mark, ...]


class ClassItem(Model):
    """A class of the ontology."""

    thing: Thing
    definition: str
    parents: tuple[str, ...] = Field(examples=[["onco:Protein"]])
    entities: int = Field(description="Entities of which it is the most specific class.", examples=[41])


class PredicateItem(Model):
    """A relation of the ontology."""

    thing: Thing
    definition: str
    inverse: str = Field(description="Name of the relation read backwards; empty when there is none.")
    claims: int = Field(examples=[120])


class ClassList(Model):
    """All classes that entities can have."""

    classes: tuple[ClassItem, ...]


class PredicateList(Model):
    """All relations that claims can have."""

    predicates: tuple[PredicateItem, ...]


class Summary(Model):
    """How much the graph holds."""

    state: str = Field(description="Changes whenever the graph does.", examples=["9f86d081884c7d65"])
    entities: int
    documents: int
    sentences: int = Field(description="Sentences that make claims.")
    claims: int
    negated: int
    possible: int
    claims_by_predicate: dict[str, int]
    entities_by_class: dict[str, int]


class Hit(Model):
    """Something that a search found."""

    kind: HitKind
    name: str = Field(examples=["entity:HER2"])
    label: str = Field(
        description="What people call it; a claim in words; of a sentence, the title of its document.",
        examples=["HER2"],
    )
    class_name: str = Field("", serialization_alias="class", examples=["Receptor"])
    path: str = Field(description="Its page on this server.", examples=["/entity/HER2"])
    matched: str = Field(description="The other name that was found; empty when it is the label.", examples=["ERBB2"])
    claims: int = Field(
        description="Claims that name the entity, or that the document or sentence makes; entities of the class; "
        "sentences that make the claim."
    )
    snippet: tuple[tuple[str, bool], ...] = Field(
        description="Name or sentence in pieces, each with whether it was searched for.",
        examples=[[["Trastuzumab blocks ", False], ["HER2", True], [".", False]]],
    )
    others: int = Field(description="Other places where the very same sentence stands.", examples=[0])
    claim: Claim | None = Field(description="The claim itself.")


class Found(Model):
    """What a search found: entities, then classes, claims, documents and sentences."""

    query: str = Field(examples=["her2"])
    corrected: str = Field(
        description="What was searched for instead, as nothing has these words; empty otherwise.", examples=[""]
    )
    results: tuple[Hit, ...]


def thing_of(value: describe.Thing) -> Thing:
    """Give a thing as the API says it."""
    return Thing(
        name=value.name,
        iri=value.iri,
        label=value.label,
        kind=value.kind,
        class_name=value.class_name,
        path=link(value),
    )


def claim_of(value: describe.ClaimSummary) -> Claim:
    """Give a claim as one line."""
    id = value.iri.rpartition("/")[2]
    return Claim(
        id=id,
        iri=value.iri,
        path=link_claim(id),
        subject=thing_of(value.subject),
        predicate=value.predicate,
        predicate_label=value.predicate_label,
        object=thing_of(value.object),
        polarity=value.polarity,
        certainty=value.certainty,
        confidence=value.confidence,
        evidences=value.evidences,
        documents=value.documents,
        disputed=value.disputed,
        status=value.status,
    )


def evidence_of(value: Support) -> Evidence:
    """Give a sentence that makes a claim."""
    return Evidence(
        document=value.document,
        title=value.title,
        source=value.source,
        path=find_sentence_address(value.document, value.start, value.end),
        start=value.start,
        end=value.end,
        sentence=value.sentence,
        prefix=value.prefix,
        suffix=value.suffix,
        rules=tuple(Rule(id=id, label=label) for id, label in value.rules),
        certainty=value.certainty,
        confidence=value.confidence,
        highlights=tuple(Highlight(start=mark.start, end=mark.end, role=mark.role) for mark in value.highlights),
    )


def claim_detail_of(value: describe.ClaimDescription) -> ClaimDetail:
    """Give a claim with its sentences."""
    return ClaimDetail(
        claim=claim_of(value.summary),
        qualifiers=_named(value.explained.qualifiers),
        values=_named(value.values),
        opposite=claim_of(value.opposite) if value.opposite else None,
        evidence=tuple(evidence_of(support) for support in value.explained.supports),
    )


def entity_of(value: describe.EntityDescription, url: str) -> Entity:
    """Give an entity with how many claims there are of it; `url` is where the API describes it."""
    return Entity(
        entity=thing_of(value.thing),
        definition=value.definition,
        synonyms=tuple(Synonym(text=text, scope=scope or "exact") for text, scope in value.synonyms),
        identifiers=tuple(Identifier(id=id, iri=iri, match=match) for id, iri, match in value.identifiers),
        classes=_things(value.class_path),
        grounding=value.grounding,
        broader=_things(value.broader),
        narrower=_things(value.narrower),
        relations=tuple(
            Relation(
                predicate=group.predicate,
                label=group.label,
                direction="in" if group.inverse else "out",
                claims=group.total,
            )
            for group in value.groups
        ),
        claims=value.claims,
        claims_url=f"{url}/claims",
        neighbours_url=f"{url}/neighbours",
    )


def neighbourhood_of(value: neighbourhood.Neighbourhood) -> Neighbourhood:
    """Give an entity with those that claims join to it."""
    return Neighbourhood(
        centre=thing_of(value.centre),
        neighbours=_things(value.neighbours),
        claims=_claims(value.claims),
        shown=value.shown,
        total=value.total,
        left_out=tuple(
            LeftOut(predicate=left.predicate, direction="in" if left.inverse else "out", count=left.count)
            for left in value.left_out
        ),
    )


def paths_of(value: neighbourhood.PathAnswer) -> Paths:
    """Give the shortest ways from an entity to another."""
    return Paths(
        start=thing_of(value.start),
        end=thing_of(value.end),
        length=value.length,
        paths=tuple(
            Path(things=_things(path.things), steps=tuple(_claims(step) for step in path.steps)) for path in value.paths
        ),
        more=value.more,
        complete=value.complete,
    )


def document_of(value: describe.DocumentDescription) -> Document:
    """Give a document with its text and its claims."""
    return Document(
        document=thing_of(value.thing),
        title=value.title,
        identifier=value.identifier,
        source=value.source,
        media_type=value.media_type,
        sha256=value.sha256,
        text=value.text,
        claims=tuple(
            Mark(
                claim=claim_of(mark.claim),
                start=mark.start,
                end=mark.end,
                subjects=mark.subjects,
                objects=mark.objects,
                cues=mark.cues,
                certainty=mark.certainty,
                confidence=mark.confidence,
            )
            for mark in value.claims
        ),
    )


def found_of(query: str, found: search.Found) -> Found:
    """Give what a search found."""
    return Found(query=query, corrected=found.corrected, results=tuple(_hit(hit) for hit in found.hits))


def _hit(hit: search.Hit) -> Hit:
    return Hit(
        kind=hit.kind,
        name=hit.name,
        label=_words_of(hit.claim) if hit.claim else hit.thing.label,
        class_name="" if hit.claim else hit.thing.class_name,
        path=link_hit(hit),
        matched=hit.matched,
        claims=hit.claims,
        snippet=hit.snippet,
        others=hit.others,
        claim=claim_of(hit.claim) if hit.claim else None,
    )


def _words_of(claim: describe.ClaimSummary) -> str:
    return f"{claim.subject.label} {claim.predicate_label} {claim.object.label}"


def _things(values: Sequence[describe.Thing]) -> tuple[Thing, ...]:
    return tuple(thing_of(value) for value in values)


def _claims(values: Sequence[describe.ClaimSummary]) -> tuple[Claim, ...]:
    return tuple(claim_of(value) for value in values)


def _named(pairs: Sequence[tuple[str, str]]) -> tuple[Named, ...]:
    return tuple(Named(name=name, value=value) for name, value in pairs)
