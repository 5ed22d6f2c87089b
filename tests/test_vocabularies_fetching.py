"""Downloads of vocabularies, from a server on this computer that can do what servers do wrong."""

import errno
import hashlib
import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from oncograph.cli import run
from oncograph.errors import OntologyError, VocabularyError
from oncograph.knowledge import VocabularyStore, find_ontology, load_ontology
from oncograph.knowledge.vocabularies import fetching
from oncograph.knowledge.vocabularies.fetching import Limits, fetch_file
from oncograph.knowledge.vocabularies.sources import find_source, load_sources

OBO = """format-version: 1.2
data-version: 2026-02-02
ontology: small

[Term]
id: DOID:9900001
name: zebroid gland carcinoma
synonym: "zebroid cancer" EXACT []
"""
CONTENT = (OBO + "comment: " + "padding " * 40_000 + "\n").encode()
QUICK = Limits(tries=3, pause=0.01, silence=2.0)
HALF = 150_000


class Server(ThreadingHTTPServer):
    """Serves one file; `plan` has what goes wrong at each request to come, after that all is well."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = CONTENT
        self.etag = '"one"'
        self.modified = ""
        self.ranges = True
        self.plan: list[str] = []
        self.asked: list[str] = []
        """The Range of each request."""
        self.sent: list[int] = []
        """Bytes of the file in each answer."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/small.obo"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.server.asked.append(self.headers.get("Range", ""))
        self.close_connection = True
        step = self.server.plan.pop(0) if self.server.plan else "whole"
        if step.isdigit():
            self._answer(int(step), {"Retry-After": "0"}, b"no")
        elif step.startswith("to "):
            self._answer(302, {"Location": step[3:]}, b"")
        elif step == "silent":
            time.sleep(1.0)
        elif step == "page":
            self._answer(200, {"Content-Type": "text/html"}, b"<!-- x -->\n<!DOCTYPE html><html>Log in</html>")
        elif step == "refused rest":
            self._answer(416, {"Content-Range": f"bytes */{len(self.server.content)}"}, b"")
        elif step == "other rest":
            self._answer(206, {"Content-Range": f"bytes 7-{len(self.server.content) - 1}/*"}, self.server.content[7:])
        else:
            self._send_file(HALF if step == "half" else None)

    def _send_file(self, most: int | None) -> None:
        content, start = self.server.content, 0
        wanted = self.headers.get("Range", "")
        same = self.headers.get("If-Range") in (self.server.etag, self.server.modified or None)
        headers = {"ETag": self.server.etag} if self.server.etag else {}
        headers |= {"Last-Modified": self.server.modified} if self.server.modified else {}
        if self.server.ranges and wanted and same:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        headers["Content-Length"] = str(len(content) - start)
        body = content[start:][:most]
        self.server.sent.append(len(body))
        self._answer(206 if start else 200, headers, body)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "downloads" / "small.obo"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "Limits", lambda: QUICK)


def files(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir() if not path.name.endswith(".lock"))


