"""`impasto gateway`, `worker` and `web` as an operator starts them: in any order, stopped kindly, refused with the cure."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.config import Settings
from tests.processes.conftest import Houses, Painter, answers, stopped, with_slack
from tests.servers.redis import RedisProcess
from tests.simulators.slack.slack import Slack

RINGING = """
[[providers]]
name = "ringing"
kind = "replicate"
base_url = "http://127.0.0.1:9/v1"
api_key_env = "RINGING_KEY"
"""
STOPPED_S = 10.0
DRAIN_S = 30.0


@pytest.mark.parametrize("word", ["gateway", "worker", "web"])
def test_a_part_without_the_shared_database_is_refused_with_the_cure(word, tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)

    result = CliRunner().invoke(app, [word, "--data-dir", str(tmp_path), "--port", "0"])

    assert result.exit_code != 0
    assert "DATABASE_URL" in result.stderr
    assert "impasto run" in result.stderr


async def test_parts_start_in_any_order_and_answer_together(
    houses: Houses, slack: Slack, painter: Painter, redis_url: str
) -> None:
    houses.use_painter(painter(0.1))
    houses.environment["REDIS_URL"] = redis_url
    with_slack(houses, slack)
    parts = [await houses.start(word) for word in ("web", "worker", "gateway", "worker")]
    for part in parts:
        assert await part.health("/livez") == 200
        await part.until("/readyz", 200)

    delivery = await slack.person("ana").types("/imagine a red fox", slack.room("general"))
    assert delivery is not None
    assert delivery.acked
    await slack.until(lambda: answers(slack) == 1, within_s=30, what="the picture")

    owners = houses.rows("SELECT part, count(*) FROM process GROUP BY part")
    assert dict(owners) == {"web": 1, "worker": 2, "gateway": 1}
    assert not slack.violations, slack.violations


async def test_a_worker_goes_on_with_what_a_dead_gateway_took(
    houses: Houses, slack: Slack, painter: Painter
) -> None:
    houses.use_painter(painter(0.1))
    with_slack(houses, slack)
    gateway = await houses.start("gateway")
    await gateway.until("/readyz", 200)
    delivery = await slack.person("ana").types("/imagine a red fox", slack.room("general"))
    assert delivery is not None
    assert delivery.acked
    gateway.process.kill()

    await houses.start("worker")

    await slack.until(lambda: answers(slack) == 1, within_s=50, what="the picture")


async def test_sigterm_first_takes_readiness_then_finishes_what_runs(
    houses: Houses, slack: Slack, painter: Painter
) -> None:
    houses.use_painter(painter(3.0))
    with_slack(houses, slack)
    gateway, worker = await houses.start("gateway"), await houses.start("worker")
    await gateway.until("/readyz", 200)
    await slack.person("ana").types("/imagine a red fox", slack.room("general"))
    await houses.until_rows("SELECT state FROM job", ["running"])

    worker.terminate()
    await worker.until("/readyz", 503, within_s=1.0)
    assert await worker.health("/livez") == 200
    await slack.person("ben").types("/imagine a blue fox", slack.room("general"))
    async with asyncio.timeout(STOPPED_S):
        assert await worker.process.wait() == 0

    assert [row[0] for row in houses.rows("SELECT state FROM job ORDER BY id")] == [
        "delivered",
        "ready",
    ]
    assert answers(slack) == 1


@pytest.mark.proof
@pytest.mark.timeout(180)
async def test_a_worker_killed_in_the_middle_leaves_one_answer_in_slack(
    houses: Houses, slack: Slack, painter: Painter
) -> None:
    houses.use_painter(painter(3.0))
    with_slack(houses, slack)
    gateway = await houses.start("gateway")
    workers = [await houses.start("worker") for _ in range(2)]
    await gateway.until("/readyz", 200)
    await slack.person("ana").types("/imagine a red fox", slack.room("general"))
    await houses.until_rows("SELECT state FROM job", ["running"])
    ((owner,),) = houses.rows("SELECT owner FROM job")
    (victim,) = [one for one in workers if f"-{one.process.pid}-" in owner]

    victim.process.kill()

    await houses.until_rows(
        "SELECT count(*) FROM outbox WHERE final AND state = 'posted'", [1], within_s=120
    )
    # What may have been billed is told to the asker alone.
    told = [
        one for one in slack.room("general").channel.ephemerals if not one.text.startswith("Got it")
    ]
    assert len(finals(slack)) + len(told) == 1


def finals(slack: Slack) -> list[str]:
    """The nonces of the final answers that stand in Slack."""
    nonces = [
        str((message.metadata or {}).get("event_payload", {}).get("nonce", ""))
        for message in slack.workspace.all_messages()
    ]
    return [nonce for nonce in nonces if nonce.endswith("-final")]


@pytest.mark.proof
async def test_what_is_not_done_after_the_drain_is_handed_back(
    houses: Houses, slack: Slack, painter: Painter
) -> None:
    houses.use_painter(painter(3600.0))
    with_slack(houses, slack)
    gateway, worker = await houses.start("gateway"), await houses.start("worker")
    await gateway.until("/readyz", 200)
    await slack.person("ana").types("/imagine a red fox", slack.room("general"))
    await houses.until_rows("SELECT state FROM job", ["running"])
    began = time.monotonic()

    worker.terminate()
    assert await worker.process.wait() == 0

    assert DRAIN_S <= time.monotonic() - began < DRAIN_S + 5
    assert [row[0] for row in houses.rows("SELECT state FROM job")] == ["ready"]


async def test_a_gateway_that_stops_takes_nothing_more_in(
    houses: Houses, slack: Slack, painter: Painter
) -> None:
    houses.use_painter(painter(0.1))
    with_slack(houses, slack, mode="http")
    gateway = await houses.start("gateway")
    slack.app.request_url = f"{gateway.url}/slack/events"
    await gateway.until("/readyz", 200)

    gateway.terminate()
    await gateway.until("/readyz", 503, within_s=1.0)
    answer = await gateway.http.post(f"{gateway.url}/slack/events", content=b"")

    assert answer.status_code == 503
    assert await gateway.process.wait() == 0


async def test_while_it_drains_everybody_who_sends_is_told_to_send_it_again(
    houses: Houses, slack: Slack, painter: Painter
) -> None:
    houses.use_painter(painter(3.0))
    config = houses.folder / "impasto.toml"
    config.write_text(config.read_text() + RINGING)
    houses.environment["RINGING_KEY"] = "r8_test"
    with_slack(houses, slack, mode="http")
    house = await houses.start("run")
    slack.app.request_url = f"{house.url}/slack/events"
    await house.until("/readyz", 200)
    rung = await house.http.post(f"{house.url}/webhooks/ringing", content=b"{}")
    await slack.person("ana").types("/imagine a red fox", slack.room("general"))
    await houses.until_rows("SELECT state FROM job", ["running"])

    house.terminate()
    began = time.monotonic()
    await house.until("/readyz", 503, within_s=1.0)
    delivery = await slack.person("ben").types("/imagine a blue fox", slack.room("general"))
    refused = [
        await house.http.post(f"{house.url}{path}", content=b"{}")
        for path in ("/slack/events", "/webhooks/ringing", "/webhooks/nobody", "/api/say")
    ]
    took_s = time.monotonic() - began
    alive = await house.health("/livez")

    assert rung.status_code == 401, "before, it asks who rings"
    assert took_s < 1.0
    assert delivery is not None
    assert not delivery.acked
    assert [answer.status_code for answer in refused] == [503] * 4
    assert {answer.headers["retry-after"] for answer in refused} == {"2"}
    assert {answer.headers["connection"] for answer in refused} == {"close"}
    assert {answer.headers.get("x-slack-no-retry") for answer in refused} == {None}
    assert all("send it again" in answer.json()["error"] for answer in refused)
    assert alive == 200
    assert await house.process.wait() == 0
    assert [row[0] for row in houses.rows("SELECT state FROM job")] == ["delivered"]


async def test_a_lost_redis_takes_nothing(
    houses: Houses, slack: Slack, painter: Painter, mortal_redis: RedisProcess
) -> None:
    houses.use_painter(painter(0.1))
    with_slack(houses, slack)
    houses.environment["REDIS_URL"] = mortal_redis.url
    gateway, worker = await houses.start("gateway"), await houses.start("worker")
    await gateway.until("/readyz", 200)

    mortal_redis.kill()
    delivery = await slack.person("ana").types("/imagine a red fox", slack.room("general"))

    assert delivery is not None
    assert delivery.acked
    await slack.until(lambda: answers(slack) == 1, within_s=30, what="the picture")
    assert await worker.health("/readyz") == 200


async def test_a_part_with_another_folder_than_the_others_is_refused_with_the_cure(
    houses: Houses, painter: Painter, tmp_path: Path
) -> None:
    houses.use_painter(painter(0.1))
    first = await houses.start("worker")
    elsewhere = str(tmp_path / "elsewhere")

    why = await houses.refused("web", IMPASTO_DATA_DIR=elsewhere)

    assert "share one folder" in why
    assert "IMPASTO_DATA_DIR" in why
    # The folder may be moved while nobody is there.
    assert await stopped(first) == 0
    moved = await houses.start("web", IMPASTO_DATA_DIR=elsewhere)
    assert await moved.health("/livez") == 200


@contextmanager
def taken(port: int) -> Iterator[int]:
    """Somebody listens there: we, or who was there before."""
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError:
        yield port
        return
    with listening:
        yield listening.getsockname()[1]


@pytest.fixture
def taken_port() -> Iterator[int]:
    with taken(0) as port:
        yield port


@pytest.mark.parametrize("word", ["gateway", "worker", "web"])
@pytest.mark.parametrize("how", ["option", "environment", "file"])
def test_a_port_that_was_chosen_and_is_taken_is_refused_with_the_cure(
    word: str, how: str, taken_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/nobody")
    options = [word, "--data-dir", str(tmp_path)]
    if how == "option":
        options += ["--port", str(taken_port)]
    elif how == "environment":
        monkeypatch.setenv("IMPASTO_HTTP_PORT", str(taken_port))
    else:
        (tmp_path / "impasto.toml").write_text(f"http_port = {taken_port}\n")
        monkeypatch.setenv("IMPASTO_CONFIG", str(tmp_path / "impasto.toml"))

    result = CliRunner().invoke(app, options)

    assert result.exit_code != 0
    assert f"Port {taken_port}" in result.stderr
    assert "IMPASTO_HTTP_PORT" in result.stderr


async def test_two_workers_with_no_port_chosen_live_on_one_machine_and_the_second_says_where(
    houses: Houses, painter: Painter
) -> None:
    houses.use_painter(painter(0.1))
    default = Settings().http_port
    with taken(default):
        worker = await houses.start("worker", port=None)

        assert httpx.URL(worker.url).port != default
        (line,) = [json.loads(one) for one in worker.said if "is in use" in one]
        assert line["level"] == "warning"
        assert str(default) in line["event"]
        assert str(httpx.URL(worker.url).port) in line["event"]
        assert await stopped(worker) == 0


async def test_a_gateway_that_slack_sends_to_never_moves_to_another_port(
    houses: Houses, slack: Slack, painter: Painter
) -> None:
    houses.use_painter(painter(0.1))
    with_slack(houses, slack, mode="http")

    with taken(Settings().http_port):
        why = await houses.refused("gateway", port=None)

    assert "is in use by another" in why
