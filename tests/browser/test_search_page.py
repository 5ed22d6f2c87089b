"""Search as people use it: the box that answers while they type, and the page of what was found."""

from __future__ import annotations

from urllib.parse import quote

import pytest

import graph_samples
from browsing import SIZES, check_access, open_page
from serving import run_server

pytestmark = pytest.mark.browser
HOSTILE = '"><img src=x onerror=alert(1)><script>alert(1)</script>'


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    odd = graph_samples.DocumentMaker("odd", f"Odd {HOSTILE}")
    odd.claim(f"Trastuzumab {HOSTILE} blocks HER2.", ("HER2", "HER2"), "targetedBy", ("Trastuzumab", "trastuzumab"))
    odd.claim("Oddmab blocks HER2.", ("HER2", "HER2"), "targetedBy", ("Oddmab", f"oddmab {HOSTILE}"))
    graph_samples.make_store(folder, [*graph_samples.make_readings(), odd.reading()])
    with run_server(folder) as server:
        yield server


@pytest.fixture(params=SIZES)
def page(request, server, browser):
    with open_page(browser, server, "/documents", size=request.param) as page:
        yield page


def type_slowly(page, text: str) -> None:
    """Type into the box and wait for the answers."""
    page.keyboard.press("/")
    page.keyboard.type(text)
    page.wait_for_selector("#search-answers:not([hidden])")
    page.wait_for_load_state("networkidle")


def chosen(page) -> str:
    """Give what the box says is chosen, as a screen reader would find it."""
    return page.evaluate(
        "() => { const id = document.activeElement.getAttribute('aria-activedescendant');"
        " return id ? document.getElementById(id).querySelector('.answer-name').textContent : '' }"
    )


@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("phone", "dark")])
@pytest.mark.parametrize(
    "path",
    [
        "/search",
        "/search?q=breast+cancer",
        "/search?q=her2&kind=claim",
        "/search?q=b&kind=entity",
        "/search?q=brest+cancr",
    ],
)
def test_the_page_is_readable_by_all(server, browser, path, size, theme):
    with open_page(browser, server, path, size=size, theme=theme) as page:
        check_access(page)


def test_what_was_found_is_grouped_and_marked(server, browser):
    with open_page(browser, server, "/search?q=breast+cancer") as page:
        assert page.locator("main h2").all_inner_texts() == ["Entities", "Claims", "Sentences"]
        assert {text.lower() for text in page.locator("main .hit").all_inner_texts()} == {"breast", "cancer"}
        page.click("main nav >> text=Sentences")
        assert page.locator("main h2").all_inner_texts() == ["Sentences"]
        page.click("main .found a >> nth=0")
        page.wait_for_url("**/doc/*#c*")


def test_the_page_works_without_scripts(server, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    page.fill("header input[name=q]", "her2")
    page.press("header input[name=q]", "Enter")
    page.click("main nav >> text=Claims")
    page.select_option("select[name=relation]", "testedBy")
    page.click("main button >> text=Filter")

    assert page.locator("main .found li").count() == 2
    assert all("tested by" in text for text in page.locator("main .found li").all_inner_texts())
    context.close()


def test_a_misspelt_word_is_told(server, browser):
    with open_page(browser, server, "/search?q=trastuzumb") as page:
        assert page.inner_text("main .notice").endswith("trastuzumab")
        assert page.locator("main .found a").first.inner_text() == "trastuzumab"


@pytest.mark.parametrize("path", ["/search?q=xyzzyx", "/search?q=her2&kind=class", "/search?q=her2&kind=entity&page=9"])
def test_nothing_found_says_how_to_go_on(server, browser, path):
    with open_page(browser, server, path) as page:
        assert page.locator("main .found").count() == 0
        assert page.locator("main p").count() == 1


@pytest.mark.parametrize(
    "path",
    ["kind=nothing", "kind=entity&class=Nothing", "kind=claim&relation=nothing", "page=-1", "kind=entity&page=zz"],
)
def test_choices_that_there_are_not_are_passed_over(server, path):
    answer = server.ask(f"/search?q=her2&{path}")

    assert answer.status == 200
    assert b"<h2" in answer.body


def test_hostile_words_are_only_ever_text(server, browser, page):
    with open_page(browser, server, f"/search?q={quote(HOSTILE)}") as found:
        assert HOSTILE in found.inner_text("h1")
        assert found.locator("main .found li").count() > 1
        assert found.locator("main img, main script").count() == 0
    type_slowly(page, "oddmab")
    assert page.locator("#search-answers img, #search-answers script").count() == 0
    assert HOSTILE in page.inner_text("#search-answers")


def test_the_box_is_used_by_keyboard_as_a_combobox(page):
    box = page.locator("#search")
    assert [box.get_attribute(name) for name in ("role", "aria-expanded", "aria-controls")] == [
        "combobox",
        "false",
        "search-answers",
    ]

    type_slowly(page, "breast ca")
    assert box.get_attribute("aria-expanded") == "true"
    assert "shown" in page.inner_text("form[role=search] [role=status]")
    assert chosen(page) == ""
    page.keyboard.press("ArrowDown")
    assert chosen(page) == "breast cancer"
    page.keyboard.press("ArrowDown")
    assert chosen(page) == "HER2-positive breast cancer"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert chosen(page) == "All that was found"  # from the first to the last
    page.keyboard.press("ArrowDown")
    check_access(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/entity/breast_cancer")


def test_the_list_is_closed_by_escape_and_by_going_on(page):
    type_slowly(page, "her2")
    page.keyboard.press("Escape")
    assert page.locator("#search-answers").is_hidden()
    assert page.input_value("#search") == "her2"
    page.keyboard.press("ArrowDown")
    assert page.locator("#search-answers").is_visible()
    page.keyboard.press("Tab")
    assert page.locator("#search-answers").is_hidden()


def test_enter_without_a_choice_opens_the_page_of_all_that_was_found(page):
    type_slowly(page, "her2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=her2")


def test_the_box_tells_what_a_misspelt_word_was_taken_for(page):
    type_slowly(page, "trastuzumb")
    assert "trastuzumab" in page.inner_text("#search-answers .none")
    page.keyboard.press("ArrowDown")
    assert chosen(page) == "trastuzumab"


def test_the_large_box_of_the_start_page_answers_too(server, browser):
    with open_page(browser, server, "/") as page:
        page.keyboard.press("/")
        page.keyboard.type("hercep")
        # Not those of the first letters.
        page.locator("main [role=listbox]:not([hidden]) [role=option]").first.filter(has_text="Herceptin").wait_for()
        page.keyboard.press("ArrowDown")
        assert chosen(page) == "trastuzumabHerceptin"
        page.keyboard.press("Enter")
        page.wait_for_url("**/entity/trastuzumab")
