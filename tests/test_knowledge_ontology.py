"""Loading the ontology folder: what comes out of a good one, and what is said about a bad one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from oncograph.errors import OntologyError
from oncograph.knowledge import ontology as module
from oncograph.knowledge.namespaces import PREFIXES, expand, shorten
from oncograph.knowledge.ontology import Ontology, OntologyClass, Predicate, find_ontology, load_ontology
from oncograph.model import ENTITY, Concept, Grounding, entity_iri

HEAD = """@prefix onco: <https://w3id.org/oncograph/ontology#> .
@prefix entity: <https://w3id.org/oncograph/entity/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

"""
HER2 = """entity:HER2 a onco:Receptor, skos:Concept ;
    skos:prefLabel "HER2"@en ;
    skos:altLabel "ErbB2"@en, "human epidermal growth factor receptor 2"@en ;
    skos:hiddenLabel "her 2"@en ;
    skos:definition "A receptor on cells."@en ;
    skos:broader entity:receptor_tyrosine_kinase ;
    onco:encodedBy entity:ERBB2 ;
    skos:exactMatch <http://purl.uniprot.org/uniprot/P04626> ;
    skos:closeMatch <http://id.nlm.nih.gov/mesh/D018719> ;
    skos:notation "UniProtKB:P04626" .
"""
ERBB2 = 'entity:ERBB2 a onco:Gene, skos:Concept ; skos:prefLabel "ERBB2"@en .\n'
KINASES = (
    "entity:receptor_tyrosine_kinase a onco:Receptor, skos:Concept ;\n"
    '    skos:prefLabel "receptor tyrosine kinase"@en .\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An ontology folder with the real classes and three concepts in two files."""
    made = tmp_path / "ontology"
    (made / "vocabulary").mkdir(parents=True)
    shutil.copy(find_ontology() / "ontology.ttl", made)
    write(made, "genes", ERBB2)
    write(made, "proteins", HER2 + KINASES)
    return made


def write(folder: Path, name: str, turtle: str) -> None:
    (folder / "vocabulary" / f"{name}.ttl").write_text(HEAD + turtle, encoding="utf-8")


def test_everything_a_concept_says_is_loaded(folder: Path) -> None:
    assert load_ontology(folder).concepts[ENTITY + "HER2"] == Concept(
        iri=ENTITY + "HER2",
        label="HER2",
        class_name="Receptor",
        synonyms=("ErbB2", "human epidermal growth factor receptor 2"),
        hidden=("her 2",),
        broader=(ENTITY + "receptor_tyrosine_kinase",),
        definition="A receptor on cells.",
        exact_matches=("http://purl.uniprot.org/uniprot/P04626",),
        close_matches=("http://id.nlm.nih.gov/mesh/D018719",),
        notations=("UniProtKB:P04626",),
        relations=(("encodedBy", ENTITY + "ERBB2"),),
        grounding=Grounding.CURATED,
    )


def test_concepts_are_sorted_by_iri(folder: Path) -> None:
    concepts = load_ontology(folder).concepts
    assert list(concepts) == sorted(concepts)
    assert len(concepts) == 3


def test_predicate_knows_its_domain_range_and_inverse(folder: Path) -> None:
    predicates = load_ontology(folder).predicates
    assert predicates["targetedBy"] == Predicate(
        "targetedBy",
        "targeted by",
        definition="The drug acts on the subject: binds, blocks, degrades or activates it.",
        domain=("Protein", "Gene", "GeneticAlteration", "Pathway"),
        range=("Drug", "DrugClass"),
        inverse="targets",
    )
    assert (predicates["isA"].domain, predicates["isA"].range) == ((), ())
    assert predicates["encodedBy"].range == ("Gene",)
    assert predicates["combinedWith"].symmetric
    assert predicates["hasPrevalence"].literal
    assert predicates["hasPrevalence"].range == ("Quantity",)


def test_inverse_is_the_predicate_turned_round(folder: Path) -> None:
    ontology = load_ontology(folder)
    for predicate in ontology.predicates.values():
        if predicate.inverse:
            inverse = ontology.inverses[predicate.inverse]
            assert (inverse.domain, inverse.range) == (predicate.range, predicate.domain), predicate.name
            assert inverse.inverse == predicate.name


def test_class_knows_what_texts_call_it(folder: Path) -> None:
    receptor = load_ontology(folder).classes["Receptor"]
    assert receptor.label == "receptor"
    assert "protein receptor" in receptor.synonyms
    assert receptor.parents == ("Protein",)


def test_classes_are_kinds_of_things_only(folder: Path) -> None:
    ontology = load_ontology(folder)
    assert not {"Entity", "Claim", "Evidence", "Quantity", "Polarity"} & set(ontology.classes)
    assert set(ontology.literals) == {"Quantity", "Date", "Criterion", "Label"}
    assert "inDisease" in ontology.qualifiers


