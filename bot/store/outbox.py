"""The outbox: letters leased to whoever posts them, settled when posted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, exists, literal_column, or_, select, true, update

from bot.domain.budget import Bill
from bot.domain.identity import JobId
from bot.domain.job import Ending, JobState, Reason
from bot.ports import Letter, Standing
from bot.store import journal, ledger, spending
from bot.store.job_end import close_accounts, set_end_state
from bot.store.lane import lock_by_id
from bot.store.letters import void_status_letter
from bot.store.moments import SECOND_US, span_us, to_us
from bot.store.records import model_of_plan
from bot.store.statement import Statement, param
from bot.store.tables import PENDING, job, outbox
from bot.store.transaction import Executor, Transaction
from bot.telemetry.events import ImagesDelivered, JobEnded

_other = outbox.alias("other")
_SAYS_MORE = or_(
    _other.c.final == true(),
    and_(
        _other.c.state == "pending",
        _other.c.owner.is_not(None),
        _other.c.run_at_us > param("now_us"),
    ),
)
"""A status letter gives way to the final one; the final one waits while the status letter is being posted, so that the
status can't overtake it."""
_DUE = (
    select(outbox.c.id)
    .where(
        PENDING,
        outbox.c.run_at_us <= param("now_us"),
        ~exists(
            select(literal_column("1"))
            .select_from(_other)
            .where(_other.c.job == outbox.c.job, _other.c.id != outbox.c.id, _SAYS_MORE)
        ),
    )
    .order_by(outbox.c.run_at_us, outbox.c.id)
    .limit(param("most"))
    .with_for_update(skip_locked=True, of=outbox)
    .cte("due")
)
"""Named beforehand, so that Postgres looks once: a subselect that takes locks may be run for every row it is compared to."""
_LEASE = Statement(
    update(outbox)
    .where(outbox.c.id.in_(select(_DUE.c.id)), PENDING)
    .values(
        owner=param("owner"),
        attempt=outbox.c.attempt + 1,
        run_at_us=param("lease_until_us"),
    )
    .returning(outbox.c.id, outbox.c.job, outbox.c.final, outbox.c.attempt)
)
_LEASED = (outbox.c.id == param("letter"), PENDING, outbox.c.attempt == param("attempt"))
_POSTED = Statement(
    update(outbox)
    .where(*_LEASED)
    .values(state="posted", owner=None, message=param("message"), ended_at_us=param("now_us"))
)
_POSTPONE = Statement(
    update(outbox)
    .where(*_LEASED)
    .values(
        owner=None,
        run_at_us=param("run_at_us"),
        detail=param("detail"),
        attempt=param("counted"),
    )
)
_GIVE_UP = Statement(
    update(outbox)
    .where(*_LEASED)
    .values(state="given_up", owner=None, detail=param("detail"), ended_at_us=param("now_us"))
)
_STANDING = Statement(
    select(outbox.c.state, outbox.c.attempt, outbox.c.message).where(outbox.c.id == param("letter"))
)
_FINAL_OF = Statement(
    select(outbox.c.id).where(outbox.c.job == param("job"), outbox.c.final == true())
)
_ANSWER_TAKEN = Statement(
    select(outbox.c.id).where(
        outbox.c.job == param("job"), outbox.c.final == true(), outbox.c.attempt > 0
    )
)
"""An answer waits while the status is posted in time, so a status that it did not wait for is late."""


class _Billed(NamedTuple):
    """The columns of a job that its bill is made from."""

    lane: str
    plan: str
    created_at_us: int
    cost_microusd: int | None
    """Of the pictures that were finished."""
    paid_images: int | None
    price_microusd: int | None
    asked: int

    @property
    def bill(self) -> Bill:
        """Of the pictures that were finished."""
        return Bill(
            cost_microusd=self.cost_microusd,
            paid_images=self.paid_images,
            price_microusd=self.price_microusd,
            asked=self.asked,
        )


_BILLED = (
    job.c.lane,
    job.c.plan,
    job.c.created_at_us,
    job.c.cost_microusd,
    job.c.paid_images,
    job.c.price_microusd,
    job.c.images,
)
_LOCK_JOB = Statement(
    select(job.c.counters, job.c.purses, ledger.held_of(job.c.id), *_BILLED)
    .where(job.c.id == param("job"))
    .with_for_update(of=job)
)
"""Before the letter's row: `finish` takes the two in the same order."""
_SET_MESSAGE = Statement(
    update(job).where(job.c.id == param("job")).values(message=param("message"))
)
_DELIVERED = Statement(
    update(job)
    .where(job.c.id == param("job"), job.c.state == JobState.DELIVERING)
    .values(state=JobState.DELIVERED, message=param("message"), finished_at_us=param("now_us"))
)
_SET_COST = Statement(
    update(job).where(job.c.id == param("job")).values(cost_microusd=param("cost_microusd"))
)


def due(tx: Transaction, *, owner: str, limit: int, lease_s: float) -> list[Letter]:
    """Letters to be posted now, at most one of each job, leased to `owner`."""
    rows = tx.rows(
        _LEASE,
        now_us=tx.now_us,
        most=limit,
        owner=owner,
        lease_until_us=tx.now_us + span_us(lease_s),
    )
    return [
        Letter(
            id=letter_id,
            job=JobId(job_id),
            final=bool(final),
            attempt=attempt,
        )
        for letter_id, job_id, final, attempt in sorted(rows)
    ]


