"""What is there at once needs no timer; what isn't is waited for as long as was said, and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from moderation.patience import within

SOON_S = 0.01
LONG_S = 60.0


@pytest.fixture
async def timers(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the loop's timers would ring."""
    loop = asyncio.get_running_loop()
    known, real = list[float](), loop.call_at

    def call_at(when: float, callback: Callable[..., object], *args: Any, **kwargs: Any) -> Any:
        known.append(when)
        return real(when, callback, *args, **kwargs)

    monkeypatch.setattr(loop, "call_at", call_at)
    return known


async def test_an_answer_that_is_there_at_once_sets_no_timer(timers: list[float]) -> None:
    async def at_once() -> int:
        return 1

    assert await within(at_once(), seconds=LONG_S) == 1

    assert timers == []


async def test_what_waits_several_times_gives_its_answer(timers: list[float]) -> None:
    async def several() -> list[str]:
        said = []
        for number in range(3):
            future = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(future.set_result, f"{number}")
            said.append(await future)
        return said

    assert await within(several(), seconds=LONG_S) == ["0", "1", "2"]

    assert len(timers) == 1


async def test_a_future_can_be_waited_for_too() -> None:
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, 1)

    assert await within(future, seconds=LONG_S) == 1


async def test_who_never_answers_is_cancelled_when_the_time_is_over() -> None:
    heard: list[str] = []

    async def never() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.append("cancelled")
            raise

    with pytest.raises(TimeoutError):
        await within(never(), seconds=SOON_S)

    assert heard == ["cancelled"]


async def test_who_is_cancelled_may_still_wait_to_clean_up() -> None:
    async def slow_to_end() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(ended.set_result, None)
            await ended
            cleaned.append(True)

    cleaned: list[bool] = []

    with pytest.raises(TimeoutError):
        await within(slow_to_end(), seconds=SOON_S)

    assert cleaned == [True]


@pytest.mark.parametrize("waits", [False, True])
async def test_an_error_comes_through(waits: bool) -> None:
    async def breaks() -> None:
        if waits:
            future = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(future.set_result, None)
            await future
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await within(breaks(), seconds=LONG_S)


async def test_an_error_of_what_it_waits_for_is_thrown_where_it_waits() -> None:
    async def catches(future: asyncio.Future[int]) -> str:
        try:
            await future
        except ValueError:
            return "caught"
        return "nothing"

    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_exception, ValueError())

    assert await within(catches(future), seconds=LONG_S) == "caught"


async def test_a_cancellation_from_outside_is_no_timeout() -> None:
    begun = asyncio.Event()

    async def never() -> None:
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.ensure_future(within(never(), seconds=LONG_S))
    await begun.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_shorter_of_two_times_decides_whichever_is_outside() -> None:
    async def never() -> str:
        await asyncio.Event().wait()
        return "never"

    async def inner() -> str:
        try:
            return await within(never(), seconds=SOON_S)
        except TimeoutError:
            return "inner"

    assert await within(inner(), seconds=LONG_S) == "inner"
    with pytest.raises(TimeoutError):
        await within(within(never(), seconds=LONG_S), seconds=SOON_S)
