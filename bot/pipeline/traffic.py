"""The gate before every call: breaker, rate limit, calls at once, and the budget of repeated ones."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.domain.job import REPEAT
from bot.pipeline.catalog import Catalog, Stall
from bot.ports import Breakers, Buckets
from providers import (
    BadAnswer,
    Busy,
    CreditExhausted,
    OutcomeUnknown,
    ProviderError,
    Unauthorized,
    Unavailable,
)

BUDGET_SHARE = 0.1
"""Most of a minute's calls that may be repetitions of one that failed."""
BUDGET_FLOOR = 3
"""Repetitions a minute that are always allowed: a tenth of few calls would be none."""
BUDGET_WINDOW_S = 60.0
REPEATS_AT_ONCE = 64
"""Jobs answered with pictures that are there; they wait for no provider."""
UNHEALTHY = (Unavailable, OutcomeUnknown, BadAnswer, Unauthorized, CreditExhausted)
"""What counts as a failure of the provider. A refused prompt or a wrong request is an answer like any other."""


@dataclass(slots=True)
class RetryBudget:
    """Counts calls and repetitions of the last minute in this process."""

    now_s: Callable[[], float] = time.monotonic
    _calls: deque[float] = field(default_factory=deque)
    _repeats: deque[float] = field(default_factory=deque)

    def allows(self) -> bool:
        """Whether one more call may be a repetition."""
        self._forget()
        most = max(BUDGET_FLOOR, int(BUDGET_SHARE * len(self._calls)))
        return len(self._repeats) < most

    def count(self, *, repeated: bool) -> None:
        """A call was made."""
        now = self.now_s()
        self._calls.append(now)
        if repeated:
            self._repeats.append(now)

    def _forget(self) -> None:
        oldest = self.now_s() - BUDGET_WINDOW_S
        for moments in (self._calls, self._repeats):
            while moments and moments[0] <= oldest:
                moments.popleft()


@dataclass(slots=True, kw_only=True)
class Traffic:
    """What is known of providers' health and limits, asked before every call and told after it."""

    buckets: Buckets
    breakers: Breakers
    budget: RetryBudget = field(default_factory=RetryBudget)
    _lanes: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    async def capacity(self, catalog: Catalog) -> Mapping[str, int]:
        """How many jobs each provider may run now: none where it is shut, one where a call may try again."""
        capacity = dict(catalog.capacity)
        for name, wait_s in (await self.breakers.shut(tuple(capacity))).items():
            capacity[name] = 0 if wait_s > 0 else 1
        return {**capacity, REPEAT: REPEATS_AT_ONCE}

    def lane(self, stall: Stall) -> asyncio.Semaphore:
        """To be held during a call: no more calls at once than the provider takes."""
        return self._lanes.setdefault(stall.name, asyncio.Semaphore(stall.max_concurrent))

    async def shut_s(self, stall: Stall) -> float:
        """0 when calls may go there, else seconds until one may try."""
        return (await self.breakers.shut((stall.name,))).get(stall.name, 0.0)

    async def rest_s(self, stall: Stall) -> float:
        """0 when its rate limit leaves room, else seconds until it does. Nothing is taken."""
        return await self.buckets.take(stall.bucket, 0, stall.rate)

    async def admit(self, stall: Stall) -> float:
        """0 when this call may go now, and is counted; else the seconds to wait."""
        if wait_s := await self.shut_s(stall):
            return wait_s
        if wait_s := await self.buckets.take(stall.bucket, 1, stall.rate):
            return wait_s
        wait_s = await self.breakers.admit(stall.name)
        if wait_s:
            # Another call got the one trial meanwhile; this one isn't made, so it costs the rate nothing.
            await self.buckets.give_back(stall.bucket, 1, stall.rate)
        return wait_s

    async def heard(self, stall: Stall, *, calls_left: int, resets_in_s: float) -> None:
        """The provider said how many calls are left."""
        await self.buckets.limit(stall.bucket, left=calls_left, for_s=resets_in_s)

    async def succeeded(self, stall: Stall) -> None:
        """It answered."""
        await self.breakers.succeeded(stall.name)

    async def failed(self, stall: Stall, error: ProviderError) -> None:
        """What its failure means for the next calls."""
        if isinstance(error, UNHEALTHY):
            await self.breakers.failed(stall.name)
        elif not isinstance(error, Busy):
            await self.breakers.succeeded(stall.name)

    async def pause(self, stall: Stall, *, for_s: float) -> None:
        """It asked to be left alone that long."""
        await self.buckets.limit(stall.bucket, left=0, for_s=for_s)
