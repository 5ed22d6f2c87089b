"""Pages of a graph whose every text is hostile, in a real Chromium."""

from __future__ import annotations

from urllib.parse import quote, quote_plus

import pytest

from browsing import SIZES, check_access, open_page
from hostile_graphs import DOCUMENTS, TEXTS, write_hostile_store
from oncograph.serve import Settings
from serving import run_server

pytestmark = pytest.mark.browser

TOKEN = "a-token-of-tests"
PATHS = [
    "/entity/breast_cancer",
    "/entity/breast_cancer?relation=treatedBy&direction=out",
    "/ontology/Drug",
    "/documents",
    "/curation/review",
    "/explore?entity=entity:breast_cancer",
    *(f"/doc/{quote(name)}" for name in DOCUMENTS),
    *(f"/search?q={quote_plus(text[:200])}" for text in TEXTS),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    write_hostile_store(folder)
    with run_server(folder, Settings(token=TOKEN)) as server:
        yield server


@pytest.mark.parametrize("size", SIZES)
def test_hostile_texts_are_shown_and_do_nothing(server, browser, size):
    claims = server.ask("/api/v1/entities/breast_cancer/claims?limit=100").json["claims"]
    objects = [claim["object"] for claim in claims]
    entities = [f"/entity/{one['name'].partition(':')[2]}" for one in objects if one["name"].startswith("entity:")]
    wide = []
    with open_page(browser, server, f"/?token={TOKEN}", size=size) as page:
        for path in [*PATHS, *(claim["path"] for claim in claims), *entities]:
            page.goto(server.url + path)
            page.wait_for_load_state("networkidle")
            page.mouse.move(200, 300)
            assert page.title() != "broken", path
            assert page.title() != "1", path
            assert page.evaluate("document.querySelectorAll('img[src=x], [onerror], [onmouseover]').length") == 0, path
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wide.append(path)
            assert page.troubles == [], path
        assert wide == []
        page.goto(server.url + "/entity/breast_cancer")
        check_access(page)
