"""Time and crash points, passed in so that tests can move the one and die at the others."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Protocol

from bot.domain.identity import JobId

_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Linux's goes on in suspend; elsewhere the monotonic clock is what there is."""


def since_boot_s() -> float:
    """Seconds that go on while this process is stopped or its machine sleeps, and that nobody sets."""
    return time.clock_gettime(_SINCE_BOOT)


class Clock(Protocol):
    """The time, passed in so that tests can move it."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""


class Boundary(Protocol):
    """Told of every step of a job's life before its side effect and after it. The crash suite dies here."""

    def __call__(self, name: str, job: JobId | None) -> None:
        """Called at the boundary `name`."""
