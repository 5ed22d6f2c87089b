"""Claims against gold: how many annotated facts a reader finds, and how many of those it claims are right.

What counts:

- A system claim is what the graph would hold: one for each (subject, predicate, object, polarity) of a document, stated
  if any of its sentences states it.
- *Strict* needs subject, predicate, object, polarity and certainty; *relaxed* leaves out the last two, and lets a
  literal contain the other. Where the evidence is (any sentence of the claim overlapping that of the gold row) is
  counted apart.
- An entity matches a gold name if any of its labels does, after `fold_name`. A predicate and its inverse are one, and
  the two sides of a symmetric predicate may be swapped.
- A literal matches strictly if it says the same numbers and shares most words (`literals_match`).
- Each gold row is matched at most once, by the largest matching there is. A claim that fits only rows which others
  have taken is a duplicate and counts for nothing.
- Precision, recall and F1 are micro-averages: over claims, not over documents.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from oncograph.errors import OncographError
from oncograph.model import ONTOLOGY, Certainty, Claim, Concept, Document, Polarity, Reading

if TYPE_CHECKING:
    from oncograph.knowledge import Ontology

COLUMNS = ("subject", "subject_class", "predicate", "object", "object_class", "polarity", "certainty", "start", "end")
LITERAL_CLASSES = frozenset({"Quantity", "Date", "Criterion", "Label"})
POLARITIES = {"affirmed": Polarity.AFFIRMED, "negated": Polarity.NEGATED}
CERTAINTIES = {"stated": Certainty.STATED, "possible": Certainty.POSSIBLE}
FILLERS = frozenset({"a", "an", "the", "about", "approximately", "around", "roughly", "nearly", "some", "estimated"})
SAME_WORDS = 0.8
"""Share of words (F measure) from which two literals with the same numbers say the same."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class GoldClaim:
    """One row of a gold file: names as written there, offsets of its sentence."""

    subject: str
    predicate: str
    object: str
    literal: bool
    polarity: Polarity
    certainty: Certainty
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SystemClaim:
    """One claim of the reader, as the graph would merge it.

    Attributes:
        subject_names, object_names: Folded labels; empty for a literal object.
        spans: Offsets of its sentences, in text order.
        rules: Identifiers of the rules that read it, sorted.
    """

    subject: str
    predicate: str
    object: str
    literal: bool
    polarity: Polarity
    certainty: Certainty
    spans: tuple[Span, ...]
    rules: tuple[str, ...]
    subject_names: frozenset[str]
    object_names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one gold row, one claim, or a pair of them.

    Attributes:
        document: Name of the gold file, without `.gold.tsv`.
        gold: None for a false claim.
        claim: None for a missed row.
        located: Whether a sentence of the claim overlaps the row's; False where one of them is missing.
    """

    document: str
    predicate: str
    gold: GoldClaim | None
    claim: SystemClaim | None
    located: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of a comparison, and the shares that follow from them.

    >>> score = Score(gold=4, claimed=5, matched=2)
    >>> score.precision, score.recall, round(score.f1, 3)
    (0.4, 0.5, 0.444)
    """

    gold: int = 0
    claimed: int = 0
    matched: int = 0
    located: int = 0

    @property
    def precision(self) -> float:
        """Share of the claims that are right; 0 without claims."""
        return self.matched / self.claimed if self.claimed else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold rows that were found; 0 without rows."""
        return self.matched / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.matched / (self.claimed + self.gold) if self.matched else 0.0

    @property
    def evidence(self) -> float:
        """Share of the right claims that point to the sentence the gold row points to."""
        return self.located / self.matched if self.matched else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report: a group of claims and its scores."""

    name: str
    strict: Score
    relaxed: Score


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome of an evaluation: a verdict for every gold row and every claim.

    Attributes:
        documents: Names of the gold files, sorted.
        held_out: Those of them that nobody looks at while writing rules.
        strict, relaxed: The verdicts of the two comparisons, by document.
        misses: What `write_misses` writes: rows missed and false claims outside the held-out documents.
    """

    documents: tuple[str, ...]
    held_out: frozenset[str]
    strict: tuple[Verdict, ...]
    relaxed: tuple[Verdict, ...]
    misses: tuple[Miss, ...] = ()

    def overall(self) -> list[Line]:
        """Return the figures of the development documents, of the held-out ones, and of all."""
        groups = {"all": frozenset(self.documents)}
        if self.held_out:
            groups = {"development": groups["all"] - self.held_out, "held-out": self.held_out, **groups}
        return [self._line(name, "document", documents) for name, documents in groups.items()]

    def by_predicate(self) -> list[Line]:
        """Return the figures of each predicate over all documents, the most annotated first."""
        counts = Counter(v.predicate for v in self.strict if v.gold)
        names = sorted({v.predicate for v in (*self.strict, *self.relaxed)}, key=lambda name: (-counts[name], name))
        return [self._line(name, "predicate", {name}) for name in names]

    def by_document(self) -> list[Line]:
        """Return the figures of each document, by name."""
        return [self._line(name, "document", {name}) for name in self.documents]

    def _line(self, name: str, field: str, values: Collection[str]) -> Line:
        sides = (self.strict, self.relaxed)
        return Line(name, *(_score(v for v in side if getattr(v, field) in values) for side in sides))


@dataclass(frozen=True, slots=True)
class Miss:
    """A row of the error analysis: what was missed or wrongly claimed, where, and what may explain it."""

    document: str
    verdict: str
    subject: str
    predicate: str
    object: str
    polarity: str
    certainty: str
    rules: str
    note: str
    sentence: str


def evaluate(
    folder: Path,
    *,
    read: Callable[[Document], Reading],
    ontology: Ontology,
    held_out: Collection[str] = (),
) -> Evaluation:
    """Compare what a reader claims with the gold files of a folder.

    Args:
        folder: Holds `NAME.gold.tsv` files and, in `docs/`, the text `NAME.txt` of each.
        read: The reader; it is called once for each document, in the order of their names.
        held_out: Names of the documents to be reported apart, and to be left out of the misses.

    Raises:
        OncographError: The folder holds no gold, a document is missing, or a row is malformed.
    """
    strict: list[Verdict] = []
    relaxed: list[Verdict] = []
    misses: list[Miss] = []
    gold_files = find_gold(folder)
    vocabulary = _fold_vocabulary(ontology)
    for name, gold_file in gold_files.items():
        doc = read_text(folder / "docs" / f"{name}.txt")
        gold = read_gold(gold_file, text=doc.text)
        claims = merge_claims(read(doc), ontology)
        verdicts = compare(name, gold, claims, ontology, strict=True)
        strict += verdicts
        relaxed += compare(name, gold, claims, ontology, strict=False)
        if name not in held_out:
            misses += _explain(doc, verdicts, claims, ontology, vocabulary)
    known = frozenset(gold_files)
    return Evaluation(tuple(gold_files), known & frozenset(held_out), tuple(strict), tuple(relaxed), tuple(misses))


def read_gold(path: Path, *, text: str) -> list[GoldClaim]:
    """Read a gold file, checking each row.

    Args:
        text: The annotated text, which every span must lie in.

    Raises:
        OncographError: Names file, line and mistake.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = tuple(next(rows, ()))
        if header != COLUMNS:
            raise OncographError(f"{path}: line 1: the columns must be {' '.join(COLUMNS)}")
        return [_parse_row(row, len(text), f"{path}: line {number}") for number, row in enumerate(rows, 2) if row]


