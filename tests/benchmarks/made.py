"""Made-up abstracts for the benchmarks: as long and as full of facts as real ones, the same for the same number."""

from __future__ import annotations

import gzip
import io
import json
import random
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DRUGS = (
    "trastuzumab lapatinib tucatinib olaparib niraparib talazoparib vemurafenib dabrafenib trametinib cobimetinib "
    "cisplatin carboplatin paclitaxel docetaxel doxorubicin tamoxifen letrozole fulvestrant palbociclib ribociclib "
    "everolimus bevacizumab sunitinib sorafenib pazopanib cabozantinib ibrutinib venetoclax rituximab bortezomib"
).split()
GENES = (
    "HER2 BRAF EGFR ALK BRCA1 BRCA2 PIK3CA PTEN TP53 MET RET ROS1 FGFR3 IDH1 CDK4 ESR1 NRAS KIT VHL CDH1 "
    "ATM MYC CCND1 NF1 SMAD4 APC ERBB3 FLT3 NPM1 DNMT3A"
).split()
DISEASES = (
    "breast cancer|melanoma|ovarian cancer|colorectal cancer|gastric cancer|prostate cancer|renal cell carcinoma|"
    "hepatocellular carcinoma|acute myeloid leukemia|glioblastoma|bladder cancer|thyroid cancer|pancreatic cancer|"
    "endometrial cancer|mesothelioma|multiple myeloma|mantle cell lymphoma|cholangiocarcinoma"
).split("|")
FACTS = (
    "{drug} inhibits {gene} in {disease}.",
    "{gene} {variant} is found in patients with {disease}.",
    "The {gene} {variant} mutation confers resistance to {drug}.",
    "{disease} may be treated with {drug}.",
    "{drug} did not improve overall survival in {disease}.",
    "{gene} is overexpressed in {disease}.",
    "Patients with {gene}-mutated {disease} responded to {drug} plus {other}.",
    "{drug} was approved for the treatment of {disease}.",
)
FILLERS = (
    "We enrolled {n} patients at {m} centres and followed them for {k} months.",
    "The median age was {k} years, and {m}% of the participants were women.",
    "Median progression-free survival was {a} months in one arm and {b} months in the other (hazard ratio 0.{k}).",
    "Samples were stored at -80 °C until all of them could be measured in one run.",
    "The groups did not differ in age, stage or earlier therapy (P = 0.{n}).",
    "How these findings translate into practice remains to be shown in larger cohorts.",
    "Two reviewers read every image, and a third one decided where they disagreed.",
    "Grade 3 nausea occurred in {m} of {n} patients, and {k} of them stopped early.",
    "Further work with a longer follow-up is under way in our group and elsewhere.",
)
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
DOCTYPE = (
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)
LABELS = ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS")


class Abstract(NamedTuple):
    """A made-up abstract of four sections."""

    number: int
    title: str
    sections: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.sections)


def make_abstract(number: int) -> Abstract:
    """Make the abstract of a number: nine to sixteen sentences, of which a third states facts."""
    chance = random.Random(number)

    def say(pattern: str) -> str:
        sentence = pattern.format(
            drug=chance.choice(DRUGS),
            other=chance.choice(DRUGS),
            gene=chance.choice(GENES),
            disease=chance.choice(DISEASES),
            variant=f"{chance.choice('ACDEFGHKLM')}{chance.randint(10, 900)}{chance.choice('NPQRSTVWY')}",
            n=chance.randint(100, 999),
            m=chance.randint(10, 60),
            k=chance.randint(11, 88),
            a=round(chance.uniform(2, 30), 1),
            b=round(chance.uniform(2, 30), 1),
        )
        return sentence[0].upper() + sentence[1:]

    sections = tuple(
        " ".join(say(chance.choice(FACTS if chance.random() < 0.33 else FILLERS)) for _ in range(chance.randint(2, 4)))
        for _ in LABELS
    )
    title = f"{chance.choice(DRUGS).capitalize()} in {chance.choice(DISEASES)}: study {number}"
    return Abstract(number, title, sections)


def make_lines(count: int) -> Iterator[str]:
    """Make abstracts as JSON Lines."""
    for number in range(1, count + 1):
        abstract = make_abstract(number)
        yield json.dumps({"id": str(number), "title": abstract.title, "text": abstract.text}) + "\n"


def write_lines(path: Path, count: int) -> int:
    """Write a file of JSON Lines and give its size."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(make_lines(count))
    return path.stat().st_size


def write_pubmed(path: Path, count: int) -> int:
    """Write a gzipped file in the shape of PubMed's baseline, and give the size of what is in it."""
    size = 0
    with gzip.open(path, "wb", compresslevel=6) as file:
        size += file.write(f"{HEAD}{DOCTYPE}<PubmedArticleSet>\n".encode())
        for number in range(1, count + 1):
            size += file.write(to_pubmed(make_abstract(number)).encode())
        size += file.write(b"<DeleteCitation>\n</DeleteCitation>\n</PubmedArticleSet>\n")
    return size


