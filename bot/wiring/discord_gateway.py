"""Connects an open house to Discord, and lets go when the house stops."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from bot.pipeline.loop import keep_going
from bot.surfaces.discord.answering import Answering
from bot.surfaces.discord.gateway import NotWelcome
from bot.surfaces.discord.parts import DiscordParts
from bot.surfaces.discord.registering import register
from bot.wiring.discord import TOKEN, DiscordLine
from bot.wiring.house import House
from bot.wiring.uploads import SafeUploads

log = logging.getLogger("impasto.discord")


def connect(house: House, line: DiscordLine) -> None:
    """Gives the client its one handler."""
    line.client.answer = Answering(
        DiscordParts(
            dispatch=house.dispatch,
            cards=house.cards,
            catalog=house.desk.catalog,
            uploads=SafeUploads(blobs=house.desk.blobs, pixels=house.pixels),
            blobs=house.desk.blobs,
            records=line.records,
            responses=line.responses,
            news=line.news,
            rest=line.rest,
            admins=frozenset(house.settings.admins),
        )
    )

    async def prepare(application: int) -> None:
        await register(application, house.desk.guides, rest=line.rest, records=line.records)

    line.client.prepare = prepare


async def attend(house: House, line: DiscordLine, *, stop: asyncio.Event) -> None:
    """Hears what happens to jobs and keeps their messages up to date until `stop` is set."""
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(line.news.listen(house.signals))
        for step in (line.progress.step, line.news.look_again):
            group.create_task(keep_going("discord", partial(step, stop=stop), stop=stop))
        await stop.wait()
        listening.cancel()


async def serve_discord(house: House, *, stop: asyncio.Event) -> None:
    """Connected until `stop` is set; returns at once when no token is set.

    A token that Discord refuses ends this surface, not the house: others may be at work.
    """
    line = house.discord
    token = house.settings.secret(TOKEN)
    if line is None or token is None:
        return
    connect(house, line)
    async with asyncio.TaskGroup() as group:
        attending = group.create_task(attend(house, line, stop=stop))
        try:
            await line.client.stay_connected(token, stop=stop)
        except NotWelcome as error:
            log.critical("Discord is off: %s", error)
            attending.cancel()
