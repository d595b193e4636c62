"""The one way a job ends without images: state, slot, hold and final letter together."""

from __future__ import annotations

from sqlalchemy import func, update

from bot.domain.job import Ending, JobState
from bot.store import journal, ledger, line_count, spending
from bot.store.lane import SLOTTED, LockedJob, pass_slot
from bot.store.letters import write_final_letter
from bot.store.records import write_ending
from bot.store.statement import Statement, param
from bot.store.tables import STATES_IN_LINE, job
from bot.store.transaction import Transaction
from bot.telemetry.events import JobEnded

_NEVER_CALLED = (JobState.RECEIVED, JobState.PARKED)
"""Before it is in line nobody was paid for it."""
_END = Statement(
    update(job)
    .where(
        job.c.id == param("job"),
        job.c.state == param("expected_state"),
        job.c.token == param("token"),
    )
    .values(
        state=param("next_state"),
        ending=param("ending"),
        cost_microusd=func.coalesce(param("cost_microusd"), job.c.cost_microusd),
        owner=None,
        lease_until_us=None,
        provider=None,
        run_at_us=None,
        deadline_at_us=None,
        finished_at_us=param("now_us"),
    )
)


def end_job(
    tx: Transaction,
    locked: LockedJob,
    *,
    state: JobState,
    ending: Ending,
    cost_microusd: int | None = None,
) -> bool:
    """Ends it as `state`; False when it has moved on meanwhile.

    Money already spent stays recorded: what the journalled calls cost, those without a picture included, goes before
    what the caller knows of.
    """
    if locked.state not in _NEVER_CALLED and (spent := journal.spent(tx, locked.id)) is not None:
        cost_microusd = spent
    if not set_end_state(tx, locked, state=state, ending=ending, cost_microusd=cost_microusd):
        return False
    if locked.state in STATES_IN_LINE:
        line_count.leave(tx, locked.id, locked.vt)
    if locked.state in SLOTTED:
        pass_slot(tx, locked)
    close_accounts(tx, locked, cost_microusd=cost_microusd)
    write_final_letter(tx, locked.id)
    return True


def close_accounts(tx: Transaction, locked: LockedJob, *, cost_microusd: int | None) -> None:
    """Gives back what is held of a job that nobody received anything of; what it cost all the same is the house's."""
    ledger.close(tx, locked.id, locked.counters)
    if locked.purses is not None:
        total = locked.cost_microusd if cost_microusd is None else cost_microusd
        spending.settle(tx, locked.id, delivered=(), total_microusd=total)


def set_end_state(
    tx: Transaction,
    locked: LockedJob,
    *,
    state: JobState,
    ending: Ending,
    cost_microusd: int | None = None,
) -> bool:
    """The state alone, guarded by the state and token that were read."""
    if not tx.change(
        _END,
        job=locked.id,
        expected_state=locked.state,
        token=locked.token,
        next_state=state.value,
        ending=write_ending(ending),
        cost_microusd=cost_microusd,
        now_us=tx.now_us,
    ):
        return False
    tx.tell(
        JobEnded(
            surface=locked.surface,
            outcome=state.value,
            reason=ending.reason.value,
            cost_microusd=locked.cost_microusd if cost_microusd is None else cost_microusd,
        )
    )
    return True
