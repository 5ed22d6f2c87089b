"""Files → documents: one reader a format, text kept with its layout, what cannot be read refused in one line."""

from oncograph.documents.find import find_documents
from oncograph.documents.naming import DocumentFile
from oncograph.documents.read import READERS, read_documents
from oncograph.documents.refusal import Refusal

__all__ = ["READERS", "DocumentFile", "Refusal", "find_documents", "read_documents"]
