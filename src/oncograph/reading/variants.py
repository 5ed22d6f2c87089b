"""Variants as texts write them, under the one name that the HGVS nomenclature gives them.

Source: HGVS Nomenclature 21, https://hgvs-nomenclature.org: substitution, deletion, duplication, insertion,
deletion-insertion, frame shift and stop of proteins; the same, but for the last two, and inversion of DNA and RNA.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

AMINO_ACIDS = {
    "Ala": "A",
    "Arg": "R",
    "Asn": "N",
    "Asp": "D",
    "Cys": "C",
    "Gln": "Q",
    "Glu": "E",
    "Gly": "G",
    "His": "H",
    "Ile": "I",
    "Leu": "L",
    "Lys": "K",
    "Met": "M",
    "Phe": "F",
    "Pro": "P",
    "Ser": "S",
    "Thr": "T",
    "Trp": "W",
    "Tyr": "Y",
    "Val": "V",
    "Sec": "U",
}
"""One-letter codes (IUPAC-IUB 1984)."""
STOPS = {**dict.fromkeys(("*", "X", "Ter", "Stop", "stop", "TER", "STOP", "Term"), "*")}
THREE_LETTERS = {code: name for name, code in AMINO_ACIDS.items()} | {"*": "Ter"}
DBSNP = "https://identifiers.org/dbsnp:"

_THREE = "|".join(f"{name}|{name.upper()}" for name in AMINO_ACIDS)
_ONE = "[ACDEFGHIKLMNPQRSTUVWY]"
_RESIDUE = rf"(?:{_THREE}|{_ONE})"
_CHANGED = rf"(?:{_THREE}|Ter(?:m)?|TER|[Ss]top|STOP|[*X]|{_ONE})"
_RESIDUES = rf"(?:(?:{_THREE})+|{_ONE}+)"
_ARROW = r"(?:\s?(?:-{1,2}>|>|[→⟶➔])\s?)"
_PROTEIN = re.compile(
    rf"(?:(?P<prefix>p\.)\s?(?P<open>[(\[])?)?"
    rf"(?:(?P<first>{_ONE})(?P<start>[1-9]\d{{0,4}})|(?P<first3>{_THREE})[\s-]?(?P<start3>[1-9]\d{{0,4}})[\s-]?)"
    rf"(?:[_-](?P<last>{_RESIDUE})(?P<end>[1-9]\d{{0,4}}))?"
    rf"(?:(?P<fs_new>{_RESIDUE})?fs(?:(?:Ter|[*X])(?P<length>\d+|\?)?)?"
    rf"|(?P<kind>delins|del|dup|ins)(?P<added>{_RESIDUES})?"
    rf"|{_ARROW}?(?P<new>{_CHANGED})"
    r"|(?P<silent>=))(?(open)[)\]])(?![\w*=])"
)
_NUMBER = r"(?:IVS\d+\s?[+\-−]\s?[1-9]\d*|[-−+*]?[1-9]\d*(?:[+\-−][1-9]\d*)?)"
_BASES = "(?:[ACGTU]+|[acgtu]+)"
_DNA = re.compile(
    rf"(?:(?P<prefix>[cgmnr])\.\s?(?P<open>[(\[])?)?(?P<start>{_NUMBER})(?:_(?P<end>{_NUMBER}))?\s?"
    rf"(?:(?P<old>{_BASES})\s?(?:>|-{{1,2}}>|[→⟶➔/])\s?(?P<new>{_BASES})"
    rf"|(?P<kind>delins|del(?P<deleted>{_BASES})ins|del|dup|ins|inv)\s?(?P<bases>{_BASES})?)"
    r"(?(open)[)\]])(?![\w>])"
)
_PROMOTER = re.compile(r"(?P<old>[ACGT])\s?(?P<start>[-−+][1-9]\d*)\s?(?P<new>[ACGT])(?!\w)")
"""As texts wrote changes before a gene's start: "C-344T"."""
_RANGE = re.compile(r"([1-9]\d*)[-−]([1-9]\d*)\Z")
NUMBER = re.compile(r"(?<!\w)[rR][sS][1-9]\d{2,}(?!\w)")
"""A number of dbSNP."""
_STARTS = re.compile(
    rf"(?<![\w.])(?:[rR][sS][1-9]|p\.\s?[(\[]?{_RESIDUE}|(?:{_THREE})[\s-]?[1-9]|{_ONE}[1-9]|[ACGT]\s?[-−+][1-9]"
    rf"|[cgmnr]\.\s?[(\[]?{_NUMBER}|IVS\d|[-−+*]?[1-9])"
)
FEWEST_DIGITS = 2
"""Of a position in one-letter codes without prefix: "E2F" and "D2R" are proteins."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A change of a sequence, in the parts that its name is made of.

    Attributes:
        level: `p` of a protein; `c`, `g`, `m`, `n` or `r` of DNA or RNA; `rs` for a number of dbSNP.
        kind: `sub`, `del`, `dup`, `ins`, `delins`, `fs`, `inv` or `silent`; empty for a number of dbSNP.
        start, end: Positions as HGVS writes them (`76`, `88+1`, `-31`); the end is empty where it is the start. The
            number itself, of dbSNP.
        old, old_end: What stood at the two, amino acids in one-letter codes or bases; empty where unsaid.
        new: What is put there, in one-letter codes, `*` for a stop.
        length: Of a frame shift: the position of the new stop in the new frame.
    """

    level: str
    kind: str
    start: str
    end: str = ""
    old: str = ""
    old_end: str = ""
    new: str = ""
    length: str = ""

    @property
    def hgvs(self) -> str:
        """The name by the nomenclature: amino acids in three letters; the bases deleted only where no range tells them.

        What the text leaves open stays open, and places in an older numbering (`IVS3+1`, `185delAG`) stay in it.

        >>> find_variant("V600E").hgvs, find_variant("c.68_69delAG").hgvs
        ('p.Val600Glu', 'c.68_69del')
        """
        return f"{self.level}.{self._write(spell_out)}" if self.kind else f"rs{self.start}"

    @property
    def short(self) -> str:
        """The name that texts use most: one-letter codes without prefix for proteins, else the HGVS name.

        >>> find_variant("p.(Gly12Asp)").short, find_variant("c.35G>A").short, find_variant("rs121913529").short
        ('G12D', 'c.35G>A', 'rs121913529')
        """
        return self._write(str) if self.level == "p" else self.hgvs

    @property
    def compact(self) -> str:
        """The form of tmVar and of the corpora annotated with it, with the bases that the text gives.

        >>> find_variant("Val600Glu").compact, find_variant("c.68_69delAG").compact
        ('p|SUB|V|600|E', 'c|DEL|68_69|AG')
        """
        place = f"{self.start}_{self.end}" if self.end else self.start
        level, old, new = self.level, self.old, self.new.replace("*", "X")
        if level == "p" and self.kind in ("del", "dup"):
            old = self.old + self.old_end
        forms = {
            "": f"rs{self.start}",
            "sub": f"{level}|SUB|{old}|{place}|{new}",
            "silent": f"{level}|SUB|{old}|{place}|{old}",
            "del": f"{level}|DEL|{place}|{old}",
            "dup": f"{level}|DUP|{place}|{old}|",
            "ins": f"{level}|INS|{place}|{new}",
            "delins": f"{level}|INDEL|{place}|{new}",
            "inv": f"{level}|INV|{place}|{old}",
            "fs": f"{level}|FS|{old}|{place}|{new}|{self.length}",
        }
        return forms[self.kind]

    @property
    def iri(self) -> str:
        """The IRI of a number of dbSNP at identifiers.org; empty for what only has a name."""
        return "" if self.kind else f"{DBSNP}rs{self.start}"

    def _write(self, say: Callable[[str], str]) -> str:
        """Write it without prefix, amino acids as `say` writes their codes."""
        of_protein = say if self.level == "p" else str
        old, old_end, new = (of_protein(codes) for codes in (self.old, self.old_end, self.new))
        changes = {
            "sub": new if self.level == "p" else f"{old}>{new}",
            "silent": "=",
            "ins": f"ins{new}",
            "delins": f"delins{new}",
            "fs": f"{new}fs" + (f"{say('*')}{self.length}" if self.length else ""),
        }
        first, last = (old, old_end) if self.level == "p" else ("", "")
        if self.level != "p" and not self.end and len(old) > 1:
            changes |= {"del": f"del{old}", "dup": f"dup{old}"}
        place = f"{first}{self.start}" + (f"_{last}{self.end}" if self.end else "")
        return place + changes.get(self.kind, self.kind)


