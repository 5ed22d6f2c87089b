"""The page as a file: same bytes, nothing fetched, everything escaped, positions that leave room for the labels."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from oncograph.publish.view import write_view
from oncograph.publish.view.contents import ClaimNode, most_specific, pair_identifiers, rank_entities
from oncograph.publish.view.from_store import read_contents
from oncograph.publish.view.layout import Box, find_components, lay_out
from oncograph.publish.view.page import to_inline_json
from view_graphs import BASE, ONCO, GraphMaker, her2_graph, large_graph

HOSTILE = '</script><script>document.title="broken"</script><img src=x onerror=alert(1)>\u2028"\'&\u202eevil\x85'


def write_page(graph: GraphMaker, folder: Path, **options: object) -> str:
    path = folder / "graph.html"
    write_view(graph.store(), path, **options)  # type: ignore[arg-type]
    return path.read_text(encoding="utf-8")


def read_data(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="graph">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_order_of_the_quads_does_not_change_a_byte(tmp_path: Path) -> None:
    write_view(her2_graph().store(), tmp_path / "one.html")
    write_view(her2_graph().store(reverse=True), tmp_path / "two.html")
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_hash_seed_does_not_change_a_byte(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from view_graphs import large_graph; from oncograph.publish.view import write_view;"
        "write_view(large_graph(180).store(), pathlib.Path(sys.argv[1]))"
    )
    path = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[1] / "src")])
    digests = set()
    for seed in ("1", "77"):
        target = tmp_path / f"{seed}.html"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        subprocess.run([sys.executable, "-c", script, str(target)], check=True, env=environment, timeout=120)
        digests.add(hashlib.sha256(target.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_page_is_drawn_by_pyvis_and_links_nothing(tmp_path: Path) -> None:
    page = write_page(her2_graph(), tmp_path)
    assert "new vis.Network(container, data, options)" in page
    assert "@version 9.1.2" in page
    markup = re.sub(r"<(script|style)\b[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    assert not re.findall(r"<link|<script[^>]+src|<img|<iframe|@import|bootstrap", markup)
    assert not re.findall(r"<script[^>]*\bsrc=", page)


def test_policy_allows_the_pages_own_scripts_only(tmp_path: Path) -> None:
    page = write_page(her2_graph(), tmp_path)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "connect-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert policy[1].count("sha256-") == 4


def test_policy_stands_before_every_script_and_style(tmp_path: Path) -> None:
    page = write_page(her2_graph(), tmp_path)
    assert page.index("Content-Security-Policy") < min(page.index("<script"), page.index("<style"))


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    graph = her2_graph()
    iri = graph.add_entity("hostile", "Gene", HOSTILE, synonyms=[HOSTILE + "2"], definition=HOSTILE)
    graph.add_document("hostile", "X " + HOSTILE + " Y", title=HOSTILE)
    graph.add_claim(iri, "promotes", BASE + "entity/cell_growth", ("hostile", HOSTILE, HOSTILE, HOSTILE))
    plain = write_page(her2_graph(), tmp_path)
    page = write_page(graph, tmp_path, title=HOSTILE)
    assert (page.count("<script"), page.count("</script")) == (plain.count("<script"), plain.count("</script"))
    assert "<img src=x" not in page
    assert "\u2028" not in page[page.index('id="graph"') :]
    data = read_data(page)
    assert HOSTILE in [node["l"] for node in data["nodes"]]  # type: ignore[attr-defined, index]


@pytest.mark.parametrize("text", ["<", "</script>", "<!--", "\u2028\u2029", "\ud800", "\x85\xad", "😀 Ω"])
def test_inline_json_gives_back_any_text(text: str) -> None:
    written = to_inline_json({"text": text})
    assert json.loads(written) == {"text": text}
    assert "<" not in written
    written.encode("utf-8")


def test_sentences_are_kept_once(tmp_path: Path) -> None:
    page = write_page(her2_graph(), tmp_path)
    assert page.count("HER2 is a receptor on the cell surface that promotes cell growth.") == 1


def test_offsets_and_words_of_the_mentions_reach_the_page(tmp_path: Path) -> None:
    data = read_data(write_page(her2_graph(), tmp_path))
    document_texts = dict(her2_graph().texts)
    names = [document["i"].removesuffix(".txt") for document in data["documents"]]  # type: ignore[attr-defined]
    for claim in data["claims"]:  # type: ignore[attr-defined]
        for proof in claim["e"]:
            document, start, end, quote, *_ = data["quotes"][proof["s"]]  # type: ignore[index]
            text = document_texts[names[document]]
            assert text[start:end] == quote
            for first, last, words in (*proof.get("a", ()), *proof.get("b", ()), *proof.get("c", ())):
                assert text[first:last] == words


def test_vocabulary_link_is_told_from_a_claim() -> None:
    contents, _ = read_contents(her2_graph().store())
    assert contents.background == ((BASE + "entity/HER2", "isA", BASE + "entity/receptor_tyrosine_kinase"),)


def test_class_and_literal_objects_are_facts_and_no_nodes() -> None:
    contents, _ = read_contents(her2_graph().store())
    kinds = {claim.predicate: claim.kind for claim in contents.claims}
    assert kinds["isA"] == "class"
    assert kinds["hasPrevalence"] == "literal"
    assert all(not entity.iri.startswith(ONCO) for entity in contents.entities)


def test_claim_without_extraction_still_shows_its_sentence() -> None:
    graph = her2_graph()
    graph.quads = [quad for quad in graph.quads if "/extraction/" not in quad.subject.value]
    contents, _ = read_contents(graph.store())
    assert all(claim.proofs for claim in contents.claims)


def test_limit_keeps_the_best_connected_and_says_what_is_left_out(tmp_path: Path) -> None:
    summary = write_view(large_graph(120).store(), tmp_path / "graph.html", limit=50, opening=20)
    assert (summary.entities, summary.left_out, summary.shown) == (50, 70, 20)
    assert summary.size == (tmp_path / "graph.html").stat().st_size


def test_empty_store_gives_a_page(tmp_path: Path) -> None:
    summary = write_view(ox.Store(), tmp_path / "graph.html")
    assert (summary.entities, summary.claims) == (0, 0)


def test_any_beginning_of_the_ranking_hangs_together() -> None:
    contents, _ = read_contents(large_graph(150).store())
    place = {entity.iri: index for index, entity in enumerate(contents.entities)}
    links = [(place[c.subject], place[c.object], 1.0) for c in contents.claims if not c.negated and not c.possible]
    largest = len(find_components(len(place), links)[0])
    for size in range(2, largest):
        inside = [link for link in links if link[0] < size and link[1] < size]
        assert len(find_components(size, inside)) == 1


def test_ranking_leaves_out_denied_links() -> None:
    claims = [ClaimNode("x", "a", "treats", "b", negated=True), ClaimNode("y", "c", "treats", "b")]
    assert rank_entities(["a", "b", "c"], claims) == ["b", "c", "a"]


def test_most_specific_class_wins() -> None:
    parents = {"Receptor": ("Protein",), "Protein": ("Entity",)}
    assert most_specific(["Entity", "Protein", "Receptor"], parents) == "Receptor"


def test_identifier_without_address_and_address_without_identifier_both_stay() -> None:
    assert pair_identifiers(["HGNC:3430"], ["https://example.org/other"]) == (
        ("HGNC:3430", ""),
        ("", "https://example.org/other"),
    )


@pytest.mark.parametrize("count", [1, 2, 3, 40, 300])
def test_no_two_boxes_overlap(count: int) -> None:
    boxes = [Box(30 + 11 * (number % 9), 24 + number % 5) for number in range(count)]
    links = [(number, number * 7 % max(1, number), 1.0) for number in range(1, count)]
    places = lay_out(boxes, links)
    for one in range(count):
        for other in range(one):
            apart_x = abs(places[one][0] - places[other][0]) * 2 + 3 >= boxes[one].width + boxes[other].width
            apart_y = abs(places[one][1] - places[other][1]) * 2 + 3 >= boxes[one].height + boxes[other].height
            assert apart_x or apart_y


def test_linked_nodes_stand_nearer_than_others() -> None:
    clusters, size = 5, 12
    count = clusters * size
    links = [(c * size, c * size + member, 1.0) for c in range(clusters) for member in range(1, size)]
    links += [(c * size, ((c + 1) % clusters) * size, 1.0) for c in range(clusters)]
    places = lay_out([Box(40, 30)] * count, links)

    def distance(a: int, b: int) -> float:
        return float((places[a][0] - places[b][0]) ** 2 + (places[a][1] - places[b][1]) ** 2) ** 0.5

    linked = sum(distance(a, b) for a, b, _ in links) / len(links)
    others = sum(distance(a, b) for a in range(count) for b in range(a)) / (count * (count - 1) / 2)
    assert linked < others / 2


def test_layout_of_many_parts_packs_them_into_one_sheet() -> None:
    places = lay_out([Box(60, 30)] * 90, [(number, number + 1, 1.0) for number in range(0, 90, 3)])
    width = max(x for x, _ in places) - min(x for x, _ in places)
    height = max(y for _, y in places) - min(y for _, y in places)
    assert 0.4 < width / height < 2.6
