"""The graph on disk: an Oxigraph store that is replaced as a whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from pyoxigraph import Quad, Store

from oncograph.errors import StoreError
from oncograph.graph import terms
from oncograph.graph.changing import DocumentChange, Sources
from oncograph.graph.curation import curate, curate_folder, read_described, write_described
from oncograph.graph.description import (
    GraphSummary,
    ontology_quads,
    order_counts,
    rule_quads,
    summary_quads,
)
from oncograph.graph.index import write_index
from oncograph.graph.journal import Decision, Journal
from oncograph.graph.loading import Loader
from oncograph.graph.merging import ClaimTable
from oncograph.graph.part import DocumentPart, make_part
from oncograph.graph.quads import (
    TripleTuple,
    write_triple,
)
from oncograph.graph.reindexing import update_index
from oncograph.graph.shared import SharedGraph
from oncograph.knowledge import Ontology
from oncograph.model import Reading, Rule

if TYPE_CHECKING:
    import rdflib

FORMAT = "oncograph-store 1\n"
FORMAT_FILE = "oncograph.format"
SUMMARY_FILE = "summary.json"
WAIT_SECONDS = 60.0
"""How long a change waits for another one to end."""
_IMMUTABLE = frozenset({".sst", ".sqlite"})
"""Files that are never changed once they are written, so that two folders may share them: RocksDB's and the index."""


def write_store(
    path: Path,
    readings: Iterable[Reading],
    ontology: Ontology,
    rules: Mapping[str, Rule],
    *,
    journal: Journal | None = None,
) -> GraphSummary:
    """Build a store from readings, as `write_parts` does from what they bring."""
    return write_parts(path, (make_part(reading, ontology) for reading in readings), ontology, rules, journal=journal)


def write_parts(
    path: Path,
    parts: Iterable[DocumentPart],
    ontology: Ontology,
    rules: Mapping[str, Rule],
    *,
    journal: Journal | None = None,
) -> GraphSummary:
    """Build a store; what stood at the path before is replaced once the new store is complete.

    Parts are taken one by one and their evidence goes to disk at once; of what documents share, no more is in memory
    than fits. The index of the store is written into its folder, so that it is always of the same state.

    Args:
        parts: In any order; no two with the same document id.
        rules: By id; those that made evidence are described in the graph.
        journal: Decisions to honour; those made while this runs are honoured too.

    Raises:
        CurationError: The journal cannot be read.
        StoreError: Something else than a store stands at the path, or another build is writing it.
    """
    decided = journal.read() if journal is not None else []
    with _replace_folder(Path(path), lambda folder: _catch_up(folder, journal, decided)) as folder:
        with tempfile.TemporaryDirectory(dir=folder) as scratch, ClaimTable(ontology, Path(scratch)) as table:
            build = _Build(ontology, rules, table)
            build.fill(folder, parts)
        write_described(folder, map(write_triple, build.described))
        _write_summary(folder, build.summary)
        if decided:
            curate_folder(folder, decided)
        write_index(folder)
    return build.summary


def open_store(path: Path) -> Store:
    """Open a store for reading.

    Raises:
        StoreError: There is no store, it is damaged, or another version wrote it.
    """
    path = Path(path)
    _check_format(path)
    try:
        return Store.read_only(str(path))
    except OSError as error:
        raise StoreError(f"{path}: the store cannot be opened ({_first_line(error)}); build it again") from error


def change_store(path: Path, change: Callable[[Store], None]) -> None:
    """Change a finished store: whoever reads it meanwhile sees it as before, or with all of the change.

    The change is made to a copy beside the store (large files are shared by hard links), which then takes its place.
    If it raises, the store stays as it was. Changes wait for each other; a build that is under way replaces the store
    by what it has read, so what shall survive a build must be in the journal of decisions.

    Raises:
        StoreError: There is no store, another version wrote it, or another change has not ended within a minute.
    """
    with edit_store(path) as folder:
        store = Store(str(folder))
        change(store)
        store.flush()
        del store  # closed, so that its folder may be moved
        write_index(folder)


