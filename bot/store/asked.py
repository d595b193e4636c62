"""Operations on their way to a database thread, and the futures of whoever asked for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

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


def take_group(queue: SimpleQueue[Asked | None], *, most: int) -> tuple[list[Asked], bool]:
    """Waits for one, takes what else is there, at most `most`; and whether the end mark was among them."""
    taken = [queue.get()]
    # Empty: another thread that takes from this queue was quicker.
    with suppress(Empty):
        while len(taken) < most and taken[-1] is not None and queue.qsize():
            taken.append(queue.get_nowait())
    group = [asked for asked in taken if asked is not None]
    return group, len(group) < len(taken)


def answer(
    loop: asyncio.AbstractEventLoop, group: Sequence[Asked], outcomes: Sequence[Any]
) -> None:
    """Resolves the futures of a group on their loop, all in one call."""
    # RuntimeError: the loop was closed, so nobody waits any more.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(_resolve, group, outcomes)


def _resolve(group: Sequence[Asked], outcomes: Sequence[Any]) -> None:
    for asked, outcome in zip(group, outcomes, strict=True):
        # Whoever asked may have been cancelled; what was committed stays committed.
        if asked.future.done():
            continue
        if isinstance(outcome, Failed):
            asked.future.set_exception(outcome.error)
        else:
            asked.future.set_result(outcome)
