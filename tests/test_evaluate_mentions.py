"""Names against annotated abstracts, with documents of a line made by hand."""

import json

import pytest

from oncograph.errors import OncographError
from oncograph.evaluate_mentions import (
    AnnotatedDocument,
    NamedEntity,
    compact_identifier,
    evaluate_mentions,
    human_genes,
    identifiers_of,
    name_finder,
    read_annotations,
)
from oncograph.knowledge import load_knowledge, load_ontology, load_reader
from oncograph.knowledge.vocabularies.formats import read_vocabulary
from oncograph.knowledge.vocabularies.store import VocabularyStore
from oncograph.model import Concept

TEXT = "Sunitinib for renal and thyroid cancer; sunitinib again, and Kit in mice."


def entity(words: str, group: str, *identifiers: str, nth: int = 0) -> NamedEntity:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return NamedEntity(start, start + len(words), group, identifiers)


def score(gold, found, **options):
    (line,) = evaluate_mentions([AnnotatedDocument("1", TEXT, tuple(gold))], lambda _: found, **options)
    return line


def test_a_span_is_right_only_with_both_offsets():
    gold = [entity("thyroid cancer", "Disease", "MESH:D013964")]
    assert score(gold, [entity("thyroid cancer", "Disease")]).spans.f1 == 1
    assert score(gold, [entity("cancer", "Disease")]).spans.f1 == 0


def test_an_entity_named_twice_counts_once():
    gold = [entity("Sunitinib", "Drug", "MESH:C473478"), entity("sunitinib", "Drug", "MESH:C473478")]
    found = [entity("Sunitinib", "Drug", "MESH:D000077210"), entity("sunitinib", "Drug", "MESH:D000077210")]
    identifiers = score(gold, found).identifiers
    assert (identifiers.gold, identifiers.found, identifiers.right) == (1, 1, 0)


@pytest.mark.parametrize(
    "identifier",
    ["MESH:D013964", "mesh:D013964", "http://id.nlm.nih.gov/mesh/D013964"],
    ids=["compact", "lower", "iri"],
)
def test_any_identifier_of_an_entity_may_match(identifier):
    gold = [entity("thyroid cancer", "Disease", "MESH:D013964")]
    assert score(gold, [entity("cancer", "Disease", "DOID:1781", identifier)]).identifiers.f1 == 1


def test_a_composite_mention_asks_for_each_of_its_identifiers():
    gold = [entity("renal and thyroid cancer", "Disease", "MESH:D007680", "MESH:D013964")]
    identifiers = score(gold, [entity("thyroid cancer", "Disease", "MESH:D013964")]).identifiers
    assert (identifiers.precision, identifiers.recall) == (1, 0.5)


def test_one_entity_may_carry_two_annotated_identifiers():
    gold = [entity("renal", "Disease", "MESH:C538614"), entity("thyroid", "Disease", "OMIM:144700")]
    identifiers = score(gold, [entity("renal", "Disease", "MESH:C538614", "OMIM:144700")]).identifiers
    assert (identifiers.precision, identifiers.recall) == (1, 1)


def test_what_has_no_identifier_counts_for_spans_alone():
    gold = [entity("Sunitinib", "Drug")]
    line = score(gold, [entity("Sunitinib", "Drug")])
    assert (line.spans.gold, line.spans.right) == (1, 1)
    assert (line.identifiers.gold, line.identifiers.found) == (0, 0)


def test_an_entity_without_any_identifier_of_the_annotated_sources_is_spared():
    gold = [entity("Sunitinib", "Drug", "MESH:C473478")]
    identifiers = score(gold, [entity("Sunitinib", "Drug", "DRUGBANK:DB01268")]).identifiers
    assert (identifiers.gold, identifiers.found, identifiers.left_out) == (1, 0, 1)


def test_a_group_that_is_not_annotated_is_not_judged():
    gold = [entity("Sunitinib", "Drug", "MESH:C473478")]
    found = [entity("Sunitinib", "Drug", "MESH:C473478"), entity("Kit", "Gene", "HGNC:6342")]
    assert score(gold, found).name == "Drug"


