"""Channels that an admin marked as age-restricted."""

from __future__ import annotations

from sqlalchemy import ClauseElement, delete, select

from bot.domain.audit import Deed
from bot.domain.identity import Person, WorkspaceId
from bot.store import audit
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import channel_mark
from bot.store.transaction import Executor, Transaction

_OF_WORKSPACE = Statement(
    select(channel_mark.c.channel).where(channel_mark.c.workspace == param("workspace"))
)


def _put(insert_: InsertInto) -> ClauseElement:
    return (
        insert_(channel_mark)
        .values(workspace=param("workspace"), channel=param("channel"), at_us=param("now_us"))
        .on_conflict_do_nothing(index_elements=["workspace", "channel"])
    )


_MARK = Statement(_put)
_UNMARK = Statement(
    delete(channel_mark).where(
        channel_mark.c.workspace == param("workspace"), channel_mark.c.channel == param("channel")
    )
)


def marked(tx: Transaction, workspace: WorkspaceId) -> frozenset[str]:
    """The marked channels of a workspace."""
    return frozenset(str(channel) for (channel,) in tx.rows(_OF_WORKSPACE, workspace=workspace))


def mark(tx: Transaction, channel: str, *, age_restricted: bool, by: Person) -> bool:
    """Marks or unmarks it, with an audit row; False when nothing changed."""
    workspace = by.workspace_id
    if age_restricted:
        changed = tx.change(_MARK, workspace=workspace, channel=channel, now_us=tx.now_us)
    else:
        changed = tx.change(_UNMARK, workspace=workspace, channel=channel)
    if not changed:
        return False
    audit.note(
        tx,
        Deed(
            workspace=workspace,
            actor=by.lane,
            name=by.name,
            action="channel.age_restricted",
            target=f"channel:{channel}",
            detail={"age_restricted": age_restricted},
        ),
    )
    return True


class SqlChannelMarks:
    """`bot.ports.ChannelMarks` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def age_restricted(self, workspace: WorkspaceId) -> frozenset[str]:
        """The marked channels of a workspace."""
        return await self._executor.read(marked, workspace)

    async def mark(self, channel: str, *, age_restricted: bool, by: Person) -> bool:
        """Marks or unmarks a channel of the person's workspace."""
        return await self._executor.write(mark, channel, age_restricted=age_restricted, by=by)
