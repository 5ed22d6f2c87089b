"""What a sentence does to the claims in it: denies them, holds them possible, asks, supposes or advises.

After W. W. Chapman et al., A simple algorithm for identifying negated findings and diseases in discharge summaries,
J Biomed Inform 34:301-310 (2001), with cues bounded by clauses instead of a window of words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from oncograph.model import Certainty, Polarity
from oncograph.reading.patterns import RESUMED, Codebook

PAIR = 2
"""Words of a denial from which on it counts where it ends: "has not been shown to"."""
ABSENCE_REACH = 3
SAYING_REACH = 10
"""Words between a denial and what it denies: "no large randomized study has yet shown that"."""
PROOF_REACH = 8
"""Words between proof and what it is of: "no evidence in the medical literature that"."""
SOME_REACH = 2


@dataclass(frozen=True, slots=True)
class Cues:
    """The expressions of the words that change what a sentence claims.

    Attributes:
        starts: Codes without one of which a sentence has none of them.
    """

    starts: frozenset[str]
    negation: re.Pattern[str]
    absence: re.Pattern[str]
    hedge: re.Pattern[str]
    assertion: re.Pattern[str]
    denied_saying: re.Pattern[str]
    clause_end: re.Pattern[str]
    condition: re.Pattern[str]
    advice: re.Pattern[str]
    consequence: re.Pattern[str]
    list_heading: re.Pattern[str]
    joint: re.Pattern[str]
    anew: re.Pattern[str]
    some: frozenset[str]
    degree: frozenset[str]
    signs: re.Pattern[str]

    @classmethod
    def of(cls, book: Codebook) -> Cues:
        """Gather the expressions from the cues of a codebook."""
        bounding = ";," + book.set_of("clause-end") + book.code(RESUMED)
        phrases = "|".join(book.any_of(cue) for cue in ("negation", "absence", "hedge", "condition")).split("|")
        return cls(
            frozenset(phrase.replace("\\", "")[0] for phrase in (*bounding, *phrases)),
            re.compile(book.any_of("negation")),
            re.compile(book.any_of("absence")),
            re.compile(book.any_of("hedge")),
            re.compile(book.any_of("pseudo-negation")),
            _expect_denied_saying(book),
            re.compile(f"[;{book.set_of('clause-end')}{book.code(RESUMED)}]"),
            re.compile(book.any_of("condition")),
            re.compile(rf"\A(?!.*(?:{book.any_of('advice-on-signs')}))[w,]{{0,2}}(?:{book.any_of('advice')})"),
            re.compile(f",(?={book.any_of('consequence')}|[{book.set_of('relative')}])"),
            re.compile(_spell_out(book, "list-heading")),
            re.compile(f",[{book.set_of('conjunction')}]"),
            re.compile(f"[{book.set_of('conjunction')}](?=[{book.set_of('adverb')}]?[{book.set_of('finite')}])"),
            frozenset(book.set_of("some").replace("\\", "")),
            frozenset(book.set_of("comparing").replace("\\", "")),
            re.compile(f"(?:{book.any_of('signs')})[^.;]*?(?:{book.any_of('include')})"),
        )


def _expect_denied_saying(book: Codebook) -> re.Pattern[str]:
    """Write what denies a whole clause by denying that it is said, shown or so: "no study has shown that …"."""
    denial = f"(?P<denial>{book.any_of('negation')}|{book.any_of('absence')})"
    saying = f"(?:{book.any_of('saying')})[{book.set_of('adverb')}]?"
    proof = f"(?:{book.any_of('proof')})[^;.]{{0,{PROOF_REACH}}}?"
    return re.compile(f"{denial}[^;.]{{0,{SAYING_REACH}}}?(?:{saying}|{proof}){book.code('that')}")


def _spell_out(book: Codebook, cue: str) -> str:
    """Write the words of a cue as alternatives, also those that are nouns for a class."""
    codes = {code for words in book.cues[cue] for code in book.spellings(" ".join(words))}
    return "|".join(re.escape(code) for code in sorted(codes, key=lambda code: (-len(code), code)))


@dataclass(slots=True)
class Judgement:
    """What the context makes of a match, and the places of the cues that decided."""

    polarity: Polarity
    certainty: Certainty
    cues: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Context:
    """The cues that one sentence holds, as spans of places in its shape."""

    negations: tuple[tuple[int, int], ...]
    absences: tuple[tuple[int, int], ...]
    hedges: tuple[tuple[int, int], ...]
    clause_ends: tuple[int, ...]
    conditions: tuple[int, ...]
    consequences: tuple[int, ...] = ()
    joints: tuple[int, ...] = ()
    anew: tuple[int, ...] = ()
    some: tuple[int, ...] = ()
    commas: tuple[int, ...] = ()
    denied: tuple[tuple[tuple[int, int], int], ...] = ()

    @classmethod
    def of(cls, codes: str, cues: Cues) -> Context:
        """Find the cues of a sentence."""
        present = set(codes)
        if cues.starts.isdisjoint(present):
            return cls((), (), (), (), ())
        negations = [match.span() for match in cues.negation.finditer(codes)]
        absences = [match.span() for match in cues.absence.finditer(codes)]
        has_denial = bool(negations or absences)
        if has_denial:
            spared = [match.span() for match in cues.assertion.finditer(codes)]
            negations = [span for span in negations if not _is_within(span, spared)]
            absences = [
                span
                for span in absences
                if not _is_within(span, spared) and (span[0] or "," not in codes[: span[1] + ABSENCE_REACH + 1])
            ]
        hedges = [
            match.span() for match in cues.hedge.finditer(codes) if codes[: match.start()][-1:] not in cues.degree
        ]
        has_comma = "," in present
        return cls(
            tuple(negations),
            tuple(absences),
            tuple(hedges),
            _find_starts(cues.clause_end, codes),
            _find_starts(cues.condition, codes),
            _find_starts(cues.consequence, codes) if has_comma else (),
            _find_starts(cues.joint, codes) if has_comma and hedges else (),
            _find_starts(cues.anew, codes) if hedges else (),
            () if cues.some.isdisjoint(present) else tuple([at for at, code in enumerate(codes) if code in cues.some]),
            tuple([at for at, code in enumerate(codes) if code == ","]) if has_comma and absences else (),
            tuple([(m.span("denial"), m.end()) for m in cues.denied_saying.finditer(codes)]) if has_denial else (),
        )

    @property
    def changes_nothing(self) -> bool:
        """Whether the sentence has no word that denies or hedges."""
        return not (self.negations or self.absences or self.hedges or self.denied)

    def clause_start(self, at: int) -> int:
        """Find where the clause that holds a place begins."""
        start = 0
        for end in self.clause_ends:
            if end >= at:
                break
            start = end + 1
        return start

    def _absence_end(self, at: int) -> int:
        """Tell how far an absence reaches: what stands behind a comma may be there."""
        return next((comma for comma in self.commas if at < comma <= at + ABSENCE_REACH), at + ABSENCE_REACH)

    def judge(self, places: Sequence[tuple[int, int]], trigger: tuple[int, int]) -> Judgement:
        """Judge a match whose slots and trigger stand at some places.

        "Not" counts between the first and the last of them; "no" and "without" only just before one of them; both count
        before the whole clause where they deny that it is said or shown ("no study has shown that …"); a hedge
        counts anywhere in the clause before the last, but not in the trigger: "more likely" is no "likely". Nor
        does it reach what stands whole after a comma and "and", or has a verb of its own: "can be slowed but is
        not cured".
        """
        start, end = min(place[0] for place in places), max(place[1] for place in places)
        clause = self.clause_start(trigger[0])
        denied_from = max((place for place in self.consequences if place < trigger[0]), default=clause)
        negating = [
            span
            for span in self.negations
            if max(clause, denied_from, start - 2) <= (span[1] - 1 if span[1] - span[0] > PAIR else span[0]) < end
            and not trigger[0] <= span[0] < trigger[1]
        ]
        negating += [
            span
            for span in self.absences
            if not trigger[0] <= span[0] < trigger[1]
            and any(span[1] <= place[0] <= self._absence_end(span[1]) for place in places)
            and not any(start <= span[0] < end for start, end in negating)
        ]
        denied = [(span, said) for span, said in self.denied if said <= min(start, trigger[0])]
        denied = [
            (span, said) for span, said in denied if not any(said <= end < trigger[0] for end in self.clause_ends)
        ]
        negating += [span for span, _ in denied if not any(one[0] < span[1] and span[0] < one[1] for one in negating)]
        hedging = [
            span
            for span in self.hedges
            if min(clause, start) <= span[0] < end
            and not trigger[0] <= span[0] < trigger[1]
            and not any(span[1] <= joint < start for joint in self.joints)
            and not any(span[1] <= anew < trigger[0] for anew in self.anew)
            and not any(denial[0] <= span[0] < said for denial, said in denied)
        ]
        return Judgement(
            Polarity.NEGATED if len(negating) % 2 else Polarity.AFFIRMED,
            Certainty.POSSIBLE if hedging else Certainty.STATED,
            tuple(sorted(negating + hedging)),
        )

    def is_denied_of_some(self, judgement: Judgement, at: int) -> bool:
        """Tell whether a denial holds of some things only: "a few families do not have the mutation"."""
        clause = self.clause_start(at)
        return judgement.polarity is Polarity.NEGATED and any(
            clause <= some <= clause + SOME_REACH for some in self.some
        )

    def is_supposed(self, at: int) -> bool:
        """Tell whether a place stands in a condition ("if a test were to show …")."""
        if not self.conditions:
            return False
        clause = self.clause_start(at)
        return any(clause - 1 <= condition < at for condition in self.conditions)


def _find_starts(expression: re.Pattern[str], codes: str) -> tuple[int, ...]:
    return tuple([match.start() for match in expression.finditer(codes)])


def _is_within(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(start <= span[0] < end for start, end in others)
