"""Claims against gold, with a gold of a few lines made by hand."""

from pathlib import Path

import pytest

from oncograph.errors import OncographError
from oncograph.evaluate import (
    COLUMNS,
    compare,
    evaluate,
    fold_name,
    literals_match,
    merge_claims,
    read_gold,
    read_split,
    write_misses,
)
from oncograph.knowledge import Ontology, OntologyClass, Predicate, load_ontology, load_reader
from oncograph.model import ONTOLOGY, Certainty, Claim, Concept, Document, Polarity, Reading, entity_iri
from oncograph.reading import read_document

GOLD = Path(__file__).parents[2] / "shared" / "gold"
TEXT = "HER2 is targeted by trastuzumab. HER2 may promote cell growth. HER2 was not found in 15 to 20 percent of cases."
FIRST, SECOND, THIRD = (0, 32), (33, 62), (63, 112)


def concept(label: str, *synonyms: str, class_name: str = "Protein") -> Concept:
    return Concept(entity_iri(label), label, class_name, synonyms)


CONCEPTS = [
    concept("HER2", "ErbB-2", "human epidermal growth factor receptor 2"),
    concept("trastuzumab", "Herceptin", class_name="MonoclonalAntibody"),
    concept("cell growth", class_name="BiologicalProcess"),
    concept("cell proliferation", class_name="BiologicalProcess"),
    concept("breast cancer", "breast carcinoma", class_name="Cancer"),
    concept("lobular carcinoma", class_name="Cancer"),
]


PREDICATES = [
    Predicate("targetedBy", "targeted by", inverse="targets"),
    Predicate("promotes", "promotes", inverse="promotedBy"),
    Predicate("isA", "is a"),
    Predicate("distinctFrom", "distinct from", symmetric=True),
    Predicate("hasPrevalence", "has prevalence", literal=True),
]


@pytest.fixture
def ontology():
    return Ontology(
        classes={"Receptor": OntologyClass("Receptor", "receptor", synonyms=("cell receptor",))},
        predicates={predicate.name: predicate for predicate in PREDICATES},
        concepts={c.iri: c for c in CONCEPTS},
        inverses={"targets": Predicate("targets", "targets", inverse="targetedBy")},
    )


def claim(subject: str, predicate: str, object_: str, span=FIRST, **more) -> Claim:
    target = object_ if more.get("literal") or object_.startswith("http") else entity_iri(object_)
    return Claim(entity_iri(subject), predicate, target, *span, rule=more.pop("rule", "r"), **more)


def row(subject, predicate, object_, span=FIRST, *, polarity="affirmed", certainty="stated", object_class="Protein"):
    return "\t".join([subject, "Protein", predicate, object_, object_class, polarity, certainty, *map(str, span)])


def write_gold(folder: Path, *rows: str, name: str = "doc", text: str = TEXT) -> Path:
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "docs" / f"{name}.txt").write_text(text, encoding="utf-8")
    path = folder / f"{name}.gold.tsv"
    path.write_text("\n".join(["\t".join(COLUMNS), *rows, ""]), encoding="utf-8")
    return path


def judge(tmp_path, ontology, rows, claims, *, strict=True):
    gold = read_gold(write_gold(tmp_path, *rows), text=TEXT)
    return compare(
        "doc", gold, merge_claims(Reading(Document("doc", "", TEXT), tuple(claims)), ontology), ontology, strict=strict
    )


def count(verdicts):
    """(matched, missed, false)"""
    kinds = [(v.gold is not None, v.claim is not None) for v in verdicts]
    return kinds.count((True, True)), kinds.count((True, False)), kinds.count((False, True))


@pytest.mark.parametrize(
    ("gold", "made", "expected"),
    [
        pytest.param(
            [("HER2", "targetedBy", "trastuzumab")], [("HER2", "targetedBy", "trastuzumab")], (1, 0, 0), id="same"
        ),
        pytest.param(
            [("ErbB2", "targetedBy", "herceptin")], [("HER2", "targetedBy", "trastuzumab")], (1, 0, 0), id="synonym"
        ),
        pytest.param(
            [("HER2", "targetedBy", "Herceptins")], [("HER2", "targetedBy", "trastuzumab")], (1, 0, 0), id="plural"
        ),
        pytest.param(
            [("HER2", "targetedBy", "trastuzumab")], [("trastuzumab", "targets", "HER2")], (1, 0, 0), id="inverse"
        ),
        pytest.param(
            [("HER2", "targetedBy", "trastuzumab")], [("trastuzumab", "targetedBy", "HER2")], (0, 1, 1), id="swapped"
        ),
        pytest.param(
            [("breast cancer", "distinctFrom", "lobular carcinoma")],
            [("lobular carcinoma", "distinctFrom", "breast carcinoma".replace("carcinoma", "cancer"))],
            (1, 0, 0),
            id="symmetric",
        ),
        pytest.param([("HER2", "isA", "receptors")], [("HER2", "isA", ONTOLOGY + "Receptor")], (1, 0, 0), id="class"),
        pytest.param(
            [("HER2", "promotes", "cell growth")], [("HER2", "targetedBy", "trastuzumab")], (0, 1, 1), id="other"
        ),
    ],
)
def test_names_inverses_and_symmetry(tmp_path, ontology, gold, made, expected):
    assert count(judge(tmp_path, ontology, [row(*g) for g in gold], [claim(*m) for m in made])) == expected


