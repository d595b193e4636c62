"""An `Executor` over one Postgres database that any number of processes share. Nothing runs on the event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Concatenate

from bot.ports import Clock
from bot.store.asked import Asking
from bot.store.locking import locks_of
from bot.store.postgres_session import PostgresSession
from bot.store.postgres_thread import PostgresThread
from bot.store.transaction import P, T, Transaction
from bot.telemetry.events import Recorder, unrecorded

MAX_GROUP = 128
"""Operations in one transaction."""

WRITERS = 2
"""Threads that write in groups: while one waits for its commit, the other goes on."""


class PostgresExecutor:
    """Writes are committed in groups; what must be short or alone has its own thread; reads run beside them."""

    def __init__(
        self,
        conninfo: str,
        *,
        clock: Clock | None = None,
        writers: int = WRITERS,
        max_group: int = MAX_GROUP,
        record: Recorder = unrecorded,
    ) -> None:
        self._together = Asking()
        self._alone = Asking()
        self._reads = Asking()

        def thread(asking: Asking, name: str, *, most: int, writes: bool) -> PostgresThread:
            session = PostgresSession(conninfo, clock=clock)
            return PostgresThread(
                session, asking, most=most, writes=writes, name=name, record=record
            )

        self._writers = [
            *(
                thread(self._together, f"store-writer-{number}", most=max_group, writes=True)
                for number in range(writers)
            ),
            thread(self._alone, "store-alone", most=1, writes=True),
        ]
        self._reader = thread(self._reads, "store-reader", most=max_group, writes=False)

    @property
    def commits(self) -> int:
        """Transactions committed so far for `write`."""
        return sum(thread.groups for thread in self._writers)

    def write(
        self,
        operation: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Awaitable[T]:
        """The operation's result once it is committed. StoreUnavailable when it could not be, or nobody can know."""
        locks = locks_of(operation, args, kwargs)
        asking = self._alone if locks is None or locks.alone else self._together
        return asking.ask(operation, args, kwargs, locks)

    def read(
        self,
        operation: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Awaitable[T]:
        """The operation's result over one snapshot."""
        return self._reads.ask(operation, args, kwargs)

    async def aclose(self) -> None:
        """Finishes what was asked before, then closes every connection."""
        self._together.end(threads=len(self._writers) - 1)
        self._alone.end(threads=1)
        self._reads.end(threads=1)
        for thread in (*self._writers, self._reader):
            await thread.join()
