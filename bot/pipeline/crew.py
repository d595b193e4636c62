"""How many processes there are: each keeps to its share of a limit where nothing counts for all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.pipeline.loop import keep_going, pause
from bot.ports import Presence, StoreUnavailable

log = logging.getLogger("impasto.crew")

BEAT_S = 5.0
LEASE_S = 15.0
"""A process that died counts for so long."""
PAINTS = ("run", "worker")
SPEAKS = ("run", "worker", "gateway")
"""A worker posts answers, a gateway shows how they go on."""


@dataclass(slots=True, kw_only=True)
class Crew:
    """One process among the others. While the database is away they count as they were."""

    presence: Presence
    owner: str
    part: str
    house: str
    """The mark of the folder its files are in."""
    beat_s: float = BEAT_S
    _alive: Mapping[str, int] = field(default_factory=dict)

    def painters(self) -> int:
        """Processes that call providers."""
        return self._sum(PAINTS)

    def speakers(self) -> int:
        """Processes that call the platforms."""
        return self._sum(SPEAKS)

    async def join(self) -> Sequence[str]:
        """Says that this one lives, and counts. Unless others live that keep their files elsewhere: then those."""
        strangers = await self.presence.join(
            self.owner, self.part, house=self.house, lease_s=LEASE_S
        )
        if not strangers:
            await self.beat()
        return strangers

    async def beat(self) -> None:
        """Says that this one lives, and counts."""
        self._alive = await self.presence.beat(
            self.owner, self.part, house=self.house, lease_s=LEASE_S
        )

    async def keep(self, *, stop: asyncio.Event) -> None:
        """Beats until `stop` is set, then leaves."""

        async def step() -> None:
            await pause(self.beat_s, stop=stop)
            try:
                await self.beat()
            except StoreUnavailable as error:
                log.info("how many processes there are can't be known: %s", error)

        # Who can't be counted works on: what it paints matters more than its share of a limit.
        await keep_going("crew", step, stop=stop)
        try:
            await self.presence.leave(self.owner)
        except StoreUnavailable as error:
            log.info("this process counts for %g s more: %s", LEASE_S, error)

    def _sum(self, parts: tuple[str, ...]) -> int:
        return max(1, sum(self._alive.get(part, 0) for part in parts))
