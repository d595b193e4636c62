"""The stage on each platform, and the people on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.domain.identity import Role
from tests.scenarios.discord_stage import open_discord_stage
from tests.scenarios.slack_stage import open_slack_stage
from tests.scenarios.stage import Actor, Stage, open_stage


@pytest.fixture(params=["direct", "slack-socket", "slack-http", "discord"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    platform, _, transport = request.param.partition("-")
    async with _opening(platform, transport, tmp_path) as opened:
        yield opened


def _opening(platform: str, transport: str, folder: Path) -> AbstractAsyncContextManager[Stage]:
    match platform:
        case "slack":
            return open_slack_stage(folder, transport=transport)
        case "discord":
            return open_discord_stage(folder)
        case _:
            return open_stage(folder)


@pytest.fixture
def ana(stage: Stage) -> Actor:
    return stage.actor("ana")


@pytest.fixture
def ben(stage: Stage) -> Actor:
    return stage.actor("ben")


@pytest.fixture
def ida(stage: Stage) -> Actor:
    return stage.actor("ida", Role.ADMIN)