def read_split(path: Path) -> frozenset[str]:
    """Return the names of the documents that a table of `document` and `split` (tab-separated) holds out."""
    if not path.is_file():
        raise OncographError(f"{path}: no such file; give a table with the columns document and split")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    if any(set(row) != {"document", "split"} for row in rows):
        raise OncographError(f"{path}: the columns must be document and split, separated by a tab")
    return frozenset(row["document"] for row in rows if row["split"] == "held-out")


def write_misses(evaluation: Evaluation, path: Path) -> None:
    """Write every missed row and false claim of the documents that are not held out, as a tab-separated table."""
    fields = tuple(Miss.__dataclass_fields__)
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, delimiter="\t", lineterminator="\n")
        table.writerow(fields)
        table.writerows([" ".join(getattr(miss, field).split()) for field in fields] for miss in evaluation.misses)


@cache
def fold_name(name: str) -> str:
    """Reduce a name to what is compared: no case, hyphens, spaces or plural endings; Greek letters spelled out.

    >>> fold_name("PD-L1") == fold_name("pd l1"), fold_name("TGF-β") == fold_name("TGF beta")
    (True, True)
    >>> fold_name("biopsies") == fold_name("biopsy"), fold_name("metastases") == fold_name("metastasis")
    (True, True)
    """
    return "".join(_stem(word) for word in _split_words(name))


