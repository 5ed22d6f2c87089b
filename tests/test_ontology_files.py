"""The files of ontology/ as they stand: classes and relations complete, concepts sound and rightly identified."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from oncograph.knowledge.namespaces import expand, shorten
from oncograph.knowledge.ontology import Ontology, find_ontology, load_ontology
from oncograph.model import ONTOLOGY, Concept

rdflib = pytest.importorskip("rdflib")
pyshacl = pytest.importorskip("pyshacl")

FOLDER = find_ontology()
SHARED = Path(__file__).resolve().parents[2] / "shared"
GUIDELINES = SHARED / "gold" / "GUIDELINES.md"
VOCABULARIES = SHARED / "data" / "vocab"
MINIMUM = 1000

needs_concepts = pytest.mark.skipif(
    not any((FOLDER / "vocabulary").glob("*.ttl")), reason="ontology/vocabulary holds no file yet"
)
needs_guidelines = pytest.mark.skipif(not GUIDELINES.is_file(), reason=f"no {GUIDELINES.name} beside the checkout")
needs_vocabularies = pytest.mark.skipif(
    not VOCABULARIES.is_dir(), reason="no reference vocabularies beside the checkout"
)


@cache
def ontology() -> Ontology:
    return load_ontology(FOLDER)


@cache
def everything() -> rdflib.Graph:
    """Parse the schema and the whole vocabulary into one graph."""
    graph = rdflib.Graph().parse(FOLDER / "ontology.ttl")
    for path in sorted((FOLDER / "vocabulary").glob("*.ttl")):
        graph.parse(path)
    return graph


# --- Classes and relations


@needs_guidelines
def test_every_predicate_of_the_guidelines_is_there_with_its_inverse() -> None:
    table = GUIDELINES.read_text(encoding="utf-8").partition("## Predicates")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)`(?: \(`(\w+)`\))? \|", table, re.MULTILINE)
    assert len(rows) > 30
    assert [name for name, _ in rows if name not in ontology().predicates] == []
    assert [name for name in ontology().predicates if name not in dict(rows)] == []
    wrong = [name for name, inverse in rows if inverse and ontology().predicates[name].inverse != inverse]
    assert wrong == []


@needs_guidelines
def test_every_class_of_the_guidelines_is_there() -> None:
    text = GUIDELINES.read_text(encoding="utf-8").partition("## Classes")[2].partition("## Predicates")[0]
    named = set(re.findall(r"\b[A-Z][a-z]+[A-Za-z]*\b", re.sub(r'"[^"]*"', "", text)))
    assert len(named) > 30
    assert named <= set(ontology().classes)


def test_every_predicate_is_documented() -> None:
    for predicate in (*ontology().predicates.values(), *ontology().inverses.values()):
        assert predicate.label, predicate.name
        assert predicate.definition.endswith("."), predicate.name
        assert predicate.inverse or predicate.symmetric or predicate.literal, predicate.name


def test_python_names_no_term_that_the_ontology_lacks() -> None:
    terms = pytest.importorskip("oncograph.graph.terms")
    nodes = [node for node in vars(terms).values() if isinstance(node, NamedNode)]
    named = {node.value for node in nodes if node.value.startswith(ONTOLOGY)}
    defined = {str(subject) for subject in everything().subjects(unique=True)}
    assert named
    assert sorted(shorten(iri) for iri in named - defined) == []


def test_class_names_are_words_that_texts_use() -> None:
    for entry in ontology().classes.values():
        for name in (entry.label, *entry.synonyms):
            assert name == " ".join(name.split()), entry.name
            assert name.islower() or name.isupper() or re.fullmatch(r"[A-Za-z]*[A-Z]{2,}[a-z ]*|mAb", name), name


# --- Shapes and reasoners


@pytest.mark.parametrize("shapes", ["ontology", pytest.param("vocabulary", marks=needs_concepts)])
def test_files_conform_to_their_shapes(shapes: str) -> None:
    found = rdflib.Graph().parse(FOLDER / "shapes" / f"{shapes}.ttl")
    conforms, _, text = pyshacl.validate(everything(), shacl_graph=found, allow_warnings=True)
    assert conforms, text[:5000]


def test_reasoner_finds_nothing_of_two_disjoint_classes() -> None:
    reasonable = pytest.importorskip("reasonable")
    reasoner = reasonable.PyReasoner()
    reasoner.from_graph(everything())
    members: dict[str, set[str]] = {}
    for subject, predicate, value in reasoner.reason():
        if predicate == rdflib.RDF.type:
            members.setdefault(str(value), set()).add(str(subject))
    assert not members.get(expand("owl:Nothing"))
    clashes = [
        (shorten(iri), shorten(left), shorten(right))
        for left, right in find_disjoint()
        for iri in sorted(members.get(left, set()) & members.get(right, set()))
    ]
    assert clashes == []


def find_disjoint() -> Iterator[tuple[str, str]]:
    """Find the pairs of classes that the ontology says have no member in common."""
    graph = everything()
    for left, right in graph.subject_objects(rdflib.OWL.disjointWith):
        yield str(left), str(right)
    for group in graph.objects(predicate=rdflib.OWL.members):
        yield from combinations([str(member) for member in graph.items(group)], 2)


def test_disjointness_is_found_at_all() -> None:
    assert (ONTOLOGY + "Cancer", ONTOLOGY + "BenignCondition") in set(find_disjoint())
    assert (ONTOLOGY + "Gene", ONTOLOGY + "Disease") in set(find_disjoint())


@pytest.mark.skipif(shutil.which("java") is None, reason="no Java for the HermiT reasoner")
def test_description_logic_reasoner_finds_no_empty_class(tmp_path: Path) -> None:
    owlready2 = pytest.importorskip("owlready2", reason="owlready2, which brings the HermiT reasoner, is not installed")
    path = tmp_path / "ontology.owl"
    rdflib.Graph().parse(FOLDER / "ontology.ttl").serialize(path, format="xml")
    world = owlready2.World()
    loaded = world.get_ontology(path.as_uri()).load()
    assert len(list(loaded.classes())) > len(ontology().classes)
    with loaded:
        owlready2.sync_reasoner_hermit(world, debug=0)
    assert list(world.inconsistent_classes()) == []


# --- Concepts


@needs_concepts
def test_vocabulary_covers_the_field() -> None:
    assert len(ontology().concepts) >= MINIMUM


@needs_concepts
def test_every_name_means_one_thing_of_its_kind() -> None:
    tops = {name for name, entry in ontology().classes.items() if not entry.parents}
    owners: dict[tuple[str, frozenset[str]], list[str]] = {}
    for iri, concept in ontology().concepts.items():
        for name in {label.casefold() for label in labels_of(concept)}:
            owners.setdefault((name, ontology().ancestors(concept.class_name) & tops), []).append(shorten(iri))
    shared = {name: iris for (name, _), iris in sorted(owners.items()) if len(iris) > 1}
    assert shared == {}, f"{len(shared)} names stand for two concepts of one kind"


@needs_concepts
def test_no_two_concepts_of_a_kind_claim_to_be_the_same_thing() -> None:
    tops = {name for name, entry in ontology().classes.items() if not entry.parents}
    owners: dict[tuple[str, frozenset[str]], list[str]] = {}
    for iri, concept in ontology().concepts.items():
        for match in concept.exact_matches:
            owners.setdefault((match, ontology().ancestors(concept.class_name) & tops), []).append(shorten(iri))
    assert {match: iris for (match, _), iris in owners.items() if len(iris) > 1} == {}


@needs_concepts
def test_protein_and_its_gene_are_two_concepts() -> None:
    concepts = ontology().concepts
    pairs = [
        (concept, concepts[gene])
        for concept in concepts.values()
        for name, gene in concept.relations
        if name == "encodedBy"
    ]
    assert pairs
    for protein, gene in pairs:
        assert "Protein" in ontology().ancestors(protein.class_name), protein.label
        assert "Gene" in ontology().ancestors(gene.class_name), gene.label


def labels_of(concept: Concept) -> tuple[str, ...]:
    return (concept.label, *concept.synonyms, *concept.hidden)


# --- Identifiers, checked against the vocabularies they come from

Names = dict[str, set[str]]
"""Local part of an identifier to every name its source gives it."""


def read_rows(name: str, delimiter: str) -> Iterator[dict[str, str]]:
    quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    with gzip.open(VOCABULARIES / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter, quoting=quoting)


def read_json_lines(name: str) -> Iterator[dict]:
    with gzip.open(VOCABULARIES / name, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def read_hgnc() -> Names:
    return {row["hgnc_id"].removeprefix("HGNC:"): _gene_names(row) for row in read_rows("hgnc.tsv.gz", "\t")}


def read_ncbi_gene() -> Names:
    return {row["entrez_id"]: _gene_names(row) for row in read_rows("hgnc.tsv.gz", "\t") if row["entrez_id"]}


def _gene_names(row: dict[str, str]) -> set[str]:
    lists = (row["alias_symbols"], row["prev_symbols"])
    return {row["symbol"], row["name"], *(name for names in lists for name in names.split("|"))}


def read_doid() -> Names:
    return {
        entry["id"].removeprefix("DOID:"): {entry["name"], *(synonym["text"] for synonym in entry["synonyms"])}
        for entry in read_json_lines("doid.jsonl.gz")
    }


def read_mondo() -> Names:
    """Read Mondo, and the terms newer than the copy at hand that its mappings name."""
    names = {
        entry["id"].removeprefix("MONDO:"): {entry["name"], *entry["synonyms"]}
        for entry in read_json_lines("mondo.jsonl.gz")
    }
    for path in sorted(VOCABULARIES.glob("mondo-exactmatch-*.sssom.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            lines = (line for line in file if not line.startswith("#"))
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                labels = {row["subject_label"], row.get("object_label") or ""}
                names.setdefault(row["subject_id"].removeprefix("MONDO:"), set()).update(labels)
    return names


def read_mesh(name: str) -> Names:
    return {row["mesh_id"]: {row["name"], *row["synonyms"].split("|")} for row in read_rows(name, "\t")}


def read_drugbank() -> Names:
    return {
        row["DrugBank ID"]: {row["Common name"], *row["Synonyms"].split(" | ")}
        for row in read_rows("drugbank-vocabulary.csv.gz", ",")
    }


def read_ncit_neoplasms() -> Names:
    return {
        row["Code"]: {row["Preferred Term"], *row["Synonyms"].split(" || ")}
        for row in read_rows("ncit-neoplasm-core.csv.gz", ",")
    }


def read_famplex() -> Names:
    with gzip.open(VOCABULARIES / "famplex-entities.csv.gz", "rt", encoding="utf-8") as file:
        names: Names = {line.strip(): {line.strip().replace("_", " ")} for line in file}
    with gzip.open(VOCABULARIES / "famplex-grounding_map.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for text, *groundings in csv.reader(file):
            for source, identifier in zip(groundings[::2], groundings[1::2], strict=False):
                if source == "FPLX":
                    names.setdefault(identifier, set()).add(text)
    return names


def read_oncotree() -> Names:
    with gzip.open(VOCABULARIES / "oncotree_2025_10_03.json.gz", "rt", encoding="utf-8") as file:
        return dict(_walk_oncotree(json.load(file)))


def _walk_oncotree(nodes: dict) -> Iterator[tuple[str, set[str]]]:
    for code, node in nodes.items():
        yield code, {node["name"], *node["name"].split("/"), node["name"].removesuffix(", NOS")}
        yield from _walk_oncotree(node["children"])


# Prefix of the IRIs, the names of the source, and what can be checked: that an identifier exists and names the concept,
# that it exists (where the source has codes for names), or that it names the concept if it is in the part at hand.
SOURCES: dict[str, tuple[str, Callable[[], Names], str]] = {
    "HGNC": ("https://identifiers.org/hgnc:", read_hgnc, "exists and names"),
    "NCBIGene": ("https://identifiers.org/ncbigene:", read_ncbi_gene, "exists and names"),
    "FamPlex": ("https://identifiers.org/fplx:", read_famplex, "exists"),
    "DOID": ("http://purl.obolibrary.org/obo/DOID_", read_doid, "exists and names"),
    "MONDO": ("http://purl.obolibrary.org/obo/MONDO_", read_mondo, "exists and names"),
    "MeSH descriptors": (
        "http://id.nlm.nih.gov/mesh/D",
        lambda: read_mesh("mesh-descriptors.tsv.gz"),
        "exists and names",
    ),
    "MeSH supplementary": (
        "http://id.nlm.nih.gov/mesh/C",
        lambda: read_mesh("mesh-supplementary.tsv.gz"),
        "exists and names",
    ),
    "DrugBank": ("https://go.drugbank.com/drugs/", read_drugbank, "exists and names"),
    "NCIt neoplasms": ("http://purl.obolibrary.org/obo/NCIT_", read_ncit_neoplasms, "names"),
    "OncoTree": ("https://oncotree.mskcc.org/", read_oncotree, "exists and names"),
}


@needs_concepts
@needs_vocabularies
@pytest.mark.parametrize("source", SOURCES)
def test_identifiers_exist_and_name_the_concept(source: str) -> None:
    start, read_names, checks = SOURCES[source]
    cut = start if not start.endswith(("mesh/D", "mesh/C")) else start[:-1]
    used = [
        (concept, iri.removeprefix(cut), exact)
        for concept in ontology().concepts.values()
        for exact, iris in ((True, concept.exact_matches), (False, concept.close_matches))
        for iri in iris
        if iri.startswith(start)
    ]
    names = read_names() if used else {}
    mistakes = list(find_mistakes(used, names, checks))
    assert mistakes == [], f"{len(mistakes)} of {len(used)}:\n" + "\n".join(mistakes[:150])


def find_mistakes(used: Iterable[tuple[Concept, str, bool]], names: Names, checks: str) -> Iterator[str]:
    """Find identifiers that do not exist, or whose names in their source are none of the concept's labels."""
    for concept, identifier, exact in used:
        known = names.get(identifier)
        if known is None:
            if "exists" in checks:
                yield f"{shorten(concept.iri)}: {identifier} does not exist"
        elif (
            exact
            and "names" in checks
            and not {fold(name) for name in known} & {fold(name) for name in labels_of(concept)}
        ):
            yield f"{shorten(concept.iri)}: {identifier} is {sorted(filter(None, known))[:4]}"


