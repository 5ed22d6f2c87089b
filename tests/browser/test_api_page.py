"""The documentation of the API as readers meet it: in a real Chromium, from a real server."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import graph_samples
from serving import run_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
sync_api = pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="the browser tests need a chromium on the path"),
]

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder)
    with run_server(folder) as server:
        yield server


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_page_is_readable_and_needs_nothing_from_elsewhere(server, browser, size, theme):
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, bypass_csp=False, reduced_motion="reduce"
    )
    page, troubles = context.new_page(), []
    page.on("console", lambda said: troubles.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(server.url) else troubles.append(asked.url))

    page.goto(f"{server.url}/api/")
    page.wait_for_load_state("networkidle")

    assert page.locator("h2").count() == len(server.ask("/api/openapi.json").json["paths"])
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert troubles == []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(found => found.violations)")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}] == []
    context.close()


def test_the_page_is_used_by_keyboard(server, browser):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{server.url}/api/")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "/api/openapi.json":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/api/openapi.json")
    page.close()
