"""An `Executor` over one SQLite file: one writer thread, one reader thread, nothing on the event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Concatenate

from bot.ports import Clock
from bot.store.sqlite_connection import connect_reader, connect_writer
from bot.store.sqlite_thread import SqliteThread
from bot.store.transaction import P, T, Transaction
from bot.telemetry.events import Recorder, unrecorded


class SqliteExecutor:
    """Writes are committed in groups by one thread; reads run beside them over snapshots."""

    def __init__(
        self, path: Path, *, clock: Clock, busy_timeout_s: float, record: Recorder = unrecorded
    ) -> None:
        self._writer = SqliteThread(
            connect_writer(path, busy_timeout_s=busy_timeout_s),
            clock=clock,
            writes=True,
            name="store-writer",
            record=record,
        )
        self._reader = SqliteThread(
            connect_reader(path, busy_timeout_s=busy_timeout_s),
            clock=clock,
            writes=False,
            name="store-reader",
        )

    @property
    def commits(self) -> int:
        """Group commits so far; the benchmark lays as many under its floor."""
        return self._writer.groups

    def write(
        self,
        operation: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Awaitable[T]:
        """The operation's result once it is committed. StoreUnavailable when it could not be."""
        return self._writer.run(operation, args, kwargs)

    def read(
        self,
        operation: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Awaitable[T]:
        """The operation's result over one snapshot."""
        return self._reader.run(operation, args, kwargs)

    async def aclose(self) -> None:
        """Finishes what was asked before, then closes both connections."""
        await self._writer.aclose()
        await self._reader.aclose()
