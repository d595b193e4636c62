"""Breakers, in one process and through Redis: the same rules."""

import uuid
from collections.abc import AsyncIterator

import pytest

from bot.net.breaker import MOST_FAILURES, SHUT_S, MemoryBreakers
from bot.net.redis_breakers import RedisBreakers
from bot.net.redis_keys import RedisKeys
from bot.net.redis_server import RedisServer
from bot.ports import Breakers

Pair = tuple[Breakers, Breakers]


@pytest.fixture(params=["memory", "redis"])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    """Two processes, where there can be two."""
    if request.param == "memory":
        one = MemoryBreakers()
        yield one, one
        return
    server = RedisServer(request.getfixturevalue("redis_url"))
    keys = RedisKeys(f"test-{uuid.uuid4().hex}")
    yield RedisBreakers(server=server, keys=keys), RedisBreakers(server=server, keys=keys)
    await server.aclose()


async def test_failures_in_a_row_shut_it_for_everybody(pair: Pair) -> None:
    first, second = pair
    for _ in range(MOST_FAILURES - 1):
        await first.failed("a")
    assert await second.shut(("a", "b")) == {}

    await second.failed("a")

    assert await first.shut(("a", "b")) == {"a": pytest.approx(SHUT_S, abs=1)}
    assert await second.admit("a") == pytest.approx(SHUT_S, abs=1)
    assert await first.admit("b") == 0


async def test_an_answer_opens_it_for_everybody(pair: Pair) -> None:
    first, second = pair
    for _ in range(MOST_FAILURES):
        await first.failed("a")

    await second.succeeded("a")

    assert await first.admit("a") == 0
    await first.failed("a")
    assert await first.shut(("a",)) == {}
