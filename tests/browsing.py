"""Pages of a running server as readers meet them in a browser, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from serving import RunningServer

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
AXE = Path(__file__).parent / "browser" / "vendor" / "axe.min.js"


@contextmanager
def open_page(
    browser: Any, server: RunningServer, path: str = "/", *, size: str = "desktop", theme: str = "light"
) -> Iterator[Any]:
    """Open a page of a server as somebody who notes, in `page.troubles`, every complaint and every request elsewhere.

    At the end there may be none; a test that expects one takes it off the list.
    """
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
    )
    page, troubles = context.new_page(), []
    page.troubles = troubles
    page.on("console", lambda said: troubles.append(said.text) if _is_complaint(said) else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda sent: None if _is_own(sent.url, server.url) else troubles.append(sent.url))
    try:
        page.goto(server.url + path)
        yield page
        assert not troubles, troubles
    finally:
        context.close()


def check_access(page: Any) -> None:
    """Find nothing that keeps people out, as axe-core judges, and no page that is wider than its screen."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then((found) => found.violations)")
    serious = [violation for violation in found if violation["impact"] in {"serious", "critical"}]
    assert not serious, [(violation["id"], violation["nodes"][0]["html"]) for violation in serious]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _is_complaint(said: Any) -> bool:
    """Tell whether a page complains; that drawing without a graphics card is slow is none of its doing."""
    return said.type in {"error", "warning"} and "GL Driver Message" not in said.text


def _is_own(address: str, server: str) -> bool:
    return address.startswith((f"{server}/", "data:", "blob:"))
