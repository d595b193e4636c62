"""What Slack holds of ours: the messages that show jobs, and the files that hold our pictures."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    Boolean,
    ClauseElement,
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Select,
    Table,
    Text,
    cast,
    delete,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
    update,
)

from bot.domain.identity import BlobKey, JobId, WorkspaceId
from bot.ports import ChatMessage
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import ROWID, image, metadata
from bot.store.transaction import Executor, Row, Transaction

message = Table(
    "slack_message",
    metadata,
    Column("job", ROWID, ForeignKey("job.id"), nullable=False),
    Column("final", Boolean, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column(
        "message", Text, nullable=False, doc="Slack's ts, which names a message in its channel."
    ),
    Column("thread", Text),
    Column("shown", Text, nullable=False, doc="Positions of its pictures, joined by commas."),
    Column("edits", Integer, nullable=False),
    Column("sheet", Text, doc="Blob of the file with all its pictures."),
    PrimaryKeyConstraint("job", "final"),
    sqlite_with_rowid=False,
)
file = Table(
    "slack_file",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("blob", Text, nullable=False),
    Column("file", Text, nullable=False),
    PrimaryKeyConstraint("workspace", "blob"),
    sqlite_with_rowid=False,
)


_MESSAGE = ("job", "final", "workspace", "channel", "message", "thread", "shown", "sheet")


def _put_message(insert: InsertInto) -> ClauseElement:
    new = insert(message).values({name: param(name) for name in _MESSAGE} | {"edits": 0})
    return new.on_conflict_do_update(
        index_elements=["job", "final"],
        set_={name: new.excluded[name] for name in _MESSAGE[2:]},
    )


def _keep_first(insert: InsertInto) -> ClauseElement:
    new = insert(message).values({name: param(name) for name in _MESSAGE} | {"edits": 0})
    return new.on_conflict_do_nothing(index_elements=["job", "final"])


def _put_file(insert: InsertInto) -> ClauseElement:
    new = insert(file).values(workspace=param("workspace"), blob=param("blob"), file=param("file"))
    return new.on_conflict_do_update(
        index_elements=["workspace", "blob"], set_={"file": new.excluded.file}
    )


_PUT_MESSAGE = Statement(_put_message)
_KEEP_FIRST = Statement(_keep_first)
_OF_JOB = Statement(
    select(
        message.c.job,
        message.c.final,
        message.c.workspace,
        message.c.channel,
        message.c.message,
        message.c.thread,
        message.c.shown,
        message.c.sheet,
    )
    .where(message.c.job == param("job"))
    .order_by(message.c.final)
)
_SHOWING_GONE = Statement(
    select(message.c.job)
    .where(
        message.c.job > select(func.max(message.c.job)).scalar_subquery() - param("newest"),
        message.c.final == true(),
        exists().where(
            image.c.job == message.c.job,
            or_(image.c.deleted_at_us.is_not(None), image.c.hidden == true()),
            (literal(",") + message.c.shown + literal(",")).like(
                literal("%,") + cast(image.c.position, Text) + literal(",%")
            ),
        ),
    )
    .order_by(message.c.job)
)
_COUNT_EDIT = Statement(
    update(message)
    .where(
        message.c.job == param("job"),
        message.c.final == false(),
        message.c.edits < param("most"),
    )
    .values(edits=message.c.edits + 1)
)
_PUT_FILE = Statement(_put_file)
_OF_BLOB = (file.c.workspace == param("workspace"), file.c.blob == param("blob"))
_FILE = Statement(select(file.c.file).where(*_OF_BLOB))
_FORGET = Statement(delete(file).where(*_OF_BLOB).returning(file.c.file))


def _blobs_of(job: ColumnElement[bool]) -> tuple[Select[tuple[str]], ...]:
    """The blobs of pictures, by each of the columns that name one."""
    return tuple(
        select(column).where(job)
        for column in (image.c.blob, image.c.view_blob, image.c.thumbnail_blob)
    )


_other = image.alias("other")
_SHOWN_ELSEWHERE = or_(
    *(
        exists().where(
            column == file.c.blob, _other.c.deleted_at_us.is_(None), _other.c.hidden == false()
        )
        for column in (_other.c.blob, _other.c.view_blob, _other.c.thumbnail_blob)
    )
)
"""One search for each column, by the index made for it."""
_OUTLIVED = Statement(
    select(file.c.blob).where(
        file.c.workspace == param("workspace"),
        file.c.blob.in_(union_all(*_blobs_of(image.c.job == param("job")))),
        not_(_SHOWN_ELSEWHERE),
    )
)


def put_message(tx: Transaction, new: ChatMessage) -> None:
    """Remembers where a job is shown."""
    tx.change(_PUT_MESSAGE, **_columns(new))


def keep_first(tx: Transaction, new: ChatMessage) -> ChatMessage:
    """What is on record, which is this one when nothing was."""
    tx.change(_KEEP_FIRST, **_columns(new))
    return next(one for one in of_job(tx, new.job) if one.final == new.final)


def _columns(new: ChatMessage) -> dict[str, object]:
    return {
        "job": new.job,
        "final": new.final,
        "workspace": new.workspace,
        "channel": new.channel,
        "message": new.message,
        "thread": new.thread,
        "shown": ",".join(str(position) for position in new.shown),
        "sheet": new.sheet,
    }


def of_job(tx: Transaction, job: JobId) -> list[ChatMessage]:
    """What shows the job, the answer last."""
    return [_message(row) for row in tx.rows(_OF_JOB, job=job)]


def _message(row: Row) -> ChatMessage:
    job, final, workspace, channel, ts, thread, shown, sheet = row
    return ChatMessage(
        job=JobId(job),
        final=bool(final),
        workspace=WorkspaceId(workspace),
        channel=channel,
        message=ts,
        thread=thread,
        shown=tuple(int(position) for position in shown.split(",") if position),
        sheet=None if sheet is None else BlobKey(sheet),
    )


def count_edit(tx: Transaction, job: JobId, *, most: int) -> bool:
    """Whether one more edit may be made; then it is counted."""
    return tx.change(_COUNT_EDIT, job=job, most=most) == 1


def showing_gone(tx: Transaction, *, newest: int) -> tuple[JobId, ...]:
    """Jobs whose answer shows what is no longer there."""
    return tuple(JobId(job) for (job,) in tx.rows(_SHOWING_GONE, newest=newest))


def file_of(tx: Transaction, workspace: WorkspaceId, blob: BlobKey) -> str | None:
    """The file that holds the blob."""
    row = tx.row(_FILE, workspace=workspace, blob=blob)
    return None if row is None else str(row[0])


def keep_file(tx: Transaction, workspace: WorkspaceId, blob: BlobKey, name: str) -> None:
    """Remembers which file holds the blob."""
    tx.change(_PUT_FILE, workspace=workspace, blob=blob, file=name)


def forget_file(tx: Transaction, workspace: WorkspaceId, blob: BlobKey) -> str | None:
    """The file, remembered no more."""
    row = tx.row(_FORGET, workspace=workspace, blob=blob)
    return None if row is None else str(row[0])


def outlived(tx: Transaction, workspace: WorkspaceId, job: JobId) -> list[BlobKey]:
    """Blobs held as files that no shown picture uses any more."""
    return [BlobKey(blob) for (blob,) in tx.rows(_OUTLIVED, workspace=workspace, job=job)]


class SqlChatMessages:
    """`bot.ports.ChatMessages` for Slack, over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def put(self, message: ChatMessage) -> None:
        """Remembers it."""
        await self._executor.write(put_message, message)

    async def keep_first(self, message: ChatMessage) -> ChatMessage:
        """Remembers it unless one is on record; the one that is."""
        return await self._executor.write(keep_first, message)

    async def of_job(self, job: JobId) -> Sequence[ChatMessage]:
        """What shows the job, the answer last."""
        return await self._executor.read(of_job, job)

    async def count_edit(self, job: JobId, *, most: int) -> bool:
        """Whether one more edit may be made; then it is counted."""
        return await self._executor.write(count_edit, job, most=most)

    async def showing_gone(self, *, newest: int) -> Sequence[JobId]:
        """Those of the newest jobs whose answer still shows a picture that was deleted or hidden since."""
        return await self._executor.read(showing_gone, newest=newest)


class SqlChatFiles:
    """`bot.ports.ChatFiles` for Slack, over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def file(self, workspace: WorkspaceId, blob: BlobKey) -> str | None:
        """The file that holds the blob."""
        return await self._executor.read(file_of, workspace, blob)

    async def keep(self, workspace: WorkspaceId, blob: BlobKey, file: str) -> None:
        """Remembers which file holds the blob."""
        await self._executor.write(keep_file, workspace, blob, file)

    async def forget(self, workspace: WorkspaceId, blob: BlobKey) -> str | None:
        """The file, remembered no more."""
        return await self._executor.write(forget_file, workspace, blob)

    async def outlived(self, workspace: WorkspaceId, job: JobId) -> Sequence[BlobKey]:
        """Blobs still held as files of which every picture is deleted or hidden."""
        return await self._executor.read(outlived, workspace, job)
