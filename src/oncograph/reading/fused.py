"""The protein of a fused gene, where the words beside its name say that it is meant: "EML4-ALK is a kinase that …"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from oncograph.model import Concept
from oncograph.reading.lexicon import Found

FUSION = "Fusion"
GENE_WORD = re.compile(r"(?:fusion|rearrangement|(?:onco)?gene|transcript|translocation)s?$|\)$", re.IGNORECASE)
"""What ends a name that can only be the fused gene's."""


@dataclass(frozen=True, slots=True)
class FusedProteins:
    """How texts tell the protein that a fused gene makes from the gene.

    Attributes:
        noun: After the name, the noun for a protein: "EML4-ALK oncoprotein".
        told: After the name, that it is a protein, or what only a protein does: "is an active kinase", "binds".
        before: Before the name, the noun for a protein: "the chimeric protein".
    """

    noun: re.Pattern[str]
    told: re.Pattern[str]
    before: re.Pattern[str]

    @classmethod
    def of(cls, cues: Mapping[str, Iterable[Sequence[str]]]) -> FusedProteins:
        """Prepare the expressions from the cues `protein-noun` and `protein-acts`."""
        nouns, acts = (_any_of(cues[cue]) for cue in ("protein-noun", "protein-acts"))
        kind = rf"(?:[\w-]+[ -]){{0,5}}?(?:{nouns})\b"
        return cls(
            re.compile(rf"[ -](?:{nouns})s?\b(?! (?:inhibitors?|domains?|mutations?))", re.IGNORECASE),
            re.compile(
                rf" (?:(?:is|was|acts as|functions as|works as) (?:an?|the) {kind}|(?:\w+ly )?(?:{acts})\b)"
                rf"|, (?:an?|the) {kind}",
                re.IGNORECASE,
            ),
            re.compile(rf"\b(?:{nouns}),? (?:called |named |known as )?\Z", re.IGNORECASE),
        )


def settle_fused(
    text: str, found: Sequence[Found], fused: FusedProteins, protein_of: Callable[[Concept], Concept]
) -> Iterator[Found]:
    """Give the names again, the bare ones of fused genes as their proteins where the text tells that.

    Args:
        protein_of: Gives the protein that a fused gene makes.
    """
    for name in found:
        fusion = name.concepts[0]
        if fusion.class_name != FUSION or GENE_WORD.search(text, name.start, name.end):
            yield name
            continue
        noun = fused.noun.match(text, name.end)
        if noun is None and not fused.told.match(text, name.end) and not fused.before.search(text, 0, name.start):
            yield name
            continue
        yield Found(name.start, name.end if noun is None else noun.end(), (protein_of(fusion),))


def _any_of(phrases: Iterable[Sequence[str]]) -> str:
    return "|".join(sorted((re.escape(" ".join(words)) for words in phrases), key=lambda one: (-len(one), one)))
