"""Discord can't be reached at first: the house goes on trying, and stops when it is told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.surfaces.discord import gateway
from bot.surfaces.discord.gateway import Gateway, use_addresses
from tests.scenarios.discord_stage import without_patience
from tests.simulators.discord.limits import Limits
from tests.simulators.discord.server import running
from tests.simulators.discord.simulator import Discord

STOPPED_WITHIN_S = 4.0


@pytest.fixture
async def platform(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Discord]:
    monkeypatch.setattr(gateway, "FIRST_PAUSE_S", 0.05)
    async with running(Discord(limits=Limits(identify_window_s=0.0))) as served:
        with without_patience():
            use_addresses(api_url=served.api_url, gateway_url=served.gateway_url)
            yield served


@asynccontextmanager
async def connecting(platform: Discord) -> AsyncIterator[Gateway]:
    client, stop = Gateway(), asyncio.Event()
    staying = asyncio.ensure_future(client.stay_connected(platform.token, stop=stop))
    try:
        yield client
    finally:
        stop.set()
        async with asyncio.timeout(STOPPED_WITHIN_S):
            await staying


async def test_a_login_that_failed_is_tried_again(platform: Discord) -> None:
    platform.faults.cut("GET /users/@me", count=2)

    async with connecting(platform) as client:
        await platform.until(lambda: platform.gateway.is_connected, what="a connection")

        assert client.transport is not None
    assert client.transport is None


async def test_what_can_not_reach_the_gateway_stops_when_it_is_told_to(platform: Discord) -> None:
    platform.gateway.goes_down()

    async with connecting(platform):
        await platform.until(lambda: platform.count("GET /gateway/bot"), what="a try")

    assert not platform.gateway.is_connected
