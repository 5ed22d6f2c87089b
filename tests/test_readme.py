"""The README's commands, queries and Python run as they stand there."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from oncograph.cli import run
from oncograph.graph import open_store, run_query
from oncograph.knowledge import find_ontology
from oncograph.pipeline import build

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GOLD = "subject\tsubject_class\tpredicate\tobject\tobject_class\tpolarity\tcertainty\tstart\tend\n"
VOCABULARY = "format-version: 1.2\n\n[Term]\nid: DOID:2513\nname: basal cell carcinoma\n"
INSTALLING = "python3 -m venv "


def find_blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


LINES = [line for block in find_blocks("sh") for line in block.splitlines()]
SERVING = [line for line in LINES if line.startswith("oncograph serve")]
COMMANDS = [line for line in LINES if line.startswith("oncograph ") and line not in SERVING]
REQUESTS = [line for line in LINES if line.startswith("curl ")]
ADDRESS = "http://127.0.0.1:7200"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with what the README's commands name, and the graph of the seeds."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    shutil.copytree(find_ontology(), folder / "my-ontology")
    (folder / "my-gold" / "docs").mkdir(parents=True)
    (folder / "my-gold" / "docs" / "note.txt").write_text("Lapatinib inhibits HER2.\n", encoding="utf-8")
    (folder / "my-gold" / "note.gold.tsv").write_text(
        GOLD + "HER2\tReceptor\ttargetedBy\tlapatinib\tDrug\taffirmed\tstated\t0\t24\n", encoding="utf-8"
    )
    (folder / "my-vocabulary.obo").write_text(VOCABULARY, encoding="utf-8")
    build([folder / "seeds"], folder / "output")
    build([folder / "seeds" / "her2.txt"], folder / "my-graph")
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_command_runs(command, home, monkeypatch, capsys):
    monkeypatch.chdir(home)
    monkeypatch.setenv("ONCOGRAPH_VOCABULARIES", str(home / "vocabularies"))
    run(["vocabulary", "add", "my-vocabulary.obo"])
    capsys.readouterr()

    code = run(shlex.split(command)[1:])

    assert (code, capsys.readouterr().err) == (0, "")


@pytest.fixture(scope="module")
def address(home):
    """What the README's command for serving says it listens at."""
    (command,) = SERVING
    words = [sys.executable, "-m", "oncograph", *shlex.split(command)[1:], "--port", "0", "--no-open"]
    with subprocess.Popen(words, cwd=home, stdout=subprocess.PIPE, text=True) as server:
        try:
            said = next(line for line in server.stdout if "://" in line)
            yield re.search(r"http://127\.0\.0\.1:\d+", said).group()
        finally:
            server.terminate()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("request_line", REQUESTS)
def test_request_is_answered(request_line, address):
    assert ADDRESS in request_line

    asked = subprocess.run(
        [*shlex.split(request_line.replace(ADDRESS, address)), "--silent", "--show-error", "--fail"],
        capture_output=True,
        text=True,
    )

    assert (asked.returncode, asked.stderr) == (0, "")
    assert "trastuzumab" in asked.stdout


def test_nothing_but_setting_up_is_left_untested():
    tested = {*COMMANDS, *SERVING, *REQUESTS}
    assert [line for line in LINES if line not in tested and not line.startswith(INSTALLING)] == []


@pytest.mark.parametrize("query", find_blocks("sparql"))
def test_query_finds_something(query, home):
    assert len(run_query(open_store(home / "output" / "store"), query).rows) > 3


@pytest.mark.parametrize("code", find_blocks("python"))
def test_python_runs(code, home, monkeypatch, capsys):
    monkeypatch.chdir(home)

    exec(compile(code, "README.md", "exec"), {})

    assert "trastuzumab" in capsys.readouterr().out


def test_the_first_query_lists_the_drugs(home, capsys):
    text = "SELECT ?drug { entity:HER2 onco:targetedBy ?drug }"
    assert f"oncograph query '{text}'" in README

    assert run(["query", "--graph", str(home / "output"), text]) == 0
    printed = capsys.readouterr().out
    for drug in ("trastuzumab", "pertuzumab", "trastuzumab_emtansine", "lapatinib", "neratinib"):
        assert f"entity:{drug}" in printed


def test_the_continuous_integration_runs_the_test_command():
    (test_command,) = [line for line in LINES if line.startswith(INSTALLING) and "pytest" in line]

    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").rstrip().endswith(test_command)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_linked_file_is_there(target):
    assert (ROOT / target).exists()
