"""Four processes on one bucket, with Redis and without it."""

import asyncio
import sys
import time
import uuid
from dataclasses import dataclass

import pytest

from bot.net.buckets import MemoryBuckets
from bot.net.redis_buckets import RedisBuckets
from bot.net.redis_keys import RedisKeys
from bot.net.redis_server import RedisServer
from bot.ports import Rate
from tests.net.bucket_process import RATE
from tests.servers.proxy import wire_to
from tests.servers.redis import RedisProcess

PROCESSES = 4
SECONDS = 3.0
SHARE = 0.25


@dataclass(frozen=True)
class Allowed:
    """What one process was allowed, and when the first and the last."""

    count: int
    first_s: float
    last_s: float


MOST_IDLE_S = 0.5
"""Longest that a busy machine may begin late and end early, together. Tokens that stopped coming would leave more."""


def exact(first_s: float, last_s: float) -> float:
    """What a bucket gives that is full at the first take. A busy machine begins late and ends early: that is no fault."""
    return RATE.amount + (last_s - first_s) * RATE.amount / RATE.per_s


async def allowed_together(url: str) -> list[Allowed]:
    """What each of four processes was allowed within SECONDS."""
    house = f"test-{uuid.uuid4().hex}"
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.net.bucket_process", url, house),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    begin = time.monotonic() + 0.2
    said = await asyncio.gather(
        *(process.communicate(f"{begin} {begin + SECONDS}\n".encode()) for process in processes)
    )
    return [
        Allowed(int(count), float(first_s), float(last_s))
        for count, first_s, last_s in (out.split() for out, _ in said)
    ]


async def test_four_processes_are_allowed_what_one_bucket_gives(redis_url: str) -> None:
    each = await allowed_together(redis_url)

    figure = exact(min(one.first_s for one in each), max(one.last_s for one in each))
    count = sum(one.count for one in each)
    print(f"{count} allowed, exactly {figure:.1f}")
    taking_s = max(one.last_s for one in each) - min(one.first_s for one in each)
    assert taking_s > SECONDS - MOST_IDLE_S
    assert count == pytest.approx(figure, rel=0.02)


async def test_without_redis_four_processes_stay_within_the_same_figure() -> None:
    nobody_there = "redis://127.0.0.1:1/0"

    each = await allowed_together(nobody_there)

    figure = sum(SHARE * exact(one.first_s, one.last_s) for one in each)
    count = sum(one.count for one in each)
    print(f"{count} allowed, exactly {figure:.1f}")
    assert min(one.last_s - one.first_s for one in each) > SECONDS - MOST_IDLE_S
    assert 0.9 * figure < count <= 1.02 * figure


async def test_a_redis_that_dies_leaves_each_its_share_and_one_that_comes_back_is_used(
    mortal_redis: RedisProcess,
) -> None:
    server = RedisServer(mortal_redis.url)
    keys = RedisKeys("test")
    buckets = RedisBuckets(server=server, keys=keys, alone=MemoryBuckets(sharers=lambda: 4))
    assert await buckets.take("a", 100, RATE) == 0

    mortal_redis.kill()
    shares = [await buckets.take("a", 1, RATE) for _ in range(26)]

    assert shares[:25] == [0] * 25
    assert shares[25] > 0
    mortal_redis.start()
    deadline = time.monotonic() + 10
    # Our share never holds so many at once: only Redis gives them.
    while await buckets.take("a", 100, RATE) > 0:
        assert time.monotonic() < deadline
    await server.aclose()


async def test_an_emptied_redis_gives_a_full_bucket_and_no_error(
    mortal_redis: RedisProcess,
) -> None:
    server = RedisServer(mortal_redis.url)
    buckets = RedisBuckets(server=server, keys=RedisKeys("test"), alone=MemoryBuckets())
    await buckets.take("a", 100, RATE)

    mortal_redis.flush()

    assert await buckets.take("a", 100, RATE) == 0
    await server.aclose()


async def test_a_take_whose_answer_is_cut_counts_once(mortal_redis: RedisProcess) -> None:
    """redis-py repeats a command up to ten times by itself, and each repetition would take another token."""
    keys = RedisKeys("test")
    slow = Rate(amount=10, per_s=3600.0)
    async with wire_to(mortal_redis.port) as wire:
        behind = RedisServer(f"redis://127.0.0.1:{wire.port}/0")
        there = RedisServer(mortal_redis.url)
        cut = RedisBuckets(server=behind, keys=keys, alone=MemoryBuckets())
        sound = RedisBuckets(server=there, keys=keys, alone=MemoryBuckets())
        await cut.take("a", 1, slow)
        wire.swallow = wire.once = True

        await cut.take("a", 1, slow)

        assert await sound.take("a", 8, slow) == 0
        assert await sound.take("a", 1, slow) > 0
        await behind.aclose()
        await there.aclose()
