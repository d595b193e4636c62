"""A simulated Slack, the official clients pointed at it, and a bare Bolt app behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.simulators.slack.people import Person
from tests.simulators.slack.rooms import Room
from tests.simulators.slack.server import running
from tests.simulators.slack.slack import Slack


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with running(Slack()) as served:
        yield served


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def client(slack: Slack, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)


@pytest.fixture
def ana(slack: Slack) -> Person:
    return slack.person("ana")


@pytest.fixture
def ben(slack: Slack) -> Person:
    return slack.person("ben")


@pytest.fixture
def general(slack: Slack) -> Room:
    return slack.room("general")
