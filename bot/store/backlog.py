"""How much is waiting, in one query over the indexes of what is unfinished."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.domain.job import JobState
from bot.ports import Backlog
from bot.store.moments import SECOND_US
from bot.store.statement import Statement
from bot.store.tables import DELAYED, IN_A_SLOT, IN_LINE, PENDING, RECEIVED, UNFINISHED, job, outbox
from bot.store.transaction import Executor, Transaction

_COUNT = select(func.count()).select_from(job)
# Ids grow with time. "+ 0", or SQLite would look for the smallest id by walking over years of finished jobs.
_OLDEST_IN_LINE = select(func.min(job.c.id + 0)).where(IN_LINE).scalar_subquery()
_BACKLOG = Statement(
    select(
        _COUNT.where(RECEIVED).scalar_subquery(),
        _COUNT.where(IN_LINE).scalar_subquery(),
        _COUNT.where(IN_A_SLOT).scalar_subquery(),
        _COUNT.where(DELAYED, job.c.state == JobState.DELAYED).scalar_subquery(),
        _COUNT.where(job.c.parked.is_not(None), UNFINISHED).scalar_subquery(),
        select(job.c.created_at_us).where(job.c.id == _OLDEST_IN_LINE).scalar_subquery(),
        select(func.count()).select_from(outbox).where(PENDING).scalar_subquery(),
        select(func.min(outbox.c.written_at_us)).where(PENDING).scalar_subquery(),
    )
)


def backlog(tx: Transaction) -> Backlog:
    """As it stands."""
    received, in_line, running, delayed, parked, oldest_us, letters, letter_us = tx.row(
        _BACKLOG
    ) or (0, 0, 0, 0, 0, None, 0, None)
    return Backlog(
        jobs={
            "received": received,
            "in_line": in_line,
            "running": running,
            "delayed": delayed,
            "parked": parked,
        },
        oldest_wait_s=_age_s(tx, oldest_us),
        letters=letters,
        oldest_letter_s=_age_s(tx, letter_us),
    )


def _age_s(tx: Transaction, since_us: int | None) -> float:
    return 0.0 if since_us is None else max(0.0, (tx.now_us - since_us) / SECOND_US)


class SqlBacklogs:
    """`bot.ports.Backlogs` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def now(self) -> Backlog:
        """As it stands: one query."""
        return await self._executor.read(backlog)
