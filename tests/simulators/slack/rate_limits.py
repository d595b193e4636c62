"""How often an app may call: per method, workspace and minute, and about one message a second in each channel.

Source: docs.slack.dev/apis/web-api/rate-limits, and each method's page, read 2026-05: Tier 1 1+, Tier 2 20+, Tier 3 50+,
Tier 4 100+ a minute. The "+" is Slack's to give; a bot that needs it is broken on a bad day, so it is not given here.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable

WINDOW_S = 60.0
TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
SPECIAL = 300
"""auth.test, chat.getPermalink and assistant.threads.setStatus have "special" limits, "hundreds a minute"."""
CALLS_PER_MINUTE = {
    "apps.connections.open": TIER_3,
    "auth.revoke": TIER_3,
    "auth.test": SPECIAL,
    "chat.getPermalink": SPECIAL,
    "assistant.threads.setStatus": SPECIAL,
    "chat.update": TIER_3,
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.startStream": TIER_2,
    "chat.stopStream": TIER_2,
    "chat.appendStream": TIER_4,
    "conversations.history": TIER_3,
    "conversations.replies": TIER_3,
    "conversations.info": TIER_3,
    "conversations.open": TIER_3,
    "conversations.members": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.completeUploadExternal": TIER_4,
    "files.info": TIER_4,
    "files.delete": TIER_3,
    "reactions.add": TIER_3,
    "reactions.remove": TIER_2,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.info": TIER_4,
    "views.open": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
    "views.publish": TIER_4,
}
POSTS_PER_SECOND = 1.0


class RateLimits:
    """Turn them off with `enforced = False` where a load test measures the bot and not Slack's patience."""

    def __init__(self, now: Callable[[], float], *, post_burst: int) -> None:
        self.enforced = True
        self.calls_per_minute = dict(CALLS_PER_MINUTE)
        self._now = now
        self._post_burst = post_burst
        self._calls: dict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._posts: dict[str, tuple[float, float]] = {}

    def wait_s(self, method: str, team: str) -> int | None:
        """Seconds to wait when this call is one too many; otherwise the call is counted, and None comes back."""
        most = self.calls_per_minute.get(method)
        if not self.enforced or most is None:
            return None
        calls, now = self._calls[method, team], self._now()
        while calls and calls[0] <= now - WINDOW_S:
            calls.popleft()
        if len(calls) >= most:
            return max(1, math.ceil(calls[0] + WINDOW_S - now))
        calls.append(now)
        return None

    def post_wait_s(self, channel: str) -> int | None:
        """The same for a message into one channel. Source: chat.postMessage: one a second, short bursts allowed."""
        if not self.enforced:
            return None
        now = self._now()
        left, at = self._posts.get(channel, (float(self._post_burst), now))
        left = min(self._post_burst, left + (now - at) * POSTS_PER_SECOND)
        if left < 1:
            self._posts[channel] = (left, now)
            return max(1, math.ceil((1 - left) / POSTS_PER_SECOND))
        self._posts[channel] = (left - 1, now)
        return None
