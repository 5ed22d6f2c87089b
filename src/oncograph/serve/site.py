"""What every part of the server works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from oncograph.serve.settings import Settings
from oncograph.serve.state import LiveGraph
from oncograph.serve.workers import Workers


def _make_environment() -> Environment:
    folder = Path(str(files("oncograph.serve").joinpath("templates")))
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True)
class Site:
    """The graph that is served, how, and the pages' templates."""

    live: LiveGraph
    settings: Settings
    environment: Environment = field(default_factory=_make_environment)

    @cached_property
    def workers(self) -> Workers:
        """The processes that answer free queries."""
        return Workers(self.live, self.settings)

    def show(self, request: Request, template: str, values: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
        """Fill a template; whatever comes from a document or a request is escaped."""
        text = self.environment.get_template(template).render(request=request, site=self, **values)
        return HTMLResponse(text, status_code=status)
