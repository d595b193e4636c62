"""The whole surface: connected, hearing, answering, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.domain.guide import Guide
from bot.pipeline.loop import keep_going
from bot.pipeline.sole import LEASE_S
from bot.ports import Signals
from bot.surfaces.discord.answering import Answering
from bot.surfaces.discord.gateway import Gateway, NotWelcome
from bot.surfaces.discord.news import News
from bot.surfaces.discord.pace import Pace
from bot.surfaces.discord.parts import DiscordParts
from bot.surfaces.discord.postman import DiscordPostman
from bot.surfaces.discord.progress import Progress
from bot.surfaces.discord.registering import register
from bot.surfaces.discord.responses import Responses
from bot.surfaces.discord.rest import Rest
from bot.surfaces.discord.shard_lock import ShardLock, Unshared, shard_set
from bot.surfaces.discord.writers import Writers

log = logging.getLogger("impasto.discord")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordOptions:
    """`admins` are named as `GUILD:USER`. Without a shard count Discord chooses."""

    token: str = field(repr=False)
    admins: frozenset[str] = frozenset()
    shard_count: int | None = None
    shard_ids: tuple[int, ...] = ()
    owner: str = ""
    """Names this process to others that would hold the same shards."""
    lease_s: float = LEASE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordSurface:
    """Ready, not yet connected. `postman` answers even without a gateway, once the client is logged in."""

    client: Gateway
    postman: DiscordPostman
    options: DiscordOptions
    news: News
    progress: Progress
    signals: Signals

    async def check(self) -> str | None:
        """None when it is connected or stands by, else a sentence."""
        return None if self.client.transport is not None else "Discord is not logged in"

    async def run(self, *, stop: asyncio.Event) -> None:
        """Connected until `stop` is set.

        A token that Discord refuses ends this surface, not the house: others may be at work.
        """
        async with asyncio.TaskGroup() as group:
            attending = group.create_task(self.attend(stop=stop))
            try:
                await self.client.stay_connected(self.options.token, stop=stop)
            except NotWelcome as error:
                log.critical("Discord is off: %s", error)
                attending.cancel()

    async def stay_able_to_post(self, *, stop: asyncio.Event) -> None:
        """Logged in and not connected until `stop` is set: the postman works, and nothing is heard."""
        try:
            await self.client.stay_logged_in(self.options.token, stop=stop)
        except NotWelcome as error:
            log.critical("Discord is off: %s", error)

    async def attend(self, *, stop: asyncio.Event) -> None:
        """Hears what happens to jobs and keeps their messages up to date until `stop` is set."""
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self.news.listen(self.signals))
            for step in (self.progress.step, self.news.look_again):
                group.create_task(keep_going("discord", partial(step, stop=stop), stop=stop))
            await stop.wait()
            listening.cancel()


def build_discord(
    parts: DiscordParts, options: DiscordOptions, *, guides: Sequence[Guide]
) -> DiscordSurface:
    """The surface over the house's parts."""
    client = Gateway(shard_count=options.shard_count, shard_ids=options.shard_ids)
    if parts.locks is not None:
        client.lock = ShardLock(
            parts.locks,
            shards=shard_set(options.shard_ids, options.shard_count),
            owner=options.owner,
            lease_s=options.lease_s,
        )
    rest = Rest(lambda: client.transport, Pace(parts.buckets))
    responses, writers = Responses(parts.records, parts.clock), Writers()
    postman = DiscordPostman(
        rest=rest, responses=responses, writers=writers, blobs=parts.blobs, clock=parts.clock
    )
    news = News(parts.queue)
    progress = Progress(
        queue=parts.queue,
        cards=parts.cards,
        postman=postman,
        writers=writers,
        turn=client.lock or Unshared(),
        records=parts.records,
    )
    news.listeners.append(progress.hear)
    client.answer = Answering(
        parts, rest=rest, responses=responses, news=news, admins=options.admins
    )

    async def prepare(application: int) -> None:
        await register(application, guides, rest=rest, records=parts.records)

    client.prepare = prepare
    return DiscordSurface(
        client=client,
        postman=postman,
        options=options,
        news=news,
        progress=progress,
        signals=parts.signals,
    )
