import csv
import json
from xml.etree import ElementTree

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple
from rdflib import Graph

from oncograph.errors import QueryError
from oncograph.graph import QueryAnswer, run_query
from oncograph.graph.answers import format_term
from oncograph.graph.terms import PREFIXES, expand, shorten

AWKWARD = 'a|b <script> `x` \\ "q", ü🧬\nnew\tline'
ANSWER = QueryAnswer(
    "solutions",
    ("x", "y"),
    (
        (NamedNode(PREFIXES["entity"] + "HER2"), Literal(AWKWARD, language="en")),
        (BlankNode("b"), None),
        (Literal("15", datatype=NamedNode(PREFIXES["xsd"] + "decimal")), Literal("")),
    ),
)


def test_rows_are_for_people():
    assert ANSWER.rows == [("entity:HER2", AWKWARD), ("_:b", ""), ("15", "")]


def test_csv_is_read_back():
    rows = list(csv.reader(ANSWER.serialize("csv").decode().splitlines(keepends=True)))
    assert rows[0] == ["x", "y"]
    assert rows[1] == [PREFIXES["entity"] + "HER2", AWKWARD]


def test_tsv_holds_terms():
    lines = ANSWER.serialize("tsv").decode().split("\n")
    assert lines[0] == "?x\t?y"
    assert lines[1].startswith('<https://w3id.org/oncograph/entity/HER2>\t"a|b <script>')
    assert lines[3] in ('15.0\t""', '"15"^^<http://www.w3.org/2001/XMLSchema#decimal>\t""')


def test_json_is_the_standard_form():
    found = json.loads(ANSWER.serialize("json"))
    assert found["head"]["vars"] == ["x", "y"]
    assert found["results"]["bindings"][0]["y"] == {"type": "literal", "value": AWKWARD, "xml:lang": "en"}
    assert "y" not in found["results"]["bindings"][1]


def test_xml_is_well_formed():
    root = ElementTree.fromstring(ANSWER.serialize("xml"))
    assert [node.get("name") for node in root.iter("{http://www.w3.org/2005/sparql-results#}variable")] == ["x", "y"]


def test_markdown_keeps_each_row_on_one_line():
    lines = ANSWER.serialize("markdown").decode().splitlines()
    assert lines[:2] == ["| x | y |", "| --- | --- |"]
    assert lines[2] == r'| entity:HER2 | a\|b &lt;script> \`x\` \\ "q", ü🧬 new line |'
    assert len(lines) == 5


@pytest.mark.parametrize(("query", "word"), [("ASK { }", "yes"), ("ASK { <e:a> <e:b> <e:c> }", "no")])
def test_yes_or_no(query, word):
    answer = run_query(Store(), query)
    assert answer.rows == [(word,)]
    assert json.loads(answer.serialize("json"))["boolean"] is (word == "yes")
    assert answer.formats == ("json", "xml")


def test_graph_answer_is_sorted_turtle_that_others_read():
    store = Store()
    her2 = NamedNode(PREFIXES["entity"] + "HER2")
    for number in range(3):
        store.add(Quad(her2, NamedNode(PREFIXES["onco"] + "targetedBy"), NamedNode(f"e:drug{number}")))
    answer = run_query(store, "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
    turtle = answer.serialize("turtle").decode()
    assert "entity:HER2 onco:targetedBy <e:drug0> , <e:drug1> , <e:drug2> ." in turtle
    assert "biolink" not in turtle
    assert len(Graph().parse(data=turtle, format="turtle")) == len(answer.rows) == 3
    for form in answer.formats:
        assert answer.serialize(form)


def test_form_that_does_not_fit_is_refused():
    with pytest.raises(QueryError, match="a solutions answer has no form turtle; choose one of csv, tsv"):
        ANSWER.serialize("turtle")


def test_triple_terms_of_rdf_1_2_survive():
    triple = Triple(NamedNode("e:s"), NamedNode("e:p"), Literal("o"))
    answer = QueryAnswer("solutions", ("t",), ((triple,),))
    assert answer.rows == [("<<( <e:s> <e:p> o )>>",)]
    assert json.loads(answer.serialize("json"))["results"]["bindings"][0]["t"]["type"] == "triple"


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        (PREFIXES["evidence"] + "her2/0-96", "evidence:her2/0-96"),
        ("https://identifiers.org/hgnc:3430", "hgnc:3430"),
        (PREFIXES["entity"], "<https://w3id.org/oncograph/entity/>"),
        (PREFIXES["entity"] + "a b", "<https://w3id.org/oncograph/entity/a b>"),
        ("http://purl.obolibrary.org/obo/DOID_1612", "obo:DOID_1612"),
    ],
)
def test_names_are_shortened_and_expanded_back(iri, name):
    assert shorten(iri) == name
    if " " not in iri:
        assert expand(name) == iri


def test_nothing_is_an_empty_string():
    assert format_term(None) == ""
