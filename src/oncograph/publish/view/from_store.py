"""What the page shows, read from a store: one property at a time, in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from oncograph.model import BASE, ONTOLOGY
from oncograph.publish.view.contents import (
    ClaimNode,
    Contents,
    Entity,
    Proof,
    Quote,
    Source,
    Span,
    ancestors,
    most_specific,
    pair_identifiers,
    rank_entities,
)

if TYPE_CHECKING:
    import pyoxigraph

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
OA = "http://www.w3.org/ns/oa#"
PROV = "http://www.w3.org/ns/prov#"
DCTERMS = "http://purl.org/dc/terms/"
SCHEMA = "https://schema.org/"

GRAPH_NODES = ("Claim", "Evidence", "Document", "Extraction", "Mention", "Cue", "AmbiguousMention", "Candidate")
NOT_CLASSES = frozenset(ONTOLOGY + name for name in GRAPH_NODES)
NOT_QUALIFIERS = frozenset(
    ONTOLOGY + name
    for name in (
        "polarity certainty confidence evidenceCount documentCount supportedBy extractedBy grounding curationStatus"
    ).split()
)
WITHDRAWN = frozenset(ONTOLOGY + status for status in ("Rejected", "Corrected"))
"""What curators said of claims that are not shown."""
VALUES = {
    SCHEMA + "minValue": "min",
    SCHEMA + "maxValue": "max",
    SCHEMA + "unitText": "unit",
    ONTOLOGY + "comparator": "comparator",
    ONTOLOGY + "year": "year",
}


class _Reader:
    """Looks up the values of one property at a time, which a triple store answers fastest."""

    def __init__(self, store: pyoxigraph.Store) -> None:
        self.store = store
        self.known: dict[str, dict[str, list[Any]]] = {}

    def all(self, predicate: str) -> dict[str, list[Any]]:
        """Find the values of a property by subject, in all graphs, sorted, each once."""
        if predicate not in self.known:
            import pyoxigraph

            found: dict[str, set[Any]] = {}
            for quad in self.store.quads_for_pattern(None, pyoxigraph.NamedNode(predicate), None, None):
                if isinstance(quad.subject, pyoxigraph.NamedNode):
                    found.setdefault(quad.subject.value, set()).add(quad.object)
            self.known[predicate] = {iri: sorted(found[iri], key=_term_key) for iri in sorted(found)}
        return self.known[predicate]

    def texts(self, iri: str, predicate: str) -> list[str]:
        """Find the words or IRIs a property has at one subject."""
        return [term.value for term in self.all(predicate).get(iri, ()) if hasattr(term, "value")]

    def text(self, iri: str, predicate: str, default: str = "") -> str:
        """Find the first value of a property at one subject, or the default."""
        return next(iter(self.texts(iri, predicate)), default)


def read_contents(store: pyoxigraph.Store, *, limit: int | None = None) -> tuple[Contents, int]:
    """Read what the page shows, and how many entities the graph has.

    Entities are ordered so that any first few of them are well connected to each other.

    Args:
        limit: Keep only the best-connected entities, and the claims and sentences that they need.
    """
    reader = _Reader(store)
    parents = _read_parents(reader)
    claims = _read_claims(reader)
    entities = _read_entities(reader, claims, parents)
    order = rank_entities([entity.iri for entity in entities], claims)
    by_iri = {entity.iri: entity for entity in entities}
    kept = tuple(by_iri[iri] for iri in order[:limit])
    kept_iris = {entity.iri for entity in kept}
    claims = [c for c in claims if c.subject in kept_iris and (c.kind != "entity" or c.object in kept_iris)]
    return _complete(reader, kept, claims, parents), len(entities)


def local(iri: str) -> str:
    """Cut an IRI down to the part after the last `#` or `/`."""
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def _term_key(term: Any) -> tuple[str, str]:
    return getattr(term, "value", str(term)), str(term)


def _number(text: str) -> float | None:
    try:
        return round(float(text), 4)
    except ValueError:
        return None


def _read_parents(reader: _Reader) -> dict[str, tuple[str, ...]]:
    above = reader.all(RDFS + "subClassOf")
    return {
        local(iri): tuple(local(term.value) for term in terms if str(getattr(term, "value", "")).startswith(ONTOLOGY))
        for iri, terms in above.items()
        if iri.startswith(ONTOLOGY)
    }


def _read_claims(reader: _Reader) -> list[ClaimNode]:
    import pyoxigraph

    proofs = _read_proofs(reader)
    qualifiers = _read_qualifiers(reader)
    claims = []
    for iri, types in reader.all(RDF + "type").items():
        if not any(term.value == ONTOLOGY + "Claim" for term in types):
            continue
        if reader.text(iri, ONTOLOGY + "curationStatus") in WITHDRAWN:
            continue
        objects = reader.all(RDF + "object").get(iri, [])
        if not objects or not reader.text(iri, RDF + "subject"):
            continue
        kind = "literal" if isinstance(objects[0], pyoxigraph.Literal) else "entity"
        if kind == "entity" and objects[0].value.startswith(ONTOLOGY):
            kind = "class"
        values = [(name, reader.text(iri, predicate)) for predicate, name in VALUES.items()]
        claims.append(
            ClaimNode(
                iri,
                reader.text(iri, RDF + "subject"),
                local(reader.text(iri, RDF + "predicate")),
                objects[0].value,
                kind,
                negated=reader.text(iri, ONTOLOGY + "polarity") == ONTOLOGY + "Negated",
                possible=reader.text(iri, ONTOLOGY + "certainty") == ONTOLOGY + "Possible",
                confidence=_number(reader.text(iri, ONTOLOGY + "confidence")),
                proofs=tuple(proofs.get(iri, ())),
                value=tuple((name, value) for name, value in values if value),
                qualifiers=tuple(qualifiers.get(iri, ())),
                accepted=reader.text(iri, ONTOLOGY + "curationStatus") == ONTOLOGY + "Accepted",
            )
        )
    return sorted(claims, key=lambda c: (c.subject, c.predicate, c.object, c.negated))


def _read_qualifiers(reader: _Reader) -> dict[str, list[tuple[str, str]]]:
    """Find what else the ontology's own properties say about claims."""
    import pyoxigraph

    claims = {
        iri for iri, types in reader.all(RDF + "type").items() if pyoxigraph.NamedNode(ONTOLOGY + "Claim") in types
    }
    skip = NOT_QUALIFIERS | VALUES.keys()
    found: dict[str, set[tuple[str, str]]] = {}
    for iri in sorted(claims):
        for quad in reader.store.quads_for_pattern(pyoxigraph.NamedNode(iri), None, None, None):
            if quad.predicate.value.startswith(ONTOLOGY) and quad.predicate.value not in skip:
                found.setdefault(iri, set()).add((local(quad.predicate.value), _term_key(quad.object)[0]))
    return {iri: sorted(pairs) for iri, pairs in found.items()}


