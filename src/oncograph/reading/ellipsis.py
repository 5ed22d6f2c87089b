"""Clauses that leave their verb out: "X blocks EGFR, whereas Y does not", "X raises the risk, and so does Y"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from oncograph.model import Claim, Concept, Mention, Polarity
from oncograph.reading.patterns import Codebook
from oncograph.reading.shape import Shape, is_class

NOT_CONTRASTED = frozenset({"isA", "hasSynonym", "hasAlteration"})
"""Relations that a name states by itself, whatever is contrasted with it."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """What a sentence speaks of, and what it says the opposite of beside it: "X, but not Y"."""

    kept: tuple[Mention, ...]
    others: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Ellipsis:
    """The expressions of such clauses.

    Attributes:
        denied: A clause that only denies what the one before said, of something else.
        shared: A clause that only says the same of something else.
        excepted: What the same is denied of, at the end: "responds to X but not to Y".
        contrasted: What the same is denied of, beside what it is said of: "X, but not Y, responds".
        negated_as: By rule, the predicate that its denial affirms.
    """

    denied: re.Pattern[str]
    shared: re.Pattern[str]
    excepted: re.Pattern[str]
    contrasted: re.Pattern[str]
    negated_as: Mapping[str, str]

    @classmethod
    def of(cls, book: Codebook, negated_as: Mapping[str, str]) -> Ellipsis:
        """Prepare the expressions for one codebook."""
        entities = book.entity_codes
        fillers, helps = book.set_of("filler"), book.set_of("auxiliary") + book.set_of("finite")
        opening = f",?[{book.set_of('clause-end')}{book.set_of('conjunction')}]"
        ending = r"[.;]?\Z"
        return cls(
            re.compile(f"{opening}[{fillers}]{{0,2}}(?P<other>[{entities}])[{helps}]{book.code('not')}{ending}"),
            re.compile(
                f",?(?:[{book.set_of('conjunction')}]{book.code('so')}|{book.code('as')})[{helps}][^,;]{{0,3}}?"
                f"(?P<other>[{entities}]){ending}"
            ),
            re.compile(
                f",?{book.code('but')}{book.code('not')}[{book.set_of('preposition')}]?[{fillers}]{{0,2}}"
                f"(?P<other>[{entities}])(?:[,.;]|\\Z)"
            ),
            re.compile(
                f"(?<=[{entities}]),?[{book.code('but')}{book.code('and')}]{book.code('not')}[{fillers}]{{0,2}}"
                f"(?P<other>[{entities}])(?:,|(?=[{helps}]))(?!{ending})"
            ),
            negated_as,
        )

    def complete(
        self,
        shape: Shape,
        claims: Sequence[Claim],
        concept: Callable[[str], Concept],
        fits: Callable[[str, str, str], bool],
    ) -> Iterator[Claim]:
        """Give the claims that such a clause at the end of a sentence makes, from those of the clause before.

        Args:
            fits: Tells whether a class fits a predicate's role.
        """
        if not claims:
            return
        excepted = self.excepted.search(shape.codes)
        denied = excepted or self.denied.search(shape.codes)
        match = denied or self.shared.search(shape.codes)
        if match is None:
            return
        phrase = shape.phrases[match.start("other")]
        if phrase is None or is_class(phrase.concept):
            return
        before = shape.starts[match.start()]
        for claim in claims:
            for mention in phrase.mentions:
                changed = _put(claim, mention, before, concept(mention.concept), fits, last=excepted is not None)
                if changed is not None:
                    yield self._deny(changed) if denied else changed

    def take_contrasts(self, shape: Shape) -> list[Contrast]:
        """Take what is only contrasted out of a sentence, so that "X, but not Y, blocks Z" reads "X blocks Z"."""
        taken = []
        for match in reversed(list(self.contrasted.finditer(shape.codes))):
            kept, other = shape.phrases[match.start() - 1], shape.phrases[match.start("other")]
            if kept is not None and other is not None and not is_class(kept.concept) and not is_class(other.concept):
                taken.append(Contrast(kept.mentions, other.mentions))
                shape.drop(*match.span())
        return taken

    def deny_contrasts(
        self,
        contrasts: Sequence[Contrast],
        claims: Sequence[Claim],
        concept: Callable[[str], Concept],
        fits: Callable[[str, str, str], bool],
    ) -> Iterator[Claim]:
        """Give the claims of a sentence denied of what it contrasts; see `complete` for the arguments."""
        for contrast in contrasts:
            for claim in claims:
                for role, named in (("subject", claim.subject_mention), ("object", claim.object_mention)):
                    if named in contrast.kept and claim.predicate not in NOT_CONTRASTED:
                        yield from (
                            self._deny(_put_in_role(claim, role, mention))
                            for mention in contrast.others
                            if fits(claim.predicate, role, concept(mention.concept).class_name)
                        )

    def _deny(self, claim: Claim) -> Claim:
        other = self.negated_as.get(claim.rule, "")
        if other and claim.polarity is Polarity.AFFIRMED:
            return claim._replace(predicate=other)
        negated = claim.polarity is Polarity.NEGATED
        return claim._replace(polarity=Polarity.AFFIRMED if negated else Polarity.NEGATED)


def _put(
    claim: Claim,
    mention: Mention,
    before: int,
    concept: Concept,
    fits: Callable[[str, str, str], bool],
    *,
    last: bool,
) -> Claim | None:
    """Put another thing in the place of what a claim names first (last), where it fits there."""
    named = [m for m in (claim.subject_mention, claim.object_mention) if m is not None]
    if any(m.start >= before for m in named) or len(named) < 2 or claim.predicate in {"isA", "hasSynonym"}:
        return None
    replaced = max(named, key=lambda m: m.start) if last else min(named, key=lambda m: m.start)
    role = "subject" if replaced is claim.subject_mention else "object"
    if mention.concept in {claim.subject, claim.object} or not fits(claim.predicate, role, concept.class_name):
        return None
    return _put_in_role(claim, role, mention)


def _put_in_role(claim: Claim, role: str, mention: Mention) -> Claim:
    if role == "subject":
        return claim._replace(subject=mention.concept, subject_mention=mention, qualifiers=())
    return claim._replace(object=mention.concept, object_mention=mention, qualifiers=())
