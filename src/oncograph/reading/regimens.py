"""Treatments given together read as one: "bevacizumab plus paclitaxel", "surgery followed by radiation therapy"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, product

from oncograph.model import Mention, Rule
from oncograph.reading.names import Statement
from oncograph.reading.patterns import Codebook
from oncograph.reading.shape import Phrase, Shape, is_class

MEANS = re.compile(r"(?:therapy|therapies|treatment)$", re.IGNORECASE)
"""Ends the name of a way of treating, for which "with" names the means: "targeted therapy with a PARP inhibitor"."""
OPERATION = re.compile(r"(?:surgery|ectomy|resection|plasty|otomy|ectomies)$", re.IGNORECASE)
"""Ends the name of an operation, with which another treatment is given: "surgery with chemotherapy"."""
TREATMENTS = ("Drug", "DrugClass", "Procedure")


@dataclass(frozen=True, slots=True)
class Regimens:
    """The expressions of how treatments are put together.

    Attributes:
        between: What joins two treatments; the group that matched tells how.
        whole: A combination of treatments that are already one phrase, before it or after it.
        triggers: Codes without one of which there is nothing to join.
    """

    between: re.Pattern[str]
    whole: re.Pattern[str]
    triggers: frozenset[str]

    @classmethod
    def of(cls, book: Codebook) -> Regimens:
        """Prepare the expressions for one codebook."""
        treatments, fillers = book.classes(TREATMENTS), book.set_of("filler")
        cues = {name: book.any_of(name) for name in ("together", "beside", "sequence", "combination")}
        ways = "|".join(f"(?P<{name}>{cues[name]})" for name in ("together", "beside", "sequence"))
        combination = cues["combination"]
        return cls(
            re.compile(f"(?<=[{treatments}]),?(?:{ways})[{fillers}]{{0,3}}(?=[{treatments}])"),
            re.compile(
                f"(?:{combination})(?:{book.code('of')})?[{fillers}]{{0,2}}(?P<after>[{treatments}])"
                f"|(?P<before>[{treatments}]){book.code('in')}?(?:{combination})"
            ),
            frozenset(phrase.replace("\\", "")[0] for name in cues for phrase in cues[name].split("|")),
        )


def join_regimens(
    shape: Shape, regimens: Regimens, rule: Rule, means: Rule, is_a: Callable[[str, str], bool]
) -> Iterator[Statement]:
    """Replace the treatments that are put together by one phrase, in place; gives which are given with which.

    Args:
        rule: What the statements of what is given together are evidence of.
        means: What the statements of the means of a therapy are evidence of.
        is_a: Tells whether a class is another or below it.
    """
    if regimens.triggers.isdisjoint(shape.codes):
        return
    pairs: list[tuple[Mention, Mention]] = []
    for match in reversed(list(regimens.whole.finditer(shape.codes))):
        phrase = shape.phrases[max(match.start("after"), match.start("before"))]
        if phrase is not None and not phrase.refers:
            pairs += combinations(phrase.mentions, 2)
            if match["after"] and len(phrase.mentions) > 1:
                shape.replace(match.start(), match.end(), match["after"], phrase)
    for match in reversed(list(regimens.between.finditer(shape.codes))):
        left, right = match.start() - 1, match.end()
        first, second = shape.phrases[left], shape.phrases[right]
        if first is None or second is None or is_class(first.concept) or is_class(second.concept):
            continue
        is_means = match["beside"] is not None and MEANS.search(first.mentions[-1].text) is not None
        if match["beside"] and not is_means and not _are_alike(first, second, is_a):
            continue
        if is_means and first.concept.class_name == "DrugClass" and shape.words(left + 1, right).startswith("using"):
            for one, other in product(second.mentions, first.mentions[-1:]):
                yield Statement(means.id, one, means.predicate, other, False, means.confidence)
        if not match["sequence"] and not is_means:
            pairs += product(first.mentions, second.mentions)
        joined = Phrase(first.start, second.end, first.mentions + second.mentions, first.meanings)
        shape.replace(left, right + 1, shape.codes[left], joined)
    for one, other in pairs:
        if one.concept != other.concept:
            yield Statement(rule.id, one, rule.predicate, other, False, rule.confidence)


def _are_alike(first: Phrase, second: Phrase, is_a: Callable[[str, str], bool]) -> bool:
    """Tell whether the first is a drug or an operation, or both are classes of drugs."""
    one, other = first.concept.class_name, second.concept.class_name
    is_operation = OPERATION.search(first.mentions[-1].text) is not None
    return is_a(one, "Drug") or is_operation or one == other == "DrugClass"
