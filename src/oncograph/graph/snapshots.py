"""A store as it stands at one moment: read by servers while builds and curators replace the store behind it."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import weakref
from pathlib import Path

from pyoxigraph import Store

from oncograph.graph.index import has_index, write_index
from oncograph.graph.search import SearchIndex
from oncograph.graph.store import copy_store, open_store


class Snapshot:
    """A store that stays as it is while this object lives, whatever happens to the folder it was taken from.

    Attributes:
        folder: The private copy of the store; other processes may open it for reading as long as this object lives.
        id: 16 hexadecimal digits; another state of the store has another id.
        store: The copy, opened for reading.
        index: The names, sentences and claims of this state, to search.
    """

    def __init__(self, folder: Path, id: str) -> None:
        self.folder = folder
        self.id = id
        self.store: Store = open_store(folder)
        if not has_index(folder):  # the store was written before stores had one, or had this one
            write_index(folder)
        self.index = SearchIndex(folder, self.store)
        self._finalizer = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def remove(self) -> None:
        """Remove the copy at once, when the process is about to end without further notice."""
        self._finalizer()


def take_snapshot(path: Path) -> Snapshot:
    """Copy a store and open the copy for reading; large files are shared by hard links, where the disk can.

    The copy lies beside the store and is removed with the snapshot.

    Raises:
        StoreError: There is no store, or it is damaged.
    """
    path = Path(path)
    for _ in range(5):
        id = identify_store(path)
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.snapshot-{os.getpid()}-", dir=path.parent))
        try:
            copy_store(path, folder)
        except FileNotFoundError:  # a build has put a new store in its place meanwhile
            shutil.rmtree(folder, ignore_errors=True)
            continue
        if identify_store(path) == id:
            return Snapshot(folder, id)
        shutil.rmtree(folder, ignore_errors=True)
    open_store(path)  # says what is wrong
    raise OSError(f"{path}: changes faster than it can be read")


def identify_store(path: Path) -> str:
    """Give 16 hexadecimal digits that differ between any two states of stores; all zeros where there is none."""
    total = hashlib.sha256()
    try:
        for name in ("IDENTITY", "CURRENT"):
            total.update((path / name).read_bytes())
        for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
            total.update(f"{entry.name} {entry.stat().st_size} {entry.stat().st_mtime_ns}\n".encode())
    except OSError:
        return "0" * 16
    return total.hexdigest()[:16]


def remove_left_snapshots(path: Path) -> None:
    """Remove the snapshots beside a store that processes left behind which were killed."""
    for folder in path.parent.glob(f".{path.name}.snapshot-*-*"):
        owner = folder.name.rsplit("-", 2)[1]
        if not (owner.isdigit() and _is_alive(int(owner))):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # signal 0 would end the process there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
