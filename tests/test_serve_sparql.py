"""The SPARQL endpoint of a real server: the protocol, its forms, its limits, and the clients people use."""

from __future__ import annotations

import csv
import gzip
import http.client
import io
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import rdflib

import graph_samples
from oncograph.graph.store import change_store
from oncograph.serve import Settings, workers
from serving import Answer, RunningServer, run_server

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
CHEAP = "SELECT ?drug { entity:HER2 onco:targetedBy ?drug }"
ALL = "SELECT ?s ?p ?o { ?s ?p ?o }"
FORM = "application/x-www-form-urlencoded"
DRUG = "https://w3id.org/oncograph/entity/trastuzumab"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder)
    return folder


@pytest.fixture(scope="module")
def server(folder):
    with run_server(folder, Settings(timeout=2, rows=100, origins=("https://example.org",))) as server:
        yield server


@pytest.fixture(scope="module")
def unlimited(folder):
    with run_server(folder, Settings(timeout=300, rows=0)) as server:
        yield server


@pytest.fixture
def writable(tmp_path):
    graph_samples.make_store(tmp_path)
    with run_server(tmp_path, Settings(token="secret", updates=True)) as server:
        yield server


def post(server: RunningServer, body: str | bytes, type: str | None, path: str = "/sparql", **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request("POST", path, body, headers | ({"content-type": type} if type else {}))
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())
    finally:
        connection.close()


def ask(server: RunningServer, query: str, accept: str = "", **parameters: str) -> Answer:
    address = "/sparql?" + urlencode({"query": query, **parameters})
    return server.ask(address, headers={"accept": accept} if accept else {})


def rows(answer: Answer) -> list[dict[str, str]]:
    assert answer.status == 200, answer.body
    bindings = answer.json["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


def graph_of(answer: Answer, format: str = "turtle") -> rdflib.Graph:
    assert answer.status == 200, answer.body
    return rdflib.Graph().parse(data=answer.body, format=format)


# The protocol, after the W3C's test cases (https://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/)


def test_query_by_get(server):
    assert rows(ask(server, CHEAP)) == [{"drug": DRUG}]


def test_query_by_posted_form(server):
    assert post(server, urlencode({"query": "ASK {}"}), FORM).json == {"head": {}, "boolean": True}


def test_query_by_posted_text(server):
    assert rows(post(server, CHEAP, "application/sparql-query; charset=utf-8")) == [{"drug": DRUG}]


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ({"default-graph-uri": "https://w3id.org/oncograph/doc/a"}, "some"),
        ({"default-graph-uri": "urn:nothing"}, "none"),
        ({"named-graph-uri": "https://w3id.org/oncograph/doc/a"}, "none"),
    ],
)
def test_default_graphs_of_the_request_are_asked(server, parameters, count):
    documents = rows(ask(server, "SELECT DISTINCT ?g { GRAPH ?g { ?e a onco:Evidence } }"))
    if "doc/a" in str(parameters):
        parameters = dict.fromkeys(parameters, documents[0]["g"])

    found = rows(ask(server, "SELECT ?s { ?s ?p ?o }", **parameters))

    assert bool(found) == (count == "some")


