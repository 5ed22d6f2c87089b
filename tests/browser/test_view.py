"""The page as readers meet it: in a real headless Chromium, from a file, with no network."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from oncograph.publish.view import write_view
from view_graphs import BASE, GraphMaker, her2_graph, large_graph

sync_api = pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright")
pytestmark = pytest.mark.browser

HOSTILE = '</script><script>document.title="broken"</script><img src=x onerror=alert(1)>\u2028"\'&\u202eevil'
LARGE = 2000

Open = Callable[..., "Reader"]


class Reader:
    """A reader with one page open, who notes every error and every request."""

    def __init__(self, page: sync_api.Page) -> None:
        self.page = page
        self.troubles: list[str] = []
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("request", lambda request: self._note_request(request.url))

    def _note(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.troubles.append(f"{kind}: {text}")

    def _note_request(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            self.troubles.append(f"request: {url}")

    def open(self, path: Path, state: str = "") -> None:
        self.page.goto(path.as_uri() + ("#" + state if state else ""))
        self.page.wait_for_selector("html[data-ready]", state="attached", timeout=30_000)

    def search(self, text: str) -> None:
        self.page.fill("#query", text)

    def panel(self) -> str:
        return self.page.inner_text("#panel-body")

    def shown(self) -> str:
        return self.page.inner_text("#scope")

    def node_point(self, label: str) -> tuple[float, float]:
        """Find where a node is drawn, by asking vis-network as pyvis's own page would."""
        return self.page.evaluate(
            """(label) => {
                const data = JSON.parse(document.getElementById("graph").textContent);
                const id = data.nodes.findIndex((node) => node.l === label);
                const at = window.network.canvasToDOM(window.network.getPositions([id])[id]);
                const frame = document.getElementById("mynetwork").getBoundingClientRect();
                return [at.x + frame.left, at.y + frame.top];
            }""",
            label,
        )

    def drawn_edges(self) -> int:
        return self.page.evaluate("window.edges.length")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("view")
    write_view(her2_graph().store(), folder / "her2.html")
    write_view(large_graph(260).store(), folder / "many.html")
    hostile = her2_graph()
    iri = hostile.add_entity("hostile", "Gene", HOSTILE, synonyms=[HOSTILE + "2"], definition=HOSTILE)
    hostile.add_document("hostile", "X " + HOSTILE + " Y", title=HOSTILE, source="https://example.org/?a='b'")
    hostile.add_claim(iri, "promotes", BASE + "entity/cell_growth", ("hostile", HOSTILE, HOSTILE, HOSTILE))
    write_view(hostile.store(), folder / "hostile.html", title=HOSTILE)
    return folder


@pytest.fixture
def reader(browser: sync_api.Browser) -> Iterator[Reader]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    reader = Reader(context.new_page())
    yield reader
    context.close()
    assert not reader.troubles


@pytest.fixture
def phone(browser: sync_api.Browser) -> Iterator[Reader]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    reader = Reader(context.new_page())
    yield reader
    context.close()
    assert not reader.troubles


