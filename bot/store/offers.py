"""Requests that were over quota, kept for a while so that their button can ask for them later."""

from __future__ import annotations

from sqlalchemy import ClauseElement, delete, select

from bot.ports import Offer
from bot.store.money_tables import offer
from bot.store.records import (
    read_order,
    read_person,
    read_place,
    write_order,
    write_person,
    write_place,
)
from bot.store.statement import InsertInto, Statement, param
from bot.store.transaction import Executor, Transaction

KEPT_S = 7 * 86_400
"""How long a button on an over-quota answer can still be pressed."""
MOST_KEPT = 20
"""Offers of one person: the oldest go, so that nobody fills the table by asking on."""


def _put(insert_: InsertInto) -> ClauseElement:
    new = insert_(offer).values(
        idem=param("key"),
        lane=param("lane"),
        person=param("person"),
        place=param("place"),
        order_json=param("order"),
        source=param("source"),
        mask=param("mask"),
        at_us=param("now_us"),
    )
    return new.on_conflict_do_update(
        index_elements=["idem"], set_={"at_us": new.excluded.at_us}
    ).returning(offer.c.id)


_PUT = Statement(_put)
_TIDY = Statement(
    delete(offer).where(
        offer.c.lane == param("lane"),
        (offer.c.at_us < param("oldest_us"))
        | offer.c.id.in_(
            select(offer.c.id)
            .where(offer.c.lane == param("lane"))
            .order_by(offer.c.id.desc())
            .limit(1000)
            .offset(MOST_KEPT)
        ),
    )
)
_GET = Statement(
    select(offer.c.idem, offer.c.person, offer.c.place, offer.c.order_json).where(
        offer.c.id == param("offer")
    )
)


def put(tx: Transaction, made: Offer) -> int:
    """Its number; the same request again keeps the one it has."""
    lane = made.person.lane
    row = tx.row(
        _PUT,
        key=made.key,
        lane=lane,
        person=write_person(made.person),
        place=write_place(made.place),
        order=write_order(made.order),
        source=made.order.source,
        mask=made.order.mask,
        now_us=tx.now_us,
    )
    tx.change(_TIDY, lane=lane, oldest_us=tx.now_us - KEPT_S * 1_000_000)
    return int(row[0]) if row else 0


def find(tx: Transaction, number: int) -> Offer | None:
    """The request of that number, while it is kept."""
    row = tx.row(_GET, offer=number)
    if row is None:
        return None
    key, person, place, order = row
    return Offer(
        key=key, person=read_person(person), place=read_place(place), order=read_order(order)
    )


class SqlOffers:
    """`bot.ports.Offers` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def put(self, made: Offer) -> int:
        """Its number."""
        return await self._executor.write(put, made)

    async def find(self, number: int) -> Offer | None:
        """The request of that number, while it is kept."""
        return await self._executor.read(find, number)
