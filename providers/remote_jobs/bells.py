"""Waiting for a job: by growing pauses, or until its provider rings."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from providers.wire.deadline import Deadline

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0
GROWTH = 1.4
"""0.5, 0.7, 1, 1.4 … 5 s: a picture of ten seconds is seen within two, a job of minutes is asked after 12 times in each."""


class Bells:
    """One bell for each job that somebody waits for here. A ring for another job is nobody's."""

    def __init__(self) -> None:
        self._bells: dict[str, asyncio.Event] = {}
        self._waiting: Counter[str] = Counter()

    @contextmanager
    def listening(self, job_id: str) -> Iterator[asyncio.Event]:
        """The bell of a job, for as long as somebody waits for it."""
        bell = self._bells.setdefault(job_id, asyncio.Event())
        self._waiting[job_id] += 1
        try:
            yield bell
        finally:
            self._waiting[job_id] -= 1
            if not self._waiting[job_id]:
                del self._waiting[job_id], self._bells[job_id]

    def ring(self, job_id: str) -> None:
        """Wakes whoever waits for the job."""
        if job_id in self._bells:
            self._bells[job_id].set()


class Pauses:
    """The pauses between two looks at one job."""

    def __init__(self, bell: asyncio.Event, deadline: Deadline) -> None:
        self._bell = bell
        self._deadline = deadline
        self._next_s = FIRST_PAUSE_S

    async def rest(self, *, at_least_s: float = 0.0) -> None:
        """Returns at the ring, after the pause, or at the deadline, whichever comes first.

        A provider that asked for a pause gets it, ring or no ring.
        """
        pause_s = self._next_s - at_least_s
        self._next_s = min(LONGEST_PAUSE_S, self._next_s * GROWTH)
        if at_least_s > 0:
            await asyncio.sleep(min(at_least_s, self._deadline.left_s()))
        if pause_s <= 0:
            return
        try:
            async with asyncio.timeout_at(self._deadline.at_most(pause_s).at):
                await self._bell.wait()
        except TimeoutError:
            return
        self._bell.clear()
