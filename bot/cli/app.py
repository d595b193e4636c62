"""The words of the shell, each from its own file, which is loaded when its word is typed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typing_extensions import override

from bot.cli.exits import EXIT_CODES
from bot.domain.flags import FLAGS

_TAKES_FLAGS: Mapping[str, Any] = {"allow_extra_args": True, "ignore_unknown_options": True}
_WORDS: Mapping[str, tuple[str, str]] = {
    "demo": ("serve", "demo"),
    "run": ("serve", "run"),
    "gateway": ("serve", "gateway"),
    "worker": ("serve", "worker"),
    "web": ("serve", "web"),
    "imagine": ("imagine", "imagine"),
    "models": ("models", "models"),
    "doctor": ("doctor", "doctor"),
    "admin": ("admin", "admin"),
    "audit": ("admin", "audit_app"),
    "db": ("db", "app"),
    "slack": ("slack", "app"),
    "bench": ("bench", "app"),
}
"""Each word's file here and its name there."""
_FLAGS = [f"--{flag.name} {flag.placeholder}".strip() + f": {flag.help}" for flag in FLAGS]
_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "imagine": {
        "context_settings": _TAKES_FLAGS,
        "options_metavar": "PROMPT [FLAGS] [OPTIONS]",
        "epilog": "\n\n".join((*_FLAGS, EXIT_CODES)),
    },
    "admin": {"context_settings": _TAKES_FLAGS, "options_metavar": "WORD … [OPTIONS]"},
}


@cache
def _loaded(word: str) -> TyperCommand | TyperGroup:
    """A word with everything it needs. The measurements alone bring a second of modules, and an admin word needs none of them."""
    file, name = _WORDS[word]
    found = getattr(import_module(f"bot.cli.{file}"), name)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(word, **_SETTINGS.get(word, {}))(found)
        found = alone
    command = typer.main.get_command(found)
    command.name = word
    if not isinstance(command, TyperCommand | TyperGroup):
        raise TypeError(f"{word} is no word of typer's")
    return command


class Words(TyperGroup):
    """The words by name; only the one that was typed is loaded, or all for their help."""

    @override
    def list_commands(self, ctx: Any) -> list[str]:
        return list(_WORDS)

    @override
    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return _loaded(cmd_name) if cmd_name in _WORDS else None

    @override
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        # For a word there is none of, its parent looks here for the nearest.
        if args and args[0] not in _WORDS:
            self.commands = {word: _loaded(word) for word in _WORDS}
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="impasto",
    help="Impasto: a self-hosted image-generation bot.",
    cls=Words,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"Impasto {version('impasto')}")
        raise typer.Exit


@app.callback()
def impasto(
    wanted: Annotated[
        bool,
        typer.Option(
            "--version", help="Which version this is.", callback=_tell_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Impasto: a self-hosted image-generation bot."""
    del wanted
