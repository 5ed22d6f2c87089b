import re
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Store

from oncograph.errors import QueryError
from oncograph.graph import QuerySyntaxError, run_query
from oncograph.graph.sparql import put_terms, split_tokens


@given(st.text() | st.text("SELECT ?x{}<>\"'#\\@:_.;,\n 12abservice", max_size=40))
def test_tokens_put_together_are_the_text(text):
    assert "".join(token.text for token in split_tokens(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <e:a> <e:b> <e:c> }",
        "PREFIX e: <e:> # INSERT\nDELETE WHERE { ?s ?p ?o }",
        "LOAD <http://example.org/x.ttl>",
        "base <e:x> clear all",
        "WITH <e:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_updates_are_refused(text):
    with pytest.raises(QuerySyntaxError, match="would change the graph"):
        run_query(Store(), text)


SERVICES = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o . service silent <URL> { ?s ?p ?o } }",
    "SELECT * { BIND(<URL> AS ?x) SERVICE?x{ ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "PREFIX ex: <URL> SELECT * { SERVICEex:x { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<URL>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE<URL>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE<URL>{ ?s ?p ?o } }",
    "SELECT * { BIND(1 AS ?a) BIND(2 AS ?b) BIND(<URL> AS ?x) FILTER(?a<?b)SERVICE?x#>\n{ ?s ?p ?o } }",
    "SELECT * { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } }",
    "SELECT * { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "CONSTRUCT { ?s ?p ?o } { SERVICE <URL> { ?s ?p ?o } }",
    "ASK { OPTIONAL{SERVICE<URL>{?s ?p ?o}} }",
    "SELECT * { ?s ?p '''a'b''' SERVICE <URL> { ?s ?p ?o } }",
    'SELECT * { ?s ?p "\\"" SERVICE <URL> { ?s ?p ?o } # "\n }',
]


@pytest.fixture(scope="module")
def listener():
    """A port that remembers whether anyone called."""
    server = socket.create_server(("127.0.0.1", 0))
    calls: list[object] = []

    def accept() -> None:
        while True:
            try:
                connection, address = server.accept()
            except OSError:
                return
            calls.append(address)
            connection.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/", calls
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


@pytest.mark.parametrize("text", SERVICES)
def test_service_is_refused_and_never_calls(text, listener):
    url, calls = listener
    with pytest.raises(QueryError):
        run_query(Store(), text.replace("URL", url))
    assert calls == []


def test_refused_service_says_where():
    with pytest.raises(QuerySyntaxError, match="line 2, column 3: SERVICE would reach the network") as caught:
        run_query(Store(), "SELECT * {\n  SERVICE <http://example.org/> { ?s ?p ?o } }")
    assert (caught.value.line, caught.value.column) == (2, 3)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT * { ?s ?p "SERVICE <x> {" }',
        "SELECT * { ?s ?p ?o } # SERVICE <x> { ?s ?p ?o }",
        "SELECT ?service { ?service ?load ?insert }",
        "PREFIX service: <e:> SELECT * { GRAPH service:x { ?s service:SERVICE service:load } }",
        "SELECT * { ?s <http://example.org/service#SERVICE> 'LOAD' }",
        "SELECT * { ?s ?p '''it's a SERVICE {''' }",
        'SELECT * { ?s ?p "x"@service }',
        "SELECT * { _:service ?p ?o FILTER(?o < 3 && 3 > ?o) }",
    ],
)
def test_the_word_alone_harms_nobody(text):
    run_query(Store(), text)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("SELECT ?o {\n entity:HER2 onco:targetedBy ?o LIMIT }", 2, 33, "LIMIT is not expected here"),
        ("SELECT ?o {\n  ?s foo:bar ?o }", 2, 6, "the prefix foo: is not declared"),
        ("SELECT ?o { ?s ?p ?o", 1, 21, "the query ends too early"),
        ("SELECT ?o { ?s '🧬' ?o }", 1, 16, "'🧬' is not expected here"),
        ("SELECT ?o { ?s '🧬 ?o }", 1, 16, "the text that begins with ' does not end"),
        ("SELECT ?o { ?s <http://a b> ?o }", 1, 16, "this IRI does not end"),
        ("SELECT ?o { ?s ?p ?o } # all of it\nORDR BY ?o", 2, 1, "ORDR is not expected here"),
        ("SELECT ?o WHERE ?s ?p ?o }", 1, 17, "is { missing"),
        ("SELECT\n?o {\n  ?s ?p ?o\n}}", 4, 2, "} is not expected here"),
        ("SELEC ?o { ?s ?p ?o }", 1, 1, "SELEC is not expected here"),
        ("", 1, 1, "the query ends too early"),
    ],
)
def test_mistakes_are_located_in_the_text_that_was_given(text, line, column, message):
    with pytest.raises(QuerySyntaxError, match=re.escape(message)) as caught:
        run_query(Store(), text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_rule_of_sparql_that_is_broken_is_said():
    with pytest.raises(QueryError, match="a variable that is unbound"):
        run_query(Store(), "SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }")


def test_prefix_in_the_query_wins_over_the_preloaded_one():
    assert run_query(Store(), "PREFIX onco: <e:> ASK { BIND(onco:x AS ?x) FILTER(STR(?x) = 'e:x') }").boolean


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_breaks_out_of_its_parameter(text):
    query = put_terms("SELECT ($x AS ?y) { }", {"x": Literal(text)})
    answer = run_query(Store(), query)
    assert answer.solutions == ((Literal(text),),)


def test_parameters_in_comments_and_strings_stay():
    text = "# $x\nSELECT ('$x' AS ?y) ($x AS ?z) ($xy AS ?w) { }"
    assert put_terms(text, {"x": NamedNode("e:x")}) == "# $x\nSELECT ('$x' AS ?y) (<e:x> AS ?z) ($xy AS ?w) { }"
