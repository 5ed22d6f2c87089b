"""Words under one spelling: what the names of a dictionary and the words of a text are compared by."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

GREEK = {letter: unicodedata.name(letter).rpartition(" ")[2].lower() for letter in "αβγδεζηθικλμνξοπρστυφχψω"}
GREEK |= {"λ": "lambda", "µ": "mu", "ς": "sigma"}
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
SHORTEST_INFLECTED = 4
SINGULAR_IN_S = ("ss", "us", "is")
LONG_ENOUGH = 6


class _Folding(dict[int, str]):
    """What each character is read as: lower case without accents; a space for what is neither letter nor digit."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = unicodedata.normalize("NFD", char)[0]
        low = (plain if plain.isascii() and plain.isalpha() else char).lower()
        folded = self[code] = (low if len(low) == 1 else char) if char.isalnum() else " "
        return folded


_FOLDING = _Folding()


def split_words(text: str) -> list[str]:
    """Split a text into lower-case words, none of them for what stands between two signs that part words.

    Each sign parts words, so the offset of a word is the length of those before it and one for each of them.

    >>> split_words("Graves’ disease, EGFR-positive")
    ['graves', '', 'disease', '', 'egfr', 'positive']
    """
    return text.translate(_FOLDING).split(" ")


def to_base(word: str, spellings: Mapping[str, str]) -> str:
    """Give the one form of a word that names are kept under: singular, American, Greek letters written out.

    Args:
        spellings: Parts of British words, and what they are in American ones.

    >>> [to_base(word, {"tumour": "tumor"}) for word in ["tumours", "metastases", "α", "ii", "virus", "biopsies"]]
    ['tumor', 'metastasis', 'alpha', '2', 'virus', 'biopsy']
    """
    if known := GREEK.get(word) or ROMAN.get(word):
        return known
    if not word.isalpha():
        return word
    for british, american in spellings.items():
        if british in word:
            word = word.replace(british, american)
    return _singular(word)


def other_forms(base: str, spellings: Mapping[str, str]) -> Iterator[str]:
    """Give the forms that a text may write for a word that is kept under `base`.

    >>> list(other_forms("tumor", {"tumour": "tumor"}))
    ['tumors', 'tumour', 'tumours']
    """
    if len(base) < SHORTEST_INFLECTED - 1 or not base.isalpha():
        return
    yield _plural(base)
    for british, american in spellings.items():
        if american in base and british not in base:
            spelled = base.replace(american, british)
            yield spelled
            yield _plural(spelled)


def _singular(word: str) -> str:
    if len(word) < SHORTEST_INFLECTED or word[-1] != "s" or word.endswith(SINGULAR_IN_S):
        return word
    if word.endswith("ies") and len(word) > SHORTEST_INFLECTED:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "ruses", "inuses")):
        return word[:-2]
    if len(word) > LONG_ENOUGH and word.endswith("es") and word[:-1].endswith(("stase", "yse", "ose", "ese")):
        return word[:-2] + "is"
    return word[:-1]


def _plural(word: str) -> str:
    if word.endswith("sis"):
        return word[:-2] + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")
