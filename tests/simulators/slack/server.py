"""Slack on a loopback port, in a test's event loop: `async with running(Slack()) as slack: …`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from tests.simulators.slack import (
    methods_conversations,
    methods_files,
    methods_oauth,
    methods_streams,
    transcript,
)
from tests.simulators.slack.slack import ApiCall, Slack
from tests.simulators.slack.web_api import arguments_of, handle

MAX_BODY_BYTES = 256 * 1024 * 1024
LOADED = (methods_conversations, methods_files, methods_oauth, methods_streams)
"""The modules whose methods register themselves when they are imported."""


def application(slack: Slack, more_routes: Sequence[web.RouteDef] = ()) -> web.Application:
    async def api(request: web.Request) -> web.StreamResponse:
        try:
            arguments = await arguments_of(request)
        except json.JSONDecodeError:
            return web.json_response({"ok": False, "error": "invalid_json"})
        name = request.match_info["method"]
        call = ApiCall(method=name, arguments=arguments, at=slack.clock.now())
        slack.calls.append(call)
        return await handle(slack, call, request)

    async def upload(request: web.Request) -> web.StreamResponse:
        return await methods_files.take_bytes(slack, request)

    async def download(request: web.Request) -> web.StreamResponse:
        return await methods_files.download(slack, request)

    async def authorize(request: web.Request) -> web.StreamResponse:
        return await methods_oauth.authorize_page(slack, request)

    async def see(request: web.Request) -> web.StreamResponse:
        return await transcript.page(slack, request)

    async def picture(request: web.Request) -> web.StreamResponse:
        return await transcript.picture(slack, request)

    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.router.add_route("*", "/api/{method}", api)
    app.router.add_post("/upload/{team}/{file}", upload)
    app.router.add_get("/files-pri/{place}/{name}", download)
    app.router.add_post("/actions/{team}/{key}", slack.response_urls.take)
    app.router.add_get("/link/", slack.sockets.accept)
    app.router.add_get("/oauth/v2/authorize", authorize)
    app.router.add_get("/see/{room}", see)
    app.router.add_get("/files/{user}/{file}/{name}", picture)
    app.router.add_routes(more_routes)
    return app


@asynccontextmanager
async def running(
    slack: Slack, *, port: int = 0, more_routes: Sequence[web.RouteDef] = ()
) -> AsyncIterator[Slack]:
    """Serves until the block ends; then nothing of it is left running."""
    runner = web.AppRunner(application(slack, more_routes), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    host, taken = runner.addresses[0][:2]
    slack.base_url = f"http://{host}:{taken}"
    try:
        yield slack
    finally:
        await slack.stop()
        await runner.cleanup()
