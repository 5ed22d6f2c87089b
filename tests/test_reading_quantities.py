"""Numbers in a text and what they say."""

import pytest

from oncograph.model import Value
from oncograph.reading.quantities import parse_date, parse_share


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("15 to 20 percent", Value("15", "20", "=", "%")),
        ("10–15% of lung adenocarcinomas", Value("10", "15", "=", "%")),
        ("approximately 3.5%", Value("3.5", "3.5", "~", "%")),
        ("at least 50 percent", Value("50", "50", ">=", "%")),
        ("up to 1,200 people", Value("1200", "1200", "<=", "people")),
        ("nearly 1 in 20,000 people", Value("1", "1", "~", "1 in 20000")),
        ("about half of cases", Value(comparator="~", unit="half")),
        ("140,000 new cases", Value("140000", "140000", "=", "new cases")),
        ("perhaps 1 in 400 people overall", Value("1", "1", "~", "1 in 400")),
        ("1 in 300,000 to 1 in 1.25 million people", Value("1", "1", "=", "1 in 300000 to 1 in 1.25 million")),
        ("between 1 in 5,000 and 10,000 newborns", Value("1", "1", "=", "1 in 5000 to 1 in 10000")),
        ("fewer than 1 percent", Value("1", "1", "<", "%")),
        ("no more than five percent", Value("five", "five", "<=", "%")),
        ("one in ten", Value("one", "one", "=", "one in ten")),
        ("two-thirds of melanomas", Value(unit="two-thirds")),
        ("more than 1 million Americans", Value("1 million", "1 million", ">", "americans")),
        ("4 to 5 per million people", Value("4", "4", "=", "4 in million")),
    ],
)
def test_a_share_is_parsed(text: str, value: Value) -> None:
    assert parse_share(text) == value


@pytest.mark.parametrize(("text", "year"), [("1977", "1977"), ("December 2014", "2014"), ("late 1990s", "1990")])
def test_a_year_is_parsed(text: str, year: str) -> None:
    parsed = parse_date(text)
    assert parsed is not None
    assert parsed.year == year


def test_text_without_a_number_has_no_value() -> None:
    assert parse_share("many people") is None
    assert parse_date("long ago") is None


@pytest.mark.parametrize("text", ["half a day", "a third gene", "1 to 3 weeks", "grade 3 or 4", "chromosome 17"])
def test_a_number_that_is_no_share_has_no_value(text: str) -> None:
    assert parse_share(text) is None
