"""Builds that read only what is new, after any history: the bytes are those of a build from nothing."""

import json
import sqlite3
from pathlib import Path

import pytest

from oncograph.documents import find_documents, read_documents
from oncograph.model import Document, Reading
from oncograph.pipeline import build, kept
from oncograph.pipeline.kept import FILE, decode_reading, encode_reading, open_kept
from oncograph.reading import read_document

COMPARED = ("graph.ttl", "graph.trig", "graph.html", "report.json", "report.md")
SENTENCES = {
    "her2": "HER2 is targeted by trastuzumab. Lapatinib inhibits HER2.",
    "her2-more": "Trastuzumab targets HER2. HER2 is not inhibited by imatinib.",
    "egfr": "Osimertinib inhibits EGFR. The zorbla kinase may be inhibited by osimertinib.",
    "alk": "Crizotinib inhibits ALK. HER2 is targeted by trastuzumab in breast cancer.",
}


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "documents"
    path.mkdir()
    for name, text in SENTENCES.items():
        (path / f"{name}.txt").write_text(f"{text}\n", encoding="utf-8")
    return path


def contents(output: Path) -> dict[str, bytes]:
    return {name: (output / name).read_bytes() for name in COMPARED}


def build_anew(folder: Path, output: Path) -> dict[str, bytes]:
    build([folder], output)
    return contents(output)


def count_readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    read: list[str] = []

    def note(doc, reader):
        read.append(doc.id)
        return read_document(doc, reader)

    monkeypatch.setattr("oncograph.reading.read_document", note)
    return read


def test_only_what_changed_is_read_and_the_bytes_are_those_of_a_build_from_nothing(folder, tmp_path, monkeypatch):
    build([folder], tmp_path / "output")
    read = count_readings(monkeypatch)
    (folder / "egfr.txt").write_text("Gefitinib inhibits EGFR.\n", encoding="utf-8")
    (folder / "alk.txt").unlink()
    (folder / "ret.txt").write_text("Selpercatinib inhibits RET.\n", encoding="utf-8")
    build([folder], tmp_path / "output")
    assert sorted(read) == ["egfr", "ret"]
    assert contents(tmp_path / "output") == build_anew(folder, tmp_path / "fresh")


def test_a_document_that_comes_back_is_read_again(folder, tmp_path, monkeypatch):
    output = tmp_path / "output"
    before = build_anew(folder, output)
    text = (folder / "alk.txt").read_text(encoding="utf-8")
    (folder / "alk.txt").unlink()
    build([folder], output)
    read = count_readings(monkeypatch)
    (folder / "alk.txt").write_text(text, encoding="utf-8")
    build([folder], output)
    assert read == ["alk"]
    assert contents(output) == before


def test_another_reader_reads_everything_anew(folder, tmp_path, monkeypatch):
    build([folder], tmp_path / "output")
    read = count_readings(monkeypatch)
    monkeypatch.setattr("oncograph.pipeline.building.digest_reader", lambda _: "another")
    build([folder], tmp_path / "output", force=False)
    assert read == []  # nothing has changed as the fingerprint sees it
    (folder / "new.txt").write_text("Alpelisib inhibits PIK3CA.\n", encoding="utf-8")
    build([folder], tmp_path / "output")
    assert len(read) == len(SENTENCES) + 1


def test_force_reads_everything_anew(folder, tmp_path, monkeypatch):
    build([folder], tmp_path / "output")
    read = count_readings(monkeypatch)
    build([folder], tmp_path / "output", force=True)
    assert len(read) == len(SENTENCES)


def test_records_of_a_file_are_kept_one_by_one(tmp_path, monkeypatch):
    path = tmp_path / "records.jsonl"
    records = [{"id": name, "text": text} for name, text in SENTENCES.items()]
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    build([path], tmp_path / "output")
    read = count_readings(monkeypatch)
    records.append({"id": "new", "text": "Alpelisib inhibits PIK3CA."})
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    report = build([path], tmp_path / "output")
    assert len(read) == 1
    assert len(report.documents) == len(records)


def test_what_was_refused_before_is_told_again(folder, tmp_path):
    (folder / "records.jsonl").write_text(
        '{"id": "a", "text": "Crizotinib inhibits ALK."}\n{broken\n', encoding="utf-8"
    )
    first = build([folder], tmp_path / "output")
    (folder / "new.txt").write_text("Alpelisib inhibits PIK3CA.\n", encoding="utf-8")
    second = build([folder], tmp_path / "output")
    assert first.refusals
    assert second.refusals == first.refusals


def test_a_damaged_file_of_kept_readings_is_made_anew(folder, tmp_path):
    output = tmp_path / "output"
    before = build_anew(folder, output)
    (output / FILE).write_bytes(b"no database at all" * 100)
    (output / "manifest.json").unlink()
    build([folder], output)
    assert contents(output) == before


def test_what_is_no_longer_used_goes(folder, tmp_path):
    output = tmp_path / "output"
    build([folder], output)
    (folder / "alk.txt").unlink()
    build([folder], output)
    with sqlite3.connect(output / FILE) as connection:
        assert connection.execute("SELECT count(*) FROM readings").fetchone() == (len(SENTENCES) - 1,)
    connection.close()


def test_a_reading_comes_back_as_it_was(folder):
    from oncograph.knowledge import load_knowledge

    _, reader = load_knowledge()
    docs = [doc for file in find_documents([folder]) for doc in read_documents(file)]
    readings = [read_document(doc, reader) for doc in docs]
    assert any(reading.claims for reading in readings)
    assert [decode_reading(encode_reading(reading).body) for reading in readings] == readings


def test_a_text_with_half_a_pair_is_read_each_time(tmp_path):
    reading = Reading(Document("x", "x", "HER2 \ud800"))
    assert encode_reading(reading) is None
    with open_kept(tmp_path, reader="r", parser="p") as readings:
        assert len(readings.name_document(reading.doc)) == kept.KEY_BYTES


def test_two_documents_never_share_a_key(tmp_path):
    with open_kept(tmp_path, reader="r", parser="p") as readings:
        keys = {
            readings.name_document(doc)
            for doc in (
                Document("a", "b", "c"),
                Document("ab", "", "c"),
                Document("a", "bc", ""),
                Document("a", "b", "d"),
            )
        }
    assert len(keys) == 4
