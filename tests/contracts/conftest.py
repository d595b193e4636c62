"""A store of each kind; Postgres joins with one more parameter."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.migrate import sqlite_url, upgrade
from bot.store.opening import Store, open_sqlite
from bot.store.statement import Statement
from bot.store.transaction import Transaction
from tests.contracts.store_kit import DEADLINE_S, MovableClock


@pytest.fixture(scope="session")
def fresh_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fresh") / "bot.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(params=["sqlite"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: MovableClock, fresh_database: Path
) -> AsyncIterator[Store]:
    assert request.param == "sqlite"
    shutil.copy(fresh_database, tmp_path / "bot.db")
    store = await open_sqlite(tmp_path / "bot.db", clock=clock, deadline_s=DEADLINE_S)
    yield store
    await store.aclose()


Steps = list[tuple[str, str]]


@pytest.fixture
async def watched(store: Store) -> Callable[[], Awaitable[Steps]]:
    """Every change of a job's state from here on, as the database saw it."""
    await store.executor.write(_watch)

    async def steps() -> Steps:
        return await store.executor.read(_steps)

    return steps


def _watch(tx: Transaction) -> None:
    tx.change(_WATCH_TABLE)
    tx.change(_WATCH_TRIGGER)


def _steps(tx: Transaction) -> Steps:
    return [(before, after) for before, after in tx.rows(_WATCHED)]


_WATCH_TABLE = Statement(text("CREATE TABLE step (before TEXT, after TEXT)"))
_WATCH_TRIGGER = Statement(
    text(
        "CREATE TRIGGER watch AFTER UPDATE OF state ON job WHEN OLD.state <> NEW.state"
        " BEGIN INSERT INTO step VALUES (OLD.state, NEW.state); END"
    )
)
_WATCHED = Statement(text("SELECT before, after FROM step"))
