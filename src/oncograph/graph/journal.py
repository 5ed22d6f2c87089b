"""The journal of decisions: what curators said of claims, one line each, only ever added to."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from oncograph.errors import CurationError
from oncograph.graph import terms
from oncograph.graph.merging import ClaimKey
from oncograph.model import Certainty, Polarity

JOURNAL = "curation.jsonl"
"""Name of the journal in the folder of a graph."""
ACTIONS = ("accept", "reject", "correct", "comment", "undo")
LONGEST_NAME = 200
LONGEST_COMMENT = 5_000
WAIT_SECONDS = 30.0

_DIGEST = re.compile(r"[0-9a-f]{20}")
_CLAIM = re.compile(re.escape(terms.CLAIM) + r"[0-9a-f]{20}")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class SaidClaim:
    """What a claim says, kept with each decision: it can be read and applied when no document makes the claim any more.

    Attributes:
        subject_label, object_label: What people call the two sides.
    """

    key: ClaimKey
    certainty: Certainty
    subject_label: str = ""
    object_label: str = ""

    @property
    def words(self) -> str:
        """The claim as a line of text.

        >>> SaidClaim(ClaimKey("e:HER2", "targetedBy", "e:x"), Certainty.STATED, "HER2", "trastuzumab").words
        'HER2 targetedBy trastuzumab'
        """
        marks = [self.key.polarity.value] if self.key.polarity is Polarity.NEGATED else []
        marks += [self.certainty.value] if self.certainty is Certainty.POSSIBLE else []
        subject, obj = self.subject_label or self.key.subject, self.object_label or self.key.object
        return f"{subject} {self.key.predicate} {obj}" + (f" ({', '.join(marks).lower()})" if marks else "")


@dataclass(frozen=True)
class Decision:
    """What one person decided on one claim at one time.

    Attributes:
        action: One of `ACTIONS`.
        claim: IRI of the claim.
        said: The claim as it stood.
        correction: The claim that is right instead, when the action is `correct`.
        undoes: Id of the decision that an `undo` takes back.
        date: `2026-11-23T06:27:45.000000Z`.
    """

    action: str
    claim: str
    said: SaidClaim
    curator: str
    date: str
    comment: str = ""
    correction: SaidClaim | None = None
    undoes: str = ""

    @cached_property
    def id(self) -> str:
        """Twenty hex digits over all that the decision says."""
        return hashlib.sha256(_write_json(_to_values(self)).encode()).hexdigest()[:20]


def tell_time() -> str:
    """Give the date of a decision that is made now."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def clean_text(text: str, *, longest: int, name: str) -> str:
    """Give a name or comment as it is kept: trimmed, without characters that cannot be seen or turn text round.

    Raises:
        CurationError: It is too long.

    >>> clean_text(" Ada\\u202e ", longest=9, name="curator")
    'Ada'
    """
    text = _UNSEEN.sub("", text.replace("\r\n", "\n")).strip()
    if len(text) > longest:
        raise CurationError(f"{name}: has {len(text)} characters; {longest} are the most")
    return text


class Journal:
    """A file of decisions. Each is on disk before `append` returns; what a killed process half wrote is dropped.

    Args:
        path: Need not exist.
        warn: Told of a last line that is not whole.
    """

    def __init__(self, path: Path, *, warn: Callable[[str], None] | None = None) -> None:
        self.path = path
        self._warn = warn or _say

    def read(self) -> list[Decision]:
        """Give all decisions in the order in which they were made; each once.

        Raises:
            CurationError: A line other than the last is no decision; names it.
        """
        if not self.path.exists():
            return []
        with self._lock():
            return list(dict.fromkeys(self._parse(self.path.read_bytes())))

    def append(self, decisions: Sequence[Decision]) -> None:
        """Add decisions, all or none; they are on the disk when this returns.

        Raises:
            CurationError: The journal cannot be written.
        """
        self.extend(lambda _: decisions)

    def extend(self, choose: Callable[[list[Decision]], Sequence[Decision]]) -> Sequence[Decision]:
        """Add the decisions that a function gives for those that there are; nobody else adds any meanwhile.

        Raises:
            CurationError: The journal cannot be written, or is damaged.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock():
            before = self.path.read_bytes() if self.path.exists() else b""
            whole = list(dict.fromkeys(self._parse(before)))
            decisions = choose(whole)
            try:
                self._write(before, decisions)
            except OSError as error:
                raise CurationError(f"{self.path}: {error.strerror}; nothing was decided") from error
            return decisions

    def digest(self) -> str:
        """Give a digest of what the journal holds; empty where there is none."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest() if self.path.exists() else ""

    def _write(self, before: bytes, decisions: Sequence[Decision]) -> None:
        new = not self.path.exists()
        data = "".join(f"{to_line(decision)}\n" for decision in decisions).encode()
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
        try:
            start = len(before) if not before or before.endswith(b"\n") else self._mend(file, before)
            try:
                _write_all(file, data)
                os.fsync(file)
            except OSError:
                os.ftruncate(file, start)
                raise
        finally:
            os.close(file)
        if new:
            _sync_folder(self.path.parent)

    def _mend(self, file: int, before: bytes) -> int:
        """End a last line that only lacks its end; cut off one that lacks more."""
        last = before[before.rfind(b"\n") + 1 :]
        if _is_whole(last):
            _write_all(file, b"\n")
            return len(before) + 1
        os.ftruncate(file, len(before) - len(last))
        return len(before) - len(last)

    def _parse(self, data: bytes) -> Iterator[Decision]:
        lines = data.split(b"\n")
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield from_line(line)
            except CurationError as error:
                if number < len(lines):
                    raise CurationError(f"{self.path}: line {number}: {error}; mend or remove the line") from error
                self._warn(f"{self.path}: the last line is not whole and is left out: {line[:60]!r}")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        path = self.path.with_name(f".{self.path.name}.lock")
        if not os.access(self.path.parent, os.W_OK):  # a graph on a disk that cannot be written has no writers
            yield
            return
        try:
            with FileLock(path, timeout=WAIT_SECONDS):
                yield
        except Timeout as error:
            raise CurationError(f"{self.path}: another process is writing it; try again") from error


