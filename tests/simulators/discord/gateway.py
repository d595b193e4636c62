"""The gateway: HELLO, IDENTIFY or RESUME, heartbeats, dispatches; and every way in which it lets an app down.

Source: docs, events/gateway, events/gateway-events and topics/opcodes-and-status-codes.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.simulators.discord import sessions
from tests.simulators.discord.guild_payloads import guild_create_json, user_json
from tests.simulators.discord.sessions import Connection, Session

if TYPE_CHECKING:
    from tests.simulators.discord.simulator import Discord

Json = dict[str, Any]

GUILDS_INTENT = 1 << 0
PRIVILEGED_INTENTS = (1 << 1) | (1 << 8) | (1 << 15)
ALL_INTENTS = (1 << 26) - 1
NEEDS_GUILDS_INTENT = ("GUILD_", "CHANNEL_", "THREAD_")
DAY_S = 86_400.0
MAX_PAYLOAD_BYTES = 4096
"""Of what the app sends. docs: events/gateway, Sending Events; then 4002."""


class Gateway:
    """All connections and sessions of the one application."""

    def __init__(self, discord: Discord) -> None:
        self._discord = discord
        self.connections: set[Connection] = set()
        self.sessions: dict[str, Session] = {}
        self.identifies: list[tuple[int, int]] = []
        """The shard of each IDENTIFY that was accepted."""
        self.resumes = 0
        self.replayed = 0
        """Events sent again by RESUMEs."""
        self.refused_identifies = 0
        self.closes: list[int] = []
        """Close codes the app was given."""
        self._identified_at: deque[float] = deque()
        self._last_on_key: dict[int, float] = {}
        self._down = False
        self._next_close: deque[int] = deque()
        self._doubled = 0

    # ---- what a test does to it

    def goes_down(self) -> None:
        """Every connection breaks without a word, and no new one is accepted."""
        self._down = True
        self.cut()

    def comes_up(self) -> None:
        self._down = False

    def cut(self) -> None:
        """Every connection breaks without a close frame; sessions stay."""
        for connection in list(self.connections):
            connection.cut()

    def closes_with(self, code: int) -> None:
        """Closes every connection with this code, such as 4000 (reconnect) or 4009 (session timed out)."""
        for connection in list(self.connections):
            if code in (4007, 4009) and connection.session:
                self.sessions.pop(connection.session.id, None)
            self._close(connection, code)

    def refuses_next_identify(self, code: int) -> None:
        """4004, 4010, 4011, 4013 or 4014 whatever the app says."""
        self._next_close.append(code)

    def asks_to_reconnect(self) -> None:
        """Op 7 on every connection."""
        for connection in list(self.connections):
            connection.send_op(sessions.RECONNECT)

    def invalidates_sessions(self, *, resumable: bool) -> None:
        """Op 9 on every connection; not resumable forgets the sessions."""
        if not resumable:
            self.sessions.clear()
        for connection in list(self.connections):
            connection.send_op(sessions.INVALID_SESSION, resumable)

    def forgets_sessions(self) -> None:
        """The next RESUME is answered with op 9 false."""
        self.sessions.clear()

    def falls_silent(self) -> None:
        """Zombie: connections stay open, no heartbeat is acknowledged and nothing is dispatched until the app reconnects."""
        for connection in list(self.connections):
            connection.is_silent = True

    def doubles_next_interaction(self) -> None:
        """The next INTERACTION_CREATE is delivered twice, as two processes on one shard would get it."""
        self._doubled += 1

    @property
    def is_connected(self) -> bool:
        """Has some connection a session?"""
        return any(one.session is not None for one in self.connections)

    # ---- dispatching

    def dispatch(self, event: str, data: Any, *, guild_id: str | None) -> int:
        """Sends an event to every session of its shard that wants it; to how many."""
        times = 1
        if event == "INTERACTION_CREATE" and self._doubled:
            self._doubled -= 1
            times = 2
        self._forget_old_sessions()
        reached = 0
        for session in self.sessions.values():
            if session.handles(guild_id) and self._wants(session, event):
                for _ in range(times):
                    session.dispatch(event, data)
                reached += session.connection is not None
        return reached

    @staticmethod
    def _wants(session: Session, event: str) -> bool:
        """INTERACTION_CREATE needs no intent. docs: events/gateway, List of Intents."""
        if event.startswith(NEEDS_GUILDS_INTENT):
            return bool(session.intents & GUILDS_INTENT)
        return True

    def _forget_old_sessions(self) -> None:
        oldest = self._discord.clock.now() - self._discord.limits.session_life_s
        self.sessions = {
            key: one
            for key, one in self.sessions.items()
            if one.lost_at is None or one.lost_at > oldest
        }

    # ---- a connection

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One websocket from HELLO to its end."""
        if self._down:
            return web.Response(status=503)
        socket = web.WebSocketResponse(compress=False, autoping=True)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self.connections.add(connection)
        writer = asyncio.create_task(connection.write())
        try:
            if request.query.get("v") != "10" or request.query.get("encoding") != "json":
                self._close(connection, 4012)
            else:
                interval = int(self._discord.limits.heartbeat_interval_s * 1000)
                connection.send_op(sessions.HELLO, {"heartbeat_interval": interval})
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._receive(connection, message.data)
                elif message.type is WSMsgType.BINARY:
                    self._close(connection, 4002)
        finally:
            self._ended(connection, socket.close_code)
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer
        return socket

    def _ended(self, connection: Connection, code: int | None) -> None:
        """The session waits for a RESUME, unless the app closed with 1000 or 1001.

        Source: docs, events/gateway, Initiating a Disconnect.
        """
        self.connections.discard(connection)
        session = connection.session
        if session is not None and session.connection is connection:
            session.connection = None
            session.lost_at = self._discord.clock.now()
            if code in (1000, 1001) and not connection.closed_by_gateway:
                self.sessions.pop(session.id, None)
        self._discord.changed()

    def _close(self, connection: Connection, code: int) -> None:
        self.closes.append(code)
        connection.close(code)

    def _receive(self, connection: Connection, text: str) -> None:
        payload = self._parsed(text)
        if payload is None:
            self._close(connection, 4002)
            return
        if self._sends_too_much(connection):
            self._close(connection, 4008)
            return
        op, data = payload["op"], payload.get("d")
        if op == sessions.HEARTBEAT:
            self._heartbeat(connection)
        elif op == sessions.IDENTIFY:
            self._identify(connection, data)
        elif op == sessions.RESUME:
            self._resume(connection, data)
        elif op not in (sessions.PRESENCE, sessions.REQUEST_MEMBERS):
            self._close(connection, 4001)
        elif connection.session is None:
            self._close(connection, 4003)

    @staticmethod
    def _parsed(text: str) -> Json | None:
        if len(text.encode()) > MAX_PAYLOAD_BYTES:
            return None
        try:
            payload = json.loads(text)
        except ValueError:
            return None
        return payload if isinstance(payload, dict) and "op" in payload else None

    def _sends_too_much(self, connection: Connection) -> bool:
        now = self._discord.clock.now()
        sent = connection.sent_by_app
        sent.append(now)
        while sent[0] < now - 60:
            sent.popleft()
        return len(sent) > self._discord.limits.gateway_events_per_minute

    def _heartbeat(self, connection: Connection) -> None:
        connection.heartbeats += 1
        connection.send_op(sessions.HEARTBEAT_ACK)
        self._discord.changed()

    # ---- identify and resume

    def _identify(self, connection: Connection, data: Json) -> None:
        code = self._objection(connection, data)
        if code is not None:
            self.refused_identifies += 1
            self._close(connection, code)
            return
        shard = tuple(data.get("shard") or (0, 1))
        if self._identifies_too_fast(shard[0]):
            connection.send_op(sessions.INVALID_SESSION, False)
            return
        session = Session(
            id=secrets.token_hex(16),
            shard=(shard[0], shard[1]),
            intents=data["intents"],
            connection=connection,
        )
        connection.session = session
        self.sessions[session.id] = session
        self.identifies.append(session.shard)
        self._welcome(session)
        self._discord.changed()

    def _objection(self, connection: Connection, data: Json) -> int | None:
        """The close code this IDENTIFY earns, None for none."""
        if self._next_close:
            return self._next_close.popleft()
        if connection.session is not None:
            return 4005
        if data.get("token") != self._discord.token:
            return 4004
        if self._spent_identifies():
            return 4004
        shard, count = data.get("shard") or (0, 1)
        if not 0 <= shard < count:
            return 4010
        intents = data.get("intents", 0)
        if intents & ~ALL_INTENTS:
            return 4013
        if intents & PRIVILEGED_INTENTS & ~self._discord.privileged_intents:
            return 4014
        return None

    def _spent_identifies(self) -> bool:
        """At the limit of the day every session ends and the token is reset. docs: Identifying."""
        now = self._discord.clock.now()
        while self._identified_at and self._identified_at[0] < now - DAY_S:
            self._identified_at.popleft()
        self._identified_at.append(now)
        if len(self._identified_at) <= self._discord.limits.identifies_per_day:
            return False
        self._discord.token = f"reset.{secrets.token_hex(8)}"
        self.closes_with(4004)
        self.sessions.clear()
        return True

    @property
    def identifies_left_today(self) -> int:
        return max(0, self._discord.limits.identifies_per_day - len(self._identified_at))

    def _identifies_too_fast(self, shard: int) -> bool:
        """One IDENTIFY per concurrency key in 5 s. docs: events/gateway, Max Concurrency."""
        limits = self._discord.limits
        key = shard % limits.max_concurrency
        now = self._discord.clock.now()
        last = self._last_on_key.get(key)
        self._last_on_key[key] = now
        return last is not None and now - last < limits.identify_window_s

    def _welcome(self, session: Session) -> None:
        discord = self._discord
        mine = [
            one
            for one in discord.world.guilds.values()
            if discord.bot.id in one.members and session.handles(one.id)
        ]
        wants_guilds = bool(session.intents & GUILDS_INTENT)
        session.dispatch(
            "READY",
            {
                "v": 10,
                "user": {**user_json(discord.bot), "verified": True, "mfa_enabled": False},
                "guilds": [{"id": one.id, "unavailable": True} for one in mine],
                "session_id": session.id,
                "session_type": "normal",
                "resume_gateway_url": discord.gateway_url,
                "shard": list(session.shard),
                "application": {"id": discord.application_id, "flags": 0},
                "private_channels": [],
                "relationships": [],
                "presences": [],
                "guild_join_requests": [],
                "_trace": [],
            },
        )
        for guild in mine if wants_guilds else ():
            session.dispatch("GUILD_CREATE", guild_create_json(guild, discord.bot))

    def _resume(self, connection: Connection, data: Json) -> None:
        if data.get("token") != self._discord.token:
            self._close(connection, 4004)
            return
        self._forget_old_sessions()
        session = self.sessions.get(data.get("session_id", ""))
        if session is None:
            connection.send_op(sessions.INVALID_SESSION, False)
            return
        if data.get("seq", 0) > session.sequence:
            self._close(connection, 4007)
            return
        if session.connection is not None:
            session.connection.cut()
        session.connection, session.lost_at = connection, None
        connection.session = session
        self.resumes += 1
        self.replayed += session.replay(data.get("seq") or 0)
        session.dispatch("RESUMED", {"_trace": []})
        self._discord.changed()
