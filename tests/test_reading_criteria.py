"""From what value a marker counts."""

import pytest

from oncograph.reading.criteria import EXPRESSION, parse_criterion


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3+ on IHC", ("3", "3", "=", "score")),
        ("IHC 1+ or 2+", ("1", "2", "=", "score")),
        ("HER2/CEP17 ratio of at least 2.0", ("2.0", "", ">=", "ratio")),
        ("1 percent or more", ("1", "", ">=", "%")),
        ("10 or more mutations per megabase", ("10", "", ">=", "mutations per megabase")),
        ("less than 1% of tumor cells", ("", "1", "<", "%")),
    ],
)
def test_a_criterion_is_parsed(text: str, expected: tuple[str, str, str, str]) -> None:
    value = parse_criterion(text)
    assert value is not None
    assert (value.minimum, value.maximum, value.comparator, value.unit) == expected


@pytest.mark.parametrize("text", ["15 percent of breast cancers", "more than 60 percent of patients", "in 1999"])
def test_a_share_of_diseases_is_no_criterion(text: str) -> None:
    assert EXPRESSION.search(text) is None
