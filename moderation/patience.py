"""Waiting for an answer no longer than some time, at no cost where it is there at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Generator
from types import TracebackType
from typing import Generic, TypeVar

from typing_extensions import override

T = TypeVar("T")


async def within(coming: Awaitable[T], *, seconds: float) -> T:
    """The result of `coming`. TimeoutError, and `coming` is cancelled, when it has to wait longer than `seconds`.

    A timer is set once it begins to wait: what needs no waiting, as a judge by rules, would cost the loop less than it.
    """
    steps = coming.__await__()
    try:
        waits_for = next(steps)
    except StopIteration as done:
        answer: T = done.value
        return answer
    async with asyncio.timeout(seconds):
        return await _Begun(steps, waits_for)


class _Begun(Generic[T]):
    """The rest of what was begun and now waits: to be awaited in its place."""

    def __init__(self, steps: Generator[object, None, T], waits_for: object) -> None:
        self._rest = _Rest(steps, waits_for)

    def __await__(self) -> Generator[object, None, T]:
        return self._rest


class _Rest(Generator[object, None, T]):
    """The steps once more from the one that was taken. What is thrown in is theirs: they may still clean up."""

    def __init__(self, steps: Generator[object, None, T], taken: object) -> None:
        self._steps = steps
        self._taken: list[object] = [taken]

    @override
    def send(self, value: None) -> object:
        return self._taken.pop() if self._taken else self._steps.send(value)

    @override
    def throw(
        self,
        thrown: BaseException | type[BaseException],
        value: object = None,
        trace: TracebackType | None = None,
        /,
    ) -> object:
        self._taken.clear()
        return self._steps.throw(value if isinstance(value, BaseException) else thrown)
