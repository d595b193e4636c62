"""No more calls than our own rate and the provider's word allow."""

from hypothesis import given
from hypothesis import strategies as st

from bot.net.buckets import MemoryBuckets
from bot.ports import Rate

RATE = Rate(amount=10, per_s=5.0)


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_the_rate_is_given_out_at_once_and_then_as_it_comes_in():
    clock = Seconds()
    buckets = MemoryBuckets(now_s=clock)
    assert [await buckets.take("a", 1, RATE) for _ in range(10)] == [0.0] * 10

    assert await buckets.take("a", 1, RATE) == 0.5
    clock.now += 0.5
    assert await buckets.take("a", 1, RATE) == 0


async def test_accounts_do_not_share():
    buckets = MemoryBuckets(now_s=Seconds())
    await buckets.take("a", 10, RATE)

    assert await buckets.take("b", 10, RATE) == 0


async def test_looking_takes_nothing():
    buckets = MemoryBuckets(now_s=Seconds())
    await buckets.take("a", 9, RATE)

    assert [await buckets.take("a", 0, RATE) for _ in range(3)] == [0.0] * 3
    assert await buckets.take("a", 1, RATE) == 0
    assert await buckets.take("a", 0, RATE) > 0


async def test_what_the_provider_says_is_left_holds_before_its_limit_is_hit():
    clock = Seconds()
    buckets = MemoryBuckets(now_s=clock)
    await buckets.limit("a", left=2, for_s=30)

    assert [await buckets.take("a", 1, None) for _ in range(3)] == [0.0, 0.0, 30.0]
    clock.now += 30
    assert await buckets.take("a", 1, None) == 0


async def test_a_later_softer_word_does_not_end_a_pause():
    buckets = MemoryBuckets(now_s=Seconds())
    await buckets.limit("a", left=0, for_s=60)
    await buckets.limit("a", left=50, for_s=1)

    assert await buckets.take("a", 1, None) == 60


@given(st.lists(st.floats(0, 2), max_size=200))
async def test_never_more_than_a_full_bucket_and_what_came_in_since(pauses):
    clock = Seconds()
    buckets = MemoryBuckets(now_s=clock)
    taken = 0
    for pause in pauses:
        clock.now += pause
        taken += await buckets.take("a", 1, RATE) == 0

    assert taken <= RATE.amount + (clock.now - 100.0) * RATE.amount / RATE.per_s + 1e-6
