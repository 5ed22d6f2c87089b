"""What people call things: entities by label, synonym or identifier, relations, classes and documents by name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from oncograph.errors import QueryError
from oncograph.graph import terms
from oncograph.graph.lookup import find_nodes, find_objects, find_subjects, find_value, holds
from oncograph.graph.terms import expand, shorten
from oncograph.model import BASE, ONTOLOGY

_NEAR = 3
_NAMES = (terms.PREF_LABEL, terms.ALT_LABEL)


def find_entity(store: Store, name: str) -> NamedNode:
    """Give the entity that a name means.

    Tried in this order: IRI or prefixed name, preferred label as written, preferred label in any case, synonym as
    written, synonym in any case, identifier (`HGNC:3430`).

    Raises:
        QueryError: Nothing has the name (says what comes near), or several have it equally.
    """
    found = find_entities_named(store, name)
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(shorten(node.value) for node in found)
        raise QueryError(f"{name!r} is the name of {len(found)} entities: {choices}; give one of these")
    if undecided := find_undecided(store, name):
        raise QueryError(
            f"{name!r} is left undecided, and nothing claimed of it: it may mean {' or '.join(undecided)}; "
            "oncograph query undecided tells more"
        )
    near = suggest_names(store, name)
    raise QueryError(f"nothing in this graph is called {name!r}" + (f"; did you mean {near}?" if near else ""))


def find_entities_named(store: Store, name: str) -> list[NamedNode]:
    """Give the entities that a name means best, several when they have it equally, sorted; empty when none has it."""
    name = name.strip()
    iri = expand(name)
    if iri is not None and _is_described(store, iri):
        return [NamedNode(iri)]
    for predicate in _NAMES:
        found = _with_literal(store, predicate, Literal(name, language="en")) if name else []
        found = found or _with_folded_label(store, predicate, name)
        if found:
            return found
    return _with_literal(store, terms.NOTATION, Literal(name)) if name else []


def find_all_named(store: Store, name: str) -> list[NamedNode]:
    """Give every entity that has a name as label, synonym or identifier in any case; those it means best come first."""
    best = find_entities_named(store, name)
    if expand(name) is not None and best:
        return best
    labelled = [node for predicate in _NAMES for node in _with_folded_label(store, predicate, name.strip())]
    return list(dict.fromkeys([*best, *labelled]))


def find_predicate(store: Store, name: str) -> NamedNode:
    """Give the relation of a name, a label or an IRI; inverse relations too.

    Raises:
        QueryError: The graph's ontology has no such relation; says what comes near.
    """
    kinds = (terms.OBJECT_PROPERTY, terms.DATATYPE_PROPERTY, terms.SYMMETRIC_PROPERTY)
    nodes = {node for kind in kinds for node in find_subjects(store, terms.TYPE, kind)}
    inverses = {inverse for node in nodes for inverse in find_nodes(store, node, terms.INVERSE_OF)}
    return _find_term(store, name, nodes | inverses, "relation")


def find_class(store: Store, name: str) -> NamedNode:
    """Give the class of a name, a label or an IRI.

    Raises:
        QueryError: The graph's ontology has no such class; says what comes near.
    """
    return _find_term(store, name, set(find_subjects(store, terms.TYPE, terms.OWL_CLASS)), "class")


def find_document(store: Store, name: str) -> NamedNode:
    """Give the document of an id (`her2`), file name, title or IRI.

    Raises:
        QueryError: The graph has no such document; says what comes near.
    """
    iri = expand(name) or terms.DOC + name
    documents = sorted(find_subjects(store, terms.TYPE, terms.DOCUMENT_CLASS), key=str)
    for node in documents:
        if node.value == iri:
            return node
    names = {node: _document_names(store, node) for node in documents}
    for node in documents:
        if name in names[node]:
            return node
    known = [node.value.removeprefix(terms.DOC) for node in documents]
    raise QueryError(f"no document is called {name!r}" + _did_you_mean(name, known))


def find_claim(store: Store, name: str) -> NamedNode:
    """Give the claim of an id (20 hexadecimal digits), a prefixed name or an IRI.

    Raises:
        QueryError: The graph has no such claim.
    """
    digest = (expand(name) or terms.CLAIM + name).removeprefix(terms.CLAIM)
    if re.fullmatch("[0-9a-f]{20}", digest):
        node = NamedNode(terms.CLAIM + digest)
        if holds(store, node, terms.TYPE, terms.CLAIM_CLASS):
            return node
    raise QueryError(f"there is no claim {name!r} in this graph; claims are named by 20 hexadecimal digits")


def find_undecided(store: Store, name: str) -> list[str]:
    """Give what a name may mean that no document decides, with the scores, the likeliest first; empty for any other."""
    found: dict[str, float] = {}
    for quote in find_subjects(store, terms.EXACT, Literal(name.strip())):
        targets = find_subjects(store, terms.HAS_SELECTOR, quote)
        mentions = (mention for target in targets for mention in find_subjects(store, terms.HAS_TARGET, target))
        for candidate in (one for mention in mentions for one in find_nodes(store, mention, terms.CANDIDATE)):
            entity = shorten(find_value(store, candidate, terms.CANDIDATE_ENTITY))
            named = f"{find_value(store, candidate, terms.LABEL)} ({entity}"
            found[named] = max(found.get(named, 0.0), float(find_value(store, candidate, terms.SCORE)))
    return [f"{named}, {found[named]:.2f})" for named in sorted(found, key=lambda named: (-found[named], named))]


def find_label(store: Store, node: NamedNode) -> str:
    """Give the label of anything in the graph, or its prefixed name when it has none.

    >>> find_label(Store(), NamedNode("https://w3id.org/oncograph/entity/HER2"))
    'entity:HER2'
    """
    for predicate in (terms.PREF_LABEL, terms.LABEL, terms.TITLE):
        label = find_value(store, node, predicate)
        if label:
            return label
    return shorten(node.value)


def suggest_names(store: Store, name: str) -> str:
    """Give up to three names of entities that are spelt much like one that nothing has, as a list to print."""
    labels = {label for label, _ in _labels(store, terms.PREF_LABEL)}
    return ", ".join(find_near(name, labels | {label for label, _ in _labels(store, terms.ALT_LABEL)}))


def find_near(name: str, known: Iterable[str]) -> list[str]:
    """Give the names that are spelt most like one, or that hold it as a whole word, best first.

    >>> find_near("trastuzumb", ["trastuzumab", "HER2"])
    ['trastuzumab']
    """
    folded: dict[str, str] = {}
    for label in sorted(known, reverse=True):
        folded[label.casefold()] = label
    wanted = name.strip().casefold()
    near = difflib.get_close_matches(wanted, folded, n=_NEAR, cutoff=0.7)
    holding = sorted((label for label in folded if wanted and f" {wanted} " in f" {label} "), key=len)
    return [folded[label] for label in dict.fromkeys([*near, *holding])][:_NEAR]


def _find_term(store: Store, name: str, nodes: Iterable[NamedNode], what: str) -> NamedNode:
    known = sorted((node for node in nodes if node.value.startswith(ONTOLOGY)), key=str)
    wanted = expand(name) or ONTOLOGY + name
    exact = [node for node in known if node.value == wanted]
    if exact:
        return exact[0]
    folded = _fold(name)
    for node in known:
        labels = [label.value for label in find_objects(store, node, terms.LABEL)]
        if folded in {_fold(text) for text in (*labels, node.value.removeprefix(ONTOLOGY))}:
            return node
    raise QueryError(
        f"there is no {what} {name!r}" + _did_you_mean(name, [node.value.removeprefix(ONTOLOGY) for node in known])
    )


def _fold(text: str) -> str:
    return "".join(text.casefold().split())


def _did_you_mean(name: str, known: list[str]) -> str:
    near = find_near(name, known)
    return f"; did you mean {', '.join(near)}?" if near else ""


def _is_described(store: Store, iri: str) -> bool:
    try:
        node = NamedNode(iri)
    except ValueError:
        return False
    return not iri.startswith(BASE) or holds(store, node, None, None)


def _with_literal(store: Store, predicate: NamedNode, literal: Literal) -> list[NamedNode]:
    return sorted(set(find_subjects(store, predicate, literal)), key=str)


def _with_folded_label(store: Store, predicate: NamedNode, name: str) -> list[NamedNode]:
    wanted = name.casefold()
    return sorted({node for label, node in _labels(store, predicate) if label.casefold() == wanted}, key=str)


def _labels(store: Store, predicate: NamedNode) -> Iterator[tuple[str, NamedNode]]:
    for quad in store.quads_for_pattern(None, predicate, None, DefaultGraph()):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
            yield quad.object.value, quad.subject


def _document_names(store: Store, node: NamedNode) -> set[str]:
    predicates = (terms.IDENTIFIER, terms.TITLE, terms.SOURCE)
    return {name.value for predicate in predicates for name in find_objects(store, node, predicate)}
