"""Which column of a table, or key of a JSON record, holds what of a term."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from oncograph.errors import VocabularyError

SCOPES = ("exact", "narrow", "broad", "related")
LISTS = (*SCOPES, "parents", "references", "exact_matches", "tree")
TEXTS = ("id", "label", "label_else", "definition", "class", "obsolete", "prefix", "scope")
OTHER_KEYS = {"synonyms": "exact", "xrefs": "references", "name": "label"}
COLUMNS = {"class": "class_column", "label_else": "label_else"}
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " "}
FALSE = frozenset({"", "0", "false", "no", "f", "n"})
FORM = "id=ID,label=NAME,synonyms=OTHER:|"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of several values.

    Attributes:
        separator: What stands between the values; empty where there is one value.
        prefix: What makes identifiers in it compact or full ones: `NCBIGene:`, or the beginning of an IRI.
    """

    name: str
    separator: str = ""
    prefix: str = ""

    @classmethod
    def parse(cls, text: str) -> Column:
        """Read the form that users write: a name, a separator and a prefix, with colons between.

        >>> Column.parse("entrez_id:|:NCBIGene")
        Column(name='entrez_id', separator='|', prefix='NCBIGene:')
        """
        name, separator, prefix = (*text.split(":", 2), "", "")[:3]
        return cls(name.strip(), SEPARATORS.get(separator.strip(), separator.strip()), to_prefix(prefix.strip()))


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what; a table may lack those that are empty here.

    Attributes:
        id: Column of the identifier: compact, an IRI, or what becomes one with `prefix`.
        label_else: Column whose first value is the label where `label` is empty.
        prefix: What makes an identifier a compact one or an IRI: `MESH:`, `https://example.org/terms/`.
        exact, narrow, broad, related: Columns of synonyms, by scope.
        tree: Column of tree numbers, which give the hierarchy: `C04.588` stands above `C04.588.180`.
        class_column: Column that says of what class a term is.
        classes: What begins a value of that column → class; the longest beginning wins, then the first.
        class_name: Class of the terms that neither says anything of.
        obsolete: Column that says that a term is out of use, by one of `obsolete_values`.
        obsolete_unless: Whether those values are the ones that say it is in use.
        headings: Names of the columns of a table that has no header line.
        strict: Whether each column named must be there.
    """

    id: str = "id"
    label: str = "label"
    label_else: Column = Column("")
    prefix: str = ""
    definition: str = ""
    exact: tuple[Column, ...] = ()
    narrow: tuple[Column, ...] = ()
    broad: tuple[Column, ...] = ()
    related: tuple[Column, ...] = ()
    parents: tuple[Column, ...] = ()
    references: tuple[Column, ...] = ()
    exact_matches: tuple[Column, ...] = ()
    tree: tuple[Column, ...] = ()
    class_column: Column = Column("")
    classes: Mapping[str, str] = field(default_factory=dict)
    class_name: str = ""
    obsolete: str = ""
    obsolete_values: tuple[str, ...] = ()
    obsolete_unless: bool = False
    headings: tuple[str, ...] = ()
    title: str = ""
    licence: str = ""
    strict: bool = True

    def needed(self) -> list[str]:
        """Give the names of the columns that a table must have."""
        if not self.strict:
            return [self.id, self.label]
        single = [self.id, self.label, self.definition, self.class_column.name, self.obsolete]
        return [name for name in (*single, *(one.name for key in LISTS for one in getattr(self, key))) if name]

    def find_class(self, values: Iterable[str]) -> str:
        """Give the class that the values of the class column tell.

        >>> Columns(classes={"C": "Disease", "C04": "Cancer"}).find_class(["C23.300", "C04.182"])
        'Cancer'
        """
        if not self.classes:
            return next(iter(values), self.class_name)
        best = max(
            (start for value in values for start in self.classes if value.startswith(start)),
            key=lambda start: (len(start), -[*self.classes].index(start)),
            default=None,
        )
        return self.class_name if best is None else self.classes[best]

    def is_obsolete(self, value: str) -> bool:
        """Tell whether a value of the column `obsolete` says that a term is out of use.

        >>> Columns(obsolete_values=("Approved",), obsolete_unless=True).is_obsolete("Entry Withdrawn")
        True
        """
        if not self.obsolete_values:
            return value.casefold() not in FALSE
        return (value in self.obsolete_values) is not self.obsolete_unless


def read_columns(text: str) -> Columns:
    """Read what a user says of the columns: the path of a TOML file, or `id=ID,label=NAME,synonyms=OTHER:|`.

    Keys are id, label, synonyms (or exact, narrow, broad, related), definition, parents, xrefs, exact_matches, tree,
    class, obsolete and prefix. A column of several values is followed by a colon and what separates them, where need
    be by another and the prefix of its identifiers: `xrefs=entrez:|:NCBIGene`. A key may come more than once.
    `obsolete` takes a column, with a value after `=` or `!=`: `obsolete=status!=Approved`. Where the table has no
    header line, `headings=ID|NAME|OTHER` names its columns.

    Raises:
        VocabularyError: A key is not known, or id or label is missing.

    >>> read_columns("id=mesh_id,label=name,synonyms=synonyms:|,prefix=MESH").exact
    (Column(name='synonyms', separator='|', prefix=''),)
    """
    if "=" not in text:
        return _read_file(Path(text))
    said: dict[str, Any] = {}
    for part in text.split(","):
        key, equals, value = part.strip().partition("=")
        if not equals or not value:
            raise VocabularyError(f"--columns: {part.strip()!r} says nothing; write {FORM}")
        said.setdefault(key.strip(), []).append(value.strip())
    return make_columns(said, "--columns")


def make_columns(said: Mapping[str, Any], where: str) -> Columns:
    """Make a column map of the table that a TOML file or a command line gives.

    Raises:
        VocabularyError: A key is not known, or id or label is missing.
    """
    settings: dict[str, Any] = {}
    table = {OTHER_KEYS.get(key, key): value for key, value in said.items()}
    known = {*LISTS, *TEXTS, *(one.name for one in fields(Columns))} - {"class_column"}
    unknown = sorted(set(table) - known)
    if unknown:
        raise VocabularyError(f"{where}: unknown key {unknown[0]}; the keys are {', '.join(sorted(known))}")
    scope = _text(table.pop("scope", "exact"), where)
    if scope not in SCOPES:
        raise VocabularyError(f"{where}: scope is {scope!r}; it is one of {', '.join(SCOPES)}")
    if scope != "exact":
        table[scope] = [*_list(table.get(scope, [])), *_list(table.pop("exact", []))]
    for key, value in table.items():
        if key in LISTS:
            settings[key] = tuple(Column.parse(one) for one in _list(value))
        elif key in COLUMNS:
            settings[COLUMNS[key]] = Column.parse(_text(value, where))
        elif key == "obsolete":
            settings.update(_read_obsolete(_text(value, where)))
        elif key == "prefix":
            settings[key] = to_prefix(_text(value, where))
        elif key == "headings":
            settings[key] = tuple(name for one in _list(value) for name in one.split("|"))
        else:
            settings[key] = value if isinstance(value, dict | bool) else _text(value, where)
    for key in ("id", "label"):
        if not settings.get(key):
            raise VocabularyError(f"{where}: id and label are needed; write {FORM}")
    return Columns(**settings)


def to_prefix(text: str) -> str:
    """Give a prefix with its colon; the beginning of an IRI stays as it is.

    >>> to_prefix("MESH"), to_prefix("https://example.org/terms/")
    ('MESH:', 'https://example.org/terms/')
    """
    return text if not text or ":" in text else f"{text}:"


def _read_file(path: Path) -> Columns:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise VocabularyError(f"--columns {path}: there is no such file; name a TOML file or write {FORM}") from None
    except OSError as error:
        raise VocabularyError(f"{path}: cannot be read ({error.strerror}); name a TOML file or write {FORM}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise VocabularyError(f"{path}: not TOML: {error}; write id = 'ID' and the like, one a line") from None
    return make_columns(table, str(path))


def _read_obsolete(text: str) -> dict[str, Any]:
    name, unequal, values = text.partition("!=")
    if not unequal:
        name, _, values = text.partition("=")
    parts = tuple(part.strip() for part in values.split("|") if part.strip())
    return {"obsolete": name.strip(), "obsolete_values": parts, "obsolete_unless": bool(unequal)}


def _text(value: Any, where: str) -> str:
    single = value[0] if isinstance(value, list) and len(value) == 1 else value
    if not isinstance(single, str):
        raise VocabularyError(f"{where}: {value!r} is not one text; give one column")
    return single


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [*value]
