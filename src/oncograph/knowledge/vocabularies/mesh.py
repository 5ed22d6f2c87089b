"""MeSH as its makers give it out: descriptors in XML or ASCII → terms, classed by their places in the tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from oncograph.knowledge.vocabularies.source import Source
from oncograph.knowledge.vocabularies.tables import JsonRecord, collect, find_known
from oncograph.knowledge.vocabularies.terms import Vocabulary

TABLE = ("mesh_id", "name", "synonyms", "tree_numbers")
"""The table whose column map, in the ontology folder, says of what class each tree is."""


@dataclass(slots=True)
class _Record:
    line: int
    id: str = ""
    name: str = ""
    definition: str = ""
    synonyms: list[str] = field(default_factory=list)
    tree: list[str] = field(default_factory=list)

    def as_row(self) -> JsonRecord:
        said = {
            "mesh_id": self.id,
            "name": self.name,
            "scope_note": self.definition,
            "synonyms": self.synonyms,
            "tree_numbers": self.tree,
        }
        return JsonRecord(self.line, said)


def read_mesh_ascii(source: Source, *, class_name: str = "") -> Vocabulary:
    """Read the descriptors of a MeSH ASCII file (`d2025.bin`).

    Raises:
        VocabularyError: What `Collector` refuses.
    """
    return _collect(source, _ascii_records(source), class_name)


def read_mesh_xml(source: Source, *, class_name: str = "") -> Vocabulary:
    """Read the descriptors of a MeSH XML file (`desc2025.xml`).

    Raises:
        VocabularyError: It is not XML, or what `Collector` refuses.
    """
    try:
        with source.open() as file:
            return _collect(source, _xml_records(file), class_name)
    except etree.XMLSyntaxError as error:
        line, _ = error.position
        raise source.error(f"not XML: {error.msg}", "fetch it again", line=line) from error


def _collect(source: Source, records: Iterable[_Record], class_name: str) -> Vocabulary:
    columns = find_known(TABLE)
    assert columns is not None
    return collect(source, (record.as_row() for record in records), columns, class_name)


def _ascii_records(source: Source) -> Iterator[_Record]:
    record: _Record | None = None
    for number, line in source.lines():
        if line.startswith("*NEWRECORD"):
            if record:
                yield record
            record = _Record(number)
        elif record:
            key, _, value = line.strip().partition(" = ")
            _take(record, key, value)
    if record:
        yield record


def _take(record: _Record, key: str, value: str) -> None:
    match key:
        case "UI":
            record.id = value
        case "MH":
            record.name = value
        case "MS":
            record.definition = value
        case "MN":
            record.tree.append(value)
        case "ENTRY" | "PRINT ENTRY":
            record.synonyms.append(value.split("|", 1)[0])


def _xml_records(file: object) -> Iterator[_Record]:
    for _, node in etree.iterparse(file, tag="DescriptorRecord", resolve_entities=False, no_network=True):
        name = node.findtext("DescriptorName/String", "")
        terms = [term.text or "" for term in node.iterfind("ConceptList/Concept/TermList/Term/String")]
        tree = [place.text or "" for place in node.iterfind("TreeNumberList/TreeNumber")]
        note = node.findtext("ConceptList/Concept[@PreferredConceptYN='Y']/ScopeNote", "")
        yield _Record(node.sourceline, node.findtext("DescriptorUI", ""), name, note, terms, tree)
        node.clear()
        while node.getprevious() is not None:
            del node.getparent()[0]
