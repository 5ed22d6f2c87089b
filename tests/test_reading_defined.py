"""Diseases that only the document itself names."""

import pytest

from oncograph.knowledge import load_ontology, load_reader
from oncograph.model import Document, Grounding, Reading
from oncograph.reading import read_document
from oncograph.reading.blocks import find_blocks

READER = load_reader(load_ontology())


def read(text: str) -> Reading:
    return read_document(Document("page", "", text, find_blocks(text)), READER)


def test_a_title_that_no_vocabulary_has_is_an_entity_of_its_own() -> None:
    reading = read(
        "Velmar-Osten dysplasia\n\nThe features of Velmar-Osten dysplasia include fatigue. "
        "Velmar-Osten dysplasia is inherited in an autosomal dominant pattern."
    )
    (concept,) = reading.concepts
    assert (concept.label, concept.grounding) == ("Velmar-Osten dysplasia", Grounding.UNGROUNDED)
    assert {claim.subject for claim in reading.claims} == {concept.iri}
    assert concept.broader


@pytest.mark.parametrize(
    "title",
    [
        "Breast cancer",
        "Living with lymphoma and work",
        "How is it treated?",
        "Prevent problems: keep your disease",
        "Our clinic",
    ],
)
def test_a_title_that_is_known_or_no_name_makes_none(title: str) -> None:
    assert read(f"{title}\n\n{title} Many people with breast cancer have fatigue.").concepts == ()


def test_a_long_form_is_a_kind_of_what_its_last_words_name() -> None:
    reading = read(
        "Some patients with idiopathic granular myopathy (IGM) develop fever. IGM is treated with prednisone."
    )
    (concept,) = reading.concepts
    assert concept.label == "idiopathic granular myopathy"
    assert [READER.lexicon.concepts[iri].label for iri in concept.broader] == ["myopathy"]
    said = {(claim.subject, claim.predicate) for claim in reading.claims}
    assert {(concept.iri, "hasSymptom"), (concept.iri, "treatedBy"), (concept.iri, "hasSynonym")} <= said
