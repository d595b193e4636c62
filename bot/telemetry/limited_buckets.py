"""Buckets that tell how long their limits make calls wait."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports import Buckets, Rate
from bot.telemetry.events import Limited, Recorder


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedBuckets:
    """`bot.ports.Buckets` over others. Keys name channels and accounts: of a key only its platform is told."""

    inner: Buckets
    record: Recorder
    limiter: str | None = None
    """Who limits; None: what stands before the first slash of a key."""

    async def take(
        self, key: str, amount: int, rate: Rate | None, *, most_wait_s: float = 0.0
    ) -> float:
        """The seconds to wait. A mere look is counted too: whoever looks and has to wait doesn't ask for more."""
        wait_s = await self.inner.take(key, amount, rate, most_wait_s=most_wait_s)
        if wait_s > 0:
            self.record(Limited(limiter=self.limiter or key.partition("/")[0], wait_s=wait_s))
        return wait_s

    async def give_back(self, key: str, amount: int, rate: Rate | None) -> None:
        """Calls that were taken and then not made."""
        await self.inner.give_back(key, amount, rate)

    async def limit(self, key: str, *, left: int, for_s: float) -> None:
        """The other side's own word."""
        await self.inner.limit(key, left=left, for_s=for_s)
