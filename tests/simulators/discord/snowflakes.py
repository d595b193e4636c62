"""Ids that carry their time. Source: docs, reference, Snowflakes."""

from __future__ import annotations

from itertools import count

from tests.simulators.clock import Clock

DISCORD_EPOCH_MS = 1_420_070_400_000


class Snowflakes:
    """New ids, as the decimal strings in which JSON carries them; each is larger than the one before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turn = count()
        self._last = 0

    def new(self) -> str:
        ms = int(self._clock.now() * 1000) - DISCORD_EPOCH_MS
        self._last = max((ms << 22) | (next(self._turn) & 0xFFF), self._last + 1)
        return str(self._last)


def made_at(snowflake: str) -> float:
    """Epoch seconds at which the id was made."""
    return ((int(snowflake) >> 22) + DISCORD_EPOCH_MS) / 1000
