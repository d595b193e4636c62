"""`impasto slack manifest`: what to paste at api.slack.com/apps to make the app."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.words import REGISTRY
from bot.surfaces.slack.manifest import manifest
from bot.surfaces.slack.yaml_text import to_yaml

HEAD = "# Made by `impasto slack manifest`; paste it at api.slack.com/apps, Create New App, From a manifest.\n"

app = typer.Typer(name="slack", help="What Slack needs to know of this bot.", no_args_is_help=True)

PublicUrl = Annotated[
    str | None,
    typer.Option(help="https address of this bot, for HTTP; without one the app uses Socket Mode."),
]


@app.command("manifest")
def print_manifest(public_url: PublicUrl = None) -> None:
    """Prints the app's manifest."""
    typer.echo(manifest_text(public_url), nl=False)


@app.callback()
def slack() -> None:
    """What Slack needs to know of this bot."""


def manifest_text(public_url: str | None = None) -> str:
    """The manifest as YAML."""
    url = public_url.rstrip("/") if public_url else None
    return HEAD + to_yaml(manifest(REGISTRY.guides, public_url=url))