def change_documents(
    path: Path,
    removed: Sequence[Reading],
    added: Sequence[Reading],
    ontology: Ontology,
    rules: Mapping[str, Rule],
    sources: Sources,
    *,
    journal: Journal,
) -> GraphSummary:
    """Bring a finished store to other documents, as `change_store` does; it is then as one built from them.

    Args:
        removed, added: Readings; a document that has changed is in both.
        sources: The documents that the store is to hold.

    Raises:
        CurationError: The journal cannot be read.
        StoreError: A document that is added has the id of another one, or as of `change_store`.
    """
    with edit_store(path) as folder:
        decisions = journal.read()
        described = read_described(folder)
        store = Store(str(folder))
        curate(store, [], described)
        change = DocumentChange(store, ontology, rules, sources, described=described, summary=read_summary(folder))
        summary, touched = change.apply(removed, added)
        curate(store, decisions, described)
        store.flush()
        del store, change  # closed, so that its folder may be moved
        write_described(folder, described)
        _write_summary(folder, summary)
        update_index(folder, touched)
    return summary


def read_summary(folder: Path) -> GraphSummary:
    """Read how much the documents of a store made of it.

    Raises:
        StoreError: Nothing says it; another version wrote the store.
    """
    try:
        return GraphSummary(**json.loads((folder / SUMMARY_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"{folder}: does not say how much it holds; build it again") from error


def _write_summary(folder: Path, summary: GraphSummary) -> None:
    text = json.dumps(asdict(summary), indent=1) + "\n"
    (folder / SUMMARY_FILE).write_text(text, encoding="utf-8", newline="\n")


def apply_journal(path: Path, journal: Journal) -> None:
    """Bring a finished store to what a journal says, as `change_store` does.

    Raises:
        CurationError: The journal cannot be read.
        StoreError: As of `change_store`.
    """
    with edit_store(path) as folder:
        curate_folder(folder, journal.read())


@contextmanager
def edit_store(path: Path) -> Iterator[Path]:
    """Give a folder with a copy of a store that takes its place when the block ends well."""
    path = Path(path)
    with lock_store(path):
        _check_format(path)
        for left in path.parent.glob(f".{path.name}.changing-*"):  # by a killed process; nobody else holds the lock
            shutil.rmtree(left, ignore_errors=True)
        # Each has its own name: while an error is told, its frames may still hold the store of the last one open.
        changing = Path(tempfile.mkdtemp(prefix=f".{path.name}.changing-", dir=path.parent))
        try:
            copy_store(path, changing)
            yield changing
            _finish(changing, path)
        finally:
            shutil.rmtree(changing, ignore_errors=True)


def copy_store(source: Path, target: Path) -> None:
    """Copy a store that nobody writes, or that is replaced as a whole only, into an existing folder."""
    for entry in sorted(os.scandir(source), key=lambda entry: entry.name):
        place = target / entry.name
        if Path(entry.name).suffix in _IMMUTABLE:
            _link(Path(entry.path), place)
        elif entry.name != "LOCK":
            shutil.copyfile(entry.path, place)


@contextmanager
def lock_store(path: Path) -> Iterator[None]:
    """Be the only one who puts a store at a path; a store that a killed process left half exchanged is put back.

    Raises:
        StoreError: Another process has held the lock for a minute.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=WAIT_SECONDS):
            _restore(path)
            yield
    except Timeout as error:
        raise StoreError(f"{path}: another process is changing this store; try again when it has ended") from error


def open_dataset(path: Path) -> rdflib.Dataset:
    """Open a store for reading as an rdflib Dataset whose default graph is the union of all graphs."""
    from oxrdflib import OxigraphStore
    from rdflib import Dataset

    dataset = Dataset(store=OxigraphStore(store=open_store(path)), default_union=True)
    for prefix, namespace in terms.PREFIXES.items():
        dataset.bind(prefix, namespace, override=True, replace=True)
    return dataset


def is_store(path: Path) -> bool:
    """Tell whether a folder is a store of ours, of any version."""
    return (path / FORMAT_FILE).is_file()


class _Build:
    """One run over the documents: fills a store and counts what it holds."""

    def __init__(self, ontology: Ontology, rules: Mapping[str, Rule], table: ClaimTable) -> None:
        self.summary = GraphSummary()
        self._ontology = ontology
        self._rules = rules
        self._table = table
        self._shared = SharedGraph(table, ontology)
        self._sources: dict[str, str] = {}
        self._evidences = 0
        self._inferred = 0
        self._quads = 0

    @property
    def described(self) -> set[TripleTuple]:
        """Direct triples that the description of their subject has too."""
        return self._shared.described

    def fill(self, folder: Path, parts: Iterable[DocumentPart]) -> None:
        """Fill a new store; it is closed, and its folder may be moved, when this returns."""
        store = Store(str(folder))
        with Loader(store) as loader:
            for part in parts:
                self._note(part)
                loader.add(part.lines, part.quads)
            loader.extend(self._quads_of_all())
        if loader.batches > 1:
            store.optimize()  # each batch made files of its own: a query that looks into all takes half as long again
        store.flush()

    def _note(self, part: DocumentPart) -> None:
        if part.id in self._sources:
            first = self._sources[part.id]
            raise StoreError(f"{part.source}: has the same id as {first} ({part.id}); rename one of the two")
        self._sources[part.id] = part.source
        self._table.add(part.share)
        self._evidences += part.evidences
        self._quads += part.quads

    def _quads_of_all(self) -> Iterator[Quad]:
        """Yield what the documents share, then what is said about the whole."""
        yield from self._count(self._shared.quads())
        before = self._quads
        yield from self._count(self._shared.inferred())
        self._inferred = self._quads - before
        yield from self._count(ontology_quads(self._ontology))
        used = sorted(self._table.rules & set(self._rules))
        yield from self._count(rule_quads(self._rules[rule] for rule in used))
        self.summary = self._summarise()
        yield from summary_quads(self.summary, self._ontology)

    def _count(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        for quad in quads:
            self._quads += 1
            yield quad

    def _summarise(self) -> GraphSummary:
        counts = self._shared.counts
        return GraphSummary(
            documents=len(self._sources),
            entities=counts.entities,
            claims=counts.claims,
            facts=counts.facts,
            negated=counts.negated,
            possible=counts.possible,
            evidences=self._evidences,
            inferred=self._inferred,
            quads=self._quads,
            claims_by_predicate=order_counts(counts.predicates),
            triples_by_predicate=order_counts(counts.triples),
            entities_by_class=order_counts(counts.classes),
            entities_by_grounding=order_counts(counts.groundings),
        )


def _catch_up(folder: Path, journal: Journal | None, decided: Sequence[Decision]) -> None:
    """Honour what was decided since the build began."""
    decisions = journal.read() if journal is not None else []
    if decisions != decided:
        curate_folder(folder, decisions)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one that has no hard links
        shutil.copyfile(source, target)


@contextmanager
def _replace_folder(path: Path, finish: Callable[[Path], None]) -> Iterator[Path]:
    """Give a folder beside the path that takes its place when the block ends well.

    Args:
        finish: Called with the folder when nobody else can change the store any more.
    """
    building = path.with_name(f".{path.name}.building")
    with lock_store(path):
        _check_replaceable(path)
        _claim_folder(building, path)
        building.mkdir()
    try:
        yield building
        with lock_store(path):
            finish(building)
            _finish(building, path)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _restore(path: Path) -> None:
    """Put the store back whose exchange was broken off between the two renames."""
    previous = path.with_name(f".{path.name}.previous")
    if previous.exists() and not path.exists():
        previous.rename(path)


def _finish(folder: Path, path: Path) -> None:
    """Put a whole store in the place of the one at the path."""
    for log in folder.glob("LOG*"):  # clock times and paths of this machine, of no use to readers
        log.unlink()
    (folder / FORMAT_FILE).write_text(FORMAT, encoding="utf-8")
    _swap(folder, path, path.with_name(f".{path.name}.previous"))


def _claim_folder(building: Path, path: Path) -> None:
    """Make sure that no other process writes the folder, and remove what a killed one left in it."""
    if building.exists():
        try:
            Store(str(building))
        except OSError as error:
            if "lock" in str(error).lower():
                raise StoreError(f"{path}: another build is writing this store; wait for it to end") from error
        shutil.rmtree(building)


def _swap(building: Path, path: Path, previous: Path) -> None:
    shutil.rmtree(previous, ignore_errors=True)
    if path.exists():
        path.rename(previous)
    try:
        building.rename(path)
    except OSError:
        if previous.exists():
            previous.rename(path)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def _check_replaceable(path: Path) -> None:
    if not path.exists() or is_store(path):
        return
    if not path.is_dir() or any(path.iterdir()):
        raise StoreError(f"{path}: is not a store and will not be overwritten; choose another place or move it away")


def _check_format(path: Path) -> None:
    if not path.is_dir():
        raise StoreError(f"{path}: there is no store here; build one first")
    if not is_store(path):
        raise StoreError(f"{path}: is not a store of oncograph; give the folder that a build has written")
    found = (path / FORMAT_FILE).read_text(encoding="utf-8", errors="replace")
    if found != FORMAT:
        raise StoreError(
            f"{path}: written by another version ({found.strip()[:40] or 'unknown'}; "
            f"this one reads {FORMAT.strip()}); build it again"
        )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
