"""How a call's events end, watched with patience: what the facts of the contract stand on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import aclosing
from typing import TypeVar, cast

from providers.errors import ProviderError
from providers.protocol import Done, Event, Result

T = TypeVar("T")

PATIENCE_S = 60.0
"""How long one supported call may take on a slow machine."""


class BrokenContract(AssertionError):
    """The provider breaks its contract; the sentence says how."""


async def events_of(events: AsyncIterator[Event]) -> list[Event]:
    """All events, within the patience."""

    async def gathered() -> list[Event]:
        return [event async for event in events]

    return await within_s(PATIENCE_S, gathered(), "a supported call doesn't end")


def result_of(events: list[Event]) -> Result:
    """The result in the last event."""
    last = events[-1]
    if not isinstance(last, Done):
        raise BrokenContract(f"the last event is {type(last).__name__}")
    return last.result


async def ended_by(events: AsyncIterator[Event]) -> ProviderError | None:
    """The ProviderError that ends the events, None when they end well."""
    try:
        async for _ in events:
            pass
    except ProviderError as error:
        return error
    return None


async def closed(events: AsyncIterator[Event]) -> None:
    """Closes an iterator of events that has an aclose, which generators have."""
    async with aclosing(cast("AsyncGenerator[Event, None]", events)):
        pass


async def within_s(seconds: float, work: Awaitable[T], sentence: str) -> T:
    """The work's result; BrokenContract with the sentence when it takes longer."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError as error:
        raise BrokenContract(sentence) from error
