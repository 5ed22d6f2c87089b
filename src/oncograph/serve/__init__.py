"""The graph over HTTP: a SPARQL endpoint for tools, pages for people, an API for programs."""

from oncograph.serve.app import make_app
from oncograph.serve.settings import Settings
from oncograph.serve.state import LiveGraph

__all__ = ["LiveGraph", "Settings", "make_app"]
