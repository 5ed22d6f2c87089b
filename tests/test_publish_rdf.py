import gzip
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store, parse
from rdflib import Dataset, Graph
from rdflib.compare import isomorphic

from graph_samples import RULES, DocumentMaker, make_readings, make_store
from oncograph.errors import QueryError
from oncograph.graph import check_store, open_store, run_query, terms, write_store
from oncograph.graph.sorting import sort_tuples
from oncograph.knowledge import find_ontology, load_ontology
from oncograph.model import Claim, Document, Reading, entity_iri
from oncograph.publish import FORMATS, Selection, select_quads, write_export
from oncograph.publish.rdf import RDF_FORMATS

HOSTILE = "a\r\nb\rc\td  e\u2028\u200f\u202e\u0301🧬 <b>&amp;]]></b> \"\"\" ''' \\ \x0b\x0c\x7f\x85\ufeff "
RAPPER = {"turtle": "turtle", "trig": "trig", "ntriples": "ntriples", "nquads": "nquads", "rdfxml": "rdfxml"}
EVIDENCE = """
SELECT ?text ?start ?end ?quote {
  ?target oa:hasSource ?document ; oa:hasSelector ?position, ?selector .
  ?position oa:start ?start ; oa:end ?end . ?selector oa:exact ?quote . ?document schema:text ?text . }
"""


def hostile_reading() -> Reading:
    doc = DocumentMaker("hostile", HOSTILE)
    doc.claim(f"HER2 {HOSTILE} trastuzumab", ("HER2", "HER2"), "targetedBy", ("trastuzumab", "trastuzumab"))
    doc.claim(f"HER2 {HOSTILE}", ("HER2", "HER2"), "hasSynonym", (HOSTILE, HOSTILE), literal=True)
    return doc.reading()


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return make_store(tmp_path_factory.mktemp("rdf"), [*make_readings(), hostile_reading()])


def export(store: Store, folder: Path, name: str, **more) -> Path:
    path = folder / f"graph{FORMATS[name].extension}"
    write_export(store, path, format=name, **more)
    return path


def load(path: Path, name: str) -> Store:
    found = Store()
    found.bulk_extend(parse(path=path, format=RDF_FORMATS.get(name, RdfFormat.TURTLE)))
    return found


def triples(store: Store) -> set[str]:
    return {str(quad.triple) for quad in store}


def softened(text: str) -> str:
    """XML cannot hold these two control characters of the hostile text."""
    return text.replace("\\u000B", "\ufffd").replace("\\f", "\ufffd")


@pytest.mark.parametrize("name", RDF_FORMATS)
def test_export_is_read_back_as_the_same_graph(store, tmp_path, name):
    found = load(export(store, tmp_path, name), name)
    if RDF_FORMATS[name].supports_datasets:
        assert {str(quad) for quad in found} == {str(quad) for quad in store}
    elif name == "rdfxml":
        assert triples(found) == {softened(line) for line in triples(store)}
    else:
        assert triples(found) == triples(store)


@pytest.mark.parametrize("name", [*RDF_FORMATS, "turtle-star"])
def test_quote_is_the_text_between_the_offsets_in_every_form(store, tmp_path, name):
    rows = run_query(load(export(store, tmp_path, name), name), EVIDENCE).rows
    assert len(rows) == 21
    for text, start, end, quote in rows:
        assert text[int(start) : int(end)] == quote


@pytest.mark.parametrize("name", RDF_FORMATS)
def test_rdflib_reads_the_same_triples_from_every_form(tmp_path, name):
    small = make_store(tmp_path, [make_readings()[2], hostile_reading()])
    path = export(small, tmp_path, name)
    found, expected = Graph(), Graph()
    dataset = Dataset()
    form = {"jsonld": "json-ld", "rdfxml": "xml", "ntriples": "nt"}.get(name, name)
    (dataset if RDF_FORMATS[name].supports_datasets else found).parse(path, format=form)
    for subject, predicate, obj, _ in dataset.quads((None, None, None, None)):
        found.add((subject, predicate, obj))
    expected.parse(export(small, tmp_path, "ntriples"), format="nt")
    if name == "rdfxml":
        assert len(found) == len(expected)
    else:
        assert isomorphic(found, expected)