def test_named_graphs_of_the_request_are_asked(server):
    first, *others = [row["g"] for row in rows(ask(server, "SELECT DISTINCT ?g { GRAPH ?g { ?e a onco:Evidence } }"))]

    found = rows(ask(server, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", **{"named-graph-uri": first}))

    assert others
    assert found == [{"g": first}]


def test_graphs_of_the_request_win_over_from(server):
    query = "SELECT ?s FROM onco:ontology { ?s ?p ?o }"

    assert rows(ask(server, query))
    assert not rows(ask(server, query, **{"default-graph-uri": "urn:nothing"}))


def test_several_default_graphs_are_merged(server):
    graphs = [row["g"] for row in rows(ask(server, "SELECT DISTINCT ?g { GRAPH ?g { ?e a onco:Evidence } }"))][:2]
    address = urlencode([("query", "SELECT ?e { ?e a onco:Evidence }"), *(("default-graph-uri", g) for g in graphs)])

    both = rows(server.ask(f"/sparql?{address}"))
    one = rows(ask(server, "SELECT ?e { ?e a onco:Evidence }", **{"default-graph-uri": graphs[0]}))

    assert len(both) > len(one) > 0


@pytest.mark.parametrize(("accept", "type"), [("", "application/sparql-results+json")])
@pytest.mark.parametrize("query", [CHEAP, "ASK { ?s ?p ?o }"])
def test_tables_are_json_for_those_who_take_anything(server, query, accept, type):
    assert ask(server, query, accept).media_type == type


@pytest.mark.parametrize("query", ["DESCRIBE entity:HER2", "CONSTRUCT WHERE { ?s onco:targetedBy ?o }"])
def test_triples_are_turtle_for_those_who_take_anything(server, query):
    answer = ask(server, query)

    assert answer.media_type == "text/turtle"
    assert len(graph_of(answer)) > 0
    assert b"@prefix entity:" in answer.body


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(server, method):
    answer = server.ask("/sparql?query=ASK%7B%7D", method=method)

    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize(
    ("body", "type", "status"),
    [
        ("query=ASK%20%7B%7D&query=ASK%20%7B%7D", FORM, 400),
        ("query=ASK%20%7B%7D", "text/plain", 415),
        ("query=ASK%20%7B%7D", None, 415),
        ("ASK {}", None, 415),
        ("ASK {}".encode("utf-16"), "application/sparql-query", 400),
        ("query=%FF", FORM, 400),
        ("ASK {", "application/sparql-query", 400),
        ("", FORM, 400),
        ("update=CLEAR%20ALL", FORM, 400),
        ("default-graph-uri=x&query=ASK%7B%7D", FORM, 400),
        ("default-graph-uri=urn:a%3E&query=ASK%7B%7D", FORM, 400),
        ("&".join(["query=ASK%7B%7D", *("a=b" for _ in range(200))]), FORM, 400),
        ("limit=-1&query=ASK%7B%7D", FORM, 400),
        ("union=perhaps&query=ASK%7B%7D", FORM, 400),
    ],
)
def test_bad_requests_are_refused(server, body, type, status):
    assert post(server, body, type).status == status


def test_too_large_requests_are_refused(server):
    assert post(server, "ASK {} #" + "x" * 2_000_000, "application/sparql-query").status == 413
    assert server.ask("/sparql?query=ASK%7B%7D%23" + "x" * 70_000).status in {400, 414, 431}


@pytest.mark.parametrize("query", ["INSERT DATA { entity:a a entity:b }", "CLEAR ALL", "LOAD <http://example.org/>"])
def test_updates_are_not_queries(server, query):
    answer = ask(server, query)

    assert answer.status == 400
    assert b"would change the graph" in answer.body


# Forms


@pytest.mark.parametrize(
    ("accept", "type"),
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/csv;q=0.3, application/sparql-results+xml;q=0.8, */*;q=0.1", "application/sparql-results+xml"),
        ("text/*", "text/xml"),
        ("image/png, */*;q=0.1", "application/sparql-results+json"),
        ("application/rdf+xml, application/sparql-results+xml", "application/sparql-results+xml"),
    ],
)
def test_accept_chooses_the_form_of_a_table(server, accept, type):
    answer = ask(server, CHEAP, accept)

    assert answer.media_type == type
    assert b"trastuzumab" in answer.body
    assert answer.headers["vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(
    ("accept", "type", "format"),
    [
        ("text/turtle", "text/turtle", "turtle"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/ld+json", "application/ld+json", "json-ld"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
    ],
)
def test_accept_chooses_the_form_of_triples(server, accept, type, format):
    answer = ask(server, "CONSTRUCT WHERE { ?s onco:targetedBy ?o }", accept)

    assert answer.media_type == type
    assert len(graph_of(answer, format)) > 0


@pytest.mark.parametrize(
    ("query", "accept", "format"),
    [
        (CHEAP, "image/png", ""),
        (CHEAP, "text/turtle", ""),
        ("DESCRIBE entity:HER2", "text/csv", ""),
        (CHEAP, "", "ttl"),
    ],
)
def test_a_form_that_there_is_not_is_refused(server, query, accept, format):
    answer = ask(server, query, accept, **({"format": format} if format else {}))

    assert answer.status == 406
    assert b"text/csv" in answer.body


def test_format_wins_over_accept(server):
    answer = ask(server, CHEAP, "application/sparql-results+xml", format="csv")

    assert list(csv.reader(io.StringIO(answer.body.decode()))) == [["drug"], [DRUG]]


# Mistakes


@pytest.mark.parametrize("accept", ["*/*", "application/sparql-results+json", "application/problem+json"])
def test_mistakes_are_located(server, accept):
    answer = ask(server, "SELECT * {\n  ?s ?p }", accept)

    assert answer.status == 400
    if "json" in accept:
        assert answer.media_type == "application/problem+json"
        assert (answer.json["status"], answer.json["line"], answer.json["column"]) == (400, 2, 9)
    else:
        assert answer.media_type == "text/plain"
        assert answer.body.startswith(b"line 2, column 9: ")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?e SERVICE ?e { ?s ?p ?o } }",
    ],
)
def test_other_endpoints_are_not_asked(server, query):
    answer = ask(server, query)

    assert answer.status == 400
    assert b"SERVICE would reach the network" in answer.body


