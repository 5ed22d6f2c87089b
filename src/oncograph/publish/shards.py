"""A graph as a folder of compressed N-Quads files for the bulk loaders of other stores, with a list of the files."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from pyoxigraph import Store

from oncograph.errors import StoreError
from oncograph.graph.sorting import sort_tuples
from oncograph.publish.selection import EVERYTHING, Selection, select_quads

MANIFEST = "manifest.json"
FORM = "oncograph-shards 1"
_LEVEL = 6


def write_shards(
    store: Store, folder: Path, *, shards: int = 0, size: int = 0, keep: Selection = EVERYTHING
) -> list[dict[str, Any]]:
    """Write a graph to `shard-00001.nq.gz` and so on, with `manifest.json`, and give what the manifest says of each.

    The same graph gives the same bytes. All quads of a subject are in one of so many shards, in a few of sorted ones
    where a size is given; blank nodes are all in the first, as loaders tell them apart by file. What stood in the
    folder before is replaced once all is written.

    Args:
        shards: How many.
        size: Most quads in one, in place of a number of shards.

    Raises:
        StoreError: Something else than shards stands at the path.
    """
    folder = Path(folder)
    _check_replaceable(folder)
    with _replace_folder(folder) as part:
        lines = (f"{quad} .".encode() for quad in select_quads(store, keep))
        chosen = _spread(lines, shards) if shards else _cut(lines, size)
        written = _write(part, chosen, at_least=max(shards, 1))
        manifest = {"form": FORM, "quads": sum(shard["quads"] for shard in written), "shards": written}
        (part / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8", newline="\n")
    return written


def _spread(lines: Iterable[bytes], shards: int) -> Iterator[tuple[int, bytes]]:
    """Yield lines in order, each with the shard of its subject."""
    return sort_tuples(
        (0 if _has_blank(line) else zlib.crc32(line.partition(b" ")[0]) % shards, line) for line in lines
    )


def _cut(lines: Iterable[bytes], size: int) -> Iterator[tuple[int, bytes]]:
    """Yield lines in order, each with its shard; those with blank nodes first."""
    shard = count = 0
    for named, line in sort_tuples((not _has_blank(line), line) for line in lines):
        if count >= size and named:
            shard, count = shard + 1, 0
        count += 1
        yield shard, line


def _has_blank(line: bytes) -> bool:
    return b"_:" in line and any(term.startswith(b"_:") for term in line.split(b" ", 3)[:3])


def _write(folder: Path, lines: Iterable[tuple[int, bytes]], *, at_least: int) -> list[dict[str, Any]]:
    """Write lines, which come shard by shard, and give name, quads, bytes and digest of each file."""
    written: list[dict[str, Any]] = []
    with ExitStack() as stack:
        shard = None
        for number, line in lines:
            while shard is None or len(written) + 1 <= number:
                if shard is not None:
                    written.append(shard.close())
                shard = stack.enter_context(_Shard(folder, len(written) + 1))
            shard.write(line)
        if shard is not None:
            written.append(shard.close())
        while len(written) < at_least:
            written.append(stack.enter_context(_Shard(folder, len(written) + 1)).close())
    return written


class _Shard:
    """A file that is being written; its bytes tell no time and no name."""

    def __init__(self, folder: Path, number: int) -> None:
        self._path = folder / f"shard-{number:05}.nq.gz"
        self._file: IO[bytes] = self._path.open("wb")
        self._packed = gzip.GzipFile(filename="", fileobj=self._file, mode="wb", compresslevel=_LEVEL, mtime=0)
        self._quads = 0

    def __enter__(self) -> _Shard:
        return self

    def __exit__(self, *error: object) -> None:
        self._packed.close()
        self._file.close()

    def write(self, line: bytes) -> None:
        self._packed.write(line + b"\n")
        self._quads += 1

    def close(self) -> dict[str, Any]:
        self.__exit__()
        with self._path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = self._path.stat().st_size
        return {"name": self._path.name, "quads": self._quads, "bytes": size, "sha256": digest}


@contextmanager
def _replace_folder(folder: Path) -> Iterator[Path]:
    """Give a folder beside another that takes its place when the block ends well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    part, before = (folder.with_name(f".{folder.name}.{ending}") for ending in ("part", "before"))
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        yield part
        shutil.rmtree(before, ignore_errors=True)
        if folder.exists():
            folder.rename(before)
        part.rename(folder)
        shutil.rmtree(before, ignore_errors=True)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _check_replaceable(folder: Path) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        if json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["form"] == FORM:
            return
    except (OSError, ValueError, TypeError, KeyError):
        pass
    raise StoreError(f"{folder}: holds something else than shards and will not be overwritten; choose another place")
