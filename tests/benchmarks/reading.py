"""How fast documents are read, stage by stage, beside other libraries in the same run.

    python tests/benchmarks/reading.py [CORPUS.jsonl[.gz]] [--megabytes N]

Reads on one core, prints a table of MB/s (of UTF-8 text, processor time), the share of each part of the reader and the
peak of memory. Without a corpus the documents of `seeds/` are read again and again. Peers are measured where they are
installed (`pip install flashtext pysbd`); a ratio above 1 means that oncograph is faster.
"""

from __future__ import annotations

import argparse
import cProfile
import gzip
import json
import pstats
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from oncograph.documents import find_documents, read_documents
from oncograph.knowledge import load_ontology, load_reader
from oncograph.model import Document
from oncograph.reading import Reader, read_document
from oncograph.reading.abbreviations import find_abbreviations
from oncograph.reading.blocks import find_blocks
from oncograph.reading.sentences import find_sentences

SEEDS = Path(__file__).parents[2] / "seeds"
WARM_UP = 20


def load_corpus(path: Path | None, megabytes: float) -> list[Document]:
    """Load documents up to a size; the seeds, repeated, without a path."""
    documents, size = [], 0
    for doc in _records(path) if path else _seeds():
        documents.append(doc)
        size += len(doc.text.encode())
        if size >= megabytes * 1e6:
            break
    return documents


def _records(path: Path) -> Iterator[Document]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield Document(record["id"], record["title"], record["text"], find_blocks(record["text"]))


def _seeds() -> Iterator[Document]:
    documents = [doc for file in find_documents([SEEDS]) for doc in read_documents(file)]
    while True:
        yield from documents


def measure(work: Callable[[], object]) -> float:
    """Measure the processor seconds of some work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def find_peers(documents: list[Document], reader: Reader) -> dict[str, tuple[str, Callable[[], object]]]:
    """Find the libraries that do one of the stages, by the stage: the library's name and its work."""
    peers: dict[str, tuple[str, Callable[[], object]]] = {}
    few = documents[: max(1, len(documents) // 20)]
    try:
        from flashtext import KeywordProcessor
    except ImportError:
        pass
    else:
        keywords = KeywordProcessor()
        for name in (*reader.lexicon.names, *reader.lexicon.symbols):
            keywords.add_keyword(name)
        peers["names"] = (
            "flashtext",
            lambda: [keywords.extract_keywords(doc.text, span_info=True) for doc in documents],
        )
    try:
        import pysbd
    except ImportError:
        pass
    else:
        segmenter = pysbd.Segmenter(language="en")
        peers["sentences"] = ("pysbd (a 20th of the text)", lambda: [segmenter.segment(doc.text) for doc in few])
    return peers


def find_shares(documents: list[Document], reader: Reader) -> list[tuple[str, float]]:
    """Find the share of the time that each module of the reader takes, the largest first."""
    profile = cProfile.Profile()
    profile.enable()
    for doc in documents:
        read_document(doc, reader)
    profile.disable()
    seconds: defaultdict[str, float] = defaultdict(float)
    callers = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for (file, _, _), (_, _, own, _, called_by) in callers.items():
        if "oncograph" in file:
            seconds[Path(file).stem] += own
        else:
            for (caller, _, _), (_, _, share, _) in called_by.items():
                seconds[Path(caller).stem if "oncograph" in caller else "other"] += share
    total = sum(seconds.values())
    return sorted(((name, own / total) for name, own in seconds.items()), key=lambda pair: (-pair[1], pair[0]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", nargs="?", type=Path)
    parser.add_argument("--megabytes", type=float, default=5)
    options = parser.parse_args()
    documents = load_corpus(options.corpus, options.megabytes)
    size = sum(len(doc.text.encode()) for doc in documents) / 1e6
    start = time.process_time()
    ontology = load_ontology()
    loaded = time.process_time() - start
    reader_seconds = measure(lambda: load_reader(ontology))
    reader = load_reader(ontology)
    for doc in documents[:WARM_UP]:
        read_document(doc, reader)
    claims = 0

    def read_all() -> None:
        nonlocal claims
        claims = sum(len(read_document(doc, reader).claims) for doc in documents)

    stages = {
        "blocks": lambda: [find_blocks(doc.text) for doc in documents],
        "sentences": lambda: [list(find_sentences(doc)) for doc in documents],
        "abbreviations": lambda: [find_abbreviations(doc.text) for doc in documents],
        "names": lambda: [reader.lexicon.find_names(doc.text) for doc in documents],
        "everything": read_all,
    }
    speeds = {stage: size / measure(work) for stage, work in stages.items()}
    print(f"{len(documents)} documents, {size:.1f} MB; ontology {loaded:.2f} s, reader {reader_seconds:.2f} s\n")
    print("| stage | MB/s | peer | peer's MB/s | ratio |\n| --- | --- | --- | --- | --- |")
    peers = find_peers(documents, reader)
    for stage, speed in speeds.items():
        name, work = peers.get(stage, ("", None))
        part = 1 / 20 if "20th" in name else 1
        other = size * part / measure(work) if work else 0
        print(f"| {stage} | {speed:.2f} | {name} | {f'{other:.2f} | {speed / other:.1f}' if other else ' | '} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{claims} claims, {claims / size:.0f} a MB; peak memory {peak:.0f} MB\n\n"
        "| part of reading | share |\n| --- | --- |"
    )
    for name, share in find_shares(documents[:: max(1, len(documents) // 500)], reader)[:14]:
        print(f"| {name} | {share:.0%} |")


if __name__ == "__main__":
    main()
