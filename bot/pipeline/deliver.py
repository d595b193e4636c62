"""The outbox answers in the thread, once; then the hold is settled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.job import Job, JobState
from bot.domain.live import Changed
from bot.pipeline.cards import Cards
from bot.pipeline.post_by import posting_until
from bot.pipeline.resumption import key_root
from bot.pipeline.topics import LETTERS
from bot.ports import (
    Boundary,
    Clock,
    Letter,
    NotPosted,
    Outbox,
    Overtaken,
    Posted,
    Postman,
    Queue,
    Signals,
    Standing,
    StoreUnavailable,
    Undeliverable,
    since_boot_s,
)

log = logging.getLogger("impasto.deliver")

AT_ONCE = 8
LEASE_S = 75.0
POSTING_SHARE = 0.8
"""Of its lease a post may take so much, counted from before the lease was asked for, so that nobody else posts the same
letter meanwhile. The rest is for what has left and not arrived.
"""
LOOK_AGAIN_S = 0.5
MOST_RIGHTINGS = 5
"""So often a platform is asked to leave one of two messages."""
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
        asked_at_s = since_boot_s()
        letters = await self.outbox.due(owner=self.owner, limit=free, lease_s=self.lease_s)
        if not letters:
            await self.signals.wait(LETTERS, timeout_s=LOOK_S)
        post_by_s = asked_at_s + POSTING_SHARE * self.lease_s
        return [replace(letter, post_by_s=post_by_s) for letter in letters]

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
        outcome = await self._post(letter, job, postman)
        recorded = False
        match outcome:
            case NotPosted(retry_after_s=retry_after_s):
                await self._again(letter, str(outcome), retry_after_s)
            case Posted(message=message, images=images):
                self.boundary("delivered" if letter.final else "placeholder_posted", job.id)
                recorded = await self._recorded(letter, message=message, images=images)
                if letter.final:
                    self.boundary("settled", job.id)
                self.signals.publish(Changed(job=job.id))
                self.signals.wake(LETTERS)
            case Undeliverable(detail=detail):
                log.warning("the answer of job %s can't be posted: %s", job.id, detail)
                await self.outbox.give_up(letter, detail=detail)
        if not recorded and is_late(letter):
            written = outcome.message if isinstance(outcome, Posted) else None
            await self._put_right(letter, postman, written=written)

    async def _post(
        self, letter: Letter, job: Job, postman: Postman
    ) -> Posted | Undeliverable | NotPosted:
        try:
            async with posting_until(letter.post_by_s):
                return await postman.post(letter, job, await self.cards.of(job, tell_quota=True))
        except NotPosted as error:
            return error
        except TimeoutError:
            return NotPosted("posting took too long")

    async def _recorded(self, letter: Letter, *, message: str, images: Sequence[int]) -> bool:
        """Whether it is on record as posted. Where the database is away, the next attempt at a letter in time looks for it."""
        try:
            return await self.outbox.posted(letter, message=message, images=images)
        except StoreUnavailable:
            if not is_late(letter):
                raise
            return False

    async def _put_right(self, letter: Letter, postman: Postman, *, written: str | None) -> None:
        """Its time was over before it was on record, so another may have posted it too."""
        decided = await self._decided(letter)
        if decided is None:
            return
        standing, job = decided
        log.warning("the answer of job %s came late: another process had it by then", job.id)
        overtaken = Overtaken(
            letter=letter,
            job=job,
            card=await self.cards.of(job),
            stands=standing.message,
            written=written,
        )
        for attempt in range(1, MOST_RIGHTINGS + 1):
            try:
                async with asyncio.timeout(self.lease_s):
                    await postman.put_right(overtaken)
            except (NotPosted, TimeoutError) as error:
                wanted_s = getattr(error, "retry_after_s", None)
                await asyncio.sleep(min(LONGEST_WAIT_S, wanted_s or 2.0**attempt))
            else:
                return
        log.error("the answer of job %s may show twice", job.id)

    async def _decided(self, letter: Letter) -> tuple[Standing, Job] | None:
        """What another made of it, and its job; None where nobody took it up, or whoever does next looks for it first."""
        until_s = since_boot_s() + self.lease_s
        while since_boot_s() < until_s:
            try:
                standing, job = await self.outbox.standing(letter), await self.queue.job(letter.job)
            except StoreUnavailable as error:
                log.warning("what became of a late answer can't be known: %s", error)
                await asyncio.sleep(LOOK_AGAIN_S)
                continue
            if standing is None or job is None or _is_ours(letter, standing):
                return None
            if standing.state != "pending" and job.state is not JobState.DELIVERING:
                return standing, job
            await asyncio.sleep(LOOK_AGAIN_S)
        return None

    async def _again(self, letter: Letter, detail: str, retry_after_s: float | None) -> None:
        if letter.attempt >= MOST_ATTEMPTS:
            await self.outbox.give_up(letter, detail=detail)
            return
        backoff_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (letter.attempt - 1))
        wait_s = min(LONGEST_WAIT_S, retry_after_s if retry_after_s is not None else backoff_s)
        run_at = self.clock.now() + timedelta(seconds=max(SHORTEST_WAIT_S, wait_s))
        await self.outbox.postpone(letter, run_at=run_at, detail=detail)


def is_late(letter: Letter) -> bool:
    """Whether another may have taken it up."""
    return since_boot_s() >= letter.post_by_s


def _is_ours(letter: Letter, standing: Standing) -> bool:
    return standing.attempt == letter.attempt and standing.state in {"pending", "given_up"}
