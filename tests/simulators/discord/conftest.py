"""A furnished Discord, served, and who lives in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.simulators.discord.limits import Limits
from tests.simulators.discord.people import Person
from tests.simulators.discord.rooms import Room
from tests.simulators.discord.server import running
from tests.simulators.discord.simulator import Discord


@pytest.fixture
async def platform() -> AsyncIterator[Discord]:
    """With an IDENTIFY allowed at any time: discord.py would wait 5 s between two."""
    async with running(Discord(limits=Limits(identify_window_s=0.0))) as served:
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
