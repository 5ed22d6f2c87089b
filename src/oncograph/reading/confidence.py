"""How sure a claim is: the figure of its rule, moved by what was learned from annotated documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from oncograph.model import Certainty, Claim, Concept, Grounding, Mention, Polarity
from oncograph.reading.relations import merge_claims

LOWEST, HIGHEST = 0.01, 0.99
LENGTHS = (60, 120, 180, 260, 400)
DISTANCES = (20, 50, 100, 200)
CROWDS = (1, 2, 4, 8)
PRIOR = "rule's own figure"

Described = tuple[Claim, list[str]]


@dataclass(frozen=True, slots=True)
class ClaimWeights:
    """The learned weights of claims' features; without any, a claim keeps the figure of its rule.

    Attributes:
        weights: By feature, what it adds to the log odds; that of `PRIOR` is multiplied with the rule's log odds.
    """

    weights: Mapping[str, float]
    bias: float = 0.0

    def weigh(
        self, claims: Sequence[Claim], concepts: Mapping[str, Concept], made: Mapping[str, Concept]
    ) -> list[Claim]:
        """Keep of each statement of a sentence the surest reading, with the probability that it is right.

        Args:
            concepts: The concepts of the vocabulary, by IRI.
            made: The concepts that the document's names made.
        """
        if not self.weights:
            return merge_claims(claims)
        return merge_claims(
            claim._replace(confidence=self.estimate(claim.confidence, features))
            for claim, features in describe_claims(claims, concepts, made)
        )

    def estimate(self, prior: float, features: Iterable[str]) -> float:
        """Give the probability that a claim is right.

        >>> ClaimWeights({"object: topic": -1.0}).estimate(0.9, ["object: topic"])
        0.77
        """
        weights = self.weights
        odds = to_log_odds(prior) * (1 + weights.get(PRIOR, 0.0)) + self.bias
        for feature in features:
            odds += weights.get(feature, 0.0)
        return round(max(LOWEST, min(HIGHEST, 1 / (1 + exp(-odds)))), 2)


def to_log_odds(chance: float) -> float:
    """Give the logarithm of the odds of a probability, which is kept a little away from 0 and 1."""
    chance = max(LOWEST, min(HIGHEST, chance))
    return log(chance / (1 - chance))


def describe_claims(
    claims: Sequence[Claim], concepts: Mapping[str, Concept], made: Mapping[str, Concept]
) -> Iterator[Described]:
    """Describe the claims of a document in words, in their order; they are all that were read, not yet merged."""
    crowds = Counter((claim.start, claim.end) for claim in claims)
    rules: dict[tuple[str, ...], set[str]] = {}
    keys = [(claim.subject, claim.predicate, claim.object, claim.polarity, str(claim.start)) for claim in claims]
    for key, claim in zip(keys, claims, strict=True):
        rules.setdefault(key, set()).add(claim.rule)
    lengths = {size: f"sentence: {to_step(size, LENGTHS)} characters" for size in {c.end - c.start for c in claims}}
    for key, claim in zip(keys, claims, strict=True):
        subject = made.get(claim.subject) or concepts.get(claim.subject)
        features = [
            f"predicate: {claim.predicate}",
            f"rule: {claim.rule}",
            lengths[claim.end - claim.start],
            f"claims of sentence: {to_step(crowds[claim.start, claim.end], CROWDS)}",
            *_describe_role("subject", claim.subject_mention, subject, claim),
        ]
        if claim.literal:
            features.append("object: words of the text")
        else:
            target = made.get(claim.object) or concepts.get(claim.object)
            features += _describe_role("object", claim.object_mention, target, claim)
            if claim.subject_mention is not None and claim.object_mention is not None:
                distance = abs(claim.object_mention.start - claim.subject_mention.start)
                features.append(f"distance: {to_step(distance, DISTANCES)} characters")
        if len(rules[key]) > 1:
            features.append("several rules agree")
        if claim.polarity is Polarity.NEGATED:
            features.append("negated")
        if claim.certainty is Certainty.POSSIBLE:
            features.append("possible")
        yield claim, features


def to_step(value: int, steps: Sequence[int]) -> str:
    """Round a number up to the next of a few steps.

    >>> to_step(3, (1, 2, 4)), to_step(9, (1, 2, 4))
    ('4', 'more')
    """
    for step in steps:
        if value <= step:
            return str(step)
    return "more"


def _describe_role(role: str, mention: Mention | None, concept: Concept | None, claim: Claim) -> list[str]:
    """Tell how one side of a claim is named: by its own name, by another, by the topic, in an earlier sentence."""
    features = []
    if concept is not None:
        features.append(f"{role} of {claim.predicate}: {concept.class_name}")
        if concept.grounding is not Grounding.CURATED:
            features.append(f"{role}: {concept.grounding.value.lower()}")
    if mention is None or mention.start < 0:
        features.append(f"{role}: topic")
    elif mention.start < claim.start or mention.end > claim.end:
        features.append(f"{role}: other sentence")
    elif concept is not None and mention.text != concept.label:
        features.append(f"{role}: other words")
    return features