class FoundVariant(NamedTuple):
    """A variant where it stands in a text: half-open offsets."""

    start: int
    end: int
    variant: Variant


def find_variant(name: str) -> Variant | None:
    """Give the variant that a whole name means, None where it means none.

    A protein's change needs no prefix (`V600E`), DNA's only where nothing else is written so (`185delAG`, `76A>C`).

    >>> find_variant("V600E") == find_variant("p.(Val600Glu)") == find_variant("Val600→Glu")
    True
    >>> find_variant("V600") is None
    True
    """
    found = _match(name.strip(), 0)
    return found.variant if found is not None and found.end == len(name.strip()) else None


def find_variants(text: str) -> Iterator[FoundVariant]:
    """Find the variants that a text names, in order.

    >>> [found.variant.short for found in find_variants("EGFR p.Thr790Met, L858R and rs121434568")]
    ['T790M', 'L858R', 'rs121434568']
    """
    reached = 0
    for place in _STARTS.finditer(text):
        if place.start() >= reached:
            found = _match(text, place.start())
            if found is not None:
                reached = found.end
                yield found


def spell_out(codes: str) -> str:
    """Write one-letter codes of amino acids in three letters each.

    >>> spell_out("VE*")
    'ValGluTer'
    """
    return "".join(THREE_LETTERS[code] for code in codes)


