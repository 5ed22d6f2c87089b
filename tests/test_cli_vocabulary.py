"""The commands on vocabularies, and a build that reads with them."""

import subprocess
import sys
from pathlib import Path

import pytest

from oncograph.cli import run
from oncograph.graph import open_store, run_query
from oncograph.pipeline import build

OBO = """format-version: 1.2
data-version: 2026-02-02
ontology: small

[Term]
id: DOID:1612
name: breast cancer
synonym: "mammary malignancy" EXACT []

[Term]
id: DOID:9900001
name: zebroid gland carcinoma
def: "A made-up cancer of the zebroid gland." []
synonym: "zebroid cancer" EXACT []
synonym: "gland trouble" BROAD []
is_a: DOID:162 ! cancer

[Term]
id: DOID:162
name: cancer
"""
TEXT = "Zebroid cancer is treated with cisplatin. Mammary malignancy is treated with tamoxifen.\n"


@pytest.fixture
def obo(tmp_path: Path) -> Path:
    path = tmp_path / "Small Onto.obo"
    path.write_text(OBO)
    return path


def test_list_tells_how_many_terms_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.obo"
    path.write_text("format-version: 1.2\nontology: odd\n\n[Term]\nid: ODDTHING:1\nname: quite odd thing\n")
    assert run(["vocabulary", "add", str(path)]) == 0
    assert run(["vocabulary", "list"]) == 0
    assert "Left out: 1 terms, because nothing says of what class they are." in capsys.readouterr().out


def test_added_vocabulary_is_listed_shown_and_removed(obo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["vocabulary", "add", str(obo)]) == 0
    assert "Added small-onto: small 2026-02-02, 3 terms with 6 names." in capsys.readouterr().out
    assert run(["vocabulary", "list"]) == 0
    printed = capsys.readouterr().out
    assert printed.index("curated") < printed.index("small-onto")
    assert run(["vocabulary", "show", "zebroid cancer"]) == 0
    printed = capsys.readouterr().out
    assert "http://purl.obolibrary.org/obo/DOID_9900001" in printed
    assert "Cancer (imported)" in printed
    assert run(["vocabulary", "show", "DOID:1612"]) == 0
    assert "https://w3id.org/oncograph/entity/breast_cancer" in capsys.readouterr().out
    assert run(["vocabulary", "remove", "small-onto"]) == 0
    assert run(["vocabulary", "show", "zebroid cancer"]) == 1
    assert "nothing is called zebroid cancer" in capsys.readouterr().err


def test_file_that_is_broken_changes_nothing(obo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["vocabulary", "add", str(obo), "--name", "kept"]) == 0
    obo.write_text(OBO.replace("is_a: DOID:162", "is_a: DOID:9900001"))
    assert run(["vocabulary", "add", str(obo), "--name", "kept"]) == 1
    assert "break the circle" in capsys.readouterr().err
    assert run(["vocabulary", "show", "zebroid cancer"]) == 0


def test_build_reads_and_describes_what_was_added(obo: Path, tmp_path: Path, no_added_vocabularies: Path) -> None:
    (tmp_path / "note.txt").write_text(TEXT)
    output = tmp_path / "graph"
    run(["vocabulary", "add", str(obo), "--name", "small"])
    build([tmp_path / "note.txt"], output, vocabularies=no_added_vocabularies)
    store = open_store(output / "store")

    def ask(pattern: str) -> list:
        return list(run_query(store, f"SELECT * {{ {pattern} }}").rows)

    assert ask(
        "obo:DOID_9900001 onco:treatedBy entity:cisplatin ; onco:grounding onco:Imported ; skos:broader entity:cancer"
    )
    assert ask('obo:DOID_9900001 oboinowl:hasBroadSynonym "gland trouble"@en ; skos:definition ?text')
    assert ask("entity:breast_cancer onco:treatedBy entity:tamoxifen ; skos:exactMatch obo:DOID_1612")
    assert ask('vocabulary:small a void:Dataset, dcat:Dataset ; owl:versionInfo "2026-02-02" ; void:entities 3')
    assert not ask("obo:DOID_1612 ?p ?o")


def test_same_vocabularies_give_the_same_bytes(obo: Path, tmp_path: Path, no_added_vocabularies: Path) -> None:
    (tmp_path / "note.txt").write_text(TEXT)
    run(["vocabulary", "add", str(obo), "--name", "small"])
    for name in ("one", "two"):
        script = (
            "from pathlib import Path; from oncograph.pipeline import build; "
            f"build([Path('note.txt')], Path('{name}'), vocabularies=Path(r'{no_added_vocabularies}'))"
        )
        subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    assert (tmp_path / "one" / "graph.trig").read_bytes() == (tmp_path / "two" / "graph.trig").read_bytes()


def test_unchanged_build_is_built_anew_when_a_vocabulary_is_added(
    obo: Path, tmp_path: Path, no_added_vocabularies: Path
) -> None:
    (tmp_path / "note.txt").write_text(TEXT)
    run(["vocabulary", "remove", "small"])
    build([tmp_path / "note.txt"], tmp_path / "graph", vocabularies=no_added_vocabularies)
    run(["vocabulary", "add", str(obo), "--name", "small"])
    assert not build([tmp_path / "note.txt"], tmp_path / "graph", vocabularies=no_added_vocabularies).unchanged
    assert build([tmp_path / "note.txt"], tmp_path / "graph", vocabularies=no_added_vocabularies).unchanged


def test_class_that_the_ontology_lacks_is_refused_before_anything_is_kept(
    tmp_path: Path, no_added_vocabularies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.csv").write_text("code,what\nA:1,assay A\n")
    columns = "id=code,label=what,class_name=Assay"
    assert run(["vocabulary", "add", str(tmp_path / "own.csv"), "--columns", columns]) == 1
    assert "own.csv: there is no class Assay; choose one of" in capsys.readouterr().err
    assert not (no_added_vocabularies / "vocabularies.json").exists()
