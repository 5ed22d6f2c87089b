"""The ontology folder and the added vocabularies together, as what a build knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from oncograph.knowledge.kept import load_curated, without_collecting
from oncograph.knowledge.ontology import Ontology
from oncograph.knowledge.vocabularies.compiled import Compiled, load_compiled
from oncograph.knowledge.vocabularies.naming import load_context
from oncograph.knowledge.vocabularies.store import VocabularyStore
from oncograph.reading.imported import Imported
from oncograph.reading.reader import Reader


def load_knowledge(folder: Path | None = None, *, vocabularies: Path | None = None) -> tuple[Ontology, Reader]:
    """Load an ontology folder with the vocabularies that a user has added, and what reads with them.

    Args:
        folder: The ontology folder; the one that `find_ontology` finds by default.
        vocabularies: Folder of a `VocabularyStore`; by default none is used.

    Raises:
        OncographError: One of the two folders is broken; names the file and the mend.
    """
    curated, reader = load_curated(folder)
    with without_collecting():
        ontology, compiled = join_vocabularies(curated, vocabularies)
    if compiled is None:
        return ontology, reader
    context = load_context(curated.folder or Path())
    return ontology, replace(reader, imported=Imported(compiled.dictionary, compiled.entities, context))


def join_vocabularies(curated: Ontology, vocabularies: Path | None) -> tuple[Ontology, Compiled | None]:
    """Give an ontology with what added vocabularies say of its concepts, and their own entities; None without any.

    Raises:
        VocabularyError: The folder is broken; names the mend.
    """
    store = VocabularyStore(vocabularies) if vocabularies is not None else None
    compiled = load_compiled(store, curated) if store is not None else None
    if store is None or compiled is None:
        return curated, None
    concepts = {**curated.concepts, **compiled.curated}
    return replace(curated, concepts=concepts, vocabularies=tuple(store.records())), compiled
