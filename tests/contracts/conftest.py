"""A store of each kind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.store.opening import Store, open_sqlite
from bot.store.postgres_opening import open_postgres
from tests.contracts.step_watch import Steps, steps_seen, watch
from tests.contracts.store_kit import DEADLINE_S, MovableClock
from tests.servers.sqlite import lay_fresh_database


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, clock: MovableClock) -> AsyncIterator[Store]:
    if request.param == "sqlite":
        path = lay_fresh_database(request.getfixturevalue("tmp_path") / "bot.db")
        store = await open_sqlite(path, clock=clock, deadline_s=DEADLINE_S)
    else:
        url = request.getfixturevalue("postgres_url")
        store = await open_postgres(url, clock=clock, deadline_s=DEADLINE_S)
    yield store
    await store.aclose()


@pytest.fixture
async def watched(store: Store) -> Callable[[], Awaitable[Steps]]:
    """Every change of a job's state from here on, as the database saw it."""
    await store.executor.write(watch)

    async def steps() -> Steps:
        return await store.executor.read(steps_seen)

    return steps
