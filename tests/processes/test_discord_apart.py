"""Discord with a gateway and workers apart: the workers post, and only the gateway is connected."""

from __future__ import annotations

from tests.processes.conftest import START_S, Houses, Painter, painted, with_discord
from tests.simulators.discord.simulator import Discord


async def test_a_worker_answers_through_rest_alone(
    houses: Houses, platform: Discord, painter: Painter
) -> None:
    houses.use_painter(painter(0.1))
    with_discord(houses, platform)
    worker = await houses.start("worker")
    gateway = await houses.start("gateway")
    await platform.until(lambda: platform.gateway.is_connected, what="it", within_s=START_S)

    await painted(platform, "a red fox")

    worker.process.kill()
    await houses.start("worker")
    await painted(platform, "a blue fox")
    assert len(platform.gateway.identifies) == 1
    assert len(platform.room("art").messages()) == 2
    assert await gateway.health("/readyz") == 200
