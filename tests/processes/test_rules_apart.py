"""What an admin sets through one process holds with the next request in every other, without a restart."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from tests.processes.conftest import Houses, Painter, Started
from tests.simulators.slack.server import running
from tests.simulators.slack.slack import Slack

WAIT_S = 20.0


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with running(Slack()) as served:
        yield served


@pytest.fixture(params=["with Redis", "without Redis"])
def house(request: pytest.FixtureRequest, houses: Houses, slack: Slack, painter: Painter) -> Houses:
    """Where Slack sends to one gateway at a time."""
    houses.use_painter(painter(0.1))
    slack.app.socket_mode = False
    houses.environment |= {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.app.signing_secret,
        "IMPASTO_SLACK_API_URL": slack.api_url,
    }
    if request.param == "with Redis":
        houses.environment["REDIS_URL"] = request.getfixturevalue("redis_url")
    return houses


async def told(slack: Slack, gateway: Started, who: str, text: str) -> str:
    """What this gateway tells the person alone."""
    slack.app.request_url = f"{gateway.url}/slack/events"
    heard = slack.room("general").channel.ephemerals
    before = len(heard)
    delivery = await slack.person(who).types(text, slack.room("general"))
    assert delivery is not None
    assert delivery.acked
    await slack.until(lambda: len(heard) > before, within_s=WAIT_S, what=f"an answer to {text}")
    return " ".join(f"{one.text} {json.dumps(one.blocks)}" for one in heard[before:])


async def test_a_quota_set_in_one_process_holds_with_the_next_request_in_every_other(
    house: Houses, slack: Slack
) -> None:
    gateways = [await house.start("gateway"), await house.start("gateway")]
    for gateway in gateways:
        await gateway.until("/readyz", 200)
        # Both have read the rules, and keep them.
        assert "Got it" in await told(slack, gateway, "ana", "/imagine a fox")
    one, other = gateways

    await told(slack, one, "ida", "/impasto admin quota set everyone 3/day")
    last = await told(slack, other, "ana", "/imagine a third fox")
    refused = await told(slack, other, "ana", "/imagine a fourth fox")
    await told(slack, other, "ida", "/impasto admin quota set everyone 50/day")
    let_in = await told(slack, one, "ana", "/imagine a fifth fox")

    assert "Got it" in last
    assert "Your quota doesn't reach for that" in refused
    assert "Got it" in let_in
    assert [row[0] for row in house.rows("SELECT count(*) FROM job")] == [4]
