"""Small and large stores laid out as a build lays them out, made by hand for the tests of the view."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

BASE = "https://w3id.org/oncograph/"
ONCO = BASE + "ontology#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
OA = "http://www.w3.org/ns/oa#"
PROV = "http://www.w3.org/ns/prov#"
DCT = "http://purl.org/dc/terms/"
SCHEMA = "https://schema.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"

CLASSES = {
    "Gene": "",
    "Protein": "",
    "Receptor": "Protein",
    "GeneticAlteration": "",
    "Biomarker": "",
    "Disease": "",
    "Cancer": "Disease",
    "CancerSubtype": "Disease",
    "Drug": "",
    "MonoclonalAntibody": "Drug",
    "DrugClass": "",
    "DiagnosticTest": "",
    "BiologicalProcess": "",
    "CellComponent": "",
    "Symptom": "",
    "Outcome": "",
}
PREDICATES = (
    "isA targetedBy treatedBy testedBy encodedBy alteredIn promotes locatedIn drives hasSymptom hasPrevalence "
    "approvedIn"
).split()


@dataclass
class GraphMaker:
    """Collects the quads of a graph; `store()` gives them as an in-memory store."""

    quads: list[ox.Quad] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def add(self, subject: str, predicate: str, value: str | ox.Literal, graph: str = "") -> None:
        object_ = ox.NamedNode(value) if isinstance(value, str) else value
        name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        self.quads.append(ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), object_, name))

    def add_ontology(self) -> None:
        graph = ONCO + "ontology"
        for name, parent in CLASSES.items():
            self.add(ONCO + name, RDF + "type", "http://www.w3.org/2002/07/owl#Class", graph)
            words = "".join(" " + char.lower() if char.isupper() else char for char in name).strip()
            self.add(ONCO + name, RDFS + "label", ox.Literal(words, language="en"), graph)
            if parent:
                self.add(ONCO + name, RDFS + "subClassOf", ONCO + parent, graph)
        for name in PREDICATES:
            kind = "DatatypeProperty" if name in {"hasPrevalence", "approvedIn"} else "ObjectProperty"
            self.add(ONCO + name, RDF + "type", "http://www.w3.org/2002/07/owl#" + kind, graph)
            words = "".join(" " + char.lower() if char.isupper() else char for char in name)
            self.add(ONCO + name, RDFS + "label", ox.Literal(words, language="en"), graph)

    def add_entity(
        self,
        name: str,
        class_name: str,
        label: str,
        *,
        synonyms: Sequence[str] = (),
        definition: str = "",
        matches: Sequence[tuple[str, str]] = (),
        broader: str = "",
    ) -> str:
        iri = BASE + "entity/" + name
        self.add(iri, RDF + "type", ONCO + class_name)
        self.add(iri, RDF + "type", SKOS + "Concept")
        self.add(iri, SKOS + "prefLabel", ox.Literal(label, language="en"))
        for synonym in synonyms:
            self.add(iri, SKOS + "altLabel", ox.Literal(synonym, language="en"))
        if definition:
            self.add(iri, SKOS + "definition", ox.Literal(definition, language="en"))
        for notation, match in matches:
            self.add(iri, SKOS + "notation", ox.Literal(notation))
            self.add(iri, SKOS + "exactMatch", match)
        if broader:
            self.add(iri, SKOS + "broader", BASE + "entity/" + broader)
        return iri

    def add_document(self, id: str, text: str, *, title: str = "", source: str = "") -> None:
        doc = BASE + "doc/" + id
        self.texts[id] = text
        self.add(doc, RDF + "type", ONCO + "Document", doc)
        self.add(doc, DCT + "title", ox.Literal(title or id), doc)
        self.add(doc, DCT + "identifier", ox.Literal(id + ".txt"), doc)
        self.add(doc, DCT + "source", source if source.startswith("http") else ox.Literal(source or id + ".txt"), doc)
        self.add(doc, SCHEMA + "text", ox.Literal(text), doc)

    def add_claim(
        self,
        subject: str,
        predicate: str,
        object_: str | ox.Literal,
        *evidence: tuple[str, str, str, str],
        negated: bool = False,
        possible: bool = False,
        confidence: str = "0.9",
        cue: str = "",
        rule: str = "rule-one",
    ) -> str:
        """Evidence: (document, sentence, words naming the subject, words naming the object), all as in the text."""
        polarity = ONCO + ("Negated" if negated else "Affirmed")
        certainty = ONCO + ("Possible" if possible else "Stated")
        text = object_ if isinstance(object_, str) else object_.value
        digest = hashlib.sha256("\n".join((subject, ONCO + predicate, text, polarity)).encode()).hexdigest()[:20]
        claim = BASE + "claim/" + digest
        decimal = ox.Literal(confidence, datatype=ox.NamedNode(XSD + "decimal"))
        for kind in (ONCO + "Claim", RDF + "Statement", "https://w3id.org/biolink/vocab/Association"):
            self.add(claim, RDF + "type", kind)
        self.add(claim, RDF + "subject", subject)
        self.add(claim, RDF + "predicate", ONCO + predicate)
        self.add(claim, RDF + "object", object_)
        self.add(claim, ONCO + "polarity", polarity)
        self.add(claim, ONCO + "certainty", certainty)
        self.add(claim, ONCO + "confidence", decimal)
        if not negated and not possible:
            self.add(subject, ONCO + predicate, object_)
        for doc_id, sentence, subject_words, object_words in evidence:
            self._add_evidence(claim, doc_id, sentence, subject_words, object_words, certainty, decimal, cue, rule)
        return claim

    def _add_evidence(
        self,
        claim: str,
        doc_id: str,
        sentence: str,
        subject_words: str,
        object_words: str,
        certainty: str,
        confidence: ox.Literal,
        cue: str,
        rule: str,
    ) -> None:
        doc, text = BASE + "doc/" + doc_id, self.texts[doc_id]
        start = text.index(sentence)
        end = start + len(sentence)
        evidence = f"{BASE}evidence/{doc_id}/{start}-{end}"
        self.add(claim, ONCO + "supportedBy", evidence, doc)
        self.add(evidence, RDF + "type", ONCO + "Evidence", doc)
        self.add(evidence, ONCO + "extractedBy", BASE + "rule/" + rule, doc)
        self.add(BASE + "rule/" + rule, RDFS + "label", ox.Literal(rule.replace("-", " ")), ONCO + "ontology")
        self.add(evidence, PROV + "wasDerivedFrom", doc, doc)
        self.add(evidence, OA + "hasTarget", evidence + "/target", doc)
        self.add(evidence + "/target", OA + "hasSource", doc, doc)
        self.add(evidence + "/target", OA + "hasSelector", evidence + "/position", doc)
        self.add(evidence + "/target", OA + "hasSelector", evidence + "/quote", doc)
        self.add(evidence, RDF + "type", OA + "Annotation", doc)
        self.add(evidence + "/position", RDF + "type", OA + "TextPositionSelector", doc)
        self.add(evidence + "/quote", RDF + "type", OA + "TextQuoteSelector", doc)
        self._add_span(evidence + "/position", start, end, doc)
        self.add(evidence + "/quote", OA + "exact", ox.Literal(sentence), doc)
        self.add(evidence + "/quote", OA + "prefix", ox.Literal(text[max(0, start - 32) : start]), doc)
        self.add(evidence + "/quote", OA + "suffix", ox.Literal(text[end : end + 32]), doc)
        extraction = f"{BASE}extraction/{doc_id}/{start}-{end}/{claim.rsplit('/', 1)[1]}"
        self.add(extraction, RDF + "type", ONCO + "Extraction", doc)
        self.add(extraction, ONCO + "ofClaim", claim, doc)
        self.add(extraction, ONCO + "fromEvidence", evidence, doc)
        self.add(extraction, ONCO + "extractedBy", BASE + "rule/" + rule, doc)
        self.add(extraction, ONCO + "certainty", certainty, doc)
        self.add(extraction, ONCO + "confidence", confidence, doc)
        for role, words in (("subjectMention", subject_words), ("objectMention", object_words), ("cue", cue)):
            if words:
                first = text.index(words, start if words in sentence else 0)
                mention = f"{BASE}mention/{doc_id}/{first}-{first + len(words)}"
                self.add(extraction, ONCO + role, mention, doc)
                self.add(mention, OA + "exact", ox.Literal(words), doc)
                self.add(mention, OA + "hasSource", doc, doc)
                self._add_span(mention, first, first + len(words), doc)

    def _add_span(self, node: str, start: int, end: int, graph: str) -> None:
        kind = ox.NamedNode(XSD + "nonNegativeInteger")
        self.add(node, OA + "start", ox.Literal(str(start), datatype=kind), graph)
        self.add(node, OA + "end", ox.Literal(str(end), datatype=kind), graph)

    def store(self, *, reverse: bool = False) -> ox.Store:
        store = ox.Store()
        store.extend(reversed(self.quads) if reverse else self.quads)
        return store


HER2_TEXT = (
    "HER2 is a receptor on the cell surface that promotes cell growth. "
    "Trastuzumab attaches to HER2 receptors. Trastuzumab is used to treat HER2-positive breast cancer. "
    "HER2 status is tested by immunohistochemistry. "
    "Lapatinib may treat HER2-positive breast cancer. "
    "Trastuzumab does not treat melanoma. "
    "HER2-positive tumors make up 15 to 20 percent of breast cancers."
)
SECOND_TEXT = (
    "Café 😀 notes: trastuzumab blocks HER2. "
    "HER2-positive breast cancer is not treated with lapatinib. It drives growth."
)


def her2_graph() -> GraphMaker:
    """Make the graph of two short documents: affirmed, hedged, negated and disputed claims, a literal, two sources."""
    graph = GraphMaker()
    graph.add_ontology()
    graph.add_document("her2", HER2_TEXT, title="What is HER2?")
    graph.add_document("notes", SECOND_TEXT, title="Notes on HER2", source="https://example.org/notes")
    her2 = graph.add_entity(
        "HER2",
        "Receptor",
        "HER2",
        synonyms=["ErbB2", "human epidermal growth factor receptor 2"],
        definition="A receptor tyrosine kinase of the epidermal growth factor family.",
        matches=[("UniProtKB:P04626", "http://purl.uniprot.org/uniprot/P04626")],
        broader="receptor_tyrosine_kinase",
    )
    graph.add_entity("receptor_tyrosine_kinase", "Receptor", "receptor tyrosine kinase")
    trastuzumab = graph.add_entity(
        "trastuzumab",
        "MonoclonalAntibody",
        "trastuzumab",
        synonyms=["Herceptin"],
        matches=[("DRUGBANK:DB00072", "https://go.drugbank.com/drugs/DB00072")],
    )
    lapatinib = graph.add_entity("lapatinib", "Drug", "lapatinib")
    cancer = graph.add_entity("HER2-positive_breast_cancer", "CancerSubtype", "HER2-positive breast cancer")
    melanoma = graph.add_entity("melanoma", "Cancer", "melanoma")
    test = graph.add_entity("immunohistochemistry", "DiagnosticTest", "immunohistochemistry", synonyms=["IHC"])
    growth = graph.add_entity("cell_growth", "BiologicalProcess", "cell growth")
    surface = graph.add_entity("cell_surface", "CellComponent", "cell surface")
    first = "HER2 is a receptor on the cell surface that promotes cell growth."
    graph.add_claim(her2, "isA", ONCO + "Receptor", ("her2", first, "HER2", "receptor"))
    graph.add_claim(her2, "locatedIn", surface, ("her2", first, "HER2", "cell surface"))
    graph.add_claim(her2, "promotes", growth, ("her2", first, "HER2", "cell growth"))
    graph.add_claim(
        her2,
        "targetedBy",
        trastuzumab,
        ("her2", "Trastuzumab attaches to HER2 receptors.", "HER2", "Trastuzumab"),
        ("notes", "Café 😀 notes: trastuzumab blocks HER2.", "HER2", "trastuzumab"),
        confidence="0.97",
    )
    treat = "Trastuzumab is used to treat HER2-positive breast cancer."
    graph.add_claim(cancer, "treatedBy", trastuzumab, ("her2", treat, "HER2-positive breast cancer", "Trastuzumab"))
    tested = "HER2 status is tested by immunohistochemistry."
    graph.add_claim(her2, "testedBy", test, ("her2", tested, "HER2", "immunohistochemistry"))
    graph.add_claim(
        cancer,
        "treatedBy",
        lapatinib,
        ("her2", "Lapatinib may treat HER2-positive breast cancer.", "HER2-positive breast cancer", "Lapatinib"),
        possible=True,
        confidence="0.6",
        cue="may",
    )
    graph.add_claim(
        cancer,
        "treatedBy",
        lapatinib,
        (
            "notes",
            "HER2-positive breast cancer is not treated with lapatinib.",
            "HER2-positive breast cancer",
            "lapatinib",
        ),
        negated=True,
        confidence="0.8",
        cue="not",
    )
    graph.add_claim(
        melanoma,
        "treatedBy",
        trastuzumab,
        ("her2", "Trastuzumab does not treat melanoma.", "melanoma", "Trastuzumab"),
        negated=True,
        confidence="0.85",
        cue="not",
    )
    share = "15 to 20 percent of breast cancers"
    prevalence = graph.add_claim(
        cancer,
        "hasPrevalence",
        ox.Literal(share),
        ("her2", f"HER2-positive tumors make up {share}.", "HER2-positive tumors", share),
    )
    graph.add(prevalence, SCHEMA + "minValue", ox.Literal("15", datatype=ox.NamedNode(XSD + "decimal")))
    graph.add(prevalence, SCHEMA + "maxValue", ox.Literal("20", datatype=ox.NamedNode(XSD + "decimal")))
    graph.add(prevalence, SCHEMA + "unitText", ox.Literal("%"))
    graph.add_claim(her2, "drives", growth, ("notes", "It drives growth.", "HER2", "growth"), confidence="0.5")
    return graph


def large_graph(count: int, *, per_document: int = 40) -> GraphMaker:
    """Make a graph of so many entities that grows as real ones do: new entities link to well-connected ones."""
    graph = GraphMaker()
    graph.add_ontology()
    names = [name for name in CLASSES if name not in {"Protein"}]
    link_names = [name for name in PREDICATES if name not in {"isA", "hasPrevalence", "approvedIn"}]
    iris: list[str] = []
    ends: list[int] = [0]
    seed = 12345
    pending: list[tuple[int, int, str, str]] = []

    def draw(limit: int) -> int:
        nonlocal seed
        seed = (seed * 1103515245 + 12345) % 2**31
        return (seed >> 8) % limit

    for number in range(count):
        class_name = names[draw(len(names))]
        label = f"{class_name.lower()} {number}"
        iris.append(
            graph.add_entity(
                f"e{number}",
                class_name,
                label,
                synonyms=[f"{label} alias", f"EX{number:05d}X"],
                matches=[(f"EX:{number}", f"https://example.org/{number}")],
            )
        )
        if number == 0:
            continue
        for _ in range(1 + draw(3)):
            near = max(0, number - 60)
            other = ends[draw(len(ends))] if draw(10) < 6 else near + draw(number - near)
            if other != number:
                ends.extend((number, other))
                kind = "no" if draw(20) == 0 else "may" if draw(10) == 0 else ""
                pending.append((number, other, link_names[draw(len(link_names))], kind))
    seen: set[tuple[int, int, str, str]] = set()
    unique = [claim for claim in pending if not (claim in seen or seen.add(claim))]  # type: ignore[func-returns-value]
    for first in range(0, len(unique), per_document):
        chosen = unique[first : first + per_document]
        doc = f"doc{first // per_document:05d}"
        sentences = [
            f"Sentence {first + place} of {doc} says that {_label(graph, a)} {kind} {predicate} the {_label(graph, b)}."
            for place, (a, b, predicate, kind) in enumerate(chosen)
        ]
        graph.add_document(doc, " ".join(sentences), title=f"Document {first // per_document}")
        for sentence, (a, b, predicate, kind) in zip(sentences, chosen, strict=True):
            graph.add_claim(
                iris[a],
                predicate,
                iris[b],
                (doc, sentence, _label(graph, a), _label(graph, b)),
                negated=kind == "no",
                possible=kind == "may",
                cue=kind,
                confidence=f"0.{50 + draw(50)}",
                rule=f"rule-{draw(30)}",
            )
    return graph


def _label(graph: GraphMaker, number: int) -> str:
    names = graph.__dict__.setdefault("_names", {})
    if not names:
        for quad in graph.quads:
            if quad.predicate.value == SKOS + "prefLabel" and "/entity/e" in quad.subject.value:
                names[int(quad.subject.value.rsplit("/e", 1)[1])] = quad.object.value
    return names[number]
