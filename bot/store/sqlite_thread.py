"""One thread, one connection: operations that arrive together are committed together.

All operations of a group run in one transaction without savepoints. When one fails, the whole group is rolled back and
run again, each in a savepoint of its own: a failing operation leaves no half-written rows and harms no other, and the
usual case pays nothing for it. Operations must therefore keep nothing outside the database.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from bot.ports import Clock, StoreUnavailable, Unavailable
from bot.store import line_count
from bot.store.asked import Asked, Asking, Failed
from bot.store.moments import to_us
from bot.store.sqlite_connection import unavailable
from bot.store.statement import Statement
from bot.store.transaction import Block, Row
from bot.telemetry.events import Event, Recorder, unrecorded

MAX_GROUP = 256
"""Operations in one commit: enough to share its cost, few enough that nobody waits long. Ours, 2026-11."""


class SqliteTransaction:
    """A `Transaction` over sqlite3. `now_us` is this process's clock: only one process may claim."""

    __slots__ = ("_execute", "line", "now_us", "tell", "told", "writer")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.cursor().execute
        self.now_us = 0
        self.writer = 0
        self.line: Counter[Block] = Counter()
        self.told: list[Event] = []
        self.tell = self.told.append

    def forget(self, *, told: int = 0) -> None:
        """What was rolled back: who came into line, and all but the first `told` events."""
        self.line.clear()
        del self.told[told:]

    def row(self, statement: Statement, **values: object) -> Row | None:
        """The first row."""
        sql, arrange = statement.sqlite
        row: Row | None = self._execute(sql, arrange(values)).fetchone()
        return row

    def rows(self, statement: Statement, **values: object) -> list[Row]:
        """All rows."""
        sql, arrange = statement.sqlite
        return self._execute(sql, arrange(values)).fetchall()

    def change(self, statement: Statement, **values: object) -> int:
        """How many rows were written."""
        sql, arrange = statement.sqlite
        return self._execute(sql, arrange(values)).rowcount

    def add(self, statement: Statement, **values: object) -> int:
        """The new row's id. RETURNING would tell it too, at half the INSERT's own cost again (measured, 2026-11)."""
        sql, arrange = statement.sqlite
        return self._execute(sql, arrange(values)).lastrowid or 0


class SqliteThread:
    """Runs operations for one event loop, those that write and those that only read in a thread each."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        clock: Clock,
        writes: bool,
        name: str,
        record: Recorder = unrecorded,
    ) -> None:
        self.groups = 0
        """Transactions committed so far."""
        self._connection = connection
        self._clock = clock
        self._writes = writes
        self._record = record
        self._begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
        self._transaction = SqliteTransaction(connection)
        self._asking = Asking()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def run(
        self, operation: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> asyncio.Future[Any]:
        """The future result of the operation, done once its group is committed."""
        return self._asking.ask(operation, args, kwargs)

    async def aclose(self) -> None:
        """Finishes what was asked before, then closes the connection."""
        self._asking.end(threads=1)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        while not self._stopping:
            self._serve()
        self._connection.close()

    def _serve(self) -> None:
        """One group. What it came to is let go with it: everybody's places are thousands of rows."""
        group, self._stopping = self._asking.take(most=MAX_GROUP)
        self._asking.answer(group, self._outcomes(group))
        for event in self._transaction.told:
            self._record(event)
        self._transaction.told.clear()

    def _outcomes(self, group: list[Asked]) -> Sequence[Any]:
        try:
            outcomes = self._together(group)
            if outcomes is None:
                outcomes = self._one_by_one(group)
        except StoreUnavailable as error:
            self._roll_back()
            return [Failed(error) for _ in group]
        return outcomes

    def _together(self, group: list[Asked]) -> list[Any] | None:
        """The results in order, committed; None when one failed and everything is rolled back.

        Writers who come before the commit still share it. Readers may not: they would look at a snapshot from before
        they asked.
        """
        transaction = self._transaction
        self._execute(self._begin)
        transaction.now_us = to_us(self._clock.now())
        outcomes: list[Any] = []
        try:
            while len(outcomes) < len(group):
                outcomes += [
                    asked.operation(transaction, *asked.args, **asked.kwargs)
                    for asked in group[len(outcomes) :]
                ]
                if self._writes and not self._stopping:
                    self._stopping = self._asking.join(group, most=MAX_GROUP)
            line_count.write(transaction)
        except Exception as error:  # noqa: BLE001 - whose fault it is shows when they run one by one
            _raise_if_unavailable(error)
            self._roll_back()
            return None
        self._execute("COMMIT")
        self.groups += 1
        return outcomes

    def _one_by_one(self, group: Sequence[Asked]) -> list[Any]:
        transaction = self._transaction
        self._execute(self._begin)
        transaction.now_us = to_us(self._clock.now())
        outcomes: list[Any] = []
        for asked in group:
            self._execute("SAVEPOINT operation")
            told = len(transaction.told)
            try:
                outcome = asked.operation(transaction, *asked.args, **asked.kwargs)
                line_count.write(transaction)
            except Exception as error:  # noqa: BLE001 - it belongs to whoever asked for this operation
                _raise_if_unavailable(error)
                self._execute("ROLLBACK TO operation")
                transaction.forget(told=told)
                outcome = Failed(error)
            outcomes.append(outcome)
            self._execute("RELEASE operation")
        self._execute("COMMIT")
        self.groups += 1
        return outcomes

    def _execute(self, sql: str) -> None:
        try:
            self._connection.execute(sql)
        except sqlite3.Error as error:
            raise unavailable(error) or StoreUnavailable(Unavailable.BROKEN, str(error)) from error

    def _roll_back(self) -> None:
        # After a full disk or an I/O error SQLite may have rolled back by itself. Where it can't, the next BEGIN fails
        # and says so; this thread must live to answer it.
        self._transaction.forget()
        if self._connection.in_transaction:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")


def _raise_if_unavailable(error: Exception) -> None:
    if isinstance(error, sqlite3.Error) and (lost := unavailable(error)) is not None:
        raise lost from error
