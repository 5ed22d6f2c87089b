"""What is SKOS's own: labels in many languages or as things themselves, a hierarchy stated from above."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph

from oncograph.knowledge.vocabularies.statements import Node, Statements, key_of, value_of


def labels_of(nodes: Iterable[Node], said: Statements, *, only_english: bool = False) -> list[str]:
    """Give the English texts among some labels, then those of no language; others only where there are none of these.

    Args:
        only_english: Give no texts of other languages.
    """
    texts: dict[str, list[str]] = {}
    for node in nodes:
        for literal in _literals(node, said):
            texts.setdefault(_language(literal), []).append(literal.value)
    readable = [text for language in ("en", "") for text in texts.get(language, ())]
    if readable or only_english or not texts:
        return readable
    return texts[min(texts)]


def parents_from_above(said: Statements) -> dict[str, list[str]]:
    """Give the wider concepts that say so themselves (skos:narrower), by the narrower one."""
    wider: dict[str, list[str]] = {}
    for subject, entry in said.entries.items():
        for node in entry.get("children", ()):
            if not subject.startswith("_:"):
                wider.setdefault(value_of(node), []).append(subject)
    return wider


def _literals(node: Node, said: Statements) -> Iterator[pyoxigraph.Literal]:
    """Give a label itself, or the literal forms of a SKOS-XL label."""
    if isinstance(node, pyoxigraph.Literal):
        yield node
        return
    for form in said.entries.get(key_of(node), {}).get("form", ()):
        if isinstance(form, pyoxigraph.Literal):
            yield form


def _language(literal: pyoxigraph.Literal) -> str:
    language = (literal.language or "").casefold()
    return "en" if language == "en" or language.startswith("en-") else language
