"""Questions in SPARQL that pages offer to ask."""

from __future__ import annotations

EXAMPLES = (
    (
        "Which drugs target HER2?",
        """PREFIX onco: <https://w3id.org/oncograph/ontology#>
PREFIX entity: <https://w3id.org/oncograph/entity/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?drug ?label {
  entity:HER2 onco:targetedBy ?drug .
  ?drug skos:prefLabel ?label .
}
ORDER BY ?label
""",
    ),
    (
        "What do documents disagree about?",
        """PREFIX onco: <https://w3id.org/oncograph/ontology#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>

SELECT ?subject ?predicate ?object ?yes ?no {
  ?yes rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ; onco:polarity onco:Affirmed .
  ?no rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ; onco:polarity onco:Negated .
}
""",
    ),
    (
        "Which claims have most sentences?",
        """PREFIX onco: <https://w3id.org/oncograph/ontology#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>

SELECT ?subject ?predicate ?object ?sentences {
  ?claim rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ; onco:evidenceCount ?sentences .
}
ORDER BY DESC(?sentences)
LIMIT 25
""",
    ),
)
"""Questions as people put them, with the query."""


def ask_about(iri: str) -> str:
    """Write the query that gives the claims of an entity.

    >>> "<https://example.org/x>" in ask_about("https://example.org/x")
    True
    """
    return f"""PREFIX onco: <https://w3id.org/oncograph/ontology#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>

SELECT ?claim ?predicate ?object ?polarity ?confidence {{
  ?claim rdf:subject <{iri}> ;
    rdf:predicate ?predicate ;
    rdf:object ?object ;
    onco:polarity ?polarity ;
    onco:confidence ?confidence .
}}
ORDER BY DESC(?confidence)
"""


def ask_about_relation(iri: str) -> str:
    """Write the query that gives the claims of a relation, the surest first.

    >>> "<https://example.org/x>" in ask_about_relation("https://example.org/x")
    True
    """
    return f"""PREFIX onco: <https://w3id.org/oncograph/ontology#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>

SELECT ?subject ?object ?polarity ?confidence {{
  ?claim rdf:predicate <{iri}> ;
    rdf:subject ?subject ;
    rdf:object ?object ;
    onco:polarity ?polarity ;
    onco:confidence ?confidence .
}}
ORDER BY DESC(?confidence)
LIMIT 1000
"""
