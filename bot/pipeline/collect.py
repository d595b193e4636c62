"""Files that nothing refers to any more are taken away: what services sent, what was deleted, what was never used."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

from bot.pipeline.loop import pause
from bot.ports import BlobStock, BlobUse, Clock

log = logging.getLogger("impasto.collect")

GRACE_S = 3_600.0
"""A file is put before the row that refers to it is written: in between lies a job's deadline at most. Ours, 2026-11."""
PART_EVERY_S = 5.0
"""One of the parts at a time: all of them in 21 minutes."""
PARTS = 256
AT_ONCE = 100
"""Files looked up in one read."""


@dataclass(slots=True, kw_only=True)
class Collector:
    """Looks through the stored files part by part. Several processes may do so at once."""

    stock: BlobStock
    use: BlobUse
    clock: Clock
    stop: asyncio.Event
    _part: int = 0
    _told: bool = False
    """Whether the log has it that the files belong to another database."""

    async def step(self) -> None:
        """One part, then a pause."""
        await self.collect(self._part)
        self._part = (self._part + 1) % PARTS
        await pause(PART_EVERY_S, stop=self.stop)

    async def collect(self, part: int) -> int:
        """How many files went.

        A row that comes to refer to an old file does so after the file was put again, which makes it young; and
        whoever puts it while it is aside writes it anew. So what is aside, old and unused is nobody's. But only the
        database that the files belong to knows what is unused: none goes while another is asked, or another folder
        stands in the place of this one.
        """
        if not await self._ours():
            return 0
        before = self.clock.now() - timedelta(seconds=GRACE_S)
        aged = await self.stock.aged(part, before=before)
        gone = 0
        for first in range(0, len(aged), AT_ONCE):
            unused = await self.use.unused(aged[first : first + AT_ONCE])
            aside = await self.stock.set_aside(unused, before=before)
            nobodys = await self.use.unused(aside)
            if not await self._ours():
                nobodys = ()
            await self.stock.drop(nobodys)
            await self.stock.put_back([key for key in aside if key not in nobodys])
            gone += len(nobodys)
        return gone

    async def _ours(self) -> bool:
        marked, asked = await self.stock.database_id(), await self.use.database_id()
        if marked == asked:
            self._told = False
            return True
        if not self._told:
            self._told = True
            log.error(
                "nothing is tidied up: the folder for pictures %s, and the database is %s",
                "has no mark" if marked is None else f"belongs to the database {marked}",
                asked,
            )
        return False
