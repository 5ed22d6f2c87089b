"""Under which names an imported term is looked for."""

from pathlib import Path

import pytest

from oncograph.errors import OntologyError
from oncograph.knowledge.vocabularies.naming import load_context, load_naming, names_of
from oncograph.knowledge.vocabularies.terms import Term
from oncograph.reading.dictionary import ANY_CASE, CASED, DERIVED, LOOSE, PREFERRED, TITLED

RULES = load_naming(Path(__file__).parents[1] / "ontology")


def names(label: str, *exact: str, class_name: str = "Disease", **more) -> dict[str, tuple[int, int]]:
    term = Term("x:1", label, class_name, exact=exact, **more)
    return {name.text: (name.rank, name.case) for name in names_of(term, RULES)}


@pytest.mark.parametrize("label", ["Disease", "Syndromes", "rare", "X", "17", "MAP", "can", "bone damage"])
def test_names_that_tell_nothing_are_left_out(label):
    assert names(label) == {}


def test_broad_synonyms_are_left_out():
    assert names("mastocytosis", related=("mast cell disease",), broad=("blood disease",)).keys() >= {"mastocytosis"}
    assert "blood disease" not in names("mastocytosis", broad=("blood disease",))
    assert names("mastocytosis", related=("mast cell disease",))["mast cell disease"] == (LOOSE, ANY_CASE)


@pytest.mark.parametrize(
    ("label", "derived"),
    [
        ("Carcinoma, Merkel Cell", "Merkel Cell Carcinoma"),
        ("cancer of the ureter", "ureter cancer"),
        ("Ureteral Neoplasms", "ureteral cancer"),
        ("Alzheimer's disease", "Alzheimer disease"),
        ("hypertension", "hypertensive"),
        ("kidney disease", "kidney dysfunction"),
        ("nervous system disease", "nervous system disorder"),
        ("heart disease", "heart complication"),
        ("Eye Abnormalities", "eye anomaly"),
        ("Sarcoma, NOS", "Sarcoma"),
    ],
)
def test_forms_that_texts_use_are_made_of_names_of_diseases(label, derived):
    assert names(label)[derived] == (DERIVED, ANY_CASE)


def test_a_note_at_the_end_of_a_name_is_left_out():
    assert "end stage renal disease" in names("end stage renal disease (ESRD)")


def test_codes_are_found_with_letters_and_digits_parted():
    assert names("IL6", class_name="Gene") == {"IL6": (PREFERRED, CASED), "IL 6": (PREFERRED, CASED)}


def test_a_cluster_of_genes_is_not_looked_for_by_the_stem_of_their_names():
    assert names("HOXA@", "homeobox A cluster", class_name="Gene").keys() == {"homeobox A cluster"}


def test_symbols_of_genes_may_have_one_capital():
    assert names("AKT", class_name="Gene")["AKT"] == (PREFERRED, TITLED)


def test_acronyms_in_small_letters_count_in_capitals():
    assert names("Zollinger Ellison syndrome", "zes")["ZES"] == (1, CASED)
    assert names("graft versus host disease", "gvhd")["GVHD"] == (1, CASED)
    assert names("influenza", "flu")["flu"] == (1, ANY_CASE)


def test_names_that_spell_a_structure_out_are_left_out():
    assert names("imatinib", "4-((4-methylpiperazin-1-yl)methyl)-N-phenylbenzamide", class_name="Drug") == {
        "imatinib": (PREFERRED, ANY_CASE)
    }


def test_an_acid_is_found_as_its_salt():
    assert names("aspartic acid", class_name="Drug")["aspartate"] == (DERIVED, ANY_CASE)


def test_without_a_file_there_are_no_rules(tmp_path):
    assert load_naming(tmp_path).never == frozenset()
    assert load_context(tmp_path).kinds == {}


@pytest.mark.parametrize(
    ("text", "message"), [("[nonsense]\n", "unknown key 'nonsense'"), ("[never]\nwords = []\n", "needs a meaning")]
)
def test_a_table_that_is_not_understood_is_refused(tmp_path, text, message):
    (tmp_path / "vocabularies").mkdir()
    (tmp_path / "vocabularies" / "names.toml").write_text(text)
    with pytest.raises(OntologyError, match=message):
        load_naming(tmp_path)