def test_opens_with_the_stated_claims(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html")
    assert reader.page.title() == "oncograph"
    assert "What is in here" in reader.panel()
    assert reader.drawn_edges() == 6


def test_search_finds_her2_as_you_type(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html")
    for typed in ("HER2", "erbb2", "P04626", "human epidermal"):
        reader.search(typed)
        assert reader.page.inner_text("#answer-0 .answer-name").startswith("HER2")
    reader.page.press("#query", "Enter")
    panel = reader.panel()
    assert "ErbB2" in panel
    assert "A receptor tyrosine kinase" in panel
    link = reader.page.get_by_role("link", name="UniProtKB:P04626")
    assert link.get_attribute("href") == "http://purl.uniprot.org/uniprot/P04626"
    assert "noopener" in (link.get_attribute("rel") or "")


def test_search_says_when_nothing_has_the_name(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html")
    reader.search("zzz")
    assert "No entity has this name" in reader.page.inner_text("#answers")


def test_click_on_a_node_opens_its_claims(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html")
    reader.page.mouse.click(*reader.node_point("HER2"))
    reader.page.wait_for_selector("#panel-title:has-text('HER2')")
    assert reader.page.locator("#panel .claims tbody tr").count() == 7
    assert "sel=HER2" in reader.page.url


def test_click_on_an_edge_shows_its_sentences(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html")
    (x1, y1), (x2, y2) = reader.node_point("HER2"), reader.node_point("trastuzumab")
    reader.page.mouse.click((x1 + x2) / 2, (y1 + y2) / 2)
    reader.page.wait_for_selector(".proof")
    panel = reader.panel()
    assert "Trastuzumab attaches to HER2 receptors." in panel
    assert "2 sentences in 2 documents" in panel.replace("SENTENCES IN 2 DOCUMENTS", "sentences in 2 documents")
    assert "What is HER2?" in panel
    assert "66–105" in panel
    assert "rule one" in panel
    assert reader.page.inner_text(".proof mark.subject >> nth=0") == "HER2"
    assert reader.page.inner_text(".proof mark.object >> nth=0") == "Trastuzumab"


def test_marks_stand_right_after_an_emoji(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html", "sel=HER2")
    reader.page.click("#panel .relation:has-text('targeted by')")
    assert reader.page.locator(".proof", has_text="Café 😀").locator("mark").all_inner_texts() == [
        "trastuzumab",
        "HER2",
    ]


def test_denied_and_hedged_claims_appear_when_asked(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html")
    before = reader.drawn_edges()
    reader.page.check("[data-kind=negated]")
    assert reader.drawn_edges() == before + 2
    reader.page.check("[data-kind=possible]")
    assert reader.drawn_edges() == before + 3
    dashes = reader.page.evaluate("window.edges.get().filter((edge) => edge.dashes).length")
    assert dashes == 3
    assert "kinds=stated+possible+negated" in reader.page.url


def test_cue_of_a_denial_is_marked_and_the_dispute_named(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html", "sel=HER2-positive_breast_cancer")
    reader.page.click("#panel tr.negated .relation")
    assert reader.page.inner_text("mark.negation") == "not"
    assert "Another sentence affirms this" in reader.panel()
    reader.page.click("#panel .dispute button")
    assert reader.page.inner_text("mark.hedge") == "may"


def test_facts_with_a_literal_stand_in_the_panel(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html", "sel=HER2-positive_breast_cancer")
    reader.page.click("#panel .relation:has-text('has prevalence')")
    panel = reader.panel()
    assert "15 to 20 percent of breast cancers" in panel
    assert re.search(r"From\s+15\s+To\s+20\s+Unit\s+%", panel)


@pytest.mark.parametrize(
    ("section", "control", "edges"),
    [
        ("", "[data-family=drug]", 4),
        ("Relations", "[data-predicate=promotes]", 5),
        ("Documents", "[data-document='notes.txt']", 2),
    ],
)
def test_filters_hide_and_undo_brings_back(
    reader: Reader, folder: Path, section: str, control: str, edges: int
) -> None:
    reader.open(folder / "her2.html")
    if section:
        reader.page.click(f"#filters summary:has-text('{section}')")
    reader.page.click(control)
    assert reader.drawn_edges() == edges
    reader.page.click("#undo")
    assert reader.drawn_edges() == 6


def test_confidence_filter_hides_what_is_less_sure(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html", "sure=0.95")
    assert reader.drawn_edges() == 1


def test_state_in_the_address_is_restored_on_reload(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html")
    reader.search("trastuzumab")
    reader.page.press("#query", "Enter")
    reader.page.click("button[aria-label='Show only what is within 1 step']")
    reader.page.check("[data-kind=negated]")
    reader.page.click("#theme")
    edges, scope, panel = reader.drawn_edges(), reader.shown(), reader.panel()
    reader.page.reload()
    reader.page.wait_for_selector("html[data-ready]", state="attached")
    assert (reader.drawn_edges(), reader.shown(), reader.panel()) == (edges, scope, panel)
    assert reader.page.get_attribute("html", "data-theme") == "dark"
    assert "Within 1 step of trastuzumab" in scope


def test_unknown_names_in_the_address_do_no_harm(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html", "sel=nobody&near=<b>&hops=x&kinds=q&sure=x&pin=1,2,zz&no-class=zz&show=-4")
    assert reader.page.locator("#scope").is_visible()


def test_path_between_two_entities(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html", "sel=cell_surface")
    reader.page.click("text=Path to…")
    reader.page.keyboard.type("HER2-positive")
    reader.page.keyboard.press("Enter")
    assert "3 steps apart" in reader.shown()
    assert reader.drawn_edges() == 3
    reader.page.click("#whole")
    assert reader.drawn_edges() == 6


def test_path_hidden_by_the_filters_offers_a_way(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html", "from=melanoma&to=HER2")
    assert "no path with these filters" in reader.shown()
    reader.page.click("text=Try with every kind of claim")
    assert "2 steps apart" in reader.shown()


def test_dragged_node_is_pinned_and_reset_frees_it(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html")
    x, y = reader.node_point("trastuzumab")
    reader.page.mouse.move(x, y)
    reader.page.mouse.down()
    reader.page.mouse.move(x + 60, y + 40, steps=5)
    reader.page.mouse.up()
    assert "pin=" in reader.page.url
    moved = reader.node_point("trastuzumab")
    assert abs(moved[0] - x - 60) < 8
    reader.page.click("#reset")
    assert "pin=" not in reader.page.url


def test_opening_shows_the_best_connected_part_and_all_on_request(reader: Reader, folder: Path) -> None:
    reader.open(folder / "many.html")
    assert "best-connected entities of 260" in reader.shown()
    first = reader.page.evaluate("window.nodes.length")
    assert first <= 100
    reader.page.click("#show-more")
    assert first < reader.page.evaluate("window.nodes.length") <= 200
    reader.page.click("#show-all")
    assert reader.page.evaluate("window.nodes.length") > 240
    reader.page.click("#show-fewer")
    assert reader.page.evaluate("window.nodes.length") == first


def test_jump_brings_in_an_entity_that_is_not_drawn(reader: Reader, folder: Path) -> None:
    reader.open(folder / "many.html")
    reader.search("EX00259X")
    reader.page.press("#query", "Enter")
    assert "259" in reader.page.inner_text("#panel-title")
    assert "add=e259" in reader.page.url


def test_physics_is_off_until_asked(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html")
    at = reader.node_point("HER2")
    reader.page.wait_for_timeout(300)
    assert reader.node_point("HER2") == at
    reader.page.click("#physics")
    reader.page.wait_for_timeout(600)
    reader.page.click("#physics")
    assert reader.node_point("HER2") != at


def test_keyboard_alone_finds_opens_and_returns(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html")
    keyboard = reader.page.keyboard
    keyboard.press("/")
    keyboard.type("her")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowUp")
    keyboard.press("Enter")
    assert reader.page.inner_text("#panel-title") == "HER2"
    reader.page.focus("#mynetwork")
    keyboard.press("f")
    assert "Within 1 step of HER2" in reader.shown()
    keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.closest('#panel-body') !== null")
    keyboard.press("b")
    reader.page.focus("#mynetwork")
    for key in ("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"):
        keyboard.press(key)
        reader.page.wait_for_timeout(60)
    assert reader.page.inner_text("#said")
    keyboard.press("t")
    assert reader.page.locator("#list table").is_visible()
    keyboard.press("t")
    keyboard.press("?")
    assert reader.page.locator("#dialog").is_visible()
    keyboard.press("Escape")
    keyboard.press("Escape")
    assert "sel=" not in reader.page.url


def test_skip_link_leads_to_the_tables(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.id") == "skip"
    reader.page.keyboard.press("Enter")
    assert reader.page.locator("#list tbody tr").count() == 6
    reader.page.click("#tab-claims")
    assert reader.page.locator("#list tbody tr").count() == 8
    reader.page.fill("#list-word", "trastu")
    assert reader.page.locator("#list tbody tr").count() == 2


def test_every_control_has_a_name(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html", "sel=HER2")
    nameless = reader.page.evaluate(
        """() => [...document.querySelectorAll("button, input, a, summary")].filter((one) =>
            !one.textContent.trim() && !one.getAttribute("aria-label") && !(one.labels && one.labels.length))
            .map((one) => one.outerHTML)"""
    )
    assert nameless == []


def save(reader: Reader, kind: str) -> bytes:
    reader.page.click("#show-save")
    with reader.page.expect_download() as download:
        reader.page.click(f"[data-save={kind}]")
    return Path(download.value.path()).read_bytes()


def test_saves_pictures(reader: Reader, folder: Path) -> None:
    reader.open(folder / "hostile.html")
    assert save(reader, "png")[:8] == b"\x89PNG\r\n\x1a\n"
    from lxml import etree

    svg = etree.fromstring(save(reader, "svg"))
    texts = svg.xpath("//s:text/text()", namespaces={"s": "http://www.w3.org/2000/svg"})
    assert "trastuzumab" in texts
    assert "immunohistochemistry" in texts
    assert not svg.xpath("//*[local-name()='script' or local-name()='img']")


def test_saves_the_shown_claims_as_a_table(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html")
    rows = list(csv.DictReader(io.StringIO(save(reader, "csv").decode("utf-8-sig"))))
    assert len(rows) == 8
    row = next(row for row in rows if row["relation"] == "targetedBy")
    assert (row["subject"], row["object"], row["sentences"]) == ("HER2", "trastuzumab", "2")
    assert row["quote"] == "Trastuzumab attaches to HER2 receptors."


@pytest.mark.parametrize("page", ["her2.html", "hostile.html"])
def test_saved_turtle_says_what_the_store_says(reader: Reader, folder: Path, page: str) -> None:
    reader.open(folder / page, "kinds=stated+possible+negated+disputed")
    found = ox.Store()
    found.load(save(reader, "ttl"), ox.RdfFormat.TURTLE)
    if page == "her2.html":
        given = {quad.triple for quad in her2_graph().store()}
        assert {quad.triple for quad in found} <= given
    triple = (ox.NamedNode(BASE + "entity/HER2"), ox.NamedNode(BASE + "ontology#targetedBy"))
    assert [quad.object.value for quad in found.quads_for_pattern(*triple, None)] == [BASE + "entity/trastuzumab"]


@pytest.mark.parametrize(("state", "rows"), [("sel=HER2", 6), ("view", 8)])
def test_sparql_of_what_is_shown_runs_on_the_store(reader: Reader, folder: Path, state: str, rows: int) -> None:
    reader.open(folder / "her2.html", state if state != "view" else "")
    if state == "view":
        reader.page.click("#show-save")
        reader.page.click("[data-save=sparql]")
    else:
        reader.page.click("text=Copy as SPARQL")
    query = reader.page.input_value("#dialog textarea")
    assert len(list(her2_graph().store().query(query))) == rows


def test_sparql_of_a_claim_gives_its_sentences(reader: Reader, folder: Path) -> None:
    reader.open(folder / "her2.html", "sel=HER2")
    reader.page.click("#panel .relation:has-text('targeted by')")
    reader.page.click("text=Copy as SPARQL")
    rows = list(her2_graph().store().query(reader.page.input_value("#dialog textarea")))
    assert sorted(row["sentence"].value for row in rows) == [
        "Café 😀 notes: trastuzumab blocks HER2.",
        "Trastuzumab attaches to HER2 receptors.",
    ]


def test_hostile_text_stays_text(reader: Reader, folder: Path) -> None:
    reader.open(folder / "hostile.html", "sel=hostile")
    assert reader.page.title().startswith("</script><script>")
    assert "onerror=alert(1)" in reader.page.inner_text("#panel-title")
    reader.page.click("#panel .relation")
    assert "onerror=alert(1)" in reader.page.inner_text(".proof")
    assert reader.page.locator("img").count() == 0
    assert reader.page.locator("#panel-body script").count() == 0


def test_policy_stops_what_would_leave_the_page(browser: sync_api.Browser, folder: Path) -> None:
    context = browser.new_context()
    reader = Reader(context.new_page())
    reader.open(folder / "her2.html")
    refused = reader.page.evaluate("fetch('https://example.org/').then(() => false, () => true)")
    context.close()
    assert refused
    assert not [trouble for trouble in reader.troubles if trouble.startswith("request:")]


@pytest.mark.parametrize("state", ["", "sel=HER2", "near=HER2&sel=HER2&theme=dark", "view=list"])
def test_phone_has_no_sideways_scroll(phone: Reader, folder: Path, state: str) -> None:
    phone.open(folder / "her2.html", state)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_phone_opens_details_and_filters_as_sheets(phone: Reader, folder: Path) -> None:
    phone.open(folder / "her2.html")
    assert not phone.page.locator("#panel-body").is_visible()
    phone.search("HER2")
    phone.page.press("#query", "Enter")
    phone.page.wait_for_selector("#panel-title", state="visible")
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.page.click("[data-close=panel]")
    phone.page.wait_for_selector("#panel-title", state="hidden")
    phone.page.click("#show-filters")
    phone.page.check("[data-kind=negated]")
    assert phone.drawn_edges() == 8


def test_dark_follows_the_system(browser: sync_api.Browser, folder: Path) -> None:
    context = browser.new_context(color_scheme="dark")
    reader = Reader(context.new_page())
    reader.open(folder / "her2.html")
    theme = reader.page.get_attribute("html", "data-theme")
    context.close()
    assert theme == "dark"


@pytest.mark.slow
def test_large_graph_is_quick_to_open_and_to_search(reader: Reader, tmp_path: Path) -> None:
    graph: GraphMaker = large_graph(LARGE)
    write_view(graph.store(), tmp_path / "large.html")
    reader.open(tmp_path / "large.html")
    ready = float(reader.page.get_attribute("html", "data-ready") or "inf")
    reader.search(f"EX0{LARGE - 1}X")
    reader.search("gene 1")
    searched = float(reader.page.get_attribute("html", "data-search-time") or "inf")
    assert reader.page.locator("#answers li").count() == 12
    print(f"{LARGE} entities: drawn after {ready:.0f} ms, a search takes {searched:.1f} ms")
