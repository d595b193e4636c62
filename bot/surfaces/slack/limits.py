"""Our own pace towards Slack, so that Slack seldom has to ask for it: one token bucket per method, workspace and channel.

Source of the tiers: docs.slack.dev/apis/web-api/rate-limits and each method's page, read 2026-11. Tier 2 is 20 calls a
minute, tier 3 50, tier 4 100, per method, workspace and app; a message a second in each channel, with short bursts.
"""

from __future__ import annotations

import asyncio

from bot.ports import Buckets, Rate
from bot.surfaces.slack.faults import TooFast

_MINUTE_S = 60.0
_TIER_2, _TIER_3, _TIER_4 = 20, 50, 100
_PER_MINUTE = {
    "chat.update": _TIER_3,
    "chat.delete": _TIER_3,
    "chat.postEphemeral": _TIER_4,
    "conversations.history": _TIER_3,
    "conversations.open": _TIER_3,
    "conversations.replies": _TIER_3,
    "files.completeUploadExternal": _TIER_4,
    "files.delete": _TIER_3,
    "files.getUploadURLExternal": _TIER_4,
    "files.info": _TIER_4,
    "usergroups.users.list": _TIER_2,
    "users.info": _TIER_4,
    "views.open": _TIER_4,
    "views.publish": _TIER_4,
    "views.update": _TIER_4,
}
_POSTS_PER_SECOND = 1
_POST_BURST = 3
"""Ours, since Slack names none."""
_POSTING = frozenset({"chat.postMessage"})
BURST_SHARE = 0.2
"""How much of a minute's calls may be made at once; the rest comes evenly, so that no minute ever holds more than all."""
LONGEST_WAIT_S = 15.0
"""A call that would wait longer is put off instead, so that others may go first."""


class Pace:
    """Turns for every call, shared by all processes. What Slack asks for itself is kept too."""

    def __init__(self, buckets: Buckets, *, speed: int = 1) -> None:
        """`speed` is how many times what Slack publishes the workspace is known to allow."""
        self._buckets = buckets
        self._speed = speed

    async def wait_turn(self, method: str, *, workspace: str, channel: str = "") -> None:
        """Returns when the call may be made. TooFast when that is too far off."""
        wait_s = await self._wait_s(method, workspace, channel, most_wait_s=LONGEST_WAIT_S)
        if wait_s > LONGEST_WAIT_S:
            raise TooFast(method, wait_s)
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    async def wait_s(self, method: str, *, workspace: str, channel: str = "") -> float:
        """0 when the call may be made now, and it is counted; else how long to wait."""
        return await self._wait_s(method, workspace, channel, most_wait_s=0.0)

    async def close(self, method: str, *, workspace: str, for_s: float) -> None:
        """Slack asked us to stay away from the method for this long."""
        await self._buckets.limit(f"slack/{workspace}/{method}", left=0, for_s=for_s)

    async def _wait_s(
        self, method: str, workspace: str, channel: str, *, most_wait_s: float
    ) -> float:
        key, take = f"slack/{workspace}/{method}", self._buckets.take
        if method not in _POSTING:
            return await take(key, 1, self._rate(method), most_wait_s=most_wait_s)
        closed_s = await take(key, 0, None)
        if closed_s > most_wait_s:
            return closed_s
        speed = self._speed
        posts = Rate(amount=_POSTS_PER_SECOND * speed, per_s=1.0, burst=_POST_BURST * speed)
        wait_s = await take(f"{key}/{channel}", 1, posts, most_wait_s=most_wait_s)
        return max(closed_s, wait_s)

    def _rate(self, method: str) -> Rate | None:
        most = _PER_MINUTE.get(method)
        if most is None:
            return None
        burst = round(most * BURST_SHARE)
        speed = self._speed
        return Rate(amount=(most - burst) * speed, per_s=_MINUTE_S, burst=burst * speed)
