"""A build of which few documents have changed changes the store; it is then as if built from nothing."""

import random
import sqlite3
from pathlib import Path

import pytest

from oncograph.graph import Journal, open_store, terms
from oncograph.graph.deciding import Request, make_decisions
from oncograph.graph.index import INDEX_FILE
from oncograph.graph.journal import JOURNAL
from oncograph.graph.store import read_summary
from oncograph.pipeline import build, updating
from oncograph.report import BuildReport

SENTENCES = (
    "Trastuzumab inhibits HER2.",
    "HER2 is not inhibited by imatinib.",
    "Lapatinib may inhibit EGFR.",
    "Lapatinib inhibits EGFR.",
    "Crizotinib inhibits ALK in non-small cell lung cancer.",
    "In patients with melanoma, vemurafenib inhibits BRAF.",
    "BRAF V600E mutations occur in about 50% of melanomas.",
    "ALK-positive lymphoma is treated with crizotinib.",
    "KIT exon 11 mutations confer sensitivity to imatinib.",
    "EGFR T790M confers resistance to gefitinib.",
    "Olaparib is approved for BRCA1-mutated ovarian cancer.",
    "Ovarian cancer is a type of cancer.",
    "The BCR-ABL1 fusion encodes a tyrosine kinase.",
    "Zelboravine inhibits FLT3.",
    "Sotorasib does not inhibit BRAF.",
    "Triple-negative breast cancer is a subtype of breast cancer.",
    "Pembrolizumab may cause colitis.",
    "Imatinib was approved in 2001.",
)
FILES = ("graph.ttl", "graph.trig", "graph.html")
WORDS = ("cancer", "inhibit*", "her2", "melanoma", "notes", "zelboravine", "approved", "fusion")
DOCUMENTS = 40


def write(folder: Path, number: int, chance: random.Random) -> None:
    text = " ".join(chance.choices(SENTENCES, k=chance.randrange(1, 6)))
    (folder / f"d{number:03}.txt").write_text(f"Notes {chance.randrange(5)}\n\n{text}\n", encoding="utf-8")


@pytest.fixture
def chance() -> random.Random:
    return random.Random(11)


@pytest.fixture
def folder(tmp_path: Path, chance: random.Random) -> Path:
    path = tmp_path / "documents"
    path.mkdir()
    for number in range(DOCUMENTS):
        write(path, number, chance)
    return path