def test_ancestors_and_descendants_include_the_class_itself(folder: Path) -> None:
    ontology = load_ontology(folder)
    assert ontology.ancestors("Kinase") == {"Kinase", "Enzyme", "Protein"}
    assert ontology.descendants("Enzyme") == {"Kinase", "Enzyme"}
    assert ontology.ancestors("Quantity") == {"Quantity"}


def test_class_with_two_parents_has_the_ancestors_of_both() -> None:
    classes = [OntologyClass("A", "a"), OntologyClass("B", "b"), OntologyClass("C", "c", parents=("A", "B"))]
    assert Ontology({entry.name: entry for entry in classes}).ancestors("C") == {"A", "B", "C"}


def test_digest_covers_every_file_and_no_place(folder: Path, tmp_path: Path) -> None:
    before = load_ontology(folder).digest
    moved = shutil.copytree(folder, tmp_path / "elsewhere")
    assert load_ontology(moved).digest == before
    (moved / "rules").mkdir()
    (moved / "rules" / "new.toml").write_text("", encoding="utf-8")
    assert load_ontology(moved).digest != before


def test_hidden_files_are_nobodys_business(folder: Path) -> None:
    before = load_ontology(folder).digest
    (folder / "vocabulary" / ".#genes.ttl").write_text("not Turtle", encoding="utf-8")
    assert load_ontology(folder).digest == before


def test_vocabulary_may_be_missing(folder: Path) -> None:
    shutil.rmtree(folder / "vocabulary")
    assert load_ontology(folder).concepts == {}


BROKEN = [
    ('entity:ERBB2 a onco:Gene, skos:Concept ; skos:prefLabel "ERBB2@en .', "genes.ttl:6:", "not Turtle"),
    ("entity:ERBB2 a onco:Gene, skos:Concept .", "genes.ttl:6: entity:ERBB2", "has no skos:prefLabel"),
    (
        'entity:ERBB2 a onco:Gene, skos:Concept ; skos:prefLabel "ERBB2"@en, "NEU"@en .',
        "entity:ERBB2",
        "has 2 skos:prefLabel",
    ),
    ('entity:ERBB2 a onco:Gene, skos:Concept ; skos:prefLabel "ERBB2" .', "entity:ERBB2", 'write "…"@en'),
    ('entity:ERBB2 a onco:Gene, skos:Concept ; skos:prefLabel "ERBB2 "@en .', "entity:ERBB2", "stray spaces"),
    ('entity:ERBB2 a onco:Gen, skos:Concept ; skos:prefLabel "ERBB2"@en .', "onco:Gen is no class", "entity classes"),
    ('entity:ERBB2 a onco:Claim, skos:Concept ; skos:prefLabel "ERBB2"@en .', "onco:Claim is no class", "use one"),
    ('entity:ERBB2 a skos:Concept ; skos:prefLabel "ERBB2"@en .', "has no onco: class", "exactly one"),
    (
        'entity:ERBB2 a onco:Gene, onco:Biomarker, skos:Concept ; skos:prefLabel "ERBB2"@en .',
        "has 2 onco: class",
        "exactly one",
    ),
    ('entity:ERBB2 a onco:Gene ; skos:prefLabel "ERBB2"@en .', "is no skos:Concept", "add it"),
    (ERBB2 + 'entity:ERBB2 skos:related "x"@en .', "skos:related is no property of a concept", "skos:prefLabel"),
    (ERBB2 + "entity:ERBB2 onco:encodes entity:HER2 .", "onco:encodes is no property of a concept", "use"),
    (ERBB2 + 'entity:ERBB2 onco:hasSynonym "NEU" .', "onco:hasSynonym is no property of a concept", "use"),
    (ERBB2 + 'entity:ERBB2 skos:broader "gene" .', "skos:broader must be an IRI", "gene"),
    (ERBB2 + 'entity:ERBB2 skos:definition "One."@en, "Two."@en .', "more than one skos:definition", "keep one"),
    (ERBB2 + "entity:ERBB2 skos:broader entity:oncogenes .", "skos:broader entity:oncogenes is in no", "add it"),
    (ERBB2 + "entity:ERBB2 onco:interactsWith entity:EGFR .", "onco:interactsWith entity:EGFR is in no", "add it"),
    (ERBB2 + '[] a onco:Gene, skos:Concept ; skos:prefLabel "NEU"@en .', "needs an IRI", "write entity:its_label"),
    (
        ERBB2 + 'entity:NEU a onco:Gene, skos:Concept ; skos:prefLabel "c-NEU"@en .',
        "entity:NEU: the IRI of 'c-NEU' is entity:c-NEU",
        "rename",
    ),
    (
        ERBB2 + 'entity:erbb2 a onco:Gene, skos:Concept ; skos:prefLabel "erbb2"@en .',
        "entity:erbb2: has the label and class of entity:ERBB2",
        "merge",
    ),
    (ERBB2 + 'entity:ERBB2 skos:notation "HGNC:3430" .', "HGNC:3430 has no match", "agree"),
    (
        ERBB2 + 'entity:ERBB2 skos:notation "HGNC:3431" ; skos:exactMatch <https://identifiers.org/hgnc:3430> .',
        "no match <https://identifiers.org/hgnc:3431>",
        "agree",
    ),
    (ERBB2 + KINASES, "receptor_tyrosine_kinase: is described in genes.ttl already", "keep one"),
    (
        ERBB2
        + 'entity:a a onco:Gene, skos:Concept ; skos:prefLabel "a"@en ; skos:broader entity:b .\n'
        + 'entity:b a onco:Gene, skos:Concept ; skos:prefLabel "b"@en ; skos:broader entity:a .\n',
        "genes.ttl:7: entity:a: is broader than itself",
        "take one link",
    ),
]


