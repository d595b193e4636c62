"""What processes share beside the database: limits and breakers, through Redis where there is one."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from bot.config import Settings
from bot.net.breaker import MemoryBreakers
from bot.net.buckets import MemoryBuckets
from bot.net.redis_breakers import RedisBreakers
from bot.net.redis_buckets import RedisBuckets
from bot.net.redis_keys import RedisKeys
from bot.net.redis_server import RedisServer
from bot.pipeline.crew import Crew
from bot.pipeline.traffic import Traffic
from bot.ports import Buckets
from bot.telemetry.events import Recorder, unrecorded
from bot.telemetry.limited_buckets import RecordedBuckets
from bot.wiring.secret_key import read_secret_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often providers and platforms may be called."""

    traffic: Traffic
    platforms: Buckets


async def open_limits(
    settings: Settings, crew: Crew, *, stack: AsyncExitStack, record: Recorder = unrecorded
) -> Limits:
    """Shared by all processes with Redis; without it each has its share. Closed with `stack`."""
    bare = await _open(settings, crew, stack=stack)
    bare.traffic.buckets = RecordedBuckets(
        inner=bare.traffic.buckets, record=record, limiter="provider"
    )
    return replace(bare, platforms=RecordedBuckets(inner=bare.platforms, record=record))


async def _open(settings: Settings, crew: Crew, *, stack: AsyncExitStack) -> Limits:
    painting = MemoryBuckets(sharers=crew.painters)
    speaking = MemoryBuckets(sharers=crew.speakers)
    if settings.redis_url is None:
        traffic = Traffic(buckets=painting, breakers=MemoryBreakers())
        return Limits(traffic=traffic, platforms=speaking)
    server = RedisServer(settings.redis_url.get_secret_value())
    stack.push_async_callback(server.aclose)
    keys = await redis_keys(settings)
    return Limits(
        traffic=Traffic(
            buckets=RedisBuckets(server=server, keys=keys, alone=painting),
            breakers=RedisBreakers(server=server, keys=keys),
        ),
        platforms=RedisBuckets(server=server, keys=keys, alone=speaking),
    )


async def redis_keys(settings: Settings) -> RedisKeys:
    """The names of this house in Redis."""
    return RedisKeys.of(await asyncio.to_thread(read_secret_key, settings.data_dir))
