"""Tables, JSON Lines and column maps; the tables that many have; mapping sets."""

from pathlib import Path

import pytest

from oncograph.errors import VocabularyError
from oncograph.knowledge.ontology import find_ontology, load_ontology
from oncograph.knowledge.vocabularies.formats import read_columns, read_vocabulary
from oncograph.knowledge.vocabularies.tables import load_known_tables
from oncograph.knowledge.vocabularies.terms import Mapping, Term, Vocabulary

OBO = "http://purl.obolibrary.org/obo/"
MESH = "http://id.nlm.nih.gov/mesh/"


def read(folder: Path, name: str, text: str | bytes, columns: str = "") -> Vocabulary:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_vocabulary(path, columns=read_columns(columns) if columns else None)


# --- The tables that many have


def test_genes_as_their_committee_gives_them_out(tmp_path: Path) -> None:
    text = (
        "hgnc_id\tsymbol\tname\tlocus_group\tstatus\talias_symbol\talias_name\tprev_symbol\tprev_name\tentrez_id\t"
        "ensembl_gene_id\tuniprot_ids\tomim_id\n"
        'HGNC:99991\tVLR1\tvelar factor 1\tprotein-coding gene\tApproved\t"VF1|VELAR1"\tvelar one\tC0orf1\t\t990001\t'
        "ENSG00000990001\tQ99991\t990001|990002\n"
        "HGNC:99992\tVLR2\tvelar factor 2\twithdrawn\tEntry Withdrawn\t\t\t\t\t\t\t\t\n"
    )
    found = read(tmp_path, "hgnc_complete_set.txt", text)
    assert found.obsolete == 1
    assert found.terms == (
        Term(
            "https://identifiers.org/hgnc:99991",
            "VLR1",
            "Gene",
            exact=("velar factor 1", "VF1", "VELAR1", "velar one", "C0orf1"),
            exact_matches=(
                "https://identifiers.org/ncbigene:990001",
                "http://identifiers.org/ensembl/ENSG00000990001",
            ),
            references=(
                "http://purl.uniprot.org/uniprot/Q99991",
                "https://omim.org/entry/990001",
                "https://omim.org/entry/990002",
            ),
            notation="HGNC:99991",
        ),
    )


def test_drugs_of_the_open_vocabulary(tmp_path: Path) -> None:
    text = (
        "DrugBank ID,Accession Numbers,Common name,CAS,UNII,Synonyms,Standard InChI Key\n"
        'DB99991,BT1 | BT2,Velarumab,1-1-1,,"Velarumab | VL-1 | velarumab, humanized",\n'
    )
    [term] = read(tmp_path, "drugbank vocabulary.csv", text).terms
    assert (term.iri, term.class_name) == ("https://go.drugbank.com/drugs/DB99991", "Drug")
    assert term.exact == ("VL-1", "velarumab, humanized")


def test_value_sets_of_the_nci_thesaurus_say_what_is_benign(tmp_path: Path) -> None:
    text = (
        "Code,Preferred Term,Synonyms,Definition,Neoplastic Status\n"
        'C900001,Velar Blastoma,VB || Blastoma of Velum,"A made-up, bad tumor.",Malignant\n'
        "C900002,Velar Adenoma,,,Benign\nC900003,Velar Neoplasm,,,Undetermined || Benign\n"
    )
    found = read(tmp_path, "neoplasm.csv", text)
    assert [term.class_name for term in found.terms] == ["Cancer", "BenignCondition", "Disease"]
    assert found.terms[0].exact == ("VB", "Blastoma of Velum")
    assert found.terms[0].iri == f"{OBO}NCIT_C900001"


