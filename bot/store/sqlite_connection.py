"""Connections to the SQLite file, and what its errors mean."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from bot.ports import StoreUnavailable, Unavailable

_WHY = {
    sqlite3.SQLITE_FULL: Unavailable.FULL,
    sqlite3.SQLITE_READONLY: Unavailable.READ_ONLY,
    sqlite3.SQLITE_PERM: Unavailable.READ_ONLY,
    sqlite3.SQLITE_BUSY: Unavailable.LOCKED,
    sqlite3.SQLITE_LOCKED: Unavailable.LOCKED,
    sqlite3.SQLITE_IOERR: Unavailable.BROKEN,
    sqlite3.SQLITE_CANTOPEN: Unavailable.BROKEN,
    sqlite3.SQLITE_CORRUPT: Unavailable.BROKEN,
    sqlite3.SQLITE_NOTADB: Unavailable.BROKEN,
}
CHECKPOINT_PAGES = 4_000
"""Pages of 4 KiB in the log before a commit also writes them back. A busy group dirties about 70 (measured, 2026-11), so
SQLite's own 1,000 would make every 14th commit pay two more syncs."""

CACHE_KIB = 16_384
"""Pages kept in memory; SQLite's own 2 MiB holds fewer than the indexes of a month."""

_ASK_AGAIN_S = 0.01
"""Ours: a new file is turned within some milliseconds."""

# Some fifteen values of a job are None. sqlite3 looks for a way to adapt each, in three places, and finds none; one that
# is registered is found at once, at half the cost (measured, 2026-11).
sqlite3.register_adapter(type(None), lambda none: none)

_PRIMARY_CODE = 0xFF
"""Extended result codes keep the primary one in the low byte. Source: sqlite.org/rescode.html, read 2026-11."""


def unavailable(error: BaseException) -> StoreUnavailable | None:
    """What an error says about the database; None when it speaks of one statement only."""
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(error, sqlite3.Error) or code is None:
        return None
    why = _WHY.get(code & _PRIMARY_CODE)
    return None if why is None else StoreUnavailable(why, str(error))


def connect_writer(path: Path, *, busy_timeout_s: float) -> sqlite3.Connection:
    """A connection whose commits are on disk when they return: WAL with `synchronous=FULL`."""
    connection = _connect(path, busy_timeout_s=busy_timeout_s)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return connection


def turn_to_wal(path: Path, *, timeout_s: float) -> None:
    """Makes the file one with a write-ahead log, for good. Where others open it too, SQLite says no at once and doesn't wait: it is asked again."""
    give_up_at = time.monotonic() + timeout_s
    connection = _connect(path, busy_timeout_s=timeout_s)
    try:
        while not _turned(connection, last_try=time.monotonic() > give_up_at):
            time.sleep(_ASK_AGAIN_S)
    finally:
        connection.close()


def _turned(connection: sqlite3.Connection, *, last_try: bool) -> bool:
    """Whether nobody was in the way."""
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        lost = unavailable(error)
        if last_try or lost is None or lost.why is not Unavailable.LOCKED:
            raise
        return False
    return True


def connect_reader(path: Path, *, busy_timeout_s: float) -> sqlite3.Connection:
    """A connection that can't write."""
    connection = _connect(path, busy_timeout_s=busy_timeout_s)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connect(path: Path, *, busy_timeout_s: float) -> sqlite3.Connection:
    return sqlite3.connect(
        path,
        timeout=busy_timeout_s,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