@pytest.mark.skipif(not shutil.which("rapper"), reason="rapper, a strict parser, is not installed")
@pytest.mark.parametrize("name", RAPPER)
def test_strict_parser_takes_every_triple(store, tmp_path, name):
    path = export(store, tmp_path, name)
    command = ["rapper", "-q", "-i", RAPPER[name], "-o", "ntriples", str(path)]
    ran = subprocess.run(command, capture_output=True, check=False)
    assert ran.stderr == b""
    assert ran.returncode == 0
    assert len(set(ran.stdout.splitlines())) == len(triples(store))


@pytest.mark.parametrize("name", FORMATS)
def test_same_graph_gives_the_same_bytes(store, tmp_path, name):
    copy = Store()
    copy.bulk_extend(sorted(store, key=str, reverse=True))
    for folder, one in (("a", store), ("b", copy)):
        (tmp_path / folder).mkdir()
        write_export(one, tmp_path / folder / "x", format=name)
    files = [sorted(path for path in (tmp_path / folder).rglob("*") if path.is_file()) for folder in "ab"]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]
    assert files[0]


def test_turtle_is_grouped_and_begins_with_the_entities(store, tmp_path):
    text = export(store, tmp_path, "turtle").read_text()
    header, *blocks = text.split("\n\n")
    assert all(line.startswith("@prefix") for line in header.splitlines())
    subjects = [block.split(" ")[0] for block in blocks]
    assert len(subjects) == len(set(subjects))
    kinds = list(dict.fromkeys(subject.split(":")[0] for subject in subjects))
    assert kinds[:6] == ["entity", "claim", "doc", "evidence", "extraction", "mention"]
    her2 = next(block for block in blocks if block.startswith("entity:HER2 "))
    assert her2.startswith("entity:HER2 a skos:Concept , onco:Protein , onco:Receptor ;\n\trdfs:label")
    evidence = [subject for subject in subjects if subject.startswith(r"evidence:her2\/") and subject.count("/") == 1]
    starts = [int(subject.split("/")[1].split("-")[0]) for subject in evidence]
    assert starts == sorted(starts)
    assert len(starts) == 6


def test_turtle_changes_by_a_few_lines_when_a_sentence_is_added(tmp_path):
    one = DocumentMaker("extra", "Extra")
    before = export(make_store(tmp_path, make_readings()), tmp_path, "turtle").read_text().splitlines()
    one.claim("Lynch syndrome causes a breast lump.", ("Lynch syndrome",) * 2, "hasSymptom", ("breast lump",) * 2)
    after = export(make_store(tmp_path, [*make_readings(), one.reading()]), tmp_path, "turtle").read_text()
    assert len(set(before) - set(after.splitlines())) < 12


def test_trig_has_the_default_graph_first_and_each_graph_once(store, tmp_path):
    text = export(store, tmp_path, "trig").read_text()
    graphs = [line.removesuffix(" {") for line in text.splitlines() if line.endswith(" {")]
    assert graphs == ["doc:her2", "doc:hostile", "doc:lynch", r"doc:trials\/one", "onco:inferred", "onco:ontology"]
    assert text.index("entity:HER2 a ") < text.index("doc:her2 {")


def test_ontology_with_blank_nodes_gives_the_same_bytes_twice(tmp_path):
    found = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        write_store(folder / "store", make_readings(), load_ontology(), RULES)
        opened = open_store(folder / "store")
        found.append(export(opened, folder, "turtle").read_bytes())
        assert "_:" in found[-1].decode()
        assert triples(load(folder / "graph.ttl", "turtle")) == triples(opened)
    assert found[0] == found[1]


def test_terms_of_the_graph_are_defined_in_the_ontology(tmp_path):
    ontology = load_ontology()
    write_store(tmp_path / "store", make_readings(), ontology, RULES)
    store = open_store(tmp_path / "store")
    text = (ontology.folder / "ontology.ttl").read_text()
    used = {quad.predicate.value for quad in store} | {
        quad.object.value for quad in store if quad.predicate == terms.TYPE and isinstance(quad.object, NamedNode)
    }
    ours = sorted(iri.removeprefix(terms.ONTOLOGY) for iri in used if iri.startswith(terms.ONTOLOGY))
    assert [name for name in ours if f"\nonco:{name} a " not in text] == []


