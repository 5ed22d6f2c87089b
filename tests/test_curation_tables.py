import csv

import pytest
from click.testing import CliRunner

from graph_samples import RULES, make_ontology, make_readings
from oncograph.cli import cli
from oncograph.errors import CurationError
from oncograph.evaluate import read_gold
from oncograph.graph import open_store, run_query, write_store
from oncograph.graph.deciding import decide
from oncograph.graph.journal import JOURNAL, Journal
from oncograph.publish.gold import write_gold
from oncograph.publish.review import COLUMNS, bare_cell, guard_cell, read_review, write_review


@pytest.fixture
def folder(tmp_path):
    write_store(tmp_path / "output" / "store", make_readings(), make_ontology(), RULES)
    return tmp_path / "output"


@pytest.fixture
def run(folder):
    def run(*words: object, fails: bool = False) -> str:
        command = ["curate", *map(str, words), "--graph", str(folder)]
        result = CliRunner().invoke(cli, command, env={"ONCOGRAPH_CURATOR": "Ada"})
        if fails:
            assert result.exit_code != 0
            return str(result.exception) if isinstance(result.exception, CurationError) else result.output
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    return run


def read(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def fill(path, rows) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.DictWriter(out, COLUMNS, delimiter="\t", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def test_table_has_the_least_sure_claims_first_with_their_sentences(folder, run, tmp_path):
    path = tmp_path / "review.tsv"
    assert run("export", path) == f"Wrote 19 claims to {path}.\n"
    rows = read(path)
    assert [row["confidence"] for row in rows] == sorted(row["confidence"] for row in rows)
    [row] = [row for row in rows if row["object"] == "cardiotoxicity"]
    assert row["sentence"] == "Trastuzumab may cause heart damage."
    assert (row["certainty"], row["decision"], row["document"]) == ("possible", "", "doc:her2")


def test_filled_table_is_taken_in_and_its_claims_are_not_offered_again(folder, run, tmp_path):
    path = tmp_path / "review.tsv"
    run("export", path)
    rows = read(path)
    rows[0] |= {"decision": "Accept"}
    rows[1] |= {"decision": "reject", "comment": "no such thing"}
    rows[2] |= {"decision": "correct", "certainty_is": "possible"}
    fill(path, rows)
    assert run("import", path) == "Took in 3 decisions.\n"
    assert [one.action for one in Journal(folder / JOURNAL).read()] == ["accept", "reject", "correct"]
    assert "16 claims" in run("export", path)
    assert "1 claims" in run("export", path, "--status", "rejected")


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_table_survives_being_saved_by_a_spreadsheet(folder, run, tmp_path, coding, end, quoting):
    path = tmp_path / "review.tsv"
    run("export", path)
    rows = read(path)
    said = 'not "so",\tas\r\nTable 2 says – 7 µg'
    rows[1] |= {"decision": "reject", "comment": said}
    with path.open("w", encoding=coding, newline="") as out:
        table = csv.DictWriter(out, COLUMNS, delimiter="\t", lineterminator=end, quoting=quoting)
        table.writeheader()
        table.writerows(rows)
    run("import", path)
    [decision] = Journal(folder / JOURNAL).read()
    assert decision.claim.endswith(rows[1]["claim"].partition(":")[2])
    assert decision.comment.split() == said.split()


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"decision": "maybe"}, r"line 3: column decision: 'maybe'; write one of accept"),
        ({"comment": "hm"}, "line 3: column decision: is empty, but comment is not; write comment"),
        ({"object_is": "HER2"}, "line 3: column decision: is empty, but object_is is not; write correct"),
        ({"decision": "accept", "object_is": "HER2"}, "line 3: column object_is: goes with correct only"),
        ({"decision": "correct"}, "line 3: column subject_is to certainty_is"),
        ({"decision": "correct", "polarity_is": "yes"}, "line 3: column polarity_is: 'yes'; write affirmed"),
        ({"decision": "correct", "subject_is": "nobody at all"}, "line 3: .*nobody at all"),
        ({"decision": "accept", "claim": ""}, "line 3: column claim: is empty"),
        ({"decision": "accept", "claim": "claim:" + "0" * 20}, "line 3: there is no claim"),
        ({"decision": "comment"}, "line 3: column comment: is empty"),
    ],
)
def test_table_with_a_wrong_row_is_refused_as_a_whole(folder, run, tmp_path, edit, message):
    path = tmp_path / "review.tsv"
    run("export", path)
    rows = read(path)
    rows[0] |= {"decision": "accept"}
    rows[1] |= edit
    fill(path, rows)
    with pytest.raises(AssertionError):
        run("import", path)
    with pytest.raises(CurationError, match=message):
        decide(folder, read_review(path), curator="Ada")
    assert Journal(folder / JOURNAL).read() == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "line 1: has no column claim"),
        (b"claim,decision\nx,accept\n", "line 1: has no column claim"),
        (b"claim\tdecision\tdecision\n", "line 1: a column is unknown or there twice"),
        (b"claim\tdecision\tverdict\n", "a column is unknown or there twice: verdict"),
        (b"claim\tdecision\nc\taccept\tmore\n", "line 2: has 3 cells, the header 2"),
        (b'claim\tdecision\n"c\taccept\n', "line 2"),
        (b"claim\tdecision\n\xff\xfe\xff\taccept\n", "is not UTF-8"),
        (b"\x00\x01\x02", "line 1"),
    ],
)
def test_broken_table_is_refused_with_its_line(tmp_path, data, message):
    path = tmp_path / "review.tsv"
    path.write_bytes(data)
    with pytest.raises(CurationError, match=message):
        read_review(path)


