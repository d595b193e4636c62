"""What nobody heard, read from the database: whoever shows progress looks when its turn begins, and every minute."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from bot.domain.identity import JobId
from bot.pipeline.sole import LEASE_S
from bot.ports import FirstResponses, StoreUnavailable
from bot.surfaces.discord.rest import CALL_TIMEOUT_S

log = logging.getLogger("impasto.discord")

CATCH_UP_S = 60.0
"""How often pictures are looked for that went away while nobody heard of it: signals may be lost."""
CATCH_UP_JOBS = 2_000
"""The newest jobs, which are looked through then."""
GONE_WITHIN_S = 86_400.0
"""Pictures that went away before were taken out by whoever had the turn then; longer ago only while nobody had it since."""


class Turn(Protocol):
    """The claim to show progress alone."""

    @property
    def held(self) -> bool:
        """Whether it is ours."""

    @property
    def lapsed_at(self) -> float | None:
        """When the lease of a holder that died ended, in seconds since 1970; None where none did."""


class Unheard:
    """Finds answers whose message may show something else."""

    def __init__(self, records: FirstResponses, turn: Turn) -> None:
        self._records = records
        self._turn = turn
        self._looked_at: float | None = None
        self._seen: dict[JobId, int] = {}

    async def overwritten(self) -> Sequence[JobId]:
        """Jobs that ended while whoever had the turn before died: its last edit may have come after their answer.

        Told once, when the turn begins.
        """
        lapsed_at = self._turn.lapsed_at
        if not self._turn.held or self._looked_at is not None or lapsed_at is None:
            return ()
        # It lived at most to the lease's end, and at least to its last renewal; an edit is under way for so long.
        since_s, until_s = lapsed_at - LEASE_S - CALL_TIMEOUT_S, lapsed_at + CALL_TIMEOUT_S
        return await self._records.ended_between(since_s, until_s, newest=CATCH_UP_JOBS)

    async def gone(self) -> Sequence[JobId]:
        """Jobs of which more pictures went away than when it was looked last; at first, those of GONE_WITHIN_S.

        What a message shows isn't on record: whoever begins its turn tells them all again.
        """
        now = asyncio.get_running_loop().time()
        if not self._turn.held:
            # Whoever takes it over looks at once.
            self._looked_at = None
            return ()
        if self._looked_at is not None and now - self._looked_at < CATCH_UP_S:
            return ()
        lapsed_at = self._turn.lapsed_at if self._looked_at is None else None
        found = await self._records.with_gone(
            newest=CATCH_UP_JOBS,
            within_s=GONE_WITHIN_S,
            since_s=None if lapsed_at is None else lapsed_at - LEASE_S,
        )
        self._looked_at = now
        new = [job for job, count in found.items() if count != self._seen.get(job)]
        self._seen = dict(found)
        return new

    async def all(self) -> tuple[Sequence[JobId], Sequence[JobId]]:
        """Both of these; nothing while the database is away, and then again."""
        try:
            return await self.overwritten(), await self.gone()
        except StoreUnavailable as fault:
            log.info("what went unheard is looked for later: %s", fault)
            return (), ()
