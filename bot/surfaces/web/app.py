"""Everything served over HTTP, as one Starlette application."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp

from bot.ports import StoreUnavailable, Unavailable
from bot.surfaces.web.assets import Assets
from bot.surfaces.web.feed import Feed
from bot.surfaces.web.health import health_routes
from bot.surfaces.web.pages import Pages, reads_pages
from bot.surfaces.web.parts import WebParts
from bot.surfaces.web.pictures import picture_routes
from bot.surfaces.web.playground import Playground
from bot.surfaces.web.security import Guard
from bot.surfaces.web.session import Session

log = logging.getLogger(__name__)

NO_ROOM = (
    "The bot can't write to its disk, so this wasn't taken and nothing was charged. "
    "Ask an admin to make room, then send it again."
)
NOT_NOW = "The bot couldn't store this just now. Send it again; it will count once."
_NO_ROOM = frozenset({Unavailable.FULL, Unavailable.READ_ONLY})


@dataclass(frozen=True, slots=True)
class Site:
    """The application, and the feed of its open pages when there is a playground.

    Before the server is told to stop, `close` must be called: a server waits for open streams.
    """

    app: ASGIApp
    feed: Feed | None

    def close(self) -> None:
        """Lets every open page go."""
        if self.feed is not None:
            self.feed.close()


def site(parts: WebParts) -> Site:
    """The site made of `parts`."""
    routes = [*health_routes(parts.checks)]
    feed, pages = None, None
    if parts.playground is not None:
        assets = Assets.read()
        pages = Pages(assets)
        feed = Feed(parts.playground.signals)
        secure = parts.public_url is not None and parts.public_url.startswith("https:")
        playground = Playground(
            parts.playground,
            links=parts.links,
            session=Session(parts.secret, secure=secure),
            pages=pages,
            feed=feed,
        )
        routes += [assets.route(), *playground.routes()]
    routes += picture_routes(parts, pages)
    app = Starlette(
        routes=routes,
        exception_handlers={
            HTTPException: partial(_said_no, pages),
            StoreUnavailable: _not_kept,
            Exception: _broke,
        },
        lifespan=_passing_on(feed),
    )
    # Outside everything, so that even the answer to a fault carries the headers.
    return Site(Guard(app, public_url=parts.public_url), feed)


def _passing_on(feed: Feed | None) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if feed is None:
            yield
            return
        async with asyncio.TaskGroup() as tasks:
            passing = tasks.create_task(feed.run(), name="playground-feed")
            yield
            feed.close()
            passing.cancel()

    return lifespan


async def _said_no(pages: Pages | None, request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 404 and pages is not None and reads_pages(request):
        return HTMLResponse(
            pages.lost("There is nothing here", "The address may have been typed wrong."),
            status_code=404,
            headers={"Cache-Control": "no-store"},
        )
    return JSONResponse(
        {"error": error.detail},
        status_code=error.status_code,
        headers={"Cache-Control": "no-store"},
    )


async def _not_kept(request: Request, error: Exception) -> Response:
    log.error("the database took nothing", extra={"path": request.url.path, "fault": str(error)})
    full = isinstance(error, StoreUnavailable) and error.why in _NO_ROOM
    return JSONResponse(
        {"error": NO_ROOM if full else NOT_NOW},
        status_code=503,
        headers={"Cache-Control": "no-store", "Retry-After": "2"},
    )


async def _broke(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    log.error(
        "a request failed",
        extra={"request_id": number, "path": request.url.path, "fault": type(error).__name__},
    )
    return JSONResponse(
        {"error": f"Something went wrong here. Tell an admin this number: {number}."},
        status_code=500,
        headers={"Cache-Control": "no-store"},
    )
