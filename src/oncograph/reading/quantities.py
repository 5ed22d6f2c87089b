"""Numbers in a text: shares, rates, counts and dates, with what they say."""

from __future__ import annotations

import re
from bisect import bisect_left

from oncograph.model import Value
from oncograph.reading.patterns import OTHER_NAME, OTHER_WORD, Codebook
from oncograph.reading.shape import Shape

QUANTITY, COUNT, DATE = "Q", "C", "D"
SHARE_WORDS = 12
"""How many words after a number may say what it is a share of."""
BEARER_WORDS = 5
"""How far behind "with" the disease stands that the people have."""
COMPARATORS = {
    ">=": ("at least", "no fewer than", "≥"),
    ">": ("more than", "well over", "just over", "slightly over", "a little over", "over", "upward of", ">"),
    "<=": ("up to", "at most", "no more than", "not more than", "as many as", "as much as", "≤"),
    "<": ("less than", "fewer than", "just under", "slightly under", "under", "<"),
    "~": (
        "an estimated", "estimated", "approximately", "about", "around", "roughly", "nearly", "almost", "perhaps",
        "some", "close to", "an average of", "~",
    ),
    "=": ("only", "between", "as few as", "as little as", "from"),
}  # fmt: skip
"""The words before a number that say how exact it is."""
ABOUT_WORDS = sorted((word for words in COMPARATORS.values() for word in words if word[0].isalpha()), key=len)[::-1]
ABOUT = re.compile(rf"(?:\b(?:{'|'.join(ABOUT_WORDS)})\s+|[≥≤><~]\s*)+$", re.IGNORECASE)
ABOUT_LENGTH = 40
AT_LEAST = re.compile(r"\bor (?:more|higher|greater)\b", re.IGNORECASE)

NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?(?:\s+(?:hundred|thousand|million|billion))?"
WORD_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty)"
ANY_NUMBER = rf"(?:{NUMBER}|{WORD_NUMBER})"
TO = r"(?:\s+(?:to|and|or)\s+|\s*[-–—]\s*)"
PERCENT = r"(?:%|\s?percent\b|\s+per\s+cent\b)"
IN = r"\s+(?:in(?:\s+every)?|out\s+of(?:\s+every)?|per|for\s+every)\s+"
PART = r"(?:(?:one|a|two|three|four|nine)[\s-](?:half|third|quarter|fourth|fifth|sixth|tenth)s?|half)"
COUNTED = (
    r"(?:cases|people|persons|individuals|births|newborns|infants|men|women|children|adults|Americans|families"
    r"|diagnoses)\b"
)
FIRST = r"(?:\d|half\b|a\s|[onetfs]\w{2,7}\b)"
"""What a number may begin with: tells at once where there is none."""
SHARE = re.compile(
    rf"\b(?={FIRST})(?:"
    rf"(?P<low>{ANY_NUMBER})(?:{PERCENT})?(?:{TO}(?P<high>{ANY_NUMBER}))?{PERCENT}"
    rf"|(?P<one>{ANY_NUMBER})(?:{TO}{ANY_NUMBER})?{IN}(?P<many>{ANY_NUMBER}|million)"
    rf"(?:{TO}(?:{ANY_NUMBER}{IN})?(?P<most>{NUMBER}))?"
    rf"(?:\s+live\s+births)?(?![-–/\d]|\s*(?:weeks|days|years|months|hours|minutes))"
    rf"|(?P<fraction>{PART}(?:{TO}{PART})?)(?=\s+(?:of|all|the)\b)"
    rf"|(?P<count>{NUMBER}(?:{TO}(?P<counts>{NUMBER}))?)\s+"
    rf"(?P<counted>(?:(?:new|known|reported|affected|live)\s+){{0,2}}{COUNTED})"
    rf"|(?P<tally>\d{{1,3}}(?:,\d{{3}})+)(?=\s+(?:in\s+the|each\s+year|a\s+year|per\s+year|every\s+year|annually))"
    rf")",
    re.IGNORECASE,
)
TALLY = re.compile(rf"\d\s+(?:\w+\s+){{0,3}}{COUNTED}|\d,\d{{3}}\s+(?:in the|each|a|per|every)\b")
"""A count of cases or people, told at a glance."""
MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
YEAR = re.compile(
    rf"(?:{MONTH}\s+(?:\d{{1,2}},\s+)?)?\b(?P<year>(?:19|20)\d\d)\b(?!s)|(?:\b(?:early|mid|late)[\s-]+)?(?P<decade>(?:19|20)\d0)s\b"
)


