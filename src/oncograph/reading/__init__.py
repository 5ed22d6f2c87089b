"""A document in, its claims out: pure functions that know no file, no network and no RDF."""

from oncograph.reading.reader import Reader, read_document

__all__ = ["Reader", "read_document"]
