"""A graph whose every text was written to break out of a page."""

from __future__ import annotations

from pathlib import Path

from graph_samples import RULES, DocumentMaker, make_ontology
from oncograph.graph import write_store
from oncograph.model import Concept, Grounding, entity_iri

SCRIPT = """</script></title></bdi>"'><script>document.title="broken"</script><img src=x onerror="document.title=1">"""
QUOTES = """a" onmouseover="document.title=1" autofocus onfocus='document.title=1' x="{{ 7 * 7 }}"""
TURNED = "abc\u202e\u2066gnp.exe\u0007\u0085"
ADDRESS = "javascript:document.title='broken'"
LONG = "w" * 5_000
TEXTS = (SCRIPT, QUOTES, TURNED, ADDRESS, LONG)
DOCUMENTS = ("a&amp;b", "quo'te", "a..b", "x//y", "javascript:alert(1)")


def write_hostile_store(folder: Path) -> None:
    """Write a store in which labels, synonyms, definitions, titles, sources, names and sentences are hostile."""
    readings = []
    for number, (name, text) in enumerate(zip(DOCUMENTS, TEXTS, strict=True)):
        doc = DocumentMaker(name, f"{number} {text}", source=ADDRESS if number % 2 else text, identifier=text)
        label = f"{number}{text}"
        iri = entity_iri(label[:300])
        doc.concepts.append(
            Concept(iri, label, "Drug", (f"also {text}",), definition=text, notations=(f"X:{number}",),
                    grounding=Grounding.UNGROUNDED)
        )  # fmt: skip
        sentence = f"{label} helps, {text} says."
        doc.claim(sentence, ("", "breast cancer"), "treatedBy", (label, label[:300]), confidence=0.5)
        doc.claim(sentence, ("", "breast cancer"), "hasPrevalence", (text, text), literal=True)
        readings.append(doc.reading())
    write_store(folder / "store", readings, make_ontology(), RULES)
