"""The steps lead to the tables the code speaks of, and never backwards."""

import _sqlite3
import ctypes
import importlib
import pkgutil
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import NullPool

import bot.store
from bot.store.errors import NewerDatabase
from bot.store.migrate import check_version, newest_version, sqlite_url, upgrade
from bot.store.tables import metadata

for module in pkgutil.iter_modules(bot.store.__path__):
    # Every module may bring tables of its own.
    importlib.import_module(f"bot.store.{module.name}")


SQLITE_DBCONFIG_DEFENSIVE = 1010
"""Source: sqlite.org/c3ref/c_dbconfig_defensive.html, read 2026-11."""
WORD = re.compile(r"[^\s(),]+")


def schema(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
        " AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    connection.close()
    return {name: " ".join(str(sql).replace('"', "").split()) for name, sql in rows}


def test_migrations_and_tables_agree(database: Path) -> None:
    engine = create_engine(sqlite_url(database), poolclass=NullPool)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()

    assert differences == []


def test_they_agree_to_the_last_index_and_constraint(database: Path, tmp_path: Path) -> None:
    engine = create_engine(sqlite_url(tmp_path / "direct.db"), poolclass=NullPool)
    metadata.create_all(engine)
    engine.dispose()

    migrated, direct = schema(database), schema(tmp_path / "direct.db")

    assert migrated.keys() == direct.keys()
    for name, sql in migrated.items():
        assert sorted(WORD.findall(sql)) == sorted(WORD.findall(direct[name]))


def test_upgrading_again_changes_nothing(database: Path) -> None:
    before = database.read_bytes()

    assert upgrade(sqlite_url(database)) == newest_version()

    assert database.read_bytes() == before


def test_a_database_from_a_newer_release_is_refused_untouched(database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = database.read_bytes()

    with pytest.raises(NewerDatabase, match=r"version 9999.*newer release"):
        upgrade(sqlite_url(database))

    assert database.read_bytes() == before


def test_a_database_of_the_first_step_is_brought_up_to_date(tmp_path: Path) -> None:
    from alembic import command

    from bot.store.migrate import _config

    url = sqlite_url(tmp_path / "old.db")
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.commit()
        assert check_version(connection) == "0001"
    engine.dispose()

    upgrade(url)

    assert "playground_message" in schema(tmp_path / "old.db")


def test_jobs_go_on_being_numbered_after_the_highest_when_ids_are_counted_no_more(
    tmp_path: Path,
) -> None:
    path = tmp_path / "old.db"
    upgrade_to(path, "0015")
    old = sqlite3.connect(path)
    old.execute("INSERT INTO lane (lane, cap, inflight, tag) VALUES ('l', 1, 0, 0)")
    first = insert_job(old, "a")
    second = insert_job(old, "b")

    upgrade(sqlite_url(path))

    # Whoever was connected before the upgrade sees it at once.
    assert [first, second, insert_job(old, "c")] == [1, 2, 3]
    old.close()
    new = sqlite3.connect(path)
    assert insert_job(new, "d") == 4
    assert new.execute("SELECT name FROM sqlite_sequence WHERE name = 'job'").fetchall() == []
    assert new.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    new.close()


@pytest.fixture
def defensive() -> Iterator[None]:
    """An SQLite that lets nobody write how tables are described, as the one of macOS."""
    event.listen(Engine, "connect", defend)
    yield
    event.remove(Engine, "connect", defend)


def defend(connection: sqlite3.Connection, _: object) -> None:
    handle = ctypes.c_void_p.from_address(id(connection) + object.__basicsize__)
    configure = ctypes.CDLL(_sqlite3.__file__).sqlite3_db_config
    assert configure(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, None) == 0


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="reaches into CPython's sqlite3")
@pytest.mark.usefixtures("defensive")
def test_where_descriptions_may_not_be_written_ids_are_counted_on(tmp_path: Path) -> None:
    path = tmp_path / "new.db"

    assert upgrade(sqlite_url(path)) == newest_version()

    new = sqlite3.connect(path)
    new.execute("INSERT INTO lane (lane, cap, inflight, tag) VALUES ('l', 1, 0, 0)")
    assert [insert_job(new, "a"), insert_job(new, "b")] == [1, 2]
    new.close()


def upgrade_to(path: Path, revision: str) -> None:
    from alembic import command

    from bot.store.migrate import _config

    engine = create_engine(sqlite_url(path), poolclass=NullPool)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def insert_job(connection: sqlite3.Connection, key: str) -> int | None:
    cursor = connection.execute(
        "INSERT INTO job (state, lane, token, images, cancel_asked, attempts, deaths, created_at_us, counters, weight,"
        " idem, workspace, channel, person, place, order_json)"
        " VALUES ('received', 'l', 0, 1, 0, 0, 0, 1, '[]', 1, ?, 'w', 'c', '{}', '{}', '{}')",
        (key,),
    )
    connection.commit()
    return cursor.lastrowid
