"""Processes that work for a build: they leave Ctrl-C to it, and end when it ends, however that was."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process


def start_processes(jobs: int) -> ProcessPoolExecutor:
    """Give an executor with so many processes; where the main module cannot be imported again, more than none fail."""
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_follow_parent)


def _follow_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End at once when the build was killed: the next one must be the only one that writes."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
