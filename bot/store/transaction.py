"""What an operation may do with the database, whichever one it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from bot.store.statement import Statement
from bot.telemetry.events import Event

P = ParamSpec("P")
T = TypeVar("T")

Row = tuple[Any, ...]
Block = tuple[float | None, int]
"""Of the jobs in line: their tag, and what their ids have in common."""


class Transaction(Protocol):
    """One open transaction. An operation may be run again in a new one: it keeps nothing outside the database."""

    @property
    def now_us(self) -> int:
        """The database's time: leases written by several machines compare by one clock."""

    @property
    def writer(self) -> int:
        """Number of the connection: a count that many write at once is kept once for each."""

    @property
    def line(self) -> Counter[Block]:
        """How many more are in line than before, by block: written once for all operations of the transaction."""

    def row(self, statement: Statement, **values: object) -> Row | None:
        """The first row."""

    def rows(self, statement: Statement, **values: object) -> list[Row]:
        """All rows."""

    def change(self, statement: Statement, **values: object) -> int:
        """How many rows were written."""

    def add(self, statement: Statement, **values: object) -> int:
        """The id of the one row that the statement inserts."""

    def tell(self, event: Event, /) -> None:
        """Recorded once this is committed; never, when it isn't."""


class Executor(Protocol):
    """Runs operations: plain functions whose first argument is a transaction."""

    def write(
        self,
        operation: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Awaitable[T]:
        """The operation's result once it is committed. StoreUnavailable when it could not be.

        A cancelled wait says nothing about the commit.
        """

    def read(
        self,
        operation: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Awaitable[T]:
        """The operation's result over one snapshot; it sees every write that was committed before."""


class OpenExecutor(Executor, Protocol):
    """An executor over open connections, to be closed by whoever opened it."""

    @property
    def commits(self) -> int:
        """Transactions committed so far for `write`: several operations may share one."""

    async def aclose(self) -> None:
        """Finishes what was asked before, then closes every connection."""
