"""OncoTree's own JSON, a tree of tissues and the tumors in them → terms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oncograph.knowledge.vocabularies.collecting import About, Collector
from oncograph.knowledge.vocabularies.identifiers import Identifiers
from oncograph.knowledge.vocabularies.obographs import read_json
from oncograph.knowledge.vocabularies.source import Source
from oncograph.knowledge.vocabularies.terms import Vocabulary

TISSUE_LEVEL = 1
TISSUE_CLASS = "Anatomy"
REFERENCES = {"NCI": "NCIT:", "UMLS": "UMLS:", "MSH": "MESH:", "HEMEONC": "HEMEONC:"}


def read_oncotree(source: Source, *, class_name: str = "") -> Vocabulary:
    """Read the nodes of an OncoTree download (`api/tumorTypes/tree`).

    The tissues at its top are terms of anatomy and no parents of tumors, since no tumor is a tissue; the root that
    holds them together is no term.

    Raises:
        VocabularyError: It is not that, or what `Collector` refuses.
    """
    roots = read_json(source)
    collector = Collector(source)
    identifiers = Identifiers()
    try:
        for code, node, parent, level in _walk(roots, "", 0):
            if level == 0 and node["children"]:
                continue
            is_tissue = level <= TISSUE_LEVEL
            collector.add(
                identifiers.expand(f"ONCOTREE:{code}"),
                node["name"],
                parents=[] if is_tissue or not parent else [identifiers.expand(f"ONCOTREE:{parent}")],
                references=[
                    identifiers.expand(REFERENCES.get(name, name + ":") + identifier)
                    for name, found in (node.get("externalReferences") or {}).items()
                    for identifier in found
                ],
                class_name=TISSUE_CLASS if is_tissue else class_name,
                notation=f"ONCOTREE:{code}",
            )
    except (AttributeError, KeyError, TypeError) as error:
        raise source.error(f"not an OncoTree download ({error})", "fetch api/tumorTypes/tree again") from error
    return collector.finish(About("OncoTree"))


def _walk(nodes: dict[str, Any], parent: str, level: int) -> Iterator[tuple[str, dict[str, Any], str, int]]:
    """Give each node with its code, its parent's code unless that is a tissue, and its level."""
    for code, node in nodes.items():
        yield code, node, parent, level
        yield from _walk(node["children"], code if level > TISSUE_LEVEL else "", level + 1)
