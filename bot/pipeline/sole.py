"""What one process of several does, while the others stand by: held by a lock with a lease."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from bot.pipeline.loop import keep_going, pause
from bot.ports import Locks, StoreUnavailable

log = logging.getLogger("impasto.sole")

LEASE_S = 15.0
"""How long a process that died keeps others from taking its place. Ours."""
TRIES = 5
"""How often a lease is renewed, and a standby asks, within one lease."""


class Sole:
    """The claim of this process, `owner`, to do something alone."""

    def __init__(self, locks: Locks, *, owner: str, lease_s: float = LEASE_S) -> None:
        self._locks = locks
        self._owner = owner
        self._lease_s = lease_s
        self._name = ""
        self._token: int | None = None
        self._until = 0.0

    @property
    def held(self) -> bool:
        """Whether nobody else can have it. It ends by itself, also where nobody could be asked any more."""
        return self._token is not None and _now() < self._until

    async def keep(self, name: str, *, stop: asyncio.Event) -> None:
        """Has it whenever nobody else does, until `stop` is set."""
        await keep_going(name, partial(self._hold, name, stop), stop=stop)

    async def _hold(self, name: str, stop: asyncio.Event) -> None:
        if not await self.acquire(name, stop=stop):
            return
        stopped = asyncio.ensure_future(stop.wait())
        lost = asyncio.ensure_future(self.lost())
        try:
            await asyncio.wait({stopped, lost}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            lost.cancel()
            await self.release()

    async def acquire(self, name: str, *, stop: asyncio.Event) -> bool:
        """Returns once it is ours; False when `stop` was set before."""
        self._name = name
        standing_by = False
        while not stop.is_set():
            if await self._try():
                return True
            if not standing_by:
                standing_by = True
                log.info("standing by: another process has %s", name)
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
            log.info("%s comes free with its lease: %s", self._name, error)

    async def _try(self) -> bool:
        asked_at = _now()
        try:
            async with asyncio.timeout(self._lease_s):
                token = await self._locks.acquire(
                    self._name, owner=self._owner, lease_s=self._lease_s
                )
        except (StoreUnavailable, TimeoutError) as error:
            log.warning("whether %s is free can't be known: %s", self._name, error)
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
            log.warning("the lock of %s can't be renewed: %s", self._name, error)
            return
        self._until = asked_at + self._lease_s if kept else 0.0


def _now() -> float:
    return asyncio.get_running_loop().time()
