"""What an RDF file says of each thing, by the role that it plays for a vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph

Node = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple
Entry = dict[str, list[Node]]
"""What is said of one subject: role to values, in file order."""


@dataclass(frozen=True, slots=True)
class Statements:
    """What a file says of each subject; subjects are IRIs, or `_:` and a name for blank nodes."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def of(self, types: Iterable[str]) -> Iterator[tuple[str, Entry]]:
        """Give the subjects that have an IRI and are of one of some types."""
        wanted = frozenset(types)
        for subject, entry in self.entries.items():
            if not subject.startswith("_:") and any(value_of(node) in wanted for node in entry.get("type", ())):
                yield subject, entry


def key_of(node: Node) -> str:
    """Give the key of a subject: its IRI, or `_:` and a name for a blank node."""
    return node.value if isinstance(node, pyoxigraph.NamedNode) else str(node)


def value_of(node: Node) -> str:
    """Give the IRI or the text of a node."""
    return node.value if isinstance(node, pyoxigraph.NamedNode | pyoxigraph.Literal) else str(node)
