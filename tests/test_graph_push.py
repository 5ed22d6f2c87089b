"""A graph sent to another store and asked there, with real servers and with one that fails."""

import random
import signal
import subprocess
import sys
import time
from collections import deque

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graph_samples import DocumentMaker, make_readings, make_store
from oncograph.errors import QueryError, StoreError
from oncograph.graph import load_queries, run_query
from oncograph.graph.endpoint import PASSWORD, TOKEN, USER, Address, Endpoint, Patience
from oncograph.graph.pushing import BatchLimits, push
from oncograph.graph.remote import RemoteStore
from oncograph.knowledge import find_ontology
from remote_stores import VIRTUOSO, dump, fake_server, oxigraph_server, skolemise, virtuoso_server

HASTY = Patience(timeout=10, tries=4, pause=0.01)
SMALL = BatchLimits(quads=100)
HOSTILE = 'C:\\users \\\\u0041 "} } ; DROP ALL # """ \' \r\n\t\x01\x7f � 💊 <script> ${x} %s \u202e'


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch, tmp_path):
    """Tests see no credentials of whoever runs them."""
    for name in (USER, PASSWORD, TOKEN):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


@pytest.fixture
def server():
    with fake_server() as running:
        yield running


@pytest.fixture(scope="module")
def running_oxigraph(tmp_path_factory):
    with oxigraph_server(tmp_path_factory.mktemp("oxigraph") / "data") as address:
        yield address


@pytest.fixture
def oxigraph(running_oxigraph):
    """Oxigraph's server, empty."""
    with Endpoint(running_oxigraph, HASTY) as endpoint:
        endpoint.update("DROP ALL")
    return running_oxigraph


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory):
    if VIRTUOSO is None:
        pytest.skip("Virtuoso is not installed (Debian: virtuoso-opensource-7-bin)")
    with virtuoso_server(tmp_path_factory.mktemp("virtuoso")) as address:
        yield address


@pytest.fixture
def store(tmp_path):
    return make_store(tmp_path)


def send(store, address, folder, *, patience=HASTY, limits=SMALL, **options):
    with Endpoint(address, patience) as endpoint:
        return push(store, endpoint, folder / "pushed", limits=limits, **options)


def ask(address, text):
    with Endpoint(address, HASTY) as endpoint:
        return RemoteStore(endpoint).ask(text)


def hostile_store(folder):
    doc = DocumentMaker("evil", HOSTILE)
    doc.claim("Lapatinib blocks HER2.", ("HER2", "HER2"), "targetedBy", ("Lapatinib", "lapatinib"))
    return make_store(folder, [*make_readings(), doc.reading()])


# What arrives


def test_another_store_holds_the_same_graph_after_a_push(server, store, tmp_path):
    report = send(store, server.address, tmp_path)

    assert set(server.store) == skolemise(store)
    assert (report.inserted, report.deleted, report.quads) == (len(store), 0, len(store))
    assert report.requests > 3


def test_pushing_an_unchanged_graph_sends_nothing(server, store, tmp_path):
    send(store, server.address, tmp_path)
    server.updates.clear()

    assert send(store, server.address, tmp_path).unchanged
    assert server.updates == []


def test_changed_documents_replace_only_their_graphs(server, tmp_path):
    her2, trial, lynch = make_readings()
    send(make_store(tmp_path / "before", [her2, trial]), server.address, tmp_path)
    server.updates.clear()
    after = make_store(tmp_path / "after", [her2, lynch])

    report = send(after, server.address, tmp_path)

    assert set(server.store) == skolemise(after)
    assert "doc/her2" not in "".join(
        text for text in server.updates if "GRAPH <https://w3id.org/oncograph/doc/her2>" in text
    )
    assert report.replaced == 2  # of the new document, and the description of the whole
    assert report.dropped == 1
    assert 0 < report.deleted < len(after) / 2


def test_what_else_a_store_holds_stays(server, store, tmp_path):
    other = [
        Quad(NamedNode("e:s"), NamedNode("e:p"), Literal("o")),
        Quad(NamedNode("e:s"), NamedNode("e:p"), Literal("o"), NamedNode("e:g")),
    ]
    server.store.extend(other)
    send(store, server.address, tmp_path)

    send(make_store(tmp_path / "after", []), server.address, tmp_path)

    assert set(other) < set(server.store)


