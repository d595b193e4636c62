"""Opening a store where it can't be opened says why, in words for the operator."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ports import StoreUnavailable, Unavailable
from bot.store import sqlite_upgrade
from bot.store.errors import (
    AlreadyRunning,
    NoSuchFolder,
    NotADatabase,
    NotWritable,
    OlderIsRunning,
)
from bot.store.file_lock import FileLock
from bot.store.migrate import newest_version, sqlite_url, upgrade
from bot.store.opening import open_sqlite, prepare_sqlite
from tests.contracts.store_kit import MovableClock, queued, submission
from tests.store.test_rolling_upgrade import upgrade_to

BEFORE = "0013"

HOLD = (
    "import pathlib, sys\n"
    "from bot.store.file_lock import FileLock\n"
    "FileLock(pathlib.Path(sys.argv[1])).acquire()\n"
    "print('held', flush=True)\n"
    "sys.stdin.read()\n"
)


async def test_a_missing_folder_is_named(tmp_path: Path, clock: MovableClock) -> None:
    with pytest.raises(NoSuchFolder, match="nowhere"):
        await open_sqlite(tmp_path / "nowhere" / "bot.db", clock=clock)


@pytest.fixture
def read_only_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "read-only"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write anywhere")
    return folder


async def test_a_read_only_folder_is_named(read_only_folder: Path, clock: MovableClock) -> None:
    with pytest.raises(NotWritable, match="can't be written"):
        await open_sqlite(read_only_folder / "bot.db", clock=clock)


async def test_something_that_is_no_database_is_named(tmp_path: Path, clock: MovableClock) -> None:
    (tmp_path / "bot.db").write_text("a letter to my aunt, and quite a long one " * 100)

    with pytest.raises(NotADatabase, match="no database of ours"):
        await open_sqlite(tmp_path / "bot.db", clock=clock)


@pytest.fixture
def holder(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that claims from the same file."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


async def test_a_second_claimer_is_refused_and_told_of_the_first(
    database: Path, clock: MovableClock, holder: subprocess.Popen[str]
) -> None:
    with pytest.raises(AlreadyRunning, match=f"Process {holder.pid} is already running"):
        await open_sqlite(database, clock=clock, claim=True)
    holder.kill()
    holder.wait()

    store = await open_sqlite(database, clock=clock, claim=True)
    await store.aclose()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The file of an earlier release."""
    path = tmp_path / "old.db"
    upgrade_to(sqlite_url(path), BEFORE)
    return path


def version_in(path: Path) -> str:
    looking = sqlite3.connect(path)
    ((version,),) = looking.execute("SELECT version_num FROM alembic_version").fetchall()
    looking.close()
    return str(version)


async def test_a_second_claimer_is_refused_before_it_changes_the_tables_of_the_first(
    old: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_upgrade, "PATIENCE_S", 0.1)
    first = FileLock(old)
    first.acquire()

    with pytest.raises(AlreadyRunning):
        await open_sqlite(old, clock=clock, claim=True)

    assert version_in(old) == BEFORE
    first.release()
    store = await open_sqlite(old, clock=clock, claim=True)
    await store.aclose()


async def test_a_client_does_not_change_the_tables_of_an_older_release_that_runs(
    old: Path, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_upgrade, "PATIENCE_S", 0.1)
    first = FileLock(old)
    first.acquire()

    with pytest.raises(OlderIsRunning, match=f"Process {os.getpid()} .*older release.*Stop it"):
        await open_sqlite(old, clock=clock)
    with pytest.raises(OlderIsRunning):
        prepare_sqlite(old)

    assert version_in(old) == BEFORE
    first.release()


async def test_a_client_brings_a_file_that_nobody_claims_up_to_date(
    old: Path, clock: MovableClock
) -> None:
    client = await open_sqlite(old, clock=clock)
    claimer = await open_sqlite(old, clock=clock, claim=True)

    assert version_in(old) == newest_version()
    await client.aclose()
    await claimer.aclose()


async def test_a_client_waits_for_whoever_brings_the_tables_up_to_date_just_now(
    old: Path, clock: MovableClock
) -> None:
    first = FileLock(old)
    first.acquire()
    writer = sqlite3.connect(old, isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    opening = asyncio.create_task(open_sqlite(old, clock=clock))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await asyncio.shield(opening)

    writer.execute("ROLLBACK")
    upgrade(sqlite_url(old))

    client = await opening
    await client.aclose()
    writer.close()
    first.release()


async def test_a_claimer_waits_for_a_client_that_brings_the_tables_up_to_date(
    old: Path, clock: MovableClock
) -> None:
    client = FileLock(old)
    client.acquire()
    opening = asyncio.create_task(open_sqlite(old, clock=clock, claim=True))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await asyncio.shield(opening)

    await asyncio.to_thread(upgrade, sqlite_url(old))
    client.release()

    claimer = await opening
    await claimer.aclose()


async def test_a_start_that_fails_gives_the_lock_back(tmp_path: Path, clock: MovableClock) -> None:
    path = tmp_path / "bot.db"
    path.write_text("no database" * 100)
    with pytest.raises(NotADatabase):
        await open_sqlite(path, clock=clock, claim=True)
    path.unlink()

    store = await open_sqlite(path, clock=clock, claim=True)
    await store.aclose()


async def test_one_process_takes_the_lock_once(database: Path, clock: MovableClock) -> None:
    store = await open_sqlite(database, clock=clock, claim=True)

    with pytest.raises(AlreadyRunning):
        FileLock(database).acquire()

    await store.aclose()
    again = FileLock(database)
    again.acquire()
    again.release()


async def test_a_client_beside_the_claimer_submits(database: Path, clock: MovableClock) -> None:
    claimer = await open_sqlite(database, clock=clock, claim=True)
    client = await open_sqlite(database, clock=clock)

    job = await queued(client, "k1")

    assert await claimer.queue.place(job) == 1
    await client.aclose()
    await claimer.aclose()


async def test_commits_are_synced_before_they_count(database: Path, clock: MovableClock) -> None:
    store = await open_sqlite(database, clock=clock)
    connection = store.executor._writer._connection

    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    await store.aclose()


async def test_a_database_locked_by_another_takes_nothing_and_says_so(
    database: Path, clock: MovableClock
) -> None:
    store = await open_sqlite(database, clock=clock, busy_timeout_s=0.05)
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailable) as refused:
        await store.queue.submit(submission("k1"))

    other.execute("ROLLBACK")
    other.close()
    assert refused.value.why is Unavailable.LOCKED
    await queued(store, "k1")
    await store.aclose()


async def test_a_closed_store_takes_nothing(database: Path, clock: MovableClock) -> None:
    store = await open_sqlite(database, clock=clock)
    await store.aclose()

    with pytest.raises(StoreUnavailable) as refused:
        await store.queue.submit(submission("k1"))

    assert refused.value.why is Unavailable.CLOSED