@pytest.fixture
def updates(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each build that tried to change the store has done so."""
    tried: list[bool] = []

    def update(*args, **options):
        summary = updating.update(*args, **options)
        tried.append(summary is not None)
        return summary

    monkeypatch.setattr("oncograph.pipeline.building.update", update)
    return tried


def read_index(output: Path) -> dict[str, set[tuple[object, ...]]]:
    """What an index holds, whatever its numbers."""
    with sqlite3.connect(output / "store" / INDEX_FILE) as connection:
        found = {
            "things": "SELECT kind, iri, label, class, claims FROM things",
            "names": "SELECT iri, scope, text, folded FROM names JOIN things ON id = thing",
            "claims": "SELECT claim, one.iri, predicate, other.iri, negated, possible, confidence, evidences, "
            "documents FROM claims JOIN things AS one ON one.id = subject "
            "LEFT JOIN things AS other ON other.id = object",
            "relations": "SELECT * FROM relations",
            "sentences": "SELECT others FROM sentences ORDER BY others",
            "ranges": "SELECT kind, things FROM ranges",
        }
        rows = {name: sorted(map(repr, connection.execute(query))) for name, query in found.items()}
        for table in ("label_words", "name_words"):
            query = f"SELECT iri FROM {table} JOIN things ON id = {table}.rowid WHERE {table} MATCH ?"
            for word in WORDS:
                rows[f"{table} {word}"] = sorted(map(repr, connection.execute(query, (word,))))
        query = "SELECT others FROM sentence_words JOIN sentences ON id = sentence_words.rowid WHERE {} MATCH ?"
        for word in WORDS:
            found_words = connection.execute(query.format("sentence_words"), (word,))
            rows[f"sentence_words {word}"] = sorted(map(repr, found_words))
    return rows


def assert_same(output: Path, fresh: Path, report: BuildReport, wanted: BuildReport) -> None:
    store, other = set(open_store(output / "store")), set(open_store(fresh / "store"))
    assert store - other == set()
    assert other - store == set()
    assert read_summary(output / "store") == read_summary(fresh / "store")
    for name in ("report.json", "report.md", "store/described.nt"):
        assert (output / name).read_bytes() == (fresh / name).read_bytes(), name
    for name in FILES:
        assert (output / name).is_file() == (fresh / name).is_file()
        assert not (output / name).is_file() or (output / name).read_bytes() == (fresh / name).read_bytes(), name
    assert read_index(output) == read_index(fresh)
    assert report.documents == wanted.documents
    assert report.text_bytes == wanted.text_bytes


@pytest.mark.parametrize("seed", range(3))
def test_a_changed_store_is_the_one_that_a_build_from_nothing_gives(seed, folder, tmp_path, updates):
    chance = random.Random(seed)
    output = tmp_path / "output"
    build([folder], output, files=False)
    for step in range(3):
        for number in chance.sample(range(DOCUMENTS), 2):
            if chance.random() < 0.4:
                (folder / f"d{number:03}.txt").unlink(missing_ok=True)
            else:
                write(folder, number, chance)
        report = build([folder], output, files=False)
        fresh = tmp_path / f"fresh-{step}"
        wanted = build([folder], fresh, files=False)
        assert_same(output, fresh, report, wanted)
    assert updates.count(True) >= 2


def test_decisions_hold_in_a_changed_store(folder, tmp_path, chance, updates):
    output = tmp_path / "output"
    (folder / "kept.txt").write_text("Trastuzumab inhibits HER2. Lapatinib inhibits EGFR.\n", encoding="utf-8")
    build([folder], output)
    store = open_store(output / "store")
    claims = sorted(quad.subject.value for quad in store if quad.predicate == terms.POLARITY)
    requests = [Request("reject", name) for name in (claims[0], claims[-1])]
    Journal(output / JOURNAL).append(make_decisions(store, [], requests, curator="Ada"))
    build([folder], output)
    write(folder, 3, chance)
    (folder / "d004.txt").unlink()
    report = build([folder], output)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / JOURNAL).write_bytes((output / JOURNAL).read_bytes())

    assert_same(output, fresh, report, build([folder], fresh))
    assert updates == [True]


def test_many_changes_are_built_from_nothing(folder, tmp_path, chance, updates):
    output = tmp_path / "output"
    build([folder], output)
    for number in range(20):
        write(folder, number, chance)

    report = build([folder], output)

    assert updates == [False]
    assert_same(output, tmp_path / "fresh", report, build([folder], tmp_path / "fresh"))


def test_files_of_a_large_graph_are_written_when_it_is_said(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("oncograph.pipeline.building.LARGE_QUADS", 1000)
    output = tmp_path / "output"
    build([folder], output, files=True)
    assert [name for name in FILES if not (output / name).is_file()] == []
    build([folder], output)
    assert [name for name in FILES if (output / name).exists()] == []
    assert build([folder], output).unchanged


def test_a_changed_record_of_a_large_file_is_a_small_change(tmp_path, updates):
    path, output = tmp_path / "records.jsonl", tmp_path / "output"
    lines = [f'{{"id": "r{at}", "text": "{SENTENCES[at % len(SENTENCES)]}"}}' for at in range(50)]
    path.write_text("\n".join(lines), encoding="utf-8")
    build([path], output)
    lines[7] = '{"id": "r7", "text": "Zelboravine inhibits KIT."}'
    path.write_text("\n".join(lines), encoding="utf-8")

    report = build([path], output)

    assert updates == [True]
    assert_same(output, tmp_path / "fresh", report, build([path], tmp_path / "fresh"))
