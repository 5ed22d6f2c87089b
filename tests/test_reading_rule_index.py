"""The index of rules passes by what cannot match, and nothing else."""

import pytest

from oncograph.knowledge import load_knowledge
from oncograph.reading.lexicon import Found
from oncograph.reading.reader import Reader
from oncograph.reading.relations import RelationRule
from oncograph.reading.rule_index import RuleIndex, Wants, find_spans
from oncograph.reading.shape import Shape, to_codes, to_shape

SENTENCES = [
    "Sunitinib is a kinase inhibitor that blocks VEGFR2 and KIT in renal cell carcinoma.",
    "Headache, nausea, and tiredness are common side effects of temozolomide.",
    "Smoking causes lung cancer, and radiation therapy can cause leukemia many years later.",
    "No test shows whether the melanoma has spread to the liver, but a biopsy of a lymph node may.",
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_knowledge()[1]


def test_what_a_sentence_lacks_are_the_wants_of_which_it_holds_no_code() -> None:
    wants = Wants()
    verb, noun, both = (wants.number([frozenset(want)]) for want in ("ab", "cd", "ac"))
    assert wants.number([frozenset("ab"), frozenset("cd")]) == verb | noun
    assert wants.find_lacking("bx") == noun | both
    assert wants.find_lacking("ad") == 0


@pytest.mark.parametrize("text", SENTENCES)
def test_the_index_finds_what_trying_every_pattern_everywhere_finds(text: str, reader: Reader) -> None:
    found: list[Found] = reader.lexicon.find_names(text)
    shape = to_shape(text, 0, len(text), found, to_codes(text, 0, len(text), found, reader.book))
    index = reader.relation_rules
    everywhere = RuleIndex(
        {code: tuple((0, row) for _, row in rows) for code, rows in index.rows.items()},
        Wants(),
        frozenset(),
        index.kin,
    )
    assert _find(shape, index) == _find(shape, everywhere) != []


def _find(shape: Shape, index: RuleIndex[RelationRule]) -> list[tuple[str, dict[str, tuple[int, int]]]]:
    """Find what rules find, but for kinds: those between things of different kinds are passed by on purpose."""
    return [(rule.rule.id, spans) for rule, _, spans in find_spans(shape, index) if rule.rule.predicate != "isA"]
