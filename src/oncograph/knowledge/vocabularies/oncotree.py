"""The OncoTree, as the tree in JSON that its site gives (https://oncotree.mskcc.org)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from oncograph.knowledge.vocabularies.identifiers import to_iri
from oncograph.knowledge.vocabularies.terms import Term, Vocabulary

ROOT = "TISSUE"
TISSUE_LEVEL = 1
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def is_oncotree(content: Any) -> bool:
    """Tell whether JSON is the OncoTree: a node TISSUE that has all others below it."""
    return isinstance(content, dict) and isinstance(content.get(ROOT), dict) and "children" in content[ROOT]


def read_oncotree(content: Mapping[str, Any], *, class_name: str = "") -> Vocabulary:
    """Read the cancers of the tree; the tissues at its top are no cancers."""
    terms = tuple(_walk(content[ROOT]["children"], "", class_name or "Cancer"))
    return Vocabulary("OncoTree", "", LICENCE, terms)


def _walk(nodes: Mapping[str, Any], above: str, class_name: str) -> Iterator[Term]:
    for code, node in nodes.items():
        if node.get("level", TISSUE_LEVEL) <= TISSUE_LEVEL:
            yield from _walk(node["children"], "", class_name)
            continue
        iri = to_iri(f"ONCOTREE:{code}")
        yield Term(
            iri,
            node["name"],
            class_name,
            parents=(above,) if above else (),
            references=tuple(to_iri(f"NCIT:{one}") for one in node.get("externalReferences", {}).get("NCI", ())),
            notation=f"ONCOTREE:{code}",
        )
        yield from _walk(node["children"], iri, class_name)
