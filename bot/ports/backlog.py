"""What is not done yet, over all processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What is not done yet, over all processes and workspaces."""

    jobs: Mapping[str, int]
    """Unfinished jobs: received, in_line, running, delayed, parked."""
    oldest_wait_s: float
    """How long ago the oldest job in line was accepted; 0 when none waits."""
    letters: int
    """Not posted yet."""
    oldest_letter_s: float
    """Age of the oldest of them; 0 when there is none."""


class Backlogs(Protocol):
    """How much is waiting."""

    async def now(self) -> Backlog:
        """As it stands: one query."""
