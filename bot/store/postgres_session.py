"""One connection to Postgres that comes back after it was lost, and the transactions on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, LiteralString

import psycopg

from bot.ports import Clock, StoreUnavailable, Unavailable
from bot.store.locking import Locks, counter_names, key_of, lane_name, purse_names
from bot.store.moments import to_us
from bot.store.postgres_connection import CONFLICTS, connect, unavailable
from bot.store.records import read_counters
from bot.store.statement import Statement
from bot.store.transaction import Block, Row
from bot.telemetry.events import Event

WRITE: LiteralString = "BEGIN ISOLATION LEVEL READ COMMITTED"
WRITE_UNLOCKED: LiteralString = "BEGIN ISOLATION LEVEL REPEATABLE READ"
"""For an operation whose locks are not known: a write that came between is an error, and it is run again."""
READ: LiteralString = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

_NOW: LiteralString = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_LOCK: LiteralString = (
    "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,"
    " count(pg_advisory_xact_lock(key)) FROM unnest(%(keys)s::bigint[]) AS key"
)
"""One by one in the order given; the time is taken when all are held."""
_PLACES: LiteralString = (
    "SELECT id = ANY(%(accounts)s::bigint[]), lane, counters, purses FROM job WHERE id = ANY(%(jobs)s::bigint[])"
    " UNION ALL SELECT true, lane, counters, purses FROM job"
    " WHERE id IN (SELECT job FROM call WHERE id = ANY(%(bills)s::bigint[]))"
    " UNION ALL SELECT false, lane, NULL, NULL FROM image WHERE id = ANY(%(images)s::bigint[])"
)


class Conflict(Exception):
    """Another transaction came between; nothing was written, and the same again may well work."""


class PostgresTransaction:
    """A `Transaction` over psycopg. `now_us` is the server's clock, so that leases of all machines compare."""

    __slots__ = ("_clock", "_cursor", "_now_us", "line", "tell", "told")

    def __init__(self, cursor: psycopg.Cursor[Row], clock: Clock | None) -> None:
        self._cursor = cursor
        self._clock = clock
        self._now_us: int | None = None
        self.line: Counter[Block] = Counter()
        self.told: list[Event] = []
        self.tell = self.told.append

    @property
    def now_us(self) -> int:
        """The same for the whole transaction."""
        if self._now_us is None:
            row = self._cursor.execute(_NOW).fetchone()
            self.begin_at(row[0] if row else 0)
        return self._now_us or 0

    @property
    def writer(self) -> int:
        """The server's process that serves this connection: no two write at once under the same number."""
        return self._cursor.connection.info.backend_pid

    def begin_at(self, server_us: int | None) -> None:
        """The server's time, unless another clock was given; None when nobody asked yet."""
        given = server_us is not None and self._clock is not None
        self._now_us = to_us(self._clock.now()) if given and self._clock else server_us

    def forget(self, *, told: int = 0) -> None:
        """What was rolled back: who came into line, and all but the first `told` events."""
        self.line.clear()
        del self.told[told:]

    def row(self, statement: Statement, **values: object) -> Row | None:
        """The first row."""
        cursor = self._cursor.execute(statement.postgres, values)
        return cursor.fetchone() if cursor.description else None

    def rows(self, statement: Statement, **values: object) -> list[Row]:
        """All rows."""
        return self._cursor.execute(statement.postgres, values).fetchall()

    def change(self, statement: Statement, **values: object) -> int:
        """How many rows were written."""
        return self._cursor.execute(statement.postgres, values).rowcount

    def add(self, statement: Statement, **values: object) -> int:
        """The new row's id."""
        row = self._cursor.execute(statement.postgres, values).fetchone()
        return int(row[0]) if row else 0


