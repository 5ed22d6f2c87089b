"""What curators decided, put into a store: rejected claims give no facts, corrected ones give other claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from oncograph.graph import terms
from oncograph.graph.inference import infer_again, read_axioms
from oncograph.graph.journal import Decision, SaidClaim, find_undone
from oncograph.graph.lookup import Node, find_nodes, find_subjects, find_value, holds
from oncograph.graph.merging import HIGHEST_CONFIDENCE
from oncograph.graph.quads import TripleTuple, build_literal, direct_triples, read_links, write_triple
from oncograph.graph.terms import CURATION_GRAPH, ONTOLOGY_GRAPH, onco
from oncograph.model import ONTOLOGY, Certainty, Polarity

DESCRIBED_FILE = "described.nt"
"""Beside the store: the direct triples that a vocabulary asserts too, so that they stay when a claim is rejected."""

ARROW = " → "
"""Stands between a claim and what it is corrected to."""

_NO_FACT = (terms.REJECTED, terms.CORRECTED)


@dataclass(frozen=True, slots=True)
class CurationSummary:
    """How the decisions stand.

    Attributes:
        decisions: All in the journal, those that were undone too.
        accepted, rejected, corrected: Claims of the graph by what was said of them last.
        withdrawn, added: Facts that the documents alone would give, and those that they would not.
        waiting: In words, the decisions on claims that no document makes now; they are kept.
    """

    decisions: int = 0
    accepted: int = 0
    rejected: int = 0
    corrected: int = 0
    comments: int = 0
    withdrawn: int = 0
    added: int = 0
    waiting: tuple[str, ...] = ()


def settle(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """Give the decision that holds for each claim: the last accept, reject or correct that was not undone."""
    decisions = list(decisions)
    undone = find_undone(decisions)
    return {
        decision.claim: decision
        for decision in decisions
        if decision.id not in undone and decision.action in {"accept", "reject", "correct"}
    }


def target_of(decision: Decision) -> str:
    """Give the IRI of the claim that a correction puts in the place of its claim."""
    assert decision.correction is not None
    return terms.CLAIM + decision.correction.key.digest()


def curate_folder(folder: Path, decisions: Sequence[Decision]) -> None:
    """Bring the store of a folder, which nobody else uses, to what a journal says; closed when this returns."""
    described = read_described(folder)
    known = len(described)
    store = Store(str(folder))
    curate(store, decisions, described)
    store.flush()
    if len(described) > known:
        write_described(folder, described)


def read_described(folder: Path) -> set[str]:
    """Read the direct triples, as N-Triples, that a vocabulary asserts too."""
    path = folder / DESCRIBED_FILE
    return set(path.read_text(encoding="utf-8").splitlines()) if path.exists() else set()


def write_described(folder: Path, described: Iterable[str]) -> None:
    """Write what `read_described` reads."""
    lines = "".join(f"{line}\n" for line in sorted(described))
    (folder / DESCRIBED_FILE).write_text(lines, encoding="utf-8", newline="\n")


def curate(store: Store, decisions: Sequence[Decision], described: set[str]) -> None:
    """Bring a store to what a journal says; it is then the same as one built with that journal from nothing.

    Only claims whose decisions have changed are looked at, with what is corrected to them or from them.

    Args:
        described: Direct triples, as N-Triples, that a vocabulary asserts too; those that turn up are added.
    """
    wanted = {quad for decision in decisions for quad in _decision_quads(decision)}
    present = set(_read_decisions(store))
    changed = wanted ^ present
    claims = {quad.object for quad in changed if quad.predicate == terms.DECIDES_ON}
    claims |= {
        node
        for quad in changed
        if isinstance(quad.subject, NamedNode)
        for node in find_nodes(store, quad.subject, terms.DECIDES_ON)
    }
    patch = _Patch(store, described)
    patch.exchange(present - wanted, wanted - present)
    settled = _Settled(store, settle(decisions))
    patch.settle(settled, settled.close(node for node in claims if isinstance(node, NamedNode)))
    patch.finish()


def summarise_curation(store: Store, decisions: Sequence[Decision]) -> CurationSummary:
    """Count how the decisions of a journal stand in a store that was brought to it."""
    settled = _Settled(store, settle(decisions))
    undone = find_undone(decisions)
    statuses = Counter(quad.object for quad in store.quads_for_pattern(None, terms.STATUS, None, CURATION_GRAPH))
    states = [
        (settled.read_as_built(claim), settled.want(claim))
        for claim in settled.close(map(NamedNode, settled.decisions))
    ]
    return CurationSummary(
        decisions=len(decisions),
        accepted=statuses[terms.ACCEPTED],
        rejected=statuses[terms.REJECTED],
        corrected=statuses[terms.CORRECTED],
        comments=sum(decision.action == "comment" and decision.id not in undone for decision in decisions),
        withdrawn=sum(before.is_fact and not after.is_fact for before, after in states),
        added=sum(after.is_fact and not before.is_fact for before, after in states),
        waiting=tuple(
            describe_decision(decision)
            for claim, decision in sorted(settled.decisions.items())
            if not settled.applies(NamedNode(claim))
        ),
    )


def describe_decision(decision: Decision) -> str:
    """Write what was decided as a line.

    >>> from oncograph.graph.merging import ClaimKey
    >>> said = SaidClaim(ClaimKey("e:HER2", "targetedBy", "e:x"), Certainty.STATED, "HER2", "trastuzumab")
    >>> describe_decision(Decision("reject", "e:c", said, "Ada", "2026-11-23T06:27:45.000000Z"))
    'reject: HER2 targetedBy trastuzumab'
    """
    words = f"{decision.action}: {decision.said.words}"
    return f"{words}{ARROW}{decision.correction.words}" if decision.correction is not None else words


@dataclass(frozen=True, slots=True)
class _State:
    """A claim as a store has it or should have it.

    Attributes:
        triple: Subject, predicate and object; None when there is no such claim.
        quads: What the curation graph says of it.
    """

    triple: TripleTuple | None = None
    negated: bool = False
    certainty: NamedNode = terms.POSSIBLE
    status: NamedNode | None = None
    quads: frozenset[Quad] = field(default_factory=frozenset)

    @property
    def is_fact(self) -> bool:
        return (
            self.triple is not None
            and not self.negated
            and self.certainty == terms.STATED
            and self.status not in _NO_FACT
        )

    def direct(self) -> set[TripleTuple]:
        return set(direct_triples(*self.triple)) if self.triple is not None and self.is_fact else set()


class _Settled:
    """What the claims of a store should be by the decisions that hold."""

    def __init__(self, store: Store, decisions: Mapping[str, Decision]) -> None:
        self.decisions = decisions
        self._store = store
        self._sources: dict[str, list[NamedNode]] = {}
        for claim, decision in decisions.items():
            if decision.action == "correct" and target_of(decision) != claim:
                self._sources.setdefault(target_of(decision), []).append(NamedNode(claim))

    def close(self, claims: Iterable[NamedNode]) -> set[NamedNode]:
        """Add the claims that corrections lead to, as the store has them and as they should be."""
        found = set(claims)
        waiting = list(found)
        while waiting:
            claim = waiting.pop()
            near = set(find_subjects(self._store, terms.REVISION_OF, claim))
            decision = self.decisions.get(claim.value)
            if decision is not None and decision.correction is not None:
                near.add(NamedNode(target_of(decision)))
            waiting.extend(near - found)
            found |= near
        return found

    def applies(self, claim: NamedNode) -> bool:
        """Tell whether the decision on a claim has its effect: the claim is there, and what it is corrected to."""
        decision = self.decisions[claim.value]
        return self._exists(claim) and (decision.correction is None or self._can_name(decision.correction))

    def read(self, claim: NamedNode) -> _State:
        """Give a claim as the store has it."""
        quads = frozenset(self._store.quads_for_pattern(claim, None, None, CURATION_GRAPH))
        status = next((quad.object for quad in quads if quad.predicate == terms.STATUS), None)
        triple = self._read_triple(claim)
        return _State(
            triple=triple,
            negated=holds(self._store, claim, terms.POLARITY, terms.NEGATED),
            certainty=NamedNode(find_value(self._store, claim, terms.CERTAINTY)) if triple else terms.POSSIBLE,
            status=status if isinstance(status, NamedNode) else None,
            quads=quads,
        )

    def read_as_built(self, claim: NamedNode) -> _State:
        """Give a claim as the documents alone make it."""
        if not self.is_built(claim):
            return _State()
        negated = holds(self._store, claim, terms.POLARITY, terms.NEGATED)
        return _State(self._read_triple(claim), negated, self._read_certainty(claim))

    def is_built(self, claim: NamedNode) -> bool:
        return any(self._store.quads_for_pattern(claim, terms.TYPE, terms.CLAIM_CLASS, DefaultGraph()))

    def want(self, claim: NamedNode) -> _State:
        """Give a claim as it should be."""
        if not self._exists(claim):
            return _State()
        built, sources = self.is_built(claim), self._find_sources(claim)
        corrections = [correction for one in sources if (correction := self.decisions[one.value].correction)]
        if built:
            triple, negated = self._read_triple(claim), holds(self._store, claim, terms.POLARITY, terms.NEGATED)
        else:
            triple, negated = _said_triple(corrections[0]), corrections[0].key.polarity is Polarity.NEGATED
        assert triple is not None
        certainty = self._want_certainty(claim, corrections)
        status = self._want_status(claim, sources)
        found: set[TripleTuple] = {(claim, terms.REVISION_OF, source) for source in sources}
        if status is not None:
            found.add((claim, terms.STATUS, status))
        own = self._read_evidence(claim)
        evidence = self._collect_evidence(claim, set())
        found |= {(claim, terms.SUPPORTED_BY, node) for node in evidence - own}
        if not built:
            found |= set(self._claim_triples(claim, triple, negated, certainty, evidence))
        quads = frozenset(Quad(*one, CURATION_GRAPH) for one in found)
        return _State(triple, negated, certainty, status, quads)

    def _exists(self, claim: NamedNode, seen: frozenset[NamedNode] = frozenset()) -> bool:
        if self.is_built(claim):
            return True
        return any(self._leads(source, seen | {claim}) for source in self._sources.get(claim.value, ()))

    def _leads(self, source: NamedNode, seen: frozenset[NamedNode]) -> bool:
        """Tell whether a corrected claim is there and what it is corrected to can be named."""
        correction = self.decisions[source.value].correction
        assert correction is not None
        return source not in seen and self._can_name(correction) and self._exists(source, seen)

    def _find_sources(self, claim: NamedNode) -> list[NamedNode]:
        sources = self._sources.get(claim.value, ())
        return sorted((one for one in sources if self._leads(one, frozenset({claim}))), key=str)

    def _can_name(self, said: SaidClaim) -> bool:
        """Tell whether the graph knows the relation and the two sides of a claim."""
        try:
            subject, predicate, obj = _said_triple(said)
        except ValueError:
            return False
        known = [(subject, terms.GROUNDING, None), (predicate, terms.ROLE, Literal("predicate"))]
        if isinstance(obj, NamedNode):
            is_term = obj.value.startswith(ONTOLOGY)
            known.append((obj, terms.ROLE, Literal("entity")) if is_term else (obj, terms.GROUNDING, None))
        return all(holds(self._store, *pattern) for pattern in known)

    def _want_status(self, claim: NamedNode, sources: Sequence[NamedNode]) -> NamedNode | None:
        decision = self.decisions.get(claim.value)
        if decision is None:
            return terms.ACCEPTED if sources else None
        if decision.action == "reject":
            return terms.REJECTED
        is_other = decision.action == "correct" and target_of(decision) != claim.value
        return terms.CORRECTED if is_other else terms.ACCEPTED

    def _want_certainty(self, claim: NamedNode, corrections: Sequence[SaidClaim]) -> NamedNode:
        decision = self.decisions.get(claim.value)
        own = self._read_certainty(claim)
        if decision is not None and decision.correction is not None and target_of(decision) == claim.value:
            own = onco(decision.correction.certainty.value)
        stated = own == terms.STATED or any(one.certainty is Certainty.STATED for one in corrections)
        return terms.STATED if stated else terms.POSSIBLE

    def _read_certainty(self, claim: NamedNode) -> NamedNode:
        """Give the certainty with which the documents make a claim: stated when any sentence states it."""
        extractions = find_subjects(self._store, terms.OF_CLAIM, claim)
        stated = any(holds(self._store, one, terms.CERTAINTY, terms.STATED) for one in extractions)
        return terms.STATED if stated else terms.POSSIBLE

    def _read_triple(self, claim: NamedNode) -> TripleTuple | None:
        found = {quad.predicate: quad.object for quad in self._store.quads_for_pattern(claim, None, None, None)}
        subject, predicate, obj = (found.get(term) for term in (terms.SUBJECT, terms.PREDICATE, terms.OBJECT))
        if not (isinstance(subject, NamedNode) and isinstance(predicate, NamedNode)):
            return None
        return (subject, predicate, obj) if isinstance(obj, NamedNode | Literal) else None

    def _read_evidence(self, claim: NamedNode) -> set[NamedNode]:
        """Give the sentences in which the documents make a claim."""
        extractions = find_subjects(self._store, terms.OF_CLAIM, claim)
        return {node for one in extractions for node in find_nodes(self._store, one, terms.FROM_EVIDENCE)}

    def _collect_evidence(self, claim: NamedNode, seen: set[NamedNode]) -> set[NamedNode]:
        """Give the sentences of a claim and of the claims that are corrected to it."""
        seen.add(claim)
        found = self._read_evidence(claim)
        for source in self._find_sources(claim):
            if source not in seen:
                found |= self._collect_evidence(source, seen)
        return found

    def _claim_triples(
        self, claim: NamedNode, triple: TripleTuple, negated: bool, certainty: NamedNode, evidence: set[NamedNode]
    ) -> Iterator[TripleTuple]:
        documents = {doc for one in evidence for doc in find_nodes(self._store, one, terms.DERIVED_FROM)}
        yield from ((claim, terms.TYPE, cls) for cls in (terms.CLAIM_CLASS, terms.STATEMENT, terms.ASSOCIATION))
        yield from zip((claim,) * 3, (terms.SUBJECT, terms.PREDICATE, terms.OBJECT), triple, strict=True)
        yield claim, terms.POLARITY, terms.NEGATED if negated else terms.AFFIRMED
        yield claim, terms.CERTAINTY, certainty
        yield claim, terms.CONFIDENCE, Literal(str(HIGHEST_CONFIDENCE), datatype=terms.DECIMAL)
        yield claim, terms.EVIDENCE_COUNT, _integer(len(evidence))
        yield claim, terms.DOCUMENT_COUNT, _integer(len(documents))
        if negated:
            yield claim, terms.BIOLINK_NEGATED, Literal("true", datatype=terms.BOOLEAN)


class _Patch:
    """A change of a store that keeps count of what it does."""

    def __init__(self, store: Store, described: set[str]) -> None:
        self._store = store
        self._described = described
        self._links: set[TripleTuple] = set()
        self._grown = 0
        self._by_predicate: Counter[NamedNode] = Counter()

    def exchange(self, old: Iterable[Quad], new: Iterable[Quad]) -> None:
        """Take quads out that are there, and put others in that are not."""
        old, new = set(old), set(new)
        for quad in old:
            self._store.remove(quad)
        self._store.extend(new)
        self._grown += len(new) - len(old)

    def settle(self, settled: _Settled, claims: Iterable[NamedNode]) -> None:
        """Make claims what they should be."""
        states = [(claim, settled.read(claim), settled.want(claim)) for claim in sorted(claims, key=str)]
        for claim, before, after in states:
            self.exchange(before.quads - after.quads, after.quads - before.quads)
            if settled.is_built(claim) and before.certainty != after.certainty:
                self.exchange(
                    [Quad(claim, terms.CERTAINTY, before.certainty, DefaultGraph())],
                    [Quad(claim, terms.CERTAINTY, after.certainty, DefaultGraph())],
                )
        for _, before, after in states:
            self._withdraw(before.direct() - after.direct())
        for _, before, after in states:
            self._assert(after.direct() - before.direct())

    def finish(self) -> None:
        """Infer again what hangs on the changed facts, and mend the counts of the graph's description."""
        links = {(one.value, predicate.value, obj.value) for one, predicate, obj in self._links}
        if links:
            self.exchange(*infer_again(self._store, links, read_axioms(self._store)))
        self._count(terms.DATASET, self._grown)
        for predicate, grown in self._by_predicate.items():
            if grown and holds(self._store, predicate, terms.ROLE, Literal("predicate")):
                name = predicate.value.removeprefix(ONTOLOGY)
                self._count_property(NamedNode(f"{terms.DATASET.value}/property/{name}"), predicate, grown)

    def _withdraw(self, triples: Iterable[TripleTuple]) -> None:
        self._change_facts((one for one in triples if write_triple(one) not in self._described), add=False)

    def _assert(self, triples: set[TripleTuple]) -> None:
        known = {one for one in triples if self._has(one)}  # no other claim gives them, so a vocabulary does
        self._described |= {write_triple(one) for one in known}
        self._change_facts(triples - known, add=True)

    def _has(self, triple: TripleTuple) -> bool:
        return any(True for _ in self._store.quads_for_pattern(*triple, DefaultGraph()))

    def _change_facts(self, triples: Iterable[TripleTuple], *, add: bool) -> None:
        triples = list(triples)
        quads = [Quad(*one, DefaultGraph()) for one in triples]
        self.exchange([] if add else quads, quads if add else [])
        self._links |= set(read_links(triples))
        for _, predicate, _ in triples:
            self._by_predicate[predicate] += 1 if add else -1

    def _count(self, node: NamedNode, grown: int) -> None:
        """Add to the number of triples that a description gives."""
        for quad in list(self._store.quads_for_pattern(node, terms.VOID_TRIPLES, None, ONTOLOGY_GRAPH)):
            self._store.remove(quad)
            number = int(quad.object.value) + grown if isinstance(quad.object, Literal) else grown
            self._store.add(Quad(node, terms.VOID_TRIPLES, _integer(number), ONTOLOGY_GRAPH))

    def _count_property(self, part: NamedNode, predicate: NamedNode, grown: int) -> None:
        number = int(find_value(self._store, part, terms.VOID_TRIPLES) or 0) + grown
        self._store.remove(Quad(terms.DATASET, terms.VOID_PROPERTY_PARTITION, part, ONTOLOGY_GRAPH))
        for quad in list(self._store.quads_for_pattern(part, None, None, ONTOLOGY_GRAPH)):
            self._store.remove(quad)
        if number:
            self._store.add(Quad(terms.DATASET, terms.VOID_PROPERTY_PARTITION, part, ONTOLOGY_GRAPH))
            self._store.add(Quad(part, terms.VOID_PROPERTY, predicate, ONTOLOGY_GRAPH))
            self._store.add(Quad(part, terms.VOID_TRIPLES, _integer(number), ONTOLOGY_GRAPH))


