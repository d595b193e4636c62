"""What a call turns out to have cost after its job has ended: added to the job, and booked on the house alone."""

from __future__ import annotations

from sqlalchemy import func, select, update

from bot.domain.job import FINAL, JobState
from bot.store import spending
from bot.store.statement import Statement, param
from bot.store.tables import job
from bot.store.transaction import Transaction
from bot.telemetry.events import CostCameLate

_ENDED = Statement(
    select(job.c.state, job.c.purses).where(job.c.id == param("job"), job.c.state.in_(FINAL))
)
_ADD = Statement(
    update(job)
    .where(job.c.id == param("job"))
    .values(cost_microusd=func.coalesce(job.c.cost_microusd, 0) + param("microusd"))
)


def book(tx: Transaction, job_id: int, call_id: int, *, microusd: int) -> None:
    """Adds what a call cost beyond what was known of it; a call may be billed late more than once.

    Nothing while the job goes on: whoever ends it adds up its calls, this one included.
    """
    row = tx.row(_ENDED, job=job_id)
    if row is None:
        return
    state, purses = row
    tx.change(_ADD, job=job_id, microusd=microusd)
    tx.tell(CostCameLate(outcome=JobState(state).value, cost_microusd=microusd))
    if purses is not None:
        spending.waste_late(tx, job_id, purses, part=call_id, microusd=microusd)
