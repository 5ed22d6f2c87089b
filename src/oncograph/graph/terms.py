"""The namespaces and vocabulary terms of the graph, as pyoxigraph nodes."""

from __future__ import annotations

import re
from functools import lru_cache

from pyoxigraph import NamedNode

from oncograph.knowledge import namespaces
from oncograph.knowledge.namespaces import PREFIXES
from oncograph.model import BASE, ONTOLOGY

CLAIM = PREFIXES["claim"]
EVIDENCE = PREFIXES["evidence"]
DOC = PREFIXES["doc"]
RULE = PREFIXES["rule"]
VOCABULARY = PREFIXES["vocabulary"]
MENTION = PREFIXES["mention"]
DECISION = PREFIXES["decision"]
EXTRACTION = PREFIXES["extraction"]

_RDF = PREFIXES["rdf"]
_RDFS = PREFIXES["rdfs"]
_OWL = PREFIXES["owl"]
_XSD = PREFIXES["xsd"]
_SKOS = PREFIXES["skos"]
_OA = PREFIXES["oa"]
_PROV = PREFIXES["prov"]
_DCTERMS = PREFIXES["dcterms"]
_SCHEMA = PREFIXES["schema"]
_VOID = PREFIXES["void"]
_DCAT = PREFIXES["dcat"]
_BIOLINK = PREFIXES["biolink"]

TYPE = NamedNode(_RDF + "type")
STATEMENT = NamedNode(_RDF + "Statement")
SUBJECT = NamedNode(_RDF + "subject")
PREDICATE = NamedNode(_RDF + "predicate")
OBJECT = NamedNode(_RDF + "object")
FIRST = NamedNode(_RDF + "first")
REST = NamedNode(_RDF + "rest")
NIL = NamedNode(_RDF + "nil")
LABEL = NamedNode(_RDFS + "label")
COMMENT = NamedNode(_RDFS + "comment")
SUBCLASS_OF = NamedNode(_RDFS + "subClassOf")
DOMAIN = NamedNode(_RDFS + "domain")
RANGE = NamedNode(_RDFS + "range")
OWL_CLASS = NamedNode(_OWL + "Class")
OBJECT_PROPERTY = NamedNode(_OWL + "ObjectProperty")
DATATYPE_PROPERTY = NamedNode(_OWL + "DatatypeProperty")
SYMMETRIC_PROPERTY = NamedNode(_OWL + "SymmetricProperty")
UNION_OF = NamedNode(_OWL + "unionOf")
INVERSE_OF = NamedNode(_OWL + "inverseOf")
VERSION_INFO = NamedNode(_OWL + "versionInfo")
DECIMAL = NamedNode(_XSD + "decimal")
INTEGER = NamedNode(_XSD + "integer")
BOOLEAN = NamedNode(_XSD + "boolean")
YEAR = NamedNode(_XSD + "gYear")
DATE_TIME = NamedNode(_XSD + "dateTime")
CONCEPT = NamedNode(_SKOS + "Concept")
PREF_LABEL = NamedNode(_SKOS + "prefLabel")
ALT_LABEL = NamedNode(_SKOS + "altLabel")
SCOPED_LABELS = {
    scope: NamedNode(f"{PREFIXES['oboinowl']}has{scope.capitalize()}Synonym")
    for scope in ("related", "broad", "narrow")
}
DEFINITION = NamedNode(_SKOS + "definition")
EXAMPLE = NamedNode(_SKOS + "example")
NOTATION = NamedNode(_SKOS + "notation")
BROADER = NamedNode(_SKOS + "broader")
BROADER_TRANSITIVE = NamedNode(_SKOS + "broaderTransitive")
EXACT_MATCH = NamedNode(_SKOS + "exactMatch")
CLOSE_MATCH = NamedNode(_SKOS + "closeMatch")
ANNOTATION = NamedNode(_OA + "Annotation")
HAS_TARGET = NamedNode(_OA + "hasTarget")
HAS_SOURCE = NamedNode(_OA + "hasSource")
HAS_SELECTOR = NamedNode(_OA + "hasSelector")
SPECIFIC_RESOURCE = NamedNode(_OA + "SpecificResource")
POSITION_SELECTOR = NamedNode(_OA + "TextPositionSelector")
QUOTE_SELECTOR = NamedNode(_OA + "TextQuoteSelector")
START = NamedNode(_OA + "start")
END = NamedNode(_OA + "end")
EXACT = NamedNode(_OA + "exact")
PREFIX = NamedNode(_OA + "prefix")
SUFFIX = NamedNode(_OA + "suffix")
DERIVED_FROM = NamedNode(_PROV + "wasDerivedFrom")
REVISION_OF = NamedNode(_PROV + "wasRevisionOf")
ACTIVITY = NamedNode(_PROV + "Activity")
ENDED_AT = NamedNode(_PROV + "endedAtTime")
CREATOR = NamedNode(_DCTERMS + "creator")
TITLE = NamedNode(_DCTERMS + "title")
IDENTIFIER = NamedNode(_DCTERMS + "identifier")
SOURCE = NamedNode(_DCTERMS + "source")
FORMAT = NamedNode(_DCTERMS + "format")
LICENSE = NamedNode(_DCTERMS + "license")
ARTICLE = NamedNode(_SCHEMA + "Article")
SHA256 = NamedNode(_SCHEMA + "sha256")
TEXT = NamedNode(_SCHEMA + "text")
MIN_VALUE = NamedNode(_SCHEMA + "minValue")
MAX_VALUE = NamedNode(_SCHEMA + "maxValue")
UNIT_TEXT = NamedNode(_SCHEMA + "unitText")
ASSOCIATION = NamedNode(_BIOLINK + "Association")
BIOLINK_NEGATED = NamedNode(_BIOLINK + "negated")
VOID_DATASET = NamedNode(_VOID + "Dataset")
DCAT_DATASET = NamedNode(_DCAT + "Dataset")
VOID_TRIPLES = NamedNode(_VOID + "triples")
VOID_ENTITIES = NamedNode(_VOID + "entities")
VOID_DOCUMENTS = NamedNode(_VOID + "documents")
VOID_PROPERTY = NamedNode(_VOID + "property")
VOID_CLASS = NamedNode(_VOID + "class")
VOID_PROPERTY_PARTITION = NamedNode(_VOID + "propertyPartition")
VOID_CLASS_PARTITION = NamedNode(_VOID + "classPartition")
VOID_VOCABULARY = NamedNode(_VOID + "vocabulary")


