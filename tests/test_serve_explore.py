"""The explorer's server: what is drawn, where, and how much of it."""

from __future__ import annotations

import gzip
import json

import pytest

import graph_samples
from oncograph.graph.merging import ClaimKey
from oncograph.model import entity_iri
from oncograph.serve import Settings
from serving import run_server

HOSTILE = '<img src=x onerror=alert(1)>"\u202eevil' + "x" * 300


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder, [*graph_samples.make_readings(), _hostile()])
    with run_server(folder) as server:
        yield server


def _hostile():
    doc = graph_samples.DocumentMaker("hostile", "A hostile document")
    doc.concepts.append(graph_samples._concept(HOSTILE, "Drug"))
    doc.claim(
        f"HER2 is blocked by {HOSTILE}.", ("HER2", "HER2"), "targetedBy", (HOSTILE, HOSTILE), rule="targets-active"
    )
    return doc.reading()


def ask(server, path: str, body: object):
    return server.ask(path, method="POST", headers={"content-type": "application/json"}, body=json.dumps(body).encode())


def draw(server, **asked):
    answer = ask(server, "/explore/drawing", asked)
    assert answer.status == 200, answer.body
    return answer.json


def names(drawing) -> list[str]:
    return [node["name"] for node in drawing["nodes"]]


def test_the_start_is_the_entity_most_claims_speak_of(server):
    drawing = draw(server)
    assert drawing["found"] == names(drawing)[0] == "entity:breast_cancer"
    ends = {claim[side] for claim in drawing["claims"] for side in ("start", "end")}
    assert ends == set(names(drawing))
    assert len({(node["x"], node["y"]) for node in drawing["nodes"]}) == len(drawing["nodes"])


def test_neighbours_are_added_a_few_at_a_time_and_nothing_moves(server):
    first = draw(server, around="HER2", most=2)
    places = {node["name"]: [node["x"], node["y"]] for node in first["nodes"]}
    assert len(places) == 3
    more = draw(server, names=names(first), places=places, around="HER2", most=2)
    assert len(more["nodes"]) == 5
    assert {node["name"]: [node["x"], node["y"]] for node in more["nodes"][:3]} == places


def test_neighbours_of_one_relation_are_added(server):
    drawing = draw(server, around="entity:HER2", predicate="testedBy", inverse=False)
    assert set(names(drawing)) == {
        "entity:HER2",
        "entity:immunohistochemistry",
        "entity:fluorescence_in_situ_hybridization",
    }
    assert names(draw(server, around="entity:HER2", predicate="testedBy", inverse=True)) == ["entity:HER2"]


def test_neighbours_are_counted_by_relation(server):
    answer = ask(server, "/explore/around", {"name": "HER2", "names": ["entity:HER2", "entity:trastuzumab"]})
    assert answer.json["path"] == "/entity/HER2"
    counts = {one["predicate"]: (one["total"], one["drawn"]) for one in answer.json["relations"]}
    assert counts == {"targetedBy": (2, 1), "testedBy": (2, 0)}


def test_an_entity_tells_how_many_neighbours_it_has(server):
    (her2,) = draw(server, names=["entity:HER2"])["nodes"]
    assert her2["neighbours"] == 4


def test_claims_tell_what_denies_and_what_hedges(server):
    drawing = draw(server, names=["entity:breast_cancer", "entity:docetaxel", "entity:cardiotoxicity"])
    assert {(claim["negated"], claim["possible"]) for claim in drawing["claims"]} == {(True, False), (False, False)}
    drawing = draw(server, names=["entity:trastuzumab", "entity:cardiotoxicity"])
    assert [(claim["negated"], claim["possible"]) for claim in drawing["claims"]] == [(False, True)]


def test_a_document_is_drawn_with_the_entities_of_its_claims(server):
    drawing = draw(server, document="lynch", most=3)
    assert len(drawing["nodes"]) == 3
    assert drawing["nodes"][0]["name"] == "entity:Lynch_syndrome"


def test_a_document_gives_the_claims_to_filter_by(server):
    told = server.ask("/explore/document?name=lynch").json
    assert told["name"] == "doc:lynch"
    assert ["entity:Lynch_syndrome", "entity:foobarin"] in [[start, end] for _, start, end in told["claims"]]


@pytest.mark.parametrize("path", ["/explore/document?name=nowhere", "/explore/document?name=%00%3Cb%3E"])
def test_a_document_that_is_not_there_is_not_found(server, path):
    answer = server.ask(path)
    assert answer.status == 404
    assert "no document" in answer.json["detail"]