def test_hostile_text_arrives_as_it_is(server, oxigraph, tmp_path):
    store = hostile_store(tmp_path)

    send(store, server.address, tmp_path)
    send(store, oxigraph, tmp_path)

    assert set(server.store) == dump(oxigraph) == skolemise(store)


# What goes wrong


@pytest.mark.parametrize("trouble", ["before", "after", "503", "429", "504"])
def test_a_request_that_fails_is_sent_again(server, store, tmp_path, trouble):
    server.troubles.script = deque(["", trouble, "", trouble, trouble])

    send(store, server.address, tmp_path)

    assert set(server.store) == skolemise(store)


def test_a_server_that_names_a_time_is_asked_again_then(server, store, tmp_path):
    server.troubles.script = deque(["503"])
    server.troubles.headers = {"Retry-After": "1"}
    waits = []
    with Endpoint(server.address, HASTY, on_wait=lambda *told: waits.append(told)) as endpoint:
        started = time.monotonic()
        push(store, endpoint, tmp_path / "pushed")

    assert time.monotonic() - started >= 1
    assert [pause for _, pause in waits] == [1.0]
    assert "HTTP 503" in waits[0][0]


def test_a_server_that_never_answers_is_named_and_the_push_goes_on_later(server, store, tmp_path):
    server.troubles.script = deque(["", "", *["before"] * 4])
    with pytest.raises(StoreError, match=r"/update: no answer after 4 tries .* not sent again"):
        send(store, server.address, tmp_path)
    taken = sum(text.count("\n") for text in server.updates)

    report = send(store, server.address, tmp_path)

    assert set(server.store) == skolemise(store)
    assert report.inserted < len(store)
    assert taken > 0


def test_a_server_that_is_not_there_is_named(store, tmp_path):
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9/update: no answer after 2 tries"):
        send(store, Address.of("http://127.0.0.1:9/query"), tmp_path, patience=Patience(5, 2, 0.01))


def test_requests_too_long_for_a_server_are_halved(server, store, tmp_path):
    server.troubles.longest = 4_000

    send(store, server.address, tmp_path)

    assert set(server.store) == skolemise(store)
    assert max(map(len, server.updates)) <= 4_000


def test_a_statement_that_a_server_refuses_is_shown(server, store, tmp_path):
    server.troubles.refuse = "15 to 20 percent"

    with pytest.raises(
        StoreError, match=r"HTTP 400; this statement is not to my taste; the statement was: insert .*15 to"
    ):
        send(store, server.address, tmp_path)


def test_what_a_server_says_cannot_harm_the_terminal(server, store, tmp_path):
    server.troubles.script = deque(["418"])

    with pytest.raises(StoreError) as caught:
        send(store, server.address, tmp_path)

    assert "try later" in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_store_that_was_emptied_is_noticed_and_filled_again(server, store, tmp_path):
    send(store, server.address, tmp_path)
    server.store.clear()

    with pytest.raises(StoreError, match=r"does not hold what was pushed .* --again"):
        send(store, server.address, tmp_path)
    send(store, server.address, tmp_path, again=True)

    assert set(server.store) == skolemise(store)


def test_two_pushes_of_a_graph_to_a_store_do_not_mix(server, store, tmp_path):
    def other():
        with pytest.raises(StoreError, match="another push of this graph is under way"):
            send(store, server.address, tmp_path)

    caught = []
    server.on_update = lambda: caught.append(other()) if not caught else None
    server.troubles.pause = 0.0

    send(store, server.address, tmp_path)

    assert caught


def test_a_graph_that_changed_since_a_push_was_stopped_leaves_nothing_behind(server, tmp_path):
    her2, trial, lynch = make_readings()
    first, second = make_store(tmp_path / "1", [her2, trial]), make_store(tmp_path / "2", [trial, lynch])
    for stop in range(1, 9):
        server.store.clear()
        server.troubles.script = deque([*[""] * stop, *["after"] * 4])
        with pytest.raises(StoreError, match="no answer"):
            send(first, server.address, tmp_path / str(stop))
        server.troubles.script.clear()

        send(second, server.address, tmp_path / str(stop))

        assert set(server.store) == skolemise(second)


