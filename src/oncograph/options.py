"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)

graph_option = click.option(
    "--graph", "folder", type=FOLDER, default="output", show_default=True, help="Folder that a build has filled."
)
ontology_option = click.option(
    "--ontology", "ontology_folder", type=FOLDER, help="Ontology folder in place of the one that comes with oncograph."
)

vocabularies_option = click.option(
    "--vocabularies",
    type=FOLDER,
    envvar="ONCOGRAPH_VOCABULARIES",
    default=lambda: Path(click.get_app_dir("oncograph")) / "vocabularies",
    show_default="the user's own",
    help="Folder of the vocabularies that were added.",
)