def test_whole_file_comes_with_its_digest(server: Server, target: Path) -> None:
    told: list[tuple[str, int, int]] = []

    fetched = fetch_file(server.address, target, progress=lambda *what: told.append(what))

    assert target.read_bytes() == CONTENT
    assert (fetched.size, fetched.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert told[-1] == ("small.obo", len(CONTENT), len(CONTENT))
    assert files(target) == ["small.obo"]


@pytest.mark.parametrize(("etag", "modified"), [('"one"', ""), ('W/"weak"', "Mon, 02 Feb 2026 00:00:00 GMT")])
def test_broken_download_goes_on_where_it_stopped(server: Server, target: Path, etag: str, modified: str) -> None:
    server.etag, server.modified = etag, modified
    server.plan = ["half"]

    fetch_file(server.address, target, limits=QUICK)

    assert target.read_bytes() == CONTENT
    assert server.asked == ["", f"bytes={HALF}-"]
    assert server.sent == [HALF, len(CONTENT) - HALF]


def test_next_command_goes_on_as_well(server: Server, target: Path) -> None:
    server.plan = ["half", "500", "503"]
    with pytest.raises(VocabularyError, match=r"503.*150,000 bytes are kept; run it again later"):
        fetch_file(server.address, target, limits=QUICK)
    assert files(target) == ["small.obo.part", "small.obo.part.json"]

    fetch_file(server.address, target, limits=QUICK)

    assert target.read_bytes() == CONTENT
    assert sum(server.sent) == len(CONTENT)


@pytest.mark.parametrize("change", ["other file", "no ranges", "no validator", "other address", "damaged note"])
def test_what_cannot_be_gone_on_with_starts_anew(server: Server, target: Path, change: str) -> None:
    server.plan = ["half"]
    if change == "no validator":
        server.etag = ""
    with pytest.raises(VocabularyError, match="broke off after 150,000 of"):
        fetch_file(server.address, target, limits=Limits(tries=1))
    address = server.address + ("?again" if change == "other address" else "")
    if change == "other file":
        server.content, server.etag = CONTENT[::-1], '"two"'
    if change == "damaged note":
        target.with_name("small.obo.part.json").write_text("{")
    server.ranges = change != "no ranges"

    fetch_file(address, target, limits=QUICK)

    assert target.read_bytes() == server.content
    assert server.sent == [HALF, len(CONTENT)]


@pytest.mark.parametrize("answer", ["refused rest", "other rest"])
def test_server_that_gives_another_rest_is_asked_for_all(server: Server, target: Path, answer: str) -> None:
    server.plan = ["half", answer]

    fetch_file(server.address, target, limits=QUICK)

    assert target.read_bytes() == CONTENT
    assert server.asked == ["", f"bytes={HALF}-", ""]


def test_part_that_had_come_whole_is_not_sent_again(server: Server, target: Path) -> None:
    server.plan = ["half"]
    with pytest.raises(VocabularyError):
        fetch_file(server.address, target, limits=Limits(tries=1))
    target.with_name("small.obo.part").write_bytes(CONTENT)
    server.plan = ["refused rest"]

    fetch_file(server.address, target, limits=QUICK)

    assert target.read_bytes() == CONTENT
    assert server.sent == [HALF]


def test_server_that_has_a_fault_is_asked_again(server: Server, target: Path) -> None:
    server.plan = ["500", "429"]
    fetch_file(server.address, target, limits=QUICK)
    assert target.read_bytes() == CONTENT


def test_redirects_are_followed_to_web_addresses(server: Server, target: Path) -> None:
    server.plan = [f"to {server.address}?moved"]
    fetch_file(server.address, target, limits=QUICK)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (["404"], "there is no such file .404.*--url"),
        (["403"], "the server refuses it .403.*in a browser"),
        (["500", "500", "500"], "a fault or too much to do"),
        (["to file:///etc/passwd"], "no web address"),
        (["to ftp://127.0.0.1/small.obo"], "leads to ftp://127.0.0.1/small.obo, which is no web address"),
        (["page"], "is a web page, not a vocabulary"),
    ],
)
def test_what_cannot_be_had_is_explained_and_leaves_nothing(
    server: Server, target: Path, plan: list[str], said: str
) -> None:
    server.plan = plan
    with pytest.raises(VocabularyError, match=said):
        fetch_file(server.address, target, limits=QUICK)
    assert files(target) == []


def test_redirects_in_a_circle_are_explained(server: Server, target: Path) -> None:
    server.plan = [f"to {server.address}"] * 20
    with pytest.raises(VocabularyError, match="leads in a circle"):
        fetch_file(server.address, target, limits=QUICK)


def test_silent_server_is_given_up(server: Server, target: Path) -> None:
    server.plan = ["silent", "silent"]
    with pytest.raises(VocabularyError, match=r"cannot be reached.*run it again later"):
        fetch_file(server.address, target, limits=Limits(tries=2, pause=0.01, silence=0.1))


def test_nobody_listening_is_explained(target: Path, server: Server) -> None:
    server.server_close()
    with pytest.raises(VocabularyError, match=r"cannot be reached .*; check the network and the proxy"):
        fetch_file(server.address, target, limits=QUICK)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/a.obo", "data:,x", "doid.obo", "http://"])
