"""What people think of pictures: a row for each person and picture, kept for whoever compares models later."""

from __future__ import annotations

from sqlalchemy import ClauseElement, delete, exists, func, select

from bot.domain.identity import LaneId, Person
from bot.domain.rating import Rating, Ratings
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import THERE, image, rating
from bot.store.transaction import Transaction

_HERE = Statement(
    select(
        exists().where(image.c.id == param("image"), image.c.workspace == param("workspace"), THERE)
    )
)


def _put(insert: InsertInto) -> ClauseElement:
    new = insert(rating).values(
        image=param("image"), lane=param("lane"), rating=param("rating"), at_us=param("now_us")
    )
    return new.on_conflict_do_update(
        index_elements=["image", "lane"],
        set_={"rating": new.excluded.rating, "at_us": new.excluded.at_us},
    )


_PUT = Statement(_put)
_TAKE_BACK = Statement(
    delete(rating).where(rating.c.image == param("image"), rating.c.lane == param("lane"))
)
_COUNTED = Statement(
    select(
        func.count().filter(rating.c.rating == Rating.GOOD.value),
        func.count().filter(rating.c.rating == Rating.BAD.value),
    ).where(rating.c.image == param("image"))
)
_OWN = Statement(
    select(rating.c.rating).where(rating.c.image == param("image"), rating.c.lane == param("lane"))
)


def rate(tx: Transaction, image_id: int, *, by: Person, rating: Rating | None) -> bool:
    """Sets or takes back one person's rating; False when there is no such picture in their workspace."""
    here = tx.row(_HERE, image=image_id, workspace=by.workspace_id)
    if here is None or not here[0]:
        return False
    if rating is None:
        tx.change(_TAKE_BACK, image=image_id, lane=by.lane)
    else:
        tx.change(_PUT, image=image_id, lane=by.lane, rating=rating.value, now_us=tx.now_us)
    return True


def ratings_of(tx: Transaction, image_id: int, *, lane: LaneId) -> Ratings:
    """The counts, and this person's own."""
    good, bad = tx.row(_COUNTED, image=image_id) or (0, 0)
    own = tx.row(_OWN, image=image_id, lane=lane)
    return Ratings(
        good=good,
        bad=bad,
        own=None if own is None else Rating(own[0]),
    )
