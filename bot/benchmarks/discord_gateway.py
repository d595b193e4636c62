"""One gateway process without local models, for its memory to be measured from outside: python -m … FOLDER API GATEWAY.

It connects, and ends when its input does.
"""

from __future__ import annotations

import asyncio
import logging
import sys

from bot.benchmarks.willing import Willing
from bot.config import load_settings
from bot.wiring.discord import open_discord_surface
from bot.wiring.fittings import Fittings
from bot.wiring.house import open_house
from bot.wiring.settle import settle
from moderation.panel import Panel

OURS = "ours"


async def run(folder: str, api_url: str, gateway_url: str) -> None:
    """Connected until the input ends; it paints nothing."""
    settings = load_settings(
        {
            "IMPASTO_DATA_DIR": folder,
            "DISCORD_TOKEN": OURS,
            "IMPASTO_DISCORD_API_URL": api_url,
            "IMPASTO_DISCORD_GATEWAY_URL": gateway_url,
        },
        moderators=[],
        rules={"images_per_day": 0},
    )
    fittings = Fittings(
        panel=lambda _: Panel([(Willing(), True)], policy_version="bench", timeout_s=5)
    )
    async with open_house(settings, work=False, fittings=fittings) as house:
        surface = open_discord_surface(house)
        if surface is None:
            raise RuntimeError("Discord was not configured")
        settle()
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(surface.run(stop=stop))
            await asyncio.to_thread(sys.stdin.readline)
            stop.set()


if __name__ == "__main__":
    logging.getLogger("discord").setLevel(logging.ERROR)
    asyncio.run(run(*sys.argv[1:4]))
