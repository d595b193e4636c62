"""Connections to Postgres, and what its errors mean."""

from __future__ import annotations

import psycopg
from psycopg import errors
from psycopg.types.numeric import Int8Dumper
from sqlalchemy import make_url

from bot.ports import StoreUnavailable, Unavailable

CONNECT_TIMEOUT_S = 5
LOCK_TIMEOUT_MS = 2_000
"""How long a write waits for another process's: less than the 3 s in which Slack and Discord want an answer."""

STUCK_TRANSACTION_MS = 5_000
"""After this the server ends a transaction whose process says nothing: one that was stopped in the middle would keep
others from the lanes it holds. A lease lasts longer, so its jobs are not yet taken over."""

SILENT_PEER_MS = 10_000
"""A connection whose other end acknowledges nothing for this long is given up."""

_WHY: tuple[tuple[type[psycopg.Error], Unavailable], ...] = (
    (errors.DiskFull, Unavailable.FULL),
    (errors.ReadOnlySqlTransaction, Unavailable.READ_ONLY),
    (errors.InsufficientPrivilege, Unavailable.READ_ONLY),
    (errors.LockNotAvailable, Unavailable.LOCKED),
    (errors.OutOfMemory, Unavailable.BROKEN),
    (errors.TooManyConnections, Unavailable.UNREACHABLE),
    (errors.AdminShutdown, Unavailable.UNREACHABLE),
    (errors.CrashShutdown, Unavailable.UNREACHABLE),
    (errors.CannotConnectNow, Unavailable.UNREACHABLE),
    (errors.IdleInTransactionSessionTimeout, Unavailable.UNREACHABLE),
    (errors.IoError, Unavailable.BROKEN),
    (errors.DataCorrupted, Unavailable.BROKEN),
    (errors.IndexCorrupted, Unavailable.BROKEN),
)
CONFLICTS = (errors.DeadlockDetected, errors.SerializationFailure)
"""Nothing was written, and the same again may well work."""


def conninfo(database_url: str) -> str:
    """What libpq takes, from a URL that names a driver too."""
    url = make_url(database_url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def at_database(database_url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return make_url(database_url).set(database=name).render_as_string(hide_password=False)


def shown(database_url: str) -> str:
    """The URL for people: without its password."""
    return make_url(database_url).render_as_string(hide_password=True)


def connect(conninfo: str) -> psycopg.Connection:
    """A connection in autocommit mode: transactions are begun and ended by name. psycopg.OperationalError when there is none."""
    connection = psycopg.connect(
        conninfo,
        autocommit=True,
        connect_timeout=CONNECT_TIMEOUT_S,
        application_name="impasto",
        tcp_user_timeout=SILENT_PEER_MS,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
    )
    # One type for all numbers: psycopg would send small ones as smallint and prepare each mix of sizes on its own.
    connection.adapters.register_dumper(int, Int8Dumper)
    connection.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
    connection.execute(f"SET idle_in_transaction_session_timeout = {STUCK_TRANSACTION_MS}")
    return connection


def unavailable(error: BaseException) -> StoreUnavailable | None:
    """What an error says about the database; None when it speaks of one statement only."""
    for kind, why in _WHY:
        if isinstance(error, kind):
            return StoreUnavailable(why, _first_line(error))
    # Without a state from the server it is the connection that failed.
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        return StoreUnavailable(Unavailable.UNREACHABLE, _first_line(error))
    return None


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
