"""Which blobs are referred to. A column that names blobs belongs into this list, or they are taken away in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ClauseElement, and_, delete, exists, or_, select

from bot.domain.identity import BlobKey
from bot.store.database_id import id_of
from bot.store.money_tables import offer
from bot.store.records import read_answer
from bot.store.rule_tables import shown_blob
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import THERE, UNFINISHED, call, image, job
from bot.store.transaction import Executor, Transaction

_key = param("key")
_KEPT = or_(
    UNFINISHED,
    exists().where(image.c.job == job.c.id, THERE),
    ~exists().where(image.c.job == job.c.id),
)
"""What somebody brought to a job stays for Re-roll and Retry, until the job is over and its pictures are all deleted."""
_IN_USE = Statement(
    select(
        or_(
            exists().where(image.c.blob == _key, THERE),
            exists().where(image.c.view_blob == _key, THERE),
            exists().where(image.c.thumbnail_blob == _key, THERE),
            exists().where(job.c.grid == _key, job.c.grid.is_not(None)),
            exists().where(
                job.c.source == _key,
                job.c.source.is_not(None),
                # A picture of the gallery stays for its own sake, and goes when it is deleted.
                or_(UNFINISHED, and_(job.c.parent.is_(None), _KEPT)),
            ),
            exists().where(job.c.mask == _key, job.c.mask.is_not(None), _KEPT),
            exists().where(offer.c.source == _key, offer.c.source.is_not(None)),
            exists().where(offer.c.mask == _key, offer.c.mask.is_not(None)),
            exists().where(shown_blob.c.blob == _key, shown_blob.c.until_us > param("now_us")),
        )
    )
)
_NEWEST = Statement(select(image.c.blob).where(THERE).order_by(image.c.id.desc()).limit(1))
_ANSWERS = Statement(
    select(call.c.answer).where(
        call.c.job.in_(select(job.c.id).where(UNFINISHED)), call.c.answer.is_not(None)
    )
)


_FORGET = Statement(delete(shown_blob).where(shown_blob.c.until_us <= param("now_us")))


def _show(insert: InsertInto) -> ClauseElement:
    new = insert(shown_blob).values(blob=param("key"), until_us=param("until_us"))
    return new.on_conflict_do_update(
        index_elements=["blob"],
        set_={"until_us": new.excluded.until_us},
        where=shown_blob.c.until_us < new.excluded.until_us,
    )


_SHOW = Statement(_show)


def shown(tx: Transaction, key: BlobKey, *, lasting: timedelta) -> None:
    """The blob is in use from now on for so long, at least; those that nobody is shown any more are forgotten."""
    tx.change(_FORGET, now_us=tx.now_us)
    tx.change(_SHOW, key=key, until_us=tx.now_us + lasting // timedelta(microseconds=1))


def in_use(tx: Transaction, key: str) -> bool:
    """Whether a picture, a sheet, an upload or a chart that is still shown is this blob."""
    row = tx.row(_IN_USE, key=key, now_us=tx.now_us)
    return row is not None and bool(row[0])


def unused(tx: Transaction, keys: Sequence[BlobKey]) -> list[BlobKey]:
    """Those of `keys` that nothing refers to, the files that services sent for unfinished jobs included."""
    sent = {raw.raw for (answer,) in tx.rows(_ANSWERS) for raw in read_answer(answer).images}
    return [key for key in keys if key not in sent and not in_use(tx, key)]


def newest(tx: Transaction) -> BlobKey | None:
    """The file of the picture that was recorded last and not deleted."""
    row = tx.row(_NEWEST)
    return None if row is None else BlobKey(row[0])


class SqlBlobUse:
    """`bot.ports.BlobUse` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def shown(self, key: BlobKey, *, lasting: timedelta) -> None:
        """The blob is in use from now on for so long, at least."""
        await self._executor.write(shown, key, lasting=lasting)

    async def unused(self, keys: Sequence[BlobKey]) -> Sequence[BlobKey]:
        """Those of `keys` that no row refers to."""
        return await self._executor.read(unused, keys) if keys else ()

    async def database_id(self) -> str:
        """Which database this is: the same for good, also in its copies."""
        return await id_of(self._executor)

    async def newest(self) -> BlobKey | None:
        """The file of the newest picture there is; None when there are no pictures."""
        return await self._executor.read(newest)
