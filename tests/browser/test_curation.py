"""A curator at work in a real headless Chromium: buttons, dialog and list, by keyboard and at two widths."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from browsing import SIZES, check_access, open_page
from graph_samples import RULES, make_ontology, make_readings
from oncograph.graph import write_store
from oncograph.graph.deciding import Request, decide
from oncograph.graph.journal import JOURNAL, Journal
from oncograph.graph.merging import ClaimKey
from oncograph.model import entity_iri
from oncograph.serve import Settings
from serving import RunningServer, run_server

pytestmark = pytest.mark.browser

TOKEN = "secret"
DIGEST = ClaimKey(entity_iri("HER2"), "targetedBy", entity_iri("trastuzumab")).digest()
CLAIM = f"/claim/{DIGEST}"
HOSTILE = '"><img src=x onerror=document.title=1></bdi><script>document.title="broken"</script>'


@pytest.fixture
def server(tmp_path) -> Iterator[RunningServer]:
    write_store(tmp_path / "store", make_readings(), make_ontology(), RULES)
    with run_server(tmp_path, Settings(token=TOKEN)) as running:
        yield running


@contextmanager
def open_as_curator(browser: Any, server: RunningServer, path: str, **options: str) -> Iterator[Any]:
    """Open a page by an address that the start of the server would print."""
    with open_page(browser, server, f"{path}?token={TOKEN}", **options) as page:
        assert "token" not in page.url
        yield page


def decisions(server: RunningServer) -> list[tuple[str, str, str]]:
    return [(one.action, one.curator, one.comment) for one in Journal(server.folder / JOURNAL).read()]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_curator_rejects_a_claim_and_takes_it_back(browser, server, size, theme):
    with open_as_curator(browser, server, CLAIM, size=size, theme=theme) as page:
        page.get_by_role("button", name="Reject…").click()
        page.get_by_label("Why (optional)").fill(HOSTILE)
        page.get_by_label("Your name").fill("Ada <b>")
        check_access(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Reject", exact=True).click()
        assert "rejected" in page.inner_text("main")
        assert decisions(server) == [("reject", "Ada <b>", HOSTILE)]
        check_access(page)

        page.goto(f"{server.url}/curation")
        assert HOSTILE in page.inner_text("main")
        check_access(page)
        page.get_by_role("button", name="Undo").click()
        assert page.get_by_label("Your name").input_value() == "Ada <b>"
        with page.expect_navigation():
            page.get_by_role("button", name="Take back", exact=True).click()
        assert "taken back" in page.inner_text("main")
        assert len(decisions(server)) == 2
        check_access(page)


def test_a_claim_is_corrected_by_keyboard_alone_and_a_refusal_is_read_out(browser, server):
    with open_as_curator(browser, server, CLAIM) as page:
        page.get_by_role("button", name="Correct…").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.name") == "subject"
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type("nobody at all")
        for _ in range(4):
            page.keyboard.press("Tab")
        page.keyboard.type("Ada")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]:not(:empty)")
        assert "nobody at all" in page.inner_text("[role=alert]")
        assert decisions(server) == []
        page.troubles.clear()  # the browser notes the refusal (400)
        page.get_by_label("Object").fill("pertuzumab")
        with page.expect_navigation():
            page.get_by_label("Object").press("Enter")
        assert [one[0] for one in decisions(server)] == ["correct"]
        check_access(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_queue_is_worked_through_by_keyboard(browser, server, size, theme):
    with open_as_curator(browser, server, "/curation/review", size=size, theme=theme) as page:
        check_access(page)
        waiting = page.locator("#queue > li .triple").all_inner_texts()
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        assert page.locator("#queue > li.selected .triple").inner_text() == waiting[0]
        page.keyboard.press("a")
        page.get_by_label("Your name").fill("Ada")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.locator("#queue > li.selected .triple").inner_text() == waiting[1]
        with page.expect_navigation():
            page.keyboard.press("a")  # the name is known now
        page.keyboard.press("r")
        page.keyboard.type("a trial, no fact")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        assert [one[0] for one in decisions(server)] == ["accept", "accept", "reject"]
        assert page.locator("#queue > li .triple").all_inner_texts() == waiting[3:]
        check_access(page)
        page.keyboard.press("u")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        assert page.locator("#queue > li .triple").all_inner_texts() == waiting[2:]


def test_escape_leaves_the_dialog_and_the_button_has_the_focus_again(browser, server):
    with open_as_curator(browser, server, CLAIM) as page:
        page.get_by_role("button", name="Reject…").click()
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="detached")
        assert page.evaluate("document.activeElement.dataset.action") == "reject"
        assert decisions(server) == []


def test_a_reader_without_the_token_sees_decisions_and_no_buttons(browser, server):
    decide(server.folder, [Request("accept", DIGEST, "right")], curator="Ada")
    with open_page(browser, server, CLAIM) as page:
        for path in (CLAIM, "/entity/HER2", "/curation"):
            page.goto(server.url + path)
            assert page.locator("[data-action]").count() == 0
        assert "right" in page.inner_text("main")
