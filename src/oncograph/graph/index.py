"""The index of a store: names, sentences and claims in a SQLite file inside the store's folder, written with it."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from oncograph.graph import terms
from oncograph.graph.lookup import find_subjects, find_value
from oncograph.graph.words import fold_name, index_words, mark_beginning
from oncograph.knowledge.vocabularies.identifiers import to_notation
from oncograph.model import ONTOLOGY

INDEX_FILE = "search.sqlite"
VERSION = 5
"""What the index holds; one of another version is written anew."""

ENTITY, CLASS, DOCUMENT = "entity", "class", "document"
KINDS = (ENTITY, CLASS, DOCUMENT)
"""Kinds of things in the order of their numbers."""
ROOM = 1 << 40
"""Numbers of a kind; what is added to a finished index takes the next ones."""
EVIDENCE = "evidence"
LABEL, SYNONYM, NEAR_SYNONYM, IDENTIFIER, BARE_IDENTIFIER = range(5)
"""What a name is to a thing, the best first."""

CLAIM_COLUMNS = (
    "claim BLOB NOT NULL, subject INTEGER NOT NULL, predicate TEXT NOT NULL, object INTEGER, "
    "negated INTEGER NOT NULL, possible INTEGER NOT NULL, confidence REAL NOT NULL, "
    "evidences INTEGER NOT NULL, documents INTEGER NOT NULL"
)
_SCHEMA = f"""
CREATE TABLE things (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, iri TEXT NOT NULL, label TEXT NOT NULL,
    class TEXT NOT NULL, claims INTEGER NOT NULL);
CREATE TABLE ranges (kind TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, things INTEGER NOT NULL);
CREATE TABLE names (thing INTEGER NOT NULL, scope INTEGER NOT NULL, text TEXT NOT NULL, folded TEXT NOT NULL,
    PRIMARY KEY (thing, scope, text)) WITHOUT ROWID;
CREATE TABLE claims (id INTEGER PRIMARY KEY, {CLAIM_COLUMNS});
CREATE TABLE relations (predicate TEXT PRIMARY KEY, claims INTEGER NOT NULL, negated INTEGER NOT NULL,
    possible INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sentences (id INTEGER PRIMARY KEY, evidence TEXT NOT NULL, others INTEGER NOT NULL);
CREATE TABLE spellings (words TEXT NOT NULL);
CREATE VIRTUAL TABLE label_words USING fts5(words, content='', detail=none, columnsize=0, tokenize='ascii',
    prefix='1 2 3 4 5 6 7');
CREATE VIRTUAL TABLE name_words USING fts5(words, content='', detail=none, columnsize=0, tokenize='ascii',
    prefix='1 2 3 4 5 6');
CREATE VIRTUAL TABLE sentence_words USING fts5(words, content='', detail=none, columnsize=0, tokenize='ascii',
    prefix='1 2 3 4 5 6');
CREATE TEMP TABLE found_things (iri TEXT PRIMARY KEY, kind TEXT, label TEXT, class TEXT, claims INTEGER) WITHOUT ROWID;
CREATE TEMP TABLE found_names (iri TEXT, scope INTEGER, text TEXT);
CREATE TEMP TABLE found_claims (claim BLOB, subject TEXT, predicate TEXT, object TEXT, negated INTEGER,
    possible INTEGER, confidence REAL, evidences INTEGER, documents INTEGER);
CREATE TEMP TABLE found_sentences (evidence TEXT, text TEXT, claims INTEGER);
"""
_RANKED_CLAIMS = """
INSERT INTO claims (claim, subject, predicate, object, negated, possible, confidence, evidences, documents)
SELECT found.claim, subject.id, found.predicate, object.id, found.negated, found.possible, found.confidence,
    found.evidences, found.documents
FROM found_claims AS found
JOIN things AS subject ON subject.iri = found.subject
LEFT JOIN things AS object ON object.iri = found.object
ORDER BY found.negated, found.confidence DESC, found.evidences DESC, found.claim
"""
_COUNTED_THINGS = """
UPDATE found_things SET claims = claims
    + (SELECT count(*) FROM found_claims WHERE subject = iri)
    + (SELECT count(*) FROM found_claims WHERE object = iri AND object <> subject)
WHERE kind = 'entity'
"""
_SCOPES = {
    terms.ALT_LABEL: SYNONYM,
    terms.NOTATION: IDENTIFIER,
    **dict.fromkeys(terms.SCOPED_LABELS.values(), NEAR_SYNONYM),
}
_LONGEST_NAME = 200
SHORTEST_SPELLED = 4
"""Letters of a word that may be misspelt and still be known."""
SENTENCE = re.compile(re.escape(terms.EVIDENCE) + r".+/\d+-\d+", re.DOTALL)


def has_index(folder: Path) -> bool:
    """Tell whether the folder of a store holds an index that this version reads."""
    path = folder / INDEX_FILE
    if not path.is_file():
        return False
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        try:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.DatabaseError:  # no whole file
            return False
    return bool(found == VERSION)


def write_index(folder: Path) -> None:
    """Write the index of a store into its folder; the same graph gets an index of the same content.

    One pass over the default graph, then one over the documents' evidence; what must be sorted is sorted on disk.
    """
    store = Store.read_only(str(folder))
    with new_index(folder / INDEX_FILE) as connection:
        _collect_shared(connection, store)
        _collect_classes(connection, store)
        _collect_documents(connection, store)
        fill_index(connection)


@contextmanager
def new_index(path: Path) -> Iterator[sqlite3.Connection]:
    """Give an empty index in the place of any at the path; it is kept when the block ends well."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -65536;"
        )
        connection.executescript(f"{_SCHEMA} PRAGMA user_version = {VERSION};")
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")