def test_a_claim_decided_on_twice_in_a_table_is_refused(tmp_path):
    path = tmp_path / "review.tsv"
    path.write_text("claim\tdecision\nclaim:a\taccept\nclaim:a\treject\n", encoding="utf-16")
    with pytest.raises(CurationError, match="line 3: column claim: line 2 decides on it already"):
        read_review(path)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "'=1", "plain", "'tis", "", "\tx"])
def test_cells_that_look_like_formulas_are_guarded_and_read_back(text):
    assert guard_cell(text)[:1] not in {"=", "+", "-", "@", "\t"}
    assert bare_cell(guard_cell(text)) == text


def test_decisions_by_command_and_their_list(folder, run):
    store = open_store(folder / "store")
    query = "SELECT ?c { ?c rdf:object entity:trastuzumab ; rdf:predicate onco:targetedBy }"
    [(claim,)] = run_query(store, query).rows
    decision = run("reject", claim, "--comment", "a trial").split()[0]
    assert "reject: HER2 targetedBy trastuzumab" in run("list")
    run("undo", decision)
    assert "reject" not in run("list")
    assert "taken back" in run("list", "--all")
    assert "pertuzumab" in run("correct", claim, "--object", "pertuzumab")
    assert "comment" in run("comment", claim, "well")
    assert "undone already" in run("undo", decision, fails=True)


def test_gold_has_what_was_accepted_and_says_what_is_only_partly_judged(folder, run, tmp_path):
    path = tmp_path / "review.tsv"
    run("export", path, "--document", "lynch")
    rows = read(path)
    rows[0] |= {"decision": "reject"}
    for row in rows[1:]:
        row |= {"decision": "accept"}
    fill(path, rows)
    run("import", path)
    assert "partly judged" in run("gold", tmp_path / "gold")
    text = (tmp_path / "gold" / "docs" / "lynch.txt").read_text(encoding="utf-8")
    gold = read_gold(tmp_path / "gold" / "lynch.gold.tsv", text=text)
    assert len(gold) == len(rows) - 1
    judged = {row["document"]: row for row in read(tmp_path / "gold" / "judged.tsv")}
    assert judged["lynch"]["complete"] == "yes"
    assert judged["trials-one"]["complete"] == "no"
    with pytest.raises(CurationError, match="holds something already"):
        write_gold(open_store(folder / "store"), tmp_path / "gold")
    assert [one.name for one in write_gold(open_store(folder / "store"), tmp_path / "whole", complete=True)] == [
        "lynch"
    ]


def test_table_of_a_hostile_document_holds_no_formula_and_one_line_a_claim(tmp_path):
    from graph_samples import DocumentMaker

    doc = DocumentMaker("evil", "=cmd|' /C calc'!A0")
    doc.claim('=HYPERLINK("x") HER2 "is\thit" by trastuzumab.', ("HER2", "HER2"), "targetedBy", ("trastuzumab",) * 2)
    write_store(tmp_path / "store", [doc.reading()], make_ontology(), RULES)
    assert write_review(open_store(tmp_path / "store"), tmp_path / "review.tsv") == 1
    [row] = read(tmp_path / "review.tsv")
    assert row["sentence"] == '\'=HYPERLINK("x") HER2 "is hit" by trastuzumab.'
