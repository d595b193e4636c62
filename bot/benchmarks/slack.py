"""`impasto bench slack`: how long the ack of `/imagine` takes, durable commit included, beside a bare Bolt listener.

Both apps are handed the very same payloads in this process, without a network between, which would hide what differs.
The floor's listener makes one bare one-row FULL commit on the same database before it acks.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.benchmarks.loop_lag import p99
from bot.benchmarks.machine import machine
from bot.benchmarks.pixel_load import pixels_busy
from bot.benchmarks.slack_floor import BareCommits, bare_app
from bot.config import load_settings
from bot.domain.identity import WorkspaceId
from bot.ports import Installation
from bot.surfaces.slack.surface import SlackSurface
from bot.wiring.house import House, open_house
from bot.wiring.slack import open_slack_surface

IN_FLIGHT = (1, 32, 256)
COMMANDS = 512
"""In each measurement, at least; a lone one at a time gets fewer."""
ALONE = 128
FLOOD = 1_000
FLOOD_S = 10.0
TEAM = "T0BENCH"
TOKEN = "xoxb-bench"  # noqa: S105 - opens nothing

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Acks:
    """Seconds until each ack, and how many were none."""

    seconds: list[float]
    failed: int

    @property
    def p50_ms(self) -> float:
        """The median, in milliseconds."""
        return median(self.seconds) * 1000

    @property
    def p99_ms(self) -> float:
        """What one in a hundred exceeds, in milliseconds."""
        return p99(self.seconds) * 1000


async def run(rounds: int = 5) -> dict[str, Any]:
    """One JSON-ready object: every round, and the worst ratio over the concurrencies, each the median of its rounds."""
    logging.getLogger("impasto").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="impasto-bench-") as folder:
        async with _opened(Path(folder)) as (house, surface):
            commits = await asyncio.to_thread(BareCommits, house.settings.database_path)
            floor = bare_app(commits)
            ours = surface.app
            try:
                await _warm(ours, floor)
                measured = [
                    line
                    for busy in (False, True)
                    for number in range(rounds)
                    for line in await _round(house, ours, floor, busy=busy, number=number)
                ]
                flood = await _flood(house, ours)
            finally:
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
            "SLACK_SIGNING_SECRET": "bench",
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


async def _warm(*apps: AsyncApp) -> None:
    for app in apps:
        await acks(app, commands=64, in_flight=8)


async def _round(
    house: House, ours: AsyncApp, floor: AsyncApp, *, busy: bool, number: int
) -> list[dict[str, float]]:
    """One line per concurrency; who goes first changes with each round."""
    lines = []
    for in_flight in IN_FLIGHT:
        commands = ALONE if in_flight == 1 else max(COMMANDS, 2 * in_flight)
        order = (ours, floor) if number % 2 == 0 else (floor, ours)
        found: dict[AsyncApp, Acks] = {}
        async with pixels_busy(house.pixels, busy=busy):
            for app in order:
                found[app] = await acks(app, commands=commands, in_flight=in_flight)
        mine, bare = found[ours], found[floor]
        lines.append(
            {
                "in_flight": float(in_flight),
                "busy": float(busy),
                "ack_p50_ms": round(mine.p50_ms, 3),
                "ack_p99_ms": round(mine.p99_ms, 3),
                "floor_p50_ms": round(bare.p50_ms, 3),
                "floor_p99_ms": round(bare.p99_ms, 3),
                "failed": float(mine.failed + bare.failed),
                "above_3_s": float(sum(one > 3.0 for one in mine.seconds)),
            }
        )
    return lines


async def acks(app: AsyncApp, *, commands: int, in_flight: int) -> Acks:
    """The acks of so many commands, `in_flight` of them at a time."""
    left = itertools.repeat(None, commands)
    seconds: list[float] = []
    failed = 0

    async def person() -> None:
        nonlocal failed
        for _ in left:
            took_s, acked = await _command(app)
            seconds.append(took_s)
            failed += not acked

    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(person())
    return Acks(seconds, failed)


async def _command(app: AsyncApp) -> tuple[float, bool]:
    number = next(_numbers)
    body = {
        "command": "/imagine",
        "text": "a red fox in fresh snow --ar 16:9 --n 4 --seed 42",
        "team_id": TEAM,
        "channel_id": "C0BENCH",
        "user_id": f"U{number}",
        "user_name": "ana",
        "trigger_id": f"{number}.bench",
        "response_url": "https://hooks.invalid/commands/1",
    }
    begun_s = time.perf_counter()
    answer = await app.async_dispatch(
        AsyncBoltRequest(
            mode="socket_mode", body=body, headers={"content-type": ["application/json"]}
        )
    )
    return time.perf_counter() - begun_s, answer.status == 200 and "Got it" in (answer.body or "")


async def _flood(house: House, app: AsyncApp) -> dict[str, float]:
    """A thousand commands in ten seconds: how many became jobs, and the slowest ack."""
    before = await _jobs(house)
    taken: list[tuple[float, bool]] = []

    async def one(at_s: float) -> None:
        await asyncio.sleep(at_s)
        taken.append(await _command(app))

    async with asyncio.TaskGroup() as group:
        for number in range(FLOOD):
            group.create_task(one(number * FLOOD_S / FLOOD))
    return {
        "flood_commands": float(FLOOD),
        "flood_lost": float(FLOOD - (await _jobs(house) - before)),
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
