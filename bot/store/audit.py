"""The audit log: written in the transaction of what it tells, chained for each workspace, never changed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import ClauseElement, insert, select

from bot.domain.audit import (
    GENESIS,
    AuditQuery,
    Breach,
    ChainEnd,
    Deed,
    Entry,
    body_hash,
    canonical,
    entry_hash,
    first_breach,
)
from bot.store.moments import to_us
from bot.store.rule_tables import audit_body, audit_head, audit_log
from bot.store.statement import InsertInto, Statement, param
from bot.store.transaction import Executor, Row, Transaction

CHAIN_PAGE = 500
"""Entries read at once while a chain is checked."""

_HEAD = Statement(
    select(audit_head.c.number, audit_head.c.sha256)
    .where(audit_head.c.workspace == param("workspace"))
    .with_for_update()
)
_INSERT = Statement(
    insert(audit_log)
    .values(
        workspace=param("workspace"),
        number=param("number"),
        at_us=param("at_us"),
        actor=param("actor"),
        action=param("action"),
        target=param("target"),
        place=param("place"),
        body_sha256=param("body_sha256"),
        previous_sha256=param("previous_sha256"),
        sha256=param("sha256"),
    )
    .returning(audit_log.c.id)
)
_INSERT_BODY = Statement(
    insert(audit_body).values(entry=param("entry"), salt=param("salt"), body=param("body"))
)


def _move_head(insert_: InsertInto) -> ClauseElement:
    new = insert_(audit_head).values(
        workspace=param("workspace"), number=param("number"), sha256=param("sha256")
    )
    return new.on_conflict_do_update(
        index_elements=["workspace"],
        set_={"number": new.excluded.number, "sha256": new.excluded.sha256},
    )


_MOVE_HEAD = Statement(_move_head)
_COLUMNS = (
    audit_log.c.workspace,
    audit_log.c.number,
    audit_log.c.at_us,
    audit_log.c.actor,
    audit_log.c.action,
    audit_log.c.target,
    audit_log.c.place,
    audit_log.c.body_sha256,
    audit_log.c.previous_sha256,
    audit_log.c.sha256,
    audit_body.c.salt,
    audit_body.c.body,
)
_ALL = select(*_COLUMNS).outerjoin(audit_body, audit_body.c.entry == audit_log.c.id)
_NEWEST = Statement(
    _ALL.where(
        audit_log.c.workspace == param("workspace"),
        audit_log.c.at_us >= param("since_us"),
        (param("actor") == "") | (audit_log.c.actor == param("actor")),
        (param("target") == "") | (audit_log.c.target == param("target")),
        (param("action") == "")
        | (audit_log.c.action == param("action"))
        | audit_log.c.action.startswith(param("action_dot")),
    )
    .order_by(audit_log.c.at_us.desc(), audit_log.c.number.desc())
    .limit(param("most"))
)
_CHAIN = Statement(
    _ALL.where(audit_log.c.workspace == param("workspace"), audit_log.c.number > param("after"))
    .order_by(audit_log.c.number)
    .limit(CHAIN_PAGE)
)
_ENDS = Statement(
    select(audit_head.c.workspace, audit_head.c.number, audit_head.c.sha256).order_by(
        audit_head.c.workspace
    )
)
_HASH = Statement(
    select(audit_log.c.sha256).where(
        audit_log.c.workspace == param("workspace"), audit_log.c.number == param("number")
    )
)
_LOGGED = Statement(select(audit_log.c.workspace).distinct().order_by(audit_log.c.workspace))


def lock_name(workspace: str) -> str:
    """The lock of a workspace's chain: two entries must not follow the same one."""
    return f"audit {workspace}"


