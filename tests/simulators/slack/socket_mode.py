"""Socket Mode: one-use tickets, hello, envelopes to exactly one connection, acknowledgements, disconnects, and silence.

Source: docs.slack.dev/apis/events-api/using-socket-mode; one connection per payload and at most 10: bolt-python #448, #1071.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import aiohttp
from aiohttp import web

from tests.simulators.slack.refusal import Refused
from tests.simulators.slack.signed_http import Answer
from tests.simulators.slack.web_api import Call, method

if TYPE_CHECKING:
    from tests.simulators.slack.delivery import Delivery
    from tests.simulators.slack.slack import Slack

Json = dict[str, Any]
Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]

MAX_CONNECTIONS = 10
CONNECTION_LIFE_S = 18060


@method("apps.connections.open", "connections:write", kind="app")
async def open_connection(call: Call) -> Json:
    """A one-use WebSocket address. Takes the app-level token, in the header."""
    if not call.slack.app.socket_mode:
        raise Refused("forbidden_team")
    at = call.slack.base_url.replace("http", "ws", 1)
    ticket = call.slack.sockets.new_ticket()
    return {"url": f"{at}/link/?ticket={ticket}&app_id={call.slack.app.id}"}


class Connection:
    """One WebSocket. Its switches break it in the ways real ones break."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request) -> None:
        self.id = secrets.token_hex(4)
        self.pongs = True
        """False: pings go unanswered, as on a half-dead connection."""
        self.swallows = False
        """True: alive, answers pings, delivers nothing (bolt-python #417)."""
        self.leaving = False
        self.pings_seen = 0
        self.frames: list[Json] = []
        self._ws = ws
        self._request = request

    async def send(self, frame: Json) -> None:
        """Nothing is sent, and nobody is told, on a connection that swallows or is gone."""
        if not self.swallows and not self._ws.closed:
            await self._ws.send_json(frame)

    async def warn(self) -> None:
        """Slack says that it will refresh this connection soon; it still works."""
        await self.send(_disconnect("warning"))

    async def refresh(self, reason: Reason = "refresh_requested") -> None:
        """`disconnect`, then the close frame."""
        self.leaving = True
        await self.send(_disconnect(reason))
        await self._ws.close()

    def abort(self) -> None:
        """The TCP connection is reset, without a close frame."""
        self.leaving = True
        if self._request.transport is not None:
            self._request.transport.abort()

    async def listen(self, took: Callable[[Json], None]) -> None:
        """Until the connection ends; `took` gets each frame."""
        try:
            async for frame in self._ws:
                if frame.type is aiohttp.WSMsgType.PING:
                    self.pings_seen += 1
                    if self.pongs:
                        await self._ws.pong(frame.data)
                elif frame.type is aiohttp.WSMsgType.TEXT:
                    self.frames.append(json.loads(frame.data))
                    took(self.frames[-1])
        finally:
            self.leaving = True


@dataclass(kw_only=True)
class _Waiting:
    """An envelope that has not been acknowledged."""

    connection: Connection
    answer: asyncio.Future[Answer]


class Sockets:
    """The connections of the app, and who gets the next envelope."""

    def __init__(self, slack: Slack) -> None:
        self.connections: list[Connection] = []
        self.hellos = True
        """False: connections are accepted and then say nothing."""
        self._slack = slack
        self._tickets: set[str] = set()
        self._waiting: dict[str, _Waiting] = {}
        self._random = random.Random(1)

    def new_ticket(self) -> str:
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return ticket

    def live(self) -> list[Connection]:
        return [one for one in self.connections if not one.leaving]

    async def connected(self, count: int = 1) -> list[Connection]:
        """Waits until so many connections are there."""
        return await self._slack.until(
            lambda: self.live() if len(self.live()) >= count else None,
            what=f"{count} socket connections",
        )

    async def accept(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=408, text="invalid ticket")
        self._tickets.discard(ticket)
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        connection = Connection(ws, request)
        if len(self.live()) >= MAX_CONNECTIONS:
            await connection.refresh("too_many_websockets")
            return ws
        self.connections.append(connection)
        if self.hellos:
            await connection.send(self._hello())
        self._slack.changed()
        try:
            await connection.listen(lambda frame: self._took(connection, frame))
        finally:
            self._lost(connection)
            self._slack.changed()
        return ws

    def _took(self, connection: Connection, frame: Json) -> None:
        waiting = self._waiting.get(str(frame.get("envelope_id")))
        if waiting is None or waiting.answer.done():
            return
        if waiting.connection is connection or self._slack.beliefs.ack_on_another_connection:
            payload = frame.get("payload")
            body = payload if isinstance(payload, dict) else {}
            waiting.answer.set_result(Answer(outcome="acked", status=200, body=body))

    def _lost(self, connection: Connection) -> None:
        """Whatever this connection had not acknowledged is lost, unless another one may still do it."""
        if self._slack.beliefs.ack_on_another_connection:
            return
        for waiting in self._waiting.values():
            if waiting.connection is connection and not waiting.answer.done():
                waiting.answer.set_result(Answer(outcome="lost"))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.live()),
            "debug_info": {
                "host": "applink-simulated",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_LIFE_S,
            },
            "connection_info": {"app_id": self._slack.app.id},
        }

    async def deliver(self, delivery: Delivery, *, reason: str) -> Answer:
        """To exactly one connection, chosen at random; `unreachable` when there is none."""
        live = self.live()
        if not live:
            return Answer(outcome="unreachable")
        connection = self._random.choice(live)
        delivery.connection = connection.id
        delivery.envelope_id = delivery.envelope_id or secrets.token_hex(12)
        answer = asyncio.get_running_loop().create_future()
        self._waiting[delivery.envelope_id] = _Waiting(connection=connection, answer=answer)
        frame = {
            "envelope_id": delivery.envelope_id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            frame |= {"retry_attempt": delivery.attempt, "retry_reason": reason}
        try:
            await connection.send(frame)
            return await answer
        except ConnectionError:
            return Answer(outcome="lost")
        finally:
            self._waiting.pop(delivery.envelope_id, None)

    async def close_all(self) -> None:
        for connection in self.live():
            connection.abort()


def _disconnect(reason: Reason) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-simulated"}}
