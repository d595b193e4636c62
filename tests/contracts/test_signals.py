"""Wake-ups and live updates: inside one process, and between processes on one Postgres."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot.domain.identity import JobId
from bot.domain.live import Changed, InLine, LiveUpdate, Painting
from bot.ports import Signals
from bot.signals.local import LocalSignals
from bot.signals.postgres import PostgresSignals
from bot.signals.redis import RedisSignals
from bot.store.postgres_connection import conninfo
from tests.servers.redis import RedisProcess

SOON_S = 10.0
JOB = JobId(7)

Pair = tuple[Signals, Signals]
"""Who says something, and who hears it."""


@pytest.fixture(params=["same process", "postgres", "redis"])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    if request.param == "same process":
        signals = LocalSignals()
        yield signals, signals
        return
    url = conninfo(request.getfixturevalue("postgres_url"))
    async with AsyncExitStack() as stack:
        opened: list[Signals] = []
        for number in range(2):
            one: PostgresSignals | RedisSignals = PostgresSignals(url)
            if request.param == "redis":
                redis_url = request.getfixturevalue("redis_url")
                assert isinstance(one, PostgresSignals)
                one = through_redis(redis_url, fallback=one, owner=str(number))
            stack.push_async_callback(one.aclose)
            await one.listening(timeout_s=SOON_S)
            opened.append(one)
        yield opened[0], opened[1]


def through_redis(url: str, *, fallback: PostgresSignals, owner: str) -> RedisSignals:
    channel = f"impasto:test-{uuid.uuid4().hex}:signals"
    return RedisSignals(
        url, channel=CHANNELS.setdefault(url, channel), owner=owner, fallback=fallback
    )


CHANNELS: dict[str, str] = {}


async def heard(updates: AsyncIterator[LiveUpdate], count: int) -> list[LiveUpdate]:
    async with asyncio.timeout(SOON_S):
        return [await anext(updates) for _ in range(count)]


async def woken(signals: Signals, topic: str) -> bool:
    """Whether a wake-up came before the wait was over by itself."""
    began = asyncio.get_running_loop().time()
    await signals.wait(topic, timeout_s=SOON_S)
    return asyncio.get_running_loop().time() - began < SOON_S


async def test_a_wake_up_reaches_whoever_waits(pair: Pair) -> None:
    speaker, hearer = pair
    waiting = asyncio.create_task(woken(hearer, "ready"))

    speaker.wake("ready")

    assert await waiting


async def test_a_wake_up_before_the_wait_is_kept(pair: Pair) -> None:
    speaker, hearer = pair
    speaker.wake("ready")

    assert await woken(hearer, "ready")


async def test_the_speaker_hears_itself_at_once(pair: Pair) -> None:
    speaker, _ = pair
    waiting = asyncio.create_task(woken(speaker, "ready"))

    speaker.wake("ready")

    assert await waiting


async def test_progress_and_changes_are_heard(pair: Pair) -> None:
    speaker, hearer = pair
    updates = hearer.updates()

    speaker.publish(Painting(job=JOB, fraction=0.25))
    speaker.publish(Changed(job=JOB))

    assert await heard(updates, 2) == [Painting(job=JOB, fraction=0.25), Changed(job=JOB)]


async def test_many_jobs_are_heard_of(pair: Pair) -> None:
    speaker, hearer = pair
    updates = hearer.updates()
    said = [Changed(job=JobId(10**12 + number)) for number in range(250)]

    for one in said:
        speaker.publish(one)

    assert await heard(updates, len(said)) == said


async def test_a_preview_is_for_this_process_and_the_progress_for_all(
    postgres_url: str,
) -> None:
    first, second = (PostgresSignals(conninfo(postgres_url)) for _ in range(2))
    await first.listening(timeout_s=SOON_S)
    await second.listening(timeout_s=SOON_S)
    here, there = first.updates(), second.updates()

    first.publish(InLine(job=JOB, place=3))
    first.publish(Painting(job=JOB, fraction=0.5, preview=b"x" * 50_000))

    assert await heard(there, 1) == [Painting(job=JOB, fraction=0.5)]
    assert len(await heard(here, 2)) == 2
    await first.aclose()
    await second.aclose()


async def test_signals_come_back_after_the_connection_is_cut(postgres_url, postgres) -> None:
    first, second = (PostgresSignals(conninfo(postgres_url)) for _ in range(2))
    await second.listening(timeout_s=SOON_S)
    postgres.admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'impasto signals'"
    )
    waiting = asyncio.create_task(woken(second, "ready"))

    async with asyncio.timeout(SOON_S):
        while not waiting.done():
            first.wake("ready")
            await asyncio.wait({waiting}, timeout=0.05)

    assert waiting.result()
    await first.aclose()
    await second.aclose()


async def test_who_loses_redis_is_heard_and_hears_through_the_database(
    postgres_url: str, mortal_redis: RedisProcess
) -> None:
    first, second = (
        through_redis(
            mortal_redis.url, fallback=PostgresSignals(conninfo(postgres_url)), owner=owner
        )
        for owner in ("a", "b")
    )
    await first.listening(timeout_s=SOON_S)
    await second.listening(timeout_s=SOON_S)
    updates = second.updates()

    mortal_redis.kill()
    async with asyncio.timeout(SOON_S):
        hearing = asyncio.ensure_future(anext(updates))
        while not hearing.done():
            first.publish(Changed(job=JOB))
            await asyncio.wait({hearing}, timeout=0.05)
    assert hearing.result() == Changed(job=JOB)

    mortal_redis.start()
    await first.listening(timeout_s=SOON_S)
    await second.listening(timeout_s=SOON_S)
    waiting = asyncio.create_task(woken(second, "ready"))
    first.wake("ready")
    assert await waiting
    await first.aclose()
    await second.aclose()
