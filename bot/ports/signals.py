"""What processes tell each other: wake-ups, progress, locks, presence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from bot.domain.live import LiveUpdate


class Signals(Protocol):
    """Wake-ups and live progress. Losing one costs a poll interval, never a job."""

    def wake(self, topic: str) -> None:
        """Wakes whoever waits on `topic`."""

    async def wait(self, topic: str, *, timeout_s: float) -> None:
        """Returns on a wake-up since the last wait, or after `timeout_s`."""

    def publish(self, update: LiveUpdate) -> None:
        """Tells all listeners; never blocks, drops for the slow."""

    def updates(self) -> AsyncIterator[LiveUpdate]:
        """Live updates from now on, until closed."""


class Locks(Protocol):
    """Named locks between processes. Each is held for a lease, and fenced by a token that only grows.

    Whoever could not renew in time must act as if it were lost from the lease's end on, counted from before it asked.
    """

    async def acquire(self, name: str, *, owner: str, lease_s: float) -> int | None:
        """The new token; None while another owner's lease runs. The same owner gets it anew: asking twice is safe."""

    async def renew(self, name: str, *, token: int, lease_s: float) -> bool:
        """Begins the lease anew. False when it was given to somebody else since, or given back."""

    async def release(self, name: str, *, token: int) -> None:
        """Free for others at once; nothing happens when it is held under another token."""

    async def lapses_at(self, name: str) -> float | None:
        """When its newest lease ends or ended, in seconds since 1970 by the leases' clock; None when it was given back."""


class Presence(Protocol):
    """Which processes there are. `house` is the mark of the folder that each keeps its files in."""

    async def join(self, owner: str, part: str, *, house: str, lease_s: float) -> Sequence[str]:
        """As `beat`, unless processes live that keep their files elsewhere: then those, and nothing is said."""

    async def beat(self, owner: str, part: str, *, house: str, lease_s: float) -> Mapping[str, int]:
        """Says that `owner` lives for `lease_s` more; how many live, by part, itself included."""

    async def leave(self, owner: str) -> None:
        """It is gone."""