@pytest.mark.slow
def test_a_push_killed_at_any_moment_goes_on_where_it_was(server, store, tmp_path, pytestconfig):
    server.troubles.pause = 0.01
    command = [sys.executable, "-m", "oncograph", "push", "--graph", str(tmp_path), "--batch", "30"]
    command += ["--store", server.address.query]
    chance = random.Random(7)
    killed = sent = 0
    for _ in range(pytestconfig.getoption("kills")):
        before = len(server.updates)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while len(server.updates) == before and process.poll() is None:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        sent = len(server.updates)
    assert killed > pytestconfig.getoption("kills") / 2

    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert set(server.store) == skolemise(store)
    assert sent > 0
    server.updates.clear()
    again = subprocess.run(command, capture_output=True, text=True)
    assert "Nothing has changed" in again.stdout
    assert server.updates == []


# Who asks


def test_credentials_come_from_the_environment_or_a_netrc_file(server, store, tmp_path, monkeypatch):
    server.troubles.secret = "Basic YWRhOnNlY3JldA=="
    with pytest.raises(StoreError, match=rf"HTTP 401; set {USER} and {PASSWORD}"):
        send(store, server.address, tmp_path)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password secret\n", encoding="utf-8")
    (tmp_path / "netrc").chmod(0o600)
    send(store, server.address, tmp_path)

    (tmp_path / "netrc").unlink()
    monkeypatch.setenv(USER, "ada")
    monkeypatch.setenv(PASSWORD, "secret")
    assert send(store, server.address, tmp_path).unchanged

    server.troubles.secret = "Bearer abc"
    monkeypatch.setenv(TOKEN, "abc")
    assert send(store, server.address, tmp_path).unchanged


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://ada:secret@localhost/query", "leave the password out of the address"),
        ("ftp://localhost/query", "is no http or https address"),
        ("localhost:7878", "is no http or https address"),
        ("http://localhost:99999999/query", "is no http or https address"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused(url, message):
    with pytest.raises(StoreError, match=message) as caught:
        Address.of(url)

    assert "secret" not in str(caught.value)


def test_a_redirect_is_not_followed_with_the_credentials(server, store, tmp_path):
    server.troubles.script = deque(["307"])
    server.troubles.headers = {"Location": "http://elsewhere.example/update?token=abc"}

    with pytest.raises(StoreError, match=r"it has moved to http://elsewhere.example/update; give that address"):
        send(store, server.address, tmp_path)


# What is asked


def test_named_queries_answer_as_here(server, store, tmp_path):
    send(store, server.address, tmp_path)
    queries = load_queries(find_ontology() / "queries")
    answered = 0
    with Endpoint(server.address, HASTY) as endpoint:
        remote = RemoteStore(endpoint)
        for query in queries.values():
            try:
                here = query.run(store, query.example_values)
            except QueryError:
                continue
            there = remote.run(query, query.example_values)
            assert sorted(there.rows) == sorted(here.rows), query.name
            assert there.columns == here.columns
            answered += 1
    assert answered > 5


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?drug { entity:HER2 onco:targetedBy ?drug }",
        "PREFIX e: <https://w3id.org/oncograph/entity/>\nSELECT ?d { e:HER2 onco:targetedBy ?d }",
        "ASK { entity:HER2 onco:targetedBy ?drug }",
        "ASK { entity:HER2 onco:targetedBy entity:nothing }",
        "CONSTRUCT { ?s onco:targetedBy ?o } { ?s onco:targetedBy ?o }",
        "SELECT ?e FROM <https://w3id.org/oncograph/doc/her2> { ?e a onco:Evidence }",
    ],
)
def test_free_queries_answer_as_here(server, oxigraph, store, tmp_path, text):
    send(store, server.address, tmp_path)
    send(store, oxigraph, tmp_path)
    here = run_query(store, text)

    for there in (ask(server.address, text), ask(oxigraph, text)):
        assert there.kind == here.kind
        assert there.boolean == here.boolean
        assert sorted(there.rows) == sorted(here.rows)
        for form in here.formats:
            assert there.serialize(form)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELEKT ?x { ?x ?p ?o }", "HTTP 400"),
        ("DROP ALL", "line 1, column 1: DROP would change the graph"),
        ("SELECT ?x {\n ?x nope:y ?o }", "HTTP 400"),
    ],
)
def test_a_query_that_cannot_run_is_explained(server, text, message):
    with pytest.raises(QueryError, match=message):
        ask(server.address, text)


