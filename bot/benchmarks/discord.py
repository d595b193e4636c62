"""`impasto bench discord`: how long the ack of `/imagine` takes beside the fastest bare discord.py handler.

Both bots get the same commands over one gateway of ours on loopback. The floor makes one bare one-row FULL commit on the
same database and defers. Ours asks the judges, commits the job and shows it in line: what is measured is all that
settles who may see the answer, but for the judges' own time.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from bot.benchmarks import discord_gateway
from bot.benchmarks.discord_floor import BareBot
from bot.benchmarks.discord_wire import Wire, wire
from bot.benchmarks.machine import machine
from bot.benchmarks.pixel_load import pixels_busy
from bot.benchmarks.slack_floor import BareCommits
from bot.benchmarks.slack_wire import Acks
from bot.benchmarks.willing import Willing
from bot.config import load_settings
from bot.wiring.discord import open_discord_surface
from bot.wiring.fittings import Fittings
from bot.wiring.house import House, open_house
from bot.wiring.settle import settle
from moderation.panel import Panel

IN_FLIGHT = (1, 16, 64, 256)
TURNS = 4
ALONE = 24
COMPLETIONS = 200
EACH = 2
"""Commands of each of several people in a turn."""
GUILDS = 2_500
"""Of the gateway process whose memory is measured: what one shard holds at most."""
CONNECTED_WITHIN_S = 60.0
IDLE_AFTER_S = 2.0
OURS, FLOOR = discord_gateway.OURS, "floor"


async def run(rounds: int = 5) -> dict[str, Any]:
    """One JSON-ready object: every round, and the worst ratio over the concurrencies, each the median of its rounds."""
    logging.getLogger("impasto").setLevel(logging.ERROR)
    logging.getLogger("discord").setLevel(logging.ERROR)
    async with _opened() as lab:
        await lab.warm()
        settle()
        measured = [
            line
            for busy in (False, True)
            for number in range(rounds)
            for line in await lab.round(busy=busy, number=number)
        ]
        completions = [await lab.completions(busy=busy) for busy in (False, True)]
    memory = await _memory()
    return {
        "bench": "discord",
        "machine": machine(),
        "rounds": [*measured, *completions, memory],
        "ratios": {
            "ack_p50": _worst(measured, "p50", busy=0.0),
            "ack_p99": _worst(measured, "p99", busy=0.0),
            "ack_p50_busy": _worst(measured, "p50", busy=1.0),
            "ack_p99_busy": _worst(measured, "p99", busy=1.0),
        },
    }


@dataclass(frozen=True, slots=True)
class _Lab:
    house: House
    wire: Wire

    async def warm(self) -> None:
        """Opens connections and fills caches."""
        for token in (OURS, FLOOR):
            await self._turn(token, max(IN_FLIGHT))

    async def round(self, *, busy: bool, number: int) -> list[dict[str, float]]:
        """One line per concurrency; who goes first changes with each round."""
        lines = []
        order = (OURS, FLOOR) if number % 2 == 0 else (FLOOR, OURS)
        async with pixels_busy(self.house.pixels, busy=busy):
            for in_flight in IN_FLIGHT:
                taken = {OURS: Acks([], 0), FLOOR: Acks([], 0)}
                for _ in range(TURNS):
                    # In turns, so that a slow moment of the disk falls on both.
                    for token in order:
                        taken[token].add(await self._turn(token, in_flight))
                mine, bare = taken[OURS], taken[FLOOR]
                lines.append(
                    {
                        "in_flight": float(in_flight),
                        "busy": float(busy),
                        "ack_p50_ms": round(mine.p50_ms, 3),
                        "ack_p99_ms": round(mine.p99_ms, 3),
                        "floor_p50_ms": round(bare.p50_ms, 3),
                        "floor_p99_ms": round(bare.p99_ms, 3),
                        "failed": float(mine.failed + bare.failed),
                    }
                )
        return lines

    async def completions(self, *, busy: bool) -> dict[str, float]:
        """How long choices take while somebody types, one after another; there is no floor beside it."""
        async with pixels_busy(self.house.pixels, busy=busy):
            taken = [await self.wire.completion(OURS) for _ in range(COMPLETIONS)]
        acks = Acks([one for one in taken if one is not None], taken.count(None))
        return {
            "busy": float(busy),
            "completion_p50_ms": round(acks.p50_ms, 3),
            "completion_p99_ms": round(acks.p99_ms, 3),
            "failed": float(acks.failed),
        }

    async def _turn(self, token: str, in_flight: int) -> Acks:
        left = ALONE if in_flight == 1 else in_flight * EACH
        acks = Acks([], 0)

        async def one_after_another() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                took_s = await self.wire.command(token)
                if took_s is None:
                    acks.failed += 1
                else:
                    acks.seconds.append(took_s)

        async with asyncio.TaskGroup() as group:
            for _ in range(in_flight):
                group.create_task(one_after_another())
        return acks


@asynccontextmanager
async def _opened() -> AsyncIterator[_Lab]:
    with tempfile.TemporaryDirectory(prefix="impasto-bench-") as folder:
        async with (
            wire() as platform,
            _house(Path(folder), platform, OURS) as house,
        ):
            commits = await asyncio.to_thread(BareCommits, house.settings.database_path)
            bare = BareBot(commits)
            async with asyncio.TaskGroup() as group:
                floor = group.create_task(bare.start(FLOOR))
                await platform.connected(FLOOR)
                yield _Lab(house, platform)
                await bare.close()
                floor.cancel()
            await asyncio.to_thread(commits.close)


@asynccontextmanager
async def _house(folder: Path, platform: Wire, token: str) -> AsyncIterator[House]:
    """Connected; it submits and paints nothing: what is measured is the ack."""
    settings = load_settings(
        {
            "IMPASTO_DATA_DIR": str(folder),
            "DISCORD_TOKEN": token,
            "IMPASTO_DISCORD_API_URL": platform.api_url,
            "IMPASTO_DISCORD_GATEWAY_URL": platform.gateway_url,
        },
        moderators=[],
        rules={"images_per_day": 0, "jobs_queued": 10_000},
    )
    fittings = Fittings(
        panel=lambda _: Panel([(Willing(), True)], policy_version="bench", timeout_s=5),
    )
    async with open_house(settings, work=True, fittings=fittings) as house:
        surface = open_discord_surface(house)
        if surface is None:
            raise RuntimeError("Discord was not configured")
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(surface.run(stop=stop))
            await platform.connected(token)
            yield house
            stop.set()


async def _memory() -> dict[str, float]:
    """Resident memory of a gateway process of its own, idle with all guilds of a full shard, and with one."""
    full = await _resident_mb(GUILDS)
    return {
        "guilds": float(GUILDS),
        "resident_mb": full,
        "with_one_guild_mb": await _resident_mb(1),
    }


async def _resident_mb(guilds: int) -> float:
    """Of one process that has connected, answered a command and fallen idle."""
    with tempfile.TemporaryDirectory(prefix="impasto-bench-") as folder:
        async with wire(guilds=guilds) as platform:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", discord_gateway.__name__),
                *(folder, platform.api_url, platform.gateway_url),
                stdin=asyncio.subprocess.PIPE,
            )
            try:
                async with asyncio.timeout(CONNECTED_WITHIN_S):
                    await platform.connected(OURS)
                    if await platform.command(OURS) is None:
                        raise RuntimeError("the gateway process answered nothing")
                await asyncio.sleep(IDLE_AFTER_S)
                return round(int(psutil.Process(process.pid).memory_info().rss) / 1e6, 1)
            finally:
                await process.communicate(b"\n")


def _worst(measured: list[dict[str, float]], which: str, *, busy: float) -> float:
    """The worst over the concurrencies of the median ratio to the floor."""
    return round(
        max(
            median(
                line[f"ack_{which}_ms"] / line[f"floor_{which}_ms"]
                for line in measured
                if line["in_flight"] == in_flight and line["busy"] == busy
            )
            for in_flight in IN_FLIGHT
        ),
        3,
    )
