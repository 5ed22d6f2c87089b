"""Names against annotated abstracts: how many are found where they stand, and how many are given the right identifier.

What counts:

- *Spans*: a name is right if an annotation of its group has the same two offsets.
- *Identifiers*, of a whole document: an entity that the reader names, counted once however often it is named, is right
  if any identifier of it (its own or one that is mapped to it) is annotated in the document; an annotated identifier
  is found if any entity named carries it. A mention annotated with several identifiers asks for each of them.
- What was annotated without an identifier counts for spans alone, and so does a name left undecided by the reader.
- An entity that a source does not have is identified by the nearest wider ones that it has, as annotators do.
- An entity that has no identifier of any source that the annotations of its group use, even so (a protein family, where
  genes are annotated), cannot be compared: it is spared too, and told.
- *Variants* are compared by what their words say: both sides are written as tmVar writes them, from the nomenclature of
  HGVS ("Val600Glu", "p.V600E" and "V600E" are `p|SUB|V|600|E`), and by their dbSNP numbers where the words give these.
  An annotated number that its own words do not give ("V600E" as `rs113488022`) takes a database to find: it is left out
  of the identifiers, with the names that stand on it. A name of no certain change ("a deletion") is none of a variant.
- A group is judged only where the documents annotate it: no corpus marks everything.
- Annotations that no vocabulary of the group could ground (genes of mice, where the vocabulary holds human ones) may be
  left out, with the names that stand on them; how many names that spares is told. See `human_genes`.
- Figures are micro-averages: over mentions and identifiers, not over documents.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncograph.errors import OncographError
from oncograph.knowledge.namespaces import NOTATION_STARTS
from oncograph.model import Concept
from oncograph.reading.abbreviations import find_abbreviations
from oncograph.reading.ambiguity import RANK_SCORES, Candidate
from oncograph.reading.dictionary import LOOSE
from oncograph.reading.imported import place_names
from oncograph.reading.lexicon import fold_name
from oncograph.reading.shape import is_class
from oncograph.reading.variants import Variant, find_variants

if TYPE_CHECKING:
    from oncograph.knowledge import Ontology
    from oncograph.reading.reader import Reader

VARIANTS = "GeneticAlteration"
GROUPS: dict[str, str] = {
    **dict.fromkeys(("Disease", "SpecificDisease", "Modifier", "DiseaseClass", "CompositeMention"), "Disease"),
    "DiseaseOrPhenotypicFeature": "Disease",
    "Chemical": "Drug",
    "ChemicalEntity": "Drug",
    "GeneOrGeneProduct": "Gene",
    "SequenceVariant": VARIANTS,
}
"""The group in which each annotated type is judged; other types (species, cell lines) are not."""

GROUP_CLASSES: dict[str, tuple[str, ...]] = {
    "Disease": ("Disease", "Symptom", "PathologicProcess"),
    "Drug": ("Drug",),
    "Gene": ("Gene", "Protein"),
    VARIANTS: ("GeneticAlteration",),
}
"""The classes of the ontology that a group takes in, with the classes below them."""

VARIANT, DBSNP, UNSAID = "HGVS:", "DBSNP:", "DBSNP-BY-DATABASE:"
"""What the identifiers of variants begin with: their names, their numbers, and numbers that their words do not give."""

CHEMICAL = re.compile(r".*(?:/drugs/DB|/obo/CHEBI_)\d")
"""Identifiers of chemicals, which hormones and nutrients have whatever their class here."""
GENE = re.compile(r".*/(?:hgnc:|ncbigene:|fplx:|uniprot/)")
"""Identifiers of genes and their products, which are no chemicals even where they are sold as drugs."""
HUMAN_GENE_SOURCE = "NCBIGene"
_STARTS = sorted(((start, source) for source, start in NOTATION_STARTS.items()), key=lambda pair: -len(pair[0]))
_SOURCES = {source.casefold(): source for source in NOTATION_STARTS} | {"mim": "OMIM", "omimps": "OMIMPS"}


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """A name where it stands in a text, annotated or found.

    Attributes:
        group: Key of `GROUP_CLASSES`.
        identifiers: Compact. Of an annotation: every one it asks for; of a name found: all those of the one entity.
    """

    start: int
    end: int
    group: str
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnotatedDocument:
    """A title with its abstract, and the entities annotated in them; offsets count from the title's start."""

    id: str
    text: str
    entities: tuple[NamedEntity, ...] = ()


