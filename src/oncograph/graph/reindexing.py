"""The index of a store that has changed a little: only what the change touched is looked up again.

What is new comes after all that was ranked when the index was written, and what has changed keeps its rank; an index
that is written anew ranks all by their claims.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from oncograph.graph import terms
from oncograph.graph.changing import Touched
from oncograph.graph.index import (
    DOCUMENT,
    ENTITY,
    EVIDENCE,
    INDEX_FILE,
    KINDS,
    ROOM,
    SENTENCE,
    SHORTEST_SPELLED,
    claim_digest,
    count_made,
    has_index,
    list_evidence,
    read_claim,
    read_document,
    read_entity,
    split_names,
    write_index,
    write_names,
)
from oncograph.graph.lookup import find_subjects
from oncograph.graph.words import index_words
from oncograph.model import ONTOLOGY

Name = tuple[int, str]


def update_index(folder: Path, touched: Touched) -> None:
    """Bring the index of a store to what the store holds; whoever reads the old file goes on with it."""
    if not has_index(folder):
        write_index(folder)
        return
    path = folder / INDEX_FILE
    draft = path.with_name(path.name + ".part")
    shutil.copyfile(path, draft)
    with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")
        _Update(connection, Store.read_only(str(folder))).apply(touched)
        connection.execute("COMMIT")
    draft.replace(path)


class _Update:
    def __init__(self, connection: sqlite3.Connection, store: Store) -> None:
        self._connection = connection
        self._store = store
        self._classes: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._words: dict[str, None] = {}

    def apply(self, touched: Touched) -> None:
        gone = [iri for iri in sorted(touched.entities) if not self._renew_entity(iri)]
        for digest in sorted(touched.claims):
            self._renew_claim(NamedNode(terms.CLAIM + digest))
        for iri in sorted(touched.entities):
            self._connection.execute(
                "UPDATE things SET claims = (SELECT count(*) FROM claims WHERE subject = things.id) "
                "+ (SELECT count(*) FROM claims WHERE object = things.id AND subject <> things.id) WHERE iri = ?",
                (iri,),
            )
        for iri in gone:
            self._remove(iri, ENTITY)
        for name in sorted(touched.removed - touched.added):
            self._remove(terms.DOC + name, DOCUMENT)
        for name in sorted(touched.added):
            self._renew_document(NamedNode(terms.DOC + name))
        for text in sorted(touched.texts):
            self._renew_sentence(text, touched.texts[text])
        self._count()

    def _renew_entity(self, iri: str) -> bool:
        """Write what an entity is called now; tell whether there is one."""
        quads = self._store.quads_for_pattern(NamedNode(iri), None, None, DefaultGraph())
        entity = read_entity(iri, quads)
        if entity is None:
            return False
        label, class_name, names = entity
        row = self._find(iri)
        if row is None or row[1] != class_name:
            self._classes[class_name] += 1
            self._classes[row[1] if row is not None else ""] -= 1
        self._write(iri, ENTITY, row[0] if row is not None else None, label, class_name, names)
        return True

    def _renew_document(self, document: NamedNode) -> None:
        label, names = read_document(self._store, document)
        row = self._find(document.value)
        self._write(document.value, DOCUMENT, row[0] if row is not None else None, label, "", names)
        claims = sum(count_made(self._store, evidence) for evidence in list_evidence(self._store, document))
        self._connection.execute("UPDATE things SET claims = ? WHERE iri = ?", (claims, document.value))

    def _find(self, iri: str) -> tuple[int, str] | None:
        row = self._connection.execute("SELECT id, class FROM things WHERE iri = ?", (iri,)).fetchone()
        return (int(row[0]), str(row[1])) if row is not None else None

    def _write(
        self, iri: str, kind: str, number: int | None, label: str, class_name: str, names: Iterable[Name]
    ) -> None:
        wanted = sorted(names)
        if number is None:
            first = KINDS.index(kind) * ROOM
            (number,) = self._connection.execute(
                "SELECT coalesce(max(id), ?) + 1 FROM things WHERE id BETWEEN ? AND ?", (first, first, first + ROOM)
            ).fetchone()
            self._kinds[kind] += 1
            self._connection.execute(
                "INSERT INTO things VALUES (?, ?, ?, ?, ?, 0)", (number, kind, iri, label, class_name)
            )
        elif wanted == self._read_names(number):
            self._connection.execute("UPDATE things SET class = ? WHERE id = ?", (class_name, number))
            return
        else:
            self._forget_names(number)
            values = (label, class_name, number)
            self._connection.execute("UPDATE things SET label = ?, class = ? WHERE id = ?", values)
        self._words |= dict.fromkeys(write_names(self._connection, number, wanted))

    def _read_names(self, number: int) -> list[Name]:
        found = self._connection.execute(
            "SELECT scope, text FROM names WHERE thing = ? ORDER BY scope, text", (number,)
        )
        return [(scope, text) for scope, text in found]

    def _forget_names(self, number: int) -> None:
        labels, words = split_names(self._read_names(number))
        self._connection.execute("DELETE FROM names WHERE thing = ?", (number,))
        self._forget_words("label_words", number, labels)
        self._forget_words("name_words", number, words)

    def _forget_words(self, table: str, number: int, words: Sequence[str]) -> None:
        """Take a row out of an index of words, which must be told what the row held."""
        self._connection.execute(
            f"INSERT INTO {table} ({table}, rowid, words) VALUES ('delete', ?, ?)", (number, " ".join(words))
        )

    def _remove(self, iri: str, kind: str) -> None:
        row = self._find(iri)
        if row is None:
            return
        self._forget_names(row[0])
        self._connection.execute("DELETE FROM things WHERE id = ?", (row[0],))
        self._kinds[kind] -= 1
        self._classes[row[1]] -= 1

    def _renew_claim(self, claim: NamedNode) -> None:
        digest = claim_digest(claim)
        old = self._connection.execute(
            "SELECT predicate, negated, possible FROM claims WHERE claim = ?", (digest,)
        ).fetchone()
        new = read_claim(claim, self._store.quads_for_pattern(claim, None, None, DefaultGraph()))
        for row, number in ((old, -1), (new and (new[2], new[4], new[5]), 1)):
            if row:
                self._connection.execute(
                    "INSERT INTO relations VALUES (:predicate, :one, :negated, :possible) ON CONFLICT (predicate) DO "
                    "UPDATE SET claims = claims + :one, negated = negated + :negated, possible = possible + :possible",
                    {
                        "predicate": row[0],
                        "one": number,
                        "negated": number * bool(row[1]),
                        "possible": number * bool(row[2]),
                    },
                )
        if new is None:
            self._connection.execute("DELETE FROM claims WHERE claim = ?", (digest,))
        elif old is not None:
            self._connection.execute(
                "UPDATE claims SET negated = ?, possible = ?, confidence = ?, evidences = ?, documents = ? "
                "WHERE claim = ?",
                (*new[4:], digest),
            )
        else:
            self._connection.execute(
                "INSERT INTO claims (claim, subject, predicate, object, negated, possible, confidence, evidences, "
                "documents) SELECT ?, subject.id, ?, (SELECT id FROM things WHERE iri = ?), ?, ?, ?, ?, ? "
                "FROM things AS subject WHERE subject.iri = ?",
                (digest, new[2], new[3], *new[4:], new[1]),
            )

    def _renew_sentence(self, text: str, names: Iterable[str]) -> None:
        """Have a sentence once, however many documents hold it; tell in how many other places it stands."""
        present = set(self._find_places(text))
        rows = [
            row
            for name in sorted({*present, *names})
            for row in self._connection.execute(
                "SELECT id, evidence, others FROM sentences WHERE evidence = ?", (name,)
            )
        ]
        self._kinds[EVIDENCE] += len(present) - sum(others + 1 for _, _, others in rows)
        if not present:
            for number, _, _ in rows:
                self._connection.execute("DELETE FROM sentences WHERE id = ?", (number,))
                self._forget_words("sentence_words", number, list(index_words(text)))
            return
        if rows:
            number, evidence, _ = rows[0]
            self._connection.execute(
                "UPDATE sentences SET evidence = ?, others = ? WHERE id = ?",
                (evidence if evidence in present else self._choose(present), len(present) - 1, number),
            )
            return
        cursor = self._connection.execute(
            "INSERT INTO sentences (evidence, others) VALUES (?, ?)", (self._choose(present), len(present) - 1)
        )
        self._connection.execute(
            "INSERT INTO sentence_words (rowid, words) VALUES (?, ?)", (cursor.lastrowid, " ".join(index_words(text)))
        )

    def _find_places(self, text: str) -> Iterator[str]:
        """Yield the names of the sentences that read so."""
        for quote in find_subjects(self._store, terms.EXACT, Literal(text)):
            evidence = quote.value.removesuffix("/quote")
            if evidence != quote.value and SENTENCE.fullmatch(evidence):
                yield evidence.removeprefix(terms.EVIDENCE)

    def _choose(self, names: Iterable[str]) -> str:
        """Give the sentence that makes most claims."""
        return min(names, key=lambda name: (-count_made(self._store, NamedNode(terms.EVIDENCE + name)), name))

    def _count(self) -> None:
        for kind, number in self._kinds.items():
            self._connection.execute("UPDATE ranges SET things = things + ? WHERE kind = ?", (number, kind))
        for name, number in self._classes.items():
            self._connection.execute(
                "UPDATE things SET claims = claims + ? WHERE iri = ? AND kind = 'class'", (number, ONTOLOGY + name)
            )
        self._connection.execute("DELETE FROM relations WHERE claims = 0")
        (known,) = self._connection.execute("SELECT words FROM spellings").fetchone()
        seen = set(known.split())
        new = [word for word in self._words if word.isalpha() and len(word) >= SHORTEST_SPELLED and word not in seen]
        if new:
            self._connection.execute("UPDATE spellings SET words = ?", (" ".join([known, *new]),))
