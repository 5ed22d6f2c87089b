"""Terms of different vocabularies that have the same name and are of one kind: the same thing where nothing speaks
against it, though no mapping says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from oncograph.knowledge.vocabularies.terms import Term
from oncograph.model import Concept
from oncograph.reading.lexicon import fold_name

FAMILIES = (
    ("Disease", "Symptom", "PathologicProcess"),
    ("Drug",),
    ("Gene",),
    ("Protein",),
    ("CellType",),
    ("Anatomy",),
    ("Procedure",),
)
"""Classes whose things have names of their own: a disease and a gene may share one, a disease and a symptom are one."""
INVERTED = re.compile(r"([^,]+), ([^,]+)")
PLURAL = re.compile(r"(?<=[a-z]{3}[^isu])s\b")


def find_namesakes(
    curated: Mapping[str, Concept],
    terms: Mapping[str, Sequence[tuple[str, Term]]],
    class_of: Callable[[str], str],
    is_a: Callable[[str, str], bool],
) -> Iterator[tuple[str, str]]:
    """Give pairs of a concept and a term whose preferred names are the same, then those where it is a synonym of a
    curated concept; a name that two terms of one vocabulary have gives none.

    Args:
        class_of: Class that is said of a term; empty where none is.
    """
    labels: dict[tuple[int, str], dict[str, list[str]]] = {}
    families = {iri: _family(concept.class_name, is_a) for iri, concept in curated.items()}
    for iri, concept in sorted(curated.items()):
        labels.setdefault((families[iri], _fold(concept.label)), {}).setdefault("", []).append(iri)
    for iri, sources in sorted(terms.items()):
        family = _family(class_of(iri), is_a)
        for name, term in sources:
            for form in _forms(term.label):
                labels.setdefault((family, form), {}).setdefault(name, []).append(iri)
    for (family, _), owners in sorted(labels.items()):
        if family < 0 or len(owners) < len(("one", "other")) or any(len(set(iris)) > 1 for iris in owners.values()):
            continue
        first, *others = (iris[0] for iris in owners.values())
        yield from ((first, other) for other in others)
    for iri, concept in sorted(curated.items()):
        for synonym in concept.synonyms:
            for name, found in labels.get((families[iri], _fold(synonym)), {}).items():
                if name and families[iri] >= 0 and len(set(found)) == 1:
                    yield iri, found[0]


def _family(class_name: str, is_a: Callable[[str, str], bool]) -> int:
    """Give the number of the family of a class; -1 for what is of none."""
    if not class_name:
        return -1
    return next((at for at, tops in enumerate(FAMILIES) if any(is_a(class_name, top) for top in tops)), -1)


def _forms(label: str) -> Iterator[str]:
    """Give a name as it is, and with what stands after its comma in front: "Carcinoma, Hepatocellular".

    >>> list(_forms("Carcinoma, Hepatocellular"))
    ['carcinoma, hepatocellular', 'hepatocellular carcinoma']
    """
    yield _fold(label)
    if (match := INVERTED.fullmatch(label)) is not None:
        yield _fold(f"{match[2]} {match[1]}")


def _fold(name: str) -> str:
    """Fold what spelling leaves open, the plural too.

    >>> _fold("Breast Neoplasms"), _fold("Hepatitis"), _fold("Seizures")
    ('breast neoplasm', 'hepatitis', 'seizure')
    """
    return PLURAL.sub("", fold_name(name).lower())
