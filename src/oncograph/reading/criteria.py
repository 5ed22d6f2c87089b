"""From what value a marker counts: "3+ on IHC", "a ratio of at least 2.0", "1 percent or more of the cells"."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from oncograph.model import Value
from oncograph.reading.patterns import Codebook
from oncograph.reading.shape import Shape

CRITERION = "K"
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
MORE = r"(?:at least|more than|greater than|higher than|above|over|exceeding|≥|>)"
LESS = r"(?:less than|fewer than|lower than|below|under|no more than|up to|at most|≤|<)"
COMPARED = rf"(?:{MORE}|{LESS})\s*"
OR_MORE = r"or (?:more|higher|greater|above|less|lower|fewer|below)"
UNIT = (
    r"(?:\s?%|\s(?:percent|per cent)\b|\s(?:mutations?|mut)(?:\s?/\s?|\sper\s)(?:megabase|Mb)\b"
    r"|\s(?:[mnμ]?g|m?U|IU|ng)/(?:d|m)?L\b|\snanograms per milliliter\b"
    r"|\s(?:gene )?copies(?:\sper\s(?:cell|nucleus))?\b)"
)
CELLS = r"(?:\sof\s(?:the\s|all\s)?(?:tumou?r\s|cancer\s|invasive\s)?(?:cell nuclei|cells|nuclei))"
MEASURE = (
    r"(?:(?:[A-Z]\w+/[A-Z]\w+\s)?(?:ratio|score|level|TPS|CPS|index|proportion|copy number|staining)"
    r"(?:\s(?:of|is|=))?\s)"
)
STAIN = r"(?:IHC|immunohistochemistry)"
GRADE = rf"(?:{STAIN}\s(?:score\s)?(?:of\s)?)?\b(?:[0-3]\+?\s(?:or|to|and)\s)?[0-3]\+(?:\s(?:on|by|in)\s{STAIN})?"
BEARERS = (
    r"(?!\s+of\s+(?:all\s+|the\s+)?(?:[\w-]+\s+){0,2}"
    r"(?:cancers?|tumou?rs?|patients|cases|people|women|men|adults|lymphomas|leukemias)\b)"
)
EXPRESSION = re.compile(
    rf"(?P<grade>{GRADE})"
    rf"|(?P<measured>{MEASURE}{COMPARED}{NUMBER}{UNIT}?{CELLS}?)"
    rf"|(?P<alternative>{MEASURE}?{NUMBER}{UNIT}?\s{OR_MORE}{UNIT}?{CELLS}?){BEARERS}"
    rf"|(?P<compared>{COMPARED}{NUMBER}{UNIT}{CELLS}?){BEARERS}"
    rf"|(?P<range>{NUMBER}(?:\sto\s|\s?[-–]\s?){NUMBER}{UNIT})(?=\srange\b)",
)
COMPARATORS = (
    (">=", ("at least", "≥", "or more", "or higher", "or greater", "or above")),
    (">", ("more than", "greater than", "higher than", "above", "over", "exceeding", ">")),
    ("<=", ("no more than", "up to", "at most", "≤", "or less", "or lower", "or fewer", "or below")),
    ("<", ("less than", "fewer than", "lower than", "below", "under", "<")),
)
UNITS = (("%", ("%", "percent", "per cent")), ("mutations per megabase", ("megabase", "/Mb")), ("ratio", ("ratio",)))


@dataclass(frozen=True, slots=True)
class Criteria:
    """What tells that a sentence says from what value a marker counts.

    Attributes:
        markers: Codes of the names of markers.
        words: Codes of the words that say what a value makes of a tumor.
    """

    markers: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, book: Codebook) -> Criteria:
        """Gather the codes from a codebook."""
        return cls(
            frozenset(book.classes(["Biomarker"])), frozenset(book.set_of("counts-as") + book.set_of("at-value"))
        )

    def may_stand_in(self, codes: str) -> bool:
        """Tell whether a sentence may hold a criterion: it names a marker, and says what a value means."""
        return not self.markers.isdisjoint(codes) and not self.words.isdisjoint(codes)


def mark_criteria(shape: Shape) -> None:
    """Replace each value that a marker is measured against by one `K`, in place, with any names within it."""
    for match in reversed(list(EXPRESSION.finditer(shape.text, shape.starts[0], shape.ends[-1]))):
        low, high = bisect_left(shape.starts, match.start()), bisect_left(shape.starts, match.end())
        if low < high and shape.starts[low] == match.start() and shape.ends[high - 1] == match.end():
            shape.starts[low:high] = [match.start()]
            shape.ends[low:high] = [match.end()]
            shape.phrases[low:high] = [None]
            shape.codes = shape.codes[:low] + CRITERION + shape.codes[high:]


def parse_criterion(text: str) -> Value | None:
    """Parse the numbers of a criterion.

    >>> value = parse_criterion("HER2/CEP17 ratio of at least 2.0")
    >>> value.minimum, value.maximum, value.comparator, value.unit
    ('2.0', '', '>=', 'ratio')
    >>> parse_criterion("3+ on IHC").unit
    'score'
    """
    match = EXPRESSION.search(text)
    if match is None:
        return None
    numbers = [number.replace(",", "") for number in re.findall(rf"(?<![\w/]){NUMBER}", match[0])]
    lowered = match[0].lower()
    comparator = next((sign for sign, words in COMPARATORS if any(word in lowered for word in words)), "=")
    unit = next((unit for unit, words in UNITS if any(word in match[0] for word in words)), "")
    if match["grade"]:
        unit = "score"
    if not numbers:
        return None
    minimum = "" if comparator.startswith("<") else numbers[0]
    maximum = "" if comparator.startswith(">") else numbers[-1]
    return Value(minimum, maximum, comparator, unit)
