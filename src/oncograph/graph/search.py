"""Finding things by their names and sentences by their words, as they are typed."""

from __future__ import annotations

import difflib
import sqlite3
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from pyoxigraph import NamedNode, Store

from oncograph.errors import QueryError, StoreError
from oncograph.graph import terms
from oncograph.graph.describe import Thing, describe_thing
from oncograph.graph.index import (
    CLAIM_COLUMNS,
    DOCUMENT,
    ENTITY,
    IDENTIFIER,
    INDEX_FILE,
    KINDS,
    LABEL,
    SYNONYM,
    claim_digest,
    value_of,
)
from oncograph.graph.lookup import find_nodes, find_value, holds
from oncograph.graph.names import find_undecided
from oncograph.graph.terms import expand, shorten
from oncograph.graph.words import cut_marked, fold_name, mark_words, write_match
from oncograph.model import ONTOLOGY

EVIDENCE = "evidence"
SEARCHED = (*KINDS, EVIDENCE)
"""What a search finds: entities, classes, documents, and the sentences that make claims."""
LONGEST_QUERY = 200
SHORTEST_IDENTIFIER = 3
_NAMES = "names INDEXED BY names_by_folded"
"""Without the hint SQLite reads all names in the order of things."""
MOST_NEAR = 3

_OVERLAY = f"""
CREATE TEMP TABLE statuses (claim BLOB PRIMARY KEY, status TEXT NOT NULL, doubted INTEGER NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE added (id INTEGER PRIMARY KEY, {CLAIM_COLUMNS});
CREATE TEMP VIEW all_claims AS SELECT * FROM main.claims UNION ALL SELECT * FROM temp.added;
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a search found.

    Attributes:
        kind: `entity`, `class`, `document` or `evidence`.
        thing: The entity, class or document; of a sentence, its document.
        name: Prefixed name: `entity:HER2`, `evidence:her2/1201-1388`.
        matched: The synonym or identifier that was found, when it is not the label.
        claims: How many claims name the entity, or the document makes; of a class, its entities.
        start, end: Where a sentence stands in its document.
        snippet: The label, the matched name or the sentence in pieces, each with whether it was searched for.
    """

    kind: str
    thing: Thing
    name: str
    matched: str
    claims: int
    snippet: tuple[tuple[str, bool], ...]
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class IndexCounts:
    """How much a graph holds.

    Attributes:
        claims: Of every polarity and certainty; `negated` and `possible` are among them.
        claims_by_predicate, entities_by_class: By local name, most first.
    """

    entities: int
    documents: int
    sentences: int
    claims: int
    negated: int
    possible: int
    claims_by_predicate: Mapping[str, int]
    entities_by_class: Mapping[str, int]


