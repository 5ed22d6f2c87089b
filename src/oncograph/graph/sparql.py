"""SPARQL queries as text: tokens, what a query may not do, and parameters put in as terms."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Store

from oncograph.errors import QueryError
from oncograph.graph.terms import PREFIXES

_STRING = r'"""(?:[^"\\]|\\.|"(?!""))*"""' + "|" + r"'''(?:[^'\\]|\\.|'(?!''))*'''"
_STRING += "|" + r'"(?:[^"\\\n\r]|\\.)*"' + "|" + r"'(?:[^'\\\n\r]|\\.)*'"
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+) | (?P<comment>\#[^\n\r]*)
  | (?P<iri><(?:[^\x00-\x20<>"{{}}|^`\\]|\\[uU][0-9A-Fa-f]+)*>)
  | (?P<string>{_STRING})
  | (?P<variable>[?$]\w+) | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*) | (?P<blank>_:[\w.-]+)
  | (?P<name>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:[\w.:-]|%[0-9A-Fa-f]{{2}}|\\.)*)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?) | (?P<word>\w+) | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_UPDATES = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"])
_SKIPPED = frozenset({"space", "comment"})
_GAP = 40  # more letters than the longest keyword has


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query; `start` is its offset in the text."""

    kind: str
    text: str
    start: int


class QuerySyntaxError(QueryError):
    """A mistake at a place in a query.

    Attributes:
        line, column: Counted from 1 in the text that was given.
    """

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.line = line
        self.column = column


def split_tokens(text: str) -> list[Token]:
    """Split a query into tokens; put together they are the text again.

    >>> [token.kind for token in split_tokens("SELECT ?x { ?x a entity:HER2 }") if token.kind != "space"]
    ['word', 'variable', 'other', 'variable', 'word', 'name', 'other']
    """
    return [Token(match.lastgroup or "other", match.group(), match.start()) for match in _TOKEN.finditer(text)]


def refuse_forbidden(text: str, tokens: list[Token], services: Collection[str] = ()) -> None:
    """Raise an error for a query that would change a store or reach the network.

    Words inside comments, strings, IRIs and names are not taken for keywords.

    Args:
        services: IRIs of the endpoints that SERVICE may name, as they are written in the query.

    Raises:
        QuerySyntaxError: With the place of the keyword.
    """
    refuse_updates(text, tokens)
    _refuse_services(text, [token for token in tokens if token.kind not in _SKIPPED], services)


def refuse_updates(text: str, tokens: list[Token]) -> None:
    """Raise an error for what is no query but an update.

    Raises:
        QuerySyntaxError: With the place of the keyword.
    """
    first = _find_form([token for token in tokens if token.kind not in _SKIPPED])
    if first is not None and first.text.upper() in _UPDATES:
        word = first.text.upper()
        raise error_at(text, first.start, f"{word} would change the graph; ask with SELECT, ASK, CONSTRUCT or DESCRIBE")


def refuse_loading(text: str, tokens: list[Token], services: Collection[str] = ()) -> None:
    """Raise an error for an update that would reach the network, but for the addresses that are allowed.

    Raises:
        QuerySyntaxError: With the place of the keyword.
    """
    found = [token for token in tokens if token.kind not in _SKIPPED]
    _refuse_services(text, found, services)
    for place, token in enumerate(found):
        declares = place > 0 and found[place - 1].text.upper() == "PREFIX"
        may_load = token.kind in {"word", "name"} and token.text.upper().startswith("LOAD") and not declares
        if may_load and not _is_allowed("LOAD", found[place : place + 3], services):
            hint = (
                f"only {' and '.join(sorted(services))} may be read" if services else "send the data with INSERT DATA"
            )
            raise error_at(text, token.start, f"LOAD would reach the network; {hint}")


def _refuse_services(text: str, found: list[Token], services: Collection[str]) -> None:
    for place, token in enumerate(found):
        before = found[place - 1] if place else None
        after = found[place + 1] if place + 1 < len(found) else None
        if _is_service(before, token, after) and not _is_allowed("SERVICE", found[place : place + 3], services):
            hint = f"only {' and '.join(sorted(services))} may be asked" if services else "only this graph can be asked"
            raise error_at(text, token.start, f"SERVICE would reach the network; {hint}")


def find_form(tokens: list[Token]) -> str:
    """Give the keyword that says what kind of query it is, in capitals; empty where there is none.

    >>> find_form(split_tokens("PREFIX e: <e:> # select\\nask { ?s ?p ?o }"))
    'ASK'
    """
    first = _find_form([token for token in tokens if token.kind not in _SKIPPED])
    return first.text.upper() if first is not None else ""


def has_dataset_clause(tokens: list[Token]) -> bool:
    """Tell whether a query says itself which graphs it reads (FROM)."""
    return any(token.kind == "word" and token.text.upper() == "FROM" for token in tokens)


def limit_rows(tokens: list[Token], rows: int, *, skip: int = 0) -> str:
    """Give a query whose answer is a part of what this one answers: the first rows after those skipped.

    >>> limit_rows(split_tokens("SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 10"), 5, skip=2)
    'SELECT * { ?s ?p ?o } ORDER BY ?s  \\nLIMIT 5 OFFSET 2\\n'
    """
    own = {"LIMIT": None, "OFFSET": 0}
    kept: list[str] = []
    end: int | None = None  # where the solution modifiers end: before a closing VALUES
    word = ""
    for token, depth in _with_depths(tokens):
        if token.kind == "word" and depth == 0 and token.text.upper() in own:
            word = token.text.upper()
        elif word and token.kind == "number":
            own[word] = int(token.text)
            word = ""
        else:
            if token.kind == "word" and depth == 0 and token.text.upper() == "VALUES":
                end = len(kept)
            kept.append(token.text)
    limit, offset = own["LIMIT"], own["OFFSET"] or 0
    rows = rows if limit is None else max(0, min(rows, limit - skip))
    end = len(kept) if end is None else end
    return "".join([*kept[:end], f"\nLIMIT {rows} OFFSET {offset + skip}\n", *kept[end:]])


def find_undeclared(tokens: list[Token], known: Mapping[str, str]) -> Token | None:
    """Give the first name whose prefix neither the query nor `known` declares."""
    found = [token for token in tokens if token.kind not in _SKIPPED]
    declared = set(known)
    for before, token in zip([None, *found], found, strict=False):
        if token.kind != "name":
            continue
        prefix = token.text.partition(":")[0]
        if before is not None and before.kind == "word" and before.text.upper() == "PREFIX":
            declared.add(prefix)
        elif prefix not in declared:
            return token
    return None


def put_terms(text: str, terms: Mapping[str, NamedNode | Literal]) -> str:
    """Put terms in the place of the parameters `$name` of a query; `?name` stays a variable.

    >>> put_terms('SELECT ?d { $who ?p ?d FILTER(?d != "$who") }', {"who": NamedNode("e:HER2")})
    'SELECT ?d { <e:HER2> ?p ?d FILTER(?d != "$who") }'
    """
    return "".join(_replace_parameters(split_tokens(text), terms))


def error_at(text: str, offset: int, message: str) -> QuerySyntaxError:
    """Build the error for a mistake at an offset of a query."""
    before = text[:offset]
    return QuerySyntaxError(message, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def find_mistake(text: str, tokens: list[Token], message: str) -> QueryError:
    """Build the error for a query that the parser has refused, with the place of the first word it could not take.

    The parser counts the letters of every keyword it tries at a place as read, so its own line and column lie some
    letters after the mistake. It is asked again with wide gaps between the words, where that cannot reach the next.

    Args:
        message: What the parser said.
    """
    open_quote = next((token for token in tokens if token.kind == "other" and token.text in "\"'"), None)
    if open_quote is not None:
        return error_at(text, open_quote.start, f"the text that begins with {open_quote.text} does not end")
    undeclared = find_undeclared(tokens, PREFIXES)
    if undeclared is not None and text[undeclared.start - 1 : undeclared.start] == "<":
        return error_at(text, undeclared.start - 1, "this IRI does not end, or holds a space or the like")
    if undeclared is not None:
        prefix = undeclared.text.partition(":")[0]
        return error_at(text, undeclared.start, f"the prefix {prefix}: is not declared; add PREFIX {prefix}: <…>")
    rule = re.search(r"The [A-Z]+ [a-z][^,\[]*", message)
    if rule is not None:
        return QueryError(f"the query cannot run: {rule[0].strip()}")
    word = _find_refused(tokens)
    if word is None:
        return error_at(text, len(text.rstrip()), "the query ends too early; is a } or ) missing?")
    wanted = re.findall(r'"([^"\w\\]{1,2})"', message)
    hint = f"; is {' or '.join(wanted)} missing?" if 0 < len(wanted) == message.count(",") + 1 else ""
    return error_at(text, word.start, f"{word.text[:40]} is not expected here{hint}")


def _find_refused(tokens: list[Token]) -> Token | None:
    """Give the first token that the parser could not take; None when it wanted more."""
    wide = ((token, " " * _GAP if token.kind in _SKIPPED else token.text) for token in tokens)
    starts: list[tuple[int, Token]] = []
    stretched = ""
    for token, text in wide:
        if token.kind not in _SKIPPED:
            starts.append((len(stretched), token))
        stretched += text
    try:
        Store().query(stretched + " " * _GAP, prefixes=PREFIXES)
    except SyntaxError as error:
        place = re.match(r"error at 1:(\d+):", str(error))
        before = [token for start, token in starts if place and start < int(place[1])]
        ends = place is not None and int(place[1]) > len(stretched.rstrip())
        return None if ends and _is_open(tokens) else before[-1] if before else None
    return None


def _is_open(tokens: list[Token]) -> bool:
    """Tell whether more brackets are opened than closed."""
    marks = [token.text for token in tokens if token.kind == "other"]
    return marks.count("{") > marks.count("}") or marks.count("(") > marks.count(")")


def _replace_parameters(tokens: list[Token], terms: Mapping[str, NamedNode | Literal]) -> Iterator[str]:
    for token in tokens:
        name = token.text[1:]
        if token.kind == "variable" and token.text[0] == "$" and name in terms:
            yield str(terms[name])
        else:
            yield token.text


def _with_depths(tokens: list[Token]) -> Iterator[tuple[Token, int]]:
    """Give each token with the number of brackets that are open around it."""
    depth = 0
    for token in tokens:
        depth -= token.kind == "other" and token.text in "})"
        yield token, depth
        depth += token.kind == "other" and token.text in "{("


def _is_allowed(keyword: str, found: list[Token], services: Collection[str]) -> bool:
    """Tell whether tokens are a keyword, SILENT or not, and an IRI among those allowed."""
    silent = len(found) > 1 and found[1].kind == "word" and found[1].text.upper() == "SILENT"
    named = found[1 + silent : 2 + silent]
    is_keyword = found[0].kind == "word" and found[0].text.upper() == keyword
    return is_keyword and bool(named) and named[0].kind == "iri" and named[0].text[1:-1] in services


def _find_form(found: list[Token]) -> Token | None:
    """Give the word that says what kind of query it is, after the prefixes and the base."""
    words = (token for token in found if token.kind == "word")
    return next((token for token in words if token.text.upper() not in {"PREFIX", "BASE", "VERSION"}), None)


def _is_service(before: Token | None, token: Token, after: Token | None) -> bool:
    """Tell whether a parser that needs no space around keywords could read SERVICE here."""
    if "service" not in token.text.lower():
        return False
    if token.kind == "word":
        return True
    if token.kind == "name":  # SERVICE:x {…} and SERVICEex:x {…}, but not GRAPH service:x {…}
        follows_graph = before is not None and before.text.upper() == "GRAPH"
        opens = after is not None and after.text == "{"
        return "service" in token.text.partition(":")[0].lower() and opens and not follows_graph
    # In ?a<?b)SERVICE?x#> a parser may take < for "less than" and the rest for keyword, variable and comment.
    return token.kind == "iri" and "#" in token.text and not re.match(r"<[A-Za-z][\w+.-]*://", token.text)
