"""Vocabulary files of every form, and what is wrong with broken ones."""

import gzip
import json
from pathlib import Path

import pytest

from oncograph.errors import VocabularyError
from oncograph.knowledge.vocabularies.formats import read_vocabulary
from oncograph.knowledge.vocabularies.tables import read_columns
from oncograph.knowledge.vocabularies.terms import Mapping, Term

OBO = """format-version: 1.2
data-version: releases/2026-01-01
ontology: small

[Term]
id: DOID:1
name: chordoma
def: "A cancer of remains of the notochord." [url:x]
synonym: "notochordal sarcoma" EXACT []
synonym: "bone tumor" BROAD []
synonym: "physaliferous tumor" RELATED []
xref: NCI:C2947
is_a: DOID:2 ! sarcoma
property_value: skos:exactMatch MONDO:0008978

[Term]
id: DOID:2
name: sarcoma

[Term]
id: DOID:3
name: obsolete thing
is_obsolete: true
"""
CHORDOMA = Term(
    "http://purl.obolibrary.org/obo/DOID_1",
    "chordoma",
    exact=("notochordal sarcoma",),
    related=("physaliferous tumor",),
    broad=("bone tumor",),
    definition="A cancer of remains of the notochord.",
    parents=("http://purl.obolibrary.org/obo/DOID_2",),
    exact_matches=("http://purl.obolibrary.org/obo/MONDO_0008978",),
    references=("http://purl.obolibrary.org/obo/NCIT_C2947",),
    notation="DOID:1",
)
OWL = """@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
@prefix dcterms: <http://purl.org/dc/terms/> .

obo:small.owl a owl:Ontology ; dcterms:title "Small" ; owl:versionInfo "7" ; dcterms:license <https://example.org/cc0> .
obo:DOID_1 a owl:Class ; rdfs:label "chordoma" ; obo:IAO_0000115 "A cancer of remains of the notochord." ;
    oio:hasExactSynonym "notochordal sarcoma", "chordome"@fr ; oio:hasBroadSynonym "bone tumor" ;
    oio:hasRelatedSynonym "physaliferous tumor" ; rdfs:subClassOf obo:DOID_2, [ a owl:Restriction ] ;
    skos:exactMatch obo:MONDO_0008978 ; oio:hasDbXref "NCI:C2947" .
obo:DOID_2 a owl:Class ; rdfs:label "sarcoma"@en .
obo:DOID_3 a owl:Class ; rdfs:label "obsolete thing" ; owl:deprecated true .
"""
SKOS = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <https://example.org/own/> .
ex:scheme a skos:ConceptScheme ; skos:prefLabel "Own words"@en .
ex:a a skos:Concept ; skos:prefLabel "assay A"@en, "Test A"@de ; skos:altLabel "A test"@en ; skos:narrower ex:b .
ex:b a skos:Concept ; skos:prefLabel "assay B"@en ; skos:closeMatch ex:c .
"""
GRAPH = {
    "graphs": [
        {
            "id": "http://purl.obolibrary.org/obo/small.owl",
            "nodes": [
                {
                    "id": "http://purl.obolibrary.org/obo/DOID_1",
                    "lbl": "chordoma",
                    "type": "CLASS",
                    "meta": {"synonyms": [{"pred": "hasExactSynonym", "val": "notochordal sarcoma"}]},
                }
            ],
            "edges": [],
        }
    ]
}
FUNCTIONAL = """Prefix(owl:=<http://www.w3.org/2002/07/owl#>)
Prefix(rdfs:=<http://www.w3.org/2000/01/rdf-schema#>)
Ontology(<https://example.org/own>
Declaration(Class(<https://example.org/own/a>))
Declaration(Class(<https://example.org/own/b>))
AnnotationAssertion(rdfs:label <https://example.org/own/a> "assay A")
AnnotationAssertion(rdfs:label <https://example.org/own/b> "assay B")
SubClassOf(<https://example.org/own/b> <https://example.org/own/a>)
)
"""
SSSOM = """#curie_map:
#  OWN: https://example.org/own/
#mapping_set_title: "Own to others"
#license: https://example.org/cc0
subject_id\tpredicate_id\tobject_id\tpredicate_modifier
MONDO:1\tskos:exactMatch\tDOID:1\t
OWN:1\tskos:broadMatch\tDOID:2\t
MONDO:2\tskos:exactMatch\tDOID:3\tNot
"""
HGNC = """hgnc_id\tsymbol\tname\tstatus\talias_symbol\talias_name\tprev_symbol\tprev_name\tentrez_id\tomim_id
HGNC:3430\tERBB2\terb-b2 receptor tyrosine kinase 2\tApproved\tNEU|HER-2\t\tNGL\t\t2064\t164870
HGNC:9\tOLD\told gene\tEntry Withdrawn\t\t\t\t\t\t
"""


@pytest.fixture
def write(tmp_path: Path):
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_obo(write) -> None:
    read = read_vocabulary(write("small.obo", OBO))
    assert read.terms[0] == CHORDOMA
    assert (len(read.terms), read.obsolete, read.version, read.title) == (2, 1, "releases/2026-01-01", "small")


def test_owl_says_the_same_as_obo(write) -> None:
    read = read_vocabulary(write("small.owl", OWL))
    assert read.terms[0] == CHORDOMA
    assert (len(read.terms), read.obsolete) == (2, 1)
    assert (read.title, read.version, read.licence) == ("Small", "7", "https://example.org/cc0")


def test_skos(write) -> None:
    read = read_vocabulary(write("own.ttl", SKOS), class_name="DiagnosticTest")
    assert [(term.label, term.exact, term.parents, term.references) for term in read.terms] == [
        ("assay A", ("A test",), (), ()),
        ("assay B", (), ("https://example.org/own/a",), ("https://example.org/own/c",)),
    ]
    assert {term.class_name for term in read.terms} == {"DiagnosticTest"}
    assert read.title == "Own words"


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("own.nt", "N_TRIPLES"),
        ("own.rdf", "RDF_XML"),
        ("own.jsonld", "JSON_LD"),
        ("own.xml", "RDF_XML"),
        ("own", "TURTLE"),
    ],
)
def test_skos_is_the_same_in_every_form(write, name: str, form: str) -> None:
    import pyoxigraph

    triples = pyoxigraph.parse(SKOS, format=pyoxigraph.RdfFormat.TURTLE)
    data = pyoxigraph.serialize(
        triples, format=getattr(pyoxigraph.RdfFormat, form), prefixes={"ex": "https://example.org/"}
    )
    assert data is not None
    assert read_vocabulary(write(name, data)).terms == read_vocabulary(write("own.ttl", SKOS)).terms


def test_obo_graph(write) -> None:
    [term] = read_vocabulary(write("small.json", json.dumps(GRAPH))).terms
    assert (term.iri, term.label, term.exact) == (CHORDOMA.iri, "chordoma", ("notochordal sarcoma",))


def test_functional_syntax(write) -> None:
    read = read_vocabulary(write("own.ofn", FUNCTIONAL))
    assert [(term.label, term.parents) for term in read.terms] == [
        ("assay A", ()),
        ("assay B", ("https://example.org/own/a",)),
    ]


def test_sssom(write) -> None:
    read = read_vocabulary(write("own.sssom.tsv", SSSOM))
    obo = "http://purl.obolibrary.org/obo/"
    assert read.mappings == (
        Mapping(f"{obo}MONDO_1", "exactMatch", f"{obo}DOID_1"),
        Mapping("https://example.org/own/1", "broadMatch", f"{obo}DOID_2"),
    )
    assert (read.title, read.licence) == ("Own to others", "https://example.org/cc0")


def test_gene_table(write) -> None:
    read = read_vocabulary(write("hgnc_complete_set.txt", HGNC))
    [term] = read.terms
    assert term.exact == ("erb-b2 receptor tyrosine kinase 2", "NEU", "HER-2", "NGL")
    assert (term.iri, term.class_name) == ("https://identifiers.org/hgnc:3430", "Gene")
    assert term.exact_matches == ("https://identifiers.org/ncbigene:2064",)
    assert term.references == ("https://omim.org/entry/164870",)
    assert read.obsolete == 1


def test_own_table_by_its_columns(write) -> None:
    path = write("own.csv", 'code,what,other\n7,"assay A, new",first|second\n')
    columns = read_columns("id=code,label=what,exact=other:|,prefix=OWN,class_name=DiagnosticTest")
    [term] = read_vocabulary(path, columns=columns).terms
    assert term == Term("OWN:7", "assay A, new", "DiagnosticTest", exact=("first", "second"))


def test_gzipped_file_is_the_same(write) -> None:
    packed = read_vocabulary(write("small.obo.gz", gzip.compress(OBO.encode())))
    assert packed == read_vocabulary(write("small.obo", OBO))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.obo", OBO.replace('"bone tumor" BROAD', '"bone tumor" BROADLY'), r"a\.obo:10: not OBO"),
        (
            "b.obo",
            OBO.replace("name: sarcoma", "name: sarcoma\nis_a: DOID:1"),
            r"b\.obo:6: .* is a kind of .*; break the circle",
        ),
        ("c.obo", OBO.replace("id: DOID:2\n", "id: DOID:1\n"), r"c\.obo:17: .*DOID_1 stands there twice"),
        ("d.obo", OBO.replace("bone tumor", "x" * 10_000_000), r"d\.obo:10: a name of .* 10,000,000 characters"),
        ("e.obo", OBO.replace("chordoma", "chordome à").encode("latin-1"), r"e\.obo:7: byte e0 is no UTF-8"),
        ("f.ttl", SKOS.replace("ex:b a", "ex:b b"), r"f\.ttl:5: not Turtle"),
        ("g.csv", "a,b\n1,2\n", r"g\.csv:1: no vocabulary of a known form; .*--columns"),
        ("h.tsv", HGNC + "HGNC:1\tONE\n", r"h\.tsv:4: 2 fields in place of 10"),
        ("i.tsv", HGNC.replace("\tERBB2\t", "\t\t"), r"i\.tsv:2: nothing stands under symbol"),
        ("j.tsv", SSSOM.replace("object_id", "object"), r"j\.tsv:5: there is no column object_id"),
        ("k.obo", "", r"k\.obo: is empty"),
        ("l.obo.gz", gzip.compress(OBO.encode(), mtime=0)[:-20], r"l\.obo\.gz: the gzip data is damaged or cut off"),
        ("m.json", '{"some": "thing"}', r"m\.json:1: "),
        ("n.owl", OWL.split("obo:DOID_1")[0], r"n\.owl: holds no term"),
        ("o.ofn", FUNCTIONAL.replace("SubClassOf(", "SubClassOf"), r"o\.ofn:8: not OWL functional syntax"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(write, name: str, content: str | bytes, message: str) -> None:
    with pytest.raises(VocabularyError, match=message):
        read_vocabulary(write(name, content))


@pytest.mark.parametrize(
    ("given", "message"), [("id=a", "id and label are needed"), ("id=a,label=b,colour=c", "unknown key colour")]
)
def test_wrong_map_of_columns(given: str, message: str) -> None:
    with pytest.raises(VocabularyError, match=message):
        read_columns(given)


VOCABULARIES = Path(__file__).parents[2] / "shared" / "data" / "vocab"


@pytest.mark.skipif(not VOCABULARIES.is_dir(), reason="no reference vocabularies beside the checkout")
@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("doid-DO_cancer_slim.obo.gz", 729),
        ("hgnc.tsv.gz", 43_837),
        ("drugbank-vocabulary.csv.gz", 19_853),
        ("mondo.jsonl.gz", 23_964),
        ("doid-NCIthesaurus.obo.gz", 4_750),
        ("doid.jsonl.gz", 12_247),
        ("mesh-descriptors.tsv.gz", 30_764),
        ("ncit-neoplasm-core.csv.gz", 1_367),
        ("oncotree_2025_10_03.json.gz", 897),
    ],
)
def test_public_vocabulary(name: str, terms: int) -> None:
    assert len(read_vocabulary(VOCABULARIES / name).terms) == terms


@pytest.mark.skipif(not VOCABULARIES.is_dir(), reason="no reference vocabularies beside the checkout")
@pytest.mark.parametrize(("name", "mappings"), [("doid", 11_966), ("mesh", 8_181), ("ncit", 7_304), ("omim", 10_045)])
def test_public_mapping_set(name: str, mappings: int) -> None:
    assert len(read_vocabulary(VOCABULARIES / f"mondo-exactmatch-{name}.sssom.tsv.gz").mappings) == mappings


@pytest.mark.skipif(not VOCABULARIES.is_dir(), reason="no reference vocabularies beside the checkout")
def test_public_table_with_an_identifier_twice_is_refused() -> None:
    path = VOCABULARIES / "drug-names-wikipedia.csv.gz"
    columns = read_columns("id=Wikipedia link,label=Common name,synonyms=Synonyms:|")
    with pytest.raises(VocabularyError, match=r"gz:27: .*Valproate stands there twice, and at line 26 before"):
        read_vocabulary(path, columns=columns)


def test_identifier_that_is_no_iri_is_refused(write) -> None:
    path = write("own.csv", "code,what\n7 b,assay A\n")
    with pytest.raises(VocabularyError, match=r"own\.csv:2: '7 b' is no IRI"):
        read_vocabulary(path, columns=read_columns("id=code,label=what"))
