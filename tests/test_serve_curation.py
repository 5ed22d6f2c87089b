import http.client
import io
import itertools
import json
import os
import random
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from pyoxigraph import Store

from graph_samples import RULES, make_ontology, make_readings
from oncograph.graph import open_store, terms, write_store
from oncograph.graph.journal import JOURNAL, Journal
from oncograph.graph.merging import ClaimKey
from oncograph.model import entity_iri
from oncograph.publish.network import to_networkx
from oncograph.publish.rdf import write_rdf
from oncograph.publish.view.contents import ClaimNode
from oncograph.publish.view.from_store import read_contents
from oncograph.serve import Settings
from serving import Answer, RunningServer, run_server

TOKEN = "secret-token"
CLAIM = "claim:" + ClaimKey(entity_iri("HER2"), "targetedBy", entity_iri("trastuzumab")).digest()
BEARER = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}


@pytest.fixture
def server(tmp_path):
    write_store(tmp_path / "store", make_readings(), make_ontology(), RULES)
    with run_server(tmp_path, Settings(token=TOKEN)) as running:
        yield running


def send(server: RunningServer, values: object, headers: dict[str, str] | None = None) -> Answer:
    body = values if isinstance(values, bytes) else json.dumps(values).encode()
    return server.ask("/curation/decisions", method="POST", headers=BEARER if headers is None else headers, body=body)


def one(action: str, claim: str = CLAIM, **more: object) -> dict[str, object]:
    return {"curator": "Ada", "decisions": [{"action": action, "claim": claim, **more}]}


def decisions(server: RunningServer) -> list:
    return Journal(server.folder / JOURNAL).read()


def holds(server: RunningServer, subject: str, relation: str, obj: str) -> bool:
    query = f"ASK{{<{entity_iri(subject)}> <{terms.onco(relation).value}> <{entity_iri(obj)}>}}"
    headers = {"accept": "application/sparql-results+json"}
    return server.ask(f"/sparql?query={quote(query)}", headers=headers).json["boolean"]


def test_decision_is_seen_by_the_next_request(server):
    assert holds(server, "trastuzumab", "targets", "HER2")
    answer = send(server, one("reject", comment="a trial, no fact"))
    assert answer.status == 201
    [made] = answer.json["decisions"]
    assert (made["action"], made["words"], made["curator"]) == ("reject", "HER2 targetedBy trastuzumab", "Ada")
    assert not holds(server, "trastuzumab", "targets", "HER2")
    assert send(server, one("undo", made["id"])).status == 201
    assert holds(server, "trastuzumab", "targets", "HER2")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": "Bearer wrong"}, 401),
        ({"authorization": "Basic " + TOKEN}, 401),
        ({"cookie": "oncograph-token=wrong", "origin": "{url}"}, 401),
        ({"cookie": f"oncograph-token={TOKEN}"}, 403),
        ({"cookie": f"oncograph-token={TOKEN}", "origin": "https://evil.example"}, 403),
        ({"cookie": f"oncograph-token={TOKEN}", "origin": "null"}, 403),
        ({"cookie": f"oncograph-token={TOKEN}", "origin": "http://127.0.0.1:1"}, 403),
        ({"cookie": f"oncograph-token={TOKEN}", "sec-fetch-site": "same-site"}, 403),
        ({"cookie": f"oncograph-token={TOKEN}", "origin": "{url}"}, 201),
        ({"cookie": f"oncograph-token={TOKEN}", "sec-fetch-site": "same-origin"}, 201),
        ({"authorization": f"bearer {TOKEN}"}, 201),
    ],
)
def test_only_the_token_and_own_pages_write(server, headers, status):
    filled = {name: value.replace("{url}", server.url) for name, value in headers.items()}
    answer = send(server, one("accept"), {"content-type": "application/json", **filled})
    assert answer.status == status
    assert len(decisions(server)) == (status == 201)


