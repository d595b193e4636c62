"""A websocket over the workshop's own HTTP client.

The connection is opened by that client, so the policy about addresses, names and TLS holds for it as for every call;
only the framing is a library's. `websockets` itself would open sockets of its own, past that policy.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import httpcore
from websockets.frames import Frame, Opcode
from websockets.protocol import CLIENT, Protocol
from websockets.utils import accept_key

from providers.errors import Unavailable
from providers.wire.deadline import Deadline
from providers.wire.own_server import OwnServer

MAX_MESSAGE_BYTES = 8 * 1024 * 1024
"""Most bytes of one message; previews are pictures of at most some hundred pixels a side."""

READ_BYTES = 64 * 1024

SWITCHING = 101


class LineLost(Exception):
    """The connection is gone; what it would have told can still be asked for."""


class Line:
    """An open websocket, read only: answers to pings are all that it writes."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._protocol = Protocol(CLIENT, max_size=MAX_MESSAGE_BYTES)
        self._waiting: list[str | bytes] = []
        self._parts: list[bytes] = []
        self._is_text = False

    async def next(self, within_s: float) -> str | bytes | None:
        """The next message, None when none comes in that time. LineLost when none will come."""
        try:
            async with asyncio.timeout(within_s):
                while not self._waiting:
                    await self._read()
        except TimeoutError:
            return None
        except (httpcore.NetworkError, httpcore.TimeoutException) as error:
            raise LineLost(repr(error)) from error
        return self._waiting.pop(0)

    async def _read(self) -> None:
        data = await self._stream.read(READ_BYTES)
        if not data:
            raise LineLost("the server closed the connection")
        self._protocol.receive_data(data)
        for frame in self._protocol.events_received():
            self._took(cast("Frame", frame))
        for answer in self._protocol.data_to_send():
            if answer:
                await self._stream.write(answer, timeout=5.0)
        if self._protocol.parser_exc is not None:
            raise LineLost(repr(self._protocol.parser_exc)) from None

    def _took(self, frame: Frame) -> None:
        """One frame; a message may come in several."""
        if frame.opcode is Opcode.CLOSE:
            raise LineLost("the server said goodbye")
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return
        if frame.opcode is not Opcode.CONT:
            self._is_text = frame.opcode is Opcode.TEXT
        self._parts.append(bytes(frame.data))
        if not frame.fin:
            return
        whole = b"".join(self._parts)
        self._parts.clear()
        self._waiting.append(whole.decode("utf-8", "replace") if self._is_text else whole)


@asynccontextmanager
async def open_line(server: OwnServer, path: str, deadline: Deadline) -> AsyncIterator[Line | None]:
    """An open websocket at a path; None when the server, or a proxy before it, doesn't speak it there."""
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    headers = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-key": key,
        "sec-websocket-version": "13",
    }
    try:
        response = await server.upgraded(path, headers, deadline)
    except Unavailable:
        yield None
        return
    try:
        is_open = response.status_code == SWITCHING and response.headers.get(
            "sec-websocket-accept"
        ) == accept_key(key)
        stream = response.extensions.get("network_stream")
        yield Line(stream) if is_open and stream is not None else None
    finally:
        await response.aclose()
