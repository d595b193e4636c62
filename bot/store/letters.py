"""Writing letters into the outbox, in the transaction that gives them something to say."""

from __future__ import annotations

from sqlalchemy import ClauseElement, and_, false, insert, or_, true, update

from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import PENDING, outbox
from bot.store.transaction import Transaction

_INSERT_COLUMNS = {
    "job": param("job"),
    "state": "pending",
    "attempt": 0,
    "run_at_us": param("now_us"),
    "written_at_us": param("now_us"),
}


def _insert_status(insert_: InsertInto) -> ClauseElement:
    # A job that was parked has one already: it is shown where that stands.
    new = insert_(outbox).values(final=false(), **_INSERT_COLUMNS)
    return new.on_conflict_do_nothing(index_elements=["job", "final"])


_INSERT_STATUS = Statement(_insert_status)
_INSERT_FINAL = Statement(insert(outbox).values(final=true(), **_INSERT_COLUMNS))
_VOID_STATUS = Statement(
    update(outbox)
    .where(
        outbox.c.job == param("job"),
        outbox.c.final == false(),
        and_(PENDING, or_(outbox.c.owner.is_(None), outbox.c.run_at_us <= param("now_us"))),
    )
    .values(state="void", ended_at_us=param("now_us"))
)


def write_status_letter(tx: Transaction, job_id: int) -> None:
    """A letter that shows the job waiting."""
    tx.change(_INSERT_STATUS, job=job_id, now_us=tx.now_us)


def write_final_letter(tx: Transaction, job_id: int) -> None:
    """The job's one final answer; a status letter that nobody is posting right now is void."""
    void_status_letter(tx, job_id)
    tx.change(_INSERT_FINAL, job=job_id, now_us=tx.now_us)


def void_status_letter(tx: Transaction, job_id: int) -> None:
    """A status letter that nobody is posting right now need not be posted any more."""
    tx.change(_VOID_STATUS, job=job_id, now_us=tx.now_us)