def to_line(decision: Decision) -> str:
    """Write a decision as a line of JSON, in ASCII."""
    return _write_json({"id": decision.id, **_to_values(decision)})


def from_line(line: bytes) -> Decision:
    """Read a line of the journal.

    Raises:
        CurationError: It is no decision, or does not have the id that its content gives.
    """
    try:
        values = json.loads(line)
        decision = Decision(
            action=values["action"],
            claim=values["claim"],
            said=_read_said(values["said"]),
            curator=values["curator"],
            date=values["date"],
            comment=values.get("comment", ""),
            correction=_read_said(values["correction"]) if values.get("correction") else None,
            undoes=values.get("undoes", ""),
        )
        written = values["id"]
        texts = (decision.curator, decision.date, decision.comment, decision.undoes, decision.action)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CurationError(f"is no decision ({type(error).__name__}: {error})") from error
    if not (isinstance(decision.claim, str) and _CLAIM.fullmatch(decision.claim)):
        raise CurationError("is about no claim")
    if not all(isinstance(text, str) for text in texts) or not _DATE.fullmatch(decision.date):
        raise CurationError("is no decision (a value is of the wrong kind)")
    if decision.action not in ACTIONS or (decision.action == "correct") != (decision.correction is not None):
        raise CurationError(f"has no action {decision.action!r} as it stands")
    if (decision.action == "undo") != bool(_DIGEST.fullmatch(decision.undoes)):
        raise CurationError("undoes nothing, or is no undo")
    if written != decision.id:
        raise CurationError(f"was changed: its content has the id {decision.id}, not {written}")
    return decision


def find_undone(decisions: Iterable[Decision]) -> set[str]:
    """Give the ids of the decisions that no longer count; an undo that is itself undone changes nothing."""
    undone: set[str] = set()
    for decision in reversed(list(decisions)):
        if decision.action == "undo" and decision.id not in undone:
            undone.add(decision.undoes)
    return undone


def turn(said: SaidClaim, *, symmetric: bool) -> SaidClaim:
    """Give a claim of a symmetric relation as claims are kept: the smaller IRI is the subject."""
    key = said.key
    if not symmetric or key.literal or key.subject <= key.object:
        return said
    turned = replace(key, subject=key.object, object=key.subject)
    return replace(said, key=turned, subject_label=said.object_label, object_label=said.subject_label)


def _to_values(decision: Decision) -> dict[str, Any]:
    values: dict[str, Any] = {
        "action": decision.action,
        "claim": decision.claim,
        "said": _said_values(decision.said),
        "curator": decision.curator,
        "date": decision.date,
    }
    if decision.comment:
        values["comment"] = decision.comment
    if decision.correction is not None:
        values["correction"] = _said_values(decision.correction)
    if decision.undoes:
        values["undoes"] = decision.undoes
    return values


def _said_values(said: SaidClaim) -> dict[str, Any]:
    key = said.key
    return {
        "subject": key.subject,
        "predicate": key.predicate,
        "object": key.object,
        "literal": key.literal,
        "polarity": key.polarity.value,
        "certainty": said.certainty.value,
        "subject_label": said.subject_label,
        "object_label": said.object_label,
    }


def _read_said(values: dict[str, Any]) -> SaidClaim:
    names = ("subject", "predicate", "object", "subject_label", "object_label")
    if any(not isinstance(values[name], str) for name in names) or not isinstance(values["literal"], bool):
        raise TypeError("a part of the claim is of the wrong kind")
    key = ClaimKey(
        values["subject"], values["predicate"], values["object"], Polarity(values["polarity"]), values["literal"]
    )
    return SaidClaim(key, Certainty(values["certainty"]), values["subject_label"], values["object_label"])


def _write_json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=True, separators=(", ", ": "))


def _is_whole(line: bytes) -> bool:
    try:
        from_line(line)
    except CurationError:
        return False
    return True


def _write_all(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


def _sync_folder(folder: Path) -> None:
    """Put the name of a new file on the disk too, where the system can."""
    if os.name == "nt":
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _say(message: str) -> None:
    print(message, file=sys.stderr)
