"""What the query page asks its server for."""

import http.client
import json

import pytest
from lxml import html

import graph_samples
from serving import run_server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder)
    with run_server(folder) as server:
        yield server


def look_up(server, body: object) -> tuple[int, object]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("POST", "/query/labels", json.dumps(body), {"content-type": "application/json"})
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def test_labels_come_with_the_pages_of_the_things(server):
    iri = "https://w3id.org/oncograph/entity/HER2"
    assert look_up(server, {"iris": [iri]}) == (200, {iri: ["HER2", "entity:HER2", "/entity/HER2"]})


def test_what_is_no_iri_or_is_unknown_has_no_label(server):
    assert look_up(server, {"iris": ["<script>", "https://example.org/nothing", ""]}) == (200, {})


def test_too_many_at_once_are_refused(server):
    assert look_up(server, {"iris": ["https://example.org/x"] * 501})[0] == 422


def test_examples_can_run_as_they_stand(server):
    page = html.fromstring(server.ask("/query").body.decode())
    examples = {
        button.get("data-name"): button.get("data-query") for button in page.iter("button") if button.get("data-query")
    }
    assert {"relations", "counts"} & set(examples)
    asked = {"content-type": "application/sparql-query"}
    failed = [
        name
        for name, query in examples.items()
        if server.ask("/sparql", method="POST", headers=asked, body=query.encode()).status != 200
    ]
    assert failed == []


def test_the_page_alone_may_style_inline_and_no_page_may_script_inline(server):
    policy = server.ask("/query").headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "'unsafe-inline'" not in server.ask("/").headers["content-security-policy"]


def test_prefixes_and_terms_are_told(server):
    told = server.ask("/query/config.json").json
    assert told["prefixes"]["onco"] == "https://w3id.org/oncograph/ontology#"
    assert ["onco:targetedBy", "targeted by", "relation"] in told["terms"]