def test_an_allowed_endpoint_is_asked(folder, server):
    other = f"{server.url}/sparql"
    with run_server(folder, Settings(services=(other,))) as asking:
        found = rows(ask(asking, f"SELECT ?drug {{ SERVICE <{other}> {{ <{entity('HER2')}> ?p ?drug }} }}"))
        refused = ask(asking, "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")

    assert {"drug": DRUG} in found
    assert refused.status == 400


def entity(name: str) -> str:
    return f"https://w3id.org/oncograph/entity/{name}"


HOSTILE = [
    "",
    "\0",
    "SELECT",
    "<script>alert(1)</script>",
    "SELECT * { ?s ?p '\U0001f600' }",
    "(" * 20_000,
    "{" * 20_000,
    "SELECT * " + "{" * 5_000 + "}" * 5_000,
    "ASK { " + "?s ?p ?o . " * 2_000 + "}",
    "SELECT * { ?s " + "/".join(["<a:b>"] * 3_000) + " ?o }",
    "#" * 100_000,
    "'" * 99_999,
    "SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '" + "(a+)+" * 50 + "$')) }",
    "SELECT (REPLACE('" + "a" * 50_000 + "', 'a', '" + "b" * 20_000 + "') AS ?x) {}",
]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_queries_harm_nobody(server, query):
    answer = post(server, query.encode(), "application/sparql-query")

    assert answer.status in {200, 400, 504, 507}
    assert b"Traceback" not in answer.body
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert rows(ask(server, CHEAP)) == [{"drug": DRUG}]


# Whole answers


def test_an_answer_that_is_cut_says_so(server):
    cut, whole = ask(server, ALL), ask(server, f"{ALL} LIMIT 100")

    assert len(rows(cut)) == 100
    assert cut.headers["oncograph-truncated"] == "true"
    assert "100 rows" in cut.headers["warning"]
    assert len(rows(whole)) == 100
    assert whole.headers["oncograph-truncated"] == "false"
    assert "warning" not in whole.headers


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
@pytest.mark.parametrize("limit", [1, 7, 99])
def test_every_form_is_cut_at_the_limit(server, format, limit):
    answer = ask(
        server, "SELECT ?s ?o { ?s skos:prefLabel|skos:altLabel ?o } ORDER BY ?s", format=format, limit=str(limit)
    )
    total = len(rows(ask(server, "SELECT ?s ?o { ?s skos:prefLabel|skos:altLabel ?o }")))

    assert answer.headers["oncograph-truncated"] == ("true" if limit < total else "false")
    assert count_rows(answer, format) == min(limit, total)


