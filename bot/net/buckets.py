"""How many calls an account may still make: our own rate, and what the other side says is left."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.ports import Rate

MOST_KEPT = 10_000
"""Of more buckets those that were not used for longest are forgotten."""


def alone() -> int:
    """One process has all of a limit."""
    return 1


@dataclass(slots=True)
class _Told:
    """What the other side said is left: `left` calls until `until` (monotonic seconds)."""

    left: int
    until: float


@dataclass(slots=True)
class _Level:
    """A bucket's content, and when it was looked at. Below 0 are turns that are waited for."""

    tokens: float
    at: float


@dataclass(slots=True)
class MemoryBuckets:
    """`bot.ports.Buckets` for one process. `now_s` is a clock that never goes back.

    `sharers` says how many processes keep to the same limits by themselves: each takes its share.
    """

    now_s: Callable[[], float] = time.monotonic
    sharers: Callable[[], int] = alone
    _levels: OrderedDict[str, _Level] = field(default_factory=OrderedDict)
    _told: dict[str, _Told] = field(default_factory=dict)
    _paused_until: dict[str, float] = field(default_factory=dict)
    """Apart from what is left: an answer to a call made before the pause says that there is plenty."""

    async def take(
        self, key: str, amount: int, rate: Rate | None, *, most_wait_s: float = 0.0
    ) -> float:
        """The seconds to wait; taken when that is at most `most_wait_s`. An amount of 0 looks."""
        now, need = self.now_s(), max(1, amount)
        told = self._told.get(key)
        if told is not None and told.until <= now:
            del self._told[key]
            told = None
        wait_s = max(0.0, self._paused_until.get(key, now) - now)
        if told is not None and told.left < need:
            wait_s = max(wait_s, told.until - now)
        level = None
        if rate is not None:
            rate = share(rate, max(1, self.sharers()))
            level = self._filled(key, rate, now)
            if level.tokens < need:
                short_s = (need - level.tokens) * rate.per_s / rate.amount
                wait_s = max(0.001, wait_s, short_s)
        if wait_s <= most_wait_s:
            if level is not None:
                level.tokens -= amount
            if told is not None and told.left >= amount:
                told.left -= amount
        return wait_s

    async def give_back(self, key: str, amount: int, rate: Rate | None) -> None:
        """Calls that were taken and not made."""
        now = self.now_s()
        if rate is not None:
            rate = share(rate, max(1, self.sharers()))
            level = self._filled(key, rate, now)
            level.tokens = min(float(rate.most), level.tokens + amount)
        told = self._told.get(key)
        if told is not None:
            told.left += amount

    async def limit(self, key: str, *, left: int, for_s: float) -> None:
        """No more than `left` calls within the next `for_s` seconds; of two words each holds for its time."""
        now = self.now_s()
        until = now + max(0.0, for_s)
        if left <= 0:
            self._paused_until[key] = max(until, self._paused_until.get(key, until))
            if len(self._paused_until) > MOST_KEPT:
                self._paused_until = {k: end for k, end in self._paused_until.items() if end > now}
            return
        told = self._told.get(key)
        if told is not None and told.left <= left and told.until >= until:
            return
        self._told[key] = _Told(left=left, until=until)
        if len(self._told) > MOST_KEPT:
            self._told = {one: said for one, said in self._told.items() if said.until > now}

    def _filled(self, key: str, rate: Rate, now: float) -> _Level:
        level = self._levels.setdefault(key, _Level(tokens=float(rate.most), at=now))
        self._levels.move_to_end(key)
        if len(self._levels) > MOST_KEPT:
            self._levels.popitem(last=False)
        gained = (now - level.at) * rate.amount / rate.per_s
        level.tokens = min(float(rate.most), level.tokens + gained)
        level.at = now
        return level


def share(rate: Rate, sharers: int) -> Rate:
    """One part of `sharers`: together they are no faster than the whole, if each burst is at least one."""
    if sharers == 1:
        return rate
    burst = max(1, rate.most // sharers)
    return Rate(amount=rate.amount, per_s=rate.per_s * sharers, burst=burst)
