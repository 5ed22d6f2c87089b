"""What documents share, as quads: each entity with its facts and its claims, one after the other.

No more than one entity is in memory at a time, but for the names of all and the hierarchy they form.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from pyoxigraph import Quad

from oncograph.graph.inference import Inference
from oncograph.graph.merging import ClaimKey, ClaimTable, MergedClaim
from oncograph.graph.quads import (
    TripleTuple,
    claim_node,
    claim_triples,
    entity_triples,
    find_named,
    is_fact,
    key_triples,
    read_links,
    undescribed,
)
from oncograph.graph.terms import onco
from oncograph.knowledge import Ontology
from oncograph.model import ONTOLOGY, Certainty, Concept, Polarity

Claims = list[tuple[ClaimKey, MergedClaim]]


@dataclass(slots=True)
class SharedCounts:
    """How much documents share.

    Attributes:
        predicates: Claims by their relation.
        triples: Direct triples by their relation.
    """

    entities: int = 0
    claims: int = 0
    facts: int = 0
    negated: int = 0
    possible: int = 0
    predicates: Counter[str] = field(default_factory=Counter)
    triples: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    groundings: Counter[str] = field(default_factory=Counter)


class SharedGraph:
    """The default graph, and what follows from it.

    Attributes:
        counts: Of what `quads` has yielded.
        described: Direct triples of claims that the description of their subject has too.
    """

    def __init__(self, table: ClaimTable, ontology: Ontology) -> None:
        self.counts = SharedCounts()
        self.described: set[TripleTuple] = set()
        self._table = table
        self._relations = {onco(name): name for name in ontology.predicates}
        self._inference = Inference(ontology)

    def quads(self) -> Iterator[Quad]:
        """Yield what is known of each entity, and after it the claims of which it is the subject."""
        for concept, claims in self._by_subject():
            yield from map(_to_quad, self._assert(concept, claims))
            for key, claim in claims:
                self._count_claim(key, claim)
                yield from map(_to_quad, set(claim_triples(claim_node(key), key, claim)))

    def inferred(self) -> Iterator[Quad]:
        """Yield what follows from all that `quads` has yielded."""
        return self._inference.quads()

    def _by_subject(self) -> Iterator[tuple[Concept | None, Claims]]:
        """Yield each entity that a claim names, and each subject, with the claims of which it is the subject."""
        named = ((iri, None) for iri in sorted(find_entities(self._table)))
        claims = ((key.subject, (key, claim)) for key, claim in self._table.claims())
        for _, group in groupby(heapq.merge(named, claims, key=itemgetter(0)), key=itemgetter(0)):
            found = list(group)
            iri = found[0][0]
            concept = None if iri.startswith(ONTOLOGY) else self._table.find_concept(iri) or undescribed(iri)
            yield concept, [claim for _, claim in found if claim is not None]

    def _assert(self, concept: Concept | None, claims: Claims) -> set[TripleTuple]:
        """Give the description of an entity and its direct triples."""
        direct = {triple for key, claim in claims if is_fact(key, claim) for triple in key_triples(key)}
        known = set(entity_triples(concept)) if concept is not None else set()
        self.described |= known & direct
        triples = known | direct
        self._inference.add((one.value, link.value, other.value) for one, link, other in read_links(triples))
        if concept is not None:
            self.counts.entities += 1
            self.counts.groundings[concept.grounding.value] += 1
            self.counts.classes.update([concept.class_name] if concept.class_name else ())
        self.counts.triples.update(self._relations[triple[1]] for triple in triples if triple[1] in self._relations)
        return triples

    def _count_claim(self, key: ClaimKey, claim: MergedClaim) -> None:
        counts = self.counts
        counts.claims += 1
        counts.facts += is_fact(key, claim)
        counts.negated += key.polarity is Polarity.NEGATED
        counts.possible += claim.certainty is Certainty.POSSIBLE
        counts.predicates[key.predicate] += 1


def find_entities(table: ClaimTable) -> set[str]:
    """Give the IRIs of the entities that the claims name, and of all that they are built from or lie below."""
    waiting = {iri for key, claim in table.claims() for iri in find_named(key, claim.qualifiers, claim.values)}
    waiting |= table.mentioned
    found: set[str] = set()
    while waiting:
        iri = waiting.pop()
        if iri in found or iri.startswith(ONTOLOGY):
            continue
        found.add(iri)
        concept = table.find_concept(iri)
        if concept is not None:
            waiting.update(concept.broader)
            waiting.update(obj for _, obj in concept.relations)
    return found


def _to_quad(triple: TripleTuple) -> Quad:
    return Quad(*triple)
