"""What every part of the server works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.types import ASGIApp

from oncograph.graph.describe import find_class_path
from oncograph.graph.overview import Overview, look_over
from oncograph.graph.snapshots import Snapshot
from oncograph.graph.terms import onco
from oncograph.graph.vocabulary import list_classes
from oncograph.serve.access import may_write
from oncograph.serve.addresses import link, link_sentence, link_summary
from oncograph.serve.examples import EXAMPLES, ask_about, ask_about_relation
from oncograph.serve.excerpts import show_after, show_before
from oncograph.serve.looks import OTHER, Look, choose_looks
from oncograph.serve.settings import Settings
from oncograph.serve.state import LiveGraph
from oncograph.serve.workers import Workers


def _make_environment() -> Environment:
    folder = Path(str(files("oncograph.serve").joinpath("templates")))
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "link": link,
        "link_claim": link_summary,
        "sentence_link": link_sentence,
        "question": ask_about,
        "relation_question": ask_about_relation,
        "before": show_before,
        "after": show_after,
        "examples": EXAMPLES,
    }
    return environment


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is worked out once for each state of the graph."""

    overview: Overview
    looks: Mapping[str, Look]


@dataclass(frozen=True)
class Site:
    """The graph that is served, how, and the pages' templates.

    Attributes:
        direct: What is answered without the framework around the pages, by path.
    """

    live: LiveGraph
    settings: Settings
    direct: dict[str, ASGIApp] = field(default_factory=dict)
    environment: Environment = field(default_factory=_make_environment)
    _kept: WeakKeyDictionary[Snapshot, _Kept] = field(default_factory=WeakKeyDictionary)

    @cached_property
    def workers(self) -> Workers:
        """The processes that answer free queries."""
        return Workers(self.live, self.settings)

    @cached_property
    def version(self) -> str:
        """The version of the program."""
        try:
            return version("oncograph")
        except PackageNotFoundError:
            return ""

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Addresses and names of what the head of every page leads to."""
        curation = (("/curation", "Curation"),) if self.settings.token else ()
        return (
            ("/explore", "Explore"),
            ("/query", "Query"),
            ("/documents", "Documents"),
            ("/ontology", "Ontology"),
            *curation,
        )

    @property
    def overview(self) -> Overview:
        """What the graph holds as a whole."""
        return self._keep(self.live.snapshot).overview

    @property
    def looks(self) -> Mapping[str, Look]:
        """Colour and shape of each class, by its local name."""
        return self._keep(self.live.snapshot).looks

    def look(self, class_name: str) -> Look:
        """Give the colour and shape of a class."""
        return self.looks.get(class_name) or Look(class_name, class_name, OTHER, "dot")

    def show(self, request: Request, template: str, values: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
        """Fill a template; whatever comes from a document or a request is escaped."""
        defaults = {"request": request, "site": self, "may_write": may_write(request, self.settings)}
        text = self.environment.get_template(template).render(defaults | dict(values))
        return HTMLResponse(text, status_code=status)

    def _keep(self, snapshot: Snapshot) -> _Kept:
        kept = self._kept.get(snapshot)
        if kept is None:
            names = [term.name for term in list_classes(snapshot.store)]
            paths = {name: find_class_path(snapshot.store, onco(name)) for name in names}
            kept = self._kept[snapshot] = _Kept(look_over(snapshot.index), choose_looks(paths))
        return kept
