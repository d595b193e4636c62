"""The outbox answers in the thread, once; then the hold is settled."""

from __future__ import annotations

import asyncio
import itertools
import logging
import math
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
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
RIGHTING_LEASES = 2.0
"""So long a late letter may take to be put right: one to see what another made of it, the rest to leave one message."""
STOPPING_S = 5.0
"""So much of that is left to a process that is told to stop."""
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

    async def work(self, letter: Letter, *, stop: asyncio.Event) -> None:
        """Posts one letter; one that fails for a reason of ours is tried again later."""
        try:
            await self.deliver(letter, stop=stop)
        except StoreUnavailable as error:
            log.warning("the answer of job %s waits for its lease: %s", letter.job, error)
        except Exception as fault:
            log.exception("posting the answer of job %s failed", letter.job)
            await self._again(letter, repr(fault), None)

    async def deliver(self, letter: Letter, *, stop: asyncio.Event) -> None:
        """Posts one letter; a letter whose time has passed is given up. Once `stop` is set, little time is spent on late ones."""
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
        posted: Posted | None = None
        recorded = False
        try:
            posted = await self._post(letter, job, postman)
            if posted is not None:
                recorded = await self._record(letter, posted)
        except StoreUnavailable as error:
            if not _is_late(letter):
                # The next attempt looks for it.
                raise
            log.warning("what came of the answer of job %s isn't on record: %s", job.id, error)
        if not recorded and _is_late(letter):
            written = None if posted is None else posted.message
            await self._put_right(letter, postman, written=written, stop=stop)

    async def _post(self, letter: Letter, job: Job, postman: Postman) -> Posted | None:
        """What was posted; None where nothing was, as far as it is known, and then it is on record why."""
        try:
            async with posting_until(letter.post_by_s):
                outcome = await postman.post(letter, job, await self.cards.of(job, tell_quota=True))
        except NotPosted as refusal:
            await self._again(letter, str(refusal), refusal.retry_after_s)
            return None
        except TimeoutError:
            await self._again(letter, "posting took too long", None)
            return None
        if isinstance(outcome, Undeliverable):
            log.warning("the answer of job %s can't be posted: %s", job.id, outcome.detail)
            await self.outbox.give_up(letter, detail=outcome.detail)
            return None
        return outcome

    async def _record(self, letter: Letter, posted: Posted) -> bool:
        """Whether it is on record as posted by us; whoever follows the job hears of it."""
        self.boundary("delivered" if letter.final else "placeholder_posted", letter.job)
        try:
            recorded = await self.outbox.posted(
                letter, message=posted.message, images=posted.images
            )
            if letter.final:
                self.boundary("settled", letter.job)
        finally:
            # Where only the reply of a commit was lost, it is on record too.
            self.signals.publish(Changed(job=letter.job))
            self.signals.wake(LETTERS)
        return recorded

    async def _put_right(
        self, letter: Letter, postman: Postman, *, written: str | None, stop: asyncio.Event
    ) -> None:
        """Its time was over before it was on record, so another may have posted it too.

        Other letters wait for a free hand meanwhile: it takes RIGHTING_LEASES at most, and STOPPING_S once `stop` is set.
        """
        with suppress(TimeoutError):
            async with _while_going(RIGHTING_LEASES * self.lease_s, stop=stop):
                overtaken = await self._overtaken(letter, written=written)
                if overtaken is None:
                    return
                log.warning("the answer of job %s came late: another had taken it up", letter.job)
                await self._leave_one(overtaken, postman)
                return
        log.error("the answer of job %s may show twice", letter.job)

    async def _leave_one(self, overtaken: Overtaken, postman: Postman) -> None:
        """Asks the platform until it has done so."""
        for attempt in itertools.count(1):
            wanted_s: float | None = None
            try:
                async with asyncio.timeout(self.lease_s):
                    await postman.put_right(overtaken)
            except NotPosted as refusal:
                wanted_s = refusal.retry_after_s
            except (TimeoutError, StoreUnavailable) as error:
                log.info("job %s is put right later: %r", overtaken.job.id, error)
            else:
                return
            await asyncio.sleep(_wait_s(attempt, wanted_s))

    async def _overtaken(self, letter: Letter, *, written: str | None) -> Overtaken | None:
        """What another made of it; None where nobody took it up, or whoever does next looks for it first."""
        until_s = since_boot_s() + self.lease_s
        while since_boot_s() < until_s:
            try:
                standing, job = await self.outbox.standing(letter), await self.queue.job(letter.job)
                if standing is None or job is None or _is_ours(letter, standing):
                    return None
                if standing.state != "pending" and job.state is not JobState.DELIVERING:
                    card = await self.cards.of(job)
                    stands = standing.message
                    return Overtaken(
                        letter=letter, job=job, card=card, stands=stands, written=written
                    )
            except StoreUnavailable as error:
                log.warning("what became of a late answer can't be known: %s", error)
            await asyncio.sleep(LOOK_AGAIN_S)
        return None

    async def _again(self, letter: Letter, detail: str, retry_after_s: float | None) -> None:
        if letter.attempt >= MOST_ATTEMPTS:
            await self.outbox.give_up(letter, detail=detail)
            return
        run_at = self.clock.now() + timedelta(seconds=_wait_s(letter.attempt, retry_after_s))
        await self.outbox.postpone(letter, run_at=run_at, detail=detail)


@asynccontextmanager
async def _while_going(most_s: float, *, stop: asyncio.Event) -> AsyncIterator[None]:
    """TimeoutError after `most_s`, or STOPPING_S after `stop`."""
    loop = asyncio.get_running_loop()

    async def hurry() -> None:
        await stop.wait()
        if not limit.expired():
            limit.reschedule(min(loop.time() + STOPPING_S, limit.when() or math.inf))

    async with asyncio.timeout(most_s) as limit:
        hurrying = asyncio.ensure_future(hurry())
        try:
            yield
        finally:
            hurrying.cancel()


def _wait_s(attempt: int, wanted_s: float | None) -> float:
    """Before the next attempt: what the platform wishes, else longer each time."""
    backoff_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (attempt - 1))
    return max(SHORTEST_WAIT_S, min(LONGEST_WAIT_S, backoff_s if wanted_s is None else wanted_s))


def _is_late(letter: Letter) -> bool:
    """Whether another may have taken it up."""
    return since_boot_s() >= letter.post_by_s


def _is_ours(letter: Letter, standing: Standing) -> bool:
    """Whether nobody took it up after us; `posted`, where our commit's reply was lost."""
    return standing.attempt == letter.attempt and standing.state != "void"
