"""OWL and SKOS as ontologies and thesauri really write them, in any form of RDF, and what is refused."""

import gzip
from pathlib import Path

import pytest

from oncograph.errors import VocabularyError
from oncograph.knowledge.vocabularies.formats import read_vocabulary
from oncograph.knowledge.vocabularies.terms import Mapping, Term, Vocabulary

OBO = "http://purl.obolibrary.org/obo/"
XML = """<?xml version="1.0"?>
<rdf:RDF xmlns="http://purl.obolibrary.org/obo/own.owl#" xml:base="http://purl.obolibrary.org/obo/own.owl"
     xmlns:owl="http://www.w3.org/2002/07/owl#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
     xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:obo="http://purl.obolibrary.org/obo/"
     xmlns:skos="http://www.w3.org/2004/02/skos/core#" xmlns:oboInOwl="http://www.geneontology.org/formats/oboInOwl#">
  <owl:Ontology rdf:about="http://purl.obolibrary.org/obo/own.owl">
    <owl:versionIRI rdf:resource="http://purl.obolibrary.org/obo/own/2026-01-01/own.owl"/>
  </owl:Ontology>
  <owl:AnnotationProperty rdf:about="http://purl.obolibrary.org/obo/IAO_0000115"><rdfs:label>definition</rdfs:label></owl:AnnotationProperty>
  <owl:Class rdf:about="http://purl.obolibrary.org/obo/DOID_9000001">
    <owl:equivalentClass><owl:Class><owl:intersectionOf rdf:parseType="Collection">
      <rdf:Description rdf:about="http://purl.obolibrary.org/obo/DOID_4"/></owl:intersectionOf></owl:Class>
    </owl:equivalentClass>
    <owl:equivalentClass rdf:resource="http://purl.obolibrary.org/obo/NCIT_C900002"/>
    <rdfs:subClassOf rdf:resource="http://purl.obolibrary.org/obo/DOID_4"/>
    <rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource="http://purl.obolibrary.org/obo/RO_1"/>
      <owl:someValuesFrom rdf:resource="http://purl.obolibrary.org/obo/UBERON_1"/></owl:Restriction></rdfs:subClassOf>
    <obo:IAO_0000115>A made-up tumor.</obo:IAO_0000115>
    <oboInOwl:hasDbXref>NCI:C900001</oboInOwl:hasDbXref>
    <oboInOwl:hasExactSynonym>velar tumor</oboInOwl:hasExactSynonym>
    <oboInOwl:hasNarrowSynonym>velar tumor of the left</oboInOwl:hasNarrowSynonym>
    <oboInOwl:id>DOID:9000001</oboInOwl:id>
    <skos:exactMatch>MIM:900001</skos:exactMatch>
    <rdfs:label xml:lang="de">Velarblastom</rdfs:label>
    <rdfs:label xml:lang="en">velar blastoma</rdfs:label>
  </owl:Class>
  <owl:Class rdf:about="http://purl.obolibrary.org/obo/DOID_9000002">
    <rdfs:label>obsolete velar thing</rdfs:label>
    <owl:deprecated rdf:datatype="http://www.w3.org/2001/XMLSchema#boolean">true</owl:deprecated>
  </owl:Class>
  <owl:Class rdf:about="http://purl.obolibrary.org/obo/UBERON_1"/>
</rdf:RDF>
"""
BOMB = """<!DOCTYPE rdf:RDF [
<!ENTITY a "velum velum velum">
<!ENTITY b "&a;&a;&a;&a;&a;">
]>
"""
SKOS = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix onco: <https://w3id.org/oncograph/ontology#> .
@prefix ex: <https://example.org/own/> .
ex:a a skos:Concept, onco:Drug ; skos:prefLabel "velarumab"@en-GB, "velarumabum"@la ;
    skos:altLabel "VL-1"@en, "Velar-Antikörper"@de, "VL1" ; skos:hiddenLabel "velarumap"@en ;
    skos:broader ex:b ; skos:exactMatch <https://www.drugbank.ca/drugs/DB99999> ; skos:relatedMatch ex:z .
