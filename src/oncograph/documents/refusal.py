"""What is said about an input that cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file, or one record of a file, that was not read, and why.

    Attributes:
        source: The path as the user gave it.
        reason: What is wrong, where in the file, and what to do, in one line.

    >>> print(Refusal("notes/her2.pdf", "is encrypted; save a copy without a password"))
    notes/her2.pdf: is encrypted; save a copy without a password
    """

    source: str
    reason: str

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


class UnreadableError(Exception):
    """Raised inside a reader for a file it must refuse; holds the reason only, the caller adds the path."""


def show(text: str | Path, *, limit: int = 300) -> str:
    r"""Write a path or an excerpt so that it stays on one line and harms no terminal.

    >>> show("a\nb")
    'a\\x0ab'
    """
    safe = UNPRINTABLE.sub(_escape, str(text))
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
