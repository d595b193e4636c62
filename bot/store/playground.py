"""The playground's messages, durable like any platform's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    ClauseElement,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    delete,
    or_,
    select,
)

from bot.domain.identity import JobId
from bot.ports import ChannelMessage, NewMessage
from bot.store.moments import from_us, to_us
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import ROWID, metadata
from bot.store.transaction import Executor, Row, Transaction

message = Table(
    "playground_message",
    metadata,
    Column("id", ROWID, primary_key=True),
    Column("nonce", Text, nullable=False, doc="The same for every attempt at the same message."),
    Column("channel", Text, nullable=False),
    Column("thread", ROWID, doc="The message that opened the thread; may be gone."),
    Column("author", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("job", ROWID, ForeignKey("job.id")),
    Column("final", Boolean, nullable=False),
    Column("only_for", Text),
    Column("created_at_us", BigInteger, nullable=False),
    Column("changed_at_us", BigInteger, nullable=False),
    UniqueConstraint("nonce"),
    Index("ix_playground_message_channel", "channel", "id"),
    Index("ix_playground_message_job", "job"),
    # A number that was used names one message for good: pages hold on to it.
    sqlite_autoincrement=True,
)


def _put(insert: InsertInto) -> ClauseElement:
    new = insert(message).values(
        nonce=param("nonce"),
        channel=param("channel"),
        thread=param("thread"),
        author=param("author"),
        body=param("body"),
        job=param("job"),
        final=param("final"),
        only_for=param("only_for"),
        created_at_us=param("now_us"),
        changed_at_us=param("now_us"),
    )
    return new.on_conflict_do_update(
        index_elements=["nonce"],
        set_={
            name: new.excluded[name]
            for name in ("thread", "body", "job", "final", "only_for", "changed_at_us")
        },
    ).returning(message.c.id)


_COLUMNS = (
    message.c.id,
    message.c.channel,
    message.c.thread,
    message.c.author,
    message.c.body,
    message.c.job,
    message.c.final,
    message.c.only_for,
    message.c.created_at_us,
    message.c.changed_at_us,
)
_PUT = Statement(_put)
_NEWEST = Statement(
    select(*_COLUMNS)
    .where(
        message.c.channel == param("channel"),
        or_(message.c.only_for.is_(None), message.c.only_for == param("viewer")),
        message.c.changed_at_us > param("since_us"),
    )
    .order_by(message.c.id.desc())
    .limit(param("most"))
)
_OF_JOB = Statement(select(*_COLUMNS).where(message.c.job == param("job")).order_by(message.c.id))
_REMOVE = Statement(delete(message).where(message.c.id == param("message")))


class SqlChannel:
    """A `bot.ports.Channel` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def put(self, message: NewMessage) -> int:
        """Its id; the same nonce again gives the message there is, brought up to date."""
        return await self._executor.write(put, message)

    async def messages(
        self, channel: str, *, viewer: str, since: datetime | None = None, limit: int = 200
    ) -> Sequence[ChannelMessage]:
        """What `viewer` may see, oldest first; with `since`, only what changed after it."""
        return await self._executor.read(messages, channel, viewer=viewer, since=since, limit=limit)

    async def of_job(self, job: JobId) -> Sequence[ChannelMessage]:
        """The messages that show a job."""
        return await self._executor.read(of_job, job)

    async def remove(self, message: int) -> None:
        """Gone for everybody."""
        await self._executor.write(remove, message)


def put(tx: Transaction, new: NewMessage) -> int:
    """The id of the message with this nonce, as it is said now."""
    row = tx.row(
        _PUT,
        nonce=new.nonce,
        channel=new.channel,
        thread=new.thread,
        author=new.author,
        body=new.text,
        job=new.job,
        final=new.final,
        only_for=new.only_for,
        now_us=tx.now_us,
    )
    if row is None:
        raise RuntimeError("an upsert always gives its row back")
    return int(row[0])


def messages(
    tx: Transaction, channel: str, *, viewer: str, since: datetime | None, limit: int
) -> Sequence[ChannelMessage]:
    """The newest `limit` messages, oldest first."""
    since_us = -1 if since is None else to_us(since)
    rows = tx.rows(_NEWEST, channel=channel, viewer=viewer, since_us=since_us, most=limit)
    return [_message(row) for row in reversed(rows)]


def of_job(tx: Transaction, job: JobId) -> Sequence[ChannelMessage]:
    """The messages that show a job, oldest first."""
    return [_message(row) for row in tx.rows(_OF_JOB, job=job)]


def remove(tx: Transaction, message_id: int) -> None:
    """Deletes it."""
    tx.change(_REMOVE, message=message_id)


def _message(row: Row) -> ChannelMessage:
    number, channel, thread, author, body, job, final, only_for, created_us, changed_us = row
    return ChannelMessage(
        id=number,
        channel=channel,
        thread=thread,
        author=author,
        text=body,
        job=None if job is None else JobId(job),
        final=bool(final),
        only_for=only_for,
        created_at=from_us(created_us),
        changed_at=from_us(changed_us),
    )
