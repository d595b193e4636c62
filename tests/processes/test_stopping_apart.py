"""Each part for itself: how it stops, and what takes its readiness and never its liveness."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlalchemy import make_url

from tests.processes.conftest import (
    START_S,
    Houses,
    Painter,
    answers,
    with_discord,
    with_slack,
)
from tests.servers.proxy import wire_to
from tests.servers.redis import RedisProcess
from tests.simulators.discord.simulator import Discord
from tests.simulators.slack.slack import Slack

PARTS = ("gateway", "worker", "web", pytest.param("run", marks=pytest.mark.proof))
NOTICED_S = 5.0
BACK_S = 10.0
INTAKE_S = 1.0
STOPPED_S = 10.0


@pytest.mark.parametrize("word", PARTS)
async def test_a_lost_database_takes_readiness_and_never_liveness(
    houses: Houses, painter: Painter, word: str
) -> None:
    houses.use_painter(painter(0.1))
    url = make_url(houses.database_url)
    async with wire_to(url.port or 5432, host=url.host or "127.0.0.1") as wire:
        through = url.set(host="127.0.0.1", port=wire.port)
        part = await houses.start(word, DATABASE_URL=through.render_as_string(hide_password=False))
        await part.until("/readyz", 200)

        wire.cut()
        await part.until("/readyz", 503, within_s=NOTICED_S)
        assert await part.health("/livez") == 200

        wire.mend()
        await part.until("/readyz", 200, within_s=BACK_S)


@pytest.mark.proof
@pytest.mark.parametrize("word", PARTS)
async def test_a_lost_redis_takes_neither(
    houses: Houses, painter: Painter, mortal_redis: RedisProcess, word: str
) -> None:
    houses.use_painter(painter(0.1))
    houses.environment["REDIS_URL"] = mortal_redis.url
    part = await houses.start(word)
    await part.until("/readyz", 200)

    mortal_redis.kill()
    await part.until_said("Redis")

    assert await part.health("/readyz") == 200
    assert await part.health("/livez") == 200


async def test_a_slack_that_is_away_takes_a_gateways_readiness_and_never_its_liveness(
    houses: Houses, slack: Slack, painter: Painter
) -> None:
    houses.use_painter(painter(0.1))
    with_slack(houses, slack)
    port = make_url(slack.base_url).port
    async with wire_to(port or 80) as wire:
        houses.environment["IMPASTO_SLACK_API_URL"] = slack.api_url.replace(
            f":{port}", f":{wire.port}"
        )
        gateway, worker = await houses.start("gateway"), await houses.start("worker")
        await gateway.until("/readyz", 200)

        wire.cut()
        await slack.sockets.close_all()
        await gateway.until("/readyz", 503, within_s=NOTICED_S)
        assert await gateway.health("/livez") == 200
        assert await worker.health("/readyz") == 200

        wire.mend()
        await gateway.until("/readyz", 200, within_s=STOPPED_S)


@pytest.mark.parametrize("word", PARTS)
async def test_a_part_that_is_asked_to_stop_is_first_not_ready_and_alive_until_it_ends(
    houses: Houses, painter: Painter, word: str
) -> None:
    houses.use_painter(painter(0.1))
    part = await houses.start(word)
    await part.until("/readyz", 200)
    began = time.monotonic()

    part.terminate()
    seen = []
    while part.process.returncode is None and time.monotonic() - began < STOPPED_S:
        seen.append((await part.health("/readyz"), await part.health("/livez")))

    assert await part.process.wait() == 0
    answered = [pair for pair in seen if 0 not in pair]
    assert {alive for _, alive in answered} <= {200}
    if word != "run":
        assert (503, 200) in answered, "whoever sends it requests sees it before it closes"
    ready = [ready for ready, _ in answered]
    assert ready == sorted(ready), "never ready again"


async def test_a_gateway_on_a_socket_takes_nothing_more_once_it_is_stopped(
    houses: Houses, slack: Slack, painter: Painter
) -> None:
    houses.use_painter(painter(0.1))
    with_slack(houses, slack)
    gateway = await houses.start("gateway")
    await gateway.until("/readyz", 200)

    gateway.terminate()
    began = time.monotonic()
    await gateway.until("/readyz", 503, within_s=INTAKE_S)
    await slack.until(lambda: not slack.sockets.live(), within_s=INTAKE_S, what="no socket")
    delivery = await slack.person("ana").types("/imagine a red fox", slack.room("general"))

    assert time.monotonic() - began < INTAKE_S + 3
    assert delivery is None or not delivery.acked
    async with asyncio.timeout(STOPPED_S):
        assert await gateway.process.wait() == 0
    assert houses.rows("SELECT id FROM job") == []


async def test_a_gateway_on_discord_takes_nothing_more_once_it_is_stopped(
    houses: Houses, platform: Discord, painter: Painter
) -> None:
    houses.use_painter(painter(0.1))
    with_discord(houses, platform)
    gateway = await houses.start("gateway")
    await platform.until(lambda: platform.gateway.is_connected, what="it", within_s=START_S)
    await gateway.until("/readyz", 200)

    gateway.terminate()
    await gateway.until("/readyz", 503, within_s=INTAKE_S)
    await platform.until(
        lambda: not platform.gateway.is_connected, what="no connection", within_s=INTAKE_S
    )

    async with asyncio.timeout(STOPPED_S):
        assert await gateway.process.wait() == 0


@pytest.mark.proof
async def test_what_a_stopping_gateway_does_not_take_another_takes(
    houses: Houses, slack: Slack, painter: Painter
) -> None:
    houses.use_painter(painter(0.1))
    with_slack(houses, slack)
    first, _second, _worker = [await houses.start(w) for w in ("gateway", "gateway", "worker")]
    await slack.sockets.connected(2)

    first.terminate()
    await first.until("/readyz", 503, within_s=INTAKE_S)
    delivery = await slack.person("ana").types("/imagine a red fox", slack.room("general"))

    assert delivery is not None
    assert delivery.acked
    await slack.until(lambda: answers(slack) == 1, within_s=30, what="the picture")
    assert len(houses.rows("SELECT id FROM job")) == 1


async def test_a_web_that_stops_takes_nothing_more_and_still_shows(
    houses: Houses, painter: Painter
) -> None:
    houses.use_painter(painter(0.1))
    web = await houses.start("web")
    await web.until("/readyz", 200)

    web.terminate()
    began = time.monotonic()
    await web.until("/readyz", 503, within_s=INTAKE_S)
    refused = await web.http.post(f"{web.url}/webhooks/nobody", content=b"{}")
    took_s = time.monotonic() - began

    assert took_s < INTAKE_S
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "2"
    assert await web.process.wait() == 0
