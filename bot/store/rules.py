"""What admins set: read whole with its version, changed together with the audit entry that tells of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic_core import from_json
from sqlalchemy import ClauseElement, delete, func, select

from bot.domain.audit import Deed, canonical
from bot.domain.budget import INSTALLATION
from bot.domain.identity import WorkspaceId
from bot.domain.json_values import Document, Json
from bot.domain.subject import Subject, SubjectKind
from bot.domain.workspace_rules import Rule, WorkspaceRules
from bot.ports import RuleChange, RuleChanged
from bot.store import audit
from bot.store.records import read_person
from bot.store.rule_tables import rule, workspace_rules
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import job, lane
from bot.store.transaction import Executor, Transaction

_VERSION = Statement(
    select(workspace_rules.c.version).where(workspace_rules.c.workspace == param("workspace"))
)
VERSION_OF_WORKSPACE = func.coalesce(
    select(workspace_rules.c.version)
    .where(workspace_rules.c.workspace == param("workspace"))
    .scalar_subquery(),
    0,
)
"""For a statement that looks at more: 0 when nothing was ever set."""
VERSION_OF_JOBS_WORKSPACE = func.coalesce(
    select(workspace_rules.c.version)
    .where(workspace_rules.c.workspace == job.c.workspace)
    .correlate(job)
    .scalar_subquery(),
    0,
)
"""The same in a statement over a job."""
VERSION_OF_INSTALLATION = func.coalesce(
    select(workspace_rules.c.version)
    .where(workspace_rules.c.workspace == INSTALLATION)
    .scalar_subquery(),
    0,
)
_RULES = Statement(
    select(rule.c.topic, rule.c.subject, rule.c.label, rule.c.body)
    .where(rule.c.workspace == param("workspace"))
    .order_by(rule.c.topic, rule.c.subject)
)
_ONE = Statement(
    select(rule.c.body, rule.c.label).where(
        rule.c.workspace == param("workspace"),
        rule.c.topic == param("topic"),
        rule.c.subject == param("subject"),
    )
)
_REMOVE = Statement(
    delete(rule).where(
        rule.c.workspace == param("workspace"),
        rule.c.topic == param("topic"),
        rule.c.subject == param("subject"),
    )
)
MOST_PEOPLE = 1_000
_newest_jobs = (
    select(func.max(job.c.id).label("id"))
    .where(job.c.workspace == param("workspace"))
    .group_by(job.c.lane)
    .order_by(func.max(job.c.id).desc())
    .limit(MOST_PEOPLE)
    .subquery()
)
_PEOPLE = Statement(
    select(job.c.person).join(_newest_jobs, _newest_jobs.c.id == job.c.id).order_by(job.c.id.desc())
)
_WORKSPACES = Statement(select(workspace_rules.c.workspace))
_LANES = Statement(select(lane.c.lane))


def _put(insert_: InsertInto) -> ClauseElement:
    new = insert_(rule).values(
        workspace=param("workspace"),
        topic=param("topic"),
        subject=param("subject"),
        label=param("label"),
        body=param("body"),
        changed_at_us=param("now_us"),
        changed_by=param("by"),
    )
    return new.on_conflict_do_update(
        index_elements=["workspace", "topic", "subject"],
        set_={
            name: getattr(new.excluded, name)
            for name in ("label", "body", "changed_at_us", "changed_by")
        },
    )


def _count_up(insert_: InsertInto) -> ClauseElement:
    new = insert_(workspace_rules).values(
        workspace=param("workspace"), version=1, changed_at_us=param("now_us")
    )
    return new.on_conflict_do_update(
        index_elements=["workspace"],
        set_={
            "version": workspace_rules.c.version + 1,
            "changed_at_us": new.excluded.changed_at_us,
        },
    )


_PUT = Statement(_put)
_COUNT_UP = Statement(_count_up)


def lock_name(workspace: str) -> str:
    """The lock of a workspace's rules: two changes of one rule must see each other."""
    return f"rules {workspace}"


def newer(tx: Transaction, workspace: WorkspaceId, *, than: int | None) -> WorkspaceRules | None:
    """The rules, unless they are still those of version `than`."""
    version = version_of(tx, workspace)
    if version == than:
        return None
    rows = tx.rows(_RULES, workspace=workspace)
    read = [
        Rule(topic=topic, subject=subject, label=label, body=from_json(body))
        for topic, subject, label, body in rows
    ]
    return WorkspaceRules.of(workspace, version, read)


