"""As much of Discord as an ack needs: a gateway that says hello and hands out commands, and the callback they end in.

It answers everything else with an empty message, so that what a bot does beside the ack is done too.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

GUILD, CHANNEL, USERS = "100", "200", 64
HEARTBEAT_MS = 41_250
GIVEN_UP_S = 10.0

_DISPATCH, _IDENTIFY, _HELLO, _HEARTBEAT, _HEARTBEAT_ACK = 0, 2, 10, 1, 11

_COMMAND, _COMPLETION = 2, 4

Json = dict[str, Any]
_COUNT: Json = {"name": "count", "type": 4, "value": 4}
_TYPED: Json = {"name": "style", "type": 3, "value": "w", "focused": True}


class Wire:
    """Sends commands to the bot of a token and times its acks."""

    def __init__(self, *, guilds: int = 1) -> None:
        self.base_url = ""
        self.requests = 0
        self._guilds = guilds
        self._sockets: dict[str, web.WebSocketResponse] = {}
        self._connected: dict[str, asyncio.Event] = {}
        self._acks: dict[str, asyncio.Future[float]] = {}
        self._numbers = itertools.count(10**17)
        self._prompts = itertools.count(1)
        self._sequence = itertools.count(1)

    @property
    def api_url(self) -> str:
        """The base of its HTTP side."""
        return f"{self.base_url}/api/v10"

    @property
    def gateway_url(self) -> str:
        """The address of its gateway."""
        return f"{self.base_url.replace('http', 'ws', 1)}/gateway"

    async def connected(self, token: str) -> None:
        """Returns when the bot with this token is ready."""
        await self._connected.setdefault(token, asyncio.Event()).wait()

    async def command(self, token: str) -> float | None:
        """Seconds from sending one /imagine to its ack; None when there was none."""
        # No two alike: what the judges said of a prompt is remembered for a while.
        prompt = _prompt(f"a sailing ship at sunset, {next(self._prompts)}")
        return await self._timed(token, _COMMAND, [prompt, _COUNT])

    async def completion(self, token: str) -> float | None:
        """Seconds from typing one letter of an option to the choices for it; None when there were none."""
        return await self._timed(
            token, _COMPLETION, [_prompt("a sailing ship at sunset"), _COUNT, _TYPED]
        )

    async def _timed(self, token: str, kind: int, options: list[Json]) -> float | None:
        number = str(next(self._numbers))
        self._acks[number] = asyncio.get_running_loop().create_future()
        payload = json.dumps(
            {
                "op": _DISPATCH,
                "t": "INTERACTION_CREATE",
                "s": next(self._sequence),
                "d": _interaction(number, kind, options),
            }
        )
        begun = time.perf_counter()
        await self._sockets[token].send_str(payload)
        try:
            async with asyncio.timeout(GIVEN_UP_S):
                return await self._acks[number] - begun
        except TimeoutError:
            return None
        finally:
            del self._acks[number]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The gateway."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        await socket.send_json({"op": _HELLO, "d": {"heartbeat_interval": HEARTBEAT_MS}})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            sent = message.json()
            if sent["op"] == _HEARTBEAT:
                await socket.send_json({"op": _HEARTBEAT_ACK})
            elif sent["op"] == _IDENTIFY:
                await self._welcome(socket, sent["d"])
        return socket

    async def _welcome(self, socket: web.WebSocketResponse, identify: Json) -> None:
        token = str(identify["token"])
        self._sockets[token] = socket
        ready = {
            "v": 10,
            "user": _bot(),
            "guilds": [
                {"id": str(int(GUILD) + n), "unavailable": True} for n in range(self._guilds)
            ],
            "session_id": "bench",
            "shard": identify.get("shard", [0, 1]),
            "resume_gateway_url": self.gateway_url,
            "application": {"id": "1", "flags": 0},
        }
        await self._dispatch(socket, "READY", ready)
        for number in range(self._guilds):
            await self._dispatch(socket, "GUILD_CREATE", _guild(int(GUILD) + number))
        self._connected.setdefault(token, asyncio.Event()).set()

    async def _dispatch(self, socket: web.WebSocketResponse, event: str, data: Json) -> None:
        await socket.send_json({"op": _DISPATCH, "t": event, "s": next(self._sequence), "d": data})

    async def callback(self, request: web.Request) -> web.Response:
        """The first response."""
        now = time.perf_counter()
        number = request.match_info["interaction"]
        await request.read()
        if (waiting := self._acks.get(number)) and not waiting.done():
            waiting.set_result(now)
        made = {"id": number, "type": 2, "response_message_id": number}
        message = {"id": number, "channel_id": CHANNEL}
        return _plain({"interaction": made, "resource": {"type": 4, "message": message}})

    async def anything(self, request: web.Request) -> web.Response:
        """Whatever else is asked."""
        self.requests += 1
        await request.read()
        if request.path.endswith("/users/@me"):
            return _plain(_bot())
        if request.path.endswith("/oauth2/applications/@me"):
            return _plain(_application())
        if request.path.endswith("/gateway/bot"):
            limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
            answer = {"url": self.gateway_url, "shards": 1, "session_start_limit": limit}
            return _plain(answer)
        if request.method == "PUT":
            return _plain([])
        return _plain({"id": str(next(self._numbers)), "channel_id": CHANNEL})


@asynccontextmanager
async def wire(*, guilds: int = 1) -> AsyncIterator[Wire]:
    """Served on loopback until the block ends."""
    made = Wire(guilds=guilds)
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_get("/gateway", made.serve)
    app.router.add_get("/gateway/", made.serve)
    app.router.add_post("/api/v10/interactions/{interaction}/{token}/callback", made.callback)
    app.router.add_route("*", "/{rest:.*}", made.anything)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        made.base_url = f"http://127.0.0.1:{port}"
        yield made
    finally:
        await runner.cleanup()


def _prompt(text: str) -> Json:
    return {"name": "prompt", "type": 3, "value": text}


def _plain(body: object) -> web.Response:
    # discord.py compares the content type exactly: a charset behind it makes it text.
    return web.Response(
        body=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )


def _bot() -> Json:
    return {"id": "1", "username": "Impasto", "discriminator": "0", "avatar": None, "bot": True}


def _application() -> Json:
    return {
        "id": "1",
        "name": "Impasto",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "",
        "flags": 0,
        "team": None,
        "owner": _bot(),
    }


def _guild(number: int) -> Json:
    everyone = {
        "id": str(number),
        "name": "@everyone",
        "permissions": str((1 << 50) - 1),
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
    channels: list[Json] = [
        {
            "id": CHANNEL if number == int(GUILD) else f"{number}{place:02}",
            "type": 0,
            "name": f"channel-{place}",
            "position": place,
            "permission_overwrites": [],
            "nsfw": False,
            "parent_id": None,
            "rate_limit_per_user": 0,
        }
        for place in range(1 if number == int(GUILD) else 20)
    ]
    return {
        "id": str(number),
        "name": f"guild {number}",
        "icon": None,
        "owner_id": "2",
        "afk_timeout": 0,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "roles": [everyone],
        "emojis": [],
        "features": [],
        "mfa_level": 0,
        "system_channel_flags": 0,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "nsfw_level": 0,
        "premium_progress_bar_enabled": False,
        "stickers": [],
        "large": False,
        "member_count": 10,
        "members": [],
        "channels": channels,
        "threads": [],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
    }


def _interaction(number: str, kind: int, options: list[Json]) -> Json:
    user = {
        "id": str(10**16 + int(number) % USERS),
        "username": "someone",
        "discriminator": "0",
        "avatar": None,
        "global_name": "Someone",
    }
    return {
        "id": number,
        "application_id": "1",
        "type": kind,
        "token": f"token-{number}",
        "version": 1,
        "guild_id": GUILD,
        "channel_id": CHANNEL,
        "channel": {"id": CHANNEL, "type": 0, "name": "channel-0"},
        "member": {
            "user": user,
            "roles": [],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "permissions": "2147483647",
        },
        "locale": "en-US",
        "guild_locale": "en-US",
        "app_permissions": "2147483647",
        "entitlements": [],
        "authorizing_integration_owners": {},
        "context": 0,
        "attachment_size_limit": 10485760,
        "data": {
            "id": "300",
            "name": "imagine",
            "type": 1,
            "options": options,
        },
    }
