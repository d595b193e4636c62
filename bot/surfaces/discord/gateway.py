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
from discord.http import HTTPClient, Route
from typing_extensions import override

from bot.pipeline.loop import pause
from bot.surfaces.discord.limits import ANSWER_S
from bot.surfaces.discord.shard_lock import ShardLock

log = logging.getLogger("impasto.discord")

Answerer = Callable[[discord.Interaction[Any]], Awaitable[None]]

REVOKED_CODES = frozenset({4004, 4010, 4011, 4012, 4013, 4014})
"""Close codes after which connecting again is of no use: discord-api-docs, topics/opcodes-and-status-codes, read 2026-11."""
UNREACHABLE = (
    OSError,
    TimeoutError,
    aiohttp.ClientError,
    discord.HTTPException,
    discord.GatewayNotFound,
)
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
    """Hears interactions; `answer`, `prepare` and `lock` are given before it connects."""

    answer: Answerer | None = None
    prepare: Callable[[int], Awaitable[None]] | None = None
    """Called with the application's id before it connects."""
    lock: ShardLock | None = None
    """Held while connected; without one, nobody else can be."""

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
        self._logged_in = False
        self._answering = 0
        self._all_answered = asyncio.Event()

    @property
    def transport(self) -> HTTPClient | None:
        """Discord's HTTP side; None while nobody is logged in."""
        return self.http if self._logged_in and not self.is_closed() else None

    @override
    async def setup_hook(self) -> None:
        """Registers what has changed of the commands; a standby leaves that to when its turn has come."""
        self._logged_in = True
        if self.lock is None:
            await self._prepare()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Everything people do. Where another may be connected by now, that one answers."""
        if self.lock is not None and not self.lock.held:
            log.warning("interaction %s is left to whoever holds these shards now", interaction.id)
            return
        if self.answer is None:
            return
        self._answering += 1
        self._all_answered.clear()
        try:
            await self.answer(interaction)
        finally:
            self._answering -= 1
            if not self._answering:
                self._all_answered.set()

    async def stay_connected(self, token: str, *, stop: asyncio.Event) -> None:
        """Until `stop` is set. NotWelcome when connecting again is of no use.

        The library resumes lost connections by itself; here begins what it gives up.
        """
        pause_s = FIRST_PAUSE_S
        while not stop.is_set():
            begun_at = asyncio.get_running_loop().time()
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
            except UNREACHABLE as error:
                log.warning("Discord can't be reached: %s", error)
            except Exception:
                log.exception("the connection to Discord failed")
            if not stop.is_set():
                if asyncio.get_running_loop().time() - begun_at > LONGEST_PAUSE_S:
                    pause_s = FIRST_PAUSE_S
                await pause(pause_s, stop=stop)
                pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
                await self._open_again()

    async def stay_logged_in(self, token: str, *, stop: asyncio.Event) -> None:
        """Discord's HTTP side alone until `stop` is set, for whoever only posts. NotWelcome for a refused token."""
        pause_s = FIRST_PAUSE_S
        while not stop.is_set():
            try:
                await self.login(token)
                await stop.wait()
            except discord.LoginFailure:
                raise NotWelcome("Discord doesn't accept the token in DISCORD_TOKEN.") from None
            except UNREACHABLE as error:
                log.warning("Discord can't be reached: %s", error)
                await pause(pause_s, stop=stop)
                pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
            finally:
                if not self.is_closed():
                    await self.close()
            if not stop.is_set():
                await self._open_again()

    async def _connect_until(self, token: str, *, stop: asyncio.Event) -> None:
        """Logged in, and connected while the lock is held. A standby is logged in: its worker can post answers."""
        try:
            await self.login(token)
            if self.lock is not None:
                if not await self.lock.acquire(self.application_id or 0, stop=stop):
                    return
                await self._prepare()
            await self._connected_until(stop)
        finally:
            if not self.is_closed():
                await self.close()
            if self.lock is not None:
                await self.lock.release()

    async def _connected_until(self, stop: asyncio.Event) -> None:
        running = asyncio.ensure_future(self.connect())
        ends: list[asyncio.Future[Any]] = [asyncio.ensure_future(stop.wait())]
        if self.lock is not None:
            ends.append(asyncio.ensure_future(self.lock.lost()))
        try:
            await asyncio.wait({running, *ends}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await running
            elif stop.is_set():
                await self._finish_answering()
            else:
                log.error("the lock of these shards is lost: disconnecting")
        finally:
            for end in ends:
                end.cancel()
            if not self.is_closed():
                await self.close()
            # Where the gateway can't be reached the library tries again for ever, closed or not.
            running.cancel()
            await asyncio.wait({running})

    async def _finish_answering(self) -> None:
        """Whoever was heard is answered before the connection closes, if that can still be in time."""
        if self._answering:
            await asyncio.wait([asyncio.ensure_future(self._all_answered.wait())], timeout=ANSWER_S)

    async def _open_again(self) -> None:
        """What the library leaves behind closed: with this connector no login succeeds, with that queue none lasts."""
        self._logged_in = False
        self.clear()
        self.http.connector = discord.utils.MISSING
        await self._async_setup_hook()

    async def _prepare(self) -> None:
        if self.prepare is not None and self.application_id is not None:
            await self.prepare(self.application_id)
