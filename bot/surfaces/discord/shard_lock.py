"""Who may be connected: one process for each set of shards, while others stand by.

Discord sends what happens to every connection there is: discord-api-docs, events/gateway, "Sharding", read 2026-11. A
second process would answer everything twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.pipeline.sole import LEASE_S, Sole
from bot.ports import Locks


def shard_set(shard_ids: Sequence[int], shard_count: int | None) -> str:
    """What a set of shards is called. Those who hold all of them meet, however many each of them counts."""
    if not shard_ids:
        return "all"
    return f"{','.join(str(one) for one in sorted(shard_ids))}/{shard_count}"


class ShardLock:
    """The claim of this process to a set of shards."""

    def __init__(self, locks: Locks, *, shards: str, owner: str, lease_s: float = LEASE_S) -> None:
        self._shards = shards
        self._sole = Sole(locks, owner=owner, lease_s=lease_s)

    @property
    def held(self) -> bool:
        """Whether nobody else can have it. It ends by itself, also where nobody could be asked any more."""
        return self._sole.held

    @property
    def lapsed_at(self) -> float | None:
        """When the lease of a holder that died or stands still ended, in seconds since 1970; None where it gave it back."""
        return self._sole.lapsed_at

    async def acquire(self, application: int, *, stop: asyncio.Event) -> bool:
        """Returns once it is ours; False when `stop` was set before."""
        return await self._sole.acquire(f"discord/{application}/{self._shards}", stop=stop)

    async def lost(self) -> None:
        """Keeps renewing it; returns when it is held no more."""
        await self._sole.lost()

    async def release(self) -> None:
        """Others may have it at once. Where that can't be said, they have it at the lease's end."""
        await self._sole.release()


class Unshared:
    """In the place of a lock where nobody else can be connected."""

    held = True
    lapsed_at = None
