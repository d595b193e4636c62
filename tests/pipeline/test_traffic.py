"""The gate before every call: how much may be repeated, and what a shut provider takes from the line."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.domain.job import REPEAT
from bot.net.breaker import SHUT_S, MemoryBreakers
from bot.net.buckets import MemoryBuckets
from bot.pipeline.catalog import Catalog, Stall
from bot.pipeline.traffic import BUDGET_FLOOR, BUDGET_WINDOW_S, RetryBudget, Traffic
from bot.ports import Rate
from providers import (
    BadAnswer,
    Busy,
    ContentBlocked,
    CreditExhausted,
    InvalidRequest,
    ModelGone,
    OutcomeUnknown,
    Unauthorized,
    Unavailable,
)


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Named:
    name: str


def test_a_tenth_of_a_minutes_calls_may_be_repetitions():
    clock = Seconds()
    budget = RetryBudget(now_s=clock)
    for _ in range(100):
        budget.count(repeated=False)
    repeated = 0
    while budget.allows() and repeated < 50:
        budget.count(repeated=True)
        repeated += 1

    assert repeated in {10, 11}
    clock.now += BUDGET_WINDOW_S
    assert budget.allows()


def test_at_little_traffic_a_few_repetitions_are_always_allowed():
    budget = RetryBudget(now_s=Seconds())
    for _ in range(BUDGET_FLOOR):
        assert budget.allows()
        budget.count(repeated=True)

    assert not budget.allows()


def traffic(clock: Seconds) -> Traffic:
    return Traffic(buckets=MemoryBuckets(now_s=clock), breakers=MemoryBreakers(now_s=clock))


async def test_a_shut_provider_takes_no_jobs_from_the_line_and_then_one():
    clock, stall = Seconds(), Stall(provider=Named("a"), models=(), max_concurrent=4)
    gate, catalog = traffic(clock), Catalog((stall,))
    assert (await gate.capacity(catalog))["a"] == 4
    for _ in range(3):
        await gate.failed(stall, Unavailable("refused"))

    assert (await gate.capacity(catalog))["a"] == 0
    assert (await gate.capacity(catalog))[REPEAT] > 0
    clock.now += SHUT_S
    assert (await gate.capacity(catalog))["a"] == 1


@pytest.mark.parametrize(
    ("error", "shuts"),
    [
        (Unavailable("x"), True),
        (OutcomeUnknown("x"), True),
        (BadAnswer("x"), True),
        (Unauthorized("x"), True),
        (CreditExhausted("x"), True),
        (Busy("x"), False),
        (ContentBlocked("x"), False),
        (InvalidRequest("x"), False),
        (ModelGone("x"), False),
    ],
)
async def test_only_failures_of_the_provider_itself_shut_it(error, shuts):
    stall = Stall(provider=Named("a"), models=())
    gate = traffic(Seconds())
    for _ in range(3):
        await gate.failed(stall, error)

    assert bool(await gate.shut_s(stall)) == shuts


async def test_tables_with_the_same_key_share_a_pause():
    one = Stall(provider=Named("a"), models=(), account="k")
    other = Stall(provider=Named("b"), models=(), account="k")
    gate = traffic(Seconds())
    await gate.pause(one, for_s=20)

    assert await gate.admit(other) == 20


class AnotherIsFaster(MemoryBreakers):
    """Whenever one call may try again, another process's does, right after it was asked."""

    async def shut(self, keys):
        found = await super().shut(keys)
        for key in found:
            await self.admit(key)
        return found


async def test_a_call_that_another_trial_was_faster_than_takes_nothing_of_the_rate():
    clock, rate = Seconds(), Rate(amount=1, per_s=3_600.0)
    stall = Stall(provider=Named("a"), models=(), rate=rate)
    breakers = AnotherIsFaster(now_s=clock)
    gate = Traffic(buckets=MemoryBuckets(now_s=clock), breakers=breakers)
    for _ in range(3):
        await gate.failed(stall, Unavailable("refused"))
    clock.now += SHUT_S

    refused = await gate.admit(stall)

    assert refused == SHUT_S
    assert await gate.rest_s(stall) == 0
    await gate.succeeded(stall)
    assert await gate.admit(stall) == 0
    assert await gate.rest_s(stall) > 0
