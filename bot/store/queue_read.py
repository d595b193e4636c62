"""Looking at the queue: jobs, places in line."""

from __future__ import annotations

from operator import itemgetter

from sqlalchemy import func, select

from bot.domain.identity import JobId, LaneId
from bot.ports import Line
from bot.store import line_count
from bot.store.job_rows import ID, JOB_COLUMNS
from bot.store.statement import Statement, param
from bot.store.tables import IN_LINE, OVER, UNFINISHED, job
from bot.store.transaction import Row, Transaction

_JOB = Statement(select(*JOB_COLUMNS).where(job.c.id == param("job")))
_OF_LANE = (
    select(*JOB_COLUMNS)
    .where(job.c.lane == param("lane"))
    .order_by(job.c.id.desc())
    .limit(param("most"))
)
_UNFINISHED_OF_LANE = Statement(_OF_LANE.where(UNFINISHED))
_OVER_OF_LANE = Statement(_OF_LANE.where(OVER))
_WAITING_IN = Statement(
    select(func.count()).select_from(job).where(IN_LINE, job.c.workspace == param("workspace"))
)
_LINE = Statement(select(job.c.id, job.c.lane).where(IN_LINE).order_by(job.c.vt, job.c.id))


def job_row(tx: Transaction, job_id: int) -> Row | None:
    """The job's JOB_COLUMNS."""
    return tx.row(_JOB, job=job_id)


def lane_rows(tx: Transaction, lane: str, *, unfinished: bool, limit: int) -> list[Row]:
    """JOB_COLUMNS of a person's jobs, newest first."""
    rows = tx.rows(_UNFINISHED_OF_LANE, lane=lane, most=limit)
    if not unfinished:
        rows += tx.rows(_OVER_OF_LANE, lane=lane, most=limit)
    return sorted(rows, key=itemgetter(ID), reverse=True)[:limit]


def place(tx: Transaction, job_id: int) -> int | None:
    """Its place in line, 1 = next; None when it isn't waiting."""
    ahead = line_count.ahead(tx, job_id)
    return None if ahead is None else ahead + 1


def waiting_in(tx: Transaction, workspace: str) -> int:
    """How many of a workspace's jobs are in line. It reads the line, and nothing that is over."""
    row = tx.row(_WAITING_IN, workspace=workspace)
    return 0 if row is None else int(row[0])


def line(tx: Transaction) -> list[Line]:
    """Everybody's place, in the order they will be served."""
    return [
        Line(job=JobId(job_id), lane=LaneId(lane), place=place)
        for place, (job_id, lane) in enumerate(tx.rows(_LINE), start=1)
    ]
