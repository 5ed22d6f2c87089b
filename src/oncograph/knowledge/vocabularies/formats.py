"""Which form a vocabulary file has, and what may stand in none of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat

from oncograph.errors import VocabularyError
from oncograph.knowledge.ontology import find_ontology
from oncograph.knowledge.vocabularies.content import LONGEST_NAME, decode, place, place_again, read_content
from oncograph.knowledge.vocabularies.identifiers import is_iri
from oncograph.knowledge.vocabularies.obo import read_obo, read_obo_graph
from oncograph.knowledge.vocabularies.oncotree import is_oncotree, read_oncotree
from oncograph.knowledge.vocabularies.rdf import read_functional, read_rdf
from oncograph.knowledge.vocabularies.sssom import read_sssom
from oncograph.knowledge.vocabularies.tables import Columns, load_known_columns, read_table
from oncograph.knowledge.vocabularies.terms import Term, Vocabulary

HEAD = 16_000
"""Bytes at the beginning of a file that tell its form."""
RDF_ENDINGS = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".rdf": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}
TURTLE = re.compile(rb"\s*(?:#[^\n]*\n\s*)*(?:@prefix|@base|PREFIX|BASE)\s", re.IGNORECASE)
FUNCTIONAL = re.compile(rb"\s*(?:#[^\n]*\n\s*)*(?:Prefix|Ontology)\s*\(")
OBO = re.compile(rb"\s*(?:!.*\n)*(?:format-version:|data-version:|\[Term\])", re.IGNORECASE)
SSSOM = re.compile(rb"(?:#[^\n]*\n)*[^\n#]*\bsubject_id\t")
XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")


def read_vocabulary(path: Path, *, columns: Columns | None = None, class_name: str = "") -> Vocabulary:
    """Read a vocabulary or mappings, in whatever form; terms in the order of their IRIs.

    The forms are OBO, OBO Graphs, OWL (RDF/XML, Turtle, functional syntax), SKOS in any form of RDF, SSSOM, OncoTree,
    and tables (delimited, or a JSON object a line), gzipped or not.

    Args:
        columns: What the columns of a table hold, where it is of no well-known form.
        class_name: Class of the terms, where the file does not say.

    Raises:
        VocabularyError: The file cannot be read; names the line and the mend.
    """
    data = read_content(path)
    read = _read(data, path, columns, class_name)
    _refuse_broken(read.terms, data, path)
    if not read.terms and not read.mappings:
        raise VocabularyError(f"{path}: holds no term and no mapping; name a vocabulary file")
    return replace(read, terms=tuple(sorted(read.terms, key=lambda term: term.iri)))


def _read(data: bytes, path: Path, columns: Columns | None, class_name: str) -> Vocabulary:
    ending = Path(path.name.lower().removesuffix(".gz")).suffix
    head = data[:HEAD]
    if columns is not None:
        return read_table(decode(data, path), path, columns, (), class_name=class_name)
    if ending == ".obo" or OBO.match(head):
        decode(data, path)
        return read_obo(data, path, class_name=class_name)
    form = RDF_ENDINGS.get(ending) or (RdfFormat.TURTLE if TURTLE.match(head) else None)
    if form is None and XML.match(head):
        form = RdfFormat.RDF_XML
    if form is not None:
        return read_rdf(data, path, form, class_name=class_name)
    text = decode(data, path)
    if FUNCTIONAL.match(head):
        return read_functional(data, path, class_name=class_name)
    if SSSOM.match(head):
        return read_sssom(text, path)
    content = _read_json(text)
    if content is not None:
        return _read_json_form(content, data, path, class_name)
    return read_table(text, path, None, load_known_columns(find_ontology()), class_name=class_name)


def _read_json(text: str) -> Any:
    """Give the JSON of a text that is one value over several lines; None of any other, JSON Lines too."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _read_json_form(content: Any, data: bytes, path: Path, class_name: str) -> Vocabulary:
    if is_oncotree(content):
        return read_oncotree(content, class_name=class_name)
    if isinstance(content, dict) and "graphs" in content:
        return read_obo_graph(data, path, class_name=class_name)
    if isinstance(content, list) or "@context" in content or "@graph" in content:
        return read_rdf(data, path, RdfFormat.JSON_LD, class_name=class_name)
    raise VocabularyError(f"{path}:1: JSON of no known form; known are OBO Graphs, JSON-LD, OncoTree and JSON Lines")


def _refuse_broken(terms: Iterable[Term], data: bytes, path: Path) -> None:
    """Refuse what no vocabulary may hold, whatever its form."""
    by_iri: dict[str, Term] = {}
    for term in terms:
        if not is_iri(term.iri):
            where = place(path, data, *_spellings(term))
            raise VocabularyError(f"{where}: {term.iri!r} is no IRI; give the prefix it lacks (--columns prefix=…)")
        if not term.label:
            raise VocabularyError(f"{place(path, data, *_spellings(term))}: {term.iri} has no name; give it one")
        for name in (term.label, *term.exact, *term.related, *term.broad, *term.narrow):
            if len(name) > LONGEST_NAME:
                where = place(path, data, name[:60], *_spellings(term))
                wrong = f"a name of {term.iri} has {len(name):,} characters"
                raise VocabularyError(f"{where}: {wrong}; {LONGEST_NAME:,} are the most a name may have")
        if term.iri in by_iri:
            where = place_again(path, data, *_spellings(term))
            raise VocabularyError(f"{where}: {term.iri} stands there twice; keep one")
        by_iri[term.iri] = term
    circle = next(_find_circles(by_iri), None)
    if circle is not None:
        where = place(path, data, *_spellings(by_iri[circle[0]]))
        raise VocabularyError(f"{where}: {' is a kind of '.join((*circle, circle[0]))}; break the circle")


def _spellings(term: Term) -> list[str]:
    """Give the ways in which a file may write which term it is, the surest first."""
    local = term.notation.partition(":")[2]
    written = [f"id: {term.notation}"] if term.notation else []
    written += [f"<{term.iri}>", f'"{term.iri}"', term.notation, term.iri, local, term.label]
    return [one for one in written if one]


def _find_circles(terms: Mapping[str, Term]) -> Iterator[list[str]]:
    """Find terms that are kinds of each other, each circle from one of its terms to the last."""
    done: set[str] = set()
    for root in sorted(terms):
        path: dict[str, Iterator[str]] = {} if root in done else {root: iter(terms[root].parents)}
        while path:
            iri, parents = next(reversed(path.items()))
            parent = next(parents, None)
            if parent is None:
                del path[iri]
                done.add(iri)
            elif parent in path:
                members = list(path)
                yield members[members.index(parent) :]
            elif parent in terms and parent not in done:
                path[parent] = iter(terms[parent].parents)