def test_polarity_and_certainty_count_in_the_strict_comparison_only(tmp_path, ontology):
    gold = [row("HER2", "promotes", "cell growth", SECOND, certainty="possible")]
    stated = [claim("HER2", "promotes", "cell growth", SECOND)]
    hedged = [claim("HER2", "promotes", "cell growth", SECOND, certainty=Certainty.POSSIBLE)]
    negated = [claim("HER2", "promotes", "cell growth", SECOND, polarity=Polarity.NEGATED)]

    assert count(judge(tmp_path, ontology, gold, hedged)) == (1, 0, 0)
    assert count(judge(tmp_path, ontology, gold, stated)) == (0, 1, 1)
    assert count(judge(tmp_path, ontology, gold, negated)) == (0, 1, 1)
    assert count(judge(tmp_path, ontology, gold, negated, strict=False)) == (1, 0, 0)


def test_a_claim_of_two_sentences_counts_once_and_is_stated_if_one_states_it(tmp_path, ontology):
    gold = [row("HER2", "promotes", "cell growth", SECOND)]
    made = [
        claim("HER2", "promotes", "cell growth", FIRST, certainty=Certainty.POSSIBLE),
        claim("HER2", "promotes", "cell growth", SECOND),
    ]

    (verdict,) = judge(tmp_path, ontology, gold, made)

    assert verdict.located
    assert verdict.claim.spans == (FIRST, SECOND)


def test_two_claims_naming_one_row_count_once(tmp_path, ontology):
    ontology.concepts[entity_iri("HER2 gene")] = concept("HER2 gene", "HER2", class_name="Gene")
    gold = [row("HER2", "targetedBy", "trastuzumab")]
    made = [claim("HER2", "targetedBy", "trastuzumab"), claim("HER2 gene", "targetedBy", "trastuzumab")]

    assert count(judge(tmp_path, ontology, gold, made)) == (1, 0, 0)


def test_one_claim_matches_one_row_even_if_it_names_two(tmp_path, ontology):
    gold = [row("HER2", "targetedBy", "trastuzumab"), row("HER2", "targetedBy", "Herceptin")]

    assert count(judge(tmp_path, ontology, gold, [claim("HER2", "targetedBy", "trastuzumab")])) == (1, 1, 0)


def test_the_largest_matching_is_taken(tmp_path, ontology):
    ontology.concepts[entity_iri("narrow")] = concept("narrow", "HER2")
    ontology.concepts[entity_iri("wide")] = concept("wide", "HER2", "ErbB2")
    gold = [row("HER2", "targetedBy", "trastuzumab"), row("ErbB2", "targetedBy", "trastuzumab")]
    made = [claim("wide", "targetedBy", "trastuzumab"), claim("narrow", "targetedBy", "trastuzumab")]

    assert count(judge(tmp_path, ontology, gold, made)) == (2, 0, 0)


def test_right_claim_with_other_evidence_matches_but_is_not_located(tmp_path, ontology):
    (verdict,) = judge(
        tmp_path,
        ontology,
        [row("HER2", "targetedBy", "trastuzumab")],
        [claim("HER2", "targetedBy", "trastuzumab", THIRD)],
    )

    assert verdict.claim is not None
    assert not verdict.located


def test_an_entity_that_only_the_document_names_is_found(ontology):
    new = concept("zanutinib", class_name="Drug")
    reading = Reading(Document("doc", "", TEXT), (claim("HER2", "targetedBy", "zanutinib"),), (new,))

    (merged,) = merge_claims(reading, ontology)

    assert merged.object_names == {fold_name("Zanutinib")}


@pytest.mark.parametrize(
    ("claimed", "gold", "strict", "relaxed"),
    [
        ("about 15-20% of cases", "15 to 20 percent of cases", True, True),
        ("15 to 20 percent", "15 to 20 percent of breast cancers", False, True),
        ("15 to 25 percent of cases", "15 to 20 percent of cases", False, False),
        ("in 140000 new cases", "140,000 new cases", True, True),
        ("3+ on IHC", "IHC 3+", True, True),
        ("ERBB2", "HER2", False, False),
        ("HER-2", "HER2", True, True),
    ],
)
def test_literals(claimed, gold, strict, relaxed):
    assert literals_match(claimed, gold) is strict
    assert literals_match(claimed, gold, strict=False) is relaxed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HER2-positive breast cancers", "her2 positive breast cancer"),
        ("TGFβ", "TGF-beta"),
        ("T‑DM1", "TDM1"),
        ("metastases", "metastasis"),
        ("biopsies", "biopsy"),
        ("tyrosine kinase inhibitors", "tyrosine-kinase inhibitor"),
    ],
)
def test_spellings_fold_together(one, other):
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(("one", "other"), [("HER2", "HER3"), ("KRAS", "NRAS"), ("AML", "ALL"), ("RET", "PET")])
def test_different_names_stay_apart(one, other):
    assert fold_name(one) != fold_name(other)


