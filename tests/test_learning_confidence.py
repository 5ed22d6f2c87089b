"""Learning how sure claims are from annotated documents, and telling whether it comes true."""

import json
import shutil
from dataclasses import replace

import pytest

from oncograph.cli import run
from oncograph.errors import OncographError
from oncograph.evaluate import COLUMNS
from oncograph.knowledge import find_ontology, load_ontology, load_reader
from oncograph.learning.confidence import (
    SAMPLE_COLUMNS,
    JudgedClaim,
    calibrate,
    judge_folder,
    judge_sample,
    learn_claim_weights,
)
from oncograph.model import Claim
from oncograph.reading.confidence import ClaimWeights

ONTOLOGY = load_ontology()
READER = load_reader(ONTOLOGY)


def judged(document, number, *, right, rule="good", confidence=0.8):
    claim = Claim(f"e:{number}", "isA", "e:x", 0, 9, rule, confidence=confidence)
    return JudgedClaim(document, claim, (f"rule: {rule}",), right)


MIXED = [
    judged(f"d{number % 4}", number, right=rule == "good" or number % 5 == 0, rule=rule)
    for number in range(800)
    for rule in (("good", "bad")[number % 2],)
]


@pytest.fixture
def gold(tmp_path):
    """Two documents, in the second of which one of the two claims is not annotated."""
    (tmp_path / "docs").mkdir()
    text = "Lapatinib inhibits HER2. Trastuzumab inhibits HER2.\n"
    for name, rows in {"one": ("lapatinib", "trastuzumab"), "two": ("lapatinib",)}.items():
        (tmp_path / "docs" / f"{name}.txt").write_text(text, encoding="utf-8")
        lines = ["\t".join(COLUMNS)]
        lines += [f"HER2\tReceptor\ttargetedBy\t{drug}\tDrug\taffirmed\tstated\t0\t51" for drug in rows]
        (tmp_path / f"{name}.gold.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_claims_are_judged_by_the_annotations(gold):
    found = judge_folder(gold, READER, ONTOLOGY)
    drugs = {(seen.document, seen.claim.object.rpartition("/")[2]): seen.right for seen in found}
    assert drugs == {
        ("one", "lapatinib"): True,
        ("one", "trastuzumab"): True,
        ("two", "lapatinib"): True,
        ("two", "trastuzumab"): False,
    }
    assert all(seen.claim.confidence == READER.rules[seen.claim.rule].confidence for seen in found)


def test_documents_left_out_are_not_learned_from(gold):
    found = judge_folder(gold, READER, ONTOLOGY, left_out={"two"})
    assert {seen.document for seen in found} == {"one"}


def test_a_rule_that_errs_becomes_less_sure():
    weights = learn_claim_weights(MIXED)
    good, bad = (weights.estimate(0.8, [f"rule: {rule}"]) for rule in ("good", "bad"))
    assert bad < 0.8 < good


def test_few_documents_move_little():
    weights = learn_claim_weights(MIXED[:4])
    assert abs(weights.estimate(0.8, ["rule: bad"]) - 0.8) < 0.05


def test_nothing_is_learned_from_nothing():
    assert learn_claim_weights([]) == ClaimWeights({})


def test_calibration_counts_by_confidence():
    found = calibrate([judged("d", n, right=n < 3, confidence=0.75) for n in range(4)], ClaimWeights({}))
    assert [one.name for one in found] == ["rules alone", "as read"]
    rules = found[0]
    (only,) = rules.bins
    assert (only.name, only.claims, only.right) == ("0.7-0.8", 4, 0.75)
    assert rules.error == pytest.approx(0)
    assert rules.brier == pytest.approx(0.1875)


def test_weights_learned_from_other_documents_come_truer_than_the_rules():
    rules, _, anew = calibrate(MIXED, ClaimWeights({}))
    assert anew.name == "learned from the other documents"
    assert anew.brier < rules.brier
    assert anew.error < rules.error


def test_held_out_documents_are_reported_apart():
    found = calibrate(MIXED, ClaimWeights({}), held_out={"d0"})
    assert [(one.name, one.claims) for one in found if one.name.endswith("rules alone")] == [
        ("rules alone", 600),
        ("held-out: rules alone", 200),
    ]


def test_sentences_of_one_claim_are_merged_before_they_are_counted():
    first = judged("d", 1, right=True)
    again = replace(first, claim=first.claim._replace(start=50, end=60, confidence=0.9))
    assert calibrate([first, again], ClaimWeights({}))[0].bins[0].confidence == 0.9


def test_learn_writes_the_same_weights_twice_and_reading_uses_them(gold, tmp_path, capsys):
    ontology = tmp_path / "ontology"
    shutil.copytree(find_ontology(), ontology)
    path = ontology / "scores" / "claims.tsv"
    path.unlink(missing_ok=True)
    written = []
    for _ in range(2):
        assert run(["learn", str(gold), "--ontology", str(ontology)]) == 0
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert f"Wrote {path}." in capsys.readouterr().out
    assert load_reader(ONTOLOGY, ontology).claim_weights.weights


def test_evaluate_prints_the_calibration(gold, capsys):
    assert run(["evaluate", str(gold), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["calibration"]
    assert [one["name"] for one in found] == ["rules alone", "as read", "learned from the other documents"]
    assert all(one["claims"] == 4 for one in found)
    assert run(["evaluate", str(gold)]) == 0
    assert "Brier" in capsys.readouterr().out


def test_learn_needs_something_to_learn_from(capsys):
    assert run(["learn"]) == 2
    assert "GOLD" in capsys.readouterr().err


def test_claims_judged_one_by_one_are_learned_from(tmp_path):
    ontology = load_ontology()
    corpus, table = tmp_path / "pages.jsonl", tmp_path / "judged.tsv"
    corpus.write_text(json.dumps({"id": "page", "text": "Lapatinib inhibits HER2."}) + "\n")
    row = ["page", "0", "24", "HER2", "targetedBy", "lapatinib", "wrong"]
    table.write_text("\t".join(SAMPLE_COLUMNS) + "\n" + "\t".join(row) + "\n")

    judged = judge_sample(table, corpus, load_reader(ontology), ontology)

    assert {(found.claim.predicate, found.right) for found in judged} == {("targetedBy", False)}


def test_a_table_without_verdicts_is_refused(tmp_path):
    ontology = load_ontology()
    table = tmp_path / "judged.tsv"
    table.write_text("document\tstart\n")
    with pytest.raises(OncographError, match="columns end, object"):
        judge_sample(table, table, load_reader(ontology), ontology)
