"""Terms of several vocabularies that mean the same, joined into one entity with one IRI."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from oncograph.knowledge.vocabularies.identifiers import is_iri, to_notation
from oncograph.knowledge.vocabularies.namesakes import find_namesakes
from oncograph.knowledge.vocabularies.terms import Term, Vocabulary
from oncograph.model import Concept, Grounding
from oncograph.reading.lexicon import fold_name

CURATED = ""
"""Name that the curated concepts go by among the vocabularies."""
EXACT = "exactMatch"
SCOPES = ("related", "broad", "narrow")
OF_MEMBERS = {"DrugClass": "Drug", "Enzyme": "Protein", "Symptom": "Disease"}
"""What the terms below one of a class are, where nothing says it."""
FIRST_INHERITED = ("Disease", "Protein", "Drug")
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Refused:
    """A match that was not followed: it would make one entity of two terms that one vocabulary keeps apart.

    Attributes:
        one, other: IRIs that the match joins.
        vocabulary: Whose terms would have become one.
        terms: Those two terms.
    """

    one: str
    other: str
    vocabulary: str
    terms: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Joined:
    """The entities of the curated concepts and of all added vocabularies.

    Attributes:
        concepts: By IRI, the curated ones with what the vocabularies add to them, and the imported ones.
        entity_of: By the IRI of a term, that of the entity it is part of; only where the two differ.
        refused: Matches that were not followed.
        unclassed: IRIs of terms left out because nothing says of what class they are.
    """

    concepts: dict[str, Concept]
    entity_of: dict[str, str]
    refused: tuple[Refused, ...] = ()
    unclassed: tuple[str, ...] = ()


def join(
    curated: Mapping[str, Concept],
    vocabularies: Mapping[str, Vocabulary],
    *,
    class_starts: Mapping[str, str],
    is_a: Callable[[str, str], bool],
) -> Joined:
    """Join concepts and terms through what is said to match exactly, and give each entity one IRI.

    Matches are followed in this order: those of curated concepts, of mapping sets, of the terms themselves, and cross-
    references between terms that share a name and point at each other alone; of a mapping set, first those of terms
    that share a name. Last come names that one term only of each vocabulary has. None is followed that would make one
    of two curated concepts, or of two terms of one vocabulary. The IRI, label and class of a curated concept win, then
    those of the first vocabulary.

    Args:
        vocabularies: By name, the one whose IRIs win first.
        class_starts: Class of the terms whose IRI begins so, where the term has none: `…/obo/DOID_` → `Disease`.
        is_a: Whether a class is another or below it.
    """
    groups = _Groups()
    for iri in curated:
        groups.place(iri, CURATED)
    terms: dict[str, list[tuple[str, Term]]] = {}
    for name, vocabulary in vocabularies.items():
        for term in vocabulary.terms:
            groups.place(term.iri, name)
            terms.setdefault(term.iri, []).append((name, term))
    names = {iri: _names_of(sources) for iri, sources in terms.items()}
    refused = [one for pair in _matches(curated, vocabularies, names) if (one := groups.join(*pair)) is not None]
    for pair in _mutual_references(terms, names):
        groups.join(*pair)
    stated = functools.partial(_state_class, terms=terms, class_starts=class_starts)
    for pair in find_namesakes(curated, terms, stated, is_a):
        groups.join(*pair)
    members = _members(groups, curated, terms, list(vocabularies))
    elsewhere = _find_elsewhere(groups, curated, terms)
    entity_of = {iri: entity for entity, iris in members.items() for iri in iris if iri != entity}
    classes = _Classes(curated, members, terms, entity_of, class_starts, is_a)
    concepts = {
        iri: _enrich(
            concept,
            [term for part in members.get(iri, ()) for _, term in terms.get(part, ())],
            elsewhere.get(groups.find(iri), ()),
        )
        for iri, concept in curated.items()
    }
    class_names = {entity: classes.find(entity) for entity in sorted(members) if entity not in curated}
    described = curated.keys() | {entity for entity, name in class_names.items() if name}
    for entity, class_name in class_names.items():
        if class_name:
            parts = [term for iri in members[entity] for _, term in terms.get(iri, ())]
            concept = _to_concept(entity, class_name, parts, entity_of, elsewhere.get(groups.find(entity), ()))
            concepts[entity] = replace(concept, broader=tuple(up for up in concept.broader if up in described))
    unclassed = [entity for entity, name in class_names.items() if not name]
    return Joined(concepts, entity_of, tuple(refused), tuple(unclassed))


@dataclass(slots=True)
class _Groups:
    """Sets of IRIs that mean the same; each knows which term of each vocabulary it holds."""

    parent: dict[str, str] = field(default_factory=dict)
    owners: dict[str, dict[str, str]] = field(default_factory=dict)

    def place(self, iri: str, vocabulary: str) -> None:
        self.owners.setdefault(self.find(iri), {}).setdefault(vocabulary, iri)

    def find(self, iri: str) -> str:
        parent = self.parent
        root = iri
        while (above := parent.get(root, root)) != root:
            root = above
        while (above := parent.get(iri, iri)) != root:
            parent[iri] = root
            iri = above
        return root

    def join(self, one: str, other: str) -> Refused | None:
        first, second = self.find(one), self.find(other)
        if first == second:
            return None
        held, more = self.owners.get(first, {}), self.owners.get(second, {})
        for vocabulary in sorted(held.keys() & more.keys()):
            if held[vocabulary] != more[vocabulary]:
                return Refused(one, other, vocabulary, (held[vocabulary], more[vocabulary]))
        self.parent.setdefault(first, first)
        self.parent[second] = first
        if more:
            self.owners[first] = {**more, **held}
            self.owners.pop(second, None)
        return None


def _matches(
    curated: Mapping[str, Concept], vocabularies: Mapping[str, Vocabulary], names: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, str]]:
    for iri, concept in sorted(curated.items()):
        yield from ((iri, match) for match in concept.exact_matches)
    for vocabulary in vocabularies.values():
        pairs = [(said.subject, said.object) for said in vocabulary.mappings if said.relation == EXACT]
        yield from sorted(pairs, key=lambda pair: names.get(pair[0], NONE).isdisjoint(names.get(pair[1], NONE)))
    for vocabulary in vocabularies.values():
        for term in vocabulary.terms:
            yield from ((term.iri, match) for match in term.exact_matches)


def _mutual_references(
    terms: Mapping[str, Sequence[tuple[str, Term]]], names: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, str]]:
    """Give the cross-references between two terms that share a name and that no rival refers to in the same way."""
    pointing: dict[tuple[str, str], list[str]] = {}
    for iri, sources in terms.items():
        for name, term in sources:
            for reference in term.references:
                if reference != iri:
                    pointing.setdefault((name, reference), []).append(iri)
    for (_, reference), from_ in sorted(pointing.items()):
        sharing = [iri for iri in from_ if not names[iri].isdisjoint(names.get(reference, ()))]
        if len(sharing) == 1:
            yield sharing[0], reference


def _names_of(sources: Sequence[tuple[str, Term]]) -> frozenset[str]:
    return frozenset(fold_name(name).lower() for _, term in sources for name in (term.label, *term.exact))


def _members(
    groups: _Groups,
    curated: Mapping[str, Concept],
    terms: Mapping[str, Sequence[tuple[str, Term]]],
    order: Sequence[str],
) -> dict[str, list[str]]:
    """Give by the IRI of each entity those of its parts: the curated concept's, else the first vocabulary's, first."""
    ranks = {name: rank for rank, name in enumerate((CURATED, *order))}
    parts: dict[str, list[tuple[int, str]]] = {}
    for iri in (*curated, *terms):
        rank = 0 if iri in curated else min(ranks[name] for name, _ in terms[iri])
        entry = (rank, iri)
        held = parts.setdefault(groups.find(iri), [])
        if entry not in held:
            held.append(entry)
    return {min(held)[1]: [iri for _, iri in sorted(held)] for held in parts.values()}


def _find_elsewhere(
    groups: _Groups, curated: Mapping[str, Concept], terms: Mapping[str, Sequence[tuple[str, Term]]]
) -> dict[str, list[str]]:
    """Give by group the IRIs in it that no vocabulary at hand describes."""
    found: dict[str, list[str]] = {}
    for iri in sorted(groups.parent):
        if iri not in curated and iri not in terms and is_iri(iri):
            found.setdefault(groups.find(iri), []).append(iri)
    return found


@dataclass(slots=True)
class _Classes:
    """Finds the class of an entity: its own, or a narrower one that a curated ancestor has."""

    curated: Mapping[str, Concept]
    members: Mapping[str, Sequence[str]]
    terms: Mapping[str, Sequence[tuple[str, Term]]]
    entity_of: Mapping[str, str]
    class_starts: Mapping[str, str]
    is_a: Callable[[str, str], bool]

    def find(self, entity: str) -> str:
        own = self._own(entity) or self._inherited(entity)
        waiting, seen = deque(self._above(entity)), {entity}
        while waiting:
            above = waiting.popleft()
            if above in seen:
                continue
            seen.add(above)
            known = self.curated.get(above)
            if known is not None and (not own or self.is_a(known.class_name, own)):
                return known.class_name
            waiting.extend(self._above(above))
        return own

    def _own(self, entity: str) -> str:
        return next((name for iri in self.members.get(entity, ()) if (name := self._stated(iri))), "")

    def _inherited(self, entity: str) -> str:
        """Give the class of a term that has none by those of the terms right above it: a protein is no mere drug."""
        above = {OF_MEMBERS.get(name, name) for up in self._above(entity) if (name := self._own(up))}
        return next((name for name in FIRST_INHERITED if name in above), min(above, default=""))

    def _stated(self, iri: str) -> str:
        return _state_class(iri, self.terms, self.class_starts)

    def _above(self, entity: str) -> Iterator[str]:
        for iri in self.members.get(entity, ()):
            for _, term in self.terms.get(iri, ()):
                yield from (self.entity_of.get(parent, parent) for parent in term.parents)


def _state_class(iri: str, terms: Mapping[str, Sequence[tuple[str, Term]]], class_starts: Mapping[str, str]) -> str:
    said = next((term.class_name for _, term in terms.get(iri, ()) if term.class_name), "")
    return said or next((name for start, name in class_starts.items() if iri.startswith(start)), "")


def _enrich(concept: Concept, parts: Sequence[Term], elsewhere: Sequence[str]) -> Concept:
    """Give a curated concept with the exact names and the identifiers of the terms that mean the same."""
    if not parts:
        return concept
    known = {fold_name(name).lower() for name in (concept.label, *concept.synonyms, *concept.hidden)}
    return replace(
        concept,
        synonyms=(*concept.synonyms, *_new_names(parts, known)),
        definition=concept.definition or next((term.definition for term in parts if term.definition), ""),
        exact_matches=_united(concept.exact_matches, (*(term.iri for term in parts), *elsewhere)),
        scoped=_scoped_names(parts),
        notations=_united(concept.notations, (term.notation for term in parts if term.notation)),
    )


def _to_concept(
    entity: str, class_name: str, parts: Sequence[Term], entity_of: Mapping[str, str], elsewhere: Sequence[str]
) -> Concept:
    label = parts[0].label
    matches = (*(term.iri for term in parts), *elsewhere)
    references = {one for term in parts for one in term.references if is_iri(one)}
    return Concept(
        entity,
        label,
        class_name,
        synonyms=tuple(_new_names(parts, {fold_name(label).lower()})),
        broader=_united((), (entity_of.get(up, up) for term in parts for up in term.parents), without=entity),
        definition=next((term.definition for term in parts if term.definition), ""),
        exact_matches=_united((), matches, without=entity),
        close_matches=_united((), references.difference(matches), without=entity),
        notations=_united((), (_notation(term) for term in parts if _notation(term))),
        scoped=_scoped_names(parts),
        grounding=Grounding.IMPORTED,
    )


def _new_names(parts: Iterable[Term], known: set[str]) -> Iterator[str]:
    """Give the labels and exact synonyms that are not known yet, whatever their case; `known` learns them."""
    for term in parts:
        for name in (term.label, *term.exact):
            folded = fold_name(name).lower()
            if folded not in known:
                known.add(folded)
                yield " ".join(name.split())


def _scoped_names(parts: Iterable[Term]) -> tuple[tuple[str, str], ...]:
    named = ((scope, name) for term in parts for scope in SCOPES for name in getattr(term, scope))
    return tuple(sorted(set(named)))


def _notation(term: Term) -> str:
    return term.notation or to_notation(term.iri)


def _united(known: Sequence[str], more: Iterable[str], *, without: str = "") -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys((*known, *sorted(set(more)))) if one != without)
