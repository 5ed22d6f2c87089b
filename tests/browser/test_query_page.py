"""The query page as readers meet it: in a real Chromium, from a real server."""

from __future__ import annotations

import re

import pytest

import graph_samples
from browsing import SIZES, check_access, open_page
from serving import run_server

pytestmark = pytest.mark.browser
EDITOR = "document.querySelector('.CodeMirror').CodeMirror"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder)
    with run_server(folder) as server:
        yield server


@pytest.fixture(params=SIZES)
def page(request, server, browser):
    with open_page(browser, server, "/query", size=request.param) as page:
        page.wait_for_selector(".yasqe_queryButton")
        yield page


def write(page, query: str) -> None:
    page.click(".CodeMirror:visible")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(query)


def test_an_answer_shows_labels_and_leads_to_pages(page):
    write(page, "SELECT ?drug { entity:HER2 onco:targetedBy ?drug }")
    page.keyboard.press("Control+Enter")
    link = page.wait_for_selector(".yasr a[href='/entity/trastuzumab']")
    assert link.inner_text() == "entity:trastuzumab"
    assert "trastuzumab" in page.inner_text(".yasr .label-beside")


def test_a_mistake_is_told_with_its_line(page):
    write(page, "SELECT ?x {\n ?x a\n}")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".yasr .errorResult")
    assert "line 3" in page.inner_text(".yasr")
    page.troubles[:] = [said for said in page.troubles if "400" not in said]  # the browser's own note of the answer


def test_an_example_runs_in_a_tab_of_its_own(page):
    page.click("#examples summary")
    page.click("button[data-name=relations]")
    page.wait_for_selector(".yasr:visible table.dataTable tbody tr")
    assert page.locator(".tab").count() == 2
    page.click(".yasr:visible .select_chart")
    assert page.locator(".yasr:visible svg.chart rect").count() > 0


def test_triples_are_drawn_as_a_graph(page):
    write(page, "CONSTRUCT { ?s ?p ?o } { VALUES ?s { entity:HER2 } ?s ?p ?o FILTER(isIRI(?o)) }")
    page.keyboard.press("Control+Enter")
    page.click(".yasr:visible .select_graph")
    page.wait_for_selector("svg.triples")
    assert page.locator("svg.triples circle").count() > 2


def test_names_are_completed_with_the_entities_of_the_graph(page):
    write(page, "SELECT * { ")
    page.keyboard.type("trastuz", delay=30)
    page.wait_for_selector(".CodeMirror-hints")
    assert "entity:trastuzumab" in page.inner_text(".CodeMirror-hints")
    page.keyboard.press("Enter")
    text = page.evaluate(f"{EDITOR}.getValue()")
    assert re.search(r"entity:trastuzumab\b", text)
    page.wait_for_selector(".CodeMirror-line:has-text('PREFIX entity:')")


def test_the_page_is_accessible(page):
    page.keyboard.press("Control+Enter")
    page.click(".yasqe_queryButton")
    page.wait_for_selector(".yasr table.dataTable tbody tr")
    check_access(page)


def test_the_editor_is_left_by_keyboard(page):
    page.click(".CodeMirror:visible")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('.CodeMirror textarea')")
