"""Every rule of the ontology folder reads its own examples, and not its counter-examples."""

import re

import pytest

from oncograph.knowledge import find_ontology, load_ontology, load_reader
from oncograph.knowledge.rules import NAME_KEYS, QUALIFIER_KEYS, RULE_KEYS
from oncograph.model import Certainty, Document, Example, Polarity
from oncograph.reading import read_document
from oncograph.reading.blocks import find_blocks

ONTOLOGY = load_ontology()
READER = load_reader(ONTOLOGY)
EXAMPLES = [(rule.id, example) for rule in READER.rules.values() for example in rule.examples]
COUNTEREXAMPLES = [(rule.id, example) for rule in READER.rules.values() for example in rule.counterexamples]
FLAGS = re.compile(r"\s*\((negated|possible)\)$")


def read_claims(text: str) -> dict[str, set[str]]:
    """The claims of a text as their rules write them, each with the rules that made it."""
    reading = read_document(Document("example", "", text, find_blocks(text)), READER)
    made = {concept.iri: concept for concept in reading.concepts}

    def label(iri: str) -> str:
        if iri.startswith("https://w3id.org/oncograph/ontology#"):
            return ONTOLOGY.classes[iri.rsplit("#")[1]].label
        return (made.get(iri) or ONTOLOGY.concepts[iri]).label

    claims: dict[str, set[str]] = {}
    for claim in reading.claims:
        text_of = f"{label(claim.subject)} {claim.predicate} {claim.object if claim.literal else label(claim.object)}"
        if claim.polarity is Polarity.NEGATED:
            text_of += " (negated)"
        if claim.certainty is Certainty.POSSIBLE:
            text_of += " (possible)"
        claims.setdefault(text_of, set()).add(claim.rule)
        for name, iri in claim.qualifiers:
            claims.setdefault(f"{text_of} [{name} {label(iri)}]", set())
    return claims


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=[f"{rule}-{at}" for at, (rule, _) in enumerate(EXAMPLES)])
def test_rule_reads_its_example(rule: str, example: Example) -> None:
    claims = read_claims(example.text)
    for expected in example.claims:
        assert expected in claims, f"{example.text!r} gave {sorted(claims)}"


@pytest.mark.parametrize(
    ("rule", "example"), COUNTEREXAMPLES, ids=[f"{rule}-{at}" for at, (rule, _) in enumerate(COUNTEREXAMPLES)]
)
def test_rule_leaves_its_counterexample(rule: str, example: Example) -> None:
    claims = read_claims(example.text)
    for unwanted in example.claims:
        assert unwanted not in claims
    assert not any(rule in rules for rules in claims.values()), f"{example.text!r} gave {claims}"


def test_every_key_of_a_rule_is_explained() -> None:
    page = (find_ontology() / "rules" / "README.md").read_text(encoding="utf-8")
    assert [key for key in {*RULE_KEYS, *NAME_KEYS, *QUALIFIER_KEYS} if not re.search(rf"\b{key}\b", page)] == []
