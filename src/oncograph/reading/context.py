"""What a sentence does to the claims in it: denies them, holds them possible, asks, supposes or advises.

After W. W. Chapman et al., A simple algorithm for identifying negated findings and diseases in discharge summaries,
J Biomed Inform 34:301-310 (2001), with cues bounded by clauses instead of a window of words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from oncograph.model import Certainty, Polarity
from oncograph.reading.patterns import Codebook


@dataclass(frozen=True, slots=True)
class Cues:
    """The expressions of the words that change what a sentence claims."""

    negation: re.Pattern[str]
    hedge: re.Pattern[str]
    assertion: re.Pattern[str]
    clause_end: re.Pattern[str]
    condition: re.Pattern[str]
    advice: re.Pattern[str]

    @classmethod
    def of(cls, book: Codebook) -> Cues:
        """Gather the expressions from the cues of a codebook."""
        return cls(
            _expression(book, "negation"),
            _expression(book, "hedge"),
            _expression(book, "pseudo-negation"),
            re.compile(f"[;{book.set_of('clause-end')}]"),
            _expression(book, "condition"),
            re.compile(rf"\A[w,]{{0,2}}(?:{_options(book, 'advice')})"),
        )


def _options(book: Codebook, cue: str) -> str:
    phrases = sorted({book.phrase(" ".join(words)) for words in book.cues[cue]}, key=lambda code: (-len(code), code))
    return "|".join(re.escape(phrase) for phrase in phrases)


def _expression(book: Codebook, cue: str) -> re.Pattern[str]:
    return re.compile(_options(book, cue))


@dataclass(frozen=True, slots=True)
class Context:
    """The cues that one sentence holds, as spans of places in its shape."""

    negations: tuple[tuple[int, int], ...]
    hedges: tuple[tuple[int, int], ...]
    clause_ends: tuple[int, ...]
    conditions: tuple[int, ...]

    @classmethod
    def of(cls, codes: str, cues: Cues) -> Context:
        """Find the cues of a sentence."""
        spared = [match.span() for match in cues.assertion.finditer(codes)]
        negations = tuple(
            match.span()
            for match in cues.negation.finditer(codes)
            if not any(start <= match.start() < end for start, end in spared)
        )
        return cls(
            negations,
            tuple(match.span() for match in cues.hedge.finditer(codes)),
            tuple(match.start() for match in cues.clause_end.finditer(codes)),
            tuple(match.start() for match in cues.condition.finditer(codes)),
        )

    def clause_start(self, at: int) -> int:
        """Find where the clause that holds a place begins."""
        return max((end + 1 for end in self.clause_ends if end < at), default=0)

    def judge(self, start: int, trigger: tuple[int, int], end: int) -> tuple[Polarity, Certainty, tuple[tuple[int, int], ...]]:
        """Judge a match that spans some places: its polarity, its certainty, and the cues that decided.

        A negation counts between the first and the last word of the match, and just before it ("no drug blocks"); a
        hedge counts anywhere in the clause before the match ends.
        """
        clause = self.clause_start(trigger[0])
        negating = tuple(
            span for span in self.negations if max(clause, start - 2) <= span[0] < end and not trigger[0] <= span[0] < trigger[1]
        )
        hedging = tuple(span for span in self.hedges if min(clause, start) <= span[0] < trigger[1] or start <= span[0] < trigger[1])
        polarity = Polarity.NEGATED if len(negating) % 2 else Polarity.AFFIRMED
        certainty = Certainty.POSSIBLE if hedging else Certainty.STATED
        return polarity, certainty, negating + hedging

    def is_supposed(self, at: int) -> bool:
        """Tell whether a place stands in a condition ("if a test were to show …")."""
        clause = self.clause_start(at)
        return any(clause - 1 <= condition < at for condition in self.conditions)
