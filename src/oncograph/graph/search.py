"""Finding things by their names, claims by the things they name, sentences by their words, as they are typed."""

from __future__ import annotations

import difflib
import sqlite3
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

from pyoxigraph import NamedNode, Store

from oncograph.errors import QueryError, StoreError
from oncograph.graph import terms
from oncograph.graph.describe import ClaimSummary, Thing, describe_thing, label_direction, summarise_claim
from oncograph.graph.finding import (
    MOST_SIDES,
    NAMES,
    Words,
    count_sentences,
    cut_stems,
    find_claims,
    find_number,
    find_parts,
    find_relations,
    find_sentences,
    find_things,
    read_words,
)
from oncograph.graph.index import (
    CLAIM_COLUMNS,
    CLASS,
    DOCUMENT,
    ENTITY,
    EVIDENCE,
    IDENTIFIER,
    INDEX_FILE,
    LABEL,
    SYNONYM,
    claim_digest,
    has_index,
    value_of,
)
from oncograph.graph.lookup import find_nodes, find_value, holds
from oncograph.graph.names import find_undecided
from oncograph.graph.spelling import correct_words
from oncograph.graph.terms import expand, shorten
from oncograph.graph.vocabulary import list_predicates
from oncograph.graph.words import cut_marked, fold_name, mark_words, split_runs, stand_together
from oncograph.model import ONTOLOGY

CLAIM = "claim"
SEARCHED = (ENTITY, CLASS, CLAIM, DOCUMENT, EVIDENCE)
"""What a search finds: entities, classes, claims, documents, and the sentences that make claims."""
LONGEST_QUERY = 200
MOST_NEAR = 3
LOOKED_AT = 60
"""Sentences among which those come first in which the words stand together."""
STOP_WORDS = frozenset(
    "a an and are as at be by can do does for from has have how in is it of on or that the there these this to was "
    "what when where which who why with".split()
)
"""Words of a question that need not be in what is found."""

