"""The prefixes that knowledge files, queries and exports share, and what they stand for."""

from __future__ import annotations

import re

from oncograph.model import BASE, ENTITY, ONTOLOGY

GRAPH_PREFIXES: dict[str, str] = {
    "onco": ONTOLOGY,
    "entity": ENTITY,
    "claim": BASE + "claim/",
    "evidence": BASE + "evidence/",
    "doc": BASE + "doc/",
    "rule": BASE + "rule/",
    "vocabulary": BASE + "vocabulary/",
    "mention": BASE + "mention/",
    "extraction": BASE + "extraction/",
    "decision": BASE + "decision/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "biolink": "https://w3id.org/biolink/vocab/",
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "oboinowl": "http://www.geneontology.org/formats/oboInOwl#",
    "sh": "http://www.w3.org/ns/shacl#",
}
"""The vocabularies that the graph is written in."""

IDENTIFIER_PREFIXES: dict[str, str] = {
    "hgnc": "https://identifiers.org/hgnc:",
    "ncbigene": "https://identifiers.org/ncbigene:",
    "fplx": "https://identifiers.org/fplx:",
    "dbsnp": "https://identifiers.org/dbsnp:",
    "uniprot": "http://purl.uniprot.org/uniprot/",
    "obo": "http://purl.obolibrary.org/obo/",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "omim": "https://omim.org/entry/",
    "drugbank": "https://go.drugbank.com/drugs/",
    "rxnorm": "http://purl.bioontology.org/ontology/RXNORM/",
    "oncotree": "https://oncotree.mskcc.org/",
    "sio": "http://semanticscience.org/resource/",
    "orphanet": "http://www.orpha.net/ORDO/Orphanet_",
    "efo": "http://www.ebi.ac.uk/efo/EFO_",
    "snomedct": "http://identifiers.org/snomedct/",
    "umls": "https://uts.nlm.nih.gov/uts/umls/concept/",
    "icd10cm": "http://purl.bioontology.org/ontology/ICD10CM/",
    "icdo": "https://identifiers.org/icdo:",
    "gard": "https://rarediseases.info.nih.gov/diseases/",
    "medgen": "https://www.ncbi.nlm.nih.gov/medgen/",
}
"""Where the identifiers of other vocabularies live: the objects of skos:exactMatch and skos:closeMatch."""

_OBO_SOURCES = "DOID MONDO NCIT CHEBI HP GO UBERON CL SO PR OBI MAXO SYMP"

NOTATION_STARTS: dict[str, str] = {
    "HGNC": IDENTIFIER_PREFIXES["hgnc"],
    "NCBIGene": IDENTIFIER_PREFIXES["ncbigene"],
    "FPLX": IDENTIFIER_PREFIXES["fplx"],
    "DBSNP": IDENTIFIER_PREFIXES["dbsnp"],
    "UniProtKB": IDENTIFIER_PREFIXES["uniprot"],
    "MESH": IDENTIFIER_PREFIXES["mesh"],
    "OMIM": IDENTIFIER_PREFIXES["omim"],
    "OMIMPS": "https://omim.org/phenotypicSeries/PS",
    "DRUGBANK": IDENTIFIER_PREFIXES["drugbank"],
    "RXNORM": IDENTIFIER_PREFIXES["rxnorm"],
    "ONCOTREE": IDENTIFIER_PREFIXES["oncotree"],
    "ORPHANET": IDENTIFIER_PREFIXES["orphanet"],
    "EFO": IDENTIFIER_PREFIXES["efo"],
    "SNOMEDCT": IDENTIFIER_PREFIXES["snomedct"],
    "UMLS": IDENTIFIER_PREFIXES["umls"],
    "ICD10CM": IDENTIFIER_PREFIXES["icd10cm"],
    "ICDO": IDENTIFIER_PREFIXES["icdo"],
    "GARD": IDENTIFIER_PREFIXES["gard"],
    "MEDGEN": IDENTIFIER_PREFIXES["medgen"],
    "ENSEMBL": "http://identifiers.org/ensembl/",
    "ICD9CM": "http://purl.bioontology.org/ontology/ICD9CM/",
    "ICD11": "http://id.who.int/icd/entity/",
    "MEDDRA": "http://purl.bioontology.org/ontology/MEDDRA/",
    "CAS": "https://identifiers.org/cas:",
    "UNII": "https://identifiers.org/unii:",
} | {source: f"{IDENTIFIER_PREFIXES['obo']}{source}_" for source in _OBO_SOURCES.split()}
"""How the IRI of a compact identifier begins, by its source: `HGNC:3430` is `https://identifiers.org/hgnc:3430`."""