def test_a_folder_is_evaluated_by_document_predicate_and_split(tmp_path, ontology):
    write_gold(
        tmp_path, row("HER2", "targetedBy", "trastuzumab"), row("HER2", "promotes", "cell growth", SECOND), name="a"
    )
    write_gold(tmp_path, row("HER2", "targetedBy", "trastuzumab"), row("HER2", "isA", "receptor", FIRST), name="b")
    made = (
        claim("HER2", "targetedBy", "trastuzumab"),
        claim("HER2", "promotes", "cell proliferation", SECOND, rule="grow"),
    )

    evaluation = evaluate(tmp_path, read=lambda doc: Reading(doc, made), ontology=ontology, held_out={"b", "elsewhere"})

    assert evaluation.documents == ("a", "b")
    assert [
        (line.name, line.strict.matched, line.strict.claimed, line.strict.gold) for line in evaluation.overall()
    ] == [
        ("development", 1, 2, 2),
        ("held-out", 1, 2, 2),
        ("all", 2, 4, 4),
    ]
    assert [(line.name, line.strict.matched) for line in evaluation.by_document()] == [("a", 1), ("b", 1)]
    assert [(line.name, line.strict.f1) for line in evaluation.by_predicate()] == [
        ("targetedBy", 1.0),
        ("isA", 0.0),
        ("promotes", 0.0),
    ]
    write_misses(evaluation, tmp_path / "misses.tsv")
    lines = (tmp_path / "misses.tsv").read_text(encoding="utf-8").splitlines()
    assert [line.split("\t")[:5] for line in lines[1:]] == [
        ["a", "missed", "HER2", "promotes", "cell growth"],
        ["a", "false", "HER2", "promotes", "cell proliferation"],
    ]


def test_a_miss_says_what_was_read_instead_or_what_the_vocabulary_lacks(tmp_path, ontology):
    rows = [
        row("HER2", "targetedBy", "nosuchmab"),
        row("HER2", "promotes", "cell growth", SECOND, certainty="possible"),
        row("breast cancer", "isA", "lobular carcinoma"),
    ]
    write_gold(tmp_path, *rows)
    made = (claim("HER2", "promotes", "cell growth", SECOND),)

    evaluation = evaluate(tmp_path, read=lambda doc: Reading(doc, made), ontology=ontology)

    notes = [miss.note for miss in evaluation.misses if miss.verdict == "missed"]
    assert notes == ["not in the vocabulary: nosuchmab", "read as promotes, affirmed, stated", ""]


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ("HER2\tProtein", "line 2: 2 columns where 9"),
        (row("HER2", "isA", "receptor", polarity="yes"), "line 2: yes, stated"),
        (row("HER2", "isA", "receptor", (0, 5000)), "line 2: the span 0-5000 is not in the text"),
        (row("HER2", "isA", "receptor", ("x", 5)), "line 2: the span x-5"),
    ],
)
def test_a_malformed_row_is_named(tmp_path, bad, complaint):
    path = write_gold(tmp_path, bad)

    with pytest.raises(OncographError, match=complaint):
        read_gold(path, text=TEXT)


def test_a_folder_without_gold_is_an_error(tmp_path, ontology):
    with pytest.raises(OncographError, match="no gold here"):
        evaluate(tmp_path, read=Reading, ontology=ontology)


def test_a_missing_text_is_an_error(tmp_path, ontology):
    write_gold(tmp_path)
    (tmp_path / "docs" / "doc.txt").unlink()

    with pytest.raises(OncographError, match=r"doc\.txt: the annotated text is missing"):
        evaluate(tmp_path, read=Reading, ontology=ontology)


def test_no_claims_give_zeros(tmp_path, ontology):
    write_gold(tmp_path, row("HER2", "isA", "receptor"))

    (line,) = evaluate(tmp_path, read=Reading, ontology=ontology).overall()

    assert (line.strict.precision, line.strict.recall, line.strict.f1, line.strict.evidence) == (0, 0, 0, 0)


def test_the_split_names_the_held_out_documents():
    split = read_split(Path(__file__).parent / "benchmarks" / "gold-split.tsv")

    assert "kras" in split
    assert "her2" not in split


def test_a_split_without_its_columns_is_an_error(tmp_path):
    (tmp_path / "split.tsv").write_text("a\tb\nkras\theld-out\n")

    with pytest.raises(OncographError, match="columns must be document and split"):
        read_split(tmp_path / "split.tsv")


@pytest.mark.gold
@pytest.mark.skipif(not GOLD.is_dir(), reason="no annotated documents beside the checkout")
def test_the_annotated_documents_are_read_well_enough():
    ontology = load_ontology()
    reader = load_reader(ontology)

    *_, everything = evaluate(GOLD, read=lambda doc: read_document(doc, reader), ontology=ontology).overall()

    assert everything.strict.f1 >= 0.45
    assert everything.strict.evidence >= 0.9
