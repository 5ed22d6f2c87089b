"""Tables of the ontology folder, read strictly: a key that is not known is refused with its file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from oncograph.errors import OntologyError


def load_tables(path: Path) -> dict[str, Any]:
    """Load a TOML file; a mistake in it is an `OntologyError` with its line and column."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OntologyError(f"{path.parent.name}/{path.name}: {error}") from error


def refuse_unknown_keys(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Refuse a table that has a key nobody reads."""
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise OntologyError(f"{where}: unknown key {unknown[0]!r}; the keys are {', '.join(sorted(known))}")
