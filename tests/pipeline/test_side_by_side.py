"""Side by side, and still one fault: callers tell faults apart by their class."""

import asyncio

import pytest

from bot.pipeline.side_by_side import side_by_side
from bot.ports import BlobMissing, StoreUnavailable, Unavailable


async def gives(value: int, *, after: asyncio.Event | None = None) -> int:
    if after is not None:
        await after.wait()
    return value


async def test_results_come_in_the_order_of_the_works() -> None:
    last = asyncio.Event()

    async def sets() -> int:
        last.set()
        return 2

    assert await side_by_side([gives(1, after=last), sets(), gives(3)]) == [1, 2, 3]
    assert await side_by_side([]) == []


async def test_one_fault_is_raised_as_it_is_and_calls_off_the_rest() -> None:
    called_off = []

    async def waits() -> int:
        try:
            return await gives(1, after=asyncio.Event())
        except asyncio.CancelledError:
            called_off.append(True)
            raise

    async def fails() -> int:
        raise BlobMissing("ab")

    with pytest.raises(BlobMissing):
        await side_by_side([waits(), fails()])

    assert called_off == [True]


async def test_of_several_faults_the_first_counts_also_out_of_a_group() -> None:
    async def fails(fault: Exception) -> int:
        raise fault

    busy = StoreUnavailable(Unavailable.LOCKED, "busy")

    with pytest.raises(StoreUnavailable) as first:
        await side_by_side([fails(ExceptionGroup("", [busy])), fails(BlobMissing("ab"))])

    assert first.value is busy


async def test_being_called_off_is_no_fault() -> None:
    begun = asyncio.Event()

    async def waits() -> int:
        begun.set()
        return await gives(1, after=asyncio.Event())

    task = asyncio.ensure_future(side_by_side([waits()]))
    await begun.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
