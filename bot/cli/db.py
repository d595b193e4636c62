"""`impasto db`: the database's shape."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.exits import in_sentences
from bot.config import load_settings
from bot.wiring.store import database_name, upgrade_database

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command("upgrade")
def upgrade(
    data_dir: Annotated[Path | None, typer.Option(help="Where database and pictures lie.")] = None,
) -> None:
    """Brings the database to this version's shape; creates it when there is none."""
    with in_sentences():
        settings = load_settings(data_dir=data_dir)
        version = upgrade_database(settings)
        typer.echo(f"{database_name(settings)} is at version {version}.")


@app.callback()
def _words() -> None:
    """The database."""
