"""The documentation of the API as readers meet it: in a real Chromium, from a real server."""

from __future__ import annotations

import pytest

import graph_samples
from browsing import SIZES, check_access, open_page
from serving import run_server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    graph_samples.make_store(folder)
    with run_server(folder) as server:
        yield server


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_page_is_readable_and_needs_nothing_from_elsewhere(server, browser, size, theme):
    with open_page(browser, server, "/api/", size=size, theme=theme) as page:
        page.wait_for_load_state("networkidle")
        assert page.locator("h2").count() == len(server.ask("/api/openapi.json").json["paths"])
        check_access(page)


def test_the_page_is_used_by_keyboard(server, browser):
    with open_page(browser, server, "/api/", size="phone") as page:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.getAttribute('href')") == "/api/openapi.json":
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/api/openapi.json")
