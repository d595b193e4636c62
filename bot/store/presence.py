"""Which processes there are: one row each, for as long as its lease runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import BigInteger, ClauseElement, Column, Table, Text, delete, select

from bot.store.moments import span_us
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import metadata
from bot.store.transaction import Executor, Transaction

process = Table(
    "process",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("part", Text, nullable=False, doc="run | gateway | worker | web"),
    Column("lives_until_us", BigInteger, nullable=False),
    Column("house", Text, doc="mark of the folder its files are in; null from a release before"),
    sqlite_with_rowid=False,
)


def _beat(insert: InsertInto) -> ClauseElement:
    new = insert(process).values(
        owner=param("owner"),
        part=param("part"),
        lives_until_us=param("until_us"),
        house=param("house"),
    )
    return new.on_conflict_do_update(
        index_elements=["owner"], set_={"lives_until_us": new.excluded.lives_until_us}
    )


_GONE = (
    select(process.c.owner)
    .where(process.c.lives_until_us <= param("now_us"))
    .with_for_update(skip_locked=True)
    .cte("gone")
)
_BEAT = Statement(_beat)
_FORGET = Statement(delete(process).where(process.c.owner.in_(select(_GONE.c.owner))))
_LIVING = Statement(select(process.c.part).where(process.c.lives_until_us > param("now_us")))
_STRANGERS = Statement(
    select(process.c.owner)
    .where(process.c.lives_until_us > param("now_us"), process.c.house != param("house"))
    .order_by(process.c.owner)
)
_LEAVE = Statement(delete(process).where(process.c.owner == param("owner")))


def join(tx: Transaction, owner: str, part: str, *, house: str, lease_s: float) -> list[str]:
    """Who lives and keeps its files elsewhere; `owner` is one of those who live where nobody does."""
    strangers = [stranger for (stranger,) in tx.rows(_STRANGERS, now_us=tx.now_us, house=house)]
    if not strangers:
        beat(tx, owner, part, house=house, lease_s=lease_s)
    return strangers


def beat(tx: Transaction, owner: str, part: str, *, house: str, lease_s: float) -> dict[str, int]:
    """How many live, by part, `owner` included."""
    tx.change(_BEAT, owner=owner, part=part, house=house, until_us=tx.now_us + span_us(lease_s))
    tx.change(_FORGET, now_us=tx.now_us)
    return dict(Counter(part for (part,) in tx.rows(_LIVING, now_us=tx.now_us)))


def leave(tx: Transaction, owner: str) -> None:
    """It is gone."""
    tx.change(_LEAVE, owner=owner)


class SqlPresence:
    """`bot.ports.Presence` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def join(self, owner: str, part: str, *, house: str, lease_s: float) -> Sequence[str]:
        """Who lives and keeps its files elsewhere."""
        return await self._executor.write(join, owner, part, house=house, lease_s=lease_s)

    async def beat(self, owner: str, part: str, *, house: str, lease_s: float) -> Mapping[str, int]:
        """How many live, by part."""
        return await self._executor.write(beat, owner, part, house=house, lease_s=lease_s)

    async def leave(self, owner: str) -> None:
        """It is gone."""
        await self._executor.write(leave, owner)