def test_only_web_addresses_are_asked(address: str, target: Path) -> None:
    with pytest.raises(VocabularyError, match="is no web address"):
        fetch_file(address, target, limits=QUICK)


def test_file_beyond_the_limit_is_refused(server: Server, target: Path) -> None:
    with pytest.raises(VocabularyError, match="has more than 1,000 bytes"):
        fetch_file(server.address, target, limits=Limits(size=1_000))
    assert server.sent
    assert files(target) == []


def test_empty_file_is_refused(server: Server, target: Path) -> None:
    server.content = b""
    with pytest.raises(VocabularyError, match="the file is empty"):
        fetch_file(server.address, target, limits=QUICK)


def test_digest_must_be_the_one_asked_for(server: Server, target: Path) -> None:
    digest = hashlib.sha256(CONTENT).hexdigest()
    with pytest.raises(VocabularyError, match=f"its SHA-256 is {digest}, not {'0' * 64}"):
        fetch_file(server.address, target, sha256="0" * 64)
    assert files(target) == []

    fetch_file(server.address, target, sha256=digest.upper())
    assert target.read_bytes() == CONTENT


def test_full_disk_is_explained_and_gone_on_from(server: Server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(fetching.os, "fsync", fill)
        with pytest.raises(VocabularyError, match="the disk is full; make room and run it again"):
            fetch_file(server.address, target, limits=QUICK)
    assert "small.obo.part" in files(target)


def test_second_process_waits_for_the_first(server: Server, target: Path) -> None:
    refused: list[str] = []

    def fetch_again(*_: object) -> None:
        try:
            fetch_file(server.address, target)
        except VocabularyError as error:
            refused.append(str(error))

    fetch_file(server.address, target, progress=fetch_again)

    assert "another oncograph is fetching it" in refused[0]
    assert target.read_bytes() == CONTENT


def make_zip(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, OBO)
    return packed.getvalue()


def test_file_in_a_zip_file_is_unpacked(server: Server, target: Path) -> None:
    server.content = make_zip("folder/small vocabulary.obo", "__MACOSX/small")
    fetched = fetch_file(server.address, target)
    assert target.read_text() == OBO
    assert fetched.sha256 == hashlib.sha256(server.content).hexdigest()
    assert files(target) == ["small.obo"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(make_zip("a.obo", "b.obo"), "ZIP file of 2 files .a.obo, b.obo"), (make_zip("a.obo")[:90], "damaged or locked")],
    ids=["two files", "cut off"],
)
def test_other_zip_files_are_refused(server: Server, target: Path, content: bytes, said: str) -> None:
    server.content = content
    with pytest.raises(VocabularyError, match=said):
        fetch_file(server.address, target)
    assert files(target) == []


# The table of known vocabularies


