"""Several gateways for the same shards, on one database: one is connected, the others stand by."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.ports import StoreUnavailable, Unavailable
from bot.surfaces.discord.gateway import Gateway
from bot.surfaces.discord.shard_lock import ShardLock, shard_set
from tests.simulators.discord.limits import Limits
from tests.simulators.discord.people import Person
from tests.simulators.discord.rooms import Room
from tests.simulators.discord.server import running
from tests.simulators.discord.simulator import Discord
from tests.surfaces.discord.gateway_process import LEASE_S
from tests.surfaces.discord.wire import assert_well_behaved

START_S = 30.0
Process = asyncio.subprocess.Process


@pytest.fixture
async def platform() -> AsyncIterator[Discord]:
    limits = Limits(identify_window_s=0.0, bucket_requests=1000)
    async with running(Discord(limits=limits)) as served:
        yield served
        assert_well_behaved(served)


@pytest.fixture
def ada(platform: Discord) -> Person:
    return platform.person("Ada")


@pytest.fixture
def art(platform: Discord) -> Room:
    return platform.room("art")


@pytest.fixture
async def opens(
    tmp_path: Path, platform: Discord, postgres_url: str
) -> AsyncIterator[Callable[[], Awaitable[Process]]]:
    """Starts one more process of the house; all are killed in the end."""
    environment = os.environ | {
        "DATABASE_URL": postgres_url,
        "IMPASTO_DATA_DIR": str(tmp_path),
        "DISCORD_TOKEN": platform.token,
        "IMPASTO_DISCORD_API_URL": platform.api_url,
        "IMPASTO_DISCORD_GATEWAY_URL": platform.gateway_url,
    }
    async with AsyncExitStack() as stack:

        async def open_one() -> Process:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.surfaces.discord.gateway_process"),
                env=environment,
                stdout=asyncio.subprocess.PIPE,
            )
            stack.push_async_callback(ended, process)
            assert process.stdout is not None
            async with asyncio.timeout(START_S):
                assert await process.stdout.readline() == b"open\n"
            return process

        yield open_one


async def ended(process: Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def connected_times(platform: Discord, times: int) -> None:
    await platform.until(
        lambda: len(platform.gateway.identifies) == times and platform.gateway.is_connected,
        what=f"connection number {times}",
        within_s=START_S,
    )


async def painted(platform: Discord, person: Person, room: Room, prompt: str) -> None:
    """Asked for, answered by one process, and painted."""
    told = await person.runs("/imagine", room, prompt=prompt)
    assert told.outcome == "answered"
    assert told.ack_refusals == []
    original = told.original
    assert original is not None
    await platform.until(lambda: original.pictures, what="pictures")


async def test_a_standby_takes_over_from_a_process_that_was_killed(
    platform: Discord, ada: Person, art: Room, opens: Callable[[], Awaitable[Process]]
) -> None:
    first = await opens()
    await connected_times(platform, 1)
    await opens()
    await painted(platform, ada, art, "a red fox")
    assert len(platform.gateway.identifies) == 1

    first.send_signal(signal.SIGKILL)
    await connected_times(platform, 2)

    await painted(platform, ada, art, "a blue fox")
    assert len(art.messages()) == 2


async def test_a_process_that_stops_lets_a_standby_in_at_once(
    platform: Discord, ada: Person, art: Room, opens: Callable[[], Awaitable[Process]]
) -> None:
    first = await opens()
    await connected_times(platform, 1)
    await opens()

    first.send_signal(signal.SIGTERM)
    await connected_times(platform, 2)

    await painted(platform, ada, art, "a red fox")


async def test_a_process_that_was_frozen_answers_nothing_once_another_took_over(
    platform: Discord, ada: Person, art: Room, opens: Callable[[], Awaitable[Process]]
) -> None:
    first = await opens()
    await connected_times(platform, 1)
    await opens()

    first.send_signal(signal.SIGSTOP)
    await connected_times(platform, 2)
    # Both connections are open now, and Discord sends this to both.
    await painted(platform, ada, art, "a red fox")
    first.send_signal(signal.SIGCONT)
    await platform.until(lambda: len(platform.gateway.connections) == 1, what="one connection")

    assert len(platform.gateway.identifies) == 2
    await painted(platform, ada, art, "a blue fox")
    assert [one.ack_refusals for one in platform.interactions.values()] == [[], []]


class Cut:
    """Locks of a database that can be cut off."""

    def __init__(self) -> None:
        self.gone = False
        self.token: int | None = None

    async def acquire(self, name: str, *, owner: str, lease_s: float) -> int | None:
        self._reach()
        self.token = 1 if self.token is None else self.token + 1
        return self.token

    async def lapses_at(self, name: str) -> float | None:
        self._reach()
        return None

    async def renew(self, name: str, *, token: int, lease_s: float) -> bool:
        self._reach()
        return token == self.token

    async def release(self, name: str, *, token: int) -> None:
        self._reach()

    def _reach(self) -> None:
        if self.gone:
            raise StoreUnavailable(Unavailable.UNREACHABLE, "cut off")


async def test_who_can_not_ask_the_database_gives_up_at_the_end_of_the_lease() -> None:
    locks = Cut()
    lock = ShardLock(locks, shards="all", owner="a", lease_s=0.2)
    assert await lock.acquire(1, stop=asyncio.Event())

    locks.gone = True
    async with asyncio.timeout(LEASE_S):
        await lock.lost()

    assert not lock.held


@dataclass
class Heard:
    """As much of an interaction as is looked at before it is answered."""

    id: int = 1


async def test_nothing_is_answered_for_shards_that_another_may_hold() -> None:
    locks, heard = Cut(), list[Any]()
    client = Gateway()
    client.lock = ShardLock(locks, shards="all", owner="a", lease_s=0.2)

    async def answer(interaction: Any) -> None:
        heard.append(interaction)

    client.answer = answer
    await client.on_interaction(Heard())  # type: ignore[arg-type]
    assert not heard

    assert await client.lock.acquire(1, stop=asyncio.Event())
    await client.on_interaction(Heard())  # type: ignore[arg-type]
    assert len(heard) == 1

    locks.gone = True
    await client.lock.lost()
    await client.on_interaction(Heard())  # type: ignore[arg-type]
    assert len(heard) == 1


async def test_who_lost_it_to_another_knows_at_the_next_renewal() -> None:
    locks = Cut()
    lock = ShardLock(locks, shards="all", owner="a", lease_s=1.0)
    assert await lock.acquire(1, stop=asyncio.Event())
    await locks.acquire("discord/1/all", owner="b", lease_s=1.0)

    async with asyncio.timeout(0.9):
        await lock.lost()

    assert not lock.held


async def test_who_holds_it_keeps_it_while_renewing() -> None:
    lock = ShardLock(Cut(), shards="all", owner="a", lease_s=0.1)
    assert await lock.acquire(1, stop=asyncio.Event())

    losing = asyncio.ensure_future(lock.lost())
    done, _ = await asyncio.wait({losing}, timeout=0.5)
    losing.cancel()

    assert not done
    assert lock.held


def test_sets_of_shards_are_told_apart() -> None:
    assert shard_set((), 4) == shard_set((), None) == "all"
    assert shard_set((1, 0), 4) == shard_set((0, 1), 4) == "0,1/4"
    assert shard_set((2, 3), 4) != shard_set((0, 1), 4)
