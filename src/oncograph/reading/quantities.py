"""Numbers in a text: shares, rates, counts and dates, with what they say."""

from __future__ import annotations

import re
from bisect import bisect_left

from oncograph.model import Value
from oncograph.reading.shape import Shape

QUANTITY, COUNT, DATE = "Q", "C", "D"
ABOUT_WORDS = (
    "an estimated|approximately|about|around|roughly|nearly|almost|perhaps|some|up to|at least|at most|more than"
    "|less than|over|under|fewer than|as many as|only|just over|just under|a little over|close to"
)
ABOUT = re.compile(rf"(?:\b(?:{ABOUT_WORDS})\s+|[≥≤><~]\s*)+$", re.IGNORECASE)
ABOUT_LENGTH = 32
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
WORD_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten)"
FRACTION = r"(?:(?:one|a|two|three)[\s-](?:half|third|quarter|fifth|tenth)s?|half)"
SHARE = re.compile(
    rf"\b(?P<low>{NUMBER})\s*(?P<unit>%|percent|per\s+cent)?\s*(?:(?:to|and|or|-|–|—)\s*(?P<high>{NUMBER}))?\s*(?(unit)(?:%|percent|per\s+cent)?|(?:%|percent|per\s+cent))"
    rf"|\b(?P<one>{NUMBER}|{WORD_NUMBER})\s+(?:in(?:\s+every)?|out\s+of(?:\s+every)?|per)\s+(?P<many>{NUMBER}|{WORD_NUMBER})(?![-–/]|\s*(?:weeks|days|years|months))"
    rf"|\b(?P<fraction>{FRACTION})(?=\s+(?:of|all)\b)"
    rf"|\b(?P<count>{NUMBER})\s+(?P<counted>(?:new\s+)?(?:cases|people|individuals|births|newborns|men|women|children|Americans))",
    re.IGNORECASE,
)
MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
YEAR = re.compile(
    rf"(?:{MONTH}\s+(?:\d{{1,2}},\s+)?)?\b(?P<year>(?:19|20)\d\d)\b(?!s)|(?:\b(?:early|mid|late)[\s-]+)?(?P<decade>(?:19|20)\d0)s\b"
)
COMPARATORS = (
    (">=", ("at least", "≥", "or more", "or higher", "or greater")),
    (">", ("more than", "over", ">", "just over")),
    ("<=", ("up to", "at most", "≤", "as many as", "or less")),
    ("<", ("less than", "fewer than", "under", "<")),
    (
        "~",
        (
            "approximately",
            "about",
            "around",
            "roughly",
            "nearly",
            "almost",
            "estimated",
            "perhaps",
            "some",
            "close to",
            "~",
        ),
    ),
)


def mark_quantities(shape: Shape) -> None:
    """Replace each share or rate by one `Q`, each count by one `C`, each date by one `D`, in place.

    Worth asking only of a shape with a number or a fraction word in it.
    """
    start, end = shape.starts[0], shape.ends[-1]
    spans = [
        (_widen(shape.text, start, match.start()), match.end(), COUNT if match["count"] else QUANTITY)
        for match in SHARE.finditer(shape.text, start, end)
    ]
    spans += [
        (match.start(), match.end(), DATE)
        for match in YEAR.finditer(shape.text, start, end)
        if not any(first < match.end() and match.start() < last for first, last, _ in spans)
    ]
    for first, last, code in sorted(spans, reverse=True):
        low, high = bisect_left(shape.starts, first), bisect_left(shape.starts, last)
        if low < high and not any(shape.phrases[low:high]):
            shape.starts[low:high] = [shape.starts[low]]
            shape.ends[low:high] = [shape.ends[high - 1]]
            shape.phrases[low:high] = [None]
            shape.codes = shape.codes[:low] + code + shape.codes[high:]


def _widen(text: str, start: int, at: int) -> int:
    """Take in the words before a number that say how exact it is: "approximately", "up to"."""
    window = max(start, at - ABOUT_LENGTH)
    about = ABOUT.search(text[window:at])
    return window + about.start() if about else at


def parse_share(text: str) -> Value | None:
    """Parse a share, a rate or a count.

    >>> value = parse_share("approximately 15 to 20 percent of breast cancers")
    >>> value.minimum, value.maximum, value.comparator, value.unit
    ('15', '20', '~', '%')
    >>> parse_share("nearly 1 in 20,000 people").unit
    '1 in 20000'
    """
    match = SHARE.search(text)
    if match is None:
        return None
    lowered = text.lower()
    comparator = next((sign for sign, words in COMPARATORS if any(word in lowered for word in words)), "=")
    if match["low"]:
        low = match["low"].replace(",", "")
        return Value(low, (match["high"] or low).replace(",", ""), comparator, "%")
    if match["one"]:
        one, many = match["one"].replace(",", ""), match["many"].replace(",", "")
        return Value(one, one, comparator, f"{one} in {many}")
    if match["count"]:
        count = match["count"].replace(",", "")
        return Value(count, count, comparator, match["counted"].lower())
    return Value(comparator=comparator, unit=match["fraction"].lower())


def parse_date(text: str) -> Value | None:
    """Parse the year of a date, the first one of a decade.

    >>> parse_date("late 1990s").year, parse_date("December 2014").year
    ('1990', '2014')
    """
    match = YEAR.search(text)
    return Value(year=match["year"] or match["decade"]) if match else None
