"""Whose name the bot acts in: the one workspace whose token was configured, and those that installed it."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field

from slack_bolt.authorization import AuthorizeResult

from bot.domain.identity import WorkspaceId
from bot.ports import Installation, Installations
from bot.surfaces.slack.payloads import PLATFORM

log = logging.getLogger("impasto.slack")

KEPT_S = 300.0
"""How long an installation, or that there is none, is taken from memory: the ack must not wait for the database."""


@dataclass(slots=True, kw_only=True)
class Tenants:
    """Tokens by workspace, in memory."""

    installations: Installations
    own: Installation | None = None
    """The workspace of the configured token, once Slack said which one it is."""
    _kept: dict[str, tuple[Installation | None, float]] = field(default_factory=dict)
    _stopped: set[str] = field(default_factory=set)

    async def find(self, workspace: str) -> Installation | None:
        """The workspace's installation; None when there is none, or its token is good no more."""
        if workspace in self._stopped:
            return None
        if self.own is not None and self.own.workspace == workspace_id(workspace):
            return self.own
        kept = self._kept.get(workspace)
        if kept is None or kept[1] < time.monotonic():
            found = await self.installations.find(workspace_id(workspace))
            kept = self._kept[workspace] = (found, time.monotonic() + KEPT_S)
        return kept[0]

    async def token(self, workspace: str) -> str | None:
        """The bot token of that workspace."""
        found = await self.find(workspace)
        return None if found is None else found.token

    async def installed(self, installation: Installation) -> None:
        """Somebody installed the bot, or installed it anew."""
        await self.installations.save(installation)
        workspace = installation.workspace.removeprefix(f"{PLATFORM}:")
        self._kept.pop(workspace, None)
        self._stopped.discard(workspace)

    async def revoked(self, workspace: str) -> None:
        """The workspace is stopped, and no other: the token is forgotten, and nothing more is asked in its name."""
        if workspace in self._stopped:
            return
        log.warning("workspace %s took its token back; it is stopped", workspace)
        self._stopped.add(workspace)
        self._kept.pop(workspace, None)
        await self.installations.remove(workspace_id(workspace))

    async def authorize(
        self, enterprise_id: str | None, team_id: str | None, user_id: str | None
    ) -> AuthorizeResult | None:
        """Bolt's question for every request: in whose name? None when this workspace has no installation."""
        found = None if team_id is None else await self.find(team_id)
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            bot_user_id=found.bot_user,
            bot_token=found.token,
        )


def workspace_id(workspace: str) -> WorkspaceId:
    """The tenant of a Slack team."""
    return WorkspaceId(f"{PLATFORM}:{workspace}")