def fold(name: str) -> tuple[str, ...]:
    """Fold case, spelling, hyphens, plural and the order of words: `Neoplasms, Breast` and `breast neoplasm` are one.

    >>> fold("Tumours, Beta-Cell") == fold("beta cell tumor")
    True
    """
    words = re.findall(r"\w+", name.casefold().replace("tumour", "tumor").replace("aemia", "emia").replace("oes", "es"))
    return tuple(sorted(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words))


@needs_concepts
@needs_vocabularies
def test_uniprot_entry_is_that_of_the_gene() -> None:
    start = "http://purl.uniprot.org/uniprot/"
    genes = {iri: row for row in read_rows("hgnc.tsv.gz", "\t") for iri in row["uniprot_ids"].split("|") if iri}
    mistakes = []
    for concept in ontology().concepts.values():
        coding = {
            match
            for name, gene in concept.relations
            if name == "encodedBy"
            for match in ontology().concepts[gene].notations
        }
        for match in concept.exact_matches:
            if match.startswith(start):
                row = genes.get(match.removeprefix(start))
                if row is None or (coding and row["hgnc_id"] not in coding):
                    owner = row["symbol"] if row else "no gene"
                    mistakes.append(f"{shorten(concept.iri)}: {match} belongs to {owner}")
    assert mistakes == []


@needs_concepts
@needs_vocabularies
def test_genes_go_by_their_approved_symbols() -> None:
    symbols = {row["hgnc_id"]: row["symbol"] for row in read_rows("hgnc.tsv.gz", "\t")}
    mistakes = [
        f"{shorten(concept.iri)}: {notation} is {symbols.get(notation)}"
        for concept in ontology().concepts.values()
        if "Gene" in ontology().ancestors(concept.class_name)
        for notation in concept.notations
        if notation.startswith("HGNC:") and symbols.get(notation) != concept.label
    ]
    assert mistakes == []


def test_folding_keeps_different_names_apart() -> None:
    assert fold("Breast Neoplasms") == fold("neoplasm, breast")
    assert fold("breast cancer") != fold("brain cancer")


def test_mistaken_identifiers_are_found() -> None:
    concept = Concept("urn:c", "breast cancer", "Cancer")
    names = {"1": {"Breast Cancers"}, "2": {"lung cancer"}}
    used = [(concept, identifier, True) for identifier in ("1", "2", "3")]
    assert [mistake.split(": ")[1][:1] for mistake in find_mistakes(used, names, "exists and names")] == ["2", "3"]
    assert list(find_mistakes([(concept, "2", False)], names, "exists and names")) == []
