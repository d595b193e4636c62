"""Waiting for an answer no longer than some time, at no cost where it is there at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Generator
from typing import Generic, TypeVar

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
        self._steps = steps
        self._waits_for = waits_for

    def __await__(self) -> Generator[object, None, T]:
        waits_for = self._waits_for
        while True:
            thrown: BaseException | None = None
            try:
                yield waits_for
            except BaseException as error:  # noqa: BLE001 - a cancellation is for what waits, which may still clean up
                thrown = error
            try:
                waits_for = next(self._steps) if thrown is None else self._steps.throw(thrown)
            except StopIteration as done:
                answer: T = done.value
                return answer
