"""The protein of a fused gene, told from the gene by the words beside its name."""

import pytest

from oncograph.knowledge import load_ontology, load_reader
from oncograph.model import Document
from oncograph.reading import read_document
from oncograph.reading.blocks import find_blocks

READER = load_reader(load_ontology())


def subjects(text: str) -> set[str]:
    reading = read_document(Document("doc", "", text, find_blocks(text)), READER)
    return {claim.subject.rsplit("/")[-1] for claim in reading.claims}


@pytest.mark.parametrize(
    "text",
    [
        "EML4-ALK is a constitutively active kinase.",
        "The chimeric protein EML4-ALK promotes cell division.",
        "EML4-ALK, an oncogenic tyrosine kinase, promotes cell division.",
        "EML4-ALK constitutively activates the MAPK pathway.",
        "Crizotinib inhibits the EML4-ALK kinase.",
        "The protein produced from the EML4-ALK fusion gene drives cell growth.",
    ],
)
def test_protein_is_meant(text: str) -> None:
    assert subjects(text) == {"EML4-ALK_fusion_protein"}


@pytest.mark.parametrize("text", ["EML4-ALK fusions respond to crizotinib.", "EML4-ALK causes lung cancer."])
def test_gene_is_meant(text: str) -> None:
    assert "EML4-ALK_fusion" in subjects(text)
    assert "EML4-ALK_fusion_protein" not in subjects(text)


def test_protein_that_no_vocabulary_has_is_made() -> None:
    assert subjects("ETV6-NTRK3 is a fusion protein.") == {"ETV6-NTRK3_fusion_protein"}