class SearchIndex:
    """The index of one state of a store, open for reading by any number of threads.

    What curators said is read from the store when a connection opens, so that the index file stays as it was built.

    Raises:
        StoreError: The store has no index.
    """

    def __init__(self, folder: Path, store: Store) -> None:
        self._path = folder / INDEX_FILE
        if not self._path.is_file():
            raise StoreError(f"{folder}: the store has no search index; build it again")
        self._store = store
        self._lock = Lock()
        self._idle: list[sqlite3.Connection] = []
        self._finalizer = weakref.finalize(self, _close_all, self._idle)

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection whose view `all_claims` holds the claims of builds and of curators."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._open()
        try:
            yield connection
        finally:
            with self._lock:
                self._idle.append(connection)

    def search(self, query: str, *, kinds: Sequence[str] = SEARCHED, most: int = 5) -> list[Hit]:
        """Find what has all the words of a query, the last one as the beginning of a word.

        Of each kind, what has the query as its whole name comes first, then what more claims speak of.

        Args:
            most: How many of each kind.
        """
        query = query[:LONGEST_QUERY]
        strict, loose = write_match(query), write_match(query, loosely=True)
        if not strict:
            return []
        hits: list[Hit] = []
        with self.connect() as connection:
            for kind in (kind for kind in KINDS if kind in kinds):
                found = _find_things(connection, kind, fold_name(query), strict, loose, most)
                hits += [_describe_hit(connection, thing, query) for thing in found]
            if EVIDENCE in kinds:
                names = _find_sentences(connection, strict, loose, most)
                hits += [_describe_sentence(self._store, name, query) for name in names]
        return hits

    def find_named(self, name: str) -> list[NamedNode]:
        """Give the entities that a name means best, as `names.find_entities_named` does, without reading all labels.

        A name that differs in spaces, hyphens, accents or Greek letters only is tried last.
        """
        name = _clean(name)
        iri = expand(name)
        if iri is not None and _holds(self._store, iri, terms.GROUNDING, None):
            return [NamedNode(iri)]
        with self.connect() as connection:
            rows = connection.execute(
                f"SELECT iri, scope, text FROM {_NAMES} JOIN things ON id = thing WHERE folded = ? AND kind = 'entity' "
                "ORDER BY iri",
                (fold_name(name),),
            ).fetchall()
        tests = (
            *((scope, same) for scope in (LABEL, SYNONYM) for same in (str.__eq__, _equal_folded)),
            (IDENTIFIER, _equal_folded),
        )
        for wanted, same in tests:
            found = dict.fromkeys(iri for iri, scope, text in rows if scope == wanted and same(text, name))
            if found:
                return [NamedNode(iri) for iri in found]
        best = min((scope for _, scope, _ in rows), default=None)
        return [NamedNode(iri) for iri in dict.fromkeys(iri for iri, scope, _ in rows if scope == best)]

    def find_entity(self, name: str) -> NamedNode:
        """Give the entity that a name means.

        Raises:
            QueryError: Nothing has the name (says what comes near), or several have it equally.
        """
        name = _clean(name)
        found = self.find_named(name)
        if len(found) == 1:
            return found[0]
        if found:
            choices = ", ".join(shorten(node.value) for node in found)
            raise QueryError(f"{name!r} is the name of {len(found)} entities: {choices}; give one of these")
        if undecided := find_undecided(self._store, name):
            raise QueryError(f"{name!r} is left undecided: it may mean {' or '.join(undecided)}")
        near = ", ".join(self.suggest(name))
        raise QueryError(f"nothing in this graph is called {name!r}" + (f"; did you mean {near}?" if near else ""))

    def suggest(self, name: str) -> list[str]:
        """Give up to three names of entities that begin like one that nothing has, and are spelt much like it."""
        folded = fold_name(name)
        with self.connect() as connection:
            for length in range(len(folded), 1, -1):
                start = folded[:length]
                rows = connection.execute(
                    f"SELECT text, folded FROM {_NAMES} JOIN things ON id = thing "
                    "WHERE folded >= ? AND folded < ? AND kind = 'entity' AND scope <= ? LIMIT 500",
                    (start, start + "\U0010ffff", SYNONYM),
                )
                texts: dict[str, str] = {}
                for text, key in rows:
                    texts.setdefault(key, text)
                near = difflib.get_close_matches(folded, texts, n=MOST_NEAR, cutoff=0.6)
                if near:
                    return [texts[key] for key in near]
        return []

    def find_document(self, name: str) -> NamedNode:
        """Give the document of an id (`her2`), file name, title or IRI.

        Raises:
            QueryError: The graph has no such document.
        """
        name = _clean(name)
        for iri in (expand(name), terms.DOC + name):
            if iri is not None and _holds(self._store, iri, terms.TYPE, terms.DOCUMENT_CLASS):
                return NamedNode(iri)
        with self.connect() as connection:
            rows = connection.execute(
                f"SELECT iri FROM {_NAMES} JOIN things ON id = thing WHERE folded = ? AND kind = 'document' "
                "ORDER BY id",
                (fold_name(name),),
            ).fetchall()
        if not rows:
            raise QueryError(f"no document is called {name!r}; search finds documents by their titles")
        return NamedNode(rows[0][0])

    def count(self) -> IndexCounts:
        """Give how much there is of everything, as a build left it."""
        with self.connect() as connection:
            things = {kind: last - first + 1 for kind, first, last in connection.execute("SELECT * FROM ranges")}
            (sentences,) = connection.execute("SELECT coalesce(max(id), 0) FROM sentences").fetchone()
            relations = connection.execute("SELECT * FROM relations ORDER BY claims DESC, predicate").fetchall()
            classes = connection.execute(
                "SELECT iri, claims FROM things WHERE kind = 'class' AND claims > 0 ORDER BY id"
            ).fetchall()
        return IndexCounts(
            entities=things[ENTITY],
            documents=things[DOCUMENT],
            sentences=sentences,
            claims=sum(claims for _, claims, _, _ in relations),
            negated=sum(negated for _, _, negated, _ in relations),
            possible=sum(possible for _, _, _, possible in relations),
            claims_by_predicate={predicate: claims for predicate, claims, _, _ in relations},
            entities_by_class={iri.removeprefix(ONTOLOGY): count for iri, count in classes},
        )

    def list_documents(self, *, skip: int = 0, most: int = 50) -> list[tuple[Thing, int]]:
        """Give documents with how many claims they make, those with most first."""
        with self.connect() as connection:
            rows = connection.execute(
                "SELECT iri, label, claims FROM things WHERE kind = 'document' ORDER BY id LIMIT ? OFFSET ?",
                (most, skip),
            )
            return [(Thing(iri, shorten(iri), label, "document"), claims) for iri, label, claims in rows]

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.resolve().as_uri()}?mode=ro&immutable=1",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
        )
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.executescript(_OVERLAY)
        _add_curation(connection, self._store)
        connection.execute("PRAGMA query_only = ON")
        return connection