def test_turtle_star_reifies_each_claim_under_its_own_iri(store, tmp_path):
    found = load(export(store, tmp_path, "turtle-star"), "turtle-star")
    query = "SELECT ?claim { ?claim rdf:reifies <<( entity:HER2 onco:targetedBy entity:trastuzumab )>> }"
    assert run_query(found, query).rows == [("claim:f150a807c299048d3b23",)]
    assert run_query(found, "ASK { ?claim a rdf:Statement }").boolean is False
    assert run_query(found, "ASK { ?claim onco:supportedBy ?e . ?e oa:hasTarget ?t }").boolean


def test_jsonld_is_json(store, tmp_path):
    assert isinstance(json.loads(export(store, tmp_path, "jsonld").read_bytes()), list)


def test_rdfxml_keeps_carriage_returns(store, tmp_path):
    data = export(store, tmp_path, "rdfxml").read_bytes()
    assert b"&#13;" in data
    assert b"\r" not in data


def test_export_that_fails_leaves_the_old_file(store, tmp_path):
    path = tmp_path / "graph.ttl"
    path.write_text("old")
    with pytest.raises(QueryError, match="nothing in this graph is called 'HERR2'"):
        write_export(store, path, format="turtle", keep=Selection(entities=("HERR2",)))
    with pytest.raises(QueryError, match="there is no form word; choose one of turtle, trig"):
        write_export(store, path, format="word")
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["graph.ttl"]


def test_empty_store_is_written_in_every_form(tmp_path):
    for name in FORMATS:
        write_export(Store(), tmp_path / name, format=name)
        assert (tmp_path / name).exists()


@given(st.lists(st.tuples(st.integers(0, 9), st.text(max_size=2)), max_size=30), st.integers(1, 7))
def test_sorting_in_parts_is_sorting(items, chunk):
    assert list(sort_tuples(iter(items), chunk=chunk)) == sorted(set(items))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_text_survives_every_form(tmp_path, text):
    claim = Claim(entity_iri("HER2"), "hasSynonym", text, 0, len(text), "relation", literal=True)
    store = make_store(tmp_path, [Reading(Document("d", text, text), (claim,))])
    for name in RDF_FORMATS:
        found = load(export(store, tmp_path, name), name)
        ((whole, start, end, quote),) = run_query(found, EVIDENCE).rows
        assert whole[int(start) : int(end)] == quote
        assert len(quote) == len(text)
        if name != "rdfxml":
            assert triples(found) == triples(store)


# --- parts of a graph


def claims(store: Store, **conditions) -> list[tuple[str, ...]]:
    part = Store()
    part.bulk_extend(select_quads(store, Selection(**conditions)))
    query = """SELECT ?s ?p ?o { ?c rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; onco:polarity ?polarity }
               ORDER BY ?s ?p ?o ?polarity"""
    return [tuple(cell.split(":")[-1] for cell in row) for row in run_query(part, query).rows]


@pytest.mark.parametrize(
    ("conditions", "count"),
    [
        ({}, 20),
        ({"entities": ("Herceptin",)}, 4),
        ({"entities": ("trastuzumab", "Lynch syndrome")}, 7),
        ({"classes": ("Drug",)}, 10),
        ({"classes": ("diagnostic test",)}, 2),
        ({"documents": ("lynch",)}, 5),
        ({"predicates": ("treats",)}, 4),
        ({"certainty": "possible"}, 1),
        ({"polarity": "Negated"}, 1),
        ({"confidence": 0.9}, 3),
        ({"entities": ("trastuzumab",), "predicates": ("targetedBy",), "documents": ("her2",)}, 1),
        ({"polarity": "negated", "certainty": "possible"}, 0),
    ],
)
def test_selection_keeps_the_claims_that_meet_every_condition(store, conditions, count):
    assert len(claims(store, **conditions)) == count


