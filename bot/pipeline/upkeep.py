"""What must happen even if nobody asks: lapsed leases, due retries, passed deadlines, live places in line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.domain.identity import JobId
from bot.domain.live import InLine
from bot.pipeline.loop import pause
from bot.pipeline.topics import LETTERS, READY
from bot.ports import Queue, Signals

SWEEP_S = 1.0
MAX_ATTEMPTS = 3
"""A job whose worker died this often is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeper:
    """Moves on what is stuck. `renew` prolongs what this process works on itself."""

    queue: Queue
    signals: Signals
    stop: asyncio.Event
    renew: Callable[[], Awaitable[None]]

    async def step(self) -> None:
        """One sweep, then a pause.

        Renewing first: a machine that slept finds its own leases lapsed, and what it is still painting would be taken
        from it, paid for and thrown away.
        """
        await self.renew()
        if await self.queue.sweep(max_attempts=MAX_ATTEMPTS):
            self.signals.wake(READY)
            self.signals.wake(LETTERS)
        await pause(SWEEP_S, stop=self.stop)


@dataclass(slots=True, kw_only=True)
class Ticker:
    """Tells everybody in line their place, with one query for all, and only when it changed."""

    queue: Queue
    signals: Signals
    stop: asyncio.Event
    interval_s: float = 0.5
    _told: dict[JobId, int] = field(default_factory=dict)

    async def step(self) -> None:
        """One look at the line, then a pause."""
        places = {line.job: line.place for line in await self.queue.line()}
        for job, place in places.items():
            if self._told.get(job) != place:
                self.signals.publish(InLine(job=job, place=place))
        self._told = places
        await pause(self.interval_s, stop=self.stop)