def test_known_vocabularies_are_described_and_of_known_classes() -> None:
    sources = load_sources(find_ontology())
    classes = load_ontology().classes
    assert {"doid", "mondo", "hgnc", "drugbank", "ncit-neoplasms", "oncotree", "mesh"} <= sources.keys()
    for source in sources.values():
        assert source.address.startswith("https://")
        assert source.classes
        assert set(source.classes) <= classes.keys()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('title = "T"', 'titel = "T"'), "known: unknown key 'titel'"),
        (('title = "T"\n', ""), "known: title is needed"),
        (('licence = "L"', "licence = 1"), "known: licence is needed"),
        (("https://example.org/t.obo", "ftp://example.org/t.obo"), "known: address is no web address"),
        (('form = "obo"', 'form = "exe"'), "known: no form exe"),
        (('classes = ["Drug"]', 'classes = "Drug"'), "known: classes is no list"),
        (("[known]", "known"), "sources.toml"),
    ],
)
def test_table_is_read_strictly(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    table = """[known]
title = "T"
address = "https://example.org/t.obo"
licence = "L"
licence_address = "https://example.org/licence"
form = "obo"
classes = ["Drug"]
citation = "C"
"""
    (tmp_path / "vocabularies").mkdir()
    path = tmp_path / "vocabularies" / "sources.toml"
    path.write_text(table)
    assert load_sources(tmp_path)["known"].file == "known.obo"
    path.write_text(table.replace(*change))
    with pytest.raises(OntologyError, match=said):
        load_sources(tmp_path)


def test_address_that_is_given_takes_the_place_of_the_known_one() -> None:
    sources = load_sources(find_ontology())
    moved = find_source(sources, "doid", address="https://example.org/new/doid.owl.gz?raw=1")
    assert (moved.title, moved.file) == ("Human Disease Ontology", "doid.owl.gz")
    assert find_source(sources, "oncotree", address="https://example.org/tree").file == "oncotree.json"
    own = find_source(sources, "own", address="https://example.org/download")
    assert (own.file, own.licence) == ("own", "")


# The command


def test_command_tells_the_terms_downloads_and_adds(
    server: Server, no_added_vocabularies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = hashlib.sha256(CONTENT).hexdigest()

    assert run(["vocabulary", "fetch", "doid", "--url", server.address, "--sha256", digest, "--yes"]) == 0

    printed = capsys.readouterr().out
    assert printed.index("CC0 1.0") < printed.index(f"SHA-256 {digest}") < printed.index("Added doid: small 2026-02-02")
    (record,) = VocabularyStore(no_added_vocabularies).records()
    assert (record.source, record.sha256) == (server.address, digest)
    assert record.licence == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert run(["vocabulary", "show", "zebroid cancer"]) == 0
    assert not (no_added_vocabularies / "downloads" / "doid.obo").exists()


def test_command_asks_first(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run(["vocabulary", "fetch", "doid", "--url", server.address]) == 130
    assert server.asked == []


def test_command_without_name_lists_what_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["vocabulary", "fetch"]) == 0
    printed = capsys.readouterr().out
    assert "doid" in printed
    assert "HUGO Gene Nomenclature Committee" in printed


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nothing"], 1, "no vocabulary nothing is known; give its address with --url, or doid, mondo"),
        (["../doid", "--url", "https://example.org/a.obo"], 1, "'../doid' is no name for a vocabulary"),
        (["doid", "--sha256", "12"], 2, "64 hexadecimal digits"),
        (["--url", "https://example.org/a.obo"], 2, "go with a NAME"),
        (["own", "--yes", "--url", "file:///etc/passwd"], 1, "is no web address"),
    ],
)
def test_command_explains_what_is_wrong(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["vocabulary", "fetch", *arguments]) == code
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("impatient")
def test_download_that_breaks_off_leaves_the_store_as_it_was(
    server: Server, no_added_vocabularies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.obo"
    kept.write_text(OBO)
    command = ["vocabulary", "fetch", "doid", "--url", server.address, "--yes"]
    run(["vocabulary", "add", str(kept)])
    before = (no_added_vocabularies / "vocabularies.json").read_bytes()
    server.plan = ["half", "500", "500"]

    assert run(command) == 1
    assert "150,000 bytes are kept" in capsys.readouterr().err
    assert (no_added_vocabularies / "vocabularies.json").read_bytes() == before

    run(["vocabulary", "add", str(kept), "--name", "other"])  # tidies the store, and leaves the part alone
    assert run(command) == 0
    assert server.sent == [HALF, len(CONTENT) - HALF]
    assert [record.name for record in VocabularyStore(no_added_vocabularies).records()] == ["kept", "other", "doid"]


def test_file_that_cannot_be_read_is_kept_and_not_added(
    server: Server, no_added_vocabularies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.content = b"code,word\n1,zebroid cancer\n"
    assert run(["vocabulary", "fetch", "own", "--url", server.address.replace("obo", "csv"), "--yes"]) == 1
    assert "the file is kept" in capsys.readouterr().err
    assert (no_added_vocabularies / "downloads" / "own.csv").read_bytes() == server.content
    assert VocabularyStore(no_added_vocabularies).records() == []


def test_note_beside_a_part_says_what_it_is_of(server: Server, target: Path) -> None:
    server.plan = ["half"]
    with pytest.raises(VocabularyError):
        fetch_file(server.address, target, limits=Limits(tries=1))
    note = json.loads(target.with_name("small.obo.part.json").read_text())
    assert note == {"address": server.address, "validator": '"one"'}
