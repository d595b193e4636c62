"""What is heard of jobs in this process, for whoever waits on one."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

from bot.domain.identity import JobId
from bot.domain.job import Job, JobState
from bot.domain.live import LiveUpdate
from bot.pipeline.loop import pause
from bot.ports import Queue, Signals

LOOK_AGAIN_S = 0.1
"""How often the database is asked while somebody waits."""

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
        with self._watch(job) as changed:
            try:
                async with asyncio.timeout(within_s):
                    while True:
                        found = await self._queue.job(job)
                        if found is None or found.state is not JobState.RECEIVED:
                            return found
                        await changed.wait()
                        changed.clear()
            except TimeoutError:
                return await self._queue.job(job)

    async def look_again(self, *, stop: asyncio.Event) -> None:
        """Makes all who wait ask the database, then pauses: a signal of another process may be lost."""
        for events in self._waiting.values():
            for event in events:
                event.set()
        await pause(LOOK_AGAIN_S, stop=stop)

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
