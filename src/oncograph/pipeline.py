"""Documents in, a published graph out: joins documents, reading, graph and publish."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache, partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncograph.errors import DocumentError
from oncograph.model import Document, Reading
from oncograph.report import (
    BuildReport,
    ReadDocument,
    RefusedDocument,
    UndecidedTally,
    from_json,
    to_json,
    to_markdown,
)

if TYPE_CHECKING:
    from oncograph.documents import DocumentFile, Refusal
    from oncograph.graph import GraphSummary, Journal
    from oncograph.knowledge import Ontology
    from oncograph.reading import Reader

STORE = "store"
MANIFEST = "manifest.json"
REPORT = "report.json"
REPORT_PAGE = "report.md"
EXPORTS = {"turtle": "graph.ttl", "trig": "graph.trig"}
VIEW = "graph.html"
PUBLISHED = (*EXPORTS.values(), VIEW, REPORT, REPORT_PAGE)
JOURNAL = "curation.jsonl"
MANY_BYTES = 4_000_000
"""Input from which more than one process pays for its start."""
AHEAD = 16
"""Documents a process may be ahead of the one being written: bounds the memory."""

Knowledge = Callable[[], "tuple[Ontology, Reader]"]
"""Gives what is known, loaded at the first call in each process."""
Progress = Callable[[str, int, int], None]
"""Told of a stage (`reading`, `writing graph.ttl`, …), how much of it is done, and how much there is."""


def build(
    paths: Sequence[str | Path],
    output: Path,
    *,
    ontology_folder: Path | None = None,
    vocabularies: Path | None = None,
    progress: Progress | None = None,
    jobs: int = 1,
    force: bool = False,
) -> BuildReport:
    """Read documents into a graph and publish it in a folder.

    The same documents, decisions, ontology and program give the same bytes, whatever the order of the paths; an output
    that already holds them is left alone. A document that cannot be read is named in the report, the others are built.

    Args:
        paths: Files, folders (with all below them) and globs.
        output: Gets `store/`, `graph.ttl`, `graph.trig`, `graph.html`, `report.md` and `report.json`; the decisions of
            curators in its `curation.jsonl` are honoured.
        ontology_folder: The one that comes with the program by default.
        vocabularies: Folder of added vocabularies, whose names are read too; none by default.
        progress: Called as the build goes on.
        jobs: Processes that read, 0 for as many as pay. More than one needs a main module that can be imported again.
        force: Build even if nothing has changed.

    Raises:
        OncographError: A path does not exist, no document could be read, or the ontology is broken.
    """
    from oncograph.documents import find_documents
    from oncograph.graph import Journal
    from oncograph.knowledge import find_ontology

    started = time.perf_counter()
    journal = Journal(output / JOURNAL)
    account = _Account(progress or _tell_nobody)
    files = find_documents(paths, on_refusal=account.refuse)
    ontology_folder = ontology_folder or find_ontology()
    fingerprint = _fingerprint(files, ontology_folder, vocabularies, journal)
    if not force and _is_current(output, fingerprint):
        return _reread_report(output, seconds=time.perf_counter() - started)
    if not force and _is_current(output, fingerprint, but="curation"):
        report = _publish_decisions(output, journal, account.tell)
        _write_manifest(output, fingerprint)
        return replace(report, seconds=time.perf_counter() - started)

    output.mkdir(parents=True, exist_ok=True)
    (output / MANIFEST).unlink(missing_ok=True)
    known = (fingerprint["ontology"], fingerprint["vocabularies"])
    knowledge = partial(_load_knowledge, ontology_folder, vocabularies, known)
    summary = _write_store(output / STORE, files, knowledge, account, journal, jobs=jobs)
    report = _count_decisions(_report(output, account, summary), journal)
    _publish(report, account.tell)
    _write_manifest(output, fingerprint)
    return replace(report, seconds=time.perf_counter() - started)


@dataclass
class _Account:
    """What was read and what was refused so far, and whom to tell of it."""

    tell: Progress
    documents: list[ReadDocument] = field(default_factory=list)
    refusals: list[RefusedDocument] = field(default_factory=list)
    text_bytes: int = 0
    reading_seconds: float = 0.0
    undecided: UndecidedTally = field(default_factory=UndecidedTally)

    def refuse(self, refusal: Refusal) -> None:
        self.refusals.append(RefusedDocument(refusal.source, refusal.reason))

    def note(self, reading: Reading) -> Reading:
        doc = reading.doc
        self.documents.append(ReadDocument(doc.id, doc.source, doc.title, len(doc.text), len(reading.claims)))
        self.undecided.add(reading.undecided)
        self.text_bytes += len(doc.text.encode("utf-8", "replace"))
        return reading


def _tell_nobody(_stage: str, _done: int, _total: int) -> None:
    return


@lru_cache(maxsize=1)
def _load_knowledge(folder: Path, vocabularies: Path | None, _digests: tuple[str, ...]) -> tuple[Ontology, Reader]:
    """Load an ontology and its reader, once for each state of the folders that the digests stand for."""
    from oncograph.knowledge import load_knowledge

    return load_knowledge(folder, vocabularies=vocabularies)


def _write_store(
    path: Path, files: Sequence[DocumentFile], knowledge: Knowledge, account: _Account, journal: Journal, *, jobs: int
) -> GraphSummary:
    from oncograph.graph import write_store

    ontology, reader = knowledge()
    started = time.perf_counter()
    docs = _require_one(_read_files(files, account), account)
    with _start_reading(docs, knowledge, jobs=jobs or _choose_jobs(files)) as readings:
        summary = write_store(path, map(account.note, readings), ontology, reader.rules, journal=journal)
    account.reading_seconds = time.perf_counter() - started
    return summary


def _read_files(files: Sequence[DocumentFile], account: _Account) -> Iterator[Document]:
    from oncograph.documents import read_documents

    sizes = [_size_of(file) for file in files]
    done, total = 0, sum(sizes)
    for file, size in zip(files, sizes, strict=True):
        account.tell("reading", done, total)
        yield from read_documents(file, on_refusal=account.refuse)
        done += size
    account.tell("reading", done, total)


def _require_one(docs: Iterator[Document], account: _Account) -> Iterator[Document]:
    """Fail before anything is written where there is nothing to write."""
    first = next(docs, None)
    if first is not None:
        return chain([first], docs)
    reasons = "; ".join(f"{refusal.source}: {refusal.reason}" for refusal in account.refusals)
    raise DocumentError(f"no document could be read: {reasons or 'there are no files'}")


@contextmanager
def _start_reading(docs: Iterable[Document], knowledge: Knowledge, *, jobs: int) -> Iterator[Iterator[Reading]]:
    """Give the readings of documents, in their order, made by this process or by several others."""
    read = partial(_read, knowledge=knowledge)
    if jobs == 1:
        yield map(read, docs)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield _map_in_order(pool, read, docs, ahead=jobs * AHEAD)


def _read(doc: Document, *, knowledge: Knowledge) -> Reading:
    from oncograph.reading import read_document

    _, reader = knowledge()
    return read_document(doc, reader)


def _map_in_order(
    pool: Executor, function: Callable[[Document], Reading], docs: Iterable[Document], *, ahead: int
) -> Iterator[Reading]:
    waiting: deque[Future[Reading]] = deque()
    for doc in docs:
        waiting.append(pool.submit(function, doc))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _choose_jobs(files: Sequence[DocumentFile]) -> int:
    return (os.cpu_count() or 1) if sum(map(_size_of, files)) >= MANY_BYTES else 1


def _size_of(file: DocumentFile) -> int:
    return file.path.stat().st_size if file.path.is_file() else 0


def _report(output: Path, account: _Account, summary: GraphSummary) -> BuildReport:
    return BuildReport(
        output=output,
        documents=tuple(account.documents),
        refusals=tuple(sorted(account.refusals, key=lambda refusal: (refusal.source, refusal.reason))),
        entities=summary.entities,
        claims=summary.claims,
        facts=summary.facts,
        negated=summary.negated,
        possible=summary.possible,
        evidences=summary.evidences,
        claims_by_predicate=_by_count(summary.claims_by_predicate),
        entities_by_class=_by_count(summary.entities_by_class),
        grounded_share=round(summary.grounded_share, 4),
        undecided_mentions=account.undecided.mentions,
        undecided_names=account.undecided.names,
        undecided=account.undecided.most_frequent(),
        text_bytes=account.text_bytes,
        reading_seconds=account.reading_seconds,
    )


def _by_count(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _publish(report: BuildReport, tell: Progress) -> None:
    from oncograph.graph import open_store
    from oncograph.publish import write_export, write_view

    store = open_store(report.output / STORE)
    for number, (format_name, name) in enumerate(EXPORTS.items()):
        tell(f"writing {name}", number, len(EXPORTS) + 1)
        write_export(store, report.output / name, format=format_name)
    tell(f"writing {VIEW}", len(EXPORTS), len(EXPORTS) + 1)
    write_view(store, report.output / VIEW)
    (report.output / REPORT).write_text(to_json(report), encoding="utf-8", newline="\n")
    (report.output / REPORT_PAGE).write_text(to_markdown(report), encoding="utf-8", newline="\n")


def _count_decisions(report: BuildReport, journal: Journal) -> BuildReport:
    """Add to a report how the decisions stand in its store."""
    from oncograph.graph import open_store, summarise_curation

    decisions = journal.read()
    if not decisions:
        return replace(report, curation={}, waiting=())
    values = asdict(summarise_curation(open_store(report.output / STORE), decisions))
    return replace(report, waiting=values.pop("waiting"), curation=values)


def _publish_decisions(output: Path, journal: Journal, tell: Progress) -> BuildReport:
    """Publish anew a graph whose documents were read before, where only decisions have come since."""
    from oncograph.graph import apply_journal

    report = _reread_report(output, seconds=0.0)
    (output / MANIFEST).unlink()
    apply_journal(output / STORE, journal)
    report = replace(_count_decisions(report, journal), unchanged=False)
    _publish(report, tell)
    return report


def _fingerprint(
    files: Sequence[DocumentFile], ontology_folder: Path, vocabularies: Path | None, journal: Journal
) -> dict[str, Any]:
    """Return all that an output depends on, as JSON: the program's own files too, whatever its version says."""
    from oncograph.knowledge import VocabularyStore

    return {
        "vocabularies": VocabularyStore(vocabularies).digest() if vocabularies is not None else "",
        "program": _digest_folder(Path(__file__).parent),
        "ontology": _digest_folder(ontology_folder),
        "curation": journal.digest(),
        "documents": [[file.id, file.source, _digest_file(file.path)] for file in files],
    }


def _digest_folder(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            total.update(f"{path.relative_to(folder).as_posix()} {_digest_file(path)}\n".encode())
    return total.hexdigest()


def _digest_file(path: Path) -> str:
    if not path.is_file():
        return "not a file"
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        return type(error).__name__


def _is_current(output: Path, fingerprint: Mapping[str, Any], *, but: str = "") -> bool:
    """Tell whether an output is what its fingerprint says, one part of it left aside."""
    from oncograph.graph import is_store

    try:
        manifest = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    wanted = {**fingerprint, "published": _describe_published(output)}
    return is_store(output / STORE) and {**manifest, but: ""} == {**wanted, but: ""}


def _write_manifest(output: Path, fingerprint: Mapping[str, Any]) -> None:
    manifest = {**fingerprint, "published": _describe_published(output)}
    (output / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _describe_published(output: Path) -> list[list[Any]]:
    """Return size and time of what was published: a file that someone changed or removed is made anew."""
    paths = [output / name for name in PUBLISHED]
    return [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in paths if path.is_file()]


def _reread_report(output: Path, *, seconds: float) -> BuildReport:
    report = from_json((output / REPORT).read_text(encoding="utf-8"), output)
    return replace(report, unchanged=True, seconds=seconds)
