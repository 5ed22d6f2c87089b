"""OBO and OBO Graphs as ontologies really write them, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from oncograph.errors import VocabularyError
from oncograph.knowledge.vocabularies.formats import read_vocabulary
from oncograph.knowledge.vocabularies.terms import Term, Vocabulary

OBO = "http://purl.obolibrary.org/obo/"
HEAD = "format-version: 1.4\n\n"
TERM = HEAD + "[Term]\nid: MONDO:9000001\nname: velar blastoma\n"


def read(folder: Path, text: str | bytes, name: str = "a.obo") -> Vocabulary:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_vocabulary(path)


def read_term(folder: Path, *lines: str) -> Term:
    [term] = read(folder, TERM + "".join(f"{line}\n" for line in lines)).terms
    return term


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ('xref: MESH:D900001 {source="MONDO:equivalentTo", source="MONDO:x"}', "http://id.nlm.nih.gov/mesh/D900001"),
        ('property_value: skos:exactMatch "NCI:C900001" xsd:string', f"{OBO}NCIT_C900001"),
        ("property_value: exactMatch DOID:9000001", f"{OBO}DOID_9000001"),
        ("property_value: skos:exactMatch http://identifiers.org/mesh/D900001", "http://id.nlm.nih.gov/mesh/D900001"),
        ("equivalent_to: NCIT:C900001", f"{OBO}NCIT_C900001"),
        ("alt_id: MONDO:9000007", f"{OBO}MONDO_9000007"),
    ],
)
def test_what_is_said_to_be_the_same_is_an_exact_match(tmp_path: Path, line: str, match: str) -> None:
    term = read_term(tmp_path, line)
    assert term.exact_matches == (match,)
    assert term.references == ()


@pytest.mark.parametrize(
    ("line", "reference"),
    [
        ('xref: MESH:D900001 {source="MONDO:relatedTo"}', "http://id.nlm.nih.gov/mesh/D900001"),
        ("xref: SNOMEDCT_US_2025_09_01:900001", "http://identifiers.org/snomedct/900001"),
        ("xref: MIM:PS900001", "https://omim.org/phenotypicSeries/PS900001"),
        (r"xref: url:https\://example.org/page", "https://example.org/page"),
        ("xref: LAB:17", "LAB:17"),
        ('property_value: skos:broadMatch "ICDO:8000/3" xsd:string', "https://identifiers.org/icdo:8000/3"),
    ],
)
def test_other_cross_references_are_kept_known_or_not(tmp_path: Path, line: str, reference: str) -> None:
    assert read_term(tmp_path, line).references == (reference,)


def test_synonyms_that_are_not_to_be_used_are_only_related(tmp_path: Path) -> None:
    term = read_term(tmp_path, 'synonym: "velar thing" EXACT EXCLUDE []', 'synonym: "VB" EXACT ABBREVIATION [x:1]')
    assert (term.exact, term.related) == (("VB",), ("velar thing",))


def test_a_name_counts_once_in_its_closest_scope(tmp_path: Path) -> None:
    lines = [f'synonym: "{name}" {scope} []' for name in ("VB", "velar  blastoma") for scope in ("RELATED", "EXACT")]
    term = read_term(tmp_path, *lines)
    assert (term.exact, term.related) == (("VB",), ())


def test_the_files_own_prefixes_are_expanded(tmp_path: Path) -> None:
    header = 'format-version: 1.2\nidspace: OWN https://example.org/own/ "ours"\n'
    text = header + "\n[Term]\nid: OWN:1\nname: one\nis_a: OWN:2\n"
    [term] = read(tmp_path, text).terms
    assert (term.iri, term.parents, term.notation) == (
        "https://example.org/own/1",
        ("https://example.org/own/2",),
        "OWN:1",
    )


def test_terms_of_an_unknown_prefix_get_the_iri_that_the_format_defines(tmp_path: Path) -> None:
    [term] = read(tmp_path, HEAD + "[Term]\nid: OWN:1\nname: one\n").terms
    assert term.iri == f"{OBO}OWN_1"


def test_header_relations_and_nameless_frames_make_no_terms(tmp_path: Path) -> None:
    text = (
        'format-version: 1.2\nproperty_value: http://purl.org/dc/terms/title "Velar things" xsd:string\n'
        "property_value: dcterms:license https://example.org/cc0\n\n[Term]\nid: A:1\nname: one\n\n[Term]\nid: A:2\n\n"
        "[Typedef]\nid: part_of\nname: part of\n"
    )
    found = read(tmp_path, text)
    assert [term.label for term in found.terms] == ["one"]
    assert (found.title, found.licence) == ("Velar things", "https://example.org/cc0")


@pytest.mark.parametrize("text", [TERM.rstrip(), TERM.replace("\n", "\r\n")])
def test_line_ends_do_not_matter(tmp_path: Path, text: str) -> None:
    assert [term.label for term in read(tmp_path, text).terms] == ["velar blastoma"]


@pytest.mark.parametrize("comment", ["! by hand\n", "  ! by hand\n", f"! {'by hand ' * 100_000}\n"])
def test_lines_of_comment_may_stand_anywhere(tmp_path: Path, comment: str) -> None:
    text = comment + TERM.replace("\n", f"\n{comment}") + comment
    assert read(tmp_path, text).terms == read(tmp_path, TERM).terms


def test_the_form_is_told_without_the_name_of_the_file(tmp_path: Path) -> None:
    assert read(tmp_path, TERM, name="velar").terms == read(tmp_path, TERM).terms


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("name: again\n", r"a\.obo:6: MONDO:9000001 has two names; make the second a synonym"),
        ("colour: red\n", r"a\.obo:6: not OBO: .* at 'colour: red'; mend"),
        ("is_a: MONDO:9000001\n", r"a\.obo:4: MONDO:9000001 \(velar blastoma\) is a kind of MONDO:9000001"),
        ("\n[Term]\nid: MONDO:9000001\nname: twin\n", r"a\.obo:8: .*_9000001 stands there twice, and at line 4 before"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, lines: str, message: str) -> None:
    with pytest.raises(VocabularyError, match=message):
        read(tmp_path, TERM + lines)


def test_a_circle_of_many_names_them_all(tmp_path: Path) -> None:
    frames = "".join(f"[Term]\nid: A:{at}\nname: n{at}\nis_a: A:{(at + 1) % 5}\n\n" for at in range(5))
    with pytest.raises(VocabularyError, match=r"a\.obo:4: A:0 \(n0\) is a kind of A:1 .*A:4 \(n4\) is a kind of A:0"):
        read(tmp_path, HEAD + frames)


def test_a_hierarchy_may_be_deep(tmp_path: Path) -> None:
    frames = "".join(f"[Term]\nid: A:{at}\nname: n{at}\nis_a: A:{at + 1}\n\n" for at in range(5000))
    assert len(read(tmp_path, HEAD + frames).terms) == 5000


# --- OBO Graphs


def graph(**node: Any) -> str:
    first = {"id": f"{OBO}MONDO_9000001", "lbl": "velar blastoma", "type": "CLASS", **node}
    rest = [
        {"id": f"{OBO}MONDO_2", "lbl": "old", "type": "CLASS", "meta": {"deprecated": True}},
        {"id": f"{OBO}RO_1", "lbl": "part of", "type": "PROPERTY"},
        {"id": f"{OBO}MONDO_3", "type": "CLASS"},
    ]
    edges = [{"sub": first["id"], "pred": "is_a", "obj": f"{OBO}MONDO_4"}]
    one = {"id": f"{OBO}own.owl", "lbl": "Own", "meta": {"version": "7"}, "nodes": [first, *rest], "edges": edges}
    return json.dumps({"graphs": [one]}, indent=2)


def test_graphs_say_what_obo_says(tmp_path: Path) -> None:
    meta = {
        "definition": {"val": "A made-up tumor."},
        "synonyms": [
            {"pred": "hasExactSynonym", "val": "VB"},
            {"pred": "hasBroadSynonym", "val": "blastoma"},
            {"pred": "hasExactSynonym", "val": "velar thing", "synonymType": f"{OBO}mondo#EXCLUDE"},
        ],
        "xrefs": [{"val": "NCIT:C900001"}],
        "basicPropertyValues": [
            {"pred": "http://www.w3.org/2004/02/skos/core#exactMatch", "val": "http://identifiers.org/mesh/D900001"}
        ],
    }
    found = read(tmp_path, graph(meta=meta), name="a.json")
    assert (found.title, found.version, found.obsolete) == ("Own", "7", 1)
    assert found.terms == (
        Term(
            f"{OBO}MONDO_9000001",
            "velar blastoma",
            exact=("VB",),
            related=("velar thing",),
            broad=("blastoma",),
            definition="A made-up tumor.",
            parents=(f"{OBO}MONDO_4",),
            exact_matches=("http://id.nlm.nih.gov/mesh/D900001",),
            references=(f"{OBO}NCIT_C900001",),
            notation="MONDO:9000001",
        ),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (graph()[:-30], r"a\.json:\d+: not JSON"),
        ('{"graphs": 7}', r"a\.json: has no list of graphs"),
        ('{"graphs": [{"edges": [{"sub": "x"}], "nodes": []}]}', r"a\.json: not OBO Graphs"),
        (graph(lbl=7), r"a\.json: not OBO Graphs"),
    ],
)
def test_broken_graphs_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(VocabularyError, match=message):
        read(tmp_path, text, name="a.json")
