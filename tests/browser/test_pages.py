"""The pages of a running server as people meet them: in a real Chromium, at both widths and by keyboard."""

from __future__ import annotations

import pytest

import graph_samples
from browsing import SIZES, check_access, open_page
from oncograph.model import entity_iri
from oncograph.serve import Settings
from serving import run_server

pytestmark = pytest.mark.browser

TOKEN = "a-token-of-tests"
PATHS = {
    "start": "/",
    "search": "/search?q=trastuzumab",
    "search for nothing": "/search?q=zzzzzz",
    "query": "/query",
    "explorer": "/explore",
    "explorer of an entity": "/explore?entity=entity:HER2",
    "busy entity": "/entity/breast_cancer",
    "poor entity": "/entity/pertuzumab",
    "claims of a relation": "/entity/HER2?relation=targetedBy&direction=out",
    "document": "/doc/her2",
    "document of another folder": "/doc/trials/one",
    "documents": "/documents",
    "documents filtered": "/documents?filter=trial",
    "ontology": "/ontology",
    "class": "/ontology/Drug",
    "relation": "/ontology/targetedBy",
    "rule": "/rule/targets-active",
    "downloads": "/downloads",
    "operations": "/api/",
    "curation": "/curation",
    "review": "/curation/review",
}


FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  const outline = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
  return [at.id || at.getAttribute("href") || at.tagName, outline, at.getBoundingClientRect().width];
}"""
"""Name of what has the focus, the width of the line around it, and its own."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder)
    (folder / "graph.ttl").write_text("<e:a> <e:b> <e:c> .\n")
    with run_server(folder, Settings(token=TOKEN)) as server:
        yield server


def find_claim(server, subject: str, obj: str, **wanted: str) -> str:
    """Give the path of the page of a claim."""
    name = entity_iri(subject).rpartition("/")[2]
    claims = server.ask(f"/api/v1/entities/{name}/claims?limit=100&status=Any").json["claims"]
    found = [one for one in claims if one["object"]["label"] == obj and wanted.items() <= one.items()]
    return found[0]["path"]


def claim_paths(server) -> dict[str, str]:
    return {
        "affirmed": find_claim(server, "HER2", "trastuzumab"),
        "denied": find_claim(server, "breast cancer", "docetaxel", polarity="Negated"),
        "hedged": find_claim(server, "trastuzumab", "cardiotoxicity"),
    }


