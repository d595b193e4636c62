"""The stage on each platform, and the people on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.domain.identity import Role
from tests.scenarios.discord_stage import open_discord_stage
from tests.scenarios.slack_stage import SlackStage, open_slack_stage
from tests.scenarios.stage import Actor, Stage, open_stage

SLACK = ("slack-socket", "slack-http")


@pytest.fixture
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
def slack_stage(stage: Stage) -> SlackStage:
    """The stage where the subject is Slack itself."""
    assert isinstance(stage, SlackStage)
    return stage


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every scenario plays on every platform; those about Slack itself on its two transports."""
    if "stage" in metafunc.fixturenames:
        only_slack = "slack_stage" in metafunc.fixturenames
        platforms = SLACK if only_slack else ("direct", *SLACK, "discord")
        metafunc.parametrize("stage", platforms, indirect=True)


@pytest.fixture
def ana(stage: Stage) -> Actor:
    return stage.actor("ana")


@pytest.fixture
def ben(stage: Stage) -> Actor:
    return stage.actor("ben")


@pytest.fixture
def ida(stage: Stage) -> Actor:
    return stage.actor("ida", Role.ADMIN)