def _read_proofs(reader: _Reader) -> dict[str, list[Proof]]:
    """Find each claim's sentences, by way of the extractions or, where there is none, of the plain link."""
    proofs: dict[str, dict[str, Proof]] = {}
    for extraction, claims in reader.all(ONTOLOGY + "ofClaim").items():
        quote = reader.text(extraction, ONTOLOGY + "fromEvidence")
        rules = reader.texts(extraction, ONTOLOGY + "extractedBy")
        for claim in claims:
            earlier = proofs.setdefault(claim.value, {}).get(quote)
            proofs[claim.value][quote] = Proof(
                quote,
                tuple(sorted({*rules, *(earlier.rules if earlier else ())})),
                possible=reader.text(extraction, ONTOLOGY + "certainty") == ONTOLOGY + "Possible",
                confidence=_number(reader.text(extraction, ONTOLOGY + "confidence")),
                subjects=_read_spans(reader, extraction, "subjectMention"),
                objects=_read_spans(reader, extraction, "objectMention"),
                cues=_read_spans(reader, extraction, "cue"),
            )
    for claim_iri, quotes in reader.all(ONTOLOGY + "supportedBy").items():
        for quote in quotes:
            rules = reader.texts(quote.value, ONTOLOGY + "extractedBy")
            proofs.setdefault(claim_iri, {}).setdefault(quote.value, Proof(quote.value, tuple(rules)))
    return {claim: [by_quote[quote] for quote in sorted(by_quote)] for claim, by_quote in proofs.items()}


def _read_spans(reader: _Reader, extraction: str, role: str) -> tuple[Span, ...]:
    spans = []
    for iri in reader.texts(extraction, ONTOLOGY + role):
        start, end = reader.text(iri, OA + "start"), reader.text(iri, OA + "end")
        if start and end:
            spans.append((int(start), int(end), reader.text(iri, OA + "exact")))
    return tuple(sorted(spans))


def _read_entities(
    reader: _Reader, claims: Sequence[ClaimNode], parents: Mapping[str, tuple[str, ...]]
) -> list[Entity]:
    named = {iri for iri in reader.all(SKOS + "prefLabel") if not iri.startswith((ONTOLOGY, BASE + "rule/"))}
    classed = {iri for iri in named if any(one.startswith(ONTOLOGY) for one in reader.texts(iri, RDF + "type"))}
    used = {c.subject for c in claims} | {c.object for c in claims if c.kind == "entity"}
    return [_read_entity(reader, iri, parents) for iri in sorted(classed | used)]