def check_frame(page) -> None:
    """Find the parts that every page has, and what is drawn inside the screen."""
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title().endswith("oncograph")
    assert page.locator("h1").count() == 1
    for part in ("header.top", "main#main", "nav[aria-label=Main]", "a.skip[href='#main']"):
        assert page.locator(part).count() == 1, part


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_page_is_readable_whole_and_needs_nothing_from_elsewhere(server, browser, path, size, theme):
    with open_page(browser, server, path, size=size, theme=theme) as page:
        page.wait_for_load_state("networkidle")
        check_frame(page)
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        check_access(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_claims_of_every_kind_are_readable_with_the_buttons_that_decide(server, browser, size, theme):
    for path in claim_paths(server).values():
        with open_page(browser, server, f"{path}?token={TOKEN}", size=size, theme=theme) as page:
            check_frame(page)
            check_access(page)
            assert page.locator("mark.object").count()
            assert page.get_by_role("button", name="Accept").count() == 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/entity/Trastuzumap", "/nowhere", "/doc/none"])
def test_what_there_is_not_is_said_on_a_page(server, browser, path, size):
    with open_page(browser, server, path, size=size) as page:
        check_frame(page)
        check_access(page)
        assert page.locator("h1").inner_text() == "Not found"
        assert [trouble for trouble in page.troubles if "404" not in trouble] == []
        page.troubles.clear()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/", "/entity/HER2", "/doc/her2", "/ontology", "/downloads", "/documents"])
def test_tab_leads_to_what_a_page_offers_and_shows_where_it_is(server, browser, path, size):
    with open_page(browser, server, path, size=size) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
        seen = []
        for _ in range(25):
            page.keyboard.press("Tab")
            name, outline, width = page.evaluate(FOCUSED)
            if name == "BODY":  # past the last
                break
            assert outline >= 2, name
            assert width > 0, name
            seen.append(name)
        assert {"search", "/query", "/documents", "/ontology", "theme"} <= set(seen)


def test_the_skip_link_leads_past_the_head(server, browser):
    with open_page(browser, server, "/entity/HER2") as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_chosen_theme_is_kept(server, browser):
    with open_page(browser, server, "/") as page:
        page.click("#theme")
        page.goto(server.url + "/entity/HER2")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("size", SIZES)
def test_a_claim_opens_to_its_sentences(server, browser, size):
    with open_page(browser, server, "/entity/HER2", size=size) as page:
        line = page.locator("li.claim", has=page.locator("summary", has_text="trastuzumab")).first
        line.locator("summary").focus()
        page.keyboard.press("Enter")
        assert line.locator("blockquote mark.object").first.inner_text().lower() == "trastuzumab"
        check_access(page)


def test_the_drawing_of_neighbours_leads_to_them(server, browser):
    with open_page(browser, server, "/entity/HER2") as page:
        page.locator(".sketch a", has_text="trastuzumab").locator("text").click()
        page.wait_for_url("**/entity/trastuzumab")


# --- the reader ---


def shown(page) -> list[str]:
    return page.locator("#entries .entry:visible .entry-line").all_inner_texts()


def test_hovering_a_sentence_shows_its_claims_and_marks_their_words(server, browser):
    with open_page(browser, server, "/doc/her2") as page:
        page.locator(".claimed", has_text="may").first.hover()
        page.locator("#card:visible").wait_for()
        assert "cardiotoxicity" in page.locator("#card").inner_text()
        assert page.locator("#text .cue").inner_text() == "may"
        page.locator("#card a").first.click()
        page.wait_for_url("**/claim/*")


def test_filters_narrow_the_list_and_stay_in_the_address(server, browser):
    with open_page(browser, server, "/doc/her2") as page:
        everything = shown(page)
        page.select_option("select[name=certainty]", "Possible")
        assert shown(page) == [line for line in everything if "cardiotoxicity" in line]
        page.reload()
        assert len(shown(page)) == 1
        page.click("#reset")
        page.wait_for_function("() => !location.search")
        page.select_option("select[name=relation]", "testedBy")
        assert len(shown(page)) == 2
        page.select_option("select[name=relation]", "")
        page.locator("input[name=confidence]").fill("0.85")
        assert 0 < len(shown(page)) < len(everything)


def test_keys_step_through_the_claims_and_open_one(server, browser):
    with open_page(browser, server, "/doc/her2") as page:
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        assert page.locator(".entry.selected").count() == 1
        assert page.locator("#e1.selected").count() == 1
        page.keyboard.press("Enter")
        page.wait_for_url("**/claim/*")


def test_a_link_to_a_sentence_chooses_its_claim(server, browser):
    with open_page(browser, server, find_claim(server, "trastuzumab", "cardiotoxicity")) as page:
        page.locator(".proof a[href^='/doc/']").first.click()
        page.locator(".entry.selected").wait_for()
        assert "cardiotoxicity" in page.locator(".entry.selected").inner_text()


def test_on_a_phone_the_list_is_a_drawer(server, browser):
    with open_page(browser, server, "/doc/her2", size="phone") as page:
        assert not page.locator("#entries").is_visible()
        page.click("#grip")
        page.locator("#e1 .entry-line").click()
        assert page.locator("#text .subject").count()
        assert not page.locator("#entries").is_visible()
        page.click("#grip")
        check_access(page)


def test_without_scripts_a_document_and_its_claims_are_there(server, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url + "/doc/her2")
    assert page.locator("#entries a").count() > 5
    assert "Trastuzumab blocks HER2" in page.locator("#text").inner_text()
    context.close()
