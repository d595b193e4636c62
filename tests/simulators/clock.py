"""Time that passes by itself and can be pushed: `clock.advance(3)` makes a deadline fall now instead of in 3 s."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Clock:
    """Epoch seconds. Every wait of the simulator goes through it, so no test has to sleep."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._pushed = asyncio.Event()

    def now(self) -> float:
        return time.time() + self._ahead_s

    def advance(self, seconds: float) -> None:
        """Lets `seconds` pass at once and wakes whoever waits for them."""
        self._ahead_s += seconds
        pushed, self._pushed = self._pushed, asyncio.Event()
        pushed.set()

    async def sleep(self, seconds: float) -> None:
        await self.sleep_until(self.now() + seconds)

    async def sleep_until(self, until: float) -> None:
        """Until a time fixed beforehand, so that a push between deciding and waiting is not missed."""
        while (left := until - self.now()) > 0:
            try:
                await asyncio.wait_for(self._pushed.wait(), left)
            except TimeoutError:
                continue

    async def within(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        """What `work` gives; TimeoutError, and the work cancelled, when `seconds` pass first."""
        until = self.now() + seconds
        task, timer = asyncio.ensure_future(work), asyncio.ensure_future(self.sleep_until(until))
        try:
            await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise TimeoutError(f"nothing within {seconds} s")
            return task.result()
        finally:
            timer.cancel()
            task.cancel()
