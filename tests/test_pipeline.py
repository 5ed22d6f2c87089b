"""From files to a published graph: what a build writes, what it refuses, and when it does nothing."""

import json
import shutil
from pathlib import Path

import pytest

from oncograph.documents import find_documents, read_documents
from oncograph.errors import DocumentError, OncographError
from oncograph.model import Candidate, Concept, Doubt, UndecidedName
from oncograph.pipeline import MANIFEST, PUBLISHED, build
from oncograph.report import (
    BuildReport,
    ReadDocument,
    RefusedDocument,
    UndecidedCandidate,
    UndecidedCount,
    UndecidedTally,
    from_json,
    to_json,
    to_markdown,
)

SEEDS = Path(__file__).parents[1] / "seeds"
HER2 = "HER2 is targeted by trastuzumab. Lapatinib inhibits HER2. HER2 is not inhibited by imatinib.\n"
EGFR = "Osimertinib inhibits EGFR.\n"
COMPARED = ("graph.ttl", "graph.trig", "graph.html", "report.json", "report.md")


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    (folder / "her2.txt").write_text(HER2, encoding="utf-8")
    (folder / "egfr.md").write_text(EGFR, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def built(documents, tmp_path_factory):
    """The report of a build that no test changes."""
    return build([documents], tmp_path_factory.mktemp("built") / "output")


@pytest.fixture
def copy(built, tmp_path):
    """A copy of the build, to be changed; its manifest made to fit the copied files."""
    output = tmp_path / "output"
    shutil.copytree(built.output, output)
    return output


def contents(output: Path) -> dict[str, bytes]:
    return {name: (output / name).read_bytes() for name in COMPARED}


def test_a_build_publishes_store_graph_view_and_report(built):
    names = {path.name for path in built.output.iterdir() if not path.name.startswith(".")}
    assert names == {"store", MANIFEST, *PUBLISHED}
    assert [doc.id for doc in built.documents] == ["egfr", "her2"]
    assert built.claims >= 4
    assert built.claims_by_predicate["targetedBy"] >= 4
    assert built.claims > built.facts
    assert built.entities >= 5
    assert 0 < built.text_bytes <= len((HER2 + EGFR).encode())
    assert built.speed > 0


def test_the_order_of_paths_does_not_matter(built, documents, tmp_path):
    report = build([documents / "her2.txt", documents / "egfr.md"], tmp_path / "output")

    assert contents(report.output) == contents(built.output)


def test_reading_in_several_processes_gives_the_same_bytes(built, documents, tmp_path):
    report = build([documents], tmp_path / "output", jobs=2)

    assert contents(report.output) == contents(built.output)


def test_nothing_in_the_published_files_tells_machine_or_time(built, documents):
    for name in PUBLISHED:
        text = (built.output / name).read_text(encoding="utf-8")
        assert str(documents) not in text
        assert str(built.output) not in text


def test_an_unchanged_build_is_left_alone(built, documents):
    before = {path: path.stat().st_mtime_ns for path in built.output.iterdir() if not path.name.startswith(".")}

    again = build([documents], built.output)

    assert again.unchanged
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert to_json(again) == to_json(built)


def test_force_builds_all_the_same(copy, documents):
    assert not build([documents], copy, force=True).unchanged


@pytest.mark.parametrize("name", ["graph.ttl", "graph.html", "report.json", MANIFEST])
def test_a_file_that_is_gone_is_made_anew(documents, tmp_path, name):
    build([documents / "egfr.md"], tmp_path)
    (tmp_path / name).unlink()

    assert not build([documents / "egfr.md"], tmp_path).unchanged
    assert (tmp_path / name).is_file()


def test_a_changed_document_changes_the_graph(tmp_path):
    document = tmp_path / "notes.txt"
    document.write_text(EGFR)
    build([document], tmp_path / "output")
    document.write_text(EGFR.replace("Osimertinib", "Gefitinib"))

    report = build([document], tmp_path / "output")

    assert not report.unchanged
    graph = (tmp_path / "output" / "graph.ttl").read_text(encoding="utf-8")
    assert "gefitinib" in graph
    assert "osimertinib" not in graph


def test_what_cannot_be_read_is_named_and_the_rest_is_built(documents, tmp_path):
    bad = tmp_path / "in" / "broken.pdf"
    bad.parent.mkdir()
    bad.write_bytes(b"%PDF-1.4\nnothing")
    shutil.copy(documents / "her2.txt", bad.parent)

    report = build([bad.parent], tmp_path / "output")

    assert [doc.id for doc in report.documents] == ["her2"]
    (refusal,) = report.refusals
    assert refusal.source.endswith("broken.pdf")
    assert refusal.reason
    assert "broken.pdf" in (tmp_path / "output" / "report.md").read_text(encoding="utf-8")
    assert build([bad.parent], tmp_path / "output").refusals == report.refusals


def test_a_build_of_nothing_readable_fails_and_leaves_the_old_graph(copy, tmp_path):
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    before = contents(copy)

    with pytest.raises(DocumentError, match=r"no document could be read: .*empty\.txt"):
        build([empty], copy)

    assert contents(copy) == before


@pytest.mark.parametrize("paths", [["no-such-file.txt"], ["*.nothing"]])
def test_a_path_that_is_not_there_is_an_error(paths, tmp_path):
    with pytest.raises(OncographError, match=r"no-such-file|nothing"):
        build(paths, tmp_path / "output")

    assert not (tmp_path / "output").exists()


def test_a_folder_without_documents_is_an_error(tmp_path):
    (tmp_path / "in").mkdir()

    with pytest.raises(OncographError, match="there are no files"):
        build([tmp_path / "in"], tmp_path / "output")


def test_progress_goes_up_to_its_total_stage_by_stage(documents, tmp_path):
    told = []

    build([documents], tmp_path / "output", progress=lambda *news: told.append(news))

    assert list(dict.fromkeys(stage for stage, _, _ in told)) == [
        "reading",
        "writing graph.ttl",
        "writing graph.trig",
        "writing graph.html",
    ]
    reading = [(done, total) for stage, done, total in told if stage == "reading"]
    assert reading == sorted(reading)
    assert reading[0][0] == 0
    assert reading[-1] == (len((HER2 + EGFR).encode()),) * 2


def test_a_report_is_read_back_as_it_was_written(tmp_path):
    report = BuildReport(
        output=tmp_path,
        documents=(ReadDocument("a", "a.txt", "On |a|", 10, 2),),
        refusals=(RefusedDocument("b.pdf", "is encrypted"),),
        claims=2,
        claims_by_predicate={"targetedBy": 2},
        undecided=(UndecidedCount("APC", 2, 1, (UndecidedCandidate("e:apc", "APC", "Gene", 0.5),)),),
    )

    assert from_json(to_json(report), tmp_path) == report


def test_the_report_tells_the_most_frequent_undecided_names_with_the_mean_of_the_scores(tmp_path):
    gene, disease = Concept("e:apc", "APC", "Gene"), Concept("e:fap", "polyposis", "Disease")
    tally = UndecidedTally()
    for scores in (0.25, 0.5), (0.5,):
        tally.add(
            UndecidedName(0, 3, "APC", (Candidate(gene, score), Candidate(disease, 1 - score)), Doubt.DIFFERENT_KINDS)
            for score in scores
        )
    tally.add([UndecidedName(5, 8, "AIP", (Candidate(gene, 0.6), Candidate(disease, 0.4)), Doubt.DIFFERENT_KINDS)])

    first, second = tally.most_frequent()
    report = BuildReport(
        output=tmp_path, undecided_mentions=tally.mentions, undecided_names=tally.names, undecided=(first, second)
    )

    assert (first.text, first.mentions, first.documents, second.text) == ("APC", 3, 2, "AIP")
    assert [(one.iri, one.score) for one in first.candidates] == [("e:fap", 0.58), ("e:apc", 0.42)]
    assert tally.most_frequent(1) == (first,)
    assert "| APC | 3 | 2 | polyposis (Disease, 0.58) or APC (Gene, 0.42) |" in to_markdown(report)
    assert "4 mentions of 2 names" in to_markdown(report)
    assert "undecided" not in to_markdown(BuildReport(output=tmp_path)).split("## Claims")[1]


def test_titles_cannot_break_the_report(tmp_path):
    report = BuildReport(output=tmp_path, documents=(ReadDocument("a", "a|b.txt", "<script>\n| x |", 10, 2),))

    page = to_markdown(report)

    assert "| a\\|b.txt | &lt;script> \\| x \\| | 10 | 2 |" in page


def test_every_seed_is_read():
    formats = set()
    texts = {}
    for file in find_documents([SEEDS]):
        for doc in read_documents(file):
            formats.add(doc.media_type)
            texts[doc.id] = doc.text

    assert len(texts) >= 16
    assert len(formats) >= 8
    assert all(200 <= len(text.split()) <= 700 for text in texts.values())


def test_the_sources_of_every_seed_are_listed():
    listed = (SEEDS / ".sources.md").read_text(encoding="utf-8")

    assert [
        path.name for path in SEEDS.iterdir() if path.name != ".sources.md" and f"`{path.name}`" not in listed
    ] == []


def test_the_example_build_is_of_these_seeds():
    example = json.loads((SEEDS.parent / "output" / "report.json").read_text(encoding="utf-8"))
    sources = {file.source for file in find_documents([SEEDS])}

    assert {doc["source"].partition("#")[0] for doc in example["documents"]} == sources
    assert example["refusals"] == []


def test_a_build_after_a_decision_publishes_the_graph_without_reading_the_documents_again(copy, documents, monkeypatch):
    reject_one(copy)
    with monkeypatch.context() as patch:
        patch.setattr("oncograph.pipeline.building._write_store", None)
        quick = build([documents], copy)
    found = contents(copy)
    forced = build([documents], copy, force=True)

    assert contents(copy) == found
    assert not quick.unchanged
    assert quick.curation == forced.curation
    assert (quick.curation["rejected"], quick.curation["withdrawn"]) == (1, 1)
    assert "onco:Rejected" in (copy / "graph.trig").read_text(encoding="utf-8")
    assert "rejected claims" in (copy / "report.md").read_text(encoding="utf-8")
    assert build([documents], copy).unchanged


def reject_one(output):
    from oncograph.graph import open_store, run_query
    from oncograph.graph.deciding import Request, decide

    query = "SELECT ?claim { ?claim onco:polarity onco:Affirmed ; onco:certainty onco:Stated } ORDER BY ?claim LIMIT 1"
    [(claim,)] = run_query(open_store(output / "store"), query).rows
    decide(output, [Request("reject", claim, "<script>alert(1)</script> |")], curator="Ada <b>")
