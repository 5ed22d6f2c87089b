"""Which of its meanings a name has in this document."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from oncograph.model import Concept, Document, Grounding, Mention, UndecidedName, entity_iri
from oncograph.reading.abbreviations import Abbreviation
from oncograph.reading.ambiguity import Settled
from oncograph.reading.defined import define_long_form, define_title, find_numbered
from oncograph.reading.fused import settle_fused
from oncograph.reading.imported import place_names
from oncograph.reading.lexicon import Found, Lexicon
from oncograph.reading.patterns import TOKEN
from oncograph.reading.products import find_protein
from oncograph.reading.shape import Phrase, Shape, is_class

if TYPE_CHECKING:
    from oncograph.reading.reader import Reader


INTERRUPTION = re.compile(r"(?<=\w) \((?=[^()]{0,11}[A-Z0-9])[^()\n]{1,12}\)(?=[ -][A-Za-z])")
BANDS = re.compile(r"\([pq][\dpq.;]*\)")
INTERRUPTED_REACH = 60
NEVER_COMPOSED = frozenset({"Procedure", "Immunotherapy", "DiagnosticTest"})
"""Classes of names that are no sum of their parts, as "EGFR mutation" is."""
KINDS_NAMED = frozenset({"Disease", "BenignCondition"})
KIND_REACH = 24
LAST_WORD = re.compile(r"(?<![\w-])([A-Za-z][a-z]+(?:-[a-z]+)*) \Z")
SHORTEST = 2
"""Letters of an abbreviation that means only what the text says: "autosomal recessive (AR)" is no androgen receptor."""
ARTICLE_LENGTH = len("the ")
TITLE_WITHIN = 3
"""Offset up to which the first heading is the title of the text."""


def find_document_names(
    doc: Document, abbreviations: Sequence[Abbreviation], reader: Reader, made: dict[str, Concept]
) -> tuple[list[Found], tuple[UndecidedName, ...]]:
    """Find the names of the lexicon, and those that the document itself defines; apart from them, those left undecided.

    The document defines the disease of its title, the abbreviations it gives to names, and long forms that the lexicon
    knows the last words of only; the concepts of new ones are put into `made`.
    """
    text = doc.text
    found = [_with_bands(text, name) for name in reader.lexicon.find_names(text) if not _is_denied(text, name.start)]
    settled: list[Settled] = []
    if reader.imported is not None:
        settled = reader.imported.settle(text, abbreviations)
        found = place_names(text, settled, found)
        imported = (one for name in found for one in name.concepts if one.grounding is Grounding.IMPORTED)
        made.update((concept.iri, concept) for concept in imported)
    protein_of = functools.partial(find_protein, products=reader.products, concepts=reader.lexicon.concepts, made=made)
    found = list(settle_fused(text, found, reader.fused, protein_of))
    interrupted = list(_find_interrupted(text, reader.lexicon))
    if interrupted:
        found = _merge_found(found, interrupted)
    ends = {name.end: name for name in found}
    local: dict[str, tuple[Concept, ...]] = {}
    defined: list[Found] = []
    foreign: set[str] = set()
    title = next(((block.start, block.end) for block in doc.blocks if block.kind in {"title", "heading"}), None)
    if title is not None and title[0] <= TITLE_WITHIN:
        defined += _keep(define_title(text, title, found, reader.endings, reader.is_a), made)
        ends.update((name.end, name) for name in defined)
    for abbreviation in abbreviations:
        meaning = ends.get(abbreviation.long_end)
        if meaning is None and len(abbreviation.short) <= SHORTEST:
            foreign.add(abbreviation.short)
        if meaning is None:
            continue
        if not names_whole(meaning, abbreviation):
            new = _keep(define_long_form(abbreviation, meaning, reader.is_a), made)
            defined += new
            if not new:
                continue
            meaning = new[0]
        others = reader.lexicon.meanings(abbreviation.short)
        local.setdefault(abbreviation.short, tuple(dict.fromkeys((*meaning.concepts, *others))))
    if local:
        short_forms = "|".join(re.escape(short) for short in sorted(local, key=len, reverse=True))
        genes = {name.start: name for name in found if name.concepts[0].class_name in reader.gene_classes}
        defined += [
            Found(match.start(), match.end(), local[match[1]])
            for match in re.finditer(rf"(?<!\w)({short_forms})(?:s\b)?(?!\w)", text)
            if match.start() not in genes or not _is_said_of_gene(text, match.end(), reader)
        ]
    if foreign:
        found = [name for name in found if text[name.start : name.end] not in foreign]
    for numbered in find_numbered(text):
        defined += _keep(numbered, made)
    if defined:
        defined.sort(key=lambda name: (name.start, -name.end))
        found = _merge_found(found, defined)
    undecided = () if reader.imported is None else tuple(reader.imported.name_undecided(text, settled, found))
    return list(_name_kinds(text, found, reader, made)), undecided


def _name_kinds(text: str, found: Sequence[Found], reader: Reader, made: dict[str, Concept]) -> Iterator[Found]:
    """Take in the word before the name of a disease that makes it another: "viral gastroenteritis" is a kind of it."""
    reached = 0
    for name in found:
        concept, first = name.concepts[0], max(reached, name.start - KIND_REACH)
        reached = name.end
        if (
            concept.class_name not in KINDS_NAMED
            or is_class(concept)
            or concept.label in {"infection", "disease"}
            or (before := LAST_WORD.search(text, first, name.start)) is None
            or before[1].lower() not in reader.disease_kinds
        ):
            yield name
            continue
        label = f"{before[1].lower()} {concept.label}"
        kind = Concept(
            entity_iri(label), label, concept.class_name, broader=(concept.iri,), grounding=Grounding.COMPOSED
        )
        yield Found(before.start(1), name.end, (made.setdefault(kind.iri, kind),))


def _with_bands(text: str, name: Found) -> Found:
    """Take in the bands that follow a chromosome abnormality: "t(11;14)(q13;q32)"."""
    bands = BANDS.match(text, name.end) if text[name.end - 1] == ")" and text[name.end : name.end + 1] == "(" else None
    return name if bands is None else Found(name.start, bands.end(), name.concepts)


def _keep(defined: tuple[Concept, list[Found]] | None, made: dict[str, Concept]) -> list[Found]:
    if defined is None:
        return []
    concept, names = defined
    made.setdefault(concept.iri, concept)
    return names


def _find_interrupted(text: str, lexicon: Lexicon) -> Iterator[Found]:
    """Find the names that a short form in parentheses interrupts: "von Hippel-Lindau (VHL) syndrome"."""
    reached = 0
    for match in INTERRUPTION.finditer(text):
        first = max(match.start() - INTERRUPTED_REACH, reached)
        before, after = text[first : match.start()], text[match.end() : match.end() + INTERRUPTED_REACH]
        gap = match.end() - match.start()
        named = next((name.concepts for name in lexicon.find_names(before) if name.end == len(before)), ())
        for name in lexicon.find_names(before + after):
            start, end = first + name.start, first + name.end + gap
            is_one = not named or named[0] == name.concepts[0] or name.concepts[0].class_name in NEVER_COMPOSED
            if start < match.start() < match.end() < end and is_one:
                reached = end
                yield Found(start, end, name.concepts)


def names_whole(name: Found, abbreviation: Abbreviation) -> bool:
    """Tell whether a name is the whole long form of an abbreviation, but for an article, not only its last word."""
    return name.start <= abbreviation.long_start + ARTICLE_LENGTH and name.end == abbreviation.long_end


def _is_said_of_gene(text: str, end: int, reader: Reader) -> bool:
    """Tell whether the word after a name says that a gene is meant, not a disease of the same letters: "VHL gene"."""
    word = TOKEN.match(text, end + 1)
    return word is not None and word[0].lower() in reader.said_of_genes


def _is_denied(text: str, start: int) -> bool:
    """Tell whether a name is only the second half of "non-…"."""
    return start > 3 and text[start - 1] in "-–" and text[start - 4 : start - 1].lower() == "non"


def _merge_found(found: list[Found], defined: list[Found]) -> list[Found]:
    """Merge two lists of names in text order; what the document defines wins, unless a longer name holds it."""
    starts = [name.start for name in defined]
    kept = []
    for name in found:
        at = bisect_left(starts, name.end)
        other = defined[at - 1] if at else None
        if other is None or other.end <= name.start or (name.end - name.start) > (other.end - other.start):
            kept.append(name)
    merged: list[Found] = []
    for name in sorted([*kept, *defined], key=lambda name: (name.start, -name.end)):
        if not merged or name.start >= merged[-1].end:
            merged.append(name)
    return merged


def settle_gene_or_protein(shape: Shape, reader: Reader) -> None:
    """Let the word after a name that a gene and a protein share tell which is meant, and take the word in, in place."""
    book = reader.book
    nouns = {"Gene": book.set_of_nouns("Gene"), "Protein": book.set_of_nouns("Protein")}
    if nouns["Gene"].isdisjoint(shape.codes) and nouns["Protein"].isdisjoint(shape.codes):
        return
    receptors = book.set_of_nouns("Receptor")
    for at in range(len(shape.codes) - 2, -1, -1):
        phrase = shape.phrases[at]
        wanted = next((name for name, codes in nouns.items() if shape.codes[at + 1] in codes), "")
        if phrase is None or not wanted or not any(reader.is_gene(concept) for concept in phrase.meanings):
            continue
        if shape.codes[at + 1] in receptors and phrase.concept.class_name == "Ligand":
            continue
        chosen = next((concept for concept in phrase.meanings if reader.is_a(concept.class_name, wanted)), None)
        if chosen is None and wanted == "Gene" and phrase.concept.iri in reader.gene_of:
            chosen = reader.lexicon.concepts[reader.gene_of[phrase.concept.iri]]
        if chosen is None:
            continue
        end = shape.ends[at + 1]
        mention = Mention(phrase.start, end, shape.text[phrase.start : end], chosen.iri)
        shape.replace(at, at + 2, book.class_codes[chosen.class_name], Phrase(phrase.start, end, (mention,), (chosen,)))


def drop_general(shape: Shape, reader: Reader) -> None:
    """Keep of a name and a general word beside it the one that says which, in place.

    "Lynch syndrome cancer" is Lynch syndrome, "a JAK2(V617F) mutation" JAK2 V617F, "t(15;17) translocation" and
    "chromosomal translocation t(15;17)" are t(15;17).
    """
    phrases = shape.phrases
    for at in range(len(phrases) - 2, -1, -1):
        second = phrases[at + 1]
        if second is None or (first := phrases[at]) is None or is_class(first.concept):
            continue
        if first.concept.iri in reader.book.general and second.concept.iri not in reader.book.general:
            if reader.same_kind(first.concept.class_name, second.concept.class_name) and not is_class(second.concept):
                shape.replace(at, at + 2, shape.codes[at + 1], replace(second, start=first.start))
            continue
        if second.concept.iri not in reader.generic and second.concept.iri not in reader.book.general:
            continue
        if reader.same_kind(first.concept.class_name, second.concept.class_name):
            shape.replace(at, at + 2, shape.codes[at], replace(first, end=second.end))
