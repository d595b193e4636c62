"""Slack, put together: what listens, what posts, and what keeps both going."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import BaseRoute

from bot.ports import Installation
from bot.surfaces.slack.api import CALL_TIMEOUT_S, UPLOAD_TIMEOUT_S, SlackApi
from bot.surfaces.slack.app import build_app
from bot.surfaces.slack.errands import Errands
from bot.surfaces.slack.faults import NoAccess
from bot.surfaces.slack.files import SlackFiles
from bot.surfaces.slack.http import events_route
from bot.surfaces.slack.limits import Pace
from bot.surfaces.slack.oauth import Installing, OAuthClient
from bot.surfaces.slack.parts import SlackParts
from bot.surfaces.slack.people import People
from bot.surfaces.slack.posting import Posting
from bot.surfaces.slack.postman import SlackPostman
from bot.surfaces.slack.progress import Progress
from bot.surfaces.slack.reception import Reception
from bot.surfaces.slack.references import References
from bot.surfaces.slack.showing import Showing
from bot.surfaces.slack.socket import SocketPool
from bot.surfaces.slack.tenants import Tenants, workspace_id

log = logging.getLogger("impasto.slack")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackOptions:
    """What the operator set. With `app_token` Slack is reached over sockets, else it sends to `/slack/events`."""

    api_url: str
    bot_token: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    oauth: OAuthClient | None = None
    """Without one, only the workspace of the bot token is served."""
    admins: frozenset[str] = frozenset()
    """As `T1:U1`."""
    admin_group: str | None = None


class TokenRefused(Exception):
    """Slack doesn't take the configured bot token."""


@dataclass(slots=True, kw_only=True)
class SlackSurface:
    """The open surface: its postman, its routes for HTTP mode, and the loops that `run` keeps."""

    app: AsyncApp
    postman: SlackPostman
    routes: Sequence[BaseRoute]
    pool: SocketPool | None
    reception: Reception
    tenants: Tenants
    _progress: Progress
    _api: SlackApi

    async def run(self, *, stop: asyncio.Event) -> None:
        """Listens until `stop` is set."""
        async with asyncio.TaskGroup() as group:
            if self.pool is not None:
                group.create_task(self.pool.run(stop=stop))
            group.create_task(self.reception.errands.run(stop=stop))
            group.create_task(self._progress.run(stop=stop))

    async def check(self) -> str | None:
        """None when Slack can send us something, else a sentence."""
        connected = self.pool is None or self.pool.open_count > 0
        return None if connected else "no socket to Slack is open"

    async def aclose(self) -> None:
        """Closes Slack's HTTP session."""
        await self._api.session.close()


async def open_slack(
    parts: SlackParts, options: SlackOptions, *, pace: Pace | None = None
) -> SlackSurface:
    """The surface. TokenRefused when Slack doesn't take the token; a Slack that can't be reached is tried later."""
    session = aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=UPLOAD_TIMEOUT_S, connect=CALL_TIMEOUT_S)
    )
    tenants = Tenants(installations=parts.installations)
    api = SlackApi(
        base_url=options.api_url, session=session, tokens=tenants, pace=pace or Pace(parts.buckets)
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(session.close)
        if options.bot_token is not None:
            tenants.own = await _own_workspace(api, options.bot_token)
        stack.pop_all()
    posting = Posting(api=api)
    files = SlackFiles(api=api, blobs=parts.blobs, kept=parts.files, as_jpeg=parts.as_jpeg)
    reception = Reception(
        answer=parts.answer,
        people=People(api=api, admins=options.admins, admin_group=options.admin_group),
        showing=Showing(posting=posting, files=files),
        references=References(api=api, uploads=parts.uploads),
        errands=Errands(),
    )
    postman = SlackPostman(
        posting=posting, files=files, messages=parts.messages, began_at=parts.clock.now()
    )
    client = AsyncWebClient(token=None, base_url=options.api_url, session=session)
    secret = options.signing_secret or ""
    app = build_app(reception, tenants, client, signing_secret=secret)
    pool = None
    if options.app_token is not None:
        pool = SocketPool(app=app, app_token=options.app_token, web_client=client)
    return SlackSurface(
        app=app,
        postman=postman,
        routes=_routes(options, app, api, tenants),
        pool=pool,
        reception=reception,
        tenants=tenants,
        _progress=Progress(parts=parts, posting=posting, postman=postman, files=files),
        _api=api,
    )


def _routes(
    options: SlackOptions, app: AsyncApp, api: SlackApi, tenants: Tenants
) -> list[BaseRoute]:
    routes: list[BaseRoute] = []
    if options.app_token is None and options.signing_secret:
        routes.append(events_route(app, signing_secret=options.signing_secret))
    if options.oauth is not None:
        routes += Installing(client=options.oauth, api=api, tenants=tenants).routes()
    return routes


async def _own_workspace(api: SlackApi, token: str) -> Installation:
    """Which workspace the configured token is for. TokenRefused when Slack says that it is no good."""
    client = api.client(token)
    try:
        answer = await api.ask_as(client, "auth.test")
    except NoAccess as no:
        raise TokenRefused(no.error) from None
    return Installation(
        workspace=workspace_id(str(answer["team_id"])),
        token=token,
        bot_user=str(answer["user_id"]),
        name=str(answer.get("team") or ""),
    )