def test_without_a_token_nothing_writes(tmp_path):
    write_store(tmp_path / "store", make_readings(), make_ontology(), RULES)
    with run_server(tmp_path, Settings()) as server:
        for headers in ({}, BEARER, {"authorization": "Bearer "}, {"cookie": "oncograph-token=", "origin": server.url}):
            assert send(server, one("accept"), {"content-type": "application/json", **headers}).status == 403
        assert decisions(server) == []
        assert server.ask("/curation").status == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b"\xff", 400),
        (b" " * 1_100_000, 413),
        ({"curator": "", "decisions": [{"action": "accept", "claim": CLAIM}]}, 400),
        ({"curator": "\u202e ", "decisions": [{"action": "accept", "claim": CLAIM}]}, 400),
        ({"curator": "x" * 300, "decisions": [{"action": "accept", "claim": CLAIM}]}, 400),
        ({"curator": "Ada", "decisions": []}, 400),
        ({"curator": "Ada", "decisions": [1]}, 400),
        ({"curator": "Ada", "decisions": [{"action": "accept"}]}, 400),
        ({"curator": "Ada", "decisions": [{"action": "accept", "claim": 7}]}, 400),
        ({"curator": "Ada", "decisions": [{"action": "accept", "claim": CLAIM, "date": "2000-01-01"}]}, 400),
        (one("accept", "../../etc/passwd"), 400),
        (one("correct", change={"object": "<script>"}), 400),
        (one("correct", change={"object": "http://[broken"}), 400),
        (one("correct", change={"object": "\ud800"}), 400),
        (one("correct", change=[]), 400),
        (one("undo", "0" * 20), 400),
    ],
)
def test_request_that_makes_no_sense_is_refused_with_a_reason(server, body, status):
    answer = send(server, body)
    assert answer.status == status
    assert answer.json["detail"]
    assert decisions(server) == []


def test_a_form_of_another_site_is_refused_whatever_it_holds(server):
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "text/plain"}
    assert send(server, one("accept"), headers).status == 415


def test_the_start_address_leaves_its_token_in_a_cookie_that_scripts_cannot_read(server):
    answer = server.ask(f"/curation?q=x&token={TOKEN}")
    assert (answer.status, answer.headers["location"]) == (303, "/curation?q=x")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "set-cookie" not in server.ask("/curation?token=wrong").headers
    assert server.ask(f"//evil.example/?token={TOKEN}").headers["location"] == "/evil.example/"


def test_hostile_names_and_comments_are_shown_as_text(server):
    text = "</bdi><script>alert(1)</script> {{ 7*7 }} \" onmouseover='x' \u0000\u202e"
    values = {"curator": text, "decisions": [{"action": "comment", "claim": CLAIM, "comment": text}]}
    assert send(server, values).status == 201
    for headers in ({}, {"cookie": f"oncograph-token={TOKEN}"}):
        page = server.ask("/curation", headers=headers).body.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "{{ 7*7 }}" in page
        assert "\u202e" not in page


def test_only_who_may_write_gets_buttons(server):
    send(server, one("accept"))
    assert "data-action" not in server.ask("/curation").body.decode()
    assert "data-action" in server.ask("/curation", headers={"cookie": f"oncograph-token={TOKEN}"}).body.decode()


def test_list_is_filtered(server):
    send(server, one("accept", comment="first"))
    send(server, one("reject", comment="second"))
    assert "first" in server.ask("/curation?q=FIRST").body.decode()
    assert "second" not in server.ask("/curation?q=FIRST").body.decode()
    assert "No decision is like that" in server.ask("/curation?action=undo&page=99").body.decode()


def list_targets(server: RunningServer) -> dict[str, set[str]]:
    """Give what each part of the server tells of HER2, as names of entities."""
    claims = server.ask("/api/v1/entities/HER2/claims?limit=100").json["claims"]
    near = server.ask("/api/v1/entities/HER2/neighbours?limit=100").json["neighbours"]
    drawn = json.dumps({"names": ["entity:HER2"], "around": "entity:HER2"}).encode()
    drawing = server.ask("/explore/drawing", method="POST", headers={"content-type": "application/json"}, body=drawn)
    found = [
        hit["claim"]["object"]
        for drug in ("trastuzumab", "pertuzumab")
        for hit in server.ask(f"/api/v1/search?q=HER2+{drug}&kind=claim").json["results"]
        if hit["kind"] == "claim" and hit["claim"]["predicate"] == "targetedBy"
    ]
    triples = server.ask("/entity/HER2.nt").body.decode()
    fact = rf"<{entity_iri('HER2')}> <{terms.onco('targetedBy').value}> <([^>]+)>"
    store = open_store(server.folder / "store")
    drugs = {"entity:trastuzumab", "entity:pertuzumab"}
    asked = {drug for drug in drugs if holds(server, drug.partition(":")[2], "targets", "HER2")}
    return {
        "claims": {claim["object"]["name"] for claim in claims} & drugs,
        "neighbours": {(one.get("entity") or one)["name"] for one in near} & drugs,
        "explorer": {node["name"] for node in drawing.json["nodes"]} & drugs,
        "search": {thing["name"] for thing in found},
        "triples": {name_of(iri) for iri in re.findall(fact, triples)},
        "query": asked,
        "view": {name_of(claim.object) for claim in read_contents(store)[0].claims if is_wanted(claim)},
        "network": {name_of(obj) for _, obj in to_networkx(store).out_edges(entity_iri("HER2"))} & drugs,
        "export": {name_of(iri) for iri in re.findall(fact, write_export(store))},
    }


