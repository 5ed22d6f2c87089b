"""Ontologies in the forms of OWL that are not RDF → terms, by way of their RDF form."""

from __future__ import annotations

import re
from typing import Literal

import pyoxigraph

from oncograph.knowledge.vocabularies.rdf import BASE_IRI, FORMATS, gather, not_rdf, read_statements
from oncograph.knowledge.vocabularies.source import Source
from oncograph.knowledge.vocabularies.terms import Vocabulary

FUNCTIONAL, OWL_XML, MANCHESTER = "OWL functional syntax", "OWL/XML", "OWL Manchester syntax"
SERIALIZATIONS: dict[str, Literal["ofn", "owx", "omn"]] = {FUNCTIONAL: "ofn", OWL_XML: "owx", MANCHESTER: "omn"}
_LINE = re.compile(r"line_col: (?:Pos|Span)\(+(\d+), (\d+)\)")


def read_axioms(source: Source, form: str, *, class_name: str = "") -> Vocabulary:
    """Read the terms of an ontology in a form of OWL that is not RDF.

    Args:
        form: Key of `SERIALIZATIONS`.

    Raises:
        VocabularyError: It is not of that form, or what `rdf.read_statements` refuses.
    """
    import pyhornedowl

    text = source.read()
    try:
        ontology = pyhornedowl.open_ontology_from_string(text, SERIALIZATIONS[form])
        rdf = ontology.save_to_string("rdf")
    except ValueError as error:
        place = _LINE.search(str(error))
        line = int(place[1]) if place else None
        raise source.error(f"not {form}", "mend it or fetch it again", line=line) from error
    try:
        said = gather(pyoxigraph.parse(rdf, format=FORMATS["RDF/XML"], base_iri=BASE_IRI))
    except SyntaxError as error:
        raise not_rdf(source, form, SyntaxError(error.msg)) from error
    return read_statements(source, said, class_name=class_name)
