"""What curators judged, as a gold standard that `oncograph evaluate` reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Store

from oncograph.errors import CurationError
from oncograph.graph import terms
from oncograph.graph.describe import ClaimSummary, find_class_name, summarise_claim
from oncograph.graph.explain import explain_claim
from oncograph.graph.lookup import find_subjects, find_value
from oncograph.graph.terms import expand

COLUMNS = (
    "subject", "subject_class", "predicate", "object", "object_class", "polarity", "certainty", "start", "end",
)  # fmt: skip
JUDGED = "judged.tsv"
README = "README.md"

_ABOUT = """\
# Gold from curation

Written by `oncograph curate gold` from what curators decided; `oncograph evaluate` reads this folder.
Each `NAME.gold.tsv` has the accepted claims of `docs/NAME.txt`, and those that others were corrected to. Rejected
claims are no rows: a reader that makes one again is wrong.

`judged.tsv` says for each document how many of its claims were judged. Of a document that is only partly judged, the
claims that nobody looked at count as wrong in `evaluate`, so that its precision is too low, and what no reader found is
missing, so that its recall is too high: compare readers on the recall of the rows, or write only documents that are
judged as a whole (`--complete`). Even those hold only what a reader found, until someone adds what it missed.
"""


@dataclass(frozen=True, slots=True)
class JudgedDocument:
    """A document of which some claims were judged."""

    name: str
    judged: int
    claims: int
    rows: int


def write_gold(store: Store, folder: Path, *, complete: bool = False) -> list[JudgedDocument]:
    """Write the claims that curators accepted, corrected or rejected as gold; give the documents.

    Args:
        folder: New or empty.
        complete: Leave out documents of which some claims were not judged.

    Raises:
        CurationError: Nothing was judged, or the folder holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CurationError(f"{folder}: holds something already; name a new folder")
    found = [
        one for one in _judge_documents(store) if one[0].judged and (one[0].judged == one[0].claims or not complete)
    ]
    if not found:
        raise CurationError(
            "no document is judged" + (" as a whole" if complete else "; accept or reject claims first")
        )
    (folder / "docs").mkdir(parents=True)
    for document, text, rows in found:
        (folder / "docs" / f"{document.name}.txt").write_text(text, encoding="utf-8", newline="")
        _write_table(folder / f"{document.name}.gold.tsv", COLUMNS, rows)
    judged = [document for document, _, _ in found]
    lines = ((one.name, one.judged, one.claims, "yes" if one.judged == one.claims else "no") for one in judged)
    _write_table(folder / JUDGED, ("document", "judged", "claims", "complete"), lines)
    (folder / README).write_text(_ABOUT, encoding="utf-8", newline="\n")
    return judged


def _judge_documents(store: Store) -> Iterator[tuple[JudgedDocument, str, list[tuple[object, ...]]]]:
    places = _find_places(store)
    taken: set[str] = set()
    for document in sorted(places, key=str):
        summaries = {claim: summarise_claim(store, claim) for claim in sorted(places[document], key=str)}
        rows = [
            _row(store, summaries[claim], *places[document][claim])
            for claim in summaries
            if summaries[claim].status == "Accepted"
        ]
        judged = sum(bool(one.status) for one in summaries.values())
        name = _file_name(document, taken)
        text = find_value(store, document, terms.TEXT)
        yield JudgedDocument(name, judged, len(summaries), len(rows)), text, sorted(rows, key=lambda row: row[-2:])


def _find_places(store: Store) -> dict[NamedNode, dict[NamedNode, tuple[int, int]]]:
    """Give the claims of each document with the first sentence that makes each there."""
    places: dict[NamedNode, dict[NamedNode, tuple[int, int]]] = {}
    for claim in find_subjects(store, terms.TYPE, terms.CLAIM_CLASS):
        for support in reversed(explain_claim(store, claim).supports):
            document = NamedNode(expand(support.document) or support.document)
            places.setdefault(document, {})[claim] = (support.start, support.end)
    return places


def _row(store: Store, claim: ClaimSummary, start: int, end: int) -> tuple[object, ...]:
    subject, obj = NamedNode(claim.subject.iri), claim.object
    if obj.kind == "literal":
        object_class = "Literal"
    else:
        object_class = "Class" if obj.kind == "class" else find_class_name(store, NamedNode(obj.iri))
    words = (claim.subject.label, find_class_name(store, subject), claim.predicate, obj.label, object_class)
    return (*(" ".join(word.split()) for word in words), claim.polarity.lower(), claim.certainty.lower(), start, end)


def _file_name(document: NamedNode, taken: set[str]) -> str:
    """Name the files of a document; a name that would leave the folder, or is taken, is changed."""
    plain = "".join(char if char.isalnum() or char in "-_" else "-" for char in document.value.removeprefix(terms.DOC))
    stem = plain.strip("-")[:100] or "document"
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name.casefold())
    return name


def _write_table(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for row in (header, *rows):
            out.write("\t".join(map(str, row)) + "\n")
