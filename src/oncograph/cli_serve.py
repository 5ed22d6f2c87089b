"""The commands that serve a graph to browsers, tools and assistants."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import quote

import click

from oncograph.options import graph_option, ontology_option

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command()
@graph_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=7200, show_default=True, help="Port; 0: any free one.")
@click.option("--public", is_flag=True, help="Allow an address that other machines reach.")
@click.option("--name", "names", multiple=True, help="Another name of this server in the address bar.")
@click.option("--timeout", type=click.FloatRange(0.1), default=30, show_default=True, help="Seconds for one query.")
@click.option(
    "--rows", type=click.IntRange(0), default=100_000, show_default=True, help="Most rows of an answer; 0: no limit."
)
@click.option(
    "--allow-service", "services", multiple=True, metavar="IRI", help="Endpoint that queries may ask with SERVICE."
)
@click.option("--origin", "origins", multiple=True, help="Web site that may read answers. [default: all]")
@click.option(
    "--allow-update", "updates", is_flag=True, help="Take SPARQL updates at /update, from those with the token."
)
@click.option("--curate", is_flag=True, help="Let whoever opens the address that is printed decide on claims.")
@click.option("--token", envvar="ONCOGRAPH_TOKEN", default="", help="Secret that allows to write. [default: a new one]")
@click.option("--open/--no-open", "launch", default=False, help="Open the start page in a browser.")
def serve(
    folder: Path,
    host: str,
    port: int,
    public: bool,
    names: tuple[str, ...],
    timeout: float,
    rows: int,
    services: tuple[str, ...],
    origins: tuple[str, ...],
    updates: bool,
    curate: bool,
    token: str,
    launch: bool,
) -> None:
    """Serve the graph at http://127.0.0.1:7200: pages, explorer, SPARQL endpoint and API, to this machine only.

    A graph that is built anew meanwhile is served as soon as it is whole.
    """
    from oncograph.serve import LiveGraph, Settings, make_app
    from oncograph.serve.run import run

    if host not in LOOPBACK and not public:
        raise click.UsageError(f"{host} can be reached from other machines; add --public if that is what you want")
    if host not in LOOPBACK:
        click.echo(f"Warning: whoever reaches {host} can read the whole graph.", err=True)
    known = ("127.0.0.1", "localhost", "[::1]", host, *names)
    settings = Settings(
        hosts=known,
        token=token or (secrets.token_urlsafe(24) if updates or curate else ""),
        updates=updates,
        services=services,
        timeout=timeout,
        rows=rows,
        origins=origins or ("*",),
    )
    app = make_app(LiveGraph(folder), settings)
    if settings.token and not token:
        click.echo(f"To write, send the header: Authorization: Bearer {settings.token}")
    key = f"?token={quote(settings.token)}" if curate else ""
    run(app, host=host, port=port, on_ready=lambda url: _say_where(url + key, launch=launch))


def _say_where(url: str, *, launch: bool) -> None:
    click.echo(f"Serving at {url} until you press Ctrl-C.")
    if launch:
        click.launch(url)


@click.command()
@graph_option
@ontology_option
@click.option("--timeout", type=click.FloatRange(0.1), default=30.0, show_default=True, help="Seconds for one query.")
def mcp(folder: Path, ontology_folder: Path | None, timeout: float) -> None:
    """Give the graph to an assistant: the Model Context Protocol over standard input and output.

    \b
    Name this command in the settings of the assistant, with the full path of the graph:
      oncograph mcp --graph /home/me/project/output
    """
    from importlib.metadata import version

    from oncograph.knowledge import find_ontology
    from oncograph.serve import LiveGraph, Settings
    from oncograph.serve.mcp_server import run_stdio

    queries = (ontology_folder or find_ontology()) / "queries"
    run_stdio(LiveGraph(folder), Settings(timeout=timeout), queries=queries, version=version("oncograph"))
