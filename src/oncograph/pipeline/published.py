"""The folder of a graph: what a build publishes in it, and what that hangs on."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import socket
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from filelock import FileLock, Timeout

from oncograph.errors import StoreError

if TYPE_CHECKING:
    from oncograph.documents import DocumentFile
    from oncograph.graph import Journal

STORE = "store"
MANIFEST = "manifest.json"
REPORT = "report.json"
REPORT_PAGE = "report.md"
EXPORTS = {"turtle": "graph.ttl", "trig": "graph.trig"}
VIEW = "graph.html"
PUBLISHED = (*EXPORTS.values(), VIEW, REPORT, REPORT_PAGE)
JOURNAL = "curation.jsonl"
LOCK = ".build.lock"
BUILDER = ".build.process"


@contextmanager
def hold_folder(output: Path) -> Iterator[None]:
    """Be the only build of a folder.

    Raises:
        StoreError: Another build is at work in it; says which process of which machine.
    """
    output.mkdir(parents=True, exist_ok=True)
    builder = output / BUILDER
    lock = FileLock(output / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        other = builder.read_text(encoding="utf-8").strip() if builder.is_file() else "another process"
        raise StoreError(f"{output}: {other} is building here; wait for it to end, or choose another folder") from error
    try:
        builder.write_text(f"process {os.getpid()} of {socket.gethostname()}\n", encoding="utf-8")
        yield
    finally:
        builder.unlink(missing_ok=True)
        lock.release()


@contextmanager
def explain_full_disk(output: Path) -> Iterator[None]:
    """Say it in a sentence where something could not be written for want of room.

    Raises:
        StoreError: The disk of the output, or that of temporary files, is full.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if not _is_for_want_of_room(error):
            raise
        raise StoreError(
            f"{output}: the disk is full ({error}); make room and build again: the last complete graph is as it was, "
            "and what was read is kept"
        ) from error


def _is_for_want_of_room(error: Exception) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    numbers = {errno.ENOSPC, getattr(errno, "EDQUOT", None)}
    return getattr(error, "errno", None) in numbers or "space left" in str(error)  # as the store of quads says it


def find_fingerprint(
    files: Sequence[DocumentFile], ontology_folder: Path, vocabularies: Path | None, journal: Journal
) -> dict[str, Any]:
    """Return all that an output depends on, as JSON: the program's own files too, whatever its version says."""
    from oncograph.knowledge import VocabularyStore

    return {
        "vocabularies": VocabularyStore(vocabularies).digest() if vocabularies is not None else "",
        "program": digest_folder(Path(__file__).parents[1]),
        "ontology": digest_folder(ontology_folder),
        "curation": journal.digest(),
        "documents": [[file.id, file.source, digest_file(file.path)] for file in files],
    }


def digest_folder(folder: Path, *names: str) -> str:
    """Give the hex SHA-256 over the files of a folder.

    Args:
        names: Files and folders in it that count; all by default.
    """
    total = hashlib.sha256()
    roots = [folder / name for name in names] or [folder]
    for path in sorted({path for root in roots for path in (root, *root.rglob("*"))}):
        if path.is_file() and path.suffix != ".pyc":
            total.update(f"{path.relative_to(folder).as_posix()} {digest_file(path)}\n".encode())
    return total.hexdigest()


def digest_file(path: Path) -> str:
    """Give the hex SHA-256 of a file, or what kept it from being read."""
    if not path.is_file():
        return "not a file"
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        return type(error).__name__


def is_current(output: Path, fingerprint: Mapping[str, Any], *, but: str = "") -> bool:
    """Tell whether an output is what its fingerprint says, one part of it left aside."""
    from oncograph.graph import is_store

    try:
        manifest = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    wanted = {**fingerprint, "published": _describe_published(output)}
    return is_store(output / STORE) and {**manifest, but: ""} == {**wanted, but: ""}


def read_documents_of(output: Path, fingerprint: Mapping[str, Any]) -> list[tuple[str, str, str]] | None:
    """Give id, source and digest of the files that a complete output was built from.

    None where anything else than the documents has changed since, or something is missing.
    """
    if not is_current(output, fingerprint, but="documents"):
        return None
    manifest = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
    return [(id, source, digest) for id, source, digest in manifest["documents"]]


def write_manifest(output: Path, fingerprint: Mapping[str, Any]) -> None:
    """Say of an output that it is complete, and what it hangs on."""
    manifest = {**fingerprint, "published": _describe_published(output)}
    draft = output / f".{MANIFEST}.part"
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    draft.replace(output / MANIFEST)


def _describe_published(output: Path) -> list[list[Any]]:
    """Return size and time of what was published: a file that someone changed or removed is made anew."""
    paths = [output / name for name in PUBLISHED]
    return [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in paths if path.is_file()]
