"""The queue of jobs: accepting, claiming, cancelling, ending. Each operation is one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.access import Closed
from bot.domain.audit import Deed
from bot.domain.budget import Purse, Spending
from bot.domain.identity import BlobKey, JobId, LaneId, Person, Place, WorkspaceId
from bot.domain.job import Ending, Fence, Job, JobState, NewImage, Order, ParkedFor, Plan
from bot.domain.quota import Counter, Usage
from bot.domain.subject import Subject
from moderation import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A request about to become a job. `counters` are held for `order.images`, all or none."""

    key: str
    person: Person
    place: Place
    order: Order
    counters: tuple[Counter, ...]
    max_queued: int
    """Unfinished jobs one person may have."""
    weight: float
    cap: int
    """Jobs of one person that may be ready or running at once."""
    rules_version: int | None = None
    """Of the workspace's rules it was made by; None asks nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Durable: job, hold and key are committed. Whoever adopts it first admits it."""

    job: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """The same event came before; its job stands as it stands."""

    job: JobId
    state: JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class OverQuota:
    """Nothing was written: this counter has fewer images left than asked for."""

    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyQueued:
    """Nothing was written: the person has this many unfinished jobs."""

    queued: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChanged:
    """Nothing was written: the workspace's rules are no longer those the submission was made by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotLetIn:
    """Nothing was written: the person may not ask for pictures here and now."""

    closed: Closed


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyImages:
    """Nothing was written: one request may ask for fewer. `because` is whose rule says so."""

    asked: int
    most: int
    because: Subject


StoreOutcome = Accepted | Duplicate | OverQuota | TooManyQueued | RulesChanged


SubmitOutcome = Accepted | Duplicate | OverQuota | TooManyQueued | TooManyImages | NotLetIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A job in this process's hands until its lease ends."""

    job: Job
    fence: Fence
    provider: str
    """The candidate whose slot was reserved with the claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What a heartbeat found: leases that were lost, and jobs whose asker wants them cancelled."""

    lost: frozenset[JobId]
    cancel_asked: frozenset[JobId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A job in line, as `queue` shows it."""

    job: JobId
    lane: LaneId
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """It will not run; what was held is released."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAsked:
    """It is running; its worker was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLate:
    """It had already ended, or is being delivered."""

    state: JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """By which rules a job is admitted, and what is held of which budgets. Nothing is, where its price is 0."""

    rules_version: int
    installation_version: int
    purses: tuple[Purse, ...] = ()
    price_microusd: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OverBudget:
    """Nothing was changed: this purse has less left than the request may cost."""

    spending: Spending


class Queue(Protocol):
    """Jobs and their order. Every operation is one transaction; a stale fence changes nothing and says False."""

    async def submit(self, submission: Submission) -> StoreOutcome:
        """Job, hold and idempotency key, all or nothing."""

    async def admit(
        self,
        fence: Fence,
        *,
        plan: Plan,
        decision: Decision,
        weight: float,
        terms: Terms | None = None,
    ) -> bool | RulesChanged | OverBudget:
        """received -> waiting | ready, with its tag; the stored decision and a status letter go with it.

        Without terms nobody is asked for rules, and nothing is paid.
        """

    async def refuse(
        self,
        fence: Fence,
        *,
        ending: Ending,
        decision: Decision | None,
        cost_microusd: int | None = None,
    ) -> bool:
        """received | running -> refused; holds released, the final letter written.

        What was spent stays recorded, here and wherever else a job ends: `cost_microusd`, or else what its calls cost.
        """

    async def park(
        self, fence: Fence, *, why: ParkedFor, run_at: datetime, decision: Decision
    ) -> bool:
        """received -> parked until `run_at`; the stored decision and a status letter go with it."""

    async def park_new(
        self, submission: Submission, *, run_at: datetime
    ) -> Accepted | Duplicate | RulesChanged | TooManyQueued:
        """A job that is parked from the beginning: nothing is held for it, its key counts as any other's."""

    async def unpark(self, job: JobId, submission: Submission) -> bool | OverQuota | RulesChanged:
        """parked -> received, its quota held; over quota it stays parked until that counter returns.

        False when it isn't parked any more.
        """

    async def put_off(self, job: JobId, *, run_at: datetime) -> bool:
        """A parked job is looked at again at `run_at`."""

    async def waive(self, job: JobId, *, deed: Deed) -> bool:
        """An admin lets a job through that waits for one. False when it doesn't."""

    async def end_parked(self, job: JobId, *, ending: Ending) -> bool:
        """parked -> refused, with its final letter."""

    async def wake_parked(self, workspace: WorkspaceId | None) -> int:
        """All parked jobs of a workspace, or of all, are looked at again at once. How many."""

    async def parked_due(self, *, limit: int) -> Sequence[Job]:
        """Parked jobs to be looked at now."""

    async def adopt(self, *, owner: str, limit: int, lease_s: float) -> Sequence[Claimed]:
        """Received jobs nobody is admitting: `owner`'s own not taken up yet, and those whose process died.

        They are leased to `owner` now, and earlier fences are stale. `provider` is empty.
        """

    async def claim(
        self, *, owner: str, slots: int, lease_s: float, capacity: Mapping[str, int]
    ) -> Sequence[Claimed]:
        """Up to `slots` ready jobs in fair order, each with a slot of one of its candidates.

        `capacity` maps provider names to how many jobs each may run at once, over all processes.
        """

    async def switch_provider(self, fence: Fence, *, provider: str, capacity: int) -> bool:
        """Moves a running job's slot to another candidate, if one is free there."""

    async def renew(self, fences: Sequence[Fence], *, lease_s: float) -> Renewal:
        """Heartbeat of running and received jobs."""

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
        """running -> delivering: images, image decisions and the final letter in one transaction; the slot passes on.

        `paid_images` is how many pictures `cost_microusd` bought, shown or not.

        `decisions` stand in the order of `images`. What was held beyond len(images) is released; all of it when the
        images are not `counted`. `plan` takes the place of the job's, where another model did it.
        """

    async def fail(self, fence: Fence, *, ending: Ending, cost_microusd: int | None = None) -> bool:
        """received | running -> failed; holds released, the final letter written."""

    async def delay(self, fence: Fence, *, run_at: datetime, detail: str) -> bool:
        """running -> delayed until `run_at`; its slot passes on, its tag stays."""

    async def hand_back(self, fence: Fence) -> bool:
        """running -> ready, attempt not counted: this process is stopping."""

    async def cancel(self, job: JobId, *, by: str) -> Cancelled | CancelAsked | TooLate:
        """Cancels what has not begun; asks the worker of what has."""

    async def cancelled(self, fence: Fence, *, cost_microusd: int | None = None) -> bool:
        """running -> cancelled, by its worker."""

    async def sweep(self, *, max_attempts: int) -> int:
        """Due retries, lapsed leases, passed deadlines, repeatedly dead jobs. How many rows moved."""

    async def recover(self, *, owner: str, max_attempts: int) -> int:
        """For a store that only one process may use: everything leased to another owner is free again.

        A job that was in a dead worker's hands `max_attempts` times fails instead.
        """

    async def job(self, job: JobId) -> Job | None:
        """The job, if there is one."""

    async def jobs_of(self, lane: LaneId, *, unfinished: bool, limit: int) -> Sequence[Job]:
        """A person's jobs, newest first."""

    async def place(self, job: JobId) -> int | None:
        """Its place in line, 1 = next; None when it isn't waiting."""

    async def waiting_in(self, workspace: WorkspaceId) -> int:
        """How many of a workspace's jobs are in line: what its people may know of how busy it is."""

    async def line(self) -> Sequence[Line]:
        """Everybody's place, in the order they will be served: one query."""
