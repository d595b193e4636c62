"""An operator brings a house from one release to the next, and parts are started before there are tables."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.pipeline.loop import pause
from bot.store.locking import key_of
from bot.store.migrate import newest_version
from bot.store.postgres_connection import connect, conninfo
from bot.store.postgres_upgrade import UPGRADES
from tests.crash.releases import PREVIOUS, unpack
from tests.processes.conftest import (
    START_S,
    Houses,
    Painter,
    Started,
    answers,
    painted,
    stopped,
    with_discord,
    with_slack,
)
from tests.simulators.discord.simulator import Discord
from tests.simulators.providers.serving import ROOT
from tests.simulators.slack.slack import Slack

PARTS = ("worker", "gateway", "web")
PICTURE_S = 40.0


@pytest.fixture(scope="session")
def earlier_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of the release before."""
    return unpack(PREVIOUS, tmp_path_factory.mktemp("release"))


async def asks(slack: Slack, who: str) -> None:
    """Somebody asks for a picture and gets it."""
    before = answers(slack)
    delivery = await slack.person(who).types(f"/imagine a fox for {who}", slack.room("general"))
    assert delivery is not None
    assert delivery.acked
    await slack.until(lambda: answers(slack) == before + 1, within_s=PICTURE_S, what="a picture")


async def upgraded(houses: Houses) -> str:
    """What this release's `impasto db upgrade` says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "db", "upgrade"),
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DATABASE_URL": houses.database_url,
            "IMPASTO_DATA_DIR": str(houses.folder / "data"),
        },
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(START_S):
        said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode()


@pytest.mark.proof
@pytest.mark.timeout(240)
async def test_a_house_goes_from_one_release_to_the_next_without_a_pause(
    bare_houses: Houses, slack: Slack, painter: Painter, redis_url: str, earlier_root: Path
) -> None:
    bare_houses.use_painter(painter(0.3))
    bare_houses.environment["REDIS_URL"] = redis_url
    with_slack(bare_houses, slack)
    earlier = replace(bare_houses, root=earlier_root)
    old = {word: await earlier.start(word) for word in PARTS}
    await old["gateway"].until("/readyz", 200)
    await asks(slack, "ana")

    assert newest_version() in await upgraded(bare_houses)
    await asks(slack, "ben")
    assert [await part.health("/readyz") for part in old.values()] == [200] * 3
    assert "newer release" in await earlier.refused("worker")

    new = {word: await bare_houses.start(word) for word in PARTS}
    await new["gateway"].until("/readyz", 200)
    await asks(slack, "ana")
    for word, part in old.items():
        assert await stopped(part) == 0
        await asks(slack, "ben" if word == "worker" else "ana")

    assert [await part.health("/readyz") for part in new.values()] == [200] * 3
    assert {row[0] for row in bare_houses.rows("SELECT state FROM job")} == {"delivered"}
    assert not slack.violations, slack.violations


@pytest.mark.proof
@pytest.mark.timeout(240)
async def test_discord_goes_over_to_the_next_releases_gateway_when_the_old_one_stops(
    bare_houses: Houses, platform: Discord, painter: Painter, earlier_root: Path
) -> None:
    bare_houses.use_painter(painter(0.3))
    with_discord(bare_houses, platform)
    earlier = replace(bare_houses, root=earlier_root)
    old = [await earlier.start(word) for word in ("worker", "gateway")]
    await platform.until(lambda: platform.gateway.is_connected, what="it", within_s=START_S)
    await painted(platform, "a red fox")

    await upgraded(bare_houses)
    new = [await bare_houses.start(word) for word in ("worker", "gateway")]
    await painted(platform, "a blue fox")
    assert len(platform.gateway.identifies) == 1, "the new one stands by"
    for part in old:
        assert await stopped(part) == 0
    await platform.until(
        lambda: len(platform.gateway.identifies) == 2 and platform.gateway.is_connected,
        what="the new one",
        within_s=START_S,
    )
    await painted(platform, "a green fox")

    assert [await part.health("/readyz") for part in new] == [200] * 2
    assert len(platform.room("art").messages()) == 3


async def test_parts_that_start_at_once_before_there_are_tables_are_soon_at_work(
    bare_houses: Houses, slack: Slack, painter: Painter
) -> None:
    bare_houses.use_painter(painter(0.1))
    with_slack(bare_houses, slack)

    parts = await asyncio.gather(
        *(bare_houses.start(word) for word in ("worker", "gateway", "web", "worker"))
    )

    for part in parts:
        await part.until("/readyz", 200)
    await asks(slack, "ana")
    assert bare_houses.rows("SELECT version_num FROM alembic_version") == [(newest_version(),)]


@pytest.mark.parametrize("word", PARTS)
async def test_a_part_that_is_started_while_the_tables_are_made_says_so_and_waits(
    bare_houses: Houses, painter: Painter, word: str
) -> None:
    bare_houses.use_painter(painter(0.1))
    said: list[str] = []
    with connect(conninfo(bare_houses.database_url)) as upgrading:
        upgrading.execute("SET idle_in_transaction_session_timeout = 0")
        upgrading.execute("BEGIN")
        upgrading.execute("SELECT pg_advisory_xact_lock(%s)", [key_of(UPGRADES)])
        starting = asyncio.create_task(bare_houses.start(word, said=said))
        async with asyncio.timeout(START_S):
            while not any("brought up to date" in line for line in said):
                await pause(0.02, stop=asyncio.Event())
        assert not starting.done()
        upgrading.execute("ROLLBACK")

    part: Started = await starting
    await part.until("/readyz", 200)
