"""The connection to Discord: one client, no caches, exactly one handler for everything that happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from typing_extensions import override

from bot.pipeline.loop import pause

log = logging.getLogger("impasto.discord")

Answerer = Callable[[discord.Interaction[Any]], Awaitable[None]]

REVOKED_CODES = frozenset({4004, 4010, 4011, 4012, 4013, 4014})
"""Close codes after which connecting again is of no use: discord-api-docs, topics/opcodes-and-status-codes, read 2026-11."""
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0
"""Between whole new connections. Each costs one of 1,000 IDENTIFYs a day; beyond them Discord resets the token."""
MAX_RATE_LIMIT_WAIT_S = 30.0


class NotWelcome(Exception):
    """Discord refuses the token or the intents for good; the message says which."""


def use_addresses(*, api_url: str | None, gateway_url: str | None) -> None:
    """Where Discord is. The library keeps both in its classes and falls back to them, so both are set there."""
    if api_url:
        Route.BASE = api_url.rstrip("/")
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


class Gateway(discord.AutoShardedClient):
    """Hears interactions; `answer` and `prepare` are given before it connects."""

    answer: Answerer | None = None
    prepare: Callable[[int], Awaitable[None]] | None = None
    """Called with the application's id once logged in."""

    def __init__(self, *, shard_count: int | None = None, shard_ids: Sequence[int] = ()) -> None:
        shards: dict[str, Any] = {"shard_ids": list(shard_ids)} if shard_ids else {}
        super().__init__(
            intents=discord.Intents(guilds=True),
            shard_count=shard_count,
            **shards,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=MAX_RATE_LIMIT_WAIT_S,
        )

    @override
    async def setup_hook(self) -> None:
        """Registers what has changed of the commands."""
        if self.prepare is not None and self.application_id is not None:
            await self.prepare(self.application_id)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Everything people do."""
        if self.answer is not None:
            await self.answer(interaction)

    async def stay_connected(self, token: str, *, stop: asyncio.Event) -> None:
        """Until `stop` is set. NotWelcome when connecting again is of no use.

        The library resumes lost connections by itself; here begins what it gives up.
        """
        pause_s = FIRST_PAUSE_S
        while not stop.is_set():
            try:
                await self._connect_until(token, stop=stop)
            except discord.LoginFailure:
                raise NotWelcome("Discord doesn't accept the token in DISCORD_TOKEN.") from None
            except discord.PrivilegedIntentsRequired as error:
                raise NotWelcome(f"Discord refuses the intents asked for: {error}") from None
            except discord.ConnectionClosed as error:
                if error.code in REVOKED_CODES:
                    raise NotWelcome(f"Discord closed the connection: {error}") from None
                log.warning("Discord closed the connection: %s", error)
            except (
                OSError,
                TimeoutError,
                aiohttp.ClientError,
                discord.HTTPException,
                discord.GatewayNotFound,
            ) as error:
                log.warning("Discord can't be reached: %s", error)
            if not stop.is_set():
                await pause(pause_s, stop=stop)
                pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
                self.clear()

    async def _connect_until(self, token: str, *, stop: asyncio.Event) -> None:
        running = asyncio.ensure_future(self.start(token))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                await self.close()
            await running
        finally:
            stopping.cancel()
            if not self.is_closed():
                await self.close()
