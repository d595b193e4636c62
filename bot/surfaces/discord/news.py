"""What is heard of jobs in this process, for whoever waits on one."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

from bot.domain.identity import JobId
from bot.domain.job import Job, JobState
from bot.domain.live import LiveUpdate
from bot.ports import Queue, Signals

LOOK_AGAIN_S = 0.1
"""A signal of another process may be lost; then the database is asked this often."""

Listener = Callable[[LiveUpdate], None]


class News:
    """One ear for all: waits on single jobs, and listeners that hear everything."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._waiting: defaultdict[JobId, set[asyncio.Event]] = defaultdict(set)
        self.listeners: list[Listener] = []

    async def listen(self, signals: Signals) -> None:
        """Hears until cancelled."""
        updates: AsyncIterator[LiveUpdate] = signals.updates()
        async for update in updates:
            for event in self._waiting.get(update.job, ()):
                event.set()
            for listener in self.listeners:
                listener(update)

    async def judged(self, job: JobId, *, within_s: float) -> Job | None:
        """The job once it is judged, or as it is when the time is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        with self._watch(job) as changed:
            while True:
                found = await self._queue.job(job)
                left_s = until - loop.time()
                if found is None or found.state is not JobState.RECEIVED or left_s <= 0:
                    return found
                changed.clear()
                try:
                    async with asyncio.timeout(min(LOOK_AGAIN_S, left_s)):
                        await changed.wait()
                except TimeoutError:
                    continue

    @contextmanager
    def _watch(self, job: JobId) -> Iterator[asyncio.Event]:
        event = asyncio.Event()
        self._waiting[job].add(event)
        try:
            yield event
        finally:
            self._waiting[job].discard(event)
            if not self._waiting[job]:
                del self._waiting[job]
