"""Learning weights: the regression itself, and the relations of annotated sentences."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oncograph.cli import run
from oncograph.errors import OncographError, OntologyError
from oncograph.knowledge import find_ontology
from oncograph.knowledge.scores import load_relation_scorers, load_score_cues, load_weights, write_weights
from oncograph.learning.logistic import Rows, fit, fit_few, name_weights, to_chances
from oncograph.learning.relations import (
    CORPORA,
    Counts,
    choose_threshold,
    cross_validate,
    find_fold,
    gather,
    learn,
    measure_relations,
    read_sentences,
)
from oncograph.reading.scoring import LEANS_ON, ROLES, find_candidates

SHARED = Path(__file__).parents[2] / "shared" / "data" / "relations"
CUES = load_score_cues(find_ontology())
SAID = {
    "Prognostic": "{gene} predicts poor survival in {cancer} .",
    "Predisposing": "Carriers of {gene} have a risk of {cancer} .",
    "Diagnostic": "{gene} is a diagnostic marker of {cancer} .",
    "Oncogene": "{gene} is an oncogene in {cancer} .",
    "Tumor_Suppressor": "{gene} suppresses the growth of {cancer} .",
    "Driver": "{gene} is a driver of {cancer} .",
}


def write_corpus(folder):
    """Write the two files of sentences: each relation is always said with the same words, of one gene of two."""
    for name, relations in CORPORA.items():
        lines = []
        for number in range(60):
            relation = relations[number % len(relations)]
            text = SAID.get(relation, "{gene} V600E makes {cancer} respond to imatinib .")
            text = "ABC1 was studied ; " + text.format(gene=f"XYZ{number}", cancer="glioma")
            words = {"T1": "ABC1", "T2": f"XYZ{number}", "T3": "glioma", "T4": "V600E", "T5": "imatinib"}
            kinds = {"T1": "gene", "T2": "gene", "T3": "cancer", "T4": "variant", "T5": "drug"}
            entities = [
                {"id": id, "type": kinds[id], "start": at, "end": at + len(word), "text": word}
                for id, word in words.items()
                if (at := text.find(word)) >= 0
            ]
            args = {"gene": "T2", "cancer": "T3", "variant": "T4", "drug": "T5"}
            found = [{"type": relation, "args": {role: args[role] for role in ROLES[relation]}}]
            lines.append(
                json.dumps({"source": {"pmid": number + 1}, "text": text, "entities": entities, "relations": found})
            )
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("relations"))


def test_rows_choose_and_keep():
    rows = Rows.of([{"a": 1.0, "b": 2.0}, {}, {"b": 3.0}])
    weights = np.array([0.5, 10.0, 1.0])
    assert rows.names == ("bias", "a", "b")
    assert rows.times(weights).tolist() == [12.5, 0.5, 3.5]
    assert rows.choose(np.array([2, 1])).times(weights).tolist() == [3.5, 0.5]
    kept = rows.keep(np.array([True, False, True]))
    assert kept.names == ("bias", "b")
    assert kept.times(np.array([0.0, 1.0])).tolist() == [2, 0, 3]
    assert rows.gather(np.array([1.0, 1.0, 2.0])).tolist() == [4.0, 1.0, 8.0]


def test_fit_stands_where_the_slope_is_zero():
    rows = Rows.of([{"a": 1.0}, {"a": 1.0}, {"b": 1.0}, {}])
    labels = np.array([1.0, 1.0, 0.0, 1.0])
    weights = fit(rows, labels, cost=2.0)
    slope = weights + 2.0 * rows.gather(to_chances(rows.times(weights)) - labels)
    assert np.abs(slope).max() < 0.01
    assert weights[1] > 0 > weights[2]


def test_offsets_are_kept_and_weights_shrink_to_none():
    rows = Rows.of([{"a": 1.0}, {}])
    weights = fit(rows, np.array([1.0, 0.0]), cost=1e-6, offsets=np.array([3.0, -3.0]))
    assert np.abs(weights).max() < 1e-5


def test_fit_few_keeps_what_matters():
    rows = Rows.of([{"good": 1.0, "rare": 1.0}, {"good": 1.0}, {"noise": 1.0}, {"noise": 1.0}] * 5)
    few, weights = fit_few(rows, np.array([1.0, 1.0, 0.0, 0.0] * 5), cost=1.0, most=1)
    assert few.names in {("bias", "good"), ("bias", "noise")}
    assert len(weights) == 2


def test_weights_that_round_to_nothing_are_left_out():
    assert name_weights(["b", "a"], [0.0004, -1.23456]) == {"a": -1.235}


def test_threshold_parts_right_from_wrong():
    sums = np.linspace(5, -5, 101)
    assert 0.4 < choose_threshold(sums, (sums > 0).astype(float)) < 0.6
    assert choose_threshold(sums, (sums > 2).astype(float)) > 0.7


def test_threshold_claims_more_where_little_is_sure():
    sums = np.repeat([1.0, -1.0], 50)
    labels = np.tile([1.0, 1.0, 0.0, 1.0, 0.0], 20)
    assert choose_threshold(sums, labels) < 0.5


def test_counts_without_claims_are_zero():
    assert (Counts(0, 0, 3).precision, Counts(0, 0, 3).f1) == (0, 0)


def test_every_document_is_in_one_part():
    assert {find_fold(str(number)) for number in range(100)} == set(range(5))


def test_said_relations_are_learned(corpus):
    results = list(measure_relations(corpus, CUES))
    assert [result.relation for result in results] == list(ROLES)
    assert min(result.counts.f1 for result in results if result.relation in SAID) > 0.9
    assert all(result.weighted == result.counts for result in results)
    assert all(result.mean > 0.9 and result.spread < 0.1 for result in results if result.relation in SAID)


def test_a_part_is_judged_without_its_own_labels(corpus):
    examples = gather(read_sentences(corpus / "cancermine.train.jsonl", CUES), ["Oncogene"])["Oncogene"]
    for labels in (examples.labels, 1 - examples.labels):
        claimed = cross_validate({"Oncogene": replace(examples, labels=labels)})["Oncogene"]
        assert claimed[labels > 0].all()


def test_another_relation_of_the_same_names_tells(corpus):
    examples = gather(read_sentences(corpus / "civicmine.train.jsonl", CUES), CORPORA["civicmine.train.jsonl"])
    assert examples["Prognostic"].others.keys() == {"AssociatedVariant", "Predictive"}
    assert not examples["AssociatedVariant"].others
    scorers = learn(examples)
    assert scorers["Prognostic"].leaning.keys() >= {"log odds of AssociatedVariant", "log odds of Predictive"}
    assert scorers["AssociatedVariant"].leaning == {}


def test_a_scorer_gives_what_was_learned(corpus):
    sentences = read_sentences(corpus / "civicmine.train.jsonl", CUES)
    scorers = learn(gather(sentences, CORPORA["civicmine.train.jsonl"]))
    others = {relation: scorers[relation] for relation in LEANS_ON["Prognostic"]}
    scorer = scorers["Prognostic"]
    for sentence in sentences[:20]:
        for names in find_candidates(sentence.passage, ROLES["Prognostic"]):
            stated = ("Prognostic", names) in sentence.relations
            assert (scorer.score(sentence.passage, names, others) >= scorer.threshold) == stated


def test_learning_twice_gives_the_same_files(corpus, tmp_path, capsys):
    for name in ("one", "two"):
        (tmp_path / name / "scores").mkdir(parents=True)
        cues = (find_ontology() / "scores" / "cues.toml").read_bytes()
        (tmp_path / name / "scores" / "cues.toml").write_bytes(cues)
        assert run(["learn", "--relations", str(corpus), "--ontology", str(tmp_path / name)]) == 0
    files = sorted(path.name for path in (tmp_path / "one" / "scores").iterdir())
    assert files == sorted(["cues.toml", *(f"{relation}.tsv" for relation in ROLES)])
    for name in files:
        one, two = (tmp_path / folder / "scores" / name for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
    assert load_relation_scorers(tmp_path / "one").keys() == ROLES.keys()
    assert "Wrote " in capsys.readouterr().out


def test_evaluate_prints_relations_beside_the_published_figures(corpus, capsys):
    assert run(["evaluate", "--relations", str(corpus)]) == 0
    printed = capsys.readouterr().out
    assert "Prognostic" in printed
    assert "0.817" in printed
    assert run(["evaluate", "--relations", str(corpus), "--format", "json"]) == 0
    assert {line["relation"] for line in json.loads(capsys.readouterr().out)["relation"]} == set(ROLES)


def test_evaluate_needs_something_to_compare_with(capsys):
    assert run(["evaluate"]) == 2
    assert "--relations" in capsys.readouterr().err


def test_a_missing_or_malformed_corpus_is_named(tmp_path, capsys):
    assert run(["evaluate", "--relations", str(tmp_path)]) == 1
    assert "civicmine.train.jsonl: no such file" in capsys.readouterr().err
    (tmp_path / "civicmine.train.jsonl").write_text('{"text": "x"}\n', encoding="utf-8")
    with pytest.raises(OncographError, match="line 1: is not an annotated sentence"):
        read_sentences(tmp_path / "civicmine.train.jsonl", CUES)


def test_weights_are_written_as_they_are_read(tmp_path):
    weights = {"has: a\tb": 0.5, "(bias)": -1.234}
    write_weights(weights, tmp_path / "scores" / "x.tsv")
    assert load_weights(tmp_path / "scores" / "x.tsv") == weights
    (tmp_path / "scores" / "x.tsv").write_text("feature\tweight\na\tmuch\n", encoding="utf-8")
    with pytest.raises(OntologyError, match=r"scores/x.tsv: line 2: 'much' is no number"):
        load_weights(tmp_path / "scores" / "x.tsv")


def test_the_ontology_has_weights_for_every_relation():
    scorers = load_relation_scorers(find_ontology())
    assert scorers.keys() == ROLES.keys()
    assert all(0 < scorer.threshold < 1 and scorer.weights for scorer in scorers.values())


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the annotated sentences beside the checkout: ../shared/data")
def test_relations_stay_as_good_as_they_were():
    results = {result.relation: result.counts.f1 for result in measure_relations(SHARED, CUES)}
    assert all(f1 > 0.55 for f1 in results.values())
    assert results["AssociatedVariant"] > 0.9