@lru_cache(maxsize=1024)
def onco(name: str) -> NamedNode:
    """Name a class, property or value of the ontology by its local name.

    >>> onco("targetedBy").value
    'https://w3id.org/oncograph/ontology#targetedBy'
    """
    return NamedNode(ONTOLOGY + name)


IS_A = onco("isA")
CLAIM_CLASS = onco("Claim")
EVIDENCE_CLASS = onco("Evidence")
EXTRACTION_CLASS = onco("Extraction")
MENTION_CLASS = onco("Mention")
CUE_CLASS = onco("Cue")
AMBIGUOUS_MENTION = onco("AmbiguousMention")
CANDIDATE_CLASS = onco("Candidate")
RULE_CLASS = onco("Rule")
DOCUMENT_CLASS = onco("Document")
POLARITY = onco("polarity")
CERTAINTY = onco("certainty")
AFFIRMED = onco("Affirmed")
NEGATED = onco("Negated")
STATED = onco("Stated")
POSSIBLE = onco("Possible")
CONFIDENCE = onco("confidence")
EVIDENCE_COUNT = onco("evidenceCount")
DOCUMENT_COUNT = onco("documentCount")
SUPPORTED_BY = onco("supportedBy")
EXTRACTED_BY = onco("extractedBy")
OF_CLAIM = onco("ofClaim")
FROM_EVIDENCE = onco("fromEvidence")
SUBJECT_MENTION = onco("subjectMention")
OBJECT_MENTION = onco("objectMention")
CUE = onco("cue")
REFERS_TO = onco("refersTo")
CANDIDATE = onco("candidate")
CANDIDATE_ENTITY = onco("candidateEntity")
CANDIDATE_CLASS_OF = onco("candidateClass")
SCORE = onco("score")
RANK = onco("rank")
DOUBT = onco("doubt")
READS = onco("reads")
GROUNDING = onco("grounding")
COMPARATOR = onco("comparator")
PATTERN = onco("pattern")
ROLE = onco("role")
VALUE_YEAR = onco("year")
POPULATION = onco("population")
STATUS = onco("curationStatus")
ACCEPTED = onco("Accepted")
REJECTED = onco("Rejected")
CORRECTED = onco("Corrected")
DECISION_CLASS = onco("Decision")
DECIDES_ON = onco("decidesOn")
ACTION = onco("action")
CORRECTED_TO = onco("correctedTo")
UNDOES = onco("undoes")

INFERRED_GRAPH = onco("inferred")
ONTOLOGY_GRAPH = onco("ontology")
CURATION_GRAPH = onco("curation")
DATASET = NamedNode(BASE + "dataset")


_LOCAL = re.compile(r"\w(?:[\w./-]*\w)?")


def shorten(iri: str) -> str:
    """Write an IRI with its prefix for people to read, in angle brackets when no prefix covers it.

    Unlike Turtle's, these names may hold slashes.

    >>> shorten("https://w3id.org/oncograph/evidence/her2/0-96")
    'evidence:her2/0-96'
    >>> shorten("https://example.org/x")
    '<https://example.org/x>'
    """
    return namespaces.shorten(iri, local=_LOCAL)


def expand(name: str) -> str | None:
    """Give the full IRI of `prefix:name`, of `<IRI>` and of an IRI; None for anything else.

    >>> expand("entity:HER2")
    'https://w3id.org/oncograph/entity/HER2'
    >>> expand("breast cancer") is None
    True
    """
    if name.startswith("<") and name.endswith(">"):
        return name[1:-1]
    prefix, colon, local = name.partition(":")
    if not colon or any(char.isspace() for char in name):
        return None
    if local.startswith("//") or prefix in {"urn", "mailto"}:
        return name
    return PREFIXES[prefix] + local if prefix in PREFIXES else None