def test_flat_file_of_the_nci_thesaurus(tmp_path: Path) -> None:
    iri = "<http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#C900001>"
    text = (
        f"C900001\t{iri}\tC900005|C900006\tVelar Blastoma|VB\tA tumor.\t\t\tNeoplastic Process\t\n"
        f"C900002\t{iri}\t\tOld Thing\t\t\tRetired_Concept\tNeoplastic Process\t\n"
        f"C900003\t{iri}\t\tVelarumab|VL-1\t\tVelarumab Antibody\t\tPharmacologic Substance|Antibiotic\t\n"
    )
    found = read(tmp_path, "Thesaurus.txt", text)
    first, second = found.terms
    assert found.obsolete == 1
    assert (first.label, first.exact, first.parents) == (
        "Velar Blastoma",
        ("VB",),
        (f"{OBO}NCIT_C900005", f"{OBO}NCIT_C900006"),
    )
    assert (second.label, second.exact, second.class_name) == ("Velarumab Antibody", ("Velarumab", "VL-1"), "Drug")


MESH_TABLE = (
    "mesh_id\tname\tsynonyms\ttree_numbers\n"
    "D900001\tVelar Diseases\t\tC07.900\n"
    "D900002\tVelar Neoplasms\tVelar Cancer|Cancer of Velum\tC04.588.900|C07.900.100\n"
    "D900003\tVelarumab\t\tD12.776.124.486.485.114.224.900\n"
    "D900004\tVelar Fatigue\t\tC23.888.900\n"
    "D900005\tVelar Studies\t\tH01.900\n"
)


def test_places_in_the_tree_tell_class_and_parents(tmp_path: Path) -> None:
    found = read(tmp_path, "mesh.tsv", MESH_TABLE).terms
    assert [term.class_name for term in found] == ["Disease", "Cancer", "MonoclonalAntibody", "Symptom", ""]
    assert [term.parents for term in found] == [(), (f"{MESH}D900001",), (), (), ()]


@pytest.mark.parametrize(
    ("place", "class_name"),
    [
        ("C23.550.835", "Disease"),
        ("C23.550.470", "PathologicProcess"),
        ("C23.550.355.412", "Disease"),
        ("C23.550.291.500", "BiologicalProcess"),
    ],
)
def test_what_mesh_files_under_pathologic_processes_is_told_apart(tmp_path: Path, place: str, class_name: str) -> None:
    [term] = read(tmp_path, "mesh.tsv", f"mesh_id\tname\tsynonyms\ttree_numbers\nD900009\tVelosis\t\t{place}\n").terms
    assert term.class_name == class_name


def test_terms_above_each_other_in_two_trees_are_not_parents(tmp_path: Path) -> None:
    text = MESH_TABLE.replace("C07.900\n", "C07.900|C04.588.900.500\n")
    assert [term.parents for term in read(tmp_path, "mesh.tsv", text).terms] == [(), (), (), (), ()]


def test_mesh_in_ascii_and_xml_say_the_same(tmp_path: Path) -> None:
    ascii_text = (
        "*NEWRECORD\nRECTYPE = D\nMH = Velar Diseases\nMN = C07.900\nUI = D900001\n\n"
        "*NEWRECORD\nRECTYPE = D\nMH = Velar Neoplasms\nPRINT ENTRY = Velar Cancer|T191|NON|EQV\n"
        "ENTRY = Cancer of Velum\nMN = C04.588.900\nMN = C07.900.100\nMS = Tumors of the velum.\nUI = D900002\n"
    )
    records = "".join(
        f"<DescriptorRecord><DescriptorUI>{ui}</DescriptorUI><DescriptorName><String>{name}</String></DescriptorName>"
        f"<TreeNumberList>{''.join(f'<TreeNumber>{place}</TreeNumber>' for place in places)}</TreeNumberList>"
        f"<ConceptList><Concept PreferredConceptYN='Y'><ScopeNote>{note}</ScopeNote><TermList>"
        f"{''.join(f'<Term><String>{term}</String></Term>' for term in (name, *terms))}"
        "</TermList></Concept></ConceptList></DescriptorRecord>\n"
        for ui, name, note, terms, places in (
            ("D900001", "Velar Diseases", "", (), ("C07.900",)),
            (
                "D900002",
                "Velar Neoplasms",
                "Tumors of the velum.",
                ("Velar Cancer", "Cancer of Velum"),
                ("C04.588.900", "C07.900.100"),
            ),
        )
    )
    xml_text = (
        f'<?xml version="1.0"?>\n<!DOCTYPE DescriptorRecordSet>\n<DescriptorRecordSet>{records}</DescriptorRecordSet>'
    )
    found = read(tmp_path, "d2026.bin", ascii_text)
    assert found.terms[1] == Term(
        f"{MESH}D900002",
        "Velar Neoplasms",
        "Cancer",
        exact=("Velar Cancer", "Cancer of Velum"),
        definition="Tumors of the velum.",
        parents=(f"{MESH}D900001",),
        notation="MESH:D900002",
    )
    assert read(tmp_path, "desc2026.xml", xml_text).terms == found.terms
    with pytest.raises(VocabularyError, match=r"desc2026\.xml:\d+: not XML"):
        read(tmp_path, "desc2026.xml", xml_text[:-80])


