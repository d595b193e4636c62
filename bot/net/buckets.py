"""How many calls an account may still make at a provider: our own rate, and what the provider says is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.ports import Rate


@dataclass(slots=True)
class _Told:
    """What the provider said: `left` calls until `until` (monotonic seconds)."""

    left: int
    until: float


@dataclass(slots=True)
class _Level:
    """A bucket's content, and when it was looked at."""

    tokens: float
    at: float


@dataclass(slots=True)
class MemoryBuckets:
    """`bot.ports.Buckets` for one process. `now_s` is a clock that never goes back."""

    now_s: Callable[[], float] = time.monotonic
    _levels: dict[str, _Level] = field(default_factory=dict)
    _told: dict[str, _Told] = field(default_factory=dict)

    async def take(self, key: str, amount: int, rate: Rate | None) -> float:
        """0 when `amount` calls were taken, else the seconds until they may be asked for again. An amount of 0 looks."""
        now = self.now_s()
        told = self._told.get(key)
        if told is not None and told.until <= now:
            del self._told[key]
            told = None
        if told is not None and told.left < max(1, amount):
            return told.until - now
        if rate is not None:
            level = self._filled(key, rate, now)
            if level.tokens < max(1, amount):
                return max(0.001, (max(1, amount) - level.tokens) * rate.per_s / rate.amount)
            level.tokens -= amount
        if told is not None:
            told.left -= amount
        return 0.0

    async def limit(self, key: str, *, left: int, for_s: float) -> None:
        """No more than `left` calls within the next `for_s` seconds; the stricter of two words holds."""
        now = self.now_s()
        told = self._told.get(key)
        if told is not None and told.left <= left and told.until >= now + for_s:
            return
        self._told[key] = _Told(left=max(0, left), until=now + max(0.0, for_s))

    def _filled(self, key: str, rate: Rate, now: float) -> _Level:
        level = self._levels.setdefault(key, _Level(tokens=float(rate.amount), at=now))
        gained = (now - level.at) * rate.amount / rate.per_s
        level.tokens = min(float(rate.amount), level.tokens + gained)
        level.at = now
        return level
