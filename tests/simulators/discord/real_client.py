"""The real discord.py 2.7.1 pointed at the simulator, as the tests of the simulator use it. Nothing else here imports it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.simulators.discord.remote import RemoteDiscord
from tests.simulators.discord.simulator import Discord


@contextmanager
def pointed_at(simulator: Discord | RemoteDiscord) -> Iterator[None]:
    """Both class attributes: `Client.connect` dials DEFAULT_GATEWAY and not what /gateway/bot says (gateway.py)."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = simulator.api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(simulator.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


class Bot(discord.Client):
    """A client with guild intents and a command tree, which waits for nothing before it identifies again."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            max_messages=None,
            guild_ready_timeout=0.05,  # on_ready otherwise comes 2 s after the last guild
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            **options,
        )
        self.tree = app_commands.CommandTree(self)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """discord.py sleeps 5 s here."""


@asynccontextmanager
async def connected(simulator: Discord | RemoteDiscord, bot: discord.Client) -> AsyncIterator[None]:
    """The bot at work from READY until the block ends; raises what ended it before that."""
    with pointed_at(simulator):
        try:
            await bot.login(simulator.token)
            running = asyncio.ensure_future(bot.connect())
            ready = asyncio.ensure_future(bot.wait_until_ready())
            try:
                await asyncio.wait(
                    {running, ready}, timeout=10, return_when=asyncio.FIRST_COMPLETED
                )
                if running.done():
                    running.result()
                yield
            finally:
                await bot.close()
                ready.cancel()
                await asyncio.gather(running, ready, return_exceptions=True)
        finally:
            await bot.close()
