"""Discord with a gateway and workers apart: the workers post, and only the gateway is connected."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.processes.conftest import Houses, Painter
from tests.simulators.discord.limits import Limits
from tests.simulators.discord.server import running
from tests.simulators.discord.simulator import Discord
from tests.surfaces.discord.wire import assert_well_behaved

START_S = 40.0


@pytest.fixture
async def platform() -> AsyncIterator[Discord]:
    limits = Limits(identify_window_s=0.0, bucket_requests=1000)
    async with running(Discord(limits=limits)) as served:
        yield served
        assert_well_behaved(served)


async def painted(platform: Discord, prompt: str) -> None:
    told = await platform.person("Ada").runs("/imagine", platform.room("art"), prompt=prompt)
    assert told.outcome == "answered"
    original = told.original
    assert original is not None
    await platform.until(lambda: original.pictures, what="pictures", within_s=START_S)


async def test_a_worker_answers_through_rest_alone(
    houses: Houses, platform: Discord, painter: Painter
) -> None:
    houses.use_painter(painter(0.1))
    houses.environment |= {
        "DISCORD_TOKEN": platform.token,
        "IMPASTO_DISCORD_API_URL": platform.api_url,
        "IMPASTO_DISCORD_GATEWAY_URL": platform.gateway_url,
    }
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
