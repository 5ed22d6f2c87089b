"""The addresses of things: pages for people, triples for programs, files to fetch."""

from __future__ import annotations

import hashlib
import json

import pytest
import rdflib
from pyoxigraph import NamedNode, Store

import graph_samples
from oncograph.model import BASE, ENTITY, ONTOLOGY
from serving import run_server

KINDS = ("entity", "claim", "doc", "rule", "evidence", "extraction", "mention", "dataset")
TYPES = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
}
SUFFIXES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}
PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder)
    return folder


@pytest.fixture(scope="module")
def server(folder):
    with run_server(folder) as server:
        yield server


@pytest.fixture(scope="module")
def iris(folder) -> list[str]:
    """Everything that the graph describes under its own name, without what stands behind a #."""
    store = Store.read_only(str(folder / "store"))
    subjects = {quad.subject.value for quad in store if isinstance(quad.subject, NamedNode)}
    return sorted({iri.partition("#")[0] for iri in subjects if iri.startswith(BASE)})


def read(answer, format: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=answer.body, format=format)


def test_browsers_that_ask_for_an_icon_get_ours(server):
    answer = server.ask("/favicon.ico")
    assert answer.status == 308
    assert server.ask(answer.headers["location"]).media_type == "image/svg+xml"


def test_every_name_of_the_graph_leads_to_triples_about_it_and_to_a_page(server, iris):
    assert {iri.removeprefix(BASE).partition("/")[0] for iri in iris} >= set(KINDS)
    for iri in iris:
        path = "/" + iri.removeprefix(BASE)
        found = read(server.ask(path, headers={"accept": "text/turtle"}), "turtle")
        assert any(str(subject).partition("#")[0] == iri for subject in found.subjects()), iri
        assert server.ask(path, headers={"accept": PAGE}).status in {200, 303}, iri


@pytest.mark.parametrize("kind", [*KINDS, "ontology"])
@pytest.mark.parametrize("type", TYPES)
def test_a_program_gets_the_form_that_it_asks_for(server, iris, kind, type):
    iri = next(iri for iri in iris if iri.startswith(BASE + kind))
    answer = server.ask("/" + iri.removeprefix(BASE), headers={"accept": type})
    assert (answer.status, answer.media_type) == (200, type)
    assert "Accept" in answer.headers["vary"]
    assert len(read(answer, TYPES[type]))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "path", ["/entity/HER2", "/doc/trials/one", "/rule/targets-anti", "/ontology", "/ontology/Drug"]
)
def test_an_ending_names_the_form(server, path, suffix):
    answer = server.ask(f"{path}.{suffix}", headers={"accept": PAGE})
    assert (answer.status, answer.media_type) == (200, SUFFIXES[suffix])
    assert set(read(answer, TYPES[SUFFIXES[suffix]])) == set(
        read(server.ask(path, headers={"accept": SUFFIXES[suffix]}), TYPES[SUFFIXES[suffix]])
    )


def test_a_page_names_its_forms_and_the_forms_their_page(server):
    page = server.ask("/entity/HER2", headers={"accept": PAGE})
    assert '</entity/HER2.ttl>; rel="alternate"; type="text/turtle"' in page.headers["link"]
    triples = server.ask("/entity/HER2", headers={"accept": "text/turtle"})
    assert '</entity/HER2>; rel="alternate"; type="text/html"' in triples.headers["link"]
    assert triples.headers["access-control-allow-origin"] == "*"


def test_what_is_known_is_not_sent_again(server):
    first = server.ask("/entity/HER2.ttl")
    again = server.ask("/entity/HER2.ttl", headers={"if-none-match": first.headers["etag"]})
    other = server.ask("/entity/HER2.nt", headers={"if-none-match": first.headers["etag"]})
    assert (again.status, again.body, other.status) == (304, b"", 200)


@pytest.mark.parametrize("path", ["/entity/HER2", "/doc/her2", "/rule/targets-anti", "/ontology", "/ontology/Drug"])
@pytest.mark.parametrize(
    ("accept", "type"),
    [
        (PAGE, "text/html"),
        ("text/turtle;q=0.4, application/ld+json;q=0.9, text/html;q=0.1", "application/ld+json"),
        ("text/html;q=0.2, application/rdf+xml", "application/rdf+xml"),
        ("text/turtle;q=0, application/n-triples;q=0.1", "application/n-triples"),
        ("image/png, */*;q=0.1", "text/html"),
    ],
)
def test_the_form_that_is_liked_best_is_given(server, path, accept, type):
    answer = server.ask(path, headers={"accept": accept})
    assert (answer.status, answer.media_type) == (200, type)