class PostgresSession:
    """To be used by one thread. `clock` takes the place of the server's, for tests that move time."""

    def __init__(self, conninfo: str, *, clock: Clock | None) -> None:
        self._conninfo = conninfo
        self._clock = clock
        self._connection: psycopg.Connection | None = None
        self._cursor: psycopg.Cursor[Row] | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, which may have died unnoticed."""
        return self._cursor is not None

    def begin(self, how: LiteralString | None, locks: Sequence[Locks] = ()) -> PostgresTransaction:
        """An open transaction that holds `locks`; without a `how` each statement is one by itself.

        StoreUnavailable when there is no connection.
        """
        with faults_named():
            cursor = self._open_cursor() if how is None else self._begun(how)
            transaction = PostgresTransaction(cursor, self._clock)
            keys = sorted({key_of(name) for name in _names(cursor, locks)})
            if keys:
                row = cursor.execute(_LOCK, {"keys": keys}).fetchone()
                transaction.begin_at(row[0] if row else None)
        return transaction

    def commit(self) -> None:
        """Durable afterwards. StoreUnavailable when it isn't, or when that can't be known any more."""
        self.execute("COMMIT")

    def roll_back(self) -> None:
        """Undoes what was begun; a connection that can't even do that is let go."""
        try:
            self.execute("ROLLBACK")
        except (StoreUnavailable, Conflict, psycopg.Error):
            self.close()

    def execute(self, sql: LiteralString) -> None:
        """For what has no result: savepoints and their like."""
        with faults_named():
            self._open_cursor().execute(sql, prepare=False)

    def close(self) -> None:
        """The next `begin` connects anew."""
        connection, self._connection, self._cursor = self._connection, None, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    def _begun(self, how: LiteralString) -> psycopg.Cursor[Row]:
        fresh = self._connection is None
        try:
            return self._open_cursor().execute(how, prepare=False)
        except psycopg.OperationalError:
            # A connection that died while nobody used it: nothing was asked over it yet, so the next one may try.
            self.close()
            if fresh:
                raise
        return self._open_cursor().execute(how, prepare=False)

    def _open_cursor(self) -> psycopg.Cursor[Row]:
        if self._cursor is None:
            self._connection = connect(self._conninfo)
            self._cursor = self._connection.cursor()
        return self._cursor


@contextmanager
def faults_named() -> Iterator[None]:
    """psycopg's faults by our names, where they speak of the database and not of one statement."""
    try:
        yield
    except psycopg.Error as error:
        raise_if_unavailable(error)
        raise


def raise_if_unavailable(error: BaseException) -> None:
    """StoreUnavailable or Conflict in the place of an error that speaks of the database."""
    if isinstance(error, CONFLICTS):
        raise Conflict(str(error)) from error
    if isinstance(error, psycopg.Error) and (lost := unavailable(error)) is not None:
        raise lost from error


def cannot_be_known(error: StoreUnavailable) -> StoreUnavailable:
    """For a commit that was sent and not answered."""
    if error.why is not Unavailable.UNREACHABLE:
        return error
    return StoreUnavailable(error.why, "the connection ended while it was committing")


def _names(cursor: psycopg.Cursor[Row], locks: Sequence[Locks]) -> Iterable[str]:
    names: set[str] = set()
    jobs: set[int] = set()
    accounts: set[int] = set()
    images: set[int] = set()
    bills: set[int] = set()
    for one in locks:
        names.update(one.names)
        jobs.update(one.jobs)
        accounts.update(one.accounts)
        images.update(one.images)
        bills.update(one.bills)
    jobs |= accounts
    if jobs or images or bills:
        values: dict[str, Any] = {
            "jobs": list(jobs),
            "accounts": list(accounts),
            "bills": list(bills),
            "images": list(images),
        }
        for is_account, lane, counters, purses in cursor.execute(_PLACES, values).fetchall():
            names.add(lane_name(lane))
            if is_account:
                names.update(counter_names(read_counters(counters)))
                names.update(purse_names(read_counters(purses or "[]")))
    return names