def fill_index(connection: sqlite3.Connection) -> None:
    """Rank what the `found_…` tables hold, and number it so that what counts most has the lowest number."""
    connection.execute("CREATE INDEX temp.found_by_subject ON found_claims (subject)")
    connection.execute("CREATE INDEX temp.found_by_object ON found_claims (object)")
    connection.execute(_COUNTED_THINGS)
    for kind in KINDS:
        _number_things(connection, kind)
    connection.execute("CREATE UNIQUE INDEX things_by_iri ON things (iri)")
    _write_names(connection)
    _write_sentences(connection)
    connection.execute(_RANKED_CLAIMS)
    connection.execute("CREATE INDEX claims_by_subject ON claims (subject)")
    connection.execute("CREATE INDEX claims_by_sides ON claims (subject, object)")
    connection.execute("CREATE INDEX claims_by_object ON claims (object)")
    connection.execute("CREATE UNIQUE INDEX claims_by_name ON claims (claim)")
    connection.execute("CREATE UNIQUE INDEX sentences_by_name ON sentences (evidence)")
    connection.execute(
        "INSERT INTO relations SELECT predicate, count(*), sum(negated), sum(possible) FROM claims GROUP BY predicate"
    )
    for table in ("label_words", "name_words", "sentence_words"):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
    connection.execute("ANALYZE")


def claim_digest(claim: NamedNode) -> bytes:
    """Give the name of a claim as the index keeps it."""
    return bytes.fromhex(claim.value.removeprefix(terms.CLAIM))


def value_of(node: object) -> str:
    """Give the IRI or the text of a node; empty for what has neither."""
    return node.value if isinstance(node, NamedNode | Literal) else ""


def _collect_shared(connection: sqlite3.Connection, store: Store) -> None:
    """Read entities and claims; the quads of one subject come one after the other, as the store sorts them."""
    quads = store.quads_for_pattern(None, None, None, DefaultGraph())
    for subject, group in groupby(quads, key=lambda quad: quad.subject):
        if not isinstance(subject, NamedNode):
            continue
        if subject.value.startswith(terms.CLAIM):
            claim = read_claim(subject, group)
            if claim is not None:
                connection.execute("INSERT INTO found_claims VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", claim)
        else:
            _collect_entity(connection, subject.value, list(group))