SOURCE_NAMES: dict[str, str] = {
    "MIM": "OMIM",
    "NCI": "NCIT",
    "NCIThesaurus": "NCIT",
    "NCI_Thesaurus": "NCIT",
    "MSH": "MESH",
    "MESH_CUI": "MESH",
    "UMLS_CUI": "UMLS",
    "SCTID": "SNOMEDCT",
    "SNOMED": "SNOMEDCT",
    "SNOMED_CT": "SNOMEDCT",
    "ORDO": "ORPHANET",
    "ORPHA": "ORPHANET",
    "ICD9": "ICD9CM",
    "ICD-10-CM": "ICD10CM",
    "ICD-O": "ICDO",
    "EntrezGene": "NCBIGene",
    "ENTREZ": "NCBIGene",
    "GeneID": "NCBIGene",
    "NCBI_Gene": "NCBIGene",
    "UniProt": "UniProtKB",
    "DrugBank_ID": "DRUGBANK",
    "RxCUI": "RXNORM",
    "CHEBI_ID": "CHEBI",
}
"""Other names under which vocabularies refer to a source of `NOTATION_STARTS`."""

OTHER_STARTS: dict[str, str] = {
    f"{scheme}://{host}{name}{end}": source
    for source, names in {
        "HGNC": "hgnc HGNC",
        "NCBIGene": "ncbigene",
        "UniProtKB": "uniprot",
        "MESH": "mesh MESH",
        "OMIM": "omim mim OMIM",
        "DRUGBANK": "drugbank",
        "NCIT": "ncit NCIT",
        "DOID": "doid",
        "UMLS": "umls",
        "SNOMEDCT": "snomedct",
        "MEDGEN": "medgen",
        "ORPHANET": "orphanet orphanet.ordo",
        "ENSEMBL": "ensembl",
        "MEDDRA": "meddra",
    }.items()
    for name in names.split()
    for scheme in ("http", "https")
    for host, end in (("identifiers.org/", "/"), ("identifiers.org/", ":"), ("bioregistry.io/", ":"))
    if f"{scheme}://{host}{name}{end}" not in NOTATION_STARTS.values()
} | {
    "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#": "NCIT",
    "http://www.ncbi.nlm.nih.gov/gene/": "NCBIGene",
    "https://www.ncbi.nlm.nih.gov/gene/": "NCBIGene",
    "https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/HGNC:": "HGNC",
    "http://www.omim.org/entry/": "OMIM",
    "https://www.omim.org/entry/": "OMIM",
    "http://omim.org/entry/": "OMIM",
    "http://purl.bioontology.org/ontology/MESH/": "MESH",
    "http://purl.bioontology.org/ontology/SNOMEDCT/": "SNOMEDCT",
    "http://www.drugbank.ca/drugs/": "DRUGBANK",
    "https://www.drugbank.ca/drugs/": "DRUGBANK",
    "http://www.orpha.net/ORDO/ORPHA_": "ORPHANET",
    "http://linkedlifedata.com/resource/umls/id/": "UMLS",
    "http://snomed.info/id/": "SNOMEDCT",
    "https://www.uniprot.org/uniprot/": "UniProtKB",
    "http://identifiers.org/hgnc/HGNC:": "HGNC",
    "https://identifiers.org/hgnc/HGNC:": "HGNC",
    "https://identifiers.org/hgnc:HGNC:": "HGNC",
}
"""Other ways in which the IRIs of a source of `NOTATION_STARTS` begin."""

PREFIXES: dict[str, str] = GRAPH_PREFIXES | IDENTIFIER_PREFIXES
"""Every prefix that a query may use undeclared."""

_LOCAL = re.compile(r"\w(?:[\w.-]*[\w-])?")


def expand(curie: str) -> str:
    """Write `prefix:name` out in full.

    Raises:
        KeyError: The prefix is not in the table.

    >>> expand("onco:targetedBy")
    'https://w3id.org/oncograph/ontology#targetedBy'
    """
    prefix, _, name = curie.partition(":")
    return PREFIXES[prefix] + name


def shorten(iri: str, *, local: re.Pattern[str] = _LOCAL) -> str:
    """Write an IRI with its prefix where Turtle allows it, in angle brackets otherwise.

    Args:
        local: What may stand after the prefix; Turtle's names by default.

    >>> shorten("https://w3id.org/oncograph/ontology#targetedBy")
    'onco:targetedBy'
    >>> shorten("https://example.org/a b")
    '<https://example.org/a b>'
    """
    for prefix, start in _LONGEST_FIRST:
        if iri.startswith(start) and local.fullmatch(iri, len(start)):
            return f"{prefix}:{iri[len(start) :]}"
    return f"<{iri}>"


_LONGEST_FIRST = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))
