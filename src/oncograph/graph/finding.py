"""Which rows of an index have the words that are searched for, and in what order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from oncograph.graph.index import ENTITY, EVIDENCE, IDENTIFIER
from oncograph.graph.words import fold_name, group_words, write_match

NAMES = "names INDEXED BY names_by_folded"
"""Without the hint SQLite reads all names in the order of things."""
SHORTEST_IDENTIFIER = 3
BEGINNING_COUNTS = 3
"""A label that begins with what is searched for counts as if so many times the claims named it."""
_LONGEST_SPAN = 6
_MOST_WORDS_OF_CLAIM = 6
MOST_SIDES = 5
"""Entities that are tried as the one side of a claim."""
_STEM = 5
"""Letters that two forms of a word share: `treat` in `treated` and `treatment`."""
WITHDRAWN = "('Rejected', 'Corrected')"
"""Statuses of claims that are no longer held, for SQL."""
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Words:
    """What is searched for, in the forms that the index is asked in.

    Attributes:
        groups: The words, folded; parts that a hyphen or a number joins are one.
        strict, loose, whole, beginning: For FTS5; in `whole` the last word is finished, in `beginning` the first is
            the first of a label.
    """

    groups: tuple[str, ...]
    folded: str
    strict: str
    loose: str
    whole: str
    beginning: str


def read_words(query: str) -> Words:
    """Give the words of a query.

    >>> read_words("HER-2 positive").groups
    ('her2', 'positive')
    """
    return Words(
        groups=tuple("".join(group) for group in group_words(query)),
        folded=fold_name(query),
        strict=write_match(query),
        loose=write_match(query, loosely=True),
        whole=write_match(query, finished=True),
        beginning=write_match(query, beginning=True),
    )


def find_number(connection: sqlite3.Connection, iri: str) -> int | None:
    """Give the number of a thing."""
    row = connection.execute("SELECT id FROM things WHERE iri = ?", (iri,)).fetchone()
    return row[0] if row is not None else None


def find_things(
    connection: sqlite3.Connection,
    kind: str,
    words: Words,
    *,
    skip: int,
    most: int,
    classes: Collection[str] = (),
) -> list[int]:
    """Give the things of a kind that have the words in their names, the best first.

    First those that have them as a whole name, then those whose identifier begins so, then those with the words in
    the label, last those with the words in any names. Where these are equal, more claims come first.

    Args:
        classes: Only things of these classes.
    """
    first, last = connection.execute("SELECT first, last FROM ranges WHERE kind = ?", (kind,)).fetchone()
    wanted = skip + most
    kept = "AND (SELECT class FROM things WHERE id = {}) IN (SELECT value FROM json_each(:classes))" if classes else ""
    values = {
        "folded": words.folded,
        "end": words.folded + _LAST,
        "first": first,
        "last": last,
        "most": wanted,
        "identifier": IDENTIFIER,
        "classes": json.dumps(sorted(classes)),
    }
    found: dict[int, None] = {}

    def add(rows: Iterable[tuple[int]]) -> bool:
        found.update((thing, None) for (thing,) in rows if thing not in found)
        return len(found) >= wanted

    in_names = f"FROM {NAMES} WHERE thing BETWEEN :first AND :last {kept.format('thing')} AND"
    full = add(
        connection.execute(
            f"SELECT thing {in_names} folded = :folded GROUP BY thing ORDER BY min(scope), thing LIMIT :most", values
        )
    )
    if not full and len(words.folded) >= SHORTEST_IDENTIFIER and any(char.isdigit() for char in words.folded):
        full = add(
            connection.execute(
                f"SELECT DISTINCT thing {in_names} folded >= :folded AND folded < :end AND scope >= :identifier "
                "ORDER BY thing LIMIT :most",
                values,
            )
        )
    for match in dict.fromkeys((words.strict, words.loose)):
        full = full or add((thing,) for thing in _find_labelled(connection, words.beginning, match, values, kept))
    for match in dict.fromkeys((words.strict, words.loose)):
        full = full or add(_find_words(connection, "name_words", match, values, kept))
    return list(found)[skip:wanted]


def _find_words(
    connection: sqlite3.Connection, table: str, match: str, values: dict[str, object], kept: str
) -> list[tuple[int]]:
    return connection.execute(
        f"SELECT rowid FROM {table} WHERE {table} MATCH :match AND rowid BETWEEN :first AND :last "
        f"{kept.format(table + '.rowid')} ORDER BY rowid LIMIT :most",
        values | {"match": match},
    ).fetchall()


def _find_labelled(
    connection: sqlite3.Connection, beginning: str, match: str, values: dict[str, object], kept: str
) -> list[int]:
    """Give things with words in the label; those that begin so count more."""
    begun = _find_words(connection, "label_words", beginning, values, kept)
    weights = dict.fromkeys((thing for (thing,) in begun), BEGINNING_COUNTS)
    numbers = list(weights.keys() | {thing for (thing,) in _find_words(connection, "label_words", match, values, kept)})
    claims = connection.execute(
        "SELECT id, claims FROM things WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(numbers),)
    )
    counts = {thing: number * weights.get(thing, 1) for thing, number in claims}
    return sorted(numbers, key=lambda thing: (-counts[thing], thing not in weights, thing))


def find_parts(connection: sqlite3.Connection, words: Words, *, most: int) -> list[int]:
    """Give the entities whose whole name is some of the words, one after the other; the longest first."""
    groups = words.groups
    first, last = connection.execute("SELECT first, last FROM ranges WHERE kind = ?", (ENTITY,)).fetchone()
    found: dict[int, None] = {}
    taken: set[int] = set()
    for length in range(min(len(groups) - 1, _LONGEST_SPAN), 0, -1):
        for start in range(len(groups) - length + 1):
            if not taken.isdisjoint(range(start, start + length)):
                continue
            row = connection.execute(
                f"SELECT thing FROM {NAMES} WHERE folded = ? AND thing BETWEEN ? AND ? ORDER BY scope, thing LIMIT 1",
                ("".join(groups[start : start + length]), first, last),
            ).fetchone()
            if row is not None:
                taken.update(range(start, start + length))
                found[row[0]] = None
    return list(found)[:most]


def find_sentences(connection: sqlite3.Connection, words: Words, *, skip: int, most: int) -> list[tuple[str, int]]:
    """Give the sentences with all the words, and in how many other places each stands; finished words come first."""
    wanted = skip + most
    found: dict[int, None] = {}
    for match in dict.fromkeys((words.whole, words.strict, words.loose)):
        if len(found) >= wanted:
            break
        rows = connection.execute(
            "SELECT rowid FROM sentence_words WHERE sentence_words MATCH ? ORDER BY rowid LIMIT ?", (match, wanted)
        )
        found.update((number, None) for (number,) in rows if number not in found)
    kept = list(found)[skip:wanted]
    rows = connection.execute(
        "SELECT id, evidence, others FROM sentences WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(kept),)
    )
    by_number = {number: (evidence, others) for number, evidence, others in rows}
    return [by_number[number] for number in kept]


def find_relations(words: Words, relations: Sequence[tuple[str, frozenset[str]]]) -> tuple[set[str], tuple[str, ...]]:
    """Give the relations that some of the words name, and the other words.

    A word names a relation when it begins with the same five letters as a word of the relation's labels.

    >>> find_relations(read_words("breast cancer treatment"), [("treatedBy", frozenset({"treat"}))])
    ({'treatedBy'}, ('breast', 'cancer'))
    """
    found: set[str] = set()
    rest = []
    for word in words.groups:
        named = {name for name, stems in relations if len(word) >= _STEM and word[:_STEM] in stems}
        found |= named
        rest += [] if named else [word]
    return found, tuple(rest)


def cut_stems(labels: Iterable[str]) -> frozenset[str]:
    """Give the first letters of the words of labels by which a relation is known.

    >>> sorted(cut_stems(["confers resistance to", "has symptom"]))
    ['confe', 'resis', 'sympt']
    """
    words = (word for label in labels for word in group_words(label))
    return frozenset("".join(word)[:_STEM] for word in words if len("".join(word)) >= _STEM)


def find_claims(
    connection: sqlite3.Connection,
    words: Words,
    relations: Collection[str],
    rest: tuple[str, ...],
    entities: Sequence[int],
    *,
    skip: int,
    most: int,
    only: str = "",
) -> list[bytes]:
    """Give the claims that words speak of, the surest first.

    The first words name the one side and the others the other; after these claims come those of the best entity that
    has all the words, if it has any claims.

    Args:
        relations: Relations that other words of the query named; empty for any.
        rest: The words that name entities.
        entities: The best that have all words of the query.
        only: The one relation to keep.
    """
    if not rest or len(rest) > _MOST_WORDS_OF_CLAIM:
        return []
    unfinished = rest[-1] == words.groups[-1]
    names = {only} & set(relations or {only}) if only else set(relations)
    if only and not names:
        return []
    found: dict[int, bytes] = {}
    for at in range(1, len(rest)):
        left = _find_side(connection, rest[:at], unfinished=False)
        right = _find_side(connection, rest[at:], unfinished=unfinished) if left else []
        if right:
            found |= _claims_between(connection, left, right, names, skip + most)
    if len(found) < skip + most:
        around = entities[:MOST_SIDES]
        if rest != words.groups:
            around = find_things(connection, ENTITY, read_words(" ".join(rest)), skip=0, most=MOST_SIDES)
        found |= _claims_around(connection, around, names, skip + most)
    return list(found.values())[skip : skip + most]


def _find_side(connection: sqlite3.Connection, groups: Sequence[str], *, unfinished: bool) -> list[int]:
    """Give entities that words mean: those of that whole name, else those with the words in the label."""
    first, last = connection.execute("SELECT first, last FROM ranges WHERE kind = ?", (ENTITY,)).fetchone()
    exact = connection.execute(
        f"SELECT DISTINCT thing FROM {NAMES} WHERE folded = ? AND thing BETWEEN ? AND ? ORDER BY scope, thing LIMIT ?",
        ("".join(groups), first, last, MOST_SIDES),
    ).fetchall()
    if exact:
        return [thing for (thing,) in exact]
    match = write_match(" ".join(groups), finished=not unfinished)
    rows = connection.execute(
        "SELECT rowid FROM label_words WHERE label_words MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?",
        (match, first, last, MOST_SIDES),
    )
    return [thing for (thing,) in rows]


_KEPT = f"claim NOT IN (SELECT claim FROM statuses WHERE status IN {WITHDRAWN})"


def _claims_between(
    connection: sqlite3.Connection, left: Sequence[int], right: Sequence[int], names: Collection[str], most: int
) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for one, other in ((left, right), (right, left)):
        values: dict[str, object] = {"one": json.dumps(one), "other": json.dumps(other)}
        where = (
            "subject IN (SELECT value FROM json_each(:one)) AND object IN (SELECT value FROM json_each(:other))",
            "INDEXED BY claims_by_sides",
        )
        found |= _read_claims(connection, where, values, names, most)
    return dict(sorted(found.items(), key=_rank)[:most])


def _claims_around(
    connection: sqlite3.Connection, sides: Sequence[int], names: Collection[str], most: int
) -> dict[int, bytes]:
    """Give the claims of the best of some entities that has any."""
    for side in sides:
        found: dict[int, bytes] = {}
        for column in ("subject", "object"):
            where = (f"{column} = :side", f"INDEXED BY claims_by_{column}")
            found |= _read_claims(connection, where, {"side": side}, names, most)
        if found:
            return dict(sorted(found.items(), key=_rank)[:most])
    return {}


def _rank(claim: tuple[int, bytes]) -> tuple[bool, int]:
    """Give the place of a claim; those that curators added, whose numbers are negative, come last."""
    return claim[0] < 0, abs(claim[0])


def _read_claims(
    connection: sqlite3.Connection,
    where: tuple[str, str],
    values: dict[str, object],
    names: Collection[str],
    most: int,
) -> dict[int, bytes]:
    """Read claims of builds and of curators in the order of their numbers; the numbers of curators' are negative.

    Args:
        where: A condition, and by which index the claims of builds are read: in the order of their numbers, so that
            not all of them need be read.
    """
    condition, index = where
    named = "AND predicate IN (SELECT value FROM json_each(:names))" if names else ""
    values = values | {"names": json.dumps(sorted(names)), "most": most}
    found: dict[int, bytes] = {}
    for table, sign in ((f"main.claims {index}", 1), ("temp.added", -1)):
        rows = connection.execute(
            f"SELECT id * {sign}, claim FROM {table} WHERE {condition} {named} AND {_KEPT} ORDER BY id LIMIT :most",
            values,
        )
        found |= dict(rows)
    return found


def count_sentences(connection: sqlite3.Connection) -> int:
    """Give how many sentences make claims, the same ones of several documents included."""
    (things,) = connection.execute("SELECT things FROM ranges WHERE kind = ?", (EVIDENCE,)).fetchone()
    return int(things)
