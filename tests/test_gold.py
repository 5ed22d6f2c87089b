"""What is read from the annotated documents beside the checkout."""

from pathlib import Path

import pytest

from oncograph.evaluate import evaluate
from oncograph.knowledge import load_ontology, load_reader
from oncograph.model import Document, Reading
from oncograph.reading import read_document
from oncograph.reading.blocks import find_blocks

GOLD = Path(__file__).parents[2] / "shared" / "gold"
STRICT_F1 = 0.45

pytestmark = [
    pytest.mark.gold,
    pytest.mark.skipif(not GOLD.exists(), reason="no annotated documents in ../shared/gold"),
]
ONTOLOGY = load_ontology()
READER = load_reader(ONTOLOGY)


def read(doc: Document) -> Reading:
    return read_document(doc, READER)


def name(iri: str) -> str:
    concept = ONTOLOGY.concepts.get(iri)
    return concept.label if concept else iri.rsplit("#")[-1].rsplit("/")[-1]


def test_her2_document_gives_its_core_facts() -> None:
    text = (GOLD / "docs" / "her2.txt").read_text(encoding="utf-8")
    reading = read(Document("her2", "", text, find_blocks(text)))
    facts = {(name(c.subject), c.predicate, name(c.object)) for c in reading.claims if not c.literal}
    drugs = ["trastuzumab", "pertuzumab", "trastuzumab emtansine", "lapatinib", "neratinib"]
    expected = {
        ("HER2", "isA", "Receptor"),
        ("HER2", "encodedBy", "ERBB2"),
        ("HER2", "testedBy", "immunohistochemistry"),
        ("HER2", "testedBy", "fluorescence in situ hybridization"),
        *(("HER2", "targetedBy", drug) for drug in drugs),
    }
    assert expected <= facts


def test_gold_is_read_well_enough() -> None:
    lines = {line.name: line for line in evaluate(GOLD, read=read, ontology=ONTOLOGY).overall()}
    assert lines["all"].strict.f1 >= STRICT_F1
