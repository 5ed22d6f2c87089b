"""A store written out as files: RDF in all its forms, tables, networks and an HTML view."""

from oncograph.publish.export import FORMATS, ExportFormat, write_export
from oncograph.publish.network import to_networkx
from oncograph.publish.selection import EVERYTHING, Selection, select_quads
from oncograph.publish.view import write_view

__all__ = [
    "EVERYTHING",
    "FORMATS",
    "ExportFormat",
    "Selection",
    "select_quads",
    "to_networkx",
    "write_export",
    "write_view",
]
