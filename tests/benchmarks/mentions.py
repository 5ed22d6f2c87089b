"""Names found and identified in annotated abstracts, beside dictionary peers that are given the same names.

    python tests/benchmarks/mentions.py VOCABULARIES ABSTRACTS.jsonl...

VOCABULARIES is a folder filled with `oncograph vocabulary add`. Peers are gilda (annotate, best match) and flashtext,
whichever is installed. Genes are judged where their NCBI number is of a human gene that the vocabularies know.
"""

from __future__ import annotations

import gc
import importlib.util
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from oncograph.evaluate_mentions import (
    GROUP_CLASSES,
    Find,
    NamedEntity,
    evaluate_mentions,
    human_genes,
    identifiers_of,
    name_finder,
    read_annotations,
)
from oncograph.knowledge import Ontology, load_knowledge
from oncograph.model import Concept
from oncograph.reading.reader import Reader

Judged = Mapping[str, Callable[[str], bool]]


def main(store: Path, files: list[Path]) -> None:
    start = time.perf_counter()
    ontology, reader = load_knowledge(None, vocabularies=store)
    loaded = time.perf_counter() - start
    assert reader.imported is not None, "add vocabularies first"
    concepts = [*ontology.concepts.values(), *reader.imported.concepts]
    judged = human_genes(reader, ontology)
    print(f"{reader.imported.dictionary.size:,} names, loaded in {loaded:.2f} s, {_memory():.0f} MB")
    measure("oncograph", name_finder(reader, ontology), files, judged)
    _time_dictionary(reader, files)
    for name, make in PEERS.items():
        if importlib.util.find_spec(name):
            before, start = _memory(), time.perf_counter()
            find = make(concepts, ontology)
            print(f"\n{name}: made in {time.perf_counter() - start:.1f} s, {_memory() - before:.0f} MB more")
            measure(name, find, files, judged)


def measure(name: str, find: Find, files: list[Path], judged: Judged) -> None:
    """Print the figures of a finder on each file, and how fast it reads."""
    for path in files:
        documents = read_annotations(path)
        start = time.perf_counter()
        lines = evaluate_mentions(documents, find, judged=judged)
        seconds = time.perf_counter() - start
        speed = sum(len(doc.text.encode()) for doc in documents) / 1e6 / seconds
        for line in lines:
            spans, ids = line.spans, line.identifiers
            strict = ids.right / (ids.found + ids.left_out) if ids.found else 0
            print(
                f"{name:10} {path.name:24} {line.name:18}"
                f" spans {spans.precision:.3f} {spans.recall:.3f} {spans.f1:.3f}"
                f"  identifiers {ids.precision:.3f} {ids.recall:.3f} {ids.f1:.3f}"
                f"  (precision {strict:.3f} with {ids.left_out} spared)  {speed:.2f} MB/s"
            )


def _time_dictionary(reader: Reader, files: list[Path]) -> None:
    assert reader.imported is not None
    texts = [doc.text for path in files for doc in read_annotations(path)]
    start = time.perf_counter()
    for text in texts:
        reader.imported.dictionary.find(text)
    seconds = time.perf_counter() - start
    print(f"the dictionary alone: {sum(map(len, texts)) / 1e6 / seconds:.1f} MB/s")


def _groups(ontology: Ontology) -> dict[str, str]:
    return {name: group for group, tops in GROUP_CLASSES.items() for top in tops for name in ontology.descendants(top)}


def make_gilda(concepts: list[Concept], ontology: Ontology) -> Find:
    """Make gilda's annotator of the names of the concepts."""
    from gilda.grounder import Grounder
    from gilda.ner import annotate
    from gilda.process import normalize
    from gilda.term import Term

    groups = _groups(ontology)
    terms: dict[str, list[Term]] = {}
    for number, one in enumerate(concepts):
        if one.class_name in groups:
            for at, name in enumerate((one.label, *one.synonyms, *one.hidden)):
                if norm := normalize(name):
                    status = "synonym" if at else "name"
                    terms.setdefault(norm, []).append(
                        Term(norm, name, "oncograph", str(number), one.label, status, "oncograph")
                    )
    grounder = Grounder(terms)

    def find(text: str) -> Iterator[NamedEntity]:
        for found in annotate(text, grounder=grounder):
            concept = concepts[int(found.matches[0].term.id)]
            yield NamedEntity(found.start, found.end, groups[concept.class_name], identifiers_of(concept))

    return find


def make_flashtext(concepts: list[Concept], ontology: Ontology) -> Find:
    """Make flashtext's keyword processor of the names of the concepts, the first concept of a name winning."""
    from flashtext import KeywordProcessor

    groups = _groups(ontology)
    keywords = KeywordProcessor()
    for number, one in enumerate(concepts):
        if one.class_name in groups:
            for name in (one.label, *one.synonyms, *one.hidden):
                if len(name) > 1 and name not in keywords:
                    keywords.add_keyword(name, str(number))

    def find(text: str) -> Iterator[NamedEntity]:
        for number, start, end in keywords.extract_keywords(text, span_info=True):
            concept = concepts[int(number)]
            yield NamedEntity(start, end, groups[concept.class_name], identifiers_of(concept))

    return find


PEERS: dict[str, Callable[[list[Concept], Ontology], Find]] = {"gilda": make_gilda, "flashtext": make_flashtext}


def _memory() -> float:
    gc.collect()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
