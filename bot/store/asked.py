"""Operations on their way to a database thread, and the futures of whoever asked for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from bot.ports import StoreUnavailable, Unavailable
from bot.store.locking import Locks


class Asked:
    """An operation on its way, and the future of whoever asked. `locks` matter to a shared database only."""

    __slots__ = ("args", "future", "kwargs", "locks", "operation")

    def __init__(
        self,
        operation: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        future: asyncio.Future[Any],
        locks: Locks | None = None,
    ) -> None:
        self.operation = operation
        self.args = args
        self.kwargs = kwargs
        self.future = future
        self.locks = locks


class Failed:
    """An outcome that is raised instead of returned."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error


class Asking:
    """What the loop asks of one or several threads, handed over once a turn of the loop is through.

    What many tasks ask in one turn is one group and one commit, where the first of them alone would otherwise set a
    thread off; and the thread is woken once.
    """

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._turn: list[Asked] = []
        self._queue: SimpleQueue[list[Asked] | None] = SimpleQueue()
        self._closed = False

    def ask(
        self,
        operation: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        locks: Locks | None = None,
    ) -> asyncio.Future[Any]:
        """The future result of the operation, done once its group is committed."""
        if self._closed:
            raise StoreUnavailable(Unavailable.CLOSED, "this process is stopping")
        future: asyncio.Future[Any] = self.loop.create_future()
        if not self._turn:
            self.loop.call_soon(self._hand_over)
        self._turn.append(Asked(operation, args, kwargs, future, locks))
        return future

    def end(self, *, threads: int) -> None:
        """Nothing more is taken; each of the threads comes to its end after what was asked before."""
        if not self._closed:
            self._closed = True
            self._hand_over()
            for _ in range(threads):
                self._queue.put(None)

    def take(self, *, most: int) -> tuple[list[Asked], bool]:
        """For a thread: waits for something and takes what else is there; and whether to end after it.

        What was asked in one turn stays together, also beyond `most`.
        """
        first = self._queue.get()
        group = list(first or ())
        return group, first is None or self.join(group, most=most)

    def join(self, group: list[Asked], *, most: int) -> bool:
        """For a thread: adds to its group who came meanwhile; and whether to end after it."""
        # Empty: another thread that takes from this queue was quicker.
        with suppress(Empty):
            while len(group) < most and not self._queue.empty():
                handed = self._queue.get_nowait()
                if handed is None:
                    return True
                group += handed
        return False

    def answer(self, group: Sequence[Asked], outcomes: Sequence[Any]) -> None:
        """For a thread: resolves the futures of a group on their loop, all in one call."""
        # RuntimeError: the loop was closed, so nobody waits any more.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(_resolve, group, outcomes)

    def _hand_over(self) -> None:
        if self._turn:
            self._queue.put(self._turn)
            self._turn = []


def _resolve(group: Sequence[Asked], outcomes: Sequence[Any]) -> None:
    for asked, outcome in zip(group, outcomes, strict=True):
        # Whoever asked may have been cancelled; what was committed stays committed.
        if asked.future.done():
            continue
        if isinstance(outcome, Failed):
            asked.future.set_exception(outcome.error)
        else:
            asked.future.set_result(outcome)
