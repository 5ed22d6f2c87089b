"""BioC, as XML and as JSON: one document a BioC document, one block a passage."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oncograph.documents.content import Content
from oncograph.documents.encoding import decode_text
from oncograph.documents.jsonl import MAX_WHOLE, explain_json
from oncograph.documents.layout import Piece, find_title, join_pieces
from oncograph.documents.naming import RecordNames
from oncograph.documents.records import read_field, to_record
from oncograph.documents.refusal import Refusal, UnreadableError, show
from oncograph.documents.xml import read_elements
from oncograph.model import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

UNREAD_SECTIONS = frozenset({"REF", "AUTH_CONT", "COMP_INT", "ACK_FUND", "REVIEW_INFO"})
TITLE_TYPES = frozenset({"title", "front", "article_title", "document_title"})


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a BioC document: its type, its section, its text."""

    type: str
    section: str
    text: str


def read_bioc_xml(content: Content) -> Iterator[Document | Refusal]:
    """Read the documents of a BioC XML collection one after the other, in constant memory."""
    names = RecordNames(content.file.id)
    with content.open() as stream:
        for number, element in enumerate(read_elements(stream, "document"), 1):
            record_id = (element.findtext("id") or "").strip() or str(number)
            passages = [_from_element(passage) for passage in element.iterfind("passage")]
            yield _to_document(content, names, record_id, passages)


def read_bioc_json(content: Content) -> Iterator[Document | Refusal]:
    """Read the documents of a BioC JSON collection, or of several in one file."""
    try:
        data = json.loads(decode_text(content.read(max_bytes=MAX_WHOLE)))
    except (ValueError, RecursionError) as error:
        raise UnreadableError(explain_json(error)) from error
    names = RecordNames(content.file.id)
    number = 0
    for number, record in enumerate(_find_records(data), 1):
        yield read_bioc_record(content, names, record, default_id=str(number))
    if not number:
        raise UnreadableError("is BioC JSON without documents; fetch it again")


def read_bioc_record(
    content: Content, names: RecordNames, record: Mapping[str, Any], *, default_id: str
) -> Document | Refusal:
    """Make the document of one BioC document in JSON."""
    record_id = read_field(record, "id", "pmid", "_id").strip() or default_id
    passages = record.get("passages")
    if not isinstance(passages, list) or not all(isinstance(passage, dict) for passage in passages):
        return Refusal(show(content.file.path), f"record {show(record_id, limit=80)} has no list of passages; mend it")
    return _to_document(content, names, record_id, [_from_object(passage) for passage in passages])


def _find_records(data: object) -> Iterator[Mapping[str, Any]]:
    """Find the documents in what the services give: a collection, a list of them, documents bare or in a wrapper."""
    if isinstance(data, list):
        for member in data:
            yield from _find_records(member)
    elif isinstance(data, dict) and "passages" in data:
        yield data
    elif isinstance(data, dict):
        for key in ("documents", "PubTator3"):
            yield from _find_records(data.get(key))


def _from_object(passage: Mapping[str, Any]) -> Passage:
    infons = passage.get("infons")
    infons = infons if isinstance(infons, dict) else {}
    text = read_field(passage, "text")
    sentences = passage.get("sentences")
    if not text and isinstance(sentences, list):
        text = " ".join(read_field(sentence, "text") for sentence in sentences if isinstance(sentence, dict))
    return Passage(read_field(infons, "type"), read_field(infons, "section_type", "section"), text)


def _from_element(passage: _Element) -> Passage:
    infons = {infon.get("key", ""): infon.text or "" for infon in passage.iterfind("infon")}
    text = passage.findtext("text") or " ".join(
        sentence.findtext("text") or "" for sentence in passage.iterfind("sentence")
    )
    return Passage(infons.get("type", ""), infons.get("section_type") or infons.get("section", ""), text)


def _to_document(
    content: Content, names: RecordNames, record_id: str, passages: Iterable[Passage]
) -> Document | Refusal:
    text, blocks = join_pieces(find_pieces(passages))
    pmid = record_id if record_id.isdigit() else ""
    identifier = f"PMID:{pmid}" if pmid else f"PMCID:{record_id}" if record_id.startswith("PMC") else record_id
    title = find_title(text, blocks)
    return to_record(content, names, record_id, (text, blocks), title=title, identifier=identifier)


def find_pieces(passages: Iterable[Passage]) -> Iterator[Piece]:
    """Give each passage its role by its type; reference lists and statements about the authors are left out."""
    titled = False
    for passage in passages:
        kind = passage.type.lower()
        if passage.section.upper() in UNREAD_SECTIONS or kind == "ref":
            continue
        if kind in TITLE_TYPES and not titled:
            titled = True
            yield Piece("title", passage.text, 1)
        elif kind in TITLE_TYPES or "title" in kind:
            yield Piece("heading", passage.text, _find_level(kind))
        else:
            yield Piece("paragraph", passage.text)


def _find_level(kind: str) -> int:
    """`title_1` is a section, `title_2` one inside it; `abstract_title_1` is a section of the abstract."""
    number = kind.rpartition("_")[2]
    depth = int(number) if number.isdecimal() and len(number) == 1 else 1
    return min(depth + (2 if kind.startswith("abstract") else 1), 6)
