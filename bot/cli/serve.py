"""`impasto demo` and `impasto run`: everything in one process, until Ctrl-C."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.exits import in_sentences
from bot.cli.stopping import stop_on_signals
from bot.config import Settings, load_settings
from bot.telemetry.logs import set_up_logs
from bot.wiring.discord import open_discord_surface
from bot.wiring.house import open_house
from bot.wiring.settle import settle
from bot.wiring.slack import open_slack_surface
from bot.wiring.web import open_port, serve_web

DEMO_DRAIN_S = 2.0
"""A demo is stopped by someone who waits for their prompt."""
DRAIN_S = 30.0
NO_PLATFORM = (
    "No chat platform is set up, so nobody can ask for anything: see docs/slack.md and docs/discord.md. "
    "The playground is impasto demo."
)

DataDir = Annotated[Path | None, typer.Option(help="Where database and pictures lie.")]
Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")]


def demo(data_dir: DataDir = None, host: Host = None, port: Port = None) -> None:
    """The playground in a browser: no account, no key, nothing to install beside it."""
    with in_sentences():
        settings = load_settings(data_dir=data_dir, http_host=host, http_port=port)
        set_up_logs(secrets=settings.secret_values, level=settings.log_level)
        asyncio.run(_serve(settings, playground=True, drain_s=DEMO_DRAIN_S))


def run(data_dir: DataDir = None, host: Host = None, port: Port = None) -> None:
    """Every configured surface, the worker and the web, in one process."""
    with in_sentences():
        settings = load_settings(data_dir=data_dir, http_host=host, http_port=port)
        set_up_logs(secrets=settings.secret_values, level=settings.log_level)
        asyncio.run(_serve(settings, playground=False, drain_s=DRAIN_S))


async def _serve(settings: Settings, *, playground: bool, drain_s: float) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    socket = open_port(settings)
    address, port = socket.getsockname()[:2]
    async with open_house(settings, work=True) as house:
        where = f"http://{f'[{address}]' if ':' in address else address}:{port}"
        # What can't start is said before anything runs beside it: alone, and not as one of a group of errors.
        async with AsyncExitStack() as stack:
            slack = None if playground else await open_slack_surface(house, stack=stack)
            discord = None if playground else open_discord_surface(house)
            if playground:
                typer.echo(f"\n  Impasto is painting at {where}\n  Ctrl-C ends it.\n", err=True)
            else:
                typer.echo(f"Impasto is listening at {where}", err=True)
            if not playground and slack is None and discord is None:
                typer.echo(NO_PLATFORM, err=True)
            hooks = slack.routes if slack else ()
            settle()
            group = await stack.enter_async_context(asyncio.TaskGroup())
            group.create_task(house.work(stop=stop, drain_s=drain_s))
            group.create_task(
                serve_web(house, socket, playground=playground, stop=stop, hooks=hooks)
            )
            if slack is not None:
                group.create_task(slack.run(stop=stop))
            if discord is not None:
                group.create_task(discord.run(stop=stop))