def test_every_class_of_the_known_tables_is_in_the_ontology() -> None:
    classes = load_ontology(find_ontology()).classes
    for known in load_known_tables():
        named = {*known.columns.classes.values(), known.columns.class_name} - {""}
        assert named <= classes.keys()


def test_oncotree_parts_tissues_from_tumors(tmp_path: Path) -> None:
    text = (
        '{"TISSUE": {"name": "Tissue", "externalReferences": {}, "children": {"VELUM": {"name": "Velum", "mainType": '
        '"Velar Cancer", "externalReferences": {"NCI": ["C900009"]}, "children": {"VLB": {"name": "Velar Blastoma", '
        '"externalReferences": {"UMLS": ["C9000001"], "NCI": ["C900001"]}, "children": {"VLBX": {"name": '
        '"Velar Blastoma, X Type", "externalReferences": {}, "children": {}}}}}}}}}'
    )
    found = {term.notation: term for term in read(tmp_path, "tree.json", text).terms}
    assert list(found) == ["ONCOTREE:VELUM", "ONCOTREE:VLB", "ONCOTREE:VLBX"]
    assert found["ONCOTREE:VELUM"].class_name == "Anatomy"
    assert found["ONCOTREE:VLB"].parents == ()
    assert f"{OBO}NCIT_C900001" in found["ONCOTREE:VLB"].references
    assert found["ONCOTREE:VLBX"].parents == ("https://oncotree.mskcc.org/VLB",)


# --- The user's own tables


def test_columns_of_an_own_table(tmp_path: Path) -> None:
    text = "code;what;others;up;gene;state\n7;velar assay;VA, velar test;8;990001;in use\n9;old assay;;;;gone\n"
    columns = "id=code,label=what,synonyms=others:comma,parents=up,xrefs=gene::NCBIGene,obsolete=state=gone,prefix=LAB"
    found = read(tmp_path, "own.csv", text, columns)
    assert found.obsolete == 1
    assert found.terms == (
        Term(
            "LAB:7",
            "velar assay",
            exact=("VA", "velar test"),
            parents=("LAB:8",),
            references=("https://identifiers.org/ncbigene:990001",),
        ),
    )


def test_columns_may_stand_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "columns.toml"
    path.write_text(
        'id = "code"\nlabel = "what"\nsynonyms = ["a, b:|"]\nprefix = "https://example.org/"\nclass = "kind"\n'
        '[classes]\ncancer = "Cancer"\n'
    )
    [term] = read(tmp_path, "own.csv", 'code,what,"a, b",kind\n7,velar blastoma,VB|VLB,cancer of x\n', str(path)).terms
    assert (term.iri, term.exact, term.class_name) == ("https://example.org/7", ("VB", "VLB"), "Cancer")


def test_columns_of_a_table_without_header_are_named(tmp_path: Path) -> None:
    columns = "headings=id|what|other,id=id,label=what,synonyms=other,prefix=FPLX"
    found = read(tmp_path, "own.csv", "VLR,velar family,\nVLS,velar set,VS\n", columns)
    assert [(term.iri, term.label, term.exact) for term in found.terms] == [
        ("https://identifiers.org/fplx:VLR", "velar family", ()),
        ("https://identifiers.org/fplx:VLS", "velar set", ("VS",)),
    ]


