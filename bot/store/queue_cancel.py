"""Cancelling: what has not begun is over at once; of what runs, the worker is told."""

from __future__ import annotations

from sqlalchemy import true, update

from bot.domain.job import FINAL, Ending, JobState, Reason
from bot.ports import CancelAsked, Cancelled, TooLate
from bot.store.job_end import end_job
from bot.store.lane import LockedJob, lock_by_id, set_tag_back
from bot.store.statement import Statement, param
from bot.store.tables import job
from bot.store.transaction import Transaction

_ASK = Statement(
    update(job)
    .where(job.c.id == param("job"), job.c.state == JobState.RUNNING)
    .values(cancel_asked=true())
)
_ENDED = FINAL | {JobState.DELIVERING}


def cancel(tx: Transaction, job_id: int, *, by: str) -> Cancelled | CancelAsked | TooLate:
    """What came of it. LookupError when there is no such job."""
    while True:
        locked = lock_by_id(tx, job_id)
        if locked is None:
            raise LookupError(f"there is no job {job_id}")
        state = JobState(locked.state)
        if state in _ENDED:
            return TooLate(state=state)
        if state is JobState.RUNNING:
            if tx.change(_ASK, job=job_id):
                return CancelAsked()
        elif _end(tx, locked, by=by):
            return Cancelled()
        # A claim does not lock the lane: between the two statements the job may have begun. Look again.


def _end(tx: Transaction, locked: LockedJob, *, by: str) -> bool:
    ending = Ending(reason=Reason.CANCELLED, detail=f"by {by}")
    ended = end_job(tx, locked, state=JobState.CANCELLED, ending=ending)
    if ended:
        set_tag_back(tx, locked)
    return ended
