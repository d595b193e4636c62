"""What processes share beside the database: limits and breakers, through Redis where there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from hashlib import blake2b

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
from bot.wiring.faults import CannotStart
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


async def house_mark(settings: Settings) -> str:
    """What tells this house's folder from another's, and nothing of its key."""
    secret = await asyncio.to_thread(read_secret_key, settings.data_dir)
    return blake2b(secret.encode(), digest_size=12, person=b"house").hexdigest()


def check_same_folder(settings: Settings, strangers: Sequence[str]) -> None:
    """CannotStart when processes live that keep their files elsewhere: pictures and links would lead nowhere."""
    if strangers:
        raise CannotStart(
            f"{len(strangers)} of this house's processes ({strangers[0]}) keep their pictures and keys in another folder "
            f"than {settings.data_dir.resolve()}. All on one database share one folder, on several machines through a "
            "shared file system: set IMPASTO_DATA_DIR to it. When you move the folder, stop all of them first."
        )


async def redis_keys(settings: Settings) -> RedisKeys:
    """The names of this house in Redis."""
    return RedisKeys.of(await asyncio.to_thread(read_secret_key, settings.data_dir))