@dataclass(frozen=True, slots=True)
class MentionScore:
    """Counts of a comparison, and the shares that follow from them.

    Attributes:
        gold: What is annotated.
        found: What the reader names.
        right: How much of what it names is annotated.
        recalled: How much of what is annotated it names.
        left_out: Names that stand on annotations left out, entities that cannot be compared: neither right nor wrong.

    >>> score = MentionScore(gold=4, found=5, right=2, recalled=2)
    >>> score.precision, score.recall, round(score.f1, 3)
    (0.4, 0.5, 0.444)
    """

    gold: int = 0
    found: int = 0
    right: int = 0
    recalled: int = 0
    left_out: int = 0

    @property
    def precision(self) -> float:
        """Share of the names found that are right; 0 without any."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the annotations that were found; 0 without any."""
        return self.recalled / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __add__(self, other: MentionScore) -> MentionScore:
        return MentionScore(
            self.gold + other.gold,
            self.found + other.found,
            self.right + other.right,
            self.recalled + other.recalled,
            self.left_out + other.left_out,
        )


@dataclass(frozen=True, slots=True)
class MentionLine:
    """A line of the report: a group of a file and its scores."""

    name: str
    spans: MentionScore
    identifiers: MentionScore


Find = Callable[[str], Iterable[NamedEntity]]


def evaluate_mentions(
    documents: Iterable[AnnotatedDocument],
    find: Find,
    *,
    name: str = "",
    judged: Mapping[str, Callable[[str], bool]] | None = None,
) -> list[MentionLine]:
    """Compare the names found in documents with those annotated, one line a group that the documents annotate.

    Args:
        find: Gives the names in a text.
        name: Said before the group in each line.
        judged: By group, whether an annotated identifier is judged; the rest is left out.

    >>> text = "HER2 in breast cancer"
    >>> annotated = NamedEntity(8, 21, "Disease", ("MESH:D001943",))
    >>> found = NamedEntity(8, 21, "Disease", ("DOID:1612", "MESH:D001943"))
    >>> line, = evaluate_mentions([AnnotatedDocument("1", text, (annotated,))], lambda text: [found])
    >>> line.name, line.spans.f1, line.identifiers.f1
    ('Disease', 1.0, 1.0)
    """
    documents = list(documents)
    annotated = {entity.group for doc in documents for entity in doc.entities}
    groups = [group for group in GROUP_CLASSES if group in annotated]
    sources: dict[str, set[str]] = defaultdict(set)
    for entity in (entity for doc in documents for entity in doc.entities):
        sources[entity.group].update(identifier.partition(":")[0] for identifier in entity.identifiers)
    spans = dict.fromkeys(groups, MentionScore())
    identifiers = dict.fromkeys(groups, MentionScore())
    for doc in documents:
        found = [_with_plain_identifiers(entity) for entity in find(doc.text)]
        for group in groups:
            keep = (judged or {}).get(group, bool)
            gold = [entity for entity in doc.entities if entity.group == group]
            named = [entity for entity in found if entity.group == group]
            spans[group] += compare_spans(gold, named, judged=keep)
            identifiers[group] += compare_identifiers(gold, named, judged=_is_said(keep), sources=sources[group])
    return [MentionLine(f"{name} {group}".strip(), spans[group], identifiers[group]) for group in groups]


def _is_said(keep: Callable[[str], bool]) -> Callable[[str], bool]:
    """Leave out of what is judged the numbers of dbSNP that the words annotated do not give."""
    return lambda identifier: not identifier.startswith(UNSAID) and keep(identifier)


def human_genes(reader: Reader, ontology: Ontology) -> dict[str, Callable[[str], bool]]:
    """Tell which annotated genes are judged: those with an NCBI number that a gene of the vocabularies has.

    Without added vocabularies, which hold the human genes, all are.
    """
    if reader.imported is None:
        return {}
    known = {
        identifier
        for concepts in (ontology.concepts.values(), reader.imported.concepts)
        for concept in concepts
        for identifier in map(compact_identifier, concept.exact_matches)
        if identifier.startswith(HUMAN_GENE_SOURCE)
    }
    return {"Gene": known.__contains__}


