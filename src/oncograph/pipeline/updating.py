"""A build of which few documents have changed since the last one: the store is changed where they differ."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from oncograph.model import Concept, Reading
from oncograph.pipeline.kept import FileContents, Head, KeptReadings
from oncograph.pipeline.published import STORE
from oncograph.pipeline.reading import read_pieces, start_readers
from oncograph.pipeline.work import Account, Work, choose_jobs, find_pieces, size_of
from oncograph.report import RefusedDocument

if TYPE_CHECKING:
    from oncograph.graph import GraphSummary, Journal

Entry = tuple[str, str, str]
"""Id, source and digest of a file."""
FEW = 10
"""A build of which more than one document in so many has changed is done from nothing: that takes no longer."""
MOST = 10_000
"""Changed documents that are held in memory."""


def update(
    output: Path, work: Work, account: Account, journal: Journal, before: Sequence[Entry]
) -> GraphSummary | None:
    """Bring the store of a complete output to other documents; the account is then as after a whole build.

    Args:
        before: The files that the output was built from.

    Returns:
        None where it does not pay, or where not all that it takes is kept: the store is then as it was.
    """
    from oncograph.graph import change_documents

    started = time.perf_counter()
    known = set(before)
    gone = known - set(work.entries)
    fresh = [at for at, entry in enumerate(work.entries) if entry not in known]
    with work.open_kept(output) as kept:
        names = {entry: kept.name_file(*entry) for entry in known.union(work.entries)}
        files = kept.list_files()
        documents = sum(len(files[names[entry]].keys) for entry in before if names[entry] in files)
        if not _read(work, fresh, kept, account, most=min(documents // FEW, MOST)):
            return None
        files, heads = kept.list_files(), kept.list_heads()
        old = _find_keys([names[entry] for entry in before], files, heads)
        new = _find_keys([names[entry] for entry in work.entries], files, heads)
        if old is None or new is None or len({heads[key].document.id for key in new}) < len(new):
            return None
        removed, added = sorted(set(old) - set(new)), sorted(set(new) - set(old))
        if max(len(removed), len(added)) > len(new) // FEW:
            return None
        ontology, reader = work.knowledge()
        sources = _Sources(kept, {heads[key].document.id: key for key in new}, frozenset(new))
        summary = change_documents(
            output / STORE,
            [kept.require(key) for key in removed],
            [kept.require(key) for key in added],
            ontology,
            reader.rules,
            sources,
            journal=journal,
        )
        for entry in work.entries:
            contents = files[names[entry]]
            account.refusals += (RefusedDocument(source, reason) for source, reason in contents.refusals)
            for key in contents.keys:
                account.note(heads[key])
        kept.forget([*removed, *(names[entry] for entry in gone)])
    account.reading_seconds = time.perf_counter() - started
    return summary


def _read(work: Work, fresh: Sequence[int], kept: KeptReadings, account: Account, *, most: int) -> bool:
    """Read the new documents of some files, so that they are kept, unless they are more than so many."""
    files = [work.files[at] for at in fresh]
    names = [kept.name_file(*work.entries[at]) for at in fresh]
    unread = sum(map(size_of, files))
    scratch = Account(account.tell)
    pieces = find_pieces(files, names, [kept.find_file(name) for name in names], kept, scratch)
    new = list(islice((piece for piece in pieces if piece.doc is not None), most + 1))
    if len(new) > most:
        return False
    with start_readers(work.knowledge, jobs=choose_jobs(work.jobs, unread), executor=work.executor) as readers:
        for _ in read_pieces(new, readers, kept, scratch.refuse):
            pass
    return True


def _find_keys(
    names: Iterable[bytes], files: dict[bytes, FileContents], heads: dict[bytes, Head]
) -> list[bytes] | None:
    """Give the keys of the documents of files, in their order; None where one of them is not kept."""
    keys: list[bytes] = []
    for name in names:
        contents = files.get(name)
        if contents is None or not all(key in heads for key in contents.keys):
            return None
        keys += contents.keys
    return keys


@dataclass(frozen=True)
class _Sources:
    """What the documents of the new state say.

    Attributes:
        by_document: Keys of the readings by the ids of their documents.
    """

    kept: KeptReadings
    by_document: dict[str, bytes]
    keys: frozenset[bytes]

    def describe(self, iri: str) -> Counter[Concept]:
        return self.kept.count_descriptions(iri, self.keys)

    def read(self, document: str) -> Reading:
        return self.kept.require(self.by_document[document])
