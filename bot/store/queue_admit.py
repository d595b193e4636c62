"""Received jobs: taken up by whoever judges them, and given their place in line."""

from __future__ import annotations

from sqlalchemy import and_, or_, select, update

from bot.domain.fair import next_tag
from bot.domain.job import Fence, JobState, Plan
from bot.store.decisions import record_decision
from bot.store.job_rows import JOB_COLUMNS
from bot.store.lane import lock_fenced
from bot.store.letters import write_status_letter
from bot.store.moments import span_us
from bot.store.queue_submit import FIRST_TOKEN
from bot.store.records import write_plan
from bot.store.statement import Statement, param
from bot.store.tables import RECEIVED, clock, job, lane
from bot.store.transaction import Row, Transaction
from moderation import Decision

_READ_CLOCK = Statement(select(clock.c.vt))
_ADMIT = Statement(
    update(job)
    .where(
        job.c.id == param("job"),
        job.c.state == JobState.RECEIVED,
        job.c.owner == param("owner"),
        job.c.token == param("token"),
    )
    .values(
        state=param("next_state"),
        vt=param("vt"),
        weight=param("weight"),
        plan=param("plan"),
        route=param("route"),
        owner=None,
        lease_until_us=None,
    )
)
_ADVANCE_LANE = Statement(
    update(lane)
    .where(lane.c.lane == param("lane"))
    .values(tag=param("tag"), inflight=param("inflight"))
)
_NOBODYS = or_(
    job.c.owner.is_(None),
    and_(job.c.owner == param("owner"), job.c.token == FIRST_TOKEN),
)
_ADOPTABLE = Statement(
    select(job.c.id)
    .where(RECEIVED, _NOBODYS)
    .order_by(job.c.id)
    .limit(param("most"))
    .with_for_update(skip_locked=True)
)
_ADOPT = Statement(
    update(job)
    .where(job.c.id == param("job"), RECEIVED, _NOBODYS)
    .values(
        owner=param("owner"),
        token=job.c.token + 1,
        lease_until_us=param("lease_until_us"),
    )
    .returning(*JOB_COLUMNS)
)


def adopt(tx: Transaction, *, owner: str, limit: int, lease_s: float) -> list[Row]:
    """JOB_COLUMNS of received jobs that nobody is judging, now leased to `owner`."""
    lease_until_us = tx.now_us + span_us(lease_s)
    adopted = [
        tx.row(_ADOPT, job=job_id, owner=owner, lease_until_us=lease_until_us)
        for (job_id,) in tx.rows(_ADOPTABLE, owner=owner, most=limit)
    ]
    return [row for row in adopted if row is not None]


def admit(tx: Transaction, fence: Fence, *, plan: Plan, decision: Decision, weight: float) -> bool:
    """received -> waiting | ready, with its tag, its decision and a status letter. False when the fence is stale."""
    locked = lock_fenced(tx, fence)
    if locked is None or locked.state != JobState.RECEIVED:
        return False
    (virtual_time,) = tx.row(_READ_CLOCK) or (0.0,)
    tag = next_tag(
        lane_tag=locked.tag, virtual_time=virtual_time, images=locked.images, weight=weight
    )
    ready = locked.inflight < locked.cap
    if not tx.change(
        _ADMIT,
        job=locked.id,
        owner=fence.owner,
        token=locked.token,
        next_state=JobState.READY if ready else JobState.WAITING,
        vt=tag,
        weight=weight,
        plan=write_plan(plan),
        route=",".join(plan.providers),
    ):
        return False
    tx.change(_ADVANCE_LANE, lane=locked.lane, tag=tag, inflight=locked.inflight + ready)
    record_decision(tx, locked.id, decision)
    write_status_letter(tx, locked.id)
    return True