def _close_all(connections: list[sqlite3.Connection]) -> None:
    for connection in connections:
        connection.close()


def _add_curation(connection: sqlite3.Connection, store: Store) -> None:
    """Put beside the claims of builds what curators said of them, and the claims they added."""
    for quad in store.quads_for_pattern(None, terms.STATUS, None, None):
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(terms.CLAIM):
            status = value_of(quad.object).removeprefix(ONTOLOGY)
            doubted = holds(store, quad.subject, terms.CERTAINTY, terms.POSSIBLE)  # a curator may have changed it
            connection.execute(
                "INSERT OR REPLACE INTO statuses VALUES (?, ?, ?)", (claim_digest(quad.subject), status, doubted)
            )
    for quad in store.quads_for_pattern(None, terms.TYPE, terms.CLAIM_CLASS, terms.CURATION_GRAPH):
        if isinstance(quad.subject, NamedNode):
            _add_claim(connection, store, quad.subject)


def _add_claim(connection: sqlite3.Connection, store: Store, claim: NamedNode) -> None:
    known = connection.execute("SELECT 1 FROM main.claims WHERE claim = ?", (claim_digest(claim),)).fetchone()
    sides = [
        connection.execute("SELECT id FROM things WHERE iri = ?", (find_value(store, claim, side),)).fetchone()
        for side in (terms.SUBJECT, terms.OBJECT)
    ]
    if known or sides[0] is None:
        return
    connection.execute(
        "INSERT INTO added (claim, subject, predicate, object, negated, possible, confidence, evidences, documents) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            claim_digest(claim),
            sides[0][0],
            find_value(store, claim, terms.PREDICATE).removeprefix(ONTOLOGY),
            sides[1][0] if sides[1] else None,
            holds(store, claim, terms.POLARITY, terms.NEGATED),
            holds(store, claim, terms.CERTAINTY, terms.POSSIBLE),
            float(find_value(store, claim, terms.CONFIDENCE) or 1),
            int(find_value(store, claim, terms.EVIDENCE_COUNT) or 0),
            int(find_value(store, claim, terms.DOCUMENT_COUNT) or 0),
        ),
    )


