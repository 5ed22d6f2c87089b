"""The commands by which curators decide on claims."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from oncograph.options import FOLDER, graph_option

STORE = "store"

_FILE = click.Path(dir_okay=False, path_type=Path)
_comment_option = click.option("--comment", default="", help="Why, in a sentence.")
_certainties = click.Choice(["stated", "possible"])
_polarities = click.Choice(["affirmed", "negated"])


def _curator_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--curator",
        envvar="ONCOGRAPH_CURATOR",
        default=_user_name,
        show_default="the user's login name",
        help="Who decides; it is kept with the decision.",
    )(command)


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without a user
        return ""


@click.group()
def curate() -> None:
    """Accept, reject, correct and comment claims; every build honours what was decided.

    CLAIM is the name that oncograph explain shows: claim:7f3a….

    \b
    oncograph curate reject claim:7f3a… --comment "a trial, no fact"
    oncograph curate export review.tsv
    """


@curate.command()
@click.argument("claims", metavar="CLAIM...", nargs=-1, required=True)
@_comment_option
@_curator_option
@graph_option
def accept(claims: tuple[str, ...], comment: str, curator: str, folder: Path) -> None:
    """Say that claims are right as they stand; a hedged one stays possible."""
    _decide("accept", claims, comment, curator, folder)


@curate.command()
@click.argument("claims", metavar="CLAIM...", nargs=-1, required=True)
@_comment_option
@_curator_option
@graph_option
def reject(claims: tuple[str, ...], comment: str, curator: str, folder: Path) -> None:
    """Say that claims are wrong: they give no facts from now on, and nothing follows from them."""
    _decide("reject", claims, comment, curator, folder)


@curate.command()
@click.argument("claim")
@click.option("--subject", default="", help="The entity that is the right subject.")
@click.option("--predicate", default="", help="The right relation.")
@click.option("--object", "obj", default="", help="The entity, or the words, that is the right object.")
@click.option("--polarity", type=_polarities, default=None, help="What the sentence says.")
@click.option("--certainty", type=_certainties, default=None, help="How surely it says it.")
@_comment_option
@_curator_option
@graph_option
def correct(
    claim: str,
    subject: str,
    predicate: str,
    obj: str,
    polarity: str | None,
    certainty: str | None,
    comment: str,
    curator: str,
    folder: Path,
) -> None:
    """Say what is right in the place of a claim; the sentences go with it."""
    from oncograph.graph.deciding import Change, Request, decide

    change = Change(subject, predicate, obj, polarity or "", certainty or "")
    _print_decisions(decide(folder, [Request("correct", claim, comment, change)], curator=curator))


@curate.command()
@click.argument("claim")
@click.argument("text")
@_curator_option
@graph_option
def comment(claim: str, text: str, curator: str, folder: Path) -> None:
    """Keep a remark on a claim without deciding on it."""
    _decide("comment", [claim], text, curator, folder)


@curate.command()
@click.argument("decisions", metavar="DECISION...", nargs=-1, required=True)
@_comment_option
@_curator_option
@graph_option
def undo(decisions: tuple[str, ...], comment: str, curator: str, folder: Path) -> None:
    """Take decisions back, by the id that oncograph curate list shows."""
    _decide("undo", decisions, comment, curator, folder)


@curate.command("list")
@click.option("--all", "everything", is_flag=True, help="Show what was taken back, too.")
@graph_option
def list_decisions(folder: Path, everything: bool) -> None:
    """Show the decisions, the last one first."""
    from oncograph import terminal
    from oncograph.graph.curation import describe_decision
    from oncograph.graph.journal import JOURNAL, Journal, find_undone

    decisions = Journal(folder / JOURNAL).read()
    undone = find_undone(decisions)
    shown = [one for one in reversed(decisions) if everything or (one.id not in undone and one.action != "undo")]
    rows = [
        (one.id, one.date[:16].replace("T", " "), one.curator, describe_decision(one), " ".join(one.comment.split()),
         "taken back" if one.id in undone else "")
        for one in shown
    ]  # fmt: skip
    terminal.print_table(("id", "date", "curator", "decision", "comment", ""), rows)


@curate.command("export")
@click.argument("path", type=_FILE)
@graph_option
@click.option("--entity", "entities", multiple=True, help="Keep claims about this entity.")
@click.option("--class", "classes", multiple=True, help="Keep claims about entities of this class.")
@click.option("--document", "documents", multiple=True, help="Keep claims of this document.")
@click.option("--predicate", "predicates", multiple=True, help="Keep claims of this relation.")
@click.option("--polarity", type=_polarities, default=None, help="Keep claims of this polarity.")
@click.option("--certainty", type=_certainties, default=None, help="Keep claims so certain.")
@click.option(
    "--status",
    type=click.Choice(["undecided", "accepted", "rejected", "corrected", "any"]),
    default="undecided",
    show_default=True,
    help="Keep claims of which curators said so.",
)
def export_review(
    path: Path,
    folder: Path,
    entities: tuple[str, ...],
    classes: tuple[str, ...],
    documents: tuple[str, ...],
    predicates: tuple[str, ...],
    polarity: str | None,
    certainty: str | None,
    status: str,
) -> None:
    """Write claims to PATH as a table for a spreadsheet, the least sure first.

    Fill the column decision with accept, reject, correct or comment, what is right instead into the columns that end
    in _is, save it as tab-separated text, and import it.
    """
    from oncograph.graph import open_store
    from oncograph.publish import Selection
    from oncograph.publish.review import write_review

    keep = Selection(entities, classes, documents, predicates, polarity or "", certainty or "", 0.0, status)
    count = write_review(open_store(folder / STORE), path, keep=keep)
    click.echo(f"Wrote {count:,} claims to {path}.")


@curate.command("import")
@click.argument("path", type=_FILE)
@_curator_option
@graph_option
def import_review(path: Path, curator: str, folder: Path) -> None:
    """Take in the decisions of a table that was exported and filled: all of them, or none where a row is wrong."""
    from oncograph.graph.deciding import decide
    from oncograph.publish.review import read_review

    requests = read_review(path)
    if not requests:
        click.echo(f"{path} holds no decision.")
        return
    click.echo(f"Took in {len(decide(folder, requests, curator=curator)):,} decisions.")


@curate.command()
@click.argument("target", metavar="FOLDER", type=FOLDER)
@click.option("--complete", is_flag=True, help="Leave out documents of which some claims were not judged.")
@graph_option
def gold(target: Path, complete: bool, folder: Path) -> None:
    """Write what was judged to FOLDER as a gold standard that oncograph evaluate reads."""
    from oncograph.graph import open_store
    from oncograph.publish.gold import write_gold

    documents = write_gold(open_store(folder / STORE), target, complete=complete)
    partly = sum(document.judged < document.claims for document in documents)
    click.echo(f"Wrote {sum(document.rows for document in documents):,} rows of {len(documents):,} documents.")
    if partly:
        click.echo(f"{partly:,} of them are only partly judged: {target / 'README.md'} says what that means.")


def _decide(action: str, names: Sequence[str], comment: str, curator: str, folder: Path) -> None:
    from oncograph.graph.deciding import Request, decide

    _print_decisions(decide(folder, [Request(action, name, comment) for name in names], curator=curator))


def _print_decisions(decisions: Sequence[Any]) -> None:
    from oncograph.graph.curation import describe_decision

    for decision in decisions:
        click.echo(f"{decision.id}  {describe_decision(decision)}")
