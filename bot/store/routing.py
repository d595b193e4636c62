"""What workspaces allow, and which request asked for exactly what."""

from __future__ import annotations

import json

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    ClauseElement,
    Column,
    ForeignKey,
    PrimaryKeyConstraint,
    Table,
    Text,
    select,
)

from bot.domain.audit import Deed
from bot.domain.identity import JobId, Person, WorkspaceId
from bot.domain.routing import RoutingRules
from bot.store import audit
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import ROWID, metadata
from bot.store.transaction import Executor, Transaction

routing_rules = Table(
    "routing_rules",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("rules", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace"),
    sqlite_with_rowid=False,
)
repeat = Table(
    "repeat",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("job", ROWID, ForeignKey("job.id"), nullable=False),
    PrimaryKeyConstraint("workspace", "digest"),
    sqlite_with_rowid=False,
)

_RULES = TypeAdapter(RoutingRules)
EVERYTHING = RoutingRules()


def _set(insert_: InsertInto) -> ClauseElement:
    new = insert_(routing_rules).values(
        workspace=param("workspace"), rules=param("rules"), at_us=param("now_us")
    )
    return new.on_conflict_do_update(
        index_elements=["workspace"],
        set_={"rules": new.excluded.rules, "at_us": new.excluded.at_us},
    )


def _keep(insert_: InsertInto) -> ClauseElement:
    new = insert_(repeat).values(
        workspace=param("workspace"), digest=param("digest"), job=param("job")
    )
    return new.on_conflict_do_update(
        index_elements=["workspace", "digest"], set_={"job": new.excluded.job}
    )


_SET = Statement(_set)
_KEEP = Statement(_keep)
_READ = Statement(
    select(routing_rules.c.rules).where(routing_rules.c.workspace == param("workspace"))
)
_FIND = Statement(
    select(repeat.c.job).where(
        repeat.c.workspace == param("workspace"), repeat.c.digest == param("digest")
    )
)


def rules_of(tx: Transaction, workspace: str) -> RoutingRules:
    """The workspace's rules."""
    row = tx.row(_READ, workspace=workspace)
    return EVERYTHING if row is None else _RULES.validate_json(row[0])


def set_rules(tx: Transaction, rules: RoutingRules, *, by: Person) -> None:
    """Sets them, with who did it."""
    text = _RULES.dump_json(rules).decode()
    tx.change(_SET, workspace=by.workspace_id, rules=text, now_us=tx.now_us)
    audit.note(
        tx,
        Deed(
            workspace=by.workspace_id,
            actor=by.lane,
            name=by.name,
            action="routing.set",
            target=f"workspace:{by.workspace_id}",
            detail={"after": json.loads(text)},
        ),
    )


def find(tx: Transaction, workspace: str, digest: str) -> JobId | None:
    """The last delivered request of that digest."""
    row = tx.row(_FIND, workspace=workspace, digest=digest)
    return None if row is None else JobId(row[0])


def keep(tx: Transaction, workspace: str, digest: str, job: int) -> None:
    """Remembers it."""
    tx.change(_KEEP, workspace=workspace, digest=digest, job=job)


class SqlRouting:
    """`bot.ports.Routing` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def rules(self, workspace: WorkspaceId) -> RoutingRules:
        """The workspace's rules; those that allow everything where it has none."""
        return await self._executor.read(rules_of, workspace)

    async def set_rules(self, rules: RoutingRules, *, by: Person) -> None:
        """Sets the rules of the person's workspace."""
        await self._executor.write(set_rules, rules, by=by)


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
