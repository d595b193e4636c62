"""Who may do what: workspace admins and owners, configured ids, a user group. Asked of Slack after the ack, and kept."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from bot.domain.identity import Person, Role
from bot.surfaces.slack.api import SlackApi
from bot.surfaces.slack.faults import SlackFault
from bot.surfaces.slack.groups import UserGroups
from bot.surfaces.slack.payloads import PLATFORM, Origin

KEPT_S = 300.0
FRESH_S = 15.0
"""A role asked for this recently isn't asked for again when something was denied by it."""
MOST_KEPT = 50_000
_ADMIN_FLAGS = ("is_admin", "is_owner", "is_primary_owner")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What Slack said of a person, and when."""

    name: str
    role: Role
    locale: str
    at_s: float


@dataclass(slots=True, kw_only=True)
class People:
    """Names and roles of people. `admins`, the owners, holds `T1:U1`; `admin_group` is a user group's id."""

    api: SlackApi
    admins: frozenset[str] = frozenset()
    admin_group: str | None = None
    user_groups: UserGroups = field(init=False)
    _known: dict[tuple[str, str], Known] = field(default_factory=dict)
    _group: dict[str, tuple[frozenset[str], float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.user_groups = UserGroups(self.api)

    def person(self, origin: Origin) -> Person:
        """The person as far as known now, without asking anybody."""
        known = self._known.get((origin.workspace, origin.user))
        role = known.role if known is not None and self.knows(origin) else Role.MEMBER
        if self._is_configured(origin.workspace, origin.user):
            role = Role.OWNER
        named = origin.name != origin.user
        return Person(
            platform=PLATFORM,
            workspace=origin.workspace,
            user=origin.user,
            name=origin.name if named or known is None else known.name,
            role=role,
            locale=known.locale if known is not None else "en",
            groups=self.user_groups.of(origin.workspace, origin.user),
        )

    def knows(self, origin: Origin) -> bool:
        """Whether the person's role is known now."""
        known = self._known.get((origin.workspace, origin.user))
        return known is not None and known.at_s + KEPT_S > time.monotonic()

    async def ask(self, workspace: str, user: str) -> Known:
        """What Slack says of the person, at most FRESH_S old. Raises SlackFault."""
        known = self._known.get((workspace, user))
        if known is not None and known.at_s + FRESH_S > time.monotonic():
            return known
        answer = await self.api.call(
            workspace, "users.info", query=True, user=user, include_locale=True
        )
        told = answer.get("user") or {}
        admin = any(told.get(flag) for flag in _ADMIN_FLAGS)
        if not admin:
            admin = user in await self._admins_by_group(workspace)
        profile = told.get("profile") or {}
        known = Known(
            name=str(profile.get("display_name") or told.get("name") or user),
            role=Role.ADMIN if admin else Role.MEMBER,
            locale=str(told.get("locale") or "en")[:2],
            at_s=time.monotonic(),
        )
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[workspace, user] = known
        return known

    def _is_configured(self, workspace: str, user: str) -> bool:
        return f"{workspace}:{user}" in self.admins

    async def _admins_by_group(self, workspace: str) -> frozenset[str]:
        if self.admin_group is None:
            return frozenset()
        members, until_s = self._group.get(workspace, (frozenset(), 0.0))
        if until_s > time.monotonic():
            return members
        try:
            answer = await self.api.call(
                workspace, "usergroups.users.list", query=True, usergroup=self.admin_group
            )
        except SlackFault:
            return members
        members = frozenset(str(user) for user in answer.get("users") or ())
        self._group[workspace] = (members, time.monotonic() + KEPT_S)
        return members
