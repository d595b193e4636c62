"""Money held, settled and released: the same for budgets as the ledger is for quotas, written only where there are any.

The price of a whole request is held in every purse it is paid from. When it ends, each picture that was received is
settled at what it really cost, the hold is released whole, and what nobody received is booked on the house alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ClauseElement, case, insert, select, update

from bot.domain.budget import INSTALLATION_SCOPE, Bill, Purse, Spending, percent_told
from bot.domain.notice import BudgetNotice
from bot.store.ledger import AT_END, HOLD, RELEASE, SETTLE
from bot.store.moments import to_us
from bot.store.money_tables import charge, spending
from bot.store.notices import write_notice
from bot.store.records import read_counters, write_purses
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import job
from bot.store.transaction import Executor, Transaction

WASTE = "waste"
ANY_AMOUNT = 2**62
"""For what an admin let through: more than any budget."""

_THIS = (spending.c.scope == param("scope"), spending.c.period_key == param("period_key"))


def _hold(insert_: InsertInto) -> ClauseElement:
    new = insert_(spending).values(
        scope=param("scope"),
        period_key=param("period_key"),
        spent_microusd=0,
        held_microusd=param("microusd"),
        limit_microusd=param("limit"),
        told_percent=0,
        alerts_to=param("alerts_to"),
        returns_at_us=param("returns_at_us"),
    )
    return new.on_conflict_do_update(
        index_elements=["scope", "period_key"],
        set_={
            "held_microusd": spending.c.held_microusd + new.excluded.held_microusd,
            "limit_microusd": new.excluded.limit_microusd,
            # Another limit has notices of its own.
            "told_percent": case(
                (spending.c.limit_microusd == new.excluded.limit_microusd, spending.c.told_percent),
                else_=0,
            ),
            "alerts_to": new.excluded.alerts_to,
        },
        where=spending.c.spent_microusd + spending.c.held_microusd
        <= param("most") - param("microusd"),
    )


_HOLD = Statement(_hold)
_MOVE = Statement(
    update(spending)
    .where(*_THIS)
    .values(
        spent_microusd=spending.c.spent_microusd + param("more_spent"),
        held_microusd=spending.c.held_microusd - param("less_held"),
    )
)
_READ = Statement(select(spending.c.spent_microusd, spending.c.held_microusd).where(*_THIS))
_TOLD = Statement(
    select(
        spending.c.spent_microusd,
        spending.c.limit_microusd,
        spending.c.told_percent,
        spending.c.alerts_to,
    ).where(*_THIS)
)
_TELL = Statement(update(spending).where(*_THIS).values(told_percent=param("percent")))
_WRITE = Statement(
    insert(charge).values(
        job=param("job"),
        kind=param("kind"),
        part=param("part"),
        microusd=param("microusd"),
        at_us=param("now_us"),
    )
)


def _waste_more(insert_: InsertInto) -> ClauseElement:
    new = insert_(charge).values(
        job=param("job"),
        kind=WASTE,
        part=param("part"),
        microusd=param("microusd"),
        at_us=param("now_us"),
    )
    return new.on_conflict_do_update(
        index_elements=["job", "kind", "part"],
        set_={"microusd": charge.c.microusd + new.excluded.microusd},
    )


_WASTE_MORE = Statement(_waste_more)
_BOOK = Statement(
    update(job)
    .where(job.c.id == param("job"))
    .values(purses=param("purses"), price_microusd=param("price"))
)
_OF_JOB = Statement(
    select(
        job.c.purses, job.c.price_microusd, job.c.cost_microusd, job.c.paid_images, job.c.images
    ).where(job.c.id == param("job"))
)


def read_spending(tx: Transaction, purse: Purse) -> Spending:
    """The purse as it stands."""
    row = tx.row(_READ, scope=purse.scope, period_key=purse.period_key)
    spent, held = row or (0, 0)
    return Spending(purse=purse, spent_microusd=spent, held_microusd=held)


def hold(
    tx: Transaction, purses: Sequence[Purse], *, microusd: int, waived: bool
) -> Spending | None:
    """Holds the money in every purse and returns None, or in none and returns one that has too little.

    A purse that is simply over goes before one whose admin is asked; those are passed over when it is `waived`.
    """
    held: list[Purse] = []
    short: list[Purse] = []
    for purse in sorted(purses, key=lambda one: (one.scope, one.period_key)):
        most = ANY_AMOUNT if waived and purse.asks else purse.limit_microusd
        if microusd <= most and tx.change(
            _HOLD,
            scope=purse.scope,
            period_key=purse.period_key,
            microusd=microusd,
            limit=purse.limit_microusd,
            most=most,
            alerts_to=purse.alerts_to,
            returns_at_us=to_us(purse.returns_at),
        ):
            held.append(purse)
        else:
            short.append(purse)
    if not short:
        return None
    for purse in held:
        tx.change(
            _MOVE,
            scope=purse.scope,
            period_key=purse.period_key,
            more_spent=0,
            less_held=microusd,
        )
    standing = read_spending(tx, min(short, key=lambda one: one.asks))
    _tell_spent(tx, standing)
    return standing


def book(tx: Transaction, job_id: int, purses: Sequence[Purse], *, microusd: int) -> None:
    """Notes with the job what `hold` held for it."""
    tx.change(_BOOK, job=job_id, purses=write_purses(purses), price=microusd)
    tx.change(_WRITE, job=job_id, kind=HOLD, part=0, microusd=microusd, now_us=tx.now_us)


def settle(
    tx: Transaction, job_id: int, *, delivered: Collection[int], total_microusd: int | None
) -> None:
    """Books what the pictures at the positions `delivered` cost, and gives the hold back.

    `total_microusd` is what all calls of the job cost, those included that brought nothing.
    """
    row = tx.row(_OF_JOB, job=job_id)
    if row is None or row[0] is None:
        return
    text, price, cost, paid_images, asked = row
    purses = read_counters(text)
    bill = Bill(cost_microusd=cost, paid_images=paid_images, price_microusd=price, asked=asked)
    shares = bill.shares(delivered)
    for position, share in shares.items():
        tx.change(_WRITE, job=job_id, kind=SETTLE, part=position, microusd=share, now_us=tx.now_us)
    settled = sum(shares.values())
    waste = max(0, (total_microusd or 0) - settled)
    if waste:
        tx.change(_WRITE, job=job_id, kind=WASTE, part=0, microusd=waste, now_us=tx.now_us)
    tx.change(_WRITE, job=job_id, kind=RELEASE, part=AT_END, microusd=price, now_us=tx.now_us)
    for scope, period_key in purses:
        tx.change(
            _MOVE,
            scope=scope,
            period_key=period_key,
            more_spent=settled + (waste if scope == INSTALLATION_SCOPE else 0),
            less_held=price,
        )
        _tell(tx, scope, period_key)


def waste_late(tx: Transaction, job_id: int, purses: str, *, part: int, microusd: int) -> None:
    """Books what is learned to be wasted after the job was settled, beside what was booked late of the same call before.

    `part` is the call's id. `microusd` is only what nobody knew of yet.
    """
    tx.change(_WASTE_MORE, job=job_id, part=part, microusd=microusd, now_us=tx.now_us)
    for scope, period_key in read_counters(purses):
        if scope == INSTALLATION_SCOPE:
            tx.change(_MOVE, scope=scope, period_key=period_key, more_spent=microusd, less_held=0)
            _tell(tx, scope, period_key)


def _tell(tx: Transaction, scope: str, period_key: str) -> None:
    """Writes a notice when the budget passed one of its marks."""
    row = tx.row(_TOLD, scope=scope, period_key=period_key)
    if row is None:
        return
    spent, limit, told, alerts_to = row
    percent = percent_told(spent, limit)
    if percent <= told:
        return
    tx.change(_TELL, scope=scope, period_key=period_key, percent=percent)
    if alerts_to is not None:
        notice = BudgetNotice(
            scope=scope,
            period_key=period_key,
            percent=percent,
            spent_microusd=spent,
            limit_microusd=limit,
        )
        write_notice(tx, alerts_to, notice)


def _tell_spent(tx: Transaction, standing: Spending) -> None:
    """Somebody was turned away: that is told as if all were spent, which for them it is."""
    purse = standing.purse
    if purse.alerts_to is not None:
        notice = BudgetNotice(
            scope=purse.scope,
            period_key=purse.period_key,
            percent=100,
            spent_microusd=standing.spent_microusd,
            limit_microusd=purse.limit_microusd,
        )
        write_notice(tx, purse.alerts_to, notice)


def spendings(tx: Transaction, purses: Sequence[Purse]) -> list[Spending]:
    """Each purse as it stands, in the same order."""
    return [read_spending(tx, purse) for purse in purses]


class SqlBudgets:
    """`bot.ports.Budgets` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def spendings(self, purses: Sequence[Purse]) -> Sequence[Spending]:
        """Each purse as it stands, in the same order."""
        return await self._executor.read(spendings, purses) if purses else ()