@pytest.mark.parametrize(("turtle", "where", "mend"), BROKEN, ids=[f"{where}-{mend}" for _, where, mend in BROKEN])
def test_mistake_is_refused_with_place_and_mend(folder: Path, turtle: str, where: str, mend: str) -> None:
    write(folder, "genes", turtle)
    with pytest.raises(OntologyError) as caught:
        load_ontology(folder)
    message = str(caught.value)
    assert where in message
    assert mend in message
    assert str(folder / "vocabulary") in message
    assert "\n" not in message


def test_two_ways_up_are_no_circle(folder: Path) -> None:
    gene = 'entity:{0} a onco:Gene, skos:Concept ; skos:prefLabel "{0}"@en ; skos:broader {1} .\n'
    top = 'entity:top a onco:Gene, skos:Concept ; skos:prefLabel "top"@en .\n'
    diamond = [gene.format("a", "entity:b, entity:c"), gene.format("b", "entity:top"), gene.format("c", "entity:top")]
    write(folder, "genes", ERBB2 + top + "".join(diamond))
    assert len(load_ontology(folder).concepts) == 7


def test_concepts_may_keep_the_iris_of_another_vocabulary(folder: Path) -> None:
    write(
        folder,
        "genes",
        ERBB2 + '<http://purl.obolibrary.org/obo/X_1> a onco:Gene, skos:Concept ; skos:prefLabel "X"@en .',
    )
    assert load_ontology(folder).concepts["http://purl.obolibrary.org/obo/X_1"].label == "X"


def test_notation_of_a_source_unknown_here_is_taken_as_it_is(folder: Path) -> None:
    write(folder, "genes", ERBB2 + 'entity:ERBB2 skos:notation "LOCAL:7" .')
    assert load_ontology(folder).concepts[ENTITY + "ERBB2"].notations == ("LOCAL:7",)


BROKEN_SCHEMA = [
    ('rdfs:label "targeted by"@en ;', "", "onco:targetedBy: has no rdfs:label"),
    ("rdfs:subClassOf onco:Enzyme", "rdfs:subClassOf onco:Enzime", "onco:Kinase: names onco:Enzime"),
    ("rdfs:range onco:InheritancePattern ;", "", "onco:hasInheritance: has no rdfs:range"),
    ("owl:inverseOf onco:targets", "owl:inverseOf onco:target", "onco:targetedBy: names onco:target"),
]


@pytest.mark.parametrize(("old", "new", "message"), BROKEN_SCHEMA, ids=[case[-1] for case in BROKEN_SCHEMA])
def test_mistake_in_the_schema_is_refused(folder: Path, old: str, new: str, message: str) -> None:
    path = folder / "ontology.ttl"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(OntologyError, match=message):
        load_ontology(folder)


def test_folder_without_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match=r"ontology\.ttl: no such file"):
        load_ontology(tmp_path)


def test_installed_copy_is_found_where_there_is_no_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "lib" / "a" / "b" / "oncograph"
    (package / "knowledge").mkdir(parents=True)
    monkeypatch.setattr(module, "__file__", str(package / "knowledge" / "ontology.py"))
    monkeypatch.setattr(module.resources, "files", lambda name: tmp_path / "lib" / "a" / "b" / name)
    with pytest.raises(OntologyError, match="install oncograph again"):
        find_ontology()
    (package / "ontology").mkdir()
    (package / "ontology" / "ontology.ttl").touch()
    assert find_ontology() == package / "ontology"


def test_checkout_uses_its_own_folder() -> None:
    root = Path(__file__).resolve().parents[1]
    assert find_ontology() == root / "ontology"


def test_label_mints_the_iri_of_its_entry(folder: Path) -> None:
    for iri, concept in load_ontology(folder).concepts.items():
        assert iri == entity_iri(concept.label)


@pytest.mark.parametrize("prefix", sorted(PREFIXES))
def test_shorten_undoes_expand(prefix: str) -> None:
    assert shorten(expand(f"{prefix}:A1_b-2")) == f"{prefix}:A1_b-2"


@pytest.mark.parametrize("local", ["", "a b", "a/b", "ends.", "-a", "a(b)"])
def test_what_turtle_cannot_shorten_stays_whole(local: str) -> None:
    assert shorten(ENTITY + local) == f"<{ENTITY}{local}>"