def read_claim(claim: NamedNode, quads: Iterable[Quad]) -> tuple[object, ...] | None:
    """Give a row of `found_claims`; None for a node that is no whole claim, as an update may leave it."""
    found = {quad.predicate: quad.object for quad in quads}
    try:
        obj = found[terms.OBJECT]
        return (
            claim_digest(claim),
            value_of(found[terms.SUBJECT]),
            value_of(found[terms.PREDICATE]).removeprefix(ONTOLOGY),
            obj.value if isinstance(obj, NamedNode) else None,
            found[terms.POLARITY] == terms.NEGATED,
            found[terms.CERTAINTY] == terms.POSSIBLE,
            float(value_of(found[terms.CONFIDENCE])),
            int(value_of(found[terms.EVIDENCE_COUNT])),
            int(value_of(found[terms.DOCUMENT_COUNT])),
        )
    except (KeyError, ValueError):
        return None


def _collect_entity(connection: sqlite3.Connection, iri: str, quads: list[Quad]) -> None:
    entity = read_entity(iri, quads)
    if entity is not None:
        label, class_name, names = entity
        connection.execute("INSERT INTO found_things VALUES (?, ?, ?, ?, 0)", (iri, ENTITY, label, class_name))
        _add_names(connection, iri, names)


def read_entity(iri: str, quads: Iterable[Quad]) -> tuple[str, str, set[tuple[int, str]]] | None:
    """Give the label, class and names of an entity; None where no description says that it is one."""
    found = [(quad.predicate, value_of(quad.object)) for quad in quads]
    if not any(predicate == terms.GROUNDING for predicate, _ in found):
        return None
    labels = (text for predicate, text in found if predicate == terms.PREF_LABEL)
    classes = (name for predicate, name in found if predicate == terms.TYPE and name.startswith(ONTOLOGY))
    label = min(labels, default=terms.shorten(iri))
    class_name = min(classes, default="").removeprefix(ONTOLOGY)
    names = {(LABEL, label)} | {(_SCOPES[predicate], text) for predicate, text in found if predicate in _SCOPES}
    matches = (text for predicate, text in found if predicate == terms.EXACT_MATCH)
    names |= {(IDENTIFIER, notation) for notation in map(to_notation, (iri, *matches)) if notation}
    names |= {(BARE_IDENTIFIER, text.partition(":")[2]) for scope, text in names if scope == IDENTIFIER and ":" in text}
    return label, class_name, names


def _collect_classes(connection: sqlite3.Connection, store: Store) -> None:
    """Read the classes that entities have."""
    for node in find_subjects(store, terms.ROLE, Literal("entity")):
        name = node.value.removeprefix(ONTOLOGY)
        label = find_value(store, node, terms.LABEL) or name
        connection.execute(
            "INSERT INTO found_things SELECT ?, ?, ?, '', (SELECT count(*) FROM found_things WHERE class = ?)",
            (node.value, CLASS, label, name),
        )
        _add_names(connection, node.value, {(LABEL, label), (SYNONYM, name)})


def _collect_documents(connection: sqlite3.Connection, store: Store) -> None:
    for document in set(find_subjects(store, terms.TYPE, terms.DOCUMENT_CLASS)):
        label, names = read_document(store, document)
        claims = 0
        for evidence in list_evidence(store, document):
            made = count_made(store, evidence)
            text = find_value(store, NamedNode(evidence.value + "/quote"), terms.EXACT)
            row = (evidence.value.removeprefix(terms.EVIDENCE), text, made)
            connection.execute("INSERT INTO found_sentences VALUES (?, ?, ?)", row)
            claims += made
        connection.execute(
            "INSERT INTO found_things VALUES (?, ?, ?, '', ?)", (document.value, DOCUMENT, label, claims)
        )
        _add_names(connection, document.value, names)


def read_document(store: Store, document: NamedNode) -> tuple[str, set[tuple[int, str]]]:
    """Give the label and the names of a document."""
    name = document.value.removeprefix(terms.DOC)
    label = find_value(store, document, terms.TITLE) or name
    file = find_value(store, document, terms.IDENTIFIER) or name
    return label, {(LABEL, label), (SYNONYM, name), (SYNONYM, file)}


