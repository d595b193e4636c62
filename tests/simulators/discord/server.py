"""The simulator on a loopback port: REST under /api/v10, the gateway at /gateway, files at the root.

A test points its client at `discord.api_url` and `discord.gateway_url`.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from tests.simulators.discord import (
    rest_applications,
    rest_channels,
    rest_interactions,
    rest_messages,
    rest_webhooks,
)
from tests.simulators.discord.api import Answer, Call, Route
from tests.simulators.discord.bodies import Body, read_body
from tests.simulators.discord.faults import Fault
from tests.simulators.discord.published_schema import schema_wrongs
from tests.simulators.discord.rate_limits import cloudflare_ban, plain_json
from tests.simulators.discord.refusals import Json, Refused, invalid_form
from tests.simulators.discord.simulator import Discord, Request, Violation

ROUTES: list[Route] = [
    *rest_applications.ROUTES,
    *rest_channels.ROUTES,
    *rest_interactions.ROUTES,
    *rest_messages.ROUTES,
    *rest_webhooks.ROUTES,
]
PREFIX = "/api/v10"
READING_SLACK_BYTES = 1024 * 1024
"""So that a body just over the limit is still ours to refuse."""

PAYLOAD = web.RequestKey("PAYLOAD", object)
"""What a request said, for the record of what was asked."""


class Endpoint:
    """One route as the network sees it: faults, token, limits, body, then what it does."""

    def __init__(self, discord: Discord, route: Route) -> None:
        self._discord = discord
        self._route = route

    async def handle(self, request: web.Request) -> web.StreamResponse:
        code = 0
        try:
            answer = await self._answer(request)
        except Refused as refused:
            code = refused.code
            if code == 50035:
                self._violated(refused)
            answer = plain_json(
                web.json_response(refused.as_json(), status=refused.status, headers=refused.headers)
            )
        shared = answer.headers.get("X-RateLimit-Scope") == "shared"
        self._discord.rates.saw(answer.status, shared=shared)
        self._discord.requests.append(
            Request(
                route=self._route.name,
                path=request.path.removeprefix(PREFIX),
                status=answer.status,
                code=code,
                at=self._discord.clock.now(),
                body=request.get(PAYLOAD),
            )
        )
        self._discord.changed()
        return answer

    async def _answer(self, request: web.Request) -> web.Response:
        discord, route = self._discord, self._route
        if discord.rates.is_shut_out:
            return cloudflare_ban()
        fault = discord.faults.take(route.name)
        if fault is not None and fault.delay_s:
            until = discord.clock.now() + fault.delay_s
            discord.changed()
            await discord.clock.sleep_until(until)
        if fault is not None and fault.status and not fault.after_effect:
            return fault.answer(request)
        if route.needs_token and request.headers.get("Authorization") != f"Bot {discord.token}":
            raise Refused(0)
        limited, headers = discord.rates.admit(
            route.name, request.match_info, counts_globally=route.counts_globally
        )
        if limited is not None:
            return limited
        try:
            answer = self._as_response(await self._do(request))
        except Refused as refused:
            refused.headers = headers
            raise
        answer.headers.update(headers)
        return fault.answer(request) if fault is not None and fault.after_effect else answer

    async def _do(self, request: web.Request) -> Answer:
        discord, route = self._discord, self._route
        body = Body()
        if request.can_read_body:
            body = await read_body(request, max_bytes=discord.limits.request_bytes)
            request[PAYLOAD] = body.payload
            if discord.checks_schema and (wrongs := schema_wrongs(route.name, body.payload)):
                raise invalid_form(wrongs)
        call = Call(discord=discord, path=request.match_info, query=request.query, body=body)
        return await route.handler(call)

    @staticmethod
    def _as_response(answer: Answer) -> web.Response:
        if answer.data is None:
            return web.Response(status=204)
        return plain_json(web.json_response(answer.data, status=answer.status))

    def _violated(self, refused: Refused) -> None:
        complaints = tuple(_leaves(refused.errors))
        self._discord.violations.append(Violation(route=self._route.name, complaints=complaints))


def _leaves(errors: Json, path: str = "") -> list[str]:
    found = [
        f"{path or 'body'}: {one['message']} ({one['code']})" for one in errors.get("_errors", [])
    ]
    for key, below in errors.items():
        if key != "_errors":
            found += _leaves(below, f"{path}.{key}" if path else key)
    return found


def application(discord: Discord, more_routes: Sequence[web.RouteDef] = ()) -> web.Application:
    """The aiohttp application of everything."""
    app = web.Application(client_max_size=discord.limits.request_bytes + READING_SLACK_BYTES)
    for route in ROUTES:
        app.router.add_route(route.method, PREFIX + route.template, Endpoint(discord, route).handle)
    app.router.add_get("/gateway", discord.gateway.serve)
    app.router.add_get("/gateway/", discord.gateway.serve)
    for folder in ("attachments", "ephemeral-attachments"):
        path = f"/{folder}/{{channel_id}}/{{attachment_id}}/{{filename}}"
        app.router.add_get(path, _downloads(discord))
    app.add_routes(list(more_routes))
    return app


def _downloads(discord: Discord) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def download(request: web.Request) -> web.StreamResponse:
        fault: Fault | None = discord.faults.take("GET cdn")
        return fault.answer(request) if fault else await discord.cdn.download(request)

    return download


@asynccontextmanager
async def running(
    discord: Discord, *, port: int = 0, more_routes: Sequence[web.RouteDef] = ()
) -> AsyncIterator[Discord]:
    """Serves it in this loop until the block ends."""
    runner = web.AppRunner(application(discord, more_routes), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        await web.SockSite(runner, listener).start()
        discord.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        discord.cdn.base_url = discord.base_url
        yield discord
    finally:
        discord.gateway.cut()
        await runner.cleanup()
        listener.close()
