"""Terms of several vocabularies that mean the same, as one entity."""

from oncograph.knowledge.vocabularies.joining import join
from oncograph.knowledge.vocabularies.terms import Mapping, Term, Vocabulary
from oncograph.model import Concept, Grounding

CURATED = {
    "e:breast": Concept("e:breast", "breast cancer", "Cancer", exact_matches=("do:1",)),
    "e:lung": Concept("e:lung", "lung cancer", "Cancer"),
}
STARTS = {"do:": "Disease", "mondo:": "Disease"}
PARENTS = {"Cancer": "Disease"}


def is_a(name: str, other: str) -> bool:
    return name == other or PARENTS.get(name) == other


def entities(**vocabularies: Vocabulary):
    return join(CURATED, vocabularies, class_starts=STARTS, is_a=is_a)


def test_three_vocabularies_do_not_give_three_breast_cancers() -> None:
    joined = entities(
        do=Vocabulary(terms=(Term("do:1", "breast cancer", exact=("mammary cancer",)),)),
        mondo=Vocabulary(terms=(Term("mondo:1", "breast carcinoma"),)),
        sssom=Vocabulary(mappings=(Mapping("mondo:1", "exactMatch", "do:1"),)),
    )
    assert sorted(joined.concepts) == ["e:breast", "e:lung"]
    assert joined.concepts["e:breast"].synonyms == ("mammary cancer", "breast carcinoma")
    assert joined.concepts["e:breast"].exact_matches == ("do:1", "mondo:1")
    assert joined.entity_of == {"do:1": "e:breast", "mondo:1": "e:breast"}


def test_iri_of_the_first_vocabulary_wins_among_imported_terms() -> None:
    vocabularies = {
        "mondo": Vocabulary(terms=(Term("mondo:2", "ependymoma", exact_matches=("do:2",)),)),
        "do": Vocabulary(terms=(Term("do:2", "ependymoma"),)),
    }
    assert "mondo:2" in entities(**vocabularies).concepts
    assert "do:2" in entities(**dict(reversed(vocabularies.items()))).concepts


def test_terms_that_one_vocabulary_keeps_apart_stay_apart() -> None:
    joined = entities(
        do=Vocabulary(terms=(Term("do:2", "glioma"), Term("do:3", "astrocytoma"))),
        mondo=Vocabulary(terms=(Term("mondo:2", "glioma", exact_matches=("do:2", "do:3")),)),
    )
    assert {"do:2", "do:3"} <= joined.concepts.keys()
    assert [(one.vocabulary, one.terms) for one in joined.refused] == [("do", ("do:2", "do:3"))]


def test_two_curated_concepts_stay_two() -> None:
    both = Vocabulary(terms=(Term("mondo:9", "thoracic cancer", exact_matches=("e:breast", "e:lung")),))
    assert {"e:breast", "e:lung"} <= entities(mondo=both).concepts.keys()


def test_reference_joins_only_what_shares_a_name() -> None:
    do = Vocabulary(terms=(Term("do:5", "chordoma"), Term("do:6", "sarcoma")))
    mondo = Vocabulary(
        terms=(
            Term("mondo:5", "Chordoma", references=("do:5",)),
            Term("mondo:6", "soft tissue tumor", references=("do:6",)),
        )
    )
    joined = entities(do=do, mondo=mondo)
    assert joined.entity_of == {"mondo:5": "do:5"}
    assert joined.concepts["mondo:6"].close_matches == ("do:6",)


def test_class_is_that_of_the_nearest_curated_ancestor() -> None:
    do = Vocabulary(
        terms=(
            Term("do:1", "breast cancer"),
            Term("do:7", "papillary tumor", parents=("do:8",)),
            Term("do:8", "x", parents=("do:1",)),
        )
    )
    joined = entities(do=do)
    assert joined.concepts["do:7"].class_name == "Cancer"
    assert joined.concepts["do:7"].grounding is Grounding.IMPORTED
    assert joined.concepts["do:8"].broader == ("e:breast",)


def test_term_of_no_known_class_is_told_not_guessed() -> None:
    joined = entities(own=Vocabulary(terms=(Term("own:1", "thing"),)))
    assert joined.unclassed == ("own:1",)
    assert "own:1" not in joined.concepts


def test_identifier_that_no_vocabulary_describes_is_kept() -> None:
    joined = entities(
        do=Vocabulary(terms=(Term("do:4", "chordoma"),)),
        sssom=Vocabulary(mappings=(Mapping("do:4", "exactMatch", "omim:215400"),)),
    )
    assert joined.concepts["do:4"].exact_matches == ("omim:215400",)


def test_one_name_of_one_kind_is_one_thing() -> None:
    mesh = Vocabulary(
        terms=(
            Term("mesh:1", "Lung Cancer", "Disease"),
            Term("mesh:2", "Chordomas", "Disease"),
            Term("mesh:3", "CARTS", "Disease"),
        )
    )
    others = Vocabulary(terms=(Term("do:2", "chordoma"), Term("own:3", "CARTS", "Gene")))
    joined = entities(mesh=mesh, others=others)
    assert joined.entity_of == {"mesh:1": "e:lung", "do:2": "mesh:2"}


def test_name_of_two_terms_of_one_vocabulary_joins_nothing() -> None:
    mesh = Vocabulary(terms=(Term("mesh:1", "Chordoma", "Disease"), Term("mesh:2", "chordomas", "Disease")))
    do = Vocabulary(terms=(Term("do:2", "chordoma"),))
    assert entities(mesh=mesh, do=do).entity_of == {}
