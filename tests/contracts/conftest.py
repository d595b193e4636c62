"""A store of each kind."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.migrate import sqlite_url, upgrade
from bot.store.opening import Store, open_sqlite
from bot.store.postgres_opening import open_postgres
from bot.store.postgres_session import PostgresTransaction
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


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, clock: MovableClock) -> AsyncIterator[Store]:
    if request.param == "sqlite":
        path = request.getfixturevalue("tmp_path") / "bot.db"
        shutil.copy(request.getfixturevalue("fresh_database"), path)
        store = await open_sqlite(path, clock=clock, deadline_s=DEADLINE_S)
    else:
        url = request.getfixturevalue("postgres_url")
        store = await open_postgres(url, clock=clock, deadline_s=DEADLINE_S)
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
    if isinstance(tx, PostgresTransaction):
        tx.change(_WATCH_FUNCTION)
    tx.change(_WATCH_TRIGGER)


def _steps(tx: Transaction) -> Steps:
    return [(before, after) for before, after in tx.rows(_WATCHED)]


class _InEach(Statement):
    """Something the two databases say in different words."""

    def __init__(self, *, sqlite: str, postgres: str) -> None:
        super().__init__(text(sqlite))
        self.postgres = postgres


_WATCH_TABLE = Statement(text("CREATE TABLE step (before TEXT, after TEXT)"))
_WATCH_FUNCTION = Statement(
    text(
        "CREATE FUNCTION note_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO step VALUES (OLD.state, NEW.state); RETURN NULL; END $$"
    )
)
_WATCH_TRIGGER = _InEach(
    sqlite="CREATE TRIGGER watch AFTER UPDATE OF state ON job WHEN OLD.state <> NEW.state"
    " BEGIN INSERT INTO step VALUES (OLD.state, NEW.state); END",
    postgres="CREATE TRIGGER watch AFTER UPDATE OF state ON job FOR EACH ROW"
    " WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION note_step()",
)
_WATCHED = Statement(text("SELECT before, after FROM step"))
