"""Scores of the relations that a sentence may state between names that are given: readable features, linear weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise, product
from math import exp

from oncograph.reading.passages import Passage

ROLES: Mapping[str, tuple[str, ...]] = {
    "AssociatedVariant": ("gene", "variant"),
    "Diagnostic": ("cancer", "gene"),
    "Predictive": ("cancer", "drug", "gene"),
    "Predisposing": ("cancer", "gene"),
    "Prognostic": ("cancer", "gene"),
    "Driver": ("cancer", "gene"),
    "Oncogene": ("cancer", "gene"),
    "Tumor_Suppressor": ("cancer", "gene"),
}
"""The kinds of name that each relation joins."""

LEANS_ON: Mapping[str, tuple[str, ...]] = {
    "Diagnostic": ("AssociatedVariant", "Predictive"),
    "Predictive": ("AssociatedVariant",),
    "Predisposing": ("AssociatedVariant",),
    "Prognostic": ("AssociatedVariant", "Predictive"),
}
"""The relations whose own scores for the same names speak for a relation, or against it.

A gene whose alteration is named is one that more is stated of; what foretells the response to a drug is seldom said to
be prognostic as well.
"""
FURTHEST = 4.0
"""Log odds beyond which another relation is no surer."""

WINDOW = 3
LONGEST_PATH = 4
STEPS = (1, 2, 3, 6, 11, 20)


@dataclass(frozen=True, slots=True)
class RelationScorer:
    """The learned weights of one relation.

    Attributes:
        threshold: Probability from which the relation is held to be stated.
        leaning: Weights of what `describe_leaning` finds.
        lean: What is added wherever there is `leaning`.
    """

    weights: Mapping[str, float]
    bias: float = 0.0
    threshold: float = 0.5
    leaning: Mapping[str, float] = field(default_factory=dict)
    lean: float = 0.0

    def weigh(self, passage: Passage, names: Sequence[int]) -> float:
        """Give the log odds that a sentence states the relation between some of its names, by its words alone."""
        weights = self.weights
        return self.bias + sum(weights.get(feature, 0.0) for feature in find_features(passage, names))

    def score(
        self, passage: Passage, names: Sequence[int], others: Mapping[str, RelationScorer] | None = None
    ) -> float:
        """Give the probability that a sentence states the relation between some of its names.

        Args:
            others: The relations that this one leans on.
        """
        total = self.weigh(passage, names) + self.lean
        if self.leaning:
            sums = {
                relation: [
                    other.weigh(passage, found) for found in find_candidates(passage, ROLES[relation], given=names)
                ]
                for relation, other in (others or {}).items()
            }
            total += sum(self.leaning.get(name, 0.0) * value for name, value in describe_leaning(sums).items())
        return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


def find_candidates(passage: Passage, roles: Sequence[str], *, given: Sequence[int] = ()) -> Iterator[tuple[int, ...]]:
    """Give every way to fill some roles with the names of a sentence, by their indices.

    Args:
        given: Names that fill the roles of their kinds.
    """
    filled = {passage.names[name].kind: [name] for name in given}
    for role in roles:
        filled.setdefault(role, [i for i, name in enumerate(passage.names) if name.kind == role])
    yield from product(*(filled[role] for role in roles))


def describe_leaning(sums: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Describe what other relations say of some names.

    Args:
        sums: By relation, the log odds of each way to relate the names in it.

    >>> describe_leaning({"Predictive": [-1.0, 0.5], "AssociatedVariant": []})
    {'log odds of Predictive': 0.5, 'no AssociatedVariant': 1.0}
    """
    return {
        f"{'log odds of' if found else 'no'} {relation}": max(-FURTHEST, min(FURTHEST, max(found))) if found else 1.0
        for relation, found in sums.items()
    }


def find_features(passage: Passage, names: Sequence[int]) -> set[str]:
    """Describe in words how some names stand in their sentence and what else it says.

    Args:
        names: Indices of the names that may be related, of different kinds.
    """
    if not passage.shared:
        passage.shared.extend(dict.fromkeys(_describe_sentence(passage)))
    places = {passage.names[name].kind: passage.places[name] for name in names}
    order = sorted(places, key=lambda role: (places[role], role))
    features = set(passage.shared)
    features.add(f"order: {' '.join(order)}")
    features.update(_describe_names(passage, names))
    for one, other in pairwise(order):
        features.update(_describe_between(passage, places, one, other))
    for role in order:
        features.update(_describe_around(passage, role, places))
    features.update(_describe_rivals(passage, places))
    features.update(_describe_cues(passage, places, order))
    return features


def to_step(distance: int) -> str:
    """Round a distance in words to one of a few steps.

    >>> to_step(2), to_step(-5), to_step(40)
    ('2', '6', 'far')
    """
    return next((str(step) for step in STEPS if abs(distance) <= step), "far")


def _describe_sentence(passage: Passage) -> Iterator[str]:
    words = passage.words
    for word in words:
        yield f"has: {word}"
    for kind, places in passage.kinds.items():
        yield f"{kind} names: {min(len(places), 3)}"
    for name, form in zip(passage.names, passage.forms, strict=True):
        if form:
            yield f"has {name.kind}: {form}"
    for cue, places in passage.cues.items():
        yield f"cue: {cue}"
        if len(places) > 1:
            yield f"cue twice: {cue}"
    for one, other in combinations(sorted(passage.cues), 2):
        yield f"cues: {one} {other}"
    substitution = " with substitution" if "substitution" in passage.forms else " without substitution"
    for cue in passage.cues:
        yield f"cue{substitution}: {cue}"


