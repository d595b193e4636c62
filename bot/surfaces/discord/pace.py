"""How fast we speak: below Discord's global limit, and gently in each channel.

discord.py does not hold back before the global limit is hit, and what is refused then counts as an invalid request
(10,000 of them in 10 minutes shut out the whole address: discord-api-docs, topics/rate-limits, read 2026-11).
"""

from __future__ import annotations

import asyncio
from collections import deque

GLOBAL_PER_S = 40.0
"""Discord's limit is 50 a second; the rest is left to the library's own calls."""
GLOBAL_BURST = 20
CHANNEL_PER_S = 1.0
CHANNEL_BURST = 5
"""What Discord has long allowed in one channel: five messages in five seconds."""
CHANNELS_KEPT = 4096

REFUSALS_PER_MINUTE = 100
"""From here on nothing is sent for a while: far below Discord's 10,000 in 10 minutes."""
REFUSED_PAUSE_S = 60.0


class Turn:
    """A bucket that refills evenly: `per_s` turns a second, `burst` at once."""

    def __init__(self, *, per_s: float, burst: int) -> None:
        self._spacing_s = 1.0 / per_s
        self._slack_s = self._spacing_s * (burst - 1)
        self._next = 0.0

    def wait_s(self, now: float) -> float:
        """How long to wait from `now`; the turn is taken."""
        self._next = max(self._next, now) + self._spacing_s
        return max(0.0, self._next - self._spacing_s - self._slack_s - now)


class Pace:
    """Turns for everything said with the bot token by this process."""

    def __init__(self) -> None:
        self._all = Turn(per_s=GLOBAL_PER_S, burst=GLOBAL_BURST)
        self._channels: dict[int, Turn] = {}
        self._refused: deque[float] = deque(maxlen=REFUSALS_PER_MINUTE)

    async def turn(self, channel: int | None) -> None:
        """Returns when it is our turn, in all and in `channel`."""
        now = asyncio.get_running_loop().time()
        wait_s = self._all.wait_s(now)
        if channel is not None:
            wait_s = max(wait_s, self._channel(channel).wait_s(now))
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    def refused(self) -> None:
        """Discord refused a request for its rights or its pace."""
        self._refused.append(asyncio.get_running_loop().time())

    @property
    def pause_s(self) -> float:
        """How long nothing may be sent, since too much was refused in the last minute; 0 when all is well."""
        if len(self._refused) < REFUSALS_PER_MINUTE:
            return 0.0
        now = asyncio.get_running_loop().time()
        if now - self._refused[0] > REFUSED_PAUSE_S:
            return 0.0
        return max(0.0, self._refused[-1] + REFUSED_PAUSE_S - now)

    def _channel(self, channel: int) -> Turn:
        turn = self._channels.pop(channel, None) or Turn(per_s=CHANNEL_PER_S, burst=CHANNEL_BURST)
        self._channels[channel] = turn
        if len(self._channels) > CHANNELS_KEPT:
            del self._channels[next(iter(self._channels))]
        return turn
