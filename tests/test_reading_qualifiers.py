"""What restricts a claim within its own clause."""

import pytest

from oncograph.knowledge import load_ontology, load_reader
from oncograph.model import Document
from oncograph.reading import read_document
from oncograph.reading.blocks import find_blocks

READER = load_reader(load_ontology())


def qualify(text: str) -> dict[str, set[str]]:
    """By predicate, the qualifiers of the claims of a text."""
    reading = read_document(Document("doc", "", text, find_blocks(text)), READER)
    found: dict[str, set[str]] = {}
    for claim in reading.claims:
        named = {f"{name} {iri.rsplit('/')[-1].replace('_', ' ')}" for name, iri in claim.qualifiers}
        found.setdefault(claim.predicate, set()).update(named)
    return found


@pytest.mark.parametrize(
    ("text", "predicate", "qualifier"),
    [
        ("In lung cancer, EGFR promotes cell growth.", "promotes", "inDisease lung cancer"),
        ("Imatinib can cause nausea in children.", "hasAdverseEffect", "inPopulation children"),
        ("Melanoma is treated with nivolumab after surgery.", "treatedBy", "afterTreatment surgery"),
    ],
)
def test_a_claim_is_restricted_by_its_clause(text: str, predicate: str, qualifier: str) -> None:
    assert qualifier in qualify(text)[predicate]


@pytest.mark.parametrize(
    "text",
    [
        "Imatinib causes nausea, whereas gefitinib is given to children.",
        "Imatinib is used to treat leukemia.",
        "Imatinib causes nausea, which is common in children.",
    ],
)
def test_another_clause_restricts_nothing(text: str) -> None:
    assert set().union(*qualify(text).values()) == set()


def test_what_restricts_is_an_entity_of_the_reading() -> None:
    text = "Imatinib causes nausea in women over 70."
    reading = read_document(Document("doc", "", text, find_blocks(text)), READER)
    named = {iri for claim in reading.claims for _, iri in claim.qualifiers}
    assert named
    assert named <= {concept.iri for concept in reading.concepts}
