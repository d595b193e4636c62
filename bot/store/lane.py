"""A person's lane: the row that is locked before any of their jobs changes, and the slots that pass from job to job."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, select, update

from bot.domain.job import Fence, JobState
from bot.store.statement import Statement, param
from bot.store.tables import LEASED, UNFINISHED, job, lane
from bot.store.transaction import Transaction

SLOTTED = frozenset({JobState.READY, JobState.RUNNING})
"""States in which a job takes one of its person's slots."""


class LockedJob(NamedTuple):
    """What a transition must know of a job and its lane, read with the lane locked."""

    id: int
    state: str
    token: int
    lane: str
    images: int
    counters: str
    cancel_asked: bool
    vt: float | None
    deaths: int
    cap: int
    inflight: int
    tag: float
    workspace: str
    parent: int | None
    purses: str | None
    cost_microusd: int | None

    @property
    def surface(self) -> str:
        """The platform it came by."""
        return self.lane.partition(":")[0]


_LOCKED = (
    select(
        job.c.id,
        job.c.state,
        job.c.token,
        job.c.lane,
        job.c.images,
        job.c.counters,
        job.c.cancel_asked,
        job.c.vt,
        job.c.deaths,
        lane.c.cap,
        lane.c.inflight,
        lane.c.tag,
        job.c.workspace,
        job.c.parent,
        job.c.purses,
        job.c.cost_microusd,
    )
    .join(lane, lane.c.lane == job.c.lane)
    .where(job.c.id == param("job"))
    .with_for_update(of=lane)
)
FENCED_JOB = _LOCKED.where(LEASED, job.c.owner == param("owner"), job.c.token == param("token"))
"""The columns of a LockedJob whose lease is the one asked for."""
_FENCED = Statement(FENCED_JOB)
_BY_ID = Statement(_LOCKED)

_FIRST_WAITING = (
    select(job.c.id)
    .where(job.c.lane == param("lane"), job.c.state == JobState.WAITING)
    .order_by(job.c.vt, job.c.id)
    .limit(1)
    .scalar_subquery()
)
_PROMOTE = Statement(
    update(job)
    .where(job.c.id == _FIRST_WAITING, job.c.state == JobState.WAITING)
    .values(state=JobState.READY)
)
_SET_INFLIGHT = Statement(
    update(lane).where(lane.c.lane == param("lane")).values(inflight=param("inflight"))
)
_LOCK_LANE = Statement(
    select(lane.c.cap, lane.c.inflight).where(lane.c.lane == param("lane")).with_for_update()
)
_SET_TAG_BACK = Statement(
    update(lane)
    .where(lane.c.lane == param("lane"), lane.c.tag == param("tag"))
    .values(
        tag=func.coalesce(
            select(func.max(job.c.vt))
            .where(job.c.lane == param("lane"), UNFINISHED, job.c.state != JobState.DELIVERING)
            .scalar_subquery(),
            0.0,
        )
    )
)


def lock_fenced(tx: Transaction, fence: Fence) -> LockedJob | None:
    """The job with its lane locked, or None when the fence is stale."""
    row = tx.row(_FENCED, job=fence.job, owner=fence.owner, token=fence.attempt)
    return None if row is None else LockedJob._make(row)


def lock_by_id(tx: Transaction, job_id: int) -> LockedJob | None:
    """The job with its lane locked, whoever holds it."""
    row = tx.row(_BY_ID, job=job_id)
    return None if row is None else LockedJob._make(row)


def pass_slot(tx: Transaction, locked: LockedJob) -> None:
    """Gives the slot of a job that left it to the person's first waiting job, if there is one.

    Nobody waits in a lane that has not reached its cap.
    """
    if locked.inflight < locked.cap:
        tx.change(_SET_INFLIGHT, lane=locked.lane, inflight=locked.inflight - 1)
        return
    _fill(tx, locked.lane, cap=locked.cap, inflight=locked.inflight - 1, stored=locked.inflight)


def fill_slots(tx: Transaction, lane_id: str) -> None:
    """Makes as many waiting jobs ready as the lane's cap allows; needed when the cap was raised."""
    row = tx.row(_LOCK_LANE, lane=lane_id)
    if row is not None:
        cap, inflight = row
        _fill(tx, lane_id, cap=cap, inflight=inflight, stored=inflight)


def take_slot(tx: Transaction, locked: LockedJob) -> None:
    """Counts one more job of this person as ready."""
    tx.change(_SET_INFLIGHT, lane=locked.lane, inflight=locked.inflight + 1)


def set_tag_back(tx: Transaction, locked: LockedJob) -> None:
    """After the last job in the lane was cancelled: its person must not pay for work that won't be done."""
    if locked.vt is not None:
        tx.change(_SET_TAG_BACK, lane=locked.lane, tag=locked.vt)


def _fill(tx: Transaction, lane_id: str, *, cap: int, inflight: int, stored: int) -> None:
    while inflight < cap and tx.change(_PROMOTE, lane=lane_id):
        inflight += 1
    if inflight != stored:
        tx.change(_SET_INFLIGHT, lane=lane_id, inflight=inflight)