def version_of(tx: Transaction, workspace: WorkspaceId) -> int:
    """0 when nothing was ever set."""
    (version,) = tx.row(_VERSION, workspace=workspace) or (0,)
    return int(version)


def count_up(tx: Transaction, workspace: WorkspaceId) -> None:
    """Whoever goes by what was read before finds out, where its request is committed."""
    tx.change(_COUNT_UP, workspace=workspace, now_us=tx.now_us)


def change(
    tx: Transaction, workspace: WorkspaceId, changes: Sequence[RuleChange], *, deed: Deed
) -> list[RuleChanged]:
    """What each rule said before and says now. The entry in the log tells the same."""
    done = [_change(tx, workspace, one, by=deed.actor) for one in changes]
    if all(one.before == one.after for one in done):
        return done
    count_up(tx, workspace)
    told = [
        {
            "topic": one.change.topic,
            "subject": one.change.subject,
            "name": one.change.label,
            "before": one.before,
            "after": one.after,
        }
        for one in done
        if one.before != one.after
    ]
    audit.note(tx, replace(deed, detail={**(deed.detail or {}), "changed": told}))
    return done


def _change(tx: Transaction, workspace: WorkspaceId, wanted: RuleChange, *, by: str) -> RuleChanged:
    key = {"workspace": workspace, "topic": wanted.topic, "subject": wanted.subject}
    row = tx.row(_ONE, **key)
    before: dict[str, Json] = {} if row is None else from_json(row[0])
    kept = {} if wanted.whole else {n: v for n, v in before.items() if n not in wanted.drop}
    after: Document = {**kept, **wanted.put}
    if before == after:
        return RuleChanged(change=wanted, before=before, after=after)
    if after:
        label = wanted.label or ("" if row is None else str(row[1]))
        tx.change(_PUT, **key, label=label, body=canonical(dict(after)), now_us=tx.now_us, by=by)
    else:
        tx.change(_REMOVE, **key)
    return RuleChanged(change=wanted, before=before, after=after)


def people(tx: Transaction, workspace: WorkspaceId) -> dict[str, str]:
    """Mentions of people who asked for something here, by `@name` and `@id` in lower case.

    A display name that two people carry names neither, and none can take the place of somebody's id: whoever calls
    themselves like another must not receive what was meant for them.
    """
    # By equality: how a range of lanes compares hangs on the collation of the database.
    rows = tx.rows(_PEOPLE, workspace=workspace)
    by_name: dict[str, set[str]] = {}
    by_id: dict[str, str] = {}
    for (text,) in rows:
        person = read_person(text)
        subject = Subject(kind=SubjectKind.PERSON, id=person.user, name=person.name)
        by_name.setdefault(subject.shown.casefold(), set()).add(subject.mention)
        by_id[f"@{person.user}".casefold()] = subject.mention
    clear = {name: next(iter(them)) for name, them in by_name.items() if len(them) == 1}
    return clear | by_id


def workspaces(tx: Transaction) -> list[WorkspaceId]:
    """Every workspace in which something was ever set or asked for: each person who asked has a lane there."""
    found = {workspace for (workspace,) in tx.rows(_WORKSPACES)}
    found |= {person.rpartition(":")[0] for (person,) in tx.rows(_LANES)}
    return [WorkspaceId(workspace) for workspace in sorted(found - {INSTALLATION})]


class SqlRules:
    """`bot.ports.Rules` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def newer(self, workspace: WorkspaceId, *, than: int | None) -> WorkspaceRules | None:
        """The rules, unless they are still those of version `than`."""
        return await self._executor.read(newer, workspace, than=than)

    async def change(
        self, workspace: WorkspaceId, changes: Sequence[RuleChange], *, deed: Deed
    ) -> Sequence[RuleChanged]:
        """All changes or none, with their audit entry."""
        return await self._executor.write(change, workspace, changes, deed=deed)

    async def people(self, workspace: WorkspaceId) -> Mapping[str, str]:
        """Mentions of people who asked for something here, by what may be typed for them."""
        return await self._executor.read(people, workspace)

    async def workspaces(self) -> Sequence[WorkspaceId]:
        """Every workspace in which something was ever set."""
        return await self._executor.read(workspaces)
