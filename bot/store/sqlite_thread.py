"""One thread, one connection: operations that arrive together are committed together.

All operations of a group run in one transaction without savepoints. When one fails, the whole group is rolled back and
run again, each in a savepoint of its own: a failing operation leaves no half-written rows and harms no other, and the
usual case pays nothing for it. Operations must therefore keep nothing outside the database.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from bot.ports import Clock, StoreUnavailable, Unavailable
from bot.store.moments import to_us
from bot.store.sqlite_connection import unavailable
from bot.store.statement import Statement
from bot.store.transaction import Row

MAX_GROUP = 256
"""Operations in one commit: enough to share its cost, few enough that nobody waits long. Ours, 2026-11."""


class SqliteTransaction:
    """A `Transaction` over sqlite3. `now_us` is this process's clock: only one process may claim."""

    __slots__ = ("_execute", "now_us")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.cursor().execute
        self.now_us = 0

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


class _Asked:
    """An operation on its way, and the future of whoever asked."""

    __slots__ = ("args", "future", "kwargs", "operation")

    def __init__(
        self,
        operation: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        future: asyncio.Future[Any],
    ) -> None:
        self.operation = operation
        self.args = args
        self.kwargs = kwargs
        self.future = future


class _Failed:
    """An outcome that is raised instead of returned."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error


class SqliteThread:
    """Runs operations for one event loop, those that write and those that only read in a thread each."""

    def __init__(
        self, connection: sqlite3.Connection, *, clock: Clock, writes: bool, name: str
    ) -> None:
        self.groups = 0
        """Transactions committed so far."""
        self._connection = connection
        self._clock = clock
        self._writes = writes
        self._begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
        self._transaction = SqliteTransaction(connection)
        self._loop = asyncio.get_running_loop()
        self._asked: list[_Asked] = []
        self._queue: SimpleQueue[list[_Asked] | None] = SimpleQueue()
        self._closed = False
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def run(
        self, operation: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> asyncio.Future[Any]:
        """The future result of the operation, done once its group is committed."""
        if self._closed:
            raise StoreUnavailable(Unavailable.CLOSED, "this process is stopping")
        future: asyncio.Future[Any] = self._loop.create_future()
        # Handed over once this turn of the loop is through: what many tasks ask in one turn is one group and one
        # commit, where the first of them alone would otherwise set the thread off.
        if not self._asked:
            self._loop.call_soon(self._hand_over)
        self._asked.append(_Asked(operation, args, kwargs, future))
        return future

    async def aclose(self) -> None:
        """Finishes what was asked before, then closes the connection."""
        if not self._closed:
            self._closed = True
            self._hand_over()
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _hand_over(self) -> None:
        if self._asked:
            self._queue.put(self._asked)
            self._asked = []

    def _work(self) -> None:
        while not self._stopping:
            group = self._take()
            self._join(group)
            outcomes = self._outcomes(group)
            self._answer(group, outcomes)
        self._connection.close()

    def _take(self) -> list[_Asked]:
        handed = self._queue.get()
        self._stopping = handed is None
        return handed or []

    def _join(self, group: list[_Asked]) -> bool:
        """Whether others came meanwhile who are part of the group now."""
        before = len(group)
        while len(group) < MAX_GROUP and not self._queue.empty():
            group += self._take()
        return len(group) > before

    def _outcomes(self, group: list[_Asked]) -> Sequence[Any]:
        try:
            outcomes = self._together(group)
            if outcomes is None:
                outcomes = self._one_by_one(group)
        except StoreUnavailable as error:
            self._roll_back()
            return [_Failed(error) for _ in group]
        return outcomes

    def _together(self, group: list[_Asked]) -> list[Any] | None:
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
                if self._writes:
                    self._join(group)
        except Exception as error:  # noqa: BLE001 - whose fault it is shows when they run one by one
            _raise_if_unavailable(error)
            self._roll_back()
            return None
        self._execute("COMMIT")
        self.groups += 1
        return outcomes

    def _one_by_one(self, group: Sequence[_Asked]) -> list[Any]:
        transaction = self._transaction
        self._execute(self._begin)
        transaction.now_us = to_us(self._clock.now())
        outcomes: list[Any] = []
        for asked in group:
            self._execute("SAVEPOINT operation")
            try:
                outcomes.append(asked.operation(transaction, *asked.args, **asked.kwargs))
            except Exception as error:  # noqa: BLE001 - it belongs to whoever asked for this operation
                _raise_if_unavailable(error)
                self._execute("ROLLBACK TO operation")
                outcomes.append(_Failed(error))
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
        if self._connection.in_transaction:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")

    def _answer(self, group: Sequence[_Asked], outcomes: Sequence[Any]) -> None:
        # RuntimeError: the loop was closed, so nobody waits any more.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_resolve, group, outcomes)


def _raise_if_unavailable(error: Exception) -> None:
    if isinstance(error, sqlite3.Error) and (lost := unavailable(error)) is not None:
        raise lost from error


def _resolve(group: Sequence[_Asked], outcomes: Sequence[Any]) -> None:
    for asked, outcome in zip(group, outcomes, strict=True):
        # Whoever asked may have been cancelled; what was committed stays committed.
        if asked.future.done():
            continue
        if isinstance(outcome, _Failed):
            asked.future.set_exception(outcome.error)
        else:
            asked.future.set_result(outcome)
