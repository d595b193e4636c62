"""Wake-ups and live progress between processes that share a Postgres database, by LISTEN and NOTIFY.

Nothing here must arrive: whoever waits looks again within a second anyway. Notifications never travel in a transaction
of the queue, where they would make its commits wait for each other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import LiteralString

import psycopg

from bot.domain.identity import JobId
from bot.domain.live import LiveUpdate
from bot.signals.ending import end
from bot.signals.live_json import read_updates, shared, write_updates
from bot.signals.local import LocalSignals

WAKE = "impasto_wake"
LIVE = "impasto_live"
MAX_PAYLOAD_BYTES = 7_900
"""Postgres takes less than 8000 bytes. Source: postgresql.org/docs/18/sql-notify.html, read 2026-11-25."""
MAX_WAITING_UPDATES = 1_000
"""Updates kept while there is no connection; newer ones are dropped: each job's next one says it all again."""
CONNECT_TIMEOUT_S = 5
SEND_TIMEOUT_S = 5.0
RECONNECT_S = 1.0

_LISTEN: tuple[LiteralString, ...] = ("LISTEN impasto_wake", "LISTEN impasto_live")
_NOTIFY: LiteralString = (
    "SELECT pg_notify(channel, payload)"
    " FROM unnest(%(channels)s::text[], %(payloads)s::text[]) AS said (channel, payload)"
)

_log = logging.getLogger("impasto.signals")


class PostgresSignals:
    """`bot.ports.Signals` for one event loop: what is said here is heard here at once, and elsewhere soon.

    All that is said while a notification is on its way goes out together with the next one.
    """

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self.local = LocalSignals()
        """What is heard here, also by whoever else hears for this process."""
        self._topics: set[str] = set()
        self._updates: dict[tuple[type[LiveUpdate], JobId], LiveUpdate] = {}
        self._said = asyncio.Event()
        self._sender_pid: int | None = None
        self._listening = asyncio.Event()
        self._tasks = [
            asyncio.create_task(self._again(self._listen)),
            asyncio.create_task(self._again(self._send)),
        ]

    async def aclose(self) -> None:
        """Hears and says nothing more."""
        await end(self._tasks)

    async def listening(self, *, timeout_s: float) -> None:
        """Returns once others are heard. TimeoutError when there is no connection so long."""
        async with asyncio.timeout(timeout_s):
            await self._listening.wait()

    def wake(self, topic: str) -> None:
        """Wakes whoever waits on `topic`, in every process."""
        self.local.wake(topic)
        self._topics.add(topic)
        self._said.set()

    async def wait(self, topic: str, *, timeout_s: float) -> None:
        """Returns on a wake-up since the last wait, or after `timeout_s`."""
        await self.local.wait(topic, timeout_s=timeout_s)

    def publish(self, update: LiveUpdate) -> None:
        """Tells all listeners, in every process what others need to know; never blocks."""
        self.local.publish(update)
        if shared(update) and len(self._updates) < MAX_WAITING_UPDATES:
            self._updates[type(update), update.job] = update
            self._said.set()

    def tell(self, topics: Sequence[str], updates: Sequence[LiveUpdate]) -> None:
        """Says it to the other processes only."""
        self._topics.update(topics)
        self._updates.update({(type(update), update.job): update for update in updates})
        if topics or updates:
            self._said.set()

    def updates(self) -> AsyncIterator[LiveUpdate]:
        """Live updates from this call on; whoever drops the iterator no longer listens."""
        return self.local.updates()

    async def _again(self, work: Callable[[psycopg.AsyncConnection], Awaitable[None]]) -> None:
        while True:
            try:
                async with await self._connect() as connection:
                    await work(connection)
            except (psycopg.Error, TimeoutError) as error:
                _log.warning("signals between processes are interrupted: %s", error)
            await asyncio.sleep(RECONNECT_S)

    async def _connect(self) -> psycopg.AsyncConnection:
        return await psycopg.AsyncConnection.connect(
            self._conninfo,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
            application_name="impasto signals",
            keepalives_idle=5,
            keepalives_interval=2,
            keepalives_count=3,
        )

    async def _listen(self, connection: psycopg.AsyncConnection) -> None:
        for statement in _LISTEN:
            await connection.execute(statement)
        self._listening.set()
        try:
            async for notice in connection.notifies():
                if notice.pid != self._sender_pid:
                    self._hear(notice)
        finally:
            self._listening.clear()

    def _hear(self, notice: psycopg.Notify) -> None:
        if notice.channel == WAKE:
            self.local.wake(notice.payload)
            return
        for update in read_updates(notice.payload):
            self.local.publish(update)

    async def _send(self, connection: psycopg.AsyncConnection) -> None:
        self._sender_pid = connection.info.backend_pid
        while True:
            await self._said.wait()
            self._said.clear()
            said = [(WAKE, topic) for topic in self._topics]
            updates = tuple(self._updates.values())
            self._topics.clear()
            self._updates.clear()
            said += [(LIVE, text) for text in write_updates(updates, most_bytes=MAX_PAYLOAD_BYTES)]
            channels, payloads = (list(column) for column in zip(*said, strict=True))
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await connection.execute(_NOTIFY, {"channels": channels, "payloads": payloads})