def name_finder(reader: Reader, ontology: Ontology) -> Find:
    """Make the names that a reader finds comparable with annotations.

    In each vocabulary the likeliest term of a name counts: what the name stands for there, if its kind is decided. What
    a vocabulary has under this very name comes before what it has for a concept that the name is only another word for:
    "albuminuria" is a heading of its own there, and here one of the words for proteinuria.
    """
    groups = {
        name: group
        for group, classes in GROUP_CLASSES.items()
        for top in classes
        if top in ontology.classes
        for name in ontology.descendants(top)
    }

    def group_of(concept: Concept) -> str:
        group = groups.get(concept.class_name, "")
        is_chemical = group in ("Gene", "") and any(map(CHEMICAL.match, (concept.iri, *concept.exact_matches)))
        return "Drug" if is_chemical else group

    def find_concept(iri: str) -> Concept | None:
        curated = ontology.concepts.get(iri)
        return reader.imported.concepts.find(iri) if curated is None and reader.imported is not None else curated

    def find(text: str) -> Iterator[NamedEntity]:
        variants = [NamedEntity(start, end, VARIANTS, (_identify(one),)) for start, end, one in find_variants(text)]
        yield from variants
        found = [name for name in reader.lexicon.find_names(text) if not _touches(name[:2], variants)]
        candidates: dict[tuple[int, int], tuple[Candidate, ...]] = {}
        if reader.imported is not None:
            settled = reader.imported.settle(text, find_abbreviations(text))
            candidates = {name[:2]: name.candidates for name in settled}
            found = place_names(text, settled, found)
            spans = {name[:2] for name in found}
            for name in settled:
                kinds = {group_of(one.concept) for one in name.candidates}
                if not name.concepts and name[:2] not in spans and len(kinds) == 1 and (group := kinds.pop()):
                    agreed = agreed_identifiers(one.concept for one in name.candidates)
                    yield NamedEntity(name.start, name.end, group, agreed)
        for start, end, named in found:
            concepts = [ontology.concepts.get(one.iri, one) for one in named]
            if is_class(concepts[0]):
                continue
            rivals = candidates.get((start, end), ())
            others = [*concepts[1:], *(one.concept for one in rivals)]
            others = [other for other in others if other.iri != concepts[0].iri]
            is_gene = concepts[0].iri in reader.gene_of or any(map(GENE.match, concepts[0].exact_matches))
            group = _choose_group([group_of(one) for one in (concepts[0], *([] if is_gene else others))])
            if not group or group == VARIANTS:
                continue
            named_so = [one for one in _named_rather(concepts[0], rivals, text[start:end]) if group_of(one) == group]
            own = [concepts[0]] if group_of(concepts[0]) else []
            gene = ontology.concepts.get(reader.gene_of.get(concepts[0].iri, ""))
            same = [*([gene] if gene else []), *(other for other in others if group_of(other) == group)]
            meant = [*named_so, *own] or same[:1]
            wider = _find_wider(meant, find_concept)
            yield NamedEntity(start, end, group, identifiers_of(*meant, others=same, wider=wider))

    return find


def _identify(variant: Variant) -> str:
    return f"{VARIANT}{variant.compact}" if variant.kind else f"{DBSNP}{variant.compact}"


def _choose_group(groups: Sequence[str]) -> str:
    """Give the group of a name's concept; for a gene or what is of no group, that of its other concepts, if they agree.

    A hormone is a ligand here, which is judged with the genes, and a chemical in the vocabularies of chemicals.
    """
    first, *others = groups
    known = {group for group in others if group}
    return known.pop() if len(known) == 1 and first in ("", "Gene") else first


def _named_rather(concept: Concept, candidates: Iterable[Candidate], name: str) -> list[Concept]:
    """Give the candidates that are properly known by a name by which the concept is known less well, or not at all."""
    if fold_name(name).lower() == fold_name(concept.label).lower():
        return []
    scores = {one.concept.iri: one.score for one in candidates}
    known = scores.get(concept.iri, RANK_SCORES[LOOSE])
    return [one.concept for one in candidates if one.score > known]


