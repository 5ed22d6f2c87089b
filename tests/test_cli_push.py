"""The commands that fill and ask another store, and that write for its bulk loader."""

import json
import shlex

import pytest

from oncograph.cli import run
from oncograph.graph import open_store
from oncograph.graph.endpoint import PASSWORD, TOKEN, USER
from remote_stores import fake_server, skolemise

TEXT = "HER2 is targeted by trastuzumab. Lapatinib inhibits HER2.\n"


@pytest.fixture
def server(monkeypatch, tmp_path):
    for name in (USER, PASSWORD, TOKEN):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.chdir(tmp_path)
    with fake_server() as running:
        yield running


@pytest.fixture
def ask(server, capsys):
    """Run a command, with the address of the server for URL; give its exit code and what it printed."""

    def ask(command):
        code = run(shlex.split(command.replace("URL", server.address.query))[1:])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return ask


@pytest.fixture
def built(server, ask, tmp_path):
    """A store that a build has filled."""
    (tmp_path / "note.txt").write_text(TEXT, encoding="utf-8")
    code, out, err = ask("oncograph build note.txt --store URL --no-files")
    assert (code, err) == (0, "")
    assert "Pushed to http://127.0.0.1" in out
    return open_store(tmp_path / "output" / "store")


def test_a_build_fills_another_store_and_a_push_finds_nothing_to_do(server, built, ask):
    assert set(server.store) == skolemise(built)
    server.updates.clear()

    code, out, _ = ask("oncograph push --store URL")

    assert (code, server.updates) == (0, [])
    assert f"Nothing has changed: {server.address.query} already holds this graph ({len(built):,} quads)." in out


def test_another_store_answers_named_and_free_queries(built, ask):
    assert "trastuzumab" in ask("oncograph query --store URL drugs-targeting HER2")[1]
    _, out, _ = ask("oncograph query --store URL 'SELECT ?d { entity:HER2 onco:targetedBy ?d }' --format json")
    assert len(json.loads(out)["results"]["bindings"]) == 2
    _, out, _ = ask("oncograph query --store URL 'DESCRIBE entity:HER2'")
    assert "@prefix entity:" in out
    assert ask("oncograph query --store URL 'ASK { entity:HER2 ?p ?o }' --format xml")[1].endswith("</sparql>")
    code, _, err = ask("oncograph query --store URL drugs-targeting HER22")
    assert (code, "did you mean HER2" in err) == (1, True)


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("oncograph push --store URL --graph nowhere", 1, "there is no store here; build one first"),
        ("oncograph push", 2, "Missing option '--store'"),
        ("oncograph push --store http://ada:pw@127.0.0.1/query", 1, "leave the password out of the address"),
        ("oncograph push --store http://127.0.0.1:9/query --tries 1", 1, "no answer after 1 tries"),
        ("oncograph build note.txt --update-url URL", 2, "go with --store"),
        ("oncograph query --store URL 'DROP ALL'", 1, "DROP would change the graph"),
        ("oncograph export s --format nquads --shards 2 --shard-size 2", 2, "not both"),
        ("oncograph export s --format turtle --shards 2", 2, "write nquads, not turtle"),
    ],
)
def test_a_mistake_is_explained(built, ask, command, code, message):
    assert ask(command)[0] == code
    assert message in ask(command)[2]


def test_waiting_for_a_server_is_said(server, built, ask):
    server.troubles.script.append("503")
    server.troubles.headers = {"Retry-After": "1"}

    code, _, err = ask("oncograph push --store URL --again")

    assert code == 0
    assert "the server is busy (HTTP 503); trying again in 1 s" in err


def test_shards_are_written_for_bulk_loaders(built, ask, tmp_path):
    code, out, _ = ask("oncograph export shards --format nquads --shards 3")

    assert code == 0
    assert f"Wrote {len(built):,} quads in 3 files and manifest.json to shards." in out
    assert json.loads((tmp_path / "shards" / "manifest.json").read_text())["quads"] == len(built)
