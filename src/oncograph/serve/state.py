"""The graph that is served: the newest whole state of a folder that builds and curators write."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from oncograph.graph.snapshots import Snapshot, identify_store, remove_left_snapshots, take_snapshot

STORE = "store"
LOOK_EVERY = 0.5
"""Seconds for which a state counts as the newest before the folder is looked at again."""


class LiveGraph:
    """Gives the current state of a graph; a request keeps the one it began with.

    Args:
        folder: What a build has filled; it holds `store/`.

    Raises:
        StoreError: There is no store in the folder, or it is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / STORE
        remove_left_snapshots(self.path)
        self._lock = threading.Lock()
        self._snapshot = take_snapshot(self.path)
        self._looked = time.monotonic()

    @property
    def snapshot(self) -> Snapshot:
        """The newest state; while a build swaps folders, the one before it."""
        if time.monotonic() - self._looked > LOOK_EVERY:
            self.look()
        return self._snapshot

    def look(self) -> Snapshot:
        """Look at the folder now, and take its new state if there is one."""
        with self._lock:
            self._looked = time.monotonic()
            if identify_store(self.path) not in {self._snapshot.id, "0" * 16}:
                self._snapshot = take_snapshot(self.path)
            return self._snapshot

    def close(self) -> None:
        """Remove what this process keeps on the disk, when it is about to end."""
        self._snapshot.remove()
