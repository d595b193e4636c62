"""Leaves a provider alone when its calls fail one after another, and lets one call at a time try again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

MOST_FAILURES = 3
"""This many in a row shut it."""
SHUT_S = 30.0
"""How long nobody tries; then one call may."""


@dataclass(slots=True)
class _Standing:
    failures: int = 0
    shut_until: float | None = None


@dataclass(slots=True)
class MemoryBreakers:
    """`bot.ports.Breakers` for one process. `now_s` is a clock that never goes back.

    A trial that never reports back, because its process died or its job was cancelled, is forgotten after SHUT_S.
    """

    now_s: Callable[[], float] = time.monotonic
    _standings: dict[str, _Standing] = field(default_factory=dict)

    async def shut(self, keys: Sequence[str]) -> Mapping[str, float]:
        """Those that are shut, with the seconds until one call may try again."""
        now = self.now_s()
        return {
            key: max(0.0, standing.shut_until - now)
            for key in keys
            if (standing := self._standings.get(key)) and standing.shut_until is not None
        }

    async def admit(self, key: str) -> float:
        """0 when a call may go, else the seconds to wait."""
        standing = self._standings.get(key)
        if standing is None or standing.shut_until is None:
            return 0.0
        now = self.now_s()
        if standing.shut_until > now:
            return standing.shut_until - now
        standing.shut_until = now + SHUT_S
        return 0.0

    async def succeeded(self, key: str) -> None:
        """It is open again, and its failures are forgotten."""
        self._standings.pop(key, None)

    async def failed(self, key: str) -> None:
        """One more in a row."""
        standing = self._standings.setdefault(key, _Standing())
        standing.failures += 1
        if standing.failures >= MOST_FAILURES:
            standing.shut_until = self.now_s() + SHUT_S
