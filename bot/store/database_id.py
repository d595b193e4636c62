"""The name a database goes by towards what lies outside it: random, written once, copied with it."""

from __future__ import annotations

import secrets

from sqlalchemy import ClauseElement, Column, Integer, Table, Text, select

from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import metadata
from bot.store.transaction import Executor, Transaction

database_id = Table(
    "database_id",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False, doc="1: there is one row"),
    Column("id", Text, nullable=False),
)


def _keep(insert: InsertInto) -> ClauseElement:
    return insert(database_id).values(one=1, id=param("id")).on_conflict_do_nothing()


_KEEP = Statement(_keep)
_READ = Statement(select(database_id.c.id).where(database_id.c.one == 1))


def read(tx: Transaction) -> str | None:
    """The id; None before anybody asked for it."""
    row = tx.row(_READ)
    return None if row is None else str(row[0])


def keep(tx: Transaction, proposed: str) -> str | None:
    """The id: `proposed`, unless there was one."""
    tx.change(_KEEP, id=proposed)
    return read(tx)


async def id_of(executor: Executor) -> str:
    """The database's id, 32 hexadecimal digits, given to it when it is asked for the first time."""
    known = await executor.read(read)
    if known is None:
        known = await executor.write(keep, secrets.token_hex(16))
    if known is None:
        raise RuntimeError("the id that was just written is not there")
    return known