def literals_match(claimed: str, gold: str, *, strict: bool = True) -> bool:
    """Tell whether two literals say the same, filler words such as "about" left aside.

    Strict: the same numbers in the same order, and at least 80% of the words shared (F measure of the two bags of
    words). Otherwise it is also enough that one contains all the other's words in a row.

    >>> literals_match("15 to 20 percent of breast cancers", "approximately 15 to 20 percent of breast cancers")
    True
    >>> literals_match("10 to 20 percent of breast cancers", "15 to 20 percent of breast cancers")
    False
    >>> literals_match("15 to 20 percent", "15 to 20 percent of breast cancers", strict=False)
    True
    """
    ours, theirs = _literal_words(claimed), _literal_words(gold)
    if "".join(ours) == "".join(theirs):
        return True
    shared = sum((Counter(ours) & Counter(theirs)).values())
    similar = 2 * shared >= SAME_WORDS * (len(ours) + len(theirs))
    if similar and _numbers(ours) == _numbers(theirs):
        return True
    return not strict and (_contains(ours, theirs) or _contains(theirs, ours))


def merge_claims(reading: Reading, ontology: Ontology) -> list[SystemClaim]:
    """Merge what each sentence claims into the claims of the document, in text order, as the graph does."""
    concepts = {**ontology.concepts, **{concept.iri: concept for concept in reading.concepts}}
    groups: dict[tuple[str, str, str, Polarity], list[Claim]] = {}
    for claim in reading.claims:
        groups.setdefault((claim.subject, claim.predicate, claim.object, claim.polarity), []).append(claim)
    return [_merge(claims, concepts, ontology) for claims in groups.values()]


def compare(
    document: str, gold: Sequence[GoldClaim], claims: Sequence[SystemClaim], ontology: Ontology, *, strict: bool
) -> list[Verdict]:
    """Return a verdict for each gold row and each claim of a document; duplicates get none."""
    claims = [_orient(claim, ontology) for claim in claims]
    fits, taken = _find_matching(gold, claims, ontology, strict=strict)
    verdicts = []
    for i, row in enumerate(gold):
        claim = claims[taken[i]] if i in taken else None
        located = claim is not None and _overlaps(claim, row)
        verdicts.append(Verdict(document, row.predicate, row, claim, located))
    false = [claim for claim, fitting in zip(claims, fits, strict=True) if not fitting]
    return verdicts + [Verdict(document, claim.predicate, None, claim) for claim in false]


def judge(gold: Sequence[GoldClaim], claims: Sequence[SystemClaim], ontology: Ontology) -> list[bool | None]:
    """Tell of each claim of a document whether it is strictly right; None of a duplicate."""
    fits, taken = _find_matching(gold, [_orient(claim, ontology) for claim in claims], ontology, strict=True)
    right = set(taken.values())
    return [i in right if i in right or not fitting else None for i, fitting in enumerate(fits)]


def _find_matching(
    gold: Sequence[GoldClaim], claims: Sequence[SystemClaim], ontology: Ontology, *, strict: bool
) -> tuple[list[list[int]], dict[int, int]]:
    """Give for each claim the rows that it fits, and for each row that is found the claim that finds it."""
    fits = [[i for i, row in enumerate(gold) if _matches(claim, row, ontology, strict=strict)] for claim in claims]
    return fits, _match(fits, prefer=lambda c, g: _overlaps(claims[c], gold[g]))