def test_an_answer_that_takes_too_long_is_given_up(server, store, tmp_path):
    send(store, server.address, tmp_path)
    server.troubles.script = deque(["slow"] * 9)
    started = time.monotonic()

    with (
        Endpoint(server.address, Patience(0.4, 2, 0.01)) as endpoint,
        pytest.raises(StoreError, match=r"took more than 0\.4 seconds"),
    ):
        RemoteStore(endpoint).ask("SELECT * { ?s ?p ?o }")

    assert time.monotonic() - started < 5


# Servers of others


def test_oxigraphs_server_holds_what_was_pushed_and_changed(oxigraph, tmp_path):
    her2, trial, lynch = make_readings()
    for name, readings in (("1", [her2, trial]), ("2", [her2, lynch]), ("3", [trial])):
        store = make_store(tmp_path / name, readings)
        send(store, oxigraph, tmp_path)
        assert dump(oxigraph) == skolemise(store)

    assert send(store, oxigraph, tmp_path).unchanged


def test_virtuoso_holds_what_was_pushed_and_changed(virtuoso, tmp_path, monkeypatch):
    monkeypatch.setenv(USER, "dba")
    monkeypatch.setenv(PASSWORD, "dba")
    her2, trial, lynch = make_readings()
    for name, readings in (("1", [her2, trial]), ("2", [her2, lynch]), ("3", [trial])):
        store = make_store(tmp_path / name, readings)
        send(store, virtuoso, tmp_path, limits=BatchLimits(20_000))
        assert virtuoso_lines(virtuoso) == {as_virtuoso(quad, virtuoso) for quad in skolemise(store)}

    assert send(store, virtuoso, tmp_path).unchanged
    assert ask(virtuoso, "ASK { entity:HER2 onco:targetedBy entity:trastuzumab }").boolean is True
    assert ask(virtuoso, "ASK { entity:HER2 onco:targetedBy entity:nothing }").boolean is False
    query = load_queries(find_ontology() / "queries")["drugs-targeting"]
    with Endpoint(virtuoso, HASTY) as endpoint:
        assert RemoteStore(endpoint).run(query, {"target": "HER2"}).rows == query.run(store, {"target": "HER2"}).rows


def test_virtuoso_says_what_it_needs(virtuoso, store, tmp_path, monkeypatch):
    with pytest.raises(StoreError, match=rf"/sparql-auth: HTTP 401; set {USER}"):
        send(store, virtuoso, tmp_path)
    monkeypatch.setenv(USER, "dba")
    monkeypatch.setenv(PASSWORD, "dba")
    with pytest.raises(StoreError, match="No plain default graph specified"):
        send(store, Address(virtuoso.query, virtuoso.update), tmp_path)


def virtuoso_lines(address):
    text = "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), 'https://w3id.org/oncograph/') "
    text += f"|| ?g = <{address.default_graph}>) }}"
    return {(row[0].value, *(_plain(term) for term in row[1:])) for row in ask(address, text).solutions}


def as_virtuoso(quad, address):
    graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else address.default_graph
    return graph, *(_plain(term) for term in (quad.subject, quad.predicate, quad.object))


def _plain(term):
    """Give a term without what Virtuoso writes in its own way: numbers, and true and false as 1 and 0."""
    if not isinstance(term, Literal):
        return term.value
    value = {"true": "1", "false": "0"}.get(term.value, term.value)
    if term.datatype.value.endswith(("#decimal", "#integer")):
        value = f"{float(value):g}"
    return value, term.language
