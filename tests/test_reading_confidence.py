"""How sure claims are: what describes them, and what learned weights make of it."""

from dataclasses import replace

import pytest

from oncograph.knowledge import find_ontology, load_ontology, load_reader
from oncograph.model import Certainty, Claim, Concept, Document, Grounding, Mention, Polarity
from oncograph.reading import read_document
from oncograph.reading.blocks import find_blocks
from oncograph.reading.confidence import PRIOR, ClaimWeights, describe_claims, to_log_odds

CONCEPTS = {"e:her2": Concept("e:her2", "HER2", "Receptor"), "e:drug": Concept("e:drug", "lapatinib", "Drug")}
CLAIM = Claim(
    "e:her2", "targetedBy", "e:drug", 100, 150, "targets", confidence=0.8,
    subject_mention=Mention(110, 114, "HER2", "e:her2"), object_mention=Mention(140, 149, "lapatinib", "e:drug"),
)  # fmt: skip


def describe(*claims, made=None):
    return set(next(describe_claims(claims, CONCEPTS, made or {}))[1])


def test_a_plain_claim_is_described_by_relation_rule_classes_and_size():
    assert describe(CLAIM) == {
        "predicate: targetedBy",
        "rule: targets",
        "sentence: 60 characters",
        "claims of sentence: 1",
        "subject of targetedBy: Receptor",
        "object of targetedBy: Drug",
        "distance: 50 characters",
    }


@pytest.mark.parametrize(
    ("change", "feature"),
    [
        ({"subject_mention": None}, "subject: topic"),
        ({"object_mention": Mention(40, 49, "lapatinib", "e:drug")}, "object: other sentence"),
        ({"object_mention": Mention(140, 148, "the drug", "e:drug")}, "object: other words"),
        ({"polarity": Polarity.NEGATED}, "negated"),
        ({"certainty": Certainty.POSSIBLE}, "possible"),
        ({"literal": True, "object": "words"}, "object: words of the text"),
    ],
)
def test_what_makes_a_claim_less_sure_is_described(change, feature):
    assert feature not in describe(CLAIM)
    assert feature in describe(CLAIM._replace(**change))


def test_an_unknown_name_is_described():
    made = {"e:drug": Concept("e:drug", "lapatinib", "Drug", grounding=Grounding.UNGROUNDED)}
    assert "object: ungrounded" in describe(CLAIM, made=made)


def test_two_rules_that_read_the_same_agree():
    assert "several rules agree" in describe(CLAIM, CLAIM._replace(rule="acts-on"))
    assert "several rules agree" not in describe(CLAIM, CLAIM._replace(predicate="isA"))


def test_weights_move_the_figure_of_the_rule_and_leave_the_rest():
    (claim,) = ClaimWeights({"rule: targets": -1.0}).weigh([CLAIM], CONCEPTS, {})
    assert claim == CLAIM._replace(confidence=0.6)


def test_without_weights_the_figure_of_the_rule_stays():
    assert ClaimWeights({}).weigh([CLAIM], CONCEPTS, {}) == [CLAIM]


def test_the_surest_reading_stays_after_weighing():
    other = CLAIM._replace(rule="acts-on", confidence=0.7)
    (claim,) = ClaimWeights({"rule: acts-on": 2.0}).weigh([CLAIM, other], CONCEPTS, {})
    assert (claim.rule, claim.confidence) == ("acts-on", 0.95)


@pytest.mark.parametrize("weight", [-50.0, 50.0])
def test_a_confidence_is_never_certain(weight):
    assert ClaimWeights({"negated": weight}).estimate(0.5, ["negated"]) in {0.01, 0.99}


def test_the_rules_own_figure_may_count_for_less():
    assert ClaimWeights({PRIOR: -1.0}).estimate(0.9, []) == 0.5
    assert to_log_odds(0.5) == 0


def test_reading_uses_the_weights_of_the_ontology():
    ontology = load_ontology()
    reader = load_reader(ontology, find_ontology())
    text = "Lapatinib inhibits HER2."
    doc = Document("d", "", text, find_blocks(text))
    sure = replace(reader, claim_weights=ClaimWeights({}, bias=0.0))
    unsure = replace(reader, claim_weights=ClaimWeights({"predicate: targetedBy": -3.0}))
    (by_rule,), (weighed,) = (read_document(doc, one).claims for one in (sure, unsure))
    assert by_rule.confidence == reader.rules[by_rule.rule].confidence
    assert weighed.confidence < 0.5
    assert weighed._replace(confidence=by_rule.confidence) == by_rule
