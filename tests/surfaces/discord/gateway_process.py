"""One of several processes on a shared database: the whole house, connected to Discord while it holds the shards.

python -m tests.surfaces.discord.gateway_process; everything it needs stands in its environment, as for `impasto run`.
"""

from __future__ import annotations

import asyncio

from bot.cli.stopping import stop_on_signals
from bot.config import load_settings
from bot.pipeline.catalog import Catalog, Stall
from bot.surfaces.discord.gateway import Gateway
from bot.wiring.discord import open_discord_surface
from bot.wiring.fittings import Fittings
from bot.wiring.house import open_house
from moderation.panel import Panel
from tests.scenarios.painter import SquarePainter, WordJudge

LEASE_S = 2.0


async def main() -> None:
    painter = SquarePainter()
    stall = Stall(provider=painter, models=tuple(await painter.models()), max_concurrent=4)
    settings = load_settings(
        rules={"side_px": 64}, moderators=[], image_processes=1, model_processes=1
    )
    fittings = Fittings(
        catalog=lambda _: Catalog((stall,)),
        panel=lambda _: Panel([(WordJudge(), True)], policy_version="test", timeout_s=5),
    )
    stop = asyncio.Event()
    stop_on_signals(stop)
    async with open_house(settings, work=True, fittings=fittings) as house:
        surface = open_discord_surface(house, lease_s=LEASE_S)
        assert surface is not None
        async with asyncio.TaskGroup() as group:
            group.create_task(house.work(stop=stop, drain_s=0))
            group.create_task(surface.run(stop=stop))
            print("open", flush=True)


async def no_wait(self: Gateway, shard_id: int | None, *, initial: bool = False) -> None:
    """The library sleeps 5 s before it identifies again."""


if __name__ == "__main__":
    Gateway.before_identify_hook = no_wait
    asyncio.run(main())
