"""What the ontology folder makes of itself, kept from one start to the next: reading begins without compiling it anew.

What is kept belongs to the bytes of the folder, of our own code and to the version of Python: a change of any makes it
anew. A file that is missing, damaged or another user's is passed over; where none can be written, starts are slower.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import importlib
import io
import os
import pickle
import re
import stat
import sys
import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MethodType
from typing import Any

from oncograph.knowledge.ontology import Ontology, digest_folder, find_ontology, load_ontology
from oncograph.knowledge.reader import Kinds, load_reader
from oncograph.model import Concept
from oncograph.reading.lexicon import Lexicon
from oncograph.reading.reader import Reader

FOLDER_VARIABLE = "ONCOGRAPH_CACHE"
ENDING = ".reader"
KEPT_FILES = 6
"""How many are kept: one for each ontology folder, and each version of Python and oncograph, used lately."""
SEAL_BYTES = hashlib.sha256().digest_size
DAMAGE = (
    OSError,
    pickle.UnpicklingError,
    ValueError,
    TypeError,
    EOFError,
    LookupError,
    AttributeError,
    ImportError,
    RuntimeError,
)


def load_curated(folder: Path | None = None) -> tuple[Ontology, Reader]:
    """Load an ontology folder and the reader it makes, as kept at an earlier start where nothing has changed since.

    Args:
        folder: The ontology folder; the one that `find_ontology` finds by default.

    Raises:
        OntologyError: The folder is broken; names the file and the mend.
    """
    folder = folder or find_ontology()
    cache = find_cache()
    with without_collecting():
        path = cache / (_state(folder) + ENDING) if cache is not None else None
        kept = _read(path) if path is not None else None
        if kept is None:
            ontology = load_ontology(folder)
            kept = ontology, load_reader(ontology, folder)
            if path is not None and path.stem == _state(folder):
                _write(path, kept)
        return kept


def find_cache() -> Path | None:
    """Give the user's folder for what can be made anew: `ONCOGRAPH_CACHE`, or the one usual on the system.

    None where the variable is set to nothing, or the user has no home.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    try:
        if sys.platform == "win32":
            place = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        elif sys.platform == "darwin":
            place = Path.home() / "Library" / "Caches"
        else:
            place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return None
    return place / "oncograph"


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Put off the search for garbage: what is loaded stays, and is much."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.enable()


def _state(folder: Path) -> str:
    parts = (sys.version, sys.implementation.cache_tag, str(folder), digest_folder(folder), _digest_code())
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]


@functools.cache
def _digest_code() -> str:
    """Give the digest of our own code as it was at the start; loaded modules do not change."""
    package = Path(__file__).resolve().parents[1]
    total = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        data = path.read_bytes()
        total.update(f"{path.relative_to(package).as_posix()}\n{len(data)}\n".encode())
        total.update(data)
    return total.hexdigest()


def _read(path: Path) -> tuple[Ontology, Reader] | None:
    try:
        if not _is_own(path.parent) or not _is_own(path):
            return None
        data = memoryview(path.read_bytes())
        seal, body = data[:SEAL_BYTES], data[SEAL_BYTES:]
        if hashlib.sha256(body).digest() != seal:
            return None
        ontology, reader = _Unpickler(io.BytesIO(body)).load()
    except DAMAGE:
        return None
    return (ontology, reader) if isinstance(ontology, Ontology) and isinstance(reader, Reader) else None


def _is_own(path: Path) -> bool:
    """Tell whether nobody but the user can have written a file or folder."""
    if not hasattr(os, "getuid"):
        return True
    status = path.lstat()
    is_plain = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
    return is_plain and status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _write(path: Path, kept: tuple[Ontology, Reader]) -> None:
    """Keep what was made, at one stroke; the files used longest ago give way."""
    draft = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _is_own(path.parent):
            return
        body = io.BytesIO()
        _Pickler(body, protocol=5).dump(kept)
        handle, draft = tempfile.mkstemp(suffix=".draft", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(body.getbuffer()).digest())
            file.write(body.getbuffer())
        Path(draft).replace(path)
        others = [(other.stat().st_mtime, other) for other in path.parent.glob("*" + ENDING) if other != path]
        for _, other in sorted(others, reverse=True)[KEPT_FILES - 1 :]:
            other.unlink(missing_ok=True)
    except OSError:
        with contextlib.suppress(OSError):
            if draft:
                Path(draft).unlink()


class _Pickler(pickle.Pickler):
    """Writes expressions with their compiled codes, automata as the names they are made of, methods by their owner."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, re.Pattern):
            return _restore_expression, _take_apart(value)
        if isinstance(value, Lexicon):
            return _restore_lexicon, (value.concepts, value.symbols, value.names)
        if isinstance(value, MethodType):
            return _restore_method, (value.__self__, value.__name__)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    """Reads what `_Pickler` writes and refuses all else: a file cannot name code to be run."""

    def find_class(self, module: str, name: str) -> Any:
        known = RESTORERS.get(name) if module == __name__ else None
        if known is not None:
            return known
        if (module, name) in PLAIN or module.startswith(OWN_MODULES):
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is nothing that is kept")


def _take_apart(expression: re.Pattern[str]) -> tuple[Any, ...]:
    """Give an expression with what compiling made of it, where this Python tells, else with nothing."""
    try:
        compiler: Any = importlib.import_module("re._compiler")
        parsed = compiler._parser.parse(expression.pattern, expression.flags)
        code = array("I", map(int, compiler._code(parsed, expression.flags)))
        groups = parsed.state.groups
    except (ImportError, AttributeError):
        return expression.pattern, expression.flags, 0, {}, b""
    return expression.pattern, expression.flags, groups - 1, dict(expression.groupindex), code.tobytes()


def _restore_expression(pattern: str, flags: int, groups: int, names: dict[str, int], code: bytes) -> re.Pattern[str]:
    """Make an expression of what `_take_apart` gave."""
    if not code:
        return re.compile(pattern, flags)
    codes = array("I")
    codes.frombytes(code)
    group_names: list[str | None] = [None] * (groups + 1)
    for name, number in names.items():
        group_names[number] = name
    made: re.Pattern[str] = _sre.compile(pattern, flags, codes.tolist(), groups, names, tuple(group_names))
    return made


def _restore_lexicon(
    concepts: Mapping[str, Concept], symbols: dict[str, tuple[Concept, ...]], names: dict[str, tuple[Concept, ...]]
) -> Lexicon:
    return Lexicon.ready(concepts, symbols, names)


def _restore_method(owner: object, name: str) -> Any:
    if not isinstance(owner, Kinds | Ontology) or name.startswith("_"):
        raise pickle.UnpicklingError(f"{name} of {type(owner).__name__} is nothing that is kept")
    return getattr(owner, name)


_sre: Any = importlib.import_module("_sre")
OWN_MODULES = ("oncograph.model", "oncograph.reading.", "oncograph.knowledge.ontology", "oncograph.knowledge.reader")
PLAIN = {("pathlib", type(Path()).__name__), ("pathlib._local", type(Path()).__name__)}
RESTORERS: dict[str, Callable[..., Any]] = {
    restore.__name__: restore for restore in (_restore_expression, _restore_lexicon, _restore_method)
}
