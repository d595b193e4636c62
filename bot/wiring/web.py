"""The web server: its port, its parts, and how it ends when the house does."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import Iterator, Mapping, Sequence

import uvicorn
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

from bot.config import Settings
from bot.surfaces.web.app import Site, site
from bot.surfaces.web.health import health_site
from bot.surfaces.web.parts import Check, PlaygroundParts, WebParts
from bot.surfaces.web.webhooks import Webhooks
from bot.wiring.faults import CannotStart
from bot.wiring.house import House
from bot.wiring.links import SignedLinks
from bot.wiring.metrics import metrics_routes
from bot.wiring.part import Part
from bot.wiring.secret_key import read_secret_key
from bot.wiring.uploads import SafeUploads

log = logging.getLogger("impasto.web")

CLOSE_S = 3
"""How long open requests may go on once the house stops."""
LINGER_S = 1.0
"""How long a part on its own stays, not ready, before it closes: whoever sends it requests has time to see it."""
STOPPING = JSONResponse(
    {"error": "The bot is being stopped, so this wasn't taken. Please send it again in a moment."},
    status_code=503,
    headers={"Retry-After": "2", "Connection": "close", "Cache-Control": "no-store"},
)
"""A page shows the sentence, Slack and vendors send again; the next try must find another process, so the line is closed."""


def open_port(settings: Settings, *, may_move: bool = False) -> socket.socket:
    """The listening socket. CannotStart when the port is taken or may not be used.

    With `may_move` the default port, if it is taken, is exchanged for a free one and the log says so: several workers may
    run on one machine. A port that somebody chose is never exchanged, because they probe it.
    """
    host, port = settings.http_host, settings.http_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        moves = may_move and not settings.port_is_chosen and error.errno == errno.EADDRINUSE
        if not moves:
            raise CannotStart(_why(error, host, port)) from None
        listening = socket.create_server((host, 0), family=family, backlog=2048)
        log.warning(
            "port %d on %s is in use, and nobody chose another: /livez and /readyz are on port %d now, and on another "
            "after the next start. Probe them on a port you choose with IMPASTO_HTTP_PORT or --port",
            port,
            host,
            listening.getsockname()[1],
        )
    # What is accepted inherits it. asyncio sets it on sockets of its own only: without it an answer waits 40 ms for
    # the other side's delayed acknowledgement of its first half.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def check_reachable(
    settings: Settings, listening: socket.socket, hooks: Sequence[BaseRoute]
) -> None:
    """CannotStart when platforms send to a port that was exchanged for another."""
    port = settings.http_port
    if hooks and port and listening.getsockname()[1] != port:
        raise CannotStart(_why(OSError(errno.EADDRINUSE, ""), settings.http_host, port))


def _why(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Port {port} on {host} is in use by another program. "
                f"Stop that one, or choose another port: --port {port + 1} or IMPASTO_HTTP_PORT."
            )
        case errno.EACCES:
            return f"Port {port} needs more rights than this user has. Choose one above 1023: --port 8080."
        case _:
            return f"{host} port {port} can't be listened on: {error.strerror}."


class _Server(uvicorn.Server):
    """Leaves signals to the house: it decides when what stops."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_web(
    house: House,
    listening: socket.socket,
    *,
    playground: bool,
    stop: asyncio.Event,
    hooks: Sequence[BaseRoute] = (),
    checks: Mapping[str, Check] | None = None,
) -> None:
    """Serves until the house has drained; from `stop` on it is not ready, takes nothing in, and lets open pages go.

    `hooks` are what platforms send to: each proves by itself who calls, so the pages' guard doesn't stand before them.
    """
    secret = await asyncio.to_thread(read_secret_key, house.settings.data_dir)
    asked = {"stopping": _is_going_on(stop), "database": house.check_database, **(checks or {})}
    built = _site(house, secret=secret, playground=playground, checks=asked)
    beside = [*hooks, *metrics_routes(house.metrics, house.settings)]
    if house.part.shows_pages:
        rung = Webhooks(
            catalog=house.desk.catalog,
            journal=house.store.journal,
            signals=house.signals,
            clock=house.desk.clock,
        )
        beside.append(rung.route())
    server = _Server(
        uvicorn.Config(
            _until(stop, _beside(built.app, beside)),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=CLOSE_S,
        )
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[listening]))
        await stop.wait()
        built.close()
        await house.drained.wait()
        if house.part is not Part.ALL:
            await asyncio.sleep(LINGER_S)
        server.should_exit = True


def _is_going_on(stop: asyncio.Event) -> Check:
    async def check() -> str | None:
        return "it is being stopped" if stop.is_set() else None

    return check


def _until(stop: asyncio.Event, site: ASGIApp) -> ASGIApp:
    """The site, which takes nothing in any more once `stop` is set. What is asked for is still shown."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if stop.is_set() and scope["type"] == "http" and scope["method"] == "POST":
            await STOPPING(scope, receive, send)
        else:
            await site(scope, receive, send)

    return app


def _beside(site: ASGIApp, hooks: Sequence[BaseRoute]) -> ASGIApp:
    """The site, with routes that come before it."""
    router = Router(routes=list(hooks))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        hooked = scope["type"] == "http" and any(
            route.matches(scope)[0] is not Match.NONE for route in hooks
        )
        await (router if hooked else site)(scope, receive, send)

    return app


def _site(house: House, *, secret: str, playground: bool, checks: Mapping[str, Check]) -> Site:
    if not house.part.shows_pages:
        return Site(health_site(checks), None)
    return site(
        WebParts(
            secret=secret,
            blobs=house.desk.blobs,
            links=SignedLinks(secret, clock=house.desk.clock),
            checks=checks,
            public_url=house.settings.public_url,
            playground=_playground(house) if playground else None,
        )
    )


def _playground(house: House) -> PlaygroundParts:
    return PlaygroundParts(
        answer=house.dispatch,
        channel=house.channel,
        jobs=house.store.queue,
        card_of=house.cards,
        signals=house.signals,
        uploads=SafeUploads(blobs=house.desk.blobs, use=house.store.blob_use, pixels=house.pixels),
        catalog=house.desk.catalog,
    )
