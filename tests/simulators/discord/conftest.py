"""A furnished Discord, served, and who lives in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.simulators.discord.limits import Limits
from tests.simulators.discord.people import Person
from tests.simulators.discord.raw_bot import IMAGINE, RawBot
from tests.simulators.discord.rooms import Room
from tests.simulators.discord.server import running
from tests.simulators.discord.simulator import Discord


@pytest.fixture
async def platform() -> AsyncIterator[Discord]:
    """An IDENTIFY is allowed at any time and buckets are wide, so that no test waits for a limit it is not about."""
    async with running(
        Discord(limits=Limits(identify_window_s=0.0, bucket_requests=1000))
    ) as served:
        yield served


@pytest.fixture
def ada(platform: Discord) -> Person:
    return platform.person("Ada")


@pytest.fixture
def ben(platform: Discord) -> Person:
    return platform.person("Ben")


@pytest.fixture
def art(platform: Discord) -> Room:
    return platform.room("art")


@pytest.fixture
async def bot(platform: Discord) -> AsyncIterator[RawBot]:
    """Bare HTTP, with /imagine registered."""
    platform.commands.overwrite(None, [IMAGINE])
    async with aiohttp.ClientSession() as session:
        yield RawBot(platform, session)
