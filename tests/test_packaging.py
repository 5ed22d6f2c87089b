"""What is installed, and the rules the source keeps."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sys.executable).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_the_ontology_and_the_view(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    source = {
        f"oncograph/{path.relative_to(ROOT / 'src' / 'oncograph').as_posix()}"
        for path in (ROOT / "src" / "oncograph").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    ontology = {
        f"oncograph/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "ontology").rglob("*") if path.is_file()
    }

    assert packed == source | ontology


def test_the_installed_wheel_builds_a_graph(wheel, tmp_path):
    """Without the checkout: the package is run from the unpacked wheel, with the ontology it carries."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    (tmp_path / "her2.txt").write_text("Lapatinib inhibits HER2.\n", encoding="utf-8")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'installed')!r})\n"
        "from pathlib import Path\n"
        "import oncograph.knowledge, oncograph.pipeline\n"
        "print(oncograph.knowledge.find_ontology())\n"
        "print(oncograph.pipeline.build(['her2.txt'], Path('output')).claims)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

    folder, claims = done.stdout.split()
    assert Path(folder) == tmp_path / "installed" / "oncograph" / "ontology"
    assert int(claims) >= 1


def test_every_dependency_is_locked():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {line.partition("==")[0].lower().replace("_", "-") for line in lock.splitlines() if "==" in line}
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]

    assert {name.partition(">=")[0].lower().replace("_", "-") for name in wanted} <= locked
    assert "://" not in lock


@pytest.mark.parametrize(
    "command", [["lint-imports", "--no-logo"], ["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]], ids="-".join
)
def test_the_source_keeps_the_rules(command, tmp_path):
    cache = ["--cache-dir", str(tmp_path)]
    done = subprocess.run([SCRIPTS / command[0], *command[1:], *cache], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
