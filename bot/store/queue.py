"""The queue as the inside sees it; each method is one transaction of the modules named `queue_*`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.audit import Deed
from bot.domain.identity import BlobKey, JobId, LaneId, WorkspaceId
from bot.domain.job import Ending, Fence, Job, NewImage, ParkedFor, Plan
from bot.ports import (
    Accepted,
    CancelAsked,
    Cancelled,
    Claimed,
    Duplicate,
    Line,
    OverBudget,
    OverQuota,
    Renewal,
    RulesChanged,
    StoreOutcome,
    Submission,
    Terms,
    TooLate,
    TooManyQueued,
)
from bot.store import (
    line_count,
    queue_admit,
    queue_cancel,
    queue_claim,
    queue_end,
    queue_park,
    queue_read,
    queue_submit,
    queue_sweep,
)
from bot.store.job_rows import TOKEN, read_job
from bot.store.transaction import Executor, Row
from moderation import Decision


class SqlQueue:
    """`bot.ports.Queue` over any executor. A job must end `deadline_s` after its first claim."""

    def __init__(self, executor: Executor, *, deadline_s: float) -> None:
        self._executor = executor
        self._deadline_s = deadline_s

    async def submit(self, submission: Submission) -> StoreOutcome:
        """Job, hold and idempotency key, all or nothing."""
        values = queue_submit.values_of(submission)
        return await self._executor.write(queue_submit.submit, submission, values)

    async def admit(
        self,
        fence: Fence,
        *,
        plan: Plan,
        decision: Decision,
        weight: float,
        terms: Terms | None = None,
    ) -> bool | RulesChanged | OverBudget:
        """received -> waiting | ready."""
        return await self._executor.write(
            queue_admit.admit, fence, plan=plan, decision=decision, weight=weight, terms=terms
        )

    async def refuse(
        self,
        fence: Fence,
        *,
        ending: Ending,
        decision: Decision | None,
        cost_microusd: int | None = None,
    ) -> bool:
        """received | running -> refused."""
        return await self._executor.write(
            queue_end.refuse,
            fence,
            ending=ending,
            decision=decision,
            cost_microusd=cost_microusd,
        )

    async def park(
        self, fence: Fence, *, why: ParkedFor, run_at: datetime, decision: Decision
    ) -> bool:
        """received -> parked until `run_at`."""
        return await self._executor.write(
            queue_park.park, fence, why=why, run_at=run_at, decision=decision
        )

    async def park_new(
        self, submission: Submission, *, run_at: datetime
    ) -> Accepted | Duplicate | RulesChanged | TooManyQueued:
        """A job that is parked from the beginning."""
        values = queue_submit.values_of(submission)
        return await self._executor.write(queue_park.park_new, submission, values, run_at=run_at)

    async def unpark(self, job: JobId, submission: Submission) -> bool | OverQuota | RulesChanged:
        """parked -> received, its quota held."""
        return await self._executor.write(queue_park.unpark, job, submission)

    async def put_off(self, job: JobId, *, run_at: datetime) -> bool:
        """A parked job is looked at again at `run_at`."""
        return await self._executor.write(queue_park.put_off, job, run_at=run_at)

    async def waive(self, job: JobId, *, deed: Deed) -> bool:
        """An admin lets a job through that waits for one."""
        return await self._executor.write(queue_park.waive, job, deed=deed)

    async def end_parked(self, job: JobId, *, ending: Ending) -> bool:
        """parked -> refused."""
        return await self._executor.write(queue_park.end, job, ending=ending)

    async def wake_parked(self, workspace: WorkspaceId | None) -> int:
        """All parked jobs of a workspace, or of all, are looked at again at once."""
        return await self._executor.write(queue_park.wake, workspace)

    async def parked_due(self, *, limit: int) -> Sequence[Job]:
        """Parked jobs to be looked at now."""
        rows = await self._executor.read(queue_park.due, limit=limit)
        return [read_job(row) for row in rows]

    async def adopt(self, *, owner: str, limit: int, lease_s: float) -> Sequence[Claimed]:
        """Received jobs nobody is admitting, now leased to `owner`."""
        rows = await self._executor.write(
            queue_admit.adopt, owner=owner, limit=limit, lease_s=lease_s
        )
        return [_claimed(row, owner=owner, provider="") for row in rows]

    async def claim(
        self, *, owner: str, slots: int, lease_s: float, capacity: Mapping[str, int]
    ) -> Sequence[Claimed]:
        """Up to `slots` ready jobs in fair order, each with a slot of one of its candidates."""
        taken = await self._executor.write(
            queue_claim.claim,
            owner=owner,
            slots=slots,
            lease_s=lease_s,
            capacity=capacity,
            deadline_s=self._deadline_s,
        )
        return [_claimed(row, owner=owner, provider=provider) for row, provider in taken]

    async def switch_provider(self, fence: Fence, *, provider: str, capacity: int) -> bool:
        """Moves a running job's slot to another candidate, if one is free there."""
        return await self._executor.write(
            queue_claim.switch_provider, fence, provider=provider, capacity=capacity
        )

    async def renew(self, fences: Sequence[Fence], *, lease_s: float) -> Renewal:
        """Heartbeat of running and received jobs."""
        return await self._executor.write(queue_claim.renew, fences, lease_s=lease_s)

    async def finish(  # noqa: PLR0913 - all that a job came to, in one transaction
        self,
        fence: Fence,
        *,
        images: Sequence[NewImage],
        decisions: Sequence[Decision],
        cost_microusd: int | None,
        notes: Sequence[str],
        grid: BlobKey | None,
        plan: Plan | None = None,
        counted: bool = True,
        paid_images: int | None = None,
    ) -> bool:
        """running -> delivering."""
        made = queue_end.Made(
            images=images,
            decisions=decisions,
            cost_microusd=cost_microusd,
            notes=notes,
            grid=grid,
            plan=plan,
            counted=counted,
            paid_images=paid_images,
        )
        return await self._executor.write(queue_end.finish, fence, made)

    async def fail(self, fence: Fence, *, ending: Ending, cost_microusd: int | None = None) -> bool:
        """received | running -> failed."""
        return await self._executor.write(
            queue_end.fail, fence, ending=ending, cost_microusd=cost_microusd
        )

    async def delay(self, fence: Fence, *, run_at: datetime, detail: str) -> bool:
        """running -> delayed until `run_at`."""
        return await self._executor.write(queue_end.delay, fence, run_at=run_at, detail=detail)

    async def hand_back(self, fence: Fence) -> bool:
        """running -> ready, attempt not counted."""
        return await self._executor.write(queue_end.hand_back, fence)

    async def cancel(self, job: JobId, *, by: str) -> Cancelled | CancelAsked | TooLate:
        """Cancels what has not begun; asks the worker of what has."""
        return await self._executor.write(queue_cancel.cancel, job, by=by)

    async def cancelled(self, fence: Fence, *, cost_microusd: int | None = None) -> bool:
        """running -> cancelled, by its worker."""
        return await self._executor.write(queue_end.cancelled, fence, cost_microusd=cost_microusd)

    async def sweep(self, *, max_attempts: int) -> int:
        """How many rows moved."""
        found = await self._executor.read(queue_sweep.find)
        if found.emptied >= line_count.TIDY_FROM:
            await self._executor.write(line_count.forget_empty)
        if not found.jobs:
            return 0
        return await self._executor.write(queue_sweep.move, found, max_attempts=max_attempts)

    async def recover(self, *, owner: str, max_attempts: int) -> int:
        """For a store that only one process may use: what others held is free again."""
        return await self._executor.write(
            queue_sweep.recover, owner=owner, max_attempts=max_attempts
        )

    async def job(self, job: JobId) -> Job | None:
        """The job, if there is one."""
        row = await self._executor.read(queue_read.job_row, job)
        return None if row is None else read_job(row)

    async def jobs_of(self, lane: LaneId, *, unfinished: bool, limit: int) -> Sequence[Job]:
        """A person's jobs, newest first."""
        rows = await self._executor.read(
            queue_read.lane_rows, lane, unfinished=unfinished, limit=limit
        )
        return [read_job(row) for row in rows]

    async def place(self, job: JobId) -> int | None:
        """Its place in line, 1 = next."""
        return await self._executor.read(queue_read.place, job)

    async def waiting_in(self, workspace: WorkspaceId) -> int:
        """How many of a workspace's jobs are in line."""
        return await self._executor.read(queue_read.waiting_in, workspace)

    async def line(self) -> Sequence[Line]:
        """Everybody's place: one query."""
        return await self._executor.read(queue_read.line)


def _claimed(row: Row, *, owner: str, provider: str) -> Claimed:
    job = read_job(row)
    return Claimed(
        job=job, fence=Fence(job=job.id, owner=owner, attempt=row[TOKEN]), provider=provider
    )
