"""The journal of paid calls: written before and after each, so that a restart knows what was bought."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ClauseElement, func, select, update

from bot.domain.identity import JobId
from bot.domain.job import Fence, JobState
from bot.ports import Answer, CallEnd, JournalledCall
from bot.store import late_bill
from bot.store.records import read_answer, write_answer
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import call, job
from bot.store.transaction import Executor, Row, Transaction
from bot.telemetry.events import CallBilled

log = logging.getLogger("impasto.store")

_COLUMNS = (
    call.c.id,
    call.c.job,
    call.c.part,
    call.c.attempt,
    call.c.provider,
    call.c.key,
    call.c.state,
    call.c.remote_id,
    call.c.answer,
    call.c.model,
)
_OF_JOB = Statement(select(*_COLUMNS).where(call.c.job == param("job")).order_by(call.c.id))
_TOLD = Statement(
    select(call.c.answer).where(call.c.job == param("job"), call.c.answer.is_not(None))
)
_BY_KEY = Statement(select(*_COLUMNS).where(call.c.key == param("key")))
_ASKED = Statement(
    select(call.c.job, call.c.provider, call.c.model, call.c.answer)
    .where(call.c.id == param("call"))
    .with_for_update()
)
"""Locked: of two bills at once, each must see what the other told."""
_OF_REMOTE = Statement(
    select(call.c.job)
    .where(call.c.remote_id == param("remote_id"), call.c.provider == param("provider"))
    .order_by(call.c.id.desc())
    .limit(1)
)
_WAITED_FOR = Statement(
    select(call.c.job)
    .join(job, job.c.id == call.c.job)
    .where(
        job.c.provider == param("provider"),
        call.c.provider == param("provider"),
        func.substr(call.c.remote_id, 1, func.length(param("beginning"))) == param("beginning"),
    )
    .limit(1)
)
_FENCED = Statement(
    select(job.c.id)
    .where(
        job.c.id == param("job"),
        job.c.state == JobState.RUNNING,
        job.c.owner == param("owner"),
        job.c.token == param("token"),
    )
    .with_for_update()
)


UNNAMED = "plan"
"""Stands for the model of a call that an older release planned, which always asked for the plan's."""


def _plan(insert: InsertInto) -> ClauseElement:
    return (
        insert(call)
        .values(
            job=param("job"),
            part=param("part"),
            attempt=param("attempt"),
            provider=param("provider"),
            key=param("key"),
            model=param("model"),
            state="planned",
            planned_at_us=param("now_us"),
        )
        .on_conflict_do_nothing(index_elements=["key"])
    )


_PLAN = Statement(_plan)
_SENT = Statement(
    update(call)
    .where(
        call.c.id == param("call"),
        call.c.job == param("job"),
        call.c.state.in_(["planned", "sent", "unknown"]),
    )
    .values(state="sent", sent_at_us=func.coalesce(call.c.sent_at_us, param("now_us")))
)
_SUBMITTED = Statement(
    update(call).where(call.c.id == param("call")).values(remote_id=param("remote_id"))
)
_ANSWERED = Statement(
    update(call)
    .where(call.c.id == param("call"), call.c.state.in_(["sent", "unknown", "failed"]))
    .values(state="answered", answer=param("answer"), ended_at_us=param("now_us"))
)
_FAILED = Statement(
    update(call)
    .where(call.c.id == param("call"), call.c.state != "answered")
    .values(
        state=param("next_state"),
        detail=param("detail"),
        answer=func.coalesce(param("answer"), call.c.answer),
        ended_at_us=param("now_us"),
    )
)


def plan(
    tx: Transaction, fence: Fence, *, part: int, provider: str, key: str, model: str | None = None
) -> JournalledCall | None:
    """The call under `key`, planned now or before; None when the fence is stale."""
    if not _holds(tx, fence):
        return None
    tx.change(
        _PLAN,
        job=fence.job,
        part=part,
        attempt=fence.attempt,
        provider=provider,
        key=key,
        model=model,
        now_us=tx.now_us,
    )
    row = tx.row(_BY_KEY, key=key)
    if row is None or row[1] != fence.job:
        raise ValueError(f"the key {key!r} belongs to another job's call")
    return _call(row)


def sent(tx: Transaction, fence: Fence, call_id: int) -> bool:
    """planned -> sent; also before it is repeated under the same key. False when the fence is stale."""
    return _holds(tx, fence) and bool(
        tx.change(_SENT, call=call_id, job=fence.job, now_us=tx.now_us)
    )


def submitted(tx: Transaction, call_id: int, remote_id: str) -> None:
    """The provider's own id. Not fenced: whoever learns it, it is true."""
    tx.change(_SUBMITTED, call=call_id, remote_id=remote_id)


def answered(tx: Transaction, call_id: int, answer: Answer) -> None:
    """What was bought. Not fenced: an answer that comes late was paid for all the same.

    Its cost is never kept as less than what was told of the call before.
    """
    asked = tx.row(_ASKED, call=call_id)
    kept = replace(answer, cost_microusd=_highest(answer.cost_microusd, _known_of(asked)))
    if tx.change(_ANSWERED, call=call_id, answer=write_answer(kept), now_us=tx.now_us):
        _bill(tx, call_id, asked, answer.cost_microusd)


