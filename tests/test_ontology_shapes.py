"""The shapes of ontology/shapes: a good graph conforms, and each way of breaking it is reported in its own words."""

from __future__ import annotations

from functools import cache

import pytest

from oncograph.knowledge.ontology import find_ontology

rdflib = pytest.importorskip("rdflib")
pyshacl = pytest.importorskip("pyshacl")

RDF, RDFS, OWL = rdflib.RDF, rdflib.RDFS, rdflib.OWL
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
ONCO = rdflib.Namespace("https://w3id.org/oncograph/ontology#")

PREFIXES = """
@prefix onco: <https://w3id.org/oncograph/ontology#> .
@prefix entity: <https://w3id.org/oncograph/entity/> .
@prefix claim: <https://w3id.org/oncograph/claim/> .
@prefix doc: <https://w3id.org/oncograph/doc/> .
@prefix rule: <https://w3id.org/oncograph/rule/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix schema: <https://schema.org/> .
@prefix biolink: <https://w3id.org/biolink/vocab/> .
"""

CONCEPTS = """
entity:HER2 a onco:Receptor, skos:Concept ; skos:prefLabel "HER2"@en ; skos:altLabel "ErbB2"@en ;
    skos:hiddenLabel "her 2"@en ; skos:definition "A receptor."@en ; skos:broader entity:receptor_tyrosine_kinase ;
    onco:encodedBy entity:ERBB2 ;
    skos:exactMatch <http://purl.uniprot.org/uniprot/P04626> ; skos:notation "UniProtKB:P04626" .
entity:receptor_tyrosine_kinase a onco:Receptor, skos:Concept ; skos:prefLabel "receptor tyrosine kinase"@en .
entity:ERBB2 a onco:Gene, skos:Concept ; skos:prefLabel "ERBB2"@en ;
    skos:exactMatch <https://identifiers.org/hgnc:3430> ; skos:notation "HGNC:3430" .
"""

