"""Terms as a reader finds them → a vocabulary, checked: each identifier once, names of sensible length, no cycles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from oncograph.knowledge.vocabularies.identifiers import is_iri
from oncograph.knowledge.vocabularies.source import Source
from oncograph.knowledge.vocabularies.terms import Mapping as Said
from oncograph.knowledge.vocabularies.terms import Term, Vocabulary

LONGEST_NAME = 1000
SHOWN = 60
UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff]")
"""What no text of a graph may hold: control characters and halves of characters."""


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself; empty where it says nothing."""

    title: str = ""
    version: str = ""
    licence: str = ""


@dataclass(slots=True)
class Collector:
    """Takes the terms of a file and makes a vocabulary of them.

    Attributes:
        obsolete: How many terms the reader left out for being obsolete.
    """

    source: Source
    obsolete: int = 0
    _terms: dict[str, Term] = field(default_factory=dict)
    _lines: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        iri: str,
        label: str,
        *,
        line: int = 0,
        exact: Iterable[str] = (),
        narrow: Iterable[str] = (),
        broad: Iterable[str] = (),
        related: Iterable[str] = (),
        parents: Iterable[str] = (),
        exact_matches: Iterable[str] = (),
        references: Iterable[str] = (),
        definition: str = "",
        class_name: str = "",
        notation: str = "",
    ) -> None:
        """Take a term; a name that stands in two scopes counts in the closer one.

        Args:
            line: Where it begins in the file; 0 where the reader does not know, and it is then looked for if need be.

        Raises:
            VocabularyError: Its identifier was used before or is none, it has no name, or one that is too long.
        """
        if not is_iri(iri):
            wrong = f"{_show(iri)!r} is no IRI" if iri else "the identifier is missing"
            mend = "give each term an IRI, or the prefix it lacks (--columns …,prefix=…)"
            raise self.source.error(wrong, mend, line=self._line(iri, line))
        if iri in self._terms:
            raise self._twice(iri, line)
        seen: set[str] = set()
        named = self._names((label,), seen, iri, line)
        if not named:
            raise self.source.error(f"{_show(iri)} has no name", "give it one", line=self._line(iri, line))
        self._refuse_unprintable(definition, iri, line)
        matches = _united(exact_matches, without=(iri,))
        self._terms[iri] = Term(
            iri,
            named[0],
            class_name,
            exact=self._names(exact, seen, iri, line),
            narrow=self._names(narrow, seen, iri, line),
            broad=self._names(broad, seen, iri, line),
            related=self._names(related, seen, iri, line),
            definition=" ".join(definition.split()),
            parents=_united(parents),
            exact_matches=matches,
            references=_united(references, without=(iri, *matches)),
            notation=notation,
        )
        if line:
            self._lines[iri] = line

    def finish(self, about: About | None = None, *, mappings: Iterable[Said] = ()) -> Vocabulary:
        """Give the vocabulary, its terms in the order of their IRIs.

        Raises:
            VocabularyError: It holds nothing, or a term is more general than itself.
        """
        said = tuple(sorted(set(mappings), key=lambda one: (one.subject, one.relation, one.object)))
        if not self._terms and not said and not self.obsolete:
            raise self.source.error("holds no term", "give a vocabulary with at least one term that has a name")
        self._refuse_cycle()
        terms = tuple(term for _, term in sorted(self._terms.items()))
        about = about or About()
        return Vocabulary(_clean(about.title), _clean(about.version), _clean(about.licence), terms, said, self.obsolete)

    def _names(self, names: Iterable[str], seen: set[str], iri: str, line: int) -> tuple[str, ...]:
        """Give the names not seen yet, their white space made single."""
        kept = []
        for name in names:
            text = " ".join(name.split())
            if not text or text in seen:
                continue
            if len(text) > LONGEST_NAME:
                wrong = f"a name of {_show(iri)} has {len(text):,} characters ({_show(text)})"
                mend = f"names have {LONGEST_NAME:,} at most; is a quote or a separator missing?"
                raise self.source.error(wrong, mend, line=line or self._line_of_name(name, iri))
            self._refuse_unprintable(text, iri, line)
            seen.add(text)
            kept.append(text)
        return tuple(kept)

    def _refuse_unprintable(self, text: str, iri: str, line: int) -> None:
        found = UNPRINTABLE.search(text)
        if found:
            wrong = f"a text of {_show(iri)} holds the character U+{ord(found[0]):04X}"
            raise self.source.error(wrong, "take it out", line=self._line(iri, line))

    def _refuse_cycle(self) -> None:
        cycle = find_cycle({iri: term.parents for iri, term in self._terms.items() if term.parents})
        if cycle:
            shown = " is a kind of ".join(self._called(iri) for iri in (*cycle, cycle[0]))
            line = self._line(cycle[0], 0)
            raise self.source.error(shown, "break the circle", line=line)

    def _twice(self, iri: str, line: int) -> Exception:
        first, second = self._lines.get(iri, 0), line
        if not (first and second):
            first, second = (*self._definitions(iri), 0, 0)[:2]
        before = f", and at line {first} before" if first else ""
        return self.source.error(f"{iri} stands there twice{before}", "keep one", line=second or None)

    def _called(self, iri: str) -> str:
        term = self._terms.get(iri)
        return f"{term.notation or term.iri} ({term.label})" if term else iri

    def _line(self, iri: str, line: int) -> int | None:
        return line or self._lines.get(iri) or next(iter(self._definitions(iri)), None)

    def _line_of_name(self, name: str, iri: str) -> int | None:
        return next(iter(self.source.find_lines(re.escape(name[:SHOWN]))), None) or self._line(iri, 0)

    def _definitions(self, iri: str) -> list[int]:
        """Look up where a term is defined, as OBO, JSON, RDF/XML or Turtle would write it; else where it is named."""
        local = re.escape(re.split(r"[/#:]", iri)[-1]) or re.escape(iri)
        full, compact = re.escape(iri), local.replace("_", "[:_]", 1)
        ways = (
            rf"^id:\s*(?:{compact}|\S+:{compact}|{full})\s",
            rf'"id"\s*:\s*"(?:{full}|{compact})"',
            rf'rdf:about="(?:{full}|[^"]*#{local})"',
            rf"^\s*(?:<{full}>|[\w.-]*:{local})\s",
            rf"{full}\b",
            rf"\b{compact}\b",
        )
        return next((lines for way in ways if (lines := self.source.find_lines(way))), [])


def find_cycle(parents: Mapping[str, Sequence[str]]) -> list[str]:
    """Give the members of a circle in a hierarchy, each followed by a parent of it; nothing where there is none.

    >>> find_cycle({"a": ["b"], "b": ["c", "a"], "c": []})
    ['a', 'b']
    """
    done: set[str] = set()
    for start in sorted(parents):
        if start in done:
            continue
        path = [start]
        on_path = {start}
        waiting = [iter(parents[start])]
        while waiting:
            above = next(waiting[-1], None)
            if above is None:
                waiting.pop()
                done.add(path[-1])
                on_path.discard(path.pop())
            elif above in on_path:
                return path[path.index(above) :]
            elif above not in done and above in parents:
                path.append(above)
                on_path.add(above)
                waiting.append(iter(parents[above]))
    return []


def _united(iris: Iterable[str], *, without: Sequence[str] = ()) -> tuple[str, ...]:
    return tuple(iri for iri in dict.fromkeys(iris) if iri and iri not in without)


def _clean(text: str) -> str:
    return " ".join(text.split())


def _show(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