def test_plain_headers_need_no_map(tmp_path: Path) -> None:
    [term] = read(tmp_path, "own.csv", "id,label,synonyms\nDOID:9000001,velar blastoma,VB|VLB\n").terms
    assert (term.iri, term.exact) == (f"{OBO}DOID_9000001", ("VB", "VLB"))


def test_json_lines_say_the_scope_of_each_synonym(tmp_path: Path) -> None:
    text = (
        '{"id": "DOID:9000001", "name": "velar blastoma", "def": "A tumor.", "parents": ["DOID:4"], '
        '"xrefs": ["NCI:C1"], "synonyms": [{"text": "VB", "scope": "EXACT"}, '
        '{"text": "blastoma", "scope": "BROAD"}, {"text": "VLB"}]}'
        "\n\n"
        '{"id": "DOID:9000002", "name": "velar adenoma", "synonyms": ["VA"], "alt_ids": ["9000003"]}\n'
    )
    first, second = read(tmp_path, "own.jsonl", text).terms
    assert (first.exact, first.broad, first.definition) == (("VB", "VLB"), ("blastoma",), "A tumor.")
    assert (first.parents, first.references) == ((f"{OBO}DOID_4",), (f"{OBO}NCIT_C1",))
    assert (second.exact, second.exact_matches) == (("VA",), (f"{OBO}DOID_9000003",))


TABLE = "id,label,synonyms\nDOID:1,velar blastoma,VB\n"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", TABLE + "DOID:2,velar\nDOID:3,x,y\n", r"a\.csv:3: 2 fields in place of 3; mend the line"),
        ("b.csv", TABLE + 'DOID:2,"velar, x\nDOID:3,x,y\n', r"b\.csv:3: the row cannot be read \(up to line 4\)"),
        ("c.csv", TABLE + "DOID:2,x,y\n\nDOID:1,z,\n", r"c\.csv:5: .*DOID_1 stands there twice, and at line 2 before"),
        ("d.csv", TABLE + "DOID:2,,y\n", r"d\.csv:3: nothing stands under label"),
        ("e.csv", TABLE + ",x,y\n", r"e\.csv:3: nothing stands under id"),
        ("f.csv", TABLE.encode() + b"DOID:2,caf\xe9,\n", r"f\.csv:3: byte e9 is no UTF-8, at offset 53; save"),
        ("g.csv", TABLE + f"DOID:2,x,{'y' * 1001}\n", r"g\.csv:3: a name of .*DOID_2 has 1,001 characters"),
        ("h.csv", TABLE + f"DOID:2,x,{'y' * 10_000_000}\n", r"h\.csv:3: "),
        ("i.tsv", TABLE.replace(",", "\t") + f"DOID:2\tx\t{'y' * 10_000_000}\n", r"i\.tsv:3: .*10,000,000 characters"),
        ("j.csv", "id,label,synonyms\n", r"j\.csv: holds no term"),
        ("k.csv", "  \n\n", r"k\.csv: is empty"),
        ("l.jsonl", '{"id": "DOID:1", "name": "x"}\n{"id": "DOID:2", \n', r"l\.jsonl:2: not JSON"),
        ("m.jsonl", '{"id": "DOID:1", "name": "x"}\n[1]\n', r"m\.jsonl:2: not a JSON object"),
        ("n.jsonl", '{"code": "DOID:1"}\n', r"n\.jsonl:1: no vocabulary of a known form; .*\(it has code\)"),
        (
            "o.csv",
            "id,label,parents\nA:1,x,A:2\nA:2,y,A:1\n",
            r"o\.csv:2: A:1 \(x\) is a kind of A:2 \(y\) is a kind of",
        ),
        ("p.txt", "Velar blastoma is a tumor.\n", r"p\.txt:1: no vocabulary of a known form; these can be read: OBO"),
        ("q.csv", b"PK\x03\x04...", r"q\.csv: is a zip archive; unpack it"),
        ("r.csv", TABLE.encode("utf-16"), r"r\.csv: is UTF-16; save it as UTF-8"),
        ("u.csv", "id,label,label\n", r"u\.csv:1: two columns are called label; rename one"),
        ("v.csv", TABLE + "DOID:2,a\0b,\n", r"v\.csv:3: a text of .*DOID_2 holds the character U\+0000; take it out"),
        ("w.jsonl", '{"id": "DOID:1", "name": "\\ud800"}\n', r"w\.jsonl:1: a text of .* holds the character U\+D800"),
        ("s.json", '{\n"a": {"b": 1}}', r"s\.json:1: JSON, but of no vocabulary that is known"),
        ("t.jsonl", '{"id": "DOID:1", "name": ' + "[" * 100_000, r"t\.jsonl:1: "),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, name: str, text: str | bytes, message: str) -> None:
    with pytest.raises(VocabularyError, match=message):
        read(tmp_path, name, text)


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_mark_at_the_beginning_is_no_part_of_the_first_column(tmp_path: Path, name: str) -> None:
    text = TABLE.replace(",", "\t") if name.endswith("tsv") else TABLE
    assert read(tmp_path, name, b"\xef\xbb\xbf" + text.encode()) == read(tmp_path, name, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match=r"none\.obo: No such file"):
        read_vocabulary(tmp_path / "none.obo")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("id=id", "id and label are needed"),
        ("id=id,label=label,colour=x", "unknown key colour; the keys are "),
        ("id=id,label=label,synonyms", "'synonyms' says nothing"),
        ("id=id,label=label,scope=near", "scope is 'near'; it is one of exact, narrow"),
        ("id=id,label=label,id=other", "is not one text"),
        ("none.toml", "there is no such file"),
    ],
)
def test_wrong_maps_are_refused(columns: str, message: str) -> None:
    with pytest.raises(VocabularyError, match=message):
        read_columns(columns)


