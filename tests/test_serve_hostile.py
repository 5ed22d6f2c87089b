"""Hostile texts stay text, hostile addresses lead nowhere, and every answer carries what protects it."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import quote, quote_plus

import pytest
from pyoxigraph import NamedNode, Store

from hostile_graphs import DOCUMENTS, TEXTS, write_hostile_store
from oncograph.model import BASE
from oncograph.serve import LiveGraph, Settings
from oncograph.serve.app import make_app
from oncograph.serve.guard import POLICY
from serving import RunningServer, run_app, run_server

PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
TOKEN = "a-token-of-tests"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("around") / "graph"
    folder.mkdir()
    (folder.parent / "secret.txt").write_text("nobody reads this")
    write_hostile_store(folder)
    with run_server(folder, Settings(token=TOKEN)) as server:
        yield server


@pytest.fixture(scope="module")
def paths(server) -> list[str]:
    """Addresses of everything that the graph describes, and of what is asked with its texts."""
    store = Store.read_only(str(server.folder / "store"))
    subjects = {quad.subject.value.partition("#")[0] for quad in store if isinstance(quad.subject, NamedNode)}
    own = ["/" + iri.removeprefix(BASE) for iri in sorted(subjects) if iri.startswith(BASE)]
    asked = [
        address + quote_plus(text[:2_000])
        for text in TEXTS
        for address in (
            "/search?q=", "/documents?filter=", "/entity/", "/doc/", "/nowhere/", "/entity?iri=", "/query?query=",
            "/explore?entity=", "/curation?q=", "/curation/review?entity=", "/curation/review?predicate=",
            "/entity/breast_cancer?relation=",
        )
    ]  # fmt: skip
    return [*own, *asked, "/", "/documents", "/ontology", "/downloads", "/curation", "/curation/review", "/api/"]


class Markup(HTMLParser):
    """Collects what of a page could do something of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.troubles: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag in {"iframe", "object", "embed", "base"} or "http-equiv" in values:
            self.troubles.append(tag)
        if tag == "script" and not (values.get("src") or "").startswith("/static/"):
            self.troubles.append(f"{tag} {values}")
        for name, value in attributes:
            if name.startswith("on") or name in {"style", "autofocus", "srcdoc"}:
                self.troubles.append(f"{tag} {name}")
            if name in {"href", "src", "action", "formaction"} and not is_harmless(value or ""):
                self.troubles.append(f"{tag} {name}={value}")


def is_harmless(address: str) -> bool:
    own = address.startswith(("/", "#")) and not address.startswith(("//", "/\\"))
    return own or address.startswith(("http://", "https://"))


def test_texts_of_documents_and_requests_stay_text(server, paths):
    shown = 0
    for path in paths:
        answer = server.ask(quote(path, safe="/:?#[]@!$&'()*+,;=%-._~"), headers={"accept": PAGE})
        assert answer.status < 500, path
        assert "default-src 'none'; script-src 'self';" in answer.headers["content-security-policy"], path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        if answer.media_type == "text/html":
            page = Markup()
            page.feed(answer.body.decode())
            assert page.troubles == [], path
            shown += "\u202e" in answer.body.decode() or "onerror" in answer.body.decode()
    assert shown > 20


@pytest.mark.parametrize(
    "path",
    [
        "/doc/../../secret.txt",
        "/doc/..%2f..%2fsecret.txt",
        "/doc/%2e%2e/%2e%2e/secret.txt",
        "/doc/%2fetc%2fpasswd",
        "/doc//etc/passwd",
        "/doc/%00",
        "/entity/..%5c..%5csecret.txt",
        "/entity/%00",
        "/entity/%ff%fe",
        "/entity/%ed%a0%80",
        "/entity?iri=file:///etc/passwd",
        "/entity?iri=%00",
        "/entity/%0d%0aX-Evil:%201",
        "/entity/http://evil.example/",
        "/static/../settings.py",
        "/static/%2e%2e/settings.py",
        "/static/..%2f..%2fsecret.txt",
        "/static/%00",
        "/downloads/..%2f..%2fsecret.txt",
        "/downloads/%2e%2e/secret.txt",
        "/downloads/%00",
        "/rule/..%2f..%2fsecret.txt",
        "/evidence/../../secret.txt",
        "/ontology/..%2f..%2fsecret.txt",
        "//evil.example/",
        "//evil.example/%2e%2e",
        "/%5cevil.example/",
        "/" + "a" * 20_000,
    ],
)
@pytest.mark.parametrize("accept", [PAGE, "text/turtle"])
def test_addresses_that_lead_out_lead_nowhere(server, path, accept):
    answer = server.ask(path, headers={"accept": accept})
    assert answer.status == 404
    assert "location" not in answer.headers
    assert "x-evil" not in answer.headers
    assert answer.headers["content-security-policy"] == POLICY
    assert b"nobody reads this" not in answer.body
    assert b"root:" not in answer.body


@pytest.mark.parametrize("path", ["//evil.example/", "/%5cevil.example", "///evil.example", "/%09/evil.example"])
def test_the_token_does_not_lead_to_another_site(server, path):
    answer = server.ask(f"{path}?token={TOKEN}", headers={"accept": PAGE})
    place = answer.headers["location"]
    assert answer.status == 303
    assert place.startswith("/")
    assert not place.startswith(("//", "/\\", "/\t"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_found_under_whatever_name_it_has(server, name):
    answer = server.ask(f"/doc/{quote(name)}", headers={"accept": PAGE})
    assert (answer.status, answer.media_type) == (200, "text/html")


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {"host": "evil.example"}, 421),
        ("GET", "/curation?page=x", {}, 200),
        ("GET", "/documents?page=-1", {}, 200),
        ("DELETE", "/entity/breast_cancer", {}, 405),
        ("POST", "/curation/decisions", {}, 401),
        ("POST", "/explore/drawing", {"content-type": "application/json"}, 422),
        ("GET", "/entity/breast_cancer", {"accept": "image/png"}, 406),
        ("GET", "/api/v1/nothing", {}, 404),
    ],
)
def test_refusals_are_guarded_like_pages(server, method, path, headers, status):
    answer = server.ask(path, method=method, headers=headers)
    assert answer.status == status
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_failure_of_the_server_itself_is_guarded_and_tells_nothing(server):
    app = make_app(LiveGraph(server.folder), Settings())

    @app.get("/broken-for-the-test")
    def fail() -> None:
        raise RuntimeError("a secret")

    app.router.routes.insert(0, app.router.routes.pop())
    with run_app(app) as port:
        answer = RunningServer(port, server.folder).ask("/broken-for-the-test")
    assert answer.status == 500
    assert answer.headers["content-security-policy"] == POLICY
    assert b"secret" not in answer.body