def test_an_entity_that_is_not_there_is_told_with_what_is_near(server):
    answer = ask(server, "/explore/drawing", {"around": "trastuzumb"})
    assert answer.status == 404
    assert "trastuzumab" in answer.json["detail"]
    assert ask(server, "/explore/around", {"name": "nothing at all"}).status == 404


@pytest.mark.parametrize(
    "name", ["entity:nothing", "", "\u202e", "https://example.org/<b>", "x" * 2000, "entity:../../etc/passwd"]
)
def test_names_the_graph_does_not_have_are_passed_over(server, name):
    assert names(draw(server, names=["entity:HER2", name])) == ["entity:HER2"]
    assert draw(server, names=[name])["nodes"] == []


def test_hostile_names_are_given_as_they_are(server):
    drawing = draw(server, around="HER2")
    assert HOSTILE in [node["label"] for node in drawing["nodes"]]
    (path,) = [node["path"] for node in drawing["nodes"] if node["label"] == HOSTILE]
    assert server.ask(path).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {"names": ["a"] * 2001},
        {"most": 501},
        {"most": -1},
        {"names": ["x" * 2001]},
        {"places": {"a": [1e9, 0]}},
        {"places": {"a": ["x", 0]}},
        {"inverse": "perhaps"},
        [],
        None,
    ],
)
def test_what_is_too_much_or_makes_no_sense_is_refused(server, body):
    assert ask(server, "/explore/drawing", body).status == 422


def test_tidying_keeps_what_is_pinned(server):
    drawing = draw(server, around="HER2")
    again = draw(server, names=names(drawing), places={"entity:HER2": [500, -300]}, most=0, tidy=True)
    places = {node["name"]: (node["x"], node["y"]) for node in again["nodes"]}
    assert places["entity:HER2"] == (500, -300)
    assert len(set(places.values())) == len(places)


def test_the_whole_graph_comes_in_columns_compressed(server):
    answer = server.ask("/explore/whole", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    columns = json.loads(gzip.decompress(answer.body))
    assert server.ask("/explore/whole").json == columns
    nodes, edges = columns["nodes"], columns["edges"]
    assert {len(column) for column in nodes.values()} == {len(nodes["name"])}
    assert {len(column) for column in edges.values()} == {len(edges["from"])}
    at = nodes["name"].index("entity:HER2")
    assert columns["classes"][nodes["class"][at]] == "Receptor"
    assert nodes["neighbours"][at] == 4
    assert "entity:unused_drug" not in nodes["name"]
    assert {0, 1, 2} == set(edges["kind"])


def test_what_curators_reject_is_not_drawn_and_nothing_else_moves(tmp_path):
    graph_samples.make_store(tmp_path)
    claim = ClaimKey(entity_iri("HER2"), "testedBy", entity_iri("immunohistochemistry")).digest()
    with run_server(tmp_path, Settings(token="secret")) as server:
        before = server.ask("/explore/whole").json["nodes"]
        body = {"curator": "Ada", "decisions": [{"action": "reject", "claim": f"claim:{claim}"}]}
        headers = {"authorization": "Bearer secret", "content-type": "application/json"}
        decided = server.ask("/curation/decisions", method="POST", headers=headers, body=json.dumps(body).encode())
        assert decided.status == 201
        assert "entity:immunohistochemistry" not in names(draw(server, around="HER2"))
        assert draw(server, names=["entity:HER2", "entity:immunohistochemistry"])["claims"] == []
        after = server.ask("/explore/whole").json["nodes"]
        assert "entity:immunohistochemistry" not in after["name"]
        for at, name in enumerate(after["name"]):
            place = before["name"].index(name)
            assert (after["x"][at], after["y"][at]) == (before["x"][place], before["y"][place])
        assert [path.name.startswith(".explorer-") for path in tmp_path.glob(".explorer-*")] == [True]


def test_the_page_is_served_with_the_strict_policy(server):
    page = server.ask("/explore")
    assert page.status == 200
    assert "unsafe" not in page.headers["content-security-policy"]
    assert b"style=" not in page.body
    for path in ("main.js", "stage.js", "shapes.js"):
        assert server.ask(f"/static/explore/{path}").status == 200
    assert b"/explore?entity=entity%3AHER2" in server.ask("/entity/HER2", headers={"accept": "text/html"}).body
    assert b"/explore?document=doc%3Alynch" in server.ask("/doc/lynch", headers={"accept": "text/html"}).body
