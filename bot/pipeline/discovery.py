"""What providers offer, asked at the start, every day, and until one that was away is back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.pipeline.catalog import Catalog, Stall
from bot.pipeline.loop import pause
from bot.ports import Clock
from providers import ProviderError

log = logging.getLogger("impasto.discovery")

DISCOVERY_TIMEOUT_S = 15.0
DAILY_S = 24 * 3600.0
FIRST_RETRY_S = 5.0
LONGEST_RETRY_S = 300.0
LOOK_S = 2.0
"""How often it is looked whether somebody is due."""


async def discover(stall: Stall, clock: Clock) -> Stall:
    """The stall with what its provider offers now, or with the reason why that isn't known. What was known stays."""
    try:
        async with asyncio.timeout(DISCOVERY_TIMEOUT_S):
            models = await stall.provider.models()
    except (ProviderError, TimeoutError) as error:
        return stall.unreachable(str(error) or type(error).__name__)
    return stall.offering(tuple(models), today=clock.now().date())


@dataclass(slots=True)
class _Due:
    """When a provider is asked next (monotonic seconds), and how long it is waited after the next failure."""

    at_s: float
    retry_s: float = FIRST_RETRY_S


@dataclass(slots=True, kw_only=True)
class CatalogKeeper:
    """Keeps one process's catalogue current. Each process has its own; nothing is shared but the providers."""

    catalog: Catalog
    clock: Clock
    stop: asyncio.Event
    now_s: Callable[[], float] = time.monotonic
    _due: dict[str, _Due] = field(default_factory=dict)

    async def step(self) -> None:
        """Asks whoever is due, then a pause."""
        await self.look()
        await pause(LOOK_S, stop=self.stop)

    async def look(self) -> None:
        """Asks whoever is due."""
        now = self.now_s()
        for stall in self.catalog.stalls:
            due = self._due.get(stall.name)
            if due is None:
                # It was asked just now, at the start.
                wait_s = DAILY_S if stall.fault is None else FIRST_RETRY_S
                self._due[stall.name] = _Due(at_s=now + wait_s)
            elif due.at_s <= now:
                await self._ask(stall, due)

    async def _ask(self, stall: Stall, due: _Due) -> None:
        found = await discover(stall, self.clock)
        now = self.now_s()
        if found.fault is not None:
            due.at_s = now + due.retry_s
            due.retry_s = min(LONGEST_RETRY_S, due.retry_s * 2)
            log.warning("provider %s can't tell what it offers: %s", stall.name, found.fault)
        else:
            due.at_s, due.retry_s = now + DAILY_S, FIRST_RETRY_S
            if stall.fault is not None:
                log.info("provider %s is back with %s models", stall.name, len(found.models))
        self.catalog.renew(found)
        if found.fault is None:
            warn_of_shutdowns(self.catalog, self.clock, provider=stall.name)


def warn_of_shutdowns(catalog: Catalog, clock: Clock, *, provider: str | None = None) -> None:
    """Logs which models will be shut down soon, or were, so that an admin can act in time."""
    for notice in catalog.notices(clock.now().date()):
        if provider in {None, notice.provider}:
            log.warning(
                "model %s of %s is shut down on %s; %s",
                notice.model,
                notice.provider,
                notice.shutdown.isoformat(),
                f"{notice.successor} takes its place"
                if notice.successor
                else "no successor is named",
            )