def count_rows(answer: Answer, format: str) -> int:
    if format == "json":
        return len(rows(answer))
    if format == "xml":
        return answer.body.count(b"<result>")
    return len(answer.body.decode().splitlines()) - 1


def test_triples_are_cut_at_the_limit(server):
    answer = ask(server, "CONSTRUCT WHERE { ?s ?p ?o }", limit="10")

    assert len(graph_of(answer)) == 10
    assert answer.headers["oncograph-truncated"] == "true"


@pytest.mark.parametrize("limit", ["0", "100000"])
def test_a_request_cannot_lift_the_limit(server, limit):
    assert len(rows(ask(server, ALL, limit=limit))) == 100


def test_without_a_limit_everything_is_answered(unlimited, folder):
    total = int(rows(ask(unlimited, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))[0]["n"])
    answer = ask(unlimited, ALL)

    assert len(rows(answer)) == total > 100
    assert "oncograph-truncated" not in answer.headers


def test_large_answers_are_streamed(unlimited):
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 30000"
    address = "/sparql?" + urlencode({"query": query})
    packed = unlimited.ask(address, headers={"accept-encoding": "gzip"})

    answer = unlimited.ask(address)

    assert answer.headers["transfer-encoding"] == "chunked"
    assert len(rows(answer)) == 30000
    assert gzip.decompress(packed.body) == answer.body


def test_a_stream_that_is_stopped_has_no_valid_end(folder):
    with run_server(folder, Settings(timeout=3, rows=0)) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", "/sparql?" + urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"}))
        response = connection.getresponse()

        assert response.status == 200
        with pytest.raises(http.client.IncompleteRead):
            response.read()
        connection.close()


def test_answers_in_files_are_whole(folder):
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 30000"
    with run_server(folder, Settings(rows=30_000)) as server:
        answer = ask(server, query)
        packed = server.ask("/sparql?" + urlencode({"query": query}), headers={"accept-encoding": "gzip"})

    assert len(rows(answer)) == 30000
    assert int(answer.headers["content-length"]) == len(answer.body) > 1 << 20
    assert gzip.decompress(packed.body) == answer.body


def test_answers_are_packed_for_those_who_take_it(server):
    address = "/sparql?" + urlencode({"query": ALL})
    plain, packed = server.ask(address), server.ask(address, headers={"accept-encoding": "br, gzip;q=0.9"})

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


def test_known_answers_are_not_sent_again(server):
    first = ask(server, CHEAP)
    address = "/sparql?" + urlencode({"query": CHEAP})
    again = server.ask(address, headers={"if-none-match": f'"x", W/{first.headers["etag"]}'})
    other = server.ask(address, headers={"if-none-match": first.headers["etag"], "accept": "text/csv"})

    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert other.status == 200


@pytest.mark.parametrize("expression", ["NOW()", "RAND()", "UUID()", "STRUUID()"])
def test_answers_that_change_have_no_tag(server, expression):
    query = f"SELECT ({expression} AS ?x) {{}}"

    assert "etag" not in ask(server, query).headers
    assert ask(server, query).body != ask(server, query).body


def test_head_says_what_get_says(server):
    address = "/sparql?" + urlencode({"query": CHEAP})
    head, got = server.ask(address, method="HEAD"), server.ask(address)

    assert head.body == b""
    assert {**head.headers, "date": ""} == {**got.headers, "date": ""}


def test_the_default_graph_is_the_union_unless_asked_otherwise(server):
    query = "SELECT ?e { ?e a onco:Evidence }"

    assert rows(ask(server, query))
    assert not rows(ask(server, query, union="false"))


# Other web sites


def test_allowed_web_sites_may_read(server):
    origin = {"origin": "https://example.org"}
    answer = server.ask("/sparql?query=ASK%7B%7D", headers=origin)
    preflight = server.ask("/sparql", method="OPTIONS", headers={**origin, "access-control-request-method": "POST"})
    refused = server.ask("/sparql?query=ASK%7B%7D", headers={"origin": "https://evil.example"})

    assert answer.headers["access-control-allow-origin"] == "https://example.org"
    assert preflight.status == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "access-control-allow-origin" not in refused.headers


