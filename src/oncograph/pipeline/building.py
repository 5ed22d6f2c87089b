"""A build: documents are read into a store, and the store is published as files."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import asdict, replace
from functools import partial
from itertools import chain, starmap
from pathlib import Path
from typing import TYPE_CHECKING

from oncograph.errors import DocumentError
from oncograph.pipeline.kept import Head
from oncograph.pipeline.processes import start_processes
from oncograph.pipeline.published import (
    EXPORTS,
    JOURNAL,
    MANIFEST,
    REPORT,
    REPORT_PAGE,
    STORE,
    VIEW,
    explain_full_disk,
    find_fingerprint,
    hold_folder,
    is_current,
    read_documents_of,
    write_manifest,
)
from oncograph.pipeline.reading import KEPT_SHARE, Piece, load_known, read_pieces, start_readers
from oncograph.pipeline.updating import update
from oncograph.pipeline.work import Account, Progress, Work, choose_jobs, digest_reader, find_pieces, size_of
from oncograph.report import BuildReport, from_json, to_json, to_markdown

if TYPE_CHECKING:
    from oncograph.graph import GraphSummary, Journal

LARGE_QUADS = 2_000_000
"""Size of a graph from which its files are written on demand only: by `oncograph export`, or when it is said."""
MANY_QUADS = 300_000
"""Size of a graph from which its files are written by several processes."""


def build(
    paths: Sequence[str | Path],
    output: Path,
    *,
    ontology_folder: Path | None = None,
    vocabularies: Path | None = None,
    progress: Progress | None = None,
    jobs: int = 1,
    executor: Executor | None = None,
    force: bool = False,
    files: bool | None = None,
) -> BuildReport:
    """Read documents into a graph and publish it in a folder.

    The same documents, decisions, ontology and program give the same bytes, whatever the order of the paths and what
    was built before; an output that already holds them is left alone. Documents that an earlier build of the folder
    read, finished or not, are not read again. A document that cannot be read is named in the report, the others are
    built.

    Args:
        paths: Files, folders (with all below them) and globs.
        output: Gets `store/`, `graph.ttl`, `graph.trig`, `graph.html`, `report.md` and `report.json`; the decisions of
            curators in its `curation.jsonl` are honoured.
        ontology_folder: The one that comes with the program by default.
        vocabularies: Folder of added vocabularies, whose names are read too; none by default.
        progress: Called as the build goes on.
        jobs: Processes that read, 0 for as many as pay. More than one needs a main module that can be imported again.
        executor: Reads in the place of processes, on other machines perhaps; they need the same program and folders.
        force: Build even if nothing has changed, and read everything again.
        files: Write `graph.ttl`, `graph.trig` and `graph.html`; by default for graphs under two million triples.

    Raises:
        OncographError: A path does not exist, no document could be read, the ontology is broken, another build is at
            work in the folder, or the disk is full.
    """
    from oncograph.documents import find_documents
    from oncograph.graph import Journal
    from oncograph.knowledge import find_ontology

    started = time.perf_counter()
    account = Account(progress or _tell_nobody)
    found = find_documents(paths, on_refusal=account.refuse)
    ontology_folder = ontology_folder or find_ontology()
    with hold_folder(output), explain_full_disk(output):
        journal = Journal(output / JOURNAL)
        fingerprint = {**find_fingerprint(found, ontology_folder, vocabularies, journal), "files": files}
        if not force and is_current(output, fingerprint):
            return _reread_report(output, seconds=time.perf_counter() - started)
        if not force and is_current(output, fingerprint, but="curation"):
            report = _publish_decisions(output, journal, account.tell, jobs=jobs)
        else:
            before = None if force else read_documents_of(output, fingerprint)
            (output / MANIFEST).unlink(missing_ok=True)
            known = (fingerprint["ontology"], fingerprint["vocabularies"])
            work = Work(
                files=found,
                digests=[digest for _, _, digest in fingerprint["documents"]],
                knowledge=partial(load_known, ontology_folder, vocabularies, known),
                reader=digest_reader(known),
                jobs=jobs,
                executor=executor,
                force=force,
            )
            summary = update(output, work, account, journal, before) if before is not None else None
            if summary is None:
                summary = _write_store(output, work, account, journal)
            report = _count_decisions(_report(output, account, summary), journal)
            names = _name_files(summary.quads, files)
            _publish(report, account.tell, names, jobs=jobs if summary.quads >= MANY_QUADS else 1)
        write_manifest(output, fingerprint)
    return replace(report, seconds=time.perf_counter() - started)


def _tell_nobody(_stage: str, _done: int, _total: int) -> None:
    return


def _write_store(output: Path, work: Work, account: Account, journal: Journal) -> GraphSummary:
    from oncograph.graph import DocumentPart, write_parts

    def take(head: Head, part: DocumentPart) -> DocumentPart:
        account.note(head)
        return part

    ontology, reader = work.knowledge()
    started = time.perf_counter()
    with work.open_kept(output) as kept:
        if work.force:
            kept.clear()
        names = [kept.name_file(*entry) for entry in work.entries]
        contents = [kept.find_file(name) for name in names]
        pieces = _require_one(find_pieces(work.files, names, contents, kept, account), account)
        sizes = zip(map(size_of, work.files), contents, strict=True)
        size = sum(size if known is None else size // KEPT_SHARE for size, known in sizes)
        with start_readers(work.knowledge, jobs=choose_jobs(work.jobs, size), executor=work.executor) as readers:
            parts = starmap(take, read_pieces(pieces, readers, kept, account.refuse))
            summary = write_parts(output / STORE, parts, ontology, reader.rules, journal=journal)
        kept.sweep()
    account.reading_seconds = time.perf_counter() - started
    return summary


def _require_one(pieces: Iterator[Piece], account: Account) -> Iterable[Piece]:
    """Fail before anything is written where there is nothing to write."""
    first = next(pieces, None)
    if first is not None:
        return chain([first], pieces)
    reasons = "; ".join(f"{refusal.source}: {refusal.reason}" for refusal in account.refusals)
    raise DocumentError(f"no document could be read: {reasons or 'there are no files'}")


def _report(output: Path, account: Account, summary: GraphSummary) -> BuildReport:
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


def _name_files(quads: int, files: bool | None) -> Sequence[str]:
    wanted = quads < LARGE_QUADS if files is None else files
    return (*EXPORTS.values(), VIEW) if wanted else ()


def _publish(report: BuildReport, tell: Progress, names: Sequence[str], *, jobs: int) -> None:
    for name in {*EXPORTS.values(), VIEW} - set(names):  # of an earlier state
        (report.output / name).unlink(missing_ok=True)
    if jobs == 1 or not names:
        for number, name in enumerate(names):
            tell(f"writing {name}", number, len(names))
            _write_file(report.output, name)
    else:
        tell("writing files", 0, len(names))
        with start_processes(min(jobs or os.cpu_count() or 1, len(names))) as pool:
            # What takes longest begins first.
            writing = [pool.submit(_write_file, report.output, name) for name in reversed(names)]
            for number, written in enumerate(as_completed(writing), 1):
                written.result()
                tell("writing files", number, len(names))
    (report.output / REPORT).write_text(to_json(report), encoding="utf-8", newline="\n")
    (report.output / REPORT_PAGE).write_text(to_markdown(report), encoding="utf-8", newline="\n")


def _write_file(output: Path, name: str) -> None:
    from oncograph.graph import open_store
    from oncograph.publish import write_export, write_view

    store = open_store(output / STORE)
    if name == VIEW:
        write_view(store, output / VIEW)
        return
    form = next(form for form, file in EXPORTS.items() if file == name)
    write_export(store, output / name, format=form)


def _count_decisions(report: BuildReport, journal: Journal) -> BuildReport:
    """Add to a report how the decisions stand in its store."""
    from oncograph.graph import open_store, summarise_curation

    decisions = journal.read()
    if not decisions:
        return replace(report, curation={}, waiting=())
    values = asdict(summarise_curation(open_store(report.output / STORE), decisions))
    return replace(report, waiting=values.pop("waiting"), curation=values)


def _publish_decisions(output: Path, journal: Journal, tell: Progress, *, jobs: int) -> BuildReport:
    """Publish anew a graph whose documents were read before, where only decisions have come since."""
    from oncograph.graph import apply_journal

    report = _reread_report(output, seconds=0.0)
    (output / MANIFEST).unlink()
    apply_journal(output / STORE, journal)
    report = replace(_count_decisions(report, journal), unchanged=False)
    names = [name for name in (*EXPORTS.values(), VIEW) if (output / name).is_file()]
    size = max(((output / name).stat().st_size for name in names), default=0)
    _publish(report, tell, names, jobs=jobs if size >= MANY_QUADS * 50 else 1)
    return report


def _reread_report(output: Path, *, seconds: float) -> BuildReport:
    report = from_json((output / REPORT).read_text(encoding="utf-8"), output)
    return replace(report, unchanged=True, seconds=seconds)
