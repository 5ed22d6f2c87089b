"""The commands on vocabularies: what is known, and what a user adds to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oncograph.errors import OncographError, VocabularyError
from oncograph.options import FILE, ontology_option, vocabularies_option

if TYPE_CHECKING:
    from oncograph.knowledge import Ontology
    from oncograph.knowledge.vocabularies.fetching import Fetched
    from oncograph.knowledge.vocabularies.sources import Source
    from oncograph.knowledge.vocabularies.store import Record, VocabularyStore
    from oncograph.model import Concept

ENDINGS = re.compile(r"\.(?:gz|obo|json|jsonl|owl|ofn|ttl|rdf|xml|nt|nq|trig|jsonld|tsv|csv|txt|sssom)$", re.IGNORECASE)
DIGEST = re.compile(r"[0-9a-fA-F]{64}")
NO_NAME = re.compile(r"[^a-z0-9._-]+")


@click.group()
def vocabulary() -> None:
    """Add the names of your own or public vocabularies, and look up what is known.

    \b
    oncograph vocabulary add doid.obo
    oncograph vocabulary show trastuzumab
    """


@vocabulary.command()
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@vocabularies_option
@ontology_option
@click.option("--name", help="What to call it.  [default: the name of the file]")
@click.option("--class", "class_name", help="Class of its terms, where the file does not say.")
@click.option("--columns", help="What the columns of a table hold: a TOML file, or id=ID,label=NAME,synonyms=OTHER:|")
def add(
    files: tuple[Path, ...],
    vocabularies: Path,
    ontology_folder: Path | None,
    name: str | None,
    class_name: str | None,
    columns: str | None,
) -> None:
    """Add vocabularies or mappings: OBO, OBO Graphs, OWL, SKOS, SSSOM, tables; gzipped or not.

    Each FILE is read whole before anything changes; one of the same name takes the place of the old. The vocabulary
    added first gives its IRIs to what several have; the curated one comes before all.
    """
    from oncograph.knowledge import VocabularyStore, load_ontology
    from oncograph.knowledge.vocabularies.formats import read_vocabulary
    from oncograph.knowledge.vocabularies.source import digest_file
    from oncograph.knowledge.vocabularies.tables import read_columns

    if name and len(files) > 1:
        raise click.UsageError("--name goes with one FILE")
    ontology = load_ontology(ontology_folder)
    if class_name:
        _refuse_unknown_class(class_name, ontology)
    store = VocabularyStore(vocabularies)
    for path in files:
        read = read_vocabulary(path, columns=read_columns(columns) if columns else None, class_name=class_name or "")
        for stated in sorted({term.class_name for term in read.terms} - {""}):
            _refuse_unknown_class(stated, ontology, where=f"{path}: ")
        record = store.add(name or _name_of(path), read, source=path.name, sha256=digest_file(path))
        click.echo(f"Added {record.name}: {_describe(record)}.")


@vocabulary.command()
@click.argument("name", required=False, metavar="[NAME]")
@vocabularies_option
@ontology_option
@click.option("--url", "address", default="", help="Address of the file, in place of the known one.")
@click.option("--sha256", default="", metavar="HEX", help="Digest that the file must have.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask first.")
def fetch(
    name: str | None, vocabularies: Path, ontology_folder: Path | None, address: str, sha256: str, yes: bool
) -> None:
    """Download the public vocabulary NAME and add it; without NAME, list those that are known.

    This is the only command that uses the network. A download that broke off goes on where it stopped when the
    command is given again.

    \b
    oncograph vocabulary fetch
    oncograph vocabulary fetch doid
    oncograph vocabulary fetch our-terms --url https://example.org/terms.obo
    """
    from oncograph import terminal
    from oncograph.knowledge import VocabularyStore, find_ontology
    from oncograph.knowledge.vocabularies.fetching import fetch_file
    from oncograph.knowledge.vocabularies.sources import find_source, load_sources
    from oncograph.knowledge.vocabularies.store import refuse_bad_name

    sources = load_sources(ontology_folder or find_ontology())
    if name is None:
        if address or sha256:
            raise click.UsageError("--url and --sha256 go with a NAME")
        rows = [(one.name, one.title, ", ".join(one.classes), one.licence, one.address) for one in sources.values()]
        terminal.print_table(("vocabulary", "title", "terms", "licence", "address"), rows)
        return
    refuse_bad_name(name)
    if sha256 and DIGEST.fullmatch(sha256) is None:
        raise click.UsageError("--sha256 is 64 hexadecimal digits")
    source = find_source(sources, name, address=address)
    terminal.print_table(("", source.title or name), _describe_source(source))
    if not yes:
        click.confirm("Download it? (--yes does not ask)", default=True, abort=True)
    store = VocabularyStore(vocabularies)
    with terminal.show_progress() as progress:
        fetched = fetch_file(source.address, store.downloads / source.file, sha256=sha256, progress=progress)
    click.echo(f"Fetched {fetched.size:,} bytes, SHA-256 {fetched.sha256}.")
    record = _add_fetched(store, source, fetched)
    click.echo(f"Added {record.name}: {_describe(record)}.")


@vocabulary.command("list")
@vocabularies_option
@ontology_option
def list_(vocabularies: Path, ontology_folder: Path | None) -> None:
    """List the vocabularies, the one whose IRIs win first."""
    from oncograph import terminal
    from oncograph.knowledge import VocabularyStore, join_vocabularies, load_ontology

    ontology = load_ontology(ontology_folder)
    names = sum(1 + len(concept.synonyms) for concept in ontology.concepts.values())
    rows = [("curated", "comes with oncograph", ontology.version, "", f"{len(ontology.concepts):,}", f"{names:,}", "")]
    rows += [
        (
            record.name,
            record.title,
            record.version,
            record.licence,
            f"{record.terms:,}",
            f"{record.names:,}",
            f"{record.mappings:,}",
        )
        for record in VocabularyStore(vocabularies).records()
    ]
    header = ("vocabulary", "title", "version", "licence", "terms", "names", "mappings")
    terminal.print_table(header, rows, right="terms names mappings")
    _, joined = join_vocabularies(ontology, vocabularies)
    if joined is not None:
        if joined.unclassed:
            click.echo(f"Left out: {joined.unclassed:,} terms, because nothing says of what class they are.")
        if joined.refused:
            click.echo(f"Not followed: {joined.refused:,} matches, because they contradict others.")


@vocabulary.command()
@click.argument("name")
@vocabularies_option
def remove(name: str, vocabularies: Path) -> None:
    """Take out the vocabulary NAME."""
    from oncograph.knowledge import VocabularyStore

    record = VocabularyStore(vocabularies).remove(name)
    click.echo(f"Removed {record.name}: {_describe(record)}.")


@vocabulary.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@vocabularies_option
def order(names: tuple[str, ...], vocabularies: Path) -> None:
    """Let the IRIs and labels of NAME... win over those of the other added vocabularies."""
    from oncograph.knowledge import VocabularyStore

    records = VocabularyStore(vocabularies).order(names)
    click.echo("The order is: " + ", ".join(["curated", *(record.name for record in records)]) + ".")


@vocabulary.command()
@click.argument("term", required=False, metavar="[TERM]")
@vocabularies_option
@ontology_option
@click.option("--class", "class_name", help="Concepts of this class and the classes below it.")
def show(term: str | None, vocabularies: Path, ontology_folder: Path | None, class_name: str | None) -> None:
    """Show what TERM may mean: a name, an identifier or an IRI; without it, all curated concepts.

    \b
    oncograph vocabulary show trastuzumab
    oncograph vocabulary show DOID:1612
    oncograph vocabulary show --class Receptor
    """
    from oncograph import terminal
    from oncograph.knowledge import join_vocabularies, load_ontology

    ontology, compiled = join_vocabularies(load_ontology(ontology_folder), vocabularies)
    if class_name:
        _refuse_unknown_class(class_name, ontology)
    classes = ontology.descendants(class_name) if class_name else ontology.classes.keys()
    imported = () if compiled is None else compiled.entities
    concepts = {concept.iri: concept for concept in (*imported, *ontology.concepts.values())}
    known = [concept for concept in concepts.values() if concept.class_name in classes]
    if term is None:
        known = [concept for concept in known if concept.iri in ontology.concepts]
    exact = [concept for concept in known if term and _is_called(concept, term)]
    found = exact or [concept for concept in known if _has_part(concept, term or "")]
    if term and not found:
        raise OncographError(f"nothing is called {term}; oncograph vocabulary list shows what is known")
    if exact:
        for concept in exact:
            terminal.print_table(("", concept.label), _detail(concept, concepts))
        return
    rows = [
        (concept.label, concept.class_name, ", ".join(concept.synonyms), " ".join(concept.notations))
        for concept in found
    ]
    terminal.print_table(("concept", "class", "synonyms", "identifiers"), sorted(rows))


def _add_fetched(store: VocabularyStore, source: Source, fetched: Fetched) -> Record:
    """Add a file that was fetched; it is kept only if it cannot be read, for another try at it."""
    from oncograph.knowledge.vocabularies.formats import read_vocabulary

    try:
        read = read_vocabulary(fetched.path)
    except VocabularyError as error:
        raise VocabularyError(f"{error} (the file is kept; see oncograph vocabulary add --help)") from None
    described = replace(read, title=read.title or source.title, licence=read.licence or source.licence_address)
    record = store.add(source.name, described, source=source.address, sha256=fetched.sha256)
    fetched.path.unlink(missing_ok=True)
    return record


def _describe_source(source: Source) -> Iterable[tuple[str, str]]:
    licence = (
        f"{source.licence}, {source.licence_address}" if source.licence else "not known; see where it is published"
    )
    yield "address", source.address
    yield "licence", licence
    if source.citation:
        yield "cite", source.citation


def _detail(concept: Concept, concepts: dict[str, Concept]) -> Iterable[tuple[str, str]]:
    yield "IRI", concept.iri
    yield "class", f"{concept.class_name} ({concept.grounding.value.lower()})"
    broader = ", ".join(concepts[iri].label for iri in concept.broader if iri in concepts)
    for name, value in (
        ("definition", concept.definition),
        ("synonyms", ", ".join(concept.synonyms)),
        ("kind of", broader),
        ("identifiers", " ".join(concept.notations)),
        ("same as", "\n".join(concept.exact_matches)),
        ("near", "\n".join(concept.close_matches)),
    ):
        if value:
            yield name, value


def _is_called(concept: Concept, term: str) -> bool:
    wanted = term.casefold()
    names = (concept.label, *concept.synonyms, *concept.notations, concept.iri, *concept.exact_matches)
    return any(name.casefold() == wanted for name in names)


def _has_part(concept: Concept, term: str) -> bool:
    wanted = term.casefold()
    return any(wanted in name.casefold() for name in (concept.label, *concept.synonyms, *concept.notations))


def _refuse_unknown_class(class_name: str, ontology: Ontology, *, where: str = "") -> None:
    if class_name not in ontology.classes:
        raise OncographError(f"{where}there is no class {class_name}; choose one of {', '.join(ontology.classes)}")


def _name_of(path: Path) -> str:
    """Make a name of a file's: `Doid (2).obo.gz` is `doid-2`."""
    name = path.name
    while (shorter := ENDINGS.sub("", name)) != name:
        name = shorter
    return NO_NAME.sub("-", name.lower()).strip("-._") or "vocabulary"


def _describe(record: Record) -> str:
    said = [f"{record.terms:,} terms with {record.names:,} names"] if record.terms else []
    said += [f"{record.mappings:,} mappings"] if record.mappings else []
    said += [f"{record.obsolete:,} obsolete terms left out"] if record.obsolete else []
    about = " ".join(text for text in (record.title, record.version) if text)
    return (f"{about}, " if about else "") + ", ".join(said or ["nothing"])
