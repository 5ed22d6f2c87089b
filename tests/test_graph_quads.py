from dataclasses import replace
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, parse

from graph_samples import DocumentMaker, make_ontology, make_readings
from oncograph.errors import OntologyError
from oncograph.graph import make_part, terms
from oncograph.graph.merging import ClaimKey, ClaimTable, merge_confidence
from oncograph.graph.quads import (
    build_decimal,
    build_literal,
    claim_node,
    sort_quads,
)
from oncograph.graph.shared import SharedGraph
from oncograph.model import BASE, Certainty, Claim, Concept, Document, Mention, Polarity, Reading, Value, entity_iri

HOSTILE = st.text(
    st.characters() | st.sampled_from("\x00\x0b\r\n\u2028\u200f\u202e\ufffe\uffff\ud800\u0301\U0001f9ec<>&\"'\\"),
    max_size=60,
)


def quads_of(readings: list[Reading]) -> list[Quad]:
    table = ClaimTable(make_ontology())
    parts = [make_part(reading, make_ontology()) for reading in readings]
    for part in parts:
        table.add(part.share)
    lines = b"".join(part.lines for part in parts)
    return [*parse(lines, format=RdfFormat.N_QUADS), *SharedGraph(table, make_ontology()).quads()]


def shared_of(readings: list[Reading]) -> list[Quad]:
    return [quad for quad in quads_of(readings) if quad.graph_name == DefaultGraph()]


def triples_of(quads: list[Quad]) -> set[str]:
    return {str(quad.triple) for quad in quads}


def entity(label: str) -> NamedNode:
    return NamedNode(entity_iri(label))


def values(quads: list[Quad], subject: NamedNode, predicate: NamedNode) -> list[str]:
    return sorted(quad.object.value for quad in quads if quad.subject == subject and quad.predicate == predicate)


@pytest.fixture(scope="module")
def quads() -> list[Quad]:
    return quads_of(make_readings())


HER2_CLAIM = ClaimKey(entity_iri("HER2"), "targetedBy", entity_iri("trastuzumab"))


def test_no_triple_stands_in_two_graphs_or_twice(quads):
    triples = [str(quad.triple) for quad in quads]
    assert len(triples) == len(set(triples))


def test_same_fact_from_two_documents_is_one_claim_with_two_evidences(quads):
    node = claim_node(HER2_CLAIM)
    assert values(quads, node, terms.EVIDENCE_COUNT) == ["2"]
    assert values(quads, node, terms.DOCUMENT_COUNT) == ["2"]
    assert values(quads, node, terms.SUPPORTED_BY) == [
        BASE + "evidence/her2/20-76",
        BASE + "evidence/trials/one/9-44",
    ]


def test_two_rules_in_one_sentence_are_one_extraction_with_the_surer_confidence(quads):
    node = NamedNode(f"{BASE}extraction/her2/20-76/{HER2_CLAIM.digest()}")
    assert values(quads, node, terms.EXTRACTED_BY) == [BASE + "rule/targets-active", BASE + "rule/targets-anti"]
    assert values(quads, node, terms.CONFIDENCE) == ["0.9"]
    assert values(quads, claim_node(HER2_CLAIM), terms.CONFIDENCE) == ["0.94"]


def test_claim_iri_is_a_hash_of_subject_predicate_object_and_polarity():
    negated = replace(HER2_CLAIM, polarity=Polarity.NEGATED)
    assert claim_node(HER2_CLAIM).value == BASE + "claim/f150a807c299048d3b23"
    assert claim_node(negated) != claim_node(HER2_CLAIM)


def test_affirmed_and_stated_claims_have_direct_triples_and_others_have_none(quads):
    direct = {(quad.subject, quad.predicate, quad.object) for quad in quads if quad.graph_name == DefaultGraph()}
    assert (entity("HER2"), terms.onco("targetedBy"), entity("trastuzumab")) in direct
    assert (entity("trastuzumab"), terms.onco("hasAdverseEffect"), entity("cardiotoxicity")) not in direct


def test_negated_claim_makes_no_direct_triple_and_is_marked_for_biolink():
    doc = DocumentMaker("d", "T")
    doc.claim("HER2 is not blocked by docetaxel.", ("HER2",) * 2, "targetedBy", ("docetaxel",) * 2, cue="not",
              polarity=Polarity.NEGATED)  # fmt: skip
    quads = quads_of([doc.reading()])
    assert not [quad for quad in quads if quad.predicate == terms.onco("targetedBy")]
    assert [quad.object.value for quad in quads if quad.predicate == terms.BIOLINK_NEGATED] == ["true"]