def find_gold(folder: Path) -> dict[str, Path]:
    """Give the gold files of a folder by the names of their documents, sorted."""
    files = {path.name.removesuffix(".gold.tsv"): path for path in folder.glob("*.gold.tsv")}
    if not files:
        raise OncographError(f"{folder}: no gold here; a gold folder holds NAME.gold.tsv files and docs/NAME.txt")
    return dict(sorted(files.items()))


def read_text(path: Path) -> Document:
    """Read an annotated text."""
    from oncograph.documents import find_documents, read_documents

    if not path.is_file():
        raise OncographError(f"{path}: the annotated text is missing")
    (file,) = find_documents([path])
    (doc,) = read_documents(file)
    return doc


def _parse_row(row: list[str], length: int, place: str) -> GoldClaim:
    if len(row) != len(COLUMNS):
        raise OncographError(f"{place}: {len(row)} columns where {len(COLUMNS)} are needed")
    subject, _, predicate, object_, object_class, polarity, certainty, start, end = row
    if polarity not in POLARITIES or certainty not in CERTAINTIES:
        raise OncographError(f"{place}: {polarity}, {certainty}: must be affirmed or negated, then stated or possible")
    if not (start.isdecimal() and end.isdecimal() and int(start) < int(end) <= length):
        raise OncographError(f"{place}: the span {start}-{end} is not in the text of {length} characters")
    literal = object_class in LITERAL_CLASSES
    decided = POLARITIES[polarity], CERTAINTIES[certainty]
    return GoldClaim(subject, predicate, object_, literal, *decided, int(start), int(end))


_GREEK = {letter: unicodedata.name(letter).rpartition(" ")[2].lower() for letter in "αβγδεζηθικλμνξοπρστυφχψω"}
_TO_LATIN = str.maketrans(_GREEK)


def _split_words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_TO_LATIN)
    return re.findall(r"\d+(?:\.\d+)*|[^\W_]+", re.sub(r"(?<=\d),(?=\d{3})", "", plain))


def _stem(word: str) -> str:
    """Drop what plurals change (-s, -es, -ies for -y, -es for -is): coarse, but the same for both names compared."""
    stem = word.rstrip("seiy")
    return stem if len(stem) > 1 else word


def _literal_words(text: str) -> list[str]:
    return [_stem(word) for word in _split_words(text.replace("%", " percent ")) if word not in FILLERS]


def _numbers(words: Iterable[str]) -> list[str]:
    return [word for word in words if word[0].isdigit()]


def _contains(words: list[str], part: list[str]) -> bool:
    return bool(part) and f" {' '.join(part)} " in f" {' '.join(words)} "


def _merge(claims: list[Claim], concepts: Mapping[str, Concept], ontology: Ontology) -> SystemClaim:
    first = claims[0]
    subject, subject_names = _labels(first.subject, concepts, ontology)
    object_, object_names = (first.object, frozenset()) if first.literal else _labels(first.object, concepts, ontology)
    stated = any(claim.certainty is Certainty.STATED for claim in claims)
    return SystemClaim(
        subject=subject,
        predicate=first.predicate,
        object=object_,
        literal=first.literal,
        polarity=first.polarity,
        certainty=Certainty.STATED if stated else Certainty.POSSIBLE,
        spans=tuple(sorted({(claim.start, claim.end) for claim in claims})),
        rules=tuple(sorted({claim.rule for claim in claims})),
        subject_names=subject_names,
        object_names=object_names,
    )


def _labels(iri: str, concepts: Mapping[str, Concept], ontology: Ontology) -> tuple[str, frozenset[str]]:
    """Return the label to show for an entity or class, and all its folded names."""
    if concept := concepts.get(iri):
        names = (concept.label, *concept.synonyms, *concept.hidden)
    elif known := ontology.classes.get(iri.removeprefix(ONTOLOGY)):
        names = (known.label, *known.synonyms)
    else:
        raise OncographError(f"{iri}: a claim names an entity that neither the ontology nor its reading holds")
    return names[0], frozenset(map(fold_name, names))


def _orient(claim: SystemClaim, ontology: Ontology) -> SystemClaim:
    """Turn around a claim that is said with the inverse of an asserted predicate."""
    known = ontology.inverses.get(claim.predicate)
    if known is None:
        return claim
    return replace(
        claim,
        predicate=known.inverse,
        subject=claim.object,
        object=claim.subject,
        subject_names=claim.object_names,
        object_names=claim.subject_names,
    )


