"""Start-up, speed and memory of finding the names of vocabularies in texts, beside peers that are given the same names.

    python tests/benchmarks/matching.py VOCABULARIES FILE

VOCABULARIES is a folder filled with `oncograph vocabulary add`; it should have been read with once, so that it is
compiled. FILE is JSON Lines with a `text` each, gzipped or not. Each row is a process of its own: seconds until the
first text can be read, with all imports; MB/s of processor time over the texts, once, in one thread; the most memory it
ever held. Peers are spaCy's PhraseMatcher (lower case) and flashtext, whichever is installed; their names are all the
vocabularies' labels and synonyms, whatever else they mean; their start includes some seconds to list them.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

MOST_TEXTS = 400
Use = Callable[[str], object]


def prepare_dictionary(store: Path) -> Use:
    """Give the search for names alone."""
    from oncograph.knowledge import load_knowledge

    imported = load_knowledge(vocabularies=store)[1].imported
    assert imported is not None, "add vocabularies first"
    return imported.dictionary.find


def prepare_decided(store: Path) -> Use:
    """Give the search for curated and imported names with the decision on what each means."""
    from oncograph.evaluate_mentions import name_finder
    from oncograph.knowledge import load_knowledge

    ontology, reader = load_knowledge(vocabularies=store)
    find = name_finder(reader, ontology)
    return lambda text: list(find(text))


def prepare_reading(store: Path) -> Use:
    """Give the whole reading, claims included."""
    from oncograph.knowledge import load_knowledge
    from oncograph.model import Document
    from oncograph.reading import read_document
    from oncograph.reading.blocks import find_blocks

    reader = load_knowledge(vocabularies=store)[1]
    return lambda text: read_document(Document("d", "", text, find_blocks(text)), reader)


def prepare_flashtext(store: Path) -> Use:
    """Give flashtext's keyword processor of the same names."""
    from flashtext import KeywordProcessor

    keywords = KeywordProcessor()
    for name in _names(store):
        keywords.add_keyword(name)
    return keywords.extract_keywords


def prepare_spacy(store: Path) -> Use:
    """Give spaCy's PhraseMatcher of the same names, on a blank English pipeline."""
    import spacy
    from spacy.matcher import PhraseMatcher

    language = spacy.blank("en")
    language.max_length = 10_000_000
    matcher = PhraseMatcher(language.vocab, attr="LOWER")
    matcher.add("names", list(language.tokenizer.pipe(_names(store))))
    return lambda text: matcher(language.make_doc(text))


def _names(store: Path) -> Iterator[str]:
    from oncograph.knowledge import load_knowledge

    reader = load_knowledge(vocabularies=store)[1]
    assert reader.imported is not None, "add vocabularies first"
    for concept in reader.imported.concepts:
        yield from (name for name in (concept.label, *concept.synonyms, *concept.hidden) if len(name) > 1)


ROWS: dict[str, tuple[str, Callable[[Path], Use]]] = {
    "oncograph, names alone": ("oncograph", prepare_dictionary),
    "oncograph, names decided": ("oncograph", prepare_decided),
    "oncograph, claims": ("oncograph", prepare_reading),
    "flashtext": ("flashtext", prepare_flashtext),
    "spaCy PhraseMatcher": ("spacy", prepare_spacy),
}


def main(store: Path, file: Path) -> None:
    """Print the table, a process for each row."""
    print(f"{'':26}{'start s':>9}{'MB/s':>8}{'ratio':>8}{'peak MB':>9}")
    base = 0.0
    for row, (package, _) in ROWS.items():
        if importlib.util.find_spec(package) is None:
            print(f"{row:26} not installed")
            continue
        command = [sys.executable, __file__, str(store), str(file), row]
        seconds, speed, memory = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        base = base or speed
        print(f"{row:26}{seconds:9.2f}{speed:8.2f}{speed / base:8.2f}{memory:9.0f}")


def measure(store: Path, file: Path, row: str) -> None:
    """Print the figures of one row as JSON."""
    texts = list(_read_texts(file))
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    use = ROWS[row][1](store)
    ready = time.perf_counter() - start
    start = time.process_time()
    for text in texts:
        use(text)
    seconds = time.process_time() - start
    memory = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, held) / 1024
    print(json.dumps([ready, sum(len(text.encode()) for text in texts) / 1e6 / seconds, memory]))


def _read_texts(file: Path) -> Iterator[str]:
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    yield from texts[:: max(1, len(texts) // MOST_TEXTS)]


if __name__ == "__main__":
    if len(sys.argv) == 4:
        measure(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    else:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
