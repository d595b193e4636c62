"""A thread with a connection of its own: operations that arrive together are committed together.

As on SQLite, a group runs in one transaction without savepoints. When one operation fails, the group is rolled back and
run again, each in a savepoint of its own.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from bot.ports import StoreUnavailable, Unavailable
from bot.store import line_count
from bot.store.asked import Asked, Asking, Failed
from bot.store.locking import ONE_STATEMENT, Locks
from bot.store.postgres_session import (
    READ,
    WRITE,
    WRITE_UNLOCKED,
    Conflict,
    PostgresSession,
    PostgresTransaction,
    cannot_be_known,
    raise_if_unavailable,
)
from bot.telemetry.events import Event, Recorder, unrecorded

MAX_TRIES = 5
"""A group that met another transaction's writes is run again this often. With locks in order that is next to never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Operations in the order they are run, what they hold, and how their transaction begins, where they need one."""

    asked: Sequence[Asked]
    locks: Sequence[Locks]
    how: LiteralString | None


class PostgresThread:
    """Takes what is asked of `asking`, at most `most` at a time, until that ends."""

    def __init__(
        self,
        session: PostgresSession,
        asking: Asking,
        *,
        most: int,
        writes: bool,
        name: str,
        record: Recorder = unrecorded,
    ) -> None:
        self.groups = 0
        """Transactions committed so far."""
        self._session = session
        self._asking = asking
        self._most = most
        self._writes = writes
        self._record = record
        self._told: list[Event] = []
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def join(self) -> None:
        """Returns when the thread has come to its end and closed its connection."""
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        while not self._serve():
            pass
        self._session.close()

    def _serve(self) -> bool:
        """What was taken at once; and whether to end after it. What it came to is let go with it."""
        taken, ends = self._asking.take(most=self._most)
        for first in range(0, len(taken), self._most):
            group = self._group(taken[first : first + self._most])
            self._asking.answer(group.asked, self._outcomes(group))
            for event in self._told:
                self._record(event)
            self._told = []
        return ends

    def _group(self, taken: Sequence[Asked]) -> _Group:
        if not self._writes:
            alone = all(asked.operation in ONE_STATEMENT for asked in taken)
            return _Group(asked=taken, locks=(), how=None if alone else READ)
        known = [(asked, asked.locks) for asked in taken if asked.locks is not None]
        if len(known) < len(taken):
            # Only ever asked for one by one.
            return _Group(asked=taken, locks=(), how=WRITE_UNLOCKED)
        known.sort(key=lambda one: one[1].last)
        return _Group(
            asked=[asked for asked, _ in known], locks=[locks for _, locks in known], how=WRITE
        )

    def _outcomes(self, group: _Group) -> Sequence[Any]:
        error: Exception | None = None
        for _ in range(MAX_TRIES):
            was_open = self._session.is_open
            try:
                return self._together(group) or self._one_by_one(group)
            except Conflict as conflict:
                self._session.roll_back()
                error = StoreUnavailable(Unavailable.LOCKED, str(conflict))
            except StoreUnavailable as lost:
                self._session.roll_back()
                error = lost
                if group.how is None and was_open and lost.why is Unavailable.UNREACHABLE:
                    # A connection that died while nobody used it, and nothing written: the next one may try.
                    continue
                break
            except Exception as fault:  # noqa: BLE001 - this thread must live to answer the next one
                self._session.roll_back()
                error = fault
                break
        return [Failed(error or RuntimeError("never tried")) for _ in group.asked]

    def _together(self, group: _Group) -> list[Any] | None:
        """The results in order, committed; None when one failed and everything is rolled back."""
        transaction = self._session.begin(group.how, group.locks)
        try:
            outcomes = [
                asked.operation(transaction, *asked.args, **asked.kwargs) for asked in group.asked
            ]
            line_count.write(transaction)
        except Exception as error:  # noqa: BLE001 - whose fault it is shows when they run one by one
            raise_if_unavailable(error)
            self._session.roll_back()
            return None
        if group.how is not None:
            self._commit(transaction)
        return outcomes

    def _one_by_one(self, group: _Group) -> list[Any]:
        transaction = self._session.begin(group.how or READ, group.locks)
        outcomes = [self._in_savepoint(transaction, asked) for asked in group.asked]
        self._commit(transaction)
        return outcomes

    def _in_savepoint(self, transaction: PostgresTransaction, asked: Asked) -> object:
        self._session.execute("SAVEPOINT operation")
        told = len(transaction.told)
        try:
            outcome = asked.operation(transaction, *asked.args, **asked.kwargs)
            line_count.write(transaction)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asked for this operation
            raise_if_unavailable(error)
            self._session.execute("ROLLBACK TO SAVEPOINT operation")
            transaction.forget(told=told)
            outcome = Failed(error)
        self._session.execute("RELEASE SAVEPOINT operation")
        return outcome

    def _commit(self, transaction: PostgresTransaction) -> None:
        try:
            self._session.commit()
        except StoreUnavailable as error:
            raise cannot_be_known(error) from error
        self.groups += 1
        self._told = transaction.told
