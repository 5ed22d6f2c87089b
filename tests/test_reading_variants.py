"""Variants under one name: what the nomenclature of HGVS makes of the ways that texts write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncograph.reading.variants import AMINO_ACIDS, THREE_LETTERS, find_variant, find_variants, to_codes

ONE = sorted(AMINO_ACIDS.values())


@pytest.mark.parametrize(
    "text",
    [
        *("V600E", "p.V600E", "p.(V600E)", "p. V600E", "Val600Glu", "p.Val600Glu", "p.(Val600Glu)", "p.[Val600Glu]"),
        *("VAL600GLU", "Val 600 Glu", "Val-600-Glu", "Val600→Glu", "Val600->Glu", "V600-->E", "V600 → E", "V600>E"),
    ],
)
def test_ways_of_writing_a_substitution_are_one(text):
    assert find_variant(text) == find_variant("V600E")
    assert find_variant(text).hgvs == "p.Val600Glu"


@pytest.mark.parametrize(
    ("text", "hgvs", "compact"),
    [
        ("p.Gly12Asp", "p.Gly12Asp", "p|SUB|G|12|D"),
        ("W24*", "p.Trp24Ter", "p|SUB|W|24|X"),
        ("W24X", "p.Trp24Ter", "p|SUB|W|24|X"),
        ("Trp24stop", "p.Trp24Ter", "p|SUB|W|24|X"),
        ("p.Trp24Ter", "p.Trp24Ter", "p|SUB|W|24|X"),
        ("p.Trp24=", "p.Trp24=", "p|SUB|W|24|W"),
        ("Lys23del", "p.Lys23del", "p|DEL|23|K"),
        ("K23_V25del", "p.Lys23_Val25del", "p|DEL|23_25|KV"),
        ("Val624-Val625del", "p.Val624_Val625del", "p|DEL|624_625|VV"),
        ("p.Lys23_Val25dup", "p.Lys23_Val25dup", "p|DUP|23_25|KV|"),
        ("K23_L24insRSQ", "p.Lys23_Leu24insArgSerGln", "p|INS|23_24|RSQ"),
        ("p.Lys23_Leu24insArgSerGln", "p.Lys23_Leu24insArgSerGln", "p|INS|23_24|RSQ"),
        ("E746_A750delinsQ", "p.Glu746_Ala750delinsGln", "p|INDEL|746_750|Q"),
        ("p.Cys28delinsTrpVal", "p.Cys28delinsTrpVal", "p|INDEL|28|WV"),
        ("R97fs", "p.Arg97fs", "p|FS|R|97||"),
        ("p.Arg97fsX23", "p.Arg97fsTer23", "p|FS|R|97||23"),
        ("R97Pfs*23", "p.Arg97ProfsTer23", "p|FS|R|97|P|23"),
        ("p.(Arg97ProfsTer23)", "p.Arg97ProfsTer23", "p|FS|R|97|P|23"),
        ("c.76A>C", "c.76A>C", "c|SUB|A|76|C"),
        ("c.76A→C", "c.76A>C", "c|SUB|A|76|C"),
        ("c.76A-->C", "c.76A>C", "c|SUB|A|76|C"),
        ("76A>C", "c.76A>C", "c|SUB|A|76|C"),
        ("c.(76A>C)", "c.76A>C", "c|SUB|A|76|C"),
        ("c.88+1G>T", "c.88+1G>T", "c|SUB|G|88+1|T"),
        ("c.-31T>C", "c.-31T>C", "c|SUB|T|-31|C"),
        ("-31T/C", "c.-31T>C", "c|SUB|T|-31|C"),
        ("C-344T", "c.-344C>T", "c|SUB|C|-344|T"),
        ("c.*46T>A", "c.*46T>A", "c|SUB|T|*46|A"),
        ("m.3243A>G", "m.3243A>G", "m|SUB|A|3243|G"),
        ("r.76a>c", "r.76a>c", "r|SUB|a|76|c"),
        ("IVS3 + 1G>A", "c.IVS3+1G>A", "c|SUB|G|IVS3+1|A"),
        ("c.68_69delAG", "c.68_69del", "c|DEL|68_69|AG"),
        ("c.68_69del", "c.68_69del", "c|DEL|68_69|"),
        ("185delAG", "c.185delAG", "c|DEL|185|AG"),
        ("g.3455_3460del", "g.3455_3460del", "g|DEL|3455_3460|"),
        ("5382insC", "c.5382insC", "c|INS|5382|C"),
        ("118-119insA", "c.118_119insA", "c|INS|118_119|A"),
        ("c.76_77insT", "c.76_77insT", "c|INS|76_77|T"),
        ("c.20dup", "c.20dup", "c|DUP|20||"),
        ("c.112_117delinsTG", "c.112_117delinsTG", "c|INDEL|112_117|TG"),
        ("c.112_117delAGGTCAinsTG", "c.112_117delinsTG", "c|INDEL|112_117|TG"),
        ("c.5657_5660inv", "c.5657_5660inv", "c|INV|5657_5660|"),
        ("rs7903146", "rs7903146", "rs7903146"),
    ],
)
def test_kinds_of_change(text, hgvs, compact):
    variant = find_variant(text)
    assert (variant.hgvs, variant.compact) == (hgvs, compact)


@pytest.mark.parametrize(
    "text",
    [
        *("V600", "p.V600", "E2F", "D2R", "S100A4", "H1N1", "B12", "A549", "CA125", "exon 19 deletion", "V600E/K"),
        *("12 del", "10 ins", "p.Lys25_Val23del", "p.Lys23ins", "c.76", "76A>76", "rs12", "rsID", "Val", "", "p.", "A"),
        *("c.76_78A>C", "76a>c", "1/2", "5-10", "p.Xyz12Asp", "V600Extra", "delta32"),
    ],
)
def test_what_names_no_change_is_none(text):
    assert find_variant(text) is None


def test_variants_are_found_where_they_stand():
    text = "Two (p.(Gly12Asp), T790M; BRAF V600E-mutant) and c.35G>A/rs7903146, not E2F or S100A4."
    found = list(find_variants(text))
    assert [text[one.start : one.end] for one in found] == ["p.(Gly12Asp)", "T790M", "V600E", "c.35G>A", "rs7903146"]
    assert [one.variant.short for one in found] == ["G12D", "T790M", "V600E", "c.35G>A", "rs7903146"]


def test_parenthesis_around_a_name_is_no_part_of_it():
    text = "the change (R620W) is known"
    ((start, end, _),) = find_variants(text)
    assert text[start:end] == "R620W"


def test_only_a_number_of_dbsnp_has_an_iri():
    assert find_variant("RS7903146").iri == "https://identifiers.org/dbsnp:rs7903146"
    assert find_variant("V600E").iri == ""


@given(st.sampled_from(ONE), st.integers(10, 9999), st.sampled_from(ONE))
def test_one_and_three_letters_are_one_variant(old, place, new):
    short, long = f"{old}{place}{new}", f"p.{THREE_LETTERS[old]}{place}{THREE_LETTERS[new]}"
    assert find_variant(short) == find_variant(long)
    assert (find_variant(short).hgvs, find_variant(long).short) == (long, short)


@given(st.text(st.sampled_from("VGlyAspdelinsfsTer*p.c_>-+/0123456789 ACGT()[]→IVSrs="), max_size=30))
def test_any_text_is_read_and_what_is_found_means_itself(text):
    reached = 0
    for start, end, variant in find_variants(text):
        assert reached <= start < end <= len(text)
        reached = end
        assert find_variant(text[start:end]) == variant
        assert variant.hgvs
        assert variant.compact


@given(st.text(st.sampled_from(ONE), min_size=1, max_size=6))
def test_residues_are_written_in_codes(codes):
    assert to_codes("".join(THREE_LETTERS[code] for code in codes)) == codes
