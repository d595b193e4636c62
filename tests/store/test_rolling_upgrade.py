"""Two releases on one database: every earlier one's data are kept, and who was open before the upgrade goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, create_engine, select, text
from sqlalchemy.pool import NullPool
from sqlalchemy.types import BigInteger, Boolean, Float, Integer, LargeBinary

from bot.benchmarks.queue_jobs import OWNER, PLAN, PROMPT_DECISION, PROVIDER, submission
from bot.ports import Accepted
from bot.store.errors import NewerDatabase
from bot.store.migrate import _config, newest_version, sqlite_url, upgrade
from bot.store.opening import Store, open_sqlite
from bot.store.postgres_opening import open_postgres
from tests.contracts.store_kit import MovableClock
from tests.servers.postgres import PostgresServer

REVISIONS = [
    script.revision
    for script in reversed(list(ScriptDirectory.from_config(_config()).walk_revisions()))
]
ADDITIVE_FROM = REVISIONS[REVISIONS.index("0009") :]
"""0009 moved the audit log into a chain of its own; since then migrations only add."""
LEASE_S = 15.0
NEWER = "9999"


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any tables."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "old.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create()
    with connected(url) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    yield url
    server.leave(url)


def connected(url: str) -> Any:
    """A connection whose changes are committed at the end."""
    return create_engine(url, poolclass=NullPool).begin()


def upgrade_to(url: str, revision: str) -> None:
    with connected(url) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def tables_of(connection: Connection) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def value_for(column: Any) -> object:
    """Something of the column's type that can be told again."""
    match column.type:
        case Boolean():
            return True
        case Integer() | BigInteger():
            return 1
        case Float():
            return 1.0
        case LargeBinary():
            return b"1"
        case _:
            return "{}"


def fill(connection: Connection) -> dict[str, dict[str, Any]]:
    """One row in every table, with something in every column."""
    filled = {}
    for table in tables_of(connection):
        row = {
            column.name: value_for(column) for column in table.columns if column.computed is None
        }
        found = connection.execute(select(table)).first()
        if found is None:
            connection.execute(table.insert().values(row))
        filled[table.name] = row if found is None else dict(found._mapping)
    return filled


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_earlier_releases_data_are_kept(empty_url: str, revision: str) -> None:
    upgrade_to(empty_url, revision)
    with connected(empty_url) as connection:
        filled = fill(connection)

    assert upgrade(empty_url) == newest_version()

    with connected(empty_url) as connection:
        now = {table.name: table for table in tables_of(connection)}
        for name, row in filled.items():
            if name not in now:
                continue
            found = connection.execute(select(now[name])).mappings().first()
            assert found is not None, name
            kept = {column: value for column, value in row.items() if column in found}
            assert {column: found[column] for column in kept} == kept, name


@pytest.mark.parametrize("revision", ADDITIVE_FROM[:-1])
def test_what_one_release_writes_can_still_be_written_after_the_next_ones_upgrade(
    empty_url: str, revision: str
) -> None:
    upgrade_to(empty_url, revision)
    with connected(empty_url) as connection:
        known = tables_of(connection)

    upgrade_to(empty_url, REVISIONS[REVISIONS.index(revision) + 1])

    with connected(empty_url) as connection:
        for table in known:
            row = {column.name: value_for(column) for column in plain(table)}
            if connection.execute(select(*plain(table))).first() is None:
                connection.execute(table.insert().values(row))
            assert connection.execute(select(*plain(table))).first() is not None, table.name


def plain(table: Table) -> list[Any]:
    """Columns that are written."""
    return [column for column in table.columns if column.computed is None]


async def through_the_queue(store: Store, number: int) -> None:
    """A request is taken, admitted, claimed and handed back."""
    outcome = await store.queue.submit(submission(number, user="U1"))
    assert isinstance(outcome, Accepted)
    (adopted,) = await store.queue.adopt(owner=OWNER, limit=1, lease_s=LEASE_S)
    await store.queue.admit(adopted.fence, plan=PLAN, decision=PROMPT_DECISION, weight=1.0)
    (claimed,) = await store.queue.claim(
        owner=OWNER, slots=1, lease_s=LEASE_S, capacity={PROVIDER: 1}
    )
    assert await store.queue.cancelled(claimed.fence)


def newer_release(url: str) -> None:
    """What an additive migration does: a column that may be empty, a table, an index."""
    with connected(url) as connection:
        for statement in (
            "ALTER TABLE job ADD COLUMN of_tomorrow TEXT",
            "CREATE TABLE tomorrow (id INTEGER PRIMARY KEY)",
            "CREATE INDEX ix_job_tomorrow ON job (of_tomorrow)",
            f"UPDATE alembic_version SET version_num = '{NEWER}'",
        ):
            connection.execute(text(statement))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_who_was_open_before_an_upgrade_goes_on_and_who_starts_after_it_is_refused(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if kind == "sqlite":
        path = tmp_path / "bot.db"
        store, url = await open_sqlite(path, clock=MovableClock()), sqlite_url(path)
    else:
        url = request.getfixturevalue("postgres_url")
        store = await open_postgres(url)
    await through_the_queue(store, 1)

    newer_release(url)

    await through_the_queue(store, 2)
    await store.aclose()
    with pytest.raises(NewerDatabase):
        upgrade(url)
