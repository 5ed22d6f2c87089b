"""A curator decides: what is asked is checked against the graph, kept in the journal, and seen in the store at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Store

from oncograph.errors import CurationError, OncographError, QueryError
from oncograph.graph import terms
from oncograph.graph.curation import curate_folder, settle, target_of
from oncograph.graph.journal import (
    ACTIONS,
    JOURNAL,
    LONGEST_COMMENT,
    LONGEST_NAME,
    Decision,
    Journal,
    SaidClaim,
    clean_text,
    find_undone,
    tell_time,
    turn,
)
from oncograph.graph.lookup import find_nodes, find_objects, find_subjects, find_value, holds
from oncograph.graph.merging import ClaimKey
from oncograph.graph.names import find_class, find_entity, find_label, find_predicate
from oncograph.graph.store import edit_store, open_store
from oncograph.graph.terms import expand, shorten
from oncograph.model import ONTOLOGY, Certainty, Polarity

STORE = "store"

_CLAIM = re.compile(re.escape(terms.CLAIM) + r"[0-9a-f]{20}")
_DECISION = re.compile(r"(?:decision:|" + re.escape(terms.DECISION) + r")?([0-9a-f]{20})")


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction changes of a claim; what is empty stays.

    Attributes:
        subject, object: Label, synonym, identifier, prefixed name or IRI of an entity of the graph; the object of a
            relation to words: the words.
        predicate: Name or label of a relation.
        polarity: `affirmed` or `negated`.
        certainty: `stated` or `possible`.
    """

    subject: str = ""
    predicate: str = ""
    object: str = ""
    polarity: str = ""
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What a curator asks for.

    Attributes:
        action: One of `ACTIONS`.
        claim: IRI, prefixed name or digits of a claim; of an `undo`, of the decision that is taken back.
        place: Where it was asked for, to say in an error: `review.tsv: line 7`.
    """

    action: str
    claim: str
    comment: str = ""
    change: Change = field(default_factory=Change)
    place: str = ""


def decide(folder: Path, requests: Sequence[Request], *, curator: str) -> list[Decision]:
    """Make decisions, all or none: they are on the disk, and the store follows them, when this returns.

    Args:
        folder: What a build has filled; gets the journal.

    Raises:
        CurationError: A request cannot be met; says which and why, and nothing was decided.
        QueryError: A correction names what the graph does not have.
        StoreError: There is no store. One that cannot be changed is raised after the decisions are kept.
    """
    curator = clean_text(curator, longest=LONGEST_NAME, name="curator")
    if not curator:
        raise CurationError("say who decides: the curator's name is empty")
    journal = Journal(folder / JOURNAL)
    with edit_store(folder / STORE) as copy:
        decisions = _keep(copy, journal, requests, curator)
        curate_folder(copy, journal.read())
    return decisions


def catch_up(folder: Path) -> bool:
    """Bring the store to the journal if a process was killed between the two; tell whether it was behind."""
    journal = Journal(folder / JOURNAL)
    known = {decision.id for decision in journal.read()}
    found = find_subjects(open_store(folder / STORE), terms.TYPE, terms.DECISION_CLASS)
    if {node.value.removeprefix(terms.DECISION) for node in found} == known:
        return False
    with edit_store(folder / STORE) as copy:
        curate_folder(copy, journal.read())
    return True


def make_decisions(
    store: Store, known: Sequence[Decision], requests: Sequence[Request], *, curator: str
) -> list[Decision]:
    """Check requests against a graph and the decisions so far, each as if those before it were made.

    Raises:
        CurationError: A request cannot be met.
        QueryError: A correction names what the graph does not have.
    """
    made: list[Decision] = []
    for request in requests:
        try:
            made.append(_make(store, [*known, *made], request, curator))
        except OncographError as error:
            if not request.place:
                raise
            raise CurationError(f"{request.place}: {error}") from error
    return made


def find_claim(store: Store, name: str) -> NamedNode:
    """Give the claim of an IRI, a prefixed name or its twenty digits.

    Raises:
        CurationError: The graph has no such claim.
    """
    text = name.strip()
    iri = expand(text) or terms.CLAIM + text
    if not _CLAIM.fullmatch(iri):
        raise CurationError(f"{text[:80]!r} is no claim; give the name that oncograph explain shows, as claim:7f3a…")
    if not holds(store, NamedNode(iri), terms.TYPE, terms.CLAIM_CLASS):
        raise CurationError(f"there is no claim {shorten(iri)} in this graph")
    return NamedNode(iri)


def read_said(store: Store, claim: NamedNode) -> SaidClaim:
    """Give what a claim says, in IRIs and in words."""
    obj = next(find_objects(store, claim, terms.OBJECT))
    subject = NamedNode(find_value(store, claim, terms.SUBJECT))
    key = ClaimKey(
        subject=subject.value,
        predicate=find_value(store, claim, terms.PREDICATE).removeprefix(ONTOLOGY),
        object=obj.value,
        polarity=Polarity(find_value(store, claim, terms.POLARITY).removeprefix(ONTOLOGY)),
        literal=isinstance(obj, Literal),
    )
    certainty = Certainty(find_value(store, claim, terms.CERTAINTY).removeprefix(ONTOLOGY))
    label = obj.value if isinstance(obj, Literal) else find_label(store, obj)
    return SaidClaim(key, certainty, find_label(store, subject), label)


def correct_said(store: Store, said: SaidClaim, change: Change) -> SaidClaim:
    """Give the claim that a change makes of another.

    Raises:
        CurationError: The change is none, or its words are not those of a polarity or certainty.
        QueryError: It names what the graph does not have.
    """
    predicate = NamedNode(ONTOLOGY + said.key.predicate)
    asked = find_predicate(store, change.predicate) if change.predicate else predicate
    predicate = _find_forwards(store, asked)
    literal = holds(store, predicate, terms.TYPE, terms.DATATYPE_PROPERTY)
    if literal != said.key.literal and not change.object:
        wanted = "words" if literal else "an entity"
        raise CurationError(f"{shorten(predicate.value)} takes {wanted}: give the object too")
    subject, obj = said.key.subject, said.key.object
    subject_label, object_label = said.subject_label, said.object_label
    if change.subject:
        node = find_entity(store, change.subject)
        subject, subject_label = node.value, find_label(store, node)
    if change.object and literal:
        obj = object_label = clean_text(change.object, longest=LONGEST_COMMENT, name="object")
    elif change.object:
        node = _find_object(store, change.object)
        obj, object_label = node.value, find_label(store, node)
    if predicate != asked:
        subject, obj, subject_label, object_label = obj, subject, object_label, subject_label
    key = ClaimKey(
        subject,
        predicate.value.removeprefix(ONTOLOGY),
        obj,
        Polarity(_choose("polarity", change.polarity or said.key.polarity.value, [one.value for one in Polarity])),
        literal,
    )
    certainty = Certainty(
        _choose("certainty", change.certainty or said.certainty.value, [one.value for one in Certainty])
    )
    symmetric = holds(store, predicate, terms.TYPE, terms.SYMMETRIC_PROPERTY)
    corrected = turn(replace(said, key=key, certainty=certainty, subject_label=subject_label,
                             object_label=object_label), symmetric=symmetric)  # fmt: skip
    if (corrected.key, corrected.certainty) == (said.key, said.certainty):
        raise CurationError("the correction changes nothing; to say that the claim is right, accept it")
    if not literal and key.subject == key.object:
        raise CurationError("the correction joins an entity to itself; give another subject or object")
    return corrected


def _keep(copy: Path, journal: Journal, requests: Sequence[Request], curator: str) -> list[Decision]:
    """Check requests against a copy of the store, which is closed when this returns, and keep them."""
    store = Store(str(copy))
    return list(journal.extend(lambda known: make_decisions(store, known, requests, curator=curator)))


def _make(store: Store, known: Sequence[Decision], request: Request, curator: str) -> Decision:
    comment = clean_text(request.comment, longest=LONGEST_COMMENT, name="comment")
    if request.action not in ACTIONS:
        raise CurationError(f"{request.action!r} is no action; choose one of {', '.join(ACTIONS)}")
    if request.action == "undo":
        undone = _find_decision(known, request.claim)
        return Decision("undo", undone.claim, undone.said, curator, tell_time(), comment, undoes=undone.id)
    if request.action == "comment" and not comment:
        raise CurationError("the comment is empty")
    claim = find_claim(store, request.claim)
    said = read_said(store, claim)
    if request.action != "correct":
        return Decision(request.action, claim.value, said, curator, tell_time(), comment)
    texts = {
        name: clean_text(text, longest=LONGEST_COMMENT, name=name) for name, text in asdict(request.change).items()
    }
    correction = correct_said(store, said, Change(**texts))
    decision = Decision("correct", claim.value, said, curator, tell_time(), comment, correction)
    _check_target(known, decision)
    return decision


def _check_target(known: Sequence[Decision], decision: Decision) -> None:
    target = target_of(decision)
    standing = settle(known).get(target)
    if target != decision.claim and standing is not None and standing.action in {"reject", "correct"}:
        raise CurationError(
            f"{shorten(target)} is what the correction says, and was {standing.action}ed by {standing.curator}; "
            f"undo decision {standing.id} first"
        )


def _find_decision(known: Sequence[Decision], name: str) -> Decision:
    match = _DECISION.fullmatch(name.strip())
    found = next((one for one in known if match and one.id == match.group(1)), None)
    if found is None:
        raise CurationError(f"there is no decision {name.strip()[:80]!r}; oncograph curate list shows them")
    if found.id in find_undone(known):
        raise CurationError(f"decision {found.id} is undone already")
    return found


def _find_object(store: Store, name: str) -> NamedNode:
    """Give the entity of a name, else the class of that name."""
    try:
        return find_entity(store, name)
    except QueryError:
        try:
            return find_class(store, name)
        except QueryError:
            pass
        raise


def _find_forwards(store: Store, predicate: NamedNode) -> NamedNode:
    """Give the relation that claims are made with: of an inverse, the one that it reads backwards."""
    if holds(store, predicate, terms.ROLE, Literal("predicate")):
        return predicate
    others = [*find_nodes(store, predicate, terms.INVERSE_OF), *find_subjects(store, terms.INVERSE_OF, predicate)]
    forwards = sorted((one for one in others if holds(store, one, terms.ROLE, Literal("predicate"))), key=str)
    if not forwards:
        raise CurationError(f"{shorten(predicate.value)} is no relation that claims have")
    return forwards[0]


def _choose(name: str, value: str, values: Sequence[str]) -> str:
    found = next((one for one in values if one.casefold() == value.strip().casefold()), None)
    if found is None:
        raise CurationError(f"{name} {value!r}: choose one of {', '.join(values).lower()}")
    return found
