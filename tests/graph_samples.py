"""A small ontology, and documents with what was read in them, made by hand for the tests of graph and publish."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pyoxigraph import Store

from oncograph.graph import open_store, write_store
from oncograph.knowledge import Ontology, OntologyClass, Predicate
from oncograph.model import (
    ONTOLOGY,
    Candidate,
    Certainty,
    Claim,
    Concept,
    Document,
    Doubt,
    Example,
    Grounding,
    Mention,
    Polarity,
    Reading,
    Rule,
    UndecidedName,
    Value,
    entity_iri,
)

CLASSES = {
    "Gene": "",
    "Protein": "",
    "Receptor": "Protein",
    "GeneticAlteration": "",
    "Biomarker": "",
    "Disease": "",
    "Cancer": "Disease",
    "CancerSubtype": "Cancer",
    "Syndrome": "Disease",
    "Symptom": "",
    "Drug": "",
    "MonoclonalAntibody": "Drug",
    "Chemotherapy": "Drug",
    "DrugClass": "",
    "Procedure": "",
    "DiagnosticTest": "",
    "InheritancePattern": "",
    "BiologicalProcess": "",
}
INVERSES = {
    "isA": "",
    "encodedBy": "encodes",
    "targetedBy": "targets",
    "testedBy": "tests",
    "diagnosedBy": "diagnoses",
    "treatedBy": "treats",
    "alteredIn": "hasAlteredGene",
    "hasAlteration": "alterationOf",
    "causes": "causedBy",
    "predisposesTo": "predisposedBy",
    "drives": "drivenBy",
    "promotes": "promotedBy",
    "hasBiomarker": "biomarkerOf",
    "confersSensitivityTo": "effectiveAgainst",
    "confersResistanceTo": "ineffectiveAgainst",
    "hasSymptom": "symptomOf",
    "hasAdverseEffect": "adverseEffectOf",
    "hasInheritance": "inheritanceOf",
    "combinedWith": "",
    "interactsWith": "",
    "distinctFrom": "",
    "hasPrevalence": "",
    "approvedIn": "",
    "hasSynonym": "",
}
SYMMETRIC = {"combinedWith", "interactsWith", "distinctFrom"}
LITERAL = {"hasPrevalence", "approvedIn", "hasSynonym"}


def _words(name: str) -> str:
    return "".join(" " + char.lower() if char.isupper() else char for char in name).strip()


def _concept(label: str, class_name: str, *synonyms: str, broader: str = "", **more: object) -> Concept:
    above = (entity_iri(broader),) if broader else ()
    return Concept(entity_iri(label), label, class_name, synonyms, broader=above, **more)  # type: ignore[arg-type]


CONCEPTS = [
    _concept(
        "HER2",
        "Receptor",
        "HER2/neu",
        "human epidermal growth factor receptor 2",
        definition="A receptor that tells cells to grow.",
        exact_matches=("http://purl.uniprot.org/uniprot/P04626",),
        notations=("UniProtKB:P04626",),
        relations=(("encodedBy", entity_iri("ERBB2")),),
    ),
    _concept("ERBB2", "Gene", "HER2 gene", notations=("HGNC:3430",)),
    _concept("EGFR", "Gene", "ERBB1"),
    _concept("EGFR protein", "Receptor", "EGFR", "ERBB1"),
    _concept("trastuzumab", "MonoclonalAntibody", "Herceptin"),
    _concept("pertuzumab", "MonoclonalAntibody", "Perjeta"),
    _concept("docetaxel", "Chemotherapy", "Taxotere"),
    _concept("immunohistochemistry", "DiagnosticTest", "IHC"),
    _concept("fluorescence in situ hybridization", "DiagnosticTest", "FISH"),
    _concept("cancer", "Disease", "malignancy"),
    _concept("carcinoma", "Disease", broader="cancer"),
    _concept("breast cancer", "Cancer", "breast carcinoma", "cancer of the breast", broader="carcinoma"),
    _concept("HER2-positive breast cancer", "CancerSubtype", broader="breast cancer"),
    _concept("Lynch syndrome", "Syndrome"),
    _concept("autosomal dominant inheritance", "InheritancePattern", "autosomal dominant"),
    _concept("MSH2 mutation", "GeneticAlteration", relations=(("alterationOf", entity_iri("MSH2")),)),
    _concept("MSH2", "Gene"),
    _concept("cardiotoxicity", "Symptom", "heart damage"),
    _concept("breast lump", "Symptom"),
    _concept("cell growth", "BiologicalProcess"),
    _concept("unused drug", "Drug"),
]

RULES = {
    rule.id: rule
    for rule in (
        Rule("targets-active", "a drug acts on a target", "targetedBy", 0.9, ("DRUG blocks TARGET",),
             (Example("Trastuzumab blocks HER2.", ("HER2 targetedBy trastuzumab",)),)),
        Rule("targets-anti", "anti-target therapy", "targetedBy", 0.8, ("anti-TARGET DRUG",), (Example("anti-HER2"),)),
        Rule("relation", "a relation said by a verb", "treatedBy", 0.7, ("A is treated with B",), (Example("x"),)),
        Rule("unused", "a rule that reads nothing", "tests", 0.5, ("never",), (Example("never"),)),
    )
}  # fmt: skip


def make_ontology() -> Ontology:
    """Give the ontology of the samples: a handful of classes, relations and concepts."""
    classes = {
        name: OntologyClass(name, _words(name), (), (parent,) if parent else (), f"What a {_words(name)} is.")
        for name, parent in CLASSES.items()
    }
    predicates = {
        name: Predicate(name, _words(name), inverse=inverse, symmetric=name in SYMMETRIC, literal=name in LITERAL)
        for name, inverse in INVERSES.items()
    }
    concepts = {concept.iri: concept for concept in sorted(CONCEPTS, key=lambda concept: concept.iri)}
    return Ontology(classes, predicates, concepts, version="1.0", digest="d" * 64)


class DocumentMaker:
    """Collects a document sentence by sentence with the claims of each; `reading()` gives the two together."""

    def __init__(self, name: str, title: str, **more: str) -> None:
        self.name = name
        self.title = title
        self.more = more
        self.text = title + "\n\n"
        self.claims: list[Claim] = []
        self.concepts: list[Concept] = []
        self.undecided: list[UndecidedName] = []

    def say(self, sentence: str) -> tuple[int, int]:
        """Add a sentence and give its offsets."""
        start = len(self.text)
        self.text += sentence + "\n"
        return start, start + len(sentence)

    def find(self, words: str, start: int) -> tuple[int, int]:
        """Give the offsets of words in the sentence that starts at `start`."""
        place = self.text.index(words, start)
        return place, place + len(words)

    def claim(
        self,
        sentence: str,
        subject: tuple[str, str],
        predicate: str,
        obj: tuple[str, str],
        *,
        rule: str = "relation",
        cue: str = "",
        literal: bool = False,
        polarity: Polarity = Polarity.AFFIRMED,
        certainty: Certainty = Certainty.STATED,
        confidence: float = 0.7,
        qualifiers: tuple[tuple[str, str], ...] = (),
        value: Value | None = None,
    ) -> None:
        """Add a claim; subject and object are pairs of words in the sentence and label (or class, or literal)."""
        start = self.text.find(sentence) if sentence in self.text else self.say(sentence)[0]
        object_iri = obj[1] if literal or obj[1].startswith(ONTOLOGY) else entity_iri(obj[1])
        self.claims.append(
            Claim(
                subject=entity_iri(subject[1]),
                predicate=predicate,
                object=object_iri,
                start=start,
                end=start + len(sentence),
                rule=rule,
                literal=literal,
                polarity=polarity,
                certainty=certainty,
                confidence=confidence,
                subject_mention=self._mention(subject[0], start, entity_iri(subject[1])),
                object_mention=self._mention(obj[0], start, "" if literal else object_iri),
                cues=(self.find(cue, start),) if cue else (),
                qualifiers=qualifiers,
                value=value,
            )
        )

    def doubt(self, sentence: str, words: str, *candidates: Candidate, doubt: Doubt = Doubt.DIFFERENT_KINDS) -> None:
        """Add a sentence with a name that may mean several things."""
        start, end = self.find(words, self.say(sentence)[0])
        self.undecided.append(UndecidedName(start, end, words, candidates, doubt))

    def _mention(self, words: str, start: int, iri: str) -> Mention | None:
        return Mention(*self.find(words, start), words, iri) if words else None

    def reading(self) -> Reading:
        """Give the document and what was read in it."""
        doc = Document(
            id=self.name,
            title=self.title,
            text=self.text,
            source=self.more.get("source", f"{self.name}.txt"),
            sha256=hashlib.sha256(self.text.encode()).hexdigest(),
            identifier=self.more.get("identifier", f"{self.name}.txt"),
        )
        return Reading(doc, tuple(self.claims), tuple(self.concepts), tuple(self.undecided))


def make_readings() -> list[Reading]:
    """Give three documents that agree, disagree and hedge, one with letters beyond the basic plane."""
    return [_her2(), _trial(), _lynch()]


def _her2() -> Reading:
    doc = DocumentMaker("her2", "HER2 and its drugs")
    first = "Trastuzumab blocks HER2, a receptor, in breast cancer 🧬."
    doc.claim(first, ("HER2", "HER2"), "targetedBy", ("Trastuzumab", "trastuzumab"), rule="targets-active",
              confidence=0.9, qualifiers=(("inDisease", entity_iri("breast cancer")),))  # fmt: skip
    doc.claim(first, ("HER2", "HER2"), "targetedBy", ("Trastuzumab", "trastuzumab"), rule="targets-anti",
              confidence=0.8)  # fmt: skip
    doc.claim(first, ("HER2", "HER2"), "isA", ("receptor", ONTOLOGY + "Receptor"), confidence=0.9)
    tested = "HER2 is tested by IHC or FISH."
    doc.claim(tested, ("HER2", "HER2"), "testedBy", ("IHC", "immunohistochemistry"))
    doc.claim(tested, ("HER2", "HER2"), "testedBy", ("FISH", "fluorescence in situ hybridization"))
    share = "ERBB2 is amplified in 15 to 20 percent of breast cancers."
    doc.claim(share, ("ERBB2", "ERBB2"), "alteredIn", ("breast cancers", "breast cancer"))
    doc.claim(share, ("ERBB2", "ERBB2"), "hasPrevalence", ("15 to 20 percent of breast cancers",) * 2, literal=True,
              value=Value("15", "20.50", unit="%", population=entity_iri("breast cancer")))  # fmt: skip
    doc.claim("Breast cancer is treated with trastuzumab.", ("Breast cancer", "breast cancer"), "treatedBy",
              ("trastuzumab", "trastuzumab"))  # fmt: skip
    doc.claim("Trastuzumab may cause heart damage.", ("Trastuzumab", "trastuzumab"), "hasAdverseEffect",
              ("heart damage", "cardiotoxicity"), cue="may", certainty=Certainty.POSSIBLE, confidence=0.6)  # fmt: skip
    doc.claim("HER2-positive breast cancer is a breast cancer.", ("HER2-positive breast cancer",) * 2, "isA",
              ("breast cancer", "breast cancer"), confidence=0.9)  # fmt: skip
    return doc.reading()


def _trial() -> Reading:
    doc = DocumentMaker("trials/one", "A trial", source="https://example.org/trial/1", identifier="PMID:1")
    doc.claim("Anti-HER2 trastuzumab targets HER2.", ("HER2", "HER2"), "targetedBy", ("trastuzumab", "trastuzumab"),
              rule="targets-anti", confidence=0.8)  # fmt: skip
    doc.claim("Docetaxel was not effective in breast cancer.", ("breast cancer",) * 2, "treatedBy",
              ("Docetaxel", "docetaxel"), cue="not", polarity=Polarity.NEGATED)  # fmt: skip
    doc.claim("Breast cancer is treated with docetaxel.", ("Breast cancer", "breast cancer"), "treatedBy",
              ("docetaxel", "docetaxel"))  # fmt: skip
    doc.claim("Trastuzumab was given with pertuzumab.", ("Trastuzumab", "trastuzumab"), "combinedWith",
              ("pertuzumab", "pertuzumab"))  # fmt: skip
    doc.claim("Breast cancer causes a breast lump.", ("Breast cancer", "breast cancer"), "hasSymptom",
              ("breast lump", "breast lump"))  # fmt: skip
    doc.claim("HER2-positive breast cancer responds to pertuzumab.", ("HER2-positive breast cancer",) * 2,
              "confersSensitivityTo", ("pertuzumab", "pertuzumab"))  # fmt: skip
    doc.claim("HER2-positive breast cancer resists docetaxel.", ("HER2-positive breast cancer",) * 2,
              "confersResistanceTo", ("docetaxel", "docetaxel"))  # fmt: skip
    return doc.reading()


def _lynch() -> Reading:
    doc = DocumentMaker("lynch", "Lynch syndrome, “a <familial> risk”")
    doc.claim("Pertuzumab was given with trastuzumab.", ("Pertuzumab", "pertuzumab"), "combinedWith",
              ("trastuzumab", "trastuzumab"))  # fmt: skip
    doc.claim("Lynch syndrome is autosomal dominant.", ("Lynch syndrome",) * 2, "hasInheritance",
              ("autosomal dominant", "autosomal dominant inheritance"))  # fmt: skip
    doc.claim("MSH2 mutations cause Lynch syndrome.", ("MSH2 mutations", "MSH2 mutation"), "causes",
              ("Lynch syndrome",) * 2)  # fmt: skip
    doc.concepts.append(_concept("foobarin", "Drug", "FBR", grounding=Grounding.UNGROUNDED))
    doc.claim("Lynch syndrome is treated with foobarin (FBR).", ("Lynch syndrome",) * 2, "treatedBy",
              ("foobarin", "foobarin"))  # fmt: skip
    doc.claim("Foobarin was approved in 1998.", ("Foobarin", "foobarin"), "approvedIn", ("1998", "1998"), literal=True,
              value=Value(year="1998"))  # fmt: skip
    gland, drug = Concept("urn:gland", "thyroid gland", "Symptom"), Concept("urn:drug", "Thyroid (USP)", "Drug")
    doc.doubt("The thyroid 🧬 was looked at.", "thyroid", Candidate(gland, 2 / 3), Candidate(drug, 1 / 3))
    return doc.reading()


def make_store(folder: Path, readings: list[Reading] | None = None) -> Store:
    """Write a store of the sample documents, or of others, and open it."""
    path = folder / "store"
    write_store(path, make_readings() if readings is None else readings, make_ontology(), RULES)
    return open_store(path)
