"""Token buckets, in one process and through Redis: the same rules."""

import uuid
from collections.abc import AsyncIterator

import pytest

from bot.net.buckets import MemoryBuckets
from bot.net.redis_buckets import RedisBuckets
from bot.net.redis_keys import RedisKeys
from bot.net.redis_server import RedisServer
from bot.ports import Buckets, Rate
from bot.telemetry.events import unrecorded
from bot.telemetry.limited_buckets import RecordedBuckets

SLOW = Rate(amount=3, per_s=300.0)
"""Nothing comes in while a test runs."""


@pytest.fixture(params=["memory", "recorded", "redis"])
async def buckets(request: pytest.FixtureRequest) -> AsyncIterator[Buckets]:
    if request.param == "memory":
        yield MemoryBuckets()
        return
    if request.param == "recorded":
        yield RecordedBuckets(inner=MemoryBuckets(), record=unrecorded)
        return
    server = RedisServer(request.getfixturevalue("redis_url"))
    keys = RedisKeys(f"test-{uuid.uuid4().hex}")
    yield RedisBuckets(server=server, keys=keys, alone=MemoryBuckets(sharers=lambda: 10**6))
    await server.aclose()


async def test_a_full_bucket_is_given_out_at_once(buckets: Buckets) -> None:
    waits = [await buckets.take("a", 1, SLOW) for _ in range(4)]

    assert waits[:3] == [0, 0, 0]
    assert waits[3] == pytest.approx(100, abs=1)


async def test_a_burst_may_be_smaller_than_what_comes_in(buckets: Buckets) -> None:
    rate = Rate(amount=60, per_s=60.0, burst=2)

    waits = [await buckets.take("a", 1, rate) for _ in range(3)]

    assert waits[:2] == [0, 0]
    assert waits[2] == pytest.approx(1, abs=0.2)


async def test_keys_do_not_share(buckets: Buckets) -> None:
    await buckets.take("a", 3, SLOW)

    assert await buckets.take("b", 3, SLOW) == 0


async def test_looking_takes_nothing(buckets: Buckets) -> None:
    await buckets.take("a", 2, SLOW)

    assert [await buckets.take("a", 0, SLOW) for _ in range(3)] == [0, 0, 0]
    assert await buckets.take("a", 1, SLOW) == 0
    assert await buckets.take("a", 0, SLOW) > 0


async def test_turns_that_are_waited_for_come_one_after_another(buckets: Buckets) -> None:
    await buckets.take("a", 3, SLOW)

    waits = [await buckets.take("a", 1, SLOW, most_wait_s=250) for _ in range(3)]

    assert waits[:2] == pytest.approx([100, 200], abs=1)
    assert waits[2] > 250, "too far off: not taken"
    assert await buckets.take("a", 1, SLOW, most_wait_s=1000) == pytest.approx(300, abs=1)


async def test_what_the_other_side_says_is_left_holds(buckets: Buckets) -> None:
    await buckets.limit("a", left=2, for_s=30)

    waits = [await buckets.take("a", 1, None) for _ in range(3)]

    assert waits[:2] == [0, 0]
    assert waits[2] == pytest.approx(30, abs=1)


async def test_a_later_softer_word_does_not_end_a_pause(buckets: Buckets) -> None:
    await buckets.limit("a", left=0, for_s=60)
    await buckets.limit("a", left=50, for_s=1)

    assert await buckets.take("a", 1, SLOW) == pytest.approx(60, abs=1)


async def test_a_pause_can_be_waited_for(buckets: Buckets) -> None:
    await buckets.limit("a", left=0, for_s=2)

    assert await buckets.take("a", 1, SLOW, most_wait_s=10) == pytest.approx(2, abs=0.5)
    assert await buckets.take("a", 0, SLOW, most_wait_s=10) == pytest.approx(2, abs=0.5)


async def test_a_pause_outlives_another_calls_headroom(buckets: Buckets) -> None:
    await buckets.limit("a", left=0, for_s=30)
    await buckets.limit("a", left=50, for_s=60)

    assert await buckets.take("a", 0, None) == pytest.approx(30, abs=1)
    assert await buckets.take("a", 1, SLOW) == pytest.approx(30, abs=1)


async def test_headroom_still_counts_behind_a_pause(buckets: Buckets) -> None:
    await buckets.limit("a", left=2, for_s=60)
    await buckets.limit("a", left=0, for_s=20)

    waits = [await buckets.take("a", 1, None, most_wait_s=30) for _ in range(3)]

    assert waits[:2] == pytest.approx([20, 20], abs=1)
    assert waits[2] == pytest.approx(60, abs=1)


async def test_a_shorter_pause_does_not_end_a_longer_one(buckets: Buckets) -> None:
    await buckets.limit("a", left=0, for_s=30)
    await buckets.limit("a", left=0, for_s=5)

    assert await buckets.take("a", 1, None) == pytest.approx(30, abs=1)


async def test_nothing_is_left_of_a_pause_that_is_over(buckets: Buckets) -> None:
    await buckets.limit("a", left=0, for_s=0)
    await buckets.limit("a", left=1, for_s=60)

    assert [await buckets.take("a", 1, None) for _ in range(2)] == [0, pytest.approx(60, abs=1)]


async def test_what_is_given_back_can_be_taken_again_and_never_more(buckets: Buckets) -> None:
    await buckets.take("a", 3, SLOW)

    await buckets.give_back("a", 1, SLOW)

    assert await buckets.take("a", 1, SLOW) == 0
    assert await buckets.take("a", 1, SLOW) == pytest.approx(100, abs=1)
    await buckets.give_back("a", 9, SLOW)
    await buckets.give_back("never taken from", 9, SLOW)
    for key in ("a", "never taken from"):
        assert [await buckets.take(key, 1, SLOW) > 0 for _ in range(4)] == [False] * 3 + [True]


async def test_what_the_other_side_says_is_left_comes_back_too(buckets: Buckets) -> None:
    await buckets.limit("a", left=1, for_s=30)
    await buckets.take("a", 1, None)

    await buckets.give_back("a", 1, None)

    assert await buckets.take("a", 1, None) == 0
    assert await buckets.take("a", 1, None) == pytest.approx(30, abs=1)
