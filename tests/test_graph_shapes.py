from pathlib import Path

import pytest
from pyoxigraph import Quad, Store

from graph_samples import make_store
from oncograph.errors import OntologyError
from oncograph.graph import check_store, terms
from oncograph.knowledge import find_ontology

SHAPE = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix onco: <https://w3id.org/oncograph/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
[] a sh:NodeShape ; sh:targetSubjectsOf onco:grounding ;
    sh:property [ sh:path skos:definition ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "say what it is" ] ;
    sh:property [ sh:path skos:notation ; sh:in ( "HGNC:3430" "UniProtKB:P04626" ) ] .
"""


def test_violations_are_named_and_sorted(tmp_path):
    store = make_store(tmp_path)
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "one.ttl").write_text(SHAPE)
    found = check_store(store, tmp_path / "shapes")
    assert found == sorted(found)
    assert {(one.severity, one.path, one.message) for one in found} == {
        ("Warning", "skos:definition", "say what it is")
    }
    assert "entity:ERBB2" in {one.focus for one in found}
    assert "entity:HER2" not in {one.focus for one in found}


def test_sample_graph_keeps_the_shapes_of_the_project(tmp_path):
    shapes = find_ontology() / "shapes" / "graph.ttl"
    if not shapes.is_file():
        pytest.skip("the ontology folder has no shapes/graph.ttl yet")
    found = [one for one in check_store(make_store(tmp_path), shapes) if one.severity == "Violation"]
    # The words of a literal object ("15 to 20 percent") are a mention that refers to no entity.
    assert [one for one in found if one.path != "onco:refersTo"] == []


def test_broken_graph_is_found_out(tmp_path):
    shapes = find_ontology() / "shapes" / "graph.ttl"
    if not shapes.is_file():
        pytest.skip("the ontology folder has no shapes/graph.ttl yet")
    whole, broken = make_store(tmp_path), Store()
    broken.bulk_extend(quad for quad in whole if quad.predicate != terms.POLARITY)
    assert any(one.path == "onco:polarity" for one in check_store(broken, shapes))


def test_inferred_triples_are_not_checked(tmp_path):
    store = Store()
    store.add(Quad(terms.onco("x"), terms.GROUNDING, terms.onco("y"), terms.INFERRED_GRAPH))
    (tmp_path / "one.ttl").write_text(SHAPE)
    assert check_store(store, tmp_path / "one.ttl") == []


@pytest.mark.parametrize("name", ["none", "broken.ttl"])
def test_shapes_that_cannot_be_read_are_named(tmp_path, name):
    Path(tmp_path / "broken.ttl").write_text("this is [ no turtle")
    with pytest.raises(OntologyError, match=name):
        check_store(Store(), tmp_path / name)
