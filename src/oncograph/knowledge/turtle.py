"""Turtle files of the ontology folder as plain entries, with errors that a curator can act on."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph

from oncograph.errors import OntologyError
from oncograph.knowledge.namespaces import expand, shorten

Node = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal
Entry = dict[str, list[Node]]
"""What a file says of one subject: property IRI to values, in file order."""

_FIRST, _REST, _NIL = expand("rdf:first"), expand("rdf:rest"), expand("rdf:nil")


def parse_turtle(data: bytes, path: Path) -> dict[str, Entry]:
    """Give what a Turtle file says of each subject, in file order.

    Subjects are IRIs, or `_:` and a name for blank nodes.

    Args:
        path: The file that `data` was read from, to be named in errors.

    Raises:
        OntologyError: The file is not Turtle; says line and column.
    """
    entries: dict[str, Entry] = {}
    current: Node | None = None
    entry: Entry = {}
    try:
        for subject, predicate, value, _ in pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.TURTLE):
            if subject != current:
                current, entry = subject, entries.setdefault(key_of(subject), {})
            entry.setdefault(predicate.value, []).append(value)
    except SyntaxError as error:
        raise OntologyError(f"{path}:{error.lineno}:{error.offset}: {_reason(error)}") from error
    return entries


def key_of(node: Node) -> str:
    """Give the key of a subject: its IRI, or `_:` and a name for a blank node."""
    return node.value if isinstance(node, pyoxigraph.NamedNode) else str(node)


def read_list(entries: dict[str, Entry], node: Node) -> list[Node]:
    """Give the members of an RDF list."""
    members = []
    while key_of(node) != _NIL:
        entry = entries[key_of(node)]
        members += entry[_FIRST]
        node = entry[_REST][0]
    return members


def place_of(iri: str, path: Path) -> str:
    """Say where a file speaks of a subject: `path:line: entity:HER2`, without the line where none begins with it."""
    name = shorten(iri)
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    found = (number for number, line in enumerate(lines, start=1) if line.split(" ", 1)[0] in (name, f"<{iri}>"))
    number = next(found, None)
    return f"{path}:{number}: {name}" if number else f"{path}: {name}"


def _reason(error: SyntaxError) -> str:
    return f"not Turtle: {error.msg.split(': ', 1)[-1]}"