def is_wanted(claim: ClaimNode) -> bool:
    return (claim.subject, claim.predicate) == (entity_iri("HER2"), "targetedBy")


def name_of(iri: str) -> str:
    return "entity:" + iri.rpartition("/")[2]


def write_export(store: Store) -> str:
    out = io.BytesIO()
    write_rdf(store, out, format="ntriples")
    return out.getvalue().decode()


def test_what_is_decided_is_told_alike_wherever_one_asks(server):
    def tells(*drugs: str) -> None:
        for place, found in list_targets(server).items():
            assert found == {f"entity:{drug}" for drug in drugs}, place

    tells("trastuzumab")
    rejected = send(server, one("reject")).json["decisions"][0]["id"]
    tells()
    send(server, one("undo", rejected))
    tells("trastuzumab")
    send(server, one("correct", change={"object": "pertuzumab"}))
    tells("pertuzumab")
    write_store(
        server.folder / "store", make_readings(), make_ontology(), RULES, journal=Journal(server.folder / JOURNAL)
    )
    time.sleep(1)
    tells("pertuzumab")


def test_the_queue_holds_what_nobody_has_decided_on_the_least_sure_first(server):
    def review(query=""):
        answer = server.ask(f"/curation/review{query}")
        shown = answer.body.decode().partition('id="queue"')[2]
        return answer.status, [
            float(text) for text in re.findall(r'confidence <span class="number">([^<]+)</span></span>', shown)
        ]

    _, before = review()
    assert before == sorted(before)
    assert review("?order=surest")[1] == before[::-1]
    assert 0 < len(review("?entity=HER2&predicate=targetedBy")[1]) < len(before)
    assert len(review("?certainty=possible")[1]) + len(review("?certainty=stated")[1]) == len(before)
    send(server, one("accept", comment="right"))
    send(server, one("comment", comment="only a remark"))
    assert len(review()[1]) == len(before) - 1
    assert review("?entity=nobody")[0] == review("?predicate=x")[0] == review("?certainty=x")[0] == 400
    assert review("?page=9")[1] == []


def test_curators_at_the_same_time_lose_nothing(server):
    def comment(number: int) -> int:
        return send(server, one("comment", comment=f"number {number}")).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(comment, range(24))) == {201}
    assert {decision.comment for decision in decisions(server)} == {f"number {number}" for number in range(24)}


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_killing_servers_at_any_moment_loses_nothing_that_was_answered(tmp_path, request):
    write_store(tmp_path / "store", make_readings(), make_ontology(), RULES)
    chance = random.Random(11)
    answered: list[str] = []
    for _ in range(request.config.getoption("kill_rounds")):
        process, server = start_server(tmp_path)
        try:
            with ThreadPoolExecutor(4) as pool:
                curators = [pool.submit(decide_until_killed, server, answered) for _ in range(4)]
                while len(answered) == 0 and not any(one.done() for one in curators):
                    time.sleep(0.01)
                time.sleep(chance.random())
                process.kill()
        finally:
            process.kill()
            process.communicate()
        assert answered
        assert set(answered) <= {one.id for one in Journal(tmp_path / JOURNAL).read()}
    with run_server(tmp_path, Settings(token=TOKEN)) as server:  # catches up
        query = f"SELECT ?one {{ ?one a <{terms.DECISION_CLASS.value}> }}"
        found = server.ask(f"/sparql?query={quote(query)}", headers={"accept": "application/sparql-results+json"})
        seen = {row["one"]["value"].removeprefix(terms.DECISION) for row in found.json["results"]["bindings"]}
        assert seen == {one.id for one in decisions(server)}


def start_server(folder: Path) -> tuple[subprocess.Popen, RunningServer]:
    """Start the command that curators start, in a process of its own."""
    command = [sys.executable, "-m", "oncograph", "serve", "--graph", str(folder), "--port", "0", "--curate"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent / "src"), "ONCOGRAPH_TOKEN": TOKEN}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
            return process, RunningServer(int(found[1]), folder)
    raise RuntimeError("the server did not start")


def decide_until_killed(server: RunningServer, answered: list[str]) -> None:
    for action in itertools.cycle(("accept", "reject")):
        try:
            answer = send(server, one(action, comment="x" * 500))
        except (OSError, http.client.HTTPException):
            return
        assert answer.status == 201
        answered.append(answer.json["decisions"][0]["id"])
