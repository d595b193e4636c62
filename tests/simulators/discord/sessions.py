"""A gateway session: it numbers what was dispatched and keeps it for a RESUME; and the connection it may have.

Source: docs, events/gateway, Resuming and Transport Compression.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import WSCloseCode, web

Json = dict[str, Any]

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT = 0, 1, 2, 3, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11
"""Source: docs, topics/opcodes-and-status-codes, Gateway Opcodes."""

KEPT_EVENTS = 10_000


class Compressor(Protocol):
    """Packs one payload into a frame."""

    def pack(self, text: str) -> str | bytes: ...


class NoCompression:
    def pack(self, text: str) -> str | bytes:
        return text


class ZlibStream:
    """One zlib context per connection, flushed after each payload so that it ends in 00 00 ff ff."""

    def __init__(self) -> None:
        self._context = zlib.compressobj()

    def pack(self, text: str) -> str | bytes:
        return self._context.compress(text.encode()) + self._context.flush(zlib.Z_SYNC_FLUSH)


@dataclass(frozen=True, slots=True)
class _Close:
    code: int


class Connection:
    """One websocket of the app; what is sent leaves in order."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._socket = socket
        self._request = request
        stream = request.query.get("compress") == "zlib-stream"
        self._compressor: Compressor = ZlibStream() if stream else NoCompression()
        self._outbox: asyncio.Queue[Json | _Close] = asyncio.Queue()
        self.session: Session | None = None
        self.is_silent = False
        """A zombie: open, and nothing comes out of it any more."""
        self.closed_by_gateway = False
        self.sent_by_app: deque[float] = deque()
        self.heartbeats = 0

    def send(self, payload: Json) -> None:
        if not self.is_silent:
            self._outbox.put_nowait(payload)

    def send_op(self, op: int, data: Any = None) -> None:
        self.send({"op": op, "d": data, "s": None, "t": None})

    def close(self, code: int) -> None:
        """After everything sent so far."""
        self.closed_by_gateway = True
        self._outbox.put_nowait(_Close(code))

    def cut(self) -> None:
        """The network breaks: no close frame."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def write(self) -> None:
        """Sends what stands in the outbox until the connection ends."""
        while True:
            item = await self._outbox.get()
            if isinstance(item, _Close):
                await self._socket.close(code=item.code, message=b"")
                return
            packed = self._compressor.pack(json.dumps(item, separators=(",", ":")))
            try:
                if isinstance(packed, bytes):
                    await self._socket.send_bytes(packed)
                else:
                    await self._socket.send_str(packed)
            except ConnectionError:
                return  # what could not be sent waits in the session for a RESUME

    async def hang_up(self) -> None:
        await self._socket.close(code=WSCloseCode.GOING_AWAY)


@dataclass(slots=True, kw_only=True)
class Session:
    id: str
    shard: tuple[int, int]
    intents: int
    sequence: int = 0
    events: deque[Json] = field(default_factory=lambda: deque(maxlen=KEPT_EVENTS))
    connection: Connection | None = None
    lost_at: float | None = None
    """When its connection went; None while it has one."""

    def dispatch(self, event: str, data: Any) -> None:
        """Numbers and keeps the event, and sends it when there is a connection."""
        self.sequence += 1
        payload = {"op": DISPATCH, "d": data, "s": self.sequence, "t": event}
        self.events.append(payload)
        if self.connection is not None:
            self.connection.send(payload)

    def replay(self, after: int) -> int:
        """Sends again what came after this sequence number; how many events that were."""
        assert self.connection is not None
        missed = [one for one in self.events if one["s"] > after]
        for one in missed:
            self.connection.send(one)
        return len(missed)

    def handles(self, guild_id: str | None) -> bool:
        """Does this shard get events of this guild? Direct messages go to shard 0. docs: events/gateway, Sharding."""
        shard, count = self.shard
        return shard == ((int(guild_id) >> 22) % count if guild_id else 0)
