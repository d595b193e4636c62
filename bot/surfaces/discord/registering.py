"""Registers the commands with Discord, only when they changed: Discord allows 200 new ones a day."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.domain.guide import Guide
from bot.ports import FirstResponses
from bot.surfaces.discord.commands import digest, payloads
from bot.surfaces.discord.faults import DiscordFault
from bot.surfaces.discord.rest import Rest

log = logging.getLogger("impasto.discord")


async def register(
    application: int, guides: Sequence[Guide], *, rest: Rest, records: FirstResponses
) -> bool:
    """Whether anything had to be sent. What Discord refuses is logged: the commands there go on working."""
    commands = payloads(guides)
    current = digest(commands)
    if await records.registered(str(application)) == current:
        return False
    try:
        await rest.register(application, commands)
    except DiscordFault as fault:
        log.warning("the commands can't be registered: %s: %s", type(fault).__name__, fault)
        return False
    await records.set_registered(str(application), current)
    log.info("%s commands were registered", len(commands))
    return True
