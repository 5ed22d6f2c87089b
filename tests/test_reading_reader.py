"""From a document to its claims."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncograph.knowledge import load_ontology, load_reader
from oncograph.model import Claim, Concept, Document
from oncograph.reading import read_document
from oncograph.reading.blocks import find_blocks

ONTOLOGY = load_ontology()
READER = load_reader(ONTOLOGY)
WORDS = (
    "HER2 EGFR trastuzumab Trastuzumab gefitinib blocks is a receptor the it this drug drugs , and or . not may no ( ) "
    ": breast cancer mutations in gene genes 15 percent of causes treated with fever symptoms include such as \n\n - "
    "inhibitor T790M exon 19 deletion which that however if people leads to positive é 😀 1 , 000 women respond"
).split(" ")


def read(text: str) -> tuple[Claim, ...]:
    return read_document(Document("doc", "", text, find_blocks(text)), READER).claims


def say(text: str) -> set[str]:
    def name(iri: str) -> str:
        concept = ONTOLOGY.concepts.get(iri)
        return concept.label if concept else iri.rsplit("#")[-1].rsplit("/")[-1]

    return {
        " ".join(
            [
                name(c.subject),
                c.predicate,
                c.object if c.literal else name(c.object),
                c.polarity.value,
                c.certainty.value,
            ]
        )
        for c in read(text)
    }


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("HER2 is a receptor. This protein promotes cell growth.", "HER2 promotes cell growth Affirmed Stated"),
        ("Imatinib may cause nausea.", "imatinib hasAdverseEffect nausea Affirmed Possible"),
        (
            "Melanoma does not respond to imatinib. BRAF V600E does not respond to imatinib.",
            "BRAF V600E confersResistanceTo imatinib Affirmed Stated",
        ),
        ("No drug blocks KRAS. Sotorasib blocks KRAS.", "KRAS targetedBy sotorasib Affirmed Stated"),
        ("Pregnancy is not a risk factor for lymphoma.", "pregnancy predisposesTo lymphoma Negated Stated"),
        (
            "Lymphoma is a cancer.\n\nSigns and symptoms of lymphoma include:\n\n- Fever\n- Night sweats",
            "lymphoma hasSymptom night sweats Affirmed Stated",
        ),
        ("Lung cancer\n\nThe disease can spread to the brain.", "lung cancer spreadsTo brain Affirmed Possible"),
        ("Trastuzumab, unlike imatinib, targets HER2.", "HER2 targetedBy trastuzumab Affirmed Stated"),
        ("HER2 is targeted by trastuzumab and pertuzumab.", "HER2 targetedBy pertuzumab Affirmed Stated"),
        ("Smoking raises the risk of breast and lung cancer.", "smoking predisposesTo breast cancer Affirmed Stated"),
    ],
)
def test_a_sentence_gives_its_claim(text: str, claim: str) -> None:
    assert claim in say(text)


@pytest.mark.parametrize(
    "text",
    [
        "Does trastuzumab block HER2?",
        "If trastuzumab were to block HER2, it would help.",
        "Ask your doctor whether trastuzumab blocks HER2.",
        "What is HER2?\n\nRelated terms",
    ],
)
def test_questions_conditions_and_advice_claim_nothing(text: str) -> None:
    assert say(text) == set()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_every_offset_holds_whatever_the_text(words: list[str]) -> None:
    text = " ".join(words)
    for claim in read(text):
        assert 0 <= claim.start < claim.end <= len(text)
        for mention in (claim.subject_mention, claim.object_mention):
            if mention is not None:
                assert text[mention.start : mention.end] == mention.text
        for start, end in claim.cues:
            assert 0 <= start < end <= len(text)


def test_the_same_document_gives_the_same_reading() -> None:
    text = "HER2 is a receptor. Trastuzumab (Herceptin) blocks HER2. EGFR mutations are found in 10% of lung cancers."
    assert read(text) == read(text)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("No study has shown that aspirin prevents melanoma.", "melanoma preventedBy aspirin Negated Stated"),
        (
            "There is no evidence in the medical literature that melanoma is a genetic disorder.",
            "melanoma isA genetic disorder Negated Stated",
        ),
        (
            "There is little evidence suggesting that imatinib causes nausea.",
            "imatinib hasAdverseEffect nausea Negated Stated",
        ),
        ("It is not true that aspirin prevents melanoma.", "melanoma preventedBy aspirin Negated Stated"),
        ("A large study has shown that aspirin prevents melanoma.", "melanoma preventedBy aspirin Affirmed Stated"),
        (
            "It was not seen in patients; a study has shown that aspirin prevents melanoma.",
            "melanoma preventedBy aspirin Affirmed Stated",
        ),
        (
            "This has not been shown, but aspirin prevents melanoma.",
            "melanoma preventedBy aspirin Affirmed Stated",
        ),
    ],
)
def test_denying_that_something_is_shown_denies_it(text: str, claim: str) -> None:
    assert say(text) == {claim}


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        (
            "Imatinib, but not dasatinib, inhibits KIT.",
            {"KIT targetedBy imatinib Affirmed Stated", "KIT targetedBy dasatinib Negated Stated"},
        ),
        (
            "Melanoma, but not basal cell carcinoma, often spreads to the brain.",
            {"melanoma spreadsTo brain Affirmed Stated", "basal cell carcinoma spreadsTo brain Negated Stated"},
        ),
        (
            "Dasatinib does not inhibit KIT but blocks SRC.",
            {"KIT targetedBy dasatinib Negated Stated", "SRC targetedBy dasatinib Affirmed Stated"},
        ),
    ],
)
def test_but_ends_a_denial(text: str, claims: set[str]) -> None:
    assert say(text) == claims


def test_what_follows_but_is_not_said_of_what_was_denied_before() -> None:
    assert not any(claim.startswith("KIT promotes") for claim in say("MYC does not bind KIT but drives cell growth."))


def test_a_share_tells_what_it_is_taken_of() -> None:
    claims = read("Thymoma is rare. About 15 percent of breast cancers carry a PIK3CA mutation.")
    shares = [claim.value for claim in claims if claim.predicate == "hasPrevalence"]
    assert [(share.minimum, share.unit, share.population) for share in shares if share is not None] == [
        ("15", "%", "https://w3id.org/oncograph/entity/breast_cancer")
    ]


def made_concepts(text: str) -> dict[str, Concept]:
    reading = read_document(Document("doc", "", text, find_blocks(text)), READER)
    return {concept.label: concept for concept in reading.concepts}


@pytest.mark.parametrize("change", ["N822K", "Asn822Lys", "p.N822K", "p.Asn822Lys"])
def test_variant_has_one_name_however_it_is_written_and_that_of_the_nomenclature(change):
    concept = made_concepts(f"KIT {change} confers resistance to imatinib.")["KIT N822K"]
    assert concept.notations == ("KIT:p.Asn822Lys",)
    assert "KIT p.Asn822Lys" in concept.synonyms


def test_number_of_dbsnp_is_an_entity_with_its_identifier():
    text = "rs6983267 increases the risk of colorectal cancer. It is not rs12."
    concept = made_concepts(text)["rs6983267"]
    assert concept.exact_matches == ("https://identifiers.org/dbsnp:rs6983267",)
    assert concept.notations == ("DBSNP:rs6983267",)
    assert "rs6983267 predisposesTo colorectal cancer Affirmed Stated" in say(text)
    assert "rs12" not in made_concepts(text)