# Descriptions and graphs


def test_the_endpoint_describes_itself(server):
    graph = graph_of(server.ask("/sparql", headers={"accept": "text/turtle"}))
    service = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")

    assert graph.value(predicate=rdflib.RDF.type, object=service.Service) == rdflib.URIRef(f"{server.url}/sparql")
    assert (None, service.supportedLanguage, service.SPARQL11Query) in graph
    assert rdflib.URIRef("https://w3id.org/oncograph/ontology#ontology") in set(graph.objects(None, service.name))


def test_browsers_are_led_to_the_query_page(server):
    answer = server.ask(
        "/sparql", headers={"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    )

    assert (answer.status, answer.headers["location"]) == (303, "/query")


@pytest.mark.parametrize("format", ["turtle", "nt", "jsonld", "xml"])
def test_the_graph_is_described(server, format):
    answer = server.ask(f"/.well-known/void?format={format}")
    graph = graph_of(answer, {"jsonld": "json-ld"}.get(format, format))
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    dataset = rdflib.URIRef("https://w3id.org/oncograph/dataset")

    assert int(graph.value(dataset, void.triples)) > 0
    assert graph.value(dataset, void.sparqlEndpoint) == rdflib.URIRef(f"{server.url}/sparql")


def test_whole_graphs_are_read(server):
    name = "https://w3id.org/oncograph/ontology#ontology"
    count = rows(ask(server, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"))[0]["n"]

    named = graph_of(server.ask(f"/graph-store?graph={quote(name, safe='')}"))
    default = graph_of(server.ask("/graph-store?default", headers={"accept": "application/n-triples"}), "nt")

    assert len(named) == int(count)
    assert len(default) > 100, "no limit of rows cuts a graph"


@pytest.mark.parametrize(
    ("address", "status"), [("?graph=urn:none", 404), ("", 400), ("?default&graph=urn:a", 400), ("?graph=a%20b", 400)]
)
def test_graphs_that_are_not_there_are_not_read(server, address, status):
    assert server.ask(f"/graph-store{address}").status == status


# Queries that run too long


def test_a_runaway_query_is_stopped_in_time(server):
    start = time.monotonic()
    answer = ask(server, RUNAWAY)

    assert answer.status == 504
    assert time.monotonic() - start < 4
    assert b"stopped" in answer.body


def test_nothing_of_a_stopped_query_goes_on(server):
    before = busy_processes()

    assert ask(server, f"{RUNAWAY} # goes on").status == 504
    wait_for(lambda: not busy_processes() - before)


def test_cheap_queries_go_on_beside_runaways(folder):
    with run_server(folder, Settings(timeout=4)) as server, ThreadPoolExecutor(16) as pool:
        runaways = [pool.submit(ask, server, f"{RUNAWAY} # {number}") for number in range(12)]
        time.sleep(0.5)
        cheap = list(pool.map(lambda number: ask(server, f"{CHEAP} # {number}").status, range(40)))
        refused = {runaway.result().status for runaway in runaways}
        again = ask(server, f"{RUNAWAY} # 0")

    assert set(cheap) == {200}
    assert refused <= {503, 504}
    assert again.status in {503, 504}


def test_too_many_slow_queries_are_told_to_come_later(folder):
    with run_server(folder, Settings(timeout=3)) as server, ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda number: ask(server, f"{RUNAWAY} # {number}"), range(40)))

    statuses = {answer.status for answer in answers}
    assert statuses == {503, 504}
    assert all(int(a.headers["retry-after"]) > 0 for a in answers if a.status == 503)


def test_a_crowd_is_told_to_come_later_and_harms_nobody(folder, monkeypatch):
    monkeypatch.setattr(workers, "WAITING", 20)
    with run_server(folder) as server, ThreadPoolExecutor(500) as pool:
        answers = list(pool.map(lambda number: ask(server, f"{ALL} # {number}"), range(500)))
        refused = [answer for answer in answers if answer.status != 200]

        assert {answer.status for answer in refused} == {503}
        assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
        assert rows(ask(server, CHEAP))


def test_a_stream_ends_when_its_asker_goes(folder):
    with run_server(folder, Settings(timeout=60, rows=0)) as server:
        before = busy_processes()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", "/sparql?" + urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"}))
        response = connection.getresponse()
        assert response.read(1000)
        wait_for(lambda: busy_processes() - before)
        response.close()
        connection.close()

        wait_for(lambda: not busy_processes() - before)
        assert server.ask("/sparql?" + urlencode({"query": CHEAP})).status == 200


