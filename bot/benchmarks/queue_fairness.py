"""What a flood does to somebody else: a light user's five jobs behind a flooder's five hundred."""

from __future__ import annotations

import asyncio
import time

from bot.benchmarks.queue_databases import Databases
from bot.benchmarks.queue_jobs import (
    IMAGE_DECISION,
    LEASE_S,
    OWNER,
    PLAN,
    PROMPT_DECISION,
    PROVIDER,
    new_image,
    submission,
)
from bot.ports import Accepted, Claimed
from bot.store.opening import Store

SLOTS = 4
WORK_S = 0.02
LIGHT_JOBS = 5
POLL_S = 1.0


class _Painters:
    """A worker whose jobs take WORK_S each."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._free = SLOTS
        self._ready = asyncio.Event()
        self._left = LIGHT_JOBS
        self.light_done = asyncio.Event()

    def wake(self) -> None:
        self._ready.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while not self.light_done.is_set():
                self._ready.clear()
                claims = (
                    await self._store.queue.claim(
                        owner=OWNER, slots=self._free, lease_s=LEASE_S, capacity={PROVIDER: SLOTS}
                    )
                    if self._free
                    else ()
                )
                for claimed in claims:
                    self._free -= 1
                    group.create_task(self._paint(claimed))
                if not claims:
                    await self._wait()

    async def _paint(self, claimed: Claimed) -> None:
        await asyncio.sleep(WORK_S)
        await self._store.queue.finish(
            claimed.fence,
            images=[new_image()],
            decisions=[IMAGE_DECISION],
            cost_microusd=None,
            notes=(),
            grid=None,
        )
        self._free += 1
        if claimed.job.person.user == "light":
            self._left -= 1
            if not self._left:
                self.light_done.set()
        self._ready.set()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_S):
                await self._ready.wait()
        except TimeoutError:
            return


async def light_user_s(databases: Databases, *, flood: int) -> float:
    """Seconds from a light user's first request until their last picture, behind `flood` jobs of somebody else."""
    store = await databases.store()
    try:
        painters = _Painters(store)
        async with asyncio.TaskGroup() as group:
            group.create_task(painters.run())
            await asyncio.gather(
                *(_ask(store, painters, number, user="flooder") for number in range(flood))
            )
            started = time.perf_counter()
            for number in range(LIGHT_JOBS):
                await _ask(store, painters, number, user="light")
            await painters.light_done.wait()
            return time.perf_counter() - started
    finally:
        await store.aclose()


async def _ask(store: Store, painters: _Painters, number: int, *, user: str) -> None:
    outcome = await store.queue.submit(submission(number, user=user))
    if not isinstance(outcome, Accepted):
        raise TypeError(f"not accepted: {outcome}")
    for adopted in await store.queue.adopt(owner=OWNER, limit=1, lease_s=LEASE_S):
        await store.queue.admit(adopted.fence, plan=PLAN, decision=PROMPT_DECISION, weight=1.0)
    painters.wake()
