"""What a user types and sees."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from oncograph import terminal
from oncograph.cli import cli, run
from oncograph.pipeline import build

HER2 = "HER2 is targeted by trastuzumab. Lapatinib inhibits HER2. HER2 is not inhibited by imatinib.\n"
HEAVY = {
    "rdflib",
    "pyoxigraph",
    "networkx",
    "pyvis",
    "IPython",
    "lxml",
    "rich",
    "pyshacl",
    "trafilatura",
    "numpy",
    "scipy",
}


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    (folder / "her2.txt").write_text(HER2, encoding="utf-8")
    build([folder / "her2.txt"], folder / "output")
    return folder / "output"


@pytest.fixture
def ask(graph, capsys):
    """Run a command on the graph; give its exit code and what it printed."""

    def ask(*arguments):
        command, *rest = map(str, arguments)
        code = run([command, "--graph", str(graph), *rest])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return ask


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_has_help(command, capsys):
    assert run([command, "--help"]) == 0
    assert cli.commands[command].help
    assert "Usage: oncograph" in capsys.readouterr().out
    assert all(option.help for option in cli.commands[command].params if option.param_type_name == "option")


def test_help_and_version_import_nothing_heavy():
    code = "import sys, oncograph.cli; oncograph.cli.run(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert HEAVY.isdisjoint(done.stderr.split())


def test_the_module_is_the_command():
    done = subprocess.run([sys.executable, "-m", "oncograph", "--version"], capture_output=True, text=True, check=True)

    assert done.stdout.startswith("oncograph, version ")


def test_build_without_paths_reads_seeds(tmp_path, monkeypatch, capsys):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "her2.txt").write_text(HER2, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert run(["build"]) == 0
    printed = capsys.readouterr().out
    assert "documents read" in printed
    assert "targetedBy" in printed
    assert "MB/s" in printed
    assert "oncograph query" in printed
    assert (tmp_path / "output" / "graph.html").is_file()

    assert run(["build"]) == 0
    assert "Nothing has changed" in capsys.readouterr().out


def test_build_without_seeds_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert run(["build"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("oncograph: there is no folder seeds here; name what to read")
    assert error.count("\n") == 1


def test_refused_documents_are_named_and_set_the_exit_code(tmp_path, capsys):
    (tmp_path / "her2.txt").write_text(HER2, encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")

    for _ in range(2):  # the second time, from the report of the first
        assert run(["build", str(tmp_path), "--output", str(tmp_path / "output")]) == 3
        assert "refused: " in (error := capsys.readouterr().err)
        assert "empty.txt" in error


def test_the_hash_seed_does_not_change_the_output(graph, tmp_path):
    for seed in ("0", "4711"):
        command = [
            sys.executable,
            "-m",
            "oncograph",
            "build",
            str(graph.parent / "her2.txt"),
            "-o",
            str(tmp_path / seed),
        ]
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True)

    for name in ("graph.ttl", "graph.trig", "graph.html"):
        assert (tmp_path / "0" / name).read_bytes() == (tmp_path / "4711" / name).read_bytes()
        assert (tmp_path / "0" / name).read_bytes() == (graph / name).read_bytes()


def test_query_takes_sparql(ask):
    code, printed, _ = ask("query", "SELECT ?drug { entity:HER2 onco:targetedBy ?drug } ORDER BY ?drug", "-f", "csv")

    assert code == 0
    assert [line.rpartition("/")[2] for line in printed.split()[1:]] == ["lapatinib", "trastuzumab"]


@pytest.mark.parametrize("form", ["table", "tsv", "json", "xml", "markdown"])
def test_query_writes_every_form(ask, form):
    code, printed, _ = ask("query", "SELECT ?drug { entity:HER2 onco:targetedBy ?drug }", "--format", form)

    assert code == 0
    assert "lapatinib" in printed
    if form == "json":
        assert json.loads(printed)["head"]["vars"] == ["drug"]


def test_query_writes_triples_as_turtle(ask):
    code, printed, _ = ask("query", "CONSTRUCT WHERE { entity:HER2 onco:targetedBy ?drug }")

    assert code == 0
    assert "entity:HER2 onco:targetedBy entity:lapatinib" in printed


def test_query_reads_a_file_and_standard_input(ask, tmp_path, monkeypatch):
    text = "ASK { entity:HER2 onco:targetedBy entity:lapatinib }"
    (tmp_path / "ask.rq").write_text(text, encoding="utf-8")
    assert "yes" in ask("query", tmp_path / "ask.rq")[1]
    for arguments in (["-"], []):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert "yes" in ask("query", *arguments)[1]


@pytest.mark.parametrize("values", [["HER2"], ["target=HER2"], ["ErbB2"], ["UniProtKB:P04626"]])
def test_a_named_query_takes_values_by_place_and_by_name(ask, values):
    code, printed, _ = ask("query", "drugs-targeting", *values)

    assert code == 0
    assert "trastuzumab" in printed


def test_named_queries_are_listed(ask):
    code, printed, _ = ask("query", "--list")

    assert code == 0
    assert len([line for line in printed.splitlines() if "oncograph query " in line]) >= 15


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["SELECT ?x { ?x entity:HER2"], "line 1"),
        (["SELECT * { ?x unknown:y ?z }"], "unknown"),
        (["drugs-targetting", "HER2"], "did you mean drugs-targeting?"),
        (["drugs-targeting", "HER2", "EGFR", "x", "y"], "is too much"),
        (["drugs-targeting", "nosuchthing"], "nosuchthing"),
        (["no-such-file.rq"], "no-such-file.rq: No such file"),
        (["SELECT * { ?s ?p ?o }", "HER2"], "values go with a named query only"),
        (["SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"], "SERVICE"),
        (["SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--format", "turtle"], "no form turtle"),
    ],
)
def test_a_bad_question_is_one_line(ask, arguments, complaint):
    code, printed, error = ask("query", *arguments)

    assert code == 1
    assert printed == ""
    assert error.startswith("oncograph: ")
    assert complaint in error
    assert error.count("\n") == 1


def test_a_missing_graph_is_one_line(tmp_path, capsys):
    assert run(["query", "--graph", str(tmp_path / "none"), "ASK { ?s ?p ?o }"]) == 1
    assert "there is no graph here; make one with oncograph build" in capsys.readouterr().err


def test_a_wrong_option_is_explained(capsys):
    assert run(["build", "--nonsense"]) == 2
    assert "--nonsense" in capsys.readouterr().err


def test_explain_shows_the_sentence_with_its_words(ask):
    code, printed, _ = ask("explain", "HER2", "targetedBy", "trastuzumab")

    assert code == 0
    assert "affirmed, stated" in printed
    assert "her2.txt, characters 0-32" in printed
    assert "[HER2] is targeted by [trastuzumab]." in printed


def test_explain_shows_negation(ask):
    code, printed, _ = ask("explain", "HER2", "targetedBy", "imatinib")

    assert code == 0
    assert "negated, stated" in printed
    assert "[not]" in printed


def test_explain_says_what_there_is_instead(ask):
    code, _, error = ask("explain", "HER2", "targetedBy", "gefitinib")

    assert code == 1
    assert "gefitinib" in error


def test_export_guesses_the_form_and_selects(ask, tmp_path):
    assert ask("export", tmp_path / "all.nt")[0] == 0
    assert ask("export", tmp_path / "part.nt", "--entity", "lapatinib")[0] == 0
    whole, part = ((tmp_path / name).read_text(encoding="utf-8") for name in ("all.nt", "part.nt"))

    assert "entity/trastuzumab" in whole
    assert "entity/lapatinib" in part
    assert "entity/trastuzumab" not in part


def test_export_in_an_unknown_form_is_an_error(ask, tmp_path):
    code, _, error = ask("export", tmp_path / "graph.xyz")

    assert code == 1
    assert "add --format turtle, " in error


def test_view_writes_another_page(ask, tmp_path):
    code, printed, _ = ask("view", "--no-open", "--output", tmp_path / "page.html", "--title", "Mine")

    assert code == 0
    assert "Mine" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "entities" in printed


def test_view_opens_the_page_of_the_build(ask, graph, monkeypatch):
    opened = []
    monkeypatch.setattr("click.launch", opened.append)

    assert ask("view")[0] == 0
    assert opened == [(graph / "graph.html").as_uri()]


def test_view_changes_no_page_unasked(ask):
    code, _, error = ask("view", "--title", "Mine")

    assert code == 2
    assert "--title must go with --output" in error


def test_check_finds_a_build_in_order(ask):
    code, printed, error = ask("check")

    assert (code, error) == (0, "")
    assert "as the shapes say" in printed


def test_vocabulary_lists_concepts(capsys):
    assert run(["vocabulary", "show", "herceptin"]) == 0
    assert "trastuzumab" in capsys.readouterr().out
    assert run(["vocabulary", "show", "--class", "Nonsense"]) == 1
    assert "there is no class Nonsense" in capsys.readouterr().err


def test_evaluate_prints_figures_and_writes_misses(tmp_path, capsys):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "her2.txt").write_text(HER2, encoding="utf-8")
    columns = "subject subject_class predicate object object_class polarity certainty start end".split()
    rows = [
        "HER2 Receptor targetedBy trastuzumab MonoclonalAntibody affirmed stated 0 32".split(),
        "HER2 Receptor targetedBy neratinib SmallMoleculeInhibitor affirmed stated 33 57".split(),
    ]
    (tmp_path / "her2.gold.tsv").write_text("".join("\t".join(row) + "\n" for row in [columns, *rows]))

    assert run(["evaluate", str(tmp_path), "--misses", str(tmp_path / "misses.tsv")]) == 0
    assert "precision" in capsys.readouterr().out
    assert "neratinib" in (tmp_path / "misses.tsv").read_text()

    assert run(["evaluate", str(tmp_path), "--format", "json"]) == 0
    (overall,) = json.loads(capsys.readouterr().out)["overall"]
    assert (overall["strict"]["gold"], overall["strict"]["matched"]) == (2, 1)


def test_evaluate_compares_names_with_annotated_abstracts(tmp_path, capsys):
    entities = [{"start": 0, "end": 4, "type": "GeneOrGeneProduct", "ids": ["NCBIGene:27"]}]
    record = {"id": "1", "title": "ABL2 in tumors", "abstract": "", "entities": entities}
    (tmp_path / "names.jsonl").write_text(json.dumps(record) + "\n")

    assert run(["evaluate", "--mentions", str(tmp_path / "names.jsonl"), "--format", "json"]) == 0
    (line,) = json.loads(capsys.readouterr().out)["mention"]
    assert (line["name"], line["identifiers"]["right"]) == ("names.jsonl Gene", 1)
    assert run(["evaluate", "--mentions", str(tmp_path / "names.jsonl")]) == 0
    assert "identifiers" in capsys.readouterr().out


def test_evaluating_a_folder_without_gold_is_one_line(tmp_path, capsys):
    assert run(["evaluate", str(tmp_path)]) == 1
    assert "no gold here" in capsys.readouterr().err


def test_a_reader_that_stops_reading_is_no_error(graph):
    command = [sys.executable, "-m", "oncograph", "query", "--graph", str(graph), "SELECT * { ?s ?p ?o }", "-f", "csv"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.readline()
        running.stdout.close()
        error = running.stderr.read()

    assert error == b""


def test_control_characters_of_a_document_never_reach_the_terminal(tmp_path, capsys):
    source = tmp_path / "her2.txt"
    source.write_text("HER2 is targeted by \x1b]0;owned\x07 trastuzumab. Lapatinib inhibits HER2.\n", encoding="utf-8")
    code = run(["build", str(source), "--output", str(tmp_path / "output")])

    if code == 0:
        run(["query", "--graph", str(tmp_path / "output"), "SELECT ?text { ?doc schema:text ?text }"])
    assert "\x1b" not in capsys.readouterr().out


def test_tables_are_not_cut_in_a_pipe(capsys):
    terminal.print_table(("a", "b"), [("x" * 300, "[bold]y[/bold]")])
    printed = capsys.readouterr().out

    assert "x" * 300 in printed
    assert "[bold]y[/bold]" in printed


def test_progress_is_drawn_on_a_terminal_only(monkeypatch):
    with terminal.show_progress() as quiet:
        assert quiet is None

    screen = io.StringIO()
    screen.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", screen)
    with terminal.show_progress() as tell:
        tell("reading", 1, 2)
    assert "reading" in screen.getvalue()


def test_the_readme_names_every_command():
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")

    assert [name for name in cli.commands if f"oncograph {name}" not in readme] == []
