"""The command line: each command parses, calls one function of the library, and prints."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from oncograph.cli_curate import curate
from oncograph.cli_push import ask_remote, find_address, push, push_graph, store_options
from oncograph.cli_serve import mcp, serve
from oncograph.cli_vocabulary import vocabulary
from oncograph.errors import OncographError, QueryError, StoreError
from oncograph.options import FILE, FOLDER, graph_option, ontology_option, vocabularies_option

if TYPE_CHECKING:
    from oncograph.graph import NamedQuery, QueryAnswer
    from oncograph.publish import Selection
    from oncograph.report import BuildReport

SOME_REFUSED = 3


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="oncograph")
def cli() -> None:
    """Read oncology documents into a graph in which every fact shows its sentence."""


cli.add_command(vocabulary)
cli.add_command(curate)
cli.add_command(push)
cli.add_command(serve)
cli.add_command(mcp)


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("-o", "--output", type=FOLDER, default="output", show_default=True, help="Folder to fill.")
@ontology_option
@vocabularies_option
@click.option("-j", "--jobs", type=click.IntRange(min=0), default=0, help="Processes that read; 0: as many as pay.")
@click.option("--force", is_flag=True, help="Build even if nothing has changed, and read everything again.")
@click.option("--watch", is_flag=True, help="Build again whenever a document changes, until Ctrl-C.")
@click.option("--cluster", metavar="ADDRESS", help="Have documents read by the Dask cluster with this scheduler.")
@click.option(
    "--files/--no-files",
    default=None,
    help="Write graph.ttl, graph.trig and graph.html.  [default: for graphs under two million triples]",
)
@store_options
def build(
    paths: tuple[str, ...],
    output: Path,
    ontology_folder: Path | None,
    vocabularies: Path,
    jobs: int,
    force: bool,
    watch: bool,
    cluster: str | None,
    files: bool | None,
    url: str,
    update_url: str,
    default_graph: str,
) -> int:
    """Build the graph of files, folders and globs; without PATH, of the folder seeds.

    Fills the output folder with store/ (to query), graph.html (to look at), graph.ttl and graph.trig (for other
    programs) and report.md. Documents read before are not read again; a build that was stopped goes on where it was.
    With --store, another store is then brought to hold the graph, as by oncograph push. Exits with 3 if some documents
    could not be read.
    """
    from oncograph import pipeline

    address = find_address(url, update_url, default_graph)
    paths = paths or _find_seeds()
    with ExitStack() as stack:
        executor, threads = stack.enter_context(pipeline.connect_cluster(cluster)) if cluster else (None, 0)
        chosen = {
            "ontology_folder": ontology_folder,
            "vocabularies": vocabularies,
            "jobs": jobs or threads,
            "executor": executor,
            "files": files,
        }
        if not watch:
            try:
                code = _tell_build(_build(paths, output, force=force, **chosen), output)
                if address is not None:
                    push_graph(output, address)
                return code
            except KeyboardInterrupt:
                click.echo("stopped; what was read is kept, and the next build goes on from there", err=True)
                return 130
        known = [path for path in (ontology_folder, vocabularies) if path is not None]
        for result in pipeline.watch(paths, output, lambda: _build(paths, output, **chosen), watched=known):
            if isinstance(result, OncographError):
                click.echo(f"oncograph: {' '.join(str(result).split())}", err=True)
            else:
                _tell_build(result, output, briefly=True)
                if address is not None:
                    push_graph(output, address)
    return 0


def _build(paths: Sequence[str], output: Path, **chosen: Any) -> BuildReport:
    from oncograph import pipeline, terminal

    with terminal.show_progress() as progress:
        return pipeline.build(paths, output, progress=progress, **chosen)


def _tell_build(report: BuildReport, output: Path, *, briefly: bool = False) -> int:
    from oncograph import terminal

    for refusal in report.refusals:
        click.echo(terminal.clean(f"refused: {refusal.source}: {refusal.reason}"), err=True)
    if report.unchanged:
        click.echo(f"Nothing has changed: {output} already holds this graph ({report.claims:,} claims).")
    elif briefly:
        documents = f"{len(report.documents):,} documents, {report.claims:,} claims"
        click.echo(f"Built {output}: {documents}, {report.seconds:.1f} s; waiting for changes, Ctrl-C ends it")
    else:
        terminal.print_report(report)
        _say_next(output)
        if report.undecided:
            click.echo(f"Decide names: oncograph query{_name_graph(output)} undecided   (what each may mean)")
    return SOME_REFUSED if report.refusals else 0


def _find_seeds() -> tuple[str]:
    if not Path("seeds").is_dir():
        raise OncographError(
            "there is no folder seeds here; name what to read: oncograph build my-documents --output my-graph"
        )
    return ("seeds",)


def _say_next(output: Path) -> None:
    where = _name_graph(output)
    page = output / "graph.html"
    look = f"open {page} in a browser" if page.is_file() else f"oncograph serve{_name_graph(output)}"
    click.echo(f"Look at it:   {look}")
    click.echo(f"Ask it:       oncograph query{where} drugs-targeting HER2   (oncograph query --list shows what else)")
    click.echo(f"Check a fact: oncograph explain{where} HER2 targetedBy trastuzumab")


def _name_graph(output: Path) -> str:
    return "" if output == Path("output") else f" --graph {output}"


@cli.command()
@click.argument("question", required=False, metavar="[QUERY]")
@click.argument("values", nargs=-1, metavar="[VALUE]...")
@graph_option
@ontology_option
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["table", "csv", "tsv", "json", "xml", "markdown", "turtle", "ntriples", "jsonld", "rdfxml"]),
    help="Form of the answer.  [default: table; turtle for triples]",
)
@click.option("--list", "listing", is_flag=True, help="List the named queries.")
@click.option("--store", "url", metavar="URL", default="", help="Ask a SPARQL endpoint in place of a graph here.")
@click.option("--timeout", type=click.FloatRange(0.1), default=60.0, show_default=True, help="Seconds for --store.")
def query(
    question: str | None,
    values: tuple[str, ...],
    folder: Path,
    ontology_folder: Path | None,
    form: str | None,
    listing: bool,
    url: str,
    timeout: float,
) -> None:
    """Ask the graph: QUERY is SPARQL, a .rq file, - for standard input, or the name of a named query.

    The VALUEs of a named query's parameters follow it, in its order or as NAME=VALUE. Prefixes (onco:, entity:,
    skos:, …) are declared already.

    \b
    oncograph query 'SELECT ?drug { entity:HER2 onco:targetedBy ?drug }'
    oncograph query drugs-targeting HER2 --format csv
    """
    from oncograph.graph import load_queries, open_store, run_query
    from oncograph.knowledge import find_ontology

    queries = (ontology_folder or find_ontology()) / "queries"
    if listing:
        _print_queries(list(load_queries(queries).values()))
        return
    text = _read_question(question)
    named = None if text is not None else _choose_query(load_queries(queries), str(question))
    if named is None:
        _refuse_values(values)
    if address := find_address(url):
        answer = ask_remote(address, timeout, named or str(text), named.name_values(values) if named else {})
    elif named is not None:
        answer = named.run(open_store(_store_of(folder)), named.name_values(values))
    else:
        answer = run_query(open_store(_store_of(folder)), str(text))
    _print_answer(answer, form)


def _read_question(question: str | None) -> str | None:
    """Return the SPARQL that was given, or None for the name of a query."""
    if question is None or question == "-":
        if question is None and sys.stdin.isatty():
            raise QueryError("give a query: SPARQL, a .rq file, or a name that oncograph query --list shows")
        return _decode(sys.stdin.buffer.read(), "standard input")
    if question.endswith(".rq"):
        try:
            return _decode(Path(question).read_bytes(), question)
        except OSError as error:
            raise QueryError(f"{question}: {error.strerror}") from error
    return question if any(sign in question for sign in " {\n") else None


def _decode(data: bytes, place: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryError(f"{place}: is not UTF-8 text (byte {error.start})") from error


def _choose_query(queries: dict[str, NamedQuery], name: str) -> NamedQuery:
    from difflib import get_close_matches

    if name in queries:
        return queries[name]
    near = get_close_matches(name, queries, n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "oncograph query --list shows them"
    raise QueryError(f"there is no query named {name}; {hint}")


def _refuse_values(values: Sequence[str]) -> None:
    if values:
        raise QueryError(f"{values[0]!r}: values go with a named query only; write them into the SPARQL text")


def _print_answer(answer: QueryAnswer, form: str | None) -> None:
    from oncograph import terminal

    form = form or ("turtle" if answer.kind == "graph" else "table")
    if form == "table":
        terminal.print_table(answer.columns, answer.rows)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(answer.serialize(form))
    sys.stdout.buffer.flush()


def _print_queries(queries: Sequence[NamedQuery]) -> None:
    from oncograph import terminal

    rows = [(query.name, query.title, f"oncograph query {query.example}") for query in queries]
    terminal.print_table(("name", "answers", "for example"), rows)


@cli.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object", metavar="OBJECT")
@graph_option
def explain(subject: str, predicate: str, object: str, folder: Path) -> None:
    """Show the sentences behind a fact, with their documents, offsets, rules and certainty.

    SUBJECT and OBJECT are labels, synonyms or identifiers; PREDICATE is a relation or its inverse.

    \b
    oncograph explain HER2 targetedBy trastuzumab
    """
    from oncograph import terminal
    from oncograph.graph import open_store
    from oncograph.graph.explain import explain

    terminal.print_explanation(explain(open_store(_store_of(folder)), subject, predicate, object))


@cli.command()
@click.argument("path", type=click.Path(path_type=Path))
@graph_option
@click.option("-f", "--format", "form", help="Form of the file; by default what its name ends with. csv is a folder.")
@click.option("--entity", "entities", multiple=True, help="Keep claims about this entity.")
@click.option("--class", "classes", multiple=True, help="Keep claims about entities of this class.")
@click.option("--document", "documents", multiple=True, help="Keep claims of this document.")
@click.option("--predicate", "predicates", multiple=True, help="Keep claims of this relation.")
@click.option(
    "--polarity", type=click.Choice(["affirmed", "negated"]), default=None, help="Keep claims of this polarity."
)
@click.option("--certainty", type=click.Choice(["stated", "possible"]), default=None, help="Keep claims so certain.")
@click.option("--confidence", type=click.FloatRange(0, 1), default=0.0, help="Keep claims at least so confident.")
@click.option(
    "--status",
    type=click.Choice(["accepted", "rejected", "corrected", "undecided", "any"]),
    default=None,
    help="Keep claims of which curators said so.  [default: all but rejected and corrected]",
)
@click.option("--shards", type=click.IntRange(1, 10_000), help="Write so many N-Quads files for a bulk loader.")
@click.option("--shard-size", type=click.IntRange(1), metavar="QUADS", help="Write N-Quads files of so many quads.")
def export(
    path: Path,
    folder: Path,
    form: str | None,
    entities: tuple[str, ...],
    classes: tuple[str, ...],
    documents: tuple[str, ...],
    predicates: tuple[str, ...],
    polarity: str | None,
    certainty: str | None,
    confidence: float,
    status: str | None,
    shards: int | None,
    shard_size: int | None,
) -> None:
    """Write the graph, or a part of it, to PATH.

    An option given twice keeps what meets either; different options must all be met.

    \b
    oncograph export her2.ttl --entity HER2
    oncograph export drugs.graphml --class Drug --certainty stated
    oncograph export shards --format nquads --shards 16
    """
    from oncograph.graph import open_store
    from oncograph.publish import Selection, write_export

    keep = Selection(
        entities, classes, documents, predicates, polarity or "", certainty or "", confidence, status or ""
    )
    if shards or shard_size:
        _write_shards(_store_of(folder), path, form, shards, shard_size, keep)
        return
    write_export(open_store(_store_of(folder)), path, format=form or _guess_format(path), keep=keep)
    click.echo(f"Wrote {path}.")


def _write_shards(
    store: Path, folder: Path, form: str | None, shards: int | None, size: int | None, keep: Selection
) -> None:
    from oncograph.graph import open_store
    from oncograph.publish.shards import write_shards

    if shards and size:
        raise click.UsageError("give --shards or --shard-size, not both")
    if form not in (None, "nquads"):
        raise click.UsageError(f"--shards and --shard-size write nquads, not {form}")
    written = write_shards(open_store(store), folder, shards=shards or 0, size=size or 0, keep=keep)
    quads = sum(shard["quads"] for shard in written)
    click.echo(f"Wrote {quads:,} quads in {len(written):,} files and manifest.json to {folder}.")


def _guess_format(path: Path) -> str:
    from oncograph.publish import FORMATS

    for name, form in FORMATS.items():
        if form.extension and path.name.lower().endswith(form.extension):
            return name
    raise OncographError(f"{path}: no form of file ends like this; add --format {', '.join(FORMATS)}")


@cli.command()
@graph_option
@click.option("-o", "--output", type=FILE, help="Write another page, with the options below, and open that.")
@click.option("--title", help="Title of the other page.")
@click.option("--limit", type=click.IntRange(min=1), help="Most entities that the other page holds.")
@click.option("--opening", type=click.IntRange(min=1), help="Entities that the other page opens with.")
@click.option("--open/--no-open", "launch", default=True, show_default=True, help="Open the page in a browser.")
def view(
    folder: Path, output: Path | None, title: str | None, limit: int | None, opening: int | None, launch: bool
) -> None:
    """Open the page to explore the graph with, or write another one."""
    page = output or folder / "graph.html"
    chosen = {name: value for name, value in (("title", title), ("limit", limit), ("opening", opening)) if value}
    if output:
        _write_page(_store_of(folder), output, chosen)
    elif chosen:
        raise click.UsageError(f"--{' and --'.join(chosen)} must go with --output, the page to write")
    elif not page.is_file():
        raise StoreError(f"{page}: there is no page here; make one with oncograph build, or name a graph with --graph")
    click.echo(f"Open {page} in a browser.")
    if launch:
        click.launch(page.resolve().as_uri())


def _write_page(store: Path, page: Path, chosen: dict[str, Any]) -> None:
    from oncograph.graph import open_store
    from oncograph.publish import write_view

    summary = write_view(open_store(store), page, **chosen)
    left_out = f", {summary.left_out:,} more are left out" if summary.left_out else ""
    click.echo(f"Wrote {page}: {summary.entities:,} entities and {summary.claims:,} claims{left_out}.")


@cli.command()
@click.argument("gold", type=FOLDER, required=False)
@ontology_option
@vocabularies_option
@click.option("--split", type=FILE, help="Table of the documents held out (columns document, split).")
@click.option("--misses", type=FILE, help="File for every miss and false claim, but for documents held out.")
@click.option("--relations", type=FOLDER, help="Folder of sentences with names and relations, for the scores.")
@click.option("--mentions", type=FILE, multiple=True, help="File of abstracts with names and identifiers.")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="Form of the figures.",
)
def evaluate(
    gold: Path | None,
    ontology_folder: Path | None,
    vocabularies: Path,
    split: Path | None,
    misses: Path | None,
    relations: Path | None,
    mentions: tuple[Path, ...],
    form: str,
) -> None:
    """Compare what oncograph reads with the annotations of a GOLD folder, of sentences, or of abstracts.

    GOLD holds NAME.gold.tsv files and docs/NAME.txt. Strict figures need subject, predicate, object, polarity and
    certainty; evidence is the share of right claims that point to the annotated sentence; relaxed is an F1 without
    polarity and certainty. Confidence is compared with the share of right claims: that of the rules alone, as read,
    and with weights learned, for each document, from the others.

    --relations takes civicmine.train.jsonl and cancermine.train.jsonl: sentences in which every name is given. How
    well the scores tell which names are related is measured by five-fold cross-validation, documents kept whole, and
    stands beside the best published F1.

    --mentions takes JSON Lines (id, title, abstract, entities with start, end, type and ids): names are right if their
    offsets are, entities if the abstract is annotated with an identifier of theirs. The names are those of the ontology
    and of the added vocabularies. Of genes, those are judged that the added vocabularies have: the human ones.
    """
    if not gold and not relations and not mentions:
        raise click.UsageError("name a GOLD folder, sentences with --relations, or abstracts with --mentions")
    if not gold and (split or misses):
        raise click.UsageError("--split and --misses go with a GOLD folder")
    figures: dict[str, Any] = {}
    if gold:
        figures |= _evaluate_claims(gold, ontology_folder, split, misses)
    if relations:
        figures["relation"] = _evaluate_relations(relations, ontology_folder)
    if mentions:
        figures["mention"] = _evaluate_mentions(mentions, ontology_folder, vocabularies)
    _print_scores(figures, form)


def _evaluate_claims(gold: Path, ontology_folder: Path | None, split: Path | None, misses: Path | None) -> dict:
    from oncograph.evaluate import evaluate, read_split, write_misses
    from oncograph.knowledge import load_ontology, load_reader
    from oncograph.learning.confidence import calibrate, judge_folder
    from oncograph.reading.reader import read_document

    ontology = load_ontology(ontology_folder)
    reader = load_reader(ontology, ontology_folder)
    held_out = read_split(split) if split else ()
    result = evaluate(gold, read=lambda doc: read_document(doc, reader), ontology=ontology, held_out=held_out)
    if misses:
        write_misses(result, misses)
    judged = judge_folder(gold, reader, ontology)
    return {
        "predicate": result.by_predicate(),
        "document": result.by_document(),
        "overall": result.overall(),
        "calibration": calibrate(judged, reader.claim_weights, held_out=held_out),
    }


def _evaluate_relations(folder: Path, ontology_folder: Path | None) -> list:
    from oncograph.knowledge import find_ontology
    from oncograph.knowledge.scores import load_score_cues
    from oncograph.learning.relations import measure_relations

    return list(measure_relations(folder, load_score_cues(ontology_folder or find_ontology())))


def _evaluate_mentions(files: Sequence[Path], ontology_folder: Path | None, vocabularies: Path) -> list:
    from oncograph.evaluate_mentions import evaluate_mentions, human_genes, name_finder, read_annotations
    from oncograph.knowledge import load_knowledge

    ontology, reader = load_knowledge(ontology_folder, vocabularies=vocabularies)
    find, judged = name_finder(reader, ontology), human_genes(reader, ontology)
    return [
        line
        for path in files
        for line in evaluate_mentions(read_annotations(path), find, name=path.name, judged=judged)
    ]


def _print_scores(groups: dict, form: str) -> None:
    from dataclasses import asdict

    from oncograph import terminal

    if form == "json":
        click.echo(json.dumps({name: [asdict(line) for line in lines] for name, lines in groups.items()}, indent=1))
        return
    shows: dict[str, Callable[[str, Any], None]] = {
        "relation": terminal.print_relation_results,
        "calibration": terminal.print_calibrations,
        "mention": terminal.print_mention_scores,
    }
    for name, lines in groups.items():
        shows.get(name, terminal.print_scores)(name, lines)


@cli.command()
@click.argument("gold", nargs=-1, type=FOLDER, metavar="[GOLD]...")
@ontology_option
@click.option(
    "--split", type=FILE, help="Table of the documents held out (columns document, split): never learned from."
)
@click.option("--relations", type=FOLDER, help="Folder of sentences with names and relations, for the scores.")
@click.option(
    "--judged", type=(FILE, FILE), help="Table of claims judged right or wrong, and the documents that they are from."
)
def learn(
    gold: tuple[Path, ...],
    ontology_folder: Path | None,
    split: Path | None,
    relations: Path | None,
    judged: tuple[Path, Path] | None,
) -> None:
    """Learn the weights of the ontology's scores anew and write them into it.

    From annotated documents, the GOLD folders, it learns how sure claims are; from the sentences of --relations, which
    of the names they give are related. The same annotations give the same files.

    \b
    oncograph learn my-gold --ontology my-ontology
    """
    from oncograph.knowledge import find_ontology

    if not gold and not relations:
        raise click.UsageError("say what to learn from: GOLD folders, or a folder of sentences with --relations")
    if split and not gold:
        raise click.UsageError("--split goes with a GOLD folder")
    folder = ontology_folder or find_ontology()
    for path in [*_learn_claims(gold, folder, split, judged), *_learn_relations(relations, folder)]:
        click.echo(f"Wrote {path}.")


def _learn_claims(
    gold: Sequence[Path], ontology_folder: Path, split: Path | None, sample: tuple[Path, Path] | None
) -> list[Path]:
    if not gold:
        return []
    from oncograph.evaluate import read_split
    from oncograph.knowledge import load_ontology, load_reader
    from oncograph.knowledge.scores import write_claim_weights
    from oncograph.learning.confidence import judge_folder, judge_sample, learn_claim_weights

    ontology = load_ontology(ontology_folder)
    reader = load_reader(ontology, ontology_folder)
    left_out = read_split(split) if split else frozenset()
    judged = [found for folder in gold for found in judge_folder(folder, reader, ontology, left_out=left_out)]
    if sample is not None:
        judged += judge_sample(*sample, reader, ontology)
    return [write_claim_weights(learn_claim_weights(judged), ontology_folder)]


def _learn_relations(relations: Path | None, ontology_folder: Path) -> list[Path]:
    if relations is None:
        return []
    from oncograph.knowledge.scores import load_score_cues, write_relation_scorers
    from oncograph.learning.relations import learn_relations

    return write_relation_scorers(learn_relations(relations, load_score_cues(ontology_folder)), ontology_folder)


@cli.command()
@graph_option
@ontology_option
def check(folder: Path, ontology_folder: Path | None) -> int:
    """Check the ontology, its cues and rules, and the graph against its shapes.

    Exits with 1 if anything is wrong.
    """
    from oncograph import terminal
    from oncograph.graph import open_store
    from oncograph.graph.shapes import check_store
    from oncograph.knowledge import find_ontology, load_ontology, load_reader

    place = ontology_folder or find_ontology()
    ontology = load_ontology(place)
    rules = load_reader(ontology, place).rules
    click.echo(
        f"The ontology is well-formed: {len(ontology.classes)} classes, {len(ontology.predicates)} relations, "
        f"{len(ontology.concepts):,} concepts, {len(rules)} rules."
    )
    violations = check_store(open_store(_store_of(folder)), place / "shapes" / "graph.ttl")
    if not violations:
        click.echo(f"The graph in {folder} is as the shapes say.")
        return 0
    rows = [(found.severity, found.focus, found.path, found.value, found.message) for found in violations]
    terminal.print_table(("severity", "node", "property", "value", "what is wrong"), rows)
    return 1


def _store_of(folder: Path) -> Path:
    if not folder.is_dir():
        raise StoreError(f"{folder}: there is no graph here; make one with oncograph build, or name it with --graph")
    return folder / "store"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; a user's error is one line on standard error and exit code 1."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        code = cli.main(arguments, prog_name="oncograph", standalone_mode=False) or 0
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 130
    except OncographError as error:
        click.echo(f"oncograph: {' '.join(str(error).split())}", err=True)
        return 1
    except BrokenPipeError:  # the reader of our output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code
