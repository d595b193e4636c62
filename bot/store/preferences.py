"""What each person wants when they say nothing. A workspace's are read together and kept for a moment.

Every request asks for its person's, and most people have set nothing: so no ack waits for the database over it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from pydantic import TypeAdapter
from sqlalchemy import ClauseElement, select

from bot.domain.identity import LaneId, Person, WorkspaceId
from bot.domain.preferences import Preferences
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import preference
from bot.store.transaction import Executor, Transaction

KEPT_S = 10.0
_BODY = TypeAdapter(Preferences)
_NOTHING_SET = Preferences()
_OF_WORKSPACE = Statement(
    select(preference.c.lane, preference.c.body).where(preference.c.workspace == param("workspace"))
)


def _put(insert: InsertInto) -> ClauseElement:
    names = ("workspace", "lane", "body", "at_us", "private")
    new = insert(preference).values({name: param(name) for name in names})
    return new.on_conflict_do_update(
        index_elements=["workspace", "lane"],
        set_={name: getattr(new.excluded, name) for name in ("body", "at_us", "private")},
    )


_PUT = Statement(_put)


def of_workspace(tx: Transaction, workspace: WorkspaceId) -> dict[LaneId, Preferences]:
    """Everybody's in a workspace who has set something."""
    return {
        LaneId(lane): _BODY.validate_json(body)
        for lane, body in tx.rows(_OF_WORKSPACE, workspace=workspace)
    }


def keep(tx: Transaction, person: Person, preferences: Preferences) -> None:
    """Sets one person's."""
    tx.change(
        _PUT,
        workspace=person.workspace_id,
        lane=person.lane,
        body=_BODY.dump_json(preferences, exclude_none=True).decode(),
        at_us=tx.now_us,
        private=preferences.private,
    )


class SqlPreferences:
    """`bot.ports.PreferenceBook` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._known: dict[WorkspaceId, tuple[Mapping[LaneId, Preferences], float]] = {}

    async def of(self, person: Person) -> Preferences:
        """The person's own defaults."""
        workspace = person.workspace_id
        known, until_s = self._known.get(workspace, ({}, 0.0))
        now_s = time.monotonic()
        if until_s < now_s:
            known = await self._executor.read(of_workspace, workspace)
            self._known[workspace] = (known, now_s + KEPT_S)
        return known.get(person.lane, _NOTHING_SET)

    async def keep(self, person: Person, preferences: Preferences) -> None:
        """From now on."""
        await self._executor.write(keep, person, preferences)
        self._known.pop(person.workspace_id, None)