def to_pubmed(abstract: Abstract) -> str:
    """Write an article as PubMed does, with all that surrounds title and abstract there."""
    pmid = 10_000_000 + abstract.number
    sections = "".join(
        f'<AbstractText Label="{label}" NlmCategory="{label}">{text}</AbstractText>'
        for label, text in zip(LABELS, abstract.sections, strict=True)
    )
    author = (
        '<Author ValidYN="Y"><LastName>Nobody</LastName><ForeName>Anna</ForeName><Initials>A</Initials>'
        "<AffiliationInfo><Affiliation>Department of Invention, Nowhere.</Affiliation></AffiliationInfo></Author>"
    )
    date = "<Year>2025</Year><Month>01</Month><Day>02</Day>"
    history = "".join(
        f'<PubMedPubDate PubStatus="{status}">{date}<Hour>6</Hour><Minute>0</Minute></PubMedPubDate>'
        for status in ("received", "revised", "accepted", "pubmed", "medline", "entrez")
    )
    headings = "".join(
        f'<MeshHeading><DescriptorName UI="D{number:06}" MajorTopicYN="N">Invented</DescriptorName></MeshHeading>'
        for number in range(8)
    )
    cited = "".join(
        f"<Reference><Citation>Nobody A. A paper about {gene}. J Nowhere. 2020;{number}:1-9.</Citation><ArticleIdList>"
        f'<ArticleId IdType="pubmed">{number}</ArticleId></ArticleIdList></Reference>'
        for number, gene in enumerate(GENES[:12], 1)
    )
    return (
        f'<PubmedArticle>\n<MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>'
        f'<DateCompleted>{date}</DateCompleted><Article PubModel="Print"><Journal><ISSN>0000-0000</ISSN>'
        f"<Title>Invented journal</Title></Journal><ArticleTitle>{abstract.title}.</ArticleTitle>"
        f"<Abstract>{sections}<CopyrightInformation>Copyright of nobody.</CopyrightInformation></Abstract>"
        f'<AuthorList CompleteYN="Y">{author * 6}</AuthorList><Language>eng</Language></Article>'
        f"<MeshHeadingList>{headings}</MeshHeadingList></MedlineCitation>\n"
        f'<PubmedData><History>{history}</History><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>'
        f"</ArticleIdList><ReferenceList>{cited}</ReferenceList></PubmedData>\n</PubmedArticle>\n"
    )


def write_archive(path: Path, count: int) -> int:
    """Write a gzipped tar archive in the shape of PMC's, ten abstracts an article; gives the size of what is in it."""
    size = 0
    with tarfile.open(path, "w:gz", compresslevel=6) as archive:
        for number in range(1, count + 1):
            data = to_jats(number).encode()
            member = tarfile.TarInfo(f"PMC000xxxxxx/PMC{number}.xml")
            member.size = len(data)
            size += len(data)
            archive.addfile(member, io.BytesIO(data))
    return size


def to_jats(number: int) -> str:
    """Write an article of ten sections as PubMed Central does."""
    parts = [make_abstract(number * 10 + part) for part in range(10)]
    sections = "".join(
        f'<sec id="s{n}"><title>Part {n}</title>'
        + "".join(f'<p>{text} <xref ref-type="bibr" rid="b{n}">[{n}]</xref></p>' for text in part.sections)
        + "</sec>"
        for n, part in enumerate(parts)
    )
    cited = "".join(
        f'<ref id="b{n}"><element-citation publication-type="journal"><person-group person-group-type="author">'
        + "<name><surname>Nobody</surname><given-names>A</given-names></name>" * 4
        + f"</person-group><article-title>A paper about {gene}</article-title><source>J Nowhere</source>"
        f'<year>2020</year><volume>{n}</volume><fpage>1</fpage><lpage>9</lpage><pub-id pub-id-type="pmid">{n}</pub-id>'
        "</element-citation></ref>"
        for n, gene in enumerate(GENES)
    )
    return (
        f'{HEAD}<article article-type="research-article"><front><article-meta>'
        f'<article-id pub-id-type="pmc">{number}</article-id><title-group>'
        f"<article-title>{parts[0].title}</article-title></title-group><abstract><p>{parts[0].text}</p></abstract></article-meta></front><body>{sections}</body>"
        f"<back><ref-list>{cited}</ref-list></back></article>"
    )
