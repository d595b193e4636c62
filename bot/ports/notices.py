"""Notices to admins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.identity import WorkspaceId
from bot.domain.notice import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something an admins' channel is told, leased to whoever posts it."""

    id: int
    workspace: WorkspaceId
    told: Told
    attempt: int
    written_at_s: float
    """Seconds since 1970."""


class Notices(Protocol):
    """Notices, each posted by one process at a time; at least once, and once where the platform can tell."""

    async def listeners(self) -> Sequence[WorkspaceId]:
        """Workspaces in which an admin named a channel for notices."""

    async def write(self, workspace: WorkspaceId, told: Told) -> None:
        """To be said there, unless it was before."""

    async def due(self, *, owner: str, limit: int, lease_s: float) -> Sequence[Notice]:
        """Notices to be posted now, leased to `owner`."""

    async def posted(self, told: Notice, *, message: str) -> None:
        """It was said."""

    async def give_up(self, told: Notice, *, detail: str) -> None:
        """It can't be said."""

    async def postpone(self, told: Notice, *, run_at: datetime, detail: str) -> None:
        """Tried again at `run_at`."""
