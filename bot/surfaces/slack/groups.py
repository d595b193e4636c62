"""Which user groups people are in: asked of Slack once in a while for a whole workspace, and kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.subject import Subject, SubjectKind
from bot.surfaces.slack.api import SlackApi
from bot.surfaces.slack.faults import SlackFault

KEPT_S = 300.0
AGAIN_S = 30.0
"""How soon Slack is asked once more after it didn't say."""
PATIENCE_S = 1.5
"""The ack of a command waits for this: half of the three seconds that Slack gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A workspace's groups. `members` are group ids by user; None when Slack never said."""

    until_s: float
    members: Mapping[str, tuple[str, ...]] | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class UserGroups:
    """Reads `usergroups.list`, one call for all groups of a workspace."""

    api: SlackApi
    _kept: dict[str, Membership] = field(default_factory=dict)
    _asking: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def learn(self, workspace: str) -> None:
        """Makes sure that what is kept is at most KEPT_S old, or as old as it must be when Slack doesn't answer."""
        if self._is_fresh(workspace):
            return
        async with self._asking.setdefault(workspace, asyncio.Lock()):
            if not self._is_fresh(workspace):
                self._kept[workspace] = await self._ask(workspace)

    def of(self, workspace: str, user: str) -> tuple[str, ...] | None:
        """The ids of the groups a person is in; None when Slack never said."""
        kept = self._kept.get(workspace)
        return None if kept is None or kept.members is None else kept.members.get(user, ())

    def names(self, workspace: str) -> Mapping[str, str]:
        """Mentions of the groups by what may be typed for them, as `role:designers`."""
        kept = self._kept.get(workspace)
        return {} if kept is None else kept.names

    def _is_fresh(self, workspace: str) -> bool:
        kept = self._kept.get(workspace)
        return kept is not None and kept.until_s > time.monotonic()

    async def _ask(self, workspace: str) -> Membership:
        try:
            async with asyncio.timeout(PATIENCE_S):
                answer = await self.api.call(
                    workspace, "usergroups.list", query=True, include_users=True
                )
        except (SlackFault, TimeoutError):
            before = self._kept.get(workspace)
            until_s = time.monotonic() + AGAIN_S
            if before is None:
                return Membership(until_s=until_s)
            return Membership(until_s=until_s, members=before.members, names=before.names)
        members: dict[str, tuple[str, ...]] = {}
        names: dict[str, str] = {}
        for group in answer.get("usergroups") or ():
            number, handle = str(group["id"]), str(group.get("handle") or group["id"])
            subject = Subject(kind=SubjectKind.ROLE, id=number, name=handle)
            names[subject.shown.casefold()] = subject.mention
            for user in group.get("users") or ():
                members[str(user)] = (*members.get(str(user), ()), number)
        return Membership(until_s=time.monotonic() + KEPT_S, members=members, names=names)