def test_a_query_ends_when_its_asker_goes(folder):
    with run_server(folder, Settings(timeout=60)) as server:
        before = busy_processes()
        connection = socket.create_connection(("127.0.0.1", server.port))
        connection.sendall(f"GET /sparql?{urlencode({'query': RUNAWAY})} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        wait_for(lambda: busy_processes() - before)
        connection.close()

        wait_for(lambda: not busy_processes() - before)
        assert rows(ask(server, CHEAP))


def busy_processes() -> set[int]:
    """Give the processes at the lowest priority that this one has started, and those that they have."""
    parents: dict[int, int] = {}
    busy = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(folder.name)] = int(fields[1])
        if fields[16] == "19" and fields[0] != "Z":
            busy.add(int(folder.name))
    return {process for process in busy if os.getpid() in _list_ancestors(process, parents)}


def _list_ancestors(process: int, parents: dict[int, int]) -> Iterator[int]:
    while process in parents:
        process = parents[process]
        yield process


def wait_for(condition) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it did not happen within 10 s"
        time.sleep(0.05)


def test_a_query_whose_process_is_killed_is_answered_with_an_error(folder):
    with run_server(folder, Settings(timeout=60)) as server, ThreadPoolExecutor(1) as pool:
        before = busy_processes()
        runaway = pool.submit(ask, server, RUNAWAY)
        wait_for(lambda: busy_processes() - before)
        for process in busy_processes() - before:
            os.kill(process, 9)

        assert runaway.result().status == 507
        assert rows(ask(server, CHEAP))


def test_a_query_may_not_use_all_memory(folder):
    greedy = "SELECT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
    with run_server(folder, Settings(timeout=60, memory=300 << 20)) as server:
        assert ask(server, greedy).status == 507
        assert rows(ask(server, CHEAP))