def _find_things(
    connection: sqlite3.Connection, kind: str, folded: str, strict: str, loose: str, most: int
) -> list[int]:
    first, last = connection.execute("SELECT first, last FROM ranges WHERE kind = ?", (kind,)).fetchone()
    exact = connection.execute(
        f"SELECT DISTINCT thing FROM {_NAMES} WHERE folded = ? AND thing BETWEEN ? AND ? ORDER BY scope, thing LIMIT ?",
        (folded, first, last, most),
    )
    found = dict.fromkeys(thing for (thing,) in exact)
    if len(folded) >= SHORTEST_IDENTIFIER and any(char.isdigit() for char in folded):
        begun = connection.execute(
            f"SELECT DISTINCT thing FROM {_NAMES} WHERE folded >= ? AND folded < ? AND scope >= ? "
            "AND thing BETWEEN ? AND ? ORDER BY thing LIMIT ?",
            (folded, folded + "\U0010ffff", IDENTIFIER, first, last, most),
        )
        found |= dict.fromkeys(thing for (thing,) in begun if thing not in found)
    for match in dict.fromkeys((strict, loose)):
        if len(found) >= most:
            break
        rows = connection.execute(
            "SELECT rowid FROM name_words WHERE name_words MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?",
            (match, first, last, most),
        )
        found |= dict.fromkeys(thing for (thing,) in rows if thing not in found)
    return list(found)[:most]


def _find_sentences(connection: sqlite3.Connection, strict: str, loose: str, most: int) -> list[str]:
    found: dict[str, None] = {}
    for match in dict.fromkeys((strict, loose)):
        if len(found) >= most:
            break
        rows = connection.execute(
            "SELECT evidence FROM sentences WHERE id IN "
            "(SELECT rowid FROM sentence_words WHERE sentence_words MATCH ? ORDER BY rowid LIMIT ?) ORDER BY id",
            (match, most),
        )
        found |= dict.fromkeys(name for (name,) in rows)
    return list(found)[:most]


def _describe_hit(connection: sqlite3.Connection, number: int, query: str) -> Hit:
    kind, iri, label, class_name, claims = connection.execute(
        "SELECT kind, iri, label, class, claims FROM things WHERE id = ?", (number,)
    ).fetchone()
    names = [
        text for (text,) in connection.execute("SELECT text FROM names WHERE thing = ? ORDER BY scope, text", (number,))
    ]
    name = _choose_name(names, query) or label
    thing = Thing(iri, shorten(iri), label, kind, class_name)
    snippet = tuple(cut_marked(name, mark_words(name, query)))
    return Hit(kind, thing, thing.name, "" if name == label else name, claims, snippet)


def _choose_name(names: Sequence[str], query: str) -> str:
    """Choose the name that is what was searched for, else the first in which most of it is marked."""
    folded = fold_name(query)
    whole = next((name for name in names if fold_name(name) == folded), "")
    return whole or max(names, key=lambda name: len(mark_words(name, query)), default="")


def _describe_sentence(store: Store, name: str, query: str) -> Hit:
    evidence = NamedNode(terms.EVIDENCE + name)
    text = find_value(store, NamedNode(evidence.value + "/quote"), terms.EXACT)
    document = next(find_nodes(store, evidence, terms.DERIVED_FROM))
    start, _, end = name.rpartition("/")[2].partition("-")
    snippet = tuple(cut_marked(text, mark_words(text, query)))
    claims = sum(1 for _ in store.quads_for_pattern(None, terms.FROM_EVIDENCE, evidence, None))
    thing = describe_thing(store, document)
    return Hit(EVIDENCE, thing, shorten(evidence.value), "", claims, snippet, int(start), int(end))


def _clean(name: str) -> str:
    """Make a name fit for literals and SQL, which take no lone surrogates."""
    return name.strip().encode("utf-8", "replace").decode()


def _holds(store: Store, iri: str, predicate: NamedNode, obj: NamedNode | None) -> bool:
    try:
        return holds(store, NamedNode(iri), predicate, obj)
    except ValueError:
        return False


def _equal_folded(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
