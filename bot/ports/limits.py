"""Rate limits and breakers, perhaps shared by several processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most `amount` calls in `per_s` seconds, coming evenly, `burst` of them at once."""

    amount: int
    per_s: float
    burst: int | None = None
    """None: all of them."""

    @property
    def most(self) -> int:
        """How many calls may be made at once."""
        return self.amount if self.burst is None else self.burst


class Buckets(Protocol):
    """How many calls may still be made, by key: an account at a provider, a channel on a platform.

    Losing it costs a 429, never a job.
    """

    async def take(
        self, key: str, amount: int, rate: Rate | None, *, most_wait_s: float = 0.0
    ) -> float:
        """The seconds to wait. Up to `most_wait_s` the calls are taken and may be made after them; beyond, nothing was.

        Without a rate only what `limit` told counts. An amount of 0 takes nothing, and tells whether one call may go.
        """

    async def give_back(self, key: str, amount: int, rate: Rate | None) -> None:
        """Calls that were taken and then not made: the next may have them. Never more than a full bucket."""

    async def limit(self, key: str, *, left: int, for_s: float) -> None:
        """The other side's own word: no more than `left` calls within the next `for_s` seconds.

        With 0 it is a pause: no later word of how much is left ends it.
        """


class Breakers(Protocol):
    """Which providers are left alone for a while, because their last calls failed one after another."""

    async def shut(self, keys: Sequence[str]) -> Mapping[str, float]:
        """Those of `keys` that are shut, with the seconds until one call may try again; 0 when it may now."""

    async def admit(self, key: str) -> float:
        """0 when a call may go, else the seconds to wait. Of a shut one, a 0 is the one trial until that has ended."""

    async def succeeded(self, key: str) -> None:
        """The provider answered."""

    async def failed(self, key: str) -> None:
        """It didn't, or with nothing usable."""
