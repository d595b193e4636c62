"""Received jobs: taken up by whoever judges them, and given their place in line."""

from __future__ import annotations

from math import inf, nextafter

from sqlalchemy import select, update

from bot.domain.fair import next_tag
from bot.domain.job import Fence, JobState, Plan
from bot.ports import OverBudget, RulesChanged, Terms
from bot.store import line_count, spending
from bot.store.decisions import record_decision
from bot.store.job_rows import JOB_COLUMNS, leased
from bot.store.lane import FENCED_JOB, LockedJob
from bot.store.letters import write_status_letter
from bot.store.moments import span_us
from bot.store.records import write_plan
from bot.store.rules import VERSION_OF_INSTALLATION, VERSION_OF_JOBS_WORKSPACE
from bot.store.statement import Statement, param
from bot.store.tables import RECEIVED, clock, job, lane
from bot.store.transaction import Row, Transaction
from moderation import Decision

_RECEIVED_AND_CLOCK = Statement(
    FENCED_JOB.where(job.c.state == JobState.RECEIVED).add_columns(
        select(clock.c.vt).scalar_subquery(),
        VERSION_OF_JOBS_WORKSPACE,
        VERSION_OF_INSTALLATION,
        job.c.waived,
    )
)
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
FIRST_LEASE = 1
"""Token of a job that is judged at once; who was parked, or whose judge died, has a higher one."""
_NOBODYS = job.c.owner.is_(None)
_ADOPTABLE = Statement(
    select(*JOB_COLUMNS)
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
)


def adopt(tx: Transaction, *, owner: str, limit: int, lease_s: float) -> list[Row]:
    """JOB_COLUMNS of received jobs that nobody is judging, now leased to `owner`."""
    lease_until_us = tx.now_us + span_us(lease_s)
    return [
        leased(row)
        for row in tx.rows(_ADOPTABLE, most=limit)
        if tx.change(_ADOPT, job=row[0], owner=owner, lease_until_us=lease_until_us)
    ]


def admit(
    tx: Transaction,
    fence: Fence,
    *,
    plan: Plan,
    decision: Decision,
    weight: float,
    terms: Terms | None = None,
) -> bool | RulesChanged | OverBudget:
    """received -> waiting | ready, with its tag, its decision and a status letter. False when the fence is stale."""
    row = tx.row(_RECEIVED_AND_CLOCK, job=fence.job, owner=fence.owner, token=fence.attempt)
    if row is None:
        return False
    *found, virtual_time, version, installation_version, waived = row
    if terms is not None and _versions(terms) != (version, installation_version):
        return RulesChanged()
    locked = LockedJob._make(found)
    price = terms.price_microusd if terms is not None else 0
    purses = terms.purses if terms is not None and price else ()
    if purses:
        short = spending.hold(tx, purses, microusd=price, waived=bool(waived))
        if short is not None:
            return OverBudget(spending=short)
    tag = next_tag(
        lane_tag=locked.tag, virtual_time=virtual_time, images=locked.images, weight=weight
    )
    if locked.token > FIRST_LEASE:
        # Equal tags are served by age, and its number is older than its turn: it waited outside the line.
        tag = nextafter(tag, inf)
    ready = locked.inflight < locked.cap
    if not tx.change(
        _ADMIT,
        job=locked.id,
        owner=fence.owner,
        token=locked.token,
        next_state=JobState.READY.value if ready else JobState.WAITING.value,
        vt=tag,
        weight=weight,
        plan=write_plan(plan),
        route=",".join(plan.providers),
    ):
        raise RuntimeError(f"job {locked.id} moved while its lane was locked")
    if purses:
        spending.book(tx, locked.id, purses, microusd=price)
    line_count.come(tx, locked.id, tag)
    tx.change(_ADVANCE_LANE, lane=locked.lane, tag=tag, inflight=locked.inflight + ready)
    record_decision(tx, locked.id, decision)
    write_status_letter(tx, locked.id)
    return True


def _versions(terms: Terms) -> tuple[int, int]:
    return terms.rules_version, terms.installation_version
