"""What each person wants when they say nothing. A workspace's are read together and kept while its rules stay as they are.

Every request asks for its person's, and most people have set nothing: so no ack waits for the database over it. Whoever
changes theirs counts up the version of the workspace's rules, which every request is compared with where it commits.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

from pydantic import TypeAdapter
from sqlalchemy import ClauseElement, select

from bot.domain.identity import LaneId, Person, WorkspaceId
from bot.domain.preferences import Preferences
from bot.store.rules import count_up, version_of
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import preference
from bot.store.transaction import Executor, Transaction

MOST_KEPT = 2_000
"""Workspaces whose settings one process keeps; those unused longest are read again."""
_BODY = TypeAdapter(Preferences)
_NOTHING_SET = Preferences()
_OF_WORKSPACE = Statement(
    select(preference.c.lane, preference.c.body, preference.c.private).where(
        preference.c.workspace == param("workspace")
    )
)


def _put(insert: InsertInto) -> ClauseElement:
    names = ("workspace", "lane", "body", "at_us", "private")
    new = insert(preference).values({name: param(name) for name in names})
    return new.on_conflict_do_update(
        index_elements=["workspace", "lane"],
        set_={name: getattr(new.excluded, name) for name in ("body", "at_us", "private")},
    )


_PUT = Statement(_put)


def of_workspace(
    tx: Transaction, workspace: WorkspaceId
) -> tuple[int, Mapping[LaneId, Preferences]]:
    """Everybody's in a workspace who has set something, and the version of its rules they are no older than."""
    version = version_of(tx, workspace)
    return version, {
        # The column counts: a release before this one writes a body that doesn't say it.
        LaneId(lane): replace(_BODY.validate_json(body), private=bool(private))
        for lane, body, private in tx.rows(_OF_WORKSPACE, workspace=workspace)
    }


def keep(tx: Transaction, person: Person, preferences: Preferences) -> None:
    """Sets one person's, and makes it known to whoever keeps what was read before."""
    tx.change(
        _PUT,
        workspace=person.workspace_id,
        lane=person.lane,
        body=_BODY.dump_json(preferences, exclude_none=True).decode(),
        at_us=tx.now_us,
        private=preferences.private,
    )
    count_up(tx, person.workspace_id)


class SqlPreferences:
    """`bot.ports.PreferenceBook` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._kept: OrderedDict[WorkspaceId, tuple[int, Mapping[LaneId, Preferences]]] = (
            OrderedDict()
        )

    async def of(self, person: Person, *, at: int) -> Preferences:
        """The person's own defaults, no older than version `at` of their workspace's rules."""
        workspace = person.workspace_id
        version, known = self._kept.get(workspace, (-1, {}))
        if version < at:
            version, known = await self._executor.read(of_workspace, workspace)
            if version >= self._kept.get(workspace, (-1, {}))[0]:
                self._kept[workspace] = (version, known)
        self._kept.move_to_end(workspace)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return known.get(person.lane, _NOTHING_SET)

    async def keep(self, person: Person, preferences: Preferences) -> None:
        """From now on."""
        await self._executor.write(keep, person, preferences)