_OVERLAY = f"""
CREATE TEMP TABLE statuses (claim BLOB PRIMARY KEY, status TEXT NOT NULL, doubted INTEGER NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE added (id INTEGER PRIMARY KEY, {CLAIM_COLUMNS});
CREATE TEMP VIEW all_claims AS SELECT * FROM main.claims UNION ALL SELECT * FROM temp.added;
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a search found.

    Attributes:
        kind: `entity`, `class`, `claim`, `document` or `evidence`.
        thing: The entity, class or document; of a claim, its subject; of a sentence, its document.
        name: Prefixed name: `entity:HER2`, `evidence:her2/1201-1388`.
        matched: The synonym or identifier that was found, when it is not the label.
        claims: How many claims name the entity, or the document makes; of a class, its entities; of a claim, its
            sentences.
        start, end: Where a sentence stands in its document.
        snippet: The label, the matched name, the claim or the sentence in pieces, each with whether it was searched
            for.
        others: In how many other places the very same sentence stands.
        claim: The claim itself.
    """

    kind: str
    thing: Thing
    name: str
    matched: str
    claims: int
    snippet: tuple[tuple[str, bool], ...]
    start: int = 0
    end: int = 0
    others: int = 0
    claim: ClaimSummary | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, by kind.

    Attributes:
        corrected: What was searched for instead where nothing has the words as they were written; else empty.
    """

    hits: tuple[Hit, ...]
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What to keep of what has the words.

    Attributes:
        classes: Local names; only entities of these.
        relation: Local name; only claims by it.
    """

    classes: tuple[str, ...] = ()
    relation: str = ""


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
        if not has_index(folder):
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

    def search(
        self,
        query: str,
        *,
        kinds: Sequence[str] = SEARCHED,
        most: int = 5,
        skip: int = 0,
        keep: SearchFilter | None = None,
    ) -> Found:
        """Find what has all the words of a query, the last one as the beginning of a word.

        Of each kind, what has the query as its whole name comes first, then what more claims speak of. Where nothing
        has all words, those that a question needs but no answer are left out, then words that nothing has are taken
        for what is spelt like them; entities are found by a part of the words at last.

        Args:
            most: How many of each kind.
            skip: How many of each kind are passed over.
        """
        query = query[:LONGEST_QUERY]
        if not read_words(query).strict:
            return Found(())
        keep = keep or SearchFilter()
        with self.connect() as connection:

            def find(words: str) -> list[Hit]:
                return self._find_all(connection, words, kinds, most=most, skip=skip, keep=keep)

            hits = find(query)
            if any(hit.kind != EVIDENCE for hit in hits) or (hits and set(kinds) == {EVIDENCE}):
                return Found(tuple(hits))
            meant, corrected = self._find_meaning(connection, query, kinds, keep)
            return Found(tuple(find(meant)) if meant else tuple(hits), corrected)

    def _find_meaning(
        self, connection: sqlite3.Connection, query: str, kinds: Sequence[str], keep: SearchFilter
    ) -> tuple[str, str]:
        """Give other words with which something is found, and what is told of the change; both may be empty."""

        def finds(words: str) -> bool:
            return any(self._find_all(connection, words, (kind,), most=1, skip=0, keep=keep) for kind in kinds)

        def knows(word: str, unfinished: bool) -> bool:
            return _knows(connection, word, unfinished)

        bare = _leave_out(query)
        if bare != query and finds(bare):
            return bare, ""
        corrected = correct_words(bare, self._spellings, knows)
        return (corrected, corrected) if corrected and finds(corrected) else ("", "")

    def _find_all(
        self,
        connection: sqlite3.Connection,
        query: str,
        kinds: Sequence[str],
        *,
        most: int,
        skip: int,
        keep: SearchFilter,
    ) -> list[Hit]:
        words = read_words(query)
        wanted = max(MOST_SIDES, skip + most if ENTITY in kinds else 0)
        entities = []
        if ENTITY in kinds or CLAIM in kinds:
            entities = find_things(connection, ENTITY, words, skip=0, most=wanted, classes=keep.classes)
        hits: list[Hit] = []
        for kind in (kind for kind in SEARCHED if kind in kinds):
            if kind == CLAIM:
                relations, rest = find_relations(read_words(_leave_out(query)), self._relations)
                digests = find_claims(
                    connection, words, relations, rest, entities, skip=skip, most=most, only=keep.relation
                )
                hits += [_describe_claim(self._store, digest, query) for digest in digests]
            elif kind == EVIDENCE:
                hits += self._find_sentences(connection, words, query, most=most, skip=skip)
            else:
                if kind != ENTITY:
                    things = find_things(connection, kind, words, skip=skip, most=most)
                elif entities or keep.classes:
                    things = entities[skip : skip + most]
                else:
                    things = find_parts(connection, words, most=wanted)[skip : skip + most]
                hits += [_describe_hit(connection, thing, query) for thing in things]
        return hits

    def _find_sentences(
        self, connection: sqlite3.Connection, words: Words, query: str, *, most: int, skip: int
    ) -> list[Hit]:
        """Give sentences; among the first ones, those in which the words stand together come first."""
        if len(words.groups) < 2 or skip >= LOOKED_AT:
            found = find_sentences(connection, words, skip=skip, most=most)
        else:
            found = find_sentences(connection, words, skip=0, most=max(LOOKED_AT, skip + most))
            apart = {name: not stand_together(_read_quote(self._store, name), query) for name, _ in found[:LOOKED_AT]}
            found[:LOOKED_AT] = sorted(found[:LOOKED_AT], key=lambda one: apart[one[0]])
            found = found[skip : skip + most]
        return [_describe_sentence(self._store, name, others, query) for name, others in found]

    @cached_property
    def _spellings(self) -> list[str]:
        with self.connect() as connection:
            (words,) = connection.execute("SELECT words FROM spellings").fetchone()
        return words.split()

    @cached_property
    def _relations(self) -> list[tuple[str, frozenset[str]]]:
        """The words by which each relation is known."""
        return [
            (
                term.name,
                cut_stems(
                    label_direction(self._store, NamedNode(ONTOLOGY + term.name), inverse=inverse)
                    for inverse in (False, True)
                ),
            )
            for term in list_predicates(self._store)
        ]

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
                f"SELECT iri, scope, text FROM {NAMES} JOIN things ON id = thing WHERE folded = ? AND kind = 'entity' "
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
                    f"SELECT text, folded FROM {NAMES} JOIN things ON id = thing "
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
                f"SELECT iri FROM {NAMES} JOIN things ON id = thing WHERE folded = ? AND kind = 'document' ORDER BY id",
                (fold_name(name),),
            ).fetchall()
        if not rows:
            raise QueryError(f"no document is called {name!r}; search finds documents by their titles")
        return NamedNode(rows[0][0])

    def count(self) -> IndexCounts:
        """Give how much there is of everything, as a build left it."""
        with self.connect() as connection:
            things = dict(connection.execute("SELECT kind, things FROM ranges"))
            sentences = count_sentences(connection)
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
    sides = [find_number(connection, find_value(store, claim, side)) for side in (terms.SUBJECT, terms.OBJECT)]
    if known or sides[0] is None:
        return
    connection.execute(
        "INSERT INTO added (claim, subject, predicate, object, negated, possible, confidence, evidences, documents) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            claim_digest(claim),
            sides[0],
            find_value(store, claim, terms.PREDICATE).removeprefix(ONTOLOGY),
            sides[1],
            holds(store, claim, terms.POLARITY, terms.NEGATED),
            holds(store, claim, terms.CERTAINTY, terms.POSSIBLE),
            float(find_value(store, claim, terms.CONFIDENCE) or 1),
            int(find_value(store, claim, terms.EVIDENCE_COUNT) or 0),
            int(find_value(store, claim, terms.DOCUMENT_COUNT) or 0),
        ),
    )


