"""How fast we speak: below Discord's global limit, and gently in each channel, with all processes together.

discord.py does not hold back before the global limit is hit, and what is refused then counts as an invalid request
(10,000 of them in 10 minutes shut out the whole address: discord-api-docs, topics/rate-limits, read 2026-11).
"""

from __future__ import annotations

import asyncio
from collections import deque

from bot.ports import Buckets, Rate
from bot.surfaces.discord.faults import Busy

ALL = Rate(amount=40, per_s=1.0, burst=20)
"""Discord's limit is 50 a second; the rest is left to the library's own calls."""
CHANNEL = Rate(amount=1, per_s=1.0, burst=5)
"""What Discord has long allowed in one channel: five messages in five seconds."""
LONGEST_WAIT_S = 40.0
"""What would have to wait longer is put off, so that its letter can be tried again in time."""

REFUSALS_PER_MINUTE = 100
"""From here on nothing is sent for a while: far below Discord's 10,000 in 10 minutes."""
REFUSED_PAUSE_S = 60.0


class Pace:
    """Turns for everything said with the bot token."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets
        self._refused: deque[float] = deque(maxlen=REFUSALS_PER_MINUTE)

    async def turn(self, channel: int | None) -> None:
        """Returns when it is our turn, in all and in `channel`. Busy when that is too far off."""
        wait_s = 0.0
        if channel is not None:
            wait_s = await self._take(f"discord/channel/{channel}", CHANNEL)
        wait_s = max(wait_s, await self._take("discord/all", ALL))
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

    async def _take(self, key: str, rate: Rate) -> float:
        wait_s = await self._buckets.take(key, 1, rate, most_wait_s=LONGEST_WAIT_S)
        if wait_s > LONGEST_WAIT_S:
            raise Busy("too much is said at once", retry_after_s=wait_s - LONGEST_WAIT_S / 2)
        return wait_s
