"""The API of a real server: what it answers, how it refuses, and that it keeps to its own description."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

import graph_samples
from oncograph.serve import Settings
from serving import run_server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder)
    with run_server(folder, Settings(origins=("https://example.org",))) as server:
        yield server


def ask(server, path: str):
    answer = server.ask(f"/api/v1/{path}")
    assert answer.status == 200, answer.body
    return answer.json


def lines(claims) -> list[str]:
    return [f"{claim['subject']['label']} {claim['predicate']} {claim['object']['label']}" for claim in claims]


def test_search_gives_what_the_search_box_shows(server):
    answer = server.ask("/api/v1/search?q=her-2").json

    assert answer["query"] == "her-2"
    assert answer["results"][0] == {
        "kind": "entity",
        "name": "entity:HER2",
        "label": "HER2",
        "class": "Receptor",
        "path": "/entity/HER2",
        "matched": "",
        "claims": 4,
        "snippet": [["HER2", True]],
        "others": 0,
        "claim": None,
    }


def test_search_gives_claims_and_says_what_it_took_the_words_for(server):
    answer = server.ask("/api/v1/search?q=herceptn+her2&kind=claim").json
    (hit,) = answer["results"]

    assert answer["corrected"] == "herceptin her2"
    assert (hit["label"], hit["path"]) == ("HER2 targeted by trastuzumab", f"/claim/{hit['claim']['id']}")
    assert hit["claims"] == hit["claim"]["evidences"] == 2


def test_a_search_is_paged(server):
    whole = ask(server, "search?q=b&kind=entity&limit=50")["results"]
    parts = [
        ask(server, f"search?q=b&kind=entity&limit=2&offset={at}")["results"] for at in range(0, len(whole) + 2, 2)
    ]

    assert len(whole) > 2
    assert [hit for part in parts for hit in part] == whole


@pytest.mark.parametrize(
    "name", ["entity:HER2", "her2", "HER2/neu", "UniProtKB:P04626", "https://w3id.org/oncograph/entity/HER2"]
)
def test_an_entity_is_found_by_any_of_its_names(server, name):
    found = ask(server, f"entities/{quote(name, safe='')}")

    assert found["entity"]["name"] == "entity:HER2"
    assert [one["id"] for one in found["identifiers"]] == ["UniProtKB:P04626"]
    assert ask(server, found["claims_url"].removeprefix("/api/v1/"))["total"] == found["claims"] == 4
    assert ask(server, found["neighbours_url"].removeprefix("/api/v1/"))["total"] == 4


def test_claims_are_filtered_and_paged(server):
    whole = ask(server, "entities/breast%20cancer/claims?polarity=Affirmed")
    path, found = "entities/breast%20cancer/claims?polarity=Affirmed&limit=2", []
    while path:
        page = ask(server, path)
        found += page["claims"]
        path = (page["next"] or "").removeprefix("/api/v1/")

    assert found == whole["claims"]
    assert len(found) == whole["total"]
    assert lines(ask(server, "entities/breast%20cancer/claims?polarity=Negated")["claims"]) == [
        "breast cancer treatedBy docetaxel"
    ]
    assert lines(ask(server, "entities/trastuzumab/claims?predicate=targets&direction=out")["claims"]) == [
        "HER2 targetedBy trastuzumab"
    ]


def test_a_claim_comes_with_its_sentences_and_their_places(server):
    (claim,) = ask(server, "entities/her2/claims?class=Drug")["claims"]

    found = ask(server, f"claims/{claim['id']}")

    assert found["claim"] == claim
    assert [one["document"] for one in found["evidence"]] == ["doc:her2", "doc:trials/one"]
    for one in found["evidence"]:
        document = ask(server, f"documents/{one['document'].removeprefix('doc:')}")
        assert document["text"][one["start"] : one["end"]] == one["sentence"]
    assert {"name": "inDisease", "value": "breast cancer"} in found["qualifiers"]


def test_documents_are_listed_and_described(server):
    listed = ask(server, "documents?limit=1")
    found = ask(server, "documents/her2.txt")

    assert (listed["total"], listed["documents"][0]["document"]["name"]) == (3, "doc:her2")
    assert listed["documents"][0]["claims"] == len(found["claims"])
    assert all(found["text"][start:end] for mark in found["claims"] for start, end in mark["subjects"])


def test_neighbours_are_capped_and_counted(server):
    found = ask(server, "entities/breast%20cancer/neighbours?limit=1")

    assert (found["shown"], len(found["neighbours"])) == (1, 1)
    assert sum(left["count"] for left in found["left_out"]) >= found["total"] - 1


def test_paths_are_made_of_claims(server):
    found = ask(server, "paths?from=IHC&to=breast%20cancer")

    assert found["length"] == 3
    assert lines(found["paths"][0]["steps"][0]) == ["HER2 testedBy immunohistochemistry"]


def test_the_graph_says_what_it_holds(server):
    summary = ask(server, "summary")
    classes = {item["thing"]["name"]: item for item in ask(server, "classes")["classes"]}
    predicates = {item["thing"]["name"]: item for item in ask(server, "predicates")["predicates"]}

    assert summary["documents"] == 3
    assert classes["onco:Chemotherapy"]["parents"] == ["onco:Drug"]
    assert classes["onco:Chemotherapy"]["entities"] == summary["entities_by_class"]["Chemotherapy"] == 1
    assert predicates["onco:targetedBy"]["inverse"] == "targets"
    assert predicates["onco:targetedBy"]["claims"] == summary["claims_by_predicate"]["targetedBy"] == 1


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("entities/trastuzumb", 404, "did you mean trastuzumab"),
        ("entities/ERBB3/claims", 404, "nothing in this graph is called"),
        ("claims/zz", 404, "20 hexadecimal digits"),
        ("documents/nothing", 404, "no document is called"),
        ("nothing", 404, ""),
        ("search", 422, "q: field required"),
        ("entities/her2/claims?limit=0", 422, "limit: input should be greater than or equal to 1"),
        ("entities/her2/claims?predicate=nothing", 404, "there is no relation"),
        ("entities/her2/claims?class=Recepter", 404, "did you mean Receptor"),
        ("entities/her2/claims?polarity=maybe", 422, "polarity: input should be"),
        ("entities/%00", 404, ""),
        ("entities/%3Ca%20b%3E", 404, ""),
        ("entities/%FF%FE", 404, ""),
        ("entities/a%0Ab", 404, "there is no such address"),
    ],
)
def test_an_error_is_a_problem_that_says_what_to_do(server, path, status, told):
    answer = server.ask(f"/api/v1/{path}")

    assert (answer.status, answer.media_type) == (status, "application/problem+json")
    assert answer.json["status"] == status
    assert told in answer.json["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_written(server, method):
    answer = server.ask("/api/v1/summary", method=method)

    assert (answer.status, answer.headers["allow"]) == (405, "GET")


def test_what_has_not_changed_is_not_sent_again(server):
    first = server.ask("/api/v1/summary")
    again = server.ask("/api/v1/summary", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert server.ask("/api/v1/search?q=x", headers={"If-None-Match": f'W/{first.headers["etag"]}, "x"'}).status == 304
    assert server.ask("/api/v1/summary", headers={"If-None-Match": '"x"'}).status == 200


def test_only_the_web_sites_that_may_read_answers(server):
    def allowed(origin: str) -> str | None:
        return server.ask("/api/v1/summary", headers={"Origin": origin}).headers.get("access-control-allow-origin")

    assert allowed("https://example.org") == "https://example.org"
    assert allowed("https://evil.example") is None


def test_the_documentation_lists_every_operation_without_inline_scripts(server):
    page = server.ask("/api/")
    schema = server.ask("/api/openapi.json").json

    assert page.status == 200
    text = page.body.decode()
    assert text.count("<script") == text.count('<script src="/static/')
    for path in schema["paths"]:
        assert f"/api{path}" in text


def test_a_value_of_a_request_is_never_markup(server):
    answer = server.ask("/api/v1/entities/%3Cscript%3Ealert(1)%3C%2Fscript%3E")

    assert answer.media_type == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"


HOSTILE = "</script><script>alert(1)</script> \u202e\u2028 ' OR 1=1 -- \" AND NEAR("


def test_hostile_text_of_documents_is_only_ever_a_json_string(tmp_path):
    doc = graph_samples.DocumentMaker("odd", HOSTILE, identifier="../../etc/passwd")
    doc.claim(f"{HOSTILE} blocks HER2.", ("HER2", "HER2"), "targetedBy", (HOSTILE, "trastuzumab"))
    graph_samples.make_store(tmp_path, [doc.reading()])

    with run_server(tmp_path) as server:
        found = ask(server, f"search?q={quote(HOSTILE)}")["results"]
        answer = server.ask("/api/v1/documents/..%2F..%2Fetc%2Fpasswd")

    assert [hit["kind"] for hit in found] == ["document", "evidence"]
    assert answer.media_type == "application/json"
    assert answer.json["title"] == HOSTILE.strip()
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.slow
def test_the_api_keeps_to_its_description(server, tmp_path, pytestconfig):
    """Schemathesis: no server error, and every answer as the description says.

    `pytest tests/test_serve_api.py -k description --fuzz-minutes 10` tries for ten minutes.
    """
    minutes = pytestconfig.getoption("--fuzz-minutes")
    command = [Path(sys.executable).parent / "schemathesis", "run", f"{server.url}/api/openapi.json"]
    limits = ["--max-time", str(int(minutes * 60)), "--workers", "2"] if minutes else ["--max-examples", "20"]
    more = ["--seed", "1", "--checks", "all", "--no-color"]

    done = subprocess.run(
        [*command, *limits, *more], cwd=tmp_path, capture_output=True, text=True, timeout=300 + minutes * 90
    )

    assert done.returncode == 0, done.stdout[-6000:]
