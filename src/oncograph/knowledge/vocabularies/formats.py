"""Files of vocabularies → terms: which form a file has is told by what stands in it, then by its name.

>>> sorted(READERS)[:3]
['JSON Lines', 'JSON-LD', 'MeSH ASCII']
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from oncograph.knowledge.vocabularies import owl, rdf
from oncograph.knowledge.vocabularies.columns import Columns, read_columns
from oncograph.knowledge.vocabularies.mesh import read_mesh_ascii, read_mesh_xml
from oncograph.knowledge.vocabularies.obo import read_obo
from oncograph.knowledge.vocabularies.obographs import read_obographs
from oncograph.knowledge.vocabularies.oncotree import read_oncotree
from oncograph.knowledge.vocabularies.source import Source
from oncograph.knowledge.vocabularies.sssom import read_sssom
from oncograph.knowledge.vocabularies.tables import NCI_THESAURUS, find_known, read_records, read_table
from oncograph.knowledge.vocabularies.terms import Vocabulary

__all__ = ["Columns", "read_columns", "read_vocabulary"]

FORMS = "OBO, OBO Graphs, OWL, SKOS, SSSOM, OncoTree's JSON, MeSH descriptors, tables (CSV, TSV) and JSON Lines"

Reader = Callable[..., Vocabulary]

READERS: dict[str, Reader] = {
    "OBO": read_obo,
    "OBO Graphs": read_obographs,
    "OncoTree": read_oncotree,
    "MeSH ASCII": read_mesh_ascii,
    "MeSH XML": read_mesh_xml,
    **{form: partial(rdf.read_rdf, form=form) for form in rdf.FORMATS},
    **{form: partial(owl.read_axioms, form=form) for form in owl.SERIALIZATIONS},
    "table": read_table,
    "JSON Lines": read_records,
}
"""What reads each form; those of `TABLES` take a column map too."""

TABLES = frozenset({"table", "JSON Lines"})
SSSOM, THESAURUS = "SSSOM", "NCI Thesaurus"

ENDINGS = {
    ".obo": "OBO",
    ".ttl": "Turtle",
    ".turtle": "Turtle",
    ".n3": "Turtle",
    ".trig": "TriG",
    ".nt": "N-Triples",
    ".nq": "N-Quads",
    ".rdf": "RDF/XML",
    ".jsonld": "JSON-LD",
    ".jsonl": "JSON Lines",
    ".ndjson": "JSON Lines",
    ".ofn": owl.FUNCTIONAL,
    ".owx": owl.OWL_XML,
    ".omn": owl.MANCHESTER,
    ".csv": "table",
    ".tsv": "table",
    ".tab": "table",
}
"""The form that a file has by its name, where what stands in it leaves a choice."""

BINARY = {
    b"PK\x03\x04": ("a zip archive", "unpack it and give the file in it"),
    b"%PDF": ("a PDF", "give a vocabulary; documents are read by oncograph build"),
    b"BZh": ("packed with bzip2", "unpack it, or pack it with gzip"),
    b"\xfd7zXZ": ("packed with xz", "unpack it, or pack it with gzip"),
    b"\xff\xfe": ("UTF-16", "save it as UTF-8"),
    b"\xfe\xff": ("UTF-16", "save it as UTF-8"),
}
_SIGNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (r"\*NEWRECORD\b", "MeSH ASCII"),
        (r"C\d+\t<http", THESAURUS),
        (r"(?s)<.{0,2000}?<DescriptorRecordSet\b", "MeSH XML"),
        (r"(?s)<.{0,4000}?<(?:owl:)?Ontology\b[^>]*http://www\.w3\.org/2002/07/owl#\"(?![^>]*rdf:about)", owl.OWL_XML),
        (r"(?s)<(?:\?xml|!DOCTYPE|!--|rdf:RDF).*?<(?:\w+:)?RDF\b", "RDF/XML"),
        (r"(?:<[^<>\s]+>|_:\S+)\s+<[^<>\s]+>\s+(?:<[^<>\s]+>|_:\S+|\".*)\s+(?:<[^<>\s]+>|_:\S+)\s*\.", "N-Quads"),
        (r"(?:<[^<>\s]+>|_:\S+)\s+<[^<>\s]+>\s+(?:<[^<>\s]+>|_:\S+|\".*)\s*\.\s*\n", "N-Triples"),
        (r"(?s)(?:#[^\n]*\n|\s)*(?:Prefix|Ontology)\s*\(", owl.FUNCTIONAL),
        (r"(?s)(?:#[^\n]*\n|\s)*(?:Prefix|Ontology):", owl.MANCHESTER),
        (r"(?s)(?:![^\n]*\n|\s)*(?:format-version:|\[Term\])", "OBO"),
        (r"(?:#[^\n]*\n)*[^\n#]*\bsubject_id\b", SSSOM),
        (r"(?is)(?:#[^\n]*\n|\s)*(?:@prefix|@base|prefix|base)\s[^\n]*<", "Turtle"),
    )
)


def read_vocabulary(path: Path, *, columns: Columns | None = None, class_name: str = "") -> Vocabulary:
    """Read a vocabulary or a mapping set from a file, gzipped or not.

    The form is told by what the file holds: OBO, OBO Graphs, OWL (RDF, functional syntax, OWL/XML), SKOS in any form
    of RDF, SSSOM, OncoTree's tree, MeSH descriptors (ASCII or XML), delimited tables, JSON Lines. Obsolete terms are
    left out and counted. Identifiers become full IRIs, one for each thing whatever the file calls its source; a
    reference whose source is not known stays as it is.

    Args:
        columns: What the columns of a table, or the keys of JSON Lines, hold; by default that is told by their names.
        class_name: Class of all its terms, a local name of the ontology: `Drug`; by default, what the file says.

    Raises:
        VocabularyError: `FILE:LINE: what is wrong; what to do`.
    """
    source = Source(path)
    form = find_form(source)
    if form == SSSOM:
        return read_sssom(source)
    if form == THESAURUS:
        return read_table(source, columns=columns or find_known(NCI_THESAURUS), class_name=class_name)
    if form in TABLES:
        return READERS[form](source, columns=columns, class_name=class_name)
    if columns is not None:
        raise source.error(f"a column map is for tables; this is {form}", "leave --columns out")
    return READERS[form](source, class_name=class_name)


def find_form(source: Source) -> str:
    """Tell the form of a file, by its beginning and then by its name.

    Raises:
        VocabularyError: It is empty, or of no form that can be read.
    """
    head = source.head()
    if not head.strip():
        raise source.error("is empty", "give a vocabulary")
    for sign, (what, mend) in BINARY.items():
        if head.startswith(sign):
            raise source.error(f"is {what}", mend)
    text = head.decode("utf-8", errors="replace").lstrip()
    form = _form_of_json(source, text) if text[0] in "{[" else _form_of_text(text)
    by_name = next((form for ending, form in ENDINGS.items() if source.name.endswith(ending)), None)
    if form in ("Turtle", "N-Triples", "N-Quads") and by_name in ("Turtle", "TriG", "N-Triples", "N-Quads"):
        form = by_name
    found = form or by_name or _form_of_lines(text)
    if found is None:
        raise source.error("no vocabulary of a known form", f"these can be read: {FORMS}", line=1)
    return found


def _form_of_text(text: str) -> str | None:
    return next((form for sign, form in _SIGNS if sign.match(text)), None)


def _form_of_json(source: Source, text: str) -> str | None:
    """Tell the form of a file that begins with a brace or a bracket; the latter may begin a stanza of OBO too."""
    if text.startswith("[Term]"):
        return "OBO"
    if text.startswith("[") and not re.match(r"\[\s*[\[{\]]", text):
        return None
    if source.name.endswith((".jsonl", ".ndjson")) or _is_json_line(text):
        return "JSON Lines"
    if re.search(r'"@(?:context|graph|id)"\s*:', text):
        return "JSON-LD"
    if re.search(r'"(?:externalReferences|mainType)"\s*:', text):
        return "OncoTree"
    if re.search(r'"graphs"\s*:', text):
        return "OBO Graphs"
    raise source.error("JSON, but of no vocabulary that is known", f"these can be read: {FORMS}", line=1)


def _is_json_line(text: str) -> bool:
    """Tell whether a first line is a JSON object, and another follows or none."""
    line, _, rest = text.partition("\n")
    if rest.strip() and not rest.lstrip().startswith("{"):
        return False
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and not {"graphs", "@context", "@graph"} & record.keys() and not _is_tree(record)


def _is_tree(record: dict[str, object]) -> bool:
    return any(isinstance(node, dict) and "children" in node for node in record.values())


def _form_of_lines(text: str) -> str | None:
    """Take what has two lines with as many separators for a table."""
    lines = [line for line in text.splitlines() if line.strip()][:2]
    counts = [[line.count(separator) for separator in "\t,;"] for line in lines]
    if len(counts) == 2 and any(one and one == other for one, other in zip(*counts, strict=True)):
        return "table"
    return None
