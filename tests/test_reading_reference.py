"""What pronouns, noun phrases and "both" stand for, and what the words around a claim do to it."""

import pytest

from oncograph.knowledge import load_ontology, load_reader
from oncograph.model import Certainty, Document, Polarity
from oncograph.reading import read_document
from oncograph.reading.blocks import find_blocks

ONTOLOGY = load_ontology()
READER = load_reader(ONTOLOGY)


def say(text: str) -> set[str]:
    """The claims of a text in words."""
    reading = read_document(Document("doc", "", text, find_blocks(text)), READER)
    made = {concept.iri: concept.label for concept in reading.concepts}

    def label(iri: str) -> str:
        concept = ONTOLOGY.concepts.get(iri)
        return concept.label if concept else made.get(iri, iri.rsplit("#")[-1])

    said = set()
    for claim in reading.claims:
        flags = " not" * (claim.polarity is Polarity.NEGATED) + " maybe" * (claim.certainty is Certainty.POSSIBLE)
        target = claim.object if claim.literal else label(claim.object)
        said.add(f"{label(claim.subject)}{flags} {claim.predicate} {target}")
    return said


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Gefitinib blocks EGFR. It can cause nausea.", "gefitinib maybe hasAdverseEffect nausea"),
        ("Gefitinib and erlotinib block EGFR. Both can cause nausea.", "erlotinib maybe hasAdverseEffect nausea"),
        ("Gefitinib and erlotinib block EGFR. Neither drug blocks HER2.", "HER2 not targetedBy gefitinib"),
        ("KIT and BRAF are genes. Neither is located in the nucleus.", "KIT not locatedIn nucleus"),
        (
            "Chronic myeloid leukemia\n\nThe leukemia is treated with imatinib.",
            "chronic myeloid leukemia treatedBy imatinib",
        ),
        (
            "Afatinib causes nausea. Nivolumab and ipilimumab are given together. These drugs cause fatigue.",
            "ipilimumab hasAdverseEffect fatigue",
        ),
        (
            "Once estrogen binds HER2, doctors wait. EGFR is a receptor. Gefitinib blocks it.",
            "EGFR targetedBy gefitinib",
        ),
    ],
)
def test_a_reference_takes_up_what_agrees_with_it(text: str, claim: str) -> None:
    assert claim in say(text)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Gefitinib blocks EGFR, whereas imatinib does not.", "EGFR not targetedBy imatinib"),
        ("EGFR L858R responds to gefitinib, but EGFR T790M does not.", "EGFR T790M confersResistanceTo gefitinib"),
        ("Obesity may increase the risk of melanoma, and so may smoking.", "smoking maybe predisposesTo melanoma"),
        ("EGFR T790M responds to osimertinib but not to gefitinib.", "EGFR T790M confersResistanceTo gefitinib"),
    ],
)
def test_a_clause_without_a_verb_says_what_the_one_before_said(text: str, claim: str) -> None:
    assert claim in say(text)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Gefitinib blocks EGFR. They cause nausea.", "gefitinib hasAdverseEffect nausea"),
        ("Not all smokers with melanoma respond to nivolumab.", "melanoma confersSensitivityTo nivolumab"),
        ("It was once thought that stress causes melanoma.", "stress causes melanoma"),
        ("A few melanomas do not respond to nivolumab.", "melanoma confersResistanceTo nivolumab"),
    ],
)
def test_what_is_not_said_is_not_claimed(text: str, claim: str) -> None:
    assert claim not in say(text)


def test_a_hedge_ends_where_a_verb_of_its_own_begins() -> None:
    said = say("Gefitinib may cause nausea and is used to treat lung cancer.")
    assert {"gefitinib maybe hasAdverseEffect nausea", "lung cancer treatedBy gefitinib"} <= said
