"""Our own pace towards Slack, so that Slack seldom has to ask for it: one token bucket per method, workspace and channel.

Source of the tiers: docs.slack.dev/apis/web-api/rate-limits and each method's page, read 2026-11. Tier 2 is 20 calls a
minute, tier 3 50, tier 4 100, per method, workspace and app; a message a second in each channel, with short bursts.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict

from pyrate_limiter import Rate, RateItem, StateBucket

from bot.surfaces.slack.faults import TooFast

_MINUTE_MS = 60_000
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
MOST_BUCKETS = 10_000


class Pace:
    """Buckets, made when first needed, the longest unused forgotten first. What Slack asks for itself is kept too."""

    def __init__(self, *, speed: int = 1) -> None:
        """`speed` is how many times what Slack publishes the workspace is known to allow."""
        self._speed = speed
        self._buckets: OrderedDict[tuple[str, str, str], StateBucket] = OrderedDict()
        self._closed_until: dict[tuple[str, str], float] = {}

    async def wait_turn(self, method: str, *, workspace: str, channel: str = "") -> None:
        """Returns when the call may be made. TooFast when that is too far off."""
        waited_s = 0.0
        while wait_s := self.wait_s(method, workspace=workspace, channel=channel):
            if waited_s + wait_s > LONGEST_WAIT_S:
                raise TooFast(method, wait_s)
            await asyncio.sleep(wait_s)
            waited_s += wait_s

    def wait_s(self, method: str, *, workspace: str, channel: str = "") -> float:
        """0 when the call may be made now, and it is counted; else how long to wait."""
        closed_s = self._closed_until.get((method, workspace), 0.0) - time.monotonic()
        if closed_s > 0:
            return closed_s
        rate, key = self._rate(method, workspace, channel)
        if rate is None:
            return 0.0
        bucket = self._bucket(key, rate)
        item = RateItem(method, time.monotonic_ns() // 1_000_000)
        if bucket.put(item):
            return 0.0
        wait_ms = bucket.waiting(item)
        return (wait_ms if isinstance(wait_ms, int) else 1_000) / 1_000

    def close(self, method: str, *, workspace: str, for_s: float) -> None:
        """Slack asked us to stay away from the method for this long."""
        self._closed_until[method, workspace] = time.monotonic() + for_s

    def _rate(
        self, method: str, workspace: str, channel: str
    ) -> tuple[Rate | None, tuple[str, str, str]]:
        if method in _POSTING:
            posts = Rate(_POSTS_PER_SECOND * self._speed, 1_000, burst=_POST_BURST * self._speed)
            return posts, (method, workspace, channel)
        most = _PER_MINUTE.get(method)
        if most is None:
            return None, ("", "", "")
        burst = round(most * BURST_SHARE)
        rate = Rate((most - burst) * self._speed, _MINUTE_MS, burst=burst * self._speed)
        return rate, (method, workspace, "")

    def _bucket(self, key: tuple[str, str, str], rate: Rate) -> StateBucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = StateBucket([rate])
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        return bucket
