"""What a sentence is about without saying so: the topic, or what the sentences before it spoke of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from oncograph.model import Concept, Mention
from oncograph.reading.discourse import Discourse
from oncograph.reading.shape import Phrase

DRUG_CLASS = "DrugClass"
SHARED_BY = 2


def find_unsaid(
    discourse: Discourse,
    fits: Callable[[str], bool],
    find_concept: Callable[[str], Concept | None],
) -> tuple[Mention, ...]:
    """Find the unsaid subject: the topic where it fits, what the last sentence was about, or the drugs spoken of.

    "The side effects are …", said after several drugs, is said of the class that most of them share.

    Args:
        fits: Tells whether things of a class can be the subject.
        find_concept: Gives the concept of an IRI.
    """
    for phrase in (*discourse.section, *discourse.topics, discourse.subject):
        if phrase is not None and fits(phrase.concept.class_name) and len(phrase.mentions) == 1:
            return phrase.mentions
    fitting = [phrase for phrase in reversed(discourse.recent) if fits(phrase.concept.class_name)]
    if not fits(DRUG_CLASS) or not fitting:
        return fitting[0].mentions if fitting else ()
    subject = discourse.subject
    if subject is not None and subject in fitting:
        shared = _find_shared_class([subject], find_concept, len(subject.mentions))
    else:
        shared = _find_shared_class(fitting, find_concept, SHARED_BY)
    named = (phrase for phrase in fitting if phrase.concept.class_name == DRUG_CLASS)
    return (Mention(-1, -1, shared.label, shared.iri),) if shared else next(named, fitting[0]).mentions


def name_by_class(phrase: Phrase, find_concept: Callable[[str], Concept | None]) -> list[Mention]:
    """Name the drugs that a phrase refers to by the class that all of them share; by themselves where there is none."""
    shared = _find_shared_class([phrase], find_concept, len(phrase.mentions))
    return [phrase.mentions[0]._replace(concept=shared.iri)] if shared is not None else list(phrase.mentions)


def _find_shared_class(
    phrases: list[Phrase], find_concept: Callable[[str], Concept | None], least: int
) -> Concept | None:
    """Find the class that most of the drugs belong to, the narrowest of several; none that holds all drugs.

    Args:
        least: How many of the drugs must belong to it.
    """
    counts: Counter[str] = Counter()
    classes: dict[str, Concept] = {}
    for phrase in phrases:
        for mention in phrase.mentions:
            above = {concept.iri: concept for concept in with_broader(mention.concept, find_concept)}
            kinds = {iri: c for iri, c in above.items() if c.class_name == DRUG_CLASS and c.broader}
            classes.update(kinds)
            counts.update(sorted(kinds))
    most = max(counts.values(), default=0)
    if most < least:
        return None
    tied = [classes[iri] for iri in sorted(counts) if counts[iri] == most]
    wider = {iri for concept in tied for above in with_broader(concept.iri, find_concept) for iri in above.broader}
    return next((concept for concept in tied if concept.iri not in wider), None)


def with_broader(iri: str, find_concept: Callable[[str], Concept | None]) -> Iterator[Concept]:
    """Give a concept and all that are broader, where they are known."""
    concept = find_concept(iri)
    if concept is not None:
        yield concept
        for broader in concept.broader:
            yield from with_broader(broader, find_concept)
