import io
from xml.etree import ElementTree

import networkx
import pytest
from pyoxigraph import Store

from graph_samples import DocumentMaker, make_readings, make_store
from oncograph.model import entity_iri
from oncograph.publish import Selection, to_networkx
from oncograph.publish.network import write_gexf, write_graphml

HER2, TRASTUZUMAB = entity_iri("HER2"), entity_iri("trastuzumab")


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    doc = DocumentMaker("hostile", "x")
    words = "a\x01b\x0b<&>\"'\ufffe🧬"
    doc.claim(f"HER2 is {words}.", ("HER2",) * 2, "hasSynonym", (words, words), literal=True)
    return make_store(tmp_path_factory.mktemp("network"), [*make_readings(), doc.reading()])


def test_nodes_are_entities_with_their_attributes(store):
    node = to_networkx(store).nodes[HER2]
    assert node == {
        "label": "HER2",
        "class": "Receptor",
        "iri": HER2,
        "grounding": "Curated",
        "synonyms": "HER2/neu | human epidermal growth factor receptor 2",
        "identifiers": "UniProtKB:P04626",
        "definition": "A receptor that tells cells to grow.",
    }


def test_edges_are_claims_with_their_attributes(store):
    ((key, edge),) = to_networkx(store).get_edge_data(HER2, TRASTUZUMAB).items()
    assert key == edge["claim"] == "https://w3id.org/oncograph/claim/f150a807c299048d3b23"
    assert edge == {
        "claim": key,
        "predicate": "targetedBy",
        "polarity": "Affirmed",
        "certainty": "Stated",
        "confidence": 0.94,
        "evidence": 2,
        "documents": "her2 | trials/one",
    }


def test_affirmed_and_negated_claims_are_two_edges(store):
    edges = to_networkx(store).get_edge_data(entity_iri("breast cancer"), entity_iri("docetaxel"))
    assert sorted(edge["polarity"] for edge in edges.values()) == ["Affirmed", "Negated"]


def test_literals_and_classes_are_nodes_too(store):
    graph = to_networkx(store)
    assert graph.nodes["literal:1998"]["class"] == "Literal"
    assert graph.nodes["https://w3id.org/oncograph/ontology#Receptor"]["label"] == "receptor"


def test_selection_limits_the_graph(store):
    graph = to_networkx(store, keep=Selection(entities=("Lynch syndrome",)))
    assert graph.number_of_edges() == 3
    assert HER2 not in graph


@pytest.mark.parametrize(("write", "read"), [(write_graphml, networkx.read_graphml), (write_gexf, networkx.read_gexf)])
def test_files_are_read_back(store, write, read):
    output = io.BytesIO()
    write(store, output)
    graph, found = to_networkx(store), read(io.BytesIO(output.getvalue()))
    assert found.number_of_nodes() == graph.number_of_nodes()
    assert found.number_of_edges() == graph.number_of_edges()
    assert found.nodes[HER2]["synonyms"] == graph.nodes[HER2]["synonyms"]
    (edge,) = found.get_edge_data(HER2, TRASTUZUMAB).values()
    assert (edge["confidence"], edge["evidence"], edge["predicate"]) == (0.94, 2, "targetedBy")


@pytest.mark.parametrize("write", [write_graphml, write_gexf])
def test_control_characters_do_not_break_the_xml(store, write):
    output = io.BytesIO()
    write(store, output)
    ElementTree.fromstring(output.getvalue())
    assert "a\ufffdb\ufffd&lt;&amp;&gt;" in output.getvalue().decode()


def test_gexf_holds_no_date(store):
    output = io.BytesIO()
    write_gexf(store, output)
    assert b"lastmodifieddate" not in output.getvalue()
    assert b"<creator>" in output.getvalue()


def test_order_of_nodes_and_edges_is_sorted(store):
    graph = to_networkx(store)
    assert list(graph) == sorted(graph)
