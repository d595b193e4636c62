"""A real house whose bot lives in a simulated Discord (simcord): people there type, press and read."""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from PIL import Image

from bot.config import load_settings
from bot.domain.identity import JobId
from bot.domain.job import FINAL, Job
from bot.pipeline.catalog import Catalog, Stall
from bot.surfaces.discord.surface import DiscordSurface
from bot.wiring.discord import open_discord_surface
from bot.wiring.fittings import Fittings
from bot.wiring.house import House, open_house
from moderation import PromptCase, Verdict
from moderation.panel import Panel
from tests.scenarios.painter import SquarePainter, WordJudge
from tests.servers.sqlite import lay_fresh_database
from tests.simulators.discord.body_rules import faults, operation

WAIT_S = 20.0


class SlowJudge(WordJudge):
    """Judges when `gate` is open."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()

    async def judge_prompt(self, case: PromptCase) -> Verdict:
        await self.gate.wait()
        return await super().judge_prompt(case)


@dataclass
class Server:
    """One simulated Discord server with our bot in it."""

    house: House
    surface: DiscordSurface
    env: simcord.Env
    painter: SquarePainter
    judge: SlowJudge
    guild: Any
    channel: Any
    stop: asyncio.Event
    news: list[asyncio.Future[None]]

    def person(self, name: str, **rights: Any) -> Any:
        return self.guild.add_member(self.env.create_user(name), **rights)

    def posts(self, channel: Any = None) -> list[Any]:
        """What everybody sees in a channel, without what Discord says there itself."""
        shown = (channel or self.channel).history()
        return [
            message
            for message in shown
            if message.type is not discord.MessageType.thread_created
            and message.type is not discord.MessageType.thread_starter_message
        ]

    def labels(self, message: Any) -> list[str]:
        return [one["label"] for one in walk(raw(message)) if one["type"] == 2]

    async def newest(self) -> Job | None:
        found = None
        for number in itertools.count(1):
            job = await self.house.store.queue.job(JobId(number))
            if job is None:
                return found
            found = job
        return found

    async def ended(self) -> Job:
        """The newest job once it ended and nothing is left to be said about it."""

        async def over() -> Job | None:
            job = await self.newest()
            return job if job and job.state in FINAL and await self.quiet() else None

        return await self.until(over)

    async def impatient_slash(self, person: Any, **options: Any) -> Any:
        """The first response doesn't wait for judges: simcord can't let time pass while a handler waits for others."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bot.surfaces.discord.answering.JUDGED_WITHIN_S", 0.0)
            return await person.slash(self.channel, "imagine", **options)

    async def restart(self) -> None:
        """A new client; whatever was only in memory is gone."""
        self.surface = fresh = _opened(self.house)
        await self.env.restart_bot(fresh.client)
        self.news.append(asyncio.ensure_future(fresh.attend(stop=self.stop)))

    async def quiet(self) -> bool:
        due = await self.house.store.executor.read(_pending)
        return not due

    async def until(self, found: Callable[[], Any]) -> Any:
        async with asyncio.timeout(WAIT_S):
            while True:
                value = found()
                value = await value if asyncio.iscoroutine(value) else value
                if value:
                    return value
                await asyncio.wait({asyncio.ensure_future(asyncio.sleep(0.02))})


def assert_all_bodies_would_be_taken(env: simcord.Env) -> None:
    """Whatever a test was about: everything that was sent is what Discord's description allows."""
    for request in env.http_requests:
        op = operation(request.method, request.path)
        if op is not None and request.json is not None:
            assert faults(op, request.json) == [], request


def raw(message: Any) -> list[dict[str, Any]]:
    """A message's components as plain data."""
    found = message.components
    return [one if isinstance(one, dict) else one.to_dict() for one in found]


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from walk(component.get("components", []))


def texts(message: Any) -> str:
    """All text of a message."""
    return "\n".join(one["content"] for one in walk(raw(message)) if one["type"] == 10)


def _pending(tx: Any) -> bool:
    from sqlalchemy import select

    from bot.store.statement import Statement
    from bot.store.tables import PENDING, outbox

    return bool(tx.rows(Statement(select(outbox.c.id).where(PENDING))))


def _opened(house: House) -> DiscordSurface:
    surface = open_discord_surface(house)
    assert surface is not None
    return surface


@asynccontextmanager
async def open_server(folder: Path, **rules: object) -> AsyncIterator[Server]:
    settings = load_settings(
        {"IMPASTO_DATA_DIR": str(folder), "DISCORD_TOKEN": "token"},
        rules={"side_px": 64, "images_per_day": 12, **rules},
        moderators=[],
        image_processes=1,
        model_processes=1,
        discord_shard_count=1,
    )
    lay_fresh_database(settings.database_path)
    painter, judge = SquarePainter(), SlowJudge()
    stall = Stall(provider=painter, models=tuple(await painter.models()), max_concurrent=4)
    fittings = Fittings(
        catalog=lambda _: Catalog((stall,)),
        panel=lambda _: Panel([(judge, True)], policy_version="test", timeout_s=5),
    )
    async with open_house(settings, work=True, fittings=fittings) as house:
        surface = _opened(house)
        stop = asyncio.Event()
        restarted: list[asyncio.Future[None]] = []
        async with asyncio.TaskGroup() as group:
            group.create_task(house.work(stop=stop, drain_s=0))
            group.create_task(surface.attend(stop=stop))
            try:
                env = simcord.Env(surface.client)
                await env.start()
                guild = env.create_guild()
                channel = guild.create_text_channel("pictures")
                yield Server(house, surface, env, painter, judge, guild, channel, stop, restarted)
                assert_all_bodies_would_be_taken(env)
                painter.gate.set()
                judge.gate.set()
                await env.shutdown()
            finally:
                stop.set()
                painter.gate.set()
                judge.gate.set()
                await asyncio.gather(*restarted)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with open_server(tmp_path) as opened:
        yield opened


@pytest.fixture
def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 80, 40)).save(buffer, "PNG")
    return buffer.getvalue()
