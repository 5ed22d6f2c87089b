"""The errors a user can cause, each saying what is wrong, where, and what to do."""


class OncographError(Exception):
    """Base of every error that is the input's fault, not a bug; the command line prints it as one line."""


class DocumentError(OncographError):
    """A file that cannot be read as a document: names the file and the reason."""


class OntologyError(OncographError):
    """A mistake in the ontology folder: names the file, the entry and the mend."""


class QueryError(OncographError):
    """A SPARQL query that cannot be run: says where, by line and column, when the parser knows."""


class StoreError(OncographError):
    """A store that is missing, locked, or was written by another version."""


class VocabularyError(OncographError):
    """A vocabulary that cannot be read or kept: names the file, the line and the mend."""


class CurationError(OncographError):
    """A decision that cannot be made, read or kept: says which, and what to do."""
