"""A folder and its graph kept in step: whenever a document is added, changed or removed, the graph is built anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from glob import has_magic
from pathlib import Path
from threading import Event

from oncograph.errors import OncographError
from oncograph.report import BuildReport

QUIET_MILLISECONDS = 500
"""How long nothing may change before a build begins: files that are copied in come together."""


def watch(
    paths: Sequence[str | Path],
    output: Path,
    build: Callable[[], BuildReport],
    *,
    watched: Sequence[Path] = (),
    stop: Event | None = None,
) -> Iterator[BuildReport | OncographError]:
    """Build, and build again after every change; give each report, or why there is none, and go on.

    Args:
        paths: As given to the build; of a glob, the folder above its first sign is watched.
        output: Never counts as changed.
        watched: What else the build reads: the ontology, added vocabularies.
        stop: Ends the watch.
    """
    import watchfiles

    own = output.resolve()
    yield _try(build)
    roots = sorted({_find_root(Path(path)) for path in (*paths, *watched)})
    changes = watchfiles.watch(
        *roots,
        watch_filter=lambda _, path: own not in (Path(path).resolve(), *Path(path).resolve().parents),
        debounce=QUIET_MILLISECONDS * 4,
        step=QUIET_MILLISECONDS,
        stop_event=stop,
        raise_interrupt=True,
    )
    for _ in changes:
        yield _try(build)


def _try(build: Callable[[], BuildReport]) -> BuildReport | OncographError:
    try:
        return build()
    except OncographError as error:
        return error


def _find_root(path: Path) -> Path:
    """Give what is watched for a path: itself, or the folder that can hold it.

    >>> _find_root(Path("/*/papers/2026-*.txt")).as_posix()
    '/'
    """
    while has_magic(str(path)) or not path.exists():
        if path == path.parent:
            break
        path = path.parent
    return path