def _describe_names(passage: Passage, names: Sequence[int]) -> Iterator[str]:
    """What the names themselves say: the words, the sort, whether they are named again or overlap another."""
    for index in names:
        name = passage.names[index]
        yield f"{name.kind} is: {name.text.lower()}"
        if passage.forms[index]:
            yield f"{name.kind} form: {passage.forms[index]}"
        if name.kind == "gene":
            yield f"gene shape: {_to_shape(name.text)}"
            yield f"gene length: {to_step(len(name.text))}"
        same = [i for i, other in enumerate(passage.names) if other.kind == name.kind and other.text == name.text]
        if len(same) > 1:
            yield f"{name.kind} named again: {'first' if same[0] == index else 'later'}"
        for other in passage.names:
            if other.kind != name.kind and other.start < name.end and name.start < other.end:
                yield f"{name.kind} overlaps {other.kind}"


def _to_shape(text: str) -> str:
    """Write a name as runs of capitals, small letters and digits: "BRCA1" is A0, "let-7" is a-0."""
    runs = [("A" if char.isupper() else "a" if char.islower() else "0" if char.isdigit() else char) for char in text]
    return "".join(run for i, run in enumerate(runs) if i == 0 or runs[i - 1] != run)[:8]


def _describe_between(passage: Passage, places: Mapping[str, int], one: str, other: str) -> Iterator[str]:
    start, end = places[one], places[other]
    between = passage.words[start + 1 : end]
    where = f"{one}..{other}"
    yield f"{where} distance: {to_step(end - start)}"
    yield f"{where} clauses: {min(passage.clauses[end] - passage.clauses[start], 2)}"
    for word in between:
        yield f"{where} has: {word}"
    for pair in pairwise(between):
        yield f"{where} has: {' '.join(pair)}"
    if len(between) <= LONGEST_PATH:
        yield f"{where} is: {' '.join(between)}"
    for name, place, form in zip(passage.names, passage.places, passage.forms, strict=True):
        if start < place < end and form:
            yield f"{where} has {name.kind}: {form}"


def _describe_around(passage: Passage, role: str, places: Mapping[str, int]) -> Iterator[str]:
    named = {place: f"[{other}]" for other, place in places.items() if other != role}
    at = places[role]
    words = passage.words
    before = [named.get(i, words[i]) for i in range(max(0, at - WINDOW), at)]
    after = [named.get(i, words[i]) for i in range(at + 1, min(len(words), at + 1 + WINDOW))]
    for word in before:
        yield f"before {role}: {word}"
    for word in after:
        yield f"after {role}: {word}"
    yield f"next before {role}: {before[-1] if before else '^'}"
    yield f"next after {role}: {after[0] if after else '$'}"
    yield f"two before {role}: {' '.join(before[-2:])}"
    yield f"two after {role}: {' '.join(after[:2])}"
    yield f"around {role}: {before[-1] if before else '^'} {after[0] if after else '$'}"
    for name, place, form in zip(passage.names, passage.places, passage.forms, strict=True):
        if form and place in (at - 1, at + 1, at + 2):
            yield f"{'before' if place < at else 'after'} {role}: {name.kind} {form}"
    yield f"{role} stands: {'first' if at == 0 else 'last' if at >= len(words) - 2 else 'inside'}"
    clause = passage.clauses[at]
    for word, number in zip(words, passage.clauses, strict=True):
        if number == clause:
            yield f"clause of {role}: {word}"


def _describe_rivals(passage: Passage, places: Mapping[str, int]) -> Iterator[str]:
    """How the other names of a kind stand: whether one of them is nearer, or between."""
    for one, here in places.items():
        for other, there in places.items():
            rivals = passage.kinds[other]
            if one == other:
                continue
            if len(rivals) == 1:
                yield f"only {other}"
                continue
            nearer = sum(abs(here - rival) < abs(here - there) for rival in rivals)
            yield f"nearer {other} to {one}: {min(nearer, 2)}"
            if nearer == 0:
                yield f"nearest {other} to {one}: {to_step(there - here)}"
            if any(min(here, there) < rival < max(here, there) for rival in rivals):
                yield f"other {other} between {other} and {one}"


def _describe_cues(passage: Passage, places: Mapping[str, int], order: Sequence[str]) -> Iterator[str]:
    first, last = places[order[0]], places[order[-1]]
    for cue, found in passage.cues.items():
        sides = sorted({"before" if at < first else "after" if at > last else "between" for at in found})
        yield f"{cue} stands: {' '.join(sides)}, {' '.join(order)}"
        in_clauses = {passage.clauses[at] for at in found}
        for side in sides:
            yield f"{cue} stands: {side}"
        for role, here in places.items():
            nearest = min(found, key=lambda at: (abs(at - here), at))
            yield f"{cue} {'after' if nearest > here else 'before'} {role}: {to_step(nearest - here)}"
            yield f"{cue} in clause of {role}: {passage.clauses[here] in in_clauses}"
            rivals = passage.kinds[role]
            if len(rivals) > 1:
                closest = min(abs(at - rival) for at in found for rival in rivals)
                yield f"{cue} nearest to this {role}: {abs(nearest - here) == closest}"
                yield f"{role} nearest to this {cue}: {abs(nearest - here) == min(abs(nearest - r) for r in rivals)}"