def mark_quantities(shape: Shape) -> None:
    """Replace each share or rate by one `Q`, each count by one `C`, each date by one `D`, in place.

    Worth asking only of a shape with a number or a fraction word in it.
    """
    start, end = shape.starts[0], shape.ends[-1]
    spans = [
        (
            _widen(shape.text, start, match.start()),
            match.end(),
            COUNT if match["count"] or match["tally"] else QUANTITY,
        )
        for match in SHARE.finditer(shape.text, start, end)
    ]
    spans += [
        (match.start(), match.end(), DATE)
        for match in YEAR.finditer(shape.text, start, end)
        if not any(first < match.end() and match.start() < last for first, last, _ in spans)
    ]
    for first, last, code in sorted(spans, reverse=True):
        low, high = bisect_left(shape.starts, first), bisect_left(shape.starts, last)
        if low < high and not any(shape.phrases[low : high - 1]):
            shape.starts[low:high] = [shape.starts[low]]
            shape.ends[low:high] = [shape.ends[high - 1]]
            shape.phrases[low:high] = [None]
            shape.codes = shape.codes[:low] + code + shape.codes[high:]


def _widen(text: str, start: int, at: int) -> int:
    """Take in the words before a number that say how exact it is: "approximately", "up to"."""
    window = max(start, at - ABOUT_LENGTH)
    about = ABOUT.search(text[window:at])
    return window + about.start() if about else at


def extend_quantity(shape: Shape, start: int, end: int, book: Codebook) -> int:
    """Find where what a number is a share of ends: "15 percent of MDS cases", "1 in 40 people of Jewish descent".

    It goes on to the next verb or mark; "with" goes on only to a disease: "30% of adults with lymphoma". After a count
    only a place or a time belongs to it: "12,000 cases each year", but not "12,000 cases of lymphoma".
    """
    stops = set(",;:()—.QCD") | set(book.set_of("share-end"))
    bearing = book.code("with")
    opens = book.set_of("share-of" if shape.codes[start] == QUANTITY else "count-of")
    diseases = set(book.classes(["Disease"]))
    at = end
    while at < len(shape.codes) and at - end < SHARE_WORDS:
        if shape.codes[at] == bearing:
            if diseases.isdisjoint(shape.codes[at : at + BEARER_WORDS]):
                break
        elif shape.codes[at] in stops and not _joins_places(shape.codes, at, book):
            break
        is_quality = shape.codes[at] == OTHER_WORD and shape.codes[at + 1 : at + 2] in opens
        if at == end and shape.codes[at] not in opens and shape.phrases[at] is None and not is_quality:
            break
        at += 1
    return at


def _joins_places(codes: str, at: int, book: Codebook) -> bool:
    """Tell whether a word joins two names that no rule knows, as of places: "in the United States and Europe"."""
    return codes[at] == book.code("and") and codes[at - 1] == codes[at + 1 : at + 2] == OTHER_NAME


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
    comparator = _find_comparator(text[: match.start()], text[match.end() :])
    if match["low"]:
        return Value(_plain(match["low"]), _plain(match["high"] or match["low"]), comparator, "%")
    if match["one"]:
        one, many = _plain(match["one"]), _plain(match["many"])
        rate = f"{one} in {many}"
        return Value(one, one, comparator, f"{rate} to {one} in {_plain(match['most'])}" if match["most"] else rate)
    if match["fraction"]:
        return Value(comparator=comparator, unit=match["fraction"].lower())
    first, *others = re.split(TO, match["count"] or match["tally"])
    unit = " ".join((match["counted"] or "people").lower().split())
    return Value(_plain(first), _plain(others[0] if others else first), comparator, unit)


def _plain(number: str) -> str:
    return " ".join(number.replace(",", "").lower().split())


def _find_comparator(before: str, after: str) -> str:
    """Read how exact a number is from the words before it, the longest first, and from "or more" behind it."""
    if AT_LEAST.match(after.strip()):
        return ">="
    about = ABOUT.search(f"{before.rstrip()} ")
    if about is None:
        return "="
    said = about[0].lower()
    found = [(len(word), sign) for sign, words in COMPARATORS.items() for word in words if word in said and sign != "="]
    return max(found)[1] if found else "="


def parse_date(text: str) -> Value | None:
    """Parse the year of a date, the first one of a decade.

    >>> parse_date("late 1990s").year, parse_date("December 2014").year
    ('1990', '2014')
    """
    match = YEAR.search(text)
    return Value(year=match["year"] or match["decade"]) if match else None
