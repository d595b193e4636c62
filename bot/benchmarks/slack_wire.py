"""Commands as Slack sends them, signed, over loopback HTTP; and the servers that take them."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from typing_extensions import override

from bot.benchmarks.loop_lag import p99
from bot.surfaces.slack.http import PATH

SIGNING_SECRET = "bench"  # noqa: S105 - opens nothing
TEAM = "T0BENCH"

_numbers = itertools.count(1)


@dataclass(slots=True)
class Acks:
    """Seconds until each ack, and how many were none."""

    seconds: list[float]
    failed: int

    def add(self, more: Acks) -> None:
        """Counts these too."""
        self.seconds += more.seconds
        self.failed += more.failed

    @property
    def p50_ms(self) -> float:
        """The median, in milliseconds."""
        return median(self.seconds) * 1000

    @property
    def p99_ms(self) -> float:
        """What one in a hundred exceeds, in milliseconds."""
        return p99(self.seconds) * 1000


class _Server(uvicorn.Server):
    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served(routes: list[BaseRoute]) -> AsyncIterator[str]:
    """The routes on a free port of this machine; gives the address to send to."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    app = Starlette(routes=routes)
    server = _Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_keep_alive=600))
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}{PATH}"
        server.should_exit = True


async def acks(client: aiohttp.ClientSession, url: str, *, commands: int, in_flight: int) -> Acks:
    """The acks of so many commands, `in_flight` of them at a time."""
    left = itertools.repeat(None, commands)
    seconds: list[float] = []
    failed = 0

    async def person() -> None:
        nonlocal failed
        for _ in left:
            took_s, acked = await command(client, url)
            seconds.append(took_s)
            failed += not acked

    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(person())
    return Acks(seconds, failed)


async def command(client: aiohttp.ClientSession, url: str) -> tuple[float, bool]:
    """One `/imagine` of a new person: seconds until its ack, and whether it was taken."""
    number = next(_numbers)
    fields = {
        "command": "/imagine",
        "text": "a red fox in fresh snow --ar 16:9 --n 4 --seed 42",
        "team_id": TEAM,
        "channel_id": "C0BENCH",
        "user_id": f"U{number}",
        "user_name": "ana",
        "trigger_id": f"{number}.bench",
        "response_url": "https://hooks.invalid/commands/1",
    }
    body = urlencode(fields).encode()
    headers = _signed(body)
    begun_s = time.perf_counter()
    async with client.post(url, data=body, headers=headers) as answer:
        text = await answer.text()
    return time.perf_counter() - begun_s, answer.status == 200 and "Got it" in text


def _signed(body: bytes) -> dict[str, str]:
    at = str(int(time.time()))
    base = b"v0:" + at.encode() + b":" + body
    mac = hmac.new(SIGNING_SECRET.encode(), base, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": at,
        "x-slack-signature": f"v0={mac}",
    }