def _find_wider(concepts: Sequence[Concept], find: Callable[[str], Concept | None]) -> Iterator[list[Concept]]:
    """Give the concepts that are wider than some, those right above them first, then those above these."""
    seen = {concept.iri for concept in concepts}
    level = list(concepts)
    while level:
        above = dict.fromkeys(iri for one in level for iri in one.broader if iri not in seen)
        seen.update(above)
        level = [one for iri in above if (one := find(iri)) is not None]
        yield level


def identifiers_of(
    *concepts: Concept, others: Iterable[Concept] = (), wider: Iterable[Iterable[Concept]] = ()
) -> tuple[str, ...]:
    """Give the identifiers of what a name means: its own and exact ones, and where a source has none of these, others.

    Args:
        concepts: What the name means, the likeliest first; in each source, the first that it has counts.
        others: Concepts that other vocabularies have under the same name, the likeliest first.
        wider: More general concepts, level by level; those of one level stand beside each other.

    >>> identifiers_of(Concept("MESH:D1", "x", "Disease", exact_matches=("MIM:1",), close_matches=("MIM:2", "DOID:3")))
    ('MESH:D1', 'OMIM:1', 'DOID:3')
    >>> identifiers_of(Concept("DOID:3", "y", "Disease"), wider=[[Concept("MESH:D1", "x", "Disease")]])
    ('DOID:3', 'MESH:D1')
    """
    found: list[str] = []
    for more in (
        *map(_own_identifiers, concepts),
        *([compact_identifier(match) for match in concept.close_matches] for concept in concepts),
        *(_own_identifiers(other) for other in others),
        *([identifier for one in level for identifier in _own_identifiers(one)] for level in wider),
    ):
        known = {identifier.partition(":")[0] for identifier in found}
        found += [identifier for identifier in more if identifier.partition(":")[0] not in known]
    return tuple(found)


def agreed_identifiers(concepts: Iterable[Concept]) -> tuple[str, ...]:
    """Give the identifiers that are certain where it is not which of several concepts a name means.

    They are those of the sources that have only one of the concepts.

    >>> one = Concept("MONDO:1", "gout", "Disease", exact_matches=("MIM:5",))
    >>> agreed_identifiers([one, Concept("MONDO:2", "gouty arthritis", "Disease")])
    ('OMIM:5',)
    """
    by_source: dict[str, dict[str, None]] = defaultdict(dict)
    for concept in concepts:
        for identifier in _own_identifiers(concept):
            by_source[identifier.partition(":")[0]][identifier] = None
    return tuple(identifier for found in by_source.values() if len(found) == 1 for identifier in found)


def _own_identifiers(concept: Concept) -> list[str]:
    return list(dict.fromkeys(map(compact_identifier, (concept.iri, *concept.exact_matches, *concept.notations))))


def compare_spans(
    gold: Iterable[NamedEntity], found: Iterable[NamedEntity], *, judged: Callable[[str], bool]
) -> MentionScore:
    """Compare where the names of one group stand in one document."""
    kept, left_out = _split_judged(gold, judged)
    wanted = {(entity.start, entity.end) for entity in kept}
    named = {(entity.start, entity.end) for entity in found}
    spared = {span for span in named - wanted if _touches(span, left_out)}
    right = len(named & wanted)
    return MentionScore(len(wanted), len(named) - len(spared), right, right, len(spared))


