"""Waiting for an answer no longer than some time, at no cost where it is there at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Generator
from typing import Any, TypeVar

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


class _Begun(Generator[object, None, T]):
    """The rest of what was begun and now waits: to be awaited in its place. All it is told is passed through."""

    def __init__(self, steps: Generator[object, None, T], waits_for: object) -> None:
        self._steps = steps
        self._waits_for = waits_for
        self._waits = False

    def __await__(self) -> Generator[object, None, T]:
        return self

    @override
    def send(self, value: None) -> object:
        if self._waits:
            return self._steps.send(value)
        self._waits = True
        return self._waits_for

    @override
    def throw(self, *thrown: Any) -> object:
        return self._steps.throw(*thrown)
