"""The stage on each platform, and the people on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.identity import Role
from tests.scenarios.slack_stage import open_slack_stage
from tests.scenarios.stage import Actor, Stage, open_stage


@pytest.fixture(params=["direct", "slack-socket", "slack-http"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    platform, _, transport = request.param.partition("-")
    opening = (
        open_stage(tmp_path)
        if platform == "direct"
        else open_slack_stage(tmp_path, transport=transport)
    )
    async with opening as opened:
        yield opened


@pytest.fixture
def ana(stage: Stage) -> Actor:
    return stage.actor("ana")


@pytest.fixture
def ben(stage: Stage) -> Actor:
    return stage.actor("ben")


@pytest.fixture
def ida(stage: Stage) -> Actor:
    return stage.actor("ida", Role.ADMIN)
