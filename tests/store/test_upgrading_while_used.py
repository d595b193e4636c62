"""Tables are brought up to date while others use them: nobody is kept waiting for long, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from bot.store.errors import Busy
from bot.store.locking import key_of
from bot.store.migrate import newest_version
from bot.store.postgres_connection import LOCK_TIMEOUT_MS, connect, conninfo
from bot.store.postgres_opening import open_postgres
from bot.store.postgres_upgrade import UPGRADES, upgrade_postgres
from tests.simulators.providers.serving import ROOT
from tests.store.test_rolling_upgrade import upgrade_to

BEFORE = "0013"
"""The next one changes a table that is written all the time."""
BACKUP_S = 3.0
SOON_S = 0.3
START_S = 30.0


@pytest.fixture
def old_url(bare_postgres_url: str) -> str:
    """A database of an earlier release."""
    upgrade_to(bare_postgres_url, BEFORE)
    return bare_postgres_url


@contextmanager
def backup(url: str) -> Iterator[psycopg.Connection]:
    """As pg_dump: one transaction that has read every table and doesn't end."""
    with connect(conninfo(url)) as reading:
        reading.execute("SET idle_in_transaction_session_timeout = 0")
        reading.execute("SET application_name = 'pg_dump'")
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM process")
        reading.execute("SELECT count(*) FROM job")
        yield reading
        reading.execute("ROLLBACK")


async def test_an_upgrade_that_waits_for_a_backup_keeps_nobody_else_waiting(old_url: str) -> None:
    waits_s = []
    with connect(conninfo(old_url)) as writer:
        with backup(old_url):
            upgrading = asyncio.create_task(asyncio.to_thread(upgrade_postgres, old_url))
            until = time.monotonic() + BACKUP_S
            while time.monotonic() < until:
                began = time.monotonic()
                await asyncio.to_thread(
                    writer.execute,
                    "INSERT INTO process (owner, part, lives_until_us) VALUES ('o', 'worker', 1)"
                    " ON CONFLICT (owner) DO UPDATE SET lives_until_us = 1",
                )
                waits_s.append(time.monotonic() - began)
            assert not upgrading.done()

        assert await upgrading == newest_version()

    assert max(waits_s) > SOON_S, "no write ever waited for the upgrade, so this shows nothing"
    assert max(waits_s) < LOCK_TIMEOUT_MS / 1000


def test_an_upgrade_that_waits_too_long_says_for_whom(old_url: str) -> None:
    with backup(old_url), pytest.raises(Busy, match=r"pg_dump.*start again|pg_dump.*try again"):
        upgrade_postgres(old_url, patience_s=0.0)

    assert upgrade_postgres(old_url) == newest_version()


def test_an_upgrade_that_freezes_is_ended_by_the_server_and_done_by_the_next(
    old_url: str, tmp_path: Path
) -> None:
    with backup(old_url):
        frozen = subprocess.Popen(
            [sys.executable, "-m", "bot", "db", "upgrade"],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "DATABASE_URL": old_url,
                "IMPASTO_DATA_DIR": str(tmp_path),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until_it_waits(old_url)
        frozen.send_signal(signal.SIGSTOP)
    try:
        assert upgrade_postgres(old_url) == newest_version()
    finally:
        frozen.kill()
        frozen.wait()


def until_it_waits(url: str) -> None:
    """Returns once somebody waits for a lock to change a table."""
    deadline = time.monotonic() + START_S
    with connect(conninfo(url)) as looking:
        while not looking.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND query LIKE 'ALTER TABLE%' AND wait_event_type = 'Lock'"
        ).fetchall():
            assert time.monotonic() < deadline


async def test_who_finds_the_tables_up_to_date_waits_for_nobody(postgres_url: str) -> None:
    with connect(conninfo(postgres_url)) as frozen:
        frozen.execute("BEGIN")
        frozen.execute("SELECT pg_advisory_xact_lock(%s)", [key_of(UPGRADES)])

        async with asyncio.timeout(LOCK_TIMEOUT_MS / 1000):
            store = await open_postgres(postgres_url)
        await store.aclose()
