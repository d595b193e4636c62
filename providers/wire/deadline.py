"""When a call must have ended."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When a call must have ended, in the loop's time."""

    at: float

    @staticmethod
    def after(timeout_s: float) -> Deadline:
        """The deadline that many seconds from now."""
        return Deadline(at=asyncio.get_running_loop().time() + timeout_s)

    def left_s(self) -> float:
        """Seconds left, at least a millisecond."""
        return max(0.001, self.at - asyncio.get_running_loop().time())

    def at_most(self, seconds: float) -> Deadline:
        """The same deadline, or the one that many seconds from now if that comes first."""
        return Deadline(at=min(self.at, asyncio.get_running_loop().time() + seconds))

    def is_over(self) -> bool:
        """Whether nothing is left."""
        return asyncio.get_running_loop().time() >= self.at
