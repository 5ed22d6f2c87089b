"""The curated ontology and added vocabularies read together."""

from pathlib import Path

from oncograph.knowledge import load_knowledge
from oncograph.knowledge.vocabularies.store import VocabularyStore
from oncograph.knowledge.vocabularies.terms import Term, Vocabulary
from oncograph.model import Document
from oncograph.reading import read_document
from oncograph.reading.blocks import find_blocks


def test_an_alteration_of_an_imported_gene_below_another_term_is_read(tmp_path: Path) -> None:
    above = Term("https://v.example/T0", "zorvin family", class_name="Gene")
    gene = Term("https://v.example/T1", "zorvin factor", class_name="Gene", parents=(above.iri,))
    store = VocabularyStore(tmp_path / "vocabularies")
    store.add("small", Vocabulary("Small", "1", "CC0", (above, gene)), source="small.obo", sha256="00")
    _, reader = load_knowledge(vocabularies=store.folder)
    text = "People with a faulty copy of zorvin factor have a higher risk of breast cancer."

    reading = read_document(Document("d", "", text, find_blocks(text)), reader)

    assert (gene.iri, "hasAlteration") in {(claim.subject, claim.predicate) for claim in reading.claims}
