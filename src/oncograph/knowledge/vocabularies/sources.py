"""The public vocabularies that can be fetched by name: a table of the ontology folder, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from oncograph.errors import OntologyError, VocabularyError
from oncograph.knowledge.toml_files import load_tables, refuse_unknown_keys

SOURCES_FILE = Path("vocabularies", "sources.toml")
SCHEMES = ("https://", "http://")
FORMS = frozenset({"obo", "json", "jsonl", "owl", "ofn", "ttl", "rdf", "xml", "nt", "tsv", "csv"})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a public vocabulary comes from, and on what terms.

    Attributes:
        name: By which it is fetched, and added: `doid`.
        address: Of the file.
        licence: Short name.
        form: Ending of the file: `obo`, `xml.gz`; empty if it is not known.
        classes: Classes of its terms, for a person to choose by.
    """

    name: str
    title: str
    address: str
    licence: str
    licence_address: str
    form: str
    classes: tuple[str, ...]
    citation: str

    @property
    def file(self) -> str:
        """Name for the file: `doid.obo`."""
        return f"{self.name}.{self.form}" if self.form else self.name


KEYS = tuple(field.name for field in fields(Source) if field.name != "name")
TEXTS = tuple(key for key in KEYS if key != "classes")


def load_sources(folder: Path) -> dict[str, Source]:
    """Load the known public vocabularies of an ontology folder, by name and in the order of the file.

    Raises:
        OntologyError: The table is not there or not well-formed; names the vocabulary and the key.
    """
    return {name: _to_source(name, table) for name, table in load_tables(folder / SOURCES_FILE).items()}


def find_source(sources: Mapping[str, Source], name: str, *, address: str = "") -> Source:
    """Find a known vocabulary, or make one of a name and an address.

    Args:
        address: Of the file, in place of the known one.

    Raises:
        VocabularyError: There is none of that name, and no address.
    """
    if not address and name not in sources:
        raise VocabularyError(f"no vocabulary {name} is known; give its address with --url, or {', '.join(sources)}")
    if not address:
        return sources[name]
    form = _find_form(address)
    if name in sources:
        return replace(sources[name], address=address, form=form or sources[name].form)
    return Source(name, "", address, "", "", form, (), "")


def _find_form(address: str) -> str:
    """Find the form of a file by the ending of its address: that of `https://example.org/a/doid.obo.gz` is `obo.gz`."""
    path = urlsplit(address).path.lower()
    packed = ".gz" if path.endswith(".gz") else ""
    form = path.removesuffix(packed).rpartition(".")[2]
    return f"{form}{packed}" if form in FORMS else ""


def _to_source(name: str, table: Any) -> Source:
    where = f"{SOURCES_FILE.as_posix()}: {name}"
    if not isinstance(table, dict):
        raise OntologyError(f"{where} is no table; begin it with [{name}]")
    refuse_unknown_keys(table, KEYS, where)
    for key in TEXTS:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise OntologyError(f"{where}: {key} is needed; add {key} = …")
    classes = table.get("classes")
    if not isinstance(classes, list) or not all(isinstance(one, str) for one in classes):
        raise OntologyError(f"{where}: classes is no list of names; add classes = […]")
    for key in ("address", "licence_address"):
        if not table[key].startswith(SCHEMES):
            raise OntologyError(f"{where}: {key} is no web address; begin it with https://")
    if table["form"].removesuffix(".gz") not in FORMS:
        raise OntologyError(f"{where}: no form {table['form']}; use one of {', '.join(sorted(FORMS))}")
    return Source(name, classes=tuple(classes), **{key: table[key] for key in TEXTS})
