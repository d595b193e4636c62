"""What time does to jobs: lapsed leases, due retries, passed deadlines, workers that died."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, exists, false, literal_column, or_, select, true, update

from bot.domain.job import Ending, JobState, Reason
from bot.store import line_count
from bot.store.job_end import end_job
from bot.store.lane import lock_by_id, take_slot
from bot.store.moments import span_us
from bot.store.statement import Statement, param
from bot.store.tables import DELAYED, LEASED, ON_TIME, PENDING, job, outbox
from bot.store.transaction import Row, Transaction

MOST_AT_ONCE = 250
"""Jobs moved by each part of one sweep, so that nobody waits long for its commit, and its locks fit into Postgres' own
table of them (6,400 by default); the next sweep goes on."""

DEADLINE_GRACE_S = 15.0
"""How long a live worker has to end its job itself after the deadline: it knows what was spent."""

_THIS = job.c.id == param("job")
_LEASE_OVER = and_(LEASED, job.c.lease_until_us <= param("now_us"))
_LAPSED = Statement(
    select(job.c.id).where(_LEASE_OVER).order_by(job.c.lease_until_us).limit(MOST_AT_ONCE)
)
_STILL_LAPSED = Statement(select(job.c.id).where(_THIS, _LEASE_OVER))
_OTHERS = Statement(
    select(job.c.id).where(LEASED, job.c.owner.is_not(None), job.c.owner != param("owner"))
)
_DUE = Statement(
    select(job.c.id)
    .where(DELAYED, job.c.run_at_us <= param("now_us"), job.c.state != JobState.PARKED)
    .order_by(job.c.run_at_us)
    .limit(MOST_AT_ONCE)
)
_DEADLINE_PASSED = and_(
    ON_TIME,
    or_(
        and_(job.c.state != JobState.RUNNING, job.c.deadline_at_us <= param("now_us")),
        job.c.deadline_at_us <= param("grace_over_us"),
    ),
    job.c.deadline_at_us <= param("now_us"),
)
_TOO_LATE = Statement(select(job.c.id).where(_DEADLINE_PASSED).limit(MOST_AT_ONCE))
_STILL_TOO_LATE = Statement(select(job.c.id).where(_THIS, _DEADLINE_PASSED))
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
        job.c.run_at_us <= param("now_us"),
        job.c.token == param("token"),
    )
    .values(state=param("next_state"), run_at_us=None)
)
_final = outbox.alias("final")
_LAPSED_STATUS = and_(
    PENDING,
    outbox.c.run_at_us <= param("now_us"),
    outbox.c.final == false(),
    exists(
        select(literal_column("1"))
        .select_from(_final)
        .where(_final.c.job == outbox.c.job, _final.c.final == true())
    ),
)
"""Status letters that were being posted when their job ended, by someone who never came back."""
_VOID = Statement(select(outbox.c.job).where(_LAPSED_STATUS).limit(MOST_AT_ONCE))
_VOID_LAPSED = Statement(
    update(outbox)
    .where(outbox.c.job == param("job"), _LAPSED_STATUS)
    .values(state="void", ended_at_us=param("now_us"))
)
_FREE_LETTERS = Statement(
    update(outbox)
    .where(PENDING, outbox.c.owner.is_not(None), outbox.c.owner != param("owner"))
    .values(owner=None, run_at_us=param("now_us"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Jobs that time has moved on, to be looked at once more with their lanes locked."""

    too_late: tuple[int, ...] = ()
    lapsed: tuple[int, ...] = ()
    due: tuple[int, ...] = ()
    void: tuple[int, ...] = ()
    """Jobs that have their answer and a status letter that nobody is posting any more."""
    emptied: int = 0
    """Blocks of the line that were served and are still counted."""

    @property
    def jobs(self) -> tuple[int, ...]:
        """All of them."""
        return (*self.too_late, *self.lapsed, *self.due, *self.void)


def find(tx: Transaction) -> Found:
    """What there is to move. Looking costs no commit, and most sweeps find nothing."""
    now_us = tx.now_us
    grace_over_us = now_us - span_us(DEADLINE_GRACE_S)
    return Found(
        too_late=_ids(tx.rows(_TOO_LATE, now_us=now_us, grace_over_us=grace_over_us)),
        lapsed=_ids(tx.rows(_LAPSED, now_us=now_us)),
        due=_ids(tx.rows(_DUE, now_us=now_us)),
        void=_ids(tx.rows(_VOID, now_us=now_us)),
        emptied=line_count.emptied(tx),
    )


def move(tx: Transaction, found: Found, *, max_attempts: int) -> int:
    """How many rows moved: those of `found` that are still as they were found."""
    moved = 0
    for job_id in found.too_late:
        moved += _fail_too_late(tx, job_id)
    for job_id in found.lapsed:
        moved += _take_lapsed(tx, job_id, max_attempts=max_attempts)
    for job_id in found.due:
        moved += _come_back(tx, job_id)
    for job_id in found.void:
        moved += tx.change(_VOID_LAPSED, job=job_id, now_us=tx.now_us)
    return moved


def recover(tx: Transaction, *, owner: str, max_attempts: int) -> int:
    """Frees what other owners hold: the file lock proves that they are gone."""
    moved = tx.change(_FREE_LETTERS, owner=owner, now_us=tx.now_us)
    for (job_id,) in tx.rows(_OTHERS, owner=owner):
        moved += _take_from_the_dead(tx, job_id, max_attempts=max_attempts)
    return moved


def _take_lapsed(tx: Transaction, job_id: int, *, max_attempts: int) -> bool:
    if tx.row(_STILL_LAPSED, job=job_id, now_us=tx.now_us) is None:
        return False
    return _take_from_the_dead(tx, job_id, max_attempts=max_attempts)


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
    if locked.state != JobState.RUNNING:
        return bool(tx.change(_JUDGE_AGAIN, job=job_id, token=locked.token))
    if not tx.change(_RUN_AGAIN, job=job_id, token=locked.token):
        return False
    line_count.come(tx, job_id, locked.vt)
    return True


def _come_back(tx: Transaction, job_id: int) -> bool:
    locked = lock_by_id(tx, job_id)
    if locked is None or locked.state != JobState.DELAYED:
        return False
    ready = locked.inflight < locked.cap
    next_state = JobState.READY.value if ready else JobState.WAITING.value
    if not tx.change(
        _COME_BACK, job=job_id, token=locked.token, next_state=next_state, now_us=tx.now_us
    ):
        return False
    line_count.come(tx, job_id, locked.vt)
    if ready:
        take_slot(tx, locked)
    return True


def _fail_too_late(tx: Transaction, job_id: int) -> bool:
    grace_over_us = tx.now_us - span_us(DEADLINE_GRACE_S)
    if tx.row(_STILL_TOO_LATE, job=job_id, now_us=tx.now_us, grace_over_us=grace_over_us) is None:
        return False
    locked = lock_by_id(tx, job_id)
    ending = Ending(reason=Reason.DEADLINE)
    return locked is not None and end_job(tx, locked, state=JobState.FAILED, ending=ending)


def _ids(rows: Iterable[Row]) -> tuple[int, ...]:
    return tuple(job_id for (job_id,) in rows)