def _match(text: str, at: int) -> FoundVariant | None:
    if number := NUMBER.match(text, at):
        return FoundVariant(at, number.end(), Variant("rs", "", number[0][2:]))
    for pattern, read in ((_PROTEIN, _read_protein), (_DNA, _read_dna), (_PROMOTER, _read_promoter)):
        match = pattern.match(text, at)
        variant = read(match) if match else None
        if match and variant is not None:
            return FoundVariant(at, match.end(), variant)
    return None


def _read_protein(match: re.Match[str]) -> Variant | None:
    start, end = match["start"] or match["start3"], match["end"] or ""
    old, last = to_codes(match["first"] or match["first3"]), to_codes(match["last"] or "")
    if not match["prefix"] and match["first"] and len(start) < FEWEST_DIGITS:
        return None
    if end and not (match["kind"] and int(start) < int(end)):
        return None
    if match["silent"]:
        return Variant("p", "silent", start, old=old) if match["prefix"] else None
    if match["new"]:
        return Variant("p", "sub", start, old=old, new=to_codes(match["new"])) if not end else None
    if not match["kind"]:
        length = (match["length"] or "").strip("?")
        return Variant("p", "fs", start, old=old, new=to_codes(match["fs_new"] or ""), length=length)
    kind, added = match["kind"], to_codes(match["added"] or "")
    if (kind == "delins" and not added) or (kind == "ins" and not (end and added)):
        return None
    return Variant("p", kind, start, end, old, last, added if "ins" in kind else "")


def _read_promoter(match: re.Match[str]) -> Variant:
    return Variant("c", "sub", _write_place(match["start"]), old=match["old"], new=match["new"])


def _write_place(place: str) -> str:
    return place.replace("−", "-").replace(" ", "").removeprefix("+")


def _read_dna(match: re.Match[str]) -> Variant | None:
    start, end = _write_place(match["start"]), _write_place(match["end"] or "")
    if (span := _RANGE.match(start)) and match["kind"] and not end and int(span[1]) < int(span[2]):
        start, end = span.groups()
    level = match["prefix"] or "c"
    bases, deleted = match["bases"] or "", match["deleted"] or ""
    if level != "r" and any(map(str.islower, (bases, deleted, match["old"] or "", match["new"] or ""))):
        return None
    if match["new"]:
        old, new = match["old"], match["new"]
        return Variant(level, "sub", start, old=old, new=new) if not end and len(old) == len(new) == 1 else None
    kind = match["kind"]
    if not match["prefix"] and not bases:
        return None
    if kind.endswith("ins"):
        return (
            Variant(level, "ins" if kind == "ins" else "delins", start, end, old=deleted, new=bases) if bases else None
        )
    return Variant(level, kind, start, end, old=bases)


def to_codes(residues: str) -> str:
    """Write amino acids, named in one letter or three, in one-letter codes; a stop is `*`.

    >>> to_codes("GluVAL"), to_codes("EV"), to_codes("Ter"), to_codes("X")
    ('EV', 'EV', '*', '*')
    """
    if residues in STOPS:
        return STOPS[residues]
    parts = [residues[at : at + 3].capitalize() for at in range(0, len(residues), 3)]
    if residues and all(part in AMINO_ACIDS for part in parts):
        return "".join(AMINO_ACIDS[part] for part in parts)
    return residues