def test_a_form_that_there_is_not_is_refused(server):
    answer = server.ask("/entity/HER2", headers={"accept": "image/png"})
    assert answer.status == 406
    assert b"text/turtle" in answer.body


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/entity/HGNC:3430", "/entity/ERBB2"),
        ("/entity/Herceptin", "/entity/trastuzumab"),
        ("/entity/Herceptin.ttl", "/entity/trastuzumab.ttl"),
        (f"/entity?iri={ENTITY}HER2", "/entity/HER2"),
    ],
)
def test_other_names_lead_to_the_thing(server, path, place):
    answer = server.ask(path, headers={"accept": PAGE})
    assert (answer.status, answer.headers["location"]) == (303, place)


def test_a_sentence_is_shown_in_its_document(server, iris):
    for kind in ("evidence", "extraction", "mention"):
        iri = next(iri for iri in iris if iri.startswith(f"{BASE}{kind}/trials/one/"))
        answer = server.ask("/" + iri.removeprefix(BASE), headers={"accept": PAGE})
        assert answer.status == 303
        assert answer.headers["location"].startswith("/doc/trials/one#c")


def test_the_triples_of_an_entity_hold_its_claims(server):
    found = read(server.ask("/entity/HER2.ttl"), "turtle")
    targeted = rdflib.URIRef(ONTOLOGY + "targetedBy")
    assert (rdflib.URIRef(ENTITY + "HER2"), targeted, rdflib.URIRef(ENTITY + "trastuzumab")) in found
    assert (None, rdflib.RDF.predicate, targeted) in found


@pytest.mark.parametrize(
    "path", ["/entity/Trastuzumap", "/claim/0", "/doc/none", "/rule/none", "/mention/her2/0-9", "/x"]
)
def test_what_there_is_not_is_said_in_the_form_that_was_asked_for(server, path):
    page = server.ask(path, headers={"accept": PAGE})
    assert (page.status, page.media_type) == (404, "text/html")
    text = server.ask(path, headers={"accept": "text/turtle"})
    assert (text.status, text.media_type) == (404, "text/plain")


def test_a_misspelt_name_is_met_with_what_comes_near(server):
    assert b'href="/entity/trastuzumab"' in server.ask("/entity/Trastuzumap", headers={"accept": PAGE}).body


def test_files_are_offered_with_size_digest_and_terms(tmp_path):
    graph_samples.make_store(tmp_path)
    (tmp_path / "graph.ttl").write_bytes(b"<e:a> <e:b> <e:c> .\n" * 10_000)
    (tmp_path / "secret.txt").write_text("no")
    (tmp_path / "graph.nt").symlink_to(tmp_path / "secret.txt")
    digest = hashlib.sha256((tmp_path / "graph.ttl").read_bytes()).hexdigest()
    with run_server(tmp_path) as server:
        page = server.ask("/downloads").body.decode()
        assert digest in page
        assert "200.0 kB" in page
        assert "/downloads/graph.nt" not in page
        answer = server.ask("/downloads/graph.ttl")
        assert (answer.status, answer.media_type) == (200, "text/turtle")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert hashlib.sha256(answer.body).hexdigest() == digest
        again = server.ask("/downloads/graph.ttl", headers={"if-none-match": answer.headers["etag"]})
        part = server.ask("/downloads/graph.ttl", headers={"range": "bytes=0-9"})
        assert (again.status, part.status, part.body) == (304, 206, b"<e:a> <e:b")
        (tmp_path / "graph.ttl").write_bytes(b"<e:a> <e:b> <e:d> .\n")
        changed = server.ask("/downloads/graph.ttl", headers={"if-none-match": answer.headers["etag"]})
        assert changed.status == 200


@pytest.mark.parametrize(
    "name", ["secret.txt", "store", "curation.jsonl", "..%2fsecret.txt", "%2e%2e/secret.txt", "graph.nt"]
)
def test_no_other_file_is_given_out(tmp_path, name):
    folder = tmp_path / "out"
    folder.mkdir()
    graph_samples.make_store(folder)
    (tmp_path / "secret.txt").write_text("nobody reads this")
    (folder / "curation.jsonl").write_text("")
    (folder / "graph.nt").symlink_to(tmp_path / "secret.txt")
    with run_server(folder) as server:
        answer = server.ask(f"/downloads/{name}")
    assert answer.status == 404
    assert b"nobody reads this" not in answer.body


def test_looks_of_classes_are_told_to_scripts(server):
    looks = json.loads(server.ask("/classes.json").body)
    assert looks["MonoclonalAntibody"]["family"] == "Drug"