def _leave_out(query: str) -> str:
    """Give a query without the words that a question needs but no answer; as it is when there are no others."""
    runs = split_runs(query)
    kept = [run for run in runs if run.text not in STOP_WORDS or run.joined]
    if len(kept) in {0, len(runs)}:
        return query
    return " ".join(query[run.start : run.end] for run in kept)


def _knows(connection: sqlite3.Connection, word: str, unfinished: bool) -> bool:
    match = f'"{word}"' + (" *" if unfinished else "")
    found = connection.execute("SELECT 1 FROM name_words WHERE name_words MATCH ? LIMIT 1", (match,))
    return found.fetchone() is not None


def _read_quote(store: Store, name: str) -> str:
    return find_value(store, NamedNode(f"{terms.EVIDENCE}{name}/quote"), terms.EXACT)


def _describe_claim(store: Store, digest: bytes, query: str) -> Hit:
    claim = summarise_claim(store, NamedNode(terms.CLAIM + digest.hex()))
    one, other = (
        tuple(cut_marked(label, mark_words(label, query))) for label in (claim.subject.label, claim.object.label)
    )
    snippet = (*one, (f" {claim.predicate_label} ", False), *other)
    return Hit(CLAIM, claim.subject, shorten(claim.iri), "", claim.evidences, snippet, claim=claim)


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
    """Choose the name that is what was searched for, else the first in which most words of it are marked."""
    folded = fold_name(query)
    whole = next((name for name in names if fold_name(name) == folded), "")
    return whole or max(names, key=lambda name: len(_marked_words(name, query)), default="")


def _marked_words(name: str, query: str) -> set[str]:
    return {fold_name(name[start:end]) for start, end in mark_words(name, query)}


def _describe_sentence(store: Store, name: str, others: int, query: str) -> Hit:
    evidence = NamedNode(terms.EVIDENCE + name)
    text = _read_quote(store, name)
    document = next(find_nodes(store, evidence, terms.DERIVED_FROM))
    start, _, end = name.rpartition("/")[2].partition("-")
    snippet = tuple(cut_marked(text, mark_words(text, query)))
    claims = sum(1 for _ in store.quads_for_pattern(None, terms.FROM_EVIDENCE, evidence, None))
    thing = describe_thing(store, document)
    return Hit(EVIDENCE, thing, shorten(evidence.value), "", claims, snippet, int(start), int(end), others)


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
