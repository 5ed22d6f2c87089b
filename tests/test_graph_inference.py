from hypothesis import given
from hypothesis import strategies as st

from graph_samples import make_ontology, make_store
from oncograph.graph import run_query, terms
from oncograph.graph.inference import climb, infer_quads
from oncograph.graph.terms import onco
from oncograph.model import entity_iri


def infer(*triples: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    full = [(entity_iri(s), p, o if ":" in o else entity_iri(o)) for s, p, o in triples]
    quads = list(infer_quads(full, make_ontology()))
    assert {quad.graph_name for quad in quads} <= {terms.INFERRED_GRAPH}
    return [
        (q.subject.value.split("/")[-1], q.predicate.value.split("#")[-1], q.object.value.split("/")[-1]) for q in quads
    ]


def test_inverse_is_inferred_from_the_asserted_direction():
    assert infer(("HER2", onco("targetedBy").value, "trastuzumab")) == [("trastuzumab", "targets", "HER2")]


def test_asserted_direction_is_inferred_from_an_inverse_of_the_vocabulary():
    assert infer(("x", onco("alterationOf").value, "MSH2")) == [("MSH2", "hasAlteration", "x")]


def test_symmetric_relation_is_inferred_once():
    assert infer(("a", onco("combinedWith").value, "b")) == [("b", "combinedWith", "a")]
    assert infer(("a", onco("combinedWith").value, "b"), ("b", onco("combinedWith").value, "a")) == []


def test_types_rise_to_all_superclasses():
    found = infer(("x", terms.TYPE.value, onco("CancerSubtype").value))
    assert [obj.split("#")[-1] for _, _, obj in found] == ["Cancer", "Disease"]


def test_broader_climbs_to_the_top_and_survives_a_loop():
    broader = terms.BROADER.value
    found = infer(("a", broader, "b"), ("b", broader, "c"), ("c", broader, "a"))
    assert ("a", "broaderTransitive", "c") in found
    assert len(found) == 6


def test_nothing_asserted_is_inferred_again():
    triples = [("a", onco("targetedBy").value, "b"), ("b", onco("targets").value, "a")]
    assert infer(*triples) == []


@given(st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=3)))
def test_ancestors_are_what_can_be_reached(parents):
    named = {str(node): [str(parent) for parent in found] for node, found in parents.items()}
    for node in named:
        reached: set[str] = set()
        edge = set(named[node])
        while edge:
            reached |= edge
            edge = {parent for one in edge for parent in named.get(one, ())} - reached
        assert climb(node, named) == reached - {node}


def test_order_of_triples_changes_nothing():
    triples = [(f"e:{n}", terms.BROADER.value, f"e:{n + 1}") for n in range(5)]
    assert list(infer_quads(triples, make_ontology())) == list(infer_quads(triples[::-1], make_ontology()))


def test_store_answers_by_inverse_and_superclass(tmp_path):
    store = make_store(tmp_path)
    assert run_query(store, "ASK { entity:trastuzumab onco:targets entity:HER2 }").boolean
    assert run_query(store, "ASK { entity:HER2 a onco:Protein }").boolean
    assert not run_query(store, "ASK { entity:HER2 a onco:Protein }", union=False).boolean
