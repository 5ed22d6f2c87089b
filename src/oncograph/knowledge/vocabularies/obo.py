"""Ontologies in OBO, the text form of Disease Ontology, Mondo and their like → terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

import fastobo

from oncograph.errors import VocabularyError
from oncograph.knowledge.vocabularies.collecting import About, Collector
from oncograph.knowledge.vocabularies.identifiers import OBO, Identifiers
from oncograph.knowledge.vocabularies.source import Source
from oncograph.knowledge.vocabularies.terms import Vocabulary

EXACT_MATCHES = frozenset({"skos:exactMatch", "exactMatch", "http://www.w3.org/2004/02/skos/core#exactMatch"})
OTHER_MATCHES = frozenset(
    start + name
    for start in ("", "skos:", "http://www.w3.org/2004/02/skos/core#")
    for name in ("closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
)
LICENCES = frozenset({"dcterms:license", "http://purl.org/dc/terms/license", "license", "dc:license"})
TITLES = frozenset(
    {"dc:title", "dcterms:title", "http://purl.org/dc/elements/1.1/title", "http://purl.org/dc/terms/title"}
)
SAME = "MONDO:equivalentTo"
NOT_NAMES = frozenset({"DEPRECATED", "EXCLUDE"})
"""Kinds of synonym that mark what should not be read as a name; kept as related ones."""


def read_obo(source: Source, *, class_name: str = "") -> Vocabulary:
    """Read the terms of an OBO file; relations and instances in it are no terms.

    A frame without a name, by which a file refers to a term of another, makes no term. Identifiers that a term had
    before (`alt_id`) count as exact matches.

    Raises:
        VocabularyError: A line is no OBO, or what `Collector` refuses.
    """
    collector = Collector(source)
    try:
        with source.open() as file:
            frames = fastobo.iter(cast("BinaryIO", _Lines(file)), ordered=True)
            names = _Names(frames.header())
            about = names.about
            for frame in frames:
                if isinstance(frame, fastobo.term.TermFrame):
                    _read_frame(frame, names, collector, class_name)
    except SyntaxError as error:
        raise _not_obo(source, error) from error
    except VocabularyError as error:
        if isinstance(error.__cause__, OSError) and "UTF-8" in str(error):
            source.refuse_undecodable()
        raise
    return collector.finish(about)


class _Names:
    """What the header of a file says: the IRIs its identifiers stand for, and what the file is."""

    def __init__(self, header: Iterable[fastobo.header.BaseHeaderClause]) -> None:
        spaces: dict[str, str] = {}
        self.ontology = ""
        title = version = licence = ""
        for clause in header:
            if isinstance(clause, fastobo.header.IdspaceClause):
                spaces[str(clause.prefix)] = _text(clause.url)
            elif isinstance(clause, fastobo.header.OntologyClause):
                self.ontology = clause.ontology
            elif isinstance(clause, fastobo.header.DataVersionClause):
                version = clause.version
            elif isinstance(clause, fastobo.header.PropertyValueClause):
                relation, value = _property(clause.property_value)
                if relation in TITLES:
                    title = value
                elif relation in LICENCES:
                    licence = value
        self.about = About(title or self.ontology, version, licence)
        self.identifiers = Identifiers(spaces)

    def reference(self, identifier: str) -> str:
        """Give the IRI of something outside the file; its compact identifier where no IRI is known."""
        source, _, rest = identifier.partition(":")
        return rest if source.casefold() == "url" else self.identifiers.expand(identifier)

    def term(self, identifier: str) -> str:
        """Give the IRI of a term or parent, where need be the one that the OBO format defines."""
        iri = self.identifiers.expand(identifier)
        if iri != identifier or "://" in iri:
            return iri
        prefix, _, name = identifier.partition(":")
        return f"{OBO}{prefix}_{name}" if name else f"{OBO}{self.ontology or 'unknown'}#{identifier}"


class _Lines:
    """A file as fastobo asks for it: a line end after the last line, and empty lines in place of comments."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._waiting = bytearray()
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """Read on; everything if the size is negative."""
        waiting = self._waiting
        while not self._ended and not 0 <= size <= len(waiting):
            line = self._file.readline()
            self._ended = not line
            waiting += b"\n" if not line or line.lstrip(b" \t").startswith(b"!") else line
        data = bytes(waiting if size < 0 else waiting[:size])
        del waiting[: len(data)]
        return data


