"""What time does to jobs: lapsed leases, due retries, passed deadlines, workers that died."""

from __future__ import annotations

from sqlalchemy import and_, exists, false, literal_column, or_, select, true, update

from bot.domain.job import Ending, JobState, Reason
from bot.store.job_end import end_job
from bot.store.lane import lock_by_id, take_slot
from bot.store.moments import span_us
from bot.store.statement import Statement, param
from bot.store.tables import DELAYED, LEASED, ON_TIME, PENDING, job, outbox
from bot.store.transaction import Transaction

MOST_AT_ONCE = 500
"""Jobs moved by each part of one sweep, so that nobody waits long for its commit; the next sweep goes on."""

DEADLINE_GRACE_S = 15.0
"""How long a live worker has to end its job itself after the deadline: it knows what was spent."""

_LAPSED = Statement(
    select(job.c.id)
    .where(LEASED, job.c.lease_until_us <= param("now_us"))
    .order_by(job.c.lease_until_us)
    .limit(MOST_AT_ONCE)
)
_OTHERS = Statement(
    select(job.c.id).where(LEASED, job.c.owner.is_not(None), job.c.owner != param("owner"))
)
_DUE = Statement(
    select(job.c.id)
    .where(DELAYED, job.c.run_at_us <= param("now_us"))
    .order_by(job.c.run_at_us)
    .limit(MOST_AT_ONCE)
)
_TOO_LATE = Statement(
    select(job.c.id)
    .where(
        ON_TIME,
        or_(
            and_(job.c.state != JobState.RUNNING, job.c.deadline_at_us <= param("now_us")),
            job.c.deadline_at_us <= param("grace_over_us"),
        ),
        job.c.deadline_at_us <= param("now_us"),
    )
    .limit(MOST_AT_ONCE)
)
_LET_GO = {
    "owner": None,
    "lease_until_us": None,
    "provider": None,
    "token": job.c.token + 1,
    "deaths": job.c.deaths + 1,
}
_RUN_AGAIN = Statement(
    update(job)
    .where(
        job.c.id == param("job"),
        job.c.state == JobState.RUNNING,
        job.c.token == param("token"),
    )
    .values(state=JobState.READY, **_LET_GO)
)
_JUDGE_AGAIN = Statement(
    update(job)
    .where(
        job.c.id == param("job"),
        job.c.state == JobState.RECEIVED,
        job.c.token == param("token"),
    )
    .values(**_LET_GO)
)
_COME_BACK = Statement(
    update(job)
    .where(
        job.c.id == param("job"),
        job.c.state == JobState.DELAYED,
        job.c.token == param("token"),
    )
    .values(state=param("next_state"), run_at_us=None)
)
_final = outbox.alias("final")
_VOID_LAPSED = Statement(
    update(outbox)
    .where(
        PENDING,
        outbox.c.run_at_us <= param("now_us"),
        outbox.c.final == false(),
        exists(
            select(literal_column("1"))
            .select_from(_final)
            .where(_final.c.job == outbox.c.job, _final.c.final == true())
        ),
    )
    .values(state="void", ended_at_us=param("now_us"))
)
"""Status letters that were being posted when their job ended, by someone who never came back."""
_FREE_LETTERS = Statement(
    update(outbox)
    .where(PENDING, outbox.c.owner.is_not(None), outbox.c.owner != param("owner"))
    .values(owner=None, run_at_us=param("now_us"))
)


def sweep(tx: Transaction, *, max_attempts: int) -> int:
    """How many rows moved."""
    grace_over_us = tx.now_us - span_us(DEADLINE_GRACE_S)
    moved = 0
    for (job_id,) in tx.rows(_TOO_LATE, now_us=tx.now_us, grace_over_us=grace_over_us):
        moved += _fail(tx, job_id, Ending(reason=Reason.DEADLINE))
    for (job_id,) in tx.rows(_LAPSED, now_us=tx.now_us):
        moved += _take_from_the_dead(tx, job_id, max_attempts=max_attempts)
    for (job_id,) in tx.rows(_DUE, now_us=tx.now_us):
        moved += _come_back(tx, job_id)
    return moved + tx.change(_VOID_LAPSED, now_us=tx.now_us)


def recover(tx: Transaction, *, owner: str, max_attempts: int) -> int:
    """Frees what other owners hold: the file lock proves that they are gone."""
    moved = tx.change(_FREE_LETTERS, owner=owner, now_us=tx.now_us)
    for (job_id,) in tx.rows(_OTHERS, owner=owner):
        moved += _take_from_the_dead(tx, job_id, max_attempts=max_attempts)
    return moved


def _take_from_the_dead(tx: Transaction, job_id: int, *, max_attempts: int) -> bool:
    locked = lock_by_id(tx, job_id)
    if locked is None:
        return False
    if locked.cancel_asked:
        ending = Ending(reason=Reason.CANCELLED)
        return end_job(tx, locked, state=JobState.CANCELLED, ending=ending)
    if locked.deaths + 1 >= max_attempts:
        ending = Ending(reason=Reason.WORKER_DIED, detail=f"{locked.deaths + 1} workers died")
        return end_job(tx, locked, state=JobState.FAILED, ending=ending)
    again = _RUN_AGAIN if locked.state == JobState.RUNNING else _JUDGE_AGAIN
    return bool(tx.change(again, job=job_id, token=locked.token))


def _come_back(tx: Transaction, job_id: int) -> bool:
    locked = lock_by_id(tx, job_id)
    if locked is None or locked.state != JobState.DELAYED:
        return False
    ready = locked.inflight < locked.cap
    next_state = JobState.READY.value if ready else JobState.WAITING.value
    if not tx.change(_COME_BACK, job=job_id, token=locked.token, next_state=next_state):
        return False
    if ready:
        take_slot(tx, locked)
    return True


def _fail(tx: Transaction, job_id: int, ending: Ending) -> bool:
    locked = lock_by_id(tx, job_id)
    return locked is not None and end_job(tx, locked, state=JobState.FAILED, ending=ending)
