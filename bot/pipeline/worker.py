"""The loop around a job's life: claims what has a free slot, holds its lease, and hands back what it can't finish."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.job import Ending, Fence, Reason
from bot.domain.live import Changed
from bot.pipeline.finish import Darkroom, Finished, NothingToShow
from bot.pipeline.generate import Studio
from bot.pipeline.loop import keep_going, pause
from bot.pipeline.outcomes import Later, Outcome, Painted, StaleClaim, Stopped
from bot.pipeline.topics import CANCELS, LETTERS, READY
from bot.ports import (
    BlobMissing,
    BlobsUnreadable,
    BlobsUnwritable,
    Boundary,
    Claimed,
    Queue,
    Signals,
    StoreUnavailable,
)
from bot.telemetry.events import JobPainted, JobStarted, Recorder, unrecorded

log = logging.getLogger("impasto.worker")

LOOKED_AT = 3
"""How often pictures are shown to a judge that does not answer, before the answer is no."""
LOOK_AGAIN_S = 5.0
LEASE_S = 15.0
HEARTBEAT_S = 5.0
FIRST_CLAIM = 2
"""Fencing token of a job that was judged once and never parked, when a worker first takes it up."""


@dataclass(slots=True)
class _Running:
    """A claim being worked on. `lost`: somebody else has the job now, perhaps this very process under a new fence.

    `ending`: its end may be committed already, so a lease that isn't there says nothing. The fence alone decides then.
    """

    claimed: Claimed
    task: asyncio.Task[None]
    cancel_asked: bool = False
    lost: bool = False
    ending: bool = False


@dataclass(slots=True, kw_only=True)
class Worker:
    """Runs up to `slots` jobs at once. Its steps are run by loops that `wiring` owns."""

    queue: Queue
    studio: Studio
    darkroom: Darkroom
    signals: Signals
    owner: str
    slots: int
    boundary: Boundary
    lease_s: float = LEASE_S
    heartbeat_s: float = HEARTBEAT_S
    record: Recorder = unrecorded
    _running: dict[Fence, _Running] = field(default_factory=dict)
    _group: asyncio.TaskGroup | None = None

    async def run(self, *, stop: asyncio.Event, drain_s: float) -> None:
        """Works until `stop` is set, then finishes what runs for at most `drain_s` and hands back the rest."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            beats = group.create_task(self._beat())
            while not stop.is_set():
                await self._step_safely(stop)
            await self._drain(drain_s)
            beats.cancel()

    async def _beat(self) -> None:
        """Heartbeats as long as anything runs, also while draining."""
        await keep_going("heartbeat", self.heartbeat, stop=asyncio.Event())

    async def _step_safely(self, stop: asyncio.Event) -> None:
        try:
            await self.step()
        except StoreUnavailable as error:
            log.warning("nothing can be claimed now: %s", error)
            await pause(1.0, stop=stop)
        except Exception:
            log.exception("claiming failed; going on")
            await pause(1.0, stop=stop)

    async def step(self) -> None:
        """Claims as many jobs as there are free slots, or waits for one of both."""
        free = self.slots - len(self._running)
        claims = (
            await self.queue.claim(
                owner=self.owner,
                slots=free,
                lease_s=self.lease_s,
                capacity=await self.studio.capacity(),
            )
            if free
            else ()
        )
        for claimed in claims:
            self._start(claimed)
        if len(claims) < free or not free:
            await self.signals.wait(READY, timeout_s=1.0)

    async def heartbeat(self) -> None:
        """Renews the leases held in time, and at once when somebody wants a job cancelled."""
        await self.signals.wait(CANCELS, timeout_s=self.heartbeat_s)
        await self.renew()

    async def renew(self) -> None:
        """Renews the leases held; stops work on what was lost or is not wanted any more."""
        held = [running for running in self._running.values() if not running.lost]
        if not held:
            return
        renewal = await self.queue.renew(
            [running.claimed.fence for running in held], lease_s=self.lease_s
        )
        for running in held:
            if running.ending:
                continue
            job = running.claimed.job.id
            if job in renewal.lost:
                _lose(running)
            elif job in renewal.cancel_asked and not running.cancel_asked:
                running.cancel_asked = True
                running.task.cancel()

    def _start(self, claimed: Claimed) -> None:
        if self._group is None:
            raise RuntimeError("the worker is not running")
        self.boundary("leased", claimed.job.id)
        self.signals.publish(Changed(job=claimed.job.id))
        if claimed.fence.attempt == FIRST_CLAIM and claimed.job.started_at is not None:
            wait = claimed.job.started_at - claimed.job.created_at
            self.record(JobStarted(wait_s=max(0.0, wait.total_seconds())))
        for running in self._running.values():
            if running.claimed.job.id == claimed.job.id:
                # This process stood still past its lease and took the job from itself: only the new claim counts.
                _lose(running)
        task = self._group.create_task(self._work_safely(claimed))
        self._running[claimed.fence] = _Running(claimed, task)

    async def _drain(self, drain_s: float) -> None:
        tasks = [running.task for running in self._running.values()]
        if tasks:
            log.info("finishing %d jobs, for at most %s s", len(tasks), drain_s)
            _, unfinished = await asyncio.wait(tasks, timeout=drain_s)
            for task in unfinished:
                task.cancel()

    async def _work_safely(self, claimed: Claimed) -> None:
        job = claimed.job.id
        try:
            await self._work_or_let_go(claimed)
        except StaleClaim:
            log.warning("job %s was taken over by another process", job)
        except StoreUnavailable as error:
            log.warning("job %s is left to the next sweep: %s", job, error)
        except Exception:
            log.exception("job %s could not be ended and is left to its lease", job)
        finally:
            self._running.pop(claimed.fence, None)
            self.signals.publish(Changed(job=job))
            self.signals.wake(LETTERS)
            self.signals.wake(READY)

    async def _work_or_let_go(self, claimed: Claimed) -> None:
        try:
            await self._work(claimed)
        except (StaleClaim, StoreUnavailable):
            raise
        except asyncio.CancelledError:
            await self._let_go(claimed)
        except Exception as fault:
            log.exception("job %s failed", claimed.job.id)
            await self.queue.fail(
                claimed.fence, ending=Ending(reason=Reason.INTERNAL, detail=repr(fault))
            )

    async def _let_go(self, claimed: Claimed) -> None:
        """The job's task was cancelled: by its asker, by a lost lease, or because this process stops."""
        running = self._running[claimed.fence]
        if running.lost:
            log.warning("job %s: the lease was lost", claimed.job.id)
        elif running.cancel_asked:
            await self.studio.call_off(claimed)
            await self.queue.cancelled(claimed.fence)
        else:
            await self.queue.hand_back(claimed.fence)

    async def _work(self, claimed: Claimed) -> None:
        try:
            outcome = await self._paint(claimed)
            try:
                await self._carry_out(claimed, outcome)
            except BlobMissing as error:
                if not isinstance(outcome, Painted) or outcome.counted:
                    raise
                # Deleted while it was about to be shown once more: then it is painted like any other.
                log.info("job %s repeats what is gone by now: %s", claimed.job.id, error)
                await self._carry_out(claimed, await self._paint(claimed, anew=True))
        except (BlobsUnreadable, BlobsUnwritable) as error:
            await self.queue.fail(
                claimed.fence, ending=Ending(reason=Reason.STORAGE, detail=str(error))
            )
        except BlobMissing as error:
            ending = Ending(
                reason=Reason.BAD_REQUEST,
                words="The picture it starts from is gone.",
                detail=str(error),
            )
            await self.queue.fail(claimed.fence, ending=ending)

    async def _carry_out(self, claimed: Claimed, outcome: Outcome) -> None:
        if not isinstance(outcome, Painted):
            self._ends(claimed.fence)
        match outcome:
            case Painted():
                await self._develop(claimed, outcome)
            case Stopped(ending=ending, refused=refused):
                await self._stop(claimed, ending, refused=refused)
            case Later(run_at=run_at, detail=detail):
                await self.queue.delay(claimed.fence, run_at=run_at, detail=detail)

    async def _paint(self, claimed: Claimed, *, anew: bool = False) -> Outcome:
        began_s = time.monotonic()
        try:
            return await self.studio.paint(claimed, anew=anew)
        finally:
            self.record(JobPainted(duration_s=time.monotonic() - began_s))

    def _ends(self, fence: Fence) -> None:
        running = self._running.get(fence)
        if running is not None:
            running.ending = True

    async def _stop(self, claimed: Claimed, ending: Ending, *, refused: bool) -> None:
        if refused:
            await self.queue.refuse(claimed.fence, ending=ending, decision=None)
        else:
            await self.queue.fail(claimed.fence, ending=ending)

    async def _develop(self, claimed: Claimed, painted: Painted) -> None:
        fence = claimed.fence
        developed = await self.darkroom.develop(
            claimed.job, painted.answers, kept=not painted.counted
        )
        self._ends(fence)
        match developed:
            case Finished() as done:
                await self.queue.finish(
                    fence,
                    images=done.images,
                    decisions=done.decisions,
                    cost_microusd=done.cost_microusd,
                    notes=done.notes,
                    grid=done.grid,
                    plan=painted.plan,
                    counted=painted.counted,
                    paid_images=sum(len(answer.images) for answer in painted.answers),
                )
                self.boundary("finished", claimed.job.id)
                await self.studio.remember(claimed, painted, shown=len(done.images))
            case NothingToShow(ending=ending, decision=None, cost_microusd=cost):
                await self.queue.fail(fence, ending=ending, cost_microusd=cost)
            case NothingToShow(ending=Ending(reason=Reason.UNCHECKED_IMAGE)) if (
                claimed.job.attempt < LOOKED_AT
            ):
                # The pictures are paid and kept: looking at them again costs nothing but time.
                run_at = self.studio.calls.clock.now() + timedelta(seconds=LOOK_AGAIN_S)
                await self.queue.delay(fence, run_at=run_at, detail="a judge did not answer")
            case NothingToShow(ending=ending, decision=decision, cost_microusd=cost):
                await self.queue.refuse(fence, ending=ending, decision=decision, cost_microusd=cost)


def _lose(running: _Running) -> None:
    running.lost = True
    running.task.cancel()