BUILT = """
entity:HER2 a onco:Receptor, skos:Concept ; skos:prefLabel "HER2"@en ; rdfs:label "HER2"@en ;
    onco:grounding onco:Curated ; onco:targetedBy entity:trastuzumab .
entity:trastuzumab a onco:MonoclonalAntibody, skos:Concept ; skos:prefLabel "trastuzumab"@en ;
    rdfs:label "trastuzumab"@en ; onco:grounding onco:Curated .
claim:0123456789abcdef0123 a onco:Claim, rdf:Statement, biolink:Association ;
    rdf:subject entity:HER2 ; rdf:predicate onco:targetedBy ; rdf:object entity:trastuzumab ;
    onco:polarity onco:Affirmed ; onco:certainty onco:Stated ; onco:confidence 0.9 ;
    onco:evidenceCount 1 ; onco:documentCount 1 ; onco:supportedBy <urn:e> .
claim:fedcba9876543210fedc a onco:Claim, rdf:Statement, biolink:Association ;
    rdf:subject entity:trastuzumab ; rdf:predicate onco:approvedIn ; rdf:object "late 1990s" ;
    onco:polarity onco:Negated ; biolink:negated true ; onco:certainty onco:Possible ; onco:confidence 0.5 ;
    onco:evidenceCount 1 ; onco:documentCount 1 ; onco:supportedBy <urn:e> ;
    onco:year "1998"^^xsd:gYear ; onco:comparator "~" ; schema:minValue 1.0 .
<urn:e> a onco:Evidence, oa:Annotation ; onco:extractedBy rule:r ; prov:wasDerivedFrom doc:her2 ; oa:hasTarget <urn:t> .
<urn:t> a oa:SpecificResource ; oa:hasSource doc:her2 ; oa:hasSelector <urn:p>, <urn:q> .
<urn:p> a oa:TextPositionSelector ; oa:start 3 ; oa:end 28 .
<urn:q> a oa:TextQuoteSelector ; oa:exact "Trastuzumab targets HER2." ; oa:prefix "🧬. " ; oa:suffix "" .
<urn:x> a onco:Extraction ; onco:ofClaim claim:0123456789abcdef0123 ; onco:fromEvidence <urn:e> ;
    onco:extractedBy rule:r ; onco:certainty onco:Stated ; onco:confidence 0.9 ;
    onco:subjectMention <urn:m> ; onco:cue <urn:c> .
<urn:m> a onco:Mention ; oa:hasSource doc:her2 ; oa:start 23 ; oa:end 27 ; oa:exact "HER2" ; onco:refersTo entity:HER2 .
<urn:u> a onco:AmbiguousMention ; prov:wasDerivedFrom doc:her2 ; oa:hasTarget <urn:ut> ;
    onco:doubt onco:ToldApart ; onco:candidate <urn:u1>, <urn:u2> .
<urn:ut> a oa:SpecificResource ; oa:hasSource doc:her2 ; oa:hasSelector <urn:up>, <urn:uq> .
<urn:up> a oa:TextPositionSelector ; oa:start 23 ; oa:end 27 .
<urn:uq> a oa:TextQuoteSelector ; oa:exact "HER2" .
<urn:u1> a onco:Candidate ; onco:rank 1 ; onco:score 0.75 ; rdfs:label "one"@en ; onco:candidateEntity <urn:one> .
<urn:u2> a onco:Candidate ; onco:rank 2 ; onco:score 0.25 ; rdfs:label "two"@en ; onco:candidateEntity <urn:two> .
<urn:c> a onco:Cue ; oa:hasSource doc:her2 ; oa:start 15 ; oa:end 22 ; oa:exact "targets" .
doc:her2 a onco:Document, schema:Article ; dcterms:title "HER2" ; dcterms:identifier "her2.txt" ;
    dcterms:source "her2.txt" ; schema:text "🧬. Trastuzumab targets HER2." ;
    schema:sha256 "0000000000000000000000000000000000000000000000000000000000000000" .
"""


@cache
def load(name: str) -> rdflib.Graph:
    return rdflib.Graph().parse(find_ontology() / name)


@cache
def load_skeleton() -> rdflib.Graph:
    """Load what concepts and graphs need of the ontology: hierarchy, roles, domains and ranges."""
    ontology, skeleton = load("ontology.ttl"), rdflib.Graph()
    wanted = {RDF.type, RDFS.subClassOf, RDFS.domain, RDFS.range, OWL.unionOf, RDF.first, RDF.rest, ONCO.role}
    for triple in ontology:
        if triple[1] in wanted:
            skeleton.add(triple)
    return skeleton


@cache
def load_shapes(name: str, queries: bool) -> rdflib.Graph:
    """Load a file of shapes, with the checks that are queries or without."""
    shapes = load(f"shapes/{name}.ttl")
    if queries:
        return shapes
    quick = rdflib.Graph()
    for triple in shapes:
        if triple[1] != SH.sparql:
            quick.add(triple)
    return quick


def report(shapes: str, turtle: str, *, queries: bool = True) -> str:
    """Give the messages of validating Turtle, with the ontology, against a file of shapes; empty if it conforms."""
    data = rdflib.Graph().parse(data=PREFIXES + turtle)
    for triple in load("ontology.ttl") if shapes == "ontology" else load_skeleton():
        data.add(triple)
    conforms, _, text = pyshacl.validate(data, shacl_graph=load_shapes(shapes, queries), inplace=True)
    return "" if conforms else text


def is_reported(shapes: str, turtle: str, message: str) -> bool:
    """Tell whether validation says a message, asking the quick checks first: parsing queries takes most of the time."""
    return message in report(shapes, turtle, queries=False) or message in report(shapes, turtle)


def messages(cases: list[tuple[str, ...]]) -> list[str]:
    """Name test cases by the message they expect."""
    return [case[-1].replace(" ", "-") for case in cases]