def posted(tx: Transaction, letter: Letter, *, message: str, images: Sequence[int]) -> bool:
    """Marks it sent; False when it was leased anew meanwhile, and for a status that its answer did not wait for."""
    counters, purses, held, *billed = tx.row(_LOCK_JOB, job=letter.job) or ("[]", None, 0)
    if not letter.final and tx.row(_ANSWER_TAKEN, job=letter.job) is not None:
        void_status_letter(tx, letter.job)
        return False
    if not tx.change(
        _POSTED,
        letter=letter.id,
        attempt=letter.attempt,
        message=message,
        now_us=tx.now_us,
    ):
        return False
    if letter.final and tx.change(_DELIVERED, job=letter.job, message=message, now_us=tx.now_us):
        settled = ledger.settle(tx, letter.job, counters, held=held, delivered=images)
        columns = _Billed._make(billed)
        total = _total(tx, letter.job, columns.bill, delivered=settled)
        if purses is not None:
            spending.settle(tx, letter.job, delivered=settled, total_microusd=total)
        if total != columns.cost_microusd:
            # Calls that were billed and brought none of these pictures: each picture costs what it did, the job all of it.
            tx.change(_SET_COST, job=letter.job, cost_microusd=total)
        _tell_delivered(tx, columns, images, total_microusd=total)
    else:
        tx.change(_SET_MESSAGE, job=letter.job, message=message)
    return True


def _total(tx: Transaction, job_id: JobId, bill: Bill, *, delivered: Sequence[int]) -> int | None:
    """What all calls of the job cost; None when nobody told anything."""
    known = journal.spent(tx, job_id)
    if known is None:
        return bill.cost_microusd
    if bill.cost_microusd is not None:
        return known
    # Nobody told what these pictures cost, so what is known are other calls' bills: beside the price believed of these.
    return known + sum(bill.shares(delivered).values())


def _tell_delivered(
    tx: Transaction, billed: _Billed, images: Sequence[int], *, total_microusd: int | None
) -> None:
    surface = billed.lane.partition(":")[0]
    tx.tell(
        JobEnded(surface=surface, outcome=JobState.DELIVERED.value, cost_microusd=total_microusd)
    )
    tx.tell(
        ImagesDelivered(
            surface=surface,
            model=model_of_plan(billed.plan),
            images=len(images),
            costs_microusd=tuple(billed.bill.shares(images).values()),
            duration_s=max(0.0, (tx.now_us - billed.created_at_us) / SECOND_US),
        )
    )


def postpone(
    tx: Transaction, letter: Letter, *, run_at: datetime, detail: str, tried: bool = True
) -> None:
    """Tried again at `run_at`; a status letter whose job has its final answer now is void instead."""
    if (
        tx.change(
            _POSTPONE,
            letter=letter.id,
            attempt=letter.attempt,
            run_at_us=to_us(run_at),
            detail=detail,
            counted=letter.attempt if tried else letter.attempt - 1,
        )
        and not letter.final
        and tx.row(_FINAL_OF, job=letter.job) is not None
    ):
        void_status_letter(tx, letter.job)


def give_up(tx: Transaction, letter: Letter, *, detail: str) -> None:
    """Can't be posted: of a final letter, a job that was being delivered fails and its hold is given back."""
    locked = lock_by_id(tx, letter.job) if letter.final else None
    if not tx.change(
        _GIVE_UP, letter=letter.id, attempt=letter.attempt, detail=detail, now_us=tx.now_us
    ):
        return
    if locked is None or locked.state != JobState.DELIVERING:
        return
    ending = Ending(reason=Reason.UNDELIVERABLE, detail=detail)
    cost = journal.spent(tx, letter.job)
    if set_end_state(tx, locked, state=JobState.FAILED, ending=ending, cost_microusd=cost):
        close_accounts(tx, locked, cost_microusd=cost)


def standing(tx: Transaction, letter: Letter) -> Standing | None:
    """What became of it."""
    row = tx.row(_STANDING, letter=letter.id)
    if row is None:
        return None
    state, attempt, message = row
    return Standing(state=state, attempt=attempt, message=message)


class SqlOutbox:
    """`bot.ports.Outbox` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def due(self, *, owner: str, limit: int, lease_s: float) -> Sequence[Letter]:
        """Letters to be posted now, leased to `owner`."""
        return await self._executor.write(due, owner=owner, limit=limit, lease_s=lease_s)

    async def posted(self, letter: Letter, *, message: str, images: Sequence[int]) -> bool:
        """Marks it sent; a final letter settles `images` and ends the job."""
        return await self._executor.write(posted, letter, message=message, images=images)

    async def postpone(
        self, letter: Letter, *, run_at: datetime, detail: str, tried: bool = True
    ) -> None:
        """Tried again at `run_at`."""
        await self._executor.write(postpone, letter, run_at=run_at, detail=detail, tried=tried)

    async def give_up(self, letter: Letter, *, detail: str) -> None:
        """Can't be posted."""
        await self._executor.write(give_up, letter, detail=detail)

    async def standing(self, letter: Letter) -> Standing | None:
        """What became of it, whoever holds it now."""
        return await self._executor.read(standing, letter)