def test_names_on_annotations_left_out_are_neither_right_nor_wrong():
    gold = [entity("Kit", "Gene", "NCBIGene:16590")]
    found = [entity("Kit", "Gene", "NCBIGene:3815"), entity("thyroid", "Gene", "NCBIGene:1")]
    line = score(gold, found, judged={"Gene": {"NCBIGene:3815"}.__contains__})
    assert (line.identifiers.gold, line.identifiers.found, line.identifiers.left_out) == (0, 1, 1)
    assert (line.spans.gold, line.spans.found, line.spans.left_out) == (0, 1, 1)


@pytest.mark.parametrize(
    ("given", "compact"),
    [
        ("https://identifiers.org/hgnc:3430", "HGNC:3430"),
        ("http://purl.obolibrary.org/obo/MONDO_0007254", "MONDO:0007254"),
        ("MIM:114480", "OMIM:114480"),
        ("ncbigene:2064", "NCBIGene:2064"),
        ("rs121913529", "rs121913529"),
        ("p|SUB|V|600|E", "p|SUB|V|600|E"),
    ],
)
def test_identifiers_are_written_one_way(given, compact):
    assert compact_identifier(given) == compact


def record(**changes) -> str:
    entities = [{"start": 0, "end": 4, "type": "GeneOrGeneProduct", "ids": ["NCBIGene:2064"]}]
    entities.append({"start": 8, "end": 12, "type": "OrganismTaxon", "ids": ["NCBITaxon:10090"]})
    return json.dumps({"id": 7, "title": "HER2 in", "abstract": "mice.", "entities": entities} | changes)


def test_annotations_are_read_with_the_title_before_the_abstract(tmp_path):
    (tmp_path / "a.jsonl").write_text(record() + "\n\n")
    (doc,) = read_annotations(tmp_path / "a.jsonl")
    assert doc == AnnotatedDocument("7", "HER2 in mice.", (NamedEntity(0, 4, "Gene", ("NCBIGene:2064",)),))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "a.jsonl:2: not an annotated abstract"),
        ('{"id": 1, "title": "", "abstract": ""}', "a.jsonl:2: not an annotated abstract"),
        (record(entities=[{"start": "x"}]), "a.jsonl:2: not an annotated abstract"),
        (record(entities=[{"start": 4, "end": 44, "type": "Disease", "ids": []}]), "4-44 is not in the text of 13"),
    ],
)
def test_a_line_that_is_no_annotated_abstract_is_named(tmp_path, line, message):
    (tmp_path / "a.jsonl").write_text(record() + "\n" + line)
    with pytest.raises(OncographError, match=message):
        read_annotations(tmp_path / "a.jsonl")


def variant_record(title: str, *annotated: tuple[str, str]) -> str:
    entities = [
        {"start": title.index(words), "end": title.index(words) + len(words), "type": "SequenceVariant", "ids": [one]}
        for words, one in annotated
    ]
    return record(title=title, entities=entities)


def score_variants(tmp_path, title: str, *annotated: tuple[str, str]):
    (tmp_path / "v.jsonl").write_text(variant_record(title, *annotated))
    find = name_finder(load_reader(load_ontology()), load_ontology())
    (line,) = evaluate_mentions(read_annotations(tmp_path / "v.jsonl"), find)
    return line.spans, line.identifiers


def test_variants_are_compared_by_the_change_that_their_words_say(tmp_path):
    annotated = [("Asn822Lys", "p|SUB|N|822|K"), ("D816V", "p|SUB|D|816|H"), ("rs7903146", "rs7903146")]
    spans, identifiers = score_variants(tmp_path, "KIT p.Asn822Lys, D816V and rs7903146.", *annotated)
    assert (spans.gold, spans.right) == (3, 2)
    assert (identifiers.gold, identifiers.found, identifiers.right, identifiers.recalled) == (3, 3, 2, 2)


def test_a_number_that_only_a_database_gives_is_left_out_and_the_name_on_it_spared(tmp_path):
    spans, identifiers = score_variants(tmp_path, "KIT D816V mutations.", ("D816V", "rs121913507"))
    assert (spans.gold, spans.right) == (1, 1)
    assert (identifiers.gold, identifiers.found, identifiers.left_out) == (0, 0, 1)


