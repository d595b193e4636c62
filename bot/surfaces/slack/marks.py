"""Which channels are age-restricted: Slack knows none, so it is what an admin marked."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from bot.domain.identity import WorkspaceId
from bot.ports import ChannelMarks

KEPT_S = 10.0
"""How long the marks of a workspace are taken from memory: no ack waits for the database twice in that time."""


@dataclass(slots=True, kw_only=True)
class Marks:
    """Marked channels by workspace, in memory."""

    marks: ChannelMarks
    _kept: dict[WorkspaceId, tuple[frozenset[str], float]] = field(default_factory=dict)

    async def age_restricted(self, workspace: WorkspaceId, channel: str) -> bool:
        """Whether the channel is marked. StoreUnavailable when that can't be read."""
        channels, until_s = self._kept.get(workspace, (frozenset(), 0.0))
        now_s = time.monotonic()
        if until_s < now_s:
            channels = await self.marks.age_restricted(workspace)
            self._kept[workspace] = (channels, now_s + KEPT_S)
        return channel in channels