def _decision_quads(decision: Decision) -> Iterator[Quad]:
    node = NamedNode(terms.DECISION + decision.id)
    found: list[TripleTuple] = [
        (node, terms.TYPE, terms.DECISION_CLASS),
        (node, terms.TYPE, terms.ACTIVITY),
        (node, terms.LABEL, build_literal(describe_decision(decision))),
        (node, terms.DECIDES_ON, NamedNode(decision.claim)),
        (node, terms.ACTION, onco(decision.action.capitalize())),
        (node, terms.CREATOR, build_literal(decision.curator)),
        (node, terms.ENDED_AT, Literal(_plain_date(decision.date), datatype=terms.DATE_TIME)),
    ]
    if decision.comment:
        found.append((node, terms.COMMENT, build_literal(decision.comment)))
    if decision.correction is not None:
        found.append((node, terms.CORRECTED_TO, NamedNode(target_of(decision))))
    if decision.undoes:
        found.append((node, terms.UNDOES, NamedNode(terms.DECISION + decision.undoes)))
    return (Quad(*triple, CURATION_GRAPH) for triple in found)


def _read_decisions(store: Store) -> Iterator[Quad]:
    for node in find_subjects(store, terms.TYPE, terms.DECISION_CLASS):
        yield from store.quads_for_pattern(node, None, None, CURATION_GRAPH)


def _plain_date(date: str) -> str:
    """Write a date as stores keep it, without zeros at the end of its second.

    >>> _plain_date("2026-11-23T06:27:45.120000Z"), _plain_date("2026-11-23T06:27:45.000000Z")
    ('2026-11-23T06:27:45.12Z', '2026-11-23T06:27:45Z')
    """
    return f"{date[:-1].rstrip('0').rstrip('.')}Z"


def _said_triple(said: SaidClaim) -> TripleTuple:
    key = said.key
    obj: Node = build_literal(key.object) if key.literal else NamedNode(key.object)
    return NamedNode(key.subject), onco(key.predicate), obj


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=terms.INTEGER)