def part_of(store: Store, **conditions) -> Store:
    part = Store()
    part.bulk_extend(select_quads(store, Selection(**conditions)))
    return part


def test_part_has_all_evidence_of_its_claims_and_no_other(store):
    part = part_of(store, predicates=("targetedBy",))
    asked = "SELECT ?quote { ?c onco:supportedBy ?e . ?e oa:hasTarget/oa:hasSelector/oa:exact ?quote }"
    assert len(run_query(part, asked).rows) == 3
    assert {row[0] for row in run_query(part, "SELECT ?d { ?d a onco:Document }").rows} == {
        "doc:her2",
        "doc:trials/one",
        "doc:hostile",
    }
    extractions = "SELECT DISTINCT ?p { ?x onco:ofClaim/rdf:predicate ?p }"
    assert run_query(part, extractions).rows == [("onco:targetedBy",)]


def test_part_by_document_has_the_evidence_of_that_document_only(store):
    part = part_of(store, documents=("her2",))
    assert {quad.graph_name for quad in part} <= {
        DefaultGraph(),
        NamedNode(terms.DOC + "her2"),
        terms.INFERRED_GRAPH,
        terms.ONTOLOGY_GRAPH,
    }


def test_part_has_the_direct_triples_of_its_claims_and_what_follows(store):
    part = part_of(store, predicates=("targetedBy",))
    assert run_query(part, "ASK { entity:HER2 onco:targetedBy entity:trastuzumab }").boolean
    assert run_query(part, "ASK { entity:trastuzumab onco:targets entity:HER2 }").boolean
    assert run_query(part, "ASK { entity:HER2 a onco:Protein ; onco:encodedBy entity:ERBB2 }").boolean
    assert run_query(part, "ASK { entity:ERBB2 skos:prefLabel ?label }").boolean
    assert not run_query(part, "ASK { entity:HER2 onco:testedBy ?test }").boolean
    assert not run_query(part, "ASK { ?test onco:tests ?what }").boolean
    assert not run_query(part, "ASK { entity:docetaxel ?p ?o }").boolean


def test_part_has_no_triple_that_the_whole_lacks(store):
    whole = {str(quad) for quad in store}
    for conditions in ({"entities": ("HER2",)}, {"documents": ("lynch",)}, {"classes": ("Disease",)}):
        assert {str(quad) for quad in part_of(store, **conditions)} < whole


def test_part_describes_all_it_names(store):
    part = part_of(store, entities=("HER2-positive breast cancer",))
    query = """SELECT ?node { ?claim a onco:Claim ; rdf:subject|rdf:object ?node
        FILTER(STRSTARTS(STR(?node), STR(entity:))) FILTER NOT EXISTS { ?node skos:prefLabel ?label } }"""
    assert run_query(part, query).rows == []
    assert run_query(part, "ASK { entity:cancer skos:prefLabel ?label }").boolean
    assert run_query(part, "ASK { ?x onco:extractedBy ?rule . ?rule rdfs:label ?label }").boolean


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"certainty": "sure"}, "there is no certainty 'sure'; choose stated or possible"),
        ({"polarity": "no"}, "there is no polarity 'no'; choose affirmed or negated"),
        ({"classes": ("Drugg",)}, "did you mean Drug"),
        ({"documents": ("her",)}, "no document is called 'her'"),
        ({"predicates": ("heals",)}, "there is no relation 'heals'"),
    ],
)
def test_condition_that_names_nothing_is_refused(store, conditions, message):
    with pytest.raises(QueryError, match=message):
        list(select_quads(store, Selection(**conditions)))


def test_whole_export_keeps_the_shapes(store, tmp_path):
    shapes = find_ontology() / "shapes" / "graph.ttl"
    if not shapes.is_file():
        pytest.skip("the ontology folder has no shapes/graph.ttl yet")
    found = load(export(store, tmp_path, "nquads"), "nquads")
    assert not [one for one in check_store(found, shapes) if one.severity == "Violation" and "refersTo" not in one.path]


def test_exports_compress_well(store, tmp_path):
    data = export(store, tmp_path, "turtle").read_bytes()
    assert len(gzip.compress(data)) < len(data) / 4