def failed(
    tx: Transaction, call_id: int, *, end: CallEnd, detail: str, cost_microusd: int | None = None
) -> None:
    """sent -> its end; an answered call stays answered. What it cost is kept like the cost of an answer."""
    bill = asked = None
    if cost_microusd is not None:
        asked = tx.row(_ASKED, call=call_id)
        kept = _highest(cost_microusd, _known_of(asked))
        bill = Answer(images=(), cost_microusd=kept, notes=(), request_id=None)
    changed = tx.change(
        _FAILED,
        call=call_id,
        next_state=end.value,
        detail=detail,
        answer=None if bill is None else write_answer(bill),
        now_us=tx.now_us,
    )
    if changed and bill is not None:
        _bill(tx, call_id, asked, cost_microusd)


def _bill(tx: Transaction, call_id: int, asked: Row | None, cost: int | None) -> None:
    """Tells what a call cost beyond what was told of it before, and books it where its job has already ended."""
    job_id, provider, model, _ = asked or (None, "", None, None)
    known = _known_of(asked)
    if known is not None:
        cost = max(0, (cost or 0) - known)
        if not cost:
            return
    tx.tell(CallBilled(provider=provider, model=model or UNNAMED, cost_microusd=cost))
    if cost and job_id is not None:
        late_bill.book(tx, job_id, call_id, microusd=cost)


def _known_of(asked: Row | None) -> int | None:
    before = None if asked is None else asked[3]
    return None if before is None else _cost_of(before)


def _highest(*costs: int | None) -> int | None:
    return max((cost for cost in costs if cost is not None), default=None)


def calls(tx: Transaction, job_id: int) -> list[JournalledCall]:
    """All calls of a job, oldest first."""
    return [_call(row) for row in tx.rows(_OF_JOB, job=job_id)]


def spent(tx: Transaction, job_id: int) -> int | None:
    """What a job's calls cost, in millionths of a US dollar; None when nobody told."""
    costs = [_cost_of(answer) for (answer,) in tx.rows(_TOLD, job=job_id)]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known else None


def _cost_of(answer: str) -> int | None:
    """A job must be able to end whatever stands here: the sweep that ends it serves everybody's jobs."""
    try:
        return read_answer(answer).cost_microusd
    except ValueError:
        log.exception("an answer in the journal can't be read, and its cost is left out")
        return None


def job_of(tx: Transaction, provider: str, remote_id: str) -> JobId | None:
    """The job for which the provider has that id.

    Behind a blank an adapter may keep what a resume needs. Those ids are looked for among the jobs in a slot there, which are
    few: nobody else waits for a ring.
    """
    row = tx.row(_OF_REMOTE, provider=provider, remote_id=remote_id)
    if row is None:
        row = tx.row(_WAITED_FOR, provider=provider, beginning=f"{remote_id} ")
    return None if row is None else JobId(row[0])


def _holds(tx: Transaction, fence: Fence) -> bool:
    row = tx.row(_FENCED, job=fence.job, owner=fence.owner, token=fence.attempt)
    return row is not None


def _call(row: Row) -> JournalledCall:
    id_, job_id, part, attempt, provider, key, state, remote_id, answer, model = row
    return JournalledCall(
        id=id_,
        job=JobId(job_id),
        part=part,
        attempt=attempt,
        provider=provider,
        key=key,
        state=state,
        remote_id=remote_id,
        answer=None if answer is None else read_answer(answer),
        model=model,
    )


class SqlJournal:
    """`bot.ports.Journal` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def calls(self, job: JobId) -> Sequence[JournalledCall]:
        """All calls of a job, oldest first."""
        return await self._executor.read(calls, job)

    async def plan(
        self, fence: Fence, *, part: int, provider: str, key: str, model: str | None = None
    ) -> JournalledCall | None:
        """The call under `key`; None when the fence is stale."""
        return await self._executor.write(
            plan, fence, part=part, provider=provider, key=key, model=model
        )

    async def sent(self, fence: Fence, call: int) -> bool:
        """Committed before the request leaves the house."""
        return await self._executor.write(sent, fence, call)

    async def submitted(self, call: int, remote_id: str) -> None:
        """The provider's own id, stored before it is awaited."""
        await self._executor.write(submitted, call, remote_id)

    async def answered(self, call: int, answer: Answer) -> None:
        """sent -> answered."""
        await self._executor.write(answered, call, answer)

    async def failed(
        self, call: int, *, end: CallEnd, detail: str, cost_microusd: int | None = None
    ) -> None:
        """sent -> its end, with what it cost all the same."""
        await self._executor.write(
            failed, call, end=end, detail=detail, cost_microusd=cost_microusd
        )

    async def job_of(self, provider: str, remote_id: str) -> JobId | None:
        """The job for which the provider has that id of its own."""
        return await self._executor.read(job_of, provider, remote_id)
