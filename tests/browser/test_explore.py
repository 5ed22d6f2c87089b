"""The explorer as readers meet it: in a real Chromium, from a real server."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from contextlib import contextmanager

import pytest
import rdflib

import graph_samples
from browsing import SIZES, check_access, open_page
from serving import run_server

pytestmark = pytest.mark.browser
HOSTILE = '<img src=x onerror="document.title=1">&"\u202eevil' + "x" * 120
APP = "document.getElementById('canvas').explorer"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    doc = graph_samples.DocumentMaker("hostile", f"A document {HOSTILE}")
    doc.concepts.append(graph_samples._concept(HOSTILE, "Drug"))
    doc.claim(f"Breast lump {HOSTILE}.", ("Breast lump", "breast lump"), "treatedBy", (HOSTILE, HOSTILE))
    graph_samples.make_store(folder, [*graph_samples.make_readings(), doc.reading()])
    with run_server(folder) as server:
        yield server


@contextmanager
def explore(browser, server, path="/explore", **more):
    with open_page(browser, server, path, **more) as page:
        wait(page)
        yield page
        page.troubles[:] = [said for said in page.troubles if "GPU stall" not in said]  # drawn without a graphics card


def wait(page) -> None:
    page.wait_for_selector("html[data-ready]", state="attached")


def wait_for_scope(page, text: str) -> None:
    page.wait_for_function("(text) => document.getElementById('scope').textContent.startsWith(text)", arg=text)


def wait_for_address(page, text: str) -> None:
    page.wait_for_function("(text) => decodeURIComponent(location.hash).includes(text)", arg=text)


def at(page, name: str) -> tuple[float, float]:
    """Where an entity is on the screen."""
    return tuple(
        page.evaluate(
            f"""(name) => {{
                const {{ x, y }} = {APP}.stage.place(name);
                const room = document.getElementById('canvas').getBoundingClientRect();
                return [x + room.left, y + room.top];
            }}""",
            name,
        )
    )


def is_lit(page, name: str) -> bool:
    return page.evaluate(f"(name) => {APP}.stage.light.nodes.has(name)", name)


def search(page, box: str, text: str) -> None:
    page.fill(box, text)
    page.wait_for_selector(f"{box}-answers [role=option]")
    page.press(box, "ArrowDown")
    page.press(box, "Enter")


@pytest.fixture
def her2(browser, server):
    with explore(browser, server, "/explore?entity=HER2") as page:
        wait_for_scope(page, "4 entities, 3 claims")
        yield page


def test_it_starts_from_the_best_connected_part(browser, server):
    with explore(browser, server) as page:
        wait_for_scope(page, "6 entities, 7 claims")
        assert page.evaluate(f"{APP}.data.nodes.has('entity:breast_cancer')")


def test_an_entity_is_grown_by_a_double_click_and_undone(her2):
    page = her2
    assert page.inner_text("#panel h2") == "HER2"
    page.mouse.dblclick(*at(page, "entity:trastuzumab"))
    wait_for_scope(page, "7 entities")
    assert page.inner_text("#panel h2") == "trastuzumab"
    page.keyboard.press("Control+z")
    wait_for_scope(page, "4 entities")
    page.click("#redo")
    wait_for_scope(page, "7 entities")


def test_neighbours_are_added_by_relation_from_the_panel(her2):
    page = her2
    page.mouse.click(*at(page, "entity:trastuzumab"))
    page.click("button[aria-label^='Show 1 of 1 more: has adverse effect']")
    wait_for_scope(page, "5 entities")
    page.wait_for_selector("#panel .relation-list")
    assert page.locator("button[aria-label*='has adverse effect']").count() == 0


def test_a_click_on_a_line_shows_its_claims_with_their_sentences(her2):
    page = her2
    (x, y), (to_x, to_y) = at(page, "entity:HER2"), at(page, "entity:trastuzumab")
    page.mouse.click((x + to_x) / 2, (y + to_y) / 2)
    page.wait_for_selector("#panel blockquote")
    assert "HER2 – trastuzumab" in page.inner_text("#panel h2")
    assert page.inner_text("#panel blockquote >> nth=0") == (
        "Trastuzumab blocks HER2, a receptor, in breast cancer 🧬."
    )
    assert page.locator("#panel mark.subject >> nth=0").inner_text() == "HER2"
    page.wait_for_timeout(400)  # else it were a double click
    page.mouse.click(40, 700)
    page.wait_for_function("() => !document.querySelector('#panel').childElementCount")


def test_the_panel_lists_claims_by_relation_and_leads_to_the_page(her2):
    page = her2
    page.click("#panel .relation-head .toggle >> nth=0")
    page.wait_for_selector("#panel .claims .toggle")
    page.click("#panel .claims .toggle >> nth=0")
    page.wait_for_selector("#panel blockquote")
    assert page.get_attribute("#panel p a", "href") == "/entity/HER2"


def test_everything_is_done_by_keyboard(her2):
    page = her2
    page.focus("#canvas")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#panel h2") == "trastuzumab"  # the best-connected entity first
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    page.evaluate(f"{APP}.select('entity:trastuzumab')")
    page.keyboard.press("Enter")
    wait_for_scope(page, "7 entities")
    page.keyboard.press("p")
    assert page.get_attribute("#pin", "aria-pressed") == "true"
    page.keyboard.press("Delete")
    wait_for_scope(page, "6 entities")
    ratio = page.evaluate(f"{APP}.stage.seen[2]")
    page.keyboard.press("+")
    page.wait_for_function(f"(ratio) => {APP}.stage.seen[2] < ratio", arg=ratio)
    page.keyboard.press("-")
    page.keyboard.press("-")
    page.wait_for_function(f"(ratio) => {APP}.stage.seen[2] > ratio", arg=ratio)
    page.keyboard.press("0")
    page.keyboard.press("Control+z")
    wait_for_scope(page, "7 entities")
    assert page.evaluate("document.activeElement.id") == "canvas"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "canvas"


def test_the_address_brings_everything_back(her2, browser, server):
    page = her2
    page.click("#negated")
    page.evaluate("document.querySelector('#relations input[value=testedBy]').click()")
    wait_for_scope(page, "2 entities, 1 claim · filters hide 2 entities and 2 claims")
    page.mouse.click(*at(page, "entity:trastuzumab"))
    page.click("#pin")
    wait_for_address(page, "selected=entity:trastuzumab")
    wait_for_address(page, ",p")
    address = page.url.removeprefix(server.url)
    places = page.evaluate(f"{APP}.state.drawn")
    with explore(browser, server, address) as other:
        wait_for_scope(other, "2 entities, 1 claim")
        assert other.inner_text("#panel h2") == "trastuzumab"
        assert other.evaluate(f"{APP}.state.drawn") == places
        assert not other.is_checked("#negated")
        seen = other.evaluate(f"{APP}.stage.seen")
        assert seen == pytest.approx(page.evaluate(f"{APP}.stage.seen"), rel=1e-3, abs=0.1)
        other.reload()
        wait(other)
        wait_for_scope(other, "2 entities, 1 claim")


@pytest.mark.parametrize("hash", ["#n=,,", "#n=entity:none,1,2", "#camera=x&n=%", "#whole=2", "#way=a", "#n=a,1e9,2"])
def test_an_address_that_makes_no_sense_starts_anew(browser, server, hash):
    with explore(browser, server, "/explore" + hash) as page:
        wait_for_scope(page, "6 entities")


def test_filters_say_what_they_hide(browser, server):
    with explore(browser, server) as page:
        wait_for_scope(page, "6 entities, 7 claims")
        page.click("#negated")
        wait_for_scope(page, "6 entities, 6 claims · filters hide 1 claim")
        page.evaluate("document.querySelector('#classes input[value=Gene]').click()")
        wait_for_scope(page, "5 entities, 5 claims")
        assert page.inner_text("#filters-on") == "2 on"
        page.click("#clear-filters")
        wait_for_scope(page, "6 entities, 7 claims")
        page.fill("#confidence", "0.8")
        page.dispatch_event("#confidence", "change")
        wait_for_scope(page, "2 entities, 1 claim")
        page.click("#clear-filters")
        page.select_option("#document", "doc:her2")
        wait_for_scope(page, "4 entities, 3 claims")
        wait_for_address(page, "document=doc:her2")


def test_a_way_between_two_is_listed_drawn_and_lit(her2):
    page = her2
    search(page, "#way", "docetaxel")
    page.click("#ways button.way")
    page.wait_for_function(f"() => {APP}.stage.marks.way.length === 4")
    assert is_lit(page, "entity:docetaxel")
    assert is_lit(page, "entity:HER2")
    assert not is_lit(page, "entity:immunohistochemistry")
    wait_for_address(page, "way=entity:docetaxel")
    page.click("#forget-way")
    page.wait_for_function(f"() => {APP}.stage.marks.way.length === 0")


def test_what_is_searched_for_is_added(her2):
    page = her2
    search(page, "#add", "foobarin")
    wait_for_scope(page, "5 entities")
    assert page.inner_text("#panel h2") == "foobarin"


def test_a_dragged_entity_stays_where_it_is_put(her2):
    page = her2
    page.wait_for_timeout(300)
    x, y = at(page, "entity:trastuzumab")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=4)
    page.mouse.up()
    page.wait_for_function(f"() => {APP}.isPinned('entity:trastuzumab')")
    assert at(page, "entity:trastuzumab") == pytest.approx((x + 40, y + 30), abs=3)
    place = page.evaluate(f"{APP}.state.drawn.find(([name]) => name === 'entity:trastuzumab')")
    page.click("#tidy")
    page.wait_for_timeout(600)
    assert page.evaluate(f"{APP}.state.drawn.find(([name]) => name === 'entity:trastuzumab')") == place


def test_the_drawing_is_saved_as_png_svg_and_turtle(browser, server, tmp_path):
    with explore(browser, server, "/explore?entity=breast%20lump") as page:
        saved = {}
        for kind in ("png", "svg", "turtle"):
            with page.expect_download() as download:
                page.click(f"#{kind}")
            saved[kind] = tmp_path / download.value.suggested_filename
            download.value.save_as(saved[kind])
        assert saved["png"].read_bytes().startswith(b"\x89PNG\r\n")
        assert saved["png"].stat().st_size > 5000
        svg = ET.parse(saved["svg"]).getroot()
        texts = ["".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}text")]
        assert any(text.startswith("<img src=x") for text in texts)
        assert not list(svg.iter("{http://www.w3.org/2000/svg}img"))
        graph = rdflib.Graph().parse(saved["turtle"], format="turtle")
        lump = rdflib.URIRef("https://w3id.org/oncograph/entity/breast_lump")
        assert (None, None, lump) in graph
        assert graph.value(lump, rdflib.RDFS.label) == rdflib.Literal("breast lump", lang="en")


def test_the_drawing_opens_as_a_query(her2):
    page = her2
    page.click("#sparql")
    page.wait_for_selector(".yasqe_queryButton")
    page.click(".yasqe_queryButton")
    page.wait_for_selector(".yasr table.dataTable tbody tr")
    assert page.locator(".yasr table.dataTable tbody tr").count() == 3


def test_the_whole_graph_is_drawn_filtered_and_left(browser, server):
    with explore(browser, server) as page:
        page.click("#whole")
        wait_for_scope(page, "16 entities, 17 claims")
        page.wait_for_timeout(500)  # until the drawing has come to rest
        page.mouse.click(*at(page, "entity:Lynch_syndrome"))
        assert page.inner_text("#panel h2") == "Lynch syndrome"
        page.click("#possible")
        wait_for_scope(page, "15 entities, 16 claims")
        page.reload()
        wait(page)
        wait_for_scope(page, "15 entities, 16 claims")
        page.click("#panel button.strong")
        wait_for_scope(page, "4 entities, 3 claims")
        page.click("#undo")
        wait_for_scope(page, "15 entities, 16 claims")


def test_hostile_names_stay_text(browser, server):
    with explore(browser, server, "/explore?entity=breast%20lump") as page:
        name = page.evaluate(f"[...{APP}.data.nodes.values()].find((node) => node.label.startsWith('<img')).name")
        page.evaluate(f"(name) => {APP}.select(name)", name)
        page.click("#listing summary")
        page.wait_for_selector("#panel .relation-list")
        assert page.inner_text("#panel h2").startswith("<img src=x")
        assert "<img src=x" in page.inner_text("#rows")
        page.evaluate(f"{APP}.choose([...{APP}.view.links.values()].find((link) => link.end.includes('img')).key)")
        page.wait_for_selector("#panel blockquote")
        page.select_option("#document", label=page.evaluate("document.querySelector('#document').options[1].label"))
        assert page.locator("main img").count() == 0
        assert page.title() == "Explore · oncograph"
        check_access(page)


def test_an_unknown_entity_is_told_and_the_start_is_shown(browser, server):
    with explore(browser, server, "/explore?entity=trastuzumb") as page:
        assert "did you mean trastuzumab" in page.inner_text("#trouble")
        wait_for_scope(page, "6 entities")
        page.troubles[:] = [said for said in page.troubles if "404" not in said]  # the browser's own note


def test_without_webgl_the_table_and_the_panel_go_on(browser, server):
    with explore(browser, server, "/explore?entity=HER2") as page:
        page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        page.goto(server.url + "/explore?entity=HER2")
        wait(page)
        assert "does not draw WebGL" in page.inner_text("#no-webgl")
        assert page.locator("#rows tr").count() == 3
        page.click("#rows button:has-text('trastuzumab')")
        page.click("#expand")
        wait_for_scope(page, "7 entities")
        check_access(page)


def test_the_table_leads_to_entities_and_claims(her2):
    page = her2
    page.click("#listing summary")
    page.click("#rows button:has-text('targeted by')")
    page.wait_for_selector("#panel blockquote")
    page.click("#rows button:has-text('trastuzumab')")
    assert page.inner_text("#panel h2") == "trastuzumab"


def test_a_tap_on_a_phone_selects(browser, server):
    with explore(browser, server, "/explore?entity=HER2", size="phone") as page:
        x, y = at(page, "entity:trastuzumab")
        touch = page.context.new_cdp_session(page)
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_function("() => document.querySelector('#panel h2')?.textContent === 'trastuzumab'")
        page.click("#expand")
        wait_for_scope(page, "7 entities")
        tools = page.evaluate(
            "[...document.querySelectorAll('.tools button')].map((one) => one.getBoundingClientRect().right)"
        )
        assert max(tools) <= 390


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_is_accessible(browser, server, size, theme):
    with explore(browser, server, "/explore?entity=breast%20cancer", size=size, theme=theme) as page:
        page.wait_for_selector("#panel .relation-list")
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        page.click("#panel .relation-head .toggle >> nth=0")
        page.wait_for_selector("#panel .claims")
        check_access(page)
        background = page.evaluate(f"{APP}.stage.colors.canvas")
        assert background == ("#ffffff" if theme == "light" else "#12171f")
        page.click("#theme")
        page.wait_for_function(f"(before) => {APP}.stage.colors.canvas !== before", arg=background)
        assert re.match(r"#\w{6}", page.evaluate(f"{APP}.stage.colors.canvas"))
