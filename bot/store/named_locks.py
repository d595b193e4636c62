"""Locks between processes: one row each, held for a lease, fenced by a token that only grows."""

from __future__ import annotations

from sqlalchemy import BigInteger, ClauseElement, Column, Integer, Table, Text, or_, select, update

from bot.store.moments import SECOND_US, span_us
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import metadata
from bot.store.transaction import Executor, Transaction

named_lock = Table(
    "named_lock",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False, doc="Who holds it, or held it last."),
    Column("token", Integer, nullable=False, doc="Counts every time it was given: the fence."),
    Column("lease_until_us", BigInteger, nullable=False, doc="0 once it was given back."),
    sqlite_with_rowid=False,
)


def _acquire(insert: InsertInto) -> ClauseElement:
    new = insert(named_lock).values(
        name=param("name"), owner=param("owner"), token=1, lease_until_us=param("until_us")
    )
    free = or_(
        named_lock.c.lease_until_us <= param("now_us"), named_lock.c.owner == new.excluded.owner
    )
    return new.on_conflict_do_update(
        index_elements=["name"],
        set_={
            "owner": new.excluded.owner,
            "token": named_lock.c.token + 1,
            "lease_until_us": new.excluded.lease_until_us,
        },
        where=free,
    ).returning(named_lock.c.token)


_MINE = (named_lock.c.name == param("name"), named_lock.c.token == param("token"))
_ACQUIRE = Statement(_acquire)
_RENEW = Statement(
    update(named_lock)
    .where(*_MINE, named_lock.c.lease_until_us > 0)
    .values(lease_until_us=param("until_us"))
)
_LAPSES = Statement(
    select(named_lock.c.lease_until_us).where(
        named_lock.c.name == param("name"), named_lock.c.lease_until_us > 0
    )
)
_RELEASE = Statement(update(named_lock).where(*_MINE).values(lease_until_us=0))


def acquire(tx: Transaction, name: str, *, owner: str, lease_s: float) -> int | None:
    """The new token; None while another's lease runs."""
    until_us = tx.now_us + span_us(lease_s)
    row = tx.row(_ACQUIRE, name=name, owner=owner, until_us=until_us, now_us=tx.now_us)
    return None if row is None else int(row[0])


def renew(tx: Transaction, name: str, *, token: int, lease_s: float) -> bool:
    """Whether it is still held under this token; then its lease begins anew."""
    return tx.change(_RENEW, name=name, token=token, until_us=tx.now_us + span_us(lease_s)) == 1


def release(tx: Transaction, name: str, *, token: int) -> None:
    """Free for others, if it is still held under this token."""
    tx.change(_RELEASE, name=name, token=token)


def lapses_at(tx: Transaction, name: str) -> float | None:
    """When its newest lease ends or ended."""
    row = tx.row(_LAPSES, name=name)
    return None if row is None else int(row[0]) / SECOND_US


class SqlLocks:
    """`bot.ports.Locks` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def acquire(self, name: str, *, owner: str, lease_s: float) -> int | None:
        """The new token; None while another's lease runs."""
        return await self._executor.write(acquire, name, owner=owner, lease_s=lease_s)

    async def renew(self, name: str, *, token: int, lease_s: float) -> bool:
        """Whether it is still held under this token."""
        return await self._executor.write(renew, name, token=token, lease_s=lease_s)

    async def release(self, name: str, *, token: int) -> None:
        """Free for others, if it is still held under this token."""
        await self._executor.write(release, name, token=token)

    async def lapses_at(self, name: str) -> float | None:
        """When its newest lease ends or ended, in seconds since 1970; None when it was given back."""
        return await self._executor.read(lapses_at, name)
