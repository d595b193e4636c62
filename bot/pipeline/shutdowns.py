"""Admins are told in their notices channel of models that end within a month, each thing once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.domain.house import HouseRules
from bot.domain.notice import ModelEndNotice
from bot.pipeline.catalog import Catalog
from bot.pipeline.loop import pause
from bot.pipeline.rulebook import Rulebook
from bot.ports import Clock, Notices

LOOK_S = 600.0
"""How soon a channel that was just named, or a model that was just found to end, is noticed."""


@dataclass(slots=True, kw_only=True)
class ShutdownWatch:
    """Looks again and again. Several processes may: the store keeps each thing to be told once."""

    catalog: Catalog
    notices: Notices
    rulebook: Rulebook
    rules: HouseRules
    clock: Clock
    stop: asyncio.Event
    _written: set[str] = field(default_factory=set)

    async def step(self) -> None:
        """Everything there is to tell, then a pause."""
        await self.look()
        await pause(LOOK_S, stop=self.stop)

    async def look(self) -> None:
        """Writes what is new for each workspace that listens and may ask for the model."""
        today = self.clock.now().date()
        ending = [one for one in self.catalog.notices(today) if one.shutdown >= today]
        if not ending:
            return
        for workspace in await self.notices.listeners():
            routing = (await self.rulebook.current(workspace)).routing.within(self.rules.routing)
            for one in ending:
                stall = self.catalog.stall(one.provider)
                model = None if stall is None else stall.model(one.model)
                told = ModelEndNotice(
                    workspace=workspace,
                    provider=one.provider,
                    model=one.model,
                    ends_on=one.shutdown,
                    successor=one.successor,
                )
                if model is None or told.name in self._written:
                    continue
                if routing.allows(one.provider, model):
                    await self.notices.write(workspace, told)
                    self._written.add(told.name)
