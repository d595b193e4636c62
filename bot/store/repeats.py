"""Which request asked for exactly what."""

from __future__ import annotations

from sqlalchemy import (
    ClauseElement,
    Column,
    ForeignKey,
    PrimaryKeyConstraint,
    Table,
    Text,
    select,
)

from bot.domain.identity import JobId, WorkspaceId
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import ROWID, metadata
from bot.store.transaction import Executor, Transaction

repeat = Table(
    "repeat",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("job", ROWID, ForeignKey("job.id"), nullable=False),
    PrimaryKeyConstraint("workspace", "digest"),
    sqlite_with_rowid=False,
)


def _keep(insert_: InsertInto) -> ClauseElement:
    new = insert_(repeat).values(
        workspace=param("workspace"), digest=param("digest"), job=param("job")
    )
    return new.on_conflict_do_update(
        index_elements=["workspace", "digest"], set_={"job": new.excluded.job}
    )


_KEEP = Statement(_keep)
_FIND = Statement(
    select(repeat.c.job).where(
        repeat.c.workspace == param("workspace"), repeat.c.digest == param("digest")
    )
)


def find(tx: Transaction, workspace: str, digest: str) -> JobId | None:
    """The last delivered request of that digest."""
    row = tx.row(_FIND, workspace=workspace, digest=digest)
    return None if row is None else JobId(row[0])


def keep(tx: Transaction, workspace: str, digest: str, job: int) -> None:
    """Remembers it."""
    tx.change(_KEEP, workspace=workspace, digest=digest, job=job)


class SqlRepeats:
    """`bot.ports.Repeats` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def find(self, workspace: WorkspaceId, digest: str) -> JobId | None:
        """The last delivered request of that digest."""
        return await self._executor.read(find, workspace, digest)

    async def keep(self, workspace: WorkspaceId, digest: str, job: JobId) -> None:
        """Remembers it."""
        await self._executor.write(keep, workspace, digest, job)
