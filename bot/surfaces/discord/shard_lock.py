"""Who may be connected: one process for each set of shards, while others stand by.

Discord sends what happens to every connection there is: discord-api-docs, events/gateway, "Sharding", read 2026-11. A
second process would answer everything twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from bot.pipeline.loop import pause
from bot.ports import Locks, StoreUnavailable

log = logging.getLogger("impasto.discord")

LEASE_S = 15.0
"""How long a process that died keeps its shards from others. Ours."""
TRIES = 5
"""How often a lease is renewed, and a standby asks, within one lease."""


def shard_set(shard_ids: Sequence[int], shard_count: int | None) -> str:
    """What a set of shards is called. Those who hold all of them meet, however many each of them counts."""
    if not shard_ids:
        return "all"
    return f"{','.join(str(one) for one in sorted(shard_ids))}/{shard_count}"


class ShardLock:
    """The claim of this process to a set of shards."""

    def __init__(self, locks: Locks, *, shards: str, owner: str, lease_s: float = LEASE_S) -> None:
        self._locks = locks
        self._shards = shards
        self._owner = owner
        self._lease_s = lease_s
        self._name = ""
        self._token: int | None = None
        self._until = 0.0

    @property
    def held(self) -> bool:
        """Whether nobody else can have it. It ends by itself, also where nobody could be asked any more."""
        return self._token is not None and _now() < self._until

    async def acquire(self, application: int, *, stop: asyncio.Event) -> bool:
        """Returns once it is ours; False when `stop` was set before."""
        self._name = f"discord/{application}/{self._shards}"
        standing_by = False
        while not stop.is_set():
            if await self._try():
                return True
            if not standing_by:
                standing_by = True
                log.info("standing by: another process is connected for shards %s", self._shards)
            await pause(self._lease_s / TRIES, stop=stop)
        return False

    async def lost(self) -> None:
        """Keeps renewing it; returns when it is held no more."""
        while self.held:
            await asyncio.sleep(min(self._lease_s / TRIES, max(0.0, self._until - _now())))
            await self._renew()

    async def release(self) -> None:
        """Others may have it at once. Where that can't be said, they have it at the lease's end."""
        token, self._token = self._token, None
        if token is None:
            return
        try:
            async with asyncio.timeout(self._lease_s):
                await self._locks.release(self._name, token=token)
        except (StoreUnavailable, TimeoutError) as error:
            log.info("the shards come free with their lease: %s", error)

    async def _try(self) -> bool:
        asked_at = _now()
        try:
            async with asyncio.timeout(self._lease_s):
                token = await self._locks.acquire(
                    self._name, owner=self._owner, lease_s=self._lease_s
                )
        except (StoreUnavailable, TimeoutError) as error:
            log.warning("whether these shards are free can't be known: %s", error)
            return False
        if token is not None:
            self._token, self._until = token, asked_at + self._lease_s
        return self.held

    async def _renew(self) -> None:
        asked_at, token = _now(), self._token
        if token is None or asked_at >= self._until:
            return
        try:
            async with asyncio.timeout(self._until - asked_at):
                kept = await self._locks.renew(self._name, token=token, lease_s=self._lease_s)
        except (StoreUnavailable, TimeoutError) as error:
            log.warning("the lock of these shards can't be renewed: %s", error)
            return
        self._until = asked_at + self._lease_s if kept else 0.0


def _now() -> float:
    return asyncio.get_running_loop().time()