def test_one_stating_sentence_makes_a_hedged_claim_stated():
    first, second = DocumentMaker("a", "A"), DocumentMaker("b", "B")
    first.claim("EGFR may be hit by docetaxel.", ("EGFR",) * 2, "targetedBy", ("docetaxel",) * 2,
                certainty=Certainty.POSSIBLE)  # fmt: skip
    second.claim("EGFR is hit by docetaxel.", ("EGFR",) * 2, "targetedBy", ("docetaxel",) * 2)
    node = claim_node(ClaimKey(entity_iri("EGFR"), "targetedBy", entity_iri("docetaxel")))
    assert values(quads_of([first.reading()]), node, terms.CERTAINTY) == [terms.POSSIBLE.value]
    assert values(quads_of([first.reading(), second.reading()]), node, terms.CERTAINTY) == [terms.STATED.value]


def test_is_a_class_adds_a_type_and_is_a_concept_adds_broader(quads):
    assert values(quads, entity("HER2"), terms.TYPE) == [terms.CONCEPT.value, terms.onco("Receptor").value]
    assert values(quads, entity("HER2-positive breast cancer"), terms.BROADER) == [entity_iri("breast cancer")]


def test_symmetric_claims_of_both_directions_are_one(quads):
    claims = {quad.subject for quad in quads if quad.predicate == terms.PREDICATE
              and quad.object == terms.onco("combinedWith")}  # fmt: skip
    assert claims == {claim_node(ClaimKey(entity_iri("pertuzumab"), "combinedWith", entity_iri("trastuzumab")))}
    extraction = next(quad.subject for quad in quads if quad.predicate == terms.OF_CLAIM and quad.object in claims
                      and "/trials/" in quad.subject.value)  # fmt: skip
    words = values(quads, extraction, terms.SUBJECT_MENTION)
    assert values(quads, NamedNode(words[0]), terms.EXACT) == ["pertuzumab"]


def test_entities_come_with_what_they_are_built_from_and_lie_below_but_no_others(quads):
    described = {quad.subject for quad in quads if quad.predicate == terms.GROUNDING}
    assert {entity("ERBB2"), entity("MSH2"), entity("carcinoma"), entity("cancer"), entity("foobarin")} <= described
    assert entity("unused drug") not in described


def test_entity_is_described_with_names_links_and_grounding(quads):
    her2 = entity("HER2")
    assert values(quads, her2, terms.PREF_LABEL) == values(quads, her2, terms.LABEL) == ["HER2"]
    assert values(quads, her2, terms.ALT_LABEL) == ["HER2/neu", "human epidermal growth factor receptor 2"]
    assert values(quads, her2, terms.EXACT_MATCH) == ["http://purl.uniprot.org/uniprot/P04626"]
    assert values(quads, her2, terms.NOTATION) == ["UniProtKB:P04626"]
    assert values(quads, her2, terms.onco("encodedBy")) == [entity_iri("ERBB2")]
    assert values(quads, her2, terms.GROUNDING) == [terms.onco("Curated").value]
    assert values(quads, entity("foobarin"), terms.GROUNDING) == [terms.onco("Ungrounded").value]


def test_literal_claim_keeps_its_words_and_adds_the_parsed_value(quads):
    node = next(quad.subject for quad in quads if quad.object == Literal("15 to 20 percent of breast cancers")
                and quad.predicate == terms.OBJECT)  # fmt: skip
    found = {quad.predicate: str(quad.object) for quad in quads if quad.subject == node}
    decimal = "^^<http://www.w3.org/2001/XMLSchema#decimal>"
    assert found[terms.MIN_VALUE] == f'"15"{decimal}'
    assert found[terms.MAX_VALUE] == f'"20.5"{decimal}'
    assert found[terms.UNIT_TEXT] == '"%"'
    assert found[terms.COMPARATOR] == '"="'
    assert found[terms.POPULATION] == str(entity("breast cancer"))


def test_date_is_a_year_without_comparator(quads):
    node = next(quad.subject for quad in quads if quad.predicate == terms.VALUE_YEAR)
    assert values(quads, node, terms.VALUE_YEAR) == ["1998"]
    assert values(quads, node, terms.COMPARATOR) == []


def test_qualifiers_stand_on_the_claim(quads):
    assert values(quads, claim_node(HER2_CLAIM), terms.onco("inDisease")) == [entity_iri("breast cancer")]


