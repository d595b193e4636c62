"""First responses: those being given here right now, and those on record."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bot.domain.identity import JobId
from bot.domain.job import Job
from bot.ports import Clock, FirstLook, FirstResponse, FirstResponses, NotPosted
from bot.surfaces.discord.limits import ANSWER_S

GIVING_TIMEOUT_S = ANSWER_S + 2.0
"""After this long nobody is about to answer any more: the process that meant to is gone."""
TOGETHER_S = 0.025
"""First responses of so long a time are put on record together: their commits must not hold up the next one's. A process
that dies meanwhile posts its answer anew."""


class Responses:
    """Lets whoever posts an answer know how the request was answered at first, as soon as it was."""

    def __init__(self, records: FirstResponses, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._being_given: dict[str, asyncio.Event] = {}

    @contextmanager
    def giving(self, key: str) -> Iterator[None]:
        """While the event with this key is being answered, answers to it wait."""
        done = self._being_given.setdefault(key, asyncio.Event())
        try:
            yield
        finally:
            done.set()
            self._being_given.pop(key, None)

    async def keep(self, job: JobId, response: FirstResponse) -> None:
        """On record once this returns."""
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(TOGETHER_S - now % TOGETHER_S)
        await self._records.put(job, response)

    async def of(self, job: Job) -> FirstResponse:
        """How the request was answered. NotPosted while that may still be on its way."""
        if given := self._being_given.get(job.key):
            try:
                async with asyncio.timeout(GIVING_TIMEOUT_S):
                    await given.wait()
            except TimeoutError:
                raise NotPosted("its event is still being answered", retry_after_s=1.0) from None
        found = await self._records.of(job.id)
        if found is not None:
            return found
        if self._clock.now() - job.created_at < timedelta(seconds=GIVING_TIMEOUT_S):
            raise NotPosted("its event was not answered yet", retry_after_s=0.5)
        return FirstResponse(look=FirstLook.LOST)