def compare_identifiers(
    gold: Iterable[NamedEntity],
    found: Iterable[NamedEntity],
    *,
    judged: Callable[[str], bool],
    sources: Collection[str],
) -> MentionScore:
    """Compare which entities of one group are named in one document, each counted once.

    Args:
        sources: Those that the annotations take identifiers from; entities with none of theirs are spared.
    """
    kept, left_out = _split_judged(gold, judged)
    wanted = {identifier for entity in kept for identifier in entity.identifiers if judged(identifier)}
    named: dict[frozenset[str], list[tuple[int, int]]] = defaultdict(list)
    for entity in found:
        if entity.identifiers:
            named[frozenset(entity.identifiers)].append((entity.start, entity.end))
    right = sum(not wanted.isdisjoint(identifiers) for identifiers in named)
    spared = sum(
        wanted.isdisjoint(identifiers)
        and (
            all(_touches(span, left_out) for span in spans)
            or all(identifier.partition(":")[0] not in sources for identifier in identifiers)
        )
        for identifiers, spans in named.items()
    )
    recalled = len(wanted & {identifier for identifiers in named for identifier in identifiers})
    return MentionScore(len(wanted), len(named) - spared, right, recalled, spared)


def compact_identifier(identifier: str) -> str:
    """Write an identifier or IRI as the annotations do: `MESH:D001943`; what is neither stays as it is.

    >>> compact_identifier("http://id.nlm.nih.gov/mesh/D001943"), compact_identifier("mesh:D001943")
    ('MESH:D001943', 'MESH:D001943')
    """
    for start, source in _STARTS:
        if identifier.startswith(start):
            return f"{source}:{identifier.removeprefix(start)}"
    source, colon, local = identifier.partition(":")
    return f"{_SOURCES.get(source.casefold(), source)}:{local}" if colon else identifier


def read_annotations(path: Path) -> list[AnnotatedDocument]:
    """Read a JSON Lines file of annotated abstracts: id, title, abstract, entities (start, end, type, ids).

    Raises:
        OncographError: The file cannot be read, a line is not such an object, or a span lies outside its text.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise OncographError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    return [_read_document(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def _read_document(line: str, place: str) -> AnnotatedDocument:
    try:
        record = json.loads(line)
        text = f"{record['title']} {record['abstract']}"
        entities = tuple(_read_entities(record["entities"], text))
        doc = AnnotatedDocument(str(record["id"]), text, entities)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OncographError(
            f"{place}: not an annotated abstract ({error!r}); it needs id, title, abstract and entities, "
            "each with start, end, type and ids"
        ) from error
    for entity in doc.entities:
        if not 0 <= entity.start < entity.end <= len(text):
            raise OncographError(
                f"{place}: the span {entity.start}-{entity.end} is not in the text of {len(text)} characters"
            )
    return doc


def _read_entities(records: Iterable[Mapping[str, Any]], text: str) -> Iterator[NamedEntity]:
    for record in records:
        if group := GROUPS.get(record["type"]):
            compact = _compact_variant if group == VARIANTS else lambda identifier, _: compact_identifier(identifier)
            words = text[int(record["start"]) : int(record["end"])]
            identifiers = tuple(dict.fromkeys(compact(identifier, words) for identifier in record["ids"]))
            yield NamedEntity(int(record["start"]), int(record["end"]), group, identifiers)


def _compact_variant(identifier: str, words: str) -> str:
    """Write an annotated variant's identifier: by its name, or by its number, where its words give that or do not.

    >>> _compact_variant("rs113488022", "V600E"), _compact_variant("p|SUB|V|600|E", "V600E")
    ('DBSNP-BY-DATABASE:rs113488022', 'HGVS:p|SUB|V|600|E')
    """
    if "|" in identifier:
        return VARIANT + identifier
    number = identifier.removeprefix("rs")
    return f"{DBSNP if number in words else UNSAID}rs{number}"


def _with_plain_identifiers(entity: NamedEntity) -> NamedEntity:
    return replace(entity, identifiers=tuple(map(compact_identifier, entity.identifiers)))


def _split_judged(
    gold: Iterable[NamedEntity], judged: Callable[[str], bool]
) -> tuple[list[NamedEntity], list[NamedEntity]]:
    """Part the annotations that are judged from those left out: with identifiers, none of which is judged."""
    kept: list[NamedEntity] = []
    left_out: list[NamedEntity] = []
    for entity in gold:
        is_kept = not entity.identifiers or any(map(judged, entity.identifiers))
        (kept if is_kept else left_out).append(entity)
    return kept, left_out


def _touches(span: tuple[int, int], entities: Iterable[NamedEntity]) -> bool:
    return any(span[0] < entity.end and entity.start < span[1] for entity in entities)
