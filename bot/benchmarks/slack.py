"""`impasto bench slack`: how long the ack of `/imagine` takes, durable commit included, beside a bare Bolt listener.

Both are sent the same signed commands over loopback HTTP. The floor is Bolt with its own adapter for Starlette, whose
listener makes one bare one-row FULL commit on the same database before it acks.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp

from bot.benchmarks.machine import machine
from bot.benchmarks.pixel_load import pixels_busy
from bot.benchmarks.slack_floor import BareCommits, bare_routes
from bot.benchmarks.slack_wire import SIGNING_SECRET, TEAM, Acks, acks, command, served
from bot.config import load_settings
from bot.domain.identity import WorkspaceId
from bot.ports import Installation
from bot.surfaces.slack.surface import SlackSurface
from bot.wiring.house import House, open_house
from bot.wiring.settle import settle
from bot.wiring.slack import open_slack_surface

IN_FLIGHT = (1, 32, 256)
TURNS = 8
ALONE = 24
"""Commands in a turn, one at a time."""
EACH = 2
"""Commands of each of several people in a turn."""
ACK_S = 3.0
"""Slack waits no longer for an ack."""
FLOOD = 1_000
FLOOD_S = 10.0
TOKEN = "xoxb-bench"  # noqa: S105 - opens nothing


async def run(rounds: int = 5) -> dict[str, Any]:
    """One JSON-ready object: every round, and the worst ratio over the concurrencies, each the median of its rounds."""
    logging.getLogger("impasto").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="impasto-bench-") as folder:
        async with _opened(Path(folder)) as (house, surface):
            commits = await asyncio.to_thread(BareCommits, house.settings.database_path)
            async with (
                served(list(surface.routes)) as ours,
                served(bare_routes(commits)) as floor,
                aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client,
            ):
                lab = _Lab(house, client, ours, floor)
                await lab.warm()
                settle()
                measured = [
                    line
                    for busy in (False, True)
                    for number in range(rounds)
                    for line in await lab.round(busy=busy, number=number)
                ]
                flood = await lab.flood()
            await asyncio.to_thread(commits.close)
    return {
        "bench": "slack",
        "machine": machine(),
        "rounds": [*measured, flood],
        "ratios": {
            "ack_p50": _worst(measured, "p50", busy=0.0),
            "ack_p99": _worst(measured, "p99", busy=0.0),
            "ack_p50_busy": _worst(measured, "p50", busy=1.0),
            "ack_p99_busy": _worst(measured, "p99", busy=1.0),
        },
    }


@asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[tuple[House, SlackSurface]]:
    """A house that submits and paints nothing: what is measured is the ack."""
    settings = load_settings(
        {
            "IMPASTO_DATA_DIR": str(folder),
            "SLACK_CLIENT_ID": "bench",
            "SLACK_CLIENT_SECRET": "bench",
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "IMPASTO_SLACK_MODE": "http",
            "IMPASTO_SLACK_API_URL": "http://127.0.0.1:9/api/",
            "IMPASTO_PUBLIC_URL": "https://bench.invalid",
        },
        moderators=[],
    )
    async with open_house(settings, work=True) as house, AsyncExitStack() as stack:
        surface = await open_slack_surface(house, stack=stack)
        if surface is None:
            raise RuntimeError("Slack was not configured")
        surface.tenants.own = Installation(
            workspace=WorkspaceId(f"slack:{TEAM}"), token=TOKEN, bot_user="UBOT"
        )
        yield house, surface


@dataclass(frozen=True, slots=True)
class _Lab:
    house: House
    client: aiohttp.ClientSession
    ours: str
    floor: str

    async def warm(self) -> None:
        """Opens connections and fills caches."""
        for url in (self.ours, self.floor):
            await acks(self.client, url, commands=max(IN_FLIGHT), in_flight=max(IN_FLIGHT))

    async def round(self, *, busy: bool, number: int) -> list[dict[str, float]]:
        """One line per concurrency; who goes first changes with each round."""
        lines = []
        order = (self.ours, self.floor) if number % 2 == 0 else (self.floor, self.ours)
        async with pixels_busy(self.house.pixels, busy=busy):
            for in_flight in IN_FLIGHT:
                mine, bare = Acks([], 0), Acks([], 0)
                for _ in range(TURNS):
                    # In turns, so that a slow moment of the disk falls on both.
                    for url in order:
                        found = mine if url == self.ours else bare
                        found.add(await self._turn(url, in_flight))
                lines.append(
                    {
                        "in_flight": float(in_flight),
                        "busy": float(busy),
                        "ack_p50_ms": round(mine.p50_ms, 3),
                        "ack_p99_ms": round(mine.p99_ms, 3),
                        "floor_p50_ms": round(bare.p50_ms, 3),
                        "floor_p99_ms": round(bare.p99_ms, 3),
                        "failed": float(mine.failed + bare.failed),
                        "above_3_s": float(sum(one > ACK_S for one in mine.seconds)),
                    }
                )
        return lines

    async def _turn(self, url: str, in_flight: int) -> Acks:
        commands = ALONE if in_flight == 1 else in_flight * EACH
        return await acks(self.client, url, commands=commands, in_flight=in_flight)

    async def flood(self) -> dict[str, float]:
        """A thousand commands in ten seconds: how many became jobs, and the slowest ack."""
        before = await _jobs(self.house)
        taken: list[tuple[float, bool]] = []

        async def one(at_s: float) -> None:
            await asyncio.sleep(at_s)
            taken.append(await command(self.client, self.ours))

        async with asyncio.TaskGroup() as group:
            for number in range(FLOOD):
                group.create_task(one(number * FLOOD_S / FLOOD))
        return {
            "flood_commands": float(FLOOD),
            "flood_lost": float(FLOOD - (await _jobs(self.house) - before)),
            "flood_unacked": float(sum(not acked for _, acked in taken)),
            "flood_slowest_ms": round(max(took_s for took_s, _ in taken) * 1000, 1),
        }


async def _jobs(house: House) -> int:
    return await asyncio.to_thread(_count_jobs, house.settings.database_path)


def _count_jobs(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM job").fetchone()
    return int(count)


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
