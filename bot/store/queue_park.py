"""Jobs that wait outside the line: for their asker's quota to come back, or for an admin to let them through a budget."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select, true, update

from bot.domain.audit import Deed
from bot.domain.identity import JobId
from bot.domain.job import Ending, Fence, JobState, ParkedFor
from bot.ports import Accepted, Duplicate, OverQuota, RulesChanged, Submission, TooManyQueued
from bot.store import audit, ledger
from bot.store.decisions import record_decision
from bot.store.job_end import end_job
from bot.store.job_rows import JOB_COLUMNS
from bot.store.lane import lock_by_id, lock_fenced
from bot.store.letters import write_status_letter
from bot.store.moments import to_us
from bot.store.queue_submit import NEW_JOB, look
from bot.store.records import write_counters
from bot.store.statement import Statement, param
from bot.store.tables import DELAYED, job
from bot.store.templates import note_use
from bot.store.transaction import Row, Transaction
from bot.telemetry.events import JobAccepted
from moderation import Decision

_IS_PARKED = (job.c.id == param("job"), job.c.state == JobState.PARKED)
_INSERT = Statement(
    insert(job).values(
        **NEW_JOB,
        state=JobState.PARKED,
        parked=ParkedFor.QUOTA,
        run_at_us=param("run_at_us"),
    )
)
_PARK = Statement(
    update(job)
    .where(
        job.c.id == param("job"),
        job.c.state == JobState.RECEIVED,
        job.c.owner == param("owner"),
        job.c.token == param("token"),
    )
    .values(
        state=JobState.PARKED,
        parked=param("why"),
        run_at_us=param("run_at_us"),
        owner=None,
        lease_until_us=None,
    )
)
_UNPARK = Statement(
    update(job)
    .where(*_IS_PARKED)
    .values(
        state=JobState.RECEIVED,
        parked=None,
        run_at_us=None,
        token=job.c.token + 1,
        counters=param("counters"),
        weight=param("weight"),
    )
)
_PUT_OFF = Statement(update(job).where(*_IS_PARKED).values(run_at_us=param("run_at_us")))
_WAIVE = Statement(
    update(job)
    .where(*_IS_PARKED, job.c.parked == ParkedFor.BUDGET)
    .values(waived=true(), run_at_us=param("now_us"))
)
_WAKE = Statement(
    update(job)
    .where(
        job.c.workspace == param("workspace"),
        job.c.parked.is_not(None),
        job.c.finished_at_us.is_(None),
        job.c.run_at_us > param("now_us"),
    )
    .values(run_at_us=param("now_us"))
)
_WAKE_ALL = Statement(
    update(job)
    .where(
        job.c.parked.is_not(None),
        job.c.finished_at_us.is_(None),
        job.c.run_at_us > param("now_us"),
    )
    .values(run_at_us=param("now_us"))
)
_DUE = Statement(
    select(*JOB_COLUMNS)
    .where(DELAYED, job.c.run_at_us <= param("now_us"), job.c.state == JobState.PARKED)
    .order_by(job.c.run_at_us)
    .limit(param("most"))
)


def park_new(
    tx: Transaction, submission: Submission, values: Mapping[str, object], *, run_at: datetime
) -> Accepted | Duplicate | RulesChanged | TooManyQueued:
    """A request that waits from the beginning; nothing is held for it. Its key counts as for any other."""
    refusal = look(tx, submission)
    if refusal is not None:
        return refusal
    added = tx.add(_INSERT, **values, created_at_us=tx.now_us, run_at_us=to_us(run_at))
    job_id = JobId(added)
    note_use(tx, job_id, submission)
    tx.tell(JobAccepted(surface=submission.person.platform))
    return Accepted(job=job_id)


def park(
    tx: Transaction, fence: Fence, *, why: ParkedFor, run_at: datetime, decision: Decision
) -> bool:
    """received -> parked, with its decision and a status letter; what is held of quotas stays held."""
    locked = lock_fenced(tx, fence)
    if locked is None or not tx.change(
        _PARK,
        job=locked.id,
        owner=fence.owner,
        token=locked.token,
        why=why,
        run_at_us=to_us(run_at),
    ):
        return False
    record_decision(tx, locked.id, decision)
    write_status_letter(tx, locked.id)
    return True


def unpark(tx: Transaction, job_id: int, submission: Submission) -> bool | OverQuota | RulesChanged:
    """parked -> received, its quota held now if it wasn't; over quota it goes on waiting until that counter returns."""
    locked = lock_by_id(tx, job_id)
    if locked is None or locked.state != JobState.PARKED:
        return False
    if not ledger.is_held(tx, job_id):
        refusal = look(tx, submission, but=job_id)
        if isinstance(refusal, RulesChanged):
            return refusal
        short = ledger.hold_usage(tx, submission.counters, images=locked.images)
        if short is not None:
            tx.change(_PUT_OFF, job=job_id, run_at_us=to_us(short.counter.returns_at))
            return OverQuota(usage=short)
        ledger.write_hold(tx, job_id, images=locked.images)
        counters = write_counters(submission.counters)
    else:
        counters = locked.counters
    return bool(tx.change(_UNPARK, job=job_id, counters=counters, weight=submission.weight))


def put_off(tx: Transaction, job_id: int, *, run_at: datetime) -> bool:
    """It goes on waiting until `run_at`."""
    return bool(tx.change(_PUT_OFF, job=job_id, run_at_us=to_us(run_at)))


def waive(tx: Transaction, job_id: int, *, deed: Deed) -> bool:
    """An admin lets it through; False when it no longer waits for one."""
    if not tx.change(_WAIVE, job=job_id, now_us=tx.now_us):
        return False
    audit.note(tx, deed)
    return True


def wake(tx: Transaction, workspace: str | None) -> int:
    """Those parked in a workspace, or everywhere, are looked at again at once. How many."""
    if workspace is None:
        return tx.change(_WAKE_ALL, now_us=tx.now_us)
    return tx.change(_WAKE, workspace=workspace, now_us=tx.now_us)


def due(tx: Transaction, *, limit: int) -> list[Row]:
    """JOB_COLUMNS of parked jobs to be looked at now."""
    return tx.rows(_DUE, now_us=tx.now_us, most=limit)


def end(tx: Transaction, job_id: int, *, ending: Ending) -> bool:
    """parked -> refused, with its final letter."""
    locked = lock_by_id(tx, job_id)
    return (
        locked is not None
        and locked.state == JobState.PARKED
        and end_job(tx, locked, state=JobState.REFUSED, ending=ending)
    )
