"""Socket Mode: two connections at a time, each replaced before or as soon as it fails.

Each envelope goes to one connection only, so while a lone one reconnects (10 s after a dead TCP connection, measured)
commands fail in front of people. A connection that Slack warns about is left open until what came over it is answered.
Source: docs.slack.dev, using Socket Mode: up to 10 connections; bolt-python #417, #1529 (alive but silent), read 2026-11.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

log = logging.getLogger("impasto.slack")

CONNECTIONS = 2
PING_S = 3.0
WATCH_S = 0.25
SILENT_S = 12.0
"""Without a pong for this long a connection is dead, whatever TCP says."""
RENEW_AFTER_S = 30 * 60.0
"""Connections that are alive and yet bring nothing have been seen after idle reconnects; none gets that old."""
LAST_ANSWERS_S = 3.0
"""How long an old connection is kept for answers under way: Slack waits no longer for an ack."""
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 30.0


class _Connection(SocketModeClient):
    """One connection that never reconnects by itself: it says that it is leaving, and another takes its place."""

    def __init__(self, app_token: str, web_client: AsyncWebClient) -> None:
        super().__init__(
            app_token=app_token,
            logger=logging.getLogger("impasto.slack.socket"),
            web_client=web_client,
            auto_reconnect_enabled=False,
            ping_interval=PING_S,
        )
        self.leaving = asyncio.Event()
        self.answering = 0
        self.idle = asyncio.Event()
        self.idle.set()
        self.opened_s = time.monotonic()

    @override
    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Slack asked us to go: the pool opens another, and this one answers what it still has."""
        del force
        self.leaving.set()

    def is_dead(self) -> bool:
        """Whether it is closed, or has been silent for too long."""
        session = self.current_session
        if self.closed or session is None or session.closed:
            return True
        pong_s = self.last_ping_pong_time
        return pong_s is not None and time.time() - pong_s > SILENT_S


@dataclass(slots=True, kw_only=True)
class SocketPool:
    """Keeps `CONNECTIONS` connections open while `run` does."""

    app: AsyncApp
    app_token: str
    web_client: AsyncWebClient
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while at least one connection is open."""
    _open: set[_Connection] = field(default_factory=set)

    async def run(self, *, stop: asyncio.Event) -> None:
        """Serves until `stop` is set; then takes nothing more and answers what came."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(CONNECTIONS):
                    group.create_task(self._keep_one(group, stop))
        finally:
            for connection in list(self._open):
                await _close(connection)

    @property
    def open_count(self) -> int:
        """Connections that are up now."""
        return sum(not connection.is_dead() for connection in self._open)

    async def _keep_one(self, group: asyncio.TaskGroup, stop: asyncio.Event) -> None:
        retry_s = FIRST_RETRY_S
        while not stop.is_set():
            connection = await self._connect()
            if connection is None:
                log.warning("Slack can't be reached over a socket; trying again in %g s", retry_s)
                await _pause(retry_s, stop)
                retry_s = min(LONGEST_RETRY_S, retry_s * 2)
                continue
            retry_s = FIRST_RETRY_S
            self._open.add(connection)
            self.connected.set()
            await self._watch(connection, stop)
            group.create_task(self._retire(connection))

    async def _connect(self) -> _Connection | None:
        connection = _Connection(self.app_token, self.web_client)
        connection.socket_mode_request_listeners.append(self._handle)
        try:
            connection.wss_uri = await connection.issue_new_wss_url()
            await _within(10.0, connection.connect)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("no socket: %s", error)
            await _close(connection)
            return None
        return connection

    async def _watch(self, connection: _Connection, stop: asyncio.Event) -> None:
        """Returns when the connection has to be replaced."""
        while not stop.is_set() and not connection.is_dead() and not connection.leaving.is_set():
            if time.monotonic() - connection.opened_s > RENEW_AFTER_S and not connection.answering:
                return
            await _pause(WATCH_S, stop)

    async def _retire(self, connection: _Connection) -> None:
        if not connection.is_dead():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_ANSWERS_S):
                    await connection.idle.wait()
        self._open.discard(connection)
        if not self._open:
            self.connected.clear()
        with contextlib.suppress(aiohttp.ClientError, OSError):
            await _close(connection)

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """One envelope: answered over the connection that brought it."""
        started_s = time.time()
        connection = client if isinstance(client, _Connection) else None
        if connection is not None:
            connection.answering += 1
            connection.idle.clear()
        try:
            response = await run_async_bolt_app(self.app, request)
            await send_async_response(client, request, response, started_s)
        finally:
            if connection is not None:
                connection.answering -= 1
                if not connection.answering:
                    connection.idle.set()


async def _close(connection: _Connection) -> None:
    await connection.close()  # type: ignore[no-untyped-call]


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


async def _within(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.timeout(seconds):
        await work()