def _read_entity(reader: _Reader, iri: str, parents: Mapping[str, tuple[str, ...]]) -> Entity:
    types = [one for one in reader.texts(iri, RDF + "type") if one.startswith(ONTOLOGY) and one not in NOT_CLASSES]
    label = reader.text(iri, SKOS + "prefLabel") or reader.text(iri, RDFS + "label") or local(iri).replace("_", " ")
    return Entity(
        iri,
        label,
        most_specific([local(one) for one in types], parents) or "Entity",
        tuple(name for name in reader.texts(iri, SKOS + "altLabel") if name != label),
        reader.text(iri, SKOS + "definition"),
        pair_identifiers(
            reader.texts(iri, SKOS + "notation"),
            reader.texts(iri, SKOS + "exactMatch") + reader.texts(iri, SKOS + "closeMatch"),
        ),
        tuple(reader.texts(iri, SKOS + "broader")),
        local(reader.text(iri, ONTOLOGY + "grounding")),
    )


def _complete(
    reader: _Reader, entities: tuple[Entity, ...], claims: Sequence[ClaimNode], parents: Mapping[str, tuple[str, ...]]
) -> Contents:
    quotes = [_read_quote(reader, iri) for iri in sorted({proof.quote for c in claims for proof in c.proofs})]
    quotes.sort(key=lambda quote: (quote.document, quote.start, quote.end))
    documents = sorted({quote.document for quote in quotes})
    rules = sorted({rule for c in claims for proof in c.proofs for rule in proof.rules})
    classes = {name for entity in entities for name in ancestors(entity.class_name, parents)}
    classes |= {local(c.object) for c in claims if c.kind == "class"}
    background = _read_background(reader, {entity.iri for entity in entities}, claims)
    predicates = {c.predicate for c in claims} | {predicate for _, predicate, _ in background}
    return Contents(
        entities,
        tuple(claims),
        tuple(quotes),
        tuple(_read_source(reader, iri) for iri in documents),
        background,
        {name: _label(reader, ONTOLOGY + name) for name in sorted(classes)},
        parents,
        {name: _label(reader, ONTOLOGY + name) for name in sorted(predicates)},
        {rule: reader.text(rule, RDFS + "label") or local(rule).replace("-", " ") for rule in rules},
    )


def _read_background(
    reader: _Reader, entities: set[str], claims: Sequence[ClaimNode]
) -> tuple[tuple[str, str, str], ...]:
    """Find the links between entities that stand in the default graph without a claim to carry them."""
    import pyoxigraph

    claimed = {(c.subject, c.predicate, c.object) for c in claims if not c.negated and not c.possible}
    found = set()
    for quad in reader.store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph()):
        if not isinstance(quad.subject, pyoxigraph.NamedNode) or not isinstance(quad.object, pyoxigraph.NamedNode):
            continue
        name = "isA" if quad.predicate.value == SKOS + "broader" else local(quad.predicate.value)
        own = quad.predicate.value.startswith(ONTOLOGY) or quad.predicate.value == SKOS + "broader"
        link = (quad.subject.value, name, quad.object.value)
        if own and {link[0], link[2]} <= entities and link not in claimed and link[0] != link[2]:
            found.add(link)
    return tuple(sorted(found))


def _label(reader: _Reader, iri: str) -> str:
    """Find the label of a class or property, or make one of its name: `targetedBy` is read "targeted by"."""
    made = "".join(" " + char.lower() if char.isupper() else char for char in local(iri)).strip()
    return reader.text(iri, RDFS + "label") or reader.text(iri, SKOS + "prefLabel") or made


def _read_quote(reader: _Reader, iri: str) -> Quote:
    start = end = 0
    text = before = after = document = ""
    for target in reader.texts(iri, OA + "hasTarget"):
        document = reader.text(target, OA + "hasSource")
        for selector in reader.texts(target, OA + "hasSelector"):
            start = int(reader.text(selector, OA + "start") or start)
            end = int(reader.text(selector, OA + "end") or end)
            text = reader.text(selector, OA + "exact") or text
            before = reader.text(selector, OA + "prefix") or before
            after = reader.text(selector, OA + "suffix") or after
    return Quote(iri, document or reader.text(iri, PROV + "wasDerivedFrom"), start, end, text, before, after)


def _read_source(reader: _Reader, iri: str) -> Source:
    source = reader.text(iri, DCTERMS + "source")
    url = source if source.startswith(("http://", "https://")) else ""
    return Source(
        iri, reader.text(iri, DCTERMS + "title") or local(iri), reader.text(iri, DCTERMS + "identifier"), source, url
    )
