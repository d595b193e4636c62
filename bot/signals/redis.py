"""Wake-ups and live progress through Redis, for processes that also share a Postgres database.

Nothing is stored: a channel has no memory. Everybody hears both ways, and says it through Redis while that answers, else
by NOTIFY; so a Redis that goes away costs nobody anything but what was just on its way, and that is looked up within a
second.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any, Protocol

from redis.exceptions import RedisError

from bot.domain.identity import JobId
from bot.domain.live import LiveUpdate
from bot.net.redis_server import ANSWER_TIMEOUT_S, open_client
from bot.signals.ending import end
from bot.signals.live_json import read_updates, shared, write_updates
from bot.signals.local import LocalSignals

MAX_WAITING_UPDATES = 1_000
MAX_MESSAGE_BYTES = 64_000
"""Ours: what is said at once goes out in pieces of this size."""
PING_S = 5.0
"""How often a silent channel is asked whether it still lives."""
RECONNECT_S = 1.0

_log = logging.getLogger("impasto.signals")


class Fallback(Protocol):
    """The other way to everybody."""

    @property
    def local(self) -> LocalSignals:
        """What is heard here."""

    def tell(self, topics: Sequence[str], updates: Sequence[LiveUpdate]) -> None:
        """Says it to the others only."""

    async def aclose(self) -> None:
        """Hears and says nothing more."""


class RedisSignals:
    """`bot.ports.Signals` for one event loop. `owner` names this process, so that it doesn't hear itself twice."""

    def __init__(self, url: str, *, channel: str, owner: str, fallback: Fallback) -> None:
        self._url = url
        self._channel = channel
        self._owner = owner
        self._fallback = fallback
        self._local = fallback.local
        self._topics: set[str] = set()
        self._updates: dict[tuple[type[LiveUpdate], JobId], LiveUpdate] = {}
        self._said = asyncio.Event()
        self._listening = asyncio.Event()
        self._tasks = [
            asyncio.create_task(self._again(self._listen)),
            asyncio.create_task(self._say()),
        ]

    async def aclose(self) -> None:
        """Hears and says nothing more."""
        await end(self._tasks)
        await self._fallback.aclose()

    async def listening(self, *, timeout_s: float) -> None:
        """Returns once others are heard through Redis. TimeoutError when they aren't so long."""
        async with asyncio.timeout(timeout_s):
            await self._listening.wait()

    def wake(self, topic: str) -> None:
        """Wakes whoever waits on `topic`, in every process."""
        self._local.wake(topic)
        self._topics.add(topic)
        self._said.set()

    async def wait(self, topic: str, *, timeout_s: float) -> None:
        """Returns on a wake-up since the last wait, or after `timeout_s`."""
        await self._local.wait(topic, timeout_s=timeout_s)

    def publish(self, update: LiveUpdate) -> None:
        """Tells all listeners, in every process what others need to know; never blocks."""
        self._local.publish(update)
        if shared(update) and len(self._updates) < MAX_WAITING_UPDATES:
            self._updates[type(update), update.job] = update
            self._said.set()

    def updates(self) -> AsyncIterator[LiveUpdate]:
        """Live updates from this call on; whoever drops the iterator no longer listens."""
        return self._local.updates()

    async def _again(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except (RedisError, OSError, TimeoutError) as error:
                _log.warning("signals through Redis are interrupted: %r", error)
            await asyncio.sleep(RECONNECT_S)

    async def _listen(self) -> None:
        client = open_client(self._url, answer_timeout_s=None)
        async with aclosing(client), client.pubsub() as channel:
            async with asyncio.timeout(PING_S):
                await channel.subscribe(self._channel)
            self._listening.set()
            heard_s = time.monotonic()
            try:
                while time.monotonic() - heard_s < 2 * PING_S:
                    message = await channel.get_message(timeout=PING_S)
                    if message is None:
                        async with asyncio.timeout(PING_S):
                            await channel.ping()
                        continue
                    heard_s = time.monotonic()
                    if message["type"] == "message":
                        self._hear(message["data"])
            finally:
                self._listening.clear()
        raise TimeoutError("the channel is silent")

    def _hear(self, data: str) -> None:
        try:
            said: dict[str, Any] = json.loads(data)
        except ValueError:
            return
        if said.get("from") == self._owner:
            return
        for topic in said.get("wake", ()):
            self._local.wake(str(topic))
        for update in read_updates(str(said.get("live", "[]"))):
            self._local.publish(update)

    async def _say(self) -> None:
        client = open_client(self._url)
        async with aclosing(client):
            while True:
                await self._said.wait()
                self._said.clear()
                topics, updates = sorted(self._topics), list(self._updates.values())
                self._topics.clear()
                self._updates.clear()
                if not self._listening.is_set():
                    # Who can't hear can't know whether others do.
                    self._fallback.tell(topics, updates)
                    continue
                try:
                    await self._send(client.publish, topics, updates)
                except (RedisError, OSError, TimeoutError):
                    self._fallback.tell(topics, updates)

    async def _send(
        self,
        publish: Callable[[str, str], Awaitable[Any]],
        topics: Sequence[str],
        updates: Sequence[LiveUpdate],
    ) -> None:
        pieces = list(write_updates(updates, most_bytes=MAX_MESSAGE_BYTES)) or ["[]"]
        for number, live in enumerate(pieces):
            said = {"from": self._owner, "wake": [] if number else topics, "live": live}
            async with asyncio.timeout(2 * ANSWER_TIMEOUT_S):
                await publish(self._channel, json.dumps(said))
