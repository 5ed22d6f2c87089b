"""The tools for assistants, as a client of the protocol uses them: a subprocess over standard input and output."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

import graph_samples

SOURCE = str(Path(__file__).parents[1] / "src")
COMMAND = ["-m", "oncograph", "mcp", "--timeout", "2", "--graph"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder)
    return folder


@pytest.fixture(scope="module")
def client(folder):
    """A client of a server in a process of its own, for all tests."""
    with connect(folder) as client:
        yield client


@contextmanager
def connect(folder):
    parameters = StdioServerParameters(
        command=sys.executable, args=[*COMMAND, str(folder)], env={**os.environ, "PYTHONPATH": SOURCE}
    )
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(stdio_client(parameters))) as session,
    ):
        yield BlockingClient(portal, session)


@dataclass(frozen=True)
class BlockingClient:
    """A client whose calls are waited for."""

    portal: BlockingPortal
    session: Client

    def do(self, function, *values):
        return self.portal.call(function, *values)

    def call(self, tool: str, **values):
        """Call a tool; give what it answers, or the text of its error."""
        result = self.do(self.session.call_tool, tool, values)
        return result.content[0].text if result.is_error else result.structured_content


def test_every_tool_says_what_it_does_and_only_reads(client):
    tools = client.do(client.session.list_tools).tools

    assert "sentence" in client.session.instructions
    assert {tool.name for tool in tools} == {
        "search",
        "describe_entity",
        "show_evidence",
        "query",
        "list_named_queries",
        "run_named_query",
        "list_documents",
        "read_document",
    }
    assert all("  " not in tool.description for tool in tools)
    assert all(tool.description and tool.annotations.read_only_hint and tool.output_schema for tool in tools)


def test_search_and_description_lead_to_sentences_with_their_places(client):
    found = client.call("search", query="her-2", kinds=["entity"])["results"][0]
    told = client.call("describe_entity", name=found["name"], predicate="targetedBy")

    (claim,) = told["claims"]
    assert claim["text"] == "HER2 targeted by trastuzumab"
    texts = {reading.doc.id: reading.doc.text for reading in graph_samples.make_readings()}
    assert len(claim["sentences"]) == 2
    for one in claim["sentences"]:
        assert texts[one["document"].removeprefix("doc:")][one["start"] : one["end"]] == one["sentence"]


def test_search_understands_questions_and_mistakes(client):
    claims = client.call("search", query="herceptn her2", kinds=["claim"])
    sentences = client.call("search", query="heart damage", kinds=["evidence"])

    assert claims["searched_for"] == "herceptin her2"
    assert claims["results"][0]["label"] == "HER2 targeted by trastuzumab"
    shown = client.call("show_evidence", claim=claims["results"][0]["name"])
    assert len(shown["claims"][0]["sentences"]) == 2
    (sentence,) = sentences["results"]
    assert sentence.keys() == {"kind", "name", "label", "claims", "sentence", "start", "end"}


def test_what_stands_around_a_sentence_is_read_in_its_document(client):
    (sentence,) = client.call("search", query="heart damage", kinds=["evidence"])["results"]
    start, end = sentence["start"], sentence["end"]

    whole = client.call("read_document", name=sentence["name"])
    part = client.call("read_document", name="her2.txt", start=start, length=end - start)

    assert part["text"] == sentence["sentence"] == whole["text"][start:end]
    assert (part["start"], part["end"], part["length"]) == (start, end, len(whole["text"]))
    assert client.call("read_document", name="doc:her2", start=10**6)["text"] == ""


def test_answers_are_short_however_much_there_is(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    doc = graph_samples.DocumentMaker("long", "Long")
    for number in range(120):
        sentence = f"{number}: " + "blah " * 2000 + "HER2 binds trastuzumab."
        doc.claim(sentence, ("HER2", "HER2"), "targetedBy", ("trastuzumab", "trastuzumab"))
    graph_samples.make_store(folder, [doc.reading()])
    with connect(folder) as client:
        told = [
            client.call("search", query="blah", limit=20),
            client.call("describe_entity", name="HER2", limit=20),
            client.call("show_evidence", subject="HER2", predicate="targetedBy", object="trastuzumab"),
            client.call("query", sparql="SELECT ?text { ?q oa:exact ?text }", limit=500),
            client.call("query", sparql="CONSTRUCT { ?q oa:exact ?text } { ?q oa:exact ?text }"),
            client.call("read_document", name="doc:long", length=8000),
        ]

    assert max(len(json.dumps(one)) for one in told) < 30_000
    assert (told[2]["claims"][0]["more_sentences"], told[3]["cut"], told[4]["cut"]) == (100, True, True)


def test_evidence_is_shown_of_a_claim_and_of_a_fact(client):
    fact = client.call("show_evidence", subject="Herceptin", predicate="targets", object="her2")
    claim = client.call("show_evidence", claim=fact["claims"][0]["claim"])

    assert (fact["fact"], fact["origin"]) == ("HER2 targetedBy trastuzumab", "documents")
    assert claim["claims"] == fact["claims"]


def test_a_negated_claim_says_so(client):
    told = client.call("show_evidence", subject="breast cancer", predicate="treatedBy", object="docetaxel")

    assert [(one["polarity"], one["text"], one["disputed"]) for one in told["claims"]] == [
        ("Affirmed", "breast cancer treated by docetaxel", True),
        ("Negated", "breast cancer NOT treated by docetaxel", True),
    ]


def test_a_query_is_answered_with_few_rows_and_tells_that_it_was_cut(client):
    told = client.call("query", sparql="SELECT ?drug { entity:HER2 onco:targetedBy ?drug }")
    cut = client.call("query", sparql="SELECT * { ?s ?p ?o }", limit=3)

    assert (told["columns"], told["rows"], told["cut"]) == (["drug"], [["entity:trastuzumab"]], False)
    assert (len(cut["rows"]), cut["cut"]) == (3, True)
    assert client.call("query", sparql="ASK { entity:HER2 a onco:Gene }")["boolean"] is False
    assert "entity:HER2" in client.call("query", sparql="CONSTRUCT { ?s a onco:X } { ?s a onco:Receptor }")["turtle"]


@pytest.mark.parametrize(
    ("sparql", "told"),
    [
        ("INSERT DATA { <a:> <b:> <c:> }", "line 1, column 1"),
        ("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT ?x { ?x a ", "line 1"),
        ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", "more than 2 s"),
    ],
)
def test_a_query_that_cannot_be_answered_is_refused_with_the_reason(client, sparql, told):
    assert told in client.call("query", sparql=sparql)


def test_named_queries_are_listed_and_run_with_names_of_any_kind(client):
    listed = {one["name"]: one for one in client.call("list_named_queries")["queries"]}
    told = client.call("run_named_query", name="drugs-targeting", values={"target": "her2/neu"})

    assert [one["name"] for one in listed["drugs-targeting"]["parameters"]] == ["target"]
    assert "trastuzumab" in json.dumps(told["rows"])
    assert "there is no query 'x'" in client.call("run_named_query", name="x")


def test_documents_are_listed(client):
    told = client.call("list_documents", limit=2)

    assert (told["total"], told["next_offset"], told["documents"][0]["name"]) == (3, 2, "doc:her2")


@pytest.mark.parametrize(
    ("tool", "values", "told"),
    [
        ("describe_entity", {"name": "trastuzumb"}, "did you mean trastuzumab"),
        ("show_evidence", {}, "give either claim"),
        ("show_evidence", {"claim": "zz"}, "20 hexadecimal digits"),
        ("show_evidence", {"subject": "her2", "predicate": "nothing", "object": "x"}, "no relation"),
        ("search", {"query": "x", "limit": 0}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_answered_is_told_to_the_assistant(client, tool, values, told):
    assert told in client.call(tool, **values)


def test_an_entity_is_a_resource(client):
    (content,) = client.do(client.session.read_resource, "oncograph://entity/HER2").contents
    assert json.loads(content.text)["name"] == "entity:HER2"


def test_nothing_but_the_protocol_is_written_to_the_output(folder):
    ask = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
    }
    done = subprocess.run(
        [sys.executable, *COMMAND, str(folder)],
        input=json.dumps(ask) + "\nthis is no message\n",
        env={**os.environ, "PYTHONPATH": SOURCE},
        capture_output=True,
        text=True,
        timeout=60,
    )

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["result"]["serverInfo"]["name"] for line in lines if line.get("id") == 1] == ["oncograph"]
    assert all(line["jsonrpc"] == "2.0" for line in lines)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_at_once_and_leaves_nothing_behind(folder, number):
    before = sorted(folder.iterdir())
    server = subprocess.Popen(
        [sys.executable, *COMMAND, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": SOURCE},
    )
    with server:
        server.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        server.stdin.flush()
        server.stdout.readline()
        server.send_signal(number)
        server.wait(10)

        assert server.stderr.read() == b""
    assert sorted(folder.iterdir()) == before


def test_a_folder_without_a_graph_is_one_line_on_the_error_output(tmp_path):
    done = subprocess.run(
        [sys.executable, *COMMAND, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": SOURCE},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no store here" in done.stderr
