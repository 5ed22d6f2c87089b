from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from graph_samples import make_store
from oncograph.errors import OntologyError, QueryError
from oncograph.graph import load_queries, run_query
from oncograph.graph.queries import read_query, resolve_value

HEADER = """# title: Things
# description: All
# description: of them.
# parameter: who (entity, default HER2): whose things
# parameter: least (number, optional): fewest things
# example: things HER2
"""
QUERY = HEADER + "SELECT ?x { $who ?p ?x FILTER(?x >= $least) }\n"


def write(folder: Path, text: str, name: str = "things") -> Path:
    path = folder / f"{name}.rq"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return make_store(tmp_path_factory.mktemp("queries"))


def test_prefixes_are_preloaded_and_rows_keep_their_columns(store):
    answer = run_query(store, "SELECT ?test ?none { entity:HER2 onco:testedBy ?test } ORDER BY ?test")
    assert answer.columns == ("test", "none")
    assert answer.rows == [("entity:fluorescence_in_situ_hybridization", ""), ("entity:immunohistochemistry", "")]


def test_union_can_be_switched_off(store):
    query = "SELECT (COUNT(*) AS ?n) { ?evidence a onco:Evidence }"
    assert run_query(store, query).rows == [("18",)]
    assert run_query(store, query, union=False).rows == [("0",)]


def test_from_in_the_query_wins_over_the_union(store):
    query = "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/oncograph/doc/lynch> { ?evidence a onco:Evidence }"
    assert run_query(store, query).rows == [("5",)]
    named = "SELECT (COUNT(*) AS ?n) { GRAPH <https://w3id.org/oncograph/doc/lynch> { ?evidence a onco:Evidence } }"
    assert run_query(store, named).rows == [("5",)]


def test_describe_and_construct_give_triples_without_repeats(store):
    answer = run_query(store, "DESCRIBE entity:HER2")
    assert answer.kind == "graph"
    assert len(set(answer.rows)) == len(answer.rows)
    assert ("entity:HER2", "onco:targetedBy", "entity:trastuzumab") in answer.rows


def test_header_of_a_query_file_is_read(tmp_path):
    query = read_query(write(tmp_path, QUERY))
    assert (query.name, query.title, query.description) == ("things", "Things", "All of them.")
    who, least = query.parameters
    assert (who.name, who.kind, who.default, who.description) == ("who", "entity", "HER2", "whose things")
    assert (least.optional, least.default) == (True, "")
    assert query.example == "things HER2"


def test_parameters_are_bound_as_terms(tmp_path, store):
    query = read_query(write(tmp_path, QUERY))
    bound = query.bind(store, {"who": "herceptin", "least": "15"})
    assert "{ <https://w3id.org/oncograph/entity/trastuzumab> ?p ?x" in bound
    assert '>= "15"^^<http://www.w3.org/2001/XMLSchema#decimal>' in bound


def test_default_is_used_and_optional_stays_free(tmp_path, store):
    bound = read_query(write(tmp_path, QUERY)).bind(store, {})
    assert "<https://w3id.org/oncograph/entity/HER2> ?p ?x" in bound
    assert "$least" in bound


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"whom": "HER2"}, "query things has no parameter whom; it has who, least"),
        ({"who": "HERR2"}, "did you mean HER2"),
        ({"least": "many"}, "'many' is not a number"),
        ({"who": ""}, "query things needs who"),
    ],
)
def test_wrong_values_are_refused(tmp_path, store, values, message):
    with pytest.raises(QueryError, match=message):
        read_query(write(tmp_path, QUERY)).bind(store, values)


@pytest.mark.parametrize("value", ['" } DROP ALL #', "x } ; SELECT", "<e:x> . ?s ?p ?o", "\\u0022"])
def test_value_never_becomes_part_of_the_query(tmp_path, store, value):
    text = "# title: T\n# description: D\n# example: e\n# parameter: words (text): any\nSELECT ($words AS ?said) { }\n"
    query = read_query(write(tmp_path, text))
    assert query.run(store, {"words": value}).rows == [(value,)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * { ?s ?p ?o }", "things.rq: add comment lines"),
        (HEADER + "SELECT ?x { $who ?p ?x }", r"\$least must stand both"),
        (HEADER + "SELECT ?x { $who ?p $least . $other ?p ?x }", r"\$other must stand both"),
        ("# title: T\n# description: D\n# example: e\n# parameter: odd\nASK { $odd ?p ?o }", "cannot read the param"),
    ],
)
def test_query_file_with_a_wrong_header_is_refused(tmp_path, text, message):
    with pytest.raises(OntologyError, match=message):
        read_query(write(tmp_path, text))


def test_folder_of_queries_is_sorted_and_must_be_there(tmp_path):
    write(tmp_path, QUERY, "zebra")
    write(tmp_path, QUERY, "ant")
    assert list(load_queries(tmp_path)) == ["ant", "zebra"]
    with pytest.raises(OntologyError, match="no such folder"):
        load_queries(tmp_path / "none")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("predicate", "targets", "<https://w3id.org/oncograph/ontology#targets>"),
        ("class", "drug", "<https://w3id.org/oncograph/ontology#Drug>"),
        ("document", "her2.txt", "<https://w3id.org/oncograph/doc/her2>"),
        ("text", "her2", '"her2"'),
    ],
)
def test_values_are_resolved_by_kind(store, kind, value, expected):
    assert str(resolve_value(store, kind, value)) == expected


def test_unknown_kind_is_refused(store):
    with pytest.raises(QueryError, match="cannot be of kind colour"):
        resolve_value(store, "colour", "red")


def test_failure_while_running_is_a_query_error():
    store = Store()
    store.add(Quad(NamedNode("e:s"), NamedNode("e:p"), Literal("o")))
    with pytest.raises(QueryError):
        run_query(store, "SELECT * { ?s ?p ?o FILTER(<e:nofunction>(?o)) }")
