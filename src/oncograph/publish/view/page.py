"""The page itself: contents turned into one HTML file, drawn by pyvis and completed with our own panels."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from oncograph.errors import OncographError
from oncograph.publish.view.contents import Contents
from oncograph.publish.view.data import make_data, node_size

SCRIPTS = ("data", "state", "search", "scope", "arrange", "draw", "panel", "filters", "list", "save", "keys", "main")


def make_page(contents: Contents, *, title: str, opening: int, total: int) -> str:
    """Make the whole page: same contents, same bytes.

    Args:
        opening: How many entities it shows at first.
        total: Entities of the graph, when the page holds only the best-connected of them.
    """
    data = make_data(contents, title=title, opening=opening, total=total)
    library, drawing = draw_with_pyvis(data)
    script = "\n".join(_asset(f"script/{name}.js") for name in SCRIPTS)
    parts = {
        "title": html.escape(title),
        "style": _asset("view.css"),
        "library": library,
        "drawing": drawing,
        "data": to_inline_json(data),
        "script": f'"use strict";\n(() => {{\n{script}\n}})();',
    }
    parts["policy"] = make_policy([library, drawing, parts["script"]], [parts["style"]])
    return re.sub(r"\{\{ (\w+) \}\}", lambda found: parts[found[1]], _asset("view.html"))


def to_inline_json(value: object) -> str:
    r"""Write JSON that no HTML parser can mistake for markup.

    >>> to_inline_json({"title": "</script>"})
    '{"title":"\\u003c/script>"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<\u2028\u2029\u00ad\ufeff":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return re.sub(r"[\x7f-\x9f\ud800-\udfff\ufffe\uffff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def make_policy(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """Write the Content-Security-Policy under which only these scripts and styles run and nothing is fetched."""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src " + " ".join(_digest(text) for text in scripts),
            "style-src " + " ".join(_digest(text) for text in styles),
            "img-src data: blob:",
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


@cache
def _asset(name: str) -> str:
    return files("oncograph.publish.view").joinpath(name).read_text(encoding="utf-8")


# --- drawing ---


def draw_with_pyvis(data: Mapping[str, Any]) -> tuple[str, str]:
    """Let pyvis draw what the page opens with; return the vis-network library and the drawing script of its page.

    Pyvis's page also links style sheets and scripts from the web even when asked not to: those are left behind.
    """
    from pyvis.network import Network

    network = Network(height="100%", width="100%", directed=True, cdn_resources="in_line")
    network.set_options(json.dumps(drawing_options(), separators=(",", ":")))
    count = len(data["opening"])
    for index in range(count):
        family = data["families"][data["classes"][data["nodes"][index]["c"]]["f"]]
        x, y = data["opening"][index]
        network.add_node(
            index,
            label=" ",
            shape=family["shape"],
            color=family["color"],
            size=node_size(data["nodes"][index]["g"]),
            x=x,
            y=y,
        )
    for index, claim in enumerate(data["claims"]):
        if claim.get("o", count) < count and claim["s"] < count and not claim.get("n") and not claim.get("h"):
            network.add_edge(claim["s"], claim["o"], id=index)
    page = network.generate_html()
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page, re.DOTALL)
    library = [text for text in scripts if "vis-network" in text and "drawGraph" not in text]
    drawing = [text for text in scripts if "function drawGraph" in text]
    if len(library) != 1 or len(drawing) != 1:
        raise OncographError("pyvis made a page of a form that is not known here; install pyvis 0.3.2")
    return library[0], drawing[0]


def drawing_options() -> dict[str, Any]:
    """Options of vis-network: no physics, plain straight edges, labels left to the page's own drawing."""
    return {
        "physics": {"enabled": False},
        "layout": {"improvedLayout": False},
        "interaction": {"hover": True, "hoverConnectedEdges": False, "selectConnectedEdges": False, "tooltipDelay": 0},
        "nodes": {"borderWidth": 1.5, "borderWidthSelected": 3, "font": {"size": 1}, "labelHighlightBold": False},
        "edges": {
            "smooth": False,
            "width": 1.4,
            "selectionWidth": 1,
            "hoverWidth": 1,
            "arrows": {"to": {"enabled": True, "scaleFactor": 0.55}},
        },
    }
