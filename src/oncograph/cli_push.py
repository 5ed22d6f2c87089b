"""The command that sends a graph to a bigger store, and the options that say where that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from oncograph.options import graph_option

if TYPE_CHECKING:
    from oncograph.graph.answers import QueryAnswer
    from oncograph.graph.endpoint import Address, Endpoint, Patience
    from oncograph.graph.queries import NamedQuery

_timeout_option = click.option(
    "--timeout", type=click.FloatRange(0.1), default=60.0, show_default=True, help="Seconds for one request."
)
_tries_option = click.option(
    "--tries", type=click.IntRange(1), default=8, show_default=True, help="How often a request is sent if it fails."
)


def store_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that name a remote store, which `find_address` reads."""
    options = (
        click.option("--store", "url", metavar="URL", default="", help="SPARQL endpoint to fill."),
        click.option("--update-url", metavar="URL", default="", help="Where it takes updates, if elsewhere."),
        click.option(
            "--default-graph", metavar="IRI", default="", help="Graph in place of its default one; Virtuoso has none."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@store_options
@graph_option
@click.option("--again", is_flag=True, help="Send everything, whatever was sent before.")
@click.option("--batch", type=click.IntRange(1), default=5_000, show_default=True, help="Most triples in a request.")
@_timeout_option
@_tries_option
def push(
    url: str, update_url: str, default_graph: str, folder: Path, again: bool, batch: int, timeout: float, tries: int
) -> None:
    """Bring another store to hold the graph: GraphDB, Virtuoso, Fuseki, Neptune, QLever, Oxigraph's server.

    What the store has taken before is not sent again; a push that was stopped goes on where it was. What else the
    store holds stays. ONCOGRAPH_STORE_USER with ONCOGRAPH_STORE_PASSWORD, ONCOGRAPH_STORE_TOKEN or ~/.netrc say who
    you are.

    \b
    oncograph push --store http://localhost:7878/query
    oncograph push --store http://localhost:8890/sparql --update-url http://localhost:8890/sparql-auth \\
      --default-graph https://example.org/oncograph
    """
    from oncograph.graph.endpoint import Patience

    address = find_address(url, update_url, default_graph)
    if address is None:
        raise click.UsageError("Missing option '--store'")
    push_graph(folder, address, Patience(timeout, tries), again=again, batch=batch)


def find_address(url: str, update_url: str = "", default_graph: str = "") -> Address | None:
    """Give the address that the options name, None without one."""
    from oncograph.graph.endpoint import Address

    if not url and (update_url or default_graph):
        raise click.UsageError("--update-url and --default-graph go with --store")
    return Address.of(url, update=update_url, default_graph=default_graph) if url else None


def push_graph(
    folder: Path, address: Address, patience: Patience | None = None, *, again: bool = False, batch: int = 5_000
) -> None:
    """Push the graph of a folder and say what was sent."""
    from oncograph import terminal
    from oncograph.graph import open_store
    from oncograph.graph.pushing import LOGS, BatchLimits, describe_state, push

    state = describe_state(folder / "store") if (folder / "store").is_dir() else ""
    store = open_store(folder / "store")
    with _connect(address, patience) as endpoint, terminal.show_progress() as progress:
        limits, logs = BatchLimits(batch), folder / LOGS
        report = push(store, endpoint, logs, state=state, again=again, limits=limits, progress=progress)
    if report.unchanged:
        click.echo(f"Nothing has changed: {address.query} already holds this graph ({report.quads:,} quads).")
        return
    graphs = f"{report.replaced:,} graphs replaced, {report.dropped:,} dropped"
    click.echo(f"Pushed to {address.update}: {report.inserted:,} quads added, {report.deleted:,} deleted; {graphs}.")


def ask_remote(address: Address, timeout: float, question: str | NamedQuery, values: Mapping[str, str]) -> QueryAnswer:
    """Give what a remote store answers to SPARQL or to a named query."""
    from oncograph.graph.endpoint import Patience
    from oncograph.graph.remote import RemoteStore

    with _connect(address, Patience(timeout, tries=4)) as endpoint:
        store = RemoteStore(endpoint)
        return store.ask(question) if isinstance(question, str) else store.run(question, values)


def _connect(address: Address, patience: Patience | None) -> Endpoint:
    from oncograph.graph.endpoint import Endpoint, Patience, sends_secret_in_clear

    if sends_secret_in_clear(address):
        click.echo("Warning: the password crosses the network in clear; use https where you can.", err=True)
    return Endpoint(
        address,
        patience or Patience(),
        on_wait=lambda reason, pause: click.echo(f"{reason}; trying again in {pause:.0f} s", err=True),
    )