def note(tx: Transaction, deed: Deed) -> Entry:
    """The entry, at the end of its workspace's chain."""
    number, previous = tx.row(_HEAD, workspace=deed.workspace) or (0, GENESIS)
    salt = secrets.token_hex(16)
    body = canonical({"by": deed.name, **(deed.detail or {})})
    entry = Entry(
        workspace=deed.workspace,
        number=number + 1,
        at_us=tx.now_us,
        actor=deed.actor,
        action=deed.action,
        target=deed.target,
        place=deed.place,
        body_sha256=body_hash(salt, body),
        previous_sha256=previous,
        sha256="",
        salt=salt,
        body=body,
    )
    entry = replace(entry, sha256=entry_hash(entry))
    (row,) = tx.row(
        _INSERT,
        workspace=entry.workspace,
        number=entry.number,
        at_us=entry.at_us,
        actor=entry.actor,
        action=entry.action,
        target=entry.target,
        place=entry.place,
        body_sha256=entry.body_sha256,
        previous_sha256=entry.previous_sha256,
        sha256=entry.sha256,
    ) or (0,)
    tx.change(_INSERT_BODY, entry=row, salt=salt, body=body)
    tx.change(_MOVE_HEAD, workspace=entry.workspace, number=entry.number, sha256=entry.sha256)
    return entry


def newest(tx: Transaction, query: AuditQuery) -> list[Entry]:
    """The entries that fit, newest first."""
    action = query.action or ""
    rows = tx.rows(
        _NEWEST,
        workspace=query.workspace,
        since_us=0 if query.since is None else to_us(query.since),
        actor=query.actor or "",
        target=query.target or "",
        action=action,
        action_dot=f"{action}.",
        most=query.limit,
    )
    return [_entry(row) for row in rows]


def check(tx: Transaction) -> tuple[list[ChainEnd], list[Breach]]:
    """Where every chain ends, and the first breach of each that has one."""
    ends = [ChainEnd(workspace=w, number=n, sha256=s) for w, n, s in tx.rows(_ENDS)]
    headless = {workspace for (workspace,) in tx.rows(_LOGGED)} - {end.workspace for end in ends}
    checked = ends + [
        ChainEnd(workspace=workspace, number=0, sha256=GENESIS) for workspace in sorted(headless)
    ]
    breaches = [first_breach(_chain(tx, end.workspace), end) for end in checked]
    return ends, [breach for breach in breaches if breach is not None]


def _chain(tx: Transaction, workspace: str) -> Iterator[Entry]:
    after = -1
    while rows := tx.rows(_CHAIN, workspace=workspace, after=after):
        for row in rows:
            entry = _entry(row)
            after = entry.number
            yield entry


def _entry(row: Row) -> Entry:
    workspace, number, at_us, actor, action, target, place, *rest = row
    body_sha256, previous_sha256, sha256, salt, body = rest
    return Entry(
        workspace=workspace,
        number=number,
        at_us=at_us,
        actor=actor,
        action=action,
        target=target,
        place=place,
        body_sha256=body_sha256,
        previous_sha256=previous_sha256,
        sha256=sha256,
        salt=salt,
        body=body,
    )


def stands(tx: Transaction, workspace: str, number: int, sha256: str) -> bool:
    """Whether the entry of that number is the one with that hash."""
    row = tx.row(_HASH, workspace=workspace, number=number)
    return row is not None and row[0] == sha256


class SqlAudit:
    """`bot.ports.Audit` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def note(self, deed: Deed) -> None:
        """Notes a deed that changed nothing here, as a read of others' data or a replay."""
        await self._executor.write(note, deed)

    async def entries(self, query: AuditQuery) -> Sequence[Entry]:
        """The entries that fit, newest first."""
        return await self._executor.read(newest, query)

    async def check(self) -> tuple[Sequence[ChainEnd], Sequence[Breach]]:
        """Where every workspace's chain ends, and what is wrong with any."""
        return await self._executor.read(check)

    async def stands(self, workspace: str, number: int, sha256: str) -> bool:
        """Whether an end that was noted earlier is still in the chain."""
        return await self._executor.read(stands, workspace, number, sha256)
