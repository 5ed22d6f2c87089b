"""The protein of a gene, where the text names it by its gene: "the protein made from the RET gene", "RET encodes a
kinase that …"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from oncograph.model import Concept, Grounding, Mention, Rule, entity_iri
from oncograph.reading.names import Statement
from oncograph.reading.patterns import Codebook
from oncograph.reading.shape import Phrase, Shape, is_class


@dataclass(frozen=True, slots=True)
class Products:
    """How texts speak of the product of a gene.

    Attributes:
        made_from: A noun for a protein, and the gene it is made from: "the protein produced from the RET gene".
        makes: A gene, and the kind of protein it makes: "RET encodes a receptor".
        plain: Codes of the nouns that say no more than that it is a protein.
        genes: Codes of genes.
        protein_of: IRI of the protein that a gene encodes, by the gene's.
        families: IRIs of what many proteins belong to: "tyrosine kinase".
        rule: What evidence made here points to.
    """

    made_from: re.Pattern[str]
    makes: re.Pattern[str]
    plain: str
    genes: frozenset[str]
    protein_of: Mapping[str, str]
    families: frozenset[str]
    rule: Rule

    @classmethod
    def of(cls, book: Codebook, protein_of: Mapping[str, str], families: frozenset[str], rule: Rule) -> Products:
        """Prepare the expressions for one codebook."""
        genes, kinds = book.classes(["Gene", "Fusion"]), book.classes(["Protein"])
        gene_nouns = book.classes(["Gene"], nouns=True)
        protein_nouns = book.classes(["Protein"], nouns=True)
        determiner = book.set_of("determiner")
        made_from, making = book.any_of("made-from"), book.any_of("making")
        modifiers = f"[{determiner}]?[w{book.set_of('filler')}-]{{0,3}}"
        said_to_be = (
            f"(?:,|[{book.set_of('be')}])[{book.set_of('article')}][w{book.set_of('filler')}-]{{0,3}}[{gene_nouns}{genes}{kinds}]"
            f",?[{book.set_of('relative')}]"
        )
        return cls(
            re.compile(
                f"[{determiner}]?(?P<noun>[{protein_nouns}])(?:{made_from})[{determiner}]?(?P<gene>[{genes}])"
                f"[{gene_nouns}]?"
            ),
            re.compile(
                f"(?P<gene>[{genes}])[{gene_nouns}]?(?:{said_to_be})?[{book.set_of('adverb')}]?(?:{making}){modifiers}"
                f"(?P<run>(?:[{protein_nouns}{kinds}]-?){{0,2}})(?P<kind>[{protein_nouns}{kinds}])"
                f"(?![{book.set_of('naming')}{genes}{kinds}({protein_nouns}])"
            ),
            "".join(sorted(book.noun_codes[name] for name in ("Protein",))),
            frozenset(genes),
            protein_of,
            families,
            rule,
        )


def absorb_products(
    shape: Shape, products: Products, concepts: Mapping[str, Concept], made: dict[str, Concept], book: Codebook
) -> Iterator[Statement]:
    """Let nouns for the product of a gene name that protein, in place; gives what is said of it by the way.

    Args:
        concepts: The concepts of the lexicon, by IRI.
        made: Concepts made for the document; the protein of a gene that has none in the lexicon is put in.
    """
    for match in reversed(list(products.made_from.finditer(shape.codes))):
        genes = shape.phrases[match.start("gene")]
        if genes is not None:
            proteins = _put(shape, *match.span(), genes, products, concepts, made, book)
            yield from _state_encoded(proteins, genes, products)
    for match in reversed(list(products.makes.finditer(shape.codes))):
        at = match.start("kind")
        genes, kind = shape.phrases[match.start("gene")], shape.phrases[at]
        if genes is None or kind is None or not (is_class(kind.concept) or kind.concept.iri in products.families):
            continue
        is_plain = shape.codes[at] in products.plain
        proteins = _put(shape, match.start("run"), at + 1, genes, products, concepts, made, book)
        if not is_plain:
            yield from _state_encoded(proteins, genes, products)
            for protein in proteins:
                yield Statement(products.rule.id, protein, "isA", kind.mentions[0], False, products.rule.confidence)


def _state_encoded(proteins: Iterable[Mention], genes: Phrase, products: Products) -> Iterator[Statement]:
    """State which gene encodes which protein; a fused gene is an alteration of others, and encodes none by itself."""
    if genes.concept.class_name != "Fusion":
        for protein, gene in zip(proteins, genes.mentions, strict=True):
            yield Statement(products.rule.id, protein, "encodedBy", gene, False, products.rule.confidence)


def _put(
    shape: Shape,
    start: int,
    end: int,
    genes: Phrase,
    products: Products,
    concepts: Mapping[str, Concept],
    made: dict[str, Concept],
    book: Codebook,
) -> list[Mention]:
    """Put the proteins of some genes in the place of some words."""
    first, last = shape.starts[start], shape.ends[end - 1]
    owners = [made.get(mention.concept) or concepts[mention.concept] for mention in genes.mentions]
    proteins = [find_protein(owner, products, concepts, made) for owner in owners]
    mentions = [Mention(first, last, shape.text[first:last], protein.iri) for protein in proteins]
    phrase = Phrase(first, last, tuple(mentions), (proteins[0],), refers=True)
    shape.replace(start, end, book.class_codes[proteins[0].class_name], phrase)
    return mentions


def find_protein(
    gene: Concept, products: Products, concepts: Mapping[str, Concept], made: dict[str, Concept]
) -> Concept:
    """Find the protein that a gene, or a fused gene, makes; one that the lexicon lacks is put into `made`."""
    known = products.protein_of.get(gene.iri)
    if known is not None and known in concepts:
        return concepts[known]
    label, symbol = f"{gene.label} protein", gene.label.removesuffix(" fusion")
    concept = Concept(
        entity_iri(label),
        label,
        "Protein",
        synonyms=(symbol,),
        relations=(("encodedBy", gene.iri),) if gene.class_name != "Fusion" else (),
        grounding=Grounding.COMPOSED,
    )
    return made.setdefault(concept.iri, concept)
