"""What Discord must be asked only once: how a request was answered at first, which commands are registered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import (
    BigInteger,
    ClauseElement,
    Column,
    ForeignKey,
    Table,
    Text,
    func,
    or_,
    select,
    true,
)

from bot.domain.identity import JobId
from bot.ports import FirstLook, FirstResponse
from bot.store.moments import span_us
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import ROWID, image, job, metadata, report
from bot.store.transaction import Executor, Transaction

first_response = Table(
    "discord_response",
    metadata,
    Column("job", ROWID, ForeignKey("job.id"), primary_key=True, autoincrement=False),
    Column("look", Text, nullable=False, doc="public | shown | private | silent | lost"),
    Column("message", Text),
    Column("at_us", BigInteger, nullable=False),
)

registration = Table(
    "discord_registration",
    metadata,
    Column("application", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
)


def _put(insert: InsertInto) -> ClauseElement:
    new = insert(first_response).values(
        job=param("job"), look=param("look"), message=param("message"), at_us=param("now_us")
    )
    return new.on_conflict_do_update(
        index_elements=["job"],
        set_={name: new.excluded[name] for name in ("look", "message", "at_us")},
    )


def _register(insert: InsertInto) -> ClauseElement:
    new = insert(registration).values(
        application=param("application"), digest=param("digest"), at_us=param("now_us")
    )
    return new.on_conflict_do_update(
        index_elements=["application"],
        set_={name: new.excluded[name] for name in ("digest", "at_us")},
    )


_PUT = Statement(_put)
_OF = Statement(
    select(first_response.c.look, first_response.c.message).where(
        first_response.c.job == param("job")
    )
)
_REGISTER = Statement(_register)
_REGISTERED = Statement(
    select(registration.c.digest).where(registration.c.application == param("application"))
)


_NEWEST = job.c.id > select(func.max(job.c.id)).scalar_subquery() - param("newest")
_ENDED = Statement(
    select(job.c.id)
    .join(first_response, first_response.c.job == job.c.id)
    .where(_NEWEST, job.c.finished_at_us.between(param("since_us"), param("until_us")))
    .order_by(job.c.id)
)
_REPORTED_AT = (
    select(func.max(report.c.at_us)).where(report.c.image == image.c.id).scalar_subquery()
)
_WITH_GONE = Statement(
    select(job.c.id, func.count())
    .join(first_response, first_response.c.job == job.c.id)
    .join(image, image.c.job == job.c.id)
    .where(_NEWEST, or_(image.c.deleted_at_us.is_not(None), image.c.hidden == true()))
    .group_by(job.c.id)
    .having(func.max(func.coalesce(image.c.deleted_at_us, _REPORTED_AT)) >= param("since_us"))
    .order_by(job.c.id)
)
"""All that went away of a job count, where one did since then."""


def put(tx: Transaction, job: JobId, response: FirstResponse) -> None:
    """Remembers it."""
    tx.change(_PUT, job=job, look=response.look, message=response.message, now_us=tx.now_us)


def of(tx: Transaction, job: JobId) -> FirstResponse | None:
    """The first response to the request that became `job`."""
    row = tx.row(_OF, job=job)
    return None if row is None else FirstResponse(look=FirstLook(row[0]), message=row[1])


def set_registered(tx: Transaction, application: str, digest: str) -> None:
    """Remembers the digest of the commands just registered."""
    tx.change(_REGISTER, application=application, digest=digest, now_us=tx.now_us)


def registered(tx: Transaction, application: str) -> str | None:
    """The digest of the commands that were registered last."""
    row = tx.row(_REGISTERED, application=application)
    return None if row is None else str(row[0])


def ended_between(tx: Transaction, since_s: float, until_s: float, *, newest: int) -> list[JobId]:
    """Those of the newest jobs that were over then."""
    rows = tx.rows(_ENDED, since_us=span_us(since_s), until_us=span_us(until_s), newest=newest)
    return [JobId(found) for (found,) in rows]


def with_gone(
    tx: Transaction, *, newest: int, within_s: float, since_s: float | None
) -> dict[JobId, int]:
    """Those of the newest jobs of which pictures went away lately, and how many ever did."""
    since_us = tx.now_us - span_us(within_s)
    if since_s is not None:
        since_us = min(since_us, span_us(since_s))
    return {
        JobId(found): count
        for found, count in tx.rows(_WITH_GONE, newest=newest, since_us=since_us)
    }


class SqlFirstResponses:
    """A `bot.ports.FirstResponses` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def put(self, job: JobId, response: FirstResponse) -> None:
        """Remembers it."""
        await self._executor.write(put, job, response)

    async def of(self, job: JobId) -> FirstResponse | None:
        """None while there was none, or when the process died over it."""
        return await self._executor.read(of, job)

    async def registered(self, application: str) -> str | None:
        """The digest of the commands that were registered last."""
        return await self._executor.read(registered, application)

    async def set_registered(self, application: str, digest: str) -> None:
        """Remembers the digest of the commands just registered."""
        await self._executor.write(set_registered, application, digest)

    async def ended_between(
        self, since_s: float, until_s: float, *, newest: int
    ) -> Sequence[JobId]:
        """Those of the newest jobs that were over then, in seconds since 1970."""
        return await self._executor.read(ended_between, since_s, until_s, newest=newest)

    async def with_gone(
        self, *, newest: int, within_s: float, since_s: float | None = None
    ) -> Mapping[JobId, int]:
        """Those of the newest jobs of which a picture was deleted or hidden lately, and how many ever were.

        That is within `within_s` from now, or after `since_s`, in seconds since 1970, where that is longer ago.
        """
        return await self._executor.read(
            with_gone, newest=newest, within_s=within_s, since_s=since_s
        )