def test_a_new_graph_is_asked_as_soon_as_it_is_whole(tmp_path):
    graph_samples.make_store(tmp_path)
    with run_server(tmp_path) as server:
        before = ask(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        change_store(tmp_path / "store", lambda store: store.update("INSERT DATA { <urn:a> <urn:b> <urn:c> }"))
        time.sleep(0.6)
        after = ask(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")

    assert int(rows(after)[0]["n"]) == int(rows(before)[0]["n"]) + 1
    assert before.headers["etag"] != after.headers["etag"]


def test_a_query_that_runs_goes_on_with_the_graph_it_began_with(tmp_path):
    graph_samples.make_store(tmp_path)
    added = "SELECT * { <urn:a> <urn:b> ?c }"
    with run_server(tmp_path, Settings(rows=0)) as server:
        pattern = "{ ?a ?b ?c . ?d a ?e }"
        count = int(rows(ask(server, f"SELECT (COUNT(*) AS ?n) {pattern}"))[0]["n"])
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", "/sparql?" + urlencode({"query": f"SELECT * {pattern}", "format": "csv"}))
        response = connection.getresponse()
        start = response.read(1000)
        change_store(tmp_path / "store", lambda store: store.update("INSERT DATA { <urn:a> <urn:b> <urn:c> }"))
        time.sleep(0.6)
        seen_by_others = rows(ask(server, added))
        text = start + response.read()
        connection.close()

    assert seen_by_others == [{"c": "urn:c"}]
    assert len(text) > 10 << 20  # more than may wait on the way
    assert text.count(b"\r\n") == count + 1
    assert b"urn:a" not in text


# Updates

UPDATE = "INSERT DATA { <urn:a> <urn:b> <urn:c> }"


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic secret"}])
def test_nobody_writes_without_the_token(writable, headers):
    answer = post(writable, UPDATE, "application/sparql-update", "/update", **headers)

    assert answer.status == 401
    assert not ask(writable, "ASK { <urn:a> ?p ?o }").json["boolean"]


@pytest.mark.parametrize("type", ["application/sparql-update", FORM])
def test_updates_are_made_for_those_with_the_token(writable, type):
    body = urlencode({"update": UPDATE}) if type == FORM else UPDATE
    answer = post(writable, body, type, "/update", authorization="Bearer secret")

    assert answer.status == 204, answer.body
    assert ask(writable, "ASK { <urn:a> ?p ?o }").json["boolean"]


@pytest.mark.parametrize(
    "update",
    [
        "LOAD <http://127.0.0.1:1/>",
        "LOAD SILENT <file:///etc/passwd>",
        f"{UPDATE} ; LOAD <http://127.0.0.1:1/>",
        "PREFIX e: <http://127.0.0.1:1/> LOAD e:x",
        "INSERT { <urn:a> ?p ?o } WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "INSERT DATA {",
        "SELECT * { ?s ?p ?o }",
    ],
)
def test_bad_updates_change_nothing(writable, update):
    answer = post(writable, update, "application/sparql-update", "/update", authorization="Bearer secret")

    assert answer.status == 400, answer.body
    assert not ask(writable, "ASK { <urn:a> ?p ?o }").json["boolean"]


def test_there_are_no_updates_unless_allowed(server):
    assert post(server, UPDATE, "application/sparql-update", "/update", authorization="Bearer ").status == 404


# Clients


def test_sparqlwrapper_works(server):
    from SPARQLWrapper import CSV, JSON, TURTLE, XML, SPARQLWrapper

    client = SPARQLWrapper(f"{server.url}/sparql")
    client.setQuery(f"PREFIX entity: <{entity('')}> PREFIX onco: <https://w3id.org/oncograph/ontology#> {CHEAP}")
    client.setReturnFormat(JSON)
    assert client.queryAndConvert()["results"]["bindings"][0]["drug"]["value"] == DRUG
    client.setReturnFormat(XML)
    assert DRUG in client.queryAndConvert().toxml()
    client.setReturnFormat(CSV)
    client.setMethod("POST")
    assert client.queryAndConvert().decode().split() == ["drug", DRUG]
    client.setQuery(f"DESCRIBE <{entity('HER2')}>")
    client.setReturnFormat(TURTLE)
    assert b"HER2" in client.queryAndConvert()


def test_rdflib_works(server):
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    for method in ("GET", "POST", "POST_FORM"):
        graph = rdflib.Graph(SPARQLStore(f"{server.url}/sparql", method=method))
        predicate = rdflib.URIRef("https://w3id.org/oncograph/ontology#targetedBy")

        assert rdflib.URIRef(DRUG) in set(graph.objects(rdflib.URIRef(entity("HER2")), predicate))


def test_pandas_works(server):
    import pandas

    table = pandas.read_csv(f"{server.url}/sparql?{urlencode({'query': CHEAP, 'format': 'csv'})}")

    assert list(table["drug"]) == [DRUG]


def test_plain_clients_work(server):
    address = f"{server.url}/sparql?{urlencode({'query': CHEAP})}"
    with urllib.request.urlopen(address) as answer:
        assert json.load(answer)["head"]["vars"] == ["drug"]
    if shutil.which("curl"):
        command = [
            "curl",
            "-sf",
            "-H",
            "Accept: text/csv",
            "--data-urlencode",
            f"query={CHEAP}",
            f"{server.url}/sparql",
        ]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == ["drug", DRUG]


def test_many_clients_at_once_get_their_own_answers(server):
    def check(number: int) -> bool:
        return rows(ask(server, f"SELECT ({number} AS ?n) {{}}")) == [{"n": str(number)}]

    threads_before = threading.active_count()
    with ThreadPoolExecutor(50) as pool:
        assert all(pool.map(check, range(500)))
    assert threading.active_count() <= threads_before + 50