def _matches(claim: SystemClaim, gold: GoldClaim, ontology: Ontology, *, strict: bool) -> bool:
    if claim.predicate != gold.predicate:
        return False
    if strict and (claim.polarity, claim.certainty) != (gold.polarity, gold.certainty):
        return False
    return _same_pair(claim, gold, ontology, strict=strict)


def _same_pair(claim: SystemClaim, gold: GoldClaim, ontology: Ontology, *, strict: bool) -> bool:
    subject, object_ = fold_name(gold.subject), fold_name(gold.object)
    if claim.literal:
        return subject in claim.subject_names and literals_match(claim.object, gold.object, strict=strict)
    if subject in claim.subject_names and object_ in claim.object_names:
        return True
    known = ontology.predicates.get(claim.predicate)
    swapped = subject in claim.object_names and object_ in claim.subject_names
    return swapped and known is not None and known.symmetric


def _overlaps(claim: SystemClaim, gold: GoldClaim) -> bool:
    return any(start < gold.end and gold.start < end for start, end in claim.spans)


def _match(fits: Sequence[Sequence[int]], *, prefer: Callable[[int, int], bool]) -> dict[int, int]:
    """Return a largest matching as gold row → claim (augmenting paths), overlapping evidence preferred."""
    taken: dict[int, int] = {}

    def place(claim: int, seen: set[int]) -> bool:
        for row in sorted(fits[claim], key=lambda row: not prefer(claim, row)):
            if row in seen:
                continue
            seen.add(row)
            if row not in taken or place(taken[row], seen):
                taken[row] = claim
                return True
        return False

    for claim in range(len(fits)):
        place(claim, set())
    return taken


def _score(verdicts: Iterable[Verdict]) -> Score:
    counts: Counter[str] = Counter()
    for verdict in verdicts:
        counts["gold"] += verdict.gold is not None
        counts["claimed"] += verdict.claim is not None
        counts["matched"] += verdict.gold is not None and verdict.claim is not None
        counts["located"] += verdict.located
    return Score(**counts)


def _explain(
    doc: Document,
    verdicts: Iterable[Verdict],
    claims: Sequence[SystemClaim],
    ontology: Ontology,
    vocabulary: Collection[str],
) -> Iterator[Miss]:
    for verdict in verdicts:
        gold, claim = verdict.gold, verdict.claim
        if gold and not claim:
            note = _why_missed(gold, claims, ontology, vocabulary)
            yield _miss(verdict.document, "missed", gold, "", note, doc.text[gold.start : gold.end])
        if claim and not gold:
            start, end = claim.spans[0]
            yield _miss(verdict.document, "false", claim, " ".join(claim.rules), "", doc.text[start:end])


def _miss(document: str, verdict: str, said: GoldClaim | SystemClaim, rules: str, note: str, sentence: str) -> Miss:
    decided = said.polarity.value.lower(), said.certainty.value.lower()
    return Miss(document, verdict, said.subject, said.predicate, said.object, *decided, rules, note, sentence)


def _why_missed(gold: GoldClaim, claims: Sequence[SystemClaim], ontology: Ontology, vocabulary: Collection[str]) -> str:
    """Name the nearest claim that was made, else the names that the vocabulary lacks."""
    for claim in claims:
        if _same_pair(claim, gold, ontology, strict=False):
            return f"read as {claim.predicate}, {claim.polarity.value.lower()}, {claim.certainty.value.lower()}"
    names = [gold.subject] if gold.literal else [gold.subject, gold.object]
    lacking = [name for name in names if fold_name(name) not in vocabulary]
    return f"not in the vocabulary: {', '.join(lacking)}" if lacking else ""


def _fold_vocabulary(ontology: Ontology) -> frozenset[str]:
    concepts = (name for c in ontology.concepts.values() for name in (c.label, *c.synonyms, *c.hidden))
    classes = (name for c in ontology.classes.values() for name in (c.label, *c.synonyms))
    return frozenset(map(fold_name, (*concepts, *classes)))
