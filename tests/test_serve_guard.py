"""What every answer of a server carries, whatever it answers."""

import pytest

import graph_samples
from serving import run_server

ADDRESSES = ["/", "/entity/HER2", "/api/v1/summary", "/sparql?query=ASK%20%7B%7D", "/static/site.css", "/nowhere"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder)
    with run_server(folder) as server:
        yield server


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_says_what_a_page_may_load(server, path):
    headers = server.ask(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ADDRESSES)
def test_head_is_answered_as_get_without_a_body(server, path):
    asked, told = server.ask(path), server.ask(path, method="HEAD")
    assert told.body == b""
    assert (told.status, told.media_type) == (asked.status, asked.media_type)


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_request_to_another_name_is_refused(server, path):
    answer = server.ask(path, headers={"host": "evil.example"})
    assert answer.status == 421
    assert b"--name" in answer.body


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/doc/../../etc/passwd", "/entity/%00"])
def test_no_address_leaves_the_folder(server, path):
    answer = server.ask(path)
    assert answer.status in {400, 404}
    assert b"FastAPI" not in answer.body
    assert b"root:" not in answer.body