def break_once(turtle: str, old: str, new: str) -> str:
    assert turtle.count(old) >= 1, old
    return turtle.replace(old, new, 1)


@pytest.mark.parametrize("name", ["ontology", "vocabulary", "graph"])
def test_shapes_are_valid_shacl(name: str) -> None:
    shapes = load(f"shapes/{name}.ttl")
    conforms, _, text = pyshacl.validate(load("ontology.ttl"), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


def test_ontology_conforms() -> None:
    assert report("ontology", "") == ""


@pytest.mark.parametrize("old", ["a onco:Receptor,", "a onco:MonoclonalAntibody,"])
def test_unforeseen_kind_of_entity_is_a_warning_only(old: str) -> None:
    data = rdflib.Graph().parse(data=PREFIXES + break_once(BUILT, old, "a onco:Outcome,"))
    for triple in load_skeleton():
        data.add(triple)
    conforms, _, text = pyshacl.validate(data, shacl_graph=load("shapes/graph.ttl"), allow_warnings=True)
    assert conforms, text
    assert "Severity: sh:Warning" in text


def test_good_concepts_conform() -> None:
    assert report("vocabulary", CONCEPTS) == ""


def test_good_graph_conforms() -> None:
    assert report("graph", BUILT) == ""


BROKEN_TERMS = [
    ('onco:X a owl:Class ; rdfs:label "x"@en .', "a class of this ontology needs an onco:role"),
    ("onco:x a owl:ObjectProperty .", "a property of this ontology needs an onco:role"),
    ('onco:X a owl:Class ; onco:role "entity" .', "exactly one English rdfs:label"),
    ('onco:Gene skos:definition "Another."@en .', "exactly one English skos:definition"),
    ('onco:Gene skos:altLabel "gene"@en .', "must not repeat the label"),
    ('onco:Gene skos:altLabel "Gen"@de .', "must be English"),
    ('onco:X onco:role "thing" .', "onco:role must be one of"),
    ('onco:X onco:role "entity" .', "rdfs:isDefinedBy"),
    ("onco:targetedBy rdfs:domain onco:Gene .", "exactly one rdfs:domain"),
    ("onco:targetedBy rdfs:range onco:Drug .", "exactly one rdfs:range"),
    ('onco:x a owl:ObjectProperty ; onco:role "qualifier" .', "needs an rdfs:domain and an rdfs:range"),
    ('onco:x a owl:ObjectProperty ; onco:role "predicate" .', "needs an owl:inverseOf"),
    ('onco:x a owl:DatatypeProperty ; onco:role "predicate" .', "needs a skos:example"),
    ("onco:Protein rdfs:subClassOf onco:Kinase .", "lies below itself"),
    ("onco:Protein rdfs:subClassOf onco:Molecule .", "which is no class here"),
    ('onco:Enzyme skos:altLabel "receptor"@en .', "share a name"),
    (
        'onco:x onco:role "predicate" ; owl:inverseOf onco:y ; rdfs:domain onco:Gene . onco:y rdfs:range onco:Drug .',
        "the wrong way round",
    ),
]


@pytest.mark.parametrize(("addition", "message"), BROKEN_TERMS, ids=messages(BROKEN_TERMS))
def test_broken_term_is_reported(addition: str, message: str) -> None:
    assert is_reported("ontology", addition, message)


BROKEN_CONCEPTS = [
    ('skos:prefLabel "ERBB2"@en', 'skos:prefLabel "ERBB2"@en, "ErbB-2"@en', "exactly one English skos:prefLabel"),
    ('skos:prefLabel "ERBB2"@en', 'skos:prefLabel "ERBB2"', "exactly one English skos:prefLabel"),
    ('skos:altLabel "ErbB2"@en', 'skos:altLabel "HER2"@en', "must not repeat the skos:prefLabel"),
    ('skos:hiddenLabel "her 2"@en', 'skos:hiddenLabel "ErbB2"@en', "must not repeat another label"),
    ("skos:broader entity:receptor_tyrosine_kinase", "skos:broader entity:nothing", "must lead to a concept"),
    ("entity:ERBB2 a onco:Gene,", "entity:ERBB2 a", "exactly one onco: class"),
    ("entity:ERBB2 a onco:Gene,", "entity:ERBB2 a onco:Gene, onco:Biomarker,", "exactly one onco: class"),
    ("entity:ERBB2 a onco:Gene,", "entity:ERBB2 a onco:Claim,", "must be an entity class"),
    ("<https://identifiers.org/hgnc:3430>", '"HGNC:3430"', "an identifier must be an IRI"),
    ("<https://identifiers.org/hgnc:3430>", "<https://identifiers.org/HGNC:3430>", "written as its source writes"),
    (
        "<http://purl.uniprot.org/uniprot/P04626>",
        "<http://purl.uniprot.org/uniprot/HER2>",
        "written as its source writes",
    ),
    ('"HGNC:3430"', '"hgnc 3430"', "not of a known form"),
    ("entity:HER2 a onco:Receptor,", "entity:HER2 a onco:Gene,", "only a protein is encoded"),
    ("entity:ERBB2 a onco:Gene,", "entity:ERBB2 a onco:Drug,", "must lead to a gene"),
    (
        'skos:prefLabel "receptor tyrosine kinase"@en',
        'skos:prefLabel "receptor tyrosine kinase"@en ; skos:broader entity:HER2',
        "is broader than itself",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), BROKEN_CONCEPTS, ids=messages(BROKEN_CONCEPTS))
def test_broken_concept_is_reported(old: str, new: str, message: str) -> None:
    assert is_reported("vocabulary", break_once(CONCEPTS, old, new), message)


BROKEN_GRAPHS = [
    ("claim:0123456789abcdef0123 a", "claim:first a", "twenty hex digits"),
    ("rdf:subject entity:HER2 ;", "", "exactly one rdf:subject"),
    ("rdf:predicate onco:targetedBy ;", "rdf:predicate onco:targets ;", "must be a predicate of ontology.ttl"),
    ("rdf:object entity:trastuzumab", 'rdf:object entity:trastuzumab, "x"', "exactly one rdf:object"),
    ("onco:polarity onco:Affirmed", "onco:polarity onco:Stated", "must be onco:Affirmed or onco:Negated"),
    ("onco:certainty onco:Stated ; onco:confidence 0.9 ;", "onco:confidence 0.9 ;", "onco:Stated or onco:Possible"),
    ("onco:confidence 0.5", "onco:confidence 1.5", "one xsd:decimal from 0 to 1"),
    ("onco:confidence 0.5", 'onco:confidence "0.5"', "one xsd:decimal from 0 to 1"),
    ("onco:evidenceCount 1", "onco:evidenceCount 0", "at least 1"),
    ("onco:evidenceCount 1", "onco:evidenceCount 2", "counts 2 pieces of evidence but has 1"),
    ("onco:documentCount 1", "onco:documentCount 2", "at most its evidenceCount"),
    ("onco:documentCount 1 ; onco:supportedBy <urn:e>", "onco:documentCount 1", "must be supported by evidence"),
    ("biolink:negated true ;", "", "if, and only if, it is negated"),
    ("onco:Affirmed ;", "onco:Affirmed ; biolink:negated true ;", "if, and only if, it is negated"),
    ('"1998"^^xsd:gYear', '"1998"', "must be an xsd:gYear"),
    ('onco:comparator "~"', 'onco:comparator "about"', "the comparator must be one of"),
    ("schema:minValue 1.0", 'schema:minValue "one"', "schema:minValue must be an xsd:decimal"),
    ('rdf:object "late 1990s"', "rdf:object entity:HER2", "must have a literal for its object"),
    ("onco:targetedBy entity:trastuzumab .", "onco:grounding onco:Curated .", "has no direct triple"),
    (
        "onco:Stated ; onco:confidence 0.9 ;\n",
        "onco:Possible ; onco:confidence 0.9 ;\n",
        "no claim affirms and states it",
    ),
    ("onco:targetedBy entity:trastuzumab .", "onco:treatedBy entity:trastuzumab .", "no claim affirms and states it"),
    ("a onco:Receptor,", "a onco:Symptom,", "the subject of"),
    ("a onco:MonoclonalAntibody,", "a onco:Outcome,", "the object of"),
    ("onco:extractedBy rule:r ; prov:", "prov:", "must name the rule"),
    ("prov:wasDerivedFrom doc:her2 ;", "", "exactly one document"),
    ("oa:hasSource doc:her2 ; oa:hasSelector", "oa:hasSource doc:other ; oa:hasSelector", "must lie in the document"),
    ("<urn:p>, <urn:q>", "<urn:q>", "exactly one oa:TextPositionSelector"),
    ("<urn:p>, <urn:q>", "<urn:p>", "exactly one oa:TextQuoteSelector"),
    ("oa:start 3 ;", "oa:start 30 ;", "oa:start must be less than oa:end"),
    ("oa:start 3 ;", "", "exactly one oa:start"),
    ("oa:start 3 ;", "oa:start 4 ;", "quotes other words"),
    ("oa:start 23 ;", "oa:start 24 ;", "names other words"),
    ('oa:exact "Trastuzumab targets HER2." ;', "", "exactly one oa:exact"),
    ('oa:prefix "🧬. "', f'oa:prefix "{"x" * 33}"', "at most 32 characters"),
    ("onco:ofClaim claim:0123456789abcdef0123 ;", "", "of exactly one claim"),
    ("onco:fromEvidence <urn:e> ;", "", "from exactly one piece of evidence"),
    ("onco:subjectMention <urn:m>", "onco:subjectMention <urn:c>", "must lead to a mention"),
    ("; onco:refersTo entity:HER2", "", "must refer to an entity"),
    ("onco:candidate <urn:u1>, <urn:u2>", "onco:candidate <urn:u1>", "two candidates or more"),
    ("onco:doubt onco:ToldApart ;", "", "must say why it is undecided"),
    ("onco:doubt onco:ToldApart ;", "onco:doubt onco:Stated ;", "must say why it is undecided"),
    ("onco:ToldApart ;", "onco:ToldApart ; onco:refersTo entity:HER2 ;", "must not refer to an entity"),
    ("onco:supportedBy <urn:e> .", "onco:supportedBy <urn:e>, <urn:u> .", "nothing may be claimed"),
    ("onco:score 0.75", "onco:score 4.0", "score of a candidate must be one xsd:decimal from 0 to 1"),
    ("; onco:candidateEntity <urn:one>", "", "of exactly one entity"),
    ('oa:exact "HER2" .\n<urn:u1>', 'oa:exact "HER3" .\n<urn:u1>', "quotes other words"),
    ('dcterms:source "her2.txt"', 'dcterms:source "/home/me/her2.txt"', "never an absolute path"),
    ('dcterms:title "HER2" ;', "", "exactly one dcterms:title"),
    ('schema:sha256 "0', 'schema:sha256 "', "64 hex digits"),
    ('rdfs:label "HER2"@en ;', 'rdfs:label "her2"@en ;', "repeats its skos:prefLabel"),
    ("onco:grounding onco:Curated", "onco:grounding onco:Stated", "the grounding must be"),
]


@pytest.mark.parametrize(("old", "new", "message"), BROKEN_GRAPHS, ids=messages(BROKEN_GRAPHS))
def test_broken_graph_is_reported(old: str, new: str, message: str) -> None:
    assert is_reported("graph", break_once(BUILT, old, new), message)