def test_document_graph_holds_the_document_and_its_evidence_only(quads):
    graph = NamedNode(BASE + "doc/her2")
    subjects = {quad.subject.value for quad in quads if quad.graph_name == graph}
    kinds = {subject.removeprefix(BASE).split("/")[0] for subject in subjects}
    assert kinds == {"doc", "evidence", "extraction", "mention", "claim"}
    assert {q.predicate for q in quads if q.graph_name == graph and "/claim/" in q.subject.value} == {
        terms.SUPPORTED_BY
    }


def test_undecided_name_is_described_with_its_candidates_in_the_graph_of_its_document_only(quads):
    mention = next(quad.subject for quad in quads if quad.object == terms.AMBIGUOUS_MENTION)
    quote, position = (NamedNode(f"{mention.value}/{name}") for name in ("quote", "position"))
    assert values(quads, quote, terms.EXACT) == ["thyroid"]
    assert values(quads, quote, terms.SUFFIX)[0].startswith(" 🧬 was")
    text = next(reading.doc.text for reading in make_readings() if reading.undecided)
    start = text.index("thyroid")
    assert values(quads, position, terms.START) == [str(start)]
    assert mention.value == f"{terms.MENTION}lynch/{start}-{start + 7}/ambiguous"
    best = NamedNode(f"{mention.value}/1")
    assert values(quads, mention, terms.CANDIDATE) == [best.value, f"{mention.value}/2"]
    assert values(quads, best, terms.CANDIDATE_ENTITY) == ["urn:gland"]
    assert values(quads, best, terms.LABEL) == ["thyroid gland"]
    assert values(quads, best, terms.SCORE) == ["0.67"]
    assert values(quads, mention, terms.DOUBT) == [terms.onco("DifferentKinds").value]
    about = [quad for quad in quads if "/ambiguous" in str(quad.triple)]
    assert {quad.graph_name for quad in about} == {NamedNode(terms.DOC + "lynch")}


def test_undecided_name_makes_no_entity_and_no_claim(quads):
    for iri in ("urn:gland", "urn:drug"):
        node = NamedNode(iri)
        assert [quad for quad in quads if quad.subject == node] == []
        assert {quad.predicate for quad in quads if quad.object == node} == {terms.CANDIDATE_ENTITY}


def test_source_is_an_iri_for_a_url_and_text_for_a_path(quads):
    sources = {quad.subject.value.removeprefix(terms.DOC): quad.object for quad in quads
               if quad.predicate == terms.SOURCE}  # fmt: skip
    assert sources["her2"] == Literal("her2.txt")
    assert sources["trials/one"] == NamedNode("https://example.org/trial/1")


def test_cue_is_a_cue_and_names_no_entity(quads):
    cues = {quad.object for quad in quads if quad.predicate == terms.CUE}
    assert sorted(text for cue in cues for text in values(quads, cue, terms.EXACT)) == ["may", "not"]
    assert not [quad for quad in quads if quad.subject in cues and quad.predicate == terms.REFERS_TO]
    assert {kind for cue in cues for kind in values(quads, cue, terms.TYPE)} == {terms.CUE_CLASS.value}


def test_predicate_unknown_to_the_ontology_is_refused():
    claim = Claim(entity_iri("HER2"), "targettedBy", entity_iri("x"), 0, 1, "typo")
    with pytest.raises(OntologyError, match="rule typo reads targettedBy"):
        make_part(Reading(Document("d", "T", "text"), (claim,)), make_ontology())


def test_entity_that_nothing_describes_gets_a_label_from_its_iri():
    claim = Claim(entity_iri("HER2"), "targetedBy", entity_iri("some new drug"), 0, 4, "relation")
    quads = quads_of([Reading(Document("d", "T", "text"), (claim,))])
    assert values(quads, entity("some new drug"), terms.PREF_LABEL) == ["some new drug"]
    assert values(quads, entity("some new drug"), terms.GROUNDING) == [terms.onco("Ungrounded").value]