def test_a_variant_that_is_not_annotated_is_wrong_but_a_mutation_is_none(tmp_path):
    spans, identifiers = score_variants(tmp_path, "KIT D816V and N822K mutations.", ("D816V", "p|SUB|D|816|V"))
    assert (spans.found, spans.right) == (2, 1)
    assert (identifiers.found, identifiers.right) == (2, 1)


VELAR = (
    "mesh_id\tname\tsynonyms\ttree_numbers\n"
    "D900001\tVelar Diseases\t\tC07.900\n"
    "D011507\tProteinuria\t\tC23.888.942.750\n"
    "D900002\tAlbuminuria\t\tC23.888.942.750.100\n"
    "D900003\tVelosis\tVelar Decay\tC23.550.470.950\n"
)
GENES = "hgnc_id\tsymbol\tname\tstatus\tentrez_id\nHGNC:9900001\tZVLA1\tvelar factor 1\tApproved\t99000001\n"
ONTOLOGY = """format-version: 1.2
ontology: velum

[Term]
id: DOID:9900001
name: velar blastoma
is_a: MESH:D900001

[Term]
id: DOID:9900002
name: autosomal recessive disease
is_a: MESH:D900001
"""


@pytest.fixture(scope="module")
def velar(tmp_path_factory):
    """The ontology with three small vocabularies."""
    folder = tmp_path_factory.mktemp("velar")
    store = VocabularyStore(folder / "store")
    for name, text in {"mesh.tsv": VELAR, "genes.tsv": GENES, "velum.obo": ONTOLOGY}.items():
        (folder / name).write_text(text)
        store.add(name.partition(".")[0], read_vocabulary(folder / name), source=name, sha256=name)
    return load_knowledge(vocabularies=store.folder)


def found_in(knowledge, text: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    ontology, reader = knowledge
    return {text[one.start : one.end]: (one.group, one.identifiers) for one in name_finder(reader, ontology)(text)}


def test_what_a_source_lacks_is_identified_by_the_wider_concept_it_has(velar):
    assert found_in(velar, "Three velar blastomas.")["velar blastomas"] == ("Disease", ("DOID:9900001", "MESH:D900001"))


def test_the_heading_that_has_this_very_name_comes_first(velar):
    group, identifiers = found_in(velar, "They had albuminuria.")["albuminuria"]
    assert (group, [one for one in identifiers if one.startswith("MESH:")]) == ("Disease", ["MESH:D900002"])
    _, identifiers = found_in(velar, "They had proteinuria.")["proteinuria"]
    assert [one for one in identifiers if one.startswith("MESH:")] == ["MESH:D011507"]


def test_a_disease_is_none_of_the_things_of_another_kind_that_share_its_name(velar):
    group, identifiers = found_in(velar, "It is an autosomal recessive disorder.")["autosomal recessive disorder"]
    assert (group, identifiers) == ("Disease", ("DOID:9900002", "MESH:D900001"))


def test_a_pathologic_process_is_judged_with_the_diseases(velar):
    assert found_in(velar, "Velosis was seen.")["Velosis"] == ("Disease", ("MESH:D900003",))


def test_genes_are_judged_where_a_vocabulary_has_them(velar):
    ontology, reader = velar
    judged = human_genes(reader, ontology)["Gene"]
    assert (judged("NCBIGene:99000001"), judged("NCBIGene:16590")) == (True, False)
    ontology, reader = load_knowledge()
    assert human_genes(reader, ontology) == {}


def test_of_each_source_the_likeliest_that_it_has_counts():
    one = Concept("DOID:1", "gouty arthritis", "Disease", close_matches=("MESH:D9",))
    other = Concept("MONDO:2", "gout", "Disease", exact_matches=("MESH:D2", "DOID:2"))
    assert identifiers_of(one, other) == ("DOID:1", "MONDO:2", "MESH:D2")
    assert identifiers_of(one, others=[other]) == ("DOID:1", "MESH:D9", "MONDO:2")
