"""`impasto demo` and `impasto run`: everything in one process. `gateway`, `worker`, `web`: the same apart."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.exits import in_sentences
from bot.cli.stopping import stop_on_signals
from bot.config import Settings, load_settings
from bot.surfaces.discord.surface import DiscordSurface
from bot.surfaces.slack.surface import SlackSurface
from bot.surfaces.web.parts import Check
from bot.telemetry.logs import set_up_logs
from bot.wiring.discord import open_discord_surface
from bot.wiring.house import open_house
from bot.wiring.part import Part, check_shared
from bot.wiring.settle import settle
from bot.wiring.slack import open_slack_surface
from bot.wiring.web import check_reachable, open_port, serve_web

DEMO_DRAIN_S = 2.0
"""A demo is stopped by someone who waits for their prompt."""
DEMO_STOPS = f"  Stopping: what isn't painted within {DEMO_DRAIN_S:g} s goes on at the next start."
DRAIN_S = 30.0
NO_PLATFORM = (
    "No chat platform is set up, so nobody can ask for anything: see docs/slack.md and docs/discord.md. "
    "The playground is impasto demo."
)

DataDir = Annotated[Path | None, typer.Option(help="Where database and pictures lie.")]
Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")]
Slots = Annotated[int | None, typer.Option(min=1, max=256, help="Jobs painted at once.")]


def demo(data_dir: DataDir = None, host: Host = None, port: Port = None) -> None:
    """The playground in a browser: no account, no key, nothing to install beside it."""
    _run(Part.ALL, playground=True, data_dir=data_dir, http_host=host, http_port=port)


def run(data_dir: DataDir = None, host: Host = None, port: Port = None) -> None:
    """Every configured surface, the worker and the web, in one process."""
    _run(Part.ALL, data_dir=data_dir, http_host=host, http_port=port)


def gateway(data_dir: DataDir = None, host: Host = None, port: Port = None) -> None:
    """Slack and Discord alone: takes requests and shows how they go on. Any number, beside workers."""
    _run(Part.GATEWAY, data_dir=data_dir, http_host=host, http_port=port)


def worker(
    slots: Slots = None, data_dir: DataDir = None, host: Host = None, port: Port = None
) -> None:
    """Painting and posting alone. Any number; its port answers /livez and /readyz."""
    _run(Part.WORKER, slots=slots, data_dir=data_dir, http_host=host, http_port=port)


def web(data_dir: DataDir = None, host: Host = None, port: Port = None) -> None:
    """Pictures, pages and webhooks alone. Any number."""
    _run(Part.WEB, data_dir=data_dir, http_host=host, http_port=port)


def _run(part: Part, *, playground: bool = False, **given: object) -> None:
    with in_sentences():
        settings = load_settings(None, **given)
        check_shared(part, settings)
        set_up_logs(secrets=settings.secret_values, level=settings.log_level)
        asyncio.run(_serve(settings, part, playground=playground))


async def _serve(settings: Settings, part: Part, *, playground: bool) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop, quietly=playground, sentence=DEMO_STOPS if playground else "")
    socket = open_port(settings, may_move=part in {Part.GATEWAY, Part.WORKER})
    address, port = socket.getsockname()[:2]
    async with AsyncExitStack() as stack:
        stack.enter_context(socket)
        house = await stack.enter_async_context(open_house(settings, work=True, part=part))
        where = f"http://{f'[{address}]' if ':' in address else address}:{port}"
        # What can't start is said before anything runs beside it: alone, and not as one of a group of errors.
        slack, discord = None, None
        if not playground and part is not Part.WEB:
            slack = await open_slack_surface(house, stack=stack)
            discord = open_discord_surface(house)
        hooks = slack.routes if slack is not None and part.receives else ()
        check_reachable(settings, socket, hooks)
        if playground:
            kept = settings.data_dir.resolve()
            typer.echo(
                f"\n  Impasto is painting at {where}\n  What it makes is kept in {kept}\n  Ctrl-C ends it.\n",
                err=True,
            )
        else:
            typer.echo(f"Impasto {part} is listening at {where}", err=True)
        if slack is None and discord is None and not playground and part is not Part.WEB:
            typer.echo(NO_PLATFORM, err=True)
        settle()
        async with asyncio.TaskGroup() as group:
            group.create_task(
                house.work(stop=stop, drain_s=DEMO_DRAIN_S if playground else DRAIN_S)
            )
            group.create_task(
                serve_web(
                    house,
                    socket,
                    playground=playground,
                    stop=stop,
                    hooks=hooks,
                    checks=_checks(part, slack, discord),
                )
            )
            if slack is not None and part.receives:
                group.create_task(slack.run(stop=stop))
            if discord is not None:
                group.create_task(
                    discord.run(stop=stop)
                    if part.receives
                    else discord.stay_able_to_post(stop=house.drained)
                )


def _checks(
    part: Part, slack: SlackSurface | None, discord: DiscordSurface | None
) -> Mapping[str, Check]:
    """What a gateway's being ready depends on beside the database; others go on without their platforms."""
    surfaces: dict[str, SlackSurface | DiscordSurface | None] = {"slack": slack, "discord": discord}
    if part is not Part.GATEWAY:
        return {}
    return {name: surface.check for name, surface in surfaces.items() if surface is not None}