def test_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        VocabularyError, match=r"a\.csv:1: there is no column other; the columns are id, label, synonyms"
    ):
        read(tmp_path, "a.csv", TABLE, "id=id,label=label,synonyms=other")


def test_a_map_of_columns_is_for_tables(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match=r"a\.obo: a column map is for tables; this is OBO"):
        read(tmp_path, "a.obo", "format-version: 1.2\n", "id=id,label=label")


# --- Mapping sets

SSSOM = """# curie_map:
#   OWN: https://example.org/own/
#   mesh: http://identifiers.org/mesh/
# license: https://example.org/cc0
# mapping_set_id: https://example.org/own.sssom.tsv
# mapping_set_version: "7"
"""


@pytest.mark.parametrize(
    ("row", "mapping"),
    [
        ("OWN:1\tskos:exactMatch\tmesh:D1", Mapping("https://example.org/own/1", "exactMatch", f"{MESH}D1")),
        ("OWN:1\towl:equivalentClass\tDOID:1", Mapping("https://example.org/own/1", "exactMatch", f"{OBO}DOID_1")),
        ("OWN:1\trdfs:subClassOf\tDOID:1", Mapping("https://example.org/own/1", "broadMatch", f"{OBO}DOID_1")),
        ("OWN:1\town:resembles\tDOID:1", Mapping("https://example.org/own/1", "mappingRelation", f"{OBO}DOID_1")),
    ],
)
def test_mappings_of_every_kind_are_kept(tmp_path: Path, row: str, mapping: Mapping) -> None:
    found = read(tmp_path, "own.sssom.tsv", f"{SSSOM}subject_id\tpredicate_id\tobject_id\n{row}\n")
    assert found.mappings == (mapping,)
    assert (found.title, found.version) == ("https://example.org/own.sssom.tsv", "7")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("OWN:1\tskos:exactMatch\n", r"a\.tsv:8: 2 fields in place of 3"),
        ("OWN:1\tskos:exactMatch\t\n", r"a\.tsv:8: the object_id is missing"),
        ("OWN:1\tskos:exactMatch\tx y\n", r"a\.tsv:8: object_id 'x y' is no identifier"),
    ],
)
def test_broken_mappings_are_refused(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(VocabularyError, match=message):
        read(tmp_path, "a.tsv", f"{SSSOM}subject_id\tpredicate_id\tobject_id\n{rows}")
