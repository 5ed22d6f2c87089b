"""The ontology folder and imported vocabularies, loaded strictly."""

from oncograph.knowledge.everything import join_vocabularies, load_knowledge
from oncograph.knowledge.ontology import Ontology, OntologyClass, Predicate, find_ontology, load_ontology
from oncograph.knowledge.reader import load_reader
from oncograph.knowledge.vocabularies.store import VocabularyStore

__all__ = [
    "Ontology",
    "OntologyClass",
    "Predicate",
    "VocabularyStore",
    "find_ontology",
    "join_vocabularies",
    "load_knowledge",
    "load_ontology",
    "load_reader",
]
