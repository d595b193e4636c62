"""A row of the job table as the Job everyone shares."""

from __future__ import annotations

from bot.domain.identity import BlobKey, JobId
from bot.domain.job import Job, JobState, ParkedFor
from bot.store.moments import from_us
from bot.store.records import (
    read_ending,
    read_order,
    read_person,
    read_place,
    read_plan,
    read_texts,
)
from bot.store.tables import job
from bot.store.transaction import Row

JOB_COLUMNS = (
    job.c.id,
    job.c.idem,
    job.c.person,
    job.c.place,
    job.c.order_json,
    job.c.state,
    job.c.plan,
    job.c.attempts,
    job.c.created_at_us,
    job.c.started_at_us,
    job.c.finished_at_us,
    job.c.cancel_asked,
    job.c.ending,
    job.c.message,
    job.c.cost_microusd,
    job.c.notes,
    job.c.grid,
    job.c.parked,
    job.c.run_at_us,
    job.c.token,
)
ID = 0
_STATE, _ATTEMPTS, _STARTED_AT_US = 5, 7, 9
TOKEN = 19
"""Where the fencing token stands; it is no part of a Job."""


def leased(row: Row) -> Row:
    """A row of JOB_COLUMNS as it stands once its job was leased anew.

    Read before the UPDATE and changed here: SQLite's RETURNING costs as much as the UPDATE itself (measured, 2026-11).
    """
    return (*row[:TOKEN], row[TOKEN] + 1)


def claimed(row: Row, *, now_us: int) -> Row:
    """A row of JOB_COLUMNS as it stands once its job was claimed."""
    columns = list(row)
    columns[_STATE] = JobState.RUNNING
    columns[_ATTEMPTS] += 1
    columns[TOKEN] += 1
    if columns[_STARTED_AT_US] is None:
        columns[_STARTED_AT_US] = now_us
    return tuple(columns)


def read_job(row: Row) -> Job:
    """The job in a row of JOB_COLUMNS."""
    (
        id_,
        key,
        person,
        place,
        order,
        state,
        plan,
        attempts,
        created_at_us,
        started_at_us,
        finished_at_us,
        cancel_asked,
        ending,
        message,
        cost_microusd,
        notes,
        grid,
        parked,
        run_at_us,
        *_,
    ) = row
    return Job(
        id=JobId(id_),
        key=key,
        person=read_person(person),
        place=read_place(place),
        order=read_order(order),
        state=JobState(state),
        plan=None if plan is None else read_plan(plan),
        attempt=attempts,
        created_at=from_us(created_at_us),
        started_at=None if started_at_us is None else from_us(started_at_us),
        finished_at=None if finished_at_us is None else from_us(finished_at_us),
        cancel_asked=bool(cancel_asked),
        ending=None if ending is None else read_ending(ending),
        message=message,
        cost_microusd=cost_microusd,
        notes=() if notes is None else read_texts(notes),
        grid=None if grid is None else BlobKey(grid),
        parked=None if parked is None else ParkedFor(parked),
        run_at=None if run_at_us is None else from_us(run_at_us),
    )
