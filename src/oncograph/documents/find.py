"""Paths, folders and globs as the user gives them → the files to read."""

from __future__ import annotations

import glob
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from oncograph.documents.naming import DocumentFile, FoundFile, name_files
from oncograph.documents.refusal import Refusal, show
from oncograph.errors import DocumentError

JUNK_NAMES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "__pycache__", "node_modules"})
JUNK_ENDINGS = ("~", ".tmp", ".part", ".crdownload", ".swp", ".pyc")
JUNK_BEGINNINGS = (".", "~$")

Refuse = Callable[[Refusal], None]


def find_documents(paths: Sequence[str | Path], *, on_refusal: Refuse | None = None) -> list[DocumentFile]:
    """Find the files that paths, folders and glob patterns name: each once, sorted by source.

    A folder is searched through all its subfolders, without hidden files, what editors and systems leave behind
    (`Thumbs.db`, `~$draft.docx`), and folders that a build wrote. Identifiers and order depend on the files only, not
    on the order in which they are given.

    Args:
        paths: Files, folders, or patterns in which `**` stands for any number of folders.
        on_refusal: Told of each link loop and closed folder inside the folders; without it they raise.

    Raises:
        DocumentError: A path that does not exist, or a pattern that no file matches.
    """
    refuse = on_refusal or _raise_refusal
    found = [file for path in paths for file in _find_files(str(path), refuse)]
    return name_files(_keep_one_each(found))


def is_junk(name: str) -> bool:
    """Tell whether a file or folder is hidden, or one that systems and editors leave behind.

    >>> [name for name in ("README", ".DS_Store", "~$her2.docx", "her2.txt~") if is_junk(name)]
    ['.DS_Store', '~$her2.docx', 'her2.txt~']
    """
    lowered = name.lower()
    return lowered in JUNK_NAMES or lowered.endswith(JUNK_ENDINGS) or name.startswith(JUNK_BEGINNINGS)


def is_build(folder: Path) -> bool:
    """Tell whether a folder is what a build writes: an Oxigraph store, or the folder that holds one."""
    try:
        inner = [Path(entry.path) for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return False
    return any((path / "CURRENT").is_file() and (path / "IDENTITY").is_file() for path in (folder, *inner))


def _raise_refusal(refusal: Refusal) -> None:
    raise DocumentError(str(refusal))


def _find_files(given: str, refuse: Refuse) -> Iterator[FoundFile]:
    path = Path(given)
    if _is_folder(path):
        if is_build(path):
            raise DocumentError(f"{show(given)}: holds a graph that oncograph wrote; give the folder of the documents")
        yield from _search_folder(path, path, refuse)
    elif os.path.lexists(given):
        yield _to_found(path, path.parent)
    elif glob.has_magic(given):
        yield from _match_pattern(given, refuse)
    else:
        raise DocumentError(f"{show(given)}: no such file or folder; check the path")


def _match_pattern(pattern: str, refuse: Refuse) -> Iterator[FoundFile]:
    root = _fixed_folder(pattern)
    matches = _find_deep(pattern, root, refuse) if "**" in Path(pattern).parts else _find_flat(pattern, root, refuse)
    empty = True
    for file in matches:
        empty = False
        yield file
    if empty:
        raise DocumentError(f"{show(pattern)}: no file matches this pattern; check it")


def _fixed_folder(pattern: str) -> Path:
    parts = Path(pattern).parts[:-1]
    fixed = next((count for count, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    return Path(*parts[:fixed])


def _find_flat(pattern: str, root: Path, refuse: Refuse) -> Iterator[FoundFile]:
    for match in sorted(glob.glob(pattern)):  # noqa: PTH207 - Path.glob takes no absolute pattern
        path = Path(match)
        if is_junk(path.name):
            continue
        if not _is_folder(path):
            yield _to_found(path, root)
        elif not is_build(path):
            yield from _search_folder(path, root, refuse)


def _find_deep(pattern: str, root: Path, refuse: Refuse) -> Iterator[FoundFile]:
    """Match `**` by the guarded walk: that of the standard library goes round in link loops."""
    wanted = Path(pattern).parts[len(root.parts) :]
    for file in _search_folder(root, root, refuse) if _is_folder(root) else ():
        if _matches(Path(file.source).parts, wanted):
            yield file


def _matches(parts: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    if not wanted:
        return not parts
    if wanted[0] == "**":
        return wanted[1:] == () or any(_matches(parts[n:], wanted[1:]) for n in range(len(parts)))
    return bool(parts) and fnmatchcase(parts[0], wanted[0]) and _matches(parts[1:], wanted[1:])


def _search_folder(folder: Path, root: Path, refuse: Refuse) -> Iterator[FoundFile]:
    """Walk a folder: each real folder once, those behind links last."""
    seen: set[tuple[int, int]] = set()
    waiting = deque([folder])
    name = root.absolute().name
    while waiting:
        here = waiting.popleft()
        if not _enter(here, folder, seen, refuse):
            continue
        source = here.relative_to(root).as_posix()
        below = "" if source == "." else f"{source}/"
        for entry in _list_folder(here, refuse):
            if not _is_folder(entry.path):
                yield FoundFile(here / entry.name, below + entry.name, name, entry.is_symlink())
            elif entry.is_symlink():
                waiting.append(here / entry.name)
            else:
                waiting.appendleft(here / entry.name)


def _enter(here: Path, top: Path, seen: set[tuple[int, int]], refuse: Refuse) -> bool:
    status = here.stat()
    identity = status.st_dev, status.st_ino
    if identity in seen:
        if Path(os.path.realpath(here.parent)).is_relative_to(os.path.realpath(here)):
            refuse(Refusal(show(here), "is a link back to a folder that it stands in (a loop); remove the link"))
        return False
    seen.add(identity)
    return here == top or not is_build(here)


def _list_folder(folder: Path, refuse: Refuse) -> list[os.DirEntry[str]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        refuse(Refusal(show(folder), f"the folder cannot be opened ({error.strerror}); the files in it are not read"))
        return []
    return [entry for entry in entries if not is_junk(entry.name)]


def _is_folder(path: str | Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises where the folder above is closed


def _to_found(path: Path, root: Path) -> FoundFile:
    return FoundFile(path, path.relative_to(root).as_posix(), root.absolute().name, path.is_symlink())


def _keep_one_each(files: list[FoundFile]) -> list[FoundFile]:
    """Keep one path to each file: not a link where there is a choice, then the one furthest below its folder."""
    chosen: dict[str, FoundFile] = {}
    real_folder = cache(os.path.realpath)
    for file in sorted(files, key=_preference):
        if file.is_link:
            real = os.path.realpath(file.path)
        else:
            real = os.path.join(real_folder(file.path.parent), file.path.name)  # noqa: PTH118 - of ten thousand files
        chosen.setdefault(real, file)
    return sorted(chosen.values(), key=lambda file: (file.source, str(file.path)))


def _preference(file: FoundFile) -> tuple[bool, int, str, str]:
    return file.is_link, -file.source.count("/"), file.source, str(file.path)
