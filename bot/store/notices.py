"""Notices: written with what they tell of, leased to whoever posts them, each said once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import ClauseElement, select, update

from bot.domain.identity import WorkspaceId
from bot.domain.notice import Told
from bot.domain.subject import EVERYONE
from bot.domain.workspace_rules import Topic
from bot.ports import Notice
from bot.store.moments import span_us, to_us
from bot.store.money_tables import NOTICE_PENDING, notice
from bot.store.rule_tables import rule
from bot.store.statement import InsertInto, Statement, param
from bot.store.transaction import Executor, Transaction

_BODY: TypeAdapter[Told] = TypeAdapter(Told)


def _insert(insert_: InsertInto) -> ClauseElement:
    new = insert_(notice).values(
        workspace=param("workspace"),
        name=param("name"),
        body=param("body"),
        state="pending",
        attempt=0,
        run_at_us=param("now_us"),
        written_at_us=param("now_us"),
    )
    return new.on_conflict_do_nothing(index_elements=["name"])


_INSERT = Statement(_insert)
_LISTENERS = Statement(
    select(rule.c.workspace)
    .where(rule.c.topic == Topic.NOTIFY.value, rule.c.subject == EVERYONE.key)
    .order_by(rule.c.workspace)
)
_DUE = Statement(
    select(notice.c.id, notice.c.workspace, notice.c.body, notice.c.attempt, notice.c.written_at_us)
    .where(NOTICE_PENDING, notice.c.run_at_us <= param("now_us"))
    .order_by(notice.c.run_at_us, notice.c.id)
    .limit(param("most"))
    .with_for_update(skip_locked=True)
)
_LOOK = Statement(
    select(notice.c.id).where(NOTICE_PENDING, notice.c.run_at_us <= param("now_us")).limit(1)
)
_LEASED = (notice.c.id == param("notice"), NOTICE_PENDING, notice.c.attempt == param("attempt"))
_LEASE = Statement(
    update(notice)
    .where(*_LEASED)
    .values(owner=param("owner"), attempt=notice.c.attempt + 1, run_at_us=param("lease_until_us"))
)
_END = Statement(
    update(notice)
    .where(*_LEASED)
    .values(
        state=param("next_state"),
        owner=None,
        message=param("message"),
        detail=param("detail"),
        ended_at_us=param("now_us"),
    )
)
_POSTPONE = Statement(
    update(notice)
    .where(*_LEASED)
    .values(owner=None, run_at_us=param("run_at_us"), detail=param("detail"))
)


def write_notice(tx: Transaction, workspace: str, told: Told) -> None:
    """To be said in the workspace's notices channel, unless it was before."""
    tx.change(
        _INSERT,
        workspace=workspace,
        name=told.name,
        body=_BODY.dump_json(told).decode(),
        now_us=tx.now_us,
    )


def _listeners(tx: Transaction) -> list[WorkspaceId]:
    return [WorkspaceId(workspace) for (workspace,) in tx.rows(_LISTENERS)]


def _is_due(tx: Transaction) -> bool:
    """Looking costs no commit, and mostly there is nothing."""
    return tx.row(_LOOK, now_us=tx.now_us) is not None


def due(tx: Transaction, *, owner: str, limit: int, lease_s: float) -> list[Notice]:
    """Notices to be posted now, leased to `owner`."""
    taken: list[Notice] = []
    for id_, workspace, body, attempt, written_at_us in tx.rows(_DUE, now_us=tx.now_us, most=limit):
        if tx.change(
            _LEASE,
            notice=id_,
            attempt=attempt,
            owner=owner,
            lease_until_us=tx.now_us + span_us(lease_s),
        ):
            taken.append(
                Notice(
                    id=id_,
                    workspace=WorkspaceId(workspace),
                    told=_BODY.validate_json(body),
                    attempt=attempt + 1,
                    written_at_s=written_at_us / 1_000_000,
                )
            )
    return taken


def end(
    tx: Transaction, told: Notice, *, state: str, message: str | None = None, detail: str = ""
) -> None:
    """Posted, or given up."""
    tx.change(
        _END,
        notice=told.id,
        attempt=told.attempt,
        next_state=state,
        message=message,
        detail=detail,
        now_us=tx.now_us,
    )


def postpone(tx: Transaction, told: Notice, *, run_at: datetime, detail: str) -> None:
    """Tried again at `run_at`."""
    tx.change(
        _POSTPONE, notice=told.id, attempt=told.attempt, run_at_us=to_us(run_at), detail=detail
    )


class SqlNotices:
    """`bot.ports.Notices` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def listeners(self) -> Sequence[WorkspaceId]:
        """Workspaces in which an admin named a channel for notices."""
        return await self._executor.read(_listeners)

    async def write(self, workspace: WorkspaceId, told: Told) -> None:
        """To be said there, unless it was before."""
        await self._executor.write(write_notice, workspace, told)

    async def due(self, *, owner: str, limit: int, lease_s: float) -> Sequence[Notice]:
        """Notices to be posted now, leased to `owner`."""
        if not await self._executor.read(_is_due):
            return ()
        return await self._executor.write(due, owner=owner, limit=limit, lease_s=lease_s)

    async def posted(self, told: Notice, *, message: str) -> None:
        """It was said."""
        await self._executor.write(end, told, state="posted", message=message)

    async def give_up(self, told: Notice, *, detail: str) -> None:
        """It can't be said."""
        await self._executor.write(end, told, state="given_up", detail=detail)

    async def postpone(self, told: Notice, *, run_at: datetime, detail: str) -> None:
        """Tried again at `run_at`."""
        await self._executor.write(postpone, told, run_at=run_at, detail=detail)