def _read_frame(frame: fastobo.term.TermFrame, names: _Names, collector: Collector, class_name: str) -> None:
    label, definition, obsolete = "", "", False
    scopes: dict[str, list[str]] = {"EXACT": [], "NARROW": [], "BROAD": [], "RELATED": []}
    parents: list[str] = []
    exact: list[str] = []
    references: list[str] = []
    for clause in frame:
        match clause:
            case fastobo.term.NameClause() if label:
                raise _two_names(collector.source, _text(frame.id), clause.name)
            case fastobo.term.NameClause():
                label = clause.name
            case fastobo.term.DefClause():
                definition = clause.definition
            case fastobo.term.SynonymClause():
                synonym = clause.synonym
                scope = "RELATED" if _text(synonym.type) in NOT_NAMES else synonym.scope
                scopes[scope].append(synonym.desc)
            case fastobo.term.IsAClause():
                parents.append(names.term(_text(clause.term)))
            case fastobo.term.XrefClause():
                same = SAME in _sources(clause)
                (exact if same else references).append(names.reference(_text(clause.xref.id)))
            case fastobo.term.AltIdClause():
                exact.append(names.term(_text(clause.alt_id)))
            case fastobo.term.EquivalentToClause():
                exact.append(names.term(_text(clause.term)))
            case fastobo.term.PropertyValueClause():
                relation, value = _property(clause.property_value)
                if relation in EXACT_MATCHES:
                    exact.append(names.reference(value))
                elif relation in OTHER_MATCHES:
                    references.append(names.reference(value))
            case fastobo.term.IsObsoleteClause():
                obsolete = clause.obsolete
    if obsolete:
        collector.obsolete += 1
    elif label:
        identifier = _text(frame.id)
        collector.add(
            names.term(identifier),
            label,
            exact=scopes["EXACT"],
            narrow=scopes["NARROW"],
            broad=scopes["BROAD"],
            related=scopes["RELATED"],
            definition=definition,
            parents=parents,
            exact_matches=exact,
            references=references,
            class_name=class_name,
            notation=identifier if ":" in identifier else "",
        )


def _text(identifier: object) -> str:
    """Give an identifier as it stands in the file, without the marks that OBO escapes characters with."""
    match identifier:
        case None:
            return ""
        case fastobo.id.PrefixedIdent():
            return f"{identifier.prefix}:{identifier.local}"
        case fastobo.id.UnprefixedIdent():
            return str(identifier.unescaped)
    return str(identifier)


def _property(said: fastobo.pv.AbstractPropertyValue) -> tuple[str, str]:
    return _text(said.relation), _text(said.value)


def _sources(clause: fastobo.term.BaseTermClause) -> Iterator[str]:
    """Give what stands as `source` in the braces behind a clause."""
    qualifiers = clause.qualifiers or () if hasattr(clause, "qualifiers") else ()
    return (_text(one.value) for one in qualifiers if _text(one.key) == "source")


def _two_names(source: Source, identifier: str, name: str) -> VocabularyError:
    line = next(iter(source.find_lines(rf"^name:\s*{re.escape(name)}")), None)
    return source.error(f"{identifier} has two names", "make the second a synonym", line=line)


def _not_obo(source: Source, error: SyntaxError) -> VocabularyError:
    said = (error.text or "").strip()[:60]
    shown = f" at {said!r}" if said else ""
    return source.error(f"not OBO: {error.msg}{shown}", "mend the line or fetch the file again", line=error.lineno)