ex:b a skos:Concept ; skos:prefLabel "Antikörper"@de .
ex:c a skos:Concept ; xl:prefLabel [ xl:literalForm "velar assay"@en ] .
"""


def read(folder: Path, text: str | bytes, name: str) -> Vocabulary:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_vocabulary(path)


def test_owl_as_rdf_xml(tmp_path: Path) -> None:
    found = read(tmp_path, XML, "own.owl")
    assert found.terms == (
        Term(
            f"{OBO}DOID_9000001",
            "velar blastoma",
            exact=("velar tumor",),
            narrow=("velar tumor of the left",),
            definition="A made-up tumor.",
            parents=(f"{OBO}DOID_4",),
            exact_matches=("https://omim.org/entry/900001", f"{OBO}NCIT_C900002"),
            references=(f"{OBO}NCIT_C900001",),
            notation="DOID:9000001",
        ),
    )
    assert found.obsolete == 1
    assert found.version == f"{OBO}own/2026-01-01/own.owl"


@pytest.mark.parametrize("name", ["own.owl", "own.rdf", "own.xml", "own", "own.owl.gz"])
def test_the_name_of_the_file_does_not_matter(tmp_path: Path, name: str) -> None:
    text = gzip.compress(XML.encode()) if name.endswith(".gz") else XML
    assert read(tmp_path, text, name) == read(tmp_path, XML, "other.owl")


def test_entities_may_stand_for_the_beginnings_of_iris(tmp_path: Path) -> None:
    entity = '<!DOCTYPE rdf:RDF [\n<!ENTITY obo "http://purl.obolibrary.org/obo/">\n]>\n<rdf:RDF'
    text = XML.replace('about="http://purl.obolibrary.org/obo/DOID', 'about="&obo;DOID').replace("<rdf:RDF", entity, 1)
    assert read(tmp_path, text, "own.owl") == read(tmp_path, XML, "own.owl")


def test_skos_names_are_english_where_there_are_any(tmp_path: Path) -> None:
    first, second, third = read(tmp_path, SKOS, "own.ttl").terms
    assert (first.label, first.exact, first.related) == ("velarumab", ("VL-1", "VL1"), ("velarumap",))
    assert first.exact_matches == ("https://go.drugbank.com/drugs/DB99999",)
    assert first.references == ("https://example.org/own/z",)
    assert second.label == "Antikörper"
    assert third.label == "velar assay"


def test_terms_of_our_own_classes_keep_them(tmp_path: Path) -> None:
    assert [term.class_name for term in read(tmp_path, SKOS, "own.ttl").terms] == ["Drug", "", ""]


def test_classes_that_only_type_concepts_are_no_terms(tmp_path: Path) -> None:
    schema = 'onco:Drug a <http://www.w3.org/2002/07/owl#Class> ; skos:prefLabel "drug" .\n'
    assert len(read(tmp_path, SKOS + schema, "own.ttl").terms) == 3


def test_retired_concepts_of_the_nci_thesaurus_are_obsolete(tmp_path: Path) -> None:
    status = '<obo:NCIT_P310>Retired_Concept</obo:NCIT_P310><rdfs:label xml:lang="de">'
    found = read(tmp_path, XML.replace('<rdfs:label xml:lang="de">', status), "own.owl")
    assert (found.terms, found.obsolete) == ((), 2)


def test_matches_alone_are_a_mapping_set(tmp_path: Path) -> None:
    text = f"<{OBO}DOID_1> <http://www.w3.org/2004/02/skos/core#narrowMatch> <http://identifiers.org/mesh/D1> .\n"
    found = read(tmp_path, text, "own.nt")
    assert found.mappings == (Mapping(f"{OBO}DOID_1", "narrowMatch", "http://id.nlm.nih.gov/mesh/D1"),)


@pytest.mark.parametrize("form", ["ofn", "owx", "omn"])
def test_the_other_forms_of_owl(tmp_path: Path, form: str) -> None:
    horned = pytest.importorskip("pyhornedowl")
    text = horned.open_ontology_from_string(XML, "owl").save_to_string(form)
    [term] = read(tmp_path, text, f"own.{form}").terms
    assert (term.label, term.exact, term.parents) == ("velar blastoma", ("velar tumor",), (f"{OBO}DOID_4",))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "a.owl",
            XML.partition('  <owl:Class rdf:about="http://purl.obolibrary.org/obo/UBERON_1')[0],
            r"a\.owl: not RDF/XML: it ends before its first element does; fetch it again",
        ),
        (
            "j.owl",
            XML.replace("<rdf:RDF", BOMB + "<rdf:RDF", 1),
            r"j\.owl: not RDF/XML: the entity b is long or made of",
        ),
        ("b.owl", XML.replace("</owl:Ontology>", "</owl:Ontolgy>"), r"b\.owl(:8)?: not RDF/XML"),
        ("c.ttl", SKOS.replace("onco:Drug", "onko:Drug"), r"c\.ttl:5: not Turtle: The prefix onko: has not been"),
        ("d.ttl", SKOS.encode("latin-1"), r"d\.ttl:6: byte f6 is no UTF-8, at offset \d+; save the file as UTF-8"),
        ("e.ttl", SKOS + "ex:b skos:broader ex:a .\n", r"e\.ttl:5: .*own/a \(velarumab\) is a kind of .*own/b"),
        ("f.ttl", SKOS.replace("VL-1", "V" * 5000), r"f\.ttl:6: a name of .*own/a has 5,000 characters"),
        ("g.jsonld", '{"@context": "https://example.org/c.jsonld", "@id": "x"}', r"g\.jsonld: .*context stands on the"),
        ("h.nt", "<http://example.org/a> <http://example.org/b> .\n", r"h\.nt:1: not N-Triples"),
        ("i.ttl", "@prefix ex: <https://example.org/> .\nex:a ex:b ex:c .\n", r"i\.ttl: holds no term"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, name: str, text: str | bytes, message: str) -> None:
    with pytest.raises(VocabularyError, match=message):
        read(tmp_path, text, name)
