"""Time that can be pushed ahead: every deadline of the simulator is read from here, so no test has to sleep."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime


class Clock:
    """Epoch seconds."""

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

    async def sleep_until(self, epoch_s: float) -> None:
        while (left := epoch_s - self.now()) > 0:
            try:
                await asyncio.wait_for(self._pushed.wait(), left)
            except TimeoutError:
                continue


def as_iso(epoch_s: float) -> str:
    """As every timestamp of the API: ISO 8601 with an offset."""
    return datetime.fromtimestamp(epoch_s, UTC).isoformat()