def list_evidence(store: Store, document: NamedNode) -> Iterator[NamedNode]:
    """Yield the sentences of a document that make claims."""
    found = find_subjects(store, terms.DERIVED_FROM, document)
    return (evidence for evidence in found if SENTENCE.fullmatch(evidence.value))


def count_made(store: Store, evidence: NamedNode) -> int:
    """Count the claims that a sentence makes."""
    return sum(1 for _ in find_subjects(store, terms.FROM_EVIDENCE, evidence))


def _add_names(connection: sqlite3.Connection, iri: str, names: set[tuple[int, str]]) -> None:
    connection.executemany("INSERT INTO found_names VALUES (?, ?, ?)", ((iri, *name) for name in names))


def _number_things(connection: sqlite3.Connection, kind: str) -> None:
    first = KINDS.index(kind) * ROOM
    connection.execute(
        "INSERT INTO things SELECT ? + row_number() OVER (ORDER BY claims DESC, length(label), label, iri), "
        "kind, iri, label, class, claims FROM found_things WHERE kind = ?",
        (first, kind),
    )
    connection.execute(
        "INSERT INTO ranges SELECT ?, ?, ?, count(*) FROM things WHERE kind = ?",
        (kind, first + 1, first + ROOM, kind),
    )


def _write_names(connection: sqlite3.Connection) -> None:
    found = connection.execute(
        "SELECT things.id, scope, text FROM found_names JOIN things USING (iri) ORDER BY 1, 2, 3"
    )
    spelled: Counter[str] = Counter()
    for thing, group in groupby(found, key=lambda row: row[0]):
        rows = [(scope, text) for _, scope, text in group]
        words = write_names(connection, thing, rows)
        spelled.update(word for word in words if word.isalpha() and len(word) >= SHORTEST_SPELLED)
    ranked = sorted(spelled, key=lambda word: (-spelled[word], word))
    connection.execute("INSERT INTO spellings VALUES (?)", (" ".join(ranked),))
    connection.execute("CREATE INDEX names_by_folded ON names (folded)")


def write_names(connection: sqlite3.Connection, thing: int, names: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """Write the names of a thing, in the order of their scope; give their words."""
    connection.executemany(
        "INSERT OR IGNORE INTO names VALUES (?, ?, ?, ?)",
        ((thing, scope, text, fold_name(text)[:_LONGEST_NAME]) for scope, text in names),
    )
    labels, words = split_names(names)
    connection.execute("INSERT INTO label_words (rowid, words) VALUES (?, ?)", (thing, " ".join(labels)))
    connection.execute("INSERT INTO name_words (rowid, words) VALUES (?, ?)", (thing, " ".join(words)))
    return words


def split_names(names: Sequence[tuple[int, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the words of labels, and those of all names that are no identifiers."""
    labels = [text for scope, text in names if scope == LABEL]
    first = dict.fromkeys(word for text in labels for word in (*mark_beginning(text), *index_words(text)))
    words = dict.fromkeys(word for scope, text in names if scope < IDENTIFIER for word in index_words(text))
    return tuple(first), tuple(words)


def _write_sentences(connection: sqlite3.Connection) -> None:
    """Write each sentence once, however many documents hold the very same; the one with most claims stands for all."""
    found = connection.execute(
        "SELECT substr(first, 9), text, same FROM (SELECT min(printf('%08d', 99999999 - claims) || evidence) AS first, "
        "text, count(*) AS same FROM found_sentences GROUP BY text) ORDER BY first"
    )
    total = 0
    for number, (evidence, text, same) in enumerate(found, 1):
        connection.execute("INSERT INTO sentences VALUES (?, ?, ?)", (number, evidence, same - 1))
        connection.execute(
            "INSERT INTO sentence_words (rowid, words) VALUES (?, ?)", (number, " ".join(index_words(text)))
        )
        total += same
    connection.execute("INSERT INTO ranges VALUES (?, 1, ?, ?)", (EVIDENCE, ROOM, total))
