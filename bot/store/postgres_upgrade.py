"""Brings a Postgres database to this version's tables while processes of the release before go on using it.

Changing a table takes a lock that nobody else may share. Whoever waits for it makes everybody who comes later wait too, and
a backup reads for an hour. So it is waited for in short tries, between which the others pass.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

import psycopg
from psycopg import errors
from sqlalchemy import Connection, Engine, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.store.errors import Busy, NotUsable, Unreachable
from bot.store.locking import key_of
from bot.store.migrate import check_version, newest_version, upgrade_over
from bot.store.postgres_connection import (
    CONFLICTS,
    CONNECT_TIMEOUT_S,
    SILENT_PEER_MS,
    STUCK_TRANSACTION_MS,
    shown,
)

UPGRADES = "migrations"
"""Whoever changes the tables holds this, so that processes that start together do it once."""
TRY_MS = 500
"""How long a try waits for a lock, and whoever wants to write waits for it: far less than they bear, LOCK_TIMEOUT_MS."""
PAUSE_S = 1.0
PATIENCE_S = 600.0
"""Ours: another process may be building an index over a large table."""

_CONNECTING: Mapping[str, object] = {
    "connect_timeout": CONNECT_TIMEOUT_S,
    "application_name": "impasto upgrade",
    "tcp_user_timeout": SILENT_PEER_MS,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
_IN_THE_WAY = text(
    "SELECT pid, coalesce(nullif(application_name, ''), 'a program without a name'),"
    " extract(epoch FROM clock_timestamp() - xact_start)::bigint FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
    " ORDER BY xact_start LIMIT 1"
)
_WAITED = (errors.LockNotAvailable, *CONFLICTS)

_log = logging.getLogger("impasto.store")


def upgrade_postgres(database_url: str, *, patience_s: float = PATIENCE_S) -> str:
    """The version its tables are at now. CannotOpen says why they can't be used; Busy after `patience_s` of trying."""
    until = time.monotonic() + patience_s
    engine = create_engine(
        database_url,
        poolclass=NullPool,
        isolation_level="READ COMMITTED",
        connect_args=dict(_CONNECTING),
    )
    told = False
    try:
        while True:
            try:
                with engine.connect() as connection:
                    return _tried(connection)
            except DBAPIError as error:
                if not isinstance(error.orig, _WAITED):
                    raise _explained(database_url, error) from error
            who = _in_the_way(engine)
            if time.monotonic() >= until:
                raise Busy(shown(database_url), who)
            if not told:
                _log.warning("the tables can't be brought up to date yet, trying again: %s", who)
                told = True
            time.sleep(PAUSE_S)
    finally:
        engine.dispose()


def _tried(connection: Connection) -> str:
    newest = newest_version()
    if check_version(connection) == newest:
        return newest
    # In one transaction with the changes: all of this ends with it, however it ends.
    for setting, most_ms in (
        ("lock_timeout", TRY_MS),
        ("idle_in_transaction_session_timeout", STUCK_TRANSACTION_MS),
    ):
        connection.execute(text(f"SET LOCAL {setting} = {most_ms}"))
    connection.execute(select(func.pg_advisory_xact_lock(key_of(UPGRADES))))
    return upgrade_over(connection)


def _in_the_way(engine: Engine) -> str:
    """Who has been in a transaction for longest, of those that this database user may see."""
    try:
        with engine.connect() as connection:
            found = connection.execute(_IN_THE_WAY).first()
    except DBAPIError:
        # The next try tells that the server is gone.
        found = None
    if found is None:
        return "whoever uses them, this database user can't see it"
    pid, program, seconds = found
    return f"{program} (server process {pid}) has been in a transaction for {seconds} s"


def _explained(database_url: str, error: DBAPIError) -> Exception:
    detail = str(error.orig or error).strip().partition("\n")[0]
    if isinstance(error.orig, psycopg.OperationalError):
        return Unreachable(shown(database_url), detail)
    return NotUsable(shown(database_url), detail)
