"""Finding files, and naming them."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from document_samples import write
from oncograph.documents import Refusal, find_documents
from oncograph.documents.naming import FoundFile, name_files
from oncograph.errors import DocumentError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    docs = tmp_path / "docs"
    (docs / "drugs").mkdir(parents=True)
    for name in ("her2.txt", "README", "drugs/PARP inhibitors.md", "drugs/braf.xml.gz"):
        write(docs / name, name)
    return docs


def names(paths: list[Path | str] | list[Path] | list[str]) -> list[tuple[str, str]]:
    return [(file.id, file.source) for file in find_documents(paths)]


def test_folder_gives_all_files_below_it_sorted(folder: Path) -> None:
    assert names([folder]) == [
        ("README", "README"),
        ("drugs/PARP_inhibitors", "drugs/PARP inhibitors.md"),
        ("drugs/braf", "drugs/braf.xml.gz"),
        ("her2", "her2.txt"),
    ]


def test_path_stays_as_the_user_gave_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert [str(file.path) for file in find_documents(["docs/drugs", "./docs/her2.txt"])] == [
        "docs/drugs/PARP inhibitors.md",
        "docs/drugs/braf.xml.gz",
        "docs/her2.txt",
    ]


def test_source_is_never_absolute(folder: Path) -> None:
    found = find_documents([folder, folder / "her2.txt", f"{folder}/**/*.md"])
    assert not [file.source for file in found if Path(file.source).is_absolute()]


@pytest.mark.parametrize(
    ("pattern", "sources"),
    [
        ("*.txt", ["her2.txt"]),
        ("**/*.md", ["drugs/PARP inhibitors.md"]),
        ("**/*r*", ["drugs/PARP inhibitors.md", "drugs/braf.xml.gz", "her2.txt"]),
        ("**", ["README", "drugs/PARP inhibitors.md", "drugs/braf.xml.gz", "her2.txt"]),
        ("d*", ["drugs/PARP inhibitors.md", "drugs/braf.xml.gz"]),
        ("d*/*.gz", ["drugs/braf.xml.gz"]),
        ("[hx]er2.*", ["her2.txt"]),
        ("drugs/**/*.gz", ["braf.xml.gz"]),
    ],
)
def test_pattern_gives_its_matches_named_below_its_fixed_folder(folder: Path, pattern: str, sources: list[str]) -> None:
    assert [source for _, source in names([f"{folder}/{pattern}"])] == sources


def test_name_with_brackets_is_a_file_before_it_is_a_pattern(tmp_path: Path) -> None:
    path = write(tmp_path / "her2[1].txt", "x")
    assert names([path]) == [("her2_1", "her2[1].txt")]


def test_junk_is_left_out(folder: Path) -> None:
    before = names([folder])
    for name in (".DS_Store", "Thumbs.db", "~$her2.docx", "her2.txt~", ".hidden.txt", "desktop.ini"):
        write(folder / name, "junk")
    for name in (".git", "__MACOSX", "node_modules"):
        (folder / name).mkdir()
        write(folder / name / "x.txt", "junk")
    assert names([folder]) == before


def test_hidden_file_is_read_when_asked_for_by_name(tmp_path: Path) -> None:
    assert names([write(tmp_path / ".notes.txt", "x")]) == [("notes", ".notes.txt")]


def test_folder_written_by_a_build_is_not_searched(folder: Path) -> None:
    before = names([folder])
    store = folder / "output" / "store"
    store.mkdir(parents=True)
    for name in ("CURRENT", "IDENTITY", "000009.sst"):
        write(store / name, "x")
    write(folder / "output" / "graph.ttl", "x")
    assert names([folder]) == before
    with pytest.raises(DocumentError, match=r"output: holds a graph that oncograph wrote"):
        find_documents([folder / "output"])


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_order_of_paths_changes_nothing(folder: Path, order: tuple[int, ...]) -> None:
    paths = [folder, folder / "drugs", f"{folder}/drugs/*.md"]
    assert find_documents([paths[n] for n in order]) == find_documents(paths)


def test_file_given_in_several_ways_is_read_once(folder: Path) -> None:
    link = folder / "a link.txt"
    link.symlink_to(folder / "her2.txt")
    found = find_documents([folder / "her2.txt", folder, link, f"{folder}/*.txt"])
    assert [file.source for file in found].count("her2.txt") == 1
    assert "a link.txt" not in [file.source for file in found]


def test_files_of_one_stem_take_their_suffix_into_the_id(folder: Path) -> None:
    write(folder / "her2.pdf", "x")
    write(folder / "her2.txt.gz", "x")
    found = {source: name for name, source in names([folder])}
    assert found["her2.txt"] == "her2_txt"
    assert found["her2.pdf"] == "her2_pdf"
    assert found["her2.txt.gz"] == "her2_txt_gz"


def test_files_that_only_their_folder_tells_apart_take_it_into_the_id(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "her2.txt", name)
    assert [file.id for file in find_documents([tmp_path / "first", tmp_path / "second"])] == [
        "first/her2_txt",
        "second/her2_txt",
    ]


def test_names_that_fold_to_one_still_differ(tmp_path: Path) -> None:
    write(tmp_path / "a b.txt", "1")
    write(tmp_path / "a_b.txt", "2")
    assert len({file.id for file in find_documents([tmp_path])}) == 2


@given(st.lists(st.text("ab_. ", min_size=1, max_size=6), unique=True, max_size=8), st.randoms())
def test_ids_differ_and_do_not_depend_on_order(sources: list[str], random: object) -> None:
    files = [FoundFile(Path("x", source), source, "x", False) for source in sources]
    shuffled = list(files)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    named = {file.source: file.id for file in name_files(files)}
    assert len(set(named.values())) == len(files)
    assert {file.source: file.id for file in name_files(shuffled)} == named


@pytest.mark.parametrize("path", ["nowhere.txt", "nowhere/*.txt", "nowhere/**/*.txt", "a\0b.txt", ""])
def test_path_that_is_not_there_is_an_error_naming_it(tmp_path: Path, path: str) -> None:
    with pytest.raises(DocumentError, match=r"no such file|no file matches") as caught:
        find_documents([f"{tmp_path}/{path}"] if path else ["nowhere"])
    assert "nowhere" in str(caught.value) or "a\\x00b.txt" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_link_loop_is_told_and_the_rest_found(folder: Path) -> None:
    before = names([folder])
    (folder / "drugs" / "up").symlink_to(folder)
    refusals: list[Refusal] = []
    found = find_documents([folder], on_refusal=refusals.append)
    assert [(file.id, file.source) for file in found] == before
    assert [str(refusal) for refusal in refusals] == [
        f"{folder}/drugs/up: is a link back to a folder that it stands in (a loop); remove the link"
    ]
    with pytest.raises(DocumentError, match="loop"):
        find_documents([folder])


def test_many_links_between_folders_do_not_multiply(tmp_path: Path) -> None:
    for n in range(30):
        (tmp_path / f"d{n}").mkdir()
        write(tmp_path / f"d{n}" / "x.txt", "x")
    for n, m in itertools.product(range(30), range(30)):
        (tmp_path / f"d{n}" / f"to{m}").symlink_to(tmp_path / f"d{m}")
    assert len(find_documents([tmp_path], on_refusal=lambda _: None)) == 30
    assert len(find_documents([f"{tmp_path}/**/*.txt"], on_refusal=lambda _: None)) == 30


def test_very_deep_folders_are_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for depth in range(1, 401):
        Path("d/" * depth).mkdir()
    write(Path("d/" * 400, "x.txt"), "x")
    assert [file.path.name for file in find_documents(["d"])] == ["x.txt"]


def test_closed_folder_is_told_and_the_rest_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def closed(path: Path) -> object:
        if Path(path).name == "drugs":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    refusals: list[Refusal] = []
    found = find_documents([folder], on_refusal=refusals.append)
    assert [file.source for file in found] == ["README", "her2.txt"]
    assert "Permission denied" in str(refusals[0])


def test_file_name_that_is_no_utf8_is_made_so(tmp_path: Path) -> None:
    write(tmp_path / os.fsdecode(b"h\xe9r2\xff.txt"), "x")
    (found,) = find_documents([tmp_path])
    assert found.source == "h\ufffdr2\ufffd.txt"
    found.id.encode("utf-8")