def test_documents_vote_on_the_class_of_a_name_that_no_vocabulary_has():
    readings = []
    for number, class_name in enumerate(("Drug", "Disease", "Drug")):
        doc = DocumentMaker(f"d{number}", "T")
        doc.concepts.append(Concept(entity_iri("zed"), "zed", class_name, (f"z{number}",)))
        doc.claim("HER2 is hit by zed.", ("HER2",) * 2, "targetedBy", ("zed",) * 2)
        readings.append(doc.reading())
    quads = quads_of(readings)
    assert values(quads, entity("zed"), terms.TYPE) == [terms.CONCEPT.value, terms.onco("Drug").value]
    assert values(quads, entity("zed"), terms.ALT_LABEL) == ["z0", "z1", "z2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.90", "0.9"), ("15", "15"), ("-0", "0"), ("1e3", "1000"), ("007.50", "7.5"), ("many", None), ("", None),
     ("NaN", None), ("9" * 30, None)],
)  # fmt: skip
def test_decimals_are_written_as_stores_keep_them(text, expected):
    literal = build_decimal(text)
    assert (literal and literal.value) == expected
    if literal is not None:
        store = Store()
        store.add(Quad(NamedNode("e:s"), NamedNode("e:p"), literal))
        assert [quad.object for quad in store] == [literal]


@given(HOSTILE)
def test_literals_keep_their_length_whatever_the_text(text):
    literal = build_literal(text)
    assert len(literal.value) == len(text)
    literal.value.encode()


@given(st.permutations(make_readings()))
def test_order_of_documents_changes_nothing(readings):
    assert sort_quads(shared_of(readings)) == sort_quads(shared_of(make_readings()))


@pytest.mark.parametrize("held", [0, 1, 5])
def test_what_waits_on_disk_changes_nothing(tmp_path, held):
    described = Concept("e:\ud800", "half a pair", "Drug")
    readings = [*make_readings(), Reading(Document("z", "T", "text"), (), (described,))]
    with ClaimTable(make_ontology(), tmp_path, held=held) as small, ClaimTable(make_ontology()) as large:
        for reading in [*readings, *readings]:
            small.add(make_part(reading, make_ontology()).share)
            large.add(make_part(reading, make_ontology()).share)
        few, all_at_once = SharedGraph(small, make_ontology()), SharedGraph(large, make_ontology())
        assert sort_quads(few.quads()) == sort_quads(all_at_once.quads())
        assert list(few.inferred()) == list(all_at_once.inferred())
        assert (few.counts, few.described) == (all_at_once.counts, all_at_once.described)
        assert small.find_concept(described.iri) == described
        assert len(list(tmp_path.iterdir())) == (held < 5)  # only the descriptions have a name
    assert not list(tmp_path.iterdir())


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), min_size=1, max_size=6), st.randoms())
def test_order_of_confidences_changes_nothing(confidences, random):
    shuffled = list(confidences.items())
    random.shuffle(shuffled)
    assert merge_confidence(confidences) == merge_confidence(dict(shuffled)) <= 0.99


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), min_size=1, max_size=6))
def test_another_rule_makes_a_claim_surer_by_less_than_an_independent_reading(confidences):
    surest = max(confidences.values())
    merged = merge_confidence(confidences)
    independent = 1 - prod(1 - value for value in confidences.values())
    assert min(surest, 0.99) - 0.005 <= merged <= independent + 0.005


def test_sentences_of_one_rule_count_once():
    def confidence_of(*sentences):
        table = ClaimTable(make_ontology())
        claims = [
            Claim(entity_iri("HER2"), "targetedBy", entity_iri("lapatinib"), start, start + 1, rule, confidence=sure)
            for start, (rule, sure) in enumerate(sentences)
        ]
        table.add(make_part(Reading(Document("d", "", "HER2 " * 9), tuple(claims)), make_ontology()).share)
        ((_, merged),) = table.claims()
        assert merged.evidences == len(sentences)
        return merged.confidence

    assert confidence_of(("a", 0.7), ("a", 0.8), ("a", 0.6)) == 0.8
    assert confidence_of(("a", 0.8), ("b", 0.8)) == 0.88


@given(st.data(), HOSTILE.filter(bool))
def test_quote_is_the_text_between_the_offsets(data, text):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    mention = Mention(start, end, text[start:end], entity_iri("HER2"))
    claim = Claim(
        entity_iri("HER2"), "hasSynonym", text, start, end, "relation", literal=True, subject_mention=mention,
        cues=((start, end),), value=Value("1", "2"),
    )  # fmt: skip
    reading = Reading(Document("d", text, text, source=text), (claim,))
    store = Store()
    quads = quads_of([reading])
    store.bulk_extend(quads)
    assert set(store) == set(quads)
    stored = next(store.quads_for_pattern(None, terms.TEXT, None, None)).object.value
    assert len(stored) == len(text)
    assert {quad.object.value for quad in store.quads_for_pattern(None, terms.EXACT, None, None)} == {stored[start:end]}
