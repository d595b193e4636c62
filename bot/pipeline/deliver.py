"""The outbox answers in the thread, once; then the hold is settled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.live import Changed
from bot.pipeline.cards import Cards
from bot.pipeline.resumption import key_root
from bot.pipeline.topics import LETTERS
from bot.ports import (
    Boundary,
    Clock,
    Letter,
    NotPosted,
    Outbox,
    Posted,
    Postman,
    Queue,
    Signals,
    StoreUnavailable,
    Undeliverable,
)

log = logging.getLogger("impasto.deliver")

AT_ONCE = 8
LEASE_S = 75.0
POSTING_SHARE = 0.8
"""Of its lease a post may take so much, so that nobody else posts the same letter meanwhile: whoever stood still past the
lease posts nothing when it wakes up.
"""
MOST_ATTEMPTS = 12
"""With the waits below a platform may be away for about an hour before an answer is given up."""
LOOK_S = 1.0
FIRST_WAIT_S = 2.0
SHORTEST_WAIT_S = 0.5
LONGEST_WAIT_S = 600.0
OTHER_PLATFORM_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """Posts letters through the postman of their platform."""

    outbox: Outbox
    queue: Queue
    cards: Cards
    postmen: Mapping[str, Postman]
    signals: Signals
    clock: Clock
    owner: str
    boundary: Boundary
    lease_s: float = LEASE_S

    async def take(self, free: int) -> Sequence[Letter]:
        """Up to `free` letters that are due; waits a while when there are none."""
        letters = await self.outbox.due(owner=self.owner, limit=free, lease_s=self.lease_s)
        if not letters:
            await self.signals.wait(LETTERS, timeout_s=LOOK_S)
        return letters

    async def work(self, letter: Letter) -> None:
        """Posts one letter; one that fails for a reason of ours is tried again later."""
        try:
            await self.deliver(letter)
        except StoreUnavailable as error:
            log.warning("the answer of job %s waits for its lease: %s", letter.job, error)
        except Exception as fault:
            log.exception("posting the answer of job %s failed", letter.job)
            await self._again(letter, repr(fault), None)

    async def deliver(self, letter: Letter) -> None:
        """Posts one letter; a letter whose time has passed is given up."""
        job = await self.queue.job(letter.job)
        postman = self.postmen.get(job.person.platform) if job else None
        if job is None:
            await self.outbox.give_up(letter, detail="its job is gone")
            return
        if postman is None:
            # Another process, or this one with its token set again, will post it: giving up would lose the answer.
            run_at = self.clock.now() + timedelta(seconds=OTHER_PLATFORM_S)
            await self.outbox.postpone(
                letter, run_at=run_at, detail="nobody here posts there", tried=False
            )
            return
        letter = replace(letter, nonce=f"{key_root(job)}-{'final' if letter.final else 'status'}")
        self.boundary("delivering" if letter.final else "placeholder_posting", job.id)
        try:
            async with asyncio.timeout(POSTING_SHARE * self.lease_s):
                outcome = await postman.post(letter, job, await self.cards.of(job, tell_quota=True))
        except NotPosted as error:
            await self._again(letter, str(error), error.retry_after_s)
            return
        except TimeoutError:
            await self._again(letter, "posting took too long", None)
            return
        match outcome:
            case Posted(message=message, images=images):
                self.boundary("delivered" if letter.final else "placeholder_posted", job.id)
                await self.outbox.posted(letter, message=message, images=images)
                if letter.final:
                    self.boundary("settled", job.id)
                self.signals.publish(Changed(job=job.id))
                self.signals.wake(LETTERS)
            case Undeliverable(detail=detail):
                log.warning("the answer of job %s can't be posted: %s", job.id, detail)
                await self.outbox.give_up(letter, detail=detail)

    async def _again(self, letter: Letter, detail: str, retry_after_s: float | None) -> None:
        if letter.attempt >= MOST_ATTEMPTS:
            await self.outbox.give_up(letter, detail=detail)
            return
        backoff_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (letter.attempt - 1))
        wait_s = min(LONGEST_WAIT_S, retry_after_s if retry_after_s is not None else backoff_s)
        run_at = self.clock.now() + timedelta(seconds=max(SHORTEST_WAIT_S, wait_s))
        await self.outbox.postpone(letter, run_at=run_at, detail=detail)
