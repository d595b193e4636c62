"""Wake-ups and live progress inside one process."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from weakref import WeakSet

from bot.domain.live import LiveUpdate

MAX_WAITING_UPDATES = 256
"""Updates kept for a slow listener; the oldest are dropped first, since each says how things stand now."""


class LocalSignals:
    """`bot.ports.Signals` for one event loop. To be called from that loop only."""

    def __init__(self) -> None:
        self._topics: dict[str, asyncio.Event] = {}
        self._listeners: WeakSet[_Listener] = WeakSet()

    def wake(self, topic: str) -> None:
        """Wakes whoever waits on `topic`, or the next one to wait."""
        self._topic(topic).set()

    async def wait(self, topic: str, *, timeout_s: float) -> None:
        """Returns on a wake-up since the last wait, or after `timeout_s`.

        The wake-up is taken before this returns: one that comes while its receiver looks for work is not lost.
        """
        event = self._topic(topic)
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await event.wait()
        event.clear()

    def publish(self, update: LiveUpdate) -> None:
        """Tells all listeners; never blocks, drops for the slow."""
        for listener in self._listeners:
            listener.put(update)

    def updates(self) -> AsyncIterator[LiveUpdate]:
        """Live updates from this call on; whoever drops the iterator no longer listens."""
        listener = _Listener()
        self._listeners.add(listener)
        return listener

    def _topic(self, topic: str) -> asyncio.Event:
        return self._topics.setdefault(topic, asyncio.Event())


class _Listener:
    def __init__(self) -> None:
        self._waiting: deque[LiveUpdate] = deque(maxlen=MAX_WAITING_UPDATES)
        self._arrived = asyncio.Event()

    def put(self, update: LiveUpdate) -> None:
        self._waiting.append(update)
        self._arrived.set()

    def __aiter__(self) -> _Listener:
        return self

    async def __anext__(self) -> LiveUpdate:
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()
