"""A real house connected to the simulated Discord over HTTP and websocket, as it would be to the real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from sqlalchemy import select

from bot.config import load_settings
from bot.domain.identity import JobId
from bot.domain.job import FINAL, Job
from bot.pipeline.catalog import Catalog, Stall
from bot.store.statement import Statement
from bot.store.tables import PENDING, outbox
from bot.surfaces.discord.gateway import Gateway
from bot.wiring.discord import open_discord_surface
from bot.wiring.fittings import Fittings
from bot.wiring.house import House, open_house
from moderation import PromptCase, Verdict
from moderation.panel import Panel
from tests.scenarios.painter import SquarePainter, WordJudge
from tests.servers.sqlite import lay_fresh_database
from tests.simulators.discord.simulator import Discord

WAIT_S = 20.0


@dataclass
class PlatformClock:
    """The platform's time is the house's: pushing it ahead ages both."""

    platform: Discord

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.platform.clock.now(), UTC)


class GatedJudge(WordJudge):
    """Judges when `gate` is open."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()

    async def judge_prompt(self, case: PromptCase) -> Verdict:
        await self.gate.wait()
        return await super().judge_prompt(case)


@dataclass
class Inn:
    """The open house."""

    house: House
    platform: Discord
    painter: SquarePainter
    judge: GatedJudge
    serving: asyncio.Task[None]

    async def newest(self) -> Job | None:
        found, number = None, 1
        while job := await self.house.store.queue.job(JobId(number)):
            found, number = job, number + 1
        return found

    async def job(self) -> Job:
        return await self._until(self.newest)

    async def ended(self) -> Job:
        """The newest job once it ended and nothing is left to be said about it."""

        async def over() -> Job | None:
            job = await self.newest()
            busy = await self.house.store.executor.read(_pending)
            return job if job and job.state in FINAL and not busy else None

        return await self._until(over)

    async def _until(self, look: Any) -> Job:
        async with asyncio.timeout(WAIT_S):
            while not (found := await look()):
                await asyncio.wait({asyncio.ensure_future(asyncio.sleep(0.02))})
            return found


def assert_well_behaved(platform: Discord) -> None:
    """Discord took every body, nobody was called, and every message that was sent forbids it."""
    assert platform.violations == []
    assert platform.called_anybody == []
    for request in platform.requests:
        sent = request.body if isinstance(request.body, dict) else {}
        said = sent.get("data") or sent
        if "components" in said and "title" not in said:
            assert said["allowed_mentions"] == {"parse": []}, request


def _pending(tx: Any) -> bool:
    return bool(tx.rows(Statement(select(outbox.c.id).where(PENDING))))


@asynccontextmanager
async def open_inn(
    folder: Path, platform: Discord, *, painter: SquarePainter | None = None, **settings: Any
) -> AsyncIterator[Inn]:
    """Open and connected until the block ends."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    painter, judge = painter or SquarePainter(), GatedJudge()
    stall = Stall(provider=painter, models=tuple(await painter.models()), max_concurrent=4)
    fittings = Fittings(
        clock=PlatformClock(platform),
        catalog=lambda _: Catalog((stall,)),
        panel=lambda _: Panel([(judge, True)], policy_version="test", timeout_s=60),
    )
    loaded = load_settings(
        {
            "IMPASTO_DATA_DIR": str(folder),
            "DISCORD_TOKEN": platform.token,
            "IMPASTO_DISCORD_API_URL": platform.api_url,
            "IMPASTO_DISCORD_GATEWAY_URL": platform.gateway_url,
        },
        # Tests let a quarter of an hour pass, and no sweep is to take that for a job gone wrong.
        rules={"side_px": 64, "deadline_s": 86_400},
        moderators=[],
        image_processes=1,
        model_processes=1,
        **settings,
    )
    lay_fresh_database(loaded.database_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Gateway, "before_identify_hook", _no_wait)
        try:
            async with open_house(loaded, work=True, fittings=fittings) as house:
                stop = asyncio.Event()
                async with asyncio.TaskGroup() as group:
                    group.create_task(house.work(stop=stop, drain_s=0))
                    surface = open_discord_surface(house)
                    assert surface is not None
                    serving = group.create_task(surface.run(stop=stop))
                    try:
                        await platform.until(
                            lambda: platform.gateway.is_connected or serving.done(),
                            what="a connection",
                        )
                        yield Inn(house, platform, painter, judge, serving)
                    finally:
                        stop.set()
                        painter.gate.set()
                        judge.gate.set()
        finally:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


async def _no_wait(self: Gateway, shard_id: int | None, *, initial: bool = False) -> None:
    """The library sleeps 5 s before it identifies again."""
